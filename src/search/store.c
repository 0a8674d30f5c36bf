/* store.c - what is written gathers in batches, commits publish views, small segments are merged behind. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "search/store.h"

#include "base/error.h"
#include <pthread.h>

#define SHARDS 64
#define BUCKETS 256
/* A commit takes the last segment with it as long as both have no more documents than this. */
#define DELTA_LIMIT 64
/* So many segments of one size are merged. */
#define MERGE_COUNT 8
/* One document in this many may be gone before a segment is built anew. */
#define GONE_SHARE 4

struct space {
    int64_t id;
    struct view *view;
    struct batch pending;
    int64_t *removed;
    size_t removed_count, removed_capacity;
    bool begins_again;
    bool is_wanted; /* in the queue of the merger */
    struct shard *shard;
    struct space *next, *next_wanted;
};

struct shard {
    pthread_mutex_t writing; /* pending changes, and who may publish */
    pthread_mutex_t reading; /* the pointer to a view; held for a moment */
    struct space *buckets[BUCKETS];
};

/* Of so many questions at once the memory is kept, so much of each. */
#define SCRATCH_LIMIT 16
#define SCRATCH_BYTES ((size_t)4 << 20)

struct search_index {
    struct shard shards[SHARDS];
    pthread_mutex_t scratch_lock;
    struct arena *scratches[SCRATCH_LIMIT];
    size_t scratch_count;
    pthread_mutex_t queue_lock;
    pthread_cond_t queue_changed;
    struct space *wanted; /* spaces whose segments are to be merged */
    bool is_busy, is_closing;
    size_t merges;
    bool has_merger; /* from the first time that there is something to merge */
    pthread_t merger;
};

static uint64_t mix(int64_t id)
{
    uint64_t hash = (uint64_t)id * 0x9E3779B97F4A7C15U;
    return hash ^ hash >> 32;
}

static struct shard *shard_of(struct search_index *index, int64_t space_id)
{
    return &index->shards[mix(space_id) % SHARDS];
}

static struct space **bucket_of(struct shard *shard, int64_t space_id)
{
    return &shard->buckets[mix(space_id) / SHARDS % BUCKETS];
}

static struct space *space_find(struct shard *shard, int64_t space_id)
{
    struct space *space = *bucket_of(shard, space_id);
    while (space && space->id != space_id)
        space = space->next;
    return space;
}

/* The caller is writing. */
static struct space *space_of(struct shard *shard, int64_t space_id)
{
    struct space *space = space_find(shard, space_id);
    if (space)
        return space;
    space = must_have(1, sizeof *space);
    space->id = space_id;
    space->shard = shard;
    pthread_mutex_lock(&shard->reading);
    space->next = *bucket_of(shard, space_id);
    *bucket_of(shard, space_id) = space;
    pthread_mutex_unlock(&shard->reading);
    return space;
}

/* ---- views ---- */

static void gone_release(struct gone *gone)
{
    if (gone && atomic_fetch_sub(&gone->holders, 1) == 1)
        free(gone);
}

static void words_free(char **words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        free(words[i]);
    free(words);
}

static void lexicon_release(struct lexicon *lexicon)
{
    if (!lexicon || atomic_fetch_sub(&lexicon->holders, 1) != 1)
        return;
    words_free(lexicon->groups, lexicon->group_count);
    words_free(lexicon->stops, lexicon->stop_count);
    free(lexicon);
}

void view_release(struct view *view)
{
    if (!view || atomic_fetch_sub(&view->holders, 1) != 1)
        return;
    for (size_t i = 0; i < view->count; i++) {
        segment_release(view->parts[i].segment);
        gone_release(view->parts[i].gone);
    }
    lexicon_release(view->lexicon);
    free(view);
}

struct view *view_take(struct search_index *index, int64_t space_id)
{
    struct shard *shard = shard_of(index, space_id);
    pthread_mutex_lock(&shard->reading);
    struct space *space = space_find(shard, space_id);
    struct view *view = space ? space->view : NULL;
    if (view)
        atomic_fetch_add(&view->holders, 1);
    pthread_mutex_unlock(&shard->reading);
    return view;
}

static struct view *view_new(size_t parts, struct lexicon *lexicon)
{
    struct view *view = must_have(1, sizeof *view + parts * sizeof *view->parts);
    atomic_init(&view->holders, 1);
    view->lexicon = lexicon;
    if (lexicon)
        atomic_fetch_add(&lexicon->holders, 1);
    return view;
}

