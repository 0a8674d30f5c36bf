/* digital_hook.c - the hooks of decks: where they call, how it is signed, what is told about the last calls.
 *
 * docs/hooks.md is the contract with merchants. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/digital/digital.h"

#include "base/crypto.h"
#include "base/json.h"
#include "base/random.h"
#include "base/text.h"
#include "shop/catalog/catalog.h"
#include "shop/outbound.h"
#include "shop/services.h"
#include <inttypes.h>

#define SECRET_PURPOSE "digital.hook"
#define BODY_LIMIT 16384

struct hook_setting {
    int64_t variant_id;
    const char *url;
    struct sealed secret;
    bool is_rotated;
};

/* ---- setting it up ---- */

static err write_in_transaction(struct ctx *ctx, void *arg)
{
    const struct hook_setting *setting = arg;
    TRY(db_expect(ctx, 1, ERR_INVALID_TRANSITION, "the deck is not delivered by hand",
                  "UPDATE code_decks SET has_hook = 1 WHERE shop_id = $1 AND variant_id = $2 AND mode = 3",
                  db_int(ctx->shop->id), db_int(setting->variant_id)));
    return db_execute(ctx,
                      "INSERT INTO code_hooks (shop_id, variant_id, url, secret, changed_at)"
                      " VALUES ($1, $2, $3, $4, $5) ON CONFLICT (shop_id, variant_id) DO UPDATE SET"
                      " url = excluded.url, changed_at = excluded.changed_at,"
                      " secret = CASE WHEN $6 = 1 THEN excluded.secret ELSE code_hooks.secret END",
                      db_int(ctx->shop->id), db_int(setting->variant_id), db_text(setting->url),
                      db_bytes(setting->secret.ptr, setting->secret.len), db_int(ctx->now),
                      db_int(setting->is_rotated));
}

err code_hook_set(struct ctx *ctx, int64_t variant_id, const char *url, bool is_new_secret,
                  const char **secret)
{
    struct code_hook hook;
    enum outbound_problem problem = ctx->services->outbound->look_at(ctx, url, true);
    if (problem != OUTBOUND_FINE)
        return fail_field(ctx, "url", outbound_problem_names[problem], "this address cannot be called");
    TRY(code_hook_load(ctx, variant_id, &hook));
    const char *made =
        arena_format(ctx->arena, "ydhk_%s%s", random_token(ctx->arena), random_token(ctx->arena));
    struct hook_setting setting = {.variant_id = variant_id,
                                   .url = url,
                                   .secret = crypto_seal(ctx, SECRET_PURPOSE, made, strlen(made)),
                                   .is_rotated = is_new_secret};
    *secret = is_new_secret || !hook.url ? made : NULL;
    return db_transact(ctx, write_in_transaction, &setting);
}

static err remove_in_transaction(struct ctx *ctx, void *arg)
{
    const int64_t *variant_id = arg;
    TRY(db_execute(ctx, "UPDATE code_decks SET has_hook = 0 WHERE shop_id = $1 AND variant_id = $2",
                   db_int(ctx->shop->id), db_int(*variant_id)));
    return db_execute(ctx, "DELETE FROM code_hooks WHERE shop_id = $1 AND variant_id = $2",
                      db_int(ctx->shop->id), db_int(*variant_id));
}

err code_hook_remove(struct ctx *ctx, int64_t variant_id)
{
    return db_transact(ctx, remove_in_transaction, &variant_id);
}

err code_hook_load(struct ctx *ctx, int64_t variant_id, struct code_hook *hook)
{
    struct db_rows *rows;
    struct sealed sealed;
    *hook = (struct code_hook){.variant_id = variant_id};
    TRY(db_query(ctx, &rows,
                 "SELECT h.url, h.secret, k.mode FROM code_hooks h JOIN code_decks k ON k.shop_id = h.shop_id"
                 " AND k.variant_id = h.variant_id WHERE h.shop_id = $1 AND h.variant_id = $2",
                 db_int(ctx->shop->id), db_int(variant_id)));
    if (!db_next(rows))
        return NULL;
    hook->url = db_get_text(rows, 0);
    sealed.ptr = db_get_bytes(rows, 1, &sealed.len);
    return crypto_open(ctx, SECRET_PURPOSE, sealed, &hook->secret);
}

