/* customer_address.c - where a buyer has parcels sent. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/customer/customer_parts.h"

#include "base/json.h"
#include "base/text.h"

#define ADDRESS_PURPOSE "customer.address"
#define ADDRESS_JSON_LIMIT 4096
#define REGION_LIMIT 120
#define LINE_LIMIT 200

static err seal(struct ctx *ctx, const struct customer_address *address, struct db_value *value)
{
    const char *json;
    struct value *tree = value_object(ctx->arena);
    value_set_text(ctx->arena, tree, "name", address->name);
    value_set_text(ctx->arena, tree, "phone", address->phone);
    value_set_text(ctx->arena, tree, "region", address->region);
    value_set_text(ctx->arena, tree, "line", address->line);
    TRY(json_text(ctx, tree, ADDRESS_JSON_LIMIT, &json));
    *value = customer_sealed(ctx, ADDRESS_PURPOSE, json);
    return NULL;
}

static const char *member(const struct value *tree, const char *name)
{
    const char *text = value_find_text(tree, name);
    return text ? text : "";
}

static err take_one(struct ctx *ctx, const struct db_rows *rows, struct customer_address *address)
{
    const char *json;
    struct value *tree;
    TRY(customer_opened(ctx, rows, 1, ADDRESS_PURPOSE, &json));
    TRY(json_read(ctx, json, strlen(json), &tree));
    *address = (struct customer_address){.id = db_get_int(rows, 0),
                                         .name = member(tree, "name"),
                                         .phone = member(tree, "phone"),
                                         .region = member(tree, "region"),
                                         .line = member(tree, "line"),
                                         .is_default = db_get_int(rows, 2) == 1};
    return NULL;
}

err customer_address_list(struct ctx *ctx, int64_t customer_id, struct customer_address **addresses,
                          size_t *count)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT id, address, is_default FROM customer_addresses WHERE shop_id = $1"
                 " AND customer_id = $2 ORDER BY is_default DESC, id DESC LIMIT $3",
                 db_int(ctx->shop->id), db_int(customer_id), db_int(CUSTOMER_ADDRESS_LIMIT)));
    *count = 0;
    *addresses = arena_alloc_many(ctx->arena, db_row_count(rows) + 1, sizeof **addresses);
    while (db_next(rows))
        TRY(take_one(ctx, rows, &(*addresses)[(*count)++]));
    return NULL;
}

struct writing {
    int64_t customer_id;
    struct customer_address *address;
    struct db_value sealed;
    int64_t written_id;
};

/* How many there are, and whether this one is among them. */
static err look(struct ctx *ctx, const struct writing *writing, int64_t *count, bool *is_there)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT COUNT(*), COUNT(CASE WHEN id = $3 THEN 1 END) FROM customer_addresses"
                 " WHERE shop_id = $1 AND customer_id = $2",
                 db_int(ctx->shop->id), db_int(writing->customer_id), db_int(writing->address->id)));
    *count = db_next(rows) ? db_get_int(rows, 0) : 0;
    *is_there = *count > 0 && db_get_int(rows, 1) > 0;
    return NULL;
}

static err prefer(struct ctx *ctx, const struct writing *writing, int64_t address_id)
{
    return db_execute(ctx,
                      "UPDATE customer_addresses SET is_default = CASE WHEN id = $3 THEN 1 ELSE 0 END"
                      " WHERE shop_id = $1 AND customer_id = $2",
                      db_int(ctx->shop->id), db_int(writing->customer_id), db_int(address_id));
}

