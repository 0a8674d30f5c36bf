/* transfer_routes.c - 商品导入: the columns of a file are told, it is checked, applied and perhaps undone.
 * The list of imports stands among the lists of the back office. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/transfer/transfer_routes.h"

#include "base/text.h"
#include "shop/catalog/catalog.h"
#include "shop/staff/staff.h"
#include "shop/transfer/import_parts.h"
#include "shop/transfer/transfer_view.h"
#include "shop/work/work.h"
#include <inttypes.h>

#define PROBLEMS_A_PAGE 100
#define ITEMS_A_PAGE 50
#define DOWNLOAD_PIECE 1000
#define COLUMN_ROWS 200

static err answer(struct req *req, int status, int64_t import_id)
{
    struct import import;
    struct value *view = value_object(req->ctx.arena);
    TRY(import_load(&req->ctx, import_id, &import));
    value_set(req->ctx.arena, view, "import", *import_view(&req->ctx, &import, NULL));
    return reply_done(req, status, view, "/admin/products/imports/%" PRId64, import_id);
}

static err template_piece(struct req *req, void *arg, struct text_buf *out, bool *more)
{
    bool is_english = text_is(req->ctx.locale, "en");
    (void)arg;
    *more = false;
    text_add(out, "\xEF\xBB\xBF");
    text_add(
        out,
        is_english
            ? "title,subtitle,category,brand,option1 name,option1 value,option2 name,option2 value,sku,"
              "barcode,price,cost,weight,stock,tags,specs,origin,unit,status,description\r\n"
              "Linen shirt,Cool in summer,Clothing/Women,Mountain,Colour,White,Size,S,LS-W-S,,199.00,80.00,"
              "260,20,\"summer, new\",Material: linen,Hangzhou,piece,active,Washed linen\r\n"
              "Linen shirt,,,,Colour,White,Size,M,LS-W-M,,199.00,80.00,270,20,,,,,,\r\n"
            : "商品名称,副标题,分类,品牌,规格1名称,规格1,规格2名称,规格2,货号,条码,售价,成本,重量(克),库存,"
              "标签,"
              "规格参数,产地,单位,状态,描述\r\n"
              "亚麻衬衫,夏天也清爽,服饰/女装,山止,颜色,米白,尺码,S,LS-W-S,,199.00,80.00,260,20,\"夏装, "
              "新品\",材质: 亚麻,浙江杭州,件,上架,水洗亚麻，越穿越软\r\n"
              "亚麻衬衫,,,,颜色,米白,尺码,M,LS-W-M,,199.00,80.00,270,20,,,,,,\r\n");
    return NULL;
}

static err template(struct req *req)
{
    return reply_download(req, "text/csv; charset=utf-8", "products-template.csv", template_piece, NULL);
}

/* ---- one import ---- */

static const char *const shows[] = {"", "problems", "changed", "new", NULL};
enum { SHOW_BEST, SHOW_PROBLEMS, SHOW_CHANGED, SHOW_NEW };

struct show_form {
    int64_t import_id;
    int show;
    const char *code;
    int64_t after;
};

#define ID_FIELD                                                                                             \
    {                                                                                                        \
        .name = "id", .kind = FIELD_ID, .offset = offsetof(struct show_form, import_id),                     \
        .is_required = true, .help = "The import"                                                            \
    }

static const struct field show_fields[] = {
    ID_FIELD,
    {.name = "show",
     .kind = FIELD_CHOICE,
     .offset = offsetof(struct show_form, show),
     .choices = shows,
     .help = "Which part of the report"},
    {.name = "code",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct show_form, code),
     .maximum = 60,
     .help = "Only problems of this code"},
    {.name = "after",
     .kind = FIELD_INT,
     .offset = offsetof(struct show_form, after),
     .help = "For the next page: what the page before ended with"},
    {0},
};

static err add_categories(struct ctx *ctx, struct value *view)
{
    struct category *categories;
    size_t count;
    TRY(category_list(ctx, &categories, &count));
    struct value *list = value_set_list(ctx->arena, view, "categories");
    for (size_t i = 0; i < count; i++) {
        struct value *row = value_add(ctx->arena, list, *value_object(ctx->arena));
        value_set_id(ctx->arena, row, "id", categories[i].id);
        value_set_text(ctx->arena, row, "name", category_path(ctx, categories, count, categories[i].id));
    }
    return NULL;
}

