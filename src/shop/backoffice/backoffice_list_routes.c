/* backoffice_list_routes.c - the list of products. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/backoffice/backoffice_list_form.h"

#include "base/text.h"
#include "shop/backoffice/backoffice_list.h"
#include "shop/backoffice/backoffice_routes.h"
#include "shop/inventory/inventory.h"
#include "shop/media/media.h"
#include <inttypes.h>

#define ROWS 50

const char *const product_list_statuses[] = {"all", "draft", "active", "archived", NULL};
const char *const product_list_stocks[] = {
    [STOCK_ANY] = "all", [STOCK_IN] = "in", [STOCK_LOW] = "low", [STOCK_OUT] = "out", NULL};

static const char *const sorts[] = {"newest", "updated", "title", "price-up", "price-down", NULL};

struct list_form {
    struct product_filter filter;
    int sort;
    const char *cursor;
    int64_t act_id;
    int64_t undone;
    int64_t removed_id;
};

static const struct field list_fields[] = {
    PRODUCT_FILTER_FIELDS,
    {.name = "sort",
     .kind = FIELD_CHOICE,
     .offset = offsetof(struct list_form, sort),
     .choices = sorts,
     .help = "The order; with q it is always title"},
    {.name = "cursor",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct list_form, cursor),
     .maximum = PRODUCT_CURSOR_LIMIT,
     .help = "next_cursor of the page before"},
    {.name = "act",
     .kind = FIELD_ID,
     .offset = offsetof(struct list_form, act_id),
     .help = "For pages: the act that was just done"},
    {.name = "undone",
     .kind = FIELD_INT,
     .offset = offsetof(struct list_form, undone),
     .otherwise = -1,
     .minimum = -1,
     .maximum = PRODUCT_BULK_LIMIT,
     .help = "For pages: how many were just given back what they had"},
    {.name = "removed",
     .kind = FIELD_ID,
     .offset = offsetof(struct list_form, removed_id),
     .help = "For pages: the saved view that was just removed"},
    {0},
};

static void add_row(struct ctx *ctx, struct value *list, const struct product *product, int64_t available,
                    bool is_blocked)
{
    struct arena *arena = ctx->arena;
    struct value *row = value_add(arena, list, *value_object(arena));
    value_set_id(arena, row, "id", product->id);
    value_set_text(arena, row, "handle", product->handle);
    value_set_text(arena, row, "title", product->title);
    value_set_text(arena, row, "brand", product->brand);
    picture_set_view(ctx, row, "picture", product->picture_id, "");
    value_set_text(arena, row, "status", product_status_name(product->status));
    value_set_bool(arena, row, "is_blocked", is_blocked);
    value_set_text(arena, row, "kind", product_kind_name(product->kind));
    value_set_id(arena, row, "category_id", product->category_id);
    value_set_money(arena, row, "price_min", money_of(product->price_min, ctx->shop->currency));
    value_set_money(arena, row, "price_max", money_of(product->price_max, ctx->shop->currency));
    value_set_int(arena, row, "available", available);
    value_set_int(arena, row, "variant_count", product->variant_count);
    value_set_time(arena, row, "updated_at", product->updated_at);
    value_set_text(arena, row, "url", arena_format(arena, "/admin/products/%" PRId64, product->id));
}

static err add_counts(struct ctx *ctx, struct value *view)
{
    struct value *counts = value_set_object(ctx->arena, view, "counts");
    int64_t all = 0;
    for (int i = PRODUCT_DRAFT; i <= PRODUCT_ARCHIVED; i++) {
        int64_t count;
        TRY(product_count(ctx, 0, (enum product_status)i, &count));
        value_set_int(ctx->arena, counts, product_status_name((enum product_status)i), count);
        all += count;
    }
    value_set_int(ctx->arena, counts, "all", all);
    return NULL;
}

/* Names the category of each row and of the filter, and lists the categories. */
static err add_categories(struct ctx *ctx, struct value *view, const struct product_page *page,
                          const struct product_filter *filter, const char **label)
{
    struct category *categories;
    size_t count;
    TRY(category_list(ctx, &categories, &count));
    struct value *list = value_set_list(ctx->arena, view, "categories");
    for (size_t i = 0; i < count; i++) {
        struct value *row = value_add(ctx->arena, list, *value_object(ctx->arena));
        value_set_id(ctx->arena, row, "id", categories[i].id);
        value_set_text(ctx->arena, row, "name", categories[i].name);
        value_set_text(ctx->arena, row, "path", category_path(ctx, categories, count, categories[i].id));
        if (categories[i].id == filter->category_id)
            *label = categories[i].name;
    }
    struct value_list *rows = value_find(view, "products")->list;
    for (size_t i = 0; i < page->count; i++)
        for (size_t j = 0; j < count; j++)
            if (categories[j].id == page->items[i].category_id)
                value_set_text(ctx->arena, &rows->items[i], "category", categories[j].name);
    return NULL;
}

