/* facts_test.c - details, tags and attributes of products, and their history. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fixture.h"
#include "shop/trash/trash.h"
#include "unit.h"

static struct variant_draft variant;
static struct variant_trade trade;

/* A draft of one variant, with details. */
static struct product_draft cup(const char *handle)
{
    static struct product_details details;
    trade = (struct variant_trade){.barcode = "6901234567892", .cost = 1500, .volume = 900};
    details = (struct product_details){.model = "M-1",
                                       .origin = "景德镇",
                                       .tax_code = "1234567890123456789",
                                       .unit = "只",
                                       .shelf_life_days = 365,
                                       .seo_title = "茶杯",
                                       .seo_description = "一只茶杯",
                                       .specs = value_list(work->arena)};
    variant = (struct variant_draft){.sku = arena_format(work->arena, "%s-1", handle),
                                     .options = NULL,
                                     .price = 5900,
                                     .weight = 300,
                                     .is_active = true,
                                     .trade = &trade};
    return (struct product_draft){.handle = handle,
                                  .title = "茶杯",
                                  .kind = PRODUCT_PHYSICAL,
                                  .status = PRODUCT_ACTIVE,
                                  .category_id = shelf(),
                                  .variants = &variant,
                                  .variant_count = 1,
                                  .details = &details};
}

static int64_t ask_attribute(const char *name, enum attribute_kind kind, bool is_required, const char *first,
                             const char *second)
{
    int64_t category_ids[] = {shelf()};
    struct value *choices = value_list(work->arena);
    if (first)
        value_add(work->arena, choices, value_text(first));
    if (second)
        value_add(work->arena, choices, value_text(second));
    struct attribute attribute = {.name = name,
                                  .name_en = "",
                                  .kind = kind,
                                  .unit = kind == ATTRIBUTE_NUMBER ? "ml" : "",
                                  .choices = choices,
                                  .is_required = is_required,
                                  .position = 1,
                                  .category_ids = category_ids,
                                  .category_count = 1};
    assert_ok(attribute_create(work, &attribute));
    return attribute.id;
}

static void answer(struct product_draft *draft, struct attribute_value *values, size_t count)
{
    draft->attributes = values;
    draft->attribute_count = count;
}

static void barcodes_are_checked_by_their_last_digit(void **state)
{
    (void)state;
    char right;
    assert_true(barcode_is_valid("6901234567892", &right));
    assert_false(barcode_is_valid("6901234567890", &right));
    assert_int_equal(right, '2');
    assert_true(barcode_is_valid("96385074", NULL));       /* GTIN-8 of the GS1 specification's example */
    assert_true(barcode_is_valid("036000291452", NULL));   /* a UPC of 12 */
    assert_true(barcode_is_valid("10614141000415", NULL)); /* a GTIN-14 */
    assert_false(barcode_is_valid("", &right));
    assert_int_equal(right, 0);
    assert_false(barcode_is_valid("69012345678", NULL));
    assert_false(barcode_is_valid("69012345678x2", NULL));
}

static void details_and_trade_are_kept_and_stay_when_not_given(void **state)
{
    (void)state;
    struct product_draft draft = cup("details");
    assert_ok(product_save(work, &draft));
    struct product_details details;
    assert_ok(product_details_load(work, draft.id, &details));
    assert_string_equal(details.model, "M-1");
    assert_string_equal(details.tax_code, "1234567890123456789");
    assert_int_equal(details.shelf_life_days, 365);
    draft.details = NULL;
    variant.trade = NULL;
    assert_ok(product_save(work, &draft));
    assert_ok(product_details_load(work, draft.id, &details));
    assert_string_equal(details.origin, "景德镇");
    const struct variant *now;
    assert_ok(variant_load(work, variant.id, &now));
    assert_string_equal(now->barcode, "6901234567892");
    assert_int_equal(now->cost, 1500);
    assert_int_equal(now->volume, 900);
}

static void a_product_that_nobody_described_has_empty_details(void **state)
{
    (void)state;
    struct product_draft draft = cup("bare");
    draft.details = NULL;
    variant.trade = NULL;
    assert_ok(product_save(work, &draft));
    struct product_details details;
    assert_ok(product_details_load(work, draft.id, &details));
    assert_string_equal(details.model, "");
    assert_int_equal(value_count(details.specs), 0);
    const struct variant *now;
    assert_ok(variant_load(work, variant.id, &now));
    assert_int_equal(now->cost, COST_UNKNOWN);
}