static err save_in_transaction(struct ctx *ctx, void *arg)
{
    struct writing *writing = arg;
    struct customer_address *address = writing->address;
    int64_t count, id = address->id ? address->id : id_new(ctx);
    bool is_there;
    TRY(look(ctx, writing, &count, &is_there));
    if (address->id && !is_there)
        return fail_with(ctx, ERR_NOT_FOUND, "no such address");
    if (!address->id && count >= CUSTOMER_ADDRESS_LIMIT)
        return fail_with(ctx, ERR_LIMIT, "at most %d addresses", CUSTOMER_ADDRESS_LIMIT);
    TRY(db_execute(ctx,
                   "INSERT INTO customer_addresses (shop_id, customer_id, id, address, is_default)"
                   " VALUES ($1, $2, $3, $4, $5) ON CONFLICT (shop_id, customer_id, id)"
                   " DO UPDATE SET address = $4",
                   db_int(ctx->shop->id), db_int(writing->customer_id), db_int(id), writing->sealed,
                   db_int(count == 0)));
    writing->written_id = id;
    return address->is_default ? prefer(ctx, writing, id) : NULL;
}

static const char *check_field(struct ctx *ctx, const char *text, size_t limit)
{
    char *trimmed = text_trim(ctx->arena, text);
    return trimmed[0] && utf8_length(trimmed, strlen(trimmed)) <= limit ? trimmed : NULL;
}

/* All that is wrong at once. */
static err check(struct ctx *ctx, struct customer_address *address)
{
    struct {
        const char *field;
        const char **text;
        size_t limit;
    } const rules[] = {{"name", &address->name, CUSTOMER_NAME_LIMIT},
                       {"phone", &address->phone, CUSTOMER_PHONE_LIMIT},
                       {"region", &address->region, REGION_LIMIT},
                       {"line", &address->line, LINE_LIMIT}};
    const struct field_problem *first = NULL;
    for (size_t i = sizeof rules / sizeof *rules; i-- > 0;) {
        const char *text = check_field(ctx, *rules[i].text, rules[i].limit);
        bool is_bad_phone = text && text_is(rules[i].field, "phone") && !customer_phone_digits(ctx, text);
        if (text && !is_bad_phone) {
            *rules[i].text = text;
            continue;
        }
        struct field_problem *problem = arena_alloc(ctx->arena, sizeof *problem);
        *problem = (struct field_problem){.field = rules[i].field,
                                          .code = is_bad_phone          ? "bad-phone"
                                                  : (*rules[i].text)[0] ? "too-long"
                                                                        : "required",
                                          .message = "this is needed for a parcel",
                                          .next = first};
        first = problem;
    }
    return first ? fail_fields(ctx, first) : NULL;
}

err customer_address_save(struct ctx *ctx, int64_t customer_id, struct customer_address *address)
{
    struct writing writing = {.customer_id = customer_id, .address = address};
    TRY(check(ctx, address));
    TRY(seal(ctx, address, &writing.sealed));
    TRY(db_transact(ctx, save_in_transaction, &writing));
    address->id = writing.written_id;
    return NULL;
}

static err remove_in_transaction(struct ctx *ctx, void *arg)
{
    const struct writing *writing = arg;
    return db_expect(ctx, 1, ERR_NOT_FOUND, "no such address",
                     "DELETE FROM customer_addresses WHERE shop_id = $1 AND customer_id = $2 AND id = $3",
                     db_int(ctx->shop->id), db_int(writing->customer_id), db_int(writing->address->id));
}

err customer_address_remove(struct ctx *ctx, int64_t customer_id, int64_t address_id)
{
    struct customer_address address = {.id = address_id};
    return db_transact(ctx, remove_in_transaction,
                       &(struct writing){.customer_id = customer_id, .address = &address});
}

static err prefer_in_transaction(struct ctx *ctx, void *arg)
{
    const struct writing *writing = arg;
    int64_t count;
    bool is_there;
    TRY(look(ctx, writing, &count, &is_there));
    return is_there ? prefer(ctx, writing, writing->address->id)
                    : fail_with(ctx, ERR_NOT_FOUND, "no such address");
}

err customer_address_prefer(struct ctx *ctx, int64_t customer_id, int64_t address_id)
{
    struct customer_address address = {.id = address_id};
    return db_transact(ctx, prefer_in_transaction,
                       &(struct writing){.customer_id = customer_id, .address = &address});
}
