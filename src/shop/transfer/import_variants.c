/* import_variants.c - the options and variants that the rows of a product make. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/transfer/import_parts.h"

#include "base/money.h"
#include <inttypes.h>

#define OPTION_VALUE_LIMIT 200
#define CHOICE_LIMIT 2000

struct option {
    const char *name;
    const char **values; /* room for OPTION_VALUE_LIMIT and one more */
    size_t value_count;
};

struct building {
    struct import_run *run;
    struct import_group *group;
    const struct stock *stocks; /* of the whole's variants */
    struct option options[PRODUCT_OPTION_LIMIT];
    size_t option_count;
    const struct variant **had; /* by variant of the draft: what it was, or NULL */
};

static void refuse(struct building *building, const struct import_line *line, enum import_meaning meaning,
                   const char *code, const char *fix, const char *message)
{
    import_group_refuse(building->run, building->group, line, import_header_of(building->run, meaning), code,
                        line->cells[meaning], fix, message);
}

/* ---- options ---- */

static size_t option_named(const struct building *building, const char *name)
{
    size_t at = 0;
    while (at < building->option_count && !text_is(building->options[at].name, name))
        at++;
    return at;
}

static void add_option(struct building *building, const char *name)
{
    building->options[building->option_count++] = (struct option){
        .name = name,
        .values = arena_alloc_many(building->run->work.arena, OPTION_VALUE_LIMIT + 1, sizeof(const char *))};
}

static void add_value(struct building *building, struct option *option, const char *value)
{
    for (size_t i = 0; i < option->value_count; i++)
        if (text_is(option->values[i], value))
            return;
    if (option->value_count <= OPTION_VALUE_LIMIT)
        option->values[option->value_count++] = value;
    (void)building;
}

static void begin_options(struct building *building)
{
    const struct product_state *whole = building->group->whole;
    const struct value *options = whole ? whole->product->options : NULL;
    for (size_t i = 0; i < value_count(options) && i < PRODUCT_OPTION_LIMIT; i++) {
        const struct value *values = value_find(value_at(options, i), "values");
        add_option(building, value_find_text(value_at(options, i), "name"));
        for (size_t j = 0; j < value_count(values); j++)
            add_value(building, &building->options[i], value_at(values, j)->text);
    }
    if (whole)
        return;
    /* The rows of a new product name its options in their order. */
    for (size_t i = 0; i < building->group->count; i++)
        for (size_t j = 0; j < PRODUCT_OPTION_LIMIT; j++) {
            const char *name = building->group->lines[i]->option_names[j];
            if (name && option_named(building, name) == building->option_count &&
                building->option_count < PRODUCT_OPTION_LIMIT)
                add_option(building, name);
        }
}

/* What a row chooses of each option, NULL where it says nothing. False when it names what is not there. */
static bool read_choice(struct building *building, const struct import_line *line,
                        const char *choice[PRODUCT_OPTION_LIMIT])
{
    memset(choice, 0, PRODUCT_OPTION_LIMIT * sizeof *choice);
    for (size_t i = 0; i < PRODUCT_OPTION_LIMIT; i++) {
        if (!line->options[i])
            continue;
        size_t at = line->option_names[i] ? option_named(building, line->option_names[i]) : i;
        if (at >= building->option_count) {
            import_group_refuse(building->run, building->group, line,
                                import_header_of(building->run, MEANING_OPTION1 + (int)i), "unknown-option",
                                line->options[i], "",
                                building->group->whole
                                    ? "the product has no such option; add it in the back office"
                                    : "the option has no name");
            return false;
        }
        choice[at] = line->options[i];
    }
    return true;
}

/* ---- which variant ---- */

static bool is_choice(const struct building *building, size_t index, const char *const *choice)
{
    const struct variant_draft *variant = &building->group->draft.variants[index];
    for (size_t i = 0; i < building->option_count; i++)
        if (!choice[i] || !text_is(variant->options[i], choice[i]))
            return false;
    return building->option_count > 0;
}

static bool has_key(const struct building *building, const struct variant *variant,
                    const struct import_line *line)
{
    enum import_match match = building->run->choices->match;
    enum import_meaning meaning = match == IMPORT_BY_BARCODE ? MEANING_BARCODE : MEANING_EXTERNAL_ID;
    const char *key = line->cells[meaning];
    if ((match != IMPORT_BY_BARCODE && match != IMPORT_BY_EXTERNAL_ID) || !key || !key[0])
        return false;
    return text_is(match == IMPORT_BY_BARCODE ? variant->barcode : variant->external_id, key);
}

