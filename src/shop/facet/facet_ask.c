/* facet_ask.c - the answer to a choice: which products, and how many there would be with each value. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/facet/facet_bits.h"

#include "base/text.h"
#include <inttypes.h>
#include <stdlib.h>

/* Prices that are looked at to find bands. */
#define SAMPLE 1024
/* Of ATTRIBUTE_NUMBER. */
#define NUMBER_DIGITS 12
#define DECIMALS 3

struct set {
    uint64_t *words;
};

struct found_value {
    int64_t facet_id;
    const char *value;
    size_t group;
    struct set bits;
};

struct board {
    size_t blocks;
    size_t words;
    struct found_value *values;
    size_t value_count;
    struct set shelf;
    const unsigned char *ids[FACET_BLOCK_LIMIT];
    const unsigned char *prices[FACET_BLOCK_LIMIT];
    size_t spots[FACET_BLOCK_LIMIT];           /* in use */
    struct set chosen[FACET_COLUMN_LIMIT + 1]; /* by group, the last by price; without words = all */
};

static struct set set_new(struct ctx *ctx, const struct board *board)
{
    return (struct set){arena_alloc_many(ctx->arena, board->words + 1, sizeof(uint64_t))};
}

static int64_t price_at(const struct board *board, size_t spot)
{
    return number_at(board->prices[spot / FACET_BLOCK_SPOTS], spot % FACET_BLOCK_SPOTS);
}

static int64_t id_at(const struct board *board, size_t spot)
{
    return number_at(board->ids[spot / FACET_BLOCK_SPOTS], spot % FACET_BLOCK_SPOTS);
}

/* ---- reading ---- */

static err read_numbers(struct ctx *ctx, struct board *board, struct db_rows *rows)
{
    while (db_next(rows)) {
        size_t block = (size_t)db_get_int(rows, 0), length, other;
        if (block >= FACET_BLOCK_LIMIT)
            return fail_with(ctx, ERR_INTERNAL, "a facet block past the limit");
        board->ids[block] = db_get_bytes(rows, 1, &length);
        board->prices[block] = db_get_bytes(rows, 2, &other);
        board->spots[block] = (length < other ? length : other) / 8;
        board->blocks = block + 1 > board->blocks ? block + 1 : board->blocks;
    }
    board->words = board->blocks * BLOCK_WORDS;
    board->shelf = set_new(ctx, board);
    return NULL;
}

static const struct facet_column *column_of(const struct facet_query *query, int64_t facet_id)
{
    for (size_t i = 0; i < query->column_count; i++)
        if (query->columns[i].facet_id == facet_id)
            return &query->columns[i];
    return NULL;
}

static err read_blocks(struct ctx *ctx, const struct facet_query *query, struct board *board,
                       struct db_rows *rows)
{
    struct found_value *last = NULL;
    board->values = arena_alloc_many(ctx->arena, db_row_count(rows) + 1, sizeof *board->values);
    while (db_next(rows)) {
        int64_t facet_id = db_get_int(rows, 0);
        const char *value = db_get_text(rows, 1);
        size_t block = (size_t)db_get_int(rows, 2), length;
        const unsigned char *bytes = db_get_bytes(rows, 3, &length);
        struct set *into = &board->shelf;
        const struct facet_column *column = column_of(query, facet_id);
        if (block >= board->blocks)
            continue;
        if (facet_id != query->shelf_id || column) {
            if (!last || last->facet_id != facet_id || !text_is(last->value, value)) {
                last = &board->values[board->value_count++];
                *last =
                    (struct found_value){facet_id, value, column ? column->group : 0, set_new(ctx, board)};
            }
            into = &last->bits;
        }
        if (!bits_read(bytes, length, into->words + block * BLOCK_WORDS))
            return fail_with(ctx, ERR_INTERNAL, "a block of facet bits is damaged");
        if (facet_id == query->shelf_id && column)
            memcpy(board->shelf.words + block * BLOCK_WORDS, into->words + block * BLOCK_WORDS, BLOCK_BYTES);
    }
    return NULL;
}

