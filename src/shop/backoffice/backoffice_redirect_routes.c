/* backoffice_redirect_routes.c - 网址跳转: where addresses of an earlier shop lead. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/backoffice/backoffice_routes.h"

#include "base/text.h"
#include "shop/backoffice/backoffice_list.h"
#include "shop/redirect/redirect.h"
#include "shop/staff/staff.h"
#include <inttypes.h>

#define ROWS 50

struct list_form {
    const char *q;
    int64_t cursor;
    const char *notice;
    int64_t removed_id;
};

static const struct field list_fields[] = {
    {.name = "q",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct list_form, q),
     .maximum = 120,
     .help = "A part of an address"},
    {.name = "cursor",
     .kind = FIELD_INT,
     .offset = offsetof(struct list_form, cursor),
     .minimum = 0,
     .maximum = INT64_MAX,
     .help = "Of the page before"},
    {.name = "notice",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct list_form, notice),
     .maximum = 40,
     .help = "For pages: what was just done"},
    REMOVED_VIEW_FIELD(struct list_form),
    {0},
};

struct redirect_form {
    int64_t redirect_id;
    const char *source;
    const char *target;
};

#define ID_FIELD                                                                                             \
    {                                                                                                        \
        .name = "id", .kind = FIELD_ID, .offset = offsetof(struct redirect_form, redirect_id),               \
        .is_required = true, .help = "The redirect"                                                          \
    }
#define ADDRESS_FIELDS                                                                                       \
    {.name = "source",                                                                                       \
     .kind = FIELD_TEXT,                                                                                     \
     .offset = offsetof(struct redirect_form, source),                                                       \
     .is_required = true,                                                                                    \
     .maximum = REDIRECT_LENGTH,                                                                             \
     .help = "The old address: /old/page.html, with a query or without"},                                    \
    {                                                                                                        \
        .name = "target", .kind = FIELD_TEXT, .offset = offsetof(struct redirect_form, target),              \
        .is_required = true, .maximum = REDIRECT_LENGTH, .help = "A page of this shop: /products/mug"        \
    }

static const struct field new_fields[] = {ADDRESS_FIELDS, {0}};
static const struct field change_fields[] = {ID_FIELD, ADDRESS_FIELDS, {0}};
static const struct field remove_fields[] = {ID_FIELD, {0}};

struct paste_form {
    const char *rows;
};

static const struct field paste_fields[] = {
    {.name = "rows",
     .kind = FIELD_LONG,
     .offset = offsetof(struct paste_form, rows),
     .is_required = true,
     .maximum = REDIRECT_PASTE_LENGTH,
     .help = "A row a line: the old address, then the new one, parted by a comma, a tab or a semicolon"},
    {0},
};

static err redirects_view(struct req *req, const struct list_form *form, struct value *view)
{
    struct ctx *ctx = &req->ctx;
    struct redirect *redirects;
    size_t count;
    struct list_place place = {
        .list = &redirect_list_pages, .values = {form->q}, .cursor = form->cursor ? "later" : ""};
    list_settle(&place);
    TRY(redirect_list(ctx, form->q, form->cursor, ROWS + 1, &redirects, &count));
    struct value *list = value_set_list(ctx->arena, view, "redirects");
    for (size_t i = 0; i < count && i < ROWS; i++) {
        struct value *row = value_add(ctx->arena, list, *value_object(ctx->arena));
        value_set_id(ctx->arena, row, "id", redirects[i].id);
        value_set_text(ctx->arena, row, "source", redirects[i].source);
        value_set_text(ctx->arena, row, "target", redirects[i].target);
        value_set_time(ctx->arena, row, "created_at", redirects[i].created_at);
    }
    value_set_text(ctx->arena, view, "q", form->q);
    value_set_text(ctx->arena, view, "notice", form->notice);
    value_set_bool(ctx->arena, view, "can_write", staff_may(req->visitor, "settings.write"));
    value_set_int(ctx->arena, view, "most_rows", REDIRECT_PASTE_ROWS);
    value_set_id(ctx->arena, view, "removed_view", form->removed_id);
    return list_view(ctx, &place,
                     count > ROWS ? arena_format(ctx->arena, "%" PRId64, redirects[ROWS - 1].id) : NULL,
                     view);
}

static err list_page(struct req *req, const struct list_form *form, struct value *view)
{
    TRY(redirects_view(req, form, view));
    return reply_view(req, "admin/redirects", view);
}

static err list(struct req *req)
{
    return list_page(req, req->form, value_object(req->ctx.arena));
}

static err show_again(struct req *req)
{
    return list_page(req, &(struct list_form){.q = "", .notice = ""}, value_object(req->ctx.arena));
}

static err create(struct req *req)
{
    const struct redirect_form *form = req->form;
    TRY(redirect_save(&req->ctx, req->host, 0, form->source, form->target));
    return reply_done(req, 201, value_object(req->ctx.arena), "/admin/redirects?notice=saved");
}

static err change(struct req *req)
{
    const struct redirect_form *form = req->form;
    TRY(redirect_save(&req->ctx, req->host, form->redirect_id, form->source, form->target));
    return reply_done(req, 200, value_object(req->ctx.arena), "/admin/redirects?notice=saved");
}

static err drop(struct req *req)
{
    const struct redirect_form *form = req->form;
    TRY(redirect_remove(&req->ctx, form->redirect_id));
    return reply_done(req, 200, value_object(req->ctx.arena), "/admin/redirects?notice=removed");
}

/* ---- pasting ---- */

