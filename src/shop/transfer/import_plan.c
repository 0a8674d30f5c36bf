/* import_plan.c - what becomes of the rows of a batch: which products they mean, what those are now, and what
 * they will be. A batch costs a handful of questions, however many rows it has. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/transfer/import_parts.h"

#include "base/text.h"
#include <stdlib.h>

/* Words that are looked up together, and whose they are. */
struct lookup {
    const char **words;
    int64_t **owners;
    size_t count;
};

static struct lookup lookup_open(struct import_run *run, size_t most)
{
    return (struct lookup){arena_alloc_many(run->work.arena, most + 1, sizeof(const char *)),
                           arena_alloc_many(run->work.arena, most + 1, sizeof(int64_t *)), 0};
}

static void lookup_add(struct lookup *lookup, const char *word, int64_t *owner)
{
    *owner = 0;
    if (!word || !word[0])
        return;
    lookup->words[lookup->count] = word;
    lookup->owners[lookup->count++] = owner;
}

static err lookup_ask(struct import_run *run, const struct lookup *lookup, enum product_key key)
{
    int64_t *found = arena_alloc_many(run->work.arena, lookup->count + 1, sizeof *found);
    TRY(product_find_many(&run->work, key, lookup->words, lookup->count, found));
    for (size_t i = 0; i < lookup->count; i++)
        *lookup->owners[i] = found[i];
    return NULL;
}

static const char *cell_of(const struct import_group *group, enum import_meaning meaning)
{
    for (size_t i = 0; i < group->count; i++)
        if (group->lines[i]->cells[meaning] && group->lines[i]->cells[meaning][0])
            return group->lines[i]->cells[meaning];
    return NULL;
}

/* The column that variants are known again by beside their SKU; MEANING_NONE = none. */
static enum import_meaning key_meaning(const struct import_run *run)
{
    return run->choices->match == IMPORT_BY_BARCODE       ? MEANING_BARCODE
           : run->choices->match == IMPORT_BY_EXTERNAL_ID ? MEANING_EXTERNAL_ID
                                                          : MEANING_NONE;
}

static err find_owners(struct import_run *run)
{
    struct lookup skus = lookup_open(run, run->line_count), keys = lookup_open(run, run->line_count);
    struct lookup handles = lookup_open(run, 2 * run->group_count);
    enum import_meaning key = key_meaning(run);
    for (size_t i = 0; i < run->group_count; i++) {
        struct import_group *group = run->groups[i];
        const char *handle = cell_of(group, MEANING_HANDLE), *title = cell_of(group, MEANING_TITLE);
        lookup_add(&handles, handle, &group->handle_owner);
        lookup_add(&handles, title && !handle ? product_handle_from(&run->work, title) : NULL,
                   &group->made_handle_owner);
        for (size_t j = 0; j < group->count; j++) {
            struct import_line *line = group->lines[j];
            lookup_add(&skus, line->cells[MEANING_SKU], &line->sku_owner);
            lookup_add(&keys, key ? line->cells[key] : NULL, &line->key_owner);
        }
    }
    TRY(lookup_ask(run, &skus, PRODUCT_BY_SKU));
    TRY(lookup_ask(run, &keys, key == MEANING_BARCODE ? PRODUCT_BY_BARCODE : PRODUCT_BY_EXTERNAL_ID));
    return lookup_ask(run, &handles, PRODUCT_BY_HANDLE);
}

/* ---- which product ---- */

static void need_key(struct import_run *run, struct import_group *group, enum import_meaning meaning)
{
    if (!cell_of(group, meaning))
        import_group_refuse(run, group, group->lines[0], import_header_of(run, meaning), "required", "", "",
                            "products are known again by this; it must not be empty");
}

static void choose_product(struct import_run *run, struct import_group *group)
{
    enum import_match match = run->choices->match;
    group->product_id = 0;
    if (match == IMPORT_BY_HANDLE) {
        need_key(run, group, MEANING_HANDLE);
        group->product_id = group->handle_owner;
    }
    if (key_meaning(run) != MEANING_NONE)
        need_key(run, group, key_meaning(run));
    if (match == IMPORT_BY_SKU && !run->columns.of[MEANING_TITLE])
        need_key(run, group, MEANING_SKU); /* with a name, one is made of it */
    for (size_t i = 0; i < group->count && !group->product_id && match != IMPORT_BY_HANDLE; i++)
        group->product_id = match == IMPORT_BY_SKU ? group->lines[i]->sku_owner : group->lines[i]->key_owner;
}

