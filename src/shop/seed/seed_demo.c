/* seed_demo.c - the shops of the demo: their people, shelves, goods, pictures and codes.
 *
 * Everything is made by the functions that the back office uses, so the demo shows what they make. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/seed/seed_demo.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/random.h"
#include "base/text.h"
#include "shop/catalog/catalog.h"
#include "shop/digital/digital.h"
#include "shop/facet/facet.h"
#include "shop/inventory/inventory.h"
#include "shop/media/media.h"
#include "shop/seed/seed_facts.h"
#include "shop/staff/staff.h"
#include "shop/tenant/tenant.h"
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

/* Bytes of catalog.json. */
#define CATALOG_LIMIT ((off_t)4 << 20)
/* Minutes east of UTC: China. */
#define DEMO_UTC_OFFSET 480
/* Between one product and the next, so that the newest came some hours ago and the oldest some weeks. */
#define PRODUCT_PAUSE_MS (7 * HOUR_MS)
/* Shops besides the first. */
#define OTHERS_LIMIT 4
#define CODE_GROUPS 4
#define CODE_GROUP_LENGTH 4

static const struct seed_result demo_login = {.staff_login = SEED_DEMO_LOGIN,
                                              .staff_password = SEED_PASSWORD};

/* One shop of the demo. */
struct demo {
    const char *directory;
    const struct value *catalog;
    struct seed_result *result;
    struct value *pictures; /* file name → picture id, of those kept */
    int64_t staff_id;
};

/* ---- the catalogue file ---- */

static err read_all(struct ctx *ctx, int file, const char *path, const char **bytes, size_t *length)
{
    struct stat facts;
    if (fstat(file, &facts) != 0 || facts.st_size > CATALOG_LIMIT)
        return fail_with(ctx, ERR_BAD_REQUEST, "%s is no file of at most 4 MiB", path);
    char *buffer = arena_alloc(ctx->arena, (size_t)facts.st_size + 1);
    *length = 0;
    while (*length < (size_t)facts.st_size) {
        ssize_t got = read(file, buffer + *length, (size_t)facts.st_size - *length);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return fail_with(ctx, ERR_BAD_REQUEST, "%s cannot be read (errno %d)", path, errno);
        *length += (size_t)got;
    }
    *bytes = buffer;
    return NULL;
}

static err read_catalog(struct ctx *ctx, const char *directory, const struct value **catalog)
{
    const char *path = arena_format(ctx->arena, "%s/catalog.json", directory);
    const char *bytes;
    size_t length;
    struct value *tree;
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return fail_with(ctx, ERR_NOT_FOUND, "%s cannot be opened (errno %d)", path, errno);
    err failure = read_all(ctx, file, path, &bytes, &length);
    close(file);
    if (failure)
        return failure;
    TRY(json_read(ctx, bytes, length, &tree));
    *catalog = tree;
    return NULL;
}

/* ---- pictures and codes ---- */

/* Keeps a picture of the demo folder, each once; NULL for no name. */
static err keep_picture(struct ctx *ctx, struct demo *demo, const char *name, const char **picture_id)
{
    const struct picture *picture;
    *picture_id = name ? value_find_text(demo->pictures, name) : NULL;
    if (!name || *picture_id)
        return NULL;
    struct media_source drawing = {.path = arena_format(ctx->arena, "%s/pictures/%s", demo->directory, name),
                                   .file_name = name,
                                   .is_ours = true};
    TRY(picture_store(ctx, &drawing, &picture));
    value_set_text(ctx->arena, demo->pictures, name, picture->id);
    demo->result->pictures++;
    *picture_id = picture->id;
    return NULL;
}

const char *seed_code(struct ctx *ctx)
{
    static const char letters[] = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
    char code[CODE_GROUPS * (CODE_GROUP_LENGTH + 1)];
    size_t length = 0;
    for (int group = 0; group < CODE_GROUPS; group++) {
        for (int i = 0; i < CODE_GROUP_LENGTH; i++)
            code[length++] = letters[random_below(sizeof letters - 1)];
        code[length++] = '-';
    }
    return arena_copy(ctx->arena, code, length - 1);
}

