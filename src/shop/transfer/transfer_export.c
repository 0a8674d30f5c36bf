/* transfer_export.c - the table of products, and what all tables share. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/transfer/transfer_export.h"

#include "base/clock.h"
#include "base/money.h"
#include "base/text.h"
#include "shop/inventory/inventory.h"
#include "shop/transfer/import_columns.h"
#include <inttypes.h>

#define SPECS_TEXT_LIMIT ((size_t)65536)

struct heading {
    const char *english;
    const char *chinese;
};

static const struct heading product_headings[] = {
    {"handle", "网址名"},
    {"title", "商品名称"},
    {"category", "分类"},
    {"kind", "类型"},
    {"status", "状态"},
    {"subtitle", "副标题"},
    {"brand", "品牌"},
    {"model", "型号"},
    {"origin", "产地"},
    {"tax_code", "税收分类编码"},
    {"unit", "单位"},
    {"base_count", "每单位数量"},
    {"base_unit", "基本单位"},
    {"shelf_life_days", "保质期（天）"},
    {"return_rule", "7天无理由退货"},
    {"return_days", "退货期限（天）"},
    {"exchange_days", "换货期限（天）"},
    {"warranty_months", "保修（月）"},
    {"fake_multiple", "假一赔几"},
    {"seo_title", "搜索标题"},
    {"seo_description", "搜索描述"},
    {"specs", "规格参数"},
    {"tags", "标签"},
    {"collections", "商品集合"},
    {"freight", "运费模板"},
    {"description", "描述"},
    {"min_quantity", "起购件数"},
    {"max_quantity", "每单限购"},
    {"person_quantity", "每人限购"},
    {"person_days", "每人限购周期（天）"},
    {"price_tiers", "批发价"},
    {"questions", "要填的信息"},
    {"publish_at", "定时上架"},
    {"unpublish_at", "定时下架"},
    {"pictures", "图片"},
    {"picture_alt", "图片替代文字"},
    {"option1_name", "规格1名称"},
    {"option1", "规格1"},
    {"option2_name", "规格2名称"},
    {"option2", "规格2"},
    {"option3_name", "规格3名称"},
    {"option3", "规格3"},
    {"option4_name", "规格4名称"},
    {"option4", "规格4"},
    {"sku", "货号"},
    {"barcode", "条码"},
    {"external_id", "外部编号"},
    {"variant_status", "规格状态"},
    {"variant_picture", "规格图片"},
    {"price", "价格"},
    {"variant_price_tiers", "规格批发价"},
    {"compare_price", "划线价"},
    {"compare_kind", "划线价是什么"},
    {"compare_note", "划线价来源"},
    {"content_amount", "每件含量"},
    {"content_unit", "含量单位"},
    {"content_base", "单位价按"},
    {"cost", "成本"},
    {"weight", "重量（克）"},
    {"volume", "体积（cm³）"},
    {"stock", "库存"},
};
#define PRODUCT_HEADINGS (sizeof product_headings / sizeof *product_headings)
/* Columns of the product itself behind the five that every row has, before those of attributes. */
#define PRODUCT_ONLY 31

static const struct heading order_headings[] = {
    {"number", "订单号"},      {"stage", "状态"},
    {"placed_at", "下单时间"}, {"paid_at", "付款时间"},
    {"currency", "币种"},      {"total", "金额"},
    {"paid", "已付"},          {"refunded", "已退"},
    {"items", "件数"},         {"first_product", "商品"},
    {"phone", "买家手机"},     {"email", "买家邮箱"},
    {"receiver", "收货人"},    {"receiver_phone", "收货手机"},
    {"region", "地区"},        {"address", "详细地址"},
    {"note", "买家留言"},      {"answers", "买家填写"},
    {"freight", "运费"},
};
static const struct heading category_headings[] = {
    {"path", "分类路径"}, {"handle", "网址名"},       {"name", "名称"},       {"name_en", "英文名称"},
    {"summary", "简介"},  {"summary_en", "英文简介"}, {"products", "商品数"}, {"on_shelf", "在售商品数"},
};
static const struct heading tag_headings[] = {{"tag", "标签"}, {"products", "商品数"}, {"group", "分组"}};
static const struct heading media_headings[] = {
    {"id", "编号"},      {"file_name", "文件名"}, {"format", "格式"},
    {"width", "宽"},     {"height", "高"},        {"bytes", "字节数"},
    {"alt", "替代文字"}, {"uses", "使用次数"},    {"created_at", "上传时间"},
};

