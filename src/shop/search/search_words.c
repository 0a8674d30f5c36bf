/* search_words.c - what the merchant says about words: kept, tried, counted before and since. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/search/search_words.h"

#include "base/clock.h"
#include "base/text.h"
#include "job/job.h"
#include "shop/search/search.h"
#include "shop/staff/staff.h"
#include <inttypes.h>

const char *const search_word_kinds[] = {[SEARCH_SYNONYM] = "synonym", [SEARCH_REDIRECT] = "redirect",
                                         [SEARCH_STOP] = "stop",       [SEARCH_TAG] = "tag",
                                         [SEARCH_TAG + 1] = NULL,      [0] = ""};

#define COLUMNS                                                                                              \
    "SELECT w.id, w.kind, w.word, w.words, w.target, w.created_at, w.before_searches, w.before_missed,"      \
    " w.before_clicks, CAST(COALESCE(SUM(d.searches), 0) AS BIGINT) - w.day_searches,"                       \
    " CAST(COALESCE(SUM(d.missed), 0) AS BIGINT) - w.day_missed,"                                            \
    " CAST(COALESCE(SUM(d.clicks), 0) AS BIGINT) - w.day_clicks FROM search_words w"                         \
    " LEFT JOIN search_days d ON d.shop_id = w.shop_id AND d.word = w.word AND d.day >= w.day"               \
    " WHERE w.shop_id = $1 AND (CAST($2 AS BIGINT) = 0 OR w.kind = $2)"                                      \
    " GROUP BY w.id, w.kind, w.word, w.words, w.target, w.created_at, w.before_searches, w.before_missed,"   \
    " w.before_clicks, w.day_searches, w.day_missed, w.day_clicks ORDER BY w.id DESC LIMIT $3"

err search_word_list(struct ctx *ctx, enum search_word_kind kind, struct search_word **words, size_t *count)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows, COLUMNS, db_int(ctx->shop->id), db_int(kind),
                 db_int((int64_t)SEARCH_TAG * SEARCH_WORDS_LIMIT)));
    *words = arena_alloc_many(ctx->arena, db_row_count(rows) + 1, sizeof **words);
    *count = 0;
    while (db_next(rows))
        (*words)[(*count)++] =
            (struct search_word){.id = db_get_int(rows, 0),
                                 .kind = (enum search_word_kind)db_get_int(rows, 1),
                                 .word = db_get_text(rows, 2),
                                 .words = db_get_text(rows, 3),
                                 .target = db_get_text(rows, 4),
                                 .created_at = db_get_int(rows, 5),
                                 .before = {db_get_int(rows, 6), db_get_int(rows, 7), db_get_int(rows, 8)},
                                 .after = {db_get_int(rows, 9), db_get_int(rows, 10), db_get_int(rows, 11)}};
    return NULL;
}

/* ---- what is right ---- */

/* Words between commas or in lines, plain, each once; the word itself is the first. *count gets how many. */
static const char *plain_group(struct ctx *ctx, const struct search_word *word, size_t *count)
{
    static const char *const signs[] = {",", "\r", "，", "、", "；", ";", "|", "="};
    const char *list[SEARCH_GROUP_LIMIT + 2];
    char *typed = arena_format(ctx->arena, "%s\n%s", word->word, word->words), *rest = NULL;
    struct text_buf all;
    size_t have = 0;
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
        for (char *at = typed; (at = strstr(at, signs[i]));)
            memset(at, '\n', strlen(signs[i]));
    for (char *at = strtok_r(typed, "\n", &rest); at && have < SEARCH_GROUP_LIMIT + 1;
         at = strtok_r(NULL, "\n", &rest)) {
        const char *plain = search_plain(ctx->arena, at);
        bool is_there = text_is_blank(plain);
        for (size_t i = 0; i < have && !is_there; i++)
            is_there = text_is(list[i], plain);
        if (!is_there)
            list[have++] = plain;
    }
    text_open(&all, ctx->arena, (size_t)8 * SEARCH_GROUP_LENGTH);
    for (size_t i = 0; i < have; i++) {
        text_add(&all, i > 0 ? "\n" : "");
        text_add(&all, list[i]);
    }
    *count = have;
    return text_of(&all);
}

