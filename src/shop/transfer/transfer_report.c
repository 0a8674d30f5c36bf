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

/* Quoted always; an apostrophe before what looks like a formula (OWASP, CSV Injection). */
static void write_cell(struct text_buf *out, const char *text, const char *end)
{
    text_add_char(out, '"');
    if (text[0] && strchr("=+-@\t\r", text[0]))
        text_add_char(out, '\'');
    for (const char *c = text; *c; c++) {
        if (*c == '"')
            text_add_char(out, '"');
        text_add_char(out, *c);
    }
    text_add(out, "\"");
    text_add(out, end);
}

/* The words of a key that ends with the code of a problem. */
static const char *words_of(struct ctx *ctx, const struct import_words *words, const char *group,
                            const char *code)
{
    return words->find(words->owner, arena_format(ctx->arena, "imports.%s.%s", group, code));
}

err import_problems_csv(struct ctx *ctx, const struct import_words *words,
                        const struct import_problem *problems, size_t count, bool is_first,
                        struct text_buf *out)
{
    static const char *const heads[] = {"line", "column", "value", "code", "reason", "advice", "put"};
    const size_t head_count = sizeof heads / sizeof *heads;
    if (is_first)
        text_add(out, "\xEF\xBB\xBF");
    for (size_t i = 0; is_first && i < head_count; i++) {
        const char *head = words_of(ctx, words, "csv", heads[i]);
        text_add_format(out, "%s%s", head ? head : heads[i], i + 1 == head_count ? "\r\n" : ",");
    }
    for (size_t i = 0; i < count; i++) {
        const struct import_problem *problem = &problems[i];
        const char *reason = words_of(ctx, words, "problem", problem->code);
        const char *advice = words_of(ctx, words, "fix", problem->code);
        text_add_format(out, "%" PRId64 ",", problem->line);
        write_cell(out, problem->column, ",");
        write_cell(out, problem->value, ",");
        write_cell(out, problem->code, ",");
        write_cell(out, reason ? reason : problem->message, ",");
        write_cell(out, advice ? advice : "", ",");
        write_cell(out, problem->fix, "\r\n");
    }
    return out->is_full ? fail_with(ctx, ERR_LIMIT, "too many errors for one piece") : NULL;
}
