/* catalog.h - what the shop offers: categories, products, their options and variants.
 *
 * A product has 0 to 4 options ("颜色": 月白, 豆青); a variant is one choice of each and is what is sold,
 * counted and priced. Prices are minor units of the shop's currency. Only this module writes its tables. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/ctx.h"
#include "base/value.h"
#include "db/db.h"
#include "shop/catalog/catalog_addresses.h"
#include "shop/catalog/catalog_below.h"
#include "shop/catalog/catalog_buying.h"
#include "shop/catalog/catalog_card.h"
#include "shop/catalog/catalog_codes.h"
#include "shop/catalog/catalog_cover.h"
#include "shop/catalog/catalog_gate.h"
#include "shop/catalog/catalog_hand.h"
#include "shop/catalog/catalog_kind.h"
#include "shop/catalog/catalog_kit.h"
#include "shop/catalog/catalog_look.h"
#include "shop/catalog/catalog_map.h"
#include "shop/catalog/catalog_moved.h"
#include "shop/catalog/catalog_price_list.h"
#include "shop/catalog/catalog_prices.h"
#include "shop/catalog/catalog_tag_group.h"
#include "shop/catalog/catalog_tag_many.h"
#include "shop/catalog/catalog_terms.h"
#include "shop/catalog/catalog_touch.h"
#include "shop/catalog/catalog_typed.h"
#include "shop/catalog/catalog_video.h"
#include "shop/catalog/catalog_ware.h"
#include "shop/catalog/catalog_whole.h"
#include "shop/catalog/catalog_works.h"
#include "shop/media/media.h"

enum product_kind { PRODUCT_PHYSICAL = 1, PRODUCT_DIGITAL = 2 };
enum product_status { PRODUCT_DRAFT = 1, PRODUCT_ACTIVE = 2, PRODUCT_ARCHIVED = 3 };
/* SORT_UPDATED: changed last first; SORT_TITLE: by code points; SORT_BY_HAND: of a shelf, with a status. */
enum product_sort { SORT_NEWEST, SORT_PRICE_UP, SORT_PRICE_DOWN, SORT_UPDATED, SORT_TITLE, SORT_BY_HAND };

/* Characters of a name; one that is longer since earlier days stays until it is changed. */
#define PRODUCT_TITLE_LIMIT 120
#define PRODUCT_TITLE_KEPT 200
#define PRODUCT_OPTION_LIMIT 4
#define PRODUCT_VARIANT_LIMIT 2048
#define PRODUCT_PICTURE_LIMIT 50
#define CATEGORY_LIMIT 500
#define CATEGORY_DEPTH_LIMIT 6
#define ATTRIBUTE_LIMIT 200
#define ATTRIBUTE_CHOICE_LIMIT 100
#define PRODUCT_TAG_LIMIT 250
#define TAG_LENGTH_LIMIT 40 /* characters */
#define PRODUCT_SPEC_LIMIT 60
#define PRODUCT_ATTRIBUTE_LIMIT 500 /* values; a choice may have several */
/* Saves of one product that are kept; older ones are forgotten. */
#define PRODUCT_VERSION_LIMIT 200
/* Products or variants looked up in one call of a *_many function. */
#define CATALOG_MANY_LIMIT 256
/* Products that one transaction changes at most: a sale never waits for ten thousand of them. */
#define PRODUCT_CHUNK 192
#define COLLECTION_LIMIT 200
/* Products that people put in one collection by hand. */
#define COLLECTION_HAND_LIMIT 1000

struct category {
    int64_t id;
    const char *handle;
    const char *name;
    const char *name_en;
    const char *summary;
    const char *summary_en;
    const char *picture_id; /* NULL when there is none */
    int64_t parent_id;      /* 0 = at the top */
    int64_t position;       /* among its siblings */
    int64_t depth;          /* 1 at the top; only in lists */
    enum shop_need need;    /* the licence that its products need, and those below it; catalog_gate.h */
    int64_t active_count;   /* products on the shelf, of all below it too; 0 in category_list */
    int64_t product_count;  /* all products, likewise */
};

struct product {
    int64_t id;
    const char *handle;
    const char *title;
    const char *subtitle;
    const char *description; /* safe HTML; NULL in lists */
    const char *brand;
    enum product_kind kind;
    enum product_status status;
    int64_t category_id;
    const struct value *options; /* list of {name, values: [text]}; NULL in lists */
    int64_t price_min;
    int64_t price_max;
    int64_t variant_count;
    const char *picture_id;
    const char *picture_alt;
    int64_t picture_focus_x; /* percent, see struct product_picture */
    int64_t picture_focus_y;
    const char *video_id; /* NULL when there is none, and in lists */
    int64_t version;
    int64_t created_at;
    int64_t updated_at;
};

