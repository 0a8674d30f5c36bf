/* import_package.c - the table in a ZIP, and the files beside it by the names that cells have for them. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/transfer/import_package.h"

#include "base/config.h"
#include "base/text.h"
#include "shop/services.h"
#include <ctype.h>
#include <fcntl.h>
#include <stdlib.h>
#include <strings.h>
#include <unistd.h>

#define WORKBOOK_PART "xl/workbook.xml"

/* ---- the table ---- */

/* How much a file looks like the table: 0 = not at all. */
static int table_rank(const char *name)
{
    static const struct {
        const char *ending;
        int rank;
    } endings[] = {{".csv", 2}, {".xlsx", 2}, {".txt", 1}, {".tsv", 1}};
    size_t length = strlen(name);
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        size_t own = strlen(endings[i].ending);
        if (length > own && strcasecmp(name + length - own, endings[i].ending) == 0)
            return endings[i].rank;
    }
    return 0;
}

struct look {
    const char *table;
    int rank;
    size_t tables; /* of that rank */
    int64_t files;
    bool is_workbook;
};

static err look_at(struct ctx *ctx, void *arg, const struct zip_entry *entry)
{
    struct look *look = arg;
    int rank = table_rank(entry->name);
    look->is_workbook = look->is_workbook || text_is(entry->name, WORKBOOK_PART);
    if (look->files++ == PACKAGE_FILE_LIMIT)
        return fail_field(ctx, "zip", "zip-import-too-many", "more than 10000 files; make several ZIP files");
    if (rank > look->rank) {
        look->rank = rank;
        look->tables = 0;
        look->table = entry->name;
    }
    look->tables += rank > 0 && rank == look->rank;
    return NULL;
}

struct taking {
    const char *name;
    bool is_done;
};

static bool is_table(void *arg, const char *name)
{
    const struct taking *taking = arg;
    return !taking->is_done && text_is(name, taking->name);
}

static err take_table(struct ctx *ctx, void *arg, const struct zip_entry *entry)
{
    struct taking *taking = arg;
    taking->is_done = true;
    if (!entry->path)
        return fail_field(ctx, "zip", "zip-table-too-big", "the table in the ZIP is too large; split it");
    return NULL;
}

static err unpack_table(struct ctx *ctx, const char *path, const struct look *look, const char *table_path)
{
    struct taking taking = {.name = look->table};
    struct zip_walk walk = {.scratch = table_path,
                            .file_bytes = ctx->config->import_limit,
                            .wants = is_table,
                            .take = take_table,
                            .arg = &taking};
    if (look->tables == 0)
        return fail_field(ctx, "zip", "zip-no-table", "the ZIP holds no table; put a CSV or XLSX in it");
    if (look->tables > 1)
        return fail_field(ctx, "zip", "zip-tables", "the ZIP holds several tables; leave one");
    return ctx->services->zips->walk(ctx, path, &walk);
}

static bool begins_like_zip(const char *path)
{
    char magic[4] = "";
    int file = open(path, O_RDONLY | O_CLOEXEC);
    bool is = file >= 0 && read(file, magic, sizeof magic) == (ssize_t)sizeof magic &&
              memcmp(magic, "PK\x03\x04", sizeof magic) == 0;
    if (file >= 0)
        close(file);
    return is;
}

/* The field of the form is the file, whatever is in it. */
static err of_file(struct ctx *ctx, err failure)
{
    if (!failure || failure->code != ERR_INVALID || !failure->problems)
        return failure;
    return fail_field(ctx, "file", failure->problems->code, failure->problems->message);
}

err import_package_open(struct ctx *ctx, const char *path, const char *table_path,
                        struct import_package *package)
{
    struct look look = {0};
    struct zip_walk walk = {.take = look_at, .arg = &look};
    *package = (struct import_package){0};
    if (!begins_like_zip(path))
        return NULL;
    err failure = ctx->services->zips->walk(ctx, path, &walk);
    if (look.is_workbook)
        return NULL;
    if (!failure)
        failure = unpack_table(ctx, path, &look, table_path);
    *package = (struct import_package){true, look.table, look.files - 1};
    return of_file(ctx, failure);
}

/* ---- the files beside it ---- */

