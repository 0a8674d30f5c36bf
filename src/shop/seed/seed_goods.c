/* seed_goods.c - products for measuring: titles that can be searched, prices in steps, one in ten digital. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/seed/seed_bulk.h"

#include "base/crypto.h"
#include "base/log.h"
#include "shop/catalog/catalog.h"
#include "shop/facet/facet.h"
#include "shop/inventory/inventory.h"
#include <inttypes.h>

#define SHELVES 8
#define DIGITAL_SHELF (SHELVES - 1)
#define NOUNS 10
#define VARIANTS 4
#define MANY_PIECES 1000000
/* One physical product in this many has few pieces. */
#define SCARCE_ONE_IN 40
#define SCARCE_PIECES 30
#define DIGITAL_ONE_IN 10
/* Prices end in .90 and have few different values, as prices do. */
#define PRICE_STEPS 40
#define PRICE_STEP 1000
#define VARIANT_PRICE_STEP 500
#define CODE_BYTES 20
#define WEIGHT 300

struct shelf {
    const char *handle;
    const char *name;
    const char *name_en;
    const char *nouns[NOUNS];
};

static const struct shelf shelves[SHELVES] = {
    {"home",
     "家居生活",
     "Home",
     {"茶杯", "台灯", "毛巾", "靠垫", "花瓶", "挂钟", "香薰", "收纳篮", "地毯", "镜子"}},
    {"kitchen",
     "厨房餐桌",
     "Kitchen",
     {"砧板", "铸铁锅", "饭碗", "蒸笼", "菜刀", "水壶", "餐盘", "咖啡壶", "调料罐", "围裙"}},
    {"pantry",
     "茶与食物",
     "Pantry",
     {"绿茶", "白茶", "咖啡豆", "蜂蜜", "大米", "挂面", "坚果", "辣酱", "核桃酥", "红枣"}},
    {"stationery",
     "文具书写",
     "Stationery",
     {"笔记本", "钢笔", "墨水", "毛笔", "剪刀", "彩铅", "胶带", "台历", "书签", "印章"}},
    {"apparel",
     "衣着配饰",
     "Apparel",
     {"短袖", "围巾", "帽子", "袜子", "帆布鞋", "背包", "卡包", "眼镜", "手套", "长伞"}},
    {"devices",
     "数码影音",
     "Devices",
     {"耳机", "音箱", "键盘", "鼠标", "充电宝", "投影仪", "唱机", "相机", "手机壳", "阅读器"}},
    {"outdoor",
     "户外运动",
     "Outdoor",
     {"帐篷", "折叠椅", "营灯", "瑜伽垫", "球拍", "风筝", "保温壶", "登山杖", "睡袋", "头灯"}},
    {"digital",
     "数字商品",
     "Digital",
     {"礼品卡", "激活码", "点卡", "电子书", "课程", "字体", "滤镜", "专辑", "会员", "云盘"}},
};
static const char *const qualities[] = {"手作", "轻便", "复古", "素色", "加厚", "可折叠", "便携",
                                        "经典", "日式", "北欧", "竹制", "陶瓷", "亚麻",   "羊毛",
                                        "静音", "防水", "小号", "大号", "双人", "儿童"};
static const char *const brands[] = {"山止", "云间", "青梧", "半亩", "拾光",
                                     "木禾", "原野", "白石", "南屿", "知否"};
static const char *const pitches[] = {"用料扎实，细节耐看。", "每天都用得上的一件。", "轻一点，也好看一点。",
                                      "送人自用都合适。"};
static const char *const sizes[VARIANTS] = {"小号", "中号", "大号", "特大"};
/* The options of a product, and of a variant, by how many there are. */
static const char *const option_lists[VARIANTS + 1] = {
    NULL, "[]", "[{\"name\":\"规格\",\"values\":[\"小号\",\"中号\"]}]",
    "[{\"name\":\"规格\",\"values\":[\"小号\",\"中号\",\"大号\"]}]",
    "[{\"name\":\"规格\",\"values\":[\"小号\",\"中号\",\"大号\",\"特大\"]}]"};
