/* catalog_test.c - products, their variants, their shelves and the pages of lists. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fixture.h"
#include "unit.h"

/* A product of two options and four variants that may be spoilt. */
struct model {
    struct product_draft draft;
    struct option_draft options[2];
    struct variant_draft variants[4];
    const char *colours[2];
    const char *sizes[2];
    const char *choices[4][2];
};

static void fill(struct model *model, const char *name)
{
    *model = (struct model){.colours = {"月白", "豆青"}, .sizes = {"单只", "一对"}};
    model->options[0] = (struct option_draft){"颜色", model->colours, 2};
    model->options[1] = (struct option_draft){"规格", model->sizes, 2};
    for (size_t i = 0; i < 4; i++) {
        model->choices[i][0] = model->colours[i / 2];
        model->choices[i][1] = model->sizes[i % 2];
        model->variants[i] = (struct variant_draft){.sku = arena_format(work->arena, "%s-%zu", name, i + 1),
                                                    .options = model->choices[i],
                                                    .price = 1000 + 100 * (int64_t)i,
                                                    .weight = 200,
                                                    .is_active = true};
    }
    model->draft = (struct product_draft){.handle = name,
                                          .title = "茶杯",
                                          .kind = PRODUCT_PHYSICAL,
                                          .status = PRODUCT_ACTIVE,
                                          .category_id = shelf(),
                                          .options = model->options,
                                          .option_count = 2,
                                          .variants = model->variants,
                                          .variant_count = 4};
}

static char *repeat(const char *text, size_t times)
{
    struct text_buf buf;
    text_open(&buf, work->arena, 1 << 20);
    for (size_t i = 0; i < times; i++)
        text_add(&buf, text);
    return arena_copy(work->arena, text_of(&buf), buf.len);
}

static int64_t products(void)
{
    return ask("SELECT count(*) FROM products WHERE shop_id = $1");
}

static const struct product *product_now(int64_t product_id)
{
    const struct product *product;
    assert_ok(product_load(work, product_id, &product));
    return product;
}

static void a_product_is_read_as_it_was_saved(void **state)
{
    (void)state;
    struct model model;
    struct variant *variants;
    size_t count;
    fill(&model, "cup");
    model.draft.subtitle = "手工";
    model.draft.brand = "云窑";
    assert_ok(product_save(work, &model.draft));
    const struct product *product;
    assert_ok(product_find_by_handle(work, "cup", &product));
    assert_int_equal(product->id, model.draft.id);
    assert_string_equal(product->title, "茶杯");
    assert_string_equal(product->subtitle, "手工");
    assert_string_equal(product->brand, "云窑");
    assert_int_equal(product->price_min, 1000);
    assert_int_equal(product->price_max, 1300);
    assert_int_equal(product->version, 1);
    assert_int_equal(value_count(product->options), 2);
    assert_string_equal(value_find_text(value_at(product->options, 1), "name"), "规格");
    assert_ok(variant_list(work, product->id, &variants, &count));
    assert_int_equal(count, 4);
    assert_string_equal(variants[1].title, "月白 / 一对");
    assert_string_equal(variants[3].sku, "cup-4");
    assert_int_equal(variants[3].price, 1300);
    assert_true(variants[3].is_on_shelf);
    assert_ok(product_find_by_sku(work, "cup-3", &product));
    assert_int_equal(product->id, model.draft.id);
    assert_ok(product_find_by_sku(work, "cup-9", &product));
    assert_null(product);
    assert_int_equal(ask("SELECT count(*) FROM outbox WHERE shop_id = $1 AND topic = 'product.changed'"), 1);
}

#define ASSERT_SPOILT(change, field)                                                                         \
    do {                                                                                                     \
        struct model model;                                                                                  \
        fill(&model, "spoilt");                                                                              \
        change;                                                                                              \
        assert_field(product_save(work, &model.draft), field);                                               \
        assert_int_equal(products(), 0);                                                                     \
    } while (0)

