/* rule_test.c - rules: what they say, and that collections have what fits after any change, as a look at
 * everything would find it. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fixture.h"
#include "shop/pricing/pricing.h"
#include "shop/rule/rule.h"
#include "unit.h"

#define GOODS 10
#define RULES 6
#define STEPS 160
#define FOUND_LIMIT 64

static uint32_t seed;

static uint32_t dice(uint32_t sides)
{
    seed = seed * 1664525u + 1013904223u;
    return (seed >> 8) % sides;
}

static struct rule one_condition(enum rule_field field, enum rule_test test, const char *text)
{
    struct rule rule = {.count = 1};
    rule.conditions[0] = (struct rule_condition){.field = field, .test = test, .text = text};
    return rule;
}

static int64_t make_smart(const char *handle, const struct rule *rule)
{
    struct collection collection = {.handle = handle, .name = handle, .is_shown = true};
    assert_ok(rule_save_collection(work, &collection, rule));
    run_jobs();
    return collection.id;
}

static int64_t size_of(int64_t collection_id)
{
    const struct collection *collection;
    assert_ok(collection_load(work, collection_id, &collection));
    assert_int_equal(collection->seen_count, -1);
    return collection->product_count;
}

static void set_tags(int64_t product_id, enum act_kind kind, const char *tag)
{
    struct product_act act = {.kind = kind, .value = tag};
    assert_ok(product_act_do(work, &act, &product_id, 1));
}

static enum product_status status_of(int64_t product_id)
{
    const struct product *product;
    assert_ok(product_load(work, product_id, &product));
    return product->status;
}

static void a_collection_follows_tags(void **state)
{
    (void)state;
    int64_t product_id = product_of(make_variant(PRODUCT_PHYSICAL, 5900, 10));
    struct rule rule = one_condition(RULE_TAG, RULE_IS, "夏");
    int64_t summer = make_smart("summer", &rule);
    assert_int_equal(size_of(summer), 0);
    set_tags(product_id, ACT_TAG, "夏");
    run_jobs();
    assert_int_equal(size_of(summer), 1);
    struct tag *tags;
    size_t count;
    bool is_merged;
    assert_ok(tag_list(work, NULL, NULL, 10, &tags, &count));
    work->now += 1000;
    assert_ok(tag_rename(work, tags[0].id, "适合夏季穿着", &is_merged));
    run_jobs();
    assert_int_equal(size_of(summer), 1);
    set_tags(product_id, ACT_UNTAG, "适合夏季穿着");
    run_jobs();
    assert_int_equal(size_of(summer), 0);
}

static void a_collection_follows_sales_and_stock(void **state)
{
    (void)state;
    int64_t variant_id = make_variant(PRODUCT_PHYSICAL, 5900, 5);
    struct rule sold = one_condition(RULE_SOLD, RULE_AT_LEAST, "2");
    struct rule scarce = one_condition(RULE_STOCK, RULE_AT_MOST, "3");
    int64_t best = make_smart("best", &sold), few = make_smart("few", &scarce);
    assert_int_equal(size_of(best), 0);
    assert_int_equal(size_of(few), 0);
    struct order *order = place_order(variant_id, 2);
    run_jobs();
    assert_int_equal(size_of(few), 1);
    assert_int_equal(size_of(best), 0);
    pay_order(order);
    run_jobs();
    assert_int_equal(size_of(best), 1);
    assert_int_equal(ask("SELECT sold FROM product_sales WHERE shop_id = $1"), 2);
}

static void a_collection_follows_time(void **state)
{
    (void)state;
    make_variant(PRODUCT_PHYSICAL, 5900, 5);
    struct rule fresh = one_condition(RULE_AGE, RULE_AT_MOST, "6");
    struct rule old = one_condition(RULE_AGE, RULE_AT_LEAST, "7");
    int64_t new_ones = make_smart("new", &fresh), old_ones = make_smart("old", &old);
    assert_int_equal(size_of(new_ones), 1);
    assert_int_equal(size_of(old_ones), 0);
    work->now += 7 * DAY_MS - 1000;
    run_jobs();
    assert_int_equal(size_of(new_ones), 1);
    work->now += 1000;
    run_jobs();
    assert_int_equal(size_of(new_ones), 0);
    assert_int_equal(size_of(old_ones), 1);
}

/* The price of a variant, and the struck one beside it. */
static void say(int64_t variant_id, int64_t product_id, int64_t price, int64_t struck, enum compare_kind kind)
{
    const struct product *product;
    const struct variant *variant;
    struct variant_terms terms = {
        .compare_price = struck, .compare_kind = kind, .compare_note = "厂商建议零售价"};
    assert_ok(product_load(work, product_id, &product));
    assert_ok(variant_load(work, variant_id, &variant));
    struct variant_draft row = {
        .id = variant_id, .sku = variant->sku, .price = price, .is_active = true, .terms = &terms};
    struct product_draft draft = {.id = product_id,
                                  .version = product->version,
                                  .handle = product->handle,
                                  .title = product->title,
                                  .kind = product->kind,
                                  .status = product->status,
                                  .category_id = product->category_id,
                                  .variants = &row,
                                  .variant_count = 1};
    assert_ok(product_save(work, &draft));
}

