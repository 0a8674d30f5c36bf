/* backoffice_theme_routes.c - themes of the shop's own: brought as ZIP files, published, taken back, removed,
 * and handed out as something to begin with. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/backoffice/backoffice_design_view.h"
#include "shop/backoffice/backoffice_routes.h"

#include "base/config.h"
#include "base/text.h"
#include "shop/media/media.h"
#include "shop/services.h"
#include "shop/staff/staff.h"
#include "shop/tenant/tenant.h"
#include <inttypes.h>

#define ALARMS_SHOWN 20
#define THEME_ZIP_LIMIT INT64_C(8388608)

struct theme_form {
    const struct upload *zip;
    int64_t version;
    int64_t from;
};

static const struct field zip_fields[] = {
    {.name = "zip",
     .kind = FIELD_FILE,
     .offset = offsetof(struct theme_form, zip),
     .is_required = true,
     .maximum = THEME_ZIP_LIMIT,
     .help = "A ZIP file with folders layout, templates, sections, blocks, snippets, locales, config,"
             " assets"},
    {0},
};

#define VERSION_FIELD(least)                                                                                 \
    {                                                                                                        \
        .name = "version", .kind = FIELD_INT, .offset = offsetof(struct theme_form, version),                \
        .is_required = true, .minimum = (least), .maximum = INT64_MAX,                                       \
        .help = "The version; 0 = the theme of the program"                                                  \
    }
static const struct field version_fields[] = {VERSION_FIELD(0), {0}};
static const struct field own_fields[] = {VERSION_FIELD(1), {0}};
static const struct field publish_fields[] = {VERSION_FIELD(0),
                                              {.name = "from",
                                               .kind = FIELD_INT,
                                               .offset = offsetof(struct theme_form, from),
                                               .is_required = true,
                                               .maximum = INT64_MAX,
                                               .help = "The version that buyers see now"},
                                              {0}};

/* ---- showing ---- */

static void add_version(struct ctx *ctx, struct value *list, const struct own_theme *theme,
                        const struct staff *people, size_t people_count)
{
    struct value *entry = value_add(ctx->arena, list, *value_object(ctx->arena));
    value_set_int(ctx->arena, entry, "version", theme->version);
    value_set_text(ctx->arena, entry, "name", theme->name);
    value_set_int(ctx->arena, entry, "files", theme->files);
    value_set_int(ctx->arena, entry, "kilobytes", (theme->bytes + 1023) / 1024);
    value_set_time(ctx->arena, entry, "at", theme->at);
    value_set_bool(ctx->arena, entry, "was_published", theme->published_at != 0);
    value_set_bool(ctx->arena, entry, "is_live", theme->version == ctx->shop->theme_version);
    for (size_t i = 0; i < people_count; i++)
        if (people[i].id == theme->staff_id)
            value_set_text(ctx->arena, entry, "who", people[i].name);
}

/* What failed before buyers and was not settled yet. */
static err add_broken(struct ctx *ctx, struct value *view)
{
    struct alarm *alarms;
    size_t count;
    const struct alarm_query query = {.kind = "theme-broken", .limit = ALARMS_SHOWN};
    TRY(alarm_list(ctx, &query, &alarms, &count));
    struct value *list = value_set_list(ctx->arena, view, "broken");
    for (size_t i = 0; i < count; i++) {
        struct value *entry = value_add(ctx->arena, list, *value_object(ctx->arena));
        value_set_text(ctx->arena, entry, "detail", alarms[i].detail);
        value_set_time(ctx->arena, entry, "at", alarms[i].at);
    }
    return NULL;
}

/* "12:4: words" of a problem as line, column and words. */
static void add_problem(struct ctx *ctx, struct value *list, const struct field_problem *problem)
{
    struct value *entry = value_add(ctx->arena, list, *value_object(ctx->arena));
    int line = 0, column = 0, read = 0;
    bool has_place = sscanf(problem->message, "%d:%d: %n", &line, &column, &read) == 2 &&
                     read > 0; /* NOLINT(cert-err34-c) */
    value_set_text(ctx->arena, entry, "file", problem->field);
    value_set_text(ctx->arena, entry, "code", problem->code);
    value_set_int(ctx->arena, entry, "line", has_place ? line : 0);
    value_set_int(ctx->arena, entry, "column", has_place ? column : 0);
    value_set_text(ctx->arena, entry, "words", problem->message + (has_place ? read : 0));
}