static void a_draft_with_bad_words_is_refused(void **state)
{
    (void)state;
    ASSERT_SPOILT(model.draft.title = NULL, "title");
    ASSERT_SPOILT(model.draft.title = " \t　", "title");
    ASSERT_SPOILT(model.draft.title = repeat("杯", 201), "title");
    ASSERT_SPOILT(model.draft.handle = "Cup", "handle");
    ASSERT_SPOILT(model.draft.handle = "-cup", "handle");
    ASSERT_SPOILT(model.draft.handle = "茶杯", "handle");
    ASSERT_SPOILT(model.draft.handle = "a/b", "handle");
    ASSERT_SPOILT(model.draft.handle = repeat("a", 121), "handle");
    ASSERT_SPOILT(model.draft.variant_count = 0, "variants");
    ASSERT_SPOILT(model.draft.variant_count = PRODUCT_VARIANT_LIMIT + 1, "variants");
    ASSERT_SPOILT(model.draft.option_count = PRODUCT_OPTION_LIMIT + 1, "options");
}

static void a_draft_with_bad_options_is_refused(void **state)
{
    (void)state;
    const char *many[201];
    for (size_t i = 0; i < 201; i++)
        many[i] = arena_format(work->arena, "色 %zu", i);
    ASSERT_SPOILT(model.options[0].name = " ", "options.0.name");
    ASSERT_SPOILT(model.options[0].name = repeat("色", 61), "options.0.name");
    ASSERT_SPOILT(model.options[1].name = "颜色", "options.1.name");
    ASSERT_SPOILT(model.options[1].value_count = 0, "options.1.values");
    ASSERT_SPOILT((model.options[0].values = many, model.options[0].value_count = 201), "options.0.values");
    ASSERT_SPOILT(model.colours[1] = "", "options.0.values");
    ASSERT_SPOILT(model.colours[1] = repeat("青", 61), "options.0.values");
    ASSERT_SPOILT(model.colours[1] = "月白", "options.0.values");
}

static void a_draft_with_bad_variants_is_refused(void **state)
{
    (void)state;
    ASSERT_SPOILT(model.variants[2].sku = "", "variants.2.sku");
    ASSERT_SPOILT(model.variants[2].sku = NULL, "variants.2.sku");
    ASSERT_SPOILT(model.variants[2].sku = repeat("S", 65), "variants.2.sku");
    ASSERT_SPOILT(model.variants[2].sku = model.variants[0].sku, "variants.2.sku");
    ASSERT_SPOILT(model.variants[1].price = -1, "variants.1.price");
    ASSERT_SPOILT(model.variants[1].price = INT64_C(9000000000001), "variants.1.price");
    ASSERT_SPOILT(model.variants[1].weight = -1, "variants.1.weight");
    ASSERT_SPOILT(model.variants[1].weight = INT64_C(100000001), "variants.1.weight");
    ASSERT_SPOILT(model.choices[3][0] = "大红", "variants.3.options");
    ASSERT_SPOILT(model.choices[3][0] = "月白", "variants.3.options");
}

struct old_title {
    int64_t product_id;
    const char *title;
};

static err write_title(struct ctx *ctx, void *arg)
{
    const struct old_title *old = arg;
    return db_expect(ctx, 1, ERR_NOT_FOUND, "product",
                     "UPDATE products SET title = $3 WHERE shop_id = $1 AND id = $2", db_int(ctx->shop->id),
                     db_int(old->product_id), db_text(old->title));
}

static void the_longest_words_that_are_allowed_are_taken(void **state)
{
    (void)state;
    struct model model;
    fill(&model, repeat("a", 120));
    model.draft.title = repeat("杯", 120);
    model.options[0].name = repeat("色", 60);
    model.colours[1] = model.choices[2][0] = model.choices[3][0] = repeat("青", 60);
    model.variants[0].sku = repeat("S", 64);
    for (size_t i = 1; i < 4; i++)
        model.variants[i].sku = arena_format(work->arena, "long-%zu", i);
    model.variants[0].price = INT64_C(9000000000000);
    assert_ok(product_save(work, &model.draft));
    assert_int_equal(product_now(model.draft.id)->price_max, INT64_C(9000000000000));
}

static void a_longer_name_of_earlier_days_stays_until_it_is_changed(void **state)
{
    (void)state;
    struct model model;
    fill(&model, "long-name");
    model.draft.title = repeat("杯", 121);
    assert_field(product_save(work, &model.draft), "title");
    model.draft.title = "杯";
    assert_ok(product_save(work, &model.draft));
    const char *kept = repeat("杯", 150);
    assert_ok(db_transact(work, write_title, &(struct old_title){model.draft.id, kept}));
    model.draft.version = 0;
    model.draft.title = kept;
    model.variants[0].price++;
    assert_ok(product_save(work, &model.draft));
    assert_string_equal(product_now(model.draft.id)->title, kept);
    model.draft.title = repeat("杯", 149);
    assert_field(product_save(work, &model.draft), "title");
    model.draft.title = repeat("杯", 120);
    assert_ok(product_save(work, &model.draft));
}

