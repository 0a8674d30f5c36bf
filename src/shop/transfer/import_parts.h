/* import_parts.h - what the steps of an import share: a row as it is understood, the rows of a product, and
 * the run over a file. Private to transfer. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "job/job.h"
#include "shop/freight/freight.h"
#include "shop/inventory/inventory.h"
#include "shop/transfer/import_columns.h"
#include "shop/transfer/import_package.h"
#include "shop/transfer/transfer.h"

#define IMPORT_CLEAR "<clear>"
#define IMPORT_STOCK_LIMIT INT64_C(1000000000)

/* A row. Texts are NULL where the cell is empty or the column is not there (keep), "" where it says <clear>.
 */
struct import_line {
    int64_t number;
    const char *cells[MEANING_CELLS];
    const char *option_names[PRODUCT_OPTION_LIMIT];
    const char *options[PRODUCT_OPTION_LIMIT];
    const char **attributes;        /* in the order of their columns */
    int64_t numbers[MEANING_CELLS]; /* amounts, counts and chosen words, as far as their cells are there */
    enum product_kind kind;
    enum product_status status;
    int64_t sku_owner; /* the product that has its SKU, 0 = none */
    int64_t key_owner; /* the product that its key finds */
    bool is_bad;
};

/* What happens to the stock of a variant. */
struct import_stock {
    size_t variant; /* in the draft */
    int64_t before; /* on hand */
    int64_t difference;
    bool is_set; /* only if it is still as before */
};

/* A file of the ZIP that a cell names. */
struct import_picture {
    const struct package_file *file;
    int64_t line;
    const char *alt; /* NULL = not said */
};

/* New words of a picture that a product shows. */
struct import_wording {
    int64_t line;
    const char *picture_id;
    const char *alt;
    const char *before; /* NULL until it is known that the product shows it with other words */
};

/* Another picture of a variant. */
struct import_look {
    size_t variant; /* in the draft */
    int64_t line;
    const char *of;                  /* the variant, for people */
    const char *before;              /* the id of its picture, "" = none */
    const char *picture_id;          /* that it gets, "" = none; NULL = not in the library yet */
    const char *address;             /* then one of the group's pictures */
    const struct package_file *file; /* or one of the ZIP */
};

/* The rows of one product, and what becomes of it. */
struct import_group {
    struct import_line **lines;
    size_t count;
    bool is_closed;
    int64_t product_id;        /* 0 = new */
    int64_t handle_owner;      /* the product that has the handle its rows tell, 0 = none */
    int64_t made_handle_owner; /* and of the handle that would be made of its title */
    const struct product_state *whole;
    enum import_outcome outcome;
    struct product_draft draft;
    const struct import_line **variant_lines; /* by variant of the draft; NULL = no row speaks of it */
    int64_t *initial;                         /* by variant: pieces of a new one */
    struct import_stock *stocks;
    size_t stock_count;
    const char **pictures;     /* addresses to fetch, in their order */
    const char **picture_alts; /* their words, NULL = not said */
    size_t picture_count;
    struct import_picture *files; /* of the ZIP, likewise */
    size_t file_count;
    struct import_wording *wordings;
    size_t wording_count;
    struct import_look *looks;
    size_t look_count;
    struct value *changes; /* list of {field, of, before, after} */
    bool is_draft_changed;
    const char *new_category; /* a path that the check would create */
    int64_t *collections;     /* by hand, that it comes into */
    size_t collection_count;
    bool sets_freight;
    int64_t freight_id; /* the template that it gets, 0 = that of the shop */
    int64_t freight_before;
    int64_t stands_below; /* of such a path the part that is there; 0 = nothing */
};

struct import_seen_slot {
    uint64_t hash; /* 0 = free */
    int64_t line;
};

struct import_seen {
    struct import_seen_slot *slots;
    size_t size; /* a power of two */
    size_t count;
};

