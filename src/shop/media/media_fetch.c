/* media_fetch.c - a picture from an address: fetched into a file, then taken as any upload. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/media/media_file.h"

#include "base/config.h"
#include "base/text.h"
#include "shop/outbound.h"
#include "shop/services.h"
#include <errno.h>
#include <inttypes.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_NAME_LIMIT 120 /* characters */

/* The last part of the address, as people call the file. */
static const char *name_of(struct ctx *ctx, const char *address)
{
    size_t length = strcspn(address, "?#");
    size_t from = length;
    while (from > 0 && address[from - 1] != '/')
        from--;
    const char *name = arena_copy(ctx->arena, address + from, length - from);
    if (!utf8_is_valid(name, length - from) || text_has_control(name, length - from))
        return "";
    return arena_copy(ctx->arena, name, utf8_prefix(name, length - from, FILE_NAME_LIMIT));
}

/* One file for a shop: what a killed program left is written over. */
static err scratch_path(struct ctx *ctx, const char **path)
{
    const char *root = arena_format(ctx->arena, "%s/media", ctx->config->data);
    if (mkdir(root, 0750) != 0 && errno != EEXIST)
        return fail_with(ctx, ERR_INTERNAL, "cannot make directory %s (errno %d)", root, errno);
    *path = arena_format(ctx->arena, "%s/fetched-%" PRId64 ".part", root, ctx->shop->id);
    return NULL;
}

/* Answers that may be another one later. */
static bool is_passing_status(int status)
{
    return status >= 500 || status == 408 || status == 425 || status == 429;
}

static err take(struct ctx *ctx, const char *address, const char *path, struct picture_fetched *fetched)
{
    struct media_source source = {.path = path, .file_name = name_of(ctx, address)};
    err failure = picture_store(ctx, &source, &fetched->picture);
    if (!failure || failure->code != ERR_INVALID)
        return failure;
    fetched->picture = NULL;
    fetched->reason = failure->problems->code;
    return NULL;
}

err picture_fetch(struct ctx *ctx, const char *address, struct picture_fetched *fetched)
{
    struct outbound_answer answer;
    const char *path;
    *fetched = (struct picture_fetched){0};
    TRY(scratch_path(ctx, &path));
    struct outbound_request request = {
        .url = address, .path = path, .byte_limit = PICTURE_BYTES_LIMIT, .timeout = PICTURE_FETCH_MS};
    err failure = ctx->services->outbound->send(ctx, &request, &answer);
    fetched->status = answer.status;
    if (!failure && answer.problem == OUTBOUND_TOO_BIG)
        fetched->reason = "file-too-big";
    else if (!failure && answer.problem != OUTBOUND_FINE)
        fetched->reason = outbound_problem_names[answer.problem];
    else if (!failure && answer.status != 200)
        fetched->reason = "http-status";
    else if (!failure)
        failure = take(ctx, address, path, fetched);
    fetched->may_retry = answer.problem == OUTBOUND_FINE ? is_passing_status(answer.status)
                                                         : outbound_is_passing(answer.problem);
    unlink(path);
    return failure;
}
