/* customer_find.c - the words of people, and the keys of accounts. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/customer/customer_find.h"

#include "base/text.h"
#include "search/index.h"
#include "shop/customer/customer_parts.h"

#define DIGITS "0123456789"
#define LEAST_CHARACTERS 2

/* ---- words ---- */

/* Surnames that are read otherwise than the character is in most words. */
static const struct surname {
    const char *text, *pinyin, *initials;
} surnames[] = {
    {"万俟", "moqi", "mq"}, {"尉迟", "yuchi", "yc"}, {"长孙", "zhangsun", "zs"}, {"单", "shan", "s"},
    {"曾", "zeng", "z"},    {"仇", "qiu", "q"},      {"解", "xie", "x"},         {"查", "zha", "z"},
    {"区", "ou", "o"},      {"任", "ren", "r"},      {"盖", "ge", "g"},          {"翟", "zhai", "z"},
    {"覃", "qin", "q"},     {"缪", "miao", "m"},     {"朴", "piao", "p"},        {"贾", "jia", "j"},
    {"沈", "shen", "s"},    {"叶", "ye", "y"},       {"柏", "bai", "b"},         {"乐", "yue", "y"},
    {"员", "yun", "y"},     {"种", "chong", "c"},    {"召", "shao", "s"},        {"黑", "he", "h"},
    {"句", "gou", "g"},     {"繁", "po", "p"},       {"折", "she", "s"},         {"俞", "yu", "y"},
    {"石", "shi", "s"},     {"葛", "ge", "g"},       {"车", "che", "c"},         {"宁", "ning", "n"},
};

static const char *without_blanks(struct ctx *ctx, const char *text)
{
    char *copy = arena_alloc(ctx->arena, strlen(text) + 1), *to = copy;
    for (const char *c = text; *c; c++)
        if (*c != ' ')
            *to++ = *c;
    return copy;
}

static const struct surname *surname_of(const char *name)
{
    for (size_t i = 0; i < sizeof surnames / sizeof *surnames; i++)
        if (text_starts(name, surnames[i].text) && name[strlen(surnames[i].text)])
            return &surnames[i];
    return NULL;
}

static const char *tail_of(struct ctx *ctx, const char *phone)
{
    const char *digits = phone[0] ? customer_phone_digits(ctx, phone) : NULL;
    return digits ? digits + strlen(digits) - CUSTOMER_TAIL_DIGITS : "";
}

struct customer_words customer_words_of(struct ctx *ctx, const char *name, const char *phone)
{
    struct arena *arena = ctx->arena;
    const char *plain = without_blanks(ctx, search_plain(arena, name));
    const struct surname *surname = surname_of(plain);
    const char *rest = surname ? plain + strlen(surname->text) : plain;
    struct customer_words words = {
        {plain, search_pinyin(arena, rest, false), search_pinyin(arena, rest, true), tail_of(ctx, phone)}};
    if (surname) {
        words.of[WORD_PINYIN] = arena_format(arena, "%s%s", surname->pinyin, words.of[WORD_PINYIN]);
        words.of[WORD_INITIALS] = arena_format(arena, "%s%s", surname->initials, words.of[WORD_INITIALS]);
    }
    return words;
}

/* ---- parts ---- */

/* Characters of a name that are cut into parts. */
#define LETTERS_MOST 12
#define PART_LETTERS 3

struct letters {
    const char *written[LETTERS_MOST];
    const char *sounds[LETTERS_MOST];
    size_t count;
};

static bool is_han(const char *c)
{
    unsigned char lead = (unsigned char)*c;
    return (lead >= 0xE4 && lead <= 0xE9) || lead == 0xF0;
}

static bool is_all_han(const char *text)
{
    for (const char *c = text; *c; c += utf8_prefix(c, strlen(c), 1))
        if (!is_han(c))
            return false;
    return text[0] != 0;
}

static struct letters read_letters(struct ctx *ctx, const char *name)
{
    struct letters letters = {.count = 0};
    const struct surname *surname = surname_of(name);
    for (const char *c = name; *c && letters.count < LETTERS_MOST; letters.count++) {
        size_t length = utf8_prefix(c, strlen(c), 1);
        letters.written[letters.count] = arena_copy(ctx->arena, c, length);
        letters.sounds[letters.count] = search_pinyin(ctx->arena, letters.written[letters.count], false);
        c += length;
    }
    if (surname) {
        letters.sounds[0] = surname->pinyin;
        if (utf8_length(surname->text, strlen(surname->text)) > 1)
            letters.sounds[1] = "";
    }
    return letters;
}

static void add_part(struct customer_parts *parts, const char *text)
{
    for (size_t i = 0; i < parts->count; i++)
        if (text_is(parts->list[i], text))
            return;
    if (text[0] && parts->count < CUSTOMER_PARTS)
        parts->list[parts->count++] = text;
}

static void add_neighbours(struct ctx *ctx, struct customer_parts *parts, const char *const *letters,
                           size_t length)
{
    struct text_buf part;
    text_open(&part, ctx->arena, (size_t)PART_LETTERS * 16);
    for (size_t i = 0; i < length; i++)
        text_add(&part, letters[i]);
    add_part(parts, text_of(&part));
}

static void cut_letters(struct ctx *ctx, struct customer_parts *parts, const struct letters *letters)
{
    for (size_t from = 0; from < letters->count; from++)
        for (size_t length = 1; length <= PART_LETTERS && from + length <= letters->count; length++) {
            bool is_telling = length > 1 || from == 0 || letters->count == 2;
            if (!is_telling || length == letters->count)
                continue;
            add_neighbours(ctx, parts, letters->written + from, length);
            add_neighbours(ctx, parts, letters->sounds + from, length);
        }
}