static int64_t id_of_sku(const char *sku)
{
    struct db_rows *rows;
    assert_ok(db_query(work, &rows, "SELECT id FROM variants WHERE shop_id = $1 AND sku = $2",
                       db_int(work->shop->id), db_text(sku)));
    assert_true(db_next(rows));
    return db_get_int(rows, 0);
}

static void variants_exchange_their_skus_in_one_save(void **state)
{
    (void)state;
    struct model model;
    fill(&model, "swap");
    assert_ok(product_save(work, &model.draft));
    int64_t ids[4];
    for (size_t i = 0; i < 4; i++)
        ids[i] = model.variants[i].id;
    model.draft.version = 1;
    model.variants[0].sku = "swap-2"; /* two exchange, and one hands its SKU on to a new variant */
    model.variants[1].sku = "swap-1";
    model.variants[2].sku = "swap-5";
    model.variants[3].id = 0;
    model.variants[3].sku = "swap-3";
    assert_ok(product_save(work, &model.draft));
    assert_int_equal(id_of_sku("swap-2"), ids[0]);
    assert_int_equal(id_of_sku("swap-1"), ids[1]);
    assert_int_equal(id_of_sku("swap-5"), ids[2]);
    assert_int_equal(id_of_sku("swap-3"), model.variants[3].id);
    assert_int_equal(id_of_sku("swap-4"), ids[3]); /* left out: switched off with its SKU */
    model.draft.version = 2;
    model.variants[0].sku = "swap-1";
    model.variants[1].sku = "swap-5";
    model.variants[2].sku = "swap-2";
    assert_ok(product_save(work, &model.draft));
    assert_int_equal(id_of_sku("swap-1"), ids[0]);
    assert_int_equal(id_of_sku("swap-5"), ids[1]);
    assert_int_equal(id_of_sku("swap-2"), ids[2]);
    model.draft.version = 3;
    model.variants[0].sku = "swap-4"; /* of the one that is switched off */
    assert_fails(product_save(work, &model.draft), ERR_DUPLICATE);
    assert_int_equal(id_of_sku("swap-1"), ids[0]);
}

static void a_handle_or_sku_of_another_product_is_refused(void **state)
{
    (void)state;
    struct model first, second;
    int64_t count;
    fill(&first, "first");
    assert_ok(product_save(work, &first.draft));
    fill(&second, "second");
    second.draft.handle = "first";
    assert_fails(product_save(work, &second.draft), ERR_DUPLICATE);
    fill(&second, "second");
    second.variants[3].sku = "first-1";
    assert_fails(product_save(work, &second.draft), ERR_DUPLICATE);
    assert_int_equal(products(), 1);
    assert_int_equal(ask("SELECT count(*) FROM variants WHERE shop_id = $1"), 4);
    assert_ok(product_count(work, 0, PRODUCT_ACTIVE, &count));
    assert_int_equal(count, 1);
    work->shop = make_shop();
    int64_t there = make_category("there");
    fill(&second, "first");
    second.draft.category_id = there;
    assert_ok(product_save(work, &second.draft));
}

static void who_saves_an_old_version_is_told_and_nothing_is_written(void **state)
{
    (void)state;
    struct model model;
    fill(&model, "cup");
    assert_ok(product_save(work, &model.draft));
    model.draft.version = 1;
    model.draft.title = "第二";
    assert_ok(product_save(work, &model.draft));
    model.draft.title = "第三";
    model.variants[0].price = 1;
    assert_fails(product_save(work, &model.draft), ERR_CONFLICT);
    const struct product *product = product_now(model.draft.id);
    assert_string_equal(product->title, "第二");
    assert_int_equal(product->version, 2);
    assert_int_equal(product->price_min, 1000);
    assert_int_equal(ask("SELECT min(price) FROM variants WHERE shop_id = $1"), 1000);
    model.draft.version = 0;
    assert_ok(product_save(work, &model.draft));
    assert_string_equal(product_now(model.draft.id)->title, "第三");
}

