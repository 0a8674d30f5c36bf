/* storefront_routes.c - home, lists and product pages. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/storefront/storefront_routes.h"

#include "base/text.h"
#include "shop/media/media.h"
#include "shop/redirect/redirect.h"
#include "shop/storefront/storefront.h"
#include "shop/storefront/storefront_filter.h"
#include <inttypes.h>

/* Collections that the navigation names. */
#define NAV_COLLECTIONS 12

/* What a form calls the orders of a list; the last is for collections that people fill. */
enum list_sort { LIST_NEWEST, LIST_PRICE_UP, LIST_PRICE_DOWN, LIST_CHOSEN };
static const char *const sorts[] = {"newest", "price-up", "price-down", NULL};
static const char *const collection_sorts[] = {"newest", "price-up", "price-down", "chosen", NULL};
static const enum product_sort orders[] = {
    [LIST_NEWEST] = SORT_NEWEST,
    [LIST_PRICE_UP] = SORT_PRICE_UP,
    [LIST_PRICE_DOWN] = SORT_PRICE_DOWN,
    [LIST_CHOSEN] = SORT_BY_HAND,
};

static void cache_for(struct req *req, const char *kind, int64_t id, int64_t seconds)
{
    reply_cacheable(req, seconds);
    reply_tag(req, "shop:%" PRId64, req->ctx.shop->id);
    reply_tag(req, "%s:%" PRId64, kind, id);
}

static void cache(struct req *req, const char *kind, int64_t id)
{
    cache_for(req, kind, id, PAGE_CACHE_SECONDS);
}

/* Everything that shows cards changes with any product: the tag is the shop's own. */
static void cache_list(struct req *req)
{
    cache(req, "list", req->ctx.shop->id);
}

void storefront_category_view(struct ctx *ctx, struct value *view, const struct category *category)
{
    struct arena *arena = ctx->arena;
    value_set_text(arena, view, "handle", category->handle);
    value_set_text(arena, view, "name", category_name(ctx, category));
    value_set_text(arena, view, "summary", category_summary(ctx, category));
    value_set_text(arena, view, "url", arena_format(arena, "/categories/%s", category->handle));
    picture_set_view(ctx, view, "picture", category->picture_id, category_name(ctx, category));
    value_set_int(arena, view, "product_count", category->active_count);
}

/* Those that strangers see and that have something. */
static err add_collections(struct ctx *ctx, struct value *view)
{
    struct collection *collections;
    size_t count;
    TRY(collection_list(ctx, &collections, &count));
    struct value *list = value_set_list(ctx->arena, view, "collections");
    for (size_t i = 0; i < count && value_count(list) < NAV_COLLECTIONS; i++) {
        if (!collections[i].is_shown || collections[i].active_count == 0)
            continue;
        struct value *entry = value_add(ctx->arena, list, *value_object(ctx->arena));
        value_set_text(ctx->arena, entry, "handle", collections[i].handle);
        value_set_text(ctx->arena, entry, "name", collection_name(ctx, &collections[i]));
        value_set_text(ctx->arena, entry, "summary", collection_summary(ctx, &collections[i]));
        picture_set_view(ctx, entry, "picture", collections[i].picture_id,
                         collection_name(ctx, &collections[i]));
        value_set_int(ctx->arena, entry, "product_count", collections[i].active_count);
        value_set_text(ctx->arena, entry, "url",
                       arena_format(ctx->arena, "/collections/%s", collections[i].handle));
    }
    return NULL;
}

err storefront_nav(struct ctx *ctx, struct value **nav)
{
    struct category *categories;
    size_t count;
    TRY(category_list_top(ctx, &categories, &count));
    *nav = value_object(ctx->arena);
    struct value *list = value_set_list(ctx->arena, *nav, "categories");
    for (size_t i = 0; i < count; i++) {
        struct value *entry = value_add(ctx->arena, list, *value_object(ctx->arena));
        value_set_text(ctx->arena, entry, "handle", categories[i].handle);
        value_set_text(ctx->arena, entry, "name", category_name(ctx, &categories[i]));
        value_set_text(ctx->arena, entry, "url",
                       arena_format(ctx->arena, "/categories/%s", categories[i].handle));
    }
    return add_collections(ctx, *nav);
}

void storefront_crumbs(struct ctx *ctx, struct value *view, const struct category *categories, size_t count,
                       int64_t category_id)
{
    const struct category *trail[CATEGORY_DEPTH_LIMIT];
    size_t length = category_trail(categories, count, category_id, trail);
    struct value *list = value_set_list(ctx->arena, view, "crumbs");
    for (size_t i = 0; i < length; i++) {
        struct value *crumb = value_add(ctx->arena, list, *value_object(ctx->arena));
        value_set_text(ctx->arena, crumb, "name", category_name(ctx, trail[i]));
        value_set_text(ctx->arena, crumb, "url",
                       arena_format(ctx->arena, "/categories/%s", trail[i]->handle));
    }
}

