/* search_log.c - notes in memory, and how they are written down. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/search/search_log.h"

#include "base/clock.h"
#include "base/crypto.h"
#include "base/text.h"
#include "db/db.h"
#include "shop/search/search_parts.h"
#include "shop/services.h"

/* Notes that wait; more of them are lost. */
#define WAITING 4096
#define BUYER_BYTES (2 * CRYPTO_INDEX_BYTES + 1)
/* So many digits in a row may be a phone number or that of an order. */
#define DIGITS_MOST 6

struct waiting {
    int64_t shop_id, product_id, hits;
    char word[SEARCH_WORD_BYTES];
    char buyer[BUYER_BYTES]; /* "" = not known */
    bool is_click, is_nothing;
};

struct finder_log {
    pthread_mutex_t lock;
    size_t count;
    struct waiting notes[WAITING];
};

struct finder_log *finder_log_open(struct arena *arena)
{
    struct finder_log *log = arena_alloc_vast(arena, sizeof *log);
    pthread_mutex_init(&log->lock, NULL);
    return log;
}

static bool is_personal(const char *text)
{
    int digits = 0;
    for (; *text; text++) {
        bool is_digit = *text >= '0' && *text <= '9';
        digits = is_digit ? digits + 1 : *text == ' ' || *text == '-' ? digits : 0;
        if (*text == '@' || digits > DIGITS_MOST)
            return true;
    }
    return false;
}

const char *search_word_of(struct ctx *ctx, const char *text)
{
    const char *plain = search_plain(ctx->arena, text);
    size_t length = utf8_prefix(plain, strlen(plain), SEARCH_WORD_LENGTH);
    while (length >= SEARCH_WORD_BYTES || (length > 0 && ((unsigned char)plain[length] & 0xC0) == 0x80))
        length--;
    return is_personal(plain) || is_personal(text)
               ? ""
               : text_trim(ctx->arena, arena_copy(ctx->arena, plain, length));
}

static void set_buyer(struct ctx *ctx, const char *buyer, char out[BUYER_BYTES])
{
    unsigned char index[CRYPTO_INDEX_BYTES];
    if (!buyer || !buyer[0])
        return;
    crypto_blind_index(ctx, "search.buyer",
                       arena_format(ctx->arena, "%lld %s", (long long)ctx->shop->id, buyer), index);
    memcpy(out, crypto_hex(ctx->arena, index, sizeof index), BUYER_BYTES);
}

void search_note(struct ctx *ctx, const struct search_note *note)
{
    struct finder *finder = ctx->services ? ctx->services->finder : NULL;
    const char *word = search_word_of(ctx, note->text);
    if (!finder || !word[0])
        return;
    struct waiting waiting = {.shop_id = ctx->shop->id,
                              .product_id = note->product_id,
                              .hits = note->hits,
                              .is_click = note->is_click,
                              .is_nothing = note->is_nothing};
    memcpy(waiting.word, word, strlen(word) + 1);
    set_buyer(ctx, note->buyer, waiting.buyer);
    pthread_mutex_lock(&finder->log->lock);
    if (finder->log->count < WAITING)
        finder->log->notes[finder->log->count++] = waiting;
    pthread_mutex_unlock(&finder->log->lock);
}

size_t finder_log_shops(struct finder_log *log, int64_t *shop_ids, size_t limit)
{
    size_t count = 0;
    pthread_mutex_lock(&log->lock);
    for (size_t i = 0; i < log->count && count < limit; i++) {
        bool is_there = false;
        for (size_t j = 0; j < count && !is_there; j++)
            is_there = shop_ids[j] == log->notes[i].shop_id;
        if (!is_there)
            shop_ids[count++] = log->notes[i].shop_id;
    }
    pthread_mutex_unlock(&log->lock);
    return count;
}

/* ---- writing down ---- */

struct batch {
    struct waiting *notes; /* by word, then buyer */
    size_t count;
    int64_t day;
};

static int compare_notes(const void *a, const void *b)
{
    const struct waiting *x = a, *y = b;
    int words = strcmp(x->word, y->word);
    return words ? words : strcmp(x->buyer, y->buyer);
}

static struct batch take_notes(struct ctx *ctx, struct finder_log *log)
{
    struct batch batch = {.day = clock_day_number(ctx->now, ctx->shop->zone)};
    size_t kept = 0;
    pthread_mutex_lock(&log->lock);
    batch.notes = arena_alloc_many(ctx->arena, log->count + 1, sizeof *batch.notes);
    for (size_t i = 0; i < log->count; i++) {
        if (log->notes[i].shop_id == ctx->shop->id)
            batch.notes[batch.count++] = log->notes[i];
        else
            log->notes[kept++] = log->notes[i];
    }
    log->count = kept;
    pthread_mutex_unlock(&log->lock);
    qsort(batch.notes, batch.count, sizeof *batch.notes, compare_notes);
    return batch;
}

struct tally {
    struct search_counts counts;
    int64_t hits;
};

static void count_note(struct tally *tally, const struct waiting *note)
{
    tally->counts.searches += !note->is_click;
    tally->counts.missed += !note->is_click && note->is_nothing;
    tally->counts.clicks += note->is_click;
    tally->hits = note->is_click ? tally->hits : note->hits;
}

static void add_tally(struct tally *sum, const struct tally *more)
{
    sum->counts.searches += more->counts.searches;
    sum->counts.missed += more->counts.missed;
    sum->counts.clicks += more->counts.clicks;
}