/* ---- calling ---- */

static const char *outcome_bad(struct hook_result *result)
{
    result->text = NULL;
    return "hook-bad-answer";
}

/* {"codes": […]} with a code for each piece, or {"text": "…"}. */
static const char *read_answer(struct ctx *ctx, const struct hook_call *call, const char *body,
                               struct hook_result *result)
{
    struct value *answer;
    struct text_buf text;
    if (json_read(ctx, body, strlen(body), &answer))
        return outcome_bad(result);
    const struct value *codes = value_find(answer, "codes");
    result->text = value_find_text(answer, "text");
    if (!codes)
        return text_is_blank(result->text) ||
                       utf8_length(result->text, strlen(result->text)) > CODE_LENGTH_LIMIT
                   ? outcome_bad(result)
                   : "delivered";
    if ((int64_t)value_count(codes) != call->quantity)
        return result->text = NULL, "hook-wrong-count";
    text_open(&text, ctx->arena, (size_t)CODE_LENGTH_LIMIT * 4);
    for (size_t i = 0; i < value_count(codes); i++) {
        const struct value *code = value_at(codes, i);
        if (code->kind != VALUE_TEXT || text_is_blank(code->text))
            return outcome_bad(result);
        text_add_format(&text, "%s%s", i ? "\n" : "", code->text);
    }
    result->text = text_of(&text);
    return text.is_full || utf8_length(result->text, text.len) > CODE_LENGTH_LIMIT ? outcome_bad(result)
                                                                                   : "delivered";
}

static const char *judge(struct ctx *ctx, const struct hook_call *call, const struct outbound_answer *answer,
                         struct hook_result *result)
{
    if (answer->problem != OUTBOUND_FINE)
        return outbound_problem_names[answer->problem];
    if (answer->status == 202)
        return "pending";
    return answer->status == 200 ? read_answer(ctx, call, answer->body, result) : "http-status";
}

static err make_body(struct ctx *ctx, const struct hook_call *call, const char *key, const char **body)
{
    struct value *json = value_object(ctx->arena);
    value_set_text(ctx->arena, json, "idempotency_key", key);
    value_set_bool(ctx->arena, json, "is_test", !call->order_no[0]);
    value_set_text(ctx->arena, json, "order", call->order_no);
    value_set_int(ctx->arena, json, "line", call->line_no);
    value_set_text(ctx->arena, json, "sku", call->sku);
    value_set_text(ctx->arena, json, "title", call->title);
    value_set_int(ctx->arena, json, "quantity", call->quantity);
    if (call->answers)
        TRY(answers_set_view(ctx, json, call->answers));
    value_set_time(ctx->arena, json, "sent_at", ctx->now);
    return json_text(ctx, json, BODY_LIMIT, body);
}

static err note_in_transaction(struct ctx *ctx, void *arg)
{
    const struct hook_log *log = arg;
    TRY(db_execute(ctx,
                   "INSERT INTO hook_calls (shop_id, variant_id, call_id, order_no, line_no, outcome, status,"
                   " took, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
                   db_int(ctx->shop->id), db_int(log->variant_id), db_int(id_new(ctx)),
                   db_text(log->order_no), db_int(log->line_no), db_text(log->outcome), db_int(log->status),
                   db_int(log->took), db_int(log->at)));
    return db_execute(ctx,
                      "DELETE FROM hook_calls WHERE shop_id = $1 AND variant_id = $2 AND call_id <"
                      " (SELECT MIN(c.call_id) FROM (SELECT call_id FROM hook_calls WHERE shop_id = $1"
                      " AND variant_id = $2 ORDER BY call_id DESC LIMIT $3) c)",
                      db_int(ctx->shop->id), db_int(log->variant_id), db_int(HOOK_LOG_LIMIT));
}

