/* backoffice_buying_routes.c - how a product is bought: bulk prices, how many in one order, and what the
 * buyer is asked. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/backoffice/backoffice_routes.h"

#include "base/text.h"
#include "shop/backoffice/backoffice_product_form.h"
#include "shop/catalog/catalog.h"
#include <inttypes.h>
#include <stdlib.h>

#define PRICE_LIMIT INT64_C(9000000000000)
/* Rows of the form that are empty, to be filled in. */
#define SPARE_TIERS 3
#define POSITION_LIMIT 99

struct tier_row {
    const char *sku;
    int64_t from;
    int64_t price;
};

struct question_row {
    int64_t question_id;
    int64_t position;
    const char *label;
    const char *hint;
    int kind; /* enum question_kind */
    bool is_required;
    int64_t shortest;
    int64_t longest;
    const char *choices;
    bool is_removed;
};

struct buying_form {
    int64_t product_id;
    int64_t version;
    int64_t min_quantity;
    int64_t max_quantity;
    int64_t person_quantity;
    int64_t person_days;
    struct field_rows tiers;
    struct field_rows questions;
};

static const struct field tier_fields[] = {
    {.name = "sku",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct tier_row, sku),
     .maximum = 64,
     .help = "The variant; empty = all that have no bulk price of their own"},
    {.name = "from",
     .kind = FIELD_INT,
     .offset = offsetof(struct tier_row, from),
     .minimum = 0,
     .maximum = BUYING_QUANTITY_LIMIT,
     .help = "From how many pieces"},
    {.name = "price",
     .kind = FIELD_MONEY,
     .offset = offsetof(struct tier_row, price),
     .minimum = 0,
     .maximum = PRICE_LIMIT,
     .otherwise = -1,
     .help = "Price of one"},
    {0},
};

static const struct field question_fields[] = {
    {.name = "id",
     .kind = FIELD_ID,
     .offset = offsetof(struct question_row, question_id),
     .help = "The question to change; without it a new one"},
    {.name = "position",
     .kind = FIELD_INT,
     .offset = offsetof(struct question_row, position),
     .minimum = 0,
     .maximum = POSITION_LIMIT,
     .help = "Its place among the others; equal ones stay in the order given"},
    {.name = "label",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct question_row, label),
     .maximum = QUESTION_LABEL_LIMIT,
     .help = "What is asked, for example 游戏账号"},
    {.name = "hint",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct question_row, hint),
     .maximum = QUESTION_HINT_LIMIT,
     .help = "What the buyer should know about it"},
    {.name = "kind",
     .kind = FIELD_CHOICE,
     .offset = offsetof(struct question_row, kind),
     .choices = question_kind_names,
     .help = "text, number (digits), phone, email, or choice"},
    {.name = "is_required",
     .kind = FIELD_FLAG,
     .offset = offsetof(struct question_row, is_required),
     .help = "Whether it must be answered"},
    {.name = "shortest",
     .kind = FIELD_INT,
     .offset = offsetof(struct question_row, shortest),
     .minimum = 0,
     .maximum = ANSWER_LIMIT,
     .help = "Fewest characters of text and numbers; 0 = any"},
    {.name = "longest",
     .kind = FIELD_INT,
     .offset = offsetof(struct question_row, longest),
     .minimum = 0,
     .maximum = ANSWER_LIMIT,
     .help = "Most characters of text and numbers; 0 = 200"},
    {.name = "choices",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct question_row, choices),
     .maximum = QUESTION_CHOICES_TEXT_LIMIT,
     .help = "What may be chosen, separated by commas"},
    {.name = "remove",
     .kind = FIELD_FLAG,
     .offset = offsetof(struct question_row, is_removed),
     .help = "For pages: leave it out"},
    {0},
};