const char *storefront_next(const struct req *req, const char *next, const char *otherwise)
{
    bool is_ours = next[0] == '/' && next[1] != '/' && next[1] != '\\';
    return is_ours ? req_local(req, next) : otherwise;
}

struct list_form {
    const char *handle;
    int sort;
    const char *cursor;
    const char *filter;
};

#define FILTER_FIELD                                                                                         \
    {                                                                                                        \
        .name = "filter", .kind = FIELD_TEXT, .offset = offsetof(struct list_form, filter),                  \
        .maximum = FILTER_TEXT_LIMIT,                                                                        \
        .help = "What narrows the list: attribute:value,value;brand:…;tag:…;price:low-high;stock:in"     \
    }

#define SORT_FIELDS                                                                                          \
    {.name = "sort",                                                                                         \
     .kind = FIELD_CHOICE,                                                                                   \
     .offset = offsetof(struct list_form, sort),                                                             \
     .choices = sorts,                                                                                       \
     .help = "Order of the list"},                                                                           \
    {                                                                                                        \
        .name = "cursor", .kind = FIELD_TEXT, .offset = offsetof(struct list_form, cursor), .maximum = 60,   \
        .help = "next_cursor of the page before"                                                             \
    }

static const struct field list_fields[] = {
    {.name = "category",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct list_form, handle),
     .maximum = 80,
     .help = "Handle of a category, instead of the whole shop"},
    SORT_FIELDS,
    FILTER_FIELD,
    {0},
};

static const struct field category_fields[] = {
    {.name = "handle",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct list_form, handle),
     .is_required = true,
     .maximum = 80,
     .help = "Handle of the category"},
    SORT_FIELDS,
    FILTER_FIELD,
    {0},
};

static const struct field collection_fields[] = {
    {.name = "handle",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct list_form, handle),
     .is_required = true,
     .maximum = 80,
     .help = "Handle of the collection"},
    {.name = "sort",
     .kind = FIELD_CHOICE,
     .offset = offsetof(struct list_form, sort),
     .choices = collection_sorts,
     .otherwise = -1,
     .help = "Order of the list; chosen is that of the shop, for collections by hand"},
    {.name = "cursor",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct list_form, cursor),
     .maximum = 60,
     .help = "next_cursor of the page before"},
    FILTER_FIELD,
    {0},
};

/* The products of an answer, in its order; one that left the shelf a moment ago is not shown. */
static err load_answer(struct ctx *ctx, const struct facet_answer *answer, struct product_page *page)
{
    struct product *products;
    size_t count;
    *page = (struct product_page){.next_cursor = answer->next_cursor};
    TRY(product_list_many(ctx, answer->product_ids, answer->product_count, &products, &count));
    page->items = arena_alloc_many(ctx->arena, count + 1, sizeof *page->items);
    for (size_t i = 0; i < count; i++)
        if (products[i].status == PRODUCT_ACTIVE)
            page->items[page->count++] = products[i];
    return NULL;
}

struct list_place {
    const char *base;
    int64_t shelf_id;
    int64_t category_id; /* 0 when the shelf is none */
    int usual;           /* the order without a word in the address */
};

/* What the list is narrowed by, and a page of what is left, or of all. */
static err find_products(struct req *req, struct value *view, const struct list_place *place,
                         struct product_query *query, struct product_page *page, int64_t *total)
{
    const struct list_form *form = req->form;
    struct filter *filter = arena_alloc(req->ctx.arena, sizeof *filter);
    struct facet_answer answer;
    const char *sort = form->sort == place->usual ? "" : collection_sorts[form->sort];
    TRY(filter_read(&req->ctx, place->category_id, form->filter, filter));
    TRY(filter_ask(&req->ctx, filter, query, place->shelf_id, &answer));
    if (!answer.is_known)
        filter->pick_count = 0;
    filter_view(&req->ctx, view, filter, &answer, place->base, sort);
    *total = answer.total;
    if (filter->pick_count > 0)
        return load_answer(&req->ctx, &answer, page);
    TRY(product_list(&req->ctx, query, page));
    return product_count(&req->ctx, place->shelf_id, PRODUCT_ACTIVE, total);
}

/* The address of a page of the list. */
static const char *page_url(struct req *req, const struct value *view, const char *base, const char *cursor)
{
    const struct list_form *form = req->form;
    struct arena *arena = req->ctx.arena;
    const char *query = value_find_text(value_find(view, "filter"), "query");
    const char *narrowed = arena_format(arena, "%s?sort=%s%s%s", base, collection_sorts[form->sort],
                                        query ? "&" : "", query ? query : "");
    return cursor ? arena_format(arena, "%s&cursor=%s", narrowed, cursor) : narrowed;
}