static void what_one_piece_holds_is_said_whole_or_not_at_all(void **state)
{
    (void)state;
    struct product_draft draft = cup("case");
    struct product_details said = *draft.details, details;
    draft.details = &said;
    said.unit = "箱";
    said.base_count = 12;
    assert_field(product_save(work, &draft), "base_unit");
    said.base_unit = "瓶";
    said.base_count = 1;
    assert_field(product_save(work, &draft), "base_count");
    said.base_count = BASE_COUNT_LIMIT + 1;
    assert_field(product_save(work, &draft), "base_count");
    said.base_count = 12;
    said.unit = "";
    assert_field(product_save(work, &draft), "unit");
    said.unit = "箱";
    assert_ok(product_save(work, &draft));
    assert_ok(product_details_load(work, draft.id, &details));
    assert_int_equal(details.base_count, 12);
    assert_string_equal(details.base_unit, "瓶");
    draft.version = 1;
    said.base_count = 6;
    assert_ok(product_save(work, &draft));
    assert_ok(product_restore(work, draft.id, 1, 2));
    assert_ok(product_details_load(work, draft.id, &details));
    assert_int_equal(details.base_count, 12);
}

static void wrong_details_name_their_field(void **state)
{
    (void)state;
    struct product_draft draft = cup("wrong");
    struct product_details details = *draft.details;
    draft.details = &details;
    details.tax_code = "123";
    assert_field(product_save(work, &draft), "tax_code");
    details.tax_code = "";
    details.shelf_life_days = 36501;
    assert_field(product_save(work, &draft), "shelf_life_days");
    details.shelf_life_days = 0;
    trade.barcode = "6901234567890";
    assert_field(product_save(work, &draft), "variants.0.barcode");
    trade.barcode = "";
    trade.cost = -2;
    assert_field(product_save(work, &draft), "variants.0.cost");
    trade.cost = COST_UNKNOWN;
    trade.volume = -1;
    assert_field(product_save(work, &draft), "variants.0.volume");
    trade.volume = 0;
    assert_ok(product_save(work, &draft));
}

static void tags_are_trimmed_kept_once_and_shared(void **state)
{
    (void)state;
    struct product_draft draft = cup("tagged");
    const char *names[] = {" 保暖 ", "送礼", "保暖", ""};
    draft.tags = names;
    draft.tag_count = 4;
    assert_ok(product_save(work, &draft));
    const char **tags;
    size_t count;
    assert_ok(product_tag_list(work, draft.id, &tags, &count));
    assert_int_equal(count, 2);
    draft.tags = NULL;
    assert_ok(product_save(work, &draft));
    assert_ok(product_tag_list(work, draft.id, &tags, &count));
    assert_int_equal(count, 2);
    draft.tags = names;
    draft.tag_count = 0;
    assert_ok(product_save(work, &draft));
    assert_ok(product_tag_list(work, draft.id, &tags, &count));
    assert_int_equal(count, 0);
    struct product_draft other = cup("tagged-too");
    other.tags = names;
    other.tag_count = 1;
    assert_ok(product_save(work, &other));
    assert_int_equal(ask("SELECT count(*) FROM tags WHERE shop_id = $1"), 2);
}

static void more_tags_than_the_limit_are_refused(void **state)
{
    (void)state;
    struct product_draft draft = cup("many-tags");
    const char *names[PRODUCT_TAG_LIMIT + 1];
    for (size_t i = 0; i <= PRODUCT_TAG_LIMIT; i++)
        names[i] = arena_format(work->arena, "标签 %zu", i);
    draft.tags = names;
    draft.tag_count = PRODUCT_TAG_LIMIT + 1;
    assert_field(product_save(work, &draft), "tags");
    draft.tag_count = PRODUCT_TAG_LIMIT;
    assert_ok(product_save(work, &draft));
}

static const struct tag *tag_named(const char *name)
{
    struct tag *tags;
    size_t count;
    assert_ok(tag_list(work, NULL, NULL, 100, &tags, &count));
    for (size_t i = 0; i < count; i++)
        if (text_is(tags[i].name, name))
            return &tags[i];
    return NULL;
}

static struct trash removed_tag(const char *name)
{
    struct trash *things, removed;
    size_t count;
    assert_ok(tag_trash(work, tag_named(name)->id));
    assert_ok(trash_list(work, 0, 0, 1, &things, &count));
    assert_int_equal(count, 1);
    assert_ok(trash_load(work, things->id, &removed));
    return removed;
}

