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

const char *customer_word_typed(struct ctx *ctx, const char *typed)
{
    const char *word = without_blanks(ctx, search_plain(ctx->arena, typed));
    size_t length = strlen(word);
    bool is_number = strspn(word, DIGITS) == length;
    if (strchr(typed, '@') || (is_number && length != CUSTOMER_TAIL_DIGITS) ||
        utf8_length(word, length) < LEAST_CHARACTERS)
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
