/* seed_design.c - the design with which a shop of the demo opens, from its catalogue file. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/seed/seed_facts.h"

#include "shop/design/design.h"
#include "shop/services.h"

/* A picture is named by its file, as products name theirs. */
static err set_one(struct ctx *ctx, struct value *document, const struct value *item,
                   const struct value *pictures)
{
    const char *picture = value_find_text(item, "picture");
    const char *typed = picture ? value_find_text(pictures, picture) : value_find_text(item, "zh-CN");
    const char *en = value_find_text(item, "en");
    return design_set(ctx, document, value_find_text(item, "section"), NULL, value_find_text(item, "id"),
                      typed ? typed : "", en ? en : "");
}

err seed_design(struct ctx *ctx, const struct value *catalog, const struct value *pictures)
{
    const struct value *design = value_find(catalog, "design"), *settings = value_find(design, "settings");
    struct value *document;
    struct draft draft;
    if (!design || !ctx->services->design)
        return NULL;
    TRY(design_begin(ctx, value_find_text(design, "theme"), &document));
    for (size_t i = 0; i < value_count(settings); i++)
        TRY(set_one(ctx, document, value_at(settings, i), pictures));
    TRY(design_draft_load(ctx, &draft));
    TRY(design_draft_save(ctx, draft.edit, document));
    TRY(design_draft_load(ctx, &draft));
    return design_publish(ctx, draft.edit, "");
}