static err bring_back(struct ctx *ctx, void *arg)
{
    const struct trash *trash = arg;
    return tag_restore(ctx, trash->data);
}

static void a_tag_comes_back_among_those_that_narrow_lists_while_there_is_room(void **state)
{
    (void)state;
    const char *names[TAG_FACET_LIMIT + 1];
    for (size_t i = 0; i <= TAG_FACET_LIMIT; i++)
        names[i] = arena_format(work->arena, "0 筛选 %02zu", i);
    struct product_draft product = cup("narrowing");
    product.tags = names;
    product.tag_count = TAG_FACET_LIMIT + 1;
    assert_ok(product_save(work, &product));
    for (size_t i = 0; i < TAG_FACET_LIMIT; i++)
        assert_ok(tag_change_facet(work, tag_named(names[i])->id, true));
    struct trash first = removed_tag(names[0]);
    assert_ok(db_transact(work, bring_back, &first));
    assert_true(tag_named(names[0])->is_facet);
    first = removed_tag(names[0]);
    assert_ok(tag_change_facet(work, tag_named(names[TAG_FACET_LIMIT])->id, true));
    assert_ok(db_transact(work, bring_back, &first));
    assert_false(tag_named(names[0])->is_facet);
    assert_int_equal(tag_named(names[0])->product_count, 1);
}

static void a_tag_gets_another_name_or_becomes_one_with_another(void **state)
{
    (void)state;
    const char *names[] = {"保暖", "冬季"};
    struct product_draft first = cup("renamed");
    first.tags = names;
    first.tag_count = 2;
    assert_ok(product_save(work, &first));
    struct product_draft second = cup("renamed-too");
    second.tags = names;
    second.tag_count = 1;
    assert_ok(product_save(work, &second));
    bool is_merged;
    assert_ok(tag_rename(work, tag_named("保暖")->id, " 暖和 ", &is_merged));
    assert_false(is_merged);
    assert_null(tag_named("保暖"));
    assert_int_equal(tag_named("暖和")->product_count, 2);
    assert_ok(tag_rename(work, tag_named("暖和")->id, "冬季", &is_merged));
    assert_true(is_merged);
    assert_null(tag_named("暖和"));
    assert_int_equal(tag_named("冬季")->product_count, 2);
    assert_field(tag_rename(work, tag_named("冬季")->id, " ", &is_merged), "name");
    assert_fails(tag_rename(work, 7, "谁", &is_merged), ERR_NOT_FOUND);
    /* An old version speaks of the tag under its first name. */
    assert_ok(product_restore(work, second.id, 1, 1));
    const char **tags;
    size_t count;
    assert_ok(product_tag_list(work, second.id, &tags, &count));
    assert_int_equal(count, 1);
    assert_string_equal(tags[0], "冬季");
    assert_null(tag_named("保暖"));
    assert_ok(tag_remove(work, tag_named("冬季")->id));
    assert_int_equal(ask("SELECT count(*) FROM product_tags WHERE shop_id = $1"), 0);
    assert_fails(tag_remove(work, 7), ERR_NOT_FOUND);
}

#define assert_answer(draft, attribute_id, text, is_right)                                                   \
    do {                                                                                                     \
        answer(draft, (struct attribute_value[]){{attribute_id, text}}, 1);                                  \
        err failure = product_save(work, draft);                                                             \
        if (is_right)                                                                                        \
            assert_ok(failure);                                                                              \
        else                                                                                                 \
            assert_field(failure, arena_format(work->arena, "attribute.%lld", (long long)(attribute_id)));   \
    } while (0)

static void answers_must_fit_the_kind_of_their_attribute(void **state)
{
    (void)state;
    int64_t season = ask_attribute("季节", ATTRIBUTE_CHOICE, false, "春", "夏");
    int64_t volume = ask_attribute("容量", ATTRIBUTE_NUMBER, false, NULL, NULL);
    int64_t made = ask_attribute("生产日期", ATTRIBUTE_DATE, false, NULL, NULL);
    int64_t wash = ask_attribute("可机洗", ATTRIBUTE_FLAG, false, NULL, NULL);
    struct product_draft draft = cup("answers");
    assert_answer(&draft, season, "夏", true);
    assert_answer(&draft, season, "秋", false);
    assert_answer(&draft, volume, "180.5", true);
    assert_answer(&draft, volume, "-3", true);
    assert_answer(&draft, volume, "1.2345", false);
    assert_answer(&draft, volume, "一百", false);
    assert_answer(&draft, volume, ".5", false);
    assert_answer(&draft, made, "2024-02-29", true);
    assert_answer(&draft, made, "2026-02-29", false);
    assert_answer(&draft, made, "2026-13-01", false);
    assert_answer(&draft, made, "2026-1-1", false);
    assert_answer(&draft, wash, "1", true);
    assert_answer(&draft, wash, "yes", false);
}

