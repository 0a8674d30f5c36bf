/* backoffice_design_routes.c - the editor of a shop's design: what is changed is the draft, until it is
 * published.
 *
 * Every form carries the edit of the draft that it was made from. When somebody else changed the draft since,
 * the form is shown again (409) with what was typed and today's edit. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/backoffice/backoffice_design_view.h"
#include "shop/backoffice/backoffice_routes.h"

#include "base/json.h"
#include "base/text.h"
#include "shop/services.h"
#include "shop/staff/staff.h"
#include <inttypes.h>
#include <string.h>

#define ROWS_LIMIT 600

struct setting_row {
    const char *block;
    const char *id;
    const char *value;
    const char *en;
};

struct design_form {
    int64_t edit;
    int page;
    const char *section; /* its address */
    const char *block;
    const char *type;
    int act;
    int64_t place;
    struct field_rows settings;
    const char *pick;
    const char *theme;
    const char *note;
    int64_t version;
};

static const struct field setting_fields[] = {
    {.name = "block",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct setting_row, block),
     .maximum = DESIGN_PATH_LIMIT,
     .help = "The block, of one in another OUTER/INNER; empty = the section itself"},
    {.name = "id",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct setting_row, id),
     .is_required = true,
     .maximum = DESIGN_NAME_LIMIT,
     .help = "The setting, as its schema names it"},
    {.name = "value",
     .kind = FIELD_LONG,
     .offset = offsetof(struct setting_row, value),
     .maximum = DESIGN_RICH_LIMIT,
     .help = "As people type it; of a checkbox anything = on"},
    {.name = "en",
     .kind = FIELD_LONG,
     .offset = offsetof(struct setting_row, en),
     .maximum = DESIGN_RICH_LIMIT,
     .help = "The English of a text"},
    {0},
};

#define NAME_FIELD(member, words, required)                                                                  \
    {                                                                                                        \
        .name = #member, .kind = FIELD_TEXT, .offset = offsetof(struct design_form, member),                 \
        .is_required = (required), .maximum = DESIGN_NAME_LIMIT, .help = (words)                             \
    }
#define BLOCK_FIELD(words)                                                                                   \
    {                                                                                                        \
        .name = "block", .kind = FIELD_TEXT, .offset = offsetof(struct design_form, block),                  \
        .maximum = DESIGN_PATH_LIMIT, .help = (words)                                                        \
    }
#define SECTION_FIELD(required)                                                                              \
    {                                                                                                        \
        .name = "section", .kind = FIELD_TEXT, .offset = offsetof(struct design_form, section),              \
        .is_required = (required), .maximum = DESIGN_ADDRESS_LIMIT,                                          \
        .help = "The section: PAGE:ID, of home ID alone"                                                     \
    }
#define PAGE_FIELD                                                                                           \
    {                                                                                                        \
        .name = "page", .kind = FIELD_CHOICE, .offset = offsetof(struct design_form, page),                  \
        .choices = design_page_names, .help = "The page; without it home"                                    \
    }
#define EDIT_FIELD                                                                                           \
    {                                                                                                        \
        .name = "edit", .kind = FIELD_ID, .offset = offsetof(struct design_form, edit), .is_required = true, \
        .help = "The edit of the draft that was read"                                                        \
    }
#define PICK_FIELD                                                                                           \
    {                                                                                                        \
        .name = "pick", .kind = FIELD_TEXT, .offset = offsetof(struct design_form, pick),                    \
        .maximum = DESIGN_PATH_LIMIT + 1 + DESIGN_NAME_LIMIT,                                                \
        .help = "For pages, BLOCK.ID: go on to choosing for this setting"                                    \
    }
#define SETTINGS_FIELD                                                                                       \
    {                                                                                                        \
        .name = "settings", .kind = FIELD_ROWS, .offset = offsetof(struct design_form, settings),            \
        .maximum = ROWS_LIMIT, .rows = setting_fields, .row_size = sizeof(struct setting_row),               \
        .help = "Those that are set"                                                                         \
    }

static const struct field show_fields[] = {SECTION_FIELD(false), PAGE_FIELD, {0}};
static const struct field edit_fields[] = {EDIT_FIELD, {0}};
static const struct field add_fields[] = {
    EDIT_FIELD, PAGE_FIELD, NAME_FIELD(type, "The kind of section", true), {0}};
