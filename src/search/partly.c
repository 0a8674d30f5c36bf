/* partly.c - what has at least a part of what was asked for.
 *
 * Every pair of neighbours that a document has counts, rare ones more than common ones; a pair that only
 * sounds the same counts a little less. What has less than a fifth of all, or far less than the best, is not
 * related. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "search/spans.h"

#include <math.h>

#define LEAST_SHARE 0.2
#define SHARE_OF_BEST 0.6
#define SOUND_WEIGHT 0.6
#define UNIT_WEIGHT 0.35
#define LEVELS 98

/* One thing that documents may have. */
struct feature {
    uint32_t a, b; /* b 0 = one unit */
    bool is_sound;
    double weight;
    uint32_t documents;
};

struct features {
    struct feature list[SEARCH_UNIT_LIMIT * 3];
    size_t count;
    double total;
};

static void add_feature(struct features *features, uint32_t a, uint32_t b, bool is_sound)
{
    if (features->count < sizeof features->list / sizeof *features->list)
        features->list[features->count++] = (struct feature){.a = a, .b = b, .is_sound = is_sound};
}

static uint32_t group_of(const struct quest *quest, uint32_t unit)
{
    uint16_t sound = unit_is_token(unit) ? 0 : letter_sound(quest->letters, unit);
    return sound ? quest->letters->syllables[sound].fuzzy : 0;
}

static void add_features(const struct quest *quest, const struct asked *asked, struct features *features)
{
    for (size_t i = 0; i < asked->run_count; i++) {
        const struct run *run = &asked->runs[i];
        for (size_t at = run->first; at < run->first + run->count && !run->is_excluded; at++) {
            bool has_next = at + 1 < run->first + run->count;
            uint32_t group = group_of(quest, asked->units[at]);
            uint32_t next = has_next ? group_of(quest, asked->units[at + 1]) : 0;
            add_feature(features, asked->units[at], 0, false);
            if (has_next)
                add_feature(features, asked->units[at], asked->units[at + 1], false);
            if (group && next)
                add_feature(features, group, next, true);
        }
    }
}

/* Adds to the points of the documents of one part that have a feature; returns how many have it. */
static uint32_t visit(const struct quest *quest, const struct segment *segment, const struct feature *feature,
                      double *points)
{
    uint32_t documents = 0;
    if (segment->key_count > 0) {
        static const enum family families[2][2] = {{UNIT_IN_TITLE, UNIT_ELSEWHERE},
                                                   {PAIR_IN_TITLE, PAIR_ELSEWHERE}};
        for (size_t i = 0; i < (feature->is_sound ? 1 : 2); i++) {
            enum family family = feature->is_sound ? SOUND_PAIR : families[feature->b != 0][i];
            struct posting posting = posting_find(segment, family, feature->a, feature->b);
            documents += posting.count;
            for (uint32_t j = 0; points && j < posting.count; j++)
                points[posting.places[j]] += feature->weight;
        }
        return documents;
    }
    for (uint32_t place = 0; place < segment->count; place++) {
        uint32_t count;
        const uint32_t *units = units_of(segment, place, &count);
        for (uint32_t i = 0; i < count; i++) {
            uint32_t a = units[i] & UNIT_VALUE, b = i + 1 < count ? units[i + 1] & UNIT_VALUE : UNIT_WALL;
            bool has = feature->is_sound
                           ? group_of(quest, a) == feature->a && group_of(quest, b) == feature->b
                           : a == feature->a && (feature->b == 0 || b == feature->b);
            if (!has)
                continue;
            documents++;
            if (points)
                points[place] += feature->weight;
            break;
        }
    }
    return documents;
}

static void weigh(const struct quest *quest, struct features *features)
{
    double all = 0;
    for (size_t i = 0; i < quest->view->count; i++)
        all += quest->view->parts[i].segment->count;
    for (size_t i = 0; i < features->count; i++) {
        struct feature *feature = &features->list[i];
        for (size_t j = 0; j < quest->view->count; j++)
            feature->documents += visit(quest, quest->view->parts[j].segment, feature, NULL);
        double rarity = log(1 + all / (1 + feature->documents));
        feature->weight = rarity * (feature->is_sound                               ? SOUND_WEIGHT
                                    : feature->b == 0 && !unit_is_token(feature->a) ? UNIT_WEIGHT
                                                                                    : 1);
        features->total += feature->weight;
    }
}

/* Runs of which the best documents have nothing. */
static void name_dropped(const struct quest *quest, const struct asked *asked,
                         const struct features *features, const char **dropped, size_t *count)
{
    for (size_t i = 0; i < asked->run_count; i++) {
        const struct run *run = &asked->runs[i];
        bool is_known = run->is_excluded;
        for (size_t at = run->first; at < run->first + run->count; at++)
            for (size_t j = 0; j < features->count; j++)
                is_known =
                    is_known || (features->list[j].a == asked->units[at] && features->list[j].documents > 0);
        struct asked only;
        asked_only(asked, i, &only);
        if (!is_known && *count < SEARCH_RUN_LIMIT)
            dropped[(*count)++] = asked_text(quest->arena, &only);
    }
}

bool match_partly(const struct quest *quest, const struct asked *asked, struct found *found,
                  const char **dropped, size_t *dropped_count)
{
    struct features *features = arena_alloc(quest->arena, sizeof *features);
    double **points = arena_alloc_many(quest->arena, quest->view->count + 1, sizeof *points), best = 0;
    bool has_some = false;
    add_features(quest, asked, features);
    weigh(quest, features);
    for (size_t i = 0; i < quest->view->count; i++) {
        const struct part *part = &quest->view->parts[i];
        points[i] = arena_alloc_many(quest->arena, part->segment->count, sizeof **points);
        for (size_t j = 0; j < features->count; j++)
            if (features->list[j].documents > 0)
                visit(quest, part->segment, &features->list[j], points[i]);
        for (uint32_t place = 0; place < part->segment->count; place++)
            if (points[i][place] > best && part_has(part, place))
                best = points[i][place];
    }
    double least = best * SHARE_OF_BEST;
    least = least < features->total * LEAST_SHARE ? features->total * LEAST_SHARE : least;
    for (size_t i = 0; i < quest->view->count && best > 0; i++)
        for (uint32_t place = 0; place < quest->view->parts[i].segment->count; place++)
            if (points[i][place] >= least && points[i][place] > 0) {
                found_raise(found, i, place,
                            LEVEL_RELATED + (unsigned)(points[i][place] / best * (LEVELS - 1)));
                has_some = has_some || part_has(&quest->view->parts[i], place);
            }
    if (has_some)
        name_dropped(quest, asked, features, dropped, dropped_count);
    return has_some;
}
