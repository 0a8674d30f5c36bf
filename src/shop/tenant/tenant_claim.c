/* tenant_claim.c - names that a shop says are its own, until it proved it.
 *
 * The tables of hosts are the platform's directory: who else has or wants a name is asked across shops, and
 * only here. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/config.h"
#include "base/crypto.h"
#include "base/host_name.h"
#include "base/random.h"
#include "base/text.h"
#include "shop/tenant/tenant_write.h"

/* Of claims there are no more than a shop may have hosts; of removed hosts some more may be kept. */
#define LIST_LIMIT ((size_t)2 * SHOP_HOST_LIMIT)

#define CLAIM_COLUMNS                                                                                        \
    "claim_id, host, token, state, problem, looks, claimed_at, looked_at, next_look_at, expires_at"

static struct shop_claim read_claim(const struct db_rows *rows)
{
    return (struct shop_claim){.claim_id = db_get_int(rows, 0),
                               .host = db_get_text(rows, 1),
                               .token = db_get_text(rows, 2),
                               .state = (enum claim_state)db_get_int(rows, 3),
                               .problem = db_get_text(rows, 4),
                               .looks = db_get_int(rows, 5),
                               .claimed_at = db_get_int(rows, 6),
                               .looked_at = db_get_int(rows, 7),
                               .next_look_at = db_get_int(rows, 8),
                               .expires_at = db_get_int(rows, 9)};
}

err shop_list_claims(struct ctx *ctx, struct shop_claim **claims, size_t *count)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT " CLAIM_COLUMNS " FROM shop_host_claims WHERE shop_id = $1 AND (state <> $2"
                 " OR expires_at > $3) ORDER BY CASE WHEN state = $2 THEN 1 ELSE 0 END, host LIMIT $4",
                 db_int(ctx->shop->id), db_int(CLAIM_KEPT), db_int(ctx->now), db_int(LIST_LIMIT)));
    *count = 0;
    *claims = arena_alloc_many(ctx->arena, LIST_LIMIT, sizeof **claims);
    while (db_next(rows))
        (*claims)[(*count)++] = read_claim(rows);
    return NULL;
}

err claim_find(struct ctx *ctx, int64_t claim_id, struct shop_claim **claim)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT " CLAIM_COLUMNS " FROM shop_host_claims WHERE shop_id = $1 AND claim_id = $2"
                 " AND state <> $3 AND expires_at > $4",
                 db_int(ctx->shop->id), db_int(claim_id), db_int(CLAIM_KEPT), db_int(ctx->now)));
    *claim = NULL;
    if (!db_next(rows))
        return NULL;
    *claim = arena_alloc(ctx->arena, sizeof **claim);
    **claim = read_claim(rows);
    return NULL;
}

err claim_is_taken(struct ctx *ctx, const char *host, bool *is_taken)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows, "SELECT shop_id FROM shop_hosts WHERE host = $1", db_text(host)));
    *is_taken = db_row_count(rows) > 0;
    return NULL;
}

/* ---- claiming ---- */

static bool is_at_or_below(const char *host, const char *top)
{
    if (!top || !top[0])
        return false;
    size_t length = strlen(host), tail = strlen(top);
    if (length < tail || !text_is(host + length - tail, top))
        return false;
    return length == tail || host[length - tail - 1] == '.';
}

/* "https://shops.example:8443/" → "shops.example". */
static const char *host_of_url(struct ctx *ctx, const char *url)
{
    const char *start = url ? strstr(url, "://") : NULL;
    return start ? arena_copy(ctx->arena, start + 3, strcspn(start + 3, ":/")) : NULL;
}

static bool is_of_platform(struct ctx *ctx, const char *host)
{
    const struct config *config = ctx->config;
    return config && (is_at_or_below(host, config->platform_host) ||
                      is_at_or_below(host, host_of_url(ctx, config->public_url)));
}

struct claiming {
    const char *host;
    const char *token;
    int64_t claim_id;
    int64_t restored;
};

/* Whoever removed a name lately has its proof still. */
static err restore(struct ctx *ctx, struct claiming *claiming)
{
    TRY(db_change(ctx, &claiming->restored,
                  "INSERT INTO shop_hosts (host, shop_id, proved_at)"
                  " SELECT c.host, c.shop_id, CAST($5 AS BIGINT) FROM shop_host_claims c"
                  " WHERE c.shop_id = $1 AND c.host = $2 AND c.state = $3 AND c.expires_at > $4"
                  " ON CONFLICT (host) DO NOTHING",
                  db_int(ctx->shop->id), db_text(claiming->host), db_int(CLAIM_KEPT), db_int(ctx->now),
                  db_int(ctx->now)));
    if (claiming->restored == 0)
        return NULL;
    TRY(db_execute(ctx, "DELETE FROM shop_host_claims WHERE shop_id = $1 AND host = $2",
                   db_int(ctx->shop->id), db_text(claiming->host)));
    return shop_emit_changed(ctx);
}

