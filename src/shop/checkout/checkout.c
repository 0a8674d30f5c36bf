/* checkout.c - placing orders. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/checkout/checkout.h"

#include "base/crypto.h"
#include "base/text.h"
#include "shop/checkout/checkout_member.h"
#include "shop/payment/payment.h"
#include "shop/pricing/pricing.h"
#include "shop/tenant/tenant.h"
#include <inttypes.h>

#define PHONE_MINIMUM 5
#define PHONE_LIMIT 20
#define ADDRESS_KEY_LIMIT 2048

/* ---- what must be there ----------------------------------------------------------------------------------
 */

/* In the order of the form. */
struct problem_list {
    const struct field_problem *first;
    const struct field_problem **end;
};

static void add_problem(struct ctx *ctx, struct problem_list *list, const char *field, const char *code,
                        const char *message)
{
    struct field_problem *problem = arena_alloc(ctx->arena, sizeof *problem);
    *problem = (struct field_problem){.field = field, .code = code, .message = message};
    *list->end = problem;
    list->end = &problem->next;
}

static bool is_phone(const char *text)
{
    size_t digits = 0;
    for (const char *c = text; *c; c++) {
        if (*c >= '0' && *c <= '9')
            digits++;
        else if (!strchr("+- ()", *c))
            return false;
    }
    return digits >= PHONE_MINIMUM && digits <= PHONE_LIMIT;
}

static bool is_email(const char *text)
{
    const char *at = strchr(text, '@');
    return at && at != text && at[1] && !strchr(at + 1, '@') && strchr(at + 1, '.') &&
           !strpbrk(text, " \t,;<>");
}

static void check_contact(struct ctx *ctx, const struct contact *contact, struct problem_list *list)
{
    if (!contact->phone[0] && !contact->email[0])
        add_problem(ctx, list, "contact.phone", "phone-or-email", "give a phone number or an e-mail address");
    if (contact->phone[0] && !is_phone(contact->phone))
        add_problem(ctx, list, "contact.phone", "bad-phone", "this is no phone number");
    if (contact->email[0] && !is_email(contact->email))
        add_problem(ctx, list, "contact.email", "bad-email", "this is no e-mail address");
}

static void check_address(struct ctx *ctx, const struct address *address, struct problem_list *list)
{
    if (!address->name[0])
        add_problem(ctx, list, "address.name", "required", "who receives the parcel?");
    if (!address->phone[0])
        add_problem(ctx, list, "address.phone", "required", "the courier needs a phone number");
    else if (!is_phone(address->phone))
        add_problem(ctx, list, "address.phone", "bad-phone", "this is no phone number");
    if (!address->region[0])
        add_problem(ctx, list, "address.region", "required", "province, city and district");
    if (!address->line[0])
        add_problem(ctx, list, "address.line", "required", "street and number");
}

/* What carrying costs, and whether it goes there at all, depends on the province. */
static void check_region(struct ctx *ctx, const struct cart *cart, const struct address *address,
                         struct problem_list *list)
{
    const struct priced *priced = &cart->priced;
    if (priced->freight.state == FREIGHT_NONE || !address->region[0])
        return;
    int64_t region = freight_region_of(address->region);
    if (region == 0)
        add_problem(ctx, list, "address.region", "no-province", "begin with the province");
    else if (priced->freight.state == FREIGHT_REFUSED)
        add_problem(ctx, list, "address.region", "not-delivered",
                    arena_format(ctx->arena, "some of the goods are not delivered to %s",
                                 freight_region_name(ctx, region)));
}

/* The word that finds the order again, when the shop offers it and the buyer chose one. */
static const char *passcode_of(const struct ctx *ctx, const struct checkout *checkout)
{
    return ctx->shop->has_passcode && checkout->passcode ? checkout->passcode : "";
}

