/* import_draft.c - what the rows of one product make of it: cell by cell, compared with what it is. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/transfer/import_parts.h"

#include <inttypes.h>
#include <stdlib.h>

/* Bytes of a text that a change shows. */
#define SHOWN_BYTES 600
/* Characters kept of a handle that was taken, before what makes it another. */
#define HANDLE_KEPT 50

static const char *shown(struct ctx *ctx, const char *text)
{
    size_t length = strlen(text), kept = utf8_prefix(text, length, SHOWN_BYTES / 3);
    return kept == length ? text : arena_format(ctx->arena, "%.*s…", (int)kept, text);
}

void import_group_change(struct import_run *run, struct import_group *group, enum import_meaning field,
                         const char *of, const char *before, const char *after)
{
    struct arena *arena = run->work.arena;
    if (field != MEANING_STOCK && field != MEANING_PICTURES && field != MEANING_PICTURE_ALT &&
        field != MEANING_VARIANT_PICTURE && field != MEANING_COLLECTIONS && field != MEANING_FREIGHT)
        group->is_draft_changed = true;
    if (!group->whole)
        return;
    if (!group->changes)
        group->changes = value_list(arena);
    struct value *change = value_add(arena, group->changes, *value_object(arena));
    value_set_text(arena, change, "field", import_meaning_key(field));
    value_set_text(arena, change, "of", of);
    value_set_text(arena, change, "before", shown(&run->work, before));
    value_set_text(arena, change, "after", shown(&run->work, after));
}

void import_group_refuse(struct import_run *run, struct import_group *group, const struct import_line *line,
                         const char *column, const char *code, const char *value, const char *fix,
                         const char *message)
{
    group->outcome = IMPORT_REFUSED;
    import_note(run, line->number, column, code, value, fix, message);
}

void import_group_refuse_cell(struct import_run *run, struct import_group *group,
                              const struct import_line *line, enum import_meaning meaning, const char *code,
                              const char *message)
{
    import_group_refuse(run, group, line, import_header_of(run, meaning), code, line->cells[meaning], "",
                        message);
}

/* The line whose cell counts for the product: the first that tells; all that tell must agree. */
const struct import_line *import_group_teller(struct import_run *run, struct import_group *group,
                                              enum import_meaning meaning)
{
    const struct import_line *first = NULL;
    for (size_t i = 0; i < group->count; i++) {
        const struct import_line *line = group->lines[i];
        if (!line->cells[meaning])
            continue;
        if (!first)
            first = line;
        else if (!text_is(line->cells[meaning], first->cells[meaning]))
            import_group_refuse_cell(
                run, group, line, meaning, "differs",
                arena_format(run->work.arena,
                             "line %" PRId64 " says something else of the same product; make them the same",
                             first->number));
    }
    return first;
}

static void take_text(struct import_run *run, struct import_group *group, enum import_meaning meaning,
                      const char **text)
{
    const struct import_line *line = import_group_teller(run, group, meaning);
    const char *before = *text ? *text : "";
    if (!line)
        return;
    *text = line->cells[meaning];
    if (!text_is(before, *text))
        import_group_change(run, group, meaning, "", before, *text);
}

/* ---- words ---- */

/* A name that is longer than names may be stays as long as the file says the same. */
static void take_title(struct import_run *run, struct import_group *group)
{
    struct ctx *ctx = &run->work;
    const char *before = group->draft.title;
    take_text(run, group, MEANING_TITLE, &group->draft.title);
    const char *title = group->draft.title ? group->draft.title : "";
    size_t length = strlen(title);
    if (utf8_length(title, length) <= PRODUCT_TITLE_LIMIT || (before && text_is(before, title)))
        return;
    const struct import_line *line = import_group_teller(run, group, MEANING_TITLE);
    int kept = (int)utf8_prefix(title, length, PRODUCT_TITLE_LIMIT);
    import_group_refuse(run, group, line ? line : group->lines[0], import_header_of(run, MEANING_TITLE),
                        "name-too-long", title, arena_format(ctx->arena, "%.*s", kept, title),
                        "a name has at most 120 characters");
}

