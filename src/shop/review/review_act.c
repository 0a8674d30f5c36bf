/* review_act.c - what is done about a review: the shop's reply and report, the platform's decision, the log.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"
#include "shop/review/review_parts.h"
#include "shop/staff/staff.h"
#include <inttypes.h>

/* Characters of a text that the audit list shows. */
#define NOTED 120

const char *const review_reason_names[] = {"unlawful",   "privacy",   "defamation",
                                           "fabricated", "authority", NULL};

err review_emit(struct ctx *ctx, const char *topic, int64_t product_id, int64_t review_id)
{
    struct value *payload = value_object(ctx->arena);
    value_set_id(ctx->arena, payload, "review_id", review_id);
    return outbox_emit(ctx, topic, product_id, payload);
}

err review_figures_change(struct ctx *ctx, const struct review_change *change)
{
    int64_t by[REVIEW_STARS] = {0};
    by[change->stars - 1] = change->count;
    return db_expect(ctx, 1, ERR_CONFLICT, "the product has no reviews to count",
                     "UPDATE product_reviews SET stars_1 = stars_1 + $3, stars_2 = stars_2 + $4,"
                     " stars_3 = stars_3 + $5, stars_4 = stars_4 + $6, stars_5 = stars_5 + $7,"
                     " worded = worded + $8, hidden = hidden + $9 WHERE shop_id = $1 AND product_id = $2",
                     db_int(ctx->shop->id), db_int(change->product_id), db_int(by[0]), db_int(by[1]),
                     db_int(by[2]), db_int(by[3]), db_int(by[4]), db_int(change->worded),
                     db_int(change->hidden));
}

/* After reading: the next line of the log. */
static err note_act(struct ctx *ctx, int64_t review_id, const struct review_act *act)
{
    return db_execute(
        ctx,
        "INSERT INTO review_acts (shop_id, review_id, act_no, kind, reason, note, who, actor, at)"
        " SELECT $1, $2, COALESCE(MAX(act_no), 0) + 1, CAST($3 AS BIGINT), CAST($4 AS BIGINT),"
        " CAST($5 AS TEXT), CAST($6 AS TEXT), CAST($7 AS BIGINT), CAST($8 AS BIGINT)"
        " FROM review_acts WHERE shop_id = $1 AND review_id = $2",
        db_int(ctx->shop->id), db_int(review_id), db_int(act->kind), db_int(act->reason), db_text(act->note),
        db_text(act->who), db_int(ctx->actor), db_int(ctx->now));
}

static err check_text(struct ctx *ctx, const char *field, const char *text, size_t most)
{
    if (text_is_blank(text))
        return fail_field(ctx, field, "required", "is required");
    if (utf8_length(text, strlen(text)) > most)
        return fail_field(ctx, field, "too-long", "is too long");
    return NULL;
}

static err audit(struct ctx *ctx, const char *kind, const struct review *review, const char *after)
{
    struct audit_entry entry = {
        .kind = kind,
        .subject = arena_format(ctx->arena, "reviews/%" PRId64, review->id),
        .title = arena_format(ctx->arena, "%" PRId64 "★ %s", review->stars, review->variant_title),
        .after = after};
    return audit_note(ctx, &entry);
}

/* ---- the reply ---- */

struct answer {
    int64_t review_id;
    int64_t expected;
    const char *body;
};

static err reply_in_transaction(struct ctx *ctx, void *arg)
{
    const struct answer *answer = arg;
    const struct review *review;
    TRY(review_load(ctx, answer->review_id, &review));
    if (review->hidden_reason)
        return fail_with(ctx, ERR_CONFLICT, "the words of this review are hidden");
    if (review->reply && text_is(review->reply, answer->body))
        return NULL;
    if (review->reply_no != answer->expected)
        return fail_with(ctx, ERR_CONFLICT, "the reply was changed meanwhile");
    TRY(db_execute(ctx,
                   "INSERT INTO review_replies (shop_id, review_id, reply_no, body, staff_id, at)"
                   " VALUES ($1, $2, $3, $4, $5, $6)",
                   db_int(ctx->shop->id), db_int(review->id), db_int(review->reply_no + 1),
                   db_text(answer->body), db_int(ctx->actor_id), db_int(ctx->now)));
    TRY(db_expect(ctx, 1, ERR_CONFLICT, "the reply was changed meanwhile",
                  "UPDATE reviews SET reply_no = $3 WHERE shop_id = $1 AND id = $2 AND reply_no = $4",
                  db_int(ctx->shop->id), db_int(review->id), db_int(review->reply_no + 1),
                  db_int(review->reply_no)));
    size_t shown = utf8_prefix(answer->body, strlen(answer->body), NOTED);
    TRY(audit(ctx, "review.replied", review, arena_copy(ctx->arena, answer->body, shown)));
    return review_emit(ctx, "review.replied", review->product_id, review->id);
}

