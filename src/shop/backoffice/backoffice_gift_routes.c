/* backoffice_gift_routes.c - gift cards of a shop: all of them, one with its movements, issuing a batch. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/backoffice/backoffice_routes.h"

#include "base/random.h"
#include "base/text.h"
#include "shop/backoffice/backoffice_list.h"
#include "shop/gift/gift.h"
#include <inttypes.h>
#include <stdlib.h>

#define REASON_LIMIT 200
#define CURSOR_LIMIT 20
#define REQUEST_LIMIT 64

struct list_form {
    int status;
    const char *last4;
    int64_t batch_id;
    const char *cursor;
    int64_t removed_id;
};

struct card_form {
    int64_t card_id;
    int64_t batch_id;
    const char *reason;
    int64_t years;
};

struct issue_form {
    int origin;
    int owner;
    int64_t value;
    int64_t count;
    int64_t years;
    const char *note;
    const char *request;
};

static const char *const origins[] = {"sold", "given", NULL};
static const char *const owners[] = {"bearer", "registered", NULL};

static const struct field list_fields[] = {
    {.name = "state",
     .kind = FIELD_CHOICE,
     .offset = offsetof(struct list_form, status),
     .choices = gift_card_status_names,
     .help = "Only cards in this state"},
    {.name = "last4",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct list_form, last4),
     .maximum = 4,
     .help = "The last four characters of the code"},
    {.name = "batch",
     .kind = FIELD_ID,
     .offset = offsetof(struct list_form, batch_id),
     .help = "Only cards that were issued together"},
    {.name = "cursor",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct list_form, cursor),
     .maximum = CURSOR_LIMIT,
     .help = "next_cursor of the page before"},
    REMOVED_VIEW_FIELD(struct list_form),
    {0},
};

#define CARD_FIELD                                                                                           \
    {                                                                                                        \
        .name = "id", .kind = FIELD_ID, .offset = offsetof(struct card_form, card_id), .is_required = true,  \
        .help = "The card"                                                                                   \
    }
static const struct field card_fields[] = {CARD_FIELD, {0}};
static const struct field batch_fields[] = {{.name = "id",
                                             .kind = FIELD_ID,
                                             .offset = offsetof(struct card_form, batch_id),
                                             .is_required = true,
                                             .help = "The batch"},
                                            {0}};
static const struct field reason_fields[] = {CARD_FIELD,
                                             {.name = "reason",
                                              .kind = FIELD_TEXT,
                                              .offset = offsetof(struct card_form, reason),
                                              .is_required = true,
                                              .maximum = REASON_LIMIT,
                                              .help = "Why"},
                                             {0}};
static const struct field extend_fields[] = {CARD_FIELD,
                                             {.name = "years",
                                              .kind = FIELD_INT,
                                              .offset = offsetof(struct card_form, years),
                                              .is_required = true,
                                              .minimum = 1,
                                              .maximum = GIFT_CARD_YEARS_MOST,
                                              .help = "Good for so many years from now"},
                                             {0}};

static const struct field issue_fields[] = {
    {.name = "origin",
     .kind = FIELD_CHOICE,
     .offset = offsetof(struct issue_form, origin),
     .choices = origins,
     .help = "sold for money that the shop got elsewhere, or given away"},
    {.name = "owner",
     .kind = FIELD_CHOICE,
     .offset = offsetof(struct issue_form, owner),
     .choices = owners,
     .help = "bearer, or registered: the buyer's name is on record"},
    {.name = "value",
     .kind = FIELD_MONEY,
     .offset = offsetof(struct issue_form, value),
     .is_required = true,
     .minimum = 1,
     .maximum = MONEY_MAX,
     .help = "What one card holds"},
    {.name = "count",
     .kind = FIELD_INT,
     .offset = offsetof(struct issue_form, count),
     .is_required = true,
     .minimum = 1,
     .maximum = GIFT_CARD_BATCH_LIMIT,
     .help = "How many cards"},
    {.name = "years",
     .kind = FIELD_INT,
     .offset = offsetof(struct issue_form, years),
     .minimum = 0,
     .maximum = GIFT_CARD_YEARS_MOST,
     .help = "Good for so many years; 0 = for ever"},
    {.name = "note",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct issue_form, note),
     .is_required = true,
     .maximum = GIFT_CARD_NOTE_LIMIT,
     .help = "What the cards are for"},
    {.name = "request",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct issue_form, request),
     .maximum = REQUEST_LIMIT,
     .help = "A word of the asker's: the same one again is the same batch"},
    {0},
};

/* ---- the list ---- */