static void check_passcode(struct ctx *ctx, const struct checkout *checkout, struct problem_list *list)
{
    const char *passcode = passcode_of(ctx, checkout);
    size_t length = utf8_length(passcode, strlen(passcode));
    if (length > 0 && (length < PASSCODE_SHORTEST || length > PASSCODE_LONGEST))
        add_problem(ctx, list, "passcode", "passcode-length", "6 to 32 characters");
}

/* The products of the cart of which a person may have only so many, NULL when there are none. */
static struct ration *gather_rations(struct ctx *ctx, const struct cart *cart, size_t *count)
{
    struct ration *rations = NULL;
    *count = 0;
    for (size_t i = 0; i < cart->count; i++) {
        const struct cart_line *line = &cart->lines[i];
        if (line->variant->person_quantity > 0 && !rations)
            rations = arena_alloc_many(ctx->arena, cart->count, sizeof *rations);
        order_rations_add(rations, count, line->variant, line->quantity);
    }
    return rations;
}

err checkout_rations(struct ctx *ctx, const struct cart *cart, const struct contact *contact,
                     struct ration **rations, size_t *count)
{
    *rations = gather_rations(ctx, cart, count);
    return *rations ? order_rations_load(ctx, contact, *rations, *count) : NULL;
}

/* Which of the two fields tells who the buyer is. */
static const char *contact_field(const struct contact *contact)
{
    return contact->phone[0] ? "contact.phone" : "contact.email";
}

static err check_rations(struct ctx *ctx, const struct cart *cart, const struct contact *contact,
                         struct problem_list *list)
{
    struct ration *rations;
    size_t count;
    if (list->first) /* who it is will only be known then */
        return NULL;
    TRY(checkout_rations(ctx, cart, contact, &rations, &count));
    for (size_t i = 0; i < count; i++)
        if (rations[i].wanted > rations[i].left)
            add_problem(ctx, list, contact_field(contact), "person-limit",
                        arena_format(ctx->arena,
                                     "%s: you can still buy %" PRId64 " of %" PRId64 " for each buyer",
                                     rations[i].title, rations[i].left, rations[i].most));
    return NULL;
}

/* ---- who buys ---- */

/* Where it goes, whoever is named: without blanks and signs between. */
static const unsigned char *address_key(struct ctx *ctx, const struct address *address)
{
    struct text_buf text;
    unsigned char *key = arena_alloc(ctx->arena, CRYPTO_INDEX_BYTES);
    text_open(&text, ctx->arena, ADDRESS_KEY_LIMIT);
    for (const char *c = address->region; *c; c++)
        if (!strchr(" /,.-#", *c))
            text_add_char(&text, *c);
    for (const char *c = address->line; *c; c++)
        if (!strchr(" /,.-#", *c))
            text_add_char(&text, *c);
    crypto_blind_index(ctx, "checkout.address", text_of(&text), key);
    return key;
}

static struct promotion_buyer buyer_of(struct ctx *ctx, const struct checkout *checkout)
{
    struct promotion_buyer buyer = {.region = freight_region_of(checkout->address.region),
                                    .has_address = checkout->address.region[0] != 0};
    if (!ctx->shop->has_promotions && !ctx->shop->has_flash && !ctx->shop->has_presales)
        return buyer;
    buyer.count = order_buyer_keys(ctx, &checkout->contact, buyer.keys);
    if (buyer.count > 0 && checkout->address.region[0] && checkout->address.line[0])
        buyer.keys[buyer.count++] = address_key(ctx, &checkout->address);
    const unsigned char *account = checkout_account_key(ctx);
    if (account)
        buyer.keys[buyer.count++] = account;
    return buyer;
}

static err check_flash(struct ctx *ctx, const struct cart *cart, const struct checkout *checkout,
                       struct problem_list *list)
{
    struct flash_want *wants;
    size_t count = flash_wants(ctx, &cart->priced, cart->quoted, cart->count, &wants);
    struct promotion_buyer buyer;
    if (list->first || count == 0)
        return NULL;
    buyer = buyer_of(ctx, checkout);
    TRY(flash_person_left(ctx, &buyer, wants, count));
    for (size_t i = 0; i < count; i++)
        if (wants[i].quantity > wants[i].left)
            add_problem(ctx, list, contact_field(&checkout->contact), "flash-person",
                        arena_format(ctx->arena,
                                     "%s: one buyer may have %" PRId64 " pieces, you can have %" PRId64
                                     " more",
                                     wants[i].place->name, wants[i].place->entry.person_most, wants[i].left));
    return NULL;
}

