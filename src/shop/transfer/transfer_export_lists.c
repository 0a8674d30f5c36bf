/* transfer_export_lists.c - tables of orders, categories, tags, pictures, decks of codes and imports. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/payment/payment.h"
#include "shop/transfer/transfer_export.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/money.h"
#include "base/text.h"
#include "shop/redirect/redirect.h"
#include "shop/staff/staff.h"
#include "shop/transfer/transfer.h"
#include <inttypes.h>

#define ORDERS_AT_ONCE 100
#define TAGS_AT_ONCE 500
#define DECKS_AT_ONCE CATALOG_MANY_LIMIT
#define AUDITS_AT_ONCE 100
#define REDIRECTS_AT_ONCE 500

/* ---- orders ---- */

static const char *stage_text(const struct export *export, enum order_stage stage)
{
    /* Who exports has shipped it; the buyer waits for it. */
    if (stage == STAGE_SHIPPED && !export->is_english)
        return "已发货";
    return export->is_english ? order_stage_name(stage) : order_stage_label(stage);
}

/* What may be known of a person without the right to see all: the phone by its ends, the region, not the
 * door. */
static const char *masked(struct ctx *ctx, const struct export *export, const char *text)
{
    if (!text[0] || export->filter.shows_personal)
        return text;
    return log_hide(ctx->arena, text);
}

static const char *masked_name(struct ctx *ctx, const struct export *export, const char *name)
{
    if (!name[0] || export->filter.shows_personal)
        return name;
    return arena_format(ctx->arena, "%.*s**", (int)utf8_prefix(name, strlen(name), 1), name);
}

static void put_order(struct ctx *ctx, const struct export *export, const struct order *order)
{
    struct sheet_writer *writer = export->writer;
    int digits = money_exponent(order->currency);
    bool is_open = export->filter.shows_personal;
    sheet_put_text(writer, order->number);
    sheet_put_text(writer, stage_text(export, order_stage_shown(order->state, order->waits_for_group)));
    sheet_put_time(writer, order->placed_at, ctx->shop->zone);
    sheet_put_time(writer, order->paid_at, ctx->shop->zone);
    sheet_put_text(writer, order->currency);
    sheet_put_decimal(writer, order->total, digits);
    sheet_put_decimal(writer, order->paid, digits);
    sheet_put_decimal(writer, order->refunded, digits);
    sheet_put_int(writer, order->item_count);
    sheet_put_text(writer, order->line_count > 0 ? order->lines[0].product_title : "");
    sheet_put_text(writer, masked(ctx, export, order->contact.phone));
    sheet_put_text(writer, masked(ctx, export, order->contact.email));
    sheet_put_text(writer, masked_name(ctx, export, order->address.name));
    sheet_put_text(writer, masked(ctx, export, order->address.phone));
    sheet_put_text(writer, order->address.region);
    sheet_put_text(writer, is_open || !order->address.line[0] ? order->address.line : "****");
    sheet_put_text(writer, is_open || !order->note[0] ? order->note : "****");
    sheet_put_text(writer, !order->said ? "" : is_open ? order->said : "****");
    sheet_put_decimal(writer, order->freight - order->freight_discount, digits);
    sheet_end_row(writer);
}

err export_orders_rows(struct ctx *ctx, struct export *export)
{
    struct order_page page = {0};
    struct order_query query = {.stage = export->filter.stage,
                                .since = export->filter.since,
                                .until = export->filter.until,
                                .payment = export->filter.payment,
                                .kind = export->filter.kind,
                                .total_min = export->filter.total_min,
                                .total_max = export->filter.total_max,
                                .cursor = export->cursor,
                                .limit = ORDERS_AT_ONCE};
    struct order_search search = {.q = export->filter.q, .sees_accounts = export->filter.sees_accounts};
    if (search.q[0]) {
        TRY(order_search(ctx, &search));
        page.orders = search.orders;
        page.count = search.count;
    } else if (export->filter.gateway && export->filter.gateway[0]) {
        TRY(payment_order_page(ctx, export->filter.gateway, &query, &page));
    } else {
        TRY(order_list_page(ctx, &query, &page));
    }
    TRY(order_answers_load_many(ctx, page.orders, page.count));
    for (size_t i = 0; i < page.count; i++)
        put_order(ctx, export, &page.orders[i]);
    export_keep_cursor(export, page.next_cursor);
    return NULL;
}

/* ---- categories, tags, pictures ---- */