err review_reply(struct ctx *ctx, int64_t review_id, int64_t expected, const char *body)
{
    struct answer answer = {.review_id = review_id, .expected = expected, .body = body};
    TRY(check_text(ctx, "text", body, REVIEW_REPLY_LIMIT));
    err failure = db_transact(ctx, reply_in_transaction, &answer);
    if (failure && failure->code == ERR_DUPLICATE) /* two replies at once: the key of the second is taken */
        return fail_with(ctx, ERR_CONFLICT, "the reply was changed meanwhile");
    return failure;
}

err review_reply_list(struct ctx *ctx, int64_t review_id, struct review_reply_text **replies, size_t *count)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT reply_no, body, staff_id, at FROM review_replies WHERE shop_id = $1"
                 " AND review_id = $2 ORDER BY reply_no DESC LIMIT $3",
                 db_int(ctx->shop->id), db_int(review_id), db_int(REVIEW_REPLIES_SHOWN)));
    *replies = arena_alloc_many(ctx->arena, db_row_count(rows) + 1, sizeof **replies);
    *count = 0;
    while (db_next(rows))
        (*replies)[(*count)++] = (struct review_reply_text){.reply_no = db_get_int(rows, 0),
                                                            .body = db_get_text(rows, 1),
                                                            .staff_id = db_get_int(rows, 2),
                                                            .at = db_get_int(rows, 3)};
    return NULL;
}

/* ---- reported, hidden, shown, kept ---- */

struct decision {
    int64_t review_id;
    struct review_act act;
};

static err report_in_transaction(struct ctx *ctx, void *arg)
{
    const struct decision *decision = arg;
    const struct review *review;
    TRY(review_load(ctx, decision->review_id, &review));
    if (review->hidden_reason)
        return fail_with(ctx, ERR_CONFLICT, "this review is hidden already");
    if (review->reported_at)
        return fail_with(ctx, ERR_DUPLICATE, "the platform has been asked already");
    TRY(note_act(ctx, review->id, &decision->act));
    TRY(db_expect(ctx, 1, ERR_DUPLICATE, "the platform has been asked already",
                  "UPDATE reviews SET reported_at = $3 WHERE shop_id = $1 AND id = $2"
                  " AND reported_at IS NULL AND hidden_reason = 0",
                  db_int(ctx->shop->id), db_int(review->id), db_int(ctx->now)));
    return audit(ctx, "review.reported", review, review_reason_names[decision->act.reason - 1]);
}

static err hide_in_transaction(struct ctx *ctx, void *arg)
{
    const struct decision *decision = arg;
    const struct review *review;
    TRY(review_load(ctx, decision->review_id, &review));
    if (review->hidden_reason)
        return fail_with(ctx, ERR_CONFLICT, "this review is hidden already");
    TRY(note_act(ctx, review->id, &decision->act));
    TRY(db_expect(ctx, 1, ERR_CONFLICT, "the review changed meanwhile",
                  "UPDATE reviews SET hidden_reason = $3, weight = 0, votes = 0, reported_at = NULL"
                  " WHERE shop_id = $1 AND id = $2 AND hidden_reason = 0 AND weight = $4",
                  db_int(ctx->shop->id), db_int(review->id), db_int(decision->act.reason),
                  db_int(review->weight)));
    struct review_change change = {.product_id = review->product_id,
                                   .stars = review->stars,
                                   .count = decision->act.reason == REVIEW_FABRICATED ? -1 : 0,
                                   .worded = review->weight > 0 ? -1 : 0,
                                   .hidden = 1};
    TRY(review_figures_change(ctx, &change));
    return review_emit(ctx, "review.hidden", review->product_id, review->id);
}