static void variants_left_out_are_switched_off_and_can_come_back(void **state)
{
    (void)state;
    struct model model;
    struct variant *variants;
    size_t count;
    fill(&model, "cup");
    assert_ok(product_save(work, &model.draft));
    model.draft.variants = model.variants + 2;
    model.draft.variant_count = 2;
    assert_ok(product_save(work, &model.draft));
    assert_ok(variant_list(work, model.draft.id, &variants, &count));
    assert_int_equal(count, 4);
    assert_int_equal(variants[0].id, model.variants[2].id);
    assert_true(variants[1].is_on_shelf);
    assert_false(variants[2].is_active);
    assert_false(variants[3].is_on_shelf);
    const struct product *product = product_now(model.draft.id);
    assert_int_equal(product->price_min, 1200);
    assert_int_equal(product->variant_count, 2);
    model.draft.variants = model.variants;
    model.draft.variant_count = 4;
    assert_ok(product_save(work, &model.draft));
    assert_ok(variant_list(work, model.draft.id, &variants, &count));
    assert_int_equal(count, 4);
    assert_int_equal(variants[0].id, model.variants[0].id);
    assert_true(variants[0].is_on_shelf);
}

static void the_price_range_is_that_of_what_can_be_bought(void **state)
{
    (void)state;
    struct model model;
    fill(&model, "cup");
    model.variants[0].is_active = model.variants[3].is_active = false;
    assert_ok(product_save(work, &model.draft));
    assert_int_equal(product_now(model.draft.id)->price_min, 1100);
    assert_int_equal(product_now(model.draft.id)->price_max, 1200);
    for (size_t i = 0; i < 4; i++)
        model.variants[i].is_active = false;
    assert_ok(product_save(work, &model.draft));
    assert_int_equal(product_now(model.draft.id)->price_min, 1000);
    assert_int_equal(product_now(model.draft.id)->price_max, 1300);
}

static void a_product_cannot_change_its_kind_or_take_anothers_variant(void **state)
{
    (void)state;
    struct model first, second;
    fill(&first, "first");
    fill(&second, "second");
    assert_ok(product_save(work, &first.draft));
    assert_ok(product_save(work, &second.draft));
    second.draft.kind = PRODUCT_DIGITAL;
    assert_field(product_save(work, &second.draft), "kind");
    second.draft.kind = PRODUCT_PHYSICAL;
    second.variants[0].id = first.variants[0].id;
    second.draft.title = "盗";
    assert_fails(product_save(work, &second.draft), ERR_NOT_FOUND);
    assert_string_equal(product_now(second.draft.id)->title, "茶杯");
    assert_int_equal(ask("SELECT count(*) FROM variants WHERE shop_id = $1 AND is_active = 1"), 8);
    fill(&first, "third");
    first.draft.category_id = 12345;
    assert_fails(product_save(work, &first.draft), ERR_NOT_FOUND);
}

static void assert_counts_fit(const int64_t *category_ids, size_t count)
{
    static const char real[] =
        "SELECT count(*) FROM products WHERE shop_id = $1 AND category_id * 10 + status = $2";
    static const char real_of_shop[] = "SELECT count(*) FROM products WHERE shop_id = $1 AND status = $2";
    for (int status = PRODUCT_DRAFT; status <= PRODUCT_ARCHIVED; status++) {
        int64_t kept;
        assert_ok(product_count(work, 0, (enum product_status)status, &kept));
        assert_int_equal(kept, ask_of(real_of_shop, status));
        for (size_t i = 0; i < count; i++) {
            assert_ok(product_count(work, category_ids[i], (enum product_status)status, &kept));
            assert_int_equal(kept, ask_of(real, category_ids[i] * 10 + status));
        }
    }
}

static void counts_stay_right_through_saves_moves_and_changes_of_status(void **state)
{
    (void)state;
    struct model models[6];
    const int64_t categories[] = {shelf(), make_category("teapots"), make_category("books")};
    for (size_t i = 0; i < 6; i++) {
        fill(&models[i], arena_format(work->arena, "p%zu", i));
        models[i].draft.status = (enum product_status)(i % 3 + 1);
        models[i].draft.category_id = categories[i / 2];
        assert_ok(product_save(work, &models[i].draft));
    }
    assert_counts_fit(categories, 3);
    for (size_t step = 0; step < 60; step++) {
        struct product_draft *draft = &models[step * 7 % 6].draft;
        draft->status = (enum product_status)(step % 3 + 1);
        if (step % 5 < 2) {
            assert_ok(product_change_status(work, draft->id, draft->status));
            continue;
        }
        draft->category_id = categories[step / 3 % 3];
        assert_ok(product_save(work, draft));
    }
    assert_counts_fit(categories, 3);
    struct category *list;
    size_t count;
    int64_t sum = 0;
    assert_ok(category_list_counted(work, &list, &count));
    assert_int_equal(count, 3);
    for (size_t i = 0; i < count; i++) {
        int64_t active;
        assert_ok(product_count(work, list[i].id, PRODUCT_ACTIVE, &active));
        assert_int_equal(list[i].active_count, active);
        sum += list[i].product_count;
    }
    assert_int_equal(sum, 6);
}

