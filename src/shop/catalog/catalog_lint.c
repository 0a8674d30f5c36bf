/* catalog_lint.c - words that advertising law does not allow, found in what a shop says of a product.
 *
 * 广告法 (2021) 9(3) forbids 国家级, 最高级, 最佳 and the like; 9(1) and (2) the names and signs of the
 * state. A word that is only part of a harmless one ("第一次", "最近") is not in the list, so the list is of
 * phrases. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/catalog/catalog.h"

#include "base/text.h"

static const char *const absolute_words[] = {
    "国家级",   "世界级",     "宇宙级",   "最高级",   "最佳",     "最优",     "最好",     "最棒",
    "最强",     "最大",       "最小",     "最高",     "最低价",   "最便宜",   "最划算",   "最先进",
    "最安全",   "最受欢迎",   "最畅销",   "最具",     "顶级",     "顶尖",     "极品",     "极致",
    "至尊",     "第一品牌",   "销量第一", "排名第一", "全国第一", "全网第一", "全球第一", "行业第一",
    "世界第一", "唯一",       "独一无二", "绝无仅有", "史无前例", "前无古人", "空前绝后", "万能",
    "无敌",     "百分百有效", "100%有效", "永久有效", "王牌",     "冠军品牌", "领袖品牌", "领导品牌",
    "驰名商标", "国家免检",   "国宴专用", "特供",     "专供",     "全网最低", "史上最",   "国家领导人",
};

struct looked {
    const char *field;
    const char *text;
};

static void look(struct ctx *ctx, struct value *list, const struct looked *looked)
{
    for (size_t i = 0; i < sizeof absolute_words / sizeof *absolute_words; i++) {
        if (!looked->text || !strstr(looked->text, absolute_words[i]))
            continue;
        struct value *found = value_add(ctx->arena, list, *value_object(ctx->arena));
        value_set_text(ctx->arena, found, "field", looked->field);
        value_set_text(ctx->arena, found, "word", absolute_words[i]);
    }
}

struct value *product_lint(struct ctx *ctx, const struct product *product,
                           const struct product_details *details)
{
    const struct looked places[] = {{"title", product->title},
                                    {"subtitle", product->subtitle},
                                    {"description", product->description},
                                    {"seo_title", details->seo_title},
                                    {"seo_description", details->seo_description}};
    struct value *list = value_list(ctx->arena);
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        look(ctx, list, &places[i]);
    return list;
}
