/* backoffice_audit_routes.c - the audit list: who did what, newest first. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/backoffice/backoffice_routes.h"

#include "base/text.h"
#include "shop/backoffice/backoffice_list.h"
#include "shop/staff/staff.h"
#include <inttypes.h>

#define ROWS 50

struct list_form {
    const char *kind;
    int64_t staff_id;
    const char *about;
    const char *from;
    const char *to;
    int64_t cursor;
    int64_t removed_id;
};

static const struct field list_fields[] = {
    {.name = "kind",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct list_form, kind),
     .maximum = 30,
     .help = "Only acts of this kind"},
    {.name = "who",
     .kind = FIELD_ID,
     .offset = offsetof(struct list_form, staff_id),
     .help = "Only acts of this person"},
    {.name = "about",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct list_form, about),
     .maximum = 60,
     .help = "Only what was done to one thing: products/ID, orders/NUMBER, settings/staff"},
    {.name = "from",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct list_form, from),
     .maximum = 10,
     .help = "On this day or later, as 2026-05-01"},
    {.name = "to",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct list_form, to),
     .maximum = 10,
     .help = "On this day or earlier"},
    {.name = "cursor",
     .kind = FIELD_INT,
     .offset = offsetof(struct list_form, cursor),
     .minimum = 0,
     .maximum = INT64_MAX,
     .help = "Of the page before"},
    REMOVED_VIEW_FIELD(struct list_form),
    {0},
};

static const char *name_of(const struct staff *people, size_t count, int64_t staff_id)
{
    for (size_t i = 0; i < count; i++)
        if (people[i].id == staff_id)
            return people[i].name;
    return NULL;
}

static void add_rows(struct ctx *ctx, struct value *view, const struct audit_entry *entries, size_t count,
                     const struct staff *people, size_t people_count)
{
    struct value *list = value_set_list(ctx->arena, view, "entries");
    for (size_t i = 0; i < count; i++) {
        struct value *row = value_add(ctx->arena, list, *value_object(ctx->arena));
        value_set_id(ctx->arena, row, "id", entries[i].id);
        value_set_time(ctx->arena, row, "at", entries[i].at);
        value_set_text(ctx->arena, row, "actor", actor_name(entries[i].actor));
        value_set_text(ctx->arena, row, "name", name_of(people, people_count, entries[i].actor_id));
        value_set_text(ctx->arena, row, "kind", entries[i].kind);
        value_set_text(ctx->arena, row, "title", entries[i].title);
        value_set_text(ctx->arena, row, "before", entries[i].before);
        value_set_text(ctx->arena, row, "after", entries[i].after);
        value_set_text(ctx->arena, row, "url",
                       entries[i].subject[0] ? arena_format(ctx->arena, "/admin/%s", entries[i].subject)
                                             : NULL);
    }
}

static void add_choices(struct ctx *ctx, struct value *view, const struct staff *people, size_t count)
{
    struct value *kinds = value_set_list(ctx->arena, view, "kinds");
    struct value *names = value_set_list(ctx->arena, view, "people");
    for (size_t i = 0; audit_kinds[i]; i++)
        value_add(ctx->arena, kinds, value_text(audit_kinds[i]));
    for (size_t i = 0; i < count; i++) {
        struct value *person = value_add(ctx->arena, names, *value_object(ctx->arena));
        value_set_id(ctx->arena, person, "id", people[i].id);
        value_set_text(ctx->arena, person, "name", people[i].name);
    }
}

static err list(struct req *req)
{
    const struct list_form *form = req->form;
    struct ctx *ctx = &req->ctx;
    struct audit_query query = {.kind = form->kind[0] ? form->kind : NULL,
                                .staff_id = form->staff_id,
                                .subject = form->about,
                                .before_id = form->cursor,
                                .limit = ROWS + 1};
    struct audit_entry *entries;
    struct staff *people;
    size_t count, people_count;
    struct value *view = value_object(ctx->arena);
    TRY(list_read_days(ctx, form->from, form->to, &query.since, &query.until));
    TRY(staff_list(ctx, &people, &people_count));
    TRY(audit_list(ctx, &query, &entries, &count));
    const char *who = form->staff_id ? arena_format(ctx->arena, "%" PRId64, form->staff_id) : "";
    struct list_place place = {.list = &audit_list_pages, .cursor = form->cursor ? "later" : ""};
    place.values[AUDITS_KIND] = form->kind;
    place.values[AUDITS_WHO] = who;
    place.labels[AUDITS_WHO] = name_of(people, people_count, form->staff_id);
    place.values[AUDITS_ABOUT] = form->about;
    place.labels[AUDITS_ABOUT] = count > 0 && entries[0].title[0] ? entries[0].title : NULL;
    place.values[AUDITS_FROM] = form->from;
    place.values[AUDITS_TO] = form->to;
    list_settle(&place);
    const char *next = count > ROWS ? arena_format(ctx->arena, "%" PRId64, entries[ROWS - 1].id) : NULL;
    add_rows(ctx, view, entries, next ? ROWS : count, people, people_count);
    add_choices(ctx, view, people, people_count);
    value_set_id(ctx->arena, view, "removed_view", form->removed_id);
    TRY(list_view(ctx, &place, next, view));
    return reply_view(req, "admin/audit", view);
}

const struct route backoffice_audit_routes[] = {
    {.method = GET,
     .path = "/admin/audit",
     .handler = list,
     .guard = STAFF,
     .scope = "staff.manage",
     .fields = list_fields,
     .form_size = sizeof(struct list_form),
     .summary = "Who did what, newest first",
     .answer = "entries"},
    {0},
};