static void take_description(struct import_run *run, struct import_group *group)
{
    const struct import_line *line = import_group_teller(run, group, MEANING_DESCRIPTION);
    struct product_draft *draft = &group->draft;
    const char *before = draft->description ? draft->description : "";
    if (!line)
        return;
    draft->description = product_safe_html(&run->work, line->cells[MEANING_DESCRIPTION]);
    if (!text_is(before, draft->description))
        import_group_change(run, group, MEANING_DESCRIPTION, "", before, draft->description);
}

static void take_kind(struct import_run *run, struct import_group *group)
{
    const struct import_line *line = import_group_teller(run, group, MEANING_KIND);
    if (!line)
        return;
    if (group->whole && line->kind != group->draft.kind)
        import_group_refuse_cell(run, group, line, MEANING_KIND, "unchangeable",
                                 "the kind of a product cannot change; open a new one");
    group->draft.kind = line->kind;
}

static void take_status(struct import_run *run, struct import_group *group)
{
    const struct import_line *line = import_group_teller(run, group, MEANING_STATUS);
    if (!line || line->status == group->draft.status)
        return;
    import_group_change(run, group, MEANING_STATUS, "", product_status_name(group->draft.status),
                        product_status_name(line->status));
    group->draft.status = line->status;
}

static err take_category(struct import_run *run, struct import_group *group)
{
    struct ctx *ctx = &run->work;
    const struct import_line *line = import_group_teller(run, group, MEANING_CATEGORY);
    int64_t category_id = 0;
    bool is_fine = true;
    if (line)
        TRY(import_category_find(run, line, line->cells[MEANING_CATEGORY], &category_id, &group->stands_below,
                                 &is_fine));
    if (!is_fine)
        group->outcome = IMPORT_REFUSED;
    if (!line && !group->draft.category_id)
        import_group_refuse(run, group, group->lines[0], import_header_of(run, MEANING_CATEGORY), "required",
                            "", "", "a new product needs a category");
    if (!line || !is_fine || (category_id && category_id == group->draft.category_id))
        return NULL;
    import_group_change(
        run, group, MEANING_CATEGORY, "",
        group->whole ? category_path(ctx, run->categories, run->category_count, group->draft.category_id)
                     : "",
        category_id ? category_path(ctx, run->categories, run->category_count, category_id)
                    : line->cells[MEANING_CATEGORY]);
    group->draft.category_id = category_id;
    group->new_category = category_id ? NULL : line->cells[MEANING_CATEGORY];
    return NULL;
}

/* The first of the category and those above it whose licence the shop has not entered. */
static struct shelf_refusal ask_gate(struct import_run *run, const struct import_group *group)
{
    struct ctx *ctx = &run->work;
    int64_t category_id = group->new_category ? group->stands_below : group->draft.category_id;
    struct shelf_refusal refusal = {0};
    do {
        const struct category *category = category_in(run->categories, run->category_count, category_id);
        refusal = shelf_gate_ask(ctx, &run->gate, group->product_id, category_id);
        category_id = category ? category->parent_id : 0;
    } while (!refusal.code && category_id);
    return refusal;
}

/* As product_save: what goes on the shelf, or stands there and gets another category. */
static void check_gate(struct import_run *run, struct import_group *group)
{
    const struct product *before = group->whole ? group->whole->product : NULL;
    const struct product_draft *draft = &group->draft;
    bool stays = before && before->status == PRODUCT_ACTIVE && !group->new_category &&
                 before->category_id == draft->category_id;
    if (draft->status != PRODUCT_ACTIVE || stays)
        return;
    struct shelf_refusal refusal = ask_gate(run, group);
    const struct import_line *line = import_group_teller(run, group, MEANING_STATUS);
    if (refusal.code)
        import_group_refuse(run, group, line ? line : group->lines[0], import_header_of(run, MEANING_STATUS),
                            refusal.code, line ? line->cells[MEANING_STATUS] : "",
                            product_status_name(before ? before->status : PRODUCT_DRAFT), refusal.message);
}

/* ---- details ---- */

static const char *number_text(struct import_run *run, enum import_meaning meaning, int64_t number)
{
    if (meaning == MEANING_RETURN_RULE)
        return number == RETURN_UNSAID ? "" : import_word(meaning, number, false);
    return arena_format(run->work.arena, "%" PRId64, number);
}