/* Takes over one hold of each. */
static void view_add(struct view *view, struct segment *segment, struct gone *gone)
{
    view->parts[view->count++] = (struct part){segment, gone};
}

static void publish(struct space *space, struct view *fresh)
{
    pthread_mutex_lock(&space->shard->reading);
    struct view *old = space->view;
    space->view = fresh;
    pthread_mutex_unlock(&space->shard->reading);
    view_release(old);
}

static struct gone *gone_copy(const struct segment *segment, const struct gone *from)
{
    size_t words = (segment->count + 63) / 64;
    struct gone *gone = must_have(1, sizeof *gone + words * sizeof *gone->bits);
    atomic_init(&gone->holders, 1);
    gone->count = from ? from->count : 0;
    if (from)
        memcpy(gone->bits, from->bits, words * sizeof *gone->bits);
    return gone;
}

/* Marks a document; *gone becomes a copy of our own at the first one. */
static void mark_gone(const struct part *part, struct gone **gone, int64_t id)
{
    uint32_t place = segment_find(part->segment, id);
    if (place == UINT32_MAX || (*gone && (*gone)->bits[place / 64] >> place % 64 & 1))
        return;
    if (*gone == part->gone)
        *gone = gone_copy(part->segment, part->gone);
    (*gone)->bits[place / 64] |= UINT64_C(1) << place % 64;
    (*gone)->count++;
}

/* ---- writing ---- */

void search_put(struct search_index *index, int64_t space_id, const struct search_document *document)
{
    struct shard *shard = shard_of(index, space_id);
    pthread_mutex_lock(&shard->writing);
    batch_add(&space_of(shard, space_id)->pending, letters_get(), document);
    pthread_mutex_unlock(&shard->writing);
}

void search_remove(struct search_index *index, int64_t space_id, int64_t document_id)
{
    struct shard *shard = shard_of(index, space_id);
    pthread_mutex_lock(&shard->writing);
    struct space *space = space_of(shard, space_id);
    space->removed =
        room_for(space->removed, space->removed_count, 1, &space->removed_capacity, sizeof *space->removed);
    space->removed[space->removed_count++] = document_id;
    struct batch *pending = &space->pending;
    for (size_t i = 0, kept = 0, count = pending->count; i < count; i++) {
        if (pending->drafts[i].id != document_id)
            pending->drafts[kept++] = pending->drafts[i];
        pending->count = kept;
    }
    pthread_mutex_unlock(&shard->writing);
}

void search_begin_again(struct search_index *index, int64_t space_id)
{
    struct shard *shard = shard_of(index, space_id);
    pthread_mutex_lock(&shard->writing);
    struct space *space = space_of(shard, space_id);
    batch_close(&space->pending);
    space->removed_count = 0;
    space->begins_again = true;
    pthread_mutex_unlock(&shard->writing);
}

/* The part of the view that a small commit takes with it, or SIZE_MAX. */
static size_t part_to_absorb(const struct view *old, size_t pending)
{
    size_t last = old ? old->count : 0;
    bool is_small = last > 0 && part_count(&old->parts[last - 1]) + pending <= DELTA_LIMIT;
    return is_small ? last - 1 : SIZE_MAX;
}

/* What stays of the parts of the old view, without what was put again or removed. */
static void keep_parts(struct space *space, struct view *fresh, size_t absorbed)
{
    for (size_t i = 0; space->view && i < space->view->count; i++) {
        const struct part *part = &space->view->parts[i];
        struct gone *gone = part->gone;
        if (i == absorbed)
            continue;
        for (size_t j = 0; j < space->pending.count; j++)
            mark_gone(part, &gone, space->pending.drafts[j].id);
        for (size_t j = 0; j < space->removed_count; j++)
            mark_gone(part, &gone, space->removed[j]);
        bool is_empty = gone && gone->count == part->segment->count;
        if (is_empty && gone != part->gone)
            gone_release(gone);
        if (is_empty)
            continue;
        if (gone && gone == part->gone)
            atomic_fetch_add(&gone->holders, 1);
        segment_hold(part->segment);
        view_add(fresh, part->segment, gone);
    }
}

/* The living documents of a part, but for those that are removed; what is pending with the same id is newer.
 */
static void absorb(struct space *space, const struct part *part)
{
    struct batch *pending = &space->pending;
    size_t before = pending->count;
    for (uint32_t place = 0; place < part->segment->count; place++) {
        int64_t id = part->segment->facts[place].id;
        bool is_newer = !part_has(part, place);
        for (size_t i = 0; i < before && !is_newer; i++)
            is_newer = pending->drafts[i].id == id;
        for (size_t i = 0; i < space->removed_count && !is_newer; i++)
            is_newer = space->removed[i] == id;
        if (!is_newer)
            batch_copy(pending, part->segment, place);
    }
}

