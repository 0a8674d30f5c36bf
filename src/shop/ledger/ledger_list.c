/* ledger_list.c - rows of the ledger in pages, newest first, by the key alone. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/ledger/ledger.h"

#include "base/id.h"
#include "base/text.h"
#include <inttypes.h>

/* A place in the list: the row that was shown last. */
struct place {
    int64_t id;
    int64_t line_no;
};

/* ID.LINE */
static err read_cursor(struct ctx *ctx, const char *cursor, struct place *place)
{
    const char *dot = strchr(cursor, '.');
    if (!dot || !text_to_int(arena_copy(ctx->arena, cursor, (size_t)(dot - cursor)), &place->id) ||
        !text_to_int(dot + 1, &place->line_no))
        return fail_with(ctx, ERR_BAD_REQUEST, "this is no cursor of ours");
    return NULL;
}

static const char *cursor_of(struct ctx *ctx, const struct place *place)
{
    return arena_format(ctx->arena, "%" PRId64 ".%" PRId64, place->id, place->line_no);
}

#define COLUMNS "id, line_no, kind, debit, credit, amount, currency, gateway, reference_id, order_id"
/* $1 shop, $2 since, $3 and $4 the place, $5 how many. */
#define IN_TIME                                                                                              \
    "SELECT " COLUMNS " FROM ledger_entries WHERE shop_id = $1 AND id >= $2 AND (id, line_no) < ($3, $4)"    \
    " ORDER BY id DESC, line_no DESC LIMIT $5"

static struct ledger_row read_row(const struct db_rows *rows)
{
    return (struct ledger_row){.id = db_get_int(rows, 0),
                               .line_no = db_get_int(rows, 1),
                               .kind = (enum ledger_kind)db_get_int(rows, 2),
                               .debit = (enum ledger_account)db_get_int(rows, 3),
                               .credit = (enum ledger_account)db_get_int(rows, 4),
                               .amount = db_get_int(rows, 5),
                               .currency = db_get_text(rows, 6),
                               .gateway = db_get_text(rows, 7),
                               .reference_id = db_get_int(rows, 8),
                               .order_id = db_get_int(rows, 9)};
}

static err ask_rows(struct ctx *ctx, const struct ledger_query *query, int64_t since,
                    const struct place *place, int limit, struct ledger_page *page)
{
    struct db_rows *rows;
    const char *gateway = query->gateway ? query->gateway : "";
    if (query->account || query->kind || gateway[0])
        TRY(db_query(ctx, &rows,
                     "SELECT " COLUMNS " FROM (" IN_TIME
                     ") e WHERE (CAST($6 AS BIGINT) = 0 OR debit = $6 OR credit = $6)"
                     " AND (CAST($7 AS BIGINT) = 0 OR kind = $7) AND ($8 = '' OR gateway = $8)"
                     " ORDER BY id DESC, line_no DESC LIMIT $9",
                     db_int(ctx->shop->id), db_int(since), db_int(place->id), db_int(place->line_no),
                     db_int(LEDGER_WINDOW), db_int(query->account), db_int(query->kind), db_text(gateway),
                     db_int(limit)));
    else
        TRY(db_query(ctx, &rows, IN_TIME, db_int(ctx->shop->id), db_int(since), db_int(place->id),
                     db_int(place->line_no), db_int(limit)));
    page->rows = arena_alloc_many(ctx->arena, db_row_count(rows) + 1, sizeof *page->rows);
    page->count = 0;
    while (db_next(rows))
        page->rows[page->count++] = read_row(rows);
    return NULL;
}

/* Where the window of a narrowed page ends; id 0 when it reaches the first row. */
static err find_end(struct ctx *ctx, int64_t since, const struct place *place, struct place *end)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT id, line_no FROM ledger_entries WHERE shop_id = $1 AND id >= $2"
                 " AND (id, line_no) < ($3, $4) ORDER BY id DESC, line_no DESC LIMIT 1 OFFSET $5",
                 db_int(ctx->shop->id), db_int(since), db_int(place->id), db_int(place->line_no),
                 db_int(LEDGER_WINDOW - 1)));
    *end = (struct place){0};
    if (db_next(rows))
        *end = (struct place){db_get_int(rows, 0), db_get_int(rows, 1)};
    return NULL;
}

err ledger_list(struct ctx *ctx, const struct ledger_query *query, struct ledger_page *page)
{
    size_t limit = query->limit < 1                   ? 1
                   : query->limit > LEDGER_ROWS_LIMIT ? LEDGER_ROWS_LIMIT
                                                      : (size_t)query->limit;
    int64_t since = query->since ? id_floor(query->since) : 0;
    struct place place = {query->until ? id_floor(query->until) : INT64_MAX, 0}, end;
    bool is_narrowed = query->account || query->kind || (query->gateway && query->gateway[0]);
    *page = (struct ledger_page){0};
    if (query->cursor && query->cursor[0])
        TRY(read_cursor(ctx, query->cursor, &place));
    TRY(ask_rows(ctx, query, since, &place, (int)limit + 1, page));
    if (page->count > limit) {
        page->count = limit;
        const struct ledger_row *last = &page->rows[limit - 1];
        page->next_cursor = cursor_of(ctx, &(struct place){last->id, last->line_no});
    } else if (is_narrowed) {
        TRY(find_end(ctx, since, &place, &end));
        page->is_cut = end.id != 0;
        page->next_cursor = page->is_cut ? cursor_of(ctx, &end) : NULL;
    }
    return NULL;
}