static const struct field buying_fields[] = {
    {.name = "id",
     .kind = FIELD_ID,
     .offset = offsetof(struct buying_form, product_id),
     .is_required = true,
     .help = "The product"},
    {.name = "version",
     .kind = FIELD_INT,
     .offset = offsetof(struct buying_form, version),
     .minimum = 0,
     .maximum = INT64_MAX,
     .help = "The version that was shown; another one by now is refused. 0 = whatever it is"},
    {.name = "min_quantity",
     .kind = FIELD_INT,
     .offset = offsetof(struct buying_form, min_quantity),
     .minimum = 0,
     .maximum = BUYING_QUANTITY_LIMIT,
     .help = "Fewest pieces in one order; 0 or 1 = any"},
    {.name = "max_quantity",
     .kind = FIELD_INT,
     .offset = offsetof(struct buying_form, max_quantity),
     .minimum = 0,
     .maximum = BUYING_QUANTITY_LIMIT,
     .help = "Most pieces in one order; 0 = any"},
    {.name = "person_quantity",
     .kind = FIELD_INT,
     .offset = offsetof(struct buying_form, person_quantity),
     .minimum = 0,
     .maximum = BUYING_QUANTITY_LIMIT,
     .help = "Most pieces of one buyer over all orders; 0 = any"},
    {.name = "person_days",
     .kind = FIELD_INT,
     .offset = offsetof(struct buying_form, person_days),
     .minimum = 0,
     .maximum = PERSON_DAYS_LIMIT,
     .help = "Within so many days, counted from the first order; 0 = for ever"},
    {.name = "tiers",
     .kind = FIELD_ROWS,
     .offset = offsetof(struct buying_form, tiers),
     .maximum = PRICE_TIER_ROWS_LIMIT + SPARE_TIERS,
     .rows = tier_fields,
     .row_size = sizeof(struct tier_row),
     .help = "Bulk prices: of each variant, quantities rise and prices fall from row to row"},
    {.name = "questions",
     .kind = FIELD_ROWS,
     .offset = offsetof(struct buying_form, questions),
     .maximum = QUESTION_LIMIT,
     .rows = question_fields,
     .row_size = sizeof(struct question_row),
     .help = "What the buyer is asked; those left out are asked no more"},
    {0},
};

struct show_form {
    int64_t product_id;
    const char *notice;
};

static const struct field show_fields[] = {
    {.name = "id",
     .kind = FIELD_ID,
     .offset = offsetof(struct show_form, product_id),
     .is_required = true,
     .help = "The product"},
    {.name = "notice",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct show_form, notice),
     .maximum = 40,
     .help = "For pages: what was just done"},
    {0},
};

/* ---- the view ---- */

static err add_variants(struct ctx *ctx, struct value *view, int64_t product_id)
{
    struct variant *variants;
    size_t count;
    TRY(variant_list(ctx, product_id, &variants, &count));
    struct value *list = value_set_list(ctx->arena, view, "variants");
    for (size_t i = 0; i < count; i++) {
        if (!variants[i].is_active)
            continue;
        struct value *row = value_add(ctx->arena, list, *value_object(ctx->arena));
        value_set_text(ctx->arena, row, "sku", variants[i].sku);
        value_set_text(ctx->arena, row, "title", variants[i].title);
        value_set_money(ctx->arena, row, "price", money_of(variants[i].price, ctx->shop->currency));
    }
    return NULL;
}

static void add_questions(struct ctx *ctx, struct value *tree, const struct product_buying *buying)
{
    struct arena *arena = ctx->arena;
    struct value *list = value_set_list(arena, tree, "questions");
    for (size_t i = 0; i < buying->question_count; i++) {
        const struct question *question = &buying->questions[i];
        struct value *row = value_add(arena, list, *value_object(arena));
        value_set_id(arena, row, "id", question->id);
        value_set_text(arena, row, "label", question->label);
        value_set_text(arena, row, "hint", question->hint);
        value_set_text(arena, row, "kind", question_kind_names[question->kind]);
        value_set_bool(arena, row, "is_required", question->is_required);
        value_set_int(arena, row, "shortest", question->shortest);
        value_set_int(arena, row, "longest", question->longest);
        struct value *choices = value_set_list(arena, row, "choices");
        for (size_t j = 0; j < question->choice_count; j++)
            value_add(arena, choices, value_text(question->choices[j]));
    }
}

