/* catalog_merge.c - two people changed a product at once: the state that both began with, the state now and
 * the draft of the second are compared leaf by leaf. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/catalog/catalog_check.h"
#include "shop/catalog/catalog_parts.h"

#include "base/text.h"

/* ---- a draft as a sheet ---- */

static int by_text(const void *left, const void *right)
{
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

static void add_tags(struct ctx *ctx, struct value *sheet, const struct product_draft *draft)
{
    const char **tags = arena_alloc_many(ctx->arena, draft->tag_count + 1, sizeof *tags);
    struct value *list = value_set_list(ctx->arena, sheet, "tags");
    memcpy(tags, draft->tags, draft->tag_count * sizeof *tags);
    qsort(tags, draft->tag_count, sizeof *tags, by_text);
    for (size_t i = 0; i < draft->tag_count; i++)
        if (i == 0 || !text_is(tags[i], tags[i - 1]))
            value_add(ctx->arena, list, value_text(tags[i]));
}

static int by_attribute(const void *left, const void *right)
{
    const struct attribute_value *a = left, *b = right;
    if (a->attribute_id != b->attribute_id)
        return a->attribute_id < b->attribute_id ? -1 : 1;
    return strcmp(a->value, b->value);
}

static const char *attribute_title(const struct attribute *attributes, size_t count, int64_t attribute_id)
{
    for (size_t i = 0; i < count; i++)
        if (attributes[i].id == attribute_id)
            return attributes[i].name;
    return "";
}

/* As they would be kept, when they can be kept. */
static err add_attributes(struct ctx *ctx, struct value *sheet, const struct product_draft *draft)
{
    struct attribute *attributes;
    struct attribute_value *kept = NULL;
    size_t count, kept_count = 0;
    TRY(attribute_list(ctx, &attributes, &count));
    if (product_attributes_check(ctx, draft, &kept, &kept_count) != NULL) {
        kept_count = draft->attribute_count;
        kept = arena_alloc_many(ctx->arena, kept_count + 1, sizeof *kept);
        memcpy(kept, draft->attributes, kept_count * sizeof *kept);
    }
    qsort(kept, kept_count, sizeof *kept, by_attribute);
    struct value *list = value_set_list(ctx->arena, sheet, "attributes");
    for (size_t i = 0; i < kept_count; i++) {
        struct value *answer = value_add(ctx->arena, list, *value_object(ctx->arena));
        value_set_int(ctx->arena, answer, "id", kept[i].attribute_id);
        value_set_text(ctx->arena, answer, "name", attribute_title(attributes, count, kept[i].attribute_id));
        value_set_text(ctx->arena, answer, "value", kept[i].value);
    }
    return NULL;
}

static void add_options(struct ctx *ctx, struct value *sheet, const struct product_draft *draft)
{
    struct value *list = value_set_list(ctx->arena, sheet, "options");
    for (size_t i = 0; i < draft->option_count; i++) {
        struct value *option = value_add(ctx->arena, list, *value_object(ctx->arena));
        value_set_text(ctx->arena, option, "name", draft->options[i].name);
        struct value *values = value_set_list(ctx->arena, option, "values");
        for (size_t j = 0; j < draft->options[i].value_count; j++)
            value_add(ctx->arena, values, value_text(draft->options[i].values[j]));
    }
}

static struct value *find_row(const struct value *sheet, int64_t variant_id)
{
    const struct value *list = value_find(sheet, "variants");
    for (size_t i = 0; i < value_count(list); i++)
        if (value_find_int(value_at(list, i), "id", 0) == variant_id)
            return &list->list->items[i];
    return NULL;
}

/* Of a draft that says nothing, as it was. */
static const struct variant_trade *trade_of(struct ctx *ctx, const struct variant_draft *variant,
                                            const struct value *base)
{
    const struct value *row = find_row(base, variant->id);
    if (variant->trade)
        return variant->trade;
    struct variant_trade *trade = arena_alloc(ctx->arena, sizeof *trade);
    *trade = (struct variant_trade){"", COST_UNKNOWN, 0, NULL};
    if (row)
        *trade = (struct variant_trade){.barcode = value_find_text(row, "barcode"),
                                        .cost = value_find_int(row, "cost", COST_UNKNOWN),
                                        .volume = value_find_int(row, "volume", 0)};
    return trade;
}

/* Of a draft that says nothing, as it was. */
static void add_terms(struct ctx *ctx, struct value *row, const struct variant_draft *variant,
                      const struct value *base)
{
    static const char *const members[] = {"compare_price",  "compare_kind", "compare_note",
                                          "content_amount", "content_unit", "content_base"};
    const struct value *was = find_row(base, variant->id);
    if (variant->terms)
        variant_terms_sheet(ctx->arena, row, variant->terms);
    for (size_t i = 0; i < sizeof members / sizeof *members && was && !variant->terms; i++)
        if (value_find(was, members[i]))
            value_set(ctx->arena, row, members[i], *value_find(was, members[i]));
}

/* What the draft says, or what was there. */
static void add_kept(struct ctx *ctx, struct value *row, const char *name, const char *told,
                     const struct value *was)
{
    if (told)
        value_set_text(ctx->arena, row, name, told);
    else if (was && value_find(was, name))
        value_set(ctx->arena, row, name, *value_find(was, name));
}

static void add_variant(struct ctx *ctx, struct value *list, const struct product_draft *draft, size_t index,
                        const struct value *base)
{
    struct arena *arena = ctx->arena;
    const struct variant_draft *variant = &draft->variants[index];
    const struct variant_trade *trade = trade_of(ctx, variant, base);
    struct value *row = value_add(arena, list, *value_object(arena));
    value_set_int(arena, row, "id", variant->id);
    value_set_int(arena, row, "row",
                  variant->row == ROW_NOT_SHOWN ? -1
                                                : (int64_t)(variant->row > 0 ? variant->row : index + 1));
    value_set_text(arena, row, "title", variant_draft_title(ctx, draft, variant));
    struct value *options = value_set_list(arena, row, "options");
    for (size_t i = 0; i < draft->option_count; i++)
        value_add(arena, options, value_text(variant->options[i]));
    value_set_text(arena, row, "sku", variant->sku);
    value_set_int(arena, row, "price", variant->price);
    value_set_int(arena, row, "cost", trade->cost);
    value_set_text(arena, row, "barcode", trade->barcode);
    value_set_int(arena, row, "weight", variant->weight);
    value_set_int(arena, row, "volume", trade->volume);
    add_kept(ctx, row, "external_id", trade->external_id, find_row(base, variant->id));
    add_kept(ctx, row, "price_tiers", variant->tiers, find_row(base, variant->id));
    add_terms(ctx, row, variant, base);
    value_set_bool(arena, row, "is_active", variant->is_active);
}

/* What the draft says nothing about is as it was. */
static err sheet_of_draft(struct ctx *ctx, const struct product_draft *draft, const struct value *base,
                          struct value **sheet)
{
    struct arena *arena = ctx->arena;
    *sheet = value_object(arena);
    for (size_t i = 0; i < value_count(base); i++)
        value_set(arena, *sheet, base->object->members[i].name, base->object->members[i].value);
    value_set_text(arena, *sheet, "title", draft->title);
    value_set_text(arena, *sheet, "subtitle", draft->subtitle);
    value_set_text(arena, *sheet, "description", draft->description);
    value_set_text(arena, *sheet, "brand", draft->brand);
    value_set_text(arena, *sheet, "handle", draft->handle);
    value_set_int(arena, *sheet, "kind", draft->kind);
    value_set_int(arena, *sheet, "status", draft->status);
    value_set_int(arena, *sheet, "category_id", draft->category_id);
    if (draft->details)
        product_details_sheet(ctx, *sheet, draft->details);
    if (draft->buying)
        product_buying_sheet(arena, *sheet, draft->buying);
    if (draft->schedule)
        product_schedule_sheet(arena, *sheet, draft->schedule);
    if (draft->tags)
        add_tags(ctx, *sheet, draft);
    if (draft->attributes)
        TRY(add_attributes(ctx, *sheet, draft));
    add_options(ctx, *sheet, draft);
    struct value *list = value_set_list(arena, *sheet, "variants");
    for (size_t i = 0; i < draft->variant_count; i++)
        add_variant(ctx, list, draft, i, base);
    return NULL;
}

/* ---- variants of three sheets ---- */

static struct value copy_object(struct ctx *ctx, const struct value *object)
{
    struct value *copy = value_object(ctx->arena);
    for (size_t i = 0; i < value_count(object); i++)
        value_set(ctx->arena, copy, object->object->members[i].name, object->object->members[i].value);
    return *copy;
}

/* A variant that was left out is one that was switched off. */
static void add_left_out(struct ctx *ctx, struct value *mine, const struct value *base)
{
    struct value *list = (struct value *)value_find(mine, "variants");
    const struct value *old = value_find(base, "variants");
    for (size_t i = 0; i < value_count(old); i++) {
        if (find_row(mine, value_find_int(value_at(old, i), "id", 0)))
            continue;
        struct value row = copy_object(ctx, value_at(old, i));
        value_set_bool(ctx->arena, &row, "is_active", false);
        value_set_int(ctx->arena, &row, "row", -1);
        value_add(ctx->arena, list, row);
    }
}

/* Variants that both made for the same choice are one; those that only the other made come behind. */
static void add_theirs(struct ctx *ctx, struct value *mine, const struct value *theirs,
                       const struct value *base)
{
    struct value *list = (struct value *)value_find(mine, "variants");
    const struct value *now = value_find(theirs, "variants");
    for (size_t i = 0; i < value_count(now); i++) {
        const struct value *row = value_at(now, i);
        int64_t variant_id = value_find_int(row, "id", 0);
        if (find_row(mine, variant_id) || find_row(base, variant_id))
            continue;
        struct value *same = NULL;
        for (size_t j = 0; j < value_count(list) && !same; j++)
            if (value_find_int(value_at(list, j), "id", 0) == 0 &&
                text_is(value_find_text(value_at(list, j), "title"), value_find_text(row, "title")))
                same = &list->list->items[j];
        if (same) {
            value_set_int(ctx->arena, same, "id", variant_id);
            continue;
        }
        struct value copy = copy_object(ctx, row);
        value_set_int(ctx->arena, &copy, "row", -1);
        value_add(ctx->arena, list, copy);
    }
}

/* ---- leaf by leaf ---- */

struct merging {
    struct ctx *ctx;
    const struct value *theirs;
    struct value *mine;
    const struct merge_choice *choices;
    size_t choice_count;
    struct product_merge *merge;
};

static void take_attribute(struct merging *merging, int64_t attribute_id)
{
    struct arena *arena = merging->ctx->arena;
    const struct value *sources[] = {value_find(merging->mine, "attributes"),
                                     value_find(merging->theirs, "attributes")};
    struct value *list = value_list(arena);
    for (size_t source = 0; source < 2; source++)
        for (size_t i = 0; i < value_count(sources[source]); i++) {
            const struct value *answer = value_at(sources[source], i);
            if ((value_find_int(answer, "id", 0) == attribute_id) == (source == 1))
                value_add(arena, list, *answer);
        }
    value_set(arena, merging->mine, "attributes", *list);
}

static void take(struct merging *merging, const struct leaf *leaf)
{
    struct arena *arena = merging->ctx->arena;
    if (text_is(leaf->field, "attribute")) {
        take_attribute(merging, leaf->of_id);
    } else if (leaf->of_id != 0) {
        const struct value *from = find_row(merging->theirs, leaf->of_id);
        struct value *to = find_row(merging->mine, leaf->of_id);
        bool is_choice = text_is(leaf->field, "variant");
        const char *name = is_choice ? "options" : leaf->field;
        if (!from || !to || !value_find(from, name))
            return;
        value_set(arena, to, name, *value_find(from, name));
        if (is_choice)
            value_set(arena, to, "title", *value_find(from, "title"));
        if (text_is(leaf->field, "compare_price"))
            value_set(arena, to, "compare_kind", *value_find(from, "compare_kind"));
    } else if (value_find(merging->theirs, leaf->field)) {
        value_set(arena, merging->mine, leaf->field, *value_find(merging->theirs, leaf->field));
    }
}

static void tell(struct merging *merging, struct value *list, const struct leaf *leaf,
                 const char *const texts[3])
{
    struct arena *arena = merging->ctx->arena;
    if (value_count(list) >= CHANGE_LIMIT)
        return;
    struct value *row = value_add(arena, list, *value_object(arena));
    value_set_text(arena, row, "key", leaf->key);
    value_set_text(arena, row, "field", leaf->field);
    value_set_text(arena, row, "of", leaf->of);
    value_set_text(arena, row, "base", texts[0]);
    value_set_text(arena, row, "theirs", texts[1]);
    value_set_text(arena, row, "yours", texts[2]);
}

static bool is_theirs_chosen(const struct merging *merging, const char *key)
{
    for (size_t i = 0; i < merging->choice_count; i++)
        if (text_is(merging->choices[i].key, key))
            return merging->choices[i].is_theirs;
    return false;
}

static void decide(struct merging *merging, const struct leaf *leaf, const char *const texts[3])
{
    const char *base = texts[0], *theirs = texts[1], *mine = texts[2];
    if (text_is(theirs, base) || text_is(theirs, mine))
        return;
    if (text_is(mine, base)) {
        tell(merging, merging->merge->taken, leaf, texts);
        take(merging, leaf);
        return;
    }
    tell(merging, merging->merge->conflicts, leaf, texts);
    if (is_theirs_chosen(merging, leaf->key))
        take(merging, leaf);
}

static int by_key(const void *left, const void *right)
{
    return strcmp(((const struct leaf *)left)->key, ((const struct leaf *)right)->key);
}

static const char *text_at(const struct leaves *sorted, const struct leaf *leaf)
{
    const struct leaf *found = bsearch(leaf, sorted->items, sorted->count, sizeof *leaf, by_key);
    return found ? found->text : "";
}

/* A variant without a choice is called by its SKU, and new ones of the draft have no name in common yet. */
static bool is_compared(const struct merging *merging, const struct leaf *leaf)
{
    bool is_variant = text_is(leaf->field, "variant");
    const struct value *row = is_variant ? find_row(merging->theirs, leaf->of_id) : NULL;
    if (is_variant && (!row || value_count(value_find(row, "options")) == 0))
        return false;
    return true;
}

/* In the order of the sheet now; what only the draft has needs no decision. */
static void decide_all(struct merging *merging, const struct value *base)
{
    struct leaves old = product_sheet_leaves(merging->ctx, base);
    struct leaves mine = product_sheet_leaves(merging->ctx, merging->mine);
    struct leaves now = product_sheet_leaves(merging->ctx, merging->theirs);
    qsort(old.items, old.count, sizeof *old.items, by_key);
    qsort(mine.items, mine.count, sizeof *mine.items, by_key);
    for (size_t i = 0; i < now.count; i++) {
        const struct leaf *leaf = &now.items[i];
        const char *const texts[3] = {text_at(&old, leaf), leaf->text, text_at(&mine, leaf)};
        if (is_compared(merging, leaf))
            decide(merging, leaf, texts);
    }
    /* An answer that they took away stands in the old sheet only. */
    for (size_t i = 0; i < old.count; i++) {
        const struct leaf *leaf = &old.items[i];
        const char *const texts[3] = {leaf->text, "", text_at(&mine, leaf)};
        bool is_gone = text_is(leaf->field, "attribute");
        for (size_t j = 0; j < now.count && is_gone; j++)
            is_gone = !text_is(now.items[j].key, leaf->key);
        if (is_gone)
            decide(merging, leaf, texts);
    }
}

/* What a sheet does not say of a draft. */
static void keep_rest(struct product_draft *merged, const struct product_draft *draft,
                      const struct value *mine)
{
    const struct value *list = value_find(mine, "variants");
    merged->id = draft->id;
    merged->kind = draft->kind;
    merged->cause = draft->cause;
    size_t at = 0;
    for (size_t i = 0; i < value_count(list) && at < merged->variant_count; i++) {
        const struct value *row = value_at(list, i);
        if (!text_is(value_find_text(row, "sku"), merged->variants[at].sku) ||
            value_find_int(row, "id", 0) != merged->variants[at].id)
            continue; /* left out: it does not fit the options */
        int64_t number = value_find_int(row, "row", -1);
        merged->variants[at++].row = number < 0 ? ROW_NOT_SHOWN : (size_t)number;
    }
}

err product_merge(struct ctx *ctx, struct product_draft *draft, const struct merge_choice *choices,
                  size_t count, struct product_merge *merge)
{
    const struct product *product;
    struct value *base, *theirs;
    struct product_draft merged;
    struct merging merging = {.ctx = ctx, .choices = choices, .choice_count = count, .merge = merge};
    int64_t at;
    TRY(product_load(ctx, draft->id, &product));
    TRY(product_sheet_load(ctx, product, &theirs));
    err failure = product_version_sheet(ctx, draft->id, draft->version, &base, &at);
    if (failure && failure->code != ERR_NOT_FOUND)
        return failure;
    if (failure)
        base = value_object(ctx->arena);
    *merge = (struct product_merge){
        .version = product->version, .conflicts = value_list(ctx->arena), .taken = value_list(ctx->arena)};
    TRY(sheet_of_draft(ctx, draft, failure ? theirs : base, &merging.mine));
    merging.theirs = theirs;
    add_left_out(ctx, merging.mine, failure ? theirs : base);
    add_theirs(ctx, merging.mine, theirs, base);
    decide_all(&merging, base);
    TRY(product_sheet_draft(ctx, merging.mine, &merged));
    keep_rest(&merged, draft, merging.mine);
    merged.version = product->version;
    *draft = merged;
    return NULL;
}