static void a_change_of_status_is_told_and_the_same_status_is_not(void **state)
{
    (void)state;
    static const char news[] = "SELECT count(*) FROM outbox WHERE shop_id = $1 AND topic = 'product.changed'";
    struct model model;
    fill(&model, "cup");
    assert_ok(product_save(work, &model.draft));
    assert_ok(product_change_status(work, model.draft.id, PRODUCT_ACTIVE));
    assert_int_equal(ask(news), 1);
    assert_ok(product_change_status(work, model.draft.id, PRODUCT_ARCHIVED));
    assert_int_equal(ask(news), 2);
    const struct variant *variant;
    assert_ok(variant_load(work, model.variants[0].id, &variant));
    assert_false(variant->is_on_shelf);
    assert_fails(product_change_status(work, 12345, PRODUCT_ACTIVE), ERR_NOT_FOUND);
}

/* ---- pages */

#define PAGED 23
#define PAGE 4

static int64_t add_product(int number, enum product_kind kind, int64_t price)
{
    struct model model;
    fill(&model, arena_format(work->arena, "paged-%d", number));
    model.draft.title = arena_format(work->arena, "%s %02d", number % 2 ? "杯" : "壶", number);
    model.draft.kind = kind;
    for (size_t i = 0; i < 4; i++)
        model.variants[i].price = price;
    assert_ok(product_save(work, &model.draft));
    return model.draft.id;
}

static bool comes_before(const struct product *a, const struct product *b, enum product_sort sort)
{
    if (sort == SORT_TITLE && strcmp(a->title, b->title) != 0)
        return strcmp(a->title, b->title) < 0;
    if (sort == SORT_UPDATED && a->updated_at != b->updated_at)
        return a->updated_at > b->updated_at;
    if (sort == SORT_PRICE_UP && a->price_min != b->price_min)
        return a->price_min < b->price_min;
    if (sort == SORT_PRICE_DOWN && a->price_min != b->price_min)
        return a->price_min > b->price_min;
    return sort == SORT_PRICE_UP || sort == SORT_TITLE ? a->id < b->id : a->id > b->id;
}

/* Walks all pages, while a product is added after each, and expects each of `ids` once and all in order. */
static void walk(struct product_query query, const int64_t *ids, size_t count, int *made)
{
    int seen[PAGED] = {0};
    struct product_page page;
    struct product last = {0};
    int pages = 0;
    do {
        assert_ok(product_list(work, &query, &page));
        assert_true(page.count > 0 && page.count <= (size_t)query.limit);
        for (size_t i = 0; i < page.count; i++) {
            assert_true(last.id == 0 || comes_before(&last, &page.items[i], query.sort));
            last = page.items[i];
            for (size_t j = 0; j < count; j++)
                seen[j] += ids[j] == last.id;
        }
        if (pages++ < 3) {
            *made += 2; /* an odd one stays odd: they share a title prefix */
            add_product(*made, query.kind ? query.kind : PRODUCT_PHYSICAL, 1000 + *made % 7 * 100);
        }
        query.cursor = page.next_cursor;
    } while (page.next_cursor);
    for (size_t j = 0; j < count; j++)
        assert_int_equal(seen[j], 1);
}