static err load_codes(struct ctx *ctx, struct demo *demo, int64_t variant_id, int64_t product_id,
                      int64_t count)
{
    const char **codes = arena_alloc_many(ctx->arena, (size_t)count + 1, sizeof *codes);
    int64_t added, duplicates;
    for (int64_t i = 0; i < count; i++)
        codes[i] = seed_code(ctx);
    TRY(code_load(ctx, variant_id, product_id, codes, (size_t)count, &added, &duplicates));
    demo->result->codes += added;
    return NULL;
}

/* ---- categories and products ---- */

static err create_categories(struct ctx *ctx, struct demo *demo)
{
    const struct value *list = value_find(demo->catalog, "categories");
    for (size_t i = 0; i < value_count(list); i++) {
        const struct value *item = value_at(list, i);
        struct category category = {.handle = value_find_text(item, "handle"),
                                    .name = value_find_text(item, "name"),
                                    .name_en = value_find_text(item, "name_en"),
                                    .summary = value_find_text(item, "summary"),
                                    .summary_en = value_find_text(item, "summary_en"),
                                    .position = (int64_t)i};
        const char *above = value_find_text(item, "parent");
        const struct category *parent = NULL;
        if (above)
            TRY(category_find_by_handle(ctx, above, &parent));
        category.parent_id = parent ? parent->id : 0;
        TRY(keep_picture(ctx, demo, value_find_text(item, "picture"), &category.picture_id));
        TRY(category_create(ctx, &category));
        demo->result->categories++;
    }
    return NULL;
}

static const char *const *texts_of(struct ctx *ctx, const struct value *list)
{
    size_t count = value_count(list);
    const char **texts = arena_alloc_many(ctx->arena, count + 1, sizeof *texts);
    for (size_t i = 0; i < count; i++)
        texts[i] = value_at(list, i)->text;
    return texts;
}

static void draft_options(struct ctx *ctx, const struct value *list, struct product_draft *draft)
{
    draft->option_count = value_count(list);
    struct option_draft *options = arena_alloc_many(ctx->arena, draft->option_count + 1, sizeof *options);
    for (size_t i = 0; i < draft->option_count; i++) {
        const struct value *values = value_find(value_at(list, i), "values");
        options[i] = (struct option_draft){.name = value_find_text(value_at(list, i), "name"),
                                           .values = texts_of(ctx, values),
                                           .value_count = value_count(values)};
    }
    draft->options = options;
}

static err draft_variants(struct ctx *ctx, struct demo *demo, const struct value *list,
                          struct product_draft *draft)
{
    draft->variant_count = value_count(list);
    draft->variants = arena_alloc_many(ctx->arena, draft->variant_count + 1, sizeof *draft->variants);
    for (size_t i = 0; i < draft->variant_count; i++) {
        const struct value *item = value_at(list, i);
        struct variant_terms *terms = arena_alloc(ctx->arena, sizeof *terms);
        seed_terms(ctx, item, terms);
        draft->variants[i] = (struct variant_draft){.terms = terms,
                                                    .sku = value_find_text(item, "sku"),
                                                    .options = texts_of(ctx, value_find(item, "options")),
                                                    .price = value_find_int(item, "price", -1),
                                                    .weight = value_find_int(item, "weight_g", 0),
                                                    .is_active = true};
        TRY(keep_picture(ctx, demo, value_find_text(item, "picture"), &draft->variants[i].picture_id));
    }
    return NULL;
}

static err fill_stock(struct ctx *ctx, struct demo *demo, const struct value *list,
                      const struct product_draft *draft)
{
    for (size_t i = 0; i < draft->variant_count; i++) {
        int64_t pieces = value_find_int(value_at(list, i), "stock", 0);
        int64_t variant_id = draft->variants[i].id;
        bool is_digital = draft->kind == PRODUCT_DIGITAL;
        TRY(stock_create(ctx, variant_id, draft->id, is_digital ? 0 : pieces));
        if (is_digital)
            TRY(load_codes(ctx, demo, variant_id, draft->id, pieces));
    }
    return NULL;
}