static const struct heading deck_headings[] = {
    {"sku", "货号"},      {"product", "商品"}, {"variant", "规格"},
    {"mode", "发货方式"}, {"left", "剩余"},    {"dealt", "已发出"},
    {"owed", "欠发"},     {"expired", "过期"}, {"expires_on", "最早到期"},
    {"low_at", "提醒线"},
};
static const struct heading import_headings[] = {
    {"file", "文件"},
    {"state", "状态"},
    {"uploaded_at", "上传时间"},
    {"finished_at", "完成时间"},
    {"by", "操作人"},
    {"rows", "行数"},
    {"new", "新建"},
    {"changed", "修改"},
    {"unchanged", "未变"},
    {"refused", "有错误"},
    {"problems", "错误"},
    {"notes", "提醒"},
    {"undone", "已撤销"},
};

static const struct heading audit_headings[] = {
    {"at", "时间"},      {"who", "人员"},   {"by", "身份"},     {"kind", "操作"},
    {"subject", "对象"}, {"title", "名称"}, {"before", "之前"}, {"after", "之后"},
};

static const struct heading review_headings[] = {
    {"at", "时间"},
    {"product", "商品"},
    {"variant", "规格"},
    {"stars", "星级"},
    {"review", "评价"},
    {"author", "署名"},
    {"followed_at", "追评时间"},
    {"follow_up", "追评"},
    {"replied_at", "回复时间"},
    {"reply", "回复"},
    {"reported_at", "举报时间"},
    {"hidden_for", "隐藏原因"},
    {"pictures", "晒图"},
};
static const struct heading message_headings[] = {
    {"at", "时间"},          {"occasion", "场合"},   {"subject", "对象"},
    {"recipient", "收件人"}, {"state", "状态"},      {"attempts", "次数"},
    {"problem", "原因"},     {"detail", "对方的话"}, {"tried_at", "最近一次"},
};

static const struct heading alarm_headings[] = {
    {"at", "时间"}, {"kind", "种类"}, {"subject", "对象"}, {"detail", "详情"}, {"settled_at", "处理时间"},
};
static const struct heading job_headings[] = {
    {"stopped_at", "停下的时间"}, {"kind", "种类"},  {"subject", "对象"},
    {"attempts", "次数"},         {"error", "原因"},
};
static const struct heading price_headings[] = {
    {"at", "时间"}, {"price", "售价"}, {"compare_price", "划线价"}, {"who", "谁改的"}, {"by", "身份"},
};

static const struct heading promotion_headings[] = {
    {"name", "名称"},
    {"rule", "优惠内容"},
    {"kind", "类型"},
    {"code", "优惠码"},
    {"starts_at", "开始"},
    {"ends_at", "结束"},
    {"state", "状态"},
    {"orders", "使用订单数"},
    {"given", "优惠金额"},
    {"orders_most", "总次数上限"},
    {"person_most", "每人次数"},
    {"given_most", "总金额上限"},
};

static const struct heading ledger_headings[] = {
    {"at", "时间"},
    {"kind", "事项"},
    {"debit_code", "借方科目代码"},
    {"debit", "借方科目"},
    {"credit_code", "贷方科目代码"},
    {"credit", "贷方科目"},
    {"amount", "金额"},
    {"currency", "币种"},
    {"gateway", "支付渠道"},
    {"order", "订单号"},
    {"entry", "分录编号"},
    {"reason", "说明"},
    {"reference", "凭证号"},
};

