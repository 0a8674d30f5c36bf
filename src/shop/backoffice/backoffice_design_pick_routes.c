/* backoffice_design_pick_routes.c - choosing for a setting of a design: a picture of the library, a
 * collection, a category, a product or an address of the shop, from a list that can be searched.
 *
 * The page stands for itself, so it works without a script; what is chosen is written into the draft. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/backoffice/backoffice_design_view.h"
#include "shop/backoffice/backoffice_routes.h"

#include "base/text.h"
#include "shop/backoffice/backoffice_settings_routes.h"
#include "shop/catalog/catalog.h"
#include "shop/media/media.h"
#include "shop/tenant/tenant.h"
#include <inttypes.h>

#define PICK_ROWS 48
#define PICK_QUERY_LIMIT 60

struct pick_form {
    int64_t edit;
    const char *section; /* "" = a setting of the whole shop */
    const char *block;
    const char *setting;
    const char *q;
    const char *cursor;
    const char *value;
    const struct upload *file;
};

#define NAME_FIELD(member, most, words, required)                                                            \
    {                                                                                                        \
        .name = #member, .kind = FIELD_TEXT, .offset = offsetof(struct pick_form, member),                   \
        .is_required = (required), .maximum = (most), .help = (words)                                        \
    }
#define PLACE_FIELDS                                                                                         \
    NAME_FIELD(section, DESIGN_ADDRESS_LIMIT, "The section; empty = a setting of the whole shop", false),    \
        NAME_FIELD(block, DESIGN_PATH_LIMIT, "A block of it; empty = the section itself", false),            \
        NAME_FIELD(setting, DESIGN_NAME_LIMIT, "The setting, as its schema names it", true)
#define EDIT_FIELD                                                                                           \
    {                                                                                                        \
        .name = "edit", .kind = FIELD_ID, .offset = offsetof(struct pick_form, edit), .is_required = true,   \
        .help = "The edit of the draft that was read"                                                        \
    }

static const struct field show_fields[] = {PLACE_FIELDS,
                                           {.name = "q",
                                            .kind = FIELD_TEXT,
                                            .offset = offsetof(struct pick_form, q),
                                            .maximum = PICK_QUERY_LIMIT,
                                            .help = "What the name holds; of products and pictures its "
                                                    "beginning"},
                                           {.name = "cursor",
                                            .kind = FIELD_TEXT,
                                            .offset = offsetof(struct pick_form, cursor),
                                            .maximum = PRODUCT_CURSOR_LIMIT,
                                            .help = "next_cursor of the page before"},
                                           {0}};
static const struct field choose_fields[] = {EDIT_FIELD,
                                             PLACE_FIELDS,
                                             {.name = "value",
                                              .kind = FIELD_TEXT,
                                              .offset = offsetof(struct pick_form, value),
                                              .maximum = DESIGN_TEXT_LIMIT,
                                              .help = "A handle, a picture or an address; empty = none"},
                                             {0}};
static const struct field upload_fields[] = {EDIT_FIELD,
                                             PLACE_FIELDS,
                                             {.name = "picture",
                                              .kind = FIELD_FILE,
                                              .offset = offsetof(struct pick_form, file),
                                              .is_required = true,
                                              .maximum = PICTURE_BYTES_LIMIT,
                                              .help = "A JPEG, PNG, WebP, GIF, AVIF or HEIC file"},
                                             {0}};

/* ---- the list ---- */

struct picking {
    struct ctx *ctx;
    struct value *list;
    const char *q;      /* in small letters; "" = all */
    const char *chosen; /* the value of today */
    bool is_address;    /* values are addresses, not handles */
    bool has_more;
};

static struct value *add_item(struct picking *picking, const char *value, const char *title, const char *note)
{
    struct arena *arena = picking->ctx->arena;
    if (value_count(picking->list) >= PICK_ROWS) {
        picking->has_more = true;
        return NULL;
    }
    struct value *item = value_add(arena, picking->list, *value_object(arena));
    value_set_text(arena, item, "value", value);
    value_set_text(arena, item, "title", title);
    value_set_text(arena, item, "note", note);
    value_set_bool(arena, item, "is_chosen", text_is(value, picking->chosen));
    return item;
}

static void add_named(struct picking *picking, const char *folder, const char *handle, const char *title)
{
    const char *address = arena_format(picking->ctx->arena, "/%s/%s", folder, handle);
    if (!picking->q[0] || strstr(text_lower(picking->ctx->arena, title), picking->q) ||
        strstr(handle, picking->q))
        add_item(picking, picking->is_address ? address : handle, title,
                 picking->is_address ? address : handle);
}