/* A path of this shop; what leads outside, or to the back office, is none. */
static bool is_path(const char *path)
{
    return path[0] == '/' && path[1] != '/' && path[1] != '\\' && !strpbrk(path, " \\\"<>") &&
           !text_starts(path, "/admin") && !text_starts(path, "/search") && !text_starts(path, "/api/");
}

static err check_words(struct ctx *ctx, struct search_word *word)
{
    size_t count;
    if (utf8_length(word->words, strlen(word->words)) > SEARCH_GROUP_LENGTH)
        return fail_field(ctx, "words", "too-long", "at most 200 characters");
    word->words = plain_group(ctx, word, &count);
    if (count < 2)
        return fail_field(ctx, "words", "search-same", "another word that means the same");
    if (count > SEARCH_GROUP_LIMIT)
        return fail_field(ctx, "words", "search-many", "at most 8 words mean the same");
    return NULL;
}

err search_word_check(struct ctx *ctx, struct search_word *word)
{
    word->word = search_word_of(ctx, word->word);
    word->words = word->words ? word->words : "";
    word->target = word->target ? text_trim(ctx->arena, word->target) : "";
    if (!word->word[0])
        return fail_field(ctx, "word", "required", "a word that people type");
    if (word->kind == SEARCH_SYNONYM)
        return check_words(ctx, word);
    word->words = "";
    if (strlen(word->target) > SEARCH_TARGET_LIMIT)
        return fail_field(ctx, "target", "too-long", "at most 300 bytes");
    if (word->kind == SEARCH_REDIRECT && !is_path(word->target))
        return fail_field(ctx, "target", "search-path", "a page of this shop, /categories/tents");
    return NULL;
}

/* ---- saving ---- */

static err count_words(struct ctx *ctx, const struct search_word *word, int64_t *all, int64_t *same)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT COUNT(*), COALESCE(SUM(CASE WHEN word = $3 THEN 1 ELSE 0 END), 0) FROM search_words"
                 " WHERE shop_id = $1 AND kind = $2",
                 db_int(ctx->shop->id), db_int(word->kind), db_text(word->word)));
    *all = *same = 0;
    if (db_next(rows)) {
        *all = db_get_int(rows, 0);
        *same = db_get_int(rows, 1);
    }
    return NULL;
}

static err write_word(struct ctx *ctx, const struct search_word *word)
{
    struct search_counts day;
    TRY(search_word_counts(ctx, word->word, 1, &day));
    return db_execute(
        ctx,
        "INSERT INTO search_words (shop_id, id, kind, word, words, target, staff_id, created_at, day,"
        " before_searches, before_missed, before_clicks, day_searches, day_missed, day_clicks)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
        db_int(ctx->shop->id), db_int(word->id), db_int(word->kind), db_text(word->word),
        db_text(word->words), db_text(word->target), db_int(ctx->actor_id), db_int(ctx->now),
        db_int(clock_day_number(ctx->now, ctx->shop->zone)), db_int(word->before.searches),
        db_int(word->before.missed), db_int(word->before.clicks), db_int(day.searches), db_int(day.missed),
        db_int(day.clicks));
}

static const char *audit_text(struct ctx *ctx, const struct search_word *word)
{
    char *words = arena_copy_text(ctx->arena, word->kind == SEARCH_SYNONYM ? word->words : word->target);
    for (char *at = words; (at = strchr(at, '\n'));)
        *at = ' ';
    return words;
}

