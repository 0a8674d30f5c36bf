/* catalog_parts.h - the parts of a product that stand in tables of their own, and its history. Private to
 * catalog.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "shop/catalog/catalog.h"

#define WHOLE_IDS                                                                                            \
    "($2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, "          \
    "$22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $38, $39, $40, "        \
    "$41, $42, $43, $44, $45, $46, $47, $48, $49, $50, $51, $52, $53, $54, $55, $56, $57, $58, $59, "        \
    "$60, $61, $62, $63, $64, $65, $66, $67, $68, $69, $70, $71, $72, $73, $74, $75, $76, $77, $78, "        \
    "$79, $80, $81, $82, $83, $84, $85, $86, $87, $88, $89, $90, $91, $92, $93, $94, $95, $96, $97, "        \
    "$98, $99, $100, $101)"
/* Asks a constant statement for up to PRODUCT_WHOLE_LIMIT ids: $1 is the shop, WHOLE_IDS the ids. */
CHECKED err catalog_query_many(struct ctx *ctx, struct db_rows **rows, const char *sql, const int64_t *ids,
                               size_t count);
/* catalog_fetch.c: how picture_addresses calls an address. */
const char *picture_address_key(struct ctx *ctx, const char *address);
/* catalog_look.c, in a transaction: the variants that waited for the picture of an address get it. */
CHECKED err variant_looks_fetched(struct ctx *ctx, int64_t product_id, const char *key,
                                  const char *picture_id);
/* The same for those ids, and for all from the least to the greatest of them. */
#define WHOLE_STATEMENTS(text, order)                                                                        \
    {                                                                                                        \
        text " IN " WHOLE_IDS order, text " BETWEEN $2 AND $3" order                                         \
    }
/* Asks one of WHOLE_STATEMENTS. */
CHECKED err catalog_ask_many(struct ctx *ctx, struct db_rows **rows, const char *sql, bool is_range,
                             const struct whole_question *question);
/* All products and variants; rows come by product. Reading a row needs catalog_product.c. */
CHECKED err product_ask_many(struct ctx *ctx, bool is_range, struct whole_question *question);
CHECKED err product_take_many(struct ctx *ctx, const struct whole_question *question,
                              struct product_whole *found);

/* In a transaction: with the id that they have. */
CHECKED err category_insert(struct ctx *ctx, const struct category *category);
CHECKED err collection_insert(struct ctx *ctx, const struct collection *collection);

/* In a transaction, each in place of what was there (`is_new`: nothing was). Fails with ERR_INVALID only in
 * the *_check functions. */
CHECKED err product_details_write(struct ctx *ctx, int64_t product_id, const struct product_details *details,
                                  bool is_new);
CHECKED err product_tags_write(struct ctx *ctx, int64_t product_id, const char *const *tags, size_t count);
/* The tags of a product, each once. */
struct tagging {
    int64_t product_id;
    bool is_new; /* it has none yet */
    const char *const *tags;
    size_t count;
};
CHECKED err product_tags_write_many(struct ctx *ctx, const struct tagging *taggings, size_t count);
CHECKED err product_attributes_write(struct ctx *ctx, int64_t product_id,
                                     const struct attribute_value *values, size_t count, bool is_new);

/* Tells the library which pictures a product shows: those in its row, and those in its description. */
CHECKED err product_tell_uses(struct ctx *ctx, int64_t product_id, const struct product_picture *pictures,
                              size_t count, const char *description);

/* With the jobs that keep it. */
CHECKED err product_schedule_write(struct ctx *ctx, int64_t product_id,
                                   const struct product_schedule *schedule);

void product_after_sale_sheet(struct ctx *ctx, struct value *sheet, const struct after_sale *promise);
/* Details into a sheet. */
void product_details_sheet(struct ctx *ctx, struct value *sheet, const struct product_details *details);
/* What is said beside a price, into a variant's row of a sheet. */
void variant_terms_sheet(struct arena *arena, struct value *row, const struct variant_terms *terms);
/* How it is bought, and when it goes on and off the shelf by itself, into a sheet. */
void product_buying_sheet(struct arena *arena, struct value *sheet, const struct buying_terms *terms);
void product_schedule_sheet(struct arena *arena, struct value *sheet,
                            const struct product_schedule *schedule);
/* Of a schedule of earlier days what is still to come. */
const struct product_schedule *product_schedule_today(struct ctx *ctx,
                                                      const struct product_schedule *schedule);
/* Whether a category or a collection may have this handle: a-z, 0-9 and -, at most 80, no - in front. */
bool shelf_handle_is_good(const char *handle);
CHECKED err product_after_sale_check(struct ctx *ctx, const struct after_sale *promise);
CHECKED err product_details_check(struct ctx *ctx, const struct product_details *details);
/* Renamings that an old version of a product is looked through for. */
#define TAG_CHANGE_LIMIT 2000
/* Trimmed, each once, in `kept`. */
CHECKED err product_tags_check(struct ctx *ctx, const char *const *tags, size_t count, const char ***kept,
                               size_t *kept_count);
