/* backoffice_search_routes.c - one field that finds everything: pages and acts, products, orders, buyers,
 * and the orders that hold a product.
 *
 * Each group shows few, and each question behind it reads a bounded number of rows of an index, so that the
 * answer is quick in a shop of any size. Who may not see a page does not find it. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/backoffice/backoffice_routes.h"

#include "base/log.h"
#include "base/text.h"
#include "shop/catalog/catalog.h"
#include "shop/customer/customer.h"
#include "shop/order/order.h"
#include "shop/search/search.h"
#include "shop/staff/staff.h"
#include <inttypes.h>

#define SHOWN ORDER_SOME

/* What a page answers to: its name, the initials of its pinyin, English. All lower case. */
struct place {
    const char *name; /* below find.place in the locale files */
    const char *path;
    const char *scope;
    const char *words;
};

static const struct place places[] = {
    {"today", "/admin", NULL, "今日 今天 概况 首页 jr jt gk sy today home dashboard"},
    {"orders", "/admin/orders", "orders.read", "订单 dd orders"},
    {"to_ship", "/admin/orders?stage=to_ship", "orders.read", "待发货 发货 打包 dfh fh db ship pack orders"},
    {"unpaid", "/admin/orders?stage=pending_payment", "orders.read", "待付款 未付款 dfk wfk unpaid orders"},
    {"products", "/admin/products", "products.read", "商品 sp products goods"},
    {"new_product", "/admin/products/new", "products.write",
     "新建商品 添加商品 上新 xjsp tjsp sx new add product create"},
    {"drafts", "/admin/products?status=draft", "products.read", "未上架 草稿 wsj cg drafts products"},
    {"acts", "/admin/products/acts", "products.read", "批量操作 撤销 plcz cx bulk undo acts"},
    {"codes", "/admin/codes", "products.read", "卡密 km codes keys digital"},
    {"by_hand", "/admin/codes/by-hand", "products.read", "人工发货 rgfh by hand manual delivery"},
    {"categories", "/admin/categories", "products.read", "分类 fl categories"},
    {"tags", "/admin/tags", "products.read", "标签 bq tags"},
    {"attributes", "/admin/attributes", "products.read", "属性 规格 sx gg attributes"},
    {"media", "/admin/media", "products.read", "素材 图片 视频 sc tp sp media pictures videos library"},
    {"searches", "/admin/searches", "products.read",
     "搜索词 热搜 同义词 停用词 没有结果 ssc rs tyc tycy searches synonyms search words"},
    {"takes", "/admin/stock-takes", "products.read", "盘点 盘库 清点 pd pk qd stock take count inventory"},
    {"reviews", "/admin/reviews", "reviews.read", "评价 评论 回复 pj pl hf reviews ratings replies"},
    {"promotions", "/admin/promotions", "promotions.read",
     "优惠活动 营销 满减 折扣 优惠券 促销 yhhd yx mj zk yhq cx promotions offers discounts coupons"},
    {"new_promotion", "/admin/promotions/new", "promotions.write",
     "新建优惠活动 新建优惠券 xjyhhd xjyhq new offer coupon create"},
    {"alarms", "/admin/alarms", NULL, "提醒 异常 tx yc alarms"},
    {"ledger", "/admin/money/ledger", "money.read", "账簿 资金 流水 对账 zb zj ls dz ledger money books"},
    {"settings", "/admin/settings", "settings.read", "设置 sz settings"},
    {"identity", "/admin/settings/identity", "settings.read",
     "店铺信息 店名 标志 dpxx dm bz shop identity name logo"},
    {"region", "/admin/settings/region", "settings.read",
     "货币 语言 时区 hb yy sq currency language time zone region"},
    {"policies", "/admin/settings/policies", "settings.read",
     "店铺政策 退货 隐私 dpzc th ys policies returns privacy terms"},
    {"redirects", "/admin/redirects", "settings.read",
     "网址跳转 旧网址 重定向 wztz jwz cdx 301 redirects old addresses"},
    {"licence", "/admin/settings/licence", "shop.write", "营业执照 备案 yyzz ba icp licence license"},
    {"domains", "/admin/settings/domains", "shop.write", "域名 网址 ym wz domains"},
    {"staff", "/admin/settings/staff", "staff.manage", "店员 员工 权限 dy yg qx staff people roles"},
    {"audit", "/admin/audit", "staff.manage", "操作记录 日志 审计 czjl rz sj audit log history"},
    {"closing", "/admin/settings/closing", "shop.write", "停业 关店 ty gd closing"},
    {"account", "/admin/account", NULL, "我的账号 密码 登录 wdzh mm dl account password sessions"},
    {0},
};

