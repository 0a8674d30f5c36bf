/* price_list.c - what goods cost for who asks. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/pricing/price_list_parts.h"

#include "shop/customer/customer.h"
#include "shop/wording.h"

/* Half a minor unit counts up: 9 折 of 9.99 is 8.99. */
int64_t price_by_step(int64_t price, const struct discount_step *step)
{
    int64_t next = price;
    if (step->percent > 0)
        next = (price * (BASIS_POINTS - step->percent) + BASIS_POINTS / 2) / BASIS_POINTS;
    else if (step->off > 0)
        next = price - step->off;
    else if (step->price > 0)
        next = step->price;
    return next > 0 && next < price ? next : price;
}

/* ---- which lists count ---- */

static bool needs_places(const struct price_board *board)
{
    for (size_t i = 0; i < board->count; i++)
        if (board->lists[i].base.shelf_count > 0)
            return true;
    return false;
}

static err find_group(struct ctx *ctx, const struct price_board *board, int64_t *group_id)
{
    *group_id = 0;
    if (!customer_here(ctx))
        return NULL;
    for (size_t i = 0; i < board->count; i++)
        if (board->lists[i].audience == PRICE_FOR_GROUPS)
            return customer_group_of(ctx, ctx->actor_id, group_id);
    return NULL;
}

err price_board_load(struct ctx *ctx, bool is_new, const int64_t *product_ids, size_t count,
                     struct price_board *board)
{
    struct db_rows *rows;
    struct shelf_place *places = NULL;
    int64_t group_id;
    *board = (struct price_board){0};
    if (!ctx->shop->has_price_lists || count == 0)
        return NULL;
    TRY(db_query(ctx, &rows,
                 PRICE_LIST_COLUMNS "WHERE shop_id = $1 AND status = 2 AND ends_at > $2 AND starts_at <= $2"
                                    " ORDER BY id LIMIT $3",
                 db_int(ctx->shop->id), db_int(ctx->now), db_int(PRICE_LIST_ACTIVE_LIMIT)));
    TRY(price_lists_take(ctx, rows, &board->lists, &board->count));
    if (needs_places(board))
        TRY(shelf_places_load(ctx, product_ids, count, &places, &board->place_count));
    board->places = places;
    int64_t *card_ids = arena_alloc_many(ctx->arena, count + 1, sizeof *card_ids);
    TRY(product_cards_among(ctx, product_ids, count, card_ids, &board->card_count));
    board->card_ids = card_ids;
    TRY(find_group(ctx, board, &group_id));
    bool *is_mine = arena_alloc_many(ctx->arena, board->count + 1, sizeof *is_mine);
    for (size_t i = 0; i < board->count; i++)
        is_mine[i] = board->lists[i].audience == PRICE_FOR_ALL ||
                     (board->lists[i].audience == PRICE_FOR_NEW && is_new) ||
                     (board->lists[i].audience == PRICE_FOR_GROUPS && group_id &&
                      id_in(board->lists[i].group_ids, board->lists[i].group_count, group_id));
    board->is_mine = is_mine;
    return NULL;
}

static bool takes(const struct price_board *board, const struct promotion *base, int64_t product_id)
{
    if (id_in(board->card_ids, board->card_count, product_id))
        return false;
    if (base->is_for_all || id_in(base->product_ids, base->product_count, product_id))
        return true;
    for (size_t i = 0; i < board->place_count; i++)
        if (board->places[i].product_id == product_id &&
            id_in(base->shelf_ids, base->shelf_count, board->places[i].shelf_id))
            return true;
    return false;
}

/* The lowest price of the lists that are mine, or of those of others that may be read. */
static int64_t lowest(const struct price_board *board, bool mine, int64_t product_id, int64_t price,
                      const struct price_list **by)
{
    int64_t best = price;
    *by = NULL;
    for (size_t i = 0; i < board->count; i++) {
        const struct price_list *list = &board->lists[i];
        if (board->is_mine[i] != mine || (!mine && !list->is_shown) || !takes(board, &list->base, product_id))
            continue;
        int64_t next = price_by_step(price, &list->base.rule.steps[0]);
        if (next < best) {
            best = next;
            *by = list;
        }
    }
    return best;
}

int64_t price_on_board(const struct price_board *board, int64_t product_id, int64_t price,
                       const struct price_list **by)
{
    return lowest(board, true, product_id, price, by);
}

void price_board_apply(struct ctx *ctx, const struct price_board *board, const struct variant **variants,
                       size_t count, struct list_source *sources)
{
    for (size_t i = 0; i < count; i++) {
        const struct price_list *by = NULL;
        if (!variants[i])
            continue;
        int64_t price = price_on_board(board, variants[i]->product_id, variants[i]->price, &by);
        if (!by)
            continue;
        struct variant *cheaper = arena_alloc(ctx->arena, sizeof *cheaper);
        *cheaper = *variants[i];
        cheaper->price = price;
        sources[i] = (struct list_source){.price_list_id = by->base.id,
                                          .version = by->base.version,
                                          .shelf_price = variants[i]->price,
                                          .step = by->base.rule.steps[0],
                                          .is_for_new = by->audience == PRICE_FOR_NEW};
        variants[i] = cheaper;
    }
}

err price_lists_apply(struct ctx *ctx, bool is_new, const struct variant **variants, size_t count,
                      struct list_source *sources)
{
    struct price_board board;
    if (!ctx->shop->has_price_lists)
        return NULL;
    int64_t *product_ids = arena_alloc_many(ctx->arena, count + 1, sizeof *product_ids);
    size_t known = 0;
    for (size_t i = 0; i < count; i++)
        if (variants[i])
            product_ids[known++] = variants[i]->product_id;
    TRY(price_board_load(ctx, is_new, product_ids, known, &board));
    price_board_apply(ctx, &board, variants, count, sources);
    return NULL;
}

bool price_lists_are_used(const struct quote_line *lines, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (lines[i].source.price_list_id)
            return true;
    return false;
}

bool price_lists_are_for_new(const struct quote_line *lines, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (lines[i].source.is_for_new)
            return true;
    return false;
}

/* ---- words ---- */

const char *price_list_text(struct ctx *ctx, const struct price_list *list)
{
    return list_step_text(ctx, &list->base.rule);
}

static struct value *add_said(struct ctx *ctx, struct value *view, const char *name,
                              const struct price_list *list)
{
    struct value *said = value_set_object(ctx->arena, view, name);
    value_set_text(ctx->arena, said, "name", list->base.name);
    value_set_text(ctx->arena, said, "text", price_list_text(ctx, list));
    value_set_text(ctx->arena, said, "audience", price_audience_names[list->audience]);
    return said;
}

void price_list_view(struct ctx *ctx, struct value *view, const struct price_board *board, int64_t product_id,
                     int64_t shelf_price)
{
    const struct price_list *mine, *others;
    int64_t own = price_on_board(board, product_id, shelf_price, &mine);
    int64_t member = lowest(board, false, product_id, shelf_price, &others);
    value_set(ctx->arena, view, "price_list", value_null());
    value_set(ctx->arena, view, "member_price", value_null());
    if (mine)
        value_set_money(ctx->arena, add_said(ctx, view, "price_list", mine), "full",
                        money_of(shelf_price, ctx->shop->currency));
    if (others && member < own)
        value_set_money(ctx->arena, add_said(ctx, view, "member_price", others), "price",
                        money_of(member, ctx->shop->currency));
}
