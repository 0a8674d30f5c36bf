/* address_text.c - labels, number, region, name, and what is left is the street. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/checkout/address_text.h"

#include "base/text.h"
#include "shop/checkout/division.h"
#include <ctype.h>
#include <string.h>

/* Marks in the text, in place of labels; all of them end a word. */
#define MARK_NAME '\001'
#define MARK_PHONE '\002'
#define MARK_PLACE '\003'
#define MARK_DROP '\004' /* what follows is not wanted */
#define WORD_LIMIT 64
#define NAME_MOST 5 /* Chinese characters of a name */
#define PHONE_DIGITS 11

static const struct label {
    const char *text;
    char mark;
    bool needs_colon; /* short ones are words of their own too */
} labels[] = {
    {"收货人姓名", MARK_NAME, false}, {"收件人姓名", MARK_NAME, false}, {"收货人", MARK_NAME, false},
    {"收件人", MARK_NAME, false},     {"联系人", MARK_NAME, false},     {"姓名", MARK_NAME, true},
    {"名字", MARK_NAME, true},        {"手机号码", MARK_PHONE, false},  {"联系电话", MARK_PHONE, false},
    {"联系方式", MARK_PHONE, false},  {"电话号码", MARK_PHONE, false},  {"手机号", MARK_PHONE, false},
    {"手机", MARK_PHONE, true},       {"电话", MARK_PHONE, true},       {"所在地区", MARK_PLACE, false},
    {"所在区域", MARK_PLACE, true},   {"省市区", MARK_PLACE, true},     {"地区", MARK_PLACE, true},
    {"收货地址", MARK_PLACE, false},  {"收件地址", MARK_PLACE, false},  {"详细地址", MARK_PLACE, false},
    {"街道地址", MARK_PLACE, true},   {"地址", MARK_PLACE, true},       {"邮政编码", MARK_DROP, false},
    {"邮编", MARK_DROP, false},       {"Name", MARK_NAME, true},        {"Tel", MARK_PHONE, true},
    {"Phone", MARK_PHONE, true},      {"Address", MARK_PLACE, true},    {"备注", MARK_DROP, true},
};

/* ---- one way of writing ---- */

static const struct {
    const char *from;
    const char *to;
} signs[] = {
    {"　", " "},  {"，", "\n"}, {"；", "\n"}, {"。", "\n"}, {"、", "\n"}, {"：", ":"}, {"（", "("},
    {"）", ")"},  {"－", "-"},  {"—", "-"},   {"–", "-"},   {"＋", "+"},  {"【", " "}, {"】", " "},
    {"\r", "\n"}, {"\t", " "},  {",", "\n"},  {";", "\n"},  {"|", "\n"},  {"[", " "},  {"]", " "},
};

static size_t replace_sign(const char *text, struct text_buf *out)
{
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
        if (text_starts(text, signs[i].from)) {
            text_add(out, signs[i].to);
            return strlen(signs[i].from);
        }
    /* Full-width digits and letters, U+FF10 to U+FF5A. */
    if ((unsigned char)text[0] == 0xEF && (unsigned char)text[1] >= 0xBC && (unsigned char)text[1] <= 0xBD) {
        int c = (((unsigned char)text[1] & 3) << 6 | ((unsigned char)text[2] & 63)) + 0x20;
        if (c < 127 && isalnum(c)) {
            text_add_char(out, (char)c);
            return 3;
        }
    }
    return 0;
}

static size_t replace_label(const char *text, struct text_buf *out)
{
    for (size_t i = 0; i < sizeof labels / sizeof *labels; i++) {
        if (!text_starts(text, labels[i].text))
            continue;
        size_t length = strlen(labels[i].text);
        length += strspn(text + length, " ");
        bool has_colon = text[length] == ':';
        if (labels[i].needs_colon && !has_colon)
            continue;
        text_add_char(out, labels[i].mark);
        return length + has_colon;
    }
    return 0;
}

static char *rewrite(struct arena *arena, const char *text,
                     size_t (*replace)(const char *, struct text_buf *))
{
    struct text_buf out;
    text_open(&out, arena, 4 * strlen(text) + 1);
    while (*text) {
        size_t taken = replace(text, &out);
        if (taken == 0)
            text_add_char(&out, *text);
        text += taken ? taken : 1;
    }
    return arena_copy_text(arena, text_of(&out));
}

