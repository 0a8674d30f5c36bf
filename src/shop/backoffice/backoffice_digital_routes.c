/* backoffice_digital_routes.c - 卡密库: the decks of the shop, and the page of one. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/backoffice/backoffice_routes.h"

#include "base/text.h"
#include "shop/backoffice/backoffice_digital_form.h"
#include "shop/backoffice/backoffice_digital_view.h"
#include "shop/backoffice/backoffice_list.h"
#include "shop/gift/gift.h"
#include "shop/payment/payment.h"
#include "shop/staff/staff.h"
#include <inttypes.h>

#define ROWS 50
#define FOUND_PRODUCTS 20
#define QUANTITY_MAXIMUM DECK_QUANTITY_LIMIT

/* ---- the list ---- */

static const char *const filters[] = {"all", "low", "short", "expired", NULL};

struct list_form {
    int filter;
    const char *q;
    const char *cursor;
    int64_t removed_id;
};

static const struct field list_fields[] = {
    {.name = "filter",
     .kind = FIELD_CHOICE,
     .offset = offsetof(struct list_form, filter),
     .choices = filters,
     .help = "low = at its threshold, short = owes codes, expired = has codes that expired unsold"},
    {.name = "q",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct list_form, q),
     .maximum = 120,
     .help = "A SKU, or the beginning of a product's title"},
    {.name = "cursor",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct list_form, cursor),
     .maximum = PRODUCT_CURSOR_LIMIT,
     .help = "Cursor of the page before"},
    REMOVED_VIEW_FIELD(struct list_form),
    {0},
};

/* The decks of the products that a word names. */
static err find_decks(struct ctx *ctx, const struct list_form *form, struct code_deck **decks, size_t *count,
                      const char **next)
{
    const struct product *found;
    TRY(product_find_by_sku(ctx, form->q, &found));
    if (found)
        return code_deck_list_of(ctx, &found->id, 1, decks, count);
    struct product_query query = {.title_prefix = form->q, .cursor = form->cursor, .limit = FOUND_PRODUCTS};
    struct product_page page;
    TRY(product_list(ctx, &query, &page));
    int64_t *ids = arena_alloc_many(ctx->arena, page.count + 1, sizeof *ids);
    for (size_t i = 0; i < page.count; i++)
        ids[i] = page.items[i].id;
    *next = page.next_cursor;
    return code_deck_list_of(ctx, ids, page.count, decks, count);
}

static err list_decks(struct ctx *ctx, const struct list_form *form, struct code_deck **decks, size_t *count,
                      const char **next)
{
    int64_t before = 0;
    if (form->cursor[0] && (!text_to_int(form->cursor, &before) || before <= 0))
        return fail_with(ctx, ERR_BAD_REQUEST, "not a cursor of ours");
    TRY(code_deck_list(ctx, (enum deck_filter)form->filter, before, ROWS + 1, decks, count));
    if (*count > ROWS) {
        *count = ROWS;
        *next = arena_format(ctx->arena, "%" PRId64, (*decks)[ROWS - 1].variant_id);
    }
    return NULL;
}

static err add_counts(struct ctx *ctx, struct value *view)
{
    struct value *counts = value_set_object(ctx->arena, view, "counts");
    int64_t count;
    for (int i = DECKS_ALL; i <= DECKS_EXPIRED; i++) {
        TRY(code_deck_count(ctx, (enum deck_filter)i, &count));
        value_set_int(ctx->arena, counts, filters[i], count);
    }
    TRY(payment_count_by_hand(ctx, &count));
    value_set_int(ctx->arena, counts, "hand", count);
    value_set_int(ctx->arena, counts, "limit", DECK_COUNT_LIMIT);
    return NULL;
}