static const struct heading movement_headings[] = {
    {"at", "时间"},       {"kind", "变动"},    {"location", "仓库"}, {"on_hand", "在库"},
    {"reserved", "占用"}, {"damaged", "损坏"}, {"qc", "质检"},       {"safety", "安全库存"},
    {"incoming", "在途"}, {"order", "订单"},   {"reason", "原因"},   {"who", "操作人"},
    {"by", "身份"},
};

static const struct heading redirect_headings[] = {{"old_address", "旧网址"}, {"new_address", "新网址"}};

#define COUNT(list) (sizeof(list) / sizeof *(list))

static const struct {
    const struct heading *headings;
    size_t count;
    const char *title; /* of the sheet */
    err (*rows)(struct ctx *ctx, struct export *export);
} kinds[] = {
    [EXPORT_PRODUCTS] = {product_headings, COUNT(product_headings), "products", export_products_rows},
    [EXPORT_ORDERS] = {order_headings, COUNT(order_headings), "orders", export_orders_rows},
    [EXPORT_CATEGORIES] = {category_headings, COUNT(category_headings), "categories", export_categories_rows},
    [EXPORT_TAGS] = {tag_headings, COUNT(tag_headings), "tags", export_tags_rows},
    [EXPORT_MEDIA] = {media_headings, COUNT(media_headings), "pictures", export_media_rows},
    [EXPORT_DECKS] = {deck_headings, COUNT(deck_headings), "codes", export_decks_rows},
    [EXPORT_IMPORTS] = {import_headings, COUNT(import_headings), "imports", export_imports_rows},
    [EXPORT_AUDIT] = {audit_headings, COUNT(audit_headings), "audit", export_audit_rows},
    [EXPORT_REVIEWS] = {review_headings, COUNT(review_headings), "reviews", export_reviews_rows},
    [EXPORT_MESSAGES] = {message_headings, COUNT(message_headings), "messages", export_messages_rows},
    [EXPORT_ALARMS] = {alarm_headings, COUNT(alarm_headings), "alarms", export_alarms_rows},
    [EXPORT_JOBS] = {job_headings, COUNT(job_headings), "jobs", export_jobs_rows},
    [EXPORT_MOVEMENTS] = {movement_headings, COUNT(movement_headings), "stock", export_movements_rows},
    [EXPORT_PRICES] = {price_headings, COUNT(price_headings), "prices", export_prices_rows},
    [EXPORT_PROMOTIONS] = {promotion_headings, COUNT(promotion_headings), "offers", export_promotions_rows},
    [EXPORT_REDIRECTS] = {redirect_headings, COUNT(redirect_headings), "redirects", export_redirects_rows},
    [EXPORT_LEDGER] = {ledger_headings, COUNT(ledger_headings), "ledger", export_ledger_rows},
};

/* ---- products ---- */

/* Whether anything is to be asked for at all. */
static err find_hand_collections(struct ctx *ctx, bool *has_hand)
{
    struct collection *collections;
    size_t count;
    TRY(collection_list(ctx, &collections, &count));
    *has_hand = false;
    for (size_t i = 0; i < count; i++)
        *has_hand = *has_hand || (!collections[i].is_smart && collections[i].product_count > 0);
    return NULL;
}

err export_products_begin(struct ctx *ctx, struct export *export)
{
    struct category *categories;
    struct attribute *attributes;
    TRY(category_list(ctx, &categories, &export->category_count));
    TRY(attribute_list(ctx, &attributes, &export->attribute_count));
    TRY(find_hand_collections(ctx, &export->has_hand));
    TRY(freight_template_list(ctx, &export->freights, &export->freight_count));
    export->freight = "";
    export->categories = categories;
    export->attributes = attributes;
    size_t room = SHEET_COLUMN_LIMIT - PRODUCT_HEADINGS;
    if (export->attribute_count > room)
        export->attribute_count = room;
    if (!export->filter.q[0])
        return NULL;
    const struct product *found;
    TRY(product_find_by_sku(ctx, export->filter.q, &found));
    export->only_id = found ? found->id : 0;
    export->filter.products.title_prefix = export->filter.q;
    export->filter.products.status = 0;
    return NULL;
}