struct variant {
    int64_t id;
    int64_t product_id;
    int64_t position;
    const char *sku;
    const char *title;           /* "月白 / 单只", "" without options */
    const struct value *options; /* list of texts */
    int64_t price;
    int64_t weight; /* grams */
    const char *picture_id;
    bool is_active;
    const char *barcode;     /* GTIN, "" when there is none */
    int64_t cost;            /* what the shop pays; COST_UNKNOWN when nobody said; never shown to buyers */
    int64_t volume;          /* cm³ */
    const char *external_id; /* its name in another program, "" when there is none */
    struct variant_terms terms;
    const struct price_tier *tiers; /* its own or those of its product; NULL without */
    size_t tier_count;
    const char *own_tiers; /* as they are kept */
    /* Of its product, so that a cart line needs no second look. */
    const char *product_handle;
    const char *product_title;
    const char *product_picture_id;
    enum product_kind kind;
    bool is_on_shelf;        /* product and variant are active */
    int64_t min_quantity;    /* of the product in one order */
    int64_t max_quantity;    /* 0 = any */
    int64_t person_quantity; /* of one person over all orders; 0 = any */
    int64_t person_days;
    const char *common_tiers; /* as they are kept */
    const char *questions;    /* JSON for question_list_read, "" = none */
    int64_t card_value;       /* what is sold is a gift card that holds so much; 0 = it is none */
    int64_t card_years;       /* such a card is good for; 0 = for ever */
};

#define COST_UNKNOWN (-1)
#define EXTERNAL_ID_LIMIT 64 /* characters */

/* Returning without a reason: the law gives seven days (消费者权益保护法 25); 2 to 6 are its exceptions, in
 * its words: 定作的; 鲜活易腐的; 在线下载或者拆封的数字化商品; 交付的报纸、期刊;
 * 其他根据性质不宜退货并经消费者确认的. */
enum return_rule {
    RETURN_UNSAID = 0,
    RETURN_SEVEN_DAYS = 1,
    RETURN_CUSTOM_MADE = 2,
    RETURN_PERISHABLE = 3,
    RETURN_DIGITAL = 4,
    RETURN_PRESS = 5,
    RETURN_UNSUITED = 6,
};
extern const char *const return_rule_names[]; /* by enum return_rule; ends with NULL */

/* What the shop promises after the sale; 0 = nothing beyond the law. */
struct after_sale {
    enum return_rule return_rule;
    int64_t return_days; /* only with RETURN_SEVEN_DAYS: 7 to 365, 0 = 7 */
    int64_t exchange_days;
    int64_t warranty_months;
    int64_t fake_multiple; /* 假一赔N: at least the three times of 消费者权益保护法 55 */
};

/* What stays with the buyer once it is bought: which of up to CATALOG_MANY_LIMIT products are not taken back
 * without a reason, because the shop said so and why. Buyers must be told and agree: 消费者权益保护法
 * 第二十五条, 网络购买商品七日无理由退货暂行办法 第二十条. */
CHECKED err product_exempt_many(struct ctx *ctx, const int64_t *product_ids, size_t count, bool *is_exempt);

/* Pieces that one may be said to hold. */
#define BASE_COUNT_LIMIT 1000000

/* What lists do not need. */
struct product_details {
    const char *model;
    const char *origin;    /* 产地 */
    const char *tax_code;  /* 税收分类编码: 19 digits or "" */
    const char *unit;      /* what one piece is called */
    const char *base_unit; /* what a piece holds: 1 箱 = 12 瓶; "" or NULL = not said */
    int64_t base_count;    /* how many of them; 0 = not said */
    int64_t shelf_life_days;
    const char *seo_title;
    const char *seo_description;
    const struct value *specs; /* list of {name, value} */
    struct after_sale after_sale;
};

struct product_picture {
    const char *picture_id;
    const char *alt;
    int64_t position;
    /* The point that stays in sight where the picture is cut to a square: percent from the left and the top.
     */
    int64_t focus_x;
    int64_t focus_y;
};

/* ---- categories ---- */

/* The tree: each category before those below it, siblings by position. */
CHECKED err category_list(struct ctx *ctx, struct category **categories, size_t *count);
/* The same with the numbers of their products. */
CHECKED err category_list_counted(struct ctx *ctx, struct category **categories, size_t *count);
/* Those at the top alone, without numbers and depth. */
CHECKED err category_list_top(struct ctx *ctx, struct category **categories, size_t *count);
/* Those one level below a category (0 = at the top), with numbers, without depth. */
CHECKED err category_list_below(struct ctx *ctx, int64_t parent_id, struct category **categories,
                                size_t *count);
/* The category itself and those above it, at most CATEGORY_DEPTH_LIMIT, in any order: for category_trail. */
CHECKED err category_list_above(struct ctx *ctx, int64_t category_id, struct category **categories,
                                size_t *count);
/* NULL when there is none. */
CHECKED err category_find_by_handle(struct ctx *ctx, const char *handle, const struct category **category);
CHECKED err category_load(struct ctx *ctx, int64_t category_id, const struct category **category);
/* Whether a product stands in a category or below it. */
CHECKED err category_holds(struct ctx *ctx, int64_t category_id, int64_t product_id, bool *holds);
/* Products there from this id on, whatever their status, by id; up to `limit` and CATALOG_MANY_LIMIT. */
CHECKED err category_products(struct ctx *ctx, int64_t category_id, int64_t from_id, size_t limit,
                              int64_t *product_ids, size_t *count);