static void add_segments(struct view *view, struct batch *batch, const struct letters *letters)
{
    for (size_t first = 0; first < batch->count; first += SEGMENT_LIMIT) {
        size_t left = batch->count - first;
        view_add(view, segment_build(batch, first, left < SEGMENT_LIMIT ? left : SEGMENT_LIMIT, letters),
                 NULL);
    }
}

/* Parts that may be merged: the last one is left to the commits, which absorb it as long as it is small. */
static size_t settled_parts(const struct view *view)
{
    return view->count > 0 && part_count(&view->parts[view->count - 1]) <= DELTA_LIMIT ? view->count - 1
                                                                                       : view->count;
}

static bool is_worn(const struct part *part)
{
    return part->gone && part->gone->count > DELTA_LIMIT &&
           part->gone->count > part->segment->count / GONE_SHARE;
}

static bool is_chosen(const struct view *view, size_t at, size_t limit)
{
    return at < settled_parts(view) && (part_count(&view->parts[at]) <= limit || is_worn(&view->parts[at]));
}

static bool needs_merge(const struct view *view, size_t limit)
{
    size_t small = 0;
    for (size_t i = 0; i < settled_parts(view); i++)
        small += part_count(&view->parts[i]) <= limit;
    return small >= MERGE_COUNT;
}

/* Up to how many documents the parts have that are to be merged; 0 = none are. */
static size_t merge_limit(const struct view *view)
{
    for (size_t limit = SCAN_LIMIT; limit <= SEGMENT_LIMIT / 2; limit *= MERGE_COUNT)
        if (needs_merge(view, limit))
            return limit;
    for (size_t i = 0; i < settled_parts(view); i++)
        if (is_worn(&view->parts[i]))
            return 1;
    return 0;
}

/* ---- merging ---- */

static void view_add_part(struct view *view, const struct part *part)
{
    segment_hold(part->segment);
    if (part->gone)
        atomic_fetch_add(&part->gone->holders, 1);
    view_add(view, part->segment, part->gone);
}

static const struct part *find_part(const struct view *view, const struct segment *segment)
{
    for (size_t i = 0; i < view->count; i++)
        if (view->parts[i].segment == segment)
            return &view->parts[i];
    return NULL;
}

/* What a part lost since it was merged is gone from the merged segments too. */
static void catch_up(struct view *merged, const struct part *was, const struct part *now)
{
    for (uint32_t place = 0; now->gone != was->gone && place < now->segment->count; place++)
        for (size_t i = 0; part_has(was, place) && !part_has(now, place) && i < merged->count; i++) {
            const struct part bare = {merged->parts[i].segment, NULL};
            mark_gone(&bare, &merged->parts[i].gone, now->segment->facts[place].id);
        }
}

/* Publishes the merged segments instead of those they were made of. False when one of these is not shown any
 * more: the space was filled anew. */
static bool exchange(struct space *space, const struct view *before, size_t limit, struct view *merged)
{
    const struct view *now = space->view;
    struct view *fresh = view_new(now->count + merged->count, now->lexicon);
    bool is_current = true;
    for (size_t i = 0; i < before->count && is_current; i++) {
        const struct part *part = find_part(now, before->parts[i].segment);
        if (!is_chosen(before, i, limit))
            continue;
        is_current = part != NULL;
        if (part)
            catch_up(merged, &before->parts[i], part);
    }
    for (size_t i = 0; i < merged->count; i++)
        view_add_part(fresh, &merged->parts[i]);
    for (size_t i = 0; i < now->count; i++) {
        const struct part *part = find_part(before, now->parts[i].segment);
        if (!part || !is_chosen(before, (size_t)(part - before->parts), limit))
            view_add_part(fresh, &now->parts[i]);
    }
    if (is_current)
        publish(space, fresh);
    else
        view_release(fresh);
    return is_current;
}