static err list(struct req *req)
{
    const struct list_form *form = req->form;
    struct ctx *ctx = &req->ctx;
    struct code_deck *decks;
    size_t count;
    const char *next = NULL;
    struct value *view = value_object(ctx->arena);
    struct list_place place = {.list = &deck_list_pages, .cursor = form->cursor};
    place.values[DECKS_STATE] = form->filter && !form->q[0] ? filters[form->filter] : "";
    place.values[DECKS_Q] = form->q;
    list_settle(&place);
    TRY(form->q[0] ? find_decks(ctx, form, &decks, &count, &next)
                   : list_decks(ctx, form, &decks, &count, &next));
    TRY(deck_row_views(ctx, value_set_list(ctx->arena, view, "decks"), decks, count));
    value_set_text(ctx->arena, view, "filter", filters[form->filter]);
    value_set_text(ctx->arena, view, "q", form->q);
    value_set_id(ctx->arena, view, "removed_view", form->removed_id);
    TRY(list_view(ctx, &place, next, view));
    TRY(add_counts(ctx, view));
    return reply_view(req, "admin/digital", view);
}

/* ---- one deck ---- */

struct show_form {
    int64_t variant_id;
    int64_t batch_no;
    int64_t after;
    int64_t before;
    int64_t loaded;
    const char *notice;
};

#define VARIANT_ID_FIELD                                                                                     \
    {                                                                                                        \
        .name = "id", .kind = FIELD_ID, .offset = 0, .is_required = true, .help = "The variant of the deck"  \
    }

static const struct field show_fields[] = {
    VARIANT_ID_FIELD,
    {.name = "batch",
     .kind = FIELD_INT,
     .offset = offsetof(struct show_form, batch_no),
     .minimum = 0,
     .maximum = INT64_MAX,
     .help = "Only codes of this batch"},
    {.name = "after",
     .kind = FIELD_INT,
     .offset = offsetof(struct show_form, after),
     .minimum = 0,
     .maximum = INT64_MAX,
     .help = "Codes behind this number"},
    {.name = "before",
     .kind = FIELD_INT,
     .offset = offsetof(struct show_form, before),
     .minimum = 0,
     .maximum = INT64_MAX,
     .help = "Batches before this one"},
    {.name = "loaded",
     .kind = FIELD_INT,
     .offset = offsetof(struct show_form, loaded),
     .minimum = 0,
     .maximum = INT64_MAX,
     .help = "For pages: the batch that was just loaded"},
    {.name = "notice",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct show_form, notice),
     .maximum = 40,
     .help = "For pages: what was just done"},
    {0},
};

static err load_digital(struct ctx *ctx, int64_t variant_id, const struct variant **variant)
{
    TRY(variant_load(ctx, variant_id, variant));
    if ((*variant)->kind != PRODUCT_DIGITAL)
        return fail_with(ctx, ERR_NOT_FOUND, "the variant is not digital");
    return NULL;
}

static err answer_page(struct req *req, int64_t variant_id, const struct deck_page *page, const char *notice)
{
    const struct variant *variant;
    struct value *view;
    TRY(load_digital(&req->ctx, variant_id, &variant));
    TRY(deck_page_view(&req->ctx, variant, page, &view));
    value_set_text(req->ctx.arena, view, "notice", notice);
    return reply_view(req, "admin/digital_deck", view);
}

static err show(struct req *req)
{
    const struct show_form *form = req->form;
    struct deck_page page = {
        .batch_no = form->batch_no, .after = form->after, .before = form->before, .loaded = form->loaded};
    return answer_page(req, form->variant_id, &page, form->notice);
}

/* Every form of the page begins with the variant's id, so that a refused one can be shown again here. */
static err show_again(struct req *req)
{
    const int64_t *variant_id = req->form;
    return answer_page(req, *variant_id, &(struct deck_page){0}, NULL);
}

static err done(struct req *req, const struct variant *variant, const char *notice)
{
    struct value *view;
    TRY(deck_page_view(&req->ctx, variant, &(struct deck_page){0}, &view));
    return reply_done(req, 200, view, "/admin/codes/%" PRId64 "?notice=%s", variant->id, notice);
}