/* The variant that a row names by its SKU or key, when it is switched off and none that is sold is named so.
 */
static const struct variant *switched_off(const struct building *building, const struct import_line *line)
{
    const struct product_state *whole = building->group->whole;
    const struct variant *off = NULL;
    const char *sku = line->cells[MEANING_SKU];
    for (size_t i = 0; whole && i < whole->variant_count; i++) {
        const struct variant *variant = &whole->variants[i];
        if (!(sku ? text_is(variant->sku, sku) : has_key(building, variant, line)))
            continue;
        if (variant->is_active)
            return NULL;
        off = variant;
    }
    return off;
}

/* The variant of the draft that a row speaks of; draft.variant_count when it is a new one. */
static size_t find_variant(const struct building *building, const struct import_line *line,
                           const char *const *choice)
{
    const struct product_draft *draft = &building->group->draft;
    size_t count = draft->variant_count;
    for (size_t i = 0; i < count && line->cells[MEANING_SKU]; i++)
        if (text_is(draft->variants[i].sku, line->cells[MEANING_SKU]))
            return i;
    for (size_t i = 0; i < count; i++)
        if (building->had[i] && has_key(building, building->had[i], line))
            return i;
    for (size_t i = 0; i < count; i++)
        if (is_choice(building, i, choice))
            return i;
    return building->group->whole && building->option_count == 0 ? 0 : count;
}

static const char **choice_texts(const struct building *building, const char *const *choice)
{
    const char **texts =
        arena_alloc_many(building->run->work.arena, building->option_count + 1, sizeof *texts);
    for (size_t i = 0; i < building->option_count; i++)
        texts[i] = choice[i];
    return texts;
}

static const char *choice_title(const struct building *building, const char *const *choice)
{
    struct text_buf text;
    text_open(&text, building->run->work.arena, CHOICE_LIMIT);
    for (size_t i = 0; i < building->option_count; i++)
        text_add_format(&text, "%s%s", i > 0 ? " / " : "", choice[i] ? choice[i] : "");
    return text_of(&text);
}

static bool add_variant(struct building *building, const struct import_line *line, const char *const *choice)
{
    struct import_group *group = building->group;
    struct product_draft *draft = &group->draft;
    for (size_t i = 0; i < building->option_count; i++)
        if (!choice[i]) {
            refuse(building, line, MEANING_OPTION1 + (int)i, "option-needed", "",
                   arena_format(building->run->work.arena, "which %s?", building->options[i].name));
            return false;
        }
    if (building->option_count == 0 && draft->variant_count > 0) {
        refuse(building, line, MEANING_OPTION1, "option-needed", "",
               "a second row of a product needs an option that tells it apart");
        return false;
    }
    if (!line->cells[MEANING_PRICE]) {
        refuse(building, line, MEANING_PRICE, "required", "", "the product needs a price");
        return false;
    }
    const char *sku = line->cells[MEANING_SKU];
    if (!sku)
        sku = import_derived_sku(&building->run->work, draft->title, draft->brand,
                                 choice_title(building, choice));
    draft->variants[draft->variant_count++] =
        (struct variant_draft){.sku = sku, .options = choice_texts(building, choice), .is_active = true};
    import_group_change(building->run, group, MEANING_SKU, choice_title(building, choice), "", sku);
    return true;
}

/* ---- cells ---- */

static const char *name_of(const struct building *building, size_t index)
{
    const struct variant_draft *variant = &building->group->draft.variants[index];
    return building->option_count > 0 ? choice_title(building, variant->options) : "";
}

static void change(struct building *building, size_t index, enum import_meaning field, const char *before,
                   const char *after)
{
    if (building->had[index] && !text_is(before, after))
        import_group_change(building->run, building->group, field, name_of(building, index), before, after);
}

static const char *amount(const struct building *building, int64_t minor)
{
    struct ctx *ctx = &building->run->work;
    return minor < 0 ? "" : money_decimal(ctx->arena, money_of(minor, ctx->shop->currency));
}

