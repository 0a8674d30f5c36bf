/* design.c - drafts and versions. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/design/design_parts.h"

#include "base/json.h"
#include "base/text.h"
#include "db/db.h"
#include "shop/services.h"
#include "shop/staff/staff.h"
#include "shop/tenant/tenant.h"
#include <inttypes.h>
#include <string.h>

#define USUAL_THEME "general"

err design_copy(struct ctx *ctx, const struct value *document, struct value **copy)
{
    const char *text;
    TRY(json_text(ctx, document, DESIGN_BYTES_LIMIT, &text));
    return json_read(ctx, text, strlen(text), copy);
}

static void usual(const struct ctx *ctx, struct design *design)
{
    const struct value *document = value_find(ctx->services->design->themes, USUAL_THEME);
    *design = (struct design){.theme = USUAL_THEME, .document = document};
}

static err take(struct ctx *ctx, int64_t version, const char *text, struct design *design)
{
    struct value *document;
    TRY(json_read(ctx, text, strlen(text), &document));
    const char *theme = value_find_text(document, "theme");
    *design = (struct design){.version = version, .theme = theme ? theme : USUAL_THEME, .document = document};
    return NULL;
}

static err read_text(struct ctx *ctx, int64_t version, const char **text)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows, "SELECT document FROM designs WHERE shop_id = $1 AND version = $2",
                 db_int(ctx->shop->id), db_int(version)));
    *text = db_next(rows) ? db_get_text(rows, 0) : NULL;
    return NULL;
}

err design_live(struct ctx *ctx, struct design *design)
{
    int64_t version = ctx->shop->design_version;
    usual(ctx, design);
    if (version == 0)
        return NULL;
    const char *text = design_cache_find(ctx, version);
    if (text)
        return take(ctx, version, text, design);
    TRY(read_text(ctx, version, &text));
    if (!text)
        return NULL;
    design_cache_keep(ctx, version, text);
    return take(ctx, version, text, design);
}

err design_draft(struct ctx *ctx, struct design *design)
{
    const char *text;
    TRY(read_text(ctx, 0, &text));
    return text ? take(ctx, 0, text, design) : design_live(ctx, design);
}

err design_begin(struct ctx *ctx, const char *theme, struct value **document)
{
    const struct value *of = value_find(ctx->services->design->themes, theme);
    return of ? design_copy(ctx, of, document) : fail_with(ctx, ERR_NOT_FOUND, "no such theme");
}

/* ---- the draft ---- */

err design_draft_load(struct ctx *ctx, struct draft *draft)
{
    struct db_rows *rows;
    TRY(shop_load(ctx, ctx->shop->id, &ctx->shop));
    TRY(db_query(ctx, &rows,
                 "SELECT document, edit, CASE WHEN former = '' THEN 0 ELSE 1 END FROM designs"
                 " WHERE shop_id = $1 AND version = 0",
                 db_int(ctx->shop->id)));
    if (db_next(rows)) {
        *draft = (struct draft){
            .edit = db_get_int(rows, 1), .is_there = true, .has_former = db_get_int(rows, 2) == 1};
        return take(ctx, 0, db_get_text(rows, 0), &draft->design);
    }
    struct value *copy;
    *draft = (struct draft){.edit = ctx->shop->design_version + 1};
    TRY(design_live(ctx, &draft->design));
    TRY(design_copy(ctx, draft->design.document, &copy));
    draft->design.document = copy;
    return NULL;
}

struct change {
    int64_t edit;
    int64_t next; /* what the draft's edit becomes */
    const char *theme;
    const char *text;
    const char *former;
    struct design_pictures pictures; /* of both: undo brings the former back */
};

/* The first change makes the draft out of the live version. Until then its edit is the number that it would
 * get. */
static err write_draft(struct ctx *ctx, void *arg)
{
    const struct change *change = arg;
    TRY(db_execute(ctx,
                   "INSERT INTO designs (shop_id, version, edit, theme, document, former, note, staff_id, at)"
                   " SELECT shop_id, 0, $2, $3, $4, $4, '', NULL, $5 FROM shops"
                   " WHERE shop_id = $1 AND design_version = $6"
                   " ON CONFLICT (shop_id, version) DO NOTHING",
                   db_int(ctx->shop->id), db_int(change->edit), db_text(change->theme),
                   db_text(change->former), db_int(ctx->now), db_int(change->edit - 1)));
    TRY(design_pictures_tell(ctx, DESIGN_OF_DRAFT, &change->pictures));
    return db_expect(ctx, 1, ERR_CONFLICT, "design",
                     "UPDATE designs SET former = document, document = $3, theme = $4, edit = $5, at = $6"
                     " WHERE shop_id = $1 AND version = 0 AND edit = $2",
                     db_int(ctx->shop->id), db_int(change->edit), db_text(change->text),
                     db_text(change->theme), db_int(change->next), db_int(ctx->now));
}

err design_draft_save(struct ctx *ctx, int64_t edit, struct value *document)
{
    struct draft draft;
    struct change change = {.edit = edit, .next = id_new(ctx)};
    TRY(design_check(ctx, document));
    TRY(design_draft_load(ctx, &draft));
    if (draft.edit != edit)
        return fail_with(ctx, ERR_CONFLICT, "the draft was changed");
    TRY(json_text(ctx, document, DESIGN_BYTES_LIMIT, &change.text));
    TRY(json_text(ctx, draft.design.document, DESIGN_BYTES_LIMIT, &change.former));
    change.theme = value_find_text(document, "theme");
    design_pictures_of(ctx, change.text, &change.pictures);
    design_pictures_of(ctx, change.former, &change.pictures);
    return db_transact(ctx, write_draft, &change);
}

