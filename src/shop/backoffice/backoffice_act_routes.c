/* backoffice_act_routes.c - one act over many products: chosen in the list, or all that the list finds. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/backoffice/backoffice_routes.h"

#include "base/text.h"
#include "shop/backoffice/backoffice_list.h"
#include "shop/backoffice/backoffice_list_form.h"
#include "shop/backoffice/backoffice_work.h"
#include "shop/catalog/catalog.h"
#include "shop/staff/staff.h"
#include <inttypes.h>

#define ROWS 50

static const char *const actions[] = {"active", "draft", "archived", "tag", "untag", NULL};
enum action { ACTION_TAG = 3, ACTION_UNTAG = 4 };

struct id_row {
    int64_t product_id;
};

struct act_form {
    struct product_filter filter;
    int action; /* index in actions */
    const char *tag;
    bool is_all;
    struct field_rows products;
    const char *next;
};

static const struct field id_row_fields[] = {
    {.name = "id", .kind = FIELD_ID, .offset = offsetof(struct id_row, product_id), .help = "A product"},
    {0},
};

static const struct field act_fields[] = {
    PRODUCT_FILTER_FIELDS,
    {.name = "action",
     .kind = FIELD_CHOICE,
     .offset = offsetof(struct act_form, action),
     .is_required = true,
     .choices = actions,
     .help = "The status to give them, or tag or untag"},
    {.name = "tag",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct act_form, tag),
     .maximum = 40,
     .help = "The tag to put on or take off"},
    {.name = "all",
     .kind = FIELD_FLAG,
     .offset = offsetof(struct act_form, is_all),
     .help = "All products that the filter finds, instead of a list; at most 10,000"},
    {.name = "products",
     .kind = FIELD_ROWS,
     .offset = offsetof(struct act_form, products),
     .maximum = PRODUCT_BULK_LIMIT,
     .rows = id_row_fields,
     .row_size = sizeof(struct id_row),
     .help = "The products"},
    {.name = "next",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct act_form, next),
     .maximum = 500,
     .help = "For pages: the list to go back to"},
    {0},
};

struct undo_form {
    int64_t act_id;
    const char *next;
};

static const struct field undo_fields[] = {
    {.name = "id",
     .kind = FIELD_ID,
     .offset = offsetof(struct undo_form, act_id),
     .is_required = true,
     .help = "The act"},
    {.name = "next",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct undo_form, next),
     .maximum = 500,
     .help = "For pages: the list to go back to"},
    {0},
};

static err ids_of(struct req *req, const struct act_form *form, int64_t **ids, size_t *count)
{
    const struct id_row *rows = form->products.items;
    if (form->is_all)
        return product_filter_ids(&req->ctx, &form->filter, ids, count);
    *ids = arena_alloc_many(req->ctx.arena, form->products.count + 1, sizeof **ids);
    *count = 0;
    for (size_t i = 0; i < form->products.count; i++)
        if (rows[i].product_id != 0)
            (*ids)[(*count)++] = rows[i].product_id;
    return NULL;
}

/* Back to the list that it came from, with the act to be told. */
static err back(struct req *req, struct value *view, const char *wanted, const char *name, int64_t number)
{
    const char *next = req_local(req, wanted);
    bool is_list = text_is(next, "/admin/products") || text_starts(next, "/admin/products?");
    if (!is_list)
        next = text_is(name, "act") ? "/admin/products" : "/admin/products/acts";
    return reply_done(req, 200, view, "%s%c%s=%" PRId64, next, strchr(next, '?') ? '&' : '?', name, number);
}

static err act(struct req *req)
{
    const struct act_form *form = req->form;
    struct product_act done = {.kind = form->action == ACTION_TAG     ? ACT_TAG
                                       : form->action == ACTION_UNTAG ? ACT_UNTAG
                                                                      : ACT_STATUS,
                               .value = form->action >= ACTION_TAG ? form->tag : actions[form->action]};
    int64_t *ids;
    size_t count;
    TRY(ids_of(req, form, &ids, &count));
    struct work work;
    TRY(act_do_or_open(&req->ctx, &done, ids, count, &work));
    if (work.id)
        return reply_work(req, &work);
    struct value *view = value_object(req->ctx.arena);
    value_set(req->ctx.arena, view, "act", *product_act_view(&req->ctx, &done, NULL));
    return back(req, view, form->next, "act", done.id);
}