struct customer_parts customer_parts_of(struct ctx *ctx, const char *name)
{
    struct customer_parts parts = {.count = 0};
    char *plain = arena_copy_text(ctx->arena, search_plain(ctx->arena, name)), *rest = NULL;
    const char *whole = without_blanks(ctx, plain);
    if (is_all_han(whole)) {
        struct letters letters = read_letters(ctx, whole);
        cut_letters(ctx, &parts, &letters);
        return parts;
    }
    for (const char *word = strtok_r(plain, " ", &rest); word; word = strtok_r(NULL, " ", &rest))
        if (!text_is(word, whole) && utf8_length(word, strlen(word)) >= LEAST_CHARACTERS) {
            add_part(&parts, word);
            add_part(&parts, search_pinyin(ctx->arena, word, false));
        }
    return parts;
}

/* ---- what is typed, and keys ---- */

const char *customer_word_typed(struct ctx *ctx, const char *typed)
{
    const char *word = without_blanks(ctx, search_plain(ctx->arena, typed));
    size_t length = strlen(word);
    bool is_number = strspn(word, DIGITS) == length;
    bool is_short = utf8_length(word, length) < LEAST_CHARACTERS && !is_han(word);
    if (strchr(typed, '@') || (is_number && length != CUSTOMER_TAIL_DIGITS) || is_short)
        return NULL;
    return word;
}

void customer_word_key(const struct ctx *ctx, const char *word, unsigned char key[CRYPTO_INDEX_BYTES])
{
    crypto_blind_index(ctx, WORD_PURPOSE, word, key);
}

void customer_word_values(struct ctx *ctx, const char *name, const char *phone,
                          struct db_value values[CUSTOMER_WORDS])
{
    struct customer_words words = customer_words_of(ctx, name, phone);
    for (int i = 0; i < CUSTOMER_WORDS; i++)
        values[i] = customer_index(ctx, WORD_PURPOSE, words.of[i]);
}

/* ---- accounts ---- */

err customer_parts_clear(struct ctx *ctx, int64_t customer_id)
{
    return db_execute(ctx, "DELETE FROM customer_parts WHERE shop_id = $1 AND customer_id = $2",
                      db_int(ctx->shop->id), db_int(customer_id));
}

/* COALESCE says the type of $3; SQLite would read a CAST to BYTEA as one to a number. */
err customer_parts_write(struct ctx *ctx, int64_t customer_id, const char *name)
{
    struct customer_parts parts = customer_parts_of(ctx, name);
    struct customer_words words = customer_words_of(ctx, name, "");
    struct db_value shop_id = db_int(ctx->shop->id), id = db_int(customer_id),
                    plain = customer_index(ctx, WORD_PURPOSE, words.of[WORD_PLAIN]);
    for (size_t i = 0; i < parts.count; i++)
        TRY(db_execute(
            ctx,
            "INSERT INTO customer_parts (shop_id, key, customer_id)"
            " SELECT c.shop_id, COALESCE($3, c.plain_key), c.id FROM customers c WHERE c.shop_id = $1"
            " AND c.id = $2 AND c.plain_key = $4 ON CONFLICT DO NOTHING",
            shop_id, id, customer_index(ctx, WORD_PURPOSE, parts.list[i]), plain));
    return NULL;
}

#define WITHOUT_KEYS                                                                                         \
    "SELECT id, name, phone FROM customers WHERE shop_id = $1 AND is_keyed = 0 AND deleted_at IS NULL"       \
    " ORDER BY id LIMIT $2"

err customer_keys_lack(struct ctx *ctx, bool *lack)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows, WITHOUT_KEYS, db_int(ctx->shop->id), db_int(1)));
    *lack = db_next(rows);
    return NULL;
}

struct filling {
    struct customer *customers; /* id, name, phone */
    size_t count;
};

/* An account that was changed or deleted meanwhile has its own keys, or none. */
static err write_keys(struct ctx *ctx, void *arg)
{
    const struct filling *filling = arg;
    for (size_t i = 0; i < filling->count; i++) {
        const struct customer *customer = &filling->customers[i];
        struct db_value keys[CUSTOMER_WORDS];
        customer_word_values(ctx, customer->name, customer->phone, keys);
        TRY(db_execute(ctx,
                       "UPDATE customers SET plain_key = $3, pinyin_key = $4, initials_key = $5,"
                       " tail_key = $6, is_keyed = 1"
                       " WHERE shop_id = $1 AND id = $2 AND is_keyed = 0 AND deleted_at IS NULL",
                       db_int(ctx->shop->id), db_int(customer->id), keys[WORD_PLAIN], keys[WORD_PINYIN],
                       keys[WORD_INITIALS], keys[WORD_TAIL]));
        TRY(customer_parts_write(ctx, customer->id, customer->name));
    }
    return NULL;
}

err customer_keys_fill(struct ctx *ctx, int limit, bool *lack)
{
    struct filling filling = {0};
    struct db_rows *rows;
    TRY(db_query(ctx, &rows, WITHOUT_KEYS, db_int(ctx->shop->id), db_int(limit)));
    filling.customers = arena_alloc_many(ctx->arena, db_row_count(rows) + 1, sizeof *filling.customers);
    while (db_next(rows)) {
        struct customer *customer = &filling.customers[filling.count++];
        customer->id = db_get_int(rows, 0);
        TRY(customer_opened(ctx, rows, 1, NAME_PURPOSE, &customer->name));
        TRY(customer_opened(ctx, rows, 2, PHONE_PURPOSE, &customer->phone));
    }
    *lack = filling.count == (size_t)limit;
    return filling.count ? db_transact(ctx, write_keys, &filling) : NULL;
}