static err write_undo(struct ctx *ctx, void *arg)
{
    const struct change *change = arg;
    return db_expect(ctx, 1, ERR_CONFLICT, "design",
                     "UPDATE designs SET former = document, document = former, edit = $3, at = $4"
                     " WHERE shop_id = $1 AND version = 0 AND edit = $2 AND former <> ''",
                     db_int(ctx->shop->id), db_int(change->edit), db_int(change->next), db_int(ctx->now));
}

err design_draft_undo(struct ctx *ctx, int64_t edit)
{
    struct change change = {.edit = edit, .next = id_new(ctx)};
    return db_transact(ctx, write_undo, &change);
}

static err write_discard(struct ctx *ctx, void *arg)
{
    const int64_t *edit = arg;
    TRY(design_pictures_tell(ctx, DESIGN_OF_DRAFT, &(struct design_pictures){.count = 0}));
    return db_expect(ctx, 1, ERR_CONFLICT, "design",
                     "DELETE FROM designs WHERE shop_id = $1 AND version = 0 AND edit = $2",
                     db_int(ctx->shop->id), db_int(*edit));
}

err design_draft_discard(struct ctx *ctx, int64_t edit)
{
    return db_transact(ctx, write_discard, &edit);
}

/* ---- versions ---- */

/* What is published: the draft (version 0) in the state that was read, or a version that comes back (edit 0).
 */
struct publication {
    int64_t from;
    int64_t edit;
    int64_t live;
    const char *note;
    const char *kind; /* of its audit entry */
    enum error_code missing;
    struct design_pictures pictures;
};

static err write_publication(struct ctx *ctx, void *arg)
{
    const struct publication *publication = arg;
    int64_t version = publication->live + 1;
    TRY(db_expect(ctx, 1, publication->missing, "design",
                  "INSERT INTO designs (shop_id, version, edit, theme, document, former, note, staff_id, at)"
                  " SELECT shop_id, $4, 0, theme, document, '', $5, $6, $7 FROM designs"
                  " WHERE shop_id = $1 AND version = $2 AND edit = $3",
                  db_int(ctx->shop->id), db_int(publication->from), db_int(publication->edit),
                  db_int(version), db_text(publication->note), db_id(ctx->actor_id), db_int(ctx->now)));
    TRY(db_execute(ctx,
                   "DELETE FROM designs WHERE shop_id = $1 AND ((version = 0 AND edit = $2)"
                   " OR version BETWEEN 1 AND $3)",
                   db_int(ctx->shop->id), db_int(publication->edit), db_int(version - DESIGN_VERSION_LIMIT)));
    TRY(shop_change_design(ctx, publication->live, version));
    TRY(design_pictures_tell(ctx, DESIGN_OF_TODAY, &publication->pictures));
    if (publication->from == 0)
        TRY(design_pictures_tell(ctx, DESIGN_OF_DRAFT, &(struct design_pictures){.count = 0}));
    return audit_note(ctx, &(struct audit_entry){.kind = publication->kind,
                                                 .subject = "design/history",
                                                 .title = publication->note,
                                                 .after = arena_format(ctx->arena, "%" PRId64, version)});
}

err design_publish(struct ctx *ctx, int64_t edit, const char *note)
{
    struct draft draft;
    struct value *copy;
    const char *text;
    TRY(design_draft_load(ctx, &draft));
    if (!draft.is_there || draft.edit != edit)
        return fail_with(ctx, ERR_CONFLICT, "the draft was changed");
    TRY(design_copy(ctx, draft.design.document, &copy));
    TRY(design_check(ctx, copy));
    struct publication publication = {.edit = edit,
                                      .live = ctx->shop->design_version,
                                      .note = note,
                                      .kind = "design.published",
                                      .missing = ERR_CONFLICT};
    TRY(json_text(ctx, copy, DESIGN_BYTES_LIMIT, &text));
    design_pictures_of(ctx, text, &publication.pictures);
    return db_transact(ctx, write_publication, &publication);
}

err design_restore(struct ctx *ctx, int64_t version)
{
    const char *text;
    TRY(shop_load(ctx, ctx->shop->id, &ctx->shop));
    if (version < 1)
        return fail_with(ctx, ERR_NOT_FOUND, "design");
    struct publication publication = {.from = version,
                                      .live = ctx->shop->design_version,
                                      .note = arena_format(ctx->arena, "← %" PRId64, version),
                                      .kind = "design.restored",
                                      .missing = ERR_NOT_FOUND};
    TRY(read_text(ctx, version, &text));
    design_pictures_of(ctx, text ? text : "", &publication.pictures);
    return db_transact(ctx, write_publication, &publication);
}

err design_list(struct ctx *ctx, struct design_version **versions, size_t *count)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT version, theme, note, staff_id, at FROM designs WHERE shop_id = $1 AND version > 0"
                 " ORDER BY version DESC LIMIT $2",
                 db_int(ctx->shop->id), db_int(DESIGN_VERSION_LIMIT)));
    *versions = arena_alloc_many(ctx->arena, db_row_count(rows) + 1, sizeof **versions);
    for (*count = 0; db_next(rows); ++*count)
        (*versions)[*count] = (struct design_version){.version = db_get_int(rows, 0),
                                                      .theme = db_get_text(rows, 1),
                                                      .note = db_get_text(rows, 2),
                                                      .staff_id = db_get_int(rows, 3),
                                                      .at = db_get_int(rows, 4)};
    return NULL;
}
