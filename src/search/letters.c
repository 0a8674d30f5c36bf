/* letters.c - tables of characters, from ICU and from what Chinese people mix up. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "search/letters.h"

#include "base/error.h"
#include <malloc.h>
#include <pthread.h>
#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/uscript.h>
#include <unicode/ustring.h>
#include <unicode/utf16.h>
#include <unicode/utrans.h>

#define UNITS 64
#define BROKEN 0xFFFD

/* The other reading of characters that stand in product titles, or the right one where ICU's first is rare.
 */
static const char seconds[] =
    "长chang 乐yue 行hang 重chong 调tiao 单shan 薄bao 厦xia 都du 朝zhao 角jue 藏zang 参shen 差cha "
    "弹tan 露lou 好hao 便pian 降xiang 石dan 背bei 蚌bang 屏ping 剥bao 泊po 仔zai 缝feng 冠guan "
    "还huan 盛cheng 尺che 传zhuan 大dai 得de 地de 校jiao 模mu 宁ning 切qie 色shai 沈chen 似shi "
    "宿xiu 提di 吐tu 系ji 血xie 亚ya 翘qiao 择zhai 扎za 粘nian 着zhuo 钻zuan 卷juan 空kong "
    "量liang 率lv 落la 么me 没mei 发fa 干gan 女nv 绿lv 驴lv 铝lv 旅lv 滤lv 吕lv 履lv 律lv 虑lv 率lv "
    "略lue 掠lue 虐nve 疟nve 携xie 壳ke 贾jia 曾zeng 车che 核he 和he 豁huo 夹jia 浆jiang 嚼jiao "
    "结jie 茄qie 熟shu 刷shua 挑tiao 褶zhe 咖ga 炮bao 俩lia 什shen 食shi 番pan 杉sha 澄deng ";

/* Groups of characters that look alike, or whose strokes and boxes on the keyboard do. */
static const char alike[] =
    "己已巳 未末朱 土士 日曰目 人入八 大太犬 天夭夫 千干于 午牛 贝见 田由甲申 王玉主 木本术 刀力 "
    "儿几九 白自百 问间闻 乌鸟岛 免兔 今令 处外 侯候 拔拨 喝渴竭 清情请晴睛精 蓝篮 裤库 "
    "晴睛 买卖 辩辨瓣 孑孓子 券卷 戊戌戍 壶壸 货贷 杯坏怀 洒酒 折拆 线钱浅 挂桂 枪抢 枕忱 "
    "冰水 暧暖 鞋鞍 帽冒 耳且 机杌 床庆 茶荼 灯打 盆盘 毯毡 毛手 电甩 贴帖 膜模摸 壳亮 "
    "瓶饼 蒸蓝 烤烘 锅祸 铲产 板扳 棉绵锦 绒线 袜袄 裙群 衫杉 杆秆 篷蓬 帐账 包句 "
    "糖塘 果裸 粉纷 面而 米来 油抽 盐监 酱浆 醋错 肉内 鱼渔 虾吓 ";

static uint32_t next_plain(const char **at)
{
    return letter_next(at, *at + strlen(*at));
}

uint32_t letter_next(const char **at, const char *end)
{
    const unsigned char *bytes = (const unsigned char *)*at;
    size_t left = (size_t)(end - *at);
    size_t more = bytes[0] < 0x80   ? 0
                  : bytes[0] < 0xC2 ? 9
                  : bytes[0] < 0xE0 ? 1
                  : bytes[0] < 0xF0 ? 2
                  : bytes[0] < 0xF5 ? 3
                                    : 9;
    uint32_t point = more == 0 ? bytes[0] : bytes[0] & (0x3FU >> more);
    (*at)++;
    if (more >= left)
        return more == 0 ? point : BROKEN;
    for (size_t i = 1; i <= more; i++) {
        if ((bytes[i] & 0xC0) != 0x80)
            return BROKEN;
        point = point << 6 | (bytes[i] & 0x3FU);
    }
    *at += more;
    bool is_short = (more == 2 && point < 0x800) || (more == 3 && point < 0x10000);
    return is_short || point > 0x10FFFF || (point >= 0xD800 && point < 0xE000) ? BROKEN : point;
}

struct tools {
    const UNormalizer2 *fold, *apart;
    UTransliterator *simple, *latin;
};

static UTransliterator *open_tool(const char *name)
{
    UErrorCode status = U_ZERO_ERROR;
    UChar id[UNITS];
    u_uastrcpy(id, name);
    UTransliterator *tool = utrans_openU(id, -1, UTRANS_FORWARD, NULL, 0, NULL, &status);
    if (U_FAILURE(status))
        bug("ICU has no %s: %s", name, u_errorName(status));
    return tool;
}

/* ICU keeps the rules of a tool that was opened once, 2 MB here, until its name is taken off the list. */
static void close_tool(UTransliterator *tool)
{
    int32_t length;
    UChar id[UNITS];
    const UChar *name = utrans_getUnicodeID(tool, &length);
    u_strncpy(id, name, UNITS);
    utrans_close(tool);
    utrans_unregisterID(id, length);
}