struct import_run {
    struct ctx *ctx;
    struct ctx work;     /* the same with the arena of the batch */
    struct arena *spare; /* of the batch after it */
    const char *name;    /* of the file */
    /* Says what else the columns must have, or NULL. */
    err (*check_columns)(struct import_run *run);
    int64_t import_id; /* 0 on the command line */
    int64_t act_id;
    bool is_act_open;
    bool opens_act;  /* this batch does */
    bool is_stopped; /* all or nothing, and something was wrong */
    bool is_dry;
    size_t batch_rows; /* that share a transaction, about; up to IMPORT_BATCH_ROWS */
    bool counts_stock; /* a stock is set without what was expected */
    const struct import_choices *choices;
    struct import_columns columns;
    const struct package_index *files; /* of the ZIP that the table came in, or NULL */
    struct sheet_reader *reader;
    struct import_report *report;
    struct import_seen seen;
    struct category *categories;
    size_t category_count;
    const char **new_categories; /* paths that the check met */
    size_t new_category_count;
    struct attribute *attributes;
    size_t attribute_count;
    struct shelf_gate gate;         /* of the batch */
    struct collection *collections; /* of the shop; NULL when the file names none */
    size_t collection_count;
    struct collection_place *places; /* by hand, of the batch */
    size_t place_count;
    struct freight_template *freights; /* of the shop; NULL when the file names none */
    size_t freight_count;
    int64_t *freight_ids; /* of the batch: products, and the template that each has */
    int64_t *freight_products;
    size_t freight_product_count;
    int64_t position;   /* rows up to this line are done */
    int64_t resumed_at; /* and were done by an earlier run */
    int64_t last_line;  /* of the batch */
    int64_t progress;
    int64_t items_kept;
    int64_t figures_at; /* rows from which on the planner is shown what there is by now */
    /* The batch. */
    struct import_line **lines;
    size_t line_count;
    struct import_group **groups;
    size_t group_count;
    struct import_problem *fresh; /* problems of this batch */
    size_t fresh_count;
    size_t fresh_capacity;
};

/* import_file.c: opens a file and passes over lines that stand before its header; fills columns->items with
 * headers and guesses. *reader is to be closed. */
CHECKED err import_file_open(struct ctx *ctx, const char *path, const struct attribute *attributes,
                             size_t count, struct sheet_reader **reader, struct import_columns *columns);
/* The next row that is not blank and no second header. */
CHECKED err import_file_next(struct ctx *ctx, struct sheet_reader *reader,
                             const struct import_columns *columns, struct sheet_row *row,
                             enum sheet_outcome *outcome);

/* import_row.c: understands a row into run->work; false when it is none of a table's. What is wrong with
 * cells is noted and makes the line bad. */
bool import_line_read(struct import_run *run, const struct sheet_row *row, struct import_line *line);
/* A SKU made of what a person knows a product by. */
const char *import_derived_sku(struct ctx *ctx, const char *title, const char *brand, const char *choice);

/* import_note.c */
void import_note(struct import_run *run, int64_t line, const char *column, const char *code,
                 const char *value, const char *fix, const char *message);
/* Something that keeps nothing out. */
void import_warn(struct import_run *run, int64_t line, const char *column, const char *code,
                 const char *value, const char *message);
/* Whether anything but warnings was found in this batch. */
bool import_has_errors(const struct import_run *run);
/* The header of a meaning's column, or the key of the meaning. */
const char *import_header_of(const struct import_run *run, enum import_meaning meaning);
/* Remembers a word of this file; returns the line where it stood before, or 0. */
int64_t import_see(struct import_run *run, const char *kind, const char *word, int64_t line);
/* Takes the problems of the batch over into the report. */
void import_notes_keep(struct import_run *run);
void import_notes_sort(struct import_report *report);

/* import_category.c: the category that a path means, created when the run applies; 0 when the check would
 * create it below *below_id. *is_fine false (and noted) when there is no room. */