static void check_owners(struct import_run *run, struct import_group *group)
{
    for (size_t i = 0; i < group->count; i++) {
        const struct import_line *line = group->lines[i];
        int64_t owner = line->sku_owner ? line->sku_owner : line->key_owner;
        if (owner == 0 || owner == group->product_id)
            continue;
        if (line->sku_owner)
            import_group_refuse_cell(run, group, line, MEANING_SKU, "sku-taken",
                                     "another product has this SKU");
        else if (key_meaning(run) == MEANING_BARCODE)
            import_group_refuse_cell(run, group, line, MEANING_BARCODE, "barcode-taken",
                                     "another product has this barcode");
        else
            import_group_refuse_cell(run, group, line, MEANING_EXTERNAL_ID, "external-id-taken",
                                     "another product has this external id");
    }
}

static int by_product(const void *left, const void *right)
{
    const struct import_group *a = *(struct import_group *const *)left,
                              *b = *(struct import_group *const *)right;
    if (a->product_id != b->product_id)
        return a->product_id < b->product_id ? -1 : 1;
    return (a->lines[0]->number > b->lines[0]->number) - (a->lines[0]->number < b->lines[0]->number);
}

static void join(struct import_run *run, struct import_group *group, const struct import_group *more)
{
    struct import_line **lines = arena_alloc_many(run->work.arena, group->count + more->count, sizeof *lines);
    memcpy(lines, group->lines, group->count * sizeof(struct import_line *));
    memcpy(lines + group->count, more->lines, more->count * sizeof(struct import_line *));
    group->lines = lines;
    group->count += more->count;
    group->outcome = more->outcome == IMPORT_REFUSED ? IMPORT_REFUSED : group->outcome;
}

/* Rows that stand apart but mean one product become one. New products are left in the order of the file. */
static void join_groups(struct import_run *run)
{
    size_t kept = 0;
    qsort(run->groups, run->group_count, sizeof *run->groups, by_product);
    for (size_t i = 0; i < run->group_count; i++) {
        struct import_group *group = run->groups[i];
        if (kept > 0 && group->product_id && run->groups[kept - 1]->product_id == group->product_id)
            join(run, run->groups[kept - 1], group);
        else
            run->groups[kept++] = group;
    }
    run->group_count = kept;
}

static void begin(struct import_group *group)
{
    *group = (struct import_group){.lines = group->lines, .count = group->count, .is_closed = true};
}

/* ---- what it is now ---- */

struct present {
    struct product_state *wholes;
    size_t count;
    struct stock *stocks; /* of all their variants, one product behind the other */
    size_t *first;        /* of each product */
};

static err load_stocks(struct import_run *run, struct present *present)
{
    size_t total = 0;
    bool is_asked = run->columns.of[MEANING_STOCK] || run->columns.of[MEANING_STOCK_DELTA];
    present->first = arena_alloc_many(run->work.arena, present->count + 1, sizeof *present->first);
    for (size_t i = 0; i < present->count; i++) {
        present->first[i] = total;
        total += present->wholes[i].variant_count;
    }
    int64_t *ids = arena_alloc_many(run->work.arena, total + 1, sizeof *ids);
    present->stocks = arena_alloc_many(run->work.arena, total + 1, sizeof *present->stocks);
    for (size_t i = 0; i < present->count; i++)
        for (size_t j = 0; j < present->wholes[i].variant_count; j++)
            ids[present->first[i] + j] = present->wholes[i].variants[j].id;
    return is_asked ? stock_load_many(&run->work, ids, total, present->stocks) : NULL;
}

static err load_present(struct import_run *run, struct present *present)
{
    int64_t *ids = arena_alloc_many(run->work.arena, run->group_count + 1, sizeof *ids);
    *present = (struct present){
        .wholes = arena_alloc_many(run->work.arena, run->group_count + 1, sizeof *present->wholes)};
    for (size_t i = 0; i < run->group_count; i++)
        if (run->groups[i]->product_id)
            ids[present->count++] = run->groups[i]->product_id;
    TRY(product_state_load_many(&run->work, ids, present->count, present->wholes));
    TRY(import_collections_load(run, ids, present->count));
    TRY(import_freights_load(run, ids, present->count));
    return load_stocks(run, present);
}

err import_plan(struct import_run *run)
{
    struct present present;
    size_t at = 0;
    for (size_t i = 0; i < run->group_count; i++)
        begin(run->groups[i]);
    TRY(find_owners(run));
    for (size_t i = 0; i < run->group_count; i++) {
        choose_product(run, run->groups[i]);
        check_owners(run, run->groups[i]);
    }
    join_groups(run);
    TRY(load_present(run, &present));
    TRY(shelf_gate_load(&run->work, &run->gate));
    for (size_t i = 0; i < run->group_count; i++) {
        struct import_group *group = run->groups[i];
        const struct stock *stocks = NULL;
        if (group->product_id) {
            group->whole = &present.wholes[at];
            stocks = present.stocks + present.first[at++];
        }
        if (group->product_id && !group->whole->product)
            return fail_with(&run->work, ERR_CONFLICT, "a product went away meanwhile");
        TRY(import_group_draft(run, group, stocks));
    }
    TRY(import_check_struck(run));
    TRY(import_find_new_pictures(run));
    return import_settle_looks(run);
}
