/* merge_test.c - two people change a product at once: nothing of either is lost. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fixture.h"
#include "unit.h"

/* A product of one option and two variants, as one person has it open. */
struct model {
    struct product_draft draft;
    struct product_details details;
    struct option_draft option;
    struct variant_draft variants[3];
    const char *values[3];
    const char *tags[2];
};

static void open_model(struct model *model, const char *handle)
{
    *model = (struct model){.values = {"红", "蓝", "绿"}, .tags = {"新", "夏"}};
    model->option = (struct option_draft){"颜色", model->values, 2};
    for (size_t i = 0; i < 3; i++)
        model->variants[i] = (struct variant_draft){.sku = arena_format(work->arena, "%s-%zu", handle, i + 1),
                                                    .options = &model->values[i],
                                                    .price = 1000,
                                                    .is_active = true};
    model->details = (struct product_details){.model = "",
                                              .origin = "",
                                              .tax_code = "",
                                              .unit = "",
                                              .seo_title = "",
                                              .seo_description = "",
                                              .specs = value_list(work->arena)};
    model->draft = (struct product_draft){.handle = handle,
                                          .title = "茶杯",
                                          .subtitle = "",
                                          .description = "",
                                          .brand = "",
                                          .kind = PRODUCT_PHYSICAL,
                                          .status = PRODUCT_ACTIVE,
                                          .category_id = shelf(),
                                          .options = &model->option,
                                          .option_count = 1,
                                          .variants = model->variants,
                                          .variant_count = 2,
                                          .details = &model->details,
                                          .tags = model->tags,
                                          .tag_count = 1};
}

/* Both have version 1 open; `theirs` is saved. */
static void both_open(struct model *mine, struct model *theirs, const char *handle)
{
    open_model(mine, handle);
    assert_ok(product_save(work, &mine->draft));
    mine->draft.version = 1;
    open_model(theirs, handle);
    theirs->draft.id = mine->draft.id;
    theirs->draft.version = 1;
    for (size_t i = 0; i < 2; i++)
        theirs->variants[i].id = mine->variants[i].id;
}

static const struct value *find_field(const struct value *list, const char *field)
{
    for (size_t i = 0; i < value_count(list); i++)
        if (text_is(value_find_text(value_at(list, i), "field"), field))
            return value_at(list, i);
    return NULL;
}

static void what_one_changed_is_kept_and_what_both_changed_is_told(void **state)
{
    (void)state;
    struct model mine, theirs;
    struct product_merge merge;
    both_open(&mine, &theirs, "cup");
    theirs.draft.title = "他的";
    theirs.draft.brand = "牌";
    theirs.details.after_sale.warranty_months = 12;
    theirs.variants[0].price = 2000;
    theirs.variants[1].price = 500;
    theirs.draft.tag_count = 2;
    assert_ok(product_save(work, &theirs.draft));
    mine.draft.title = "我的";
    mine.draft.subtitle = "句";
    mine.variants[0].price = 3000;
    mine.variants[1].price = 500;
    assert_ok(product_merge(work, &mine.draft, NULL, 0, &merge));
    assert_int_equal(merge.version, 2);
    assert_int_equal(value_count(merge.conflicts), 2);
    assert_string_equal(value_find_text(find_field(merge.conflicts, "title"), "theirs"), "他的");
    assert_string_equal(value_find_text(find_field(merge.conflicts, "price"), "of"), "红");
    assert_string_equal(value_find_text(find_field(merge.conflicts, "price"), "yours"), "30.00");
    assert_non_null(find_field(merge.taken, "brand"));
    assert_non_null(find_field(merge.taken, "tags"));
    assert_non_null(find_field(merge.taken, "warranty_months"));
    assert_string_equal(mine.draft.title, "我的");
    assert_string_equal(mine.draft.subtitle, "句");
    assert_string_equal(mine.draft.brand, "牌");
    assert_int_equal(mine.draft.details->after_sale.warranty_months, 12);
    assert_int_equal(mine.draft.tag_count, 2);
    assert_int_equal(mine.draft.variants[0].price, 3000);
    assert_int_equal(mine.draft.variants[1].price, 500);
    assert_ok(product_save(work, &mine.draft));
}