CHECKED err import_category_find(struct import_run *run, const struct import_line *line, const char *path,
                                 int64_t *category_id, int64_t *below_id, bool *is_fine);
CHECKED err import_categories_load(struct import_run *run);

/* import_plan.c: what becomes of the groups of the batch. Changes nothing but categories. */
CHECKED err import_plan(struct import_run *run);
/* import_draft.c: makes the draft of one group; sets its outcome. `stocks` belong to its whole's variants. */
CHECKED err import_group_draft(struct import_run *run, struct import_group *group,
                               const struct stock *stocks);
/* import_variants.c: its options and variants. */
CHECKED err import_group_variants(struct import_run *run, struct import_group *group,
                                  const struct stock *stocks);
void import_group_change(struct import_run *run, struct import_group *group, enum import_meaning field,
                         const char *of, const char *before, const char *after);
void import_group_refuse(struct import_run *run, struct import_group *group, const struct import_line *line,
                         const char *column, const char *code, const char *value, const char *fix,
                         const char *message);

/* The line whose cell counts for the product: the first that tells; all that tell must agree. NULL = none. */
const struct import_line *import_group_teller(struct import_run *run, struct import_group *group,
                                              enum import_meaning meaning);
void import_group_refuse_cell(struct import_run *run, struct import_group *group,
                              const struct import_line *line, enum import_meaning meaning, const char *code,
                              const char *message);

/* import_terms.c: what a row says beside the price of its variant, which changes name `of`. */
void import_take_terms(struct import_run *run, struct import_group *group, const struct import_line *line,
                       const char *of, struct variant_draft *variant);
/* Refuses the groups of the batch that claim a former price which no deal bears out (R-3.1-7). */
CHECKED err import_check_struck(struct import_run *run);

/* import_buying.c: bulk prices, questions, how many one may buy, and when the product goes on and off the
 * shelf by itself; after its variants. */
CHECKED err import_take_buying(struct import_run *run, struct import_group *group);
CHECKED err import_take_schedule(struct import_run *run, struct import_group *group);

/* import_lists.c: cells that hold several things. */
void import_take_tags(struct import_run *run, struct import_group *group);
void import_take_specs(struct import_run *run, struct import_group *group, const struct value **specs);
void import_take_attributes(struct import_run *run, struct import_group *group);
/* The words of a cell, parted by one of `gaps`: an array in the arena. */
const char **import_split(struct ctx *ctx, const char *text, const char *const *gaps, size_t *count);

/* import_collections.c: the collections by hand that rows put their product in. */
CHECKED err import_collections_load(struct import_run *run, const int64_t *product_ids, size_t count);
void import_take_collections(struct import_run *run, struct import_group *group);
/* In the transaction of the batch, when its products are written. */
CHECKED err import_write_collections(struct ctx *ctx, const struct import_run *run);
/* In a transaction: the next products leave the collections that the import put them in. */
CHECKED err import_collections_undo(struct ctx *ctx, int64_t import_id, bool *is_finished);

/* import_freight.c: the freight template that rows name. */
CHECKED err import_freights_load(struct import_run *run, const int64_t *product_ids, size_t count);
void import_take_freight(struct import_run *run, struct import_group *group);
/* In the transaction of the batch, when its products are written. */
CHECKED err import_write_freights(struct ctx *ctx, const struct import_run *run);
/* In a transaction: the next products get the template back that they had, where nobody chose another since.
 */
CHECKED err import_freights_undo(struct ctx *ctx, int64_t import_id, bool *is_finished);

/* import_picture_cells.c: the addresses and files that all rows name; the ids of an export are left out. */
void import_take_pictures(struct import_run *run, struct import_group *group);
/* What a row says of the picture of its variant, which is the `index`th of the draft. */
void import_take_look(struct import_run *run, struct import_group *group, const struct import_line *line,
                      size_t index, const char *of, const char *before);