static const char *category_text(struct ctx *ctx, const struct export *export, int64_t category_id)
{
    const struct category *trail[CATEGORY_DEPTH_LIMIT];
    size_t count = category_trail(export->categories, export->category_count, category_id, trail);
    if (count <= 1)
        return count == 1 ? trail[0]->name : "";
    struct text_buf text;
    text_open(&text, ctx->arena, SPECS_TEXT_LIMIT);
    for (size_t i = 0; i < count; i++) {
        text_add(&text, i > 0 ? " › " : "");
        text_add(&text, trail[i]->name);
    }
    return text_of(&text);
}

static const char *specs_text(struct ctx *ctx, const struct value *specs)
{
    size_t count = value_count(specs);
    if (count == 0)
        return "";
    struct text_buf text;
    text_open(&text, ctx->arena, SPECS_TEXT_LIMIT);
    for (size_t i = 0; i < count; i++) {
        const char *name = value_find_text(value_at(specs, i), "name");
        const char *value = value_find_text(value_at(specs, i), "value");
        text_add(&text, i > 0 ? "\n" : "");
        text_add(&text, name ? name : "");
        text_add(&text, ": ");
        text_add(&text, value ? value : "");
    }
    return text_of(&text);
}

static const char *attribute_text(struct ctx *ctx, const struct product_whole *whole, int64_t attribute_id)
{
    const char *first = "";
    struct text_buf text = {0};
    for (size_t i = 0; i < whole->attribute_count; i++) {
        if (whole->attributes[i].attribute_id != attribute_id)
            continue;
        if (!first[0]) {
            first = whole->attributes[i].value;
            continue;
        }
        if (!text.arena) {
            text_open(&text, ctx->arena, SPECS_TEXT_LIMIT);
            text_add(&text, first);
        }
        text_add(&text, ",");
        text_add(&text, whole->attributes[i].value);
    }
    return text.arena ? text_of(&text) : first;
}

/* Nothing where nothing is said, which keeps what is there. */
static void put_count(struct sheet_writer *writer, int64_t count)
{
    if (count > 0)
        sheet_put_int(writer, count);
    else
        sheet_put_text(writer, "");
}

static void put_word(const struct export *export, enum import_meaning meaning, int64_t number)
{
    sheet_put_text(export->writer, number > 0 ? import_word(meaning, number, export->is_english) : "");
}

static void put_after_sale(const struct export *export, const struct after_sale *promise)
{
    put_word(export, MEANING_RETURN_RULE, promise->return_rule);
    put_count(export->writer, promise->return_days);
    put_count(export->writer, promise->exchange_days);
    put_count(export->writer, promise->warranty_months);
    put_count(export->writer, promise->fake_multiple);
}

static void put_terms(const struct export *export, const struct variant_terms *terms)
{
    bool is_struck = terms->compare_price > 0;
    if (is_struck)
        sheet_put_decimal(export->writer, terms->compare_price, export->digits);
    else
        sheet_put_text(export->writer, "");
    put_word(export, MEANING_COMPARE_KIND, is_struck ? (int64_t)terms->compare_kind : 0);
    sheet_put_text(export->writer, terms->compare_note);
    put_count(export->writer, terms->content_amount);
    put_word(export, MEANING_CONTENT_UNIT, terms->content_unit);
    put_word(export, MEANING_CONTENT_BASE, terms->content_base);
}

static void put_time(const struct ctx *ctx, struct sheet_writer *writer, int64_t at)
{
    sheet_put_text(writer, at ? clock_format(ctx->arena, at, ctx->shop->zone, "%Y-%m-%d %H:%M") : "");
}