static void take_number(struct import_run *run, struct import_group *group, enum import_meaning meaning,
                        int64_t *number)
{
    const struct import_line *line = import_group_teller(run, group, meaning);
    if (!line || line->numbers[meaning] == *number)
        return;
    import_group_change(run, group, meaning, "", number_text(run, meaning, *number),
                        number_text(run, meaning, line->numbers[meaning]));
    *number = line->numbers[meaning];
}

static void take_after_sale(struct import_run *run, struct import_group *group, struct after_sale *promise)
{
    int64_t rule = promise->return_rule;
    take_number(run, group, MEANING_RETURN_RULE, &rule);
    promise->return_rule = (enum return_rule)rule;
    take_number(run, group, MEANING_RETURN_DAYS, &promise->return_days);
    take_number(run, group, MEANING_EXCHANGE_DAYS, &promise->exchange_days);
    take_number(run, group, MEANING_WARRANTY_MONTHS, &promise->warranty_months);
    take_number(run, group, MEANING_FAKE_MULTIPLE, &promise->fake_multiple);
}

static void take_details(struct import_run *run, struct import_group *group)
{
    struct product_details *details = arena_alloc(run->work.arena, sizeof *details);
    bool was_changed = group->is_draft_changed;
    *details = group->whole ? group->whole->details
                            : (struct product_details){.model = "",
                                                       .origin = "",
                                                       .tax_code = "",
                                                       .unit = "",
                                                       .base_unit = "",
                                                       .seo_title = "",
                                                       .seo_description = "",
                                                       .specs = value_list(run->work.arena)};
    group->is_draft_changed = false;
    take_text(run, group, MEANING_MODEL, &details->model);
    take_text(run, group, MEANING_ORIGIN, &details->origin);
    take_text(run, group, MEANING_TAX_CODE, &details->tax_code);
    take_text(run, group, MEANING_UNIT, &details->unit);
    take_number(run, group, MEANING_BASE_COUNT, &details->base_count);
    take_text(run, group, MEANING_BASE_UNIT, &details->base_unit);
    take_number(run, group, MEANING_SHELF_LIFE, &details->shelf_life_days);
    take_after_sale(run, group, &details->after_sale);
    take_text(run, group, MEANING_SEO_TITLE, &details->seo_title);
    take_text(run, group, MEANING_SEO_DESCRIPTION, &details->seo_description);
    import_take_specs(run, group, &details->specs);
    group->draft.details = group->is_draft_changed ? details : NULL;
    group->is_draft_changed = group->is_draft_changed || was_changed;
}

/* ---- the whole ---- */

static void begin(struct import_run *run, struct import_group *group)
{
    const struct product_state *whole = group->whole;
    if (!whole) {
        group->draft = (struct product_draft){.kind = PRODUCT_PHYSICAL,
                                              .status = (enum product_status)run->choices->status,
                                              .category_id = run->choices->category_id,
                                              .cause = "imported"};
        return;
    }
    const struct product *product = whole->product;
    group->draft = (struct product_draft){.id = product->id,
                                          .version = product->version,
                                          .handle = product->handle,
                                          .title = product->title,
                                          .subtitle = product->subtitle,
                                          .description = product->description,
                                          .brand = product->brand,
                                          .kind = product->kind,
                                          .status = product->status,
                                          .category_id = product->category_id,
                                          .cause = "imported"};
}

static void check_handle(struct import_run *run, struct import_group *group)
{
    struct product_draft *draft = &group->draft;
    const struct import_line *line = group->lines[0];
    if (group->handle_owner && group->handle_owner != group->product_id)
        import_group_refuse(run, group, line, import_header_of(run, MEANING_HANDLE), "duplicate",
                            draft->handle, "", "another product has this handle; choose another one");
    if (text_is_blank(draft->title))
        import_group_refuse(run, group, line, import_header_of(run, MEANING_TITLE), "required", "", "",
                            "the product needs a name");
}

static bool has_bad_line(const struct import_group *group)
{
    bool is_bad = false;
    for (size_t i = 0; i < group->count; i++)
        is_bad = is_bad || group->lines[i]->is_bad;
    return is_bad;
}