/* Which pictures of the batch are a change of their product. */
CHECKED err import_find_new_pictures(struct import_run *run);

/* import_looks.c: words of pictures and pictures of variants. Which of them are a change. */
CHECKED err import_settle_looks(struct import_run *run);
/* In the transaction of the batch, when its products and pictures are ordered. */
CHECKED err import_write_looks(struct ctx *ctx, const struct import_run *run);
/* A file of the ZIP is in the library: the variants of the product that want it get it. */
CHECKED err import_looks_placed(struct ctx *ctx, int64_t import_id, int64_t product_id, const char *name,
                                const char *picture_id);
/* In a transaction: the next of them get back what they had, where nobody changed it since. */
CHECKED err import_looks_undo(struct ctx *ctx, int64_t import_id, bool *is_finished);

/* import_taobao.c: the rows that a row of 淘宝数据包 stands for, one for each choice of its coded properties;
 * the row itself when it has none, or when the file does not carry their names. */
void import_line_spread(struct import_run *run, struct import_line *line, struct import_line ***lines,
                        size_t *count);

/* import_pictures.c: files of ZIPs on their way to products. */
enum import_picture_state {
    IMPORT_PICTURE_WANTED = 1,
    IMPORT_PICTURE_STORED = 2, /* in the library */
    IMPORT_PICTURE_PLACED = 3, /* the product shows it */
    IMPORT_PICTURE_REFUSED = 4,
};
/* Takes files out of the groups of the batch that an import gave the same product before. */
CHECKED err import_forget_known_files(struct import_run *run);
/* In a transaction: what the products of the batch are to get. */
CHECKED err import_order_files(struct ctx *ctx, const struct import_run *run);
/* In a transaction: nothing more is to be placed. */
CHECKED err import_pictures_stop(struct ctx *ctx, int64_t import_id);
/* Takes the pictures away that the import added. */
CHECKED err import_pictures_undo(struct ctx *ctx, int64_t import_id);
CHECKED err import_run_pictures(struct ctx *ctx, const struct job *job, void *owner);

/* import_work.c, in the transactions of its jobs: an import among the works. `kind` is that of the job. */
struct work;
CHECKED err import_work_begin(struct ctx *ctx, const char *kind, int64_t import_id, const char *title,
                              int64_t total);
CHECKED err import_work_follow(struct ctx *ctx, const char *kind, int64_t import_id,
                               const struct import_report *report, int64_t percent);
CHECKED err import_work_follow_undo(struct ctx *ctx, int64_t import_id, const struct import_report *report);
/* The work that goes on for it; id 0 = none. */
CHECKED err import_work_find(struct ctx *ctx, const struct import *import, struct work *work);

/* import_write.c: whether a group is written at all. */
bool import_is_written(const struct import_group *group);
/* Writes what was planned, with the position, in one transaction. */
CHECKED err import_batch_finish(struct import_run *run, int64_t position);

/* import_store.c, in a transaction: how far the run is, with what it found in this batch. ERR_CONFLICT when
 * another run was there. */
CHECKED err import_store_batch(struct ctx *ctx, struct import_run *run, int64_t position,
                               struct import_report *report);

/* import_run.c: over the whole file. */
CHECKED err import_run_file(struct import_run *run, const char *path);

/* import_store.c */
const char *import_path(struct ctx *ctx, int64_t import_id);
/* Of the ZIP that the table came in. */
const char *import_zip_path(struct ctx *ctx, int64_t import_id);
CHECKED err import_choices_json(struct ctx *ctx, const struct import_choices *choices, const char **json);
CHECKED err import_choices_read(struct ctx *ctx, const char *json, struct import_choices *choices);
CHECKED err import_counts_json(struct ctx *ctx, const struct import_report *report, const char **json);
void import_counts_read(const struct value *counts, struct import_report *report);