static struct list_place place_of(struct ctx *ctx, const struct list_form *form)
{
    struct list_place place = {.list = &gift_card_list_pages, .cursor = form->cursor};
    place.values[CARDS_STATUS] = form->status ? gift_card_status_names[form->status] : "";
    place.values[CARDS_LAST4] = form->last4;
    place.values[CARDS_BATCH] = form->batch_id ? arena_format(ctx->arena, "%" PRId64, form->batch_id) : "";
    list_settle(&place);
    return place;
}

static const char *upper(struct ctx *ctx, const char *text)
{
    char *copy = arena_copy(ctx->arena, text, strlen(text));
    for (char *letter = copy; *letter; letter++)
        if (*letter >= 'a' && *letter <= 'z')
            *letter = (char)(*letter - 'a' + 'A');
    return copy;
}

/* A search by the end of a code finds few: what else narrows the list is looked at here. */
static size_t keep_those(struct gift_card *cards, size_t count, const struct list_form *form)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++)
        if ((!form->status || (int)cards[i].status == form->status) &&
            (!form->batch_id || cards[i].batch_id == form->batch_id))
            cards[kept++] = cards[i];
    return kept;
}

static err list(struct req *req)
{
    const struct list_form *form = req->form;
    struct ctx *ctx = &req->ctx;
    struct value *view = value_object(ctx->arena);
    struct list_place place = place_of(ctx, form);
    struct gift_card *cards;
    size_t count;
    struct gift_card_query query = {.status = (enum gift_card_status)form->status,
                                    .last4 = upper(ctx, form->last4),
                                    .batch_id = form->batch_id,
                                    .before_id = form->cursor[0] ? strtoll(form->cursor, NULL, 10) : 0};
    TRY(gift_card_list(ctx, &query, &cards, &count));
    bool has_more = count > GIFT_CARD_PAGE;
    count = has_more ? GIFT_CARD_PAGE : count;
    const char *next = has_more ? arena_format(ctx->arena, "%" PRId64, cards[count - 1].id) : NULL;
    count = keep_those(cards, count, form);
    gift_card_views(ctx, value_set_list(ctx->arena, view, "cards"), cards, count);
    value_set_id(ctx->arena, view, "removed_view", form->removed_id);
    bool can_reveal = false;
    if (form->batch_id)
        TRY(gift_card_can_reveal(ctx, form->batch_id, &can_reveal));
    value_set_bool(ctx->arena, view, "can_reveal", can_reveal);
    value_set_bool(ctx->arena, view, "has_any", ctx->shop->has_gift_cards);
    TRY(list_view(ctx, &place, next, view));
    return reply_view(req, "admin/gift_cards", view);
}

/* ---- one card ---- */

static err card_view(struct req *req, struct value **view)
{
    struct ctx *ctx = &req->ctx;
    struct gift_card card;
    struct gift_card_movement *moves;
    size_t count;
    TRY(gift_card_load(ctx, ((const struct card_form *)req->form)->card_id, &card));
    TRY(gift_card_moves(ctx, card.id, &moves, &count));
    *view = value_object(ctx->arena);
    struct value *tree = value_set_object(ctx->arena, *view, "card");
    gift_card_view(ctx, tree, &card);
    gift_card_move_views(ctx, value_set_list(ctx->arena, tree, "moves"), &card, moves, count);
    return NULL;
}

static err show(struct req *req)
{
    struct value *view;
    TRY(card_view(req, &view));
    return reply_view(req, "admin/gift_card", view);
}

static err done(struct req *req, const char *notice)
{
    struct value *view;
    TRY(card_view(req, &view));
    return reply_done(req, 200, view, "/admin/gift-cards/%" PRId64 "?notice=%s",
                      ((const struct card_form *)req->form)->card_id, notice);
}

static err block(struct req *req)
{
    const struct card_form *form = req->form;
    TRY(gift_card_block(&req->ctx, form->card_id, true, form->reason));
    return done(req, "gift_card_blocked");
}

static err unblock(struct req *req)
{
    const struct card_form *form = req->form;
    TRY(gift_card_block(&req->ctx, form->card_id, false, form->reason));
    return done(req, "gift_card_unblocked");
}

static err take_back(struct req *req)
{
    const struct card_form *form = req->form;
    TRY(gift_card_take_rest(&req->ctx, form->card_id, form->reason));
    return done(req, "gift_card_taken_back");
}

static err extend(struct req *req)
{
    const struct card_form *form = req->form;
    TRY(gift_card_extend(&req->ctx, form->card_id, form->years));
    return done(req, "saved");
}

