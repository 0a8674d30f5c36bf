/* backoffice_digital_view.c - decks, batches, codes and who looked, as view trees. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/backoffice/backoffice_digital_view.h"

#include "shop/inventory/inventory.h"
#include "shop/media/media.h"
#include <inttypes.h>

#define BATCH_ROWS 20
#define CODE_ROWS 30
#define VIEW_ROWS 20
#define CALL_ROWS 20
#define TOLD_LINES 50 /* of a load's report; the whole one can be downloaded */

const char *const deck_mode_names[] = {"", "codes", "shared", "hand", "cards"};

/* Expiry is told as the last day on which the codes are good. */
static void set_last_day(struct ctx *ctx, struct value *view, int64_t expires_at)
{
    const char *day =
        expires_at ? clock_format(ctx->arena, expires_at - 1, ctx->shop->zone, "%Y-%m-%d") : NULL;
    value_set_text(ctx->arena, view, "expires_on", day);
}

static void set_deck(struct ctx *ctx, struct value *view, const struct code_deck *deck,
                     const struct variant *variant)
{
    struct arena *arena = ctx->arena;
    bool is_due = deck->expires_at && deck->expires_at - CODE_EXPIRY_NOTICE_MS <= ctx->now;
    value_set_id(arena, view, "id", deck->variant_id);
    value_set_text(arena, view, "product_title", variant->product_title);
    value_set_text(arena, view, "variant_title", variant->title);
    value_set_text(arena, view, "sku", variant->sku);
    picture_set_view(ctx, view, "picture", variant->product_picture_id, "");
    value_set_text(arena, view, "mode", deck_mode_names[deck->mode]);
    value_set(arena, view, "card_value", value_null());
    if (variant->card_value > 0)
        value_set_money(arena, view, "card_value", money_of(variant->card_value, ctx->shop->currency));
    value_set_int(arena, view, "card_years", variant->card_years);
    value_set_int(arena, view, "left", deck->loaded - deck->dealt);
    value_set_int(arena, view, "dealt", deck->dealt);
    value_set_int(arena, view, "owed", deck->owed);
    value_set_int(arena, view, "expired", deck->expired);
    value_set_int(arena, view, "low_at", deck->low_at);
    value_set_bool(arena, view, "is_low", deck->low_alarm != NULL);
    set_last_day(ctx, view, deck->expires_at);
    value_set_bool(arena, view, "is_expiring", is_due && deck->loaded > deck->dealt);
    value_set_text(arena, view, "url", arena_format(arena, "/admin/codes/%" PRId64, deck->variant_id));
    value_set_text(arena, view, "product_url",
                   arena_format(arena, "/admin/products/%" PRId64, variant->product_id));
}

err deck_row_views(struct ctx *ctx, struct value *list, const struct code_deck *decks, size_t count)
{
    int64_t *ids = arena_alloc_many(ctx->arena, count + 1, sizeof *ids);
    const struct variant **variants = arena_alloc_many(ctx->arena, count + 1, sizeof *variants);
    for (size_t i = 0; i < count; i++)
        ids[i] = decks[i].variant_id;
    for (size_t start = 0; start < count; start += CATALOG_MANY_LIMIT) {
        size_t rest = count - start;
        TRY(variant_load_many(ctx, ids + start, rest < CATALOG_MANY_LIMIT ? rest : CATALOG_MANY_LIMIT,
                              variants + start));
    }
    for (size_t i = 0; i < count; i++)
        if (variants[i])
            set_deck(ctx, value_add(ctx->arena, list, *value_object(ctx->arena)), &decks[i], variants[i]);
    return NULL;
}

