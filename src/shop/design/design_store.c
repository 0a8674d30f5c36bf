/* design_store.c - the draft, what was published, and the way back. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/design/design_parts.h"

#include "base/json.h"
#include "base/text.h"
#include "db/db.h"
#include "shop/staff/staff.h"
#include "shop/tenant/tenant.h"
#include <inttypes.h>

static err saved_meanwhile(struct ctx *ctx, const char *author)
{
    return author[0] ? fail_with(ctx, ERR_CONFLICT, "%s saved this design meanwhile", author)
                     : fail_with(ctx, ERR_CONFLICT, "this design was published or discarded meanwhile");
}

/* The draft's text, and that it is the one that was edited. Revision 0 = there must be none. */
static err read_draft(struct ctx *ctx, int64_t revision, const char **document, const char **previous)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT revision, document, previous, author FROM design_drafts WHERE shop_id = $1",
                 db_int(ctx->shop->id)));
    bool is_there = db_next(rows);
    if ((is_there ? db_get_int(rows, 0) : 0) != revision)
        return saved_meanwhile(ctx, is_there ? db_get_text(rows, 3) : "");
    *document = is_there ? db_get_text(rows, 1) : "";
    *previous = is_there ? db_get_text(rows, 2) : "";
    return NULL;
}

struct saving {
    int64_t revision;
    int64_t next;
    const char *document;
    const char *previous;
    const char *author;
};

static err write_draft(struct ctx *ctx, void *arg)
{
    const struct saving *saving = arg;
    const char *document, *previous;
    TRY(read_draft(ctx, saving->revision, &document, &previous));
    if (saving->revision == 0)
        return db_expect(ctx, 1, ERR_CONFLICT, "somebody saved meanwhile",
                         "INSERT INTO design_drafts (shop_id, revision, document, previous, author, at)"
                         " VALUES ($1, $2, $3, $4, $5, $6)",
                         db_int(ctx->shop->id), db_int(saving->next), db_text(saving->document),
                         db_text(saving->previous), db_text(saving->author), db_int(ctx->now));
    return db_expect(ctx, 1, ERR_CONFLICT, "somebody saved meanwhile",
                     "UPDATE design_drafts SET revision = $3, document = $4, previous = $5, author = $6,"
                     " at = $7 WHERE shop_id = $1 AND revision = $2",
                     db_int(ctx->shop->id), db_int(saving->revision), db_int(saving->next),
                     db_text(saving->document), db_text(saving->previous), db_text(saving->author),
                     db_int(ctx->now));
}

/* Two who begin a draft at the same moment meet at its key. */
static err meet(struct ctx *ctx, err failure)
{
    if (failure && failure->code == ERR_DUPLICATE)
        return fail_with(ctx, ERR_CONFLICT, "somebody saved meanwhile");
    return failure;
}

err design_save(struct ctx *ctx, int64_t revision, const struct value *document, const char *author,
                struct value *dropped)
{
    struct design_work work;
    struct value *clean;
    struct saving saving = {.revision = revision, .next = id_new(ctx), .author = author};
    TRY(design_work_load(ctx, &work));
    if (work.revision != revision)
        return saved_meanwhile(ctx, work.author);
    TRY(design_check(ctx, document, &clean, dropped));
    TRY(json_text(ctx, clean, DESIGN_BYTES, &saving.document));
    TRY(json_text(ctx, work.design.document, DESIGN_BYTES, &saving.previous));
    return meet(ctx, db_transact(ctx, write_draft, &saving));
}

err design_undo(struct ctx *ctx, int64_t revision, const char *author)
{
    const char *document;
    struct saving saving = {.revision = revision, .next = id_new(ctx), .previous = "", .author = author};
    TRY(read_draft(ctx, revision, &document, &saving.document));
    if (!saving.document[0])
        return fail_with(ctx, ERR_NOT_FOUND, "there is nothing to take back");
    return meet(ctx, db_transact(ctx, write_draft, &saving));
}

static err remove_draft(struct ctx *ctx, void *arg)
{
    const int64_t *revision = arg;
    const char *document, *previous;
    TRY(read_draft(ctx, *revision, &document, &previous));
    return db_expect(ctx, 1, ERR_CONFLICT, "somebody saved meanwhile",
                     "DELETE FROM design_drafts WHERE shop_id = $1 AND revision = $2",
                     db_int(ctx->shop->id), db_int(*revision));
}