static const char *staff_name(const struct req *req)
{
    const struct staff *staff = req->visitor;
    return staff ? staff->name : "";
}

/* ---- loading ---- */

static err load_codes(struct req *req)
{
    const struct code_form *form = req->form;
    const struct variant *variant;
    struct code_loading loading = {.by = staff_name(req), .note = form->note};
    TRY(load_digital(&req->ctx, form->variant_id, &variant));
    loading.variant_id = variant->id;
    loading.product_id = variant->product_id;
    TRY(code_form_read(&req->ctx, form, &loading));
    TRY(code_batch_add(&req->ctx, &loading));
    struct code_deck deck;
    struct code_batch batch;
    TRY(code_deck_load(&req->ctx, variant->id, &deck));
    TRY(code_batch_load(&req->ctx, variant->id, loading.batch_no, &batch));
    batch.left = loading.added;
    struct value *view = value_object(req->ctx.arena);
    code_batch_view(&req->ctx, value_set_object(req->ctx.arena, view, "batch"), &deck, &batch);
    return reply_done(req, 200, view, "/admin/codes/%" PRId64 "?loaded=%" PRId64, variant->id,
                      loading.batch_no);
}

struct batch_form {
    int64_t variant_id;
    int64_t batch_no;
};

static const struct field batch_fields[] = {
    VARIANT_ID_FIELD,
    {.name = "batch",
     .kind = FIELD_INT,
     .offset = offsetof(struct batch_form, batch_no),
     .is_required = true,
     .minimum = 1,
     .maximum = INT64_MAX,
     .help = "Number of the batch"},
    {0},
};

static err withdraw(struct req *req)
{
    const struct batch_form *form = req->form;
    const struct variant *variant;
    TRY(load_digital(&req->ctx, form->variant_id, &variant));
    TRY(code_batch_withdraw(&req->ctx, variant->id, variant->product_id, form->batch_no));
    return done(req, variant, "withdrawn");
}

static err restore(struct req *req)
{
    const struct batch_form *form = req->form;
    const struct variant *variant;
    TRY(load_digital(&req->ctx, form->variant_id, &variant));
    TRY(code_batch_restore(&req->ctx, variant->id, variant->product_id, form->batch_no));
    return done(req, variant, "restored");
}

static err write_report(struct req *req, void *arg, struct text_buf *out, bool *more)
{
    (void)req;
    const struct code_batch *batch = arg;
    text_add(out, "line,result\r\n");
    for (int64_t i = 0; batch->report[i]; i++) {
        char letter = batch->report[i];
        const char *result = letter == 'a'   ? "added"
                             : letter == 'd' ? "duplicate"
                             : letter == 'l' ? "too-long"
                                             : "empty";
        text_add_format(out, "%" PRId64 ",%s\r\n", i + 1, result);
    }
    *more = false;
    return NULL;
}

static err download_report(struct req *req)
{
    const struct batch_form *form = req->form;
    struct code_batch *batch = arena_alloc(req->ctx.arena, sizeof *batch);
    TRY(code_batch_load(&req->ctx, form->variant_id, form->batch_no, batch));
    return reply_download(req, "text/csv; charset=utf-8",
                          arena_format(req->ctx.arena, "batch-%" PRId64 ".csv", form->batch_no), write_report,
                          batch);
}

/* ---- settings ---- */

/* As deck_mode_names, from 0. */
static const char *const modes[] = {"codes", "shared", "hand", "cards", NULL};

struct setting_form {
    int64_t variant_id;
    int64_t low_at;
    int mode;
    int64_t quantity;
    const char *text;
    int64_t value;
    int64_t years;
};

static const struct field low_fields[] = {
    VARIANT_ID_FIELD,
    {.name = "low_at",
     .kind = FIELD_INT,
     .offset = offsetof(struct setting_form, low_at),
     .is_required = true,
     .minimum = 0,
     .maximum = QUANTITY_MAXIMUM,
     .help = "Staff get an alarm when no more than this are left; 0 = never"},
    {0},
};

