/* import_work.c - imports among the works of the shop: one row for each time that a file is checked, applied
 * or undone, and one for the pictures of its ZIP. The jobs of an import carry them on; a work follows in the
 * transaction that does something, so what it says is what there is. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/transfer/import_parts.h"

#include "shop/transfer/import_jobs.h"
#include "shop/work/work.h"
#include <inttypes.h>

err import_work_begin(struct ctx *ctx, const char *kind, int64_t import_id, const char *title, int64_t total)
{
    struct work work = {.kind = kind,
                        .subject_id = import_id,
                        .title = title,
                        .total = total,
                        .url = arena_format(ctx->arena, "products/imports/%" PRId64, import_id)};
    return work_announce(ctx, &work);
}

/* How many rows there are in all is known from the share of the file that was read. */
static int64_t total_of(int64_t done, int64_t percent)
{
    return percent > 0 ? done * 100 / percent : 0;
}

err import_work_follow(struct ctx *ctx, const char *kind, int64_t import_id,
                       const struct import_report *report, int64_t percent)
{
    struct work now = {.done = report->rows,
                       .total = total_of(report->rows, percent),
                       .changed = report->products[IMPORT_NEW] + report->products[IMPORT_CHANGED],
                       .failed = report->refused};
    return work_follow(ctx, kind, import_id, &now);
}

err import_work_follow_undo(struct ctx *ctx, int64_t import_id, const struct import_report *report)
{
    struct work now = {.done = report->undone + report->left,
                       .total = report->products[IMPORT_NEW] + report->products[IMPORT_CHANGED],
                       .changed = report->undone};
    return work_follow(ctx, IMPORT_UNDO_JOB, import_id, &now);
}

err import_work_find(struct ctx *ctx, const struct import *import, struct work *work)
{
    static const char *const kinds[] = {[IMPORT_CHECKING] = IMPORT_CHECK_JOB,
                                        [IMPORT_APPLYING] = IMPORT_APPLY_JOB,
                                        [IMPORT_APPLIED] = IMPORT_PICTURES_JOB,
                                        [IMPORT_UNDOING] = IMPORT_UNDO_JOB,
                                        [IMPORT_FAILED] = NULL};
    const char *kind = kinds[import->state];
    *work = (struct work){0};
    return kind ? work_find_running(ctx, kind, import->id, work) : NULL;
}