/* Whether there is more to merge. */
static bool merge(struct search_index *index, struct space *space)
{
    struct view *before = view_take(index, space->id);
    size_t limit = before ? merge_limit(before) : 0;
    struct batch batch = {0};
    for (size_t i = 0; limit > 0 && i < before->count; i++) {
        const struct part *part = &before->parts[i];
        for (uint32_t place = 0; is_chosen(before, i, limit) && place < part->segment->count; place++)
            if (part_has(part, place))
                batch_copy(&batch, part->segment, place);
    }
    batch_sort(&batch);
    struct view *merged = view_new(batch.count / SEGMENT_LIMIT + 1, NULL);
    add_segments(merged, &batch, letters_get());
    batch_close(&batch);
    pthread_mutex_lock(&space->shard->writing);
    bool again = limit > 0 && (!exchange(space, before, limit, merged) || merge_limit(space->view) > 0);
    pthread_mutex_unlock(&space->shard->writing);
    view_release(merged);
    view_release(before);
    return again;
}

/* The caller holds the lock of the queue. */
static void enqueue(struct search_index *index, struct space *space)
{
    if (space->is_wanted)
        return;
    space->is_wanted = true;
    space->next_wanted = index->wanted;
    index->wanted = space;
    pthread_cond_broadcast(&index->queue_changed);
}

static void *merge_on(void *arg)
{
    struct search_index *index = arg;
    pthread_mutex_lock(&index->queue_lock);
    while (!index->is_closing) {
        struct space *space = index->wanted;
        index->is_busy = space != NULL;
        if (!space) {
            pthread_cond_broadcast(&index->queue_changed);
            pthread_cond_wait(&index->queue_changed, &index->queue_lock);
            continue;
        }
        index->wanted = space->next_wanted;
        space->is_wanted = false;
        index->merges++;
        pthread_mutex_unlock(&index->queue_lock);
        bool again = merge(index, space);
        pthread_mutex_lock(&index->queue_lock);
        if (again)
            enqueue(index, space);
    }
    pthread_mutex_unlock(&index->queue_lock);
    return NULL;
}

static void want_merge(struct search_index *index, struct space *space)
{
    pthread_mutex_lock(&index->queue_lock);
    enqueue(index, space);
    if (!index->has_merger && pthread_create(&index->merger, NULL, merge_on, index) != 0)
        bug("no thread for the merger of the search");
    index->has_merger = true;
    pthread_mutex_unlock(&index->queue_lock);
}

void search_commit(struct search_index *index, int64_t space_id)
{
    struct shard *shard = shard_of(index, space_id);
    pthread_mutex_lock(&shard->writing);
    struct space *space = space_of(shard, space_id);
    if (space->pending.count == 0 && space->removed_count == 0 && !space->begins_again && space->view) {
        pthread_mutex_unlock(&shard->writing);
        return;
    }
    const struct view *old = space->view;
    size_t absorbed = space->begins_again ? SIZE_MAX : part_to_absorb(old, space->pending.count);
    if (absorbed != SIZE_MAX)
        absorb(space, &old->parts[absorbed]);
    batch_sort(&space->pending);
    struct view *fresh = view_new((old ? old->count : 0) + space->pending.count / SEGMENT_LIMIT + 1,
                                  old ? old->lexicon : NULL);
    if (!space->begins_again)
        keep_parts(space, fresh, absorbed);
    add_segments(fresh, &space->pending, letters_get());
    batch_close(&space->pending);
    space->removed_count = 0;
    space->begins_again = false;
    bool is_wanted = merge_limit(fresh) > 0;
    publish(space, fresh);
    pthread_mutex_unlock(&shard->writing);
    if (is_wanted)
        want_merge(index, space);
}

void search_settle(struct search_index *index)
{
    pthread_mutex_lock(&index->queue_lock);
    while (index->wanted || index->is_busy)
        pthread_cond_wait(&index->queue_changed, &index->queue_lock);
    pthread_mutex_unlock(&index->queue_lock);
}

/* ---- words of a space ---- */

static char **copy_words(const char *const *words, size_t count)
{
    char **copy = must_have(count, sizeof *copy);
    for (size_t i = 0; i < count; i++) {
        size_t bytes = strlen(words[i]) + 1;
        copy[i] = must_have(bytes, 1);
        memcpy(copy[i], words[i], bytes);
    }
    return copy;
}