static err buying_view(struct ctx *ctx, int64_t product_id, struct value **view)
{
    const struct product *product;
    struct product_buying buying;
    struct arena *arena = ctx->arena;
    TRY(product_load(ctx, product_id, &product));
    TRY(product_buying_load(ctx, product_id, &buying));
    *view = value_object(arena);
    struct value *head = value_set_object(arena, *view, "product");
    value_set_id(arena, head, "id", product->id);
    value_set_text(arena, head, "title", product->title);
    value_set_text(arena, head, "url", arena_format(arena, "/products/%s", product->handle));
    struct value *tree = value_set_object(arena, *view, "buying");
    value_set_int(arena, tree, "version", buying.version);
    value_set_int(arena, tree, "min_quantity", buying.min_quantity);
    value_set_int(arena, tree, "max_quantity", buying.max_quantity);
    value_set_int(arena, tree, "person_quantity", buying.person_quantity);
    value_set_int(arena, tree, "person_days", buying.person_days);
    struct value *tiers = value_set_list(arena, tree, "tiers");
    for (size_t i = 0; i < buying.tier_count; i++) {
        struct value *row = value_add(arena, tiers, *value_object(arena));
        value_set_text(arena, row, "sku", buying.tiers[i].sku);
        value_set_int(arena, row, "from", buying.tiers[i].from);
        value_set_money(arena, row, "price", money_of(buying.tiers[i].price, ctx->shop->currency));
    }
    add_questions(ctx, tree, &buying);
    return add_variants(ctx, *view, product_id);
}

static err show(struct req *req)
{
    const struct show_form *form = req->form;
    struct value *view;
    TRY(buying_view(&req->ctx, form->product_id, &view));
    value_set_text(req->ctx.arena, view, "notice", form->notice);
    return reply_view(req, "admin/product_buying", view);
}

static err show_again(struct req *req)
{
    const struct buying_form *form = req->form;
    struct value *view;
    TRY(buying_view(&req->ctx, form->product_id, &view));
    return reply_view(req, "admin/product_buying", view);
}

/* ---- saving ---- */

/* A draft with the rows of the form that its members came from, so that a complaint finds its field. */
struct reading {
    struct product_buying buying;
    size_t tier_rows[PRICE_TIER_ROWS_LIMIT + SPARE_TIERS];
    size_t question_rows[QUESTION_LIMIT];
};

static void read_tiers(struct ctx *ctx, const struct buying_form *form, struct reading *reading)
{
    const struct tier_row *rows = form->tiers.items;
    struct tier_draft *tiers = arena_alloc_many(ctx->arena, form->tiers.count + 1, sizeof *tiers);
    size_t count = 0;
    for (size_t i = 0; i < form->tiers.count; i++) {
        if (rows[i].from == 0 && rows[i].price < 0)
            continue;
        reading->tier_rows[count] = i;
        tiers[count++] = (struct tier_draft){text_trim(ctx->arena, rows[i].sku), rows[i].from, rows[i].price};
    }
    reading->buying.tiers = tiers;
    reading->buying.tier_count = count;
}

static struct question question_of(struct ctx *ctx, const struct question_row *row)
{
    const char **choices = arena_alloc_many(ctx->arena, QUESTION_CHOICE_LIMIT + 1, sizeof *choices);
    return (struct question){.id = row->question_id,
                             .label = row->label,
                             .hint = row->hint,
                             .kind = (enum question_kind)row->kind,
                             .is_required = row->is_required,
                             .shortest = row->shortest,
                             .longest = row->longest,
                             .choices = choices,
                             .choice_count =
                                 form_split_values(ctx, row->choices, choices, QUESTION_CHOICE_LIMIT + 1)};
}