static const char *const choices[VARIANTS] = {"[\"小号\"]", "[\"中号\"]", "[\"大号\"]", "[\"特大\"]"};
#define DESCRIPTION                                                                                                       \
    "<p>这件商品只用来量快慢，写得像真的一样长：材料、做法、尺寸和保养都在下面。</p>" \
    "<ul><li><strong>材质</strong>：见标题</li><li><strong>产地</strong>：测试数据</li></ul>"

struct bulk_code {
    struct sealed sealed;
    const unsigned char *blind;
};

struct bulk_product {
    int64_t id;
    int64_t category_id;
    enum product_kind kind;
    const char *handle;
    const char *title;
    const char *brand;
    const char *subtitle;
    int64_t price;
    int64_t pieces; /* of each variant */
    int64_t variant_count;
    int64_t variant_ids[VARIANTS];
    const char *skus[VARIANTS];
    struct bulk_code *codes; /* of a digital product, SEED_CODES */
};

struct bulk_goods {
    const int64_t *category_ids; /* SHELVES */
    struct bulk_product *products;
    int64_t count;
};

/* ---- what there shall be ---- */

#define CHOOSE(dice, words) words[dice_below(dice, (int64_t)(sizeof(words) / sizeof *(words)))]

static void make_codes(struct ctx *ctx, struct bulk_product *product, struct dice *dice)
{
    product->codes = arena_alloc_many(ctx->arena, SEED_CODES, sizeof *product->codes);
    for (int i = 0; i < SEED_CODES; i++) {
        char code[CODE_BYTES];
        uint64_t number = dice_next(dice);
        snprintf(code, sizeof code, "%04X-%04X-%04X-%04X", (unsigned)(number & 0xFFFF),
                 (unsigned)(number >> 16 & 0xFFFF), (unsigned)(number >> 32 & 0xFFFF),
                 (unsigned)(number >> 48));
        unsigned char *blind = arena_alloc(ctx->arena, CRYPTO_INDEX_BYTES);
        crypto_blind_index(ctx, SEED_CODE_PURPOSE, code, blind);
        product->codes[i] =
            (struct bulk_code){crypto_seal(ctx, SEED_CODE_PURPOSE, code, strlen(code)), blind};
    }
}

static void make_product(struct ctx *ctx, struct bulk_goods *goods, struct bulk_product *product,
                         int64_t shop_number, int64_t index)
{
    struct dice dice = {(uint64_t)shop_number << 40 | (uint64_t)index};
    bool is_digital = dice_below(&dice, DIGITAL_ONE_IN) == 0;
    int64_t shelf = is_digital ? DIGITAL_SHELF : dice_below(&dice, DIGITAL_SHELF);
    product->id = id_new(ctx);
    product->category_id = goods->category_ids[shelf];
    product->kind = is_digital ? PRODUCT_DIGITAL : PRODUCT_PHYSICAL;
    product->handle = arena_format(ctx->arena, "p%08" PRId64, index);
    const char *quality = CHOOSE(&dice, qualities);
    const char *noun = CHOOSE(&dice, shelves[shelf].nouns);
    product->title = arena_format(ctx->arena, "%s%s %05" PRId64, quality, noun, index);
    product->brand = CHOOSE(&dice, brands);
    product->subtitle = CHOOSE(&dice, pitches);
    product->price = (1 + dice_favour(&dice, PRICE_STEPS)) * PRICE_STEP - 10;
    bool is_scarce = dice_below(&dice, SCARCE_ONE_IN) == 0;
    product->pieces = is_scarce ? dice_below(&dice, SCARCE_PIECES) : MANY_PIECES;
    product->variant_count = is_digital ? 1 : 1 + dice_below(&dice, VARIANTS);
    for (int64_t i = 0; i < product->variant_count; i++) {
        product->variant_ids[i] = id_new(ctx);
        product->skus[i] = arena_format(ctx->arena, "S%08" PRId64 "-%" PRId64, index, i + 1);
    }
    if (!is_digital)
        return;
    product->pieces = SEED_CODES;
    make_codes(ctx, product, &dice);
}