static void only_choices_may_have_several_answers(void **state)
{
    (void)state;
    int64_t season = ask_attribute("季节", ATTRIBUTE_CHOICES, false, "春", "夏");
    int64_t style = ask_attribute("风格", ATTRIBUTE_CHOICE, false, "休闲", "通勤");
    struct product_draft draft = cup("several");
    answer(&draft, (struct attribute_value[]){{season, "春"}, {season, "夏"}}, 2);
    assert_ok(product_save(work, &draft));
    struct attribute_value *values;
    size_t count;
    assert_ok(product_attribute_list(work, draft.id, &values, &count));
    assert_int_equal(count, 2);
    answer(&draft, (struct attribute_value[]){{style, "休闲"}, {style, "通勤"}}, 2);
    assert_fails(product_save(work, &draft), ERR_INVALID);
}

static void a_required_answer_is_asked_on_the_shelf_only(void **state)
{
    (void)state;
    int64_t season = ask_attribute("季节", ATTRIBUTE_CHOICE, true, "春", "夏");
    struct product_draft draft = cup("required");
    answer(&draft, (struct attribute_value[]){{season, " "}}, 1);
    assert_fails(product_save(work, &draft), ERR_INVALID);
    draft.status = PRODUCT_DRAFT;
    assert_ok(product_save(work, &draft));
    draft.status = PRODUCT_ACTIVE;
    answer(&draft, (struct attribute_value[]){{season, "春"}}, 1);
    assert_ok(product_save(work, &draft));
}

static void answers_of_other_categories_are_left_out(void **state)
{
    (void)state;
    int64_t season = ask_attribute("季节", ATTRIBUTE_CHOICE, false, "春", "夏");
    struct category other = {.handle = "other", .name = "别的"};
    assert_ok(category_create(work, &other));
    struct product_draft draft = cup("elsewhere");
    draft.category_id = other.id;
    answer(&draft, (struct attribute_value[]){{season, "春"}}, 1);
    assert_ok(product_save(work, &draft));
    struct attribute_value *values;
    size_t count;
    assert_ok(product_attribute_list(work, draft.id, &values, &count));
    assert_int_equal(count, 0);
}

static void attributes_are_checked_and_removed_with_their_answers(void **state)
{
    (void)state;
    int64_t season = ask_attribute("季节", ATTRIBUTE_CHOICE, false, "春", "夏");
    struct product_draft draft = cup("removed");
    answer(&draft, (struct attribute_value[]){{season, "春"}}, 1);
    assert_ok(product_save(work, &draft));
    struct attribute same = {.name = "季节",
                             .name_en = "",
                             .kind = ATTRIBUTE_TEXT,
                             .unit = "",
                             .choices = value_list(work->arena)};
    assert_fails(attribute_create(work, &same), ERR_DUPLICATE);
    same.name = "风格";
    same.kind = ATTRIBUTE_CHOICE;
    assert_field(attribute_create(work, &same), "choices");
    struct attribute *attributes;
    size_t count;
    assert_ok(attribute_list(work, &attributes, &count));
    assert_int_equal(count, 1);
    attributes[0].kind = ATTRIBUTE_TEXT;
    assert_fails(attribute_change(work, &attributes[0]), ERR_NOT_FOUND);
    assert_ok(attribute_remove(work, season));
    assert_fails(attribute_remove(work, season), ERR_NOT_FOUND);
    assert_int_equal(ask("SELECT count(*) FROM product_attributes WHERE shop_id = $1"), 0);
    struct category empty = {.handle = "empty", .name = "空"};
    assert_ok(category_create(work, &empty));
    ask_attribute("年龄段", ATTRIBUTE_TEXT, false, NULL, NULL);
    assert_ok(attribute_list(work, &attributes, &count));
    attributes[0].category_ids[0] = empty.id;
    assert_ok(attribute_change(work, &attributes[0]));
    assert_ok(category_remove(work, empty.id));
}

/* ---- history ---- */