err code_hook_call(struct ctx *ctx, const struct code_hook *hook, const struct hook_call *call,
                   struct hook_result *result)
{
    unsigned char mac[CRYPTO_HASH_BYTES];
    struct outbound_answer answer;
    const char *body;
    const char *key = call->order_no[0]
                          ? arena_format(ctx->arena, "%s-%" PRId64, call->order_no, call->line_no)
                          : arena_format(ctx->arena, "test-%" PRId64, id_new(ctx));
    const char *stamp = arena_format(ctx->arena, "%" PRId64, clock_now() / SECOND_MS);
    *result = (struct hook_result){0};
    TRY(make_body(ctx, call, key, &body));
    const char *signed_text = arena_format(ctx->arena, "%s.%s", stamp, body);
    crypto_hmac_sha256(hook->secret, strlen(hook->secret), signed_text, strlen(signed_text), mac);
    const struct outbound_header headers[] = {
        {"Yundian-Timestamp", stamp},
        {"Yundian-Signature", arena_format(ctx->arena, "v1=%s", crypto_hex(ctx->arena, mac, sizeof mac))},
        {"Idempotency-Key", key}};
    struct outbound_request request = {.url = hook->url,
                                       .body = body,
                                       .body_length = strlen(body),
                                       .headers = headers,
                                       .header_count = sizeof headers / sizeof *headers,
                                       .byte_limit = HOOK_ANSWER_LIMIT,
                                       .timeout = HOOK_TIMEOUT_MS,
                                       .is_https_only = true};
    int64_t began = clock_steady();
    TRY(ctx->services->outbound->send(ctx, &request, &answer));
    result->status = answer.status;
    result->outcome = judge(ctx, call, &answer, result);
    struct hook_log log = {.variant_id = hook->variant_id,
                           .order_no = call->order_no,
                           .line_no = call->line_no,
                           .outcome = result->outcome,
                           .status = answer.status,
                           .took = (clock_steady() - began) / 1000,
                           .at = ctx->now};
    return db_transact(ctx, note_in_transaction, &log);
}

err code_hook_log(struct ctx *ctx, int64_t variant_id, int limit, struct hook_log **calls, size_t *count)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT order_no, line_no, outcome, status, took, at FROM hook_calls"
                 " WHERE shop_id = $1 AND variant_id = $2 ORDER BY call_id DESC LIMIT $3",
                 db_int(ctx->shop->id), db_int(variant_id), db_int(limit)));
    *calls = arena_alloc_many(ctx->arena, db_row_count(rows) + 1, sizeof **calls);
    *count = 0;
    while (db_next(rows))
        (*calls)[(*count)++] = (struct hook_log){.variant_id = variant_id,
                                                 .order_no = db_get_text(rows, 0),
                                                 .line_no = db_get_int(rows, 1),
                                                 .outcome = db_get_text(rows, 2),
                                                 .status = db_get_int(rows, 3),
                                                 .took = db_get_int(rows, 4),
                                                 .at = db_get_int(rows, 5)};
    return NULL;
}

/* ---- what is typed already ---- */

err code_typed_lines(struct ctx *ctx, int64_t order_id, int64_t line_nos[], size_t limit, size_t *count)
{
    struct db_rows *rows;
    TRY(db_query(
        ctx, &rows,
        "SELECT line_no FROM hand_texts WHERE shop_id = $1 AND order_id = $2 ORDER BY line_no LIMIT $3",
        db_int(ctx->shop->id), db_int(order_id), db_int((int64_t)limit)));
    for (*count = 0; db_next(rows);)
        line_nos[(*count)++] = db_get_int(rows, 0);
    return NULL;
}