static err add_columns(struct ctx *ctx, struct value *view, const struct import *import)
{
    TRY(import_preview(ctx, import, view));
    TRY(import_meanings_view(ctx, view));
    return add_categories(ctx, view);
}

static void add_pages(struct ctx *ctx, struct value *view, const struct show_form *form, int show,
                      bool is_more, int64_t last)
{
    const char *base = arena_format(ctx->arena, "/admin/products/imports/%" PRId64 "?show=%s&code=%s",
                                    form->import_id, shows[show], form->code);
    value_set_text(ctx->arena, view, "first_url", form->after > 0 ? base : NULL);
    value_set_text(ctx->arena, view, "next_url",
                   is_more ? arena_format(ctx->arena, "%s&after=%" PRId64, base, last) : NULL);
}

static err add_problems(struct ctx *ctx, struct value *view, const struct show_form *form)
{
    struct import_problem *problems;
    struct value *codes;
    size_t count;
    int64_t last;
    TRY(import_problem_list(ctx, form->import_id, form->code, form->after, PROBLEMS_A_PAGE, &problems, &count,
                            &last));
    TRY(import_problem_codes(ctx, form->import_id, &codes));
    struct value *list = value_set_list(ctx->arena, view, "row_problems");
    for (size_t i = 0; i < count; i++)
        value_add(ctx->arena, list, *import_problem_view(ctx, &problems[i]));
    value_set(ctx->arena, view, "codes", *codes);
    value_set_text(ctx->arena, view, "code", form->code);
    add_pages(ctx, view, form, SHOW_PROBLEMS, count == PROBLEMS_A_PAGE, last);
    return NULL;
}

static err add_items(struct ctx *ctx, struct value *view, const struct show_form *form, int show)
{
    struct import_item *items;
    size_t count;
    TRY(import_item_list(ctx, form->import_id, show == SHOW_NEW ? IMPORT_NEW : IMPORT_CHANGED, form->after,
                         ITEMS_A_PAGE, &items, &count));
    struct value *list = value_set_list(ctx->arena, view, "items");
    for (size_t i = 0; i < count; i++)
        value_add(ctx->arena, list, *import_item_view(ctx, &items[i]));
    add_pages(ctx, view, form, show, count == ITEMS_A_PAGE, count > 0 ? items[count - 1].line : 0);
    return NULL;
}

/* How far the pictures of a ZIP are. */
static err add_pictures(struct ctx *ctx, struct value *view, const struct import *import)
{
    struct import_picture_counts counts;
    value_set(ctx->arena, view, "pictures", value_null());
    if (!import->table_name[0] || import->state != IMPORT_APPLIED)
        return NULL;
    TRY(import_pictures_count(ctx, import->id, &counts));
    struct value *pictures = value_set_object(ctx->arena, view, "pictures");
    value_set_int(ctx->arena, pictures, "waiting", counts.waiting);
    value_set_int(ctx->arena, pictures, "placed", counts.placed);
    value_set_int(ctx->arena, pictures, "refused", counts.refused);
    return NULL;
}

/* What goes on for it, as among the works. */
static err add_work(struct ctx *ctx, struct value *view, const struct import *import)
{
    struct work work;
    TRY(import_work_find(ctx, import, &work));
    value_set(ctx->arena, view, "work", value_null());
    if (work.id)
        work_set_view(ctx, value_set_object(ctx->arena, view, "work"), &work);
    return NULL;
}

/* What there is to look at first: errors, then what changes, then what is new. */
static int best_show(const struct import *import, int show)
{
    if (show != SHOW_BEST)
        return show;
    if (value_find_int(import->counts, "problems", 0) + value_find_int(import->counts, "warnings", 0) > 0)
        return SHOW_PROBLEMS;
    return value_find_int(import->counts, "changed", 0) > 0 ? SHOW_CHANGED : SHOW_NEW;
}