struct search_form {
    const char *q;
};

static const struct field search_fields[] = {
    {.name = "q",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct search_form, q),
     .maximum = 60,
     .help =
         "A product's name, its beginning, pinyin or initials, a SKU, a barcode, an order number or its "
         "end, a tracking number, a phone number or its last 4 digits, a name of a person or a part of it, "
         "also in pinyin, or its initials"},
    {0},
};

/* A word begins so, or, for other than Latin letters, holds it. */
static bool answers(const struct place *place, const char *q)
{
    bool is_latin = (unsigned char)q[0] < 0x80;
    for (const char *at = place->words; (at = strstr(at, q)); at++)
        if (!is_latin || at == place->words || at[-1] == ' ')
            return true;
    return false;
}

static void find_places(struct req *req, const char *q, struct value *view)
{
    struct ctx *ctx = &req->ctx;
    struct value *list = value_set_list(ctx->arena, view, "places");
    const char *word = text_lower(ctx->arena, q);
    for (const struct place *place = places; place->name; place++) {
        if (!staff_may(req->visitor, place->scope) || !answers(place, word) || value_count(list) == SHOWN)
            continue;
        struct value *hit = value_add(ctx->arena, list, *value_object(ctx->arena));
        value_set_text(ctx->arena, hit, "name", place->name);
        value_set_text(ctx->arena, hit, "url", place->path);
    }
}

/* ---- goods ---- */

/* What is named whole comes first, then what begins so, then what holds it. */
struct goods {
    const struct product *items[SHOWN];
    size_t count;
    int64_t variant_id; /* whose SKU was typed, 0 = none's */
};

static void add_product(struct goods *goods, const struct product *product)
{
    for (size_t i = 0; i < goods->count; i++)
        if (goods->items[i]->id == product->id)
            return;
    if (goods->count < SHOWN)
        goods->items[goods->count++] = product;
}

/* Whether the search of the shop is asked, which knows what is on the shelf: small letters may be pinyin or
 * initials; of other than Latin words the parts may stand anywhere in a title. */
static bool is_for_finder(const char *q)
{
    size_t length = strlen(q);
    if (utf8_length(q, length) < 2)
        return false;
    if (strspn(q, "abcdefghijklmnopqrstuvwxyz") == length)
        return true;
    while (*q && (unsigned char)*q < 0x80)
        q++;
    return *q != 0;
}

static err find_by_sound_or_part(struct ctx *ctx, const char *q, struct goods *goods)
{
    struct search_answer answer;
    struct product *products;
    int64_t ids[SHOWN];
    size_t have;
    if (!is_for_finder(q))
        return NULL;
    TRY(finder_ask(ctx, &(struct search_query){.text = q, .limit = SHOWN}, &answer));
    bool is_latin = (unsigned char)q[0] < 0x80;
    bool is_meant = answer.lane == LANE_EXACT || (is_latin && answer.lane == LANE_CORRECTED);
    if (!is_meant || answer.hit_count == 0)
        return NULL;
    for (size_t i = 0; i < answer.hit_count; i++)
        ids[i] = answer.hits[i].id;
    TRY(product_list_many(ctx, ids, answer.hit_count, &products, &have));
    for (size_t i = 0; i < answer.hit_count; i++)
        for (size_t j = 0; j < have; j++)
            if (products[j].id == ids[i])
                add_product(goods, &products[j]);
    return NULL;
}