static struct product_version *history(int64_t product_id, size_t *count)
{
    struct product_version *versions;
    assert_ok(product_version_list(work, product_id, 0, 50, &versions, count));
    return versions;
}

static void assert_change(const struct product_version *version, const char *field, const char *before,
                          const char *after)
{
    for (size_t i = 0; i < value_count(version->changes); i++) {
        const struct value *change = value_at(version->changes, i);
        if (!text_is(value_find_text(change, "field"), field))
            continue;
        assert_string_equal(value_find_text(change, "before"), before);
        assert_string_equal(value_find_text(change, "after"), after);
        return;
    }
    fail_msg("no change of %s", field);
}

static void every_save_is_remembered_with_what_changed(void **state)
{
    (void)state;
    struct product_draft draft = cup("remembered");
    assert_ok(product_save(work, &draft));
    draft.title = "大茶杯";
    variant.price = 6900;
    trade.cost = COST_UNKNOWN;
    assert_ok(product_save(work, &draft));
    assert_ok(product_change_status(work, draft.id, PRODUCT_DRAFT));
    size_t count;
    struct product_version *versions = history(draft.id, &count);
    assert_int_equal(count, 3);
    assert_string_equal(versions[2].cause, "created");
    assert_int_equal(value_count(versions[2].changes), 0);
    assert_int_equal(value_count(versions[1].changes), 3);
    assert_change(&versions[1], "title", "茶杯", "大茶杯");
    assert_change(&versions[1], "price", "59.00", "69.00");
    assert_change(&versions[1], "cost", "15.00", "");
    assert_string_equal(versions[0].cause, "status");
    assert_change(&versions[0], "status", "active", "draft");
    assert_ok(product_version_list(work, draft.id, versions[1].version, 50, &versions, &count));
    assert_int_equal(count, 1);
}

static void an_old_version_is_restored_as_a_new_one(void **state)
{
    (void)state;
    int64_t season = ask_attribute("季节", ATTRIBUTE_CHOICE, false, "春", "夏");
    struct product_draft draft = cup("restored");
    const char *tags[] = {"保暖"};
    draft.tags = tags;
    draft.tag_count = 1;
    answer(&draft, (struct attribute_value[]){{season, "春"}}, 1);
    assert_ok(product_save(work, &draft));
    draft.title = "别的";
    draft.tag_count = 0;
    answer(&draft, (struct attribute_value[]){{season, "夏"}}, 1);
    variant.price = 1;
    trade.barcode = "";
    assert_ok(product_save(work, &draft));
    assert_fails(product_restore(work, draft.id, 1, 1), ERR_CONFLICT);
    assert_fails(product_restore(work, draft.id, 7, 2), ERR_NOT_FOUND);
    assert_ok(product_restore(work, draft.id, 1, 2));
    const struct product *product;
    assert_ok(product_load(work, draft.id, &product));
    assert_string_equal(product->title, "茶杯");
    assert_int_equal(product->version, 3);
    assert_int_equal(product->price_min, 5900);
    const struct variant *now;
    assert_ok(variant_load(work, variant.id, &now));
    assert_string_equal(now->barcode, "6901234567892");
    const char **kept;
    struct attribute_value *values;
    size_t count;
    assert_ok(product_tag_list(work, draft.id, &kept, &count));
    assert_int_equal(count, 1);
    assert_ok(product_attribute_list(work, draft.id, &values, &count));
    assert_string_equal(values[0].value, "春");
    assert_string_equal(history(draft.id, &count)[0].cause, "restored");
    assert_int_equal(count, 3);
}

static void variants_added_later_are_off_after_a_restore(void **state)
{
    (void)state;
    struct product_draft draft = cup("grown");
    assert_ok(product_save(work, &draft));
    const char *const values[] = {"红", "蓝"};
    const struct option_draft option = {"颜色", values, 2};
    struct variant_draft both[] = {variant, variant};
    both[0].options = &values[0];
    both[1].options = &values[1];
    both[1].id = 0;
    both[1].sku = "grown-2";
    draft.options = &option;
    draft.option_count = 1;
    draft.variants = both;
    draft.variant_count = 2;
    assert_ok(product_save(work, &draft));
    assert_ok(product_restore(work, draft.id, 1, 2));
    struct variant *variants;
    size_t count;
    assert_ok(variant_list(work, draft.id, &variants, &count));
    assert_int_equal(count, 2);
    assert_string_equal(variants[0].sku, "grown-1");
    assert_true(variants[0].is_active);
    assert_false(variants[1].is_active);
    assert_ok(product_restore(work, draft.id, 2, 3));
    assert_ok(variant_list(work, draft.id, &variants, &count));
    assert_true(variants[0].is_active && variants[1].is_active);
}

