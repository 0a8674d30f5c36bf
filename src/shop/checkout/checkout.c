/* checkout.c - placing orders. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/checkout/checkout.h"

#include "base/crypto.h"
#include "base/text.h"
#include "shop/payment/payment.h"
#include "shop/tenant/tenant.h"
#include <inttypes.h>

#define PHONE_MINIMUM 5
#define PHONE_LIMIT 20

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

err checkout_check(struct ctx *ctx, const struct cart *cart, const struct checkout *checkout)
{
    struct problem_list list = {0};
    list.end = &list.first;
    check_contact(ctx, &checkout->contact, &list);
    if (cart->needs_address)
        check_address(ctx, &checkout->address, &list);
    check_passcode(ctx, checkout, &list);
    return list.first ? fail_fields(ctx, list.first) : NULL;
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
        .total = line->total,
        .answers = line->answers,
        .available = line->available,
    };
}

static struct order *draft_order(struct ctx *ctx, const struct cart *cart, const struct checkout *checkout)
{
    struct order *order = arena_alloc(ctx->arena, sizeof *order);
    order->id = id_new(ctx);
    order->currency = ctx->shop->currency;
    order->total = cart->total;
    order->item_count = cart->item_count;
    order->contact = checkout->contact;
    order->address = cart->needs_address ? checkout->address : (struct address){"", "", "", ""};
    order->note = checkout->note;
    order->passcode = passcode_of(ctx, checkout);
    order->cart_id = cart->id;
    order->lines = arena_alloc_many(ctx->arena, cart->count, sizeof *order->lines);
    order->line_count = cart->count;
    for (size_t i = 0; i < cart->count; i++)
        order->lines[i] = line_of(&cart->lines[i], i);
    return order;
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
        if (line->problem == LINE_BELOW_LEAST || line->problem == LINE_ABOVE_MOST)
            return fail_with(ctx, ERR_LIMIT, "%s: at %s %" PRId64 " in one order",
                             line->variant->product_title,
                             line->problem == LINE_BELOW_LEAST ? "least" : "most", line->bound);
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
    struct order *order;
};

static err write_order(struct ctx *ctx, const struct cart *cart, const struct request_key *key,
                       struct order *order)
{
    TRY(cart_check_out(ctx, cart, order->id));
    if (key->is_given)
        TRY(db_expect(ctx, 1, ERR_DUPLICATE, "idempotency key",
                      "INSERT INTO checkout_keys (shop_id, key_hash, request_hash, order_id, created_at)"
                      " VALUES ($1, $2, $3, $4, $5)",
                      db_int(ctx->shop->id), db_bytes(key->key, sizeof key->key),
                      db_bytes(key->request, sizeof key->request), db_int(order->id), db_int(ctx->now)));
    TRY(order_place(ctx, order));
    return order->total > 0 ? NULL : payment_settle_free(ctx, order);
}

static err place_new(struct ctx *ctx, const struct cart *cart, struct placing *placing)
{
    TRY(check_goods(ctx, cart));
    const int64_t *shown = placing->checkout->shown_total;
    if (shown && *shown != cart->total)
        return fail_with(ctx, ERR_PRICE_CHANGED, "it costs %s now",
                         money_decimal(ctx->arena, money_of(cart->total, ctx->shop->currency)));
    TRY(checkout_check(ctx, cart, placing->checkout));
    struct order *order = draft_order(ctx, cart, placing->checkout);
    TRY(write_order(ctx, cart, placing->key, order));
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
    err failure = cart_load(ctx, placing->checkout->cart_token, &cart);
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

err checkout_place(struct ctx *ctx, const struct checkout *checkout, struct order **order)
{
    struct request_key key;
    hash_request(ctx, checkout, &key);
    struct placing placing = {checkout, &key, NULL};
    err failure = NULL;
    for (int tries = 0; tries < 4; tries++) {
        failure = db_transact(ctx, place_in_transaction, &placing);
        *order = placing.order;
        if (!failure || (failure->code != ERR_CART_CHECKED_OUT && failure->code != ERR_DUPLICATE))
            return failure;
    }
    return failure;
}
