/* content_policy.c - versions of what a shop promises. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"
#include "shop/content/content.h"

static err find_version(struct ctx *ctx, enum shop_policy policy, int64_t most,
                        struct policy_version *version)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT version, text, text_en, author, created_at FROM policy_versions WHERE shop_id = $1"
                 " AND kind = $2 AND version <= $3 ORDER BY version DESC LIMIT 1",
                 db_int(ctx->shop->id), db_int(policy), db_int(most)));
    *version = (struct policy_version){.text = "", .text_en = "", .author = ""};
    if (db_next(rows))
        *version = (struct policy_version){.version = db_get_int(rows, 0),
                                           .text = db_get_text(rows, 1),
                                           .text_en = db_get_text(rows, 2),
                                           .author = db_get_text(rows, 3),
                                           .created_at = db_get_int(rows, 4)};
    return NULL;
}

err policy_load(struct ctx *ctx, enum shop_policy policy, struct policy_version *version)
{
    return find_version(ctx, policy, INT64_MAX, version);
}

err policy_load_version(struct ctx *ctx, enum shop_policy policy, int64_t number,
                        struct policy_version *version)
{
    TRY(find_version(ctx, policy, number, version));
    if (number == 0 || version->version != number)
        return fail_with(ctx, ERR_NOT_FOUND, "no such version");
    return NULL;
}

err policy_list(struct ctx *ctx, struct policy_version newest[POLICY_KINDS], bool is_public[POLICY_KINDS])
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT p.kind, p.version, p.author, p.created_at, CAST(length(p.text) AS BIGINT)"
                 " FROM policy_versions p WHERE p.shop_id = $1 AND p.version = (SELECT MAX(m.version)"
                 " FROM policy_versions m WHERE m.shop_id = p.shop_id AND m.kind = p.kind) ORDER BY p.kind",
                 db_int(ctx->shop->id)));
    for (int kind = 0; kind < POLICY_KINDS; kind++) {
        newest[kind] = (struct policy_version){.text = "", .text_en = "", .author = ""};
        is_public[kind] = false;
    }
    while (db_next(rows)) {
        int64_t kind = db_get_int(rows, 0);
        if (kind >= POLICY_KINDS)
            continue;
        newest[kind].version = db_get_int(rows, 1);
        newest[kind].author = db_get_text(rows, 2);
        newest[kind].created_at = db_get_int(rows, 3);
        is_public[kind] = db_get_int(rows, 4) > 0;
    }
    return NULL;
}

err policy_list_versions(struct ctx *ctx, enum shop_policy policy, struct policy_version **versions,
                         size_t *count)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT version, author, created_at FROM policy_versions WHERE shop_id = $1 AND kind = $2"
                 " ORDER BY version DESC LIMIT $3",
                 db_int(ctx->shop->id), db_int(policy), db_int(POLICY_VERSIONS_SHOWN)));
    *versions = arena_alloc_many(ctx->arena, POLICY_VERSIONS_SHOWN, sizeof **versions);
    *count = 0;
    while (db_next(rows))
        (*versions)[(*count)++] = (struct policy_version){.version = db_get_int(rows, 0),
                                                          .text = "",
                                                          .text_en = "",
                                                          .author = db_get_text(rows, 1),
                                                          .created_at = db_get_int(rows, 2)};
    return NULL;
}

struct saving {
    enum shop_policy policy;
    int64_t base;
    const char *text;
    const char *text_en;
    const char *author;
};

/* The key refuses a version that somebody else wrote meanwhile. */
static err write_version(struct ctx *ctx, void *arg)
{
    const struct saving *saving = arg;
    struct policy_version newest[POLICY_KINDS];
    bool is_public[POLICY_KINDS];
    uint64_t policies = 0;
    TRY(policy_list(ctx, newest, is_public));
    if (newest[saving->policy].version != saving->base)
        return fail_with(ctx, ERR_CONFLICT, "there is a newer version");
    is_public[saving->policy] = saving->text[0] != 0;
    for (int kind = 0; kind < POLICY_KINDS; kind++)
        policies |= (uint64_t)is_public[kind] << kind;
    TRY(db_expect(ctx, 1, ERR_CONFLICT, "there is a newer version",
                  "INSERT INTO policy_versions (shop_id, kind, version, text, text_en, author, created_at)"
                  " VALUES ($1, $2, $3, $4, $5, $6, $7)",
                  db_int(ctx->shop->id), db_int(saving->policy), db_int(saving->base + 1),
                  db_text(saving->text), db_text(saving->text_en), db_text(saving->author),
                  db_int(ctx->now)));
    return shop_note_policies(ctx, policies);
}

err policy_save(struct ctx *ctx, enum shop_policy policy, int64_t base, const char *text, const char *text_en,
                const char *author)
{
    struct saving saving = {policy, base, text, text_en, author};
    if (text_en[0] && !text[0])
        return fail_field(ctx, "text", "policy-chinese", "the Chinese text comes first");
    err failure = db_transact(ctx, write_version, &saving);
    if (failure && failure->code == ERR_DUPLICATE)
        return fail_with(ctx, ERR_CONFLICT, "there is a newer version");
    return failure;
}
