/* backoffice_words_routes.c - 搜索: what people search, and what the merchant makes of a word. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/backoffice/backoffice_routes.h"

#include "base/text.h"
#include "shop/backoffice/backoffice_words_view.h"
#include "shop/catalog/catalog.h"
#include "shop/staff/staff.h"
#include <inttypes.h>

#define HANDLE_TEXT 120

/* ---- the lists ---- */

enum tab { TAB_TODO, TAB_POPULAR, TAB_NOTHING, TAB_UNCLICKED, TAB_WORDS };
static const char *const tabs[] = {"todo", "popular", "nothing", "unclicked", "words", NULL};
static const enum search_report reports[] = {
    [TAB_POPULAR] = SEARCH_POPULAR, [TAB_NOTHING] = SEARCH_NOTHING, [TAB_UNCLICKED] = SEARCH_UNCLICKED};
static const char *const spans[] = {"7", "28", NULL};
static const int days_of[] = {7, SEARCH_BEFORE_DAYS};

struct list_form {
    int tab;
    int span;
    const char *notice;
};

static const struct field list_fields[] = {
    {.name = "tab",
     .kind = FIELD_CHOICE,
     .offset = offsetof(struct list_form, tab),
     .choices = tabs,
     .help = "todo (of this week), popular, nothing (found), unclicked or words (what was said about words)"},
    {.name = "days",
     .kind = FIELD_CHOICE,
     .offset = offsetof(struct list_form, span),
     .choices = spans,
     .otherwise = 1,
     .help = "7 or 28, today with them; the to-do has 7"},
    {.name = "notice",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct list_form, notice),
     .maximum = 40,
     .help = "For pages: what was just done"},
    {0},
};

static err list(struct req *req)
{
    const struct list_form *form = req->form;
    struct ctx *ctx = &req->ctx;
    struct value *view = value_object(ctx->arena);
    int days = form->tab == TAB_TODO ? SEARCH_TODO_DAYS : days_of[form->span];
    TRY(search_flush(ctx));
    value_set_text(ctx->arena, view, "tab", tabs[form->tab]);
    value_set_int(ctx->arena, view, "days", days);
    value_set_text(ctx->arena, view, "notice", form->notice);
    value_set_bool(ctx->arena, view, "can_write", staff_may(req->visitor, "products.write"));
    TRY(search_total_view(ctx, view, days));
    if (form->tab == TAB_TODO)
        TRY(search_todo_view(ctx, view));
    else if (form->tab == TAB_WORDS)
        TRY(search_words_view(ctx, view, NULL));
    else
        TRY(search_lines_view(ctx, view, reports[form->tab], days));
    return reply_view(req, "admin/searches", view);
}

/* ---- one word ---- */

static const char *const kinds[] = {"synonym", "redirect", "stop", NULL};
static const char *const backs[] = {"word", "todo", NULL};
#define TODO_PAGE "/admin/searches?tab=todo&notice="

struct word_form {
    int64_t word_id;
    int kind; /* index in kinds */
    int back; /* index in backs */
    const char *word;
    const char *words;
    const char *category;
    const char *product;
    const char *target;
    const char *find;
    const char *notice;
    struct field_rows products;
};

#define TEXT_FIELD(named, member, most, words_of_help)                                                       \
    {                                                                                                        \
        .name = (named), .kind = FIELD_TEXT, .offset = offsetof(struct word_form, member),                   \
        .maximum = (most), .help = (words_of_help)                                                           \
    }
#define FIND_FIELD TEXT_FIELD("find", find, SEARCH_WORD_LENGTH, "Words that find products for a tag")

static const struct field show_fields[] = {
    TEXT_FIELD("q", word, SEARCH_WORD_LENGTH, "What people type"),
    FIND_FIELD,
    TEXT_FIELD("notice", notice, 40, "For pages: what was just done"),
    {0},
};
static const struct field word_fields[] = {
    {.name = "kind",
     .kind = FIELD_CHOICE,
     .offset = offsetof(struct word_form, kind),
     .choices = kinds,
     .is_required = true,
     .help = "synonym, redirect or stop"},
    TEXT_FIELD("word", word, SEARCH_WORD_LENGTH, "What people type"),
    {.name = "back",
     .kind = FIELD_CHOICE,
     .offset = offsetof(struct word_form, back),
     .choices = backs,
     .help = "For pages: where to go on"},
    {.name = "words",
     .kind = FIELD_LONG,
     .offset = offsetof(struct word_form, words),
     .maximum = SEARCH_GROUP_LENGTH,
     .help = "Of a synonym: words that mean the same, between commas"},
    TEXT_FIELD("category", category, HANDLE_TEXT, "Of a redirect: the handle of a category"),
    TEXT_FIELD("product", product, HANDLE_TEXT, "Of a redirect: the handle or a SKU of a product"),
    TEXT_FIELD("target", target, SEARCH_TARGET_LIMIT, "Of a redirect: a page of this shop, /collections/new"),
    {0},
};

