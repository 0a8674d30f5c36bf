/* tenant_registration.c - who runs the shop, by which licence or why without one (电商法 10, 15). */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"
#include "shop/tenant/tenant_write.h"
#include <ctype.h>

bool shop_is_registered(const struct shop_profile *profile)
{
    if (profile->exemption != EXEMPT_NONE)
        return true;
    bool is_shown = profile->licence_picture_id[0] || profile->licence_url[0];
    return profile->legal_name[0] && profile->credit_code[0] && is_shown;
}

static const char *upper(struct ctx *ctx, const char *text)
{
    char *copy = text_trim(ctx->arena, text);
    for (char *c = copy; *c; c++)
        *c = (char)toupper((unsigned char)*c);
    return copy;
}

static bool is_web_address(const char *url)
{
    return (text_starts(url, "https://") || text_starts(url, "http://")) && !strpbrk(url, " <>\"'\\`");
}

/* Puts the numbers into their official form, or says what is wrong with them. */
static err check_registration(struct ctx *ctx, struct shop_registration *facts)
{
    const struct field_problem *problems = NULL;
    facts->credit_code = upper(ctx, facts->credit_code);
    if (facts->credit_code[0] && !credit_code_is_valid(facts->credit_code))
        shop_add_problem(ctx, &problems, "credit_code", "bad-credit-code",
                         "18 characters whose last one checks the others (GB 32100)");
    if (facts->icp_number[0] && !(facts->icp_number = icp_number_from(ctx, facts->icp_number)))
        shop_add_problem(ctx, &problems, "icp_number", "bad-icp", "such as 京ICP备12345678号-1");
    if (facts->psb_number[0] && !(facts->psb_number = psb_number_from(ctx, facts->psb_number)))
        shop_add_problem(ctx, &problems, "psb_number", "bad-psb", "such as 京公网安备11010502030143号");
    if (facts->licence_url[0] && !is_web_address(facts->licence_url))
        shop_add_problem(ctx, &problems, "licence_url", "bad-url", "an address that begins with https://");
    shop_check_length(ctx, &problems, "legal_name", facts->legal_name, SHOP_CONTACT_LIMIT);
    shop_check_length(ctx, &problems, "licence_url", facts->licence_url, SHOP_URL_LIMIT);
    return problems ? fail_fields(ctx, problems) : NULL;
}

static err write_registration(struct ctx *ctx, void *arg)
{
    const struct shop_registration *facts = arg;
    TRY(db_expect(ctx, 1, ERR_SHOP_NOT_FOUND, "shop",
                  "UPDATE shops SET legal_name = $2, credit_code = $3, licence_url = $4, icp_number = $5,"
                  " psb_number = $6, exemption = $7 WHERE shop_id = $1",
                  db_int(ctx->shop->id), db_text(facts->legal_name), db_text(facts->credit_code),
                  db_text(facts->licence_url), db_text(facts->icp_number), db_text(facts->psb_number),
                  db_int(facts->exemption)));
    return shop_emit_changed(ctx);
}

err shop_change_registration(struct ctx *ctx, const struct shop_registration *registration)
{
    struct shop_registration facts = *registration;
    TRY(check_registration(ctx, &facts));
    return db_transact(ctx, write_registration, &facts);
}

static err write_picture(struct ctx *ctx, void *arg)
{
    const char *const *picture_id = arg;
    TRY(db_expect(ctx, 1, ERR_SHOP_NOT_FOUND, "shop",
                  "UPDATE shops SET licence_picture_id = $2 WHERE shop_id = $1", db_int(ctx->shop->id),
                  db_text(*picture_id)));
    return shop_emit_changed(ctx);
}

err shop_change_licence_picture(struct ctx *ctx, const char *picture_id)
{
    return db_transact(ctx, write_picture, &picture_id);
}

err shop_replace_picture(struct ctx *ctx, const char *from, const char *to)
{
    TRY(db_execute(
        ctx,
        "UPDATE shops SET logo_id = CASE WHEN logo_id = $2 THEN $3 ELSE logo_id END,"
        " licence_picture_id = CASE WHEN licence_picture_id = $2 THEN $3 ELSE licence_picture_id END"
        " WHERE shop_id = $1",
        db_int(ctx->shop->id), db_text(from), db_text(to)));
    TRY(db_execute(ctx, "UPDATE shop_licences SET picture_id = $3 WHERE shop_id = $1 AND picture_id = $2",
                   db_int(ctx->shop->id), db_text(from), db_text(to)));
    return shop_emit_changed(ctx);
}

/* The first line that is free; 0 when there is none. */
static err find_free_line(struct ctx *ctx, int64_t *line_no)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows, "SELECT line_no FROM shop_licences WHERE shop_id = $1 ORDER BY line_no LIMIT $2",
                 db_int(ctx->shop->id), db_int(SHOP_LICENCE_LIMIT)));
    *line_no = 1;
    while (db_next(rows) && db_get_int(rows, 0) == *line_no)
        ++*line_no;
    if (*line_no > SHOP_LICENCE_LIMIT)
        *line_no = 0;
    return NULL;
}

