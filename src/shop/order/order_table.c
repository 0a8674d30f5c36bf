/* order_table.c - the table of transitions as people, programs and refused requests see it. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/order/order.h"

#include "base/text.h"

#define DOCUMENT_LIMIT 65536

typedef const char *(*status_name)(int status);

static const char *order_name(int status)
{
    return order_status_name((enum order_status)status);
}

static const char *payment_name(int status)
{
    return payment_status_name((enum payment_status)status);
}

static const char *fulfillment_name(int status)
{
    return fulfillment_status_name((enum fulfillment_status)status);
}

static const char *aftersale_name(int status)
{
    return aftersale_status_name((enum aftersale_status)status);
}

static const char *review_name(int status)
{
    return review_status_name((enum review_status)status);
}

/* The five fields in their order, and their first and last values. */
static const struct state_field {
    const char *name;
    status_name name_of;
    int first;
    int last;
} fields[] = {
    {"order_status", order_name, ORDER_PENDING_PAYMENT, ORDER_CLOSED},
    {"payment_status", payment_name, PAYMENT_UNPAID, PAYMENT_CHARGED_BACK},
    {"fulfillment_status", fulfillment_name, FULFILLMENT_NONE, FULFILLMENT_DELIVERED},
    {"aftersale_status", aftersale_name, AFTERSALE_NONE, AFTERSALE_DONE},
    {"review_status", review_name, REVIEWS_NONE, REVIEWS_DONE},
};
#define FIELD_COUNT (sizeof fields / sizeof *fields)

static void take_masks(const struct order_transition *row, unsigned masks[FIELD_COUNT])
{
    masks[0] = row->order_mask;
    masks[1] = row->payment_mask;
    masks[2] = row->fulfillment_mask;
    masks[3] = row->aftersale_mask;
    masks[4] = row->review_mask;
}

static void take_states(struct order_state state, int states[FIELD_COUNT])
{
    states[0] = (int)state.order;
    states[1] = (int)state.payment;
    states[2] = (int)state.fulfillment;
    states[3] = (int)state.aftersale;
    states[4] = (int)state.review;
}

/* ---- for people ---- */

static void write_values(struct text_buf *text)
{
    text_add_format(text, "| field | values |\n|---|---|\n");
    for (size_t i = 0; i < FIELD_COUNT; i++) {
        text_add_format(text, "| `%s` | ", fields[i].name);
        for (int value = fields[i].first; value <= fields[i].last; value++)
            text_add_format(text, "%s`%s`", value > fields[i].first ? ", " : "", fields[i].name_of(value));
        text_add_format(text, " |\n");
    }
}

static void write_mask(struct text_buf *text, const struct state_field *field, unsigned mask)
{
    const char *comma = "";
    if (mask == 0)
        text_add_format(text, " any");
    for (int value = field->first; value <= field->last; value++)
        if (mask & (1u << value)) {
            text_add_format(text, "%s `%s`", comma, field->name_of(value));
            comma = ",";
        }
    text_add_format(text, " |");
}

static void write_row(struct text_buf *text, const struct order_transition *row)
{
    unsigned masks[FIELD_COUNT];
    int to[FIELD_COUNT];
    const char *comma = "";
    take_masks(row, masks);
    take_states(row->to, to);
    text_add_format(text, "| `%s` |", row->event);
    for (size_t i = 0; i < FIELD_COUNT; i++)
        write_mask(text, &fields[i], masks[i]);
    for (size_t i = 0; i < FIELD_COUNT; i++)
        if (to[i]) {
            text_add_format(text, "%s %s: `%s`", comma, fields[i].name, fields[i].name_of(to[i]));
            comma = ",";
        }
    text_add_format(text, " | %s |\n", row->what);
}