static err show_in_transaction(struct ctx *ctx, void *arg)
{
    const struct decision *decision = arg;
    const struct review *review;
    TRY(review_load(ctx, decision->review_id, &review));
    if (!review->hidden_reason)
        return fail_with(ctx, ERR_CONFLICT, "this review is not hidden");
    int64_t weight = review_weight(review->body, review->follow_body);
    TRY(note_act(ctx, review->id, &decision->act));
    TRY(db_expect(
        ctx, 1, ERR_CONFLICT, "the review changed meanwhile",
        "UPDATE reviews SET hidden_reason = 0, weight = $3, votes = (SELECT COUNT(*) FROM review_votes n"
        " WHERE n.shop_id = $1 AND n.review_id = $2) WHERE shop_id = $1 AND id = $2"
        " AND hidden_reason = $4 AND follow_body = $5",
        db_int(ctx->shop->id), db_int(review->id), db_int(weight), db_int(review->hidden_reason),
        db_text(review->follow_body)));
    struct review_change change = {.product_id = review->product_id,
                                   .stars = review->stars,
                                   .count = review->hidden_reason == REVIEW_FABRICATED,
                                   .worded = weight > 0,
                                   .hidden = -1};
    TRY(review_figures_change(ctx, &change));
    return review_emit(ctx, "review.shown", review->product_id, review->id);
}

static err keep_in_transaction(struct ctx *ctx, void *arg)
{
    const struct decision *decision = arg;
    const struct review *review;
    TRY(review_load(ctx, decision->review_id, &review));
    TRY(note_act(ctx, review->id, &decision->act));
    return db_expect(ctx, 1, ERR_CONFLICT, "nobody reported this review",
                     "UPDATE reviews SET reported_at = NULL WHERE shop_id = $1 AND id = $2"
                     " AND reported_at IS NOT NULL",
                     db_int(ctx->shop->id), db_int(review->id));
}

static err decide(struct ctx *ctx, db_body body, struct decision *decision)
{
    TRY(check_text(ctx, "note", decision->act.note, REVIEW_NOTE_LIMIT));
    TRY(check_text(ctx, "who", decision->act.who, REVIEW_WHO_LIMIT));
    bool wants_reason = decision->act.kind == REVIEW_REPORTED || decision->act.kind == REVIEW_HIDDEN;
    if (wants_reason && (decision->act.reason < REVIEW_UNLAWFUL || decision->act.reason > REVIEW_AUTHORITY))
        return fail_field(ctx, "reason", "required", "a ground of the law is needed");
    err failure = db_transact(ctx, body, decision);
    if (failure && failure->code == ERR_DUPLICATE && decision->act.kind != REVIEW_REPORTED)
        return fail_with(ctx, ERR_CONFLICT, "the review changed meanwhile");
    return failure;
}

err review_report(struct ctx *ctx, int64_t review_id, enum review_reason reason, const char *note,
                  const char *who)
{
    return decide(ctx, report_in_transaction,
                  &(struct decision){review_id, {REVIEW_REPORTED, reason, note, who, 0}});
}

err review_hide(struct ctx *ctx, int64_t review_id, enum review_reason reason, const char *note,
                const char *who)
{
    return decide(ctx, hide_in_transaction,
                  &(struct decision){review_id, {REVIEW_HIDDEN, reason, note, who, 0}});
}

err review_show(struct ctx *ctx, int64_t review_id, const char *note, const char *who)
{
    return decide(ctx, show_in_transaction,
                  &(struct decision){review_id, {REVIEW_SHOWN, REVIEW_NO_REASON, note, who, 0}});
}

err review_keep(struct ctx *ctx, int64_t review_id, const char *note, const char *who)
{
    return decide(ctx, keep_in_transaction,
                  &(struct decision){review_id, {REVIEW_KEPT, REVIEW_NO_REASON, note, who, 0}});
}

err review_act_list(struct ctx *ctx, int64_t review_id, struct review_act **acts, size_t *count)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT kind, reason, note, who, at FROM review_acts WHERE shop_id = $1 AND review_id = $2"
                 " ORDER BY act_no DESC LIMIT $3",
                 db_int(ctx->shop->id), db_int(review_id), db_int(REVIEW_ACTS_SHOWN)));
    *acts = arena_alloc_many(ctx->arena, db_row_count(rows) + 1, sizeof **acts);
    *count = 0;
    while (db_next(rows))
        (*acts)[(*count)++] = (struct review_act){.kind = (enum review_act_kind)db_get_int(rows, 0),
                                                  .reason = (enum review_reason)db_get_int(rows, 1),
                                                  .note = db_get_text(rows, 2),
                                                  .who = db_get_text(rows, 3),
                                                  .at = db_get_int(rows, 4)};
    return NULL;
}
