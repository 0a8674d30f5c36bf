/* storefront_search_routes.c - the page of the search, and what is suggested while somebody types. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/storefront/storefront_routes.h"
#include "shop/storefront/storefront_search.h"

#include "base/text.h"
#include <inttypes.h>

/* Characters of a query that are taken; the index reads the first SEARCH_UNIT_LIMIT of them. */
#define QUERY_LIMIT 1000
#define TYPED_LIMIT 100
#define PAGE_NUMBER_LIMIT 1000000

static const char *const sorts[] = {
    [SEARCH_RELEVANCE] = "relevance",   [SEARCH_SALES] = "sales",   [SEARCH_PRICE_UP] = "price-up",
    [SEARCH_PRICE_DOWN] = "price-down", [SEARCH_NEWEST] = "newest", [SEARCH_RATING] = "rating",
    [SEARCH_RATING + 1] = NULL};

struct search_form {
    const char *text;
    int sort;
    const char *filter;
    int64_t page;
    bool explains;
};

static const struct field search_fields[] = {
    {.name = "q",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct search_form, text),
     .maximum = QUERY_LIMIT,
     .help = "What is looked for: characters, pinyin, initials, model numbers; \"…\" is a phrase, -word "
             "leaves it out"},
    {.name = "sort",
     .kind = FIELD_CHOICE,
     .offset = offsetof(struct search_form, sort),
     .choices = sorts,
     .help = "Order of the list"},
    {.name = "filter",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct search_form, filter),
     .maximum = FILTER_TEXT_LIMIT,
     .help = "What narrows the list: attribute:value,value;brand:…;tag:…;price:low-high;stock:in"},
    {.name = "page",
     .kind = FIELD_INT,
     .offset = offsetof(struct search_form, page),
     .minimum = 1,
     .maximum = PAGE_NUMBER_LIMIT,
     .otherwise = 1,
     .help = "Number of the page, from 1"},
    {.name = "explain",
     .kind = FIELD_FLAG,
     .offset = offsetof(struct search_form, explains),
     .help = "Each product says why it is here"},
    {0},
};

/* The same for every stranger, and dropped with any product of the shop. */
static void cache(struct req *req)
{
    if (req->face != FACE_HTML)
        return;
    reply_cacheable(req, PAGE_CACHE_SECONDS);
    reply_tag(req, "shop:%" PRId64, req->ctx.shop->id);
    reply_tag(req, "list:%" PRId64, req->ctx.shop->id);
}

static const char *page_url(struct req *req, const struct search_asking *asking, const struct value *view,
                            int64_t page)
{
    const char *query = value_find_text(value_find(view, "filter"), "query");
    const char *sorted =
        asking->sort_word[0] ? arena_format(req->ctx.arena, "&sort=%s", asking->sort_word) : "";
    const char *narrowed =
        arena_format(req->ctx.arena, "%s%s%s%s", asking->base, sorted, query ? "&" : "", query ? query : "");
    return page > 1 ? arena_format(req->ctx.arena, "%s&page=%" PRId64, narrowed, page) : narrowed;
}

static void set_sorts(struct req *req, struct value *view, const struct search_asking *asking)
{
    struct value *list = value_set_list(req->ctx.arena, view, "sorts");
    for (int i = SEARCH_RELEVANCE; i <= SEARCH_RATING; i++) {
        struct search_asking other = *asking;
        struct value *entry = value_add(req->ctx.arena, list, *value_object(req->ctx.arena));
        other.sort_word = i == SEARCH_RELEVANCE ? "" : sorts[i];
        value_set_text(req->ctx.arena, entry, "key", sorts[i]);
        value_set_text(req->ctx.arena, entry, "url", page_url(req, &other, view, 1));
        value_set_bool(req->ctx.arena, entry, "is_chosen", i == (int)asking->sort);
    }
}

static err search(struct req *req)
{
    const struct search_form *form = req->form;
    struct arena *arena = req->ctx.arena;
    struct value *view = value_object(arena);
    struct search_asking asking = {.text = form->text,
                                   .base = search_address(&req->ctx, form->text),
                                   .sort = (enum search_sort)form->sort,
                                   .sort_word = form->sort == SEARCH_RELEVANCE ? "" : sorts[form->sort],
                                   .filter = form->filter,
                                   .page = form->page,
                                   .limit = PAGE_PRODUCTS,
                                   .explains = form->explains};
    int64_t total;
    TRY(search_page_view(&req->ctx, view, &asking, &total));
    set_sorts(req, view, &asking);
    value_set_text(arena, view, "sort", sorts[form->sort]);
    value_set_int(arena, view, "total", total);
    value_set_int(arena, view, "page", form->page);
    value_set_text(arena, view, "next_url",
                   form->page * PAGE_PRODUCTS < total ? page_url(req, &asking, view, form->page + 1) : NULL);
    value_set_text(arena, view, "first_url", form->page > 1 ? page_url(req, &asking, view, 1) : NULL);
    cache(req);
    return reply_view(req, "search", view);
}

struct suggest_form {
    const char *text;
};

static const struct field suggest_fields[] = {
    {.name = "q",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct suggest_form, text),
     .maximum = TYPED_LIMIT,
     .help = "What was typed so far"},
    {0},
};

static err suggest(struct req *req)
{
    const struct suggest_form *form = req->form;
    struct value *view = value_object(req->ctx.arena);
    TRY(search_suggest_view(&req->ctx, view, form->text));
    value_set_text(req->ctx.arena, view, "text", form->text);
    cache(req);
    return reply_view(req, "search_suggest", view);
}

const struct route storefront_search_routes[] = {
    {.method = GET,
     .path = "/search",
     .handler = search,
     .guard = ANYONE,
     .fields = search_fields,
     .form_size = sizeof(struct search_form),
     .summary = "Products by what people type",
     .answer = "products"},
    {.method = GET,
     .path = "/search/suggest",
     .handler = suggest,
     .guard = ANYONE,
     .fields = suggest_fields,
     .form_size = sizeof(struct suggest_form),
     .summary = "What a text that is being typed may become",
     .answer = "suggestions"},
    {0},
};
