/* backoffice_upload_form.h - several files at once: each is taken or refused for itself. Private. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "http/http.h"
#include "shop/media/media.h"

struct taken_pictures {
    const struct picture *items[HTTP_FILE_COUNT_LIMIT];
    size_t count;
    err refused; /* ERR_INVALID with a problem for each file that was not taken; NULL when all were */
};

/* Stores every picture that can be stored. Fails only when the shop cannot store anything. */
CHECKED err pictures_take(struct ctx *ctx, const struct upload_list *files, struct taken_pictures *taken);
