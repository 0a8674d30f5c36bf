/* migrate.c - brings the tables up to the program: numbered files, each applied once and never changed.
 *
 * The table `migrations` remembers number, name and hash of every file. Several nodes may start at once: each
 * file is applied in a transaction that first waits for the other nodes and then looks again. A file
 * NNNN_name.postgres.sql or NNNN_name.sqlite.sql is of one engine: on the other it counts as applied. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "base/crypto.h"
#include "base/log.h"
#include "db/engine.h"
#include "db/script.h"
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sys/stat.h>
#include <unistd.h>

/* The largest migration file, and how many there may be. */
#define FILE_LIMIT (1 << 20)
#define FILES_LIMIT 1000

struct migration {
    int64_t number;
    const char *name; /* of the file */
    const char *text;
    const char *hash;
    const char *known_hash; /* NULL when it was not applied yet */
};

struct migrations {
    struct migration files[FILES_LIMIT];
    int count;
};

static const char migrations_table[] = "CREATE TABLE IF NOT EXISTS migrations ("
                                       " number BIGINT NOT NULL,"
                                       " name TEXT NOT NULL,"
                                       " hash TEXT NOT NULL,"
                                       " applied_at BIGINT NOT NULL,"
                                       " PRIMARY KEY (number))";

/* NNNN_name.sql, or with the engine before the end. */
static bool is_migration(const struct dirent *entry)
{
    const char *name = entry->d_name;
    for (int i = 0; i < 4; i++)
        if (!isdigit((unsigned char)name[i]))
            return false;
    return name[4] == '_' && text_ends(name, ".sql");
}

static err read_file(struct ctx *ctx, const char *directory, const char *name, const char **text,
                     size_t *length)
{
    const char *path = arena_format(ctx->arena, "%s/%s", directory, name);
    int file = open(path, O_RDONLY | O_CLOEXEC);
    struct stat status;
    if (file < 0 || fstat(file, &status) != 0 || status.st_size > FILE_LIMIT) {
        int reason = errno;
        if (file >= 0)
            close(file);
        return fail_with(ctx, ERR_INTERNAL, "%s: %s", path, file < 0 ? strerrordesc_np(reason) : "too large");
    }
    char *bytes = arena_alloc(ctx->arena, (size_t)status.st_size + 1);
    ssize_t got = read(file, bytes, (size_t)status.st_size);
    close(file);
    if (got != status.st_size || memchr(bytes, 0, (size_t)got))
        return fail_with(ctx, ERR_INTERNAL, "%s: not a readable text", path);
    *text = bytes;
    *length = (size_t)got;
    return NULL;
}

static err load_file(struct ctx *ctx, const char *directory, const char *name, struct migration *file)
{
    unsigned char hash[CRYPTO_HASH_BYTES];
    size_t length = 0;
    TRY(read_file(ctx, directory, name, &file->text, &length));
    crypto_sha256(file->text, length, hash);
    file->name = arena_copy_text(ctx->arena, name);
    file->hash = crypto_hex(ctx->arena, hash, sizeof hash);
    file->number = strtol(name, NULL, 10);
    file->known_hash = NULL;
    return NULL;
}

static int by_number(const void *left, const void *right)
{
    const struct migration *a = left;
    const struct migration *b = right;
    return (a->number > b->number) - (a->number < b->number);
}

static err load_entries(struct ctx *ctx, DIR *entries, const char *directory, struct migrations *all)
{
    const struct dirent *entry;
    while ((entry = readdir(entries))) {
        if (!is_migration(entry))
            continue;
        if (all->count == FILES_LIMIT)
            return fail_with(ctx, ERR_LIMIT, "%s: more than %d migrations", directory, FILES_LIMIT);
        TRY(load_file(ctx, directory, entry->d_name, &all->files[all->count++]));
    }
    return NULL;
}

static err load_directory(struct ctx *ctx, const char *directory, struct migrations *all)
{
    DIR *entries = opendir(directory);
    if (entries == NULL)
        return fail_with(ctx, ERR_NOT_FOUND, "%s: %s", directory, strerrordesc_np(errno));
    err failure = load_entries(ctx, entries, directory, all);
    closedir(entries);
    if (failure)
        return failure;
    qsort(all->files, (size_t)all->count, sizeof all->files[0], by_number);
    for (int i = 1; i < all->count; i++)
        if (all->files[i].number == all->files[i - 1].number)
            return fail_with(ctx, ERR_CONFLICT, "%s and %s have the same number", all->files[i - 1].name,
                             all->files[i].name);
    return NULL;
}

static err make_table(struct ctx *ctx, void *arg)
{
    (void)arg;
    TRY(ctx->db->db->engine->lock_schema(ctx));
    return ctx->db->db->engine->script(ctx, migrations_table);
}

static struct migration *file_of(struct migrations *all, int64_t number)
{
    const struct migration wanted = {.number = number};
    return bsearch(&wanted, all->files, (size_t)all->count, sizeof wanted, by_number);
}

