/* redirect_set.c - redirects in memory: found by their sources, followed, shortened. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/redirect/redirect_set.h"

#include "base/text.h"
#include "shop/redirect/redirect_address.h"

void redirect_set_open(struct redirect_set *set, struct arena *arena, size_t capacity)
{
    *set = (struct redirect_set){.arena = arena,
                                 .entries = arena_alloc_many(arena, capacity + 1, sizeof *set->entries),
                                 .capacity = capacity};
}

/* The first place whose source is not before this one. */
static size_t place_of(const struct redirect_set *set, const char *source)
{
    size_t from = 0, to = set->count;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        if (strcmp(set->entries[middle].redirect.source, source) < 0)
            from = middle + 1;
        else
            to = middle;
    }
    return from;
}

struct redirect_entry *redirect_set_find(const struct redirect_set *set, const char *source)
{
    size_t place = place_of(set, source);
    bool is_there = place < set->count && text_is(set->entries[place].redirect.source, source);
    return is_there ? &set->entries[place] : NULL;
}

struct redirect_entry *redirect_set_find_id(const struct redirect_set *set, int64_t redirect_id)
{
    for (size_t i = 0; i < set->count; i++)
        if (set->entries[i].redirect.id == redirect_id)
            return &set->entries[i];
    return NULL;
}

void redirect_set_remove(struct redirect_set *set, struct redirect_entry *entry)
{
    size_t place = (size_t)(entry - set->entries);
    memmove(entry, entry + 1, (set->count - place - 1) * sizeof *entry);
    set->count--;
}

void redirect_set_add(struct redirect_set *set, const struct redirect *redirect)
{
    size_t place = place_of(set, redirect->source);
    if (set->count == set->capacity)
        bug("a set of redirects has no room");
    memmove(&set->entries[place + 1], &set->entries[place], (set->count - place) * sizeof *set->entries);
    set->entries[place] = (struct redirect_entry){.redirect = *redirect};
    set->count++;
}

/* The redirect that somebody meets who follows a target: that of path and query, else that of the path. */
static const struct redirect_entry *behind(const struct redirect_set *set, const char *target)
{
    const char *key = redirect_target_key(set->arena, target);
    const struct redirect_entry *found = redirect_set_find(set, key);
    size_t path = strcspn(key, "?");
    return found || !key[path] ? found : redirect_set_find(set, arena_copy(set->arena, key, path));
}

/* Whether who follows the target meets this source. */
static bool meets(const struct redirect_set *set, const char *target, const char *source)
{
    const char *key = redirect_target_key(set->arena, target);
    size_t path = strcspn(key, "?");
    return text_is(key, source) || (strlen(source) == path && text_starts(key, source));
}

/* Where a target leads in the end; NULL when it leads back to `source`. Only a new row can close a ring, so
 * there are no others. */
static const char *end_of(const struct redirect_set *set, const char *source, const char *target)
{
    for (size_t steps = 0; steps <= set->count; steps++) {
        if (meets(set, target, source))
            return NULL;
        const struct redirect_entry *next = behind(set, target);
        if (!next)
            return target;
        target = next->redirect.target;
    }
    return NULL;
}

static void refuse(struct redirect_row *row, bool is_target_wrong, const char *problem)
{
    row->outcome = REDIRECT_REFUSED;
    row->is_target_wrong = is_target_wrong;
    row->problem = problem;
}

void redirect_set_put(struct redirect_set *set, struct redirect_row *row, int64_t new_id, int64_t now)
{
    struct redirect_entry *there = redirect_set_find(set, row->source);
    const char *target = end_of(set, row->source, row->target);
    row->problem = NULL;
    if (!target) {
        refuse(row, true, "redirect-loop");
    } else if (there) {
        row->outcome = text_is(there->redirect.target, target) ? REDIRECT_SAME : REDIRECT_CHANGED;
        there->is_changed = there->is_changed || row->outcome == REDIRECT_CHANGED;
        there->redirect.target = target;
    } else if (set->count >= REDIRECT_LIMIT) {
        refuse(row, false, "redirect-many");
    } else {
        redirect_set_add(set, &(struct redirect){new_id, row->source, target, now});
        redirect_set_find(set, row->source)->is_changed = true;
        row->outcome = REDIRECT_MADE;
    }
}

void redirect_set_settle(struct redirect_set *set)
{
    for (size_t i = 0; i < set->count; i++) {
        struct redirect_entry *entry = &set->entries[i];
        const char *target = end_of(set, entry->redirect.source, entry->redirect.target);
        if (!target || text_is(target, entry->redirect.target))
            continue;
        entry->redirect.target = target;
        entry->is_changed = true;
    }
}