static err one_view(struct ctx *ctx, const struct show_form *form, struct value **view)
{
    struct import import;
    const char *name = NULL;
    TRY(import_load(ctx, form->import_id, &import));
    if (import.actor == ACTOR_STAFF)
        TRY(staff_name_many(ctx, &import.actor_id, 1, &name));
    *view = value_object(ctx->arena);
    value_set(ctx->arena, *view, "import", *import_view(ctx, &import, name));
    if (import.state == IMPORT_UPLOADED)
        return add_columns(ctx, *view, &import);
    TRY(add_work(ctx, *view, &import));
    TRY(add_pictures(ctx, *view, &import));
    int show = best_show(&import, form->show);
    value_set_text(ctx->arena, *view, "show", shows[show]);
    if (import.state == IMPORT_CHECKING || import.state == IMPORT_FAILED)
        return NULL;
    return show == SHOW_PROBLEMS ? add_problems(ctx, *view, form) : add_items(ctx, *view, form, show);
}

static err show_one(struct req *req)
{
    struct value *view;
    TRY(one_view(&req->ctx, req->form, &view));
    return reply_view(req, "admin/import", view);
}

/* A form that begins with the import was refused. */
static err show_again(struct req *req)
{
    const int64_t *import_id = req->form;
    struct value *view;
    TRY(one_view(&req->ctx, &(struct show_form){.import_id = *import_id, .code = ""}, &view));
    return reply_view(req, "admin/import", view);
}

/* ---- what is done with it ---- */

struct column_row {
    const char *key;
};

static const struct field column_fields[] = {
    {.name = "key",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct column_row, key),
     .maximum = 60,
     .help = "Meaning"},
    {0},
};

static const char *const modes[] = {"partial", "all", NULL};
static const char *const statuses[] = {"draft", "active", "archived", NULL};

struct check_form {
    int64_t import_id;
    struct field_rows columns;
    int match;
    int mode;
    int status;
    int64_t category_id;
    int64_t default_stock;
};

static const struct field check_fields[] = {
    ID_FIELD,
    {.name = "columns",
     .kind = FIELD_ROWS,
     .offset = offsetof(struct check_form, columns),
     .maximum = COLUMN_ROWS,
     .rows = column_fields,
     .row_size = sizeof(struct column_row),
     .help = "What each column means, in the order of the file; empty = ignore it"},
    {.name = "match",
     .kind = FIELD_CHOICE,
     .offset = offsetof(struct check_form, match),
     .choices = import_match_names,
     .help = "What a product is known again by"},
    {.name = "mode",
     .kind = FIELD_CHOICE,
     .offset = offsetof(struct check_form, mode),
     .choices = modes,
     .help = "partial: good rows go in; all: nothing goes in when anything is wrong"},
    {.name = "status",
     .kind = FIELD_CHOICE,
     .offset = offsetof(struct check_form, status),
     .choices = statuses,
     .help = "Of new products whose rows tell none"},
    {.name = "category_id",
     .kind = FIELD_ID,
     .offset = offsetof(struct check_form, category_id),
     .help = "Of new products whose rows tell none"},
    {.name = "default_stock",
     .kind = FIELD_INT,
     .offset = offsetof(struct check_form, default_stock),
     .minimum = 0,
     .maximum = 1000000000,
     .help = "Pieces of new products whose rows tell none"},
    {0},
};

static err check(struct req *req)
{
    const struct check_form *form = req->form;
    const struct column_row *rows = form->columns.items;
    static const int64_t status_of[] = {PRODUCT_DRAFT, PRODUCT_ACTIVE, PRODUCT_ARCHIVED};
    struct import_choices choices = {
        .columns = arena_alloc_many(req->ctx.arena, form->columns.count + 1, sizeof *choices.columns),
        .column_count = form->columns.count,
        .match = (enum import_match)(IMPORT_BY_SKU + form->match),
        .is_whole = form->mode == 1,
        .status = status_of[form->status],
        .category_id = form->category_id,
        .default_stock = form->default_stock};
    for (size_t i = 0; i < form->columns.count; i++)
        choices.columns[i] = rows[i].key ? rows[i].key : "";
    const struct category *category;
    if (form->category_id)
        TRY(category_load(&req->ctx, form->category_id, &category));
    TRY(import_check(&req->ctx, form->import_id, &choices));
    return answer(req, 202, form->import_id);
}

