/* redirect.c - redirects kept, changed, removed, listed, and found when nothing else answers. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/redirect/redirect.h"

#include "base/text.h"
#include "shop/redirect/redirect_address.h"
#include "shop/redirect/redirect_set.h"
#include "shop/staff/staff.h"
#include "shop/tenant/tenant.h"
#include "shop/trash/trash.h"

#define LIST_LIMIT 1000
#define AUDIT_PAGE "redirects"

/* What one transaction changes. */
struct change {
    struct redirect_row *rows;
    size_t count;
    int64_t only_id; /* of the row that the first one takes the place of; 0 = none */
    bool is_single;
};

static err read_hosts(struct ctx *ctx, const char *here, struct redirect_hosts *hosts)
{
    struct shop_host *found;
    size_t count;
    TRY(shop_list_hosts(ctx, &found, &count));
    hosts->names = arena_alloc_many(ctx->arena, count + 2, sizeof *hosts->names);
    for (size_t i = 0; i < count; i++)
        hosts->names[i] = found[i].host;
    hosts->names[count] = here;
    return NULL;
}

/* ---- changing ---- */

static err read_set(struct ctx *ctx, size_t more, struct redirect_set *set, int64_t *version)
{
    struct db_rows *rows, *versions;
    TRY(db_ask(ctx, &versions, "SELECT version FROM redirect_versions WHERE shop_id = $1",
               db_int(ctx->shop->id)));
    TRY(db_query(ctx, &rows,
                 "SELECT id, source, target, created_at FROM redirects WHERE shop_id = $1 LIMIT $2",
                 db_int(ctx->shop->id), db_int(REDIRECT_LIMIT)));
    redirect_set_open(set, ctx->arena, db_row_count(rows) + more);
    while (db_next(rows))
        redirect_set_add(set, &(struct redirect){db_get_int(rows, 0), db_get_text(rows, 1),
                                                 db_get_text(rows, 2), db_get_int(rows, 3)});
    *version = db_next(versions) ? db_get_int(versions, 0) : 0;
    return NULL;
}

static err write_set(struct ctx *ctx, const struct redirect_set *set, int64_t version)
{
    TRY(db_expect(ctx, 1, ERR_CONFLICT, "somebody else changed redirects just now",
                  "INSERT INTO redirect_versions (shop_id, version) VALUES ($1, 1)"
                  " ON CONFLICT (shop_id) DO UPDATE SET version = redirect_versions.version + 1"
                  " WHERE redirect_versions.version = $2",
                  db_int(ctx->shop->id), db_int(version)));
    for (size_t i = 0; i < set->count; i++) {
        const struct redirect *one = &set->entries[i].redirect;
        if (set->entries[i].is_changed)
            TRY(db_execute(ctx,
                           "INSERT INTO redirects (shop_id, source, id, target, created_at)"
                           " VALUES ($1, $2, $3, $4, $5)"
                           " ON CONFLICT (shop_id, source) DO UPDATE SET target = excluded.target",
                           db_int(ctx->shop->id), db_text(one->source), db_int(one->id), db_text(one->target),
                           db_int(one->created_at)));
    }
    return NULL;
}

static err note(struct ctx *ctx, const struct redirect_row *row, const char *before)
{
    return audit_note(ctx, &(struct audit_entry){.kind = "redirect.saved",
                                                 .subject = AUDIT_PAGE,
                                                 .title = row->source,
                                                 .before = before,
                                                 .after = row->target});
}

static err delete_row(struct ctx *ctx, int64_t redirect_id)
{
    return db_expect(ctx, 1, ERR_NOT_FOUND, "no such redirect",
                     "DELETE FROM redirects WHERE shop_id = $1 AND id = $2", db_int(ctx->shop->id),
                     db_int(redirect_id));
}

static err fail_row(struct ctx *ctx, const struct redirect_row *row)
{
    return fail_field(ctx, row->is_target_wrong ? "target" : "source", row->problem,
                      "an old address of this shop, and a page of it that is there");
}

