/* storefront_search_routes.c - the page of the search, what is suggested while somebody types, what they
 * searched before, and what they opened. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/storefront/storefront_routes.h"
#include "shop/storefront/storefront_search.h"
#include "shop/storefront/storefront_seeker_form.h"

#include "base/text.h"
#include "shop/search/search.h"
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
     .help =
         "What narrows the list: attribute:value,value;brand:…;tag:…;price:low-high;stock:in;freight:free"},
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

/* A new search, not another order, page or part of one. */
static bool is_new_search(const struct search_form *form)
{
    return !text_is_blank(form->text) && form->page == 1 && form->sort == SEARCH_RELEVANCE &&
           !form->filter[0] && !form->explains;
}

/* Remembers and counts who searches. */
static void note_seeker(struct req *req, struct search_asking *asking, struct value *view)
{
    struct seeker seeker;
    seeker_read(req, &seeker);
    bool is_new = !seeker.token;
    if (asking->is_noted && search_word_of(&req->ctx, asking->text)[0])
        seeker_remember(req, &seeker, asking->text);
    asking->buyer = asking->is_noted ? seeker_key(req, &seeker, is_new) : NULL;
    if (text_is_blank(asking->text))
        seeker_view(&req->ctx, value_set_list(req->ctx.arena, view, "history"), &seeker, "");
}

static void set_pages(struct req *req, struct value *view, const struct search_asking *asking, int64_t total)
{
    struct arena *arena = req->ctx.arena;
    set_sorts(req, view, asking);
    value_set_text(arena, view, "sort", sorts[asking->sort]);
    value_set_int(arena, view, "total", total);
    value_set_int(arena, view, "page", asking->page);
    value_set_text(arena, view, "next_url",
                   asking->page * PAGE_PRODUCTS < total ? page_url(req, asking, view, asking->page + 1)
                                                        : NULL);
    value_set_text(arena, view, "first_url", asking->page > 1 ? page_url(req, asking, view, 1) : NULL);
}

static err lead_on(struct req *req, const struct search_form *form, struct search_asking *asking,
                   struct value *view, bool *is_led)
{
    const char *path = NULL;
    *is_led = false;
    if (!asking->is_noted)
        return NULL;
    TRY(search_redirect_find(&req->ctx, form->text, &path));
    value_set_text(req->ctx.arena, view, "redirect_url", path);
    if (!path || req->face != FACE_HTML)
        return NULL;
    *is_led = true;
    struct search_note note = {.text = form->text, .hits = 1, .buyer = asking->buyer};
    search_note(&req->ctx, &note);
    note.is_click = true;
    search_note(&req->ctx, &note);
    return reply_redirect(req, 303, path);
}

static err search(struct req *req)
{
    const struct search_form *form = req->form;
    struct value *view = value_object(req->ctx.arena);
    struct search_asking asking = {.text = form->text,
                                   .base = search_address(&req->ctx, form->text),
                                   .sort = (enum search_sort)form->sort,
                                   .sort_word = form->sort == SEARCH_RELEVANCE ? "" : sorts[form->sort],
                                   .filter = form->filter,
                                   .page = form->page,
                                   .limit = PAGE_PRODUCTS,
                                   .explains = form->explains,
                                   .is_noted = is_new_search(form)};
    int64_t total;
    bool is_led;
    note_seeker(req, &asking, view);
    TRY(lead_on(req, form, &asking, view, &is_led));
    if (is_led)
        return NULL;
    TRY(search_page_view(&req->ctx, view, &asking, &total));
    set_pages(req, view, &asking, total);
    if (text_is_blank(form->text))
        TRY(search_popular_view(&req->ctx, view, ""));
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
    struct seeker seeker;
    TRY(search_suggest_view(&req->ctx, view, form->text));
    value_set_text(req->ctx.arena, view, "text", form->text);
    if (req->face ==
        FACE_JSON) { /* pages are the same for everybody; a browser asks for its own words once */
        seeker_read(req, &seeker);
        seeker_view(&req->ctx, value_set_list(req->ctx.arena, view, "history"), &seeker, form->text);
    }
    cache(req);
    return reply_view(req, "search_suggest", view);
}

/* ---- what somebody searched before ---- */

static const struct field forget_fields[] = {
    {.name = "q",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct suggest_form, text),
     .maximum = TYPED_LIMIT,
     .help = "One word; without it everything"},
    {0},
};

static err show_own(struct req *req)
{
    struct seeker seeker;
    struct value *view = value_object(req->ctx.arena);
    seeker_read(req, &seeker);
    seeker_view(&req->ctx, value_set_list(req->ctx.arena, view, "history"), &seeker, "");
    TRY(search_popular_view(&req->ctx, view, ""));
    reply_header(req, "Cache-Control", "no-store");
    return reply_view(req, "search_own", view);
}

static err forget(struct req *req)
{
    const struct suggest_form *form = req->form;
    struct seeker seeker;
    seeker_read(req, &seeker);
    seeker_forget(req, &seeker, form->text);
    return reply_done(req, 200, value_object(req->ctx.arena), "/search?q=");
}

/* ---- what was opened ---- */

struct click_form {
    const char *text;
    const char *handle;
};

static const struct field click_fields[] = {
    {.name = "q",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct click_form, text),
     .is_required = true,
     .maximum = QUERY_LIMIT,
     .help = "What was searched for"},
    {.name = "product",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct click_form, handle),
     .is_required = true,
     .maximum = TYPED_LIMIT,
     .help = "The handle of the product that was opened"},
    {0},
};

static err click(struct req *req)
{
    const struct click_form *form = req->form;
    const struct product *product;
    struct seeker seeker;
    TRY(product_find_by_handle(&req->ctx, form->handle, &product));
    if (!product || product->status != PRODUCT_ACTIVE)
        return fail_with(&req->ctx, ERR_NOT_FOUND, "no such product");
    seeker_read(req, &seeker);
    search_note(&req->ctx,
                &(struct search_note){.text = form->text,
                                      .is_click = true,
                                      .product_id = product->id,
                                      .buyer = seeker.token ? seeker_key(req, &seeker, false) : NULL});
    return reply_done(req, 200, value_object(req->ctx.arena), "/products/%s", product->handle);
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
    {.method = GET,
     .path = "/search/own",
     .handler = show_own,
     .guard = ANYONE,
     .summary = "What one searched before, and what many search",
     .answer = "history"},
    {.method = POST,
     .path = "/search/forget",
     .handler = forget,
     .guard = ANYONE,
     .fields = forget_fields,
     .form_size = sizeof(struct suggest_form),
     .summary = "Forget what one searched, or one word of it"},
    {.method = POST,
     .path = "/search/clicks",
     .handler = click,
     .guard = ANYONE,
     .fields = click_fields,
     .form_size = sizeof(struct click_form),
     .summary = "Count that a product was opened from the answer to a search"},
    {0},
};