/* A page of the list and the way to the next one. */
static err add_list(struct req *req, struct value *view, const struct list_place *place)
{
    const struct list_form *form = req->form;
    struct arena *arena = req->ctx.arena;
    struct product_query query = {.status = PRODUCT_ACTIVE,
                                  .shelf_id = place->shelf_id,
                                  .sort = orders[form->sort],
                                  .cursor = form->cursor,
                                  .limit = PAGE_PRODUCTS};
    struct product_page page;
    int64_t total;
    TRY(find_products(req, view, place, &query, &page, &total));
    TRY(product_card_views(&req->ctx, value_set_list(arena, view, "products"), page.items, page.count));
    value_set_text(arena, view, "sort", collection_sorts[form->sort]);
    value_set_text(arena, view, "next_cursor", page.next_cursor);
    value_set_text(arena, view, "next_url",
                   page.next_cursor ? page_url(req, view, place->base, page.next_cursor) : NULL);
    value_set_text(arena, view, "first_url", form->cursor[0] ? page_url(req, view, place->base, NULL) : NULL);
    value_set_int(arena, view, "total", total);
    return NULL;
}

static err products(struct req *req)
{
    const struct list_form *form = req->form;
    struct value *view = value_object(req->ctx.arena);
    const struct category *of = NULL;
    if (form->handle[0])
        TRY(category_find_by_handle(&req->ctx, form->handle, &of));
    if (form->handle[0] && !of)
        return fail_with(&req->ctx, ERR_NOT_FOUND, "no such category");
    struct list_place place = {.base = "/products"};
    if (of)
        place = (struct list_place){.base = arena_format(req->ctx.arena, "/categories/%s", of->handle),
                                    .shelf_id = of->id,
                                    .category_id = of->id};
    TRY(add_list(req, view, &place));
    if (req->face == FACE_HTML)
        cache_list(req);
    return reply_view(req, "products", view);
}

/* Those above the category, and those one level below it. */
static err add_family(struct ctx *ctx, struct value *view, const struct category *of)
{
    struct category *above, *below;
    size_t above_count, below_count;
    TRY(category_list_above(ctx, of->parent_id, &above, &above_count));
    TRY(category_list_below(ctx, of->id, &below, &below_count));
    storefront_crumbs(ctx, view, above, above_count, of->parent_id);
    struct value *children = value_set_list(ctx->arena, view, "children");
    for (size_t i = 0; i < below_count; i++)
        storefront_category_view(ctx, value_add(ctx->arena, children, *value_object(ctx->arena)), &below[i]);
    return NULL;
}

/* What had this handle before has another address now, in the language and on the face that was asked for. */
static err lead_on(struct req *req, enum moved_kind kind, const char *handle, const char *place)
{
    const char *now, *query = strchr(req->url, '?');
    TRY(moved_find(&req->ctx, kind, handle, &now));
    if (!now)
        return fail_with(&req->ctx, ERR_NOT_FOUND, "nothing is or was there");
    return reply_redirect(req, 301,
                          arena_format(req->ctx.arena, "%s%s%s%s", req->face == FACE_JSON ? "/api/v1" : "",
                                       place, now, query ? query : ""));
}

static err category(struct req *req)
{
    const struct list_form *form = req->form;
    const struct category *found;
    TRY(category_find_by_handle(&req->ctx, form->handle, &found));
    if (!found)
        return lead_on(req, MOVED_CATEGORY, form->handle, "/categories/");
    struct value *view = value_object(req->ctx.arena);
    storefront_category_view(&req->ctx, value_set_object(req->ctx.arena, view, "category"), found);
    TRY(add_family(&req->ctx, view, found));
    TRY(add_list(req, view,
                 &(struct list_place){.base = arena_format(req->ctx.arena, "/categories/%s", found->handle),
                                      .shelf_id = found->id,
                                      .category_id = found->id}));
    if (req->face == FACE_HTML)
        cache_list(req);
    return reply_view(req, "category", view);
}