void search_set_words(struct search_index *index, int64_t space_id, const char *const *synonyms,
                      size_t synonym_count, const char *const *stops, size_t stop_count)
{
    struct shard *shard = shard_of(index, space_id);
    struct lexicon *lexicon = must_have(1, sizeof *lexicon);
    atomic_init(&lexicon->holders, 1);
    lexicon->group_count = synonym_count < SEARCH_SYNONYM_LIMIT ? synonym_count : SEARCH_SYNONYM_LIMIT;
    lexicon->stop_count = stop_count < SEARCH_SYNONYM_LIMIT ? stop_count : SEARCH_SYNONYM_LIMIT;
    lexicon->groups = copy_words(synonyms, lexicon->group_count);
    lexicon->stops = copy_words(stops, lexicon->stop_count);
    pthread_mutex_lock(&shard->writing);
    struct space *space = space_of(shard, space_id);
    const struct view *old = space->view;
    struct view *fresh = view_new(old ? old->count : 0, lexicon);
    for (size_t i = 0; old && i < old->count; i++)
        view_add_part(fresh, &old->parts[i]);
    publish(space, fresh);
    pthread_mutex_unlock(&shard->writing);
    lexicon_release(lexicon);
}

/* ---- memory of questions ---- */

struct arena *scratch_take(struct search_index *index)
{
    struct arena *scratch = NULL;
    pthread_mutex_lock(&index->scratch_lock);
    if (index->scratch_count > 0)
        scratch = index->scratches[--index->scratch_count];
    pthread_mutex_unlock(&index->scratch_lock);
    return scratch ? scratch : arena_open_large(ARENA_LIMIT, SCRATCH_BYTES);
}

void scratch_give(struct search_index *index, struct arena *scratch)
{
    arena_reset(scratch);
    pthread_mutex_lock(&index->scratch_lock);
    bool is_kept = index->scratch_count < SCRATCH_LIMIT;
    if (is_kept)
        index->scratches[index->scratch_count++] = scratch;
    pthread_mutex_unlock(&index->scratch_lock);
    if (!is_kept)
        arena_close(scratch);
}

/* ---- the whole ---- */

struct search_index *search_open(void)
{
    struct search_index *index = must_have(1, sizeof *index);
    pthread_mutex_init(&index->queue_lock, NULL);
    pthread_mutex_init(&index->scratch_lock, NULL);
    pthread_cond_init(&index->queue_changed, NULL);
    for (size_t i = 0; i < SHARDS; i++) {
        pthread_mutex_init(&index->shards[i].writing, NULL);
        pthread_mutex_init(&index->shards[i].reading, NULL);
    }
    return index;
}

static void space_close(struct space *space)
{
    view_release(space->view);
    batch_close(&space->pending);
    free(space->removed);
    free(space);
}

void search_close(struct search_index *index)
{
    pthread_mutex_lock(&index->queue_lock);
    index->is_closing = true;
    pthread_cond_broadcast(&index->queue_changed);
    pthread_mutex_unlock(&index->queue_lock);
    if (index->has_merger)
        pthread_join(index->merger, NULL);
    for (size_t i = 0; i < SHARDS; i++) {
        for (size_t j = 0; j < BUCKETS; j++)
            for (struct space *space = index->shards[i].buckets[j], *next; space; space = next) {
                next = space->next;
                space_close(space);
            }
        pthread_mutex_destroy(&index->shards[i].writing);
        pthread_mutex_destroy(&index->shards[i].reading);
    }
    for (size_t i = 0; i < index->scratch_count; i++)
        arena_close(index->scratches[i]);
    pthread_mutex_destroy(&index->scratch_lock);
    pthread_cond_destroy(&index->queue_changed);
    pthread_mutex_destroy(&index->queue_lock);
    free(index);
}

static void count_space(struct search_figures *figures, const struct space *space)
{
    const struct batch *pending = &space->pending;
    figures->spaces++;
    figures->bytes += sizeof *space + pending->capacity * sizeof *pending->drafts +
                      pending->unit_capacity * sizeof *pending->units +
                      pending->mark_capacity * sizeof *pending->marks;
    for (size_t i = 0; space->view && i < space->view->count; i++) {
        figures->segments++;
        figures->documents += part_count(&space->view->parts[i]);
        figures->bytes += space->view->parts[i].segment->bytes;
    }
}

struct search_figures search_figures(struct search_index *index)
{
    struct search_figures figures = {.bytes = sizeof *index + sizeof(struct letters)};
    for (size_t i = 0; i < SHARDS; i++) {
        struct shard *shard = &index->shards[i];
        pthread_mutex_lock(&shard->writing);
        for (size_t j = 0; j < BUCKETS; j++)
            for (const struct space *space = shard->buckets[j]; space; space = space->next)
                count_space(&figures, space);
        pthread_mutex_unlock(&shard->writing);
    }
    pthread_mutex_lock(&index->queue_lock);
    figures.merges = index->merges;
    pthread_mutex_unlock(&index->queue_lock);
    return figures;
}