static err find_named(struct ctx *ctx, const char *q, struct goods *goods)
{
    const struct product *found;
    TRY(product_find_by_sku(ctx, q, &found));
    if (found) {
        add_product(goods, found);
        TRY(variant_find_by_sku_many(ctx, &q, 1, &goods->variant_id));
    }
    TRY(product_find_by_barcode(ctx, q, &found));
    if (found)
        add_product(goods, found);
    TRY(product_find_by_handle(ctx, q, &found));
    if (found)
        add_product(goods, found);
    return NULL;
}

static err find_goods(struct req *req, const char *q, struct goods *goods)
{
    struct ctx *ctx = &req->ctx;
    struct product_page page;
    if (!staff_may(req->visitor, "products.read") && !staff_may(req->visitor, "orders.read"))
        return NULL;
    TRY(find_named(ctx, q, goods));
    struct product_query query = {.title_prefix = q, .limit = SHOWN};
    TRY(product_list(ctx, &query, &page));
    for (size_t i = 0; i < page.count; i++)
        add_product(goods, &page.items[i]);
    if (goods->count < SHOWN)
        TRY(product_list_holding(ctx, text_lower(ctx->arena, q), SHOWN, &page));
    for (size_t i = 0; goods->count < SHOWN && i < page.count; i++)
        add_product(goods, &page.items[i]);
    return goods->count < SHOWN ? find_by_sound_or_part(ctx, text_lower(ctx->arena, q), goods) : NULL;
}

static void show_products(struct req *req, const struct goods *goods, struct value *view)
{
    struct ctx *ctx = &req->ctx;
    struct value *list = value_set_list(ctx->arena, view, "products");
    for (size_t i = 0; staff_may(req->visitor, "products.read") && i < goods->count; i++) {
        const struct product *product = goods->items[i];
        struct value *hit = value_add(ctx->arena, list, *value_object(ctx->arena));
        value_set_text(ctx->arena, hit, "title", product->title);
        value_set_text(ctx->arena, hit, "handle", product->handle);
        value_set_text(ctx->arena, hit, "status", product_status_name(product->status));
        picture_set_view(ctx, hit, "picture", product->picture_id, "");
        value_set_text(ctx->arena, hit, "url",
                       arena_format(ctx->arena, "/admin/products/%" PRId64, product->id));
    }
}

static void add_holding(struct ctx *ctx, struct value *list, const struct order_hit *hit)
{
    struct value *row = value_add(ctx->arena, list, *order_row_view(ctx, &hit->order));
    struct value *held = value_set_object(ctx->arena, row, "held");
    value_set_text(ctx->arena, held, "title", hit->product_title);
    value_set_text(ctx->arena, held, "variant", hit->variant_title);
    value_set_int(ctx->arena, held, "quantity", hit->quantity);
}

/* Of a SKU the orders with this variant, else those with one of the products; one character says too little.
 */
static err find_holding(struct req *req, const char *q, const struct goods *goods, struct value *view)
{
    struct ctx *ctx = &req->ctx;
    struct value *list = value_set_list(ctx->arena, view, "holding");
    struct order_hit *hits;
    int64_t ids[SHOWN];
    size_t id_count = 0, count;
    bool is_behind = false;
    if (!staff_may(req->visitor, "orders.read") || utf8_length(q, strlen(q)) < 2)
        return NULL;
    if (goods->variant_id)
        ids[id_count++] = goods->variant_id;
    for (size_t i = 0; !goods->variant_id && i < goods->count; i++)
        ids[id_count++] = goods->items[i]->id;
    TRY(order_list_by_goods(ctx, ids, id_count, &hits, &count, &is_behind));
    for (size_t i = 0; i < count; i++)
        add_holding(ctx, list, &hits[i]);
    if (is_behind)
        value_set_bool(ctx->arena, view, "is_behind", true);
    return NULL;
}

/* ---- orders and people ---- */

static void add_orders(struct ctx *ctx, struct value *list, const struct order *orders, size_t count)
{
    for (size_t i = 0; i < count && value_count(list) < SHOWN; i++) {
        bool is_there = false;
        for (size_t j = 0; j < value_count(list) && !is_there; j++)
            is_there = text_is(value_find_text(value_at(list, j), "number"), orders[i].number);
        if (!is_there)
            value_add(ctx->arena, list, *order_row_view(ctx, &orders[i]));
    }
}

