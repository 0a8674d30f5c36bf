/* transfer_export_news.c - what was said and what happened: reviews, messages, alarms and prices as tables.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/transfer/transfer_export.h"

#include "base/id.h"
#include "base/text.h"
#include "job/job.h"
#include <inttypes.h>

#define JOBS_AT_ONCE 200

/* ---- reviews ---- */

static const char *reason_text(enum review_reason reason)
{
    return reason ? review_reason_names[reason - 1] : "";
}

/* Where the large ones are, with blanks between. */
static const char *picture_addresses(struct ctx *ctx, const struct review *review)
{
    const char *ids[REVIEW_PICTURES], *text = "";
    size_t count = review_picture_ids(ctx, review, ids);
    for (size_t i = 0; i < count; i++)
        text = arena_format(ctx->arena, "%s%s/media/%s/1280.jpg", text, i ? " " : "", ids[i]);
    return text;
}

static void put_review(struct ctx *ctx, const struct export *export, const struct review *review,
                       const char *product_title)
{
    struct sheet_writer *writer = export->writer;
    struct zone zone = ctx->shop->zone;
    sheet_put_time(writer, review->created_at, zone);
    sheet_put_text(writer, product_title);
    sheet_put_text(writer, review->variant_title);
    sheet_put_int(writer, review->stars);
    sheet_put_text(writer, review->body);
    sheet_put_text(writer, review->author);
    sheet_put_time(writer, review->followed_at, zone);
    sheet_put_text(writer, review->follow_body);
    sheet_put_time(writer, review->replied_at, zone);
    sheet_put_text(writer, review->reply);
    sheet_put_time(writer, review->reported_at, zone);
    sheet_put_text(writer, reason_text(review->hidden_reason));
    sheet_put_text(writer, picture_addresses(ctx, review));
    sheet_end_row(writer);
}

err export_reviews_rows(struct ctx *ctx, struct export *export)
{
    struct review_shop_query query = export->filter.reviews;
    struct review *reviews;
    struct product *products;
    size_t count, have, place = 0;
    query.before_id = export->before_id;
    query.limit = REVIEW_PAGE_LIMIT;
    TRY(review_list_shop(ctx, &query, &reviews, &count));
    int64_t *ids = arena_alloc_many(ctx->arena, count + 1, sizeof *ids);
    for (size_t i = 0; i < count; i++)
        ids[i] = reviews[i].product_id;
    TRY(product_list_many(ctx, ids, count, &products, &have));
    for (size_t i = 0; i < count; i++) {
        bool is_there = place < have && products[place].id == ids[i];
        put_review(ctx, export, &reviews[i], is_there ? products[place].title : "");
        place += is_there;
    }
    export->is_listed = count < REVIEW_PAGE_LIMIT;
    export->before_id = count > 0 ? reviews[count - 1].id : 0;
    return NULL;
}

/* ---- messages ---- */

err export_messages_rows(struct ctx *ctx, struct export *export)
{
    struct message_query query = export->filter.messages;
    struct message *messages;
    size_t count;
    query.before_id = export->before_id;
    query.limit = MESSAGE_ROWS_LIMIT;
    TRY(message_list(ctx, &query, &messages, &count));
    for (size_t i = 0; i < count; i++) {
        const struct message *message = &messages[i];
        sheet_put_time(export->writer, id_time(message->id), ctx->shop->zone);
        sheet_put_text(export->writer, occasion_name(message->occasion));
        sheet_put_text(export->writer, message->subject);
        sheet_put_text(export->writer, message->recipient);
        sheet_put_text(export->writer, message_state_names[message->state - 1]);
        sheet_put_int(export->writer, message->attempts);
        sheet_put_text(export->writer, message->problem);
        sheet_put_text(export->writer, message->detail);
        sheet_put_time(export->writer, message->tried_at, ctx->shop->zone);
        sheet_end_row(export->writer);
    }
    export->is_listed = count < MESSAGE_ROWS_LIMIT;
    export->before_id = count > 0 ? messages[count - 1].id : 0;
    return NULL;
}

/* ---- alarms, and jobs that gave up ---- */

