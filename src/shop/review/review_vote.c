/* review_vote.c - who found a review useful: a keyed hash of an account or a device, and a number. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/crypto.h"
#include "shop/review/review_parts.h"

struct vote {
    int64_t review_id;
    int64_t product_id;
    const char *voter;
};

/* The row of the vote is the guard: the same once more counts nothing. */
static err vote_in_transaction(struct ctx *ctx, void *arg)
{
    const struct vote *vote = arg;
    int64_t added;
    TRY(db_change(ctx, &added,
                  "INSERT INTO review_votes (shop_id, review_id, voter, at) VALUES ($1, $2, $3, $4)"
                  " ON CONFLICT (shop_id, review_id, voter) DO NOTHING",
                  db_int(ctx->shop->id), db_int(vote->review_id), db_text(vote->voter), db_int(ctx->now)));
    if (added == 0)
        return NULL;
    TRY(db_expect(ctx, 1, ERR_CONFLICT, "the words of this review are hidden",
                  "UPDATE reviews SET votes = votes + 1 WHERE shop_id = $1 AND id = $2 AND hidden_reason = 0",
                  db_int(ctx->shop->id), db_int(vote->review_id)));
    return review_emit(ctx, "review.voted", vote->product_id, vote->review_id);
}

err review_vote(struct ctx *ctx, int64_t review_id, const char *voter, const struct review **review)
{
    unsigned char hash[CRYPTO_INDEX_BYTES];
    TRY(review_load(ctx, review_id, review));
    if (!review_can_vote(*review))
        return fail_with(ctx, ERR_CONFLICT, "there is nothing to read in this review");
    crypto_blind_index(ctx, "review-vote", voter, hash);
    struct vote vote = {review_id, (*review)->product_id, crypto_hex(ctx->arena, hash, sizeof hash)};
    TRY(db_transact(ctx, vote_in_transaction, &vote));
    return review_load(ctx, review_id, review);
}

bool review_can_vote(const struct review *review)
{
    return !review->hidden_reason && (review->body[0] || review->pictures[0] || review->followed_at);
}
