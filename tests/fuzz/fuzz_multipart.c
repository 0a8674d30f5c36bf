/* fuzz_multipart.c - any bytes as an upload, whole and byte by byte: both ways give the same, and no file
 * stays. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "http/parse.h"
#include <string.h>
#include <sys/stat.h>

struct outcome {
    enum error_code code;
    struct pairs pairs;
    size_t file_count;
    int64_t file_bytes;
};

static struct outcome run(struct ctx *ctx, const char *bytes, size_t size, size_t piece)
{
    const struct multipart_limits limits = {"/tmp/yundian-fuzz", 1000, 1500, 500, 3};
    struct outcome outcome = {0};
    struct multipart_file *files = NULL;
    struct multipart *multipart = multipart_open(ctx, "multipart/form-data; boundary=X", &limits);
    for (size_t at = 0; at < size; at += piece)
        multipart_feed(multipart, bytes + at, size - at < piece ? size - at : piece);
    err failure = multipart_finish(multipart, &outcome.pairs, &files, &outcome.file_count);
    outcome.code = failure ? failure->code : ERR_NONE;
    for (size_t i = 0; i < outcome.file_count; i++) {
        struct stat info;
        const struct upload *upload = &files[i].upload;
        if (stat(upload->path, &info) != 0 || info.st_size != upload->size)
            bug("an upload is not on disk as it should be");
        if (strpbrk(upload->file_name, "/\\") || *upload->file_name == '.' || *upload->file_name == '\0')
            bug("a file name is not safe");
        outcome.file_bytes += upload->size;
    }
    multipart_close(multipart);
    return outcome;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ctx ctx = {.arena = arena_open(ARENA_LIMIT)};
    mkdir("/tmp/yundian-fuzz", 0700);
    struct outcome whole = run(&ctx, (const char *)data, size, size + 1);
    struct outcome pieces = run(&ctx, (const char *)data, size, 1);
    if (whole.code != pieces.code || whole.pairs.count != pieces.pairs.count ||
        whole.file_count != pieces.file_count || whole.file_bytes != pieces.file_bytes)
        bug("the pieces in which an upload arrives make a difference");
    for (size_t i = 0; i < whole.pairs.count; i++)
        if (strcmp(whole.pairs.items[i].value, pieces.pairs.items[i].value) != 0)
            bug("the pieces in which an upload arrives change a field");
    arena_close(ctx.arena);
    return 0;
}