static void a_collection_follows_struck_prices(void **state)
{
    (void)state;
    int64_t variant_id = make_variant(PRODUCT_PHYSICAL, 8000, 10), product_id = product_of(variant_id);
    struct rule shown = one_condition(RULE_STRUCK, RULE_IS, "有");
    struct rule fifth = one_condition(RULE_DISCOUNT, RULE_AT_LEAST, "20");
    int64_t all = make_smart("struck", &shown), deep = make_smart("deep", &fifth);
    assert_int_equal(size_of(all) + size_of(deep), 0);
    say(variant_id, product_id, 8000, 10000, COMPARE_OWN);
    run_jobs();
    assert_int_equal(size_of(all), 0); /* no deal bears it out */
    say(variant_id, product_id, 8000, 10000, COMPARE_EXPLAINED);
    run_jobs();
    assert_int_equal(size_of(all), 1);
    assert_int_equal(size_of(deep), 1);
    say(variant_id, product_id, 8001, 10000, COMPARE_EXPLAINED);
    run_jobs();
    assert_int_equal(size_of(all), 1);
    assert_int_equal(size_of(deep), 0); /* 19.99 % */
    say(variant_id, product_id, 10000, 0, COMPARE_OWN);
    pay_order(place_order(variant_id, 1));
    say(variant_id, product_id, 8000, 10000, COMPARE_OWN);
    run_jobs();
    assert_int_equal(size_of(deep), 1); /* it was sold for that */
    int64_t now = work->now;
    work->now = now + HOUR_MS;
    pay_order(place_order(variant_id, 1)); /* a deal at 80: the struck price is unlawful for a week */
    run_jobs();
    assert_int_equal(size_of(all), 0);
    say(variant_id, product_id, 10000, 0, COMPARE_OWN);
    work->now = now + 2 * DAY_MS;
    pay_order(place_order(variant_id, 1));
    say(variant_id, product_id, 8000, 10000, COMPARE_OWN);
    run_jobs();
    assert_int_equal(size_of(all), 0);
    work->now = now + HOUR_MS + DEAL_WINDOW_MS;
    run_jobs();
    assert_int_equal(size_of(all), 0);
    work->now++;
    run_jobs();
    assert_int_equal(size_of(all), 1); /* time alone: the low deal left the week */
    work->now = now;
}

static void a_rule_is_refused_with_its_field(void **state)
{
    (void)state;
    struct collection collection = {.handle = "x", .name = "x"};
    struct rule rule = one_condition(RULE_CATEGORY, RULE_IS, "没有的分类");
    assert_field(rule_save_collection(work, &collection, &rule), "conditions.0.value");
    rule = one_condition(RULE_PRICE, RULE_AT_MOST, "多少");
    assert_field(rule_save_collection(work, &collection, &rule), "conditions.0.value");
    rule = one_condition(RULE_STOCK, RULE_AT_MOST, "21");
    assert_field(rule_save_collection(work, &collection, &rule), "conditions.0.value");
    rule = one_condition(RULE_PRICE, RULE_HAS, "1");
    assert_field(rule_save_collection(work, &collection, &rule), "conditions.0.test");
    rule.count = 0;
    assert_field(rule_save_collection(work, &collection, &rule), "conditions.0.value");
    rule = one_condition(RULE_PRICE, RULE_AT_MOST, "59.90");
    assert_ok(rule_settle_words(work, &rule));
    assert_int_equal(rule.conditions[0].number, 5990);
}

static void a_rule_comes_back_as_it_was_written(void **state)
{
    (void)state;
    struct rule rule = one_condition(RULE_TITLE, RULE_HAS_NOT, "杯\"}"), again;
    const char *json;
    rule.is_any = true;
    rule.conditions[rule.count++] =
        (struct rule_condition){.field = RULE_ATTRIBUTE, .test = RULE_AT_LEAST, .id = 77, .text = "1.5"};
    assert_ok(rule_settle_words(work, &rule));
    assert_ok(rule_write(work, &rule, &json));
    assert_ok(rule_read(work, json, &again));
    assert_true(again.is_any);
    assert_int_equal(again.count, 2);
    assert_string_equal(again.conditions[0].text, "杯\"}");
    assert_int_equal(again.conditions[1].id, 77);
    assert_int_equal(again.conditions[1].number, 1500);
}