static void a_choice_decides(void **state)
{
    (void)state;
    struct model mine, theirs;
    struct product_merge merge;
    both_open(&mine, &theirs, "bowl");
    theirs.draft.title = "他的";
    theirs.variants[0].price = 2000;
    assert_ok(product_save(work, &theirs.draft));
    mine.draft.title = "我的";
    mine.variants[0].price = 3000;
    const struct merge_choice choices[] = {
        {arena_format(work->arena, "price/%lld", (long long)mine.variants[0].id), true}, {"title/0", false}};
    assert_ok(product_merge(work, &mine.draft, choices, 2, &merge));
    assert_string_equal(mine.draft.title, "我的");
    assert_int_equal(mine.draft.variants[0].price, 2000);
}

static void variants_that_either_made_or_left_out_are_put_together(void **state)
{
    (void)state;
    struct model mine, theirs;
    struct product_merge merge;
    both_open(&mine, &theirs, "vase");
    theirs.option.value_count = 3;
    theirs.draft.variant_count = 3;
    assert_ok(product_save(work, &theirs.draft));
    mine.draft.variant_count = 1; /* the second goes off */
    assert_ok(product_merge(work, &mine.draft, NULL, 0, &merge));
    assert_int_equal(value_count(merge.conflicts), 0);
    assert_int_equal(mine.draft.options[0].value_count, 3);
    assert_int_equal(mine.draft.variant_count, 3);
    assert_true(mine.draft.variants[0].is_active);
    assert_false(mine.draft.variants[1].is_active);
    assert_true(mine.draft.variants[2].is_active);
    assert_int_equal(mine.draft.variants[2].id, theirs.variants[2].id);
    assert_ok(product_save(work, &mine.draft));
}

static void when_the_beginning_is_forgotten_all_that_differs_is_told(void **state)
{
    (void)state;
    struct model mine, theirs;
    struct product_merge merge;
    both_open(&mine, &theirs, "dish");
    theirs.draft.title = "他的";
    assert_ok(product_save(work, &theirs.draft));
    mine.draft.version = 77;
    mine.draft.subtitle = "句";
    assert_ok(product_merge(work, &mine.draft, NULL, 0, &merge));
    assert_non_null(find_field(merge.conflicts, "title"));
    assert_string_equal(mine.draft.title, "茶杯");
    assert_string_equal(mine.draft.subtitle, "句");
}

static const struct value *texts(const char *a, const char *b)
{
    struct value *list = value_list(work->arena);
    value_add(work->arena, list, value_text(a));
    if (b)
        value_add(work->arena, list, value_text(b));
    return list;
}

static const struct value *options_of(const char *first, const char *second)
{
    struct value *list = value_list(work->arena);
    const char *const names[] = {first, second};
    for (size_t i = 0; i < 2; i++) {
        struct value *option = value_add(work->arena, list, *value_object(work->arena));
        value_set_text(work->arena, option, "name", names[i]);
        value_set(work->arena, option, "values", *(i == 0 ? texts("红", "蓝") : texts("S", "M")));
    }
    return list;
}

static void a_variant_follows_its_options(void **state)
{
    (void)state;
    const char *colours[] = {"红", "蓝"}, *renamed[] = {"朱", "蓝"}, *sizes[] = {"S", "M"}, *one[] = {"棉"};
    struct option_draft options[3] = {{"尺码", sizes, 2}, {"颜色", renamed, 2}, {"材质", one, 1}};
    struct product_draft draft = {.options = options, .option_count = 3};
    const char **values = variant_values_under(work, options_of("颜色", "尺码"), texts("红", "M"), &draft);
    assert_non_null(values);
    assert_string_equal(values[0], "M");
    assert_string_equal(values[1], "朱");
    assert_string_equal(values[2], "棉");
    draft.option_count = 1; /* an option is gone */
    assert_null(variant_values_under(work, options_of("颜色", "尺码"), texts("红", "M"), &draft));
    draft.option_count = 2;
    options[1] = (struct option_draft){"颜色", colours, 1}; /* a value is gone */
    assert_null(variant_values_under(work, options_of("颜色", "尺码"), texts("蓝", "M"), &draft));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SENTENCE(what_one_changed_is_kept_and_what_both_changed_is_told),
        SENTENCE(a_choice_decides),
        SENTENCE(variants_that_either_made_or_left_out_are_put_together),
        SENTENCE(when_the_beginning_is_forgotten_all_that_differs_is_told),
        SENTENCE(a_variant_follows_its_options),
    };
    return RUN_SENTENCES(tests);
}