/* By position; those that were given none keep their place in the form. */
static void read_questions(struct ctx *ctx, const struct buying_form *form, struct reading *reading)
{
    const struct question_row *rows = form->questions.items;
    struct question *questions = arena_alloc_many(ctx->arena, QUESTION_LIMIT + 1, sizeof *questions);
    size_t count = 0, order[QUESTION_LIMIT];
    for (size_t i = 0; i < form->questions.count && count < QUESTION_LIMIT; i++) {
        bool is_spare = rows[i].question_id == 0 && text_is_blank(rows[i].label);
        size_t at = count;
        if (rows[i].is_removed || is_spare)
            continue;
        while (at > 0 && rows[order[at - 1]].position > rows[i].position)
            at--;
        memmove(order + at + 1, order + at, (count - at) * sizeof *order);
        order[at] = i;
        count++;
    }
    for (size_t i = 0; i < count; i++) {
        reading->question_rows[i] = order[i];
        questions[i] = question_of(ctx, &rows[order[i]]);
    }
    reading->buying.questions = questions;
    reading->buying.question_count = count;
}

/* "questions.1.label" of the draft is another row of the form. */
static const char *field_in_form(struct ctx *ctx, const struct reading *reading, const char *field)
{
    bool is_tier = text_starts(field, "tiers."), is_question = text_starts(field, "questions.");
    if (!is_tier && !is_question)
        return field;
    char *end;
    const char *list = is_tier ? "tiers" : "questions";
    size_t index = strtoul(field + strlen(list) + 1, &end, 10);
    size_t row = is_tier ? reading->tier_rows[index] : reading->question_rows[index];
    return arena_format(ctx->arena, "%s.%zu%s", list, row, end);
}

static err refuse(struct ctx *ctx, const struct reading *reading, err failure)
{
    if (!failure || !failure->problems)
        return failure;
    struct field_problem *problem = arena_alloc(ctx->arena, sizeof *problem);
    *problem = *failure->problems;
    problem->field = field_in_form(ctx, reading, problem->field);
    return fail_fields(ctx, problem);
}

static err save(struct req *req)
{
    const struct buying_form *form = req->form;
    struct ctx *ctx = &req->ctx;
    struct value *view;
    struct reading *reading = arena_alloc(ctx->arena, sizeof *reading);
    reading->buying = (struct product_buying){.product_id = form->product_id,
                                              .version = form->version,
                                              .min_quantity = form->min_quantity > 0 ? form->min_quantity : 1,
                                              .max_quantity = form->max_quantity,
                                              .person_quantity = form->person_quantity,
                                              .person_days = form->person_days};
    read_tiers(ctx, form, reading);
    read_questions(ctx, form, reading);
    TRY(refuse(ctx, reading, product_buying_save(ctx, &reading->buying)));
    TRY(buying_view(ctx, form->product_id, &view));
    return reply_done(req, 200, view, "/admin/products/%" PRId64 "/buying?notice=saved", form->product_id);
}

const struct route backoffice_buying_routes[] = {
    {.method = GET,
     .path = "/admin/products/:id/buying",
     .handler = show,
     .guard = STAFF,
     .scope = "products.read",
     .fields = show_fields,
     .form_size = sizeof(struct show_form),
     .summary = "Bulk prices of a product, how many in one order, and what its buyers are asked",
     .answer = "buying"},
    {.method = POST,
     .path = "/admin/products/:id/buying",
     .handler = save,
     .guard = STAFF,
     .scope = "products.write",
     .fields = buying_fields,
     .form_size = sizeof(struct buying_form),
     .again = show_again,
     .summary = "Change them",
     .answer = "buying"},
    {0},
};