const char *order_table_markdown(struct ctx *ctx)
{
    struct text_buf text;
    text_open(&text, ctx->arena, DOCUMENT_LIMIT);
    text_add_format(
        &text,
        "# The states of an order\n\n"
        "Written by `yundian states` from the table in `src/shop/order/order_state.c`; a test compares "
        "them.\n\n"
        "An order has five states that move independently. It is placed as `pending_payment`, `unpaid`, "
        "`none`, `none`, `none`;\nfrom there only the events below move it. Whatever the table does not "
        "name is refused with 409 and changes nothing.\n\n");
    write_values(&text);
    text_add_format(&text, "\n## Events\n\n| event |");
    for (size_t i = 0; i < FIELD_COUNT; i++)
        text_add_format(&text, " from %s |", fields[i].name);
    text_add_format(&text, " to | when |\n|---|---|---|---|---|---|---|---|\n");
    for (const struct order_transition *row = order_transitions; row->event; row++)
        write_row(&text, row);
    text_add_format(&text, "\n## Stages\n\nThe one word that people see, by `order_stage_of`.\n\n"
                           "| stage | a buyer reads |\n|---|---|\n");
    for (int stage = STAGE_PENDING_PAYMENT; stage <= STAGE_LAST; stage++)
        text_add_format(&text, "| `%s` | %s |\n", order_stage_name((enum order_stage)stage),
                        order_stage_label((enum order_stage)stage));
    return text_of(&text);
}

/* ---- for programs ---- */

static void set_states(struct arena *arena, struct value *view, struct order_state state)
{
    int states[FIELD_COUNT];
    take_states(state, states);
    for (size_t i = 0; i < FIELD_COUNT; i++)
        if (states[i] >= fields[i].first)
            value_set_text(arena, view, fields[i].name, fields[i].name_of(states[i]));
}

static void set_targets(struct arena *arena, struct value *view, struct order_state state)
{
    int states[FIELD_COUNT];
    take_states(state, states);
    for (size_t i = 0; i < FIELD_COUNT; i++)
        if (states[i])
            value_set_text(arena, view, fields[i].name, fields[i].name_of(states[i]));
}

static void set_masks(struct arena *arena, struct value *view, const struct order_transition *row)
{
    unsigned masks[FIELD_COUNT];
    take_masks(row, masks);
    for (size_t i = 0; i < FIELD_COUNT; i++) {
        struct value *list = value_set_list(arena, view, fields[i].name);
        for (int value = fields[i].first; value <= fields[i].last; value++)
            if (masks[i] == 0 || (masks[i] & (1u << value)))
                value_add(arena, list, value_text(fields[i].name_of(value)));
    }
}

struct value *order_table_view(struct ctx *ctx)
{
    struct arena *arena = ctx->arena;
    struct value *view = value_object(arena);
    struct value *values = value_set_object(arena, view, "fields");
    for (size_t i = 0; i < FIELD_COUNT; i++) {
        struct value *list = value_set_list(arena, values, fields[i].name);
        for (int value = fields[i].first; value <= fields[i].last; value++)
            value_add(arena, list, value_text(fields[i].name_of(value)));
    }
    struct value *events = value_set_list(arena, view, "events");
    for (const struct order_transition *row = order_transitions; row->event; row++) {
        struct value *event = value_add(arena, events, *value_object(arena));
        value_set_text(arena, event, "event", row->event);
        set_masks(arena, value_set_object(arena, event, "from"), row);
        set_targets(arena, value_set_object(arena, event, "to"), row->to);
    }
    return view;
}

err order_refuse(struct ctx *ctx, const struct order *order, const char *event)
{
    struct arena *arena = ctx->arena;
    struct value *more = value_object(arena);
    value_set_text(arena, more, "code", "INVALID_TRANSITION");
    set_states(arena, value_set_object(arena, more, "from"), order->state);
    value_set_text(arena, more, "event", event);
    struct value *to = value_set_object(arena, more, "to");
    struct value *allowed = value_set_list(arena, more, "allowed");
    for (const struct order_transition *row = order_transitions; row->event; row++) {
        if (text_is(row->event, event))
            set_targets(arena, to, row->to);
        if (order_may(order->state, row->event))
            value_add(arena, allowed, value_text(row->event));
    }
    err failure =
        fail_with(ctx, ERR_INVALID_TRANSITION, "order %s is %s, so it cannot become %s", order->number,
                  order_stage_name(order_stage_shown(order->state, order->waits_for_group)), event);
    return error_with_more(arena, failure, more);
}
