/* design_pictures.c - which pictures a design shows, told to media, so that nobody removes one from under it.
 *
 * A picture's id stands in a document as 32 hex digits, alone (a setting) or in an address (rich text), so
 * it is found in the text. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/design/design_parts.h"

#include <inttypes.h>
#include <string.h>

#define HEX_DIGITS "0123456789abcdef"

void design_pictures_of(struct ctx *ctx, const char *text, struct design_pictures *pictures)
{
    for (const char *at = text; *at && pictures->count < DESIGN_PICTURE_LIMIT;) {
        size_t digits = strspn(at, HEX_DIGITS);
        if (digits == PICTURE_ID_DIGITS)
            pictures->ids[pictures->count++] = arena_copy(ctx->arena, at, digits);
        at += digits ? digits : strcspn(at, HEX_DIGITS);
    }
}

err design_pictures_tell(struct ctx *ctx, enum design_place place, const struct design_pictures *pictures)
{
    return picture_uses_set(ctx, PICTURE_OF_DESIGN, place, pictures->ids, pictures->count);
}

/* What a document of the draft or of today shows without media knowing. */
err design_pictures_check(struct ctx *ctx, void (*report)(void *arg, const char *problem), void *arg)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT p.id FROM pictures p WHERE p.shop_id = $1 AND EXISTS (SELECT 1 FROM designs d"
                 " JOIN shops s ON s.shop_id = d.shop_id WHERE d.shop_id = p.shop_id"
                 " AND (d.version = 0 OR d.version = s.design_version)"
                 " AND d.document LIKE '%' || p.id || '%') AND NOT EXISTS (SELECT 1 FROM picture_uses u"
                 " WHERE u.shop_id = p.shop_id AND u.kind = $2 AND u.picture_id = p.id)"
                 " ORDER BY p.id LIMIT $3",
                 db_int(ctx->shop->id), db_int(PICTURE_OF_DESIGN), db_int(DESIGN_PROBLEM_LIMIT)));
    while (db_next(rows))
        report(arg, arena_format(ctx->arena, "picture %s is shown by the design, which is not counted",
                                 db_get_text(rows, 0)));
    return NULL;
}