/* ---- rows: table by table, so that one statement runs over and over ---- */

static err write_codes(struct ctx *ctx, const struct bulk_product *product)
{
    if (!product->codes)
        return NULL;
    TRY(db_execute(ctx,
                   "INSERT INTO code_decks (shop_id, variant_id, product_id, loaded, dealt)"
                   " VALUES ($1, $2, $3, $4, 0)",
                   db_int(ctx->shop->id), db_int(product->variant_ids[0]), db_int(product->id),
                   db_int(SEED_CODES)));
    TRY(db_execute(ctx,
                   "INSERT INTO code_batches (shop_id, variant_id, batch_no, loaded_at, loaded_by, note,"
                   " added, duplicates, too_long, report) VALUES ($1, $2, 1, $3, '', '', $4, 0, 0, '')",
                   db_int(ctx->shop->id), db_int(product->variant_ids[0]), db_int(ctx->now),
                   db_int(SEED_CODES)));
    for (int64_t i = 0; i < SEED_CODES; i++)
        TRY(db_execute(ctx,
                       "INSERT INTO codes (shop_id, variant_id, seq, sealed, blind, loaded_at)"
                       " VALUES ($1, $2, $3, $4, $5, $6)",
                       db_int(ctx->shop->id), db_int(product->variant_ids[0]), db_int(i + 1),
                       db_bytes(product->codes[i].sealed.ptr, product->codes[i].sealed.len),
                       db_bytes(product->codes[i].blind, CRYPTO_INDEX_BYTES), db_int(ctx->now)));
    return NULL;
}

static err write_stock(struct ctx *ctx, const struct bulk_product *product)
{
    for (int64_t i = 0; i < product->variant_count; i++) {
        TRY(db_execute(ctx,
                       "INSERT INTO stock (shop_id, variant_id, product_id, on_hand, reserved)"
                       " VALUES ($1, $2, $3, $4, 0)",
                       db_int(ctx->shop->id), db_int(product->variant_ids[i]), db_int(product->id),
                       db_int(product->pieces)));
        if (product->pieces <= STOCK_LOW_LEVEL)
            TRY(db_execute(ctx, "INSERT INTO low_stock (shop_id, variant_id) VALUES ($1, $2)",
                           db_int(ctx->shop->id), db_int(product->variant_ids[i])));
    }
    return NULL;
}

static err write_movements(struct ctx *ctx, const struct bulk_product *product)
{
    for (int64_t i = 0; product->pieces > 0 && i < product->variant_count; i++)
        TRY(db_execute(
            ctx,
            "INSERT INTO stock_movements (shop_id, id, variant_id, kind, on_hand, reserved, reason, actor,"
            " at) VALUES ($1, $2, $3, $4, $5, 0, 'initial', $6, $7)",
            db_int(ctx->shop->id), db_int(id_new(ctx)), db_int(product->variant_ids[i]),
            db_int(MOVEMENT_RECEIPT), db_int(product->pieces), db_int(ACTOR_SYSTEM), db_int(ctx->now)));
    return NULL;
}

static err write_variants(struct ctx *ctx, const struct bulk_product *product)
{
    bool is_alone = product->variant_count == 1;
    for (int64_t i = 0; i < product->variant_count; i++)
        TRY(db_execute(
            ctx,
            "INSERT INTO variants (shop_id, id, product_id, position, sku, title, options, price, weight,"
            " is_active) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 1)",
            db_int(ctx->shop->id), db_int(product->variant_ids[i]), db_int(product->id), db_int(i),
            db_text(product->skus[i]), db_text(is_alone ? "" : sizes[i]),
            db_text(is_alone ? "[]" : choices[i]), db_int(product->price + i * VARIANT_PRICE_STEP),
            db_int(product->kind == PRODUCT_PHYSICAL ? WEIGHT : 0)));
    return NULL;
}