static const struct field id_fields[] = {ID_FIELD, {0}};

static err reopen(struct req *req)
{
    const struct show_form *form = req->form;
    TRY(import_reopen(&req->ctx, form->import_id));
    return answer(req, 200, form->import_id);
}

static err apply(struct req *req)
{
    const struct show_form *form = req->form;
    TRY(import_apply(&req->ctx, form->import_id));
    return answer(req, 202, form->import_id);
}

static err undo(struct req *req)
{
    const struct show_form *form = req->form;
    TRY(import_undo(&req->ctx, form->import_id));
    return answer(req, 202, form->import_id);
}

/* ---- errors as a file ---- */

struct download {
    int64_t import_id;
    const char *code;
    int64_t after;
    bool is_begun;
};

static const char *find_words(const void *owner, const char *key)
{
    return req_text(owner, key);
}

static err problem_piece(struct req *req, void *arg, struct text_buf *out, bool *more)
{
    struct download *download = arg;
    struct import_problem *problems;
    size_t count;
    TRY(import_problem_list(&req->ctx, download->import_id, download->code, download->after, DOWNLOAD_PIECE,
                            &problems, &count, &download->after));
    struct import_words words = {find_words, req};
    TRY(import_problems_csv(&req->ctx, &words, problems, count, !download->is_begun, out));
    download->is_begun = true;
    *more = count == DOWNLOAD_PIECE;
    return NULL;
}

static err problems(struct req *req)
{
    const struct show_form *form = req->form;
    struct import import;
    TRY(import_load(&req->ctx, form->import_id, &import));
    struct download *download = arena_alloc(req->ctx.arena, sizeof *download);
    *download = (struct download){.import_id = form->import_id, .code = form->code};
    return reply_download(req, "text/csv; charset=utf-8",
                          arena_format(req->ctx.arena, "import-errors-%" PRId64 ".csv", form->import_id),
                          problem_piece, download);
}

#define READS .guard = STAFF, .scope = "products.read"
#define WRITES .guard = STAFF, .scope = "products.write"
#define ONE "/admin/products/imports/:id"

const struct route transfer_routes[] = {
    {.method = GET,
     .path = "/admin/products/imports/template",
     .handler = template,
     READS,
     .summary = "An empty product file with two example rows"},
    {.method = GET,
     .path = ONE,
     .handler = show_one,
     READS,
     .fields = show_fields,
     .form_size = sizeof(struct show_form),
     .summary = "An import: its columns, its progress or its report",
     .answer = "import"},
    {.method = POST,
     .path = ONE "/check",
     .handler = check,
     WRITES,
     .fields = check_fields,
     .form_size = sizeof(struct check_form),
     .again = show_again,
     .summary = "Say what the columns mean, and see what would change",
     .answer = "import"},
    {.method = POST,
     .path = ONE "/columns",
     .handler = reopen,
     WRITES,
     .fields = id_fields,
     .form_size = sizeof(struct show_form),
     .again = show_again,
     .summary = "Go back to the columns",
     .answer = "import"},
    {.method = POST,
     .path = ONE "/apply",
     .handler = apply,
     WRITES,
     .fields = id_fields,
     .form_size = sizeof(struct show_form),
     .again = show_again,
     .summary = "Apply a checked import, as one act",
     .answer = "import"},
    {.method = POST,
     .path = ONE "/undo",
     .handler = undo,
     WRITES,
     .fields = id_fields,
     .form_size = sizeof(struct show_form),
     .again = show_again,
     .summary = "Give the products back what they had, except those that somebody changed since",
     .answer = "import"},
    {.method = GET,
     .path = ONE "/problems",
     .handler = problems,
     READS,
     .fields = show_fields,
     .form_size = sizeof(struct show_form),
     .summary = "What is wrong with the rows, as CSV"},
    {0},
};