static const struct field save_fields[] = {EDIT_FIELD, SECTION_FIELD(true), SETTINGS_FIELD, PICK_FIELD, {0}};
static const struct field add_block_fields[] = {EDIT_FIELD,
                                                SECTION_FIELD(true),
                                                BLOCK_FIELD("The block that gets it; empty = the section"),
                                                NAME_FIELD(type, "The kind of block", true),
                                                {0}};
static const struct field act_fields[] = {
    EDIT_FIELD,
    SECTION_FIELD(true),
    BLOCK_FIELD("A block of it, of one in another OUTER/INNER; empty = the section"),
    {.name = "act",
     .kind = FIELD_CHOICE,
     .offset = offsetof(struct design_form, act),
     .is_required = true,
     .choices = design_act_names,
     .help = "What is done"},
    {.name = "place",
     .kind = FIELD_INT,
     .offset = offsetof(struct design_form, place),
     .maximum = DESIGN_BLOCK_LIMIT,
     .help = "Of place: counted from 0"},
    {0}};
static const struct field look_fields[] = {EDIT_FIELD, SETTINGS_FIELD, PICK_FIELD, {0}};
static const struct field theme_fields[] = {EDIT_FIELD, NAME_FIELD(theme, "The theme", true), {0}};
static const struct field publish_fields[] = {EDIT_FIELD,
                                              {.name = "note",
                                               .kind = FIELD_TEXT,
                                               .offset = offsetof(struct design_form, note),
                                               .maximum = DESIGN_NOTE_LIMIT,
                                               .help = "What is new, for the history"},
                                              {0}};
static const struct field version_fields[] = {{.name = "version",
                                               .kind = FIELD_INT,
                                               .offset = offsetof(struct design_form, version),
                                               .is_required = true,
                                               .minimum = 1,
                                               .maximum = INT64_MAX,
                                               .help = "The version"},
                                              {0}};

/* ---- showing ---- */

static struct value *document_of(const struct draft *draft)
{
    return (struct value *)(uintptr_t)draft->design.document;
}

static err set_rows(struct ctx *ctx, const struct design_form *form, struct value *document)
{
    const struct setting_row *rows = form->settings.items;
    const char *section = form->section && form->section[0] ? form->section : NULL;
    for (size_t i = 0; i < form->settings.count; i++)
        TRY(design_set(ctx, document, section, rows[i].block[0] ? rows[i].block : NULL, rows[i].id,
                       rows[i].value, rows[i].en));
    return NULL;
}

/* Reads the draft; with a form that was refused, what was typed stands in it. */
static err open_draft(struct req *req, struct draft *draft, struct value **view)
{
    const struct design_form *form = req->form;
    TRY(design_draft_load(&req->ctx, draft));
    *view = value_object(req->ctx.arena);
    bool is_told = !req->failure && req->route->method == GET;
    value_set_text(req->ctx.arena, *view, "notice", is_told ? req_typed(req, "notice") : NULL);
    err failure = req->failure && form ? set_rows(&req->ctx, form, document_of(draft)) : NULL;
    return failure && failure->code != ERR_NOT_FOUND ? failure : NULL;
}

static const char *page_of(const struct design_form *form)
{
    return design_page_names[form ? form->page : 0];
}

static err show(struct req *req)
{
    const struct design_form *form = req->form;
    struct draft draft;
    struct value *view;
    TRY(open_draft(req, &draft, &view));
    TRY(design_editor_view(&req->ctx, &draft, page_of(form), form ? form->section : NULL, view));
    return reply_view(req, "admin/design", view);
}

static err show_look(struct req *req)
{
    struct draft draft;
    struct value *view;
    TRY(open_draft(req, &draft, &view));
    TRY(design_look_view(&req->ctx, &draft, view));
    return reply_view(req, "admin/design_look", view);
}