err design_discard(struct ctx *ctx, int64_t revision)
{
    if (revision == 0)
        return fail_with(ctx, ERR_NOT_FOUND, "there is no draft");
    return db_transact(ctx, remove_draft, &revision);
}

/* ---- versions ---- */

struct publishing {
    int64_t revision; /* of the draft that is published; 0 = an old version is */
    int64_t old;
    const char *note;
    const char *author;
};

static err live_version(struct ctx *ctx, int64_t *version)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows, "SELECT design_version FROM shops WHERE shop_id = $1", db_int(ctx->shop->id)));
    *version = db_next(rows) ? db_get_int(rows, 0) : 0;
    return NULL;
}

static err read_old(struct ctx *ctx, int64_t version, const char **document)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows, "SELECT document FROM designs WHERE shop_id = $1 AND version = $2",
                 db_int(ctx->shop->id), db_int(version)));
    if (!db_next(rows))
        return fail_with(ctx, ERR_NOT_FOUND, "there is no such version");
    *document = db_get_text(rows, 0);
    return NULL;
}

/* The key of designs, and the step of shops.design_version by one, let one of many through. */
static err write_version(struct ctx *ctx, const struct publishing *publishing, int64_t version,
                         const char *document)
{
    TRY(db_expect(ctx, 1, ERR_CONFLICT, "somebody published meanwhile",
                  "INSERT INTO designs (shop_id, version, document, note, author, at)"
                  " VALUES ($1, $2, $3, $4, $5, $6)",
                  db_int(ctx->shop->id), db_int(version), db_text(document), db_text(publishing->note),
                  db_text(publishing->author), db_int(ctx->now)));
    TRY(db_execute(ctx, "DELETE FROM designs WHERE shop_id = $1 AND version <= $2", db_int(ctx->shop->id),
                   db_int(version - DESIGN_VERSIONS_KEPT)));
    TRY(shop_note_design(ctx, version));
    return audit_note(ctx, &(struct audit_entry){
                               .kind = publishing->old ? "design.rolled-back" : "design.published",
                               .subject = "design",
                               .before = arena_format(ctx->arena, "%" PRId64, version - 1),
                               .after = arena_format(ctx->arena, "%" PRId64, version)});
}

static err publish_in_transaction(struct ctx *ctx, void *arg)
{
    const struct publishing *publishing = arg;
    const char *document, *previous;
    int64_t version;
    TRY(live_version(ctx, &version));
    if (publishing->old)
        TRY(read_old(ctx, publishing->old, &document));
    else
        TRY(read_draft(ctx, publishing->revision, &document, &previous));
    if (!publishing->old)
        TRY(db_expect(ctx, 1, ERR_CONFLICT, "somebody saved meanwhile",
                      "DELETE FROM design_drafts WHERE shop_id = $1 AND revision = $2",
                      db_int(ctx->shop->id), db_int(publishing->revision)));
    return write_version(ctx, publishing, version + 1, document);
}

err design_publish(struct ctx *ctx, int64_t revision, const char *note, const char *author)
{
    struct publishing publishing = {.revision = revision, .note = note, .author = author};
    if (revision == 0)
        return fail_with(ctx, ERR_NOT_FOUND, "there is no draft");
    return meet(ctx, db_transact(ctx, publish_in_transaction, &publishing));
}

err design_roll_back(struct ctx *ctx, int64_t version, const char *author)
{
    struct publishing publishing = {.old = version, .author = author};
    publishing.note = arena_format(ctx->arena, "↩ %" PRId64, version);
    if (version <= 0)
        return fail_with(ctx, ERR_NOT_FOUND, "there is no such version");
    return meet(ctx, db_transact(ctx, publish_in_transaction, &publishing));
}

err design_versions(struct ctx *ctx, struct design_version **versions, size_t *count)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT version, note, author, at FROM designs WHERE shop_id = $1 ORDER BY version DESC"
                 " LIMIT $2",
                 db_int(ctx->shop->id), db_int(DESIGN_VERSIONS_KEPT)));
    *versions = arena_alloc_many(ctx->arena, DESIGN_VERSIONS_KEPT, sizeof **versions);
    *count = 0;
    while (db_next(rows))
        (*versions)[(*count)++] = (struct design_version){db_get_int(rows, 0), db_get_text(rows, 1),
                                                          db_get_text(rows, 2), db_get_int(rows, 3)};
    return NULL;
}