static err check_presale(struct ctx *ctx, const struct cart *cart, const struct checkout *checkout,
                         struct problem_list *list)
{
    struct presale_want *wants;
    size_t count = presale_wants(ctx, &cart->priced, cart->quoted, cart->count, &wants);
    struct promotion_buyer buyer;
    if (list->first || count == 0)
        return NULL;
    buyer = buyer_of(ctx, checkout);
    TRY(presale_person_left(ctx, &buyer, wants, count));
    for (size_t i = 0; i < count; i++)
        if (wants[i].quantity > wants[i].left)
            add_problem(ctx, list, contact_field(&checkout->contact), "presale-person",
                        arena_format(ctx->arena,
                                     "%s: one buyer may have %" PRId64 " pieces, you can have %" PRId64
                                     " more",
                                     wants[i].place->name, wants[i].place->entry.person_most, wants[i].left));
    return NULL;
}

static err check_group(struct ctx *ctx, const struct cart *cart, const struct checkout *checkout,
                       struct problem_list *list)
{
    const char *code, *message;
    if (list->first) /* who it is will only be known then */
        return NULL;
    TRY(checkout_group_problem(ctx, cart, checkout, &code, &message));
    if (code)
        add_problem(ctx, list, contact_field(&checkout->contact), code, message);
    return NULL;
}

err checkout_check(struct ctx *ctx, const struct cart *cart, const struct checkout *checkout)
{
    struct problem_list list = {0};
    list.end = &list.first;
    check_contact(ctx, &checkout->contact, &list);
    if (cart->needs_address)
        check_address(ctx, &checkout->address, &list);
    check_region(ctx, cart, &checkout->address, &list);
    check_passcode(ctx, checkout, &list);
    TRY(check_rations(ctx, cart, &checkout->contact, &list));
    TRY(check_flash(ctx, cart, checkout, &list));
    TRY(check_presale(ctx, cart, checkout, &list));
    TRY(check_group(ctx, cart, checkout, &list));
    return list.first ? fail_fields(ctx, list.first) : NULL;
}

err checkout_load_cart(struct ctx *ctx, const struct checkout *checkout, const struct cart **cart)
{
    struct promotion_buyer buyer = buyer_of(ctx, checkout);
    TRY(order_is_new_buyer(ctx, &checkout->contact, &buyer.is_new));
    return cart_load_for(ctx, checkout->cart_token, &buyer, cart);
}

/* ---- one cart, one order ---- */

struct request_key {
    bool is_given;
    unsigned char key[CRYPTO_HASH_BYTES];
    unsigned char request[CRYPTO_HASH_BYTES];
};

static void hash_request(struct ctx *ctx, const struct checkout *checkout, struct request_key *key)
{
    key->is_given = checkout->idempotency_key && checkout->idempotency_key[0];
    if (!key->is_given)
        return;
    struct text_buf text;
    text_open(&text, ctx->arena, 65536);
    const char *const parts[] = {checkout->cart_token,   checkout->contact.phone, checkout->contact.email,
                                 checkout->address.name, checkout->address.phone, checkout->address.region,
                                 checkout->address.line, checkout->note};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        text_add_format(&text, "%zu:%s,", strlen(parts[i]), parts[i]);
    if (passcode_of(ctx, checkout)[0])
        text_add_format(&text, "passcode %s", passcode_of(ctx, checkout));
    crypto_sha256(text_of(&text), text.len, key->request);
    crypto_sha256(checkout->idempotency_key, strlen(checkout->idempotency_key), key->key);
}