/* ---- without stock */

static void sold_out_goods_leave_the_shelf_and_return(void **state)
{
    (void)state;
    int64_t variant_id = make_variant(PRODUCT_PHYSICAL, 5900, 2), product_id = product_of(variant_id);
    struct stock_rule off = {.name = "卖完下架", .action = STOCK_OFF, .is_back = true};
    assert_ok(stock_rule_create(work, &off, &(struct rule){0}));
    run_jobs();
    assert_int_equal(status_of(product_id), PRODUCT_ACTIVE);
    place_order(variant_id, 2);
    run_jobs();
    assert_int_equal(status_of(product_id), PRODUCT_DRAFT);
    struct product_version *versions;
    size_t count;
    assert_ok(product_version_list(work, product_id, 0, 10, &versions, &count));
    assert_string_equal(versions[0].cause, "sold-out");
    assert_int_equal(versions[0].actor, ACTOR_SYSTEM);
    assert_ok(stock_count(work, variant_id, product_id, 9, 2, ""));
    run_jobs();
    assert_int_equal(status_of(product_id), PRODUCT_ACTIVE);
    assert_ok(product_version_list(work, product_id, 0, 10, &versions, &count));
    assert_string_equal(versions[0].cause, "restocked");
    assert_int_equal(ask("SELECT count(*) FROM stock_absences WHERE shop_id = $1"), 0);
}

static void who_changed_a_product_meanwhile_decides(void **state)
{
    (void)state;
    int64_t variant_id = make_variant(PRODUCT_PHYSICAL, 5900, 0), product_id = product_of(variant_id);
    struct stock_rule off = {.name = "卖完下架", .action = STOCK_OFF, .is_back = true};
    assert_ok(stock_rule_create(work, &off, &(struct rule){0}));
    run_jobs();
    assert_int_equal(status_of(product_id), PRODUCT_DRAFT);
    assert_ok(product_change_status(work, product_id, PRODUCT_ARCHIVED));
    assert_ok(product_change_status(work, product_id, PRODUCT_DRAFT));
    assert_ok(stock_count(work, variant_id, product_id, 5, 0, ""));
    run_jobs();
    assert_int_equal(status_of(product_id), PRODUCT_DRAFT);
}

static void the_first_stock_rule_that_fits_decides(void **state)
{
    (void)state;
    int64_t kept = make_variant(PRODUCT_PHYSICAL, 5900, 1), gone = make_variant(PRODUCT_PHYSICAL, 900, 1);
    struct rule dear = one_condition(RULE_PRICE, RULE_AT_LEAST, "50");
    struct stock_rule show = {.name = "贵的留着", .action = STOCK_SHOW};
    struct stock_rule off = {.name = "其余下架", .action = STOCK_OFF, .is_back = true};
    assert_ok(stock_rule_create(work, &show, &dear));
    assert_ok(stock_rule_create(work, &off, &(struct rule){0}));
    place_order(kept, 1);
    place_order(gone, 1);
    run_jobs();
    assert_int_equal(status_of(product_of(kept)), PRODUCT_ACTIVE);
    assert_int_equal(status_of(product_of(gone)), PRODUCT_DRAFT);
    assert_ok(stock_rule_remove(work, off.id));
}

/* ---- anything may happen in any order */