static err write_tally(struct ctx *ctx, int64_t day, const char *word, const struct tally *tally)
{
    return db_execute(
        ctx,
        "INSERT INTO search_days (shop_id, day, word, searches, missed, clicks, hits)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (shop_id, day, word) DO UPDATE SET"
        " searches = search_days.searches + excluded.searches, missed = search_days.missed + excluded.missed,"
        " clicks = search_days.clicks + excluded.clicks,"
        " hits = CASE WHEN excluded.searches > 0 THEN excluded.hits ELSE search_days.hits END",
        db_int(ctx->shop->id), db_int(day), db_text(word), db_int(tally->counts.searches),
        db_int(tally->counts.missed), db_int(tally->counts.clicks), db_int(tally->hits));
}

static err write_total(struct ctx *ctx, int64_t day, const struct search_counts *counts)
{
    return db_execute(ctx,
                      "INSERT INTO search_totals (shop_id, day, searches, missed, clicks)"
                      " VALUES ($1, $2, $3, $4, $5) ON CONFLICT (shop_id, day) DO UPDATE SET"
                      " searches = search_totals.searches + excluded.searches,"
                      " missed = search_totals.missed + excluded.missed,"
                      " clicks = search_totals.clicks + excluded.clicks",
                      db_int(ctx->shop->id), db_int(day), db_int(counts->searches), db_int(counts->missed),
                      db_int(counts->clicks));
}

static err write_buyer(struct ctx *ctx, int64_t day, const struct waiting *note)
{
    return db_execute(
        ctx,
        "INSERT INTO search_buyers (shop_id, word, buyer, day)"
        " SELECT CAST($1 AS BIGINT), CAST($2 AS TEXT), CAST($3 AS TEXT), CAST($4 AS BIGINT)"
        " WHERE (SELECT COUNT(*) FROM search_buyers b WHERE b.shop_id = $1 AND b.word = $2) < $5"
        " ON CONFLICT (shop_id, word, buyer) DO UPDATE SET day = excluded.day",
        db_int(ctx->shop->id), db_text(note->word), db_text(note->buyer), db_int(day),
        db_int(SEARCH_BUYERS_MOST));
}

static err write_click(struct ctx *ctx, int64_t day, const struct waiting *note)
{
    return db_execute(
        ctx,
        "INSERT INTO search_clicks (shop_id, word, product_id, clicks, day)"
        " SELECT CAST($1 AS BIGINT), CAST($2 AS TEXT), CAST($3 AS BIGINT), 1, CAST($4 AS BIGINT)"
        " WHERE (SELECT COUNT(*) FROM search_clicks c WHERE c.shop_id = $1 AND c.word = $2) < $5"
        " ON CONFLICT (shop_id, word, product_id) DO UPDATE SET clicks = search_clicks.clicks + 1, day = "
        "excluded.day",
        db_int(ctx->shop->id), db_text(note->word), db_int(note->product_id), db_int(day),
        db_int(SEARCH_CLICKS_MOST));
}

static err load_known(struct ctx *ctx, int64_t day, const char ***words, size_t *count)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows, "SELECT word FROM search_days WHERE shop_id = $1 AND day = $2 LIMIT $3",
                 db_int(ctx->shop->id), db_int(day), db_int(INT64_C(2) * SEARCH_DAY_WORDS)));
    *words = arena_alloc_many(ctx->arena, db_row_count(rows) + 1, sizeof **words);
    *count = 0;
    while (db_next(rows))
        (*words)[(*count)++] = db_get_text(rows, 0);
    return NULL;
}

static bool is_known(const char *const *words, size_t count, const char *word)
{
    for (size_t i = 0; i < count; i++)
        if (text_is(words[i], word))
            return true;
    return false;
}

/* Who searched, each once, and what was opened; all of one word. */
static err write_parts(struct ctx *ctx, int64_t day, const struct waiting *notes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        bool is_new = i == 0 || !text_is(notes[i].buyer, notes[i - 1].buyer);
        if (is_new && notes[i].buyer[0])
            TRY(write_buyer(ctx, day, &notes[i]));
        if (notes[i].is_click && notes[i].product_id)
            TRY(write_click(ctx, day, &notes[i]));
    }
    return NULL;
}

static err write_notes(struct ctx *ctx, void *arg)
{
    const struct batch *batch = arg;
    struct tally rest = {0}, total = {0};
    const char **known;
    size_t have;
    TRY(load_known(ctx, batch->day, &known, &have));
    size_t known_count = have;
    for (size_t from = 0, to; from < batch->count; from = to) {
        struct tally tally = {0};
        const char *word = batch->notes[from].word;
        for (to = from; to < batch->count && text_is(batch->notes[to].word, word); to++)
            count_note(&tally, &batch->notes[to]);
        add_tally(&total, &tally);
        bool is_old = is_known(known, known_count, word);
        if (!is_old && have >= SEARCH_DAY_WORDS) {
            add_tally(&rest, &tally);
            continue;
        }
        have += !is_old;
        TRY(write_tally(ctx, batch->day, word, &tally));
        TRY(write_parts(ctx, batch->day, batch->notes + from, to - from));
    }
    if (rest.counts.searches + rest.counts.clicks > 0)
        TRY(write_tally(ctx, batch->day, "", &rest));
    return write_total(ctx, batch->day, &total.counts);
}

err search_flush(struct ctx *ctx)
{
    struct finder *finder = ctx->services ? ctx->services->finder : NULL;
    if (!finder)
        return NULL;
    struct batch batch = take_notes(ctx, finder->log);
    if (batch.count == 0)
        return NULL;
    TRY(db_transact(ctx, write_notes, &batch));
    lexicons_touch(finder->lexicons, ctx->shop->id);
    return NULL;
}