/* The key refuses a line that somebody else took meanwhile. */
static err insert_licence(struct ctx *ctx, void *arg)
{
    const struct shop_licence *licence = arg;
    int64_t line_no;
    TRY(find_free_line(ctx, &line_no));
    if (line_no == 0)
        return fail_with(ctx, ERR_LIMIT, "a shop shows at most %d licences", SHOP_LICENCE_LIMIT);
    TRY(db_expect(ctx, 1, ERR_CONFLICT, "licence",
                  "INSERT INTO shop_licences (shop_id, line_no, kind, number, picture_id)"
                  " VALUES ($1, $2, $3, $4, $5)",
                  db_int(ctx->shop->id), db_int(line_no), db_text(licence->kind), db_text(licence->number),
                  db_text(licence->picture_id)));
    TRY(db_execute(ctx, "UPDATE shops SET licence_count = licence_count + 1 WHERE shop_id = $1",
                   db_int(ctx->shop->id)));
    return shop_emit_changed(ctx);
}

err shop_add_licence(struct ctx *ctx, const struct shop_licence *licence)
{
    struct shop_licence copy = *licence;
    const struct field_problem *problems = NULL;
    if (text_is_blank(licence->kind))
        shop_add_problem(ctx, &problems, "kind", "required", "say which licence it is");
    if (text_is_blank(licence->number) && !licence->picture_id[0])
        shop_add_problem(ctx, &problems, "number", "licence-empty", "give its number, its picture, or both");
    shop_check_length(ctx, &problems, "kind", licence->kind, SHOP_NUMBER_LIMIT);
    shop_check_length(ctx, &problems, "number", licence->number, SHOP_NUMBER_LIMIT);
    if (problems)
        return fail_fields(ctx, problems);
    return db_transact(ctx, insert_licence, &copy);
}

static err delete_licence(struct ctx *ctx, void *arg)
{
    const int64_t *line_no = arg;
    TRY(db_expect(ctx, 1, ERR_NOT_FOUND, "no such licence",
                  "DELETE FROM shop_licences WHERE shop_id = $1 AND line_no = $2", db_int(ctx->shop->id),
                  db_int(*line_no)));
    TRY(db_execute(ctx, "UPDATE shops SET licence_count = licence_count - 1 WHERE shop_id = $1",
                   db_int(ctx->shop->id)));
    return shop_emit_changed(ctx);
}

err shop_remove_licence(struct ctx *ctx, int64_t line_no)
{
    return db_transact(ctx, delete_licence, &line_no);
}

err shop_note_policies(struct ctx *ctx, uint64_t policies)
{
    TRY(db_expect(ctx, 1, ERR_SHOP_NOT_FOUND, "shop", "UPDATE shops SET policies = $2 WHERE shop_id = $1",
                  db_int(ctx->shop->id), db_int((int64_t)policies)));
    return shop_emit_changed(ctx);
}

err shop_note_locations(struct ctx *ctx)
{
    TRY(db_expect(ctx, 1, ERR_SHOP_NOT_FOUND, "shop", "UPDATE shops SET has_locations = 1 WHERE shop_id = $1",
                  db_int(ctx->shop->id)));
    return shop_emit_changed(ctx);
}

err shop_note_assemblies(struct ctx *ctx)
{
    TRY(db_expect(ctx, 1, ERR_SHOP_NOT_FOUND, "shop",
                  "UPDATE shops SET has_assemblies = 1 WHERE shop_id = $1", db_int(ctx->shop->id)));
    return shop_emit_changed(ctx);
}

err shop_note_watches(struct ctx *ctx)
{
    TRY(db_expect(ctx, 1, ERR_SHOP_NOT_FOUND, "shop", "UPDATE shops SET watches_stock = 1 WHERE shop_id = $1",
                  db_int(ctx->shop->id)));
    return shop_emit_changed(ctx);
}

err shop_note_stock_waits(struct ctx *ctx)
{
    TRY(db_expect(ctx, 1, ERR_SHOP_NOT_FOUND, "shop",
                  "UPDATE shops SET has_stock_waits = 1 WHERE shop_id = $1", db_int(ctx->shop->id)));
    return shop_emit_changed(ctx);
}

err shop_change_watch_default(struct ctx *ctx, int64_t low_at)
{
    TRY(db_expect(ctx, 1, ERR_SHOP_NOT_FOUND, "shop",
                  "UPDATE shops SET watch_low_at = $2, watches_stock = CASE WHEN $2 > 0 THEN 1"
                  " ELSE watches_stock END WHERE shop_id = $1",
                  db_int(ctx->shop->id), db_int(low_at)));
    return shop_emit_changed(ctx);
}

err shop_note_occasions(struct ctx *ctx, uint64_t occasions)
{
    TRY(db_expect(ctx, 1, ERR_SHOP_NOT_FOUND, "shop", "UPDATE shops SET occasions = $2 WHERE shop_id = $1",
                  db_int(ctx->shop->id), db_int((int64_t)occasions)));
    return shop_emit_changed(ctx);
}

bool shop_has_occasion(const struct shop *shop, enum shop_occasion occasion)
{
    return shop && shop->profile && (shop->profile->occasions >> occasion & 1);
}