static err tell(struct ctx *ctx, const struct search_word *word, const char *kind, bool is_new)
{
    const char *what = audit_text(ctx, word);
    TRY(outbox_emit(ctx, "search.words", word->id, value_object(ctx->arena)));
    return audit_note(ctx, &(struct audit_entry){.kind = kind,
                                                 .subject = "searches?tab=words",
                                                 .title = word->word,
                                                 .before = is_new ? "" : what,
                                                 .after = is_new ? what : ""});
}

static err save_in_transaction(struct ctx *ctx, void *arg)
{
    struct search_word *word = arg;
    int64_t all, same;
    TRY(count_words(ctx, word, &all, &same));
    if (same > 0)
        return fail_field(ctx, "word", "search-twice", "this word has one already");
    if (all >= SEARCH_WORDS_LIMIT)
        return fail_with(ctx, ERR_LIMIT, "at most %d of a kind", SEARCH_WORDS_LIMIT);
    TRY(search_word_counts(ctx, word->word, SEARCH_BEFORE_DAYS, &word->before));
    word->id = id_new(ctx);
    TRY(write_word(ctx, word));
    return tell(ctx, word, "search.word-made", true);
}

err search_word_save(struct ctx *ctx, struct search_word *word)
{
    TRY(search_word_check(ctx, word));
    if (!db_in_transaction(ctx))
        TRY(search_flush(ctx));
    err failure = db_transact(ctx, save_in_transaction, word);
    if (failure && failure->code == ERR_DUPLICATE)
        return fail_field(ctx, "word", "search-twice", "this word has one already");
    return failure;
}

struct removal {
    int64_t word_id;
    struct search_word word;
};

static err remove_in_transaction(struct ctx *ctx, void *arg)
{
    const struct removal *removal = arg;
    TRY(db_expect(ctx, 1, ERR_NOT_FOUND, "no such word",
                  "DELETE FROM search_words WHERE shop_id = $1 AND id = $2", db_int(ctx->shop->id),
                  db_int(removal->word_id)));
    return tell(ctx, &removal->word, "search.word-removed", false);
}

err search_word_remove(struct ctx *ctx, int64_t word_id)
{
    struct search_word *words;
    size_t count;
    TRY(search_word_list(ctx, 0, &words, &count));
    for (size_t i = 0; i < count; i++)
        if (words[i].id == word_id)
            return db_transact(ctx, remove_in_transaction, &(struct removal){word_id, words[i]});
    return fail_with(ctx, ERR_NOT_FOUND, "no such word");
}

/* ---- trying ---- */

const char *search_group_of(struct ctx *ctx, const char *words)
{
    struct text_buf group;
    text_open(&group, ctx->arena, (size_t)16 * SEARCH_GROUP_LENGTH);
    for (const char *at = words; *at;) {
        size_t length = strcspn(at, "\n");
        text_add(&group, group.len > 0 ? " \"" : "\"");
        text_add_bytes(&group, at, length);
        text_add(&group, "\"");
        at += length + (at[length] == '\n');
    }
    return text_of(&group);
}

static err ask_literally(struct ctx *ctx, struct search_query *query, int64_t *total,
                         struct search_trial *trial)
{
    struct search_answer answer;
    query->is_literal = true;
    TRY(finder_ask(ctx, query, &answer));
    *total = answer.total;
    for (size_t i = 0; trial && i < answer.hit_count; i++)
        trial->product_ids[trial->count++] = answer.hits[i].id;
    return NULL;
}

err search_word_try(struct ctx *ctx, const struct search_word *word, const char *text, size_t limit,
                    struct search_trial *trial)
{
    struct search_query query = {.text = text, .limit = limit};
    *trial = (struct search_trial){.product_ids = arena_alloc_many(ctx->arena, limit + 1, sizeof(int64_t))};
    TRY(ask_literally(ctx, &query, &trial->before, NULL));
    query.try_group = word->kind == SEARCH_SYNONYM ? search_group_of(ctx, word->words) : NULL;
    query.try_stop = word->kind == SEARCH_STOP ? word->word : NULL;
    return ask_literally(ctx, &query, &trial->after, trial);
}