/* Spreadsheets take the noughts away that a barcode begins with. */
static const char *with_zero(struct import_run *run, const char *barcode)
{
    char right;
    const char *longer = arena_format(run->work.arena, "0%s", barcode);
    return barcode_is_valid(longer, &right) ? longer : "";
}

/* Which row a problem of the saved draft belongs to: fields are called "variants.3.barcode". */
static void refuse_draft(struct import_run *run, struct import_group *group, err failure)
{
    const struct field_problem *problem = failure->problems;
    const struct import_line *line = group->lines[0];
    const char *field = problem ? problem->field : "", *fix = "", *value = "";
    const char *dot = strrchr(field, '.');
    struct import_column column = {0};
    if (text_starts(field, "variants.")) {
        size_t index = (size_t)atoll(field + strlen("variants."));
        const struct import_line *own =
            index < group->draft.variant_count ? group->variant_lines[index] : NULL;
        line = own ? own : line;
    }
    if (import_column_of_key(dot ? dot + 1 : field, &column) && column.meaning < MEANING_CELLS) {
        value = line->cells[column.meaning];
        field = import_header_of(run, column.meaning);
    }
    char right;
    if (column.meaning == MEANING_BARCODE && value && !barcode_is_valid(value, &right))
        fix = right ? arena_format(run->work.arena, "%.*s%c", (int)strlen(value) - 1, value, right)
                    : with_zero(run, value);
    import_group_refuse(run, group, line, field, problem ? problem->code : "invalid", value, fix,
                        problem ? problem->message : failure->detail);
}

/* A handle is not worth an error: one that is made here gets something behind it when it is taken. */
static void settle_handle(struct import_run *run, struct import_group *group)
{
    struct ctx *ctx = &run->work;
    struct product_draft *draft = &group->draft;
    if (group->whole || !text_is_blank(draft->handle))
        return;
    draft->handle = product_handle_from(ctx, draft->title);
    int64_t first = import_see(run, "handle", draft->handle, group->lines[0]->number);
    if (group->made_handle_owner || (first > 0 && first != group->lines[0]->number))
        draft->handle =
            arena_format(ctx->arena, "%.*s-%" PRIx64, HANDLE_KEPT, draft->handle, (uint64_t)id_new(ctx));
}

err import_group_draft(struct import_run *run, struct import_group *group, const struct stock *stocks)
{
    struct product_draft *draft = &group->draft;
    bool is_bad = has_bad_line(group) || group->outcome == IMPORT_REFUSED;
    begin(run, group);
    take_title(run, group);
    is_bad = is_bad || group->outcome == IMPORT_REFUSED;
    if (is_bad && !group->whole && text_is_blank(draft->title))
        check_handle(run, group);
    if (is_bad) {
        group->outcome = IMPORT_REFUSED;
        return NULL;
    }
    take_text(run, group, MEANING_HANDLE, &draft->handle);
    check_handle(run, group);
    take_text(run, group, MEANING_SUBTITLE, &draft->subtitle);
    take_text(run, group, MEANING_BRAND, &draft->brand);
    take_description(run, group);
    take_kind(run, group);
    take_status(run, group);
    TRY(take_category(run, group));
    check_gate(run, group);
    import_take_tags(run, group);
    import_take_collections(run, group);
    import_take_freight(run, group);
    take_details(run, group);
    import_take_attributes(run, group);
    import_take_pictures(run, group);
    if (group->outcome != IMPORT_REFUSED)
        TRY(import_group_variants(run, group, stocks));
    if (group->outcome != IMPORT_REFUSED)
        TRY(import_take_buying(run, group));
    if (group->outcome != IMPORT_REFUSED)
        TRY(import_take_schedule(run, group));
    if (group->outcome == IMPORT_REFUSED)
        return NULL;
    settle_handle(run, group);
    err failure = !group->whole || group->is_draft_changed
                      ? product_draft_settle(&run->work, run->attributes, run->attribute_count, draft)
                      : NULL;
    if (failure)
        refuse_draft(run, group, failure);
    else
        group->outcome = !group->whole ? IMPORT_NEW : group->changes ? IMPORT_CHANGED : IMPORT_UNCHANGED;
    return NULL;
}