void code_batch_view(struct ctx *ctx, struct value *view, const struct code_deck *deck,
                     const struct code_batch *batch)
{
    struct arena *arena = ctx->arena;
    const char *state = batch->expired_at ? "expired" : batch->withdrawn_at ? "withdrawn" : "used";
    bool is_over = batch->expires_at && batch->expires_at <= ctx->now;
    value_set_int(arena, view, "number", batch->batch_no);
    value_set_time(arena, view, "loaded_at", batch->loaded_at);
    value_set_text(arena, view, "loaded_by", batch->loaded_by);
    value_set_text(arena, view, "note", batch->note);
    value_set_int(arena, view, "added", batch->added);
    value_set_int(arena, view, "duplicates", batch->duplicates);
    value_set_int(arena, view, "too_long", batch->too_long);
    value_set_int(arena, view, "left", batch->left);
    value_set_int(arena, view, "aside", batch->aside);
    value_set_text(arena, view, "state", state);
    set_last_day(ctx, view, batch->expires_at);
    value_set_bool(arena, view, "can_withdraw",
                   !batch->expired_at && !batch->withdrawn_at && batch->left > 0);
    value_set_bool(arena, view, "can_restore",
                   batch->withdrawn_at && !batch->expired_at && !is_over && deck->mode == DECK_CODES);
    value_set_text(
        arena, view, "url",
        arena_format(arena, "/admin/codes/%" PRId64 "/batches/%" PRId64, deck->variant_id, batch->batch_no));
}

static err add_batches(struct ctx *ctx, struct value *view, const struct code_deck *deck, int64_t before)
{
    struct code_batch *batches;
    size_t count;
    TRY(code_batch_list(ctx, deck, before, BATCH_ROWS + 1, &batches, &count));
    struct value *list = value_set_list(ctx->arena, view, "batches");
    size_t shown = count > BATCH_ROWS ? BATCH_ROWS : count;
    for (size_t i = 0; i < shown; i++)
        code_batch_view(ctx, value_add(ctx->arena, list, *value_object(ctx->arena)), deck, &batches[i]);
    value_set_text(ctx->arena, view, "older_batches_url",
                   count > shown ? arena_format(ctx->arena, "/admin/codes/%" PRId64 "?before=%" PRId64,
                                                deck->variant_id, batches[shown - 1].batch_no)
                                 : NULL);
    return NULL;
}

static err add_codes(struct ctx *ctx, struct value *view, const struct code_deck *deck,
                     const struct deck_page *page)
{
    static const char *const states[] = {"left", "dealt", "aside"};
    struct listed_code *codes;
    size_t count;
    TRY(code_list(ctx, deck, page->batch_no, page->after, CODE_ROWS + 1, &codes, &count));
    struct value *list = value_set_list(ctx->arena, view, "codes");
    size_t shown = count > CODE_ROWS ? CODE_ROWS : count;
    for (size_t i = 0; i < shown; i++) {
        struct value *row = value_add(ctx->arena, list, *value_object(ctx->arena));
        bool is_shown = page->shown_seq == codes[i].seq;
        value_set_id(ctx->arena, row, "seq", codes[i].seq);
        value_set_int(ctx->arena, row, "batch", codes[i].batch_no);
        value_set_text(ctx->arena, row, "state", states[codes[i].state]);
        value_set_text(ctx->arena, row, "code", is_shown ? page->shown : codes[i].masked);
        value_set_bool(ctx->arena, row, "is_whole", is_shown);
    }
    const char *here =
        page->batch_no
            ? arena_format(ctx->arena, "/admin/codes/%" PRId64 "?batch=%" PRId64 "&after=", deck->variant_id,
                           page->batch_no)
            : arena_format(ctx->arena, "/admin/codes/%" PRId64 "?after=", deck->variant_id);
    value_set_int(ctx->arena, view, "batch", page->batch_no);
    value_set_id(ctx->arena, view, "after", page->after);
    value_set_text(ctx->arena, view, "next_url",
                   count > shown ? arena_format(ctx->arena, "%s%" PRId64 "#codes", here, codes[shown - 1].seq)
                                 : NULL);
    value_set_text(ctx->arena, view, "first_url",
                   page->after ? arena_format(ctx->arena, "%s0#codes", here) : NULL);
    return NULL;
}

static const char *outcome_of(char letter)
{
    return letter == 'd' ? "duplicate" : letter == 'l' ? "too-long" : NULL;
}