static err read_board(struct ctx *ctx, const struct facet_query *query, struct board *board)
{
    struct db_rows *numbers, *blocks;
    struct db_value values[DB_IDS_VALUES];
    int64_t ids[DB_IDS_LIMIT] = {query->shelf_id};
    size_t count = 1;
    for (size_t i = 0; i < query->column_count; i++)
        ids[count++] = query->columns[i].facet_id;
    db_bind_ids(ctx, ids, count, values);
    TRY(db_ask(ctx, &numbers,
               "SELECT block, ids, prices FROM facet_numbers WHERE shop_id = $1 ORDER BY block",
               db_int(ctx->shop->id)));
    TRY(db_query_values(ctx, &blocks,
                        "SELECT facet_id, value, block, bits FROM facet_blocks WHERE shop_id = $1"
                        " AND facet_id IN " DB_IDS " ORDER BY facet_id, value, block",
                        values, DB_IDS_VALUES));
    TRY(read_numbers(ctx, board, numbers));
    return read_blocks(ctx, query, board, blocks);
}

/* ---- choosing ---- */

static void set_or(const struct board *board, struct set *into, const struct set *from)
{
    for (size_t i = 0; i < board->words; i++)
        into->words[i] |= from->words[i];
}

static bool is_in_bands(const struct facet_band *bands, size_t count, int64_t price)
{
    for (size_t i = 0; i < count; i++)
        if (price >= bands[i].low && price < bands[i].high)
            return true;
    return false;
}

/* Calls for every bit of a set: `for (each = first; …)` over spots. */
static size_t next_spot(const struct board *board, const struct set *set, size_t from)
{
    for (size_t word = from / 64; word < board->words; word++) {
        uint64_t rest = set->words[word];
        if (word == from / 64)
            rest &= ~UINT64_C(0) << from % 64;
        if (rest)
            return word * 64 + (size_t)__builtin_ctzll(rest);
    }
    return SIZE_MAX;
}

bool facet_number(const char *text, int64_t *number)
{
    bool is_negative = *text == '-';
    int digits = 0, decimals = -1;
    *number = 0;
    for (text += is_negative; *text; text++) {
        if (*text == '.' && decimals < 0 && digits > 0) {
            decimals = 0;
            continue;
        }
        if (*text < '0' || *text > '9' || decimals == DECIMALS || ++digits > NUMBER_DIGITS + DECIMALS)
            return false;
        *number = *number * 10 + (*text - '0');
        decimals += decimals >= 0;
    }
    for (int i = decimals < 0 ? 0 : decimals; i < DECIMALS; i++)
        *number *= 10;
    *number = is_negative ? -*number : *number;
    return digits > 0 && decimals != 0;
}

/* Of the group that is chosen in, one more value. */
static void choose_value(struct ctx *ctx, struct board *board, size_t group, const struct found_value *value)
{
    struct set *chosen = &board->chosen[group];
    if (!chosen->words)
        *chosen = set_new(ctx, board);
    if (value)
        set_or(board, chosen, &value->bits);
}

static void choose_ranges(struct ctx *ctx, const struct facet_query *query, struct board *board)
{
    for (size_t i = 0; i < query->range_count; i++) {
        const struct facet_range *range = &query->ranges[i];
        const struct facet_column *column = column_of(query, range->facet_id);
        int64_t number;
        if (!column)
            continue;
        choose_value(ctx, board, column->group, NULL);
        for (size_t j = 0; j < board->value_count; j++)
            if (board->values[j].facet_id == range->facet_id &&
                facet_number(board->values[j].value, &number) && number >= range->low && number < range->high)
                choose_value(ctx, board, column->group, &board->values[j]);
    }
}

