/* catalog_file_names.c - which product a picture belongs to, by what its file is called. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/catalog/catalog.h"

#include "base/text.h"

#define NAMES_AT_ONCE 10
#define GUESSES 3 /* for a name: whole, without the number at its end, its folder */
#define MANY 30

struct guesses {
    const char *words[GUESSES]; /* best first; "" when there is none */
};

static const char *copy_between(struct ctx *ctx, const char *from, const char *to)
{
    return to > from ? text_trim(ctx->arena, arena_copy(ctx->arena, from, (size_t)(to - from))) : "";
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* "TEA-1_2", "TEA-1-2", "TEA-1 (2)" without what counts the pictures. */
static const char *without_number(struct ctx *ctx, const char *stem)
{
    const char *end = stem + strlen(stem);
    bool is_bracketed = end > stem && end[-1] == ')';
    const char *digits = is_bracketed ? --end : end;
    while (digits > stem && is_digit(digits[-1]))
        digits--;
    if (digits == end || digits == stem)
        return "";
    char before = digits[-1];
    if (is_bracketed ? before != '(' : before != '_' && before != '-' && before != ' ')
        return "";
    return copy_between(ctx, stem, digits - 1);
}

static struct guesses guess(struct ctx *ctx, const char *name)
{
    const char *slash = strrchr(name, '/');
    const char *base = slash ? slash + 1 : name;
    const char *dot = strrchr(base, '.');
    const char *stem = copy_between(ctx, base, dot ? dot : base + strlen(base));
    const char *folder = name;
    for (const char *at = name; slash && at < slash; at++)
        if (*at == '/')
            folder = at + 1;
    return (struct guesses){{stem, without_number(ctx, stem), slash ? copy_between(ctx, folder, slash) : ""}};
}

static err find_words(struct ctx *ctx, const struct guesses *guesses, size_t count, struct db_rows **rows)
{
    struct db_value values[MANY + 1];
    values[0] = db_int(ctx->shop->id);
    for (size_t i = 0; i < MANY; i++)
        values[i + 1] = db_text(i / GUESSES < count ? guesses[i / GUESSES].words[i % GUESSES] : "");
    return db_query_values(
        ctx, rows,
        "SELECT v.sku, v.product_id, p.title FROM variants v JOIN products p ON p.shop_id = v.shop_id"
        " AND p.id = v.product_id WHERE v.shop_id = $1 AND v.sku <> '' AND v.sku IN ($2, $3, $4, $5,"
        " $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25,"
        " $26, $27, $28, $29, $30, $31)"
        " UNION ALL SELECT handle, id, title FROM products WHERE shop_id = $1 AND handle IN ($2, $3, $4, $5,"
        " $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25,"
        " $26, $27, $28, $29, $30, $31)",
        values, MANY + 1);
}

/* The better guess wins. */
static void match(const struct guesses *guesses, size_t count, const char *word,
                  const struct named_product *product, struct named_product *products, int *ranks)
{
    for (size_t i = 0; i < count; i++)
        for (int rank = 0; rank < ranks[i]; rank++)
            if (text_is(guesses[i].words[rank], word)) {
                products[i] = *product;
                ranks[i] = rank;
            }
}

err product_find_by_file_names(struct ctx *ctx, const char *const *names, size_t count,
                               struct named_product *products)
{
    for (size_t start = 0; start < count; start += NAMES_AT_ONCE) {
        size_t chunk = count - start < NAMES_AT_ONCE ? count - start : NAMES_AT_ONCE;
        struct guesses guesses[NAMES_AT_ONCE];
        int ranks[NAMES_AT_ONCE];
        struct db_rows *rows;
        for (size_t i = 0; i < chunk; i++) {
            guesses[i] = guess(ctx, names[start + i]);
            ranks[i] = GUESSES;
            products[start + i] = (struct named_product){0};
        }
        TRY(find_words(ctx, guesses, chunk, &rows));
        while (db_next(rows)) {
            struct named_product found = {db_get_int(rows, 1), db_get_text(rows, 2)};
            match(guesses, chunk, db_get_text(rows, 0), &found, products + start, ranks);
        }
    }
    return NULL;
}