/* Asks for the order of a key; the answer is there after the next question. */
static err ask_key(struct ctx *ctx, const struct request_key *key, struct db_rows **rows)
{
    *rows = NULL;
    if (!key->is_given)
        return NULL;
    return db_ask(ctx, rows,
                  "SELECT request_hash, order_id FROM checkout_keys WHERE shop_id = $1 AND key_hash = $2",
                  db_int(ctx->shop->id), db_bytes(key->key, sizeof key->key));
}

/* *order stays NULL when the key is new. */
static err take_key(struct ctx *ctx, const struct request_key *key, struct db_rows *rows,
                    struct order **order)
{
    if (!rows || !db_next(rows))
        return NULL;
    size_t length;
    const unsigned char *request = db_get_bytes(rows, 0, &length);
    if (length != sizeof key->request || memcmp(request, key->request, length) != 0)
        return fail_with(ctx, ERR_IDEMPOTENCY_MISMATCH, "this key was used with another request");
    return order_load(ctx, db_get_int(rows, 1), order);
}

static struct order_line line_of(const struct cart_line *line, size_t index)
{
    const struct variant *variant = line->variant;
    return (struct order_line){
        .line_no = (int64_t)index + 1,
        .variant_id = variant->id,
        .product_id = variant->product_id,
        .product_title = variant->product_title,
        .variant_title = variant->title,
        .handle = variant->product_handle,
        .sku = variant->sku,
        .picture_id = variant->picture_id ? variant->picture_id : variant->product_picture_id,
        .kind = variant->kind,
        .unit_price = line->unit_price,
        .quantity = line->quantity,
        .discount = line->discount,
        .total = line->total,
        .answers = line->answers,
        .available = line->in_stock,
        .part_count = (size_t)line->made_of,
        .card_value = variant->card_value,
        .role = line->addon ? LINE_ADDON : LINE_BOUGHT,
        .promotion_id = line->addon ? line->addon->id : 0,
    };
}

/* It costs nothing; what it would cost stays with it. */
static struct order_line line_of_gift(const struct cart_gift *gift, size_t index)
{
    const struct cart_line bought = {.variant = gift->variant,
                                     .quantity = gift->quantity,
                                     .in_stock = gift->in_stock,
                                     .made_of = gift->made_of};
    struct order_line line = line_of(&bought, index);
    line.role = LINE_GIFT;
    line.promotion_id = gift->promotion->id;
    line.list_price = gift->variant->price;
    return line;
}

static void add_gifts(const struct cart *cart, struct order *order)
{
    for (size_t i = 0; i < cart->gift_count; i++) {
        if (cart->gifts[i].quantity == 0)
            continue;
        order->lines[order->line_count] = line_of_gift(&cart->gifts[i], order->line_count);
        order->item_count += cart->gifts[i].quantity;
        order->line_count++;
    }
}

/* What the presale of its goods promises and asks, from now on for this order alone. */
static void add_presale(struct ctx *ctx, const struct cart *cart, struct order *order)
{
    const struct presale_place *place = cart->presale;
    if (!place)
        return;
    order->ships_by = place->ships_by;
    order->packs_from = presale_packs_from(ctx, place);
    order->deposit = cart->deposit;
    order->balance_from = cart->deposit > 0 ? place->balance_from : 0;
    order->balance_until = cart->deposit > 0 ? place->balance_until : 0;
    if (cart->deposit > 0) /* nothing is paid as a deposit when its time is over */
        order->unpaid_ms = place->ends_at - ctx->now;
}