/* The statement that counts also takes the shop's row, so that two claims at once wait for each other. */
static err claim_in_transaction(struct ctx *ctx, void *arg)
{
    struct claiming *claiming = arg;
    TRY(db_expect(ctx, 1, ERR_LIMIT, "a shop has at most 20 domains",
                  "UPDATE shops SET main_host = main_host WHERE shop_id = $1 AND"
                  " (SELECT COUNT(*) FROM shop_hosts h WHERE h.shop_id = $1)"
                  " + (SELECT COUNT(*) FROM shop_host_claims c WHERE c.shop_id = $1 AND c.host <> $3"
                  " AND c.state <> $4) < $2",
                  db_int(ctx->shop->id), db_int(SHOP_HOST_LIMIT), db_text(claiming->host),
                  db_int(CLAIM_KEPT)));
    TRY(db_execute(ctx, "DELETE FROM shop_host_claims WHERE shop_id = $1 AND state = $2 AND expires_at <= $3",
                   db_int(ctx->shop->id), db_int(CLAIM_KEPT), db_int(ctx->now)));
    TRY(restore(ctx, claiming));
    if (claiming->restored)
        return NULL;
    TRY(db_execute(
        ctx,
        "INSERT INTO shop_host_claims (shop_id, host, claim_id, token, state, claimed_at,"
        " next_look_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $6, $7)"
        " ON CONFLICT (shop_id, host) DO UPDATE SET claim_id = excluded.claim_id,"
        " token = excluded.token, state = excluded.state, problem = '', looks = 0,"
        " claimed_at = excluded.claimed_at, looked_at = NULL, next_look_at = excluded.next_look_at,"
        " expires_at = excluded.expires_at",
        db_int(ctx->shop->id), db_text(claiming->host), db_int(claiming->claim_id), db_text(claiming->token),
        db_int(CLAIM_WAITING), db_int(ctx->now), db_int(ctx->now + SHOP_CLAIM_MS)));
    return job_schedule(ctx, CLAIM_JOB, claiming->claim_id, ctx->now, value_object(ctx->arena));
}

static bool has_claim(const struct shop_claim *claims, size_t count, const char *host, int64_t now)
{
    for (size_t i = 0; i < count; i++)
        if (text_is(claims[i].host, host) && claims[i].state != CLAIM_KEPT && claims[i].expires_at > now)
            return true;
    return false;
}

err shop_claim_host(struct ctx *ctx, const char *typed, bool *is_ready)
{
    struct claiming claiming = {.host = host_name_ascii(ctx->arena, typed),
                                .token = random_token(ctx->arena),
                                .claim_id = id_new(ctx)};
    struct shop_claim *claims;
    size_t count;
    bool is_taken;
    *is_ready = false;
    if (!claiming.host)
        return fail_field(ctx, "host", "bad-host",
                          "a name such as shop.example.com, without https:// and path");
    if (is_of_platform(ctx, claiming.host))
        return fail_field(ctx, "host", "host-of-platform", "this name belongs to the platform");
    TRY(claim_is_taken(ctx, claiming.host, &is_taken));
    if (is_taken)
        return fail_field(ctx, "host", CLAIM_TAKEN, "this domain leads to a shop already");
    TRY(shop_list_claims(ctx, &claims, &count));
    if (has_claim(claims, count, claiming.host, ctx->now))
        return fail_field(ctx, "host", "claim-waits", "this domain is in the list already");
    TRY(db_transact(ctx, claim_in_transaction, &claiming));
    *is_ready = claiming.restored > 0;
    return NULL;
}

/* ---- what becomes of a claim ---- */