static err save_one(struct ctx *ctx, struct change *change)
{
    struct redirect_row *row = &change->rows[0];
    struct redirect_set set;
    struct redirect before = {.id = id_new(ctx), .target = "", .created_at = ctx->now};
    int64_t version;
    TRY(read_set(ctx, 1, &set, &version));
    struct redirect_entry *old = redirect_set_find_id(&set, change->only_id);
    if (change->only_id && !old)
        return fail_with(ctx, ERR_NOT_FOUND, "no such redirect");
    if (old) {
        before = old->redirect;
        redirect_set_remove(&set, old);
    }
    if (redirect_set_find(&set, row->source))
        return fail_field(ctx, "source", "redirect-twice", "this address leads somewhere already");
    redirect_set_put(&set, row, before.id, before.created_at);
    if (row->problem)
        return fail_row(ctx, row);
    redirect_set_settle(&set);
    if (old)
        TRY(delete_row(ctx, before.id));
    TRY(write_set(ctx, &set, version));
    return note(ctx, row, before.target);
}

static err put_all(struct ctx *ctx, struct change *change)
{
    struct redirect_set set;
    int64_t version, taken = 0;
    TRY(read_set(ctx, change->count, &set, &version));
    for (size_t i = 0; i < change->count; i++) {
        struct redirect_row *row = &change->rows[i];
        if (!row->is_plain)
            continue;
        redirect_set_put(&set, row, id_new(ctx), ctx->now);
        taken += row->outcome == REDIRECT_MADE || row->outcome == REDIRECT_CHANGED;
    }
    if (taken == 0)
        return NULL;
    redirect_set_settle(&set);
    TRY(write_set(ctx, &set, version));
    return audit_note(ctx,
                      &(struct audit_entry){.kind = "redirect.pasted",
                                            .subject = AUDIT_PAGE,
                                            .title = arena_format(ctx->arena, "%lld", (long long)taken)});
}

static err change_in_transaction(struct ctx *ctx, void *arg)
{
    struct change *change = arg;
    return change->is_single ? save_one(ctx, change) : put_all(ctx, change);
}

err redirect_put_many(struct ctx *ctx, const char *here, struct redirect_row *rows, size_t count)
{
    struct redirect_hosts hosts;
    TRY(read_hosts(ctx, here, &hosts));
    for (size_t i = 0; i < count; i++)
        (void)redirect_plain(ctx, &hosts, &rows[i]);
    return db_transact(ctx, change_in_transaction, &(struct change){.rows = rows, .count = count});
}

err redirect_save(struct ctx *ctx, const char *here, int64_t redirect_id, const char *source,
                  const char *target)
{
    struct redirect_row row = {.source = source, .target = target};
    struct redirect_hosts hosts;
    TRY(read_hosts(ctx, here, &hosts));
    if (!redirect_plain(ctx, &hosts, &row))
        return fail_row(ctx, &row);
    return db_transact(ctx, change_in_transaction,
                       &(struct change){.rows = &row, .count = 1, .only_id = redirect_id, .is_single = true});
}

/* ---- removing ---- */

static err remove_in_transaction(struct ctx *ctx, void *arg)
{
    const int64_t *redirect_id = arg;
    struct db_rows *rows;
    struct value *data = value_object(ctx->arena);
    TRY(db_query(ctx, &rows, "SELECT source, target FROM redirects WHERE shop_id = $1 AND id = $2",
                 db_int(ctx->shop->id), db_int(*redirect_id)));
    if (!db_next(rows))
        return fail_with(ctx, ERR_NOT_FOUND, "no such redirect");
    value_set_text(ctx->arena, data, "source", db_get_text(rows, 0));
    value_set_text(ctx->arena, data, "target", db_get_text(rows, 1));
    TRY(delete_row(ctx, *redirect_id));
    return trash_put(ctx, TRASH_REDIRECT, db_get_text(rows, 0), data);
}