static void choose(struct ctx *ctx, const struct facet_query *query, struct board *board)
{
    for (size_t i = 0; i < query->choice_count; i++) {
        const struct facet_choice *choice = &query->choices[i];
        const struct facet_column *column = column_of(query, choice->facet_id);
        if (!column)
            continue;
        choose_value(ctx, board, column->group, NULL);
        for (size_t j = 0; j < board->value_count; j++)
            if (board->values[j].facet_id == choice->facet_id &&
                text_is(board->values[j].value, choice->value))
                choose_value(ctx, board, column->group, &board->values[j]);
    }
    choose_ranges(ctx, query, board);
    if (query->band_count == 0)
        return;
    struct set *by_price = &board->chosen[FACET_COLUMN_LIMIT];
    *by_price = set_new(ctx, board);
    for (size_t spot = next_spot(board, &board->shelf, 0); spot != SIZE_MAX;
         spot = next_spot(board, &board->shelf, spot + 1))
        if (is_in_bands(query->bands, query->band_count, price_at(board, spot)))
            by_price->words[spot / 64] |= UINT64_C(1) << spot % 64;
}

/* The shelf under all choices but those of one group. */
static struct set narrowed(struct ctx *ctx, const struct board *board, size_t except)
{
    struct set set = set_new(ctx, board);
    memcpy(set.words, board->shelf.words, board->words * sizeof(uint64_t));
    for (size_t group = 0; group <= FACET_COLUMN_LIMIT; group++) {
        const uint64_t *chosen = board->chosen[group].words;
        for (size_t i = 0; chosen && group != except && i < board->words; i++)
            set.words[i] &= chosen[i];
    }
    return set;
}

static int64_t count_both(const struct board *board, const struct set *a, const struct set *b)
{
    int64_t sum = 0;
    for (size_t i = 0; i < board->words; i++)
        sum += __builtin_popcountll(a->words[i] & b->words[i]);
    return sum;
}

static void count_values(struct ctx *ctx, const struct board *board, const struct set *all,
                         struct facet_answer *answer)
{
    struct set without[FACET_COLUMN_LIMIT + 1] = {0};
    answer->values = arena_alloc_many(ctx->arena, board->value_count + 1, sizeof *answer->values);
    for (size_t i = 0; i < board->value_count; i++) {
        const struct found_value *value = &board->values[i];
        const struct set *base = all;
        int64_t whole = count_both(board, &board->shelf, &value->bits);
        if (whole == 0)
            continue;
        if (board->chosen[value->group].words) {
            if (!without[value->group].words)
                without[value->group] = narrowed(ctx, board, value->group);
            base = &without[value->group];
        }
        answer->values[answer->value_count++] = (struct facet_value){
            value->facet_id, value->value, value->group, count_both(board, base, &value->bits), whole};
    }
}

/* ---- prices ---- */

static int by_number(const void *left, const void *right)
{
    int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;
    return (a > b) - (a < b);
}

/* 12,345 → 10,000; 78,900 → 50,000. */
static int64_t round_down(int64_t number)
{
    int64_t step = 1;
    while (number / step >= 10)
        step *= 10;
    int64_t head = number / step;
    return (head >= 5 ? 5 : head >= 2 ? 2 : 1) * step;
}

/* Ends of bands at round prices that part the shelf about evenly. */
static void find_bands(struct ctx *ctx, const struct board *board, struct facet_answer *answer)
{
    size_t count = (size_t)bits_count(board->shelf.words, board->words), taken = 0, seen = 0;
    size_t step = count / SAMPLE + 1;
    int64_t *sample = arena_alloc_many(ctx->arena, count / step + 2, sizeof *sample), last = 0;
    for (size_t spot = next_spot(board, &board->shelf, 0); spot != SIZE_MAX;
         spot = next_spot(board, &board->shelf, spot + 1))
        if (seen++ % step == 0)
            sample[taken++] = price_at(board, spot);
    if (taken == 0)
        return;
    qsort(sample, taken, sizeof *sample, by_number);
    for (size_t part = 1; part < FACET_BAND_LIMIT; part++) {
        int64_t price = sample[taken * part / FACET_BAND_LIMIT];
        int64_t end = price > 0 ? round_down(price) : 0;
        if (end <= last || end <= sample[0])
            continue;
        answer->bands[answer->band_count++] = (struct facet_band){last, end, 0};
        last = end;
    }
    if (answer->band_count > 0)
        answer->bands[answer->band_count++] = (struct facet_band){last, INT64_MAX, 0};
}

