/* customer_group.c - levels of members, and what staff see of accounts. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/customer/customer_parts.h"

#include "base/money.h"
#include "base/text.h"
#include "shop/tenant/tenant.h"

/* ---- groups ---- */

err customer_group_list(struct ctx *ctx, struct customer_group **groups, size_t *count)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT g.id, g.name, g.spend_from, g.spend_days, (SELECT COUNT(*) FROM customers c"
                 " WHERE c.shop_id = g.shop_id AND c.group_id = g.id) FROM customer_groups g"
                 " WHERE g.shop_id = $1 ORDER BY g.spend_from DESC, g.id LIMIT $2",
                 db_int(ctx->shop->id), db_int(CUSTOMER_GROUP_LIMIT)));
    *count = 0;
    *groups = arena_alloc_many(ctx->arena, db_row_count(rows) + 1, sizeof **groups);
    while (db_next(rows))
        (*groups)[(*count)++] = (struct customer_group){.id = db_get_int(rows, 0),
                                                        .name = db_get_text(rows, 1),
                                                        .spend_from = db_get_int(rows, 2),
                                                        .spend_days = db_get_int(rows, 3),
                                                        .members = db_get_int(rows, 4)};
    return NULL;
}

/* Whether any group has a rule stands with the shop, so that orders of others ask nothing. */
static err write_rules_flag(struct ctx *ctx, const struct customer_group *groups, size_t count)
{
    bool has_rules = false;
    for (size_t i = 0; i < count; i++)
        has_rules = has_rules || groups[i].spend_from > 0;
    return shop_change_group_rules(ctx, has_rules);
}

static err save_in_transaction(struct ctx *ctx, void *arg)
{
    struct customer_group *group = arg;
    struct customer_group *groups;
    size_t count, place = 0;
    TRY(customer_group_list(ctx, &groups, &count));
    while (place < count && groups[place].id != group->id)
        place++;
    if (group->id && place == count)
        return fail_with(ctx, ERR_NOT_FOUND, "no such group");
    if (!group->id && count >= CUSTOMER_GROUP_LIMIT)
        return fail_with(ctx, ERR_LIMIT, "at most %d groups", CUSTOMER_GROUP_LIMIT);
    int64_t id = group->id ? group->id : id_new(ctx);
    TRY(db_execute(ctx,
                   "INSERT INTO customer_groups (shop_id, id, name, spend_from, spend_days)"
                   " VALUES ($1, $2, $3, $4, $5) ON CONFLICT (shop_id, id) DO UPDATE SET name = $3,"
                   " spend_from = $4, spend_days = $5",
                   db_int(ctx->shop->id), db_int(id), db_text(group->name), db_int(group->spend_from),
                   db_int(group->spend_days)));
    groups[place] = *group;
    return write_rules_flag(ctx, groups, place == count ? count + 1 : count);
}

err customer_group_save(struct ctx *ctx, struct customer_group *group)
{
    group->name = text_trim(ctx->arena, group->name);
    size_t length = utf8_length(group->name, strlen(group->name));
    if (length == 0 || length > CUSTOMER_GROUP_NAME_LIMIT)
        return fail_field(ctx, "name", length == 0 ? "required" : "too-long", "1 to 20 characters");
    if (group->spend_from < 0 || group->spend_from > MONEY_MAX)
        return fail_field(ctx, "spend_from", "out-of-range", "this is no sum");
    if (group->spend_days < 0 || group->spend_days > CUSTOMER_SPEND_DAYS_MOST)
        return fail_field(ctx, "spend_days", "out-of-range", "0 to 3650 days");
    return db_transact(ctx, save_in_transaction, group);
}

static err remove_in_transaction(struct ctx *ctx, void *arg)
{
    const int64_t *group_id = arg;
    struct customer_group *groups;
    size_t count;
    TRY(customer_group_list(ctx, &groups, &count));
    for (size_t i = 0; i < count; i++)
        if (groups[i].id == *group_id)
            groups[i].spend_from = 0;
    TRY(db_expect(ctx, 1, ERR_NOT_FOUND, "no such group",
                  "DELETE FROM customer_groups WHERE shop_id = $1 AND id = $2", db_int(ctx->shop->id),
                  db_int(*group_id)));
    TRY(db_execute(ctx,
                   "UPDATE customers SET group_id = NULL, is_group_by_hand = 0 WHERE shop_id = $1"
                   " AND group_id = $2",
                   db_int(ctx->shop->id), db_int(*group_id)));
    return write_rules_flag(ctx, groups, count);
}

err customer_group_remove(struct ctx *ctx, int64_t group_id)
{
    return db_transact(ctx, remove_in_transaction, &group_id);
}

/* ---- members ---- */

err customer_group_of(struct ctx *ctx, int64_t customer_id, int64_t *group_id)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows, "SELECT group_id FROM customers WHERE shop_id = $1 AND id = $2",
                 db_int(ctx->shop->id), db_int(customer_id)));
    *group_id = db_next(rows) ? db_get_int(rows, 0) : 0;
    return NULL;
}

struct membership {
    int64_t customer_id;
    int64_t group_id;
};

static err put_in_transaction(struct ctx *ctx, void *arg)
{
    const struct membership *membership = arg;
    return db_expect(ctx, 1, ERR_NOT_FOUND, "no such account or group",
                     "UPDATE customers SET group_id = $3, is_group_by_hand = $4 WHERE shop_id = $1"
                     " AND id = $2 AND deleted_at IS NULL AND ($4 = 0 OR EXISTS (SELECT 1"
                     " FROM customer_groups g WHERE g.shop_id = $1 AND g.id = $3))",
                     db_int(ctx->shop->id), db_int(membership->customer_id), db_id(membership->group_id),
                     db_int(membership->group_id != 0));
}