static const char *lower(struct ctx *ctx, const char *text, size_t length)
{
    char *copy = arena_copy(ctx->arena, text, length);
    for (char *c = copy; *c; c++)
        if ((unsigned char)*c < 0x80)
            *c = (char)tolower((unsigned char)*c);
    return copy;
}

static const char *base_of(const char *name)
{
    const char *slash = strrchr(name, '/');
    return slash ? slash + 1 : name;
}

struct gathering {
    struct package_file *files;
    size_t count;
};

static err gather(struct ctx *ctx, void *arg, const struct zip_entry *entry)
{
    struct gathering *gathering = arg;
    const char *base = base_of(entry->name), *dot = strrchr(base, '.');
    if (gathering->count == PACKAGE_FILE_LIMIT)
        return fail_with(ctx, ERR_LIMIT, "the ZIP has too many files");
    gathering->files[gathering->count++] =
        (struct package_file){.name = entry->name,
                              .base = lower(ctx, base, strlen(base)),
                              .stem = lower(ctx, base, dot ? (size_t)(dot - base) : strlen(base)),
                              .bytes = entry->bytes};
    return NULL;
}

static int by_base(const void *left, const void *right)
{
    const struct package_file *a = *(const struct package_file *const *)left;
    const struct package_file *b = *(const struct package_file *const *)right;
    int order = strcmp(a->base, b->base);
    return order ? order : strcmp(a->name, b->name);
}

static int by_stem(const void *left, const void *right)
{
    const struct package_file *a = *(const struct package_file *const *)left;
    const struct package_file *b = *(const struct package_file *const *)right;
    int order = strcmp(a->stem, b->stem);
    return order ? order : strcmp(a->name, b->name);
}

err import_package_index(struct ctx *ctx, const char *path, struct package_index *index)
{
    struct gathering gathering = {
        .files = arena_alloc_many(ctx->arena, PACKAGE_FILE_LIMIT, sizeof *gathering.files)};
    struct zip_walk walk = {.take = gather, .arg = &gathering};
    TRY(ctx->services->zips->walk(ctx, path, &walk));
    size_t count = gathering.count;
    *index = (struct package_index){
        .files = gathering.files,
        .count = count,
        .by_base = arena_alloc_many(ctx->arena, count + 1, sizeof(struct package_file *)),
        .by_stem = arena_alloc_many(ctx->arena, count + 1, sizeof(struct package_file *))};
    for (size_t i = 0; i < count; i++)
        index->by_base[i] = index->by_stem[i] = &gathering.files[i];
    qsort(index->by_base, count, sizeof *index->by_base, by_base);
    qsort(index->by_stem, count, sizeof *index->by_stem, by_stem);
    return NULL;
}

static const char *key_of(const struct package_file *file, bool is_stem)
{
    return is_stem ? file->stem : file->base;
}

/* Of several files of one name the one whose path ends as the word says, else the first. */
static const struct package_file *find_in(const struct package_file *const *files, size_t count, bool is_stem,
                                          const char *key, const char *path)
{
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (strcmp(key_of(files[middle], is_stem), key) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    const struct package_file *first = NULL;
    for (; low < count && text_is(key_of(files[low], is_stem), key); low++) {
        if (table_rank(files[low]->name) > 0)
            continue;
        first = first ? first : files[low];
        if (text_ends(files[low]->name, path))
            return files[low];
    }
    return first;
}

/* "NAME:1:0:" and "NAME:2:0:1627207:-1001" without what Taobao puts behind the name. */
static size_t name_length(const char *word)
{
    size_t length = strlen(word);
    const char *colon = strchr(word, ':');
    bool is_taobao = colon && colon > word && strspn(colon, ":-0123456789") == strlen(colon);
    return is_taobao ? (size_t)(colon - word) : length;
}

const struct package_file *import_package_find(struct ctx *ctx, const struct package_index *index,
                                               const char *word)
{
    char *path = arena_copy(ctx->arena, word, name_length(word));
    for (char *c = path; *c; c++)
        if (*c == '\\') /* as Windows writes folders */
            *c = '/';
    const char *base = base_of(path);
    if (!base[0])
        return NULL;
    const char *key = lower(ctx, base, strlen(base));
    const struct package_file *found =
        find_in((const struct package_file *const *)index->by_base, index->count, false, key, path);
    if (found)
        return found;
    return find_in((const struct package_file *const *)index->by_stem, index->count, true, key, path);
}