static err write_product(struct ctx *ctx, const struct bulk_product *product)
{
    return db_execute(
        ctx,
        "INSERT INTO products (shop_id, id, handle, title, subtitle, description, brand, kind, status,"
        " category_id, options, price_min, price_max, variant_count, version, created_at, updated_at)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 2, $9, $10, $11, $12, $13, 1, $14, $14)",
        db_int(ctx->shop->id), db_int(product->id), db_text(product->handle), db_text(product->title),
        db_text(product->subtitle), db_text(DESCRIPTION), db_text(product->brand), db_int(product->kind),
        db_int(product->category_id), db_text(option_lists[product->variant_count]), db_int(product->price),
        db_int(product->price + (product->variant_count - 1) * VARIANT_PRICE_STEP),
        db_int(product->variant_count), db_int(ctx->now));
}

static err write_goods(struct ctx *ctx, void *arg)
{
    const struct bulk_goods *goods = arg;
    static err (*const writers[])(struct ctx * ctx, const struct bulk_product *product) = {
        write_product, write_variants, write_stock, write_movements, write_codes};
    for (size_t j = 0; j < sizeof writers / sizeof *writers; j++)
        for (int64_t i = 0; i < goods->count; i++)
            TRY(writers[j](ctx, &goods->products[i]));
    int64_t *ids = arena_alloc_many(ctx->arena, (size_t)goods->count, sizeof *ids);
    for (int64_t i = 0; i < goods->count; i++)
        ids[i] = goods->products[i].id;
    return catalog_shelve(ctx, ids, (size_t)goods->count);
}

/* ---- a shop ---- */

static err open_shelves(struct ctx *ctx, int64_t *category_ids, struct seed_result *result)
{
    for (int i = 0; i < SHELVES; i++) {
        const struct category *there;
        TRY(category_find_by_handle(ctx, shelves[i].handle, &there));
        struct category fresh = {.handle = shelves[i].handle,
                                 .name = shelves[i].name,
                                 .name_en = shelves[i].name_en,
                                 .position = i};
        if (!there) {
            TRY(category_create(ctx, &fresh));
            result->categories++;
        }
        category_ids[i] = there ? there->id : fresh.id;
    }
    return NULL;
}

static err add_batch(struct ctx *ctx, struct bulk_goods *goods, int64_t shop_number, int64_t first,
                     struct seed_result *result)
{
    goods->products = arena_alloc_many(ctx->arena, (size_t)goods->count, sizeof *goods->products);
    for (int64_t i = 0; i < goods->count; i++)
        make_product(ctx, goods, &goods->products[i], shop_number, first + i);
    TRY(db_transact(ctx, write_goods, goods));
    for (int64_t i = 0; i < goods->count; i++) {
        result->variants += goods->products[i].variant_count;
        result->codes += goods->products[i].codes ? SEED_CODES : 0;
    }
    result->products += goods->count;
    return NULL;
}

static err add_goods(struct ctx *ctx, int64_t number, int64_t count, struct seed_result *result)
{
    int64_t category_ids[SHELVES];
    int64_t there;
    struct bulk_goods goods = {.category_ids = category_ids};
    TRY(open_shelves(ctx, category_ids, result));
    TRY(product_count(ctx, 0, PRODUCT_ACTIVE, &there));
    for (int64_t done = 0; done < count; done += goods.count) {
        goods.count = count - done < SEED_PRODUCT_BATCH ? count - done : SEED_PRODUCT_BATCH;
        TRY(add_batch(ctx, &goods, number, there + done, result));
        arena_reset(ctx->arena);
        log_debug(ctx, "seeded products", "shop=%s products=%" PRId64, ctx->shop->handle, done + goods.count);
    }
    return NULL;
}

err seed_goods(struct ctx *ctx, int64_t number, int64_t count, struct seed_result *result)
{
    if (count == 0)
        return NULL;
    struct ctx work = *ctx;
    work.arena = arena_open(ARENA_LIMIT);
    err failure = add_goods(&work, number, count, result);
    failure = failure ? failure : facet_settle_now(&work);
    if (failure)
        failure = error_make(ctx->arena, failure->code, failure->file, failure->line, "%s", failure->detail);
    arena_close(work.arena);
    return failure;
}