static err add_collections(struct picking *picking)
{
    struct collection *all;
    size_t count;
    TRY(collection_list(picking->ctx, &all, &count));
    for (size_t i = 0; i < count; i++)
        add_named(picking, "collections", all[i].handle, collection_name(picking->ctx, &all[i]));
    return NULL;
}

static err add_categories(struct picking *picking)
{
    struct category *all;
    size_t count;
    TRY(category_list(picking->ctx, &all, &count));
    for (size_t i = 0; i < count; i++)
        add_named(picking, "categories", all[i].handle, category_name(picking->ctx, &all[i]));
    return NULL;
}

static err add_products(struct picking *picking, const char *typed, const char *cursor, const char **next)
{
    struct ctx *ctx = picking->ctx;
    struct product_page page;
    struct product_query query = {.status = PRODUCT_ACTIVE, .cursor = cursor, .limit = PICK_ROWS};
    query.title_prefix = typed && typed[0] ? typed : NULL;
    TRY(product_list(ctx, &query, &page));
    for (size_t i = 0; i < page.count; i++) {
        const char *handle = page.items[i].handle;
        const char *address = arena_format(ctx->arena, "/products/%s", handle);
        struct value *item =
            add_item(picking, picking->is_address ? address : handle, page.items[i].title, handle);
        if (item)
            picture_set_view(ctx, item, "picture", page.items[i].picture_id, "");
    }
    *next = page.next_cursor;
    return NULL;
}

static err add_pictures(struct picking *picking, const char *typed, const char *cursor, const char **next)
{
    struct ctx *ctx = picking->ctx;
    struct picture_page page;
    TRY(picture_list(ctx, &(struct picture_query){.name_prefix = typed, .cursor = cursor, .limit = PICK_ROWS},
                     &page));
    for (size_t i = 0; i < page.count; i++) {
        const struct picture *picture = &page.items[i];
        struct value *item = add_item(picking, picture->id, picture->file_name, NULL);
        if (item)
            picture_set_view(ctx, item, "picture", picture->id, picture->alt);
    }
    *next = page.next_cursor;
    return NULL;
}

/* The shop's own pages: `page` is a word of the locale for each. */
static void add_pages(struct picking *picking)
{
    static const char *const pages[][2] = {
        {"/", "home"}, {"/products", "all"}, {"/cart", "cart"}, {"/coupons", "coupons"}};
    uint64_t policies = picking->ctx->shop->profile->policies;
    if (picking->q[0])
        return;
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++) {
        struct value *item = add_item(picking, pages[i][0], NULL, pages[i][0]);
        value_set_text(picking->ctx->arena, item, "page", pages[i][1]);
    }
    for (size_t i = 0; shop_policy_names[i]; i++)
        if (policies >> i & 1) {
            const char *address = arena_format(picking->ctx->arena, "/policies/%s", shop_policy_names[i]);
            struct value *item = add_item(picking, address, NULL, address);
            value_set_text(picking->ctx->arena, item, "page", shop_policy_names[i]);
        }
}

/* Addresses: the pages, then collections and categories, and products when something is looked for. */
static err add_addresses(struct picking *picking, const char *typed)
{
    const char *ignored;
    add_pages(picking);
    TRY(add_collections(picking));
    TRY(add_categories(picking));
    return picking->q[0] ? add_products(picking, typed, NULL, &ignored) : NULL;
}

static err fill(struct picking *picking, const char *type, const struct pick_form *form, const char **next)
{
    *next = NULL;
    if (text_is(type, "image_picker"))
        return add_pictures(picking, form->q, form->cursor, next);
    if (text_is(type, "product"))
        return add_products(picking, form->q, form->cursor, next);
    if (text_is(type, "collection"))
        return add_collections(picking);
    if (text_is(type, "category"))
        return add_categories(picking);
    return add_addresses(picking, form->q);
}

/* ---- the page ---- */

static const char *given(const char *name)
{
    return name && name[0] ? name : NULL;
}

static const char *back_of(struct ctx *ctx, const struct pick_form *form)
{
    return given(form->section) ? arena_format(ctx->arena, "/admin/design?section=%s", form->section)
                                : "/admin/design/look";
}