/* Fills category->id. ERR_DUPLICATE when the handle is taken, ERR_INVALID with the field, also for a parent
 * that is too deep; ERR_LIMIT past CATEGORY_LIMIT. */
CHECKED err category_create(struct ctx *ctx, struct category *category);
/* Its words and position; category_move changes the parent. */
CHECKED err category_change(struct ctx *ctx, const struct category *category);
/* The job that lets the products of a moved branch follow. */
#define CATEGORY_SETTLE_JOB "category.settle"
/* Puts a category with all below it under another parent (0 = the top), before its sibling `before_id` (0 =
 * behind all). ERR_INVALID with the field `parent` when it would stand below itself or too deep. Products of
 * a large branch follow within seconds. */
CHECKED err category_move(struct ctx *ctx, int64_t category_id, int64_t parent_id, int64_t before_id);
/* One step among its siblings: -1 up, 1 down. Harmless at the end. */
CHECKED err category_step(struct ctx *ctx, int64_t category_id, int64_t by);
/* Only an empty one without others below it; else ERR_CONFLICT. */
CHECKED err category_remove(struct ctx *ctx, int64_t category_id);
/* Of a list: the one with this id, or NULL. */
const struct category *category_in(const struct category *categories, size_t count, int64_t category_id);
/* Of a list: from the top to this one, at most CATEGORY_DEPTH_LIMIT. */
size_t category_trail(const struct category *categories, size_t count, int64_t category_id,
                      const struct category *trail[CATEGORY_DEPTH_LIMIT]);
/* "衣着 › 夏装 › 短袖", in the language of the reader. */
const char *category_path(struct ctx *ctx, const struct category *categories, size_t count,
                          int64_t category_id);
/* In the language of the reader. */
const char *category_name(const struct ctx *ctx, const struct category *category);
const char *category_summary(const struct ctx *ctx, const struct category *category);

/* ---- collections ---- */

/* Products gathered under a name of their own, by hand or by a rule. */
struct collection {
    int64_t id;
    const char *handle;
    const char *name;
    const char *name_en;
    const char *summary;
    const char *summary_en;
    const char *seo_title;
    const char *seo_description;
    const char *picture_id; /* NULL when there is none; collection_change_picture */
    bool is_smart;          /* filled by its rule; never changes */
    const char *rule;       /* JSON, read by src/shop/rule; "" = by hand */
    int64_t rule_at;        /* when the rule was saved */
    bool is_shown;          /* strangers see it */
    int64_t position;
    int64_t seen_count;    /* products compared with a new rule so far; -1 = all */
    int64_t active_count;  /* products on the shelf */
    int64_t product_count; /* all */
};

CHECKED err collection_list(struct ctx *ctx, struct collection **collections, size_t *count);
CHECKED err collection_find_by_handle(struct ctx *ctx, const char *handle,
                                      const struct collection **collection);
CHECKED err collection_load(struct ctx *ctx, int64_t collection_id, const struct collection **collection);
/* Fills collection->id. ERR_DUPLICATE when the handle is taken, ERR_INVALID with the field, ERR_LIMIT. */
CHECKED err collection_create(struct ctx *ctx, struct collection *collection);
CHECKED err collection_change(struct ctx *ctx, const struct collection *collection);
/* Its products stay. */
CHECKED err collection_remove(struct ctx *ctx, int64_t collection_id);
const char *collection_name(const struct ctx *ctx, const struct collection *collection);
const char *collection_summary(const struct ctx *ctx, const struct collection *collection);
/* By hand: at the end, away, one place up (-1) or down (1). ERR_NOT_FOUND for a smart one, ERR_LIMIT. */
CHECKED err collection_add_product(struct ctx *ctx, int64_t collection_id, int64_t product_id);
CHECKED err collection_remove_product(struct ctx *ctx, int64_t collection_id, int64_t product_id);
CHECKED err collection_step_product(struct ctx *ctx, int64_t collection_id, int64_t product_id, int64_t by);
/* Its products by hand in their order, at most `most`. */
CHECKED err collection_hand_list(struct ctx *ctx, int64_t collection_id, int64_t *product_ids, size_t most,
                                 size_t *have);

/* For rules, in a transaction that called product_lock_many first, up to PRODUCT_CHUNK products: those that
 * are there already, or not, stay as they are. */