/* What became of the last load: the numbers, and the lines that were not taken. */
static err add_report(struct ctx *ctx, struct value *view, const struct code_deck *deck, int64_t batch_no)
{
    struct code_batch batch;
    err failure = code_batch_load(ctx, deck->variant_id, batch_no, &batch);
    if (failure)
        return failure->code == ERR_NOT_FOUND ? NULL : failure;
    struct value *report = value_set_object(ctx->arena, view, "report");
    code_batch_view(ctx, report, deck, &batch);
    struct value *lines = value_set_list(ctx->arena, report, "lines");
    for (int64_t i = 0; batch.report[i] && value_count(lines) < TOLD_LINES; i++) {
        const char *outcome = outcome_of(batch.report[i]);
        if (!outcome)
            continue;
        struct value *line = value_add(ctx->arena, lines, *value_object(ctx->arena));
        value_set_int(ctx->arena, line, "line", i + 1);
        value_set_text(ctx->arena, line, "outcome", outcome);
    }
    int64_t told = (int64_t)value_count(lines);
    value_set_int(ctx->arena, report, "untold", batch.duplicates + batch.too_long - told);
    return NULL;
}

void code_view_views(struct ctx *ctx, struct value *list, const struct code_view *views, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct value *view = value_add(ctx->arena, list, *value_object(ctx->arena));
        value_set_time(ctx->arena, view, "at", views[i].at);
        value_set_text(ctx->arena, view, "actor", views[i].actor == ACTOR_STAFF ? "staff" : "buyer");
        value_set_text(ctx->arena, view, "who", views[i].who);
        value_set_text(ctx->arena, view, "network", views[i].network);
        value_set_id(ctx->arena, view, "seq", views[i].seq);
    }
}

static err add_text(struct ctx *ctx, struct value *view, const struct code_deck *deck)
{
    const char *text = "";
    if (deck->mode == DECK_SHARED)
        TRY(code_deck_text(ctx, deck, &text));
    value_set_text(ctx->arena, view, "text", text[0] ? code_mask(ctx, text) : NULL);
    return NULL;
}

static err add_hook(struct ctx *ctx, struct value *view, const struct code_deck *deck)
{
    struct arena *arena = ctx->arena;
    struct code_hook hook;
    struct hook_log *calls;
    size_t count;
    value_set(arena, view, "hook", value_null());
    if (deck->mode != DECK_BY_HAND)
        return NULL;
    TRY(code_hook_load(ctx, deck->variant_id, &hook));
    TRY(code_hook_log(ctx, deck->variant_id, CALL_ROWS, &calls, &count));
    struct value *tree = value_set_object(arena, view, "hook");
    value_set_text(arena, tree, "url", hook.url);
    struct value *list = value_set_list(arena, tree, "calls");
    for (size_t i = 0; i < count; i++) {
        struct value *row = value_add(arena, list, *value_object(arena));
        value_set_text(arena, row, "order", calls[i].order_no[0] ? calls[i].order_no : NULL);
        value_set_int(arena, row, "line", calls[i].line_no);
        value_set_text(arena, row, "outcome", calls[i].outcome);
        value_set_int(arena, row, "status", calls[i].status);
        value_set_int(arena, row, "took", calls[i].took);
        value_set_time(arena, row, "at", calls[i].at);
    }
    return NULL;
}

err deck_page_view(struct ctx *ctx, const struct variant *variant, const struct deck_page *page,
                   struct value **view)
{
    struct code_deck deck;
    struct stock stock;
    struct code_view *views;
    size_t count;
    TRY(code_deck_load(ctx, variant->id, &deck));
    TRY(stock_load_many(ctx, &variant->id, 1, &stock));
    *view = value_object(ctx->arena);
    struct value *tree = value_set_object(ctx->arena, *view, "deck");
    set_deck(ctx, tree, &deck, variant);
    value_set_int(ctx->arena, tree, "promised", stock.reserved);
    TRY(add_text(ctx, tree, &deck));
    TRY(add_hook(ctx, *view, &deck));
    TRY(add_batches(ctx, *view, &deck, page->before));
    TRY(add_codes(ctx, *view, &deck, page));
    if (page->loaded)
        TRY(add_report(ctx, *view, &deck, page->loaded));
    TRY(code_view_list(ctx, variant->id, VIEW_ROWS, &views, &count));
    code_view_views(ctx, value_set_list(ctx->arena, *view, "views"), views, count);
    return NULL;
}