static void a_state_that_no_save_remembered_is_found_before_it_changes(void **state)
{
    (void)state;
    struct product_draft draft = cup("found");
    assert_ok(product_save(work, &draft));
    tamper("DELETE FROM product_versions WHERE shop_id = $1");
    draft.title = "新名字";
    assert_ok(product_save(work, &draft));
    size_t count;
    struct product_version *versions = history(draft.id, &count);
    assert_int_equal(count, 2);
    assert_string_equal(versions[1].cause, "found");
    assert_change(&versions[0], "title", "茶杯", "新名字");
    assert_ok(product_restore(work, draft.id, versions[1].version, versions[0].version));
}

/* ---- acts over many products ---- */

#define CROWD 450 /* more than two transactions take */

static int64_t crowd[CROWD];

static void make_crowd(void)
{
    for (size_t i = 0; i < CROWD; i++) {
        struct product_draft draft = cup(arena_format(work->arena, "crowd-%zu", i));
        variant.id = 0;
        assert_ok(product_save(work, &draft));
        crowd[i] = draft.id;
    }
}

static int64_t count_of(enum product_status status)
{
    int64_t count;
    assert_ok(product_count(work, 0, status, &count));
    return count;
}

static void one_act_moves_many_products_and_its_undo_brings_them_back(void **state)
{
    (void)state;
    make_crowd();
    assert_ok(product_change_status(work, crowd[0], PRODUCT_ARCHIVED));
    struct product_act act = {.kind = ACT_STATUS, .value = "draft"};
    assert_ok(product_act_do(work, &act, crowd, CROWD));
    assert_int_equal(act.count, CROWD);
    assert_int_equal(count_of(PRODUCT_DRAFT), CROWD);
    assert_int_equal(count_of(PRODUCT_ACTIVE), 0);
    assert_int_equal(ask_of("SELECT count FROM product_acts WHERE shop_id = $1 AND id = $2", act.id), CROWD);
    int64_t twice[100];
    for (size_t i = 0; i < 100; i++)
        twice[i] = crowd[i % 50];
    struct product_act archive = {.kind = ACT_STATUS, .value = "archived"},
                       back = {.kind = ACT_STATUS, .value = "draft"};
    assert_ok(product_act_do(work, &archive, twice, 100));
    assert_int_equal(archive.count, 50);
    assert_ok(product_act_do(work, &back, twice, 100));
    struct product_act again = {.kind = ACT_STATUS, .value = "draft"};
    assert_ok(product_act_do(work, &again, crowd, CROWD));
    assert_int_equal(again.count, 0);
    /* Somebody put one back meanwhile: undoing leaves it alone. */
    assert_ok(product_change_status(work, crowd[1], PRODUCT_ACTIVE));
    int64_t undone;
    assert_ok(product_act_undo(work, act.id, &undone));
    assert_int_equal(undone, CROWD - 1);
    assert_int_equal(count_of(PRODUCT_ACTIVE), CROWD - 1);
    assert_int_equal(count_of(PRODUCT_ARCHIVED), 1);
    assert_int_equal(count_of(PRODUCT_DRAFT), 0);
    assert_fails(product_act_undo(work, act.id, &undone), ERR_CONFLICT);
    assert_fails(product_act_undo(work, 1, &undone), ERR_NOT_FOUND);
}

static void a_tag_is_put_on_many_and_taken_from_those_that_got_it(void **state)
{
    (void)state;
    make_crowd();
    const char *names[] = {"清仓"};
    struct product_draft draft = cup("has-it");
    draft.tags = names;
    draft.tag_count = 1;
    assert_ok(product_save(work, &draft));
    crowd[0] = draft.id;
    struct product_act act = {.kind = ACT_TAG, .value = " 清仓 "};
    assert_ok(product_act_do(work, &act, crowd, CROWD));
    assert_int_equal(act.count, CROWD - 1);
    assert_int_equal(ask("SELECT count(*) FROM product_tags WHERE shop_id = $1"), CROWD);
    int64_t undone;
    assert_ok(product_act_undo(work, act.id, &undone));
    assert_int_equal(undone, CROWD - 1);
    assert_int_equal(ask("SELECT count(*) FROM product_tags WHERE shop_id = $1"), 1);
    struct product_act off = {.kind = ACT_UNTAG, .value = "清仓"};
    assert_ok(product_act_do(work, &off, crowd, CROWD));
    assert_int_equal(off.count, 1);
}