static err put_buying(struct ctx *ctx, const struct export *export, const struct product_whole *whole)
{
    const struct variant *variant = whole->variants;
    const char *questions;
    TRY(questions_words(ctx, variant->questions, export->is_english, &questions));
    put_count(export->writer, variant->min_quantity > 1 ? variant->min_quantity : 0);
    put_count(export->writer, variant->max_quantity);
    put_count(export->writer, variant->person_quantity);
    put_count(export->writer, variant->person_days);
    sheet_put_text(export->writer, price_tiers_words(ctx, variant->common_tiers));
    sheet_put_text(export->writer, questions);
    put_time(ctx, export->writer, whole->schedule.publish_at);
    put_time(ctx, export->writer, whole->schedule.unpublish_at);
    return NULL;
}

static err put_product(struct ctx *ctx, const struct export *export, const struct product_whole *whole)
{
    struct sheet_writer *writer = export->writer;
    const struct product *product = &whole->product;
    const struct product_details *details = &whole->details;
    sheet_put_text(writer, product->subtitle);
    sheet_put_text(writer, product->brand);
    sheet_put_text(writer, details->model);
    sheet_put_text(writer, details->origin);
    sheet_put_text(writer, details->tax_code);
    sheet_put_text(writer, details->unit);
    put_count(writer, details->base_count);
    sheet_put_text(writer, details->base_unit);
    put_count(writer, details->shelf_life_days);
    put_after_sale(export, &details->after_sale);
    sheet_put_text(writer, details->seo_title);
    sheet_put_text(writer, details->seo_description);
    sheet_put_text(writer, specs_text(ctx, details->specs));
    sheet_put_text(writer, whole->tags);
    sheet_put_text(writer, whole->collections);
    sheet_put_text(writer, export->freight);
    sheet_put_text(writer, product->description);
    TRY(put_buying(ctx, export, whole));
    sheet_put_text(writer, whole->pictures);
    sheet_put_text(writer, whole->picture_alts);
    return NULL;
}

static const char *text_at(const struct value *list, size_t index)
{
    const struct value *value = index < value_count(list) ? value_at(list, index) : NULL;
    return value && value->kind == VALUE_TEXT ? value->text : "";
}

static void put_variant(struct ctx *ctx, const struct export *export, const struct product *product,
                        const struct variant *variant, const struct stock *stock)
{
    struct sheet_writer *writer = export->writer;
    for (size_t i = 0; i < PRODUCT_OPTION_LIMIT; i++) {
        bool is_there = i < value_count(product->options);
        const char *name = is_there ? value_find_text(value_at(product->options, i), "name") : "";
        sheet_put_text(writer, name);
        sheet_put_text(writer, is_there ? text_at(variant->options, i) : "");
    }
    sheet_put_text(writer, variant->sku);
    sheet_put_text(writer, variant->barcode);
    sheet_put_text(writer, variant->external_id);
    put_word(export, MEANING_VARIANT_STATUS, variant->is_active ? VARIANT_ON : VARIANT_OFF);
    sheet_put_text(writer, variant->picture_id ? variant->picture_id : "");
    sheet_put_decimal(writer, variant->price, export->digits);
    sheet_put_text(writer, price_tiers_words(ctx, variant->own_tiers));
    put_terms(export, &variant->terms);
    if (variant->cost == COST_UNKNOWN)
        sheet_put_text(writer, "");
    else
        sheet_put_decimal(writer, variant->cost, export->digits);
    sheet_put_int(writer, variant->weight);
    sheet_put_int(writer, variant->volume);
    if (variant->kind == PRODUCT_DIGITAL) /* its stock are its codes */
        sheet_put_text(writer, "");
    else
        sheet_put_int(writer, stock->on_hand);
}