static void pages_are_complete_and_without_repeats_while_products_come(void **state)
{
    (void)state;
    int64_t ids[PAGED];
    int made = 101;
    for (int i = 0; i < PAGED; i++)
        ids[i] = add_product(2 * i + 1, PRODUCT_PHYSICAL, 1000 + i % 5 * 100);
    struct product_query query = {.limit = PAGE};
    walk(query, ids, PAGED, &made);
    query.title_prefix = "杯";
    query.sort = SORT_TITLE;
    walk(query, ids, PAGED, &made);
    query.status = PRODUCT_ACTIVE;
    walk(query, ids, PAGED, &made);
    query = (struct product_query){.limit = PAGE};
    query.status = PRODUCT_ACTIVE;
    query.kind = PRODUCT_PHYSICAL;
    walk(query, ids, PAGED, &made);
    query.kind = 0;
    for (int sort = SORT_NEWEST; sort <= SORT_TITLE; sort++)
        for (int combination = 0; combination < 4; combination++) {
            query.sort = (enum product_sort)sort;
            query.status = combination & 1 ? PRODUCT_ACTIVE : 0;
            query.category_id = combination & 2 ? shelf() : 0;
            if (query.category_id && (sort == SORT_UPDATED || sort == SORT_TITLE))
                continue;
            walk(query, ids, PAGED, &made);
        }
    query = (struct product_query){.category_id = shelf(), .limit = PAGE};
    walk(query, ids, PAGED, &made);
}

static void a_filter_shows_only_what_fits(void **state)
{
    (void)state;
    struct product_page page;
    add_product(1, PRODUCT_PHYSICAL, 100);
    add_product(2, PRODUCT_DIGITAL, 200);
    int64_t hidden = add_product(3, PRODUCT_DIGITAL, 300);
    assert_ok(product_change_status(work, hidden, PRODUCT_DRAFT));
    struct product_query query = {.status = PRODUCT_ACTIVE, .kind = PRODUCT_DIGITAL, .limit = 10};
    assert_ok(product_list(work, &query, &page));
    assert_int_equal(page.count, 1);
    assert_string_equal(page.items[0].title, "壶 02");
    assert_null(page.next_cursor);
    query = (struct product_query){.title_prefix = "杯 0", .limit = 10};
    assert_ok(product_list(work, &query, &page));
    assert_int_equal(page.count, 2);
    query =
        (struct product_query){.status = PRODUCT_ACTIVE, .category_id = make_category("empty"), .limit = 10};
    assert_ok(product_list(work, &query, &page));
    assert_int_equal(page.count, 0);
    work->shop = make_shop();
    query = (struct product_query){.limit = 10};
    assert_ok(product_list(work, &query, &page));
    assert_int_equal(page.count, 0);
}

static void a_page_of_exactly_the_limit_is_the_last(void **state)
{
    (void)state;
    struct product_page page;
    for (int i = 0; i < PAGE; i++)
        add_product(i, PRODUCT_PHYSICAL, 100);
    struct product_query query = {.status = PRODUCT_ACTIVE, .limit = PAGE};
    assert_ok(product_list(work, &query, &page));
    assert_int_equal(page.count, PAGE);
    assert_null(page.next_cursor);
    query.limit = 0;
    assert_ok(product_list(work, &query, &page));
    assert_int_equal(page.count, 1);
}

static void a_cursor_that_is_not_ours_is_refused(void **state)
{
    (void)state;
    static const char *const cursors[] = {
        "x", "1", ".", "1.", ".1", "1.x", "x.1", "1.2.3", "99999999999999999999.1", "1.1'--", " 1.1"};
    struct product_page page;
    for (size_t i = 0; i < sizeof cursors / sizeof *cursors; i++) {
        struct product_query query = {.status = PRODUCT_ACTIVE, .cursor = cursors[i], .limit = 10};
        assert_fails(product_list(work, &query, &page), ERR_BAD_REQUEST);
    }
}

static void many_variants_are_found_in_the_order_of_their_ids(void **state)
{
    (void)state;
    struct model models[10];
    int64_t ids[80];
    const struct variant *found[80];
    for (size_t i = 0; i < 10; i++) {
        fill(&models[i], arena_format(work->arena, "m%zu", i));
        assert_ok(product_save(work, &models[i].draft));
    }
    for (size_t i = 0; i < 80; i++)
        ids[i] = i % 7 == 6 ? -1 : models[i * 3 % 10].variants[i % 4].id;
    assert_ok(variant_load_many(work, ids, 80, found));
    for (size_t i = 0; i < 80; i++) {
        assert_true((found[i] == NULL) == (ids[i] == -1));
        assert_true(!found[i] || found[i]->id == ids[i]);
    }
    assert_ok(variant_load_many(work, ids, 0, found));
    work->shop = make_shop();
    assert_fails(variant_load(work, ids[0], found), ERR_NOT_FOUND);
}

