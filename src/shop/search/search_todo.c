/* search_todo.c - words to look at this week, and those that need nothing. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/search/search_todo.h"

#include "base/clock.h"
#include "base/text.h"
#include "db/db.h"
#include "shop/search/search_parts.h"
#include "shop/staff/staff.h"

static int64_t first_day(const struct ctx *ctx)
{
    return clock_day_number(ctx->now, ctx->shop->zone) - SEARCH_TODO_DAYS + 1;
}

bool search_line_finds_nothing(const struct search_line *line)
{
    return line->counts.missed * 2 > line->counts.searches;
}

err search_todo_list(struct ctx *ctx, struct search_line **lines, size_t *count)
{
    struct db_rows *rows;
    TRY(db_query(
        ctx, &rows,
        "SELECT d.word, CAST(SUM(d.searches) AS BIGINT) AS typed, CAST(SUM(d.missed) AS BIGINT),"
        " CAST(SUM(d.clicks) AS BIGINT), MAX(d.hits) FROM search_days d WHERE d.shop_id = $1"
        " AND d.day >= $2 AND d.word <> ''"
        " AND d.word NOT IN (SELECT w.word FROM search_words w WHERE w.shop_id = $1)"
        " GROUP BY d.word HAVING SUM(d.searches) >= $3 AND (SUM(d.missed) * 2 > SUM(d.searches)"
        " OR (SUM(d.searches) - SUM(d.missed) >= $4 AND SUM(d.clicks) * $5 < SUM(d.searches) -"
        " SUM(d.missed))) AND SUM(d.searches) >= $6 * COALESCE((SELECT p.searches FROM search_passes p"
        " WHERE p.shop_id = $1 AND p.word = d.word), 0) ORDER BY typed DESC, d.word LIMIT $7",
        db_int(ctx->shop->id), db_int(first_day(ctx)), db_int(SEARCH_TODO_LEAST), db_int(UNCLICKED_LEAST),
        db_int(SEARCHES_A_CLICK), db_int(SEARCH_GROWTH), db_int(SEARCH_TODO_LIMIT)));
    *lines = search_lines_read(ctx, rows, count);
    return NULL;
}

err search_pass_list(struct ctx *ctx, int64_t since, struct search_pass **passes, size_t *count)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT p.word, p.passed_at, p.searches, CAST(COALESCE(SUM(d.searches), 0) AS BIGINT)"
                 " FROM search_passes p LEFT JOIN search_days d ON d.shop_id = p.shop_id AND d.word = p.word"
                 " AND d.day >= $3 WHERE p.shop_id = $1 AND p.passed_at >= $2"
                 " GROUP BY p.word, p.passed_at, p.searches ORDER BY p.passed_at DESC, p.word LIMIT $4",
                 db_int(ctx->shop->id), db_int(since), db_int(first_day(ctx)), db_int(SEARCH_TODO_LIMIT)));
    *passes = arena_alloc_many(ctx->arena, db_row_count(rows) + 1, sizeof **passes);
    *count = 0;
    while (db_next(rows))
        (*passes)[(*count)++] = (struct search_pass){db_get_text(rows, 0), db_get_int(rows, 1),
                                                     db_get_int(rows, 2), db_get_int(rows, 3)};
    return NULL;
}

/* ---- nothing to do ---- */

static err note(struct ctx *ctx, const char *word, const char *kind)
{
    return audit_note(
        ctx, &(struct audit_entry){
                 .kind = kind, .subject = "searches?tab=todo", .title = word, .before = "", .after = ""});
}

static err pass_in_transaction(struct ctx *ctx, void *arg)
{
    const char *word = arg;
    struct search_counts counts;
    struct db_rows *rows;
    TRY(db_query(ctx, &rows, "SELECT COUNT(*) FROM search_passes WHERE shop_id = $1 AND word <> $2",
                 db_int(ctx->shop->id), db_text(word)));
    if (db_next(rows) && db_get_int(rows, 0) >= SEARCH_PASSES_LIMIT)
        return fail_with(ctx, ERR_LIMIT, "at most %d words", SEARCH_PASSES_LIMIT);
    TRY(search_word_counts(ctx, word, SEARCH_TODO_DAYS, &counts));
    TRY(db_execute(ctx,
                   "INSERT INTO search_passes (shop_id, word, searches, staff_id, passed_at)"
                   " VALUES ($1, $2, $3, $4, $5) ON CONFLICT (shop_id, word) DO UPDATE SET"
                   " searches = excluded.searches, staff_id = excluded.staff_id,"
                   " passed_at = excluded.passed_at",
                   db_int(ctx->shop->id), db_text(word), db_int(counts.searches), db_int(ctx->actor_id),
                   db_int(ctx->now)));
    return note(ctx, word, "search.word-passed");
}

err search_pass_word(struct ctx *ctx, const char *word)
{
    char *plain = arena_copy_text(ctx->arena, search_word_of(ctx, word));
    if (!plain[0])
        return fail_field(ctx, "word", "required", "a word that people type");
    TRY(search_flush(ctx));
    return db_transact(ctx, pass_in_transaction, plain);
}

static err undo_in_transaction(struct ctx *ctx, void *arg)
{
    TRY(db_expect(ctx, 1, ERR_NOT_FOUND, "no such word",
                  "DELETE FROM search_passes WHERE shop_id = $1 AND word = $2", db_int(ctx->shop->id),
                  db_text(arg)));
    return note(ctx, arg, "search.word-back");
}

err search_pass_undo(struct ctx *ctx, const char *word)
{
    return db_transact(ctx, undo_in_transaction, arena_copy_text(ctx->arena, search_word_of(ctx, word)));
}