static void random_condition(struct rule_condition *one, const char *category)
{
    static const struct rule_condition some[] = {
        {.field = RULE_TITLE, .test = RULE_HAS, .text = "杯"},
        {.field = RULE_TITLE, .test = RULE_HAS_NOT, .text = "青"},
        {.field = RULE_BRAND, .test = RULE_IS, .text = "云窑"},
        {.field = RULE_TAG, .test = RULE_IS, .text = "夏"},
        {.field = RULE_TAG, .test = RULE_IS_NOT, .text = "冬"},
        {.field = RULE_KIND, .test = RULE_IS, .text = "physical"},
        {.field = RULE_PRICE, .test = RULE_AT_MOST, .text = "15"},
        {.field = RULE_PRICE, .test = RULE_AT_LEAST, .text = "12.50"},
        {.field = RULE_STOCK, .test = RULE_AT_MOST, .text = "3"},
        {.field = RULE_STOCK, .test = RULE_AT_LEAST, .text = "1"},
        {.field = RULE_SOLD, .test = RULE_AT_LEAST, .text = "2"},
        {.field = RULE_AGE, .test = RULE_AT_MOST, .text = "2"},
        {.field = RULE_CHANGED, .test = RULE_AT_LEAST, .text = "1"},
        {.field = RULE_STRUCK, .test = RULE_IS, .text = "有"},
        {.field = RULE_STRUCK, .test = RULE_IS_NOT, .text = "yes"},
        {.field = RULE_DISCOUNT, .test = RULE_AT_LEAST, .text = "20"},
        {.field = RULE_DISCOUNT, .test = RULE_AT_MOST, .text = "10"},
        {.field = RULE_CATEGORY, .test = RULE_IS},
        {.field = RULE_CATEGORY, .test = RULE_IS_NOT},
    };
    *one = some[dice(sizeof some / sizeof *some)];
    if (one->field == RULE_CATEGORY)
        one->text = category;
}

static struct rule random_rule(const char *const *categories)
{
    struct rule rule = {.is_any = dice(2), .count = 1 + dice(3)};
    for (size_t i = 0; i < rule.count; i++)
        random_condition(&rule.conditions[i], categories[dice(3)]);
    return rule;
}

struct model {
    struct variant_draft variant;
    struct variant_terms terms;
    struct product_draft draft;
    const char *tags[2];
};

static void save_random(struct model *model, const int64_t *categories)
{
    static const char *const titles[] = {"茶杯", "青花杯", "碗"}, *const brands[] = {"云窑", ""};
    static const char *const tags[] = {"夏", "冬"};
    model->draft.title = titles[dice(3)];
    model->draft.brand = brands[dice(2)];
    model->draft.category_id = categories[dice(3)];
    model->draft.status = dice(3) ? PRODUCT_ACTIVE : PRODUCT_DRAFT;
    model->variant.price = 1000 + 100 * (int64_t)dice(9);
    model->terms = (struct variant_terms){
        .compare_kind = dice(3) ? COMPARE_OWN : COMPARE_EXPLAINED,
        .compare_price = dice(2) ? model->variant.price + 100 * (int64_t)(1 + dice(9)) : 0,
        .compare_note = "厂商建议零售价"};
    model->variant.terms = &model->terms;
    model->draft.tags = model->tags;
    model->draft.tag_count = 0;
    for (size_t i = 0; i < 2; i++)
        if (dice(2))
            model->tags[model->draft.tag_count++] = tags[i];
    assert_ok(product_save(work, &model->draft));
}

static void buy_random(struct model *model)
{
    struct stock stock = stock_of(model->variant.id);
    if (model->draft.status != PRODUCT_ACTIVE || stock_available(&stock) < 1) {
        assert_ok(stock_count(work, model->variant.id, model->draft.id, stock.on_hand + (int64_t)dice(6),
                              stock.on_hand, ""));
        return;
    }
    struct order *order = place_order(model->variant.id, 1);
    if (dice(2))
        pay_order(order);
}

static err create_stock(struct ctx *ctx, void *arg)
{
    const struct model *model = arg;
    return stock_create(ctx, model->variant.id, model->draft.id, 5);
}

/* The collection has what a look at everything finds, no more and no less. */
static void assert_complete(int64_t collection_id)
{
    const struct collection *collection;
    struct rule rule;
    int64_t ids[FOUND_LIMIT];
    assert_ok(collection_load(work, collection_id, &collection));
    assert_ok(rule_read(work, collection->rule, &rule));
    struct rule_search search = {
        .rule = &rule, .most = FOUND_LIMIT, .look_limit = RULE_LOOK_LIMIT, .ids = ids};
    assert_ok(rule_find(work, &search));
    assert_int_equal(collection->product_count, (int64_t)search.count);
    for (size_t i = 0; i < search.count; i++) {
        struct collection_place places[RULES];
        size_t have;
        bool is_there = false;
        assert_ok(collection_places_load(work, &ids[i], 1, places, &have, RULES));
        for (size_t j = 0; j < have; j++)
            is_there = is_there || places[j].collection_id == collection_id;
        assert_true(is_there);
    }
}