/* ---- pictures */

static err insert_picture(struct ctx *ctx, void *arg)
{
    return db_execute(ctx,
                      "INSERT INTO pictures (shop_id, id, format, width, height, bytes, created_at)"
                      " VALUES ($1, $2, 'jpg', 10, 10, 10, 1)",
                      db_int(ctx->shop->id), db_text(arg));
}

static int64_t product_with_pictures(const char *ids)
{
    struct model model;
    fill(&model, "pictured");
    assert_ok(product_save(work, &model.draft));
    for (; *ids; ids++) {
        char *id = arena_copy(work->arena, ids, 1);
        assert_ok(db_transact(work, insert_picture, id));
        assert_ok(product_picture_add(work, model.draft.id, id, NULL));
    }
    return model.draft.id;
}

static void assert_pictures(int64_t product_id, const char *ids)
{
    struct product_picture *pictures;
    size_t count;
    assert_ok(product_picture_list(work, product_id, &pictures, &count));
    assert_int_equal(count, strlen(ids));
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(pictures[i].position, i);
        assert_int_equal(pictures[i].picture_id[0], ids[i]);
    }
    const char *first = product_now(product_id)->picture_id;
    assert_true(ids[0] ? first && first[0] == ids[0] : first == NULL);
}

static void pictures_keep_their_order_and_the_first_stands_for_the_product(void **state)
{
    (void)state;
    int64_t product_id = product_with_pictures("abcde");
    assert_pictures(product_id, "abcde");
    assert_ok(product_picture_move(work, product_id, 0, 2));
    assert_pictures(product_id, "bcade");
    assert_ok(product_picture_move(work, product_id, 4, 0));
    assert_pictures(product_id, "ebcad");
    assert_ok(product_picture_move(work, product_id, 1, 99));
    assert_pictures(product_id, "ecadb");
    assert_ok(product_picture_move(work, product_id, 2, -5));
    assert_pictures(product_id, "aecdb");
    assert_ok(product_picture_remove(work, product_id, 0));
    assert_pictures(product_id, "ecdb");
    assert_fails(product_picture_remove(work, product_id, 4), ERR_NOT_FOUND);
    assert_fails(product_picture_move(work, product_id, -1, 0), ERR_NOT_FOUND);
    assert_pictures(product_id, "ecdb");
    for (int i = 0; i < 4; i++)
        assert_ok(product_picture_remove(work, product_id, 0));
    assert_pictures(product_id, "");
}

static void a_product_has_at_most_fifty_pictures(void **state)
{
    (void)state;
    int64_t product_id = product_with_pictures("a");
    for (int i = 1; i < PRODUCT_PICTURE_LIMIT; i++)
        assert_ok(product_picture_add(work, product_id, "a", "甲"));
    assert_fails(product_picture_add(work, product_id, "a", "甲"), ERR_LIMIT);
    assert_int_equal(ask("SELECT count(*) FROM product_pictures WHERE shop_id = $1"), PRODUCT_PICTURE_LIMIT);
    assert_non_null(product_picture_add(work, 12345, "a", "甲"));
}

/* ---- categories */

static void assert_leads(const char *former, const char *expected)
{
    const char *now;
    assert_ok(moved_find(work, MOVED_CATEGORY, former, &now));
    if (expected)
        assert_string_equal(now, expected);
    else
        assert_null(now);
}

static void a_category_is_created_changed_and_removed_when_empty(void **state)
{
    (void)state;
    struct category category = {.handle = "tea", .name = "茶", .name_en = "Tea", .position = 2};
    const struct category *found;
    assert_ok(category_create(work, &category));
    assert_int_equal(ask("SELECT count(*) FROM outbox WHERE shop_id = $1 AND topic = 'category.added'"), 1);
    struct category twin = {.handle = "tea", .name = "又"};
    assert_fails(category_create(work, &twin), ERR_DUPLICATE);
    twin.handle = "Tea";
    assert_field(category_create(work, &twin), "handle");
    twin = (struct category){.handle = "x", .name = " "};
    assert_field(category_create(work, &twin), "name");
    category.summary = "好茶";
    category.handle = "teas";
    assert_ok(category_change(work, &category));
    assert_ok(category_find_by_handle(work, "teas", &found));
    assert_string_equal(found->summary, "好茶");
    assert_string_equal(category_name(work, found), "茶");
    work->locale = "en";
    assert_string_equal(category_name(work, found), "Tea");
    assert_string_equal(category_summary(work, found), "好茶");
    assert_ok(category_find_by_handle(work, "tea", &found));
    assert_null(found);
    assert_leads("tea", "teas");
    assert_leads("teas", NULL);
    struct model model;
    fill(&model, "cup");
    model.draft.category_id = category.id;
    assert_ok(product_save(work, &model.draft));
    assert_fails(category_remove(work, category.id), ERR_CONFLICT);
    model.draft.category_id = shelf();
    assert_ok(product_save(work, &model.draft));
    assert_ok(category_remove(work, category.id));
    assert_fails(category_load(work, category.id, &found), ERR_NOT_FOUND);
    assert_leads("tea", NULL);
}