static err add_categories(struct ctx *ctx, struct value *view)
{
    struct category *categories;
    size_t count;
    struct value *list = value_set_list(ctx->arena, view, "categories");
    TRY(category_list(ctx, &categories, &count));
    for (size_t i = 0; i < count; i++) {
        struct value *row = value_add(ctx->arena, list, *value_object(ctx->arena));
        value_set_text(ctx->arena, row, "handle", categories[i].handle);
        value_set_text(ctx->arena, row, "name", category_name(ctx, &categories[i]));
        value_set_int(ctx->arena, row, "depth", categories[i].depth);
    }
    return NULL;
}

static err word_page(struct req *req, const char *text, const char *find, struct value *view)
{
    struct ctx *ctx = &req->ctx;
    const struct word_form *form = req->form;
    TRY(search_flush(ctx));
    TRY(search_word_view(ctx, view, search_word_of(ctx, text)));
    TRY(add_categories(ctx, view));
    value_set_text(ctx->arena, view, "find", find);
    TRY(search_candidates_view(ctx, view, find));
    value_set_text(ctx->arena, view, "notice", form->notice);
    value_set_bool(ctx->arena, view, "can_write", staff_may(req->visitor, "products.write"));
    return reply_view(req, "admin/search_word", view);
}

static err show_word(struct req *req)
{
    const struct word_form *form = req->form;
    return word_page(req, form->word, form->find, value_object(req->ctx.arena));
}

static err show_again(struct req *req)
{
    const struct word_form *form = req->form;
    return word_page(req, form->word ? form->word : "", form->find ? form->find : "",
                     value_object(req->ctx.arena));
}

/* The page that a redirect leads to. */
static err read_target(struct ctx *ctx, const struct word_form *form, const char **target)
{
    const struct product *product = NULL;
    const struct category *category = NULL;
    *target = form->target;
    if (form->category[0]) {
        TRY(category_find_by_handle(ctx, form->category, &category));
        if (!category)
            return fail_field(ctx, "category", "unknown-choice", "no such category");
        *target = arena_format(ctx->arena, "/categories/%s", category->handle);
    } else if (form->product[0]) {
        TRY(product_find_by_handle(ctx, form->product, &product));
        if (!product)
            TRY(product_find_by_sku(ctx, form->product, &product));
        if (!product)
            return fail_field(ctx, "product", "search-product", "no product has this handle or SKU");
        *target = arena_format(ctx->arena, "/products/%s", product->handle);
    }
    return NULL;
}

static err read_word(struct ctx *ctx, const struct word_form *form, struct search_word *word)
{
    *word = (struct search_word){.kind = (enum search_word_kind)(form->kind + 1),
                                 .word = form->word,
                                 .words = form->words,
                                 .target = ""};
    return word->kind == SEARCH_REDIRECT ? read_target(ctx, form, &word->target) : NULL;
}

static err preview(struct req *req)
{
    const struct word_form *form = req->form;
    struct search_word word;
    struct value *view = value_object(req->ctx.arena);
    TRY(read_word(&req->ctx, form, &word));
    TRY(search_word_check(&req->ctx, &word));
    TRY(search_trial_view(&req->ctx, view, &word));
    value_set_bool(req->ctx.arena, view, "is_preview", true);
    return word_page(req, form->word, "", view);
}

static const char *address_of(struct ctx *ctx, const char *word)
{
    struct text_buf url;
    text_open(&url, ctx->arena, 2048);
    text_add(&url, "/admin/searches/word?notice=search_said&q=");
    text_add_url(&url, word, strlen(word));
    return text_of(&url);
}

static err save(struct req *req)
{
    const struct word_form *form = req->form;
    struct search_word word;
    struct value *view = value_object(req->ctx.arena);
    TRY(read_word(&req->ctx, req->form, &word));
    TRY(search_word_save(&req->ctx, &word));
    TRY(search_words_view(&req->ctx, view, word.word));
    return reply_done(req, 201, view, "%s",
                      form->back ? TODO_PAGE "search_said" : address_of(&req->ctx, word.word));
}

static const struct field pass_fields[] = {
    {.name = "word",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct word_form, word),
     .maximum = SEARCH_WORD_LENGTH,
     .is_required = true,
     .help = "A word of the to-do"},
    {0},
};

static err pass(struct req *req)
{
    const struct word_form *form = req->form;
    TRY(search_pass_word(&req->ctx, form->word));
    return reply_done(req, 200, value_object(req->ctx.arena), TODO_PAGE "search_passed");
}