static err collection(struct req *req)
{
    struct list_form form = *(const struct list_form *)req->form;
    struct arena *arena = req->ctx.arena;
    const struct collection *found;
    TRY(collection_find_by_handle(&req->ctx, form.handle, &found));
    if (!found || !found->is_shown)
        return lead_on(req, MOVED_COLLECTION, form.handle, "/collections/");
    if (form.sort < 0 || (form.sort == LIST_CHOSEN && found->is_smart))
        form.sort = found->is_smart ? LIST_NEWEST : LIST_CHOSEN;
    req->form = &form;
    struct value *view = value_object(arena);
    struct value *tree = value_set_object(arena, view, "collection");
    value_set_text(arena, tree, "handle", found->handle);
    value_set_text(arena, tree, "name", collection_name(&req->ctx, found));
    value_set_text(arena, tree, "summary", collection_summary(&req->ctx, found));
    value_set_text(arena, tree, "seo_title", found->seo_title);
    value_set_text(arena, tree, "seo_description", found->seo_description);
    value_set_bool(arena, tree, "is_by_hand", !found->is_smart);
    value_set_int(arena, tree, "product_count", found->active_count);
    TRY(add_list(req, view,
                 &(struct list_place){.base = arena_format(arena, "/collections/%s", found->handle),
                                      .shelf_id = found->id,
                                      .usual = found->is_smart ? LIST_NEWEST : LIST_CHOSEN}));
    const struct value *first = value_at(value_find(view, "products"), 0);
    picture_set_view(&req->ctx, tree, "picture", found->picture_id, collection_name(&req->ctx, found));
    if (first && !found->picture_id)
        value_set(arena, tree, "picture", *value_find(first, "picture"));
    if (req->face == FACE_HTML)
        cache_list(req);
    return reply_view(req, "collection", view);
}

/* The page shows other products too: it changes with each of them. */
static void tag_related(struct req *req, const struct value *view)
{
    const struct value_list *related = value_find(view, "related")->list;
    for (uint32_t i = 0; i < related->count; i++)
        reply_tag(req, "product:%s", value_find_text(&related->items[i], "id"));
}

/* What is in its bundles may change or sell out too. */
static void tag_bundles(struct req *req, const struct value *view)
{
    const struct value *bundles = value_find(value_find(view, "product"), "bundles");
    for (size_t i = 0; i < value_count(bundles); i++) {
        const struct value *goods = value_find(value_at(bundles, i), "goods");
        for (size_t j = 0; j < value_count(goods); j++)
            reply_tag(req, "product:%s", value_find_text(value_at(goods, j), "product_id"));
    }
}

struct product_form {
    const char *handle;
    const char *sku;
};

static const struct field product_fields[] = {
    {.name = "handle",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct product_form, handle),
     .is_required = true,
     .maximum = 120,
     .help = "Handle of the product"},
    {.name = "sku",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct product_form, sku),
     .maximum = 64,
     .help = "The variant that is chosen"},
    {0},
};

/* Off the shelf for good: buyers are led where the merchant says, or see what is like it; programs see an
 * error. */
static err gone(struct req *req, const struct product *product)
{
    struct value *view = value_object(req->ctx.arena);
    const char *location;
    if (req->face == FACE_JSON)
        return fail_with(&req->ctx, ERR_GONE, "this product is no longer offered");
    TRY(redirect_find(&req->ctx, req->path, req->url, &location));
    if (location)
        return reply_redirect(req, 301, location);
    TRY(product_gone_view(&req->ctx, product, view));
    return reply_view_status(req, 410, "gone", view);
}

static err product(struct req *req)
{
    const struct product_form *form = req->form;
    const struct product *found;
    TRY(product_find_by_handle(&req->ctx, form->handle, &found));
    if (!found || found->status == PRODUCT_DRAFT)
        return lead_on(req, MOVED_PRODUCT, form->handle, "/products/");
    if (found->status == PRODUCT_ARCHIVED)
        return gone(req, found);
    struct value *view;
    int64_t seconds = PAGE_CACHE_SECONDS;
    TRY(product_page_view(&req->ctx, found, form->sku, &seconds, &view));
    if (req->face == FACE_HTML) {
        cache_for(req, "product", found->id, seconds);
        tag_related(req, view);
        tag_bundles(req, view);
    }
    return reply_view(req, "product", view);
}

const struct route storefront_routes[] = {
    {.method = GET,
     .path = "/products",
     .handler = products,
     .guard = ANYONE,
     .is_reading = true,
     .fields = list_fields,
     .form_size = sizeof(struct list_form),
     .summary = "All products on the shelf, page by page",
     .answer = "products"},
    {.method = GET,
     .path = "/categories/:handle",
     .handler = category,
     .guard = ANYONE,
     .is_reading = true,
     .fields = category_fields,
     .form_size = sizeof(struct list_form),
     .summary = "The products of a category",
     .answer = "category"},
    {.method = GET,
     .path = "/collections/:handle",
     .handler = collection,
     .guard = ANYONE,
     .is_reading = true,
     .fields = collection_fields,
     .form_size = sizeof(struct list_form),
     .summary = "The products of a collection",
     .answer = "collection"},
    {.method = GET,
     .path = "/products/:handle",
     .handler = product,
     .guard = ANYONE,
     .is_reading = true,
     .fields = product_fields,
     .form_size = sizeof(struct product_form),
     .summary = "A product with its variants",
     .answer = "product"},
    {0},
};