/* ---- the number ---- */

struct span {
    size_t start;
    size_t end;
};

/* Digits that belong together, with blanks and hyphens between; *digits gets them alone. */
static struct span number_at(const char *text, size_t start, char digits[WORD_LIMIT], size_t *count)
{
    struct span span = {start, start};
    *count = 0;
    for (size_t at = start; text[at] && *count < WORD_LIMIT - 1; at++) {
        if (isdigit((unsigned char)text[at])) {
            digits[(*count)++] = text[at];
            span.end = at + 1;
        } else if (at == start || (text[at] != '-' && text[at] != ' ') || at > span.end) {
            break;
        }
        if (*count == PHONE_DIGITS && digits[0] == '1' && digits[1] >= '3')
            break;
    }
    digits[*count] = 0;
    return span;
}

static bool is_mobile(const char *digits, size_t count)
{
    return count == PHONE_DIGITS && digits[0] == '1' && digits[1] >= '3';
}

static bool is_landline(const char *digits, size_t count)
{
    return digits[0] == '0' && count >= 10 && count <= 12;
}

/* Numbers that stand for a buyer's own have an extension: 17012345678-1234, 转1234. */
static size_t extension_at(const char *text, size_t at)
{
    size_t sign = text_starts(text + at, "转") ? strlen("转") : text[at] == '-' ? 1 : 0;
    size_t length = sign ? strspn(text + at + sign, "0123456789") : 0;
    return length >= 3 && length <= 6 ? sign + length : 0;
}

struct number {
    struct span span; /* with an extension, without what stands for the country */
    size_t start;     /* with it */
    char digits[WORD_LIMIT];
    bool is_mobile;
};

/* The number that begins here, with +86 before it or without. */
static bool read_number(const char *text, size_t at, struct number *number)
{
    size_t count, start = at + (text_starts(text + at, "86") ? 2 : 0);
    start += start > at ? strspn(text + start, " -") : 0;
    number->start = at > 0 && text[at - 1] == '+' ? at - 1 : at;
    number->span = number_at(text, start, number->digits, &count);
    if (!is_mobile(number->digits, count))
        number->span = number_at(text, at, number->digits, &count);
    number->is_mobile = is_mobile(number->digits, count);
    if (isdigit((unsigned char)text[number->span.end]))
        return false;
    return number->is_mobile || is_landline(number->digits, count);
}

/* Mobile numbers come before landlines. */
static bool find_number(const char *text, bool wants_mobile, struct number *number)
{
    for (size_t at = 0; text[at]; at++) {
        bool is_first = isdigit((unsigned char)text[at]) && !(at > 0 && isdigit((unsigned char)text[at - 1]));
        if (is_first && read_number(text, at, number) && number->is_mobile == wants_mobile)
            return true;
    }
    return false;
}

/* Takes the number out of the text and leaves a line end. */
static const char *take_phone(struct arena *arena, char *text)
{
    struct number number;
    if (!find_number(text, true, &number) && !find_number(text, false, &number))
        return "";
    size_t length = number.span.end - number.span.start, more = extension_at(text, number.span.end);
    const char *phone = number.is_mobile
                            ? arena_format(arena, "%s%.*s", number.digits, (int)more, text + number.span.end)
                            : arena_format(arena, "%.*s", (int)length, text + number.span.start);
    memset(text + number.start, '\n', number.span.end + more - number.start);
    return phone;
}

/* ---- the name ---- */

static size_t han_count(const char *text, size_t length)
{
    size_t count = 0;
    for (size_t i = 0; i < length; i++)
        count += ((unsigned char)text[i] & 0xF0) == 0xE0;
    return count;
}

static bool has_any(const char *text, size_t length, const char *const *words)
{
    for (size_t i = 0; words[i]; i++)
        for (size_t at = 0; at + strlen(words[i]) <= length; at++)
            if (strncmp(text + at, words[i], strlen(words[i])) == 0)
                return true;
    return false;
}

static bool is_latin(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (!isalpha((unsigned char)text[i]) && text[i] != '.' && text[i] != '\'')
            return false;
    return length > 1;
}