static struct order *draft_order(struct ctx *ctx, const struct cart *cart, const struct checkout *checkout)
{
    struct order *order = arena_alloc(ctx->arena, sizeof *order);
    order->id = id_new(ctx);
    order->currency = ctx->shop->currency;
    order->total = cart->total;
    order->discount = cart->priced.quote.discount;
    order->rounding = cart->priced.quote.rounding;
    order->points = cart->priced.quote.points.used;
    order->points_off = cart->priced.quote.points.off;
    order->freight = cart->priced.quote.freight;
    order->freight_discount = cart->priced.quote.freight_discount;
    order->item_count = cart->item_count;
    order->contact = checkout->contact;
    order->address = cart->needs_address ? checkout->address : (struct address){"", "", "", ""};
    order->note = checkout->note;
    order->passcode = passcode_of(ctx, checkout);
    order->cart_id = cart->id;
    order->has_consent = checkout->accepts_no_return;
    order->lines = arena_alloc_many(ctx->arena, cart->count + cart->gift_count, sizeof *order->lines);
    order->line_count = cart->count;
    for (size_t i = 0; i < cart->count; i++)
        order->lines[i] = line_of(&cart->lines[i], i);
    for (size_t i = 0; order->points > 0 && i < cart->count; i++)
        order->lines[i].points = cart->priced.quote.points.by_line[i];
    add_gifts(cart, order);
    add_presale(ctx, cart, order);
    return order;
}

/* Asks nothing when no line is made of others: its stock, which was read, says so. */
static err add_line_parts(struct ctx *ctx, struct order *order)
{
    size_t count = 0;
    int64_t *ids = arena_alloc_many(ctx->arena, order->line_count + 1, sizeof *ids);
    struct assembly *assemblies = arena_alloc_many(ctx->arena, order->line_count + 1, sizeof *assemblies);
    for (size_t i = 0; i < order->line_count; i++)
        if (order->lines[i].part_count > 0)
            ids[count++] = order->lines[i].variant_id;
    if (count == 0)
        return NULL;
    TRY(assembly_load_many(ctx, ids, count, assemblies));
    for (size_t i = 0, at = 0; i < order->line_count; i++)
        if (order->lines[i].part_count > 0) {
            order->lines[i].parts = assemblies[at].parts;
            order->lines[i].part_count = assemblies[at++].count;
        }
    return NULL;
}

static err check_goods(struct ctx *ctx, const struct cart *cart)
{
    if (cart->count == 0)
        return fail_with(ctx, ERR_CART_EMPTY, "there is nothing in the cart");
    for (size_t i = 0; i < cart->count; i++) {
        const struct cart_line *line = &cart->lines[i];
        if (line->problem == LINE_UNANSWERED)
            return fail_with(ctx, ERR_CONFLICT, "%s: its questions are to be answered anew",
                             line->variant->product_title);
        if (line->problem == LINE_BELOW_LEAST || line->problem == LINE_ABOVE_MOST ||
            line->problem == LINE_ABOVE_PERSON)
            return fail_with(ctx, ERR_LIMIT, "%s: at %s %" PRId64 " pieces", line->variant->product_title,
                             line->problem == LINE_BELOW_LEAST ? "least" : "most", line->bound);
        if (line->problem == LINE_FLASH_OUT)
            return fail_with(ctx, ERR_FLASH_SOLD_OUT, "%s: all pieces of the flash sale are sold",
                             line->variant->product_title);
        if (line->problem == LINE_PRESALE_OUT)
            return fail_with(ctx, ERR_PRESALE_SOLD_OUT, "%s: all pieces of the presale are sold",
                             line->variant->product_title);
        if (line->problem == LINE_PRESALE_ALONE)
            return fail_with(ctx, ERR_PRESALE_ALONE, "%s: goods of a presale are ordered by themselves",
                             line->variant->product_title);
        if (line->problem == LINE_CARD_ALONE)
            return fail_with(ctx, ERR_CARD_ALONE, "%s: gift cards are ordered by themselves",
                             line->variant->product_title);
        if (line->problem == LINE_GROUP_OVER)
            return fail_with(ctx, ERR_GROUP_OVER, "%s: this group takes nobody any more",
                             line->variant->product_title);
        if (line->problem == LINE_OFF_SHELF)
            return fail_with(ctx, ERR_OUT_OF_STOCK, "%s is no longer offered", line->variant->product_title);
        if (line->problem != LINE_FINE)
            return fail_with(ctx, ERR_OUT_OF_STOCK, "%s: %" PRId64 " wanted, %" PRId64 " left",
                             line->variant->product_title, line->quantity, line->available);
    }
    return NULL;
}