static err undo(struct req *req)
{
    const struct undo_form *form = req->form;
    int64_t undone;
    struct work work;
    TRY(act_undo_or_open(&req->ctx, form->act_id, &undone, &work));
    if (work.id)
        return reply_work(req, &work);
    struct value *view = value_object(req->ctx.arena);
    value_set_int(req->ctx.arena, view, "undone", undone);
    return back(req, view, form->next, "undone", undone);
}

struct show_form {
    int kind; /* enum act_kind, 0 = any */
    int64_t cursor;
    int64_t undone;
    int64_t removed_id;
};

static const struct field show_fields[] = {
    {.name = "kind",
     .kind = FIELD_CHOICE,
     .offset = offsetof(struct show_form, kind),
     .choices = product_act_kinds,
     .help = "Only acts of this kind"},
    {.name = "cursor",
     .kind = FIELD_INT,
     .offset = offsetof(struct show_form, cursor),
     .minimum = 0,
     .maximum = INT64_MAX,
     .help = "Of the page before"},
    {.name = "undone",
     .kind = FIELD_INT,
     .offset = offsetof(struct show_form, undone),
     .otherwise = -1,
     .minimum = -1,
     .maximum = PRODUCT_BULK_LIMIT,
     .help = "For pages: how many were just given back what they had"},
    REMOVED_VIEW_FIELD(struct show_form),
    {0},
};

static err show(struct req *req)
{
    const struct show_form *form = req->form;
    struct ctx *ctx = &req->ctx;
    struct product_act *acts;
    size_t count;
    struct list_place place = {.list = &act_list_pages, .cursor = form->cursor ? "later" : ""};
    place.values[ACTS_KIND] = form->kind ? product_act_kinds[form->kind] : "";
    list_settle(&place);
    TRY(product_act_list(ctx, (enum act_kind)form->kind, form->cursor, ROWS + 1, &acts, &count));
    bool has_more = count > ROWS;
    count = has_more ? ROWS : count;
    int64_t *ids = arena_alloc_many(ctx->arena, count + 1, sizeof *ids);
    const char **names = arena_alloc_many(ctx->arena, count + 1, sizeof *names);
    for (size_t i = 0; i < count; i++)
        ids[i] = acts[i].actor == ACTOR_STAFF ? acts[i].actor_id : 0;
    TRY(staff_name_many(ctx, ids, count, names));
    struct value *view = value_object(ctx->arena);
    struct value *list = value_set_list(ctx->arena, view, "acts");
    for (size_t i = 0; i < count; i++)
        value_add(ctx->arena, list, *product_act_view(ctx, &acts[i], names[i]));
    if (form->undone >= 0)
        value_set_int(ctx->arena, view, "undone", form->undone);
    value_set_text(ctx->arena, view, "kind", product_act_kinds[form->kind]);
    value_set_id(ctx->arena, view, "removed_view", form->removed_id);
    TRY(list_view(ctx, &place, has_more ? arena_format(ctx->arena, "%" PRId64, acts[ROWS - 1].id) : NULL,
                  view));
    return reply_view(req, "admin/acts", view);
}

const struct route backoffice_act_routes[] = {
    {.method = GET,
     .path = "/admin/products/acts",
     .handler = show,
     .guard = STAFF,
     .scope = "products.read",
     .fields = show_fields,
     .form_size = sizeof(struct show_form),
     .summary = "What was done to many products at once, newest first",
     .answer = "acts"},
    {.method = POST,
     .path = "/admin/products/acts",
     .handler = act,
     .guard = STAFF,
     .scope = "products.write",
     .fields = act_fields,
     .form_size = sizeof(struct act_form),
     .again = show_products_again,
     .summary = "Put many products on or off the shelf, or a tag on or off them",
     .answer = "act"},
    {.method = POST,
     .path = "/admin/products/acts/:id/undo",
     .handler = undo,
     .guard = STAFF,
     .scope = "products.write",
     .fields = undo_fields,
     .form_size = sizeof(struct undo_form),
     .summary = "Give the products of an act back what they had",
     .answer = "undone"},
    {0},
};
