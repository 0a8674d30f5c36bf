/* transfer_report.c - the report of an import as people read it. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/transfer/transfer.h"

#include <inttypes.h>

static void write_problem(struct text_buf *out, const struct import_problem *problem)
{
    text_add_format(out, "line %" PRId64, problem->line);
    if (problem->column[0])
        text_add_format(out, ", %s", problem->column);
    text_add_format(out, ": %s: %s\n", problem->code, problem->message);
}

void import_report_write(struct text_buf *out, const struct import_report *report)
{
    text_add_format(out,
                    "%" PRId64 " rows: %" PRId64 " new, %" PRId64 " updated, %" PRId64 " unchanged, %" PRId64
                    " refused; %" PRId64 " new categories\n",
                    report->rows, report->taken, report->updated, report->unchanged, report->refused,
                    report->categories);
    for (size_t i = 0; i < report->ignored_count; i++)
        text_add_format(out, "%s%s%s", i == 0 ? "ignored columns: " : ", ", report->ignored[i],
                        i + 1 == report->ignored_count ? "\n" : "");
    for (size_t i = 0; i < report->problem_count; i++)
        write_problem(out, &report->problems[i]);
    if (report->problems_left_out > 0)
        text_add_format(out, "… and %" PRId64 " more problems\n", report->problems_left_out);
}