struct placing {
    const struct checkout *checkout;
    const struct request_key *key;
    struct promotion_buyer buyer;
    struct order *order;
    bool has_gifts; /* the last try meant to give some */
};

/* A gift that is gone is never left out in silence: who did not see so is shown it first. */
static err check_gifts(struct ctx *ctx, const struct cart *cart, struct placing *placing)
{
    const char *shown = placing->checkout->shown_gifts;
    placing->has_gifts = cart->priced.given_count > 0;
    bool is_known = shown && shown[0];
    if (is_known ? !text_is(shown, cart_gifts_text(ctx, cart)) : cart_lacks_gifts(cart))
        return fail_with(ctx, ERR_GIFT_CHANGED, "%s",
                         cart_lacks_gifts(cart) ? "a gift is gone" : "other gifts are earned now");
    return NULL;
}

static err use_offers(struct ctx *ctx, const struct cart *cart, const struct promotion_buyer *buyer,
                      const struct order *order)
{
    if (order->discount == 0 && order->freight == 0 && cart->priced.given_count == 0 &&
        !price_lists_are_used(cart->quoted, cart->count))
        return NULL;
    return promotion_take(ctx, order->id, &cart->priced, cart->quoted, cart->count, buyer);
}

static err write_order(struct ctx *ctx, const struct cart *cart, const struct placing *placing,
                       struct order *order)
{
    const struct request_key *key = placing->key;
    TRY(cart_check_out(ctx, cart, order->id));
    TRY(use_offers(ctx, cart, &placing->buyer, order));
    if (price_lists_are_for_new(cart->quoted, cart->count))
        TRY(order_claim_new_buyer(ctx, order->id, &order->contact));
    if (key->is_given)
        TRY(db_expect(ctx, 1, ERR_DUPLICATE, "idempotency key",
                      "INSERT INTO checkout_keys (shop_id, key_hash, request_hash, order_id, created_at)"
                      " VALUES ($1, $2, $3, $4, $5)",
                      db_int(ctx->shop->id), db_bytes(key->key, sizeof key->key),
                      db_bytes(key->request, sizeof key->request), db_int(order->id), db_int(ctx->now)));
    TRY(order_place(ctx, order));
    TRY(order_points_spend(ctx, order));
    return order->total > 0 ? NULL : payment_settle_free(ctx, order);
}

/* Nothing is asked or written for a cart of goods that everybody may have as many of as there are. */
static err take_rations(struct ctx *ctx, const struct cart *cart, struct order *order)
{
    size_t count;
    struct ration *rations = gather_rations(ctx, cart, &count);
    order->is_rationed = rations != NULL;
    return rations ? order_rations_take(ctx, order->id, &order->contact, rations, count) : NULL;
}

/* Nothing is asked or written without a flash sale. */
static err take_flash(struct ctx *ctx, const struct cart *cart, const struct promotion_buyer *buyer,
                      struct order *order)
{
    struct flash_want *wants;
    size_t count = flash_wants(ctx, &cart->priced, cart->quoted, cart->count, &wants);
    if (count == 0)
        return NULL;
    order->is_rationed = true;
    order->unpaid_ms = flash_unpaid_ms(wants, count);
    return flash_take(ctx, order->id, wants, count, buyer);
}

/* Nothing is asked or written without a presale. */
static err take_presale(struct ctx *ctx, const struct cart *cart, const struct promotion_buyer *buyer,
                        struct order *order)
{
    struct presale_want *wants;
    size_t count = presale_wants(ctx, &cart->priced, cart->quoted, cart->count, &wants);
    if (count == 0)
        return NULL;
    order->is_rationed = true;
    return presale_take(ctx, order->id, wants, count, buyer);
}

/* A deposit binds only who knows that it does not come back: 民法典 第四百九十六条. */
static err check_deposit_consent(struct ctx *ctx, const struct cart *cart, const struct checkout *checkout)
{
    return cart->deposit == 0 || checkout->accepts_deposit
               ? NULL
               : fail_field(ctx, "accepts_deposit", "required", "the buyer has to agree to the deposit");
}

