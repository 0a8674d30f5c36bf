/* transfer_view.c - imports as trees. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/transfer/transfer_view.h"

#include "shop/transfer/import_columns.h"
#include <inttypes.h>

const char *const import_state_names[] = {[0] = "all",
                                          [IMPORT_UPLOADED] = "uploaded",
                                          [IMPORT_CHECKING] = "checking",
                                          [IMPORT_CHECKED] = "checked",
                                          [IMPORT_APPLYING] = "applying",
                                          [IMPORT_APPLIED] = "applied",
                                          [IMPORT_UNDOING] = "undoing",
                                          [IMPORT_UNDONE] = "undone",
                                          [IMPORT_FAILED] = "failed",
                                          [IMPORT_FAILED + 1] = NULL};

static const char *status_name(int64_t status)
{
    return status == PRODUCT_ACTIVE ? "active" : status == PRODUCT_ARCHIVED ? "archived" : "draft";
}

struct value *import_view(struct ctx *ctx, const struct import *import, const char *name)
{
    struct arena *arena = ctx->arena;
    struct value *view = value_object(arena);
    const struct import_choices *choices = &import->choices;
    bool has_errors = value_find_int(import->counts, "problems", 0) > 0;
    bool has_changes =
        value_find_int(import->counts, "new", 0) + value_find_int(import->counts, "changed", 0) > 0;
    value_set_id(arena, view, "id", import->id);
    value_set_text(arena, view, "url", arena_format(arena, "/admin/products/imports/%" PRId64, import->id));
    value_set_text(arena, view, "file_name", import->file_name);
    value_set_int(arena, view, "bytes", import->bytes);
    value_set_text(arena, view, "table_name", import->table_name[0] ? import->table_name : NULL);
    value_set_int(arena, view, "picture_count", import->picture_count);
    value_set_text(arena, view, "state", import_state_names[import->state]);
    value_set_time(arena, view, "created_at", import->created_at);
    value_set_time(arena, view, "finished_at", import->finished_at);
    value_set_text(arena, view, "name", name);
    value_set_int(arena, view, "progress", import->progress);
    value_set_text(arena, view, "failure", import->failure[0] ? import->failure : NULL);
    value_set(arena, view, "counts", *import->counts);
    value_set_text(arena, view, "match", import_match_names[choices->match - IMPORT_BY_SKU]);
    value_set_text(arena, view, "mode", choices->is_whole ? "all" : "partial");
    value_set_text(arena, view, "status", status_name(choices->status));
    value_set_id(arena, view, "category_id", choices->category_id);
    value_set_int(arena, view, "default_stock", choices->default_stock);
    value_set_bool(arena, view, "can_apply",
                   import->state == IMPORT_CHECKED && has_changes && !(choices->is_whole && has_errors));
    value_set_bool(arena, view, "can_undo", import->state == IMPORT_APPLIED && has_changes);
    value_set_bool(arena, view, "is_running",
                   import->state == IMPORT_CHECKING || import->state == IMPORT_APPLYING ||
                       import->state == IMPORT_UNDOING);
    return view;
}

static void add_meaning(struct ctx *ctx, struct value *list, const char *key, const char *label)
{
    struct value *meaning = value_add(ctx->arena, list, *value_object(ctx->arena));
    value_set_text(ctx->arena, meaning, "key", key);
    value_set_text(ctx->arena, meaning, "label", label);
}

err import_meanings_view(struct ctx *ctx, struct value *view)
{
    struct attribute *attributes;
    size_t count;
    struct value *meanings = value_set_list(ctx->arena, view, "meanings");
    for (int i = MEANING_TITLE; i < MEANING_ATTRIBUTE; i++)
        add_meaning(ctx, meanings, import_meaning_key((enum import_meaning)i), NULL);
    TRY(attribute_list(ctx, &attributes, &count));
    struct value *own = value_set_list(ctx->arena, view, "attributes");
    for (size_t i = 0; i < count; i++)
        add_meaning(ctx, own, arena_format(ctx->arena, "attribute:%" PRId64, attributes[i].id),
                    attribute_name(ctx, &attributes[i]));
    return NULL;
}

struct value *import_problem_view(struct ctx *ctx, const struct import_problem *problem)
{
    struct value *view = value_object(ctx->arena);
    value_set_int(ctx->arena, view, "line", problem->line);
    value_set_text(ctx->arena, view, "column", problem->column);
    value_set_text(ctx->arena, view, "code", problem->code);
    value_set_text(ctx->arena, view, "value", problem->value);
    value_set_text(ctx->arena, view, "fix", problem->fix);
    value_set_text(ctx->arena, view, "message", problem->message);
    value_set_bool(ctx->arena, view, "is_warning", problem->is_warning);
    return view;
}

struct value *import_item_view(struct ctx *ctx, const struct import_item *item)
{
    struct value *view = value_object(ctx->arena);
    value_set_int(ctx->arena, view, "line", item->line);
    value_set_text(ctx->arena, view, "title", item->title);
    value_set_text(ctx->arena, view, "url",
                   item->product_id ? arena_format(ctx->arena, "/admin/products/%" PRId64, item->product_id)
                                    : NULL);
    value_set(ctx->arena, view, "changes", *item->changes);
    return view;
}