static void count_bands(struct ctx *ctx, const struct board *board, struct facet_answer *answer)
{
    struct set base = narrowed(ctx, board, FACET_COLUMN_LIMIT);
    find_bands(ctx, board, answer);
    for (size_t spot = next_spot(board, &base, 0); answer->band_count > 0 && spot != SIZE_MAX;
         spot = next_spot(board, &base, spot + 1))
        for (size_t i = 0; i < answer->band_count; i++)
            if (price_at(board, spot) >= answer->bands[i].low &&
                price_at(board, spot) < answer->bands[i].high)
                answer->bands[i].count++;
}

/* ---- the page ---- */

struct spot_key {
    int64_t key;
    int64_t id;
};

static int compare_keys(const struct spot_key *a, const struct spot_key *b)
{
    if (a->key != b->key)
        return a->key < b->key ? -1 : 1;
    return (a->id > b->id) - (a->id < b->id);
}

/* Ascending in every order: newest first and dearest first are counted down. */
static struct spot_key key_of(enum product_sort sort, int64_t product_id, int64_t price)
{
    if (sort == SORT_PRICE_UP)
        return (struct spot_key){price, product_id};
    if (sort == SORT_PRICE_DOWN)
        return (struct spot_key){-price, -product_id};
    return (struct spot_key){-product_id, 0};
}

static err read_cursor(struct ctx *ctx, const struct facet_query *query, struct spot_key *behind)
{
    int64_t first, second;
    *behind = (struct spot_key){INT64_MIN, INT64_MIN};
    if (!query->cursor || !query->cursor[0])
        return NULL;
    char *copy = arena_copy_text(ctx->arena, query->cursor);
    char *dot = strchr(copy, '.');
    if (dot)
        *dot = 0;
    if (!dot || !text_to_int(copy, &first) || !text_to_int(dot + 1, &second) || first < 0 || second < 0)
        return fail_with(ctx, ERR_BAD_REQUEST, "this is no cursor of ours");
    *behind = key_of(query->sort, second, first);
    return NULL;
}

/* The first of a set behind a place, in order: the best so far, and one more to see whether there is more. */
static void take_page(const struct board *board, const struct set *all, const struct facet_query *query,
                      const struct spot_key *behind, struct spot_key *best, size_t *have)
{
    size_t most = (size_t)query->limit + 1;
    *have = 0;
    for (size_t spot = next_spot(board, all, 0); spot != SIZE_MAX; spot = next_spot(board, all, spot + 1)) {
        struct spot_key key = key_of(query->sort, id_at(board, spot), price_at(board, spot));
        if (compare_keys(&key, behind) <= 0 || (*have == most && compare_keys(&key, &best[most - 1]) >= 0))
            continue;
        size_t at = *have < most ? (*have)++ : most - 1;
        for (; at > 0 && compare_keys(&best[at - 1], &key) > 0; at--)
            best[at] = best[at - 1];
        best[at] = key;
    }
}

static int64_t id_of(enum product_sort sort, const struct spot_key *key)
{
    return sort == SORT_PRICE_UP ? key->id : sort == SORT_PRICE_DOWN ? -key->id : -key->key;
}