static err find_setting(struct req *req, struct draft *draft, const struct value **setting,
                        const struct value **value)
{
    const struct pick_form *form = req->form;
    struct value *document;
    TRY(design_draft_load(&req->ctx, draft));
    document = (struct value *)(uintptr_t)draft->design.document;
    TRY(design_find(&req->ctx, document, given(form->section), given(form->block), form->setting, setting,
                    value));
    return design_can_pick(value_find_text(*setting, "type"))
               ? NULL
               : fail_with(&req->ctx, ERR_NOT_FOUND, "nothing is chosen from a list for this setting");
}

static void describe(struct ctx *ctx, const struct pick_form *form, const struct draft *draft,
                     const struct value *setting, struct value *pick)
{
    struct arena *arena = ctx->arena;
    value_set_text(arena, pick, "edit", arena_format(arena, "%" PRId64, draft->edit));
    value_set_text(arena, pick, "section", form->section ? form->section : "");
    value_set_text(arena, pick, "block", form->block ? form->block : "");
    value_set_text(arena, pick, "setting", form->setting);
    value_set_text(arena, pick, "label", design_said(ctx, value_find(setting, "label")));
    value_set_text(arena, pick, "type", value_find_text(setting, "type"));
    value_set_text(arena, pick, "q", form->q ? form->q : "");
    value_set_text(arena, pick, "back", back_of(ctx, form));
}

static err show(struct req *req)
{
    struct ctx *ctx = &req->ctx;
    const struct pick_form *form = req->form;
    const struct value *setting, *value;
    const char *next;
    struct draft draft;
    struct value *view = value_object(ctx->arena);
    TRY(find_setting(req, &draft, &setting, &value));
    struct value *pick = value_set_object(ctx->arena, view, "pick");
    const char *type = value_find_text(setting, "type");
    const char *chosen = value && value->kind == VALUE_TEXT ? value->text : "";
    describe(ctx, form, &draft, setting, pick);
    value_set_text(ctx->arena, pick, "value", chosen);
    struct picking picking = {.ctx = ctx,
                              .list = value_set_list(ctx->arena, pick, "items"),
                              .q = text_lower(ctx->arena, form->q ? form->q : ""),
                              .chosen = chosen,
                              .is_address = text_is(type, "url")};
    TRY(fill(&picking, type, form, &next));
    value_set_bool(ctx->arena, pick, "has_more", picking.has_more);
    value_set_text(ctx->arena, pick, "next_cursor", next);
    return reply_view(req, "admin/design_pick", view);
}

static err write(struct req *req, const char *chosen)
{
    const struct pick_form *form = req->form;
    const struct value *setting, *value;
    struct draft draft;
    TRY(find_setting(req, &draft, &setting, &value));
    struct value *document = (struct value *)(uintptr_t)draft.design.document;
    TRY(design_set(&req->ctx, document, given(form->section), given(form->block), form->setting, chosen, ""));
    TRY(design_draft_save(&req->ctx, form->edit, document));
    const char *back = back_of(&req->ctx, form);
    return reply_done(req, 200, value_object(req->ctx.arena), "%s%cnotice=draft_saved", back,
                      strchr(back, '?') ? '&' : '?');
}

static err choose(struct req *req)
{
    const struct pick_form *form = req->form;
    return write(req, form->value ? form->value : "");
}

/* Nothing is stored for a setting that is not there. */
static err upload(struct req *req)
{
    const struct pick_form *form = req->form;
    const struct value *setting, *value;
    const char *picture_id;
    struct draft draft;
    TRY(find_setting(req, &draft, &setting, &value));
    if (!text_is(value_find_text(setting, "type"), "image_picker"))
        return fail_with(&req->ctx, ERR_NOT_FOUND, "this setting is no picture");
    TRY(settings_take_picture(&req->ctx, form->file, "picture", &picture_id));
    return write(req, picture_id);
}

#define WRITES                                                                                               \
    .method = POST, .guard = STAFF, .scope = "settings.write", .form_size = sizeof(struct pick_form),        \
    .again = show

const struct route backoffice_design_pick_routes[] = {
    {.method = GET,
     .path = "/admin/design/pick",
     .handler = show,
     .guard = STAFF,
     .scope = "settings.read",
     .fields = show_fields,
     .form_size = sizeof(struct pick_form),
     .summary = "What can be chosen for a setting of the design",
     .answer = "pick"},
    {.path = "/admin/design/pick",
     .handler = choose,
     WRITES,
     .fields = choose_fields,
     .summary = "Choose a picture, collection, category, product or address for a setting of the draft"},
    {.path = "/admin/design/pick/upload",
     .handler = upload,
     WRITES,
     .fields = upload_fields,
     .summary = "Upload a picture for a setting of the draft"},
    {0},
};