static void add_refused(struct ctx *ctx, struct value *list, const struct redirect_row *row)
{
    struct value *entry = value_add(ctx->arena, list, *value_object(ctx->arena));
    struct value *problem = value_set_object(ctx->arena, entry, "problem");
    value_set_int(ctx->arena, entry, "line", row->line);
    value_set_text(ctx->arena, entry, "source", row->source);
    value_set_text(ctx->arena, entry, "target", row->target);
    value_set_text(ctx->arena, problem, "field", row->is_target_wrong ? "target" : "source");
    value_set_text(ctx->arena, problem, "code", row->problem);
}

static struct value *report_of(struct ctx *ctx, const struct redirect_row *rows, size_t count)
{
    int64_t counts[REDIRECT_REFUSED + 1] = {0};
    struct value *report = value_object(ctx->arena);
    struct value *refused = value_set_list(ctx->arena, report, "refused");
    for (size_t i = 0; i < count; i++) {
        counts[rows[i].outcome]++;
        if (rows[i].outcome == REDIRECT_REFUSED)
            add_refused(ctx, refused, &rows[i]);
    }
    value_set_int(ctx->arena, report, "made", counts[REDIRECT_MADE]);
    value_set_int(ctx->arena, report, "changed", counts[REDIRECT_CHANGED]);
    value_set_int(ctx->arena, report, "same", counts[REDIRECT_SAME]);
    value_set_int(ctx->arena, report, "refused_count", counts[REDIRECT_REFUSED]);
    return report;
}

static err paste(struct req *req)
{
    const struct paste_form *form = req->form;
    struct value *view = value_object(req->ctx.arena);
    struct redirect_row *rows;
    size_t count;
    TRY(redirect_read_paste(&req->ctx, form->rows, &rows, &count));
    TRY(redirect_put_many(&req->ctx, req->host, rows, count));
    value_set(req->ctx.arena, view, "report", *report_of(&req->ctx, rows, count));
    return list_page(req, &(struct list_form){.q = "", .notice = ""}, view);
}

#define WRITE .guard = STAFF, .scope = "settings.write", .again = show_again
#define FORM .form_size = sizeof(struct redirect_form)

const struct route backoffice_redirect_routes[] = {
    {.method = GET,
     .path = "/admin/redirects",
     .handler = list,
     .guard = STAFF,
     .scope = "settings.read",
     .fields = list_fields,
     .form_size = sizeof(struct list_form),
     .summary = "Where addresses lead that nothing answers any more, newest first",
     .answer = "redirects"},
    {.method = POST,
     .path = "/admin/redirects",
     .handler = create,
     WRITE,
     FORM,
     .fields = new_fields,
     .summary = "Lead an old address to a page of the shop"},
    {.method = POST,
     .path = "/admin/redirects/paste",
     .handler = paste,
     WRITE,
     .fields = paste_fields,
     .form_size = sizeof(struct paste_form),
     .summary = "Take many redirects as a table of two columns; what is refused is told row by row",
     .answer = "report"},
    {.method = POST,
     .path = "/admin/redirects/:id",
     .handler = change,
     WRITE,
     FORM,
     .fields = change_fields,
     .summary = "Change a redirect"},
    {.method = POST,
     .path = "/admin/redirects/:id/remove",
     .handler = drop,
     WRITE,
     FORM,
     .fields = remove_fields,
     .summary = "Put a redirect into the trash"},
    {0},
};