CHECKED err collection_put(struct ctx *ctx, int64_t collection_id, const int64_t *product_ids, size_t count);
CHECKED err collection_take(struct ctx *ctx, int64_t collection_id, const int64_t *product_ids, size_t count);
CHECKED err product_lock_many(struct ctx *ctx, const int64_t *product_ids, size_t count);
CHECKED err collection_emit_changed(struct ctx *ctx, int64_t collection_id);
/* In a transaction: how many products were compared with a new rule; -1 = all. */
CHECKED err collection_mark_seen(struct ctx *ctx, int64_t collection_id, int64_t seen);
struct collection_place {
    int64_t product_id;
    int64_t collection_id;
};
/* In which collections these products are, at most `most` places. */
CHECKED err collection_places_load(struct ctx *ctx, const int64_t *product_ids, size_t count,
                                   struct collection_place *places, size_t *have, size_t most);

/* ---- reading products ---- */

/* What rules ask of a product. */
struct product_facts {
    int64_t product_id;
    const char *title;
    const char *brand;
    enum product_kind kind;
    enum product_status status;
    int64_t price_min;
    int64_t version;
    int64_t created_at;
    int64_t updated_at;
    int64_t category_ids[CATEGORY_DEPTH_LIMIT]; /* its category and all above it */
    size_t category_count;
    struct value *tags;    /* names */
    struct value *answers; /* {id (of the attribute), value} */
};
/* Of those that exist of up to PRODUCT_CHUNK products. */
CHECKED err product_facts_load(struct ctx *ctx, const int64_t *product_ids, size_t count,
                               struct product_facts *facts, size_t *have);
/* The next products of a shelf (product_count) in the order of their ids, behind `after`: at most
 * PRODUCT_CHUNK. */
CHECKED err shelf_next_products(struct ctx *ctx, int64_t shelf_id, int64_t after, int64_t *product_ids,
                                size_t *count);

struct product_query {
    enum product_status status; /* 0 = any */
    int64_t category_id;        /* with all below it; 0 = any; not with SORT_UPDATED and SORT_TITLE */
    int64_t shelf_id;           /* a tag or collection in place of a category; 0 = none */
    enum product_kind kind;     /* 0 = any; goes with a status and SORT_NEWEST, without category */
    enum product_sort sort;
    const char *title_prefix; /* NULL = any; what begins so is read by title, of the whole shop */
    const char *cursor;       /* of an earlier page, or NULL / "" */
    int limit;                /* 1..100 */
};

#define PRODUCT_CURSOR_LIMIT 1700 /* a title of 200 characters in hex and an id */

struct product_page {
    struct product *items;
    size_t count;
    const char *next_cursor; /* NULL on the last page */
};

/* A page by key: it stays right while products come and go. A cursor that was not made by us is
 * ERR_BAD_REQUEST. */
CHECKED err product_list(struct ctx *ctx, const struct product_query *query, struct product_page *page);
/* Those that exist of up to PRODUCT_CHUNK ids, in the order of the ids; without description and options. */
CHECKED err product_list_many(struct ctx *ctx, const int64_t *product_ids, size_t count,
                              struct product **products, size_t *have);
CHECKED err product_load(struct ctx *ctx, int64_t product_id, const struct product **product);
CHECKED err product_find_by_handle(struct ctx *ctx, const char *handle, const struct product **product);
/* NULL when no variant has this GTIN. */
CHECKED err product_find_by_barcode(struct ctx *ctx, const char *barcode, const struct product **product);
CHECKED err product_find_by_sku(struct ctx *ctx, const char *sku, const struct product **product);
/* Of the newest PRODUCT_HOLDING_LIMIT products, those whose title holds a text (its ASCII in lower case),
 * newest first, without a cursor. */
#define PRODUCT_HOLDING_LIMIT 2000
CHECKED err product_list_holding(struct ctx *ctx, const char *text, int limit, struct product_page *page);
/* How many products of this status a shelf has: a category with all below it, a tag, a collection, or the
 * whole shop (0). */
CHECKED err product_count(struct ctx *ctx, int64_t shelf_id, enum product_status status, int64_t *count);
CHECKED err variant_list(struct ctx *ctx, int64_t product_id, struct variant **variants, size_t *count);
CHECKED err variant_load(struct ctx *ctx, int64_t variant_id, const struct variant **variant);
/* Those that exist of up to CATALOG_MANY_LIMIT ids, in the order of the ids; `found[i]` is NULL for a missing
 * one. */
CHECKED err variant_load_many(struct ctx *ctx, const int64_t *variant_ids, size_t count,
                              const struct variant **found);
CHECKED err product_picture_list(struct ctx *ctx, int64_t product_id, struct product_picture **pictures,
                                 size_t *count);

/* What shows a picture, for people: the title of a product, variant or category and where it is changed. */
struct picture_place {
    enum picture_use_kind kind;
    int64_t owner_id; /* of the product for a variant */
    const char *title;
};
/* Names those places of `uses` that exist, in their order. */
CHECKED err catalog_name_places(struct ctx *ctx, const struct picture_use *uses, size_t use_count,
                                struct picture_place *places, size_t *count);
#define VIDEO_LOOKUP_LIMIT 24
/* For each of up to VIDEO_LOOKUP_LIMIT videos a product that shows it (id and title), or NULL. */
CHECKED err product_find_by_videos(struct ctx *ctx, const char *const *video_ids, size_t count,
                                   const struct product **products);