err export_categories_rows(struct ctx *ctx, struct export *export)
{
    struct category *categories;
    size_t count;
    TRY(category_list_counted(ctx, &categories, &count));
    for (size_t i = 0; i < count; i++) {
        const struct category *category = &categories[i];
        sheet_put_text(export->writer, category_path(ctx, categories, count, category->id));
        sheet_put_text(export->writer, category->handle);
        sheet_put_text(export->writer, category->name);
        sheet_put_text(export->writer, category->name_en);
        sheet_put_text(export->writer, category->summary);
        sheet_put_text(export->writer, category->summary_en);
        sheet_put_int(export->writer, category->product_count);
        sheet_put_int(export->writer, category->active_count);
        sheet_end_row(export->writer);
    }
    export->is_listed = true;
    return NULL;
}

err export_tags_rows(struct ctx *ctx, struct export *export)
{
    struct tag *tags;
    size_t count;
    TRY(tag_list_in(ctx, export->filter.tag_group ? export->filter.tag_group : "", export->filter.q,
                    export->cursor[0] ? export->cursor : NULL, TAGS_AT_ONCE, &tags, &count));
    for (size_t i = 0; i < count; i++) {
        sheet_put_text(export->writer, tags[i].name);
        sheet_put_int(export->writer, tags[i].product_count);
        sheet_put_text(export->writer, tags[i].group);
        sheet_end_row(export->writer);
    }
    export_keep_cursor(export, count < TAGS_AT_ONCE ? NULL : tags[count - 1].name);
    return NULL;
}

err export_media_rows(struct ctx *ctx, struct export *export)
{
    struct picture_query query = export->filter.media;
    struct picture_page page;
    query.cursor = export->cursor;
    query.limit = PICTURE_PAGE_LIMIT;
    TRY(picture_list(ctx, &query, &page));
    for (size_t i = 0; i < page.count; i++) {
        const struct picture *picture = &page.items[i];
        sheet_put_text(export->writer, picture->id);
        sheet_put_text(export->writer, picture->file_name);
        sheet_put_text(export->writer, picture->format);
        sheet_put_int(export->writer, picture->width);
        sheet_put_int(export->writer, picture->height);
        sheet_put_int(export->writer, picture->bytes);
        sheet_put_text(export->writer, picture->alt);
        sheet_put_int(export->writer, picture->use_count);
        sheet_put_time(export->writer, picture->created_at, ctx->shop->zone);
        sheet_end_row(export->writer);
    }
    export_keep_cursor(export, page.next_cursor);
    return NULL;
}

/* ---- redirects ---- */

err export_redirects_rows(struct ctx *ctx, struct export *export)
{
    struct redirect *redirects;
    size_t count;
    TRY(redirect_list(ctx, export->filter.q, export->before_id, REDIRECTS_AT_ONCE, &redirects, &count));
    for (size_t i = 0; i < count; i++) {
        sheet_put_text(export->writer, redirects[i].source);
        sheet_put_text(export->writer, redirects[i].target);
        sheet_end_row(export->writer);
    }
    export->before_id = count > 0 ? redirects[count - 1].id : 0;
    export->is_listed = count < REDIRECTS_AT_ONCE;
    return NULL;
}

/* ---- decks: numbers, and never a code ---- */

static void put_deck(struct ctx *ctx, const struct export *export, const struct code_deck *deck,
                     const struct variant *variant)
{
    static const char *const modes[][4] = {{"", "一条一发", "循环卡密", "人工发货"},
                                           {"", "codes", "shared", "hand"}};
    struct sheet_writer *writer = export->writer;
    sheet_put_text(writer, variant->sku);
    sheet_put_text(writer, variant->product_title);
    sheet_put_text(writer, variant->title);
    sheet_put_text(writer, modes[export->is_english][deck->mode]);
    sheet_put_int(writer, deck->loaded - deck->dealt);
    sheet_put_int(writer, deck->dealt);
    sheet_put_int(writer, deck->owed);
    sheet_put_int(writer, deck->expired);
    sheet_put_text(writer, deck->expires_at
                               ? clock_format(ctx->arena, deck->expires_at - 1, ctx->shop->zone, "%Y-%m-%d")
                               : "");
    sheet_put_int(writer, deck->low_at);
    sheet_end_row(writer);
}

