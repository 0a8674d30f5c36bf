/* backoffice_product_fields_form.c - the fields of the product editor, as its form and programs send them. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/backoffice/backoffice_product_form.h"

#define PRICE_LIMIT INT64_C(9000000000000)
#define STOCK_LIMIT INT64_C(1000000000)

const char *const product_kinds[] = {"physical", "digital", NULL};
const char *const product_statuses[] = {"draft", "active", "archived", NULL};

static const struct field option_row_fields[] = {
    {.name = "name",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct option_row, name),
     .maximum = 60,
     .help = "Name of the option, for example 颜色"},
    {.name = "values",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct option_row, values),
     .maximum = 4000,
     .help = "Values separated by commas"},
    {0},
};

static const struct field variant_row_fields[] = {
    {.name = "id",
     .kind = FIELD_ID,
     .offset = offsetof(struct variant_row, variant_id),
     .help = "The variant to change; without it a new one"},
    {.name = "options",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct variant_row, options),
     .maximum = 400,
     .help = "One value of each option, separated by commas"},
    {.name = "sku",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct variant_row, sku),
     .maximum = 64,
     .help = "Stock keeping unit, unique in the shop"},
    {.name = "price",
     .kind = FIELD_MONEY,
     .offset = offsetof(struct variant_row, price),
     .minimum = 0,
     .maximum = PRICE_LIMIT,
     .help = "Price of one"},
    {.name = "weight",
     .kind = FIELD_INT,
     .offset = offsetof(struct variant_row, weight),
     .minimum = 0,
     .maximum = 100000000,
     .help = "Weight in grams"},
    {.name = "barcode",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct variant_row, barcode),
     .maximum = 14,
     .help = "GTIN of 8, 12, 13 or 14 digits"},
    {.name = "external_id",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct variant_row, external_id),
     .maximum = EXTERNAL_ID_LIMIT,
     .tells_absence = true,
     .help = "Its name in another program of the shop; left out = as it is"},
    {.name = "cost",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct variant_row, cost),
     .maximum = 20,
     .help = "What the shop pays for one; never shown to buyers; empty = not known"},
    {.name = "volume",
     .kind = FIELD_INT,
     .offset = offsetof(struct variant_row, volume),
     .minimum = 0,
     .maximum = 1000000000,
     .help = "Volume in cubic centimetres"},
    {.name = "compare_price",
     .kind = FIELD_MONEY,
     .offset = offsetof(struct variant_row, compare_price),
     .minimum = 0,
     .maximum = PRICE_LIMIT,
     .help = "Struck price beside the price; 0 or empty = none. Refused as REF_PRICE_UNLAWFUL above `max`"},
    {.name = "compare_kind",
     .kind = FIELD_CHOICE,
     .offset = offsetof(struct variant_row, compare_kind),
     .choices = compare_kind_names,
     .otherwise = -1,
     .help =
         "own = a former price of this shop, which deals must bear out; explained = what compare_note says"},
    {.name = "compare_note",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct variant_row, compare_note),
     .maximum = COMPARE_NOTE_LIMIT,
     .help = "What an explained struck price is, for example 厂商建议零售价"},
    {.name = "content_amount",
     .kind = FIELD_INT,
     .offset = offsetof(struct variant_row, content_amount),
     .minimum = 0,
     .maximum = CONTENT_LIMIT,
     .help = "How much is in one, for the price of a unit; 0 = not said"},
    {.name = "content_unit",
     .kind = FIELD_CHOICE,
     .offset = offsetof(struct variant_row, content_unit),
     .choices = content_unit_names,
     .help = "Unit of content_amount"},
    {.name = "content_base",
     .kind = FIELD_CHOICE,
     .offset = offsetof(struct variant_row, content_base),
     .choices = content_base_names,
     .help = "For how much the price of a unit is given; empty = kg, l, m or one"},
    {.name = "is_active",
     .kind = FIELD_FLAG,
     .offset = offsetof(struct variant_row, is_active),
     .help = "Whether it is offered"},
    {.name = "stock",
     .kind = FIELD_INT,
     .offset = offsetof(struct variant_row, stock),
     .minimum = 0,
     .maximum = STOCK_LIMIT,
     .help = "Pieces of a new variant"},
    {0},
};

static const char *const variant_modes[] = {"whole", "part", NULL};
static const char *const merge_sides[] = {"mine", "theirs", NULL};

static const struct field merge_row_fields[] = {
    {.name = "key",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct merge_row, key),
     .maximum = 60,
     .help = "The key of a conflict"},
    {.name = "take",
     .kind = FIELD_CHOICE,
     .offset = offsetof(struct merge_row, take),
     .choices = merge_sides,
     .help = "Whose value it gets"},
    {0},
};

#define PRODUCT_FIELDS                                                                                       \
    {.name = "title",                                                                                        \
     .kind = FIELD_TEXT,                                                                                     \
     .offset = offsetof(struct product_form, title),                                                         \
     .is_required = true,                                                                                    \
     .maximum = PRODUCT_TITLE_KEPT,                                                                          \
     .help = "Title of at most 120 characters"},                                                             \
        {.name = "subtitle",                                                                                 \
         .kind = FIELD_TEXT,                                                                                 \
         .offset = offsetof(struct product_form, subtitle),                                                  \
         .maximum = 200,                                                                                     \
         .help = "One selling sentence"},                                                                    \
        {.name = "description",                                                                              \
         .kind = FIELD_LONG,                                                                                 \
         .offset = offsetof(struct product_form, description),                                               \
         .maximum = 50000,                                                                                   \
         .help = "Text or simple HTML"},                                                                     \
        {.name = "brand",                                                                                    \
         .kind = FIELD_TEXT,                                                                                 \
         .offset = offsetof(struct product_form, brand),                                                     \
         .maximum = 60,                                                                                      \
         .help = "Brand"},                                                                                   \
        {.name = "handle",                                                                                   \
         .kind = FIELD_TEXT,                                                                                 \
         .offset = offsetof(struct product_form, handle),                                                    \
         .maximum = 120,                                                                                     \
         .help = "Word in the address; made from the title when left out"},                                  \
        {.name = "kind",                                                                                     \
         .kind = FIELD_CHOICE,                                                                               \
         .offset = offsetof(struct product_form, kind),                                                      \
         .choices = product_kinds,                                                                           \
         .help = "physical, or digital: key codes are delivered"},                                           \
        {.name = "status",                                                                                   \
         .kind = FIELD_CHOICE,                                                                               \
         .offset = offsetof(struct product_form, status),                                                    \
         .choices = product_statuses,                                                                        \
         .help = "active = on the shelf"},                                                                   \
        {.name = "category_id",                                                                              \
         .kind = FIELD_ID,                                                                                   \
         .offset = offsetof(struct product_form, category_id),                                               \
         .is_required = true,                                                                                \
         .help = "Category"},                                                                                \
        {.name = "version",                                                                                  \
         .kind = FIELD_INT,                                                                                  \
         .offset = offsetof(struct product_form, version),                                                   \
         .minimum = 0,                                                                                       \
         .maximum = INT64_MAX,                                                                               \
         .help = "The version that was shown; an older one is refused"},                                     \
        {.name = "options",                                                                                  \
         .kind = FIELD_ROWS,                                                                                 \
         .offset = offsetof(struct product_form, options),                                                   \
         .maximum = 8,                                                                                       \
         .rows = option_row_fields,                                                                          \
         .row_size = sizeof(struct option_row),                                                              \
         .help = "Options"},                                                                                 \
        {.name = "model",                                                                                    \
         .kind = FIELD_TEXT,                                                                                 \
         .offset = offsetof(struct product_form, details.model),                                             \
         .maximum = 60,                                                                                      \
         .help = "Model of the maker"},                                                                      \
        {.name = "origin",                                                                                   \
         .kind = FIELD_TEXT,                                                                                 \
         .offset = offsetof(struct product_form, details.origin),                                            \
         .maximum = 60,                                                                                      \
         .help = "Where it is made"},                                                                        \
        {.name = "tax_code",                                                                                 \
         .kind = FIELD_TEXT,                                                                                 \
         .offset = offsetof(struct product_form, details.tax_code),                                          \
         .maximum = 19,                                                                                      \
         .help = "Tax classification code of 19 digits"},                                                    \
        {.name = "unit",                                                                                     \
         .kind = FIELD_TEXT,                                                                                 \
         .offset = offsetof(struct product_form, details.unit),                                              \
         .maximum = 8,                                                                                       \
         .help = "What one piece is called"},                                                                \
        {.name = "base_count",                                                                               \
         .kind = FIELD_INT,                                                                                  \
         .offset = offsetof(struct product_form, details.base_count),                                        \
         .minimum = 0,                                                                                       \
         .maximum = 1000000,                                                                                 \
         .help = "How many of base_unit are in one piece: 1 箱 = 12 瓶; 0 = not said"},                      \
        {.name = "base_unit",                                                                                \
         .kind = FIELD_TEXT,                                                                                 \
         .offset = offsetof(struct product_form, details.base_unit),                                         \
         .maximum = 8,                                                                                       \
         .help = "What is in one piece"},                                                                    \
        {.name = "shelf_life_days",                                                                          \
         .kind = FIELD_INT,                                                                                  \
         .offset = offsetof(struct product_form, details.shelf_life_days),                                   \
         .minimum = 0,                                                                                       \
         .maximum = 36500,                                                                                   \
         .help = "Shelf life in days; 0 = none"},                                                            \
        {.name = "seo_title",                                                                                \
         .kind = FIELD_TEXT,                                                                                 \
         .offset = offsetof(struct product_form, details.seo_title),                                         \
         .maximum = 80,                                                                                      \
         .help = "Title for search engines; the product's when left out"},                                   \
        {.name = "seo_description",                                                                          \
         .kind = FIELD_TEXT,                                                                                 \
         .offset = offsetof(struct product_form, details.seo_description),                                   \
         .maximum = 200,                                                                                     \
         .help = "Description for search engines; the subtitle when left out"},                              \
        {.name = "tags",                                                                                     \
         .kind = FIELD_TEXT,                                                                                 \
         .offset = offsetof(struct product_form, details.tags),                                              \
         .maximum = 10000,                                                                                   \
         .help = "Tags separated by commas"},                                                                \
        {.name = "publish_at",                                                                               \
         .kind = FIELD_TEXT,                                                                                 \
         .offset = offsetof(struct product_form, details.publish_at),                                        \
         .maximum = 16,                                                                                      \
         .help = "When it goes on the shelf by itself, as 2026-05-01T10:00 in the shop's zone"},             \
        {.name = "unpublish_at",                                                                             \
         .kind = FIELD_TEXT,                                                                                 \
         .offset = offsetof(struct product_form, details.unpublish_at),                                      \
         .maximum = 16,                                                                                      \
         .help = "When it leaves the shelf by itself"},                                                      \
        {.name = "return_rule",                                                                              \
         .kind = FIELD_CHOICE,                                                                               \
         .offset = offsetof(struct product_form, details.return_rule),                                       \
         .choices = return_rule_names,                                                                       \
         .help = "Whether it can be returned without a reason: seven_days, or why not"},                     \
        {.name = "return_days",                                                                              \
         .kind = FIELD_INT,                                                                                  \
         .offset = offsetof(struct product_form, details.return_days),                                       \
         .minimum = 0,                                                                                       \
         .maximum = 365,                                                                                     \
         .help = "Days to return it without a reason; 0 = the seven of the law"},                            \
        {.name = "exchange_days",                                                                            \
         .kind = FIELD_INT,                                                                                  \
         .offset = offsetof(struct product_form, details.exchange_days),                                     \
         .minimum = 0,                                                                                       \
         .maximum = 365,                                                                                     \
         .help = "Days to exchange it; 0 = nothing said"},                                                   \
        {.name = "warranty_months",                                                                          \
         .kind = FIELD_INT,                                                                                  \
         .offset = offsetof(struct product_form, details.warranty_months),                                   \
         .minimum = 0,                                                                                       \
         .maximum = 600,                                                                                     \
         .help = "Months of guarantee; 0 = nothing said"},                                                   \
        {.name = "fake_multiple",                                                                            \
         .kind = FIELD_INT,                                                                                  \
         .offset = offsetof(struct product_form, details.fake_multiple),                                     \
         .minimum = 0,                                                                                       \
         .maximum = 100,                                                                                     \
         .help = "How many times the price is paid for a fake; 0 = nothing said"},                           \
        {.name = "specs",                                                                                    \
         .kind = FIELD_ROWS,                                                                                 \
         .offset = offsetof(struct product_form, details.specs),                                             \
         .maximum = PRODUCT_SPEC_LIMIT + 3,                                                                  \
         .rows = spec_row_fields,                                                                            \
         .row_size = sizeof(struct spec_row),                                                                \
         .help = "Lines of the table of facts"},                                                             \
        {.name = "attributes",                                                                               \
         .kind = FIELD_ROWS,                                                                                 \
         .offset = offsetof(struct product_form, details.attributes),                                        \
         .maximum = 9000,                                                                                    \
         .rows = attribute_row_fields,                                                                       \
         .row_size = sizeof(struct attribute_row),                                                           \
         .help = "Answers to the attributes of the category"},                                               \
    {                                                                                                        \
        .name = "variants", .kind = FIELD_ROWS, .offset = offsetof(struct product_form, variants),           \
        .maximum = PRODUCT_VARIANT_LIMIT + 3, .rows = variant_row_fields,                                    \
        .row_size = sizeof(struct variant_row), .help = "Variants; those left out are switched off"          \
    }

const struct field product_create_fields[] = {PRODUCT_FIELDS, {0}};
const struct field product_change_fields[] = {
    {.name = "id",
     .kind = FIELD_ID,
     .offset = offsetof(struct product_form, product_id),
     .is_required = true,
     .help = "The product"},
    PRODUCT_FIELDS,
    {.name = "merge_with",
     .kind = FIELD_INT,
     .offset = offsetof(struct product_form, merge_with),
     .minimum = 0,
     .maximum = INT64_MAX,
     .help = "After a conflict: the version that what was typed is merged with"},
    {.name = "merge",
     .kind = FIELD_ROWS,
     .offset = offsetof(struct product_form, merge),
     .maximum = 200,
     .rows = merge_row_fields,
     .row_size = sizeof(struct merge_row),
     .help = "After a conflict: what to take of fields that both changed"},
    {.name = "variants_page",
     .kind = FIELD_INT,
     .offset = offsetof(struct product_form, variants_page),
     .minimum = 0,
     .maximum = PRODUCT_VARIANT_LIMIT,
     .help = "For pages: the page of variants that was shown"},
    {.name = "variants_mode",
     .kind = FIELD_CHOICE,
     .offset = offsetof(struct product_form, variants_mode),
     .choices = variant_modes,
     .help = "whole: variants left out are switched off; part: only those given are changed"},
    {0},
};