static void an_act_is_refused_with_its_reason(void **state)
{
    (void)state;
    struct product_act act = {.kind = ACT_STATUS, .value = "sold"};
    assert_field(product_act_do(work, &act, (const int64_t[]){1}, 1), "value");
    act = (struct product_act){.kind = ACT_TAG, .value = "  "};
    assert_field(product_act_do(work, &act, (const int64_t[]){1}, 1), "tag");
    assert_field(product_act_do(work, &(struct product_act){.kind = ACT_STATUS, .value = "draft"}, NULL, 0),
                 "ids");
    int64_t *many = arena_alloc_many(work->arena, PRODUCT_BULK_LIMIT + 1, sizeof *many);
    act = (struct product_act){.kind = ACT_STATUS, .value = "draft"};
    assert_fails(product_act_do(work, &act, many, PRODUCT_BULK_LIMIT + 1), ERR_LIMIT);
    act = (struct product_act){.kind = ACT_STATUS, .value = "draft"};
    assert_ok(product_act_do(work, &act, (const int64_t[]){1, 2, 3}, 3));
    assert_int_equal(act.count, 0);
}

static void a_version_between_wholes_is_restored_with_its_parts(void **state)
{
    (void)state;
    struct product_draft draft = cup("parts");
    assert_ok(product_save(work, &draft));
    struct product_act tag = {.kind = ACT_TAG, .value = "新品"}, off = {.kind = ACT_STATUS, .value = "draft"};
    assert_ok(product_act_do(work, &tag, &draft.id, 1));
    assert_ok(product_act_do(work, &off, &draft.id, 1));
    draft.version = 0;
    draft.title = "后来";
    draft.status = PRODUCT_ACTIVE;
    assert_ok(product_save(work, &draft));
    size_t count;
    struct product_version *versions = history(draft.id, &count);
    assert_int_equal(count, 4);
    assert_true(versions[1].can_restore);
    assert_change(&versions[2], "tags", "", "新品");
    assert_ok(product_restore(work, draft.id, 2, 4));
    const struct product *product;
    const char **tags;
    assert_ok(product_load(work, draft.id, &product));
    assert_ok(product_tag_list(work, draft.id, &tags, &count));
    assert_string_equal(product->title, "茶杯");
    assert_int_equal(product->status, PRODUCT_ACTIVE);
    assert_int_equal(count, 1);
    assert_ok(product_restore(work, draft.id, 3, 5));
    assert_ok(product_load(work, draft.id, &product));
    assert_int_equal(product->status, PRODUCT_DRAFT);
}

static void a_history_forgets_what_is_older_than_its_limit(void **state)
{
    (void)state;
    struct product_draft draft = cup("old");
    for (int i = 0; i < PRODUCT_VERSION_LIMIT + 5; i++) {
        draft.version = 0;
        assert_ok(product_save(work, &draft));
    }
    assert_int_equal(ask("SELECT count(*) FROM product_versions WHERE shop_id = $1"),
                     PRODUCT_VERSION_LIMIT + 1);
}

static void words_that_the_law_forbids_are_named_with_their_place(void **state)
{
    (void)state;
    struct product_details details = {.seo_title = "全网最低", .seo_description = "第一次泡茶，最近很喜欢"};
    const struct product product = {.title = "最好的茶杯", .subtitle = "唯一", .description = NULL};
    struct value *found = product_lint(work, &product, &details);
    assert_int_equal(value_count(found), 3);
    assert_string_equal(value_find_text(value_at(found, 0), "word"), "最好");
    assert_string_equal(value_find_text(value_at(found, 1), "field"), "subtitle");
    assert_string_equal(value_find_text(value_at(found, 2), "field"), "seo_title");
}

/* ---- schedules ---- */

static enum product_status status_now(int64_t product_id)
{
    const struct product *product;
    assert_ok(product_load(work, product_id, &product));
    return product->status;
}