static err sorted_page(struct ctx *ctx, const struct board *board, const struct set *all,
                       const struct facet_query *query, struct facet_answer *answer)
{
    struct spot_key best[FACET_PAGE_LIMIT + 2], behind;
    size_t have;
    TRY(read_cursor(ctx, query, &behind));
    take_page(board, all, query, &behind, best, &have);
    answer->product_count = have > (size_t)query->limit ? (size_t)query->limit : have;
    for (size_t i = 0; i < answer->product_count; i++)
        answer->product_ids[i] = id_of(query->sort, &best[i]);
    if (have > (size_t)query->limit) {
        int64_t id = answer->product_ids[answer->product_count - 1];
        int64_t key = query->sort == SORT_PRICE_UP     ? best[answer->product_count - 1].key
                      : query->sort == SORT_PRICE_DOWN ? -best[answer->product_count - 1].key
                                                       : id;
        answer->next_cursor = arena_format(ctx->arena, "%" PRId64 ".%" PRId64, key, id);
    }
    return NULL;
}

/* The order of a collection that people filled: those of its products that are left. */
static err page_by_hand(struct ctx *ctx, const struct board *board, const struct set *all,
                        const struct facet_query *query, struct facet_answer *answer)
{
    int64_t hand[COLLECTION_HAND_LIMIT], behind = 0, key;
    size_t count, left = 0;
    TRY(collection_hand_list(ctx, query->shelf_id, hand, COLLECTION_HAND_LIMIT, &count));
    int64_t *ids =
        arena_alloc_many(ctx->arena, (size_t)bits_count(all->words, board->words) + 1, sizeof *ids);
    for (size_t spot = next_spot(board, all, 0); spot != SIZE_MAX; spot = next_spot(board, all, spot + 1))
        ids[left++] = id_at(board, spot);
    qsort(ids, left, sizeof *ids, by_number);
    if (query->cursor && query->cursor[0]) {
        const char *dot = strchr(query->cursor, '.');
        if (!dot || !text_to_int(dot + 1, &behind) ||
            !text_to_int(arena_copy(ctx->arena, query->cursor, (size_t)(dot - query->cursor)), &key))
            return fail_with(ctx, ERR_BAD_REQUEST, "this is no cursor of ours");
    }
    bool is_behind = behind == 0;
    for (size_t i = 0; i < count; i++) {
        if (is_behind && left > 0 && bsearch(&hand[i], ids, left, sizeof *ids, by_number)) {
            if (answer->product_count == (size_t)query->limit) {
                int64_t last = answer->product_ids[answer->product_count - 1];
                answer->next_cursor = arena_format(ctx->arena, "%" PRId64 ".%" PRId64, last, last);
                break;
            }
            answer->product_ids[answer->product_count++] = hand[i];
        }
        is_behind = is_behind || hand[i] == behind;
    }
    return NULL;
}

err facet_ask(struct ctx *ctx, const struct facet_query *query, struct facet_answer *answer)
{
    struct board board = {0};
    if (query->column_count > FACET_COLUMN_LIMIT || query->limit > FACET_PAGE_LIMIT)
        bug("a facet question of %zu columns and %d products", query->column_count, query->limit);
    *answer = (struct facet_answer){0};
    TRY(read_board(ctx, query, &board));
    if (board.blocks == FACET_BLOCK_LIMIT && board.spots[FACET_BLOCK_LIMIT - 1] == FACET_BLOCK_SPOTS)
        return NULL;
    answer->is_known = true;
    choose(ctx, query, &board);
    struct set all = narrowed(ctx, &board, SIZE_MAX);
    answer->total = bits_count(all.words, board.words);
    count_values(ctx, &board, &all, answer);
    count_bands(ctx, &board, answer);
    answer->product_ids = arena_alloc_many(ctx->arena, (size_t)query->limit + 1, sizeof *answer->product_ids);
    if (query->limit == 0)
        return NULL;
    return query->sort == SORT_BY_HAND ? page_by_hand(ctx, &board, &all, query, answer)
                                       : sorted_page(ctx, &board, &all, query, answer);
}