static const char *number(const struct building *building, int64_t count)
{
    return arena_format(building->run->work.arena, "%" PRId64, count);
}

static void take_trade(struct building *building, size_t index, const struct import_line *line)
{
    const struct variant *had = building->had[index];
    struct variant_trade *trade = arena_alloc(building->run->work.arena, sizeof *trade);
    *trade = had ? (struct variant_trade){had->barcode, had->cost, had->volume, had->external_id}
                 : (struct variant_trade){"", COST_UNKNOWN, 0, ""};
    struct variant_trade before = *trade;
    if (line->cells[MEANING_BARCODE])
        trade->barcode = line->cells[MEANING_BARCODE];
    if (line->cells[MEANING_COST])
        trade->cost = line->cells[MEANING_COST][0] ? line->numbers[MEANING_COST] : COST_UNKNOWN;
    if (line->cells[MEANING_VOLUME])
        trade->volume = line->numbers[MEANING_VOLUME];
    if (line->cells[MEANING_EXTERNAL_ID])
        trade->external_id = line->cells[MEANING_EXTERNAL_ID];
    change(building, index, MEANING_EXTERNAL_ID, before.external_id, trade->external_id);
    change(building, index, MEANING_BARCODE, before.barcode, trade->barcode);
    change(building, index, MEANING_COST, amount(building, before.cost), amount(building, trade->cost));
    change(building, index, MEANING_VOLUME, number(building, before.volume), number(building, trade->volume));
    building->group->draft.variants[index].trade = trade;
}

static void take_choice(struct building *building, size_t index, const char *const *choice)
{
    struct variant_draft *variant = &building->group->draft.variants[index];
    const char **texts = choice_texts(building, choice);
    const char *before = choice_title(building, variant->options);
    for (size_t i = 0; i < building->option_count; i++) {
        texts[i] = choice[i] ? choice[i] : variant->options[i];
        add_value(building, &building->options[i], texts[i]);
    }
    change(building, index, MEANING_OPTION, before, choice_title(building, texts));
    variant->options = texts;
}

static void take_status(struct building *building, size_t index, const struct import_line *line)
{
    struct variant_draft *variant = &building->group->draft.variants[index];
    bool is_on = line->numbers[MEANING_VARIANT_STATUS] == VARIANT_ON;
    if (!line->cells[MEANING_VARIANT_STATUS])
        return;
    change(building, index, MEANING_VARIANT_STATUS,
           import_word(MEANING_VARIANT_STATUS, variant->is_active ? VARIANT_ON : VARIANT_OFF, false),
           import_word(MEANING_VARIANT_STATUS, is_on ? VARIANT_ON : VARIANT_OFF, false));
    variant->is_active = is_on;
}

static void take_cells(struct building *building, size_t index, const struct import_line *line,
                       const char *const *choice)
{
    struct variant_draft *variant = &building->group->draft.variants[index];
    if (line->cells[MEANING_SKU]) {
        change(building, index, MEANING_SKU, variant->sku, line->cells[MEANING_SKU]);
        variant->sku = line->cells[MEANING_SKU];
    }
    if (line->cells[MEANING_PRICE]) {
        change(building, index, MEANING_PRICE, amount(building, variant->price),
               amount(building, line->numbers[MEANING_PRICE]));
        variant->price = line->numbers[MEANING_PRICE];
    }
    if (line->cells[MEANING_WEIGHT] || line->cells[MEANING_WEIGHT_KG]) {
        change(building, index, MEANING_WEIGHT, number(building, variant->weight),
               number(building, line->numbers[MEANING_WEIGHT]));
        variant->weight = line->numbers[MEANING_WEIGHT];
    }
    take_status(building, index, line);
    take_choice(building, index, choice);
    import_take_terms(building->run, building->group, line, name_of(building, index), variant);
    take_trade(building, index, line);
}

/* ---- stock ---- */

static bool is_digital(const struct building *building)
{
    return building->group->draft.kind == PRODUCT_DIGITAL;
}

static void need_codes(struct building *building, const struct import_line *line, enum import_meaning meaning)
{
    refuse(building, line, meaning, "codes-needed", "",
           "the stock of digital goods are their codes; leave the cell empty");
}