err export_alarms_rows(struct ctx *ctx, struct export *export)
{
    struct alarm_query query = export->filter.alarms;
    struct alarm *alarms;
    size_t count;
    query.behind_id = export->before_id;
    query.limit = ALARM_ROWS_LIMIT;
    TRY(alarm_list(ctx, &query, &alarms, &count));
    for (size_t i = 0; i < count; i++) {
        sheet_put_time(export->writer, alarms[i].at, ctx->shop->zone);
        sheet_put_text(export->writer, alarms[i].kind);
        sheet_put_text(export->writer, alarms[i].subject);
        sheet_put_text(export->writer, alarms[i].detail);
        sheet_put_time(export->writer, alarms[i].resolved_at, ctx->shop->zone);
        sheet_end_row(export->writer);
    }
    export->is_listed = count < ALARM_ROWS_LIMIT;
    export->before_id = count > 0 ? alarms[count - 1].id : 0;
    return NULL;
}

/* The place is DEAD_AT.SUBJECT.KIND. */
static err read_job_place(struct ctx *ctx, const char *cursor, struct dead_letter *last)
{
    *last = (struct dead_letter){.dead_at = INT64_MAX, .kind = ""};
    if (!cursor[0])
        return NULL;
    char *copy = arena_copy_text(ctx->arena, cursor);
    char *subject = strchr(copy, '.'), *kind = strchr(subject + 1, '.');
    *subject++ = 0;
    *kind++ = 0;
    last->kind = kind;
    if (!text_to_int(copy, &last->dead_at) || !text_to_int(subject, &last->subject_id))
        return fail_with(ctx, ERR_INTERNAL, "a cursor of an export cannot be read");
    return NULL;
}

err export_jobs_rows(struct ctx *ctx, struct export *export)
{
    struct dead_letter last, *letters;
    size_t count;
    TRY(read_job_place(ctx, export->cursor, &last));
    TRY(job_list_dead_behind(ctx, &last, JOBS_AT_ONCE, &letters, &count));
    for (size_t i = 0; i < count; i++) {
        sheet_put_time(export->writer, letters[i].dead_at, ctx->shop->zone);
        sheet_put_text(export->writer, letters[i].kind);
        sheet_put_text(export->writer, arena_format(ctx->arena, "%" PRId64, letters[i].subject_id));
        sheet_put_int(export->writer, letters[i].attempts);
        sheet_put_text(export->writer, letters[i].error);
        sheet_end_row(export->writer);
    }
    const struct dead_letter *end = &letters[count > 0 ? count - 1 : 0];
    export_keep_cursor(export, count < JOBS_AT_ONCE ? NULL
                                                    : arena_format(ctx->arena, "%" PRId64 ".%" PRId64 ".%s",
                                                                   end->dead_at, end->subject_id, end->kind));
    return NULL;
}

/* ---- prices of a variant ---- */

err export_prices_rows(struct ctx *ctx, struct export *export)
{
    struct price_change_query query = export->filter.prices;
    struct price_change *changes;
    size_t count;
    query.behind_version = export->before_id;
    query.limit = PRICE_ROWS_LIMIT;
    TRY(price_change_page(ctx, &query, &changes, &count));
    int64_t *ids = arena_alloc_many(ctx->arena, count + 1, sizeof *ids);
    const char **names = arena_alloc_many(ctx->arena, count + 1, sizeof *names);
    for (size_t i = 0; i < count; i++)
        ids[i] = changes[i].actor == ACTOR_STAFF ? changes[i].actor_id : 0;
    TRY(staff_name_many(ctx, ids, count, names));
    for (size_t i = 0; i < count; i++) {
        sheet_put_time(export->writer, changes[i].at, ctx->shop->zone);
        sheet_put_decimal(export->writer, changes[i].price, export->digits);
        if (changes[i].compare_price > 0)
            sheet_put_decimal(export->writer, changes[i].compare_price, export->digits);
        else
            sheet_put_text(export->writer, "");
        sheet_put_text(export->writer, names[i] ? names[i] : "");
        sheet_put_text(export->writer, actor_name(changes[i].actor));
        sheet_end_row(export->writer);
    }
    export->is_listed = count < PRICE_ROWS_LIMIT;
    export->before_id = count > 0 ? changes[count - 1].version : 0;
    return NULL;
}