/* In a transaction: puts products that were written past product_save on their shelves. */
CHECKED err catalog_shelve(struct ctx *ctx, const int64_t *product_ids, size_t count);
/* Every product stands on the shelves that its category and tags say, and they are counted. */
CHECKED err shelf_check(struct ctx *ctx, void (*report)(void *arg, const char *problem), void *arg);
/* Every picture of a product exists, media knows that it is shown, and the first stands for the product. */
CHECKED err product_picture_check(struct ctx *ctx, void (*report)(void *arg, const char *problem), void *arg);

/* Empty values when the product has none. */
CHECKED err product_details_load(struct ctx *ctx, int64_t product_id, struct product_details *details);
/* docs/views.md: `after_sale` of a product, the lawful days filled in. */
void after_sale_set_view(struct ctx *ctx, struct value *view, const struct after_sale *promise);
/* Names in the order of the alphabet. */
CHECKED err product_tag_list(struct ctx *ctx, int64_t product_id, const char ***tags, size_t *count);

/* When a product goes on or off the shelf by itself; 0 = never. */
struct product_schedule {
    int64_t publish_at;
    int64_t unpublish_at;
};

#define PRODUCT_WHOLE_LIMIT 100

/* A product with what a table of products says of it. */
struct product_whole {
    struct product product; /* id 0 when there is none of that id */
    struct product_details details;
    struct variant *variants; /* by position, those that are switched off too */
    size_t variant_count;
    const char *tags;         /* "春,夏" by name; "" for none */
    const char *collections;  /* by hand: "清仓; 新品"; "" when nobody asked (catalog_hand.h) */
    const char *pictures;     /* ids by position, with blanks between */
    const char *picture_alts; /* their words, a line each, "<clear>" for none; "" when none has any */
    struct attribute_value *attributes; /* by attribute */
    size_t attribute_count;
    struct product_schedule schedule;
};
/* `found[i]` belongs to `product_ids[i]`; up to PRODUCT_WHOLE_LIMIT in a handful of statements. */
CHECKED err product_load_whole_many(struct ctx *ctx, const int64_t *product_ids, size_t count,
                                    struct product_whole *found);

/* Neither time may be over, and the end comes after the beginning. */
CHECKED err product_schedule_check(struct ctx *ctx, const struct product_schedule *schedule);
CHECKED err product_schedule_load(struct ctx *ctx, int64_t product_id, struct product_schedule *schedule);

/* Those that narrow lists, by group and name. */
CHECKED err tag_facet_list(struct ctx *ctx, struct tag **tags, size_t *count);
/* ERR_LIMIT past TAG_FACET_LIMIT. */
CHECKED err tag_change_facet(struct ctx *ctx, int64_t tag_id, bool is_facet);

/* ---- attributes ---- */

/* A question that products of some categories answer. */
struct attribute {
    int64_t id;
    const char *name;
    const char *name_en;
    enum attribute_kind kind;
    const char *unit;
    const struct value *choices; /* list of texts */
    bool is_required;            /* asked when a product is saved onto the shelf */
    bool is_facet;               /* lists can be narrowed by it; never with ATTRIBUTE_DATE */
    int64_t position;
    int64_t *category_ids;
    size_t category_count;
    int64_t *reach_ids; /* out: those categories with all below them */
    size_t reach_count;
};

struct attribute_value {
    int64_t attribute_id;
    const char *value;
};

CHECKED err attribute_list(struct ctx *ctx, struct attribute **attributes, size_t *count);
/* Fills attribute->id. ERR_DUPLICATE when the name is taken, ERR_INVALID with the field, ERR_LIMIT. */
CHECKED err attribute_create(struct ctx *ctx, struct attribute *attribute);
/* The kind of an existing one cannot change. Values that are no longer among the choices stay with their
 * products until those are saved. */
CHECKED err attribute_change(struct ctx *ctx, const struct attribute *attribute);
/* With all its values. */
CHECKED err attribute_remove(struct ctx *ctx, int64_t attribute_id);
bool attribute_is_of(const struct attribute *attribute, int64_t category_id);
/* In the language of the reader. */
const char *attribute_name(const struct ctx *ctx, const struct attribute *attribute);
CHECKED err product_attribute_list(struct ctx *ctx, int64_t product_id, struct attribute_value **values,
                                   size_t *count);

/* ---- changing products ---- */

/* What the shop knows of a variant besides what buyers see. */
struct variant_trade {
    const char *barcode;
    int64_t cost; /* COST_UNKNOWN when nobody said */
    int64_t volume;
    const char *external_id; /* NULL = as it is */
};

/* In variant_draft.row: the variant stands in no row of the form. */
#define ROW_NOT_SHOWN SIZE_MAX

