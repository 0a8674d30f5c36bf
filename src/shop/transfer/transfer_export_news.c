/* transfer_export_news.c - what was said: reviews and messages as tables. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/transfer/transfer_export.h"

#include "base/id.h"

/* ---- reviews ---- */

static const char *reason_text(enum review_reason reason)
{
    return reason ? review_reason_names[reason - 1] : "";
}

static void put_review(struct ctx *ctx, const struct export *export, const struct review *review,
                       const char *product_title)
{
    struct sheet_writer *writer = export->writer;
    int32_t offset = ctx->shop->utc_offset;
    sheet_put_time(writer, review->created_at, offset);
    sheet_put_text(writer, product_title);
    sheet_put_text(writer, review->variant_title);
    sheet_put_int(writer, review->stars);
    sheet_put_text(writer, review->body);
    sheet_put_text(writer, review->author);
    sheet_put_time(writer, review->followed_at, offset);
    sheet_put_text(writer, review->follow_body);
    sheet_put_time(writer, review->replied_at, offset);
    sheet_put_text(writer, review->reply);
    sheet_put_time(writer, review->reported_at, offset);
    sheet_put_text(writer, reason_text(review->hidden_reason));
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
        sheet_put_time(export->writer, id_time(message->id), ctx->shop->utc_offset);
        sheet_put_text(export->writer, occasion_name(message->occasion));
        sheet_put_text(export->writer, message->subject);
        sheet_put_text(export->writer, message->recipient);
        sheet_put_text(export->writer, message_state_names[message->state - 1]);
        sheet_put_int(export->writer, message->attempts);
        sheet_put_text(export->writer, message->problem);
        sheet_put_text(export->writer, message->detail);
        sheet_put_time(export->writer, message->tried_at, ctx->shop->utc_offset);
        sheet_end_row(export->writer);
    }
    export->is_listed = count < MESSAGE_ROWS_LIMIT;
    export->before_id = count > 0 ? messages[count - 1].id : 0;
    return NULL;
}