/* Words of streets and houses, which no name ends or goes on with. */
static const char *const places[] = {
    "路",   "街",   "道",   "巷",   "弄",   "号",   "楼",   "室",   "村",   "镇",   "乡",   "区",
    "苑",   "厦",   "栋",   "幢",   "座",   "单元", "小区", "花园", "广场", "公司", "学校", "大学",
    "中学", "小学", "医院", "银行", "超市", "驿站", "快递", "门口", "中心", "公寓", "宿舍", "集团",
    "府",   "湾",   "庄",   "屯",   "胡同", "酒店", "店",   "厂",   "市",   "县",   "省",   "州",
    "旗",   "园",   "城",   "里",   "组",   "队",   "桥",   "口",   "层",   NULL};

static bool is_name(const char *word, size_t length)
{
    if (is_latin(word, length))
        return true;
    for (size_t i = 0; i < length; i++)
        if ((unsigned char)word[i] < 128)
            return false;
    size_t count = han_count(word, length);
    bool has_dot = has_any(word, length, (const char *const[]){"·", NULL});
    return count >= 2 && count <= (has_dot ? 16 : NAME_MOST) && !has_any(word, length, places);
}

/* "张三收", "张三(收)" */
static size_t without_ending(const char *word, size_t length)
{
    static const char *const endings[] = {"(收)", "(收货)", "收货", "收", NULL};
    for (size_t i = 0; endings[i]; i++) {
        size_t tail = strlen(endings[i]);
        if (length > tail + 3 && strncmp(word + length - tail, endings[i], tail) == 0)
            return length - tail;
    }
    return length;
}

static bool is_end(char c)
{
    return c == ' ' || (unsigned char)c < 32;
}

struct word {
    struct span span;
    char mark; /* the label before it, 0 = none */
};

static size_t list_words(const char *text, struct word words[WORD_LIMIT])
{
    size_t count = 0;
    char mark = 0;
    for (size_t at = 0; text[at] && count < WORD_LIMIT;) {
        if (is_end(text[at])) {
            if (text[at] != ' ' && text[at] != '\n')
                mark = text[at];
            at++;
            continue;
        }
        size_t end = at;
        while (text[end] && !is_end(text[end]))
            end++;
        words[count++] = (struct word){{at, end}, mark};
        if (mark != MARK_DROP || text[end] == '\n')
            mark = 0;
        at = end;
    }
    return count;
}

/* Blanks a part of the text out and gives what stood there. */
static const char *take(struct arena *arena, char *text, struct span span)
{
    const char *taken = arena_format(arena, "%.*s", (int)(span.end - span.start), text + span.start);
    memset(text + span.start, '\n', span.end - span.start);
    return taken;
}

static bool is_latin_word(const char *text, const struct word *word)
{
    return is_latin(text + word->span.start, word->span.end - word->span.start);
}

/* A name of letters has several words: John Smith. */
static struct span whole_latin(const char *text, const struct word *words, size_t count, size_t at)
{
    size_t last = at;
    while (at > 0 && words[at - 1].span.end + 1 == words[at].span.start &&
           text[words[at - 1].span.end] == ' ' && is_latin_word(text, &words[at - 1]))
        at--;
    while (last + 1 < count && words[last].span.end + 1 == words[last + 1].span.start &&
           text[words[last].span.end] == ' ' && is_latin_word(text, &words[last + 1]))
        last++;
    return (struct span){words[at].span.start, words[last].span.end};
}

static bool can_be_name(const char *text, const struct word *word)
{
    size_t length = word->span.end - word->span.start;
    return word->mark != MARK_PLACE && word->mark != MARK_DROP &&
           is_name(text + word->span.start, without_ending(text + word->span.start, length));
}

/* The word that is the name: by its label; before the region; at last from behind it. */
static bool find_name(const char *text, size_t region_start, struct span *name)
{
    struct word words[WORD_LIMIT];
    size_t count = list_words(text, words), found = count, behind = 0;
    for (size_t i = count; i > 0; i--)
        if (words[i - 1].mark == MARK_NAME)
            found = i - 1;
    for (size_t i = 0; i < count && found == count; i++)
        if (words[i].span.start < region_start && can_be_name(text, &words[i]))
            found = i;
    for (size_t i = 0; i < count; i++)
        behind += words[i].span.start >= region_start;
    for (size_t i = count; i > 0 && found == count && behind > 1; i--)
        if (words[i - 1].span.start >= region_start && can_be_name(text, &words[i - 1]))
            found = i - 1;
    if (found == count)
        return false;
    *name = is_latin_word(text, &words[found]) ? whole_latin(text, words, count, found) : words[found].span;
    return true;
}

