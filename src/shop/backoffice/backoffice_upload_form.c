/* backoffice_upload_form.c - several files at once: each is taken or refused for itself. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/backoffice/backoffice_upload_form.h"

err pictures_take(struct ctx *ctx, const struct upload_list *files, struct taken_pictures *taken)
{
    struct field_problem *first = NULL, **next = &first;
    *taken = (struct taken_pictures){.count = 0};
    for (size_t i = 0; i < files->count && i < HTTP_FILE_COUNT_LIMIT; i++) {
        struct media_source source = {.path = files->items[i].path, .file_name = files->items[i].file_name};
        const struct picture *picture;
        err failure = picture_store(ctx, &source, &picture);
        if (failure && failure->code != ERR_INVALID)
            return failure;
        if (!failure) {
            taken->items[taken->count++] = picture;
            continue;
        }
        *next = arena_alloc(ctx->arena, sizeof **next);
        **next = *failure->problems;
        (*next)->next = NULL;
        next = (struct field_problem **)(void *)&(*next)->next;
    }
    taken->refused = first ? fail_fields(ctx, first) : NULL;
    return NULL;
}