static bool is_han(uint32_t point)
{
    return (point >= 0x3400 && point < 0xA000) || (point >= 0x20000 && point < 0x40000) || point == 0x3007;
}

static uint32_t simplified(const struct tools *tools, uint32_t point)
{
    UErrorCode status = U_ZERO_ERROR;
    UChar units[UNITS];
    int32_t length = 0, limit, at = 0;
    UChar32 simple;
    U16_APPEND_UNSAFE(units, length, point);
    limit = length;
    units[length] = 0;
    utrans_transUChars(tools->simple, units, &length, UNITS, 0, &limit, &status);
    if (U_FAILURE(status) || length < 1)
        return point;
    U16_NEXT_UNSAFE(units, at, simple);
    return at == length ? (uint32_t)simple : point;
}

/* Everything but the table: what a code point becomes. */
static size_t make_forms(const struct tools *tools, uint32_t point, uint32_t forms[LETTER_FORMS])
{
    UErrorCode status = U_ZERO_ERROR;
    UChar units[UNITS], folded[UNITS], apart[UNITS];
    int32_t length = 0, at = 0;
    size_t count = 0;
    U16_APPEND_UNSAFE(units, length, point);
    length = unorm2_normalize(tools->fold, units, length, folded, UNITS, &status);
    bool is_plain = length == 1 && folded[0] >= 0x3000;
    int32_t pieces = is_plain ? 0 : unorm2_normalize(tools->apart, folded, length, apart, UNITS, &status);
    const UChar *from = is_plain ? folded : apart;
    pieces = is_plain ? 1 : pieces;
    while (U_SUCCESS(status) && at < pieces && count < LETTER_FORMS) {
        UChar32 one;
        U16_NEXT_UNSAFE(from, at, one);
        if (one >= 0x300 && one < 0x370)
            continue;
        forms[count++] =
            is_han((uint32_t)one) && tools->simple ? simplified(tools, (uint32_t)one) : (uint32_t)one;
    }
    return count;
}

static const UNormalizer2 *fold_tool(bool is_apart)
{
    UErrorCode status = U_ZERO_ERROR;
    const UNormalizer2 *tool =
        is_apart ? unorm2_getNFDInstance(&status) : unorm2_getNFKCCasefoldInstance(&status);
    if (U_FAILURE(status))
        bug("ICU has no normaliser: %s", u_errorName(status));
    return tool;
}

size_t letter_forms(const struct letters *letters, uint32_t point, uint32_t forms[LETTER_FORMS])
{
    if (point < LETTER_TABLE && letters->plain[point]) {
        forms[0] = letters->plain[point];
        return 1;
    }
    struct tools tools = {.fold = fold_tool(false), .apart = fold_tool(true)};
    return point == 0 ? 0 : make_forms(&tools, point, forms);
}

enum letter_kind letter_kind(uint32_t plain)
{
    if (plain < 0x80)
        return plain >= '0' && plain <= '9'   ? LETTER_DIGIT
               : plain >= 'a' && plain <= 'z' ? LETTER_WORD
                                              : LETTER_GAP;
    if (is_han(plain))
        return LETTER_ALONE;
    uint32_t mask = U_MASK(u_charType((UChar32)plain));
    if (mask & U_GC_ND_MASK)
        return LETTER_DIGIT;
    if (mask & (U_GC_L_MASK | U_GC_M_MASK | U_GC_NL_MASK | U_GC_NO_MASK))
        return plain >= 0x0E00 && (plain < 0x1E00 || plain >= 0x2E80) ? LETTER_ALONE : LETTER_WORD;
    return mask & (U_GC_SO_MASK | U_GC_SK_MASK) && plain != BROKEN ? LETTER_ALONE : LETTER_GAP;
}

/* ---- sounds ---- */

uint16_t syllable_find(const struct letters *letters, const char *name, size_t length)
{
    for (size_t i = 1; length < SYLLABLE_BYTES && i <= letters->syllable_count; i++)
        if (letters->syllables[i].length == length && memcmp(letters->syllables[i].name, name, length) == 0)
            return (uint16_t)i;
    return 0;
}

static uint16_t syllable_add(struct letters *letters, const char *name, size_t length)
{
    uint16_t found = syllable_find(letters, name, length);
    if (found || length == 0 || length >= SYLLABLE_BYTES || letters->syllable_count + 1 >= SYLLABLE_LIMIT)
        return found;
    struct syllable *fresh = &letters->syllables[++letters->syllable_count];
    memcpy(fresh->name, name, length);
    fresh->length = (uint8_t)length;
    return (uint16_t)letters->syllable_count;
}