/* 文三路100号张三: behind a number or the end of a house, and a surname in front. */
static bool find_glued_name(const char *text, struct span *name)
{
    static const char *const surnames =
        "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢"
        "姚"
        "沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向常汤"
        "康易乔赖温庞樊殷施翁俞欧倪颜鲁柯翟牛章";
    static const char *const houses[] = {"号", "室", "楼", "栋", "幢", "座", "层", "元", "苑", "户", NULL};
    size_t end = strlen(text);
    while (end > 0 && is_end(text[end - 1]))
        end--;
    for (size_t count = 3; count >= 2; count--) {
        if (end < 3 * count + 3)
            continue;
        size_t start = end - 3 * count;
        char surname[4] = {text[start], text[start + 1], text[start + 2], 0};
        bool is_house =
            isdigit((unsigned char)text[start - 1]) || (start >= 3 && has_any(text + start - 3, 3, houses));
        if (han_count(text + start, 3 * count) == count && is_house && strstr(surnames, surname) &&
            is_name(text + start, 3 * count)) {
            *name = (struct span){start, end};
            return true;
        }
    }
    return false;
}

static const char *take_name(struct arena *arena, char *text, size_t region_start)
{
    struct span span;
    if (!find_name(text, region_start, &span) && !find_glued_name(text, &span))
        return "";
    size_t length = span.end - span.start, kept = without_ending(text + span.start, length);
    const char *name = arena_format(arena, "%.*s", (int)kept, text + span.start);
    take(arena, text, span);
    return name;
}

/* ---- the region, and the rest ---- */

/* The region may be said twice, once for each of two labels: the second goes too. */
static const char *take_region(struct arena *arena, char *text, size_t *start)
{
    const struct divisions *divisions = divisions_open(arena);
    struct division found = division_find(arena, divisions, text);
    *start = found.name ? found.start : strlen(text);
    if (!found.name)
        return "";
    size_t next = found.end;
    while (text[next] && is_end(text[next]))
        next++;
    struct division again = division_at(arena, divisions, text, next);
    bool is_again = again.name && again.levels > 1 &&
                    (text_starts(again.name, found.name) || text_starts(found.name, again.name));
    /* A mark stands where it was, so that words before and behind stay apart. */
    memset(text + found.start, '\n', (is_again ? again.end : found.end) - found.start);
    return is_again && again.levels >= found.levels ? again.name : found.name;
}

static bool is_han_end(const char *text, size_t length)
{
    return length > 0 && (unsigned char)text[length - 1] >= 128;
}

/* What is left, in its order: words of one line with the blanks between them, lines put together. */
static const char *join_rest(struct arena *arena, const char *text)
{
    struct word words[WORD_LIMIT];
    struct text_buf out;
    size_t count = list_words(text, words);
    text_open(&out, arena, strlen(text) + WORD_LIMIT + 1);
    for (size_t i = 0; i < count; i++) {
        const char *word = text + words[i].span.start;
        size_t length = words[i].span.end - words[i].span.start;
        bool is_same_line =
            i > 0 && words[i].span.start == words[i - 1].span.end + 1 && text[words[i - 1].span.end] == ' ';
        bool is_open = is_same_line || !((unsigned char)word[0] >= 128 && is_han_end(out.ptr, out.len));
        if (words[i].mark == MARK_DROP || text_is(arena_format(arena, "%.*s", (int)length, word), "中国"))
            continue;
        if (out.len > 0 && is_open)
            text_add_char(&out, ' ');
        text_add_bytes(&out, word, length);
    }
    return text_trim(arena, text_of(&out));
}

struct address address_from_text(struct arena *arena, const char *text)
{
    size_t length = utf8_prefix(text, strlen(text), ADDRESS_TEXT_LIMIT), start;
    char *plain = rewrite(arena, arena_copy(arena, text, length), replace_sign);
    plain = rewrite(arena, plain, replace_label);
    struct address address = {.phone = take_phone(arena, plain)};
    address.region = take_region(arena, plain, &start);
    address.name = take_name(arena, plain, start);
    address.line = join_rest(arena, plain);
    return address;
}
