/* own_theme.c - versions of themes that merchants brought. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/design/own_theme.h"

#include "base/text.h"
#include "db/db.h"
#include "shop/services.h"
#include "shop/staff/staff.h"
#include "shop/tenant/tenant.h"
#include <inttypes.h>
#include <string.h>

#define PAGE_OF_THEMES "design/themes"
#define BROKEN_ALARM "theme-broken"
#define ALARM_DETAIL_LIMIT 500

const struct own_file *own_file_find(const struct own_files *files, const char *path)
{
    for (size_t i = 0; i < files->count; i++)
        if (text_is(files->items[i].path, path))
            return &files->items[i];
    return NULL;
}

bool own_file_is_asset(const char *path)
{
    return text_starts(path, "assets/");
}

const char *own_file_type(const char *name)
{
    static const char *const types[][2] = {
        {".css", "text/css; charset=utf-8"},
        {".js", "text/javascript; charset=utf-8"},
        {".png", "image/png"},
        {".jpg", "image/jpeg"},
        {".jpeg", "image/jpeg"},
        {".webp", "image/webp"},
        {".avif", "image/avif"},
        {".gif", "image/gif"},
        {".svg", "image/svg+xml"},
        {".ico", "image/x-icon"},
        {".woff2", "font/woff2"},
        {".woff", "font/woff"},
        {".json", "application/json"},
        {".txt", "text/plain; charset=utf-8"},
    };
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (text_ends(name, types[i][0]))
            return types[i][1];
    return NULL;
}

void own_problem_add(struct ctx *ctx, struct own_problems *problems, const char *path, const char *code,
                     const char *where)
{
    if (problems->count == OWN_THEME_PROBLEM_LIMIT)
        return;
    struct field_problem *problem = arena_alloc(ctx->arena, sizeof *problem);
    *problem = (struct field_problem){.field = arena_copy_text(ctx->arena, path),
                                      .code = code,
                                      .message = arena_copy_text(ctx->arena, where)};
    if (problems->last)
        problems->last->next = problem;
    else
        problems->first = problem;
    problems->last = problem;
    problems->count++;
}

/* ---- keeping ---- */

struct keeping {
    const struct own_files *files;
    const char *name;
    int64_t last; /* the highest version before */
    int64_t bytes;
};

static err write_theme(struct ctx *ctx, void *arg)
{
    const struct keeping *keeping = arg;
    int64_t version = keeping->last + 1;
    TRY(shop_count_theme(ctx, keeping->last));
    TRY(db_execute(ctx,
                   "INSERT INTO themes (shop_id, version, name, files, bytes, staff_id, at)"
                   " VALUES ($1, $2, $3, $4, $5, $6, $7)",
                   db_int(ctx->shop->id), db_int(version), db_text(keeping->name),
                   db_int((int64_t)keeping->files->count), db_int(keeping->bytes), db_id(ctx->actor_id),
                   db_int(ctx->now)));
    for (size_t i = 0; i < keeping->files->count; i++) {
        const struct own_file *file = &keeping->files->items[i];
        TRY(db_execute(ctx,
                       "INSERT INTO theme_files (shop_id, version, path, is_asset, bytes)"
                       " VALUES ($1, $2, $3, $4, $5)",
                       db_int(ctx->shop->id), db_int(version), db_text(file->path),
                       db_int(own_file_is_asset(file->path)), db_bytes(file->bytes, file->length)));
    }
    return audit_note(ctx, &(struct audit_entry){.kind = "theme.added",
                                                 .subject = PAGE_OF_THEMES,
                                                 .title = keeping->name,
                                                 .after = arena_format(ctx->arena, "%" PRId64, version)});
}