err export_decks_rows(struct ctx *ctx, struct export *export)
{
    struct code_deck *decks;
    const struct variant *variants[DECKS_AT_ONCE];
    int64_t ids[DECKS_AT_ONCE];
    size_t count;
    TRY(code_deck_list(ctx, export->filter.decks, export->before_id, DECKS_AT_ONCE, &decks, &count));
    for (size_t i = 0; i < count; i++)
        ids[i] = decks[i].variant_id;
    if (count > 0)
        TRY(variant_load_many(ctx, ids, count, variants));
    for (size_t i = 0; i < count; i++)
        if (variants[i])
            put_deck(ctx, export, &decks[i], variants[i]);
    export->is_listed = count < DECKS_AT_ONCE;
    export->before_id = count > 0 ? ids[count - 1] : 0;
    return NULL;
}

/* ---- imports ---- */

static const char *import_state_text(const struct export *export, enum import_state state)
{
    static const char *const words[][9] = {
        {"", "待核对列", "检查中", "已检查，未应用", "应用中", "已应用", "撤销中", "已撤销", "用不了"},
        {"", "uploaded", "checking", "checked", "applying", "applied", "undoing", "undone", "failed"}};
    return words[export->is_english][state];
}

static void put_import(struct ctx *ctx, const struct export *export, const struct import *import,
                       const char *name)
{
    static const char *const counts[] = {"rows",    "new",      "changed",  "unchanged",
                                         "refused", "problems", "warnings", "undone"};
    struct sheet_writer *writer = export->writer;
    sheet_put_text(writer, import->file_name);
    sheet_put_text(writer, import_state_text(export, import->state));
    sheet_put_time(writer, import->created_at, ctx->shop->zone);
    sheet_put_time(writer, import->finished_at, ctx->shop->zone);
    sheet_put_text(writer, name);
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
        sheet_put_int(writer, value_find_int(import->counts, counts[i], 0));
    sheet_end_row(writer);
}

err export_imports_rows(struct ctx *ctx, struct export *export)
{
    struct import_query query = export->filter.imports;
    struct import *imports;
    int64_t ids[IMPORT_LIST_LIMIT];
    const char *names[IMPORT_LIST_LIMIT];
    size_t count;
    query.behind_id = export->before_id;
    query.limit = IMPORT_LIST_LIMIT;
    TRY(import_list(ctx, &query, &imports, &count));
    for (size_t i = 0; i < count; i++)
        ids[i] = imports[i].actor == ACTOR_STAFF ? imports[i].actor_id : 0;
    TRY(staff_name_many(ctx, ids, count, names));
    for (size_t i = 0; i < count; i++)
        put_import(ctx, export, &imports[i], names[i]);
    export->is_listed = count < IMPORT_LIST_LIMIT;
    export->before_id = count > 0 ? imports[count - 1].id : 0;
    return NULL;
}

/* ---- who did what ---- */

err export_audit_rows(struct ctx *ctx, struct export *export)
{
    struct audit_query query = export->filter.audit;
    struct audit_entry *entries;
    size_t count;
    query.limit = AUDITS_AT_ONCE;
    if (export->cursor[0] && !text_to_int(export->cursor, &query.before_id))
        return fail_with(ctx, ERR_INTERNAL, "a cursor of an export cannot be read");
    TRY(audit_list(ctx, &query, &entries, &count));
    int64_t *ids = arena_alloc_many(ctx->arena, count + 1, sizeof *ids);
    const char **names = arena_alloc_many(ctx->arena, count + 1, sizeof *names);
    for (size_t i = 0; i < count; i++)
        ids[i] = entries[i].actor == ACTOR_STAFF ? entries[i].actor_id : 0;
    TRY(staff_name_many(ctx, ids, count, names));
    for (size_t i = 0; i < count; i++) {
        sheet_put_time(export->writer, entries[i].at, ctx->shop->zone);
        sheet_put_text(export->writer, names[i] ? names[i] : "");
        sheet_put_text(export->writer, actor_name(entries[i].actor));
        sheet_put_text(export->writer, entries[i].kind);
        sheet_put_text(export->writer, entries[i].subject);
        sheet_put_text(export->writer, entries[i].title);
        sheet_put_text(export->writer, entries[i].before);
        sheet_put_text(export->writer, entries[i].after);
        sheet_end_row(export->writer);
    }
    export_keep_cursor(
        export, count < AUDITS_AT_ONCE ? NULL : arena_format(ctx->arena, "%" PRId64, entries[count - 1].id));
    return NULL;
}