err claim_prove(struct ctx *ctx, const struct shop_claim *claim, bool has_record, int64_t *is_proved)
{
    TRY(db_change(
        ctx, is_proved,
        "INSERT INTO shop_hosts (host, shop_id, proved_at)"
        " SELECT c.host, c.shop_id, CAST($4 AS BIGINT) FROM shop_host_claims c"
        " WHERE c.shop_id = $1 AND c.claim_id = $2 AND c.state <> $5"
        " AND (CAST($3 AS BIGINT) = 1 OR NOT EXISTS (SELECT 1 FROM shop_host_claims o WHERE o.host = c.host"
        " AND o.shop_id <> c.shop_id AND o.expires_at > $4)) ON CONFLICT (host) DO NOTHING",
        db_int(ctx->shop->id), db_int(claim->claim_id), db_int(has_record), db_int(ctx->now),
        db_int(CLAIM_KEPT)));
    if (*is_proved == 0)
        return NULL;
    TRY(db_execute(ctx, "DELETE FROM shop_host_claims WHERE shop_id = $1 AND claim_id = $2",
                   db_int(ctx->shop->id), db_int(claim->claim_id)));
    return shop_emit_changed(ctx);
}

err claim_keep(struct ctx *ctx, const char *host)
{
    return db_execute(ctx,
                      "INSERT INTO shop_host_claims (shop_id, host, claim_id, token, state, claimed_at,"
                      " expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (shop_id, host) DO UPDATE"
                      " SET state = excluded.state, next_look_at = NULL, expires_at = excluded.expires_at",
                      db_int(ctx->shop->id), db_text(host), db_int(id_new(ctx)),
                      db_text(random_token(ctx->arena)), db_int(CLAIM_KEPT), db_int(ctx->now),
                      db_int(ctx->now + SHOP_KEPT_MS));
}

static err look_in_transaction(struct ctx *ctx, void *arg)
{
    const struct shop_claim *claim = arg;
    TRY(db_expect(ctx, 1, ERR_NOT_FOUND, "no such claim",
                  "UPDATE shop_host_claims SET next_look_at = $3, expires_at = $4, looks = 0"
                  " WHERE shop_id = $1 AND claim_id = $2 AND state <> $5",
                  db_int(ctx->shop->id), db_int(claim->claim_id), db_int(ctx->now),
                  db_int(ctx->now + SHOP_CLAIM_MS), db_int(CLAIM_KEPT)));
    return job_schedule(ctx, CLAIM_JOB, claim->claim_id, ctx->now, value_object(ctx->arena));
}

static err find_by_host(struct ctx *ctx, const char *host, struct shop_claim **claim)
{
    size_t count;
    TRY(shop_list_claims(ctx, claim, &count));
    for (size_t i = 0; i < count; i++, (*claim)++)
        if (text_is((*claim)->host, host) && (*claim)->state != CLAIM_KEPT)
            return NULL;
    return fail_with(ctx, ERR_NOT_FOUND, "no such claim");
}

err shop_look_again(struct ctx *ctx, const char *host)
{
    struct shop_claim *claim;
    TRY(find_by_host(ctx, host, &claim));
    return db_transact(ctx, look_in_transaction, claim);
}

static err drop_in_transaction(struct ctx *ctx, void *arg)
{
    const struct shop_claim *claim = arg;
    TRY(db_expect(ctx, 1, ERR_NOT_FOUND, "no such claim",
                  "DELETE FROM shop_host_claims WHERE shop_id = $1 AND claim_id = $2 AND state <> $3",
                  db_int(ctx->shop->id), db_int(claim->claim_id), db_int(CLAIM_KEPT)));
    return job_cancel(ctx, CLAIM_JOB, claim->claim_id);
}

err shop_drop_claim(struct ctx *ctx, const char *host)
{
    struct shop_claim *claim;
    TRY(find_by_host(ctx, host, &claim));
    return db_transact(ctx, drop_in_transaction, claim);
}

/* ---- the file ---- */

/* The token stands in the address, so a server that sends back what it was asked for must not pass: the
 * answer is one that only this platform can make. */
const char *claim_text(struct ctx *ctx, const char *token, const char *host)
{
    return crypto_sign_text(ctx, "tenant.claim", arena_format(ctx->arena, "%s %s", token, host));
}

err shop_answer_claim(struct ctx *ctx, const char *host, const char *token, const char **text)
{
    struct db_rows *rows;
    const char *plain = shop_plain_host(ctx, host);
    TRY(db_query(ctx, &rows,
                 "SELECT token FROM shop_host_claims WHERE host = $1 AND token = $2 AND state <> $3"
                 " AND expires_at > $4 LIMIT 1",
                 db_text(plain ? plain : ""), db_text(token), db_int(CLAIM_KEPT), db_int(ctx->now)));
    if (!db_next(rows))
        return fail_with(ctx, ERR_NOT_FOUND, "no claim with this token");
    *text = claim_text(ctx, token, plain);
    return NULL;
}