static const struct field mode_fields[] = {
    VARIANT_ID_FIELD,
    {.name = "mode",
     .kind = FIELD_CHOICE,
     .offset = offsetof(struct setting_form, mode),
     .is_required = true,
     .choices = modes,
     .help = "codes = one each, shared = one text for everybody, hand = a person types it,"
             " cards = a new gift card for each piece"},
    {0},
};

static const struct field quantity_fields[] = {
    VARIANT_ID_FIELD,
    {.name = "quantity",
     .kind = FIELD_INT,
     .offset = offsetof(struct setting_form, quantity),
     .is_required = true,
     .minimum = 0,
     .maximum = QUANTITY_MAXIMUM,
     .help = "How many can still be sold"},
    {.name = "text",
     .kind = FIELD_LONG,
     .offset = offsetof(struct setting_form, text),
     .maximum = CODE_LENGTH_LIMIT,
     .help = "The shared text; empty = as it was"},
    {0},
};

static const struct field card_fields[] = {
    VARIANT_ID_FIELD,
    {.name = "value",
     .kind = FIELD_MONEY,
     .offset = offsetof(struct setting_form, value),
     .is_required = true,
     .minimum = 1,
     .maximum = MONEY_MAX,
     .help = "What each gift card holds"},
    {.name = "years",
     .kind = FIELD_INT,
     .offset = offsetof(struct setting_form, years),
     .minimum = 0,
     .maximum = GIFT_CARD_YEARS_MOST,
     .help = "Good for so many years; 0 = for ever"},
    {.name = "quantity",
     .kind = FIELD_INT,
     .offset = offsetof(struct setting_form, quantity),
     .is_required = true,
     .minimum = 0,
     .maximum = QUANTITY_MAXIMUM,
     .help = "How many can still be sold"},
    {0},
};

static err set_low(struct req *req)
{
    const struct setting_form *form = req->form;
    const struct variant *variant;
    TRY(load_digital(&req->ctx, form->variant_id, &variant));
    TRY(code_deck_set_low(&req->ctx, variant->id, form->low_at));
    return done(req, variant, "saved");
}

static err change_mode(struct req *req)
{
    const struct setting_form *form = req->form;
    const struct variant *variant;
    TRY(load_digital(&req->ctx, form->variant_id, &variant));
    TRY(code_deck_change_mode(&req->ctx, variant->id, variant->product_id, (enum deck_mode)(form->mode + 1)));
    return done(req, variant, "saved");
}

static err set_quantity(struct req *req)
{
    const struct setting_form *form = req->form;
    const struct variant *variant;
    TRY(load_digital(&req->ctx, form->variant_id, &variant));
    TRY(code_deck_set_quantity(&req->ctx, variant->id, variant->product_id, form->quantity, form->text));
    return done(req, variant, "saved");
}

static err set_card(struct req *req)
{
    const struct setting_form *form = req->form;
    const struct variant *variant;
    TRY(load_digital(&req->ctx, form->variant_id, &variant));
    TRY(code_deck_set_card(&req->ctx, variant, form->value, form->years, form->quantity));
    TRY(load_digital(&req->ctx, form->variant_id, &variant));
    return done(req, variant, "saved");
}

/* ---- one whole code ---- */

struct reveal_form {
    int64_t variant_id;
    int64_t seq;
    int64_t batch_no;
    int64_t after;
};

static const struct field reveal_fields[] = {
    VARIANT_ID_FIELD,
    {.name = "seq",
     .kind = FIELD_ID,
     .offset = offsetof(struct reveal_form, seq),
     .is_required = true,
     .help = "Which code"},
    {.name = "batch",
     .kind = FIELD_INT,
     .offset = offsetof(struct reveal_form, batch_no),
     .minimum = 0,
     .maximum = INT64_MAX,
     .help = "For pages: the list it stands in"},
    {.name = "after",
     .kind = FIELD_INT,
     .offset = offsetof(struct reveal_form, after),
     .minimum = 0,
     .maximum = INT64_MAX,
     .help = "For pages: the list it stands in"},
    {0},
};