static void collections_are_what_a_look_at_everything_finds(void **state)
{
    (void)state;
    static const char *const names[] = {"tea", "cups", "bowls"};
    int64_t categories[3], collections[RULES];
    struct model models[GOODS] = {0};
    seed = 11;
    for (int i = 0; i < 3; i++) {
        struct category one = {.handle = names[i], .name = names[i], .parent_id = i > 0 ? categories[0] : 0};
        assert_ok(category_create(work, &one));
        categories[i] = one.id;
    }
    for (int i = 0; i < GOODS; i++) {
        struct model *model = &models[i];
        model->variant =
            (struct variant_draft){.sku = arena_format(work->arena, "R-%d", i), .is_active = true};
        model->draft = (struct product_draft){.handle = arena_format(work->arena, "r%d", i),
                                              .kind = PRODUCT_PHYSICAL,
                                              .variants = &model->variant,
                                              .variant_count = 1};
        save_random(model, categories);
        assert_ok(db_transact(work, create_stock, model));
    }
    for (int i = 0; i < RULES; i++) {
        struct rule rule = random_rule(names);
        collections[i] = make_smart(arena_format(work->arena, "s%d", i), &rule);
    }
    for (int step = 0; step < STEPS; step++) {
        struct model *model = &models[dice(GOODS)];
        switch (dice(6)) {
        case 0:
            work->now += (int64_t)dice(30) * HOUR_MS;
            break;
        case 1:
        case 2:
            buy_random(model);
            break;
        case 3:
            assert_ok(category_move(work, categories[1], dice(2) ? categories[0] : 0, 0));
            break;
        default:
            save_random(model, categories);
        }
        run_jobs();
        for (int i = 0; i < RULES; i++)
            assert_complete(collections[i]);
    }
    assert_int_equal(problems_of(rule_check), 0);
    assert_int_equal(problems_of(shelf_check), 0);
    assert_true(ask("SELECT count(*) FROM shelf_products WHERE shop_id = $1 AND kind = 3") > 0);
}

static void the_check_sees_what_is_missing(void **state)
{
    (void)state;
    int64_t product_id = product_of(make_variant(PRODUCT_PHYSICAL, 5900, 10));
    struct rule rule = one_condition(RULE_PRICE, RULE_AT_LEAST, "1");
    int64_t collection_id = make_smart("all", &rule);
    assert_int_equal(problems_of(rule_check), 0);
    tamper_of("DELETE FROM shelf_products WHERE shop_id = $1 AND shelf_id = $2", collection_id);
    assert_int_equal(problems_of(rule_check), 1);
    assert_true(product_id > 0);
}

/* ---- by hand */

static void a_collection_by_hand_keeps_its_order(void **state)
{
    (void)state;
    struct collection chosen = {.handle = "chosen", .name = "店主精选", .is_shown = true};
    int64_t ids[3];
    struct product_page page;
    assert_ok(collection_create(work, &chosen));
    for (int i = 0; i < 3; i++) {
        ids[i] = product_of(make_variant(PRODUCT_PHYSICAL, 5900, 10));
        assert_ok(collection_add_product(work, chosen.id, ids[i]));
        assert_ok(collection_add_product(work, chosen.id, ids[i]));
    }
    assert_ok(collection_step_product(work, chosen.id, ids[2], -1));
    struct product_query query = {
        .status = PRODUCT_ACTIVE, .shelf_id = chosen.id, .sort = SORT_BY_HAND, .limit = 2};
    assert_ok(product_list(work, &query, &page));
    assert_int_equal(page.count, 2);
    assert_true(page.items[0].id == ids[0] && page.items[1].id == ids[2]);
    query.cursor = page.next_cursor;
    assert_ok(product_list(work, &query, &page));
    assert_true(page.count == 1 && page.items[0].id == ids[1]);
    assert_ok(collection_remove_product(work, chosen.id, ids[1]));
    assert_int_equal(size_of(chosen.id), 2);
    assert_int_equal(problems_of(shelf_check), 0);
    assert_ok(collection_remove(work, chosen.id));
    assert_int_equal(problems_of(shelf_check), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SENTENCE(a_collection_follows_tags),
        SENTENCE(a_collection_follows_sales_and_stock),
        SENTENCE(a_collection_follows_time),
        SENTENCE(a_collection_follows_struck_prices),
        SENTENCE(a_rule_is_refused_with_its_field),
        SENTENCE(a_rule_comes_back_as_it_was_written),
        SENTENCE(sold_out_goods_leave_the_shelf_and_return),
        SENTENCE(who_changed_a_product_meanwhile_decides),
        SENTENCE(the_first_stock_rule_that_fits_decides),
        SENTENCE(collections_are_what_a_look_at_everything_finds),
        SENTENCE(the_check_sees_what_is_missing),
        SENTENCE(a_collection_by_hand_keeps_its_order),
    };
    return RUN_SENTENCES(tests);
}