/* ---- words */

static void descriptions_are_made_safe(void **state)
{
    (void)state;
    static const char fine[] = "<h3>茶</h3><p>一<br>二 &amp; \"三\"</p><ul><li><strong>四</strong></li></ul>"
                               "<ol><li><em>五</em></li></ol>";
    assert_string_equal(product_safe_html(work, fine), fine);
    assert_string_equal(product_safe_html(work, "<p><script>alert(1)</script>x</p>"), "<p>x</p>");
    assert_string_equal(product_safe_html(work, "<p>x<img src=/media/ab12/640.webp><img src=//a/b.png></p>"),
                        "<p>x<img src=\"/media/ab12/640.webp\" alt=\"\" loading=\"lazy\"></p>");
    assert_string_equal(product_safe_html(work, "一 & <二>\r\n\r\n\n三\n"),
                        "<p>一 &amp; &lt;二&gt;</p><p>三</p>");
    assert_string_equal(product_safe_html(work, ""), "");
}

static void a_handle_is_made_from_the_words_of_a_title(void **state)
{
    (void)state;
    assert_string_equal(product_handle_from(work, "  Blue -- Cup 2! "), "blue-cup-2");
    const char *handle = product_handle_from(work, "茶杯");
    assert_true(handle[0] == 'p' && strlen(handle) == 11);
    assert_true(strlen(product_handle_from(work, repeat("word ", 100))) <= 60);
    struct model model;
    fill(&model, "");
    for (size_t i = 0; i < 4; i++)
        model.variants[i].sku = arena_format(work->arena, "made-%zu", i);
    model.draft.title = "Blue Cup";
    assert_ok(product_save(work, &model.draft));
    assert_string_equal(product_now(model.draft.id)->handle, "blue-cup");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SENTENCE(a_product_is_read_as_it_was_saved),
        SENTENCE(a_draft_with_bad_words_is_refused),
        SENTENCE(a_draft_with_bad_options_is_refused),
        SENTENCE(a_draft_with_bad_variants_is_refused),
        SENTENCE(a_longer_name_of_earlier_days_stays_until_it_is_changed),
        SENTENCE(the_longest_words_that_are_allowed_are_taken),
        SENTENCE(variants_exchange_their_skus_in_one_save),
        SENTENCE(a_handle_or_sku_of_another_product_is_refused),
        SENTENCE(who_saves_an_old_version_is_told_and_nothing_is_written),
        SENTENCE(variants_left_out_are_switched_off_and_can_come_back),
        SENTENCE(the_price_range_is_that_of_what_can_be_bought),
        SENTENCE(a_product_cannot_change_its_kind_or_take_anothers_variant),
        SENTENCE(counts_stay_right_through_saves_moves_and_changes_of_status),
        SENTENCE(a_change_of_status_is_told_and_the_same_status_is_not),
        SENTENCE(pages_are_complete_and_without_repeats_while_products_come),
        SENTENCE(a_filter_shows_only_what_fits),
        SENTENCE(a_page_of_exactly_the_limit_is_the_last),
        SENTENCE(a_cursor_that_is_not_ours_is_refused),
        SENTENCE(many_variants_are_found_in_the_order_of_their_ids),
        SENTENCE(pictures_keep_their_order_and_the_first_stands_for_the_product),
        SENTENCE(a_product_has_at_most_fifty_pictures),
        SENTENCE(a_category_is_created_changed_and_removed_when_empty),
        SENTENCE(descriptions_are_made_safe),
        SENTENCE(a_handle_is_made_from_the_words_of_a_title),
    };
    return RUN_SENTENCES(tests);
}