struct variant_draft {
    int64_t id; /* 0 = new; filled by product_save */
    size_t row; /* of the form, counted from 1, to name it in complaints; 0 = its place in the draft */
    const char *sku;
    const char *const *options; /* option_count texts */
    int64_t price;
    int64_t weight;
    const char *picture_id;
    bool is_active;
    const struct variant_trade *trade; /* NULL = as it is */
    const struct variant_terms *terms; /* NULL = as they are */
    const char *tiers;                 /* bulk prices of its own, as they are kept; NULL = as they are */
};

struct option_draft {
    const char *name;
    const char *const *values;
    size_t value_count;
};

struct product_draft {
    int64_t id;      /* 0 = new; filled by product_save */
    int64_t version; /* the version that was shown; 0 = new, or whatever it is (import) */
    const char *handle;
    const char *title;
    const char *subtitle;
    const char *description; /* made safe by the caller */
    const char *brand;
    enum product_kind kind;
    enum product_status status;
    int64_t category_id;
    const struct option_draft *options;
    size_t option_count;
    struct variant_draft *variants; /* in their order; variants left out are switched off, never deleted */
    size_t variant_count;
    const struct product_details *details; /* NULL = as they are */
    const char **tags;                     /* NULL = as they are */
    size_t tag_count;
    const struct attribute_value *attributes; /* NULL = as they are; those of other categories are left out */
    size_t attribute_count;
    const struct product_schedule *schedule; /* NULL = as it is */
    const struct buying_terms *buying;       /* NULL = as they are */
    const char *cause;                       /* for the history; NULL = "saved" */
};

/* A product with everything that people edit. */
struct product_state {
    int64_t product_id;
    const struct product *product; /* NULL when there is none; without pictures, video and prices */
    struct product_details details;
    const char **tags; /* names in the order of the alphabet */
    size_t tag_count;
    struct attribute_value *attributes;
    size_t attribute_count;
    struct variant
        *variants; /* also those that are off, by position; without what they know of the product */
    size_t variant_count;
    struct buying_terms buying;
    struct product_schedule schedule;
    bool has_history; /* a whole state of it is kept */
};
/* Of different products. `wholes[i]` belongs to `product_ids[i]`. */
CHECKED err product_state_load_many(struct ctx *ctx, const int64_t *product_ids, size_t count,
                                    struct product_state *wholes);

enum product_key {
    PRODUCT_BY_SKU = 1,
    PRODUCT_BY_BARCODE = 2,
    PRODUCT_BY_HANDLE = 3,
    PRODUCT_BY_EXTERNAL_ID = 4
};
/* The product that each key belongs to, 0 = none. Of a barcode or external id that several have, one. */
CHECKED err product_find_many(struct ctx *ctx, enum product_key key, const char *const *keys, size_t count,
                              int64_t *product_ids);

/* One of many saves. */
struct product_saving {
    struct product_draft *draft;        /* as product_draft_settle left it */
    const struct product_state *before; /* NULL = it is new */
};

/* What product_save finds out before it writes, without asking the database: the rules are kept, tags and
 * attributes are as they are stored. ERR_INVALID with the field. `attributes` are those of the shop. */
CHECKED err product_draft_settle(struct ctx *ctx, const struct attribute *attributes, size_t count,
                                 struct product_draft *draft);

#define PRODUCT_SAVE_LIMIT 192
/* In a transaction: what product_save does, for up to PRODUCT_SAVE_LIMIT different products, in an act (0 =
 * none). Every draft carries the version of its `before`: ERR_CONFLICT when one of them was changed since,
 * ERR_DUPLICATE as product_save. Fills the ids of new products and variants. */
CHECKED err product_save_many(struct ctx *ctx, const struct attribute *attributes, size_t count,
                              const struct product_saving *savings, size_t saving_count, int64_t act_id);

/* What two people did to a product since one of them opened it. */
struct merge_choice {
    const char *key; /* of a conflict */
    bool is_theirs;
};

struct product_merge {
    int64_t version;         /* of the product now: what was merged with */
    struct value *conflicts; /* list of {key, field, of, base, theirs, yours}: both changed it, differently */
    struct value *taken;     /* the same: only the other did */
};

/* Into a draft that was made from draft->version: what others changed since and the draft did not. What both
 * changed stays as in the draft, unless a choice says otherwise, and is among the conflicts. The draft can
 * then be saved onto merge->version. When the history has forgotten draft->version, all that is different is
 * a conflict. */
CHECKED err product_merge(struct ctx *ctx, struct product_draft *draft, const struct merge_choice *choices,
                          size_t count, struct product_merge *merge);
/* The values that a variant with `values` has under the options of a draft, or NULL when it does not fit
 * them: an option may have moved, a value may have another name, and an option that is new counts when it has
 * one value. */
const char **variant_values_under(struct ctx *ctx, const struct value *options, const struct value *values,
                                  const struct product_draft *draft);