static struct product_query query_of(const struct product_filter *filter)
{
    return (struct product_query){.status = (enum product_status)filter->status,
                                  .category_id = filter->category_id,
                                  .title_prefix = filter->q[0] ? filter->q : NULL,
                                  .limit = ROWS};
}

static enum product_sort sort_of(const char *name)
{
    static const enum product_sort orders[] = {SORT_NEWEST, SORT_UPDATED, SORT_TITLE, SORT_PRICE_UP,
                                               SORT_PRICE_DOWN};
    for (size_t i = 0; sorts[i]; i++)
        if (text_is(sorts[i], name))
            return orders[i];
    return SORT_NEWEST;
}

static bool is_by_stock(const struct product_filter *filter)
{
    return filter->stock != STOCK_ANY && !filter->q[0];
}

/* Those of a status, in their order. */
static err keep_status(struct ctx *ctx, const int64_t *ids, size_t count, enum product_status status,
                       struct product **kept, size_t *kept_count)
{
    size_t have;
    TRY(product_list_many(ctx, ids, count, kept, &have));
    *kept_count = 0;
    for (size_t i = 0; i < have; i++)
        if (!status || (*kept)[i].status == status)
            (*kept)[(*kept_count)++] = (*kept)[i];
    return NULL;
}

/* The next PRODUCT_CHUNK at that level are looked at; which of them have the status is seen then, so a page
 * may be short and yet not the last. */
static err find_by_stock(struct ctx *ctx, const struct list_form *form, struct product_page *page)
{
    const struct product_filter *filter = &form->filter;
    int64_t before = 0, *ids;
    size_t count;
    if (form->cursor[0] && !text_to_int(form->cursor, &before))
        return fail_with(ctx, ERR_BAD_REQUEST, "this is no cursor of ours");
    TRY(stock_list_products(ctx, (enum stock_level)filter->stock, before, PRODUCT_CHUNK, &ids, &count));
    TRY(keep_status(ctx, ids, count, (enum product_status)filter->status, &page->items, &page->count));
    int64_t last = count == PRODUCT_CHUNK ? ids[count - 1] : 0;
    if (page->count > ROWS) {
        page->count = ROWS;
        last = page->items[ROWS - 1].id;
    }
    page->next_cursor = last ? arena_format(ctx->arena, "%" PRId64, last) : NULL;
    return NULL;
}

/* All at a level, at most PRODUCT_BULK_LIMIT + 1: their ids alone when any status will do. */
static err ids_by_stock(struct ctx *ctx, const struct product_filter *filter, int64_t **ids, size_t *count)
{
    enum stock_level level = (enum stock_level)filter->stock;
    int64_t *some, before = 0;
    size_t have = PRODUCT_CHUNK, kept_count;
    struct product *kept;
    if (!filter->status)
        return stock_list_products(ctx, level, 0, PRODUCT_BULK_LIMIT + 1, ids, count);
    *ids = arena_alloc_many(ctx->arena, PRODUCT_BULK_LIMIT + PRODUCT_CHUNK, sizeof **ids);
    *count = 0;
    while (have == PRODUCT_CHUNK && *count <= PRODUCT_BULK_LIMIT) {
        TRY(stock_list_products(ctx, level, before, PRODUCT_CHUNK, &some, &have));
        TRY(keep_status(ctx, some, have, (enum product_status)filter->status, &kept, &kept_count));
        for (size_t i = 0; i < kept_count; i++)
            (*ids)[(*count)++] = kept[i].id;
        before = have > 0 ? some[have - 1] : 0;
    }
    return NULL;
}

/* A word may be a SKU or the beginning of a title. */
static err find_page(struct ctx *ctx, const struct list_form *form, const char *sort,
                     struct product_page *page)
{
    const struct product_filter *filter = &form->filter;
    const struct product *found = NULL;
    if (filter->q[0])
        TRY(product_find_by_sku(ctx, filter->q, &found));
    if (found) {
        struct product *copy = arena_alloc(ctx->arena, sizeof *copy);
        *copy = *found;
        *page = (struct product_page){.items = copy, .count = 1};
        return NULL;
    }
    if (is_by_stock(filter))
        return find_by_stock(ctx, form, page);
    struct product_query query = query_of(filter);
    query.sort = sort_of(sort);
    query.cursor = form->cursor;
    return product_list(ctx, &query, page);
}

err product_filter_ids(struct ctx *ctx, const struct product_filter *filter, int64_t **ids, size_t *count)
{
    const struct product *found = NULL;
    struct product_query query = query_of(filter);
    if (is_by_stock(filter))
        return ids_by_stock(ctx, filter, ids, count);
    if (filter->q[0])
        TRY(product_find_by_sku(ctx, filter->q, &found));
    if (!found)
        return product_list_ids(ctx, &query, ids, count);
    *ids = arena_alloc(ctx->arena, sizeof **ids);
    (*ids)[0] = found->id;
    *count = 1;
    return NULL;
}

