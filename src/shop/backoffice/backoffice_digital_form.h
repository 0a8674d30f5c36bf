/* backoffice_digital_form.h - the form that loads codes: text, or a file, one code a line. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "http/http.h"
#include "shop/digital/digital.h"

struct code_form {
    int64_t variant_id;
    const char *codes;
    const struct upload *file;
    const char *note;
    const char *expires_on; /* the last day on which they are good, YYYY-MM-DD in the shop's zone */
};

extern const struct field code_form_fields[];
/* Fills lines and expiry of a load. ERR_INVALID with the field: nothing given, a file that is no text, a day
 * that is none or over. */
CHECKED err code_form_read(struct ctx *ctx, const struct code_form *form, struct code_loading *loading);