err redirect_remove(struct ctx *ctx, int64_t redirect_id)
{
    return db_transact(ctx, remove_in_transaction, &redirect_id);
}

err redirect_restore(struct ctx *ctx, const struct value *data)
{
    struct redirect_row row = {.source = value_find_text(data, "source"),
                               .target = value_find_text(data, "target")};
    struct redirect_set set;
    int64_t version;
    TRY(read_set(ctx, 1, &set, &version));
    if (redirect_set_find(&set, row.source))
        return NULL;
    redirect_set_put(&set, &row, id_new(ctx), ctx->now);
    if (row.problem)
        return fail_with(ctx, ERR_CONFLICT, "what was made meanwhile leaves no place for it");
    redirect_set_settle(&set);
    return write_set(ctx, &set, version);
}

/* ---- reading ---- */

/* A part of a text for LIKE, whose signs mean themselves. */
static const char *pattern_of(struct arena *arena, const char *part)
{
    struct text_buf out;
    text_open(&out, arena, 2 * strlen(part) + 3);
    text_add(&out, "%");
    for (const char *at = text_lower(arena, part); *at; at++) {
        if (strchr("\\%_", *at))
            text_add(&out, "\\");
        text_add_char(&out, *at);
    }
    text_add(&out, "%");
    return text_of(&out);
}

err redirect_list(struct ctx *ctx, const char *q, int64_t before_id, int limit, struct redirect **redirects,
                  size_t *count)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT id, source, target, created_at FROM redirects WHERE shop_id = $1 AND id < $2"
                 " AND (lower(source) LIKE $3 ESCAPE '\\' OR lower(target) LIKE $3 ESCAPE '\\')"
                 " ORDER BY id DESC LIMIT $4",
                 db_int(ctx->shop->id), db_int(before_id ? before_id : INT64_MAX),
                 db_text(pattern_of(ctx->arena, q)), db_int(limit > LIST_LIMIT ? LIST_LIMIT : limit)));
    *redirects = arena_alloc_many(ctx->arena, db_row_count(rows) + 1, sizeof **redirects);
    *count = 0;
    while (db_next(rows))
        (*redirects)[(*count)++] = (struct redirect){db_get_int(rows, 0), db_get_text(rows, 1),
                                                     db_get_text(rows, 2), db_get_int(rows, 3)};
    return NULL;
}

/* ---- leading on ---- */

/* Bytes that a header field cannot carry are encoded; what is encoded already stays. */
static const char *location_of(struct arena *arena, const char *target, const char *query)
{
    struct text_buf out;
    size_t end = strcspn(target, "#");
    text_open(&out, arena, 3 * strlen(target) + (query ? strlen(query) : 0) + 2);
    for (size_t i = 0; target[i]; i++) {
        if (i == end && query)
            text_add_format(&out, "?%s", query);
        if ((unsigned char)target[i] >= 0x80)
            text_add_url(&out, target + i, 1);
        else
            text_add_char(&out, target[i]);
    }
    if (!target[end] && query)
        text_add_format(&out, "?%s", query);
    return text_of(&out);
}

err redirect_find(struct ctx *ctx, const char *path, const char *url, const char **location)
{
    struct db_rows *rows;
    const char *mark = strchr(url, '?'), *query = mark ? mark + 1 : "";
    const char *plain = redirect_key(ctx->arena, path, NULL);
    const char *with = redirect_key(ctx->arena, path, query);
    *location = NULL;
    TRY(db_query(ctx, &rows,
                 "SELECT source, target FROM redirects WHERE shop_id = $1 AND source IN ($2, $3)"
                 " ORDER BY length(source) DESC LIMIT 1",
                 db_int(ctx->shop->id), db_text(with), db_text(plain)));
    if (!db_next(rows))
        return NULL;
    const char *target = db_get_text(rows, 1);
    bool goes_along = query[0] && text_is(db_get_text(rows, 0), plain) && !strchr(target, '?');
    *location = location_of(ctx->arena, target, goes_along ? query : NULL);
    return NULL;
}