/* Those that the category asks for, in `kept`. A product that is on the shelf must answer what is required.
 */
CHECKED err product_attributes_check(struct ctx *ctx, const struct product_draft *draft,
                                     struct attribute_value **kept, size_t *kept_count);

/* In a transaction: this is what the variant costs from now on. */
CHECKED err price_change_write(struct ctx *ctx, int64_t product_id, const struct price_change *change);

/* The same, where the attributes of the shop are at hand. */
CHECKED err product_attributes_check_in(struct ctx *ctx, const struct attribute *attributes, size_t count,
                                        const struct product_draft *draft, struct attribute_value **kept,
                                        size_t *kept_count);

/* What a product is after a draft was saved over it (NULL = it is new), as far as its sheet shows it. */
void product_state_after(struct ctx *ctx, const struct product_draft *draft,
                         const struct product_state *before, struct product_state *after);

/* docs/views.md: a product as people edit it, whole. The attributes give their names. */
struct value *product_sheet_of(struct ctx *ctx, const struct product_state *whole,
                               const struct attribute *attributes, size_t count);
/* The same, read from the tables. */
CHECKED err product_sheet_load(struct ctx *ctx, const struct product *product, struct value **sheet);
/* The draft that saves a sheet. It names the product and its version nowhere: the caller does. */
CHECKED err product_sheet_draft(struct ctx *ctx, const struct value *sheet, struct product_draft *draft);
/* What is different between two sheets, as a list of {field, of, before, after}, at most CHANGE_LIMIT long.
 */
#define CHANGE_LIMIT 200
struct value *product_sheet_changes(struct ctx *ctx, const struct value *before, const struct value *after);

/* One thing that a person can change, as text. */
struct leaf {
    const char *key; /* the same in all sheets of a product: the field, and the id of what it belongs to */
    const char *field;
    const char *of; /* the variant or attribute it belongs to, or "" */
    int64_t of_id;
    const char *text;
    size_t place;
};

struct leaves {
    struct ctx *ctx;
    struct leaf *items;
    size_t count;
    size_t capacity;
};
struct leaves product_sheet_leaves(struct ctx *ctx, const struct value *sheet);
/* The sheet of a version that is in the history, and when it was saved; ERR_NOT_FOUND when it is not. */
CHECKED err product_version_sheet(struct ctx *ctx, int64_t product_id, int64_t version, struct value **sheet,
                                  int64_t *at);

/* In a transaction, before anything is written: reads what the product was, and remembers it when its present
 * version is not in the history yet. */
CHECKED err product_version_open(struct ctx *ctx, const struct product *before, struct value **sheet);
/* In the same transaction, after everything was written: remembers what it is now. `before` NULL = it is new.
 */
CHECKED err product_version_close(struct ctx *ctx, int64_t product_id, const struct value *before,
                                  const char *cause);

/* A save of one of many products whose sheets are at hand. */
struct version_whole {
    int64_t product_id;
    int64_t version; /* after the save */
    const char *cause;
    const struct value *before; /* NULL = it is new */
    const struct value *after;
    int64_t act_id; /* 0 = by itself */
};
/* In a transaction: remembers the save; and before it what the product was, when `found` is given because no
 * whole state of it is in the history yet. */
CHECKED err product_version_write(struct ctx *ctx, const struct version_whole *save,
                                  const struct product *found);

/* A change of one field that needs no look at the rest. */
struct version_part {
    int64_t product_id;
    int64_t version;   /* after the change */
    const char *field; /* status, tags */
    const char *cause; /* why; NULL = as the field */
    const char *before;
    const char *after;
    const struct value *members; /* of the sheet, as they are now */
    int64_t act_id;              /* 0 = a change by itself */
};
/* In the transaction of a change: notes in the audit list that a product went on or off the shelf, when it
 * did. `before` is NULL for a new one. */
CHECKED err product_note_status(struct ctx *ctx, int64_t product_id, const char *title, const char *before,
                                const char *after);
CHECKED err product_version_part(struct ctx *ctx, const struct version_part *part);
/* In a transaction: what attribute_create does, of one that was checked and has its id. */
CHECKED err attribute_insert(struct ctx *ctx, const struct attribute *attribute);
/* In a transaction: puts a picture before the first of `later`, else at the end; nothing when the product
 * shows it already. ERR_LIMIT past PRODUCT_PICTURE_LIMIT. */
CHECKED err product_picture_put(struct ctx *ctx, int64_t product_id, const struct product_picture *picture,
                                const char *const *later, size_t later_count);