static err undo_pass(struct req *req)
{
    const struct word_form *form = req->form;
    TRY(search_pass_undo(&req->ctx, form->word));
    return reply_done(req, 200, value_object(req->ctx.arena), TODO_PAGE "search_back");
}

static const struct field remove_fields[] = {
    {.name = "id",
     .kind = FIELD_ID,
     .offset = offsetof(struct word_form, word_id),
     .is_required = true,
     .help = "What was said about a word"},
    {0},
};

static err drop(struct req *req)
{
    const struct word_form *form = req->form;
    TRY(search_word_remove(&req->ctx, form->word_id));
    return reply_done(req, 200, value_object(req->ctx.arena),
                      "/admin/searches?tab=words&notice=search_unsaid");
}

/* ---- a tag ---- */

struct product_row {
    int64_t product_id;
};
static const struct field product_row_fields[] = {
    {.name = "id", .kind = FIELD_ID, .offset = offsetof(struct product_row, product_id), .help = "A product"},
    {0},
};
static const struct field tag_fields[] = {
    TEXT_FIELD("word", word, TAG_LENGTH_LIMIT, "What people type: the name of the tag"),
    FIND_FIELD,
    {.name = "products",
     .kind = FIELD_ROWS,
     .offset = offsetof(struct word_form, products),
     .maximum = WORD_CANDIDATES,
     .rows = product_row_fields,
     .row_size = sizeof(struct product_row),
     .help = "The products that get it"},
    {0},
};

static err tag(struct req *req)
{
    const struct word_form *form = req->form;
    const struct product_row *rows = form->products.items;
    int64_t ids[WORD_CANDIDATES];
    size_t count = 0;
    struct search_word word = {.kind = SEARCH_TAG, .word = form->word, .target = form->word};
    struct product_act act = {.kind = ACT_TAG, .value = form->word};
    struct value *view = value_object(req->ctx.arena);
    for (size_t i = 0; i < form->products.count; i++)
        if (rows[i].product_id)
            ids[count++] = rows[i].product_id;
    if (count == 0)
        return fail_field(&req->ctx, "products", "search-products", "choose the products");
    TRY(search_word_save(&req->ctx, &word));
    TRY(product_act_do(&req->ctx, &act, ids, count));
    value_set_int(req->ctx.arena, view, "tagged", act.count);
    TRY(search_words_view(&req->ctx, view, word.word));
    return reply_done(req, 201, view, "%s", address_of(&req->ctx, word.word));
}

#define FORM .form_size = sizeof(struct word_form)
#define READ .guard = STAFF, .scope = "products.read"
#define WRITE .guard = STAFF, .scope = "products.write"

const struct route backoffice_words_routes[] = {
    {.method = GET,
     .path = "/admin/searches",
     .handler = list,
     READ,
     .fields = list_fields,
     .form_size = sizeof(struct list_form),
     .summary = "What people search, what finds nothing, what is found and not opened; the week's to-do",
     .answer = "lines"},
    {.method = GET,
     .path = "/admin/searches/word",
     .handler = show_word,
     READ,
     FORM,
     .fields = show_fields,
     .summary = "One word that people search, and what can be done about it",
     .answer = "counts"},
    {.method = POST,
     .path = "/admin/searches/words",
     .handler = save,
     WRITE,
     FORM,
     .fields = word_fields,
     .again = show_again,
     .summary = "Say what a word means, that it means nothing, or where it leads",
     .answer = "words"},
    {.method = POST,
     .path = "/admin/searches/words/preview",
     .handler = preview,
     WRITE,
     FORM,
     .fields = word_fields,
     .again = show_again,
     .summary = "What such a change would do",
     .answer = "trial"},
    {.method = POST,
     .path = "/admin/searches/words/:id/remove",
     .handler = drop,
     WRITE,
     FORM,
     .fields = remove_fields,
     .summary = "Take back what was said about a word; a tag stays at its products"},
    {.method = POST,
     .path = "/admin/searches/pass",
     .handler = pass,
     WRITE,
     FORM,
     .fields = pass_fields,
     .again = show_again,
     .summary = "A word of the to-do needs nothing, until it is searched twice as often"},
    {.method = POST,
     .path = "/admin/searches/pass/undo",
     .handler = undo_pass,
     WRITE,
     FORM,
     .fields = pass_fields,
     .again = show_again,
     .summary = "Put a word back into the to-do"},
    {.method = POST,
     .path = "/admin/searches/tag",
     .handler = tag,
     WRITE,
     FORM,
     .fields = tag_fields,
     .again = show_again,
     .summary = "Put a tag with this word on products, so that it finds them",
     .answer = "tagged"},
    {0},
};