static void a_product_goes_on_and_off_the_shelf_at_its_times(void **state)
{
    (void)state;
    int64_t now = work->now;
    struct product_draft draft = cup("timed");
    draft.status = PRODUCT_DRAFT;
    draft.schedule = &(struct product_schedule){now + HOUR_MS, now + 2 * HOUR_MS};
    assert_ok(product_save(work, &draft));
    work->now = now + HOUR_MS - 1;
    run_jobs();
    assert_int_equal(status_now(draft.id), PRODUCT_DRAFT);
    work->now = now + HOUR_MS;
    run_jobs();
    assert_int_equal(status_now(draft.id), PRODUCT_ACTIVE);
    struct product_schedule schedule;
    assert_ok(product_schedule_load(work, draft.id, &schedule));
    assert_int_equal(schedule.publish_at, 0);
    assert_int_equal(schedule.unpublish_at, now + 2 * HOUR_MS);
    work->now = now + 2 * HOUR_MS;
    run_jobs();
    assert_int_equal(status_now(draft.id), PRODUCT_DRAFT);
    assert_ok(product_schedule_load(work, draft.id, &schedule));
    assert_int_equal(schedule.unpublish_at, 0);
    work->now = now;
}

static void a_schedule_that_was_changed_or_taken_back_does_nothing_at_the_old_time(void **state)
{
    (void)state;
    int64_t now = work->now;
    struct product_draft draft = cup("moved");
    draft.status = PRODUCT_DRAFT;
    draft.schedule = &(struct product_schedule){now + HOUR_MS, 0};
    assert_ok(product_save(work, &draft));
    draft.version = 0;
    draft.schedule = &(struct product_schedule){now + 3 * HOUR_MS, 0};
    assert_ok(product_save(work, &draft));
    work->now = now + HOUR_MS;
    run_jobs();
    assert_int_equal(status_now(draft.id), PRODUCT_DRAFT);
    draft.schedule = &(struct product_schedule){0, 0};
    assert_ok(product_save(work, &draft));
    work->now = now + 3 * HOUR_MS;
    run_jobs();
    assert_int_equal(status_now(draft.id), PRODUCT_DRAFT);
    work->now = now;
}

static void a_schedule_in_the_past_or_turned_round_is_refused(void **state)
{
    (void)state;
    struct product_draft draft = cup("wrong-time");
    draft.schedule = &(struct product_schedule){work->now, 0};
    assert_field(product_save(work, &draft), "publish_at");
    draft.schedule = &(struct product_schedule){0, work->now - 1};
    assert_field(product_save(work, &draft), "unpublish_at");
    draft.schedule = &(struct product_schedule){work->now + 2, work->now + 2};
    assert_field(product_save(work, &draft), "unpublish_at");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SENTENCE(barcodes_are_checked_by_their_last_digit),
        SENTENCE(details_and_trade_are_kept_and_stay_when_not_given),
        SENTENCE(a_product_that_nobody_described_has_empty_details),
        SENTENCE(what_one_piece_holds_is_said_whole_or_not_at_all),
        SENTENCE(wrong_details_name_their_field),
        SENTENCE(tags_are_trimmed_kept_once_and_shared),
        SENTENCE(more_tags_than_the_limit_are_refused),
        SENTENCE(a_tag_comes_back_among_those_that_narrow_lists_while_there_is_room),
        SENTENCE(a_tag_gets_another_name_or_becomes_one_with_another),
        SENTENCE(answers_must_fit_the_kind_of_their_attribute),
        SENTENCE(only_choices_may_have_several_answers),
        SENTENCE(a_required_answer_is_asked_on_the_shelf_only),
        SENTENCE(answers_of_other_categories_are_left_out),
        SENTENCE(attributes_are_checked_and_removed_with_their_answers),
        SENTENCE(every_save_is_remembered_with_what_changed),
        SENTENCE(an_old_version_is_restored_as_a_new_one),
        SENTENCE(variants_added_later_are_off_after_a_restore),
        SENTENCE(a_state_that_no_save_remembered_is_found_before_it_changes),
        SENTENCE(one_act_moves_many_products_and_its_undo_brings_them_back),
        SENTENCE(a_tag_is_put_on_many_and_taken_from_those_that_got_it),
        SENTENCE(an_act_is_refused_with_its_reason),
        SENTENCE(a_version_between_wholes_is_restored_with_its_parts),
        SENTENCE(a_history_forgets_what_is_older_than_its_limit),
        SENTENCE(words_that_the_law_forbids_are_named_with_their_place),
        SENTENCE(a_product_goes_on_and_off_the_shelf_at_its_times),
        SENTENCE(a_schedule_that_was_changed_or_taken_back_does_nothing_at_the_old_time),
        SENTENCE(a_schedule_in_the_past_or_turned_round_is_refused),
    };
    return RUN_SENTENCES(tests);
}