static void take_first_stock(struct building *building, size_t index, const struct import_line *line)
{
    bool is_set = line->cells[MEANING_STOCK] != NULL, is_added = line->cells[MEANING_STOCK_DELTA] != NULL;
    int64_t first = is_set     ? line->numbers[MEANING_STOCK]
                    : is_added ? line->numbers[MEANING_STOCK_DELTA]
                               : building->run->choices->default_stock;
    if (is_digital(building) && (is_set || is_added) && first != 0)
        need_codes(building, line, is_set ? MEANING_STOCK : MEANING_STOCK_DELTA);
    if (first < 0)
        refuse(building, line, MEANING_STOCK_DELTA, "promised", "0",
               "a new product has no stock to take from");
    building->group->initial[index] = is_digital(building) ? 0 : first;
}

static void move_stock(struct building *building, size_t index, const struct import_line *line,
                       enum import_meaning meaning, const struct stock *stock, int64_t difference)
{
    struct import_group *group = building->group;
    if (difference == 0)
        return;
    if (is_digital(building)) {
        need_codes(building, line, meaning);
        return;
    }
    if (stock->on_hand + difference < stock->reserved) {
        refuse(building, line, meaning, "promised", number(building, stock->reserved),
               arena_format(building->run->work.arena,
                            "%" PRId64 " pieces are promised to orders; the stock cannot be less",
                            stock->reserved));
        return;
    }
    group->stocks[group->stock_count++] =
        (struct import_stock){index, stock->on_hand, difference, meaning == MEANING_STOCK};
    change(building, index, MEANING_STOCK, number(building, stock->on_hand),
           number(building, stock->on_hand + difference));
}

/* Setting a stock needs what it was when the file was made: what was sold meanwhile must not come back. */
static void set_stock(struct building *building, size_t index, const struct import_line *line,
                      const struct stock *stock)
{
    bool is_expected = line->cells[MEANING_STOCK_EXPECTED] != NULL;
    if (line->numbers[MEANING_STOCK] == stock->on_hand ||
        (is_expected && line->numbers[MEANING_STOCK] == line->numbers[MEANING_STOCK_EXPECTED]))
        return;
    if (is_expected && line->numbers[MEANING_STOCK_EXPECTED] != stock->on_hand)
        refuse(building, line, MEANING_STOCK_EXPECTED, "stock-moved", number(building, stock->on_hand),
               arena_format(building->run->work.arena, "the stock is %" PRId64 " by now", stock->on_hand));
    else if (!is_expected && !building->run->counts_stock && !is_digital(building))
        refuse(building, line, MEANING_STOCK, "expected-needed", number(building, stock->on_hand),
               "to set a stock, add a column stock_expected with what it was, or use stock_delta");
    else
        move_stock(building, index, line, MEANING_STOCK, stock,
                   line->numbers[MEANING_STOCK] - stock->on_hand);
}

static void take_stock(struct building *building, size_t index, const struct import_line *line)
{
    const struct variant *had = building->had[index];
    if (!had) {
        take_first_stock(building, index, line);
        return;
    }
    const struct stock *stock = &building->stocks[had - building->group->whole->variants];
    if (line->cells[MEANING_STOCK] && line->cells[MEANING_STOCK_DELTA])
        refuse(building, line, MEANING_STOCK_DELTA, "both-stocks", "",
               "either stock or stock_delta, not both in one row");
    else if (line->cells[MEANING_STOCK])
        set_stock(building, index, line, stock);
    else if (line->cells[MEANING_STOCK_DELTA])
        move_stock(building, index, line, MEANING_STOCK_DELTA, stock, line->numbers[MEANING_STOCK_DELTA]);
}

/* ---- all rows ---- */

static void begin_variant(struct building *building, const struct variant *variant)
{
    struct import_group *group = building->group;
    const char **options =
        arena_alloc_many(building->run->work.arena, building->option_count + 1, sizeof *options);
    for (size_t j = 0; j < building->option_count; j++)
        options[j] = j < value_count(variant->options) ? value_at(variant->options, j)->text : "";
    building->had[group->draft.variant_count] = variant;
    group->draft.variants[group->draft.variant_count++] =
        (struct variant_draft){.id = variant->id,
                               .sku = variant->sku,
                               .options = options,
                               .price = variant->price,
                               .weight = variant->weight,
                               .is_active = variant->is_active};
}

