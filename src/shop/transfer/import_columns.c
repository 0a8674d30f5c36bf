/* import_columns.c - the one table of column names: ours, those of Shopify's product file, of 有赞 and of
 * 淘宝数据包. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/transfer/import_columns.h"

#include "base/crypto.h"
#include "base/text.h"
#include <inttypes.h>
#include <strings.h>

#define ATTRIBUTE_PREFIX "attribute:"
#define FINGERPRINT_BYTES 16
#define HEADERS_LIMIT 1048576

static const char *const keys[] = {
    [MEANING_NONE] = "",
    [MEANING_TITLE] = "title",
    [MEANING_SUBTITLE] = "subtitle",
    [MEANING_HANDLE] = "handle",
    [MEANING_KIND] = "kind",
    [MEANING_STATUS] = "status",
    [MEANING_CATEGORY] = "category",
    [MEANING_BRAND] = "brand",
    [MEANING_MODEL] = "model",
    [MEANING_ORIGIN] = "origin",
    [MEANING_TAX_CODE] = "tax_code",
    [MEANING_UNIT] = "unit",
    [MEANING_BASE_COUNT] = "base_count",
    [MEANING_BASE_UNIT] = "base_unit",
    [MEANING_SHELF_LIFE] = "shelf_life_days",
    [MEANING_RETURN_RULE] = "return_rule",
    [MEANING_RETURN_DAYS] = "return_days",
    [MEANING_EXCHANGE_DAYS] = "exchange_days",
    [MEANING_WARRANTY_MONTHS] = "warranty_months",
    [MEANING_FAKE_MULTIPLE] = "fake_multiple",
    [MEANING_SEO_TITLE] = "seo_title",
    [MEANING_SEO_DESCRIPTION] = "seo_description",
    [MEANING_SPECS] = "specs",
    [MEANING_TAGS] = "tags",
    [MEANING_COLLECTIONS] = "collections",
    [MEANING_FREIGHT] = "freight",
    [MEANING_DESCRIPTION] = "description",
    [MEANING_MIN_QUANTITY] = "min_quantity",
    [MEANING_MAX_QUANTITY] = "max_quantity",
    [MEANING_PERSON_QUANTITY] = "person_quantity",
    [MEANING_PERSON_DAYS] = "person_days",
    [MEANING_PRICE_TIERS] = "price_tiers",
    [MEANING_QUESTIONS] = "questions",
    [MEANING_PUBLISH_AT] = "publish_at",
    [MEANING_UNPUBLISH_AT] = "unpublish_at",
    [MEANING_PICTURES] = "pictures",
    [MEANING_PICTURE_ALT] = "picture_alt",
    [MEANING_SKU_PROPS] = "sku_props",
    [MEANING_PROP_ALIAS] = "prop_alias",
    [MEANING_CUSTOM_PROPS] = "custom_props",
    [MEANING_INPUT_PIDS] = "input_pids",
    [MEANING_INPUT_VALUES] = "input_values",
    [MEANING_OPTION1_NAME] = "option1_name",
    [MEANING_OPTION2_NAME] = "option2_name",
    [MEANING_OPTION3_NAME] = "option3_name",
    [MEANING_OPTION4_NAME] = "option4_name",
    [MEANING_OPTION1] = "option1",
    [MEANING_OPTION2] = "option2",
    [MEANING_OPTION3] = "option3",
    [MEANING_OPTION4] = "option4",
    [MEANING_SKU] = "sku",
    [MEANING_BARCODE] = "barcode",
    [MEANING_EXTERNAL_ID] = "external_id",
    [MEANING_VARIANT_STATUS] = "variant_status",
    [MEANING_VARIANT_PICTURE] = "variant_picture",
    [MEANING_PRICE] = "price",
    [MEANING_VARIANT_PRICE_TIERS] = "variant_price_tiers",
    [MEANING_COMPARE_PRICE] = "compare_price",
    [MEANING_COMPARE_KIND] = "compare_kind",
    [MEANING_COMPARE_NOTE] = "compare_note",
    [MEANING_CONTENT_AMOUNT] = "content_amount",
    [MEANING_CONTENT_UNIT] = "content_unit",
    [MEANING_CONTENT_BASE] = "content_base",
    [MEANING_COST] = "cost",
    [MEANING_WEIGHT] = "weight",
    [MEANING_WEIGHT_KG] = "weight_kg",
    [MEANING_VOLUME] = "volume",
    [MEANING_STOCK] = "stock",
    [MEANING_STOCK_EXPECTED] = "stock_expected",
    [MEANING_STOCK_DELTA] = "stock_delta",
    [MEANING_OPTION] = "option",
    [MEANING_ATTRIBUTE] = "attribute",
};

static const struct {
    const char *name;
    enum import_meaning meaning;
} names[] = {
    {"name", MEANING_TITLE},
    {"title", MEANING_TITLE},
    {"商品名称", MEANING_TITLE},
    {"名称", MEANING_TITLE},
    {"标题", MEANING_TITLE},
    {"商品标题", MEANING_TITLE},
    {"宝贝名称", MEANING_TITLE},
    {"宝贝标题", MEANING_TITLE},
    {"subtitle", MEANING_SUBTITLE},
    {"spec", MEANING_SUBTITLE},
    {"规格", MEANING_SUBTITLE},
    {"卖点", MEANING_SUBTITLE},
    {"商品卖点", MEANING_SUBTITLE},
    {"宝贝卖点", MEANING_SUBTITLE},
    {"分享描述", MEANING_SUBTITLE},
    {"副标题", MEANING_SUBTITLE},
    {"一句话介绍", MEANING_SUBTITLE},
    {"handle", MEANING_HANDLE},
    {"url handle", MEANING_HANDLE},
    {"网址名", MEANING_HANDLE},
    {"kind", MEANING_KIND},
    {"类型", MEANING_KIND},
    {"商品类型", MEANING_KIND},
    {"status", MEANING_STATUS},
    {"published", MEANING_STATUS},
    {"published on online store", MEANING_STATUS},
    {"状态", MEANING_STATUS},
    {"商品状态", MEANING_STATUS},
    {"上架状态", MEANING_STATUS},
    {"是否上架", MEANING_STATUS},
    {"category", MEANING_CATEGORY},
    {"type", MEANING_CATEGORY},
    {"product category", MEANING_CATEGORY},
    {"分类", MEANING_CATEGORY},
    {"商品分类", MEANING_CATEGORY},
    {"类目", MEANING_CATEGORY},
    {"商品类目", MEANING_CATEGORY},
    {"商品分组", MEANING_CATEGORY},
    {"店铺类目", MEANING_CATEGORY},
    {"brand", MEANING_BRAND},
    {"vendor", MEANING_BRAND},
    {"品牌", MEANING_BRAND},
    {"商品品牌", MEANING_BRAND},
    {"model", MEANING_MODEL},
    {"型号", MEANING_MODEL},
    {"origin", MEANING_ORIGIN},
    {"产地", MEANING_ORIGIN},
    {"tax code", MEANING_TAX_CODE},
    {"tax_code", MEANING_TAX_CODE},
    {"税收分类编码", MEANING_TAX_CODE},
    {"unit", MEANING_UNIT},
    {"单位", MEANING_UNIT},
    {"计量单位", MEANING_UNIT},
    {"base_count", MEANING_BASE_COUNT},
    {"每单位数量", MEANING_BASE_COUNT},
    {"装箱数", MEANING_BASE_COUNT},
    {"base_unit", MEANING_BASE_UNIT},
    {"基本单位", MEANING_BASE_UNIT},
    {"shelf_life_days", MEANING_SHELF_LIFE},
    {"shelf life (days)", MEANING_SHELF_LIFE},
    {"保质期", MEANING_SHELF_LIFE},
    {"保质期（天）", MEANING_SHELF_LIFE},
    {"保质期(天)", MEANING_SHELF_LIFE},
    {"return_rule", MEANING_RETURN_RULE},
    {"7天无理由退货", MEANING_RETURN_RULE},
    {"七天无理由退货", MEANING_RETURN_RULE},
    {"return_days", MEANING_RETURN_DAYS},
    {"退货期限（天）", MEANING_RETURN_DAYS},
    {"exchange_days", MEANING_EXCHANGE_DAYS},
    {"换货期限（天）", MEANING_EXCHANGE_DAYS},
    {"warranty_months", MEANING_WARRANTY_MONTHS},
    {"保修（月）", MEANING_WARRANTY_MONTHS},
    {"fake_multiple", MEANING_FAKE_MULTIPLE},
    {"假一赔几", MEANING_FAKE_MULTIPLE},
    {"seo title", MEANING_SEO_TITLE},
    {"seo_title", MEANING_SEO_TITLE},
    {"搜索标题", MEANING_SEO_TITLE},
    {"SEO 标题", MEANING_SEO_TITLE},
    {"seo description", MEANING_SEO_DESCRIPTION},
    {"seo_description", MEANING_SEO_DESCRIPTION},
    {"搜索描述", MEANING_SEO_DESCRIPTION},
    {"SEO 描述", MEANING_SEO_DESCRIPTION},
    {"specs", MEANING_SPECS},
    {"规格参数", MEANING_SPECS},
    {"商品参数", MEANING_SPECS},
    {"tags", MEANING_TAGS},
    {"标签", MEANING_TAGS},
    {"商品标签", MEANING_TAGS},
    {"collections", MEANING_COLLECTIONS},
    {"collection", MEANING_COLLECTIONS},
    {"商品集合", MEANING_COLLECTIONS},
    {"集合", MEANING_COLLECTIONS},
    {"freight", MEANING_FREIGHT},
    {"运费模板", MEANING_FREIGHT},
    {"运费模版", MEANING_FREIGHT},
    {"description", MEANING_DESCRIPTION},
    {"body (html)", MEANING_DESCRIPTION},
    {"body html", MEANING_DESCRIPTION},
    {"描述", MEANING_DESCRIPTION},
    {"详情", MEANING_DESCRIPTION},
    {"商品描述", MEANING_DESCRIPTION},
    {"商品详情", MEANING_DESCRIPTION},
    {"宝贝描述", MEANING_DESCRIPTION},
    {"min_quantity", MEANING_MIN_QUANTITY},
    {"起购件数", MEANING_MIN_QUANTITY},
    {"起售数量", MEANING_MIN_QUANTITY},
    {"max_quantity", MEANING_MAX_QUANTITY},
    {"每单限购", MEANING_MAX_QUANTITY},
    {"person_quantity", MEANING_PERSON_QUANTITY},
    {"每人限购", MEANING_PERSON_QUANTITY},
    {"person_days", MEANING_PERSON_DAYS},
    {"每人限购周期（天）", MEANING_PERSON_DAYS},
    {"price_tiers", MEANING_PRICE_TIERS},
    {"批发价", MEANING_PRICE_TIERS},
    {"questions", MEANING_QUESTIONS},
    {"要填的信息", MEANING_QUESTIONS},
    {"publish_at", MEANING_PUBLISH_AT},
    {"上架时间", MEANING_PUBLISH_AT},
    {"定时上架", MEANING_PUBLISH_AT},
    {"unpublish_at", MEANING_UNPUBLISH_AT},
    {"下架时间", MEANING_UNPUBLISH_AT},
    {"定时下架", MEANING_UNPUBLISH_AT},
    {"pictures", MEANING_PICTURES},
    {"images", MEANING_PICTURES},
    {"picture", MEANING_PICTURES},
    {"image", MEANING_PICTURES},
    {"image src", MEANING_PICTURES},
    {"product image url", MEANING_PICTURES},
    {"图片", MEANING_PICTURES},
    {"图片地址", MEANING_PICTURES},
    {"商品图片", MEANING_PICTURES},
    {"商品主图", MEANING_PICTURES},
    {"图片文件", MEANING_PICTURES},
    {"宝贝图片", MEANING_PICTURES},
    {"新图片", MEANING_PICTURES},
    {"picture_alt", MEANING_PICTURE_ALT},
    {"image alt text", MEANING_PICTURE_ALT},
    {"图片描述", MEANING_PICTURE_ALT},
    {"图片替代文字", MEANING_PICTURE_ALT},
    {"替代文字", MEANING_PICTURE_ALT},
    {"skuprops", MEANING_SKU_PROPS},
    {"销售属性组合", MEANING_SKU_PROPS},
    {"propalias", MEANING_PROP_ALIAS},
    {"销售属性别名", MEANING_PROP_ALIAS},
    {"inputcustomcpv", MEANING_CUSTOM_PROPS},
    {"自定义属性值", MEANING_CUSTOM_PROPS},
    {"inputpids", MEANING_INPUT_PIDS},
    {"用户输入ID串", MEANING_INPUT_PIDS},
    {"inputvalues", MEANING_INPUT_VALUES},
    {"用户输入名-值对", MEANING_INPUT_VALUES},
    {"variant_picture", MEANING_VARIANT_PICTURE},
    {"variant image", MEANING_VARIANT_PICTURE},
    {"规格图片", MEANING_VARIANT_PICTURE},
    {"规格图", MEANING_VARIANT_PICTURE},
    {"SKU图片", MEANING_VARIANT_PICTURE},
    {"option1 name", MEANING_OPTION1_NAME},
    {"option2 name", MEANING_OPTION2_NAME},
    {"option3 name", MEANING_OPTION3_NAME},
    {"option4 name", MEANING_OPTION4_NAME},
    {"option1_name", MEANING_OPTION1_NAME},
    {"option2_name", MEANING_OPTION2_NAME},
    {"option3_name", MEANING_OPTION3_NAME},
    {"option4_name", MEANING_OPTION4_NAME},
    {"规格1名称", MEANING_OPTION1_NAME},
    {"规格2名称", MEANING_OPTION2_NAME},
    {"规格3名称", MEANING_OPTION3_NAME},
    {"规格4名称", MEANING_OPTION4_NAME},
    {"规格名1", MEANING_OPTION1_NAME},
    {"规格名2", MEANING_OPTION2_NAME},
    {"规格名3", MEANING_OPTION3_NAME},
    {"一级规格名", MEANING_OPTION1_NAME},
    {"二级规格名", MEANING_OPTION2_NAME},
    {"三级规格名", MEANING_OPTION3_NAME},
    {"option1 value", MEANING_OPTION1},
    {"option2 value", MEANING_OPTION2},
    {"option3 value", MEANING_OPTION3},
    {"option4 value", MEANING_OPTION4},
    {"option1", MEANING_OPTION1},
    {"option2", MEANING_OPTION2},
    {"option3", MEANING_OPTION3},
    {"option4", MEANING_OPTION4},
    {"规格1", MEANING_OPTION1},
    {"规格2", MEANING_OPTION2},
    {"规格3", MEANING_OPTION3},
    {"规格4", MEANING_OPTION4},
    {"规格值1", MEANING_OPTION1},
    {"规格值2", MEANING_OPTION2},
    {"规格值3", MEANING_OPTION3},
    {"一级规格值", MEANING_OPTION1},
    {"二级规格值", MEANING_OPTION2},
    {"三级规格值", MEANING_OPTION3},
    {"sku", MEANING_SKU},
    {"variant sku", MEANING_SKU},
    {"货号", MEANING_SKU},
    {"商品编码", MEANING_SKU},
    {"规格编码", MEANING_SKU},
    {"商家编码", MEANING_SKU},
    {"outer_id", MEANING_SKU},
    {"barcode", MEANING_BARCODE},
    {"variant barcode", MEANING_BARCODE},
    {"条码", MEANING_BARCODE},
    {"商品条码", MEANING_BARCODE},
    {"规格条码", MEANING_BARCODE},
    {"条形码", MEANING_BARCODE},
    {"external_id", MEANING_EXTERNAL_ID},
    {"external id", MEANING_EXTERNAL_ID},
    {"外部编号", MEANING_EXTERNAL_ID},
    {"外部编码", MEANING_EXTERNAL_ID},
    {"variant_status", MEANING_VARIANT_STATUS},
    {"规格状态", MEANING_VARIANT_STATUS},
    {"variant_price_tiers", MEANING_VARIANT_PRICE_TIERS},
    {"规格批发价", MEANING_VARIANT_PRICE_TIERS},
    {"price", MEANING_PRICE},
    {"variant price", MEANING_PRICE},
    {"价格", MEANING_PRICE},
    {"售价", MEANING_PRICE},
    {"商品价格", MEANING_PRICE},
    {"销售价", MEANING_PRICE},
    {"宝贝价格", MEANING_PRICE},
    {"compare_price", MEANING_COMPARE_PRICE},
    {"compare at price", MEANING_COMPARE_PRICE},
    {"variant compare at price", MEANING_COMPARE_PRICE},
    {"划线价", MEANING_COMPARE_PRICE},
    {"商品划线价", MEANING_COMPARE_PRICE},
    {"compare_kind", MEANING_COMPARE_KIND},
    {"划线价是什么", MEANING_COMPARE_KIND},
    {"compare_note", MEANING_COMPARE_NOTE},
    {"划线价来源", MEANING_COMPARE_NOTE},
    {"content_amount", MEANING_CONTENT_AMOUNT},
    {"每件含量", MEANING_CONTENT_AMOUNT},
    {"content_unit", MEANING_CONTENT_UNIT},
    {"含量单位", MEANING_CONTENT_UNIT},
    {"content_base", MEANING_CONTENT_BASE},
    {"单位价按", MEANING_CONTENT_BASE},
    {"cost", MEANING_COST},
    {"cost per item", MEANING_COST},
    {"成本", MEANING_COST},
    {"成本价", MEANING_COST},
    {"weight", MEANING_WEIGHT},
    {"variant grams", MEANING_WEIGHT},
    {"重量", MEANING_WEIGHT},
    {"重量（克）", MEANING_WEIGHT},
    {"重量(克)", MEANING_WEIGHT},
    {"重量(g)", MEANING_WEIGHT},
    {"重量（g）", MEANING_WEIGHT},
    {"weight_kg", MEANING_WEIGHT_KG},
    {"重量(kg)", MEANING_WEIGHT_KG},
    {"重量（kg）", MEANING_WEIGHT_KG},
    {"商品重量(kg)", MEANING_WEIGHT_KG},
    {"volume", MEANING_VOLUME},
    {"体积", MEANING_VOLUME},
    {"体积（cm³）", MEANING_VOLUME},
    {"体积（立方厘米）", MEANING_VOLUME},
    {"stock", MEANING_STOCK},
    {"variant inventory qty", MEANING_STOCK},
    {"库存", MEANING_STOCK},
    {"商品库存", MEANING_STOCK},
    {"宝贝数量", MEANING_STOCK},
    {"num", MEANING_STOCK},
    {"stock_expected", MEANING_STOCK_EXPECTED},
    {"原库存", MEANING_STOCK_EXPECTED},
    {"导出时库存", MEANING_STOCK_EXPECTED},
    {"stock_delta", MEANING_STOCK_DELTA},
    {"库存增减", MEANING_STOCK_DELTA},
    {"颜色", MEANING_OPTION},
    {"颜色分类", MEANING_OPTION},
    {"尺码", MEANING_OPTION},
    {"尺寸", MEANING_OPTION},
    {"color", MEANING_OPTION},
    {"colour", MEANING_OPTION},
    {"size", MEANING_OPTION},
};

const char *import_meaning_key(enum import_meaning meaning)
{
    return keys[meaning];
}

const char *import_column_key(struct ctx *ctx, const struct import_column *column)
{
    if (column->meaning != MEANING_ATTRIBUTE)
        return keys[column->meaning];
    return arena_format(ctx->arena, ATTRIBUTE_PREFIX "%" PRId64, column->attribute_id);
}

bool import_column_of_key(const char *key, struct import_column *column)
{
    column->attribute_id = 0;
    if (text_starts(key, ATTRIBUTE_PREFIX)) {
        column->meaning = MEANING_ATTRIBUTE;
        return text_to_int(key + strlen(ATTRIBUTE_PREFIX), &column->attribute_id) && column->attribute_id > 0;
    }
    for (size_t i = 0; i < MEANING_ATTRIBUTE; i++)
        if (text_is(keys[i], key)) {
            column->meaning = (enum import_meaning)i;
            return true;
        }
    return false;
}

void import_column_guess(struct ctx *ctx, const struct attribute *attributes, size_t count,
                         const char *header, struct import_column *column)
{
    const char *name = text_trim(ctx->arena, header);
    *column = (struct import_column){.header = name};
    for (size_t i = 0; i < count; i++)
        if (text_is(attributes[i].name, name) || (name[0] && text_is(attributes[i].name_en, name))) {
            column->meaning = MEANING_ATTRIBUTE;
            column->attribute_id = attributes[i].id;
            return;
        }
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcasecmp(names[i].name, name) == 0) {
            column->meaning = names[i].meaning;
            return;
        }
}

static err settle_one(struct ctx *ctx, struct import_columns *columns, const struct import_column *column)
{
    if (column->meaning == MEANING_ATTRIBUTE)
        columns->attribute_count++;
    if (column->meaning == MEANING_NONE || column->meaning >= MEANING_CELLS)
        return NULL;
    const struct import_column *other = columns->of[column->meaning];
    if (other)
        return fail_field(ctx, column->header, "duplicate",
                          arena_format(ctx->arena, "the columns \"%s\" and \"%s\" mean the same; keep one",
                                       other->header, column->header));
    columns->of[column->meaning] = column;
    return NULL;
}

err import_columns_settle(struct ctx *ctx, struct import_columns *columns)
{
    memset(columns->of, 0, sizeof columns->of);
    columns->attribute_count = 0;
    for (size_t i = 0; i < columns->count; i++)
        TRY(settle_one(ctx, columns, &columns->items[i]));
    return NULL;
}

const char *import_fingerprint(struct ctx *ctx, const struct import_columns *columns)
{
    struct text_buf text;
    unsigned char hash[CRYPTO_HASH_BYTES];
    text_open(&text, ctx->arena, HEADERS_LIMIT);
    for (size_t i = 0; i < columns->count; i++)
        text_add_format(&text, "%s\n", columns->items[i].header);
    crypto_sha256(text_of(&text), text.len, hash);
    return crypto_hex(ctx->arena, hash, FINGERPRINT_BYTES);
}