/* ---- issuing ---- */

static err show_new(struct req *req)
{
    struct value *view = value_object(req->ctx.arena);
    struct value *issue = value_set_object(req->ctx.arena, view, "issue");
    const char *typed = req_typed(req, "request");
    value_set_text(req->ctx.arena, issue, "request", typed[0] ? typed : random_token(req->ctx.arena));
    value_set_int(req->ctx.arena, issue, "most", GIFT_CARD_BATCH_LIMIT);
    return reply_view(req, "admin/gift_card_new", view);
}

static err issue(struct req *req)
{
    const struct issue_form *form = req->form;
    struct value *view = value_object(req->ctx.arena);
    struct gift_card_batch batch = {.origin = form->origin == 0 ? GIFT_CARD_SOLD : GIFT_CARD_GIVEN,
                                    .is_registered = form->owner == 1,
                                    .value = form->value,
                                    .count = form->count,
                                    .years = form->years,
                                    .note = form->note,
                                    .request =
                                        form->request[0] ? form->request : random_token(req->ctx.arena)};
    TRY(gift_card_issue(&req->ctx, &batch));
    value_set_id(req->ctx.arena, value_set_object(req->ctx.arena, view, "batch"), "id", batch.id);
    return reply_done(req, 201, view, "/admin/gift-cards?batch=%" PRId64, batch.id);
}

/* The one time that codes are readable: nothing of it may be kept by a browser or a cache. */
static err reveal(struct req *req)
{
    struct ctx *ctx = &req->ctx;
    int64_t batch_id = ((const struct card_form *)req->form)->batch_id;
    const char **codes;
    size_t count;
    TRY(gift_card_reveal(ctx, batch_id, &codes, &count));
    struct value *view = value_object(ctx->arena);
    struct value *list = value_set_list(ctx->arena, view, "codes");
    for (size_t i = 0; i < count; i++)
        value_add(ctx->arena, list, value_text(codes[i]));
    value_set_id(ctx->arena, view, "batch_id", batch_id);
    return reply_view(req, "admin/gift_card_codes", view);
}

#define CARD_FORM .form_size = sizeof(struct card_form)
#define WRITE .method = POST, .guard = STAFF, .scope = "money.write"

const struct route backoffice_gift_routes[] = {
    {.method = GET,
     .path = "/admin/gift-cards",
     .handler = list,
     .guard = STAFF,
     .scope = "money.read",
     .fields = list_fields,
     .form_size = sizeof(struct list_form),
     .summary = "Gift cards, newest first",
     .answer = "cards"},
    {.method = GET,
     .path = "/admin/gift-cards/new",
     .handler = show_new,
     .guard = STAFF,
     .scope = "money.write",
     .summary = "The form that issues gift cards",
     .answer = "issue"},
    {.method = GET,
     .path = "/admin/gift-cards/:id",
     .handler = show,
     .guard = STAFF,
     .scope = "money.read",
     .fields = card_fields,
     CARD_FORM,
     .summary = "A gift card with its movements",
     .answer = "card"},
    {WRITE, .path = "/admin/gift-cards/new", .handler = issue, .fields = issue_fields,
     .form_size = sizeof(struct issue_form), .again = show_new,
     .summary = "Issue gift cards; refused beyond what the law allows", .answer = "batch"},
    {WRITE, .path = "/admin/gift-cards/batches/:id/codes", .handler = reveal, .fields = batch_fields,
     CARD_FORM, .summary = "The codes of a batch, once; noted in the audit list", .answer = "codes"},
    {WRITE, .path = "/admin/gift-cards/:id/block", .handler = block, .fields = reason_fields, CARD_FORM,
     .again = show, .summary = "Stop a card, for a reason", .answer = "card"},
    {WRITE, .path = "/admin/gift-cards/:id/unblock", .handler = unblock, .fields = reason_fields, CARD_FORM,
     .again = show, .summary = "Let a stopped card go on, for a reason", .answer = "card"},
    {WRITE, .path = "/admin/gift-cards/:id/take-back", .handler = take_back, .fields = reason_fields,
     CARD_FORM, .again = show, .summary = "Take back what is left of a card that an order sold, and stop it",
     .answer = "card"},
    {WRITE, .path = "/admin/gift-cards/:id/extend", .handler = extend, .fields = extend_fields, CARD_FORM,
     .again = show, .summary = "Make a card good for longer, with what was left when its time was over",
     .answer = "card"},
    {0},
};