/* One that is switched off, as long as it could be sold: its choice is one of the product, and no other's. */
static bool is_listed(const struct product_whole *whole, const struct variant *variant)
{
    size_t count = value_count(whole->product.options);
    bool is_fit = value_count(variant->options) == count;
    for (size_t i = 0; i < whole->variant_count && !variant->is_active && is_fit; i++)
        is_fit = !whole->variants[i].is_active || !text_is(whole->variants[i].title, variant->title);
    for (size_t i = 0; i < count && !variant->is_active && is_fit; i++) {
        const struct value *values = value_find(value_at(whole->product.options, i), "values");
        bool is_known = false;
        for (size_t j = 0; j < value_count(values); j++)
            is_known = is_known || text_is(value_at(values, j)->text, text_at(variant->options, i));
        is_fit = is_known;
    }
    return variant->is_active || is_fit;
}

err export_put_product(struct ctx *ctx, const struct export *export, const struct product_whole *whole,
                       const struct stock *stocks, size_t stock_count)
{
    static const char *const words[][4] = {{"", "草稿", "上架", "归档"}, {"", "draft", "active", "archived"}};
    static const char *const kinds_of[][3] = {{"", "实物", "数字"}, {"", "physical", "digital"}};
    const struct product *product = &whole->product;
    const char *category = category_text(ctx, export, product->category_id);
    bool is_first = true;
    for (size_t i = 0; i < whole->variant_count; i++) {
        if (!is_listed(whole, &whole->variants[i]))
            continue;
        sheet_put_text(export->writer, product->handle);
        sheet_put_text(export->writer, product->title);
        sheet_put_text(export->writer, category);
        sheet_put_text(export->writer, kinds_of[export->is_english][product->kind]);
        sheet_put_text(export->writer, words[export->is_english][product->status]);
        if (is_first)
            TRY(put_product(ctx, export, whole));
        else
            for (size_t j = 0; j < PRODUCT_ONLY; j++)
                sheet_put_text(export->writer, "");
        struct stock stock = stock_among(stocks, stock_count, whole->variants[i].id);
        put_variant(ctx, export, product, &whole->variants[i], &stock);
        for (size_t j = 0; j < export->attribute_count; j++)
            sheet_put_text(export->writer,
                           is_first ? attribute_text(ctx, whole, export->attributes[j].id) : "");
        sheet_end_row(export->writer);
        is_first = false;
    }
    return NULL;
}

/* ---- all tables ---- */

void export_keep_cursor(struct export *export, const char *cursor)
{
    export->is_listed = !cursor;
    snprintf(export->cursor, sizeof export->cursor, "%s", cursor ? cursor : "");
}

static void put_headings(struct ctx *ctx, const struct export *export)
{
    for (size_t i = 0; i < kinds[export->kind].count; i++) {
        const struct heading *heading = &kinds[export->kind].headings[i];
        sheet_put_text(export->writer, export->is_english ? heading->english : heading->chinese);
    }
    for (size_t i = 0; i < export->attribute_count; i++)
        sheet_put_text(export->writer, attribute_name(ctx, &export->attributes[i]));
    sheet_end_row(export->writer);
}

err export_open(struct ctx *ctx, enum export_kind kind, const struct export_filter *filter,
                enum sheet_format format, struct export **made)
{
    struct export *export = arena_alloc(ctx->arena, sizeof *export);
    *export = (struct export){.kind = kind,
                              .filter = *filter,
                              .is_english = text_is(ctx->locale, "en"),
                              .digits = money_exponent(ctx->shop->currency)};
    if (kind == EXPORT_PRODUCTS)
        TRY(export_products_begin(ctx, export));
    TRY(sheet_writer_open(ctx, format, kinds[kind].title, &export->writer));
    *made = export;
    return NULL;
}

err export_next(struct ctx *ctx, struct export *export, struct text_buf *out, bool *more)
{
    sheet_writer_to(export->writer, out);
    if (!export->is_begun)
        put_headings(ctx, export);
    export->is_begun = true;
    if (export->is_listed)
        return sheet_writer_rest(ctx, export->writer, out, more);
    *more = true;
    return kinds[export->kind].rows(ctx, export);
}

void export_close(struct ctx *ctx, struct export *export)
{
    export_products_end(ctx, export);
    sheet_writer_close(export->writer);
}