/* The answer is the page itself: an address that shows a code would stand in histories. */
static err reveal(struct req *req)
{
    const struct reveal_form *form = req->form;
    const char *code;
    TRY(code_reveal(&req->ctx, form->variant_id, form->seq, staff_name(req), req_network(req), &code));
    struct deck_page page = {
        .batch_no = form->batch_no, .after = form->after, .shown_seq = form->seq, .shown = code};
    return answer_page(req, form->variant_id, &page, NULL);
}

#define READ .guard = STAFF, .scope = "products.read"
#define WRITE .guard = STAFF, .scope = "products.write"

const struct route backoffice_digital_routes[] = {
    {.method = GET,
     .path = "/admin/codes",
     .handler = list,
     READ,
     .fields = list_fields,
     .form_size = sizeof(struct list_form),
     .summary = "The decks of key codes, newest first",
     .answer = "decks"},
    {.method = GET,
     .path = "/admin/codes/:id",
     .handler = show,
     READ,
     .fields = show_fields,
     .form_size = sizeof(struct show_form),
     .summary = "The deck of a variant with its batches and codes",
     .answer = "deck"},
    {.method = POST,
     .path = "/admin/codes/:id/load",
     .handler = load_codes,
     WRITE,
     .fields = code_form_fields,
     .form_size = sizeof(struct code_form),
     .again = show_again,
     .summary = "Load codes as a batch",
     .answer = "batch"},
    {.method = POST,
     .path = "/admin/codes/:id/batches/:batch/withdraw",
     .handler = withdraw,
     WRITE,
     .fields = batch_fields,
     .form_size = sizeof(struct batch_form),
     .again = show_again,
     .summary = "Take what is left of a batch out of the deck",
     .answer = "deck"},
    {.method = POST,
     .path = "/admin/codes/:id/batches/:batch/restore",
     .handler = restore,
     WRITE,
     .fields = batch_fields,
     .form_size = sizeof(struct batch_form),
     .again = show_again,
     .summary = "Put a withdrawn batch back",
     .answer = "deck"},
    {.method = GET,
     .path = "/admin/codes/:id/batches/:batch/report",
     .handler = download_report,
     READ,
     .fields = batch_fields,
     .form_size = sizeof(struct batch_form),
     .summary = "What became of each line of a load, as CSV"},
    {.method = POST,
     .path = "/admin/codes/:id/card",
     .handler = set_card,
     WRITE,
     .fields = card_fields,
     .form_size = sizeof(struct setting_form),
     .again = show_again,
     .summary = "What the gift cards of a variant hold, and how many can be sold",
     .answer = "deck"},
    {.method = POST,
     .path = "/admin/codes/:id/low",
     .handler = set_low,
     WRITE,
     .fields = low_fields,
     .form_size = sizeof(struct setting_form),
     .again = show_again,
     .summary = "When the deck counts as low",
     .answer = "deck"},
    {.method = POST,
     .path = "/admin/codes/:id/mode",
     .handler = change_mode,
     WRITE,
     .fields = mode_fields,
     .form_size = sizeof(struct setting_form),
     .again = show_again,
     .summary = "How the deck delivers",
     .answer = "deck"},
    {.method = POST,
     .path = "/admin/codes/:id/quantity",
     .handler = set_quantity,
     WRITE,
     .fields = quantity_fields,
     .form_size = sizeof(struct setting_form),
     .again = show_again,
     .summary = "How much of a shared text or of hand-made deliveries can be sold",
     .answer = "deck"},
    {.method = POST,
     .path = "/admin/codes/:id/show",
     .handler = reveal,
     WRITE,
     .fields = reveal_fields,
     .form_size = sizeof(struct reveal_form),
     .again = show_again,
     .summary = "Show one whole code; it is noted who looked",
     .answer = "deck"},
    {0},
};
