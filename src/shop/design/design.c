/* design.c - which document counts. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/design/design_parts.h"

#include "base/json.h"
#include "base/log.h"
#include "base/text.h"
#include "db/db.h"
#include "shop/services.h"

#define GENERAL "general"

const struct value *design_general(struct ctx *ctx)
{
    const struct design_schema *schema = ctx->services->design;
    const struct value *general = schema ? value_find(schema->themes, GENERAL) : NULL;
    return general ? general : value_object(ctx->arena);
}

const struct value *design_section_schema(struct ctx *ctx, const char *type)
{
    const struct design_schema *schema = ctx->services->design;
    return schema && type ? value_find(schema->sections, type) : NULL;
}

const struct value *design_block_schema(const struct value *section_schema, const char *type)
{
    const struct value *blocks = value_find(section_schema, "blocks");
    for (size_t i = 0; i < value_count(blocks); i++)
        if (text_is(value_find_text(value_at(blocks, i), "type"), type))
            return value_at(blocks, i);
    return NULL;
}

const struct value *design_home(const struct value *document)
{
    return value_find(value_find(document, "templates"), "home");
}

static void take(struct ctx *ctx, const struct value *document, struct design *design)
{
    const char *theme = value_find_text(document, "theme");
    design->theme = theme ? theme : GENERAL;
    design->document = document ? document : design_general(ctx);
}

/* What cannot be read any more does not take the shop away: it looks as `general` does. */
static void read_text(struct ctx *ctx, const char *text, struct design *design)
{
    struct value *document = NULL;
    err failure = json_read(ctx, text, strlen(text), &document);
    if (failure)
        log_failure(ctx, LOG_ERROR, "a design cannot be read", failure);
    take(ctx, failure ? design_general(ctx) : document, design);
}

static err read_version(struct ctx *ctx, int64_t version, const char **text)
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
    *design = (struct design){.version = version};
    const char *text = version > 0 ? design_cache_find(ctx, version) : NULL;
    if (version > 0 && !text) {
        TRY(read_version(ctx, version, &text));
        if (text)
            design_cache_keep(ctx, version, text);
    }
    if (text)
        read_text(ctx, text, design);
    else
        take(ctx, design_general(ctx), design);
    return NULL;
}

err design_work_load(struct ctx *ctx, struct design_work *work)
{
    struct db_rows *rows;
    *work = (struct design_work){.author = ""};
    TRY(db_query(ctx, &rows,
                 "SELECT revision, document, CAST(length(previous) AS BIGINT), author, at FROM design_drafts"
                 " WHERE shop_id = $1",
                 db_int(ctx->shop->id)));
    if (!db_next(rows))
        return design_live(ctx, &work->design);
    work->revision = db_get_int(rows, 0);
    work->can_undo = db_get_int(rows, 2) > 0;
    work->author = db_get_text(rows, 3);
    work->at = db_get_int(rows, 4);
    work->design.version = ctx->shop->design_version;
    read_text(ctx, db_get_text(rows, 1), &work->design);
    return NULL;
}

err design_draft(struct ctx *ctx, struct design *design)
{
    struct design_work work;
    TRY(design_work_load(ctx, &work));
    *design = work.design;
    return NULL;
}
