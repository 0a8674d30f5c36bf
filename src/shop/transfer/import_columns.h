/* import_columns.h - what the columns of a product file can mean, and what people call them. Private to
 * transfer. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/ctx.h"
#include "base/value.h"
#include "sheet/sheet.h"
#include "shop/catalog/catalog.h"

enum import_meaning {
    MEANING_NONE,
    /* Of the product. */
    MEANING_TITLE,
    MEANING_SUBTITLE,
    MEANING_HANDLE,
    MEANING_KIND,
    MEANING_STATUS,
    MEANING_CATEGORY,
    MEANING_BRAND,
    MEANING_MODEL,
    MEANING_ORIGIN,
    MEANING_TAX_CODE,
    MEANING_UNIT,
    MEANING_BASE_COUNT, /* how many of the next are in one: 1 箱 = 12 瓶 */
    MEANING_BASE_UNIT,
    MEANING_SHELF_LIFE,
    MEANING_RETURN_RULE,
    MEANING_RETURN_DAYS,
    MEANING_EXCHANGE_DAYS,
    MEANING_WARRANTY_MONTHS,
    MEANING_FAKE_MULTIPLE,
    MEANING_SEO_TITLE,
    MEANING_SEO_DESCRIPTION,
    MEANING_SPECS,
    MEANING_TAGS,
    MEANING_COLLECTIONS, /* by hand; nothing is taken out of one */
    MEANING_FREIGHT,     /* the name of a template */
    MEANING_DESCRIPTION,
    MEANING_MIN_QUANTITY,
    MEANING_MAX_QUANTITY,
    MEANING_PERSON_QUANTITY,
    MEANING_PERSON_DAYS,
    MEANING_PRICE_TIERS, /* of all variants */
    MEANING_QUESTIONS,
    MEANING_PUBLISH_AT,
    MEANING_UNPUBLISH_AT,
    MEANING_PICTURES,    /* addresses; every row of the product may tell some */
    MEANING_PICTURE_ALT, /* the words of those in the same row, one a line */
    /* Of 淘宝数据包: its coded properties (import_taobao.c). */
    MEANING_SKU_PROPS,
    MEANING_PROP_ALIAS,
    MEANING_CUSTOM_PROPS,
    MEANING_INPUT_PIDS,
    MEANING_INPUT_VALUES,
    /* Of one variant. */
    MEANING_OPTION1_NAME,
    MEANING_OPTION2_NAME,
    MEANING_OPTION3_NAME,
    MEANING_OPTION4_NAME,
    MEANING_OPTION1,
    MEANING_OPTION2,
    MEANING_OPTION3,
    MEANING_OPTION4,
    MEANING_SKU,
    MEANING_BARCODE,
    MEANING_EXTERNAL_ID,
    MEANING_VARIANT_STATUS, /* whether it is sold */
    MEANING_VARIANT_PICTURE,
    MEANING_PRICE,
    MEANING_VARIANT_PRICE_TIERS, /* its own */
    MEANING_COMPARE_PRICE,
    MEANING_COMPARE_KIND,
    MEANING_COMPARE_NOTE,
    MEANING_CONTENT_AMOUNT,
    MEANING_CONTENT_UNIT,
    MEANING_CONTENT_BASE,
    MEANING_COST,
    MEANING_WEIGHT,
    MEANING_WEIGHT_KG,
    MEANING_VOLUME,
    MEANING_STOCK,
    MEANING_STOCK_EXPECTED,
    MEANING_STOCK_DELTA,
    MEANING_CELLS, /* those before have one column each */
    /* Of which there may be several columns. */
    MEANING_OPTION = MEANING_CELLS, /* the header is the name of an option */
    MEANING_ATTRIBUTE,
};

/* In MEANING_VARIANT_STATUS. */
enum variant_status { VARIANT_ON = 1, VARIANT_OFF = 2 };

struct import_column {
    enum import_meaning meaning;
    int64_t attribute_id; /* MEANING_ATTRIBUTE */
    const char *header;   /* as the file calls it */
};

struct import_columns {
    struct import_column items[SHEET_COLUMN_LIMIT];
    size_t count;
    const struct import_column *of[MEANING_CELLS]; /* the column of each meaning, or NULL */
    size_t attribute_count;                        /* columns of MEANING_ATTRIBUTE */
};

/* "title", "option", "attribute:4711"; "" for MEANING_NONE. */
const char *import_column_key(struct ctx *ctx, const struct import_column *column);
/* The other way round; false for what is none. */
bool import_column_of_key(const char *key, struct import_column *column);
const char *import_meaning_key(enum import_meaning meaning);
/* What a header probably means: by the table of names, then by the attributes of the shop. */
void import_column_guess(struct ctx *ctx, const struct attribute *attributes, size_t count,
                         const char *header, struct import_column *column);
/* What the export writes for a number of a column whose cells are words: a return rule, the kind of a struck
 * price, the unit or the base of a content. */
const char *import_word(enum import_meaning meaning, int64_t number, bool is_english);
/* Fills `of`. ERR_INVALID when two columns mean the same. */
CHECKED err import_columns_settle(struct ctx *ctx, struct import_columns *columns);
/* The same for headers that say the same, whatever else stands in the file. */
const char *import_fingerprint(struct ctx *ctx, const struct import_columns *columns);