static err place_new(struct ctx *ctx, const struct cart *cart, struct placing *placing)
{
    TRY(check_goods(ctx, cart));
    const int64_t *shown = placing->checkout->shown_total;
    if (shown && *shown != cart->total)
        return fail_with(ctx, ERR_PRICE_CHANGED, "it costs %s now",
                         money_decimal(ctx->arena, money_of(cart->total, ctx->shop->currency)));
    TRY(checkout_check(ctx, cart, placing->checkout));
    TRY(check_deposit_consent(ctx, cart, placing->checkout));
    TRY(check_gifts(ctx, cart, placing));
    struct order *order = draft_order(ctx, cart, placing->checkout);
    TRY(add_line_parts(ctx, order));
    TRY(take_rations(ctx, cart, order));
    TRY(take_flash(ctx, cart, &placing->buyer, order));
    TRY(take_presale(ctx, cart, &placing->buyer, order));
    TRY(checkout_group_take(ctx, cart, placing->checkout, order));
    TRY(write_order(ctx, cart, placing, order));
    placing->order = order;
    return order->total > 0 ? NULL : order_load(ctx, order->id, &placing->order);
}

/* ERR_CART_CHECKED_OUT and ERR_DUPLICATE mean that somebody was faster. */
static err place_in_transaction(struct ctx *ctx, void *arg)
{
    struct placing *placing = arg;
    const struct cart *cart;
    struct db_rows *rows;
    placing->order = NULL;
    TRY(ask_key(ctx, placing->key, &rows));
    err failure = cart_load_for(ctx, placing->checkout->cart_token, &placing->buyer, &cart);
    TRY(take_key(ctx, placing->key, rows, &placing->order));
    if (placing->order)
        return NULL;
    TRY(failure);
    if (cart->order_id)
        return order_load(ctx, cart->order_id, &placing->order);
    if (shop_has_closed(ctx))
        return fail_with(ctx, ERR_SHOP_CLOSED, "this shop has ended its business");
    return place_new(ctx, cart, placing);
}

/* Whoever cannot win is told before anything is priced or begun. The variants are kept for the other way
 * round: an order that met the end of the counter shuts the gate for those behind it. */
struct flash_gatekeeping {
    int64_t variant_ids[CART_LINE_LIMIT];
    size_t count;
};

static err pass_gate(struct ctx *ctx, const char *cart_token, struct flash_gatekeeping *seen)
{
    seen->count = 0;
    if (!ctx->shop->has_flash)
        return NULL;
    TRY(cart_peek(ctx, cart_token, seen->variant_ids, &seen->count));
    return flash_gate_pass(ctx, seen->variant_ids, seen->count);
}

err checkout_place(struct ctx *ctx, const struct checkout *checkout, struct order **order)
{
    struct flash_gatekeeping seen;
    TRY(pass_gate(ctx, checkout->cart_token, &seen));
    struct request_key key;
    hash_request(ctx, checkout, &key);
    struct placing placing = {checkout, &key, buyer_of(ctx, checkout), NULL, false};
    TRY(order_is_new_buyer(ctx, &checkout->contact, &placing.buyer.is_new));
    err failure = NULL;
    for (int tries = 0; tries < 4; tries++) {
        failure = db_transact(ctx, place_in_transaction, &placing);
        *order = placing.order;
        if (failure && failure->code == ERR_FLASH_SOLD_OUT)
            flash_gate_shut(ctx, seen.variant_ids, seen.count);
        /* Somebody took the last gift meanwhile: the next look says so. */
        bool lost_gift = failure && failure->code == ERR_OUT_OF_STOCK && placing.has_gifts;
        placing.has_gifts = false;
        if (!failure ||
            (failure->code != ERR_CART_CHECKED_OUT && failure->code != ERR_DUPLICATE && !lost_gift))
            return failure;
    }
    return failure;
}
