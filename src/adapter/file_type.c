/* file_type.c - libmagic behind the port of the media module. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "adapter/file_type.h"

#include <magic.h>

/* A cookie is for one thread; opening one maps the compiled list into memory, which takes a millisecond. */
err file_type_identify(struct ctx *ctx, const char *path, const char **type)
{
    const char *found = NULL;
    magic_t cookie = magic_open(MAGIC_MIME_TYPE | MAGIC_NO_CHECK_COMPRESS | MAGIC_NO_CHECK_TAR);
    if (cookie && magic_load(cookie, NULL) == 0)
        found = magic_file(cookie, path);
    *type = found ? arena_copy_text(ctx->arena, found) : "application/octet-stream";
    if (cookie)
        magic_close(cookie);
    return NULL;
}
