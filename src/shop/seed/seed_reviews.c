/* seed_reviews.c - what the buyers of the demo say of what they bought, each proved by an order of the demo.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/seed/seed_demo.h"

#include "shop/review/review.h"

#define THANKS "谢谢喜欢，欢迎再来。"

struct saying {
    int64_t stars;
    bool is_named;
    const char *body;
    const char *reply; /* NULL = none */
    const char *more;  /* NULL = nothing */
};

static const struct saying of_things[] = {
    {5, false, "收到就用上了，做工比图片上还细致，包装也很用心，没有多余的塑料。", THANKS,
     "又用了几天，没有掉色也没有异味，当初没白选。"},
    {4, true, "东西不错，就是快递外箱有点压痕，里面完好。", NULL, NULL},
    {5, false, "很满意。", NULL, NULL},
    {3, false, "比想象的小一点，下单前记得看尺寸。", "谢谢提醒，尺寸已经在介绍里写得更清楚了。", NULL},
    {5, true, "送朋友的，对方很喜欢，追着问在哪里买的。颜色和照片一致，会再来。", THANKS, NULL},
    {5, false, "", NULL, NULL},
    {2, false, "等了好几天才到，东西本身还可以。",
     "让您久等了，很抱歉。我们已经换了更快的线路，下一单会早些到您手上。", NULL},
    {4, false, "用了几天来评价：结实，耐看，价格也合适。", NULL, "洗过几次还和新的一样，补个好评。"},
    {5, true, "第二次买了，一如既往。", NULL, NULL},
};
static const struct saying of_codes[] = {
    {5, false, "付款后马上就收到了，兑换很顺利。", NULL, NULL},
    {4, true, "很方便，晚上十点多买的也是几秒就到。", THANKS, NULL},
};
#define COUNT(sayings) ((int64_t)(sizeof(sayings) / sizeof *(sayings)))

err seed_reviews(struct ctx *buyer, struct ctx *staff, struct ctx *later, const struct order *order,
                 int64_t *count)
{
    for (size_t i = 0; i < order->line_count; i++) {
        const struct review *review;
        const struct saying *saying = order->lines[i].kind == PRODUCT_DIGITAL
                                          ? &of_codes[*count % COUNT(of_codes)]
                                          : &of_things[*count % COUNT(of_things)];
        struct review_draft draft = {.line_no = order->lines[i].line_no,
                                     .stars = saying->stars,
                                     .body = saying->body,
                                     .is_named = saying->is_named};
        TRY(review_write(buyer, order, &draft, &review));
        if (saying->reply)
            TRY(review_reply(staff, review->id, 0, saying->reply));
        if (saying->more && later->now > review->created_at)
            TRY(review_follow(later, order, draft.line_no, saying->more));
        (*count)++;
    }
    return NULL;
}