/* The field of a complaint about a variant: its row in the form, or "variants" when no row shows it. */
const char *variant_field(struct ctx *ctx, const struct product_draft *draft, size_t index, const char *name);
/* Creates or changes a product with all its variants. ERR_CONFLICT when the version is old, ERR_DUPLICATE
 * when handle or SKU are taken, ERR_INVALID with the fields. The kind of an existing product cannot change.
 * Emits product.changed. */
CHECKED err product_save(struct ctx *ctx, struct product_draft *draft);
/* ERR_INVALID with the field `status` when it may not go on the shelf. */
CHECKED err product_change_status(struct ctx *ctx, int64_t product_id, enum product_status status);
/* The same with its cause for the history: sold-out, restocked. */
CHECKED err product_change_status_because(struct ctx *ctx, int64_t product_id, enum product_status status,
                                          const char *cause);

/* ---- one act over many products ---- */

#define PRODUCT_BULK_LIMIT 10000

/* An import is made of saves by others: product_act_open and product_save_many. */
enum act_kind { ACT_STATUS = 1, ACT_TAG = 2, ACT_UNTAG = 3, ACT_IMPORT = 4 };

struct product_act {
    int64_t id; /* filled by product_act_do */
    int64_t at;
    enum actor_kind actor;
    int64_t actor_id;
    enum act_kind kind;
    const char *value; /* the name of the status, or the tag */
    int64_t count;     /* out: products that it changed; the others were so already, or are gone */
    int64_t refused;   /* out: of the others those that may not go on the shelf; catalog_gate.h */
    int64_t undone_at; /* 0 = not */
};

/* Does one thing to up to PRODUCT_BULK_LIMIT products, in transactions of some hundred. What was done before
 * a failure stays, stands in the act, and doing it again does the rest. ERR_LIMIT, ERR_INVALID. */
CHECKED err product_act_do(struct ctx *ctx, struct product_act *act, const int64_t *product_ids,
                           size_t count);
/* Gives those products back what they had, except those that somebody changed since. ERR_CONFLICT when it was
 * undone before. */
CHECKED err product_act_undo(struct ctx *ctx, int64_t act_id, int64_t *undone);
/* In a transaction: an act whose products are saved one part after the other; fills act->id. */
CHECKED err product_act_open(struct ctx *ctx, struct product_act *act);
/* In a transaction: so many more products belong to it. */
CHECKED err product_act_grow(struct ctx *ctx, int64_t act_id, int64_t by);
/* A part of undoing an act that was opened. */
struct act_undoing {
    int64_t act_id;
    int64_t after;    /* in: products up to this id are done; out: the last one of this part */
    int64_t undone;   /* out */
    int64_t left;     /* out: somebody changed them since, or what they had is gone */
    bool is_finished; /* out */
};
#define ACT_UNDO_CHUNK 32
/* In a transaction: gives the next products what they had before the act, as a new version; those that the
 * act created are archived. */
CHECKED err product_act_undo_part(struct ctx *ctx, struct act_undoing *undoing);
/* In a transaction. ERR_CONFLICT when it was undone before. */
CHECKED err product_act_mark_undone(struct ctx *ctx, int64_t act_id);
/* Newest first, of a kind or of any (0), behind before_id (0 = from the first). */
CHECKED err product_act_list(struct ctx *ctx, enum act_kind kind, int64_t before_id, int limit,
                             struct product_act **acts, size_t *count);
CHECKED err product_act_load(struct ctx *ctx, int64_t act_id, struct product_act *act);
/* The ids that a query finds, without its cursor and limit; at most PRODUCT_BULK_LIMIT + 1. */
CHECKED err product_list_ids(struct ctx *ctx, const struct product_query *query, int64_t **ids,
                             size_t *count);
/* Puts a picture at the end. ERR_LIMIT past PRODUCT_PICTURE_LIMIT. */
CHECKED err product_picture_add(struct ctx *ctx, int64_t product_id, const char *picture_id, const char *alt);
/* The same for several, all or none. */
CHECKED err product_picture_add_many(struct ctx *ctx, int64_t product_id,
                                     const struct product_picture *pictures, size_t count);
/* Those that the product does not show yet, at the end, as long as there is room. *added = the pictures of
 * the list that it shows now. */
CHECKED err product_picture_append_many(struct ctx *ctx, int64_t product_id,
                                        const struct product_picture *pictures, size_t count, size_t *added);

struct named_product {
    int64_t product_id; /* 0 = there is none */
    const char *title;
};
/* Products whose SKU or handle is the name of a file or of its folder. Of "TEA-1_2.jpg" and "TEA-1 (2).jpg"
 * the number at the end is left out. */
CHECKED err product_find_by_file_names(struct ctx *ctx, const char *const *names, size_t count,
                                       struct named_product *products);

/* New alt text and focus of the picture at picture->position, if it is still the one with that id; else
 * ERR_CONFLICT. */
CHECKED err product_picture_change(struct ctx *ctx, int64_t product_id,
                                   const struct product_picture *picture);