/* "zhuang" and "zuan" become the same text. */
static void fuzzy_name(const struct syllable *syllable, char out[SYLLABLE_BYTES])
{
    size_t length = 0;
    const char *from = syllable->name;
    char first = from[0];
    out[length++] = (char)(first == 'n' || first == 'r' ? 'l' : first == 'h' ? 'f' : first);
    from += strchr("zcs", first) && from[1] == 'h' ? 2 : 1;
    while (*from)
        out[length++] = *from++;
    if (length > 2 && out[length - 1] == 'g' && out[length - 2] == 'n')
        length--;
    out[length] = 0;
}

static void name_fuzzy(struct letters *letters)
{
    char names[SYLLABLE_LIMIT][SYLLABLE_BYTES] = {{0}};
    for (size_t i = 1; i <= letters->syllable_count; i++) {
        fuzzy_name(&letters->syllables[i], names[i]);
        size_t same = 1;
        while (strcmp(names[same], names[i]) != 0)
            same++;
        letters->syllables[i].fuzzy = (uint16_t)same;
    }
}

/* The reading of one character, without tones, ü as v. */
static uint16_t sound_of(struct letters *letters, const struct tools *tools, uint32_t point)
{
    UErrorCode status = U_ZERO_ERROR;
    UChar units[UNITS], apart[UNITS];
    char name[SYLLABLE_BYTES];
    int32_t length = 0, limit;
    size_t bytes = 0;
    U16_APPEND_UNSAFE(units, length, point);
    limit = length;
    units[length] = 0;
    utrans_transUChars(tools->latin, units, &length, UNITS, 0, &limit, &status);
    length = unorm2_normalize(tools->apart, units, length, apart, UNITS, &status);
    for (int32_t i = 0; U_SUCCESS(status) && i < length; i++) {
        if (apart[i] == 0x308 && bytes > 0)
            name[bytes - 1] = 'v';
        else if (apart[i] >= 'a' && apart[i] <= 'z' && bytes + 1 < SYLLABLE_BYTES)
            name[bytes++] = (char)apart[i];
        else if (apart[i] < 0x300 || apart[i] >= 0x370)
            return 0;
    }
    return syllable_add(letters, name, bytes);
}

static void read_seconds(struct letters *letters)
{
    for (const char *at = seconds; *at;) {
        uint32_t point = next_plain(&at);
        const char *space = strchr(at, ' ');
        uint16_t other = syllable_add(letters, at, (size_t)(space - at));
        if (point < LETTER_TABLE && other != letters->sound[point])
            letters->second[point] = other;
        at = space + 1;
    }
}

static void read_alike(struct letters *letters)
{
    uint16_t group = 1;
    for (const char *at = alike; *at;) {
        uint32_t point = next_plain(&at);
        if (point == ' ')
            group++;
        else if (point < LETTER_TABLE && letters->looks[point] == 0)
            letters->looks[point] = group;
    }
}

static void build(struct letters *letters)
{
    struct tools tools = {fold_tool(false), fold_tool(true), open_tool("Hant-Hans"), open_tool("Hani-Latn")};
    uint32_t forms[LETTER_FORMS];
    for (uint32_t point = 1; point < LETTER_TABLE; point++) {
        bool is_half = point >= 0xD800 && point < 0xE000;
        if (!is_half && make_forms(&tools, point, forms) == 1)
            letters->plain[point] = forms[0];
        if (is_half)
            letters->plain[point] = ' ';
    }
    for (uint32_t point = 0x3400; point < 0xA000; point++)
        if (is_han(point))
            letters->sound[point] = sound_of(letters, &tools, point);
    read_seconds(letters);
    read_alike(letters);
    name_fuzzy(letters);
    close_tool(tools.simple);
    close_tool(tools.latin);
    malloc_trim(0);
}

static struct letters tables;
static pthread_once_t is_built = PTHREAD_ONCE_INIT;

static void build_once(void)
{
    build(&tables);
}

const struct letters *letters_get(void)
{
    pthread_once(&is_built, build_once);
    return &tables;
}

/* ---- comparing ---- */

static int sound_distance(const struct letters *letters, uint16_t a, uint16_t b)
{
    if (!a || !b)
        return 2;
    return a == b ? 0 : letters->syllables[a].fuzzy == letters->syllables[b].fuzzy ? 1 : 2;
}

int letter_distance(const struct letters *letters, uint32_t a, uint32_t b)
{
    int best = sound_distance(letters, letter_sound(letters, a), letter_sound(letters, b));
    uint16_t a2 = letter_second(letters, a), b2 = letter_second(letters, b);
    int others[] = {sound_distance(letters, a2, letter_sound(letters, b)),
                    sound_distance(letters, letter_sound(letters, a), b2), sound_distance(letters, a2, b2)};
    for (size_t i = 0; i < 3; i++)
        best = others[i] < best ? others[i] : best;
    return best;
}

bool letters_look_alike(const struct letters *letters, uint32_t a, uint32_t b)
{
    return a < LETTER_TABLE && b < LETTER_TABLE && letters->looks[a] &&
           letters->looks[a] == letters->looks[b];
}