static err add_pictures(struct ctx *ctx, struct demo *demo, const struct value *list,
                        const struct product_draft *draft)
{
    for (size_t i = 0; i < value_count(list); i++) {
        const char *picture_id;
        TRY(keep_picture(ctx, demo, value_at(list, i)->text, &picture_id));
        TRY(product_picture_add(ctx, draft->id, picture_id, draft->title));
    }
    return NULL;
}

static err create_product(struct ctx *ctx, struct demo *demo, const struct value *item)
{
    const struct category *category;
    const char *shelf = value_find_text(item, "category");
    TRY(category_find_by_handle(ctx, shelf ? shelf : "", &category));
    if (!category)
        return fail_with(ctx, ERR_INVALID, "catalog.json: no category \"%s\"", shelf ? shelf : "");
    const char *kind = value_find_text(item, "kind");
    const char *description = value_find_text(item, "description");
    struct product_draft draft = {.handle = value_find_text(item, "handle"),
                                  .title = value_find_text(item, "title"),
                                  .subtitle = value_find_text(item, "subtitle"),
                                  .description = product_safe_html(ctx, description ? description : ""),
                                  .brand = value_find_text(item, "brand"),
                                  .kind = text_is(kind, "digital") ? PRODUCT_DIGITAL : PRODUCT_PHYSICAL,
                                  .status = PRODUCT_ACTIVE,
                                  .category_id = category->id};
    const struct value *variants = value_find(item, "variants");
    TRY(seed_facts(ctx, item, &draft));
    draft_options(ctx, value_find(item, "options"), &draft);
    TRY(draft_variants(ctx, demo, variants, &draft));
    TRY(product_save(ctx, &draft));
    TRY(fill_stock(ctx, demo, variants, &draft));
    TRY(add_pictures(ctx, demo, value_find(item, "pictures"), &draft));
    demo->result->products++;
    demo->result->variants += (int64_t)draft.variant_count;
    return NULL;
}

/* The products so that neighbours are of different categories: the first of each, then the second of each …
 */
static const struct value **deal_products(struct ctx *ctx, const struct demo *demo, size_t *count)
{
    const struct value *products = value_find(demo->catalog, "products");
    const struct value *categories = value_find(demo->catalog, "categories");
    size_t whole = value_count(products);
    size_t shelves = value_count(categories);
    const struct value **dealt = arena_alloc_many(ctx->arena, whole + 1, sizeof *dealt);
    size_t *next = arena_alloc_many(ctx->arena, shelves + 1, sizeof *next);
    *count = 0;
    for (size_t round = 0; round < whole; round++)
        for (size_t shelf = 0; shelf < shelves; shelf++) {
            const char *handle = value_find_text(value_at(categories, shelf), "handle");
            while (next[shelf] < whole &&
                   !text_is(value_find_text(value_at(products, next[shelf]), "category"), handle))
                next[shelf]++;
            if (next[shelf] < whole)
                dealt[(*count)++] = value_at(products, next[shelf]++);
        }
    return dealt;
}

/* The last of the list first, so that what the file names first is the newest. */
static err create_products(struct ctx *ctx, struct demo *demo)
{
    size_t count;
    const struct value **products = deal_products(ctx, demo, &count);
    struct ctx past = *ctx;
    for (size_t i = count; i > 0; i--) {
        past.now = ctx->now - (int64_t)i * PRODUCT_PAUSE_MS;
        TRY(create_product(&past, demo, products[i - 1]));
    }
    return NULL;
}

/* ---- the shop ---- */