static err show_history(struct req *req)
{
    struct ctx *ctx = &req->ctx;
    struct draft draft;
    struct value *view;
    struct design_version *versions;
    struct staff *people;
    size_t count, people_count;
    TRY(open_draft(req, &draft, &view));
    TRY(design_look_view(ctx, &draft, view));
    TRY(design_list(ctx, &versions, &count));
    TRY(staff_list(ctx, &people, &people_count));
    struct value *list = value_set_list(ctx->arena, view, "versions");
    for (size_t i = 0; i < count; i++) {
        struct value *entry = value_add(ctx->arena, list, *value_object(ctx->arena));
        value_set_int(ctx->arena, entry, "version", versions[i].version);
        value_set_text(ctx->arena, entry, "theme", versions[i].theme);
        value_set_text(ctx->arena, entry, "note", versions[i].note);
        value_set_time(ctx->arena, entry, "at", versions[i].at);
        value_set_bool(ctx->arena, entry, "is_live", versions[i].version == ctx->shop->design_version);
        for (size_t k = 0; k < people_count; k++)
            if (people[k].id == versions[i].staff_id)
                value_set_text(ctx->arena, entry, "who", people[k].name);
    }
    return reply_view(req, "admin/design_history", view);
}

/* ---- changing ---- */

static err done(struct req *req, const char *section, const char *notice)
{
    return reply_done(req, 200, value_object(req->ctx.arena), "/admin/design?section=%s&notice=%s",
                      section ? section : "", notice);
}

static err add_section(struct req *req)
{
    const struct design_form *form = req->form;
    struct draft draft;
    const char *id;
    TRY(design_draft_load(&req->ctx, &draft));
    TRY(design_add(&req->ctx, document_of(&draft), page_of(form), form->type, &id));
    TRY(design_draft_save(&req->ctx, form->edit, document_of(&draft)));
    return done(req, id, "added");
}

static err add_block(struct req *req)
{
    const struct design_form *form = req->form;
    struct draft draft;
    const char *id;
    TRY(design_draft_load(&req->ctx, &draft));
    TRY(design_add_block(&req->ctx, document_of(&draft), form->section, form->block[0] ? form->block : NULL,
                         form->type, &id));
    TRY(design_draft_save(&req->ctx, form->edit, document_of(&draft)));
    return done(req, form->section, "added");
}

/* Whoever only goes to choose has changed nothing that undo should bring back. */
static err save_rows(struct req *req)
{
    const struct design_form *form = req->form;
    struct draft draft;
    const char *before, *after;
    TRY(design_draft_load(&req->ctx, &draft));
    TRY(json_text(&req->ctx, draft.design.document, DESIGN_BYTES_LIMIT, &before));
    TRY(set_rows(&req->ctx, form, document_of(&draft)));
    TRY(json_text(&req->ctx, draft.design.document, DESIGN_BYTES_LIMIT, &after));
    if (form->pick && form->pick[0] && draft.edit == form->edit && text_is(before, after))
        return NULL;
    return design_draft_save(&req->ctx, form->edit, document_of(&draft));
}

/* What was typed is in the draft already. */
static err go_to_pick(struct req *req)
{
    const struct design_form *form = req->form;
    const char *dot = strchr(form->pick, '.'), *section = form->section ? form->section : "";
    const char *block = dot ? arena_copy(req->ctx.arena, form->pick, (size_t)(dot - form->pick)) : "";
    const char *id = dot ? dot + 1 : form->pick;
    struct draft draft;
    const struct value *setting, *value;
    TRY(design_draft_load(&req->ctx, &draft));
    TRY(design_find(&req->ctx, document_of(&draft), section[0] ? section : NULL, block[0] ? block : NULL, id,
                    &setting, &value));
    return reply_done(req, 200, value_object(req->ctx.arena),
                      "/admin/design/pick?section=%s&block=%s&setting=%s", section, block, id);
}

static err save(struct req *req)
{
    const struct design_form *form = req->form;
    TRY(save_rows(req));
    return form->pick && form->pick[0] ? go_to_pick(req) : done(req, form->section, "draft_saved");
}

static err act(struct req *req)
{
    const struct design_form *form = req->form;
    struct draft draft;
    const char *block = form->block[0] ? form->block : NULL;
    TRY(design_draft_load(&req->ctx, &draft));
    TRY(design_do(&req->ctx, document_of(&draft), form->section, block, (enum design_act)form->act,
                  form->place));
    TRY(design_draft_save(&req->ctx, form->edit, document_of(&draft)));
    return done(req, form->section, "draft_saved");
}