static err add_products(struct ctx *ctx, struct value *view, const struct product_page *page)
{
    int64_t *ids = arena_alloc_many(ctx->arena, page->count + 1, sizeof *ids);
    int64_t *available = arena_alloc_many(ctx->arena, page->count + 1, sizeof *available);
    for (size_t i = 0; i < page->count; i++)
        ids[i] = page->items[i].id;
    bool *is_blocked = arena_alloc_many(ctx->arena, page->count + 1, sizeof *is_blocked);
    TRY(stock_sum_products(ctx, ids, page->count, available));
    TRY(product_blocked_many(ctx, ids, page->count, is_blocked));
    struct value *rows = value_set_list(ctx->arena, view, "products");
    for (size_t i = 0; i < page->count; i++)
        add_row(ctx, rows, &page->items[i], available[i], is_blocked[i]);
    return NULL;
}

static struct list_place place_of(struct ctx *ctx, const struct list_form *form)
{
    const struct product_filter *filter = &form->filter;
    struct list_place place = {
        .list = &product_list_pages, .sort = sorts[form->sort], .cursor = form->cursor};
    bool has_category = filter->category_id && !filter->q[0] && !is_by_stock(filter);
    place.values[PRODUCTS_STATUS] = filter->status ? product_list_statuses[filter->status] : "";
    place.values[PRODUCTS_STOCK] = is_by_stock(filter) ? product_list_stocks[filter->stock] : "";
    place.values[PRODUCTS_CATEGORY] =
        has_category ? arena_format(ctx->arena, "%" PRId64, filter->category_id) : "";
    place.values[PRODUCTS_Q] = filter->q;
    list_settle(&place);
    return place;
}

static err products_view(struct ctx *ctx, const struct list_form *form, struct value **view)
{
    const struct product_filter *filter = &form->filter;
    struct product_page page;
    struct list_place place = place_of(ctx, form);
    *view = value_object(ctx->arena);
    page = (struct product_page){0};
    TRY(find_page(ctx, form, place.sort, &page));
    TRY(add_products(ctx, *view, &page));
    value_set_text(ctx->arena, *view, "status", product_list_statuses[filter->status]);
    value_set_text(ctx->arena, *view, "stock", product_list_stocks[filter->stock]);
    value_set_id(ctx->arena, *view, "category_id", filter->category_id);
    value_set_text(ctx->arena, *view, "q", filter->q);
    TRY(add_categories(ctx, *view, &page, filter, &place.labels[PRODUCTS_CATEGORY]));
    TRY(add_counts(ctx, *view));
    return list_view(ctx, &place, page.next_cursor, *view);
}

const char *const product_act_kinds[] = {
    [0] = "all",           [ACT_STATUS] = "status", [ACT_TAG] = "tag",
    [ACT_UNTAG] = "untag", [ACT_IMPORT] = "import", [ACT_IMPORT + 1] = NULL};

struct value *product_act_view(struct ctx *ctx, const struct product_act *act, const char *name)
{
    struct value *view = value_object(ctx->arena);
    value_set_id(ctx->arena, view, "id", act->id);
    value_set_time(ctx->arena, view, "at", act->at);
    value_set_text(ctx->arena, view, "actor", actor_name(act->actor));
    value_set_text(ctx->arena, view, "name", name);
    value_set_text(ctx->arena, view, "kind", product_act_kinds[act->kind]);
    value_set_text(ctx->arena, view, "value", act->value);
    value_set_int(ctx->arena, view, "count", act->count);
    value_set_int(ctx->arena, view, "refused", act->refused);
    value_set_time(ctx->arena, view, "undone_at", act->undone_at);
    return view;
}

/* What was just done stands above the list, with a way back. */
static err add_act(struct ctx *ctx, struct value *view, int64_t act_id)
{
    struct product_act act;
    TRY(product_act_load(ctx, act_id, &act));
    value_set(ctx->arena, view, "act", *product_act_view(ctx, &act, NULL));
    return NULL;
}

static err list(struct req *req)
{
    const struct list_form *form = req->form;
    struct value *view;
    TRY(products_view(&req->ctx, form, &view));
    if (form->act_id)
        TRY(add_act(&req->ctx, view, form->act_id));
    if (form->undone >= 0)
        value_set_int(req->ctx.arena, view, "undone", form->undone);
    value_set_id(req->ctx.arena, view, "removed_view", form->removed_id);
    return reply_view(req, "admin/products", view);
}

err show_products_again(struct req *req)
{
    const struct product_filter *filter = req->form;
    struct list_form form = {.filter = *filter, .cursor = ""};
    struct value *view;
    TRY(products_view(&req->ctx, &form, &view));
    return reply_view(req, "admin/products", view);
}

const struct route backoffice_list_routes[] = {
    {.method = GET,
     .path = "/admin/products",
     .handler = list,
     .guard = STAFF,
     .scope = "products.read",
     .fields = list_fields,
     .form_size = sizeof(struct list_form),
     .summary = "Products",
     .answer = "products"},
    {0},
};