static err read_last(struct ctx *ctx, int64_t *last, int64_t *kept)
{
    struct db_rows *rows;
    TRY(shop_find_last_theme(ctx, last));
    TRY(db_query(ctx, &rows, "SELECT CAST(COUNT(*) AS BIGINT) FROM themes WHERE shop_id = $1",
                 db_int(ctx->shop->id)));
    *kept = db_next(rows) ? db_get_int(rows, 0) : 0;
    return NULL;
}

err own_theme_keep(struct ctx *ctx, const struct own_files *files, const char *name, int64_t *version)
{
    struct keeping keeping = {.files = files};
    struct own_problems problems = {0};
    const struct theme_maker *maker = ctx->services->themes;
    int64_t kept;
    TRY(maker->check(ctx, maker->owner, files, &problems));
    if (problems.first)
        return fail_fields(ctx, problems.first);
    TRY(read_last(ctx, &keeping.last, &kept));
    if (kept >= OWN_THEME_VERSION_LIMIT)
        return fail_field(ctx, "zip", "theme-too-many", "remove a version first: a shop keeps 20");
    for (size_t i = 0; i < files->count; i++)
        keeping.bytes += (int64_t)files->items[i].length;
    keeping.name = arena_copy(ctx->arena, name, utf8_prefix(name, strlen(name), OWN_THEME_NAME_LIMIT));
    *version = keeping.last + 1;
    return db_transact(ctx, write_theme, &keeping);
}

err own_theme_take(struct ctx *ctx, const char *zip, const char *name, int64_t *version)
{
    struct own_files files;
    struct own_problems problems = {0};
    TRY(own_theme_read(ctx, zip, &files, &problems));
    if (problems.first)
        return fail_fields(ctx, problems.first);
    return own_theme_keep(ctx, &files, name, version);
}

/* ---- reading ---- */

#define SELECT_THEMES "SELECT version, name, files, bytes, staff_id, at, published_at FROM themes"

static struct own_theme read_row(const struct db_rows *rows)
{
    return (struct own_theme){.version = db_get_int(rows, 0),
                              .name = db_get_text(rows, 1),
                              .files = db_get_int(rows, 2),
                              .bytes = db_get_int(rows, 3),
                              .staff_id = db_get_int(rows, 4),
                              .at = db_get_int(rows, 5),
                              .published_at = db_get_int(rows, 6)};
}

err own_theme_list(struct ctx *ctx, struct own_theme **themes, size_t *count)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows, SELECT_THEMES " WHERE shop_id = $1 ORDER BY version DESC LIMIT $2",
                 db_int(ctx->shop->id), db_int(OWN_THEME_VERSION_LIMIT)));
    *themes = arena_alloc_many(ctx->arena, db_row_count(rows) + 1, sizeof **themes);
    for (*count = 0; db_next(rows); ++*count)
        (*themes)[*count] = read_row(rows);
    return NULL;
}

err own_theme_load(struct ctx *ctx, int64_t version, struct own_theme *theme)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows, SELECT_THEMES " WHERE shop_id = $1 AND version = $2", db_int(ctx->shop->id),
                 db_int(version)));
    if (!db_next(rows))
        return fail_with(ctx, ERR_NOT_FOUND, "there is no such theme");
    *theme = read_row(rows);
    return NULL;
}

static const char *bytes_of(struct ctx *ctx, const struct db_rows *rows, int column, size_t *length)
{
    const unsigned char *bytes = db_get_bytes(rows, column, length);
    return bytes ? arena_copy(ctx->arena, (const char *)bytes, *length) : NULL;
}

err own_theme_files(struct ctx *ctx, int64_t version, bool has_assets, struct own_files *files)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT path, CASE WHEN is_asset = $3 THEN NULL ELSE bytes END FROM theme_files"
                 " WHERE shop_id = $1 AND version = $2 ORDER BY path",
                 db_int(ctx->shop->id), db_int(version), db_int(has_assets ? -1 : 1)));
    *files = (struct own_files){
        .items = arena_alloc_many(ctx->arena, db_row_count(rows) + 1, sizeof *files->items)};
    for (; db_next(rows); files->count++) {
        struct own_file *file = &files->items[files->count];
        file->path = db_get_text(rows, 0);
        if (!db_is_null(rows, 1))
            file->bytes = bytes_of(ctx, rows, 1, &file->length);
    }
    return files->count > 0 ? NULL : fail_with(ctx, ERR_NOT_FOUND, "there is no such theme");
}