static err find_by_number(struct ctx *ctx, const char *q, struct value *list)
{
    struct order *orders = NULL;
    size_t count = 0, digits = strspn(q, "0123456789");
    bool is_number = digits > 0 && !q[digits];
    if (is_number && digits == 20) {
        TRY(order_load_many(ctx, &q, 1, &orders, &count));
    } else if (is_number && digits <= ORDER_TAIL_LIMIT) {
        TRY(order_list_by_tail(ctx, q, SHOWN, &orders, &count));
    } else if (is_number || strchr(q, '@') || q[0] == '+') {
        TRY(order_list_by_contact(ctx, q, SHOWN, &orders, &count));
    }
    add_orders(ctx, list, orders, count);
    return NULL;
}

/* Accounts; guests are found by their orders. */
struct people {
    struct customer *items;
    size_t count;
};

/* What numbers name comes first; then those of a person; then those of accounts that were found. */
static err find_orders(struct req *req, const char *q, const struct people *people, struct value *view)
{
    struct ctx *ctx = &req->ctx;
    struct value *list = value_set_list(ctx->arena, view, "orders");
    const char *word = customer_word_typed(ctx, q);
    struct order *orders;
    size_t count;
    bool is_behind = false;
    if (!staff_may(req->visitor, "orders.read"))
        return NULL;
    TRY(find_by_number(ctx, q, list));
    TRY(order_list_by_tracking(ctx, q, SHOWN, &orders, &count));
    add_orders(ctx, list, orders, count);
    if (word) {
        TRY(order_list_by_person(ctx, word, SHOWN, &orders, &count, &is_behind));
        add_orders(ctx, list, orders, count);
    }
    value_set_bool(ctx->arena, view, "is_behind", is_behind);
    int64_t ids[SHOWN];
    for (size_t i = 0; i < people->count; i++)
        ids[i] = people->items[i].id;
    TRY(order_list_of_accounts(ctx, ids, people->count, &orders, &count));
    add_orders(ctx, list, orders, count);
    return NULL;
}

static err find_people(struct req *req, const char *q, struct people *people)
{
    struct customer_query query = {.exact = q, .limit = SHOWN};
    if (!staff_may(req->visitor, "customers.read"))
        return NULL;
    return customer_list(&req->ctx, &query, &people->items, &people->count);
}

static void show_people(struct ctx *ctx, const struct people *people, struct value *view)
{
    struct value *list = value_set_list(ctx->arena, view, "customers");
    for (size_t i = 0; i < people->count; i++) {
        const struct customer *customer = &people->items[i];
        struct value *hit = value_add(ctx->arena, list, *value_object(ctx->arena));
        value_set_text(ctx->arena, hit, "name", customer->name);
        value_set_text(ctx->arena, hit, "email", log_hide(ctx->arena, customer->email));
        value_set_text(ctx->arena, hit, "phone", log_hide(ctx->arena, customer->phone));
        value_set_text(ctx->arena, hit, "url",
                       arena_format(ctx->arena, "/admin/customers/%" PRId64, customer->id));
    }
}

static err find_all(struct req *req, const char *q, struct value *view)
{
    struct goods goods = {.count = 0};
    struct people people = {.count = 0};
    find_places(req, q, view);
    TRY(find_goods(req, q, &goods));
    show_products(req, &goods, view);
    TRY(find_people(req, q, &people));
    TRY(find_orders(req, q, &people, view));
    show_people(&req->ctx, &people, view);
    TRY(find_holding(req, q, &goods, view));
    return order_keys_wake(&req->ctx);
}

static err search(struct req *req)
{
    const struct search_form *form = req->form;
    struct value *view = value_object(req->ctx.arena);
    value_set_text(req->ctx.arena, view, "q", form->q);
    if (form->q[0])
        TRY(find_all(req, form->q, view));
    return reply_view(req, "admin/search", view);
}

const struct route backoffice_search_routes[] = {
    {.method = GET,
     .path = "/admin/search",
     .handler = search,
     .guard = STAFF,
     .fields = search_fields,
     .form_size = sizeof(struct search_form),
     .summary = "Pages, products, orders and buyers that a word names",
     .answer = "places"},
    {0},
};