err customer_put_into_group(struct ctx *ctx, int64_t customer_id, int64_t group_id)
{
    return db_transact(ctx, put_in_transaction, &(struct membership){customer_id, group_id});
}

err customer_settle_group(struct ctx *ctx, int64_t customer_id, int64_t group_id)
{
    return db_execute(ctx,
                      "UPDATE customers SET group_id = $3 WHERE shop_id = $1 AND id = $2"
                      " AND is_group_by_hand = 0 AND deleted_at IS NULL",
                      db_int(ctx->shop->id), db_int(customer_id), db_id(group_id));
}

/* ---- staff ---- */

#define WITH_WORD(column)                                                                                    \
    " UNION SELECT id FROM (SELECT id FROM customers WHERE shop_id = $1 AND " column " = $8"                 \
    " AND id < $2 AND (CAST($3 AS BIGINT) = 0 OR group_id = $3) ORDER BY id DESC LIMIT $4) AS of_" column
#define WITH_PART                                                                                            \
    " UNION SELECT id FROM (SELECT p.customer_id AS id FROM customer_parts p JOIN customers c"               \
    " ON c.shop_id = p.shop_id AND c.id = p.customer_id WHERE p.shop_id = $1 AND p.key = $8"                 \
    " AND p.customer_id < $2 AND (CAST($3 AS BIGINT) = 0 OR c.group_id = $3)"                                \
    " ORDER BY p.customer_id DESC LIMIT $4) AS of_part"
/* In these indexes nothing stands in the order of ids, and few have the same. */
#define WITH_KEY(column, key) "SELECT id FROM customers WHERE shop_id = $1 AND " column " = " key
#define WHO_HAS_IT                                                                                           \
    WITH_KEY("email_index", "$5")                                                                            \
    " UNION " WITH_KEY("phone_index", "$6") " UNION " WITH_KEY("name_index", "$7") WITH_WORD("plain_key")    \
        WITH_WORD("pinyin_key") WITH_WORD("initials_key") WITH_WORD("tail_key") WITH_PART

/* Each key is asked for in its own index: a question that nobody answers to reads nothing. id + 0: not as a
 * range of all accounts that are filtered then. */
static err list_exact(struct ctx *ctx, const struct customer_query *query, struct db_rows **rows)
{
    const char *email = customer_plain_email(ctx, query->exact);
    const char *phone = customer_phone_digits(ctx, query->exact);
    const char *word = customer_word_typed(ctx, query->exact);
    return db_query(
        ctx, rows,
        CUSTOMER_COLUMNS "WHERE shop_id = $1 AND id + 0 < $2 AND deleted_at IS NULL"
                         " AND (CAST($3 AS BIGINT) = 0 OR group_id = $3)"
                         " AND id IN (" WHO_HAS_IT ") ORDER BY id DESC LIMIT $4",
        db_int(ctx->shop->id), db_int(query->before_id > 0 ? query->before_id : INT64_MAX),
        db_int(query->group_id), db_int(query->limit), customer_index(ctx, EMAIL_PURPOSE, email ? email : ""),
        customer_index(ctx, PHONE_PURPOSE, phone ? phone : ""),
        customer_index(ctx, NAME_PURPOSE, query->exact), customer_index(ctx, WORD_PURPOSE, word ? word : ""));
}

err customer_list(struct ctx *ctx, const struct customer_query *query, struct customer **customers,
                  size_t *count)
{
    struct db_rows *rows;
    if (query->exact[0])
        TRY(list_exact(ctx, query, &rows));
    else
        TRY(db_query(ctx, &rows,
                     CUSTOMER_COLUMNS "WHERE shop_id = $1 AND id < $2 AND deleted_at IS NULL"
                                      " AND (CAST($3 AS BIGINT) = 0 OR group_id = $3)"
                                      " ORDER BY id DESC LIMIT $4",
                     db_int(ctx->shop->id), db_int(query->before_id > 0 ? query->before_id : INT64_MAX),
                     db_int(query->group_id), db_int(query->limit)));
    *count = 0;
    *customers = arena_alloc_many(ctx->arena, db_row_count(rows) + 1, sizeof **customers);
    while (db_next(rows))
        TRY(customer_take(ctx, rows, &(*customers)[(*count)++]));
    return NULL;
}

err customer_find_by_email(struct ctx *ctx, const char *email, int64_t *customer_id)
{
    struct db_rows *rows;
    const char *plain = customer_plain_email(ctx, email);
    *customer_id = 0;
    if (!plain)
        return NULL;
    TRY(db_query(ctx, &rows, "SELECT id FROM customers WHERE shop_id = $1 AND email_index = $2",
                 db_int(ctx->shop->id), customer_index(ctx, EMAIL_PURPOSE, plain)));
    *customer_id = db_next(rows) ? db_get_int(rows, 0) : 0;
    return NULL;
}

struct noting {
    int64_t customer_id;
    const char *note;
};

static err write_note(struct ctx *ctx, void *arg)
{
    const struct noting *noting = arg;
    return db_expect(ctx, 1, ERR_NOT_FOUND, "no such account",
                     "UPDATE customers SET note = $3 WHERE shop_id = $1 AND id = $2 AND deleted_at IS NULL",
                     db_int(ctx->shop->id), db_int(noting->customer_id),
                     customer_sealed(ctx, NOTE_PURPOSE, noting->note));
}

err customer_set_note(struct ctx *ctx, int64_t customer_id, const char *note)
{
    struct noting noting = {customer_id, text_trim(ctx->arena, note)};
    if (utf8_length(noting.note, strlen(noting.note)) > CUSTOMER_NOTE_LIMIT)
        return fail_field(ctx, "note", "too-long", "at most 500 characters");
    return db_transact(ctx, write_note, &noting);
}