static err save_look(struct req *req)
{
    const struct design_form *form = req->form;
    TRY(save_rows(req));
    if (form->pick && form->pick[0])
        return go_to_pick(req);
    return reply_done(req, 200, value_object(req->ctx.arena), "/admin/design/look?notice=draft_saved");
}

/* The whole document of the theme, as it begins. */
static err choose_theme(struct req *req)
{
    const struct design_form *form = req->form;
    const struct value *theme = value_find(req->ctx.services->design->themes, form->theme);
    struct value *document;
    if (!theme)
        return fail_field(&req->ctx, "theme", "unknown-choice", "there is no such theme");
    TRY(design_begin(&req->ctx, form->theme, &document));
    TRY(design_draft_save(&req->ctx, form->edit, document));
    return reply_done(req, 200, value_object(req->ctx.arena), "/admin/design/look?notice=draft_saved");
}

static err undo(struct req *req)
{
    const struct design_form *form = req->form;
    TRY(design_draft_undo(&req->ctx, form->edit));
    return done(req, NULL, "undone");
}

static err discard(struct req *req)
{
    const struct design_form *form = req->form;
    TRY(design_draft_discard(&req->ctx, form->edit));
    return done(req, NULL, "discarded");
}

static err publish(struct req *req)
{
    const struct design_form *form = req->form;
    TRY(design_publish(&req->ctx, form->edit, form->note));
    return reply_done(req, 200, value_object(req->ctx.arena), "/admin/design?notice=published");
}

static err restore(struct req *req)
{
    const struct design_form *form = req->form;
    TRY(design_restore(&req->ctx, form->version));
    return reply_done(req, 200, value_object(req->ctx.arena), "/admin/design/history?notice=published");
}

#define READS .method = GET, .guard = STAFF, .scope = "settings.read", .answer = "editor"
#define WRITES                                                                                               \
    .method = POST, .guard = STAFF, .scope = "settings.write", .form_size = sizeof(struct design_form)

const struct route backoffice_design_routes[] = {
    {READS, .path = "/admin/design", .handler = show, .fields = show_fields,
     .form_size = sizeof(struct design_form),
     .summary = "The draft of the shop's design: the sections of a page"},
    {READS, .path = "/admin/design/look", .handler = show_look, .summary = "Theme, colours and shapes"},
    {READS, .path = "/admin/design/history", .handler = show_history, .summary = "What was published"},
    {WRITES, .path = "/admin/design/sections", .handler = add_section, .fields = add_fields, .again = show,
     .summary = "Add a section to the draft"},
    {WRITES, .path = "/admin/design/sections/:section", .handler = save, .fields = save_fields, .again = show,
     .summary = "Set a section of the draft and its blocks"},
    {WRITES, .path = "/admin/design/sections/:section/blocks", .handler = add_block,
     .fields = add_block_fields, .again = show, .summary = "Add a block to a section"},
    {WRITES, .path = "/admin/design/sections/:section/acts", .handler = act, .fields = act_fields,
     .again = show, .summary = "Move, hide, copy or remove a section or a block"},
    {WRITES, .path = "/admin/design/look", .handler = save_look, .fields = look_fields, .again = show_look,
     .summary = "Set the colours and shapes of the draft"},
    {WRITES, .path = "/admin/design/theme", .handler = choose_theme, .fields = theme_fields,
     .again = show_look, .summary = "Begin the draft anew as a theme has it"},
    {WRITES, .path = "/admin/design/undo", .handler = undo, .fields = edit_fields, .again = show,
     .summary = "Take the last change of the draft back"},
    {WRITES, .path = "/admin/design/discard", .handler = discard, .fields = edit_fields, .again = show,
     .summary = "Drop the draft"},
    {WRITES, .path = "/admin/design/publish", .handler = publish, .fields = publish_fields, .again = show,
     .summary = "Show the draft to buyers"},
    {WRITES, .path = "/admin/design/versions/:version/restore", .handler = restore, .fields = version_fields,
     .summary = "Publish an old version again"},
    {0},
};