static err create_shop(struct ctx *ctx, struct demo *demo)
{
    const struct value *item = value_find(demo->catalog, "shop");
    const char *handle = value_find_text(item, "handle");
    struct shop_draft draft = {.handle = handle ? handle : SEED_DEMO_HANDLE,
                               .name = value_find_text(item, "name"),
                               .name_en = value_find_text(item, "name_en"),
                               .slogan = value_find_text(item, "slogan"),
                               .slogan_en = value_find_text(item, "slogan_en"),
                               .currency = value_find_text(item, "currency"),
                               .locale = "zh-CN",
                               .utc_offset = DEMO_UTC_OFFSET,
                               .zone = "Asia/Shanghai",
                               .exemption = EXEMPT_SMALL_AMOUNT};
    int64_t shop_id;
    TRY(shop_create(ctx, &draft, &shop_id));
    TRY(shop_load(ctx, shop_id, &ctx->shop));
    demo->result->shops++;
    return staff_create(ctx, SEED_DEMO_LOGIN, "店主", SEED_PASSWORD, STAFF_OWNER, &demo->staff_id);
}

/* All that a catalogue says; ctx->shop becomes the shop. */
static err seed_shop(struct ctx *ctx, struct demo *demo)
{
    demo->pictures = value_object(ctx->arena);
    TRY(create_shop(ctx, demo));
    TRY(create_categories(ctx, demo));
    TRY(seed_attributes(ctx, demo->catalog));
    TRY(create_products(ctx, demo));
    TRY(seed_collections(ctx, demo->catalog));
    TRY(seed_tag_facets(ctx, demo->catalog));
    TRY(seed_offers(ctx, demo->catalog));
    return seed_design(ctx, demo->catalog, demo->pictures);
}

/* The copies of pictures that it makes besides are found by their hash, so a second run makes no second ones.
 */
static err seed_in_transaction(struct ctx *ctx, void *arg)
{
    struct demo *demos = arg;
    *demos->result = demo_login;
    for (struct demo *demo = demos; demo->directory; demo++) {
        struct ctx work = *ctx;
        TRY(seed_shop(&work, demo));
        if (demo == demos)
            TRY(seed_history(&work, demo->staff_id, &demo->result->orders));
        TRY(seed_activities(&work, demo->catalog));
    }
    return NULL;
}

/* The shop of the folder, then those of the folders below that its catalogue names. */
static err read_demos(struct ctx *ctx, const char *directory, struct seed_result *result, struct demo *demos)
{
    demos[0] = (struct demo){.directory = directory, .result = result};
    TRY(read_catalog(ctx, directory, &demos[0].catalog));
    const struct value *others = value_find(demos[0].catalog, "others");
    size_t count = value_count(others);
    if (count > OTHERS_LIMIT)
        return fail_with(ctx, ERR_LIMIT, "catalog.json: at most %d shops besides", OTHERS_LIMIT);
    for (size_t i = 1; i <= count; i++) {
        const char *below = arena_format(ctx->arena, "%s/%s", directory, value_at(others, i - 1)->text);
        demos[i] = (struct demo){.directory = below, .result = result};
        TRY(read_catalog(ctx, below, &demos[i].catalog));
    }
    return NULL;
}

/* What needs the goods as a whole, after the transaction. */
static err settle(struct ctx *ctx, const struct demo *demo)
{
    struct ctx work = *ctx;
    const char *handle = value_find_text(value_find(demo->catalog, "shop"), "handle");
    TRY(shop_load_by_handle(&work, handle ? handle : SEED_DEMO_HANDLE, &work.shop));
    TRY(seed_fill_collections(&work));
    return facet_settle_now(&work);
}

err seed_demo(struct ctx *ctx, const char *directory, struct seed_result *result)
{
    const struct shop *shop;
    struct demo demos[OTHERS_LIMIT + 2] = {0};
    *result = demo_login;
    err failure = shop_load_by_handle(ctx, SEED_DEMO_HANDLE, &shop);
    if (!failure) {
        result->was_there = true;
        return NULL;
    }
    if (failure->code != ERR_SHOP_NOT_FOUND)
        return failure;
    TRY(read_demos(ctx, directory, result, demos));
    TRY(db_transact(ctx, seed_in_transaction, demos));
    for (const struct demo *demo = demos; demo->directory; demo++)
        TRY(settle(ctx, demo));
    return NULL;
}