/* Compares what was applied with the files. */
static err load_known(struct ctx *ctx, struct migrations *all)
{
    struct db_rows *rows;
    TRY(db_query_values(ctx, &rows, "SELECT number, name, hash FROM migrations ORDER BY number", NULL, 0));
    while (db_next(rows)) {
        struct migration *file = file_of(all, db_get_int(rows, 0));
        if (file == NULL) {
            log_warning(ctx, "migration unknown to this program", "name=%s", db_get_text(rows, 1));
            continue;
        }
        file->known_hash = db_get_text(rows, 2);
        if (!text_is(file->known_hash, file->hash))
            return fail_with(ctx, ERR_CONFLICT, "%s was changed after it was applied", file->name);
    }
    return NULL;
}

struct application {
    const struct migration *file;
    bool is_done_already;
};

static bool is_for(const struct migration *file, enum db_engine engine)
{
    return !text_ends(file->name, engine == DB_SQLITE ? ".postgres.sql" : ".sqlite.sql");
}

static err apply_in_transaction(struct ctx *ctx, void *arg)
{
    struct application *application = arg;
    const struct migration *file = application->file;
    const struct engine *engine = ctx->db->db->engine;
    struct db_rows *rows;
    TRY(engine->lock_schema(ctx));
    TRY(db_query(ctx, &rows, "SELECT hash FROM migrations WHERE number = $1", db_int(file->number)));
    application->is_done_already = db_next(rows);
    if (application->is_done_already)
        return NULL;
    const char *rest = is_for(file, engine->kind) ? file->text : "";
    struct slice statement;
    while (script_next(&rest, &statement)) {
        bool has_key = engine->kind == DB_SQLITE && script_has_table_key(statement);
        TRY(db_script(ctx, arena_format(ctx->arena, "%.*s%s", (int)statement.len, statement.ptr,
                                        has_key ? " WITHOUT ROWID" : "")));
    }
    return db_execute(ctx, "INSERT INTO migrations (number, name, hash, applied_at) VALUES ($1, $2, $3, $4)",
                      db_int(file->number), db_text(file->name), db_text(file->hash), db_int(clock_now()));
}

static err apply(struct ctx *ctx, const struct migration *file, int *applied)
{
    struct application application = {.file = file};
    err failure = db_transact(ctx, apply_in_transaction, &application);
    if (failure)
        return fail_with(ctx, failure->code, "%s: %s", file->name, failure->detail);
    if (!application.is_done_already) {
        log_info(ctx, "migration applied", "name=%s", file->name);
        *applied += 1;
    }
    return NULL;
}

/* Tells SQLite's planner what every table of the house is like, whatever is in it now: many rows of a shop,
 * few for one parent, one for a whole key. So a statement has the same plan at ten rows and at ten million,
 * and never walks a shop's rows because a key begins with shop_id. (PostgreSQL gathers its own figures.) */
static err write_plan_figures(struct ctx *ctx, void *arg)
{
    (void)arg;
    TRY(db_execute_values(ctx, "ANALYZE migrations", NULL, 0));
    TRY(db_execute_values(ctx, "DELETE FROM sqlite_stat1", NULL, 0));
    TRY(db_execute_values(
        ctx,
        "INSERT INTO sqlite_stat1 (tbl, idx, stat)"
        " SELECT k.tbl, k.idx, CASE k.is_partial WHEN 1 THEN '100000 ' ELSE '10000000 ' END"
        " || CASE k.columns WHEN 1 THEN ''"
        " WHEN 2 THEN CASE k.is_partial WHEN 1 THEN '10000 ' ELSE '1000000 ' END"
        " WHEN 3 THEN '1000000 100000 ' WHEN 4 THEN '1000000 100000 10000 '"
        " ELSE '1000000 100000 10000 1000 ' END"
        " || CASE k.is_unique WHEN 1 THEN '1' ELSE '10' END || ' noskipscan'"
        " FROM (SELECT t.name AS tbl, CASE i.origin WHEN 'pk' THEN t.name ELSE i.name END AS idx,"
        " i.\"unique\" AS is_unique, i.partial AS is_partial,"
        " (SELECT COUNT(*) FROM pragma_index_info(i.name)) AS columns"
        " FROM pragma_table_list t JOIN pragma_index_list(t.name) i"
        " WHERE t.schema = 'main' AND t.type = 'table' AND substr(t.name, 1, 7) <> 'sqlite_') k",
        NULL, 0));
    return db_execute_values(ctx, "ANALYZE sqlite_schema", NULL, 0);
}

err db_migrate(struct ctx *ctx, const char *directory, int *applied)
{
    int count = 0;
    struct migrations *all = arena_alloc(ctx->arena, sizeof *all);
    TRY(load_directory(ctx, directory, all));
    TRY(db_transact(ctx, make_table, NULL));
    TRY(load_known(ctx, all));
    for (int i = 0; i < all->count; i++)
        if (all->files[i].known_hash == NULL)
            TRY(apply(ctx, &all->files[i], &count));
    if (count > 0 && db_engine_of(db_session_db(ctx->db)) == DB_SQLITE)
        TRY(db_transact(ctx, write_plan_figures, NULL));
    if (applied)
        *applied = count;
    return NULL;
}
