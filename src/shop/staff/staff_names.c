/* staff_names.c - who is behind an id in a history. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/staff/staff.h"

err staff_name_many(struct ctx *ctx, const int64_t *staff_ids, size_t count, const char **names)
{
    struct db_rows *rows;
    memset(names, 0, count * sizeof *names);
    TRY(db_query(ctx, &rows, "SELECT id, name FROM staff WHERE shop_id = $1 ORDER BY id LIMIT $2",
                 db_int(ctx->shop->id), db_int(STAFF_LIMIT)));
    while (db_next(rows))
        for (size_t i = 0; i < count; i++)
            if (staff_ids[i] == db_get_int(rows, 0))
                names[i] = db_get_text(rows, 1);
    return NULL;
}