err own_theme_asset(struct ctx *ctx, int64_t version, const char *name, bool *is_public, const char **bytes,
                    size_t *length)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT f.bytes, t.published_at FROM theme_files f JOIN themes t ON t.shop_id = f.shop_id"
                 " AND t.version = f.version WHERE f.shop_id = $1 AND f.version = $2 AND f.path = $3 AND "
                 "f.is_asset = 1",
                 db_int(ctx->shop->id), db_int(version),
                 db_text(arena_format(ctx->arena, "assets/%s", name))));
    if (!db_next(rows))
        return fail_with(ctx, ERR_NOT_FOUND, "there is no such asset");
    *is_public = !db_is_null(rows, 1);
    *bytes = bytes_of(ctx, rows, 0, length);
    return NULL;
}

/* ---- publishing and removing ---- */

struct theme_step {
    int64_t from;
    int64_t version;
};

/* The shop's row is taken first, here and when a version is removed: so of two who do both, one waits. */
static err write_published(struct ctx *ctx, void *arg)
{
    const struct theme_step *step = arg;
    TRY(shop_change_theme(ctx, step->from, step->version));
    if (step->version > 0)
        TRY(db_expect(ctx, 1, ERR_NOT_FOUND, "theme",
                      "UPDATE themes SET published_at = $3 WHERE shop_id = $1 AND version = $2",
                      db_int(ctx->shop->id), db_int(step->version), db_int(ctx->now)));
    return audit_note(ctx,
                      &(struct audit_entry){.kind = "theme.published",
                                            .subject = PAGE_OF_THEMES,
                                            .before = arena_format(ctx->arena, "%" PRId64, step->from),
                                            .after = arena_format(ctx->arena, "%" PRId64, step->version)});
}

err own_theme_publish(struct ctx *ctx, int64_t from, int64_t version)
{
    struct theme_step step = {.from = from, .version = version};
    return db_transact(ctx, write_published, &step);
}

static err write_removed(struct ctx *ctx, void *arg)
{
    const struct theme_step *step = arg;
    TRY(shop_hold_theme(ctx, step->version));
    TRY(db_expect(ctx, 1, ERR_NOT_FOUND, "theme", "DELETE FROM themes WHERE shop_id = $1 AND version = $2",
                  db_int(ctx->shop->id), db_int(step->version)));
    TRY(db_execute(ctx, "DELETE FROM theme_files WHERE shop_id = $1 AND version = $2", db_int(ctx->shop->id),
                   db_int(step->version)));
    return audit_note(ctx,
                      &(struct audit_entry){.kind = "theme.removed",
                                            .subject = PAGE_OF_THEMES,
                                            .before = arena_format(ctx->arena, "%" PRId64, step->version)});
}

err own_theme_remove(struct ctx *ctx, int64_t version)
{
    struct theme_step step = {.version = version};
    return db_transact(ctx, write_removed, &step);
}

/* ---- what failed before buyers ---- */

static err write_told(struct ctx *ctx, void *arg)
{
    const struct field_problem *problem = arg;
    return alarm_raise_once(ctx, BROKEN_ALARM, problem->field, problem->message);
}

err own_theme_tell(struct ctx *ctx, const char *path, const char *detail)
{
    struct field_problem problem = {
        .field = path,
        .message = arena_copy(ctx->arena, detail, utf8_prefix(detail, strlen(detail), ALARM_DETAIL_LIMIT))};
    return db_transact(ctx, write_told, &problem);
}