static bool is_there(const struct building *building, const struct variant *variant)
{
    const struct product_draft *draft = &building->group->draft;
    for (size_t i = 0; i < draft->variant_count; i++) {
        size_t same = 0;
        while (same < building->option_count &&
               text_is(draft->variants[i].options[same], value_at(variant->options, same)->text))
            same++;
        if (same == building->option_count)
            return true;
    }
    return false;
}

static bool fits(const struct building *building, const struct variant *variant)
{
    if (value_count(variant->options) != building->option_count)
        return false;
    for (size_t i = 0; i < building->option_count; i++) {
        bool is_known = false;
        for (size_t j = 0; j < building->options[i].value_count; j++)
            is_known =
                is_known || text_is(building->options[i].values[j], value_at(variant->options, i)->text);
        if (!is_known)
            return false;
    }
    return !is_there(building, variant);
}

static void begin_variants(struct building *building)
{
    struct import_group *group = building->group;
    struct arena *arena = building->run->work.arena;
    const struct product_state *whole = group->whole;
    size_t most = group->count + (whole ? whole->variant_count : 0);
    group->draft.variants = arena_alloc_many(arena, most + 1, sizeof *group->draft.variants);
    group->variant_lines = arena_alloc_many(arena, most + 1, sizeof(struct import_line *));
    group->initial = arena_alloc_many(arena, most + 1, sizeof *group->initial);
    group->stocks = arena_alloc_many(arena, most + 1, sizeof *group->stocks);
    building->had = arena_alloc_many(arena, most + 1, sizeof *building->had);
    for (size_t i = 0; whole && i < whole->variant_count; i++)
        if (whole->variants[i].is_active)
            begin_variant(building, &whole->variants[i]);
}

/* A row that only carries more pictures of the product above it. */
static bool says_nothing(const struct import_line *line)
{
    for (size_t i = MEANING_OPTION1; i < MEANING_CELLS; i++)
        if (line->cells[i])
            return false;
    return !line->options[0];
}

static void take_line(struct building *building, const struct import_line *line)
{
    struct import_group *group = building->group;
    const char *choice[PRODUCT_OPTION_LIMIT];
    if (!read_choice(building, line, choice))
        return;
    /* One that is switched off is taken up when the row says whether it is sold, and it fits the options. */
    const struct variant *off = switched_off(building, line);
    bool is_taken_up = off && line->cells[MEANING_VARIANT_STATUS] && fits(building, off);
    if (off && !is_taken_up) {
        refuse(building, line, line->cells[MEANING_SKU] ? MEANING_SKU : MEANING_VARIANT_STATUS,
               "switched-off", "",
               "this variant is switched off; say in a column variant_status whether it is sold");
        return;
    }
    if (off)
        begin_variant(building, off);
    size_t index = find_variant(building, line, choice);
    if (index == group->draft.variant_count && !add_variant(building, line, choice))
        return;
    if (group->variant_lines[index]) {
        refuse(building, line, building->run->columns.of[MEANING_SKU] ? MEANING_SKU : MEANING_TITLE,
               "duplicate", "",
               arena_format(building->run->work.arena,
                            "the same variant stands in line %" PRId64 "; take one out",
                            group->variant_lines[index]->number));
        return;
    }
    group->variant_lines[index] = line;
    take_cells(building, index, line, choice);
    const struct variant *had = building->had[index];
    import_take_look(building->run, group, line, index, name_of(building, index),
                     had && had->picture_id ? had->picture_id : "");
    take_stock(building, index, line);
}

static void finish_options(struct building *building)
{
    struct product_draft *draft = &building->group->draft;
    struct option_draft *options =
        arena_alloc_many(building->run->work.arena, building->option_count + 1, sizeof *options);
    for (size_t i = 0; i < building->option_count; i++)
        options[i] = (struct option_draft){building->options[i].name, building->options[i].values,
                                           building->options[i].value_count};
    draft->options = options;
    draft->option_count = building->option_count;
}

err import_group_variants(struct import_run *run, struct import_group *group, const struct stock *stocks)
{
    struct building building = {.run = run, .group = group, .stocks = stocks};
    begin_options(&building);
    begin_variants(&building);
    for (size_t i = 0; i < group->count; i++)
        if (i == 0 || !says_nothing(group->lines[i]))
            take_line(&building, group->lines[i]);
    finish_options(&building);
    return NULL;
}