/* Another picture in all places of one: products, variants, categories, some at a time. */
CHECKED err catalog_replace_picture(struct ctx *ctx, const char *from, const char *to);
/* NULL takes it away. */
CHECKED err product_change_video(struct ctx *ctx, int64_t product_id, const char *video_id);
CHECKED err product_picture_remove(struct ctx *ctx, int64_t product_id, int64_t position);
/* Those pictures, wherever they stand. Harmless for those that the product does not show. */
CHECKED err product_picture_remove_many(struct ctx *ctx, int64_t product_id, const char *const *picture_ids,
                                        size_t count);
CHECKED err product_picture_move(struct ctx *ctx, int64_t product_id, int64_t position, int64_t to);

/* ---- prices ---- */

extern const char *const compare_kind_names[]; /* "own", "explained", NULL: kind - 1 */
extern const char *const content_unit_names[]; /* "", "g", "kg" … NULL */
extern const char *const content_base_names[]; /* "", "kg", "500g" … NULL */

/* The price of a unit, rounded half up, in minor units. */
struct unit_price {
    int64_t price;   /* 0 = none: nothing is said of the content, or it would say nothing new */
    const char *per; /* the name of a base, or of a unit that is counted */
};
struct unit_price variant_unit_price(const struct variant *variant);
/* For each of up to CATALOG_MANY_LIMIT products the offered variant that its price_min comes from, if
 * anything is said beside its price; else NULL. */
CHECKED err variant_find_cheapest_many(struct ctx *ctx, const int64_t *product_ids, size_t count,
                                       const struct variant **found);

/* Of up to CATALOG_MANY_LIMIT variants those that are compared with a former price of their own. */
CHECKED err variant_find_compared_many(struct ctx *ctx, const int64_t *variant_ids, size_t count,
                                       const struct variant **found, size_t *found_count);

/* Of up to PRODUCT_CHUNK products the offered variants that say a struck price above theirs, by product. */
CHECKED err variant_list_struck(struct ctx *ctx, const int64_t *product_ids, size_t count,
                                const struct variant ***variants, size_t *variant_count);

/* From when on a variant cost what. Written whenever a variant is. */
struct price_change {
    int64_t variant_id;
    int64_t version; /* of the product */
    int64_t at;
    int64_t price;
    int64_t compare_price; /* 0 = none */
    enum compare_kind compare_kind;
    enum actor_kind actor;
    int64_t actor_id;
};
/* Of one variant, oldest first: those since `since`, and the one that held then. At most PRICE_CHANGE_LIMIT,
 * the newest. */
#define PRICE_CHANGE_LIMIT 500
CHECKED err price_change_list(struct ctx *ctx, int64_t product_id, int64_t variant_id, int64_t since,
                              struct price_change **changes, size_t *count);

struct price_raise {
    int64_t variant_id;
    int64_t at;
    int64_t from;
    int64_t to;
};
/* The last raise of each variant of a product since then. */
CHECKED err price_raise_list(struct ctx *ctx, int64_t product_id, int64_t since, struct price_raise **raises,
                             size_t *count);

/* The event by which pages and indexes learn that something shown changed (price, title, stock level). */
CHECKED err product_emit_changed(struct ctx *ctx, int64_t product_id);

/* ---- history ---- */

struct product_version {
    int64_t version;
    int64_t at;
    enum actor_kind actor;
    int64_t actor_id;
    const char *cause;           /* created, found, saved, status, tags, restored, imported, undone */
    const struct value *changes; /* docs/views.md: list of {field, of, before, after} */
    bool can_restore;            /* false for what was changed before the first whole state */
};

/* Saves of a product, newest first, below version `before` (0 = from the newest). */
CHECKED err product_version_list(struct ctx *ctx, int64_t product_id, int64_t before, int limit,
                                 struct product_version **versions, size_t *count);
/* Saves the product as it was then, as a new version; its pictures stay. `expected` is the version that was
 * shown: ERR_CONFLICT when it is old. */
CHECKED err product_restore(struct ctx *ctx, int64_t product_id, int64_t version, int64_t expected);

/* ---- words ---- */

const char *product_kind_name(enum product_kind kind);       /* "physical", "digital" */
const char *product_status_name(enum product_status status); /* "draft", "active", "archived" */
/* Words that 广告法 9 does not allow, in what the product says: a list of {field, word}. Staff are told;
 * nothing is refused, because only a person can tell a claim from a quotation. */
struct value *product_lint(struct ctx *ctx, const struct product *product,
                           const struct product_details *details);
/* Whether this is a GTIN of 8, 12, 13 or 14 digits; `right` (may be NULL) gets the check digit that belongs
 * there, or 0 when the length is none of these (GS1 General Specifications 7.9). */
bool barcode_is_valid(const char *barcode, char *right);
/* A handle from a title: ASCII words joined by '-', else "p" and digits that nobody has. */
const char *product_handle_from(struct ctx *ctx, const char *title);
/* Rich text made safe (base/html.h), with pictures of the shop's own library; plain text with line breaks
 * becomes paragraphs. */
const char *product_safe_html(struct ctx *ctx, const char *html);