static err show(struct req *req)
{
    struct ctx *ctx = &req->ctx;
    struct draft draft;
    struct own_theme *themes;
    struct staff *people;
    size_t count, people_count;
    struct value *view = value_object(ctx->arena);
    TRY(design_draft_load(ctx, &draft));
    TRY(design_look_view(ctx, &draft, view));
    TRY(own_theme_list(ctx, &themes, &count));
    TRY(staff_list(ctx, &people, &people_count));
    value_set_text(ctx->arena, view, "notice", req->failure ? NULL : req_typed(req, "notice"));
    value_set_int(ctx->arena, view, "live", ctx->shop->theme_version);
    struct value *list = value_set_list(ctx->arena, view, "versions");
    for (size_t i = 0; i < count; i++)
        add_version(ctx, list, &themes[i], people, people_count);
    struct value *wrong = value_set_list(ctx->arena, view, "wrong");
    for (const struct field_problem *at = req->failure ? req->failure->problems : NULL; at; at = at->next)
        add_problem(ctx, wrong, at);
    TRY(add_broken(ctx, view));
    if (req_cookie(req, THEME_COOKIE))
        reply_cookie(req, THEME_COOKIE, "", -1);
    return reply_view(req, "admin/design_themes", view);
}

/* The shop in this theme, in a frame: what is in it asks with a cookie, which ends when staff go back. */
static err preview(struct req *req)
{
    const struct theme_form *form = req->form;
    struct ctx *ctx = &req->ctx;
    struct own_theme theme;
    struct value *view = value_object(ctx->arena);
    TRY(own_theme_load(ctx, form->version, &theme));
    add_version(ctx, value_set_list(ctx->arena, view, "versions"), &theme, NULL, 0);
    value_set_int(ctx->arena, view, "live", ctx->shop->theme_version);
    reply_cookie(req, THEME_COOKIE, arena_format(ctx->arena, "%" PRId64, theme.version),
                 THEME_COOKIE_SECONDS);
    return reply_view(req, "admin/design_theme_preview", view);
}

/* ---- changing ---- */

static err take(struct req *req)
{
    const struct theme_form *form = req->form;
    int64_t version;
    TRY(own_theme_take(&req->ctx, form->zip->path, form->zip->file_name, &version));
    struct value *view = value_object(req->ctx.arena);
    value_set_int(req->ctx.arena, view, "version", version);
    return reply_done(req, 201, view, "/admin/design/themes?notice=theme_added");
}

static err publish(struct req *req)
{
    const struct theme_form *form = req->form;
    TRY(own_theme_publish(&req->ctx, form->from, form->version));
    return reply_done(req, 200, value_object(req->ctx.arena), "/admin/design/themes?notice=theme_published");
}

static err remove_version(struct req *req)
{
    const struct theme_form *form = req->form;
    TRY(own_theme_remove(&req->ctx, form->version));
    return reply_done(req, 200, value_object(req->ctx.arena), "/admin/design/themes?notice=theme_removed");
}

/* The whole theme of the program with 0: something to begin with. */
static err hand_out(struct req *req)
{
    const struct theme_form *form = req->form;
    struct ctx *ctx = &req->ctx;
    const struct theme_maker *maker = ctx->services->themes;
    struct own_files files;
    const char *bytes;
    size_t length;
    if (form->version == 0)
        TRY(maker->built_in(ctx, maker->owner, &files));
    else
        TRY(own_theme_files(ctx, form->version, true, &files));
    struct zip_file *packed = arena_alloc_many(ctx->arena, files.count, sizeof *packed);
    for (size_t i = 0; i < files.count; i++)
        packed[i] = (struct zip_file){files.items[i].path, files.items[i].bytes, files.items[i].length};
    TRY(ctx->services->zips->pack(ctx, packed, files.count, &bytes, &length));
    reply_header(req, "Content-Disposition",
                 arena_format(ctx->arena, "attachment; filename=\"theme-%" PRId64 ".zip\"", form->version));
    return reply_bytes(req, 200, "application/zip", bytes, length);
}

#define THEME_FORM .form_size = sizeof(struct theme_form)
#define READS .method = GET, .guard = STAFF, .scope = "settings.read"
/* Script and pages come with a theme: it is for who answers for the shop. */
#define OWNS .method = POST, .guard = OWNER, .scope = "settings.write", THEME_FORM, .again = show

const struct route backoffice_theme_routes[] = {
    {READS, .path = "/admin/design/themes", .handler = show, .summary = "Themes of the shop's own",
     .answer = "versions"},
    {OWNS, .path = "/admin/design/themes", .handler = take, .fields = zip_fields,
     .summary = "Bring a theme as a ZIP file", .answer = "version"},
    {OWNS, .path = "/admin/design/themes/:version/publish", .handler = publish, .fields = publish_fields,
     .summary = "Show buyers this theme; 0 is that of the program"},
    {OWNS, .path = "/admin/design/themes/:version/remove", .handler = remove_version, .fields = own_fields,
     .summary = "Remove a theme that buyers do not see"},
    {READS, .path = "/admin/design/themes/:version/preview", .handler = preview, .fields = own_fields,
     THEME_FORM, .faces = FACE_HTML, .summary = "The shop in this theme, before buyers see it"},
    {READS, .path = "/admin/design/themes/:version/zip", .handler = hand_out, .fields = version_fields,
     THEME_FORM, .faces = FACE_HTML,
     .summary = "The files of a theme as a ZIP file; 0 is that of the program"},
    {0},
};
