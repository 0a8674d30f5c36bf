/* backoffice_list.c - chips, orders, columns and pages of lists. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/backoffice/backoffice_list.h"

#include "base/clock.h"
#include "base/text.h"

#define BIT(filter) (1u << (filter))

/* A word looks in all categories and stocks, what is short in all categories: the list leaves the others out.
 * How much there is has no order: an index over it would be rewritten with every sale. */
const struct list product_list_pages = {
    .name = "products",
    .path = "/admin/products",
    .filters = {[PRODUCTS_STATUS] = "status",
                [PRODUCTS_STOCK] = "stock",
                [PRODUCTS_CATEGORY] = "category",
                [PRODUCTS_Q] = "q"},
    .sorts = {{.name = "newest", .without = BIT(PRODUCTS_Q)},
              {.name = "updated", .without = BIT(PRODUCTS_CATEGORY) | BIT(PRODUCTS_Q) | BIT(PRODUCTS_STOCK)},
              {.name = "title", .without = BIT(PRODUCTS_CATEGORY) | BIT(PRODUCTS_STOCK)},
              {.name = "price-up", .without = BIT(PRODUCTS_Q) | BIT(PRODUCTS_STOCK)},
              {.name = "price-down", .without = BIT(PRODUCTS_Q) | BIT(PRODUCTS_STOCK)}},
    .columns = {{"title", "title", NULL, true},
                {"category", NULL, NULL, true},
                {"brand", NULL, NULL, false},
                {"updated", "updated", "newest", false},
                {"price", "price-up", "price-down", true},
                {"stock", NULL, NULL, true},
                {"status", NULL, NULL, true}},
};

/* A number, phone or address finds few: they are read newest first, whatever else is asked. */
const struct list order_list_pages = {
    .name = "orders",
    .path = "/admin/orders",
    .filters = {[ORDERS_STAGE] = "stage",
                [ORDERS_PAYMENT] = "payment",
                [ORDERS_KIND] = "kind",
                [ORDERS_MIN] = "min",
                [ORDERS_MAX] = "max",
                [ORDERS_FROM] = "from",
                [ORDERS_TO] = "to",
                [ORDERS_Q] = "q",
                [ORDERS_GATEWAY] = "gateway"},
    .sorts = {{.name = "newest"},
              {.name = "waiting", .without = BIT(ORDERS_Q)},
              {.name = "total",
               .without = BIT(ORDERS_STAGE) | BIT(ORDERS_FROM) | BIT(ORDERS_TO) | BIT(ORDERS_Q) |
                          BIT(ORDERS_GATEWAY)}},
    .columns = {{"title", NULL, NULL, true},
                {"contact", NULL, NULL, true},
                {"placed", "newest", "waiting", true},
                {"count", NULL, NULL, false},
                {"payment", NULL, NULL, false},
                {"stage", NULL, NULL, true},
                {"total", "total", NULL, true}},
};

/* Rows come in the order of time; nothing else has an index. */
const struct list audit_list_pages = {
    .name = "audit",
    .path = "/admin/audit",
    .filters = {[AUDITS_KIND] = "kind",
                [AUDITS_WHO] = "who",
                [AUDITS_ABOUT] = "about",
                [AUDITS_FROM] = "from",
                [AUDITS_TO] = "to"},
    .sorts = {{.name = "newest"}},
};

/* The same: each combination of filters is read in the order of time. */
const struct list review_list_pages = {
    .name = "reviews",
    .path = "/admin/reviews",
    .filters = {"state", "stars", "product"},
    .sorts = {{.name = "newest"}},
};

const struct list tag_list_pages = {
    .name = "tags",
    .path = "/admin/tags",
    .filters = {[TAGS_GROUP] = "group", [TAGS_Q] = "q"},
    .sorts = {{.name = "title"}},
};

const struct list deck_list_pages = {
    .name = "codes",
    .path = "/admin/codes",
    .filters = {[DECKS_STATE] = "filter", [DECKS_Q] = "q"},
    .sorts = {{.name = "newest", .without = BIT(DECKS_Q)}, {.name = "title", .without = BIT(DECKS_STATE)}},
    .columns = {{"title", NULL, NULL, true},
                {"deck-state", NULL, NULL, true},
                {"dealt", NULL, NULL, true},
                {"left", NULL, NULL, true}},
};

const struct list media_list_pages = {
    .name = "media",
    .path = "/admin/media",
    .filters = {[MEDIA_SHOW] = "show", [MEDIA_Q] = "q", [MEDIA_FOR] = "for"},
    .sorts = {{.name = "newest", .without = BIT(MEDIA_Q)}, {.name = "title", .without = BIT(MEDIA_SHOW)}},
};

/* Jobs that gave up have no kinds to choose from, and one order. */
const struct list alarm_list_pages = {
    .name = "alarms",
    .path = "/admin/alarms",
    .filters = {[ALARMS_STATE] = "state", [ALARMS_KIND] = "kind"},
    .sorts = {{.name = "newest"}, {.name = "oldest"}},
    .columns = {{"alarm", NULL, NULL, true},
                {"raised", NULL, NULL, true},
                {"detail", NULL, NULL, true},
                {"advice", NULL, NULL, true}},
};

/* What was told about one order is little. */
const struct list message_list_pages = {
    .name = "messages",
    .path = "/admin/messages",
    .filters =
        {[MESSAGES_STATE] = "state", [MESSAGES_FROM] = "from", [MESSAGES_TO] = "to", [MESSAGES_Q] = "q"},
    .sorts = {{.name = "newest"}, {.name = "oldest"}},
    .columns = {{"message", NULL, NULL, true},
                {"order", NULL, NULL, true},
                {"receiver", NULL, NULL, true},
                {"tried", NULL, NULL, true},
                {"reason", NULL, NULL, true}},
};

const struct list import_list_pages = {
    .name = "imports",
    .path = "/admin/products/imports",
    .filters = {[IMPORTS_STATE] = "state", [IMPORTS_FROM] = "from", [IMPORTS_TO] = "to"},
    .sorts = {{.name = "newest"}, {.name = "oldest"}},
    .columns = {{"title", NULL, NULL, true},
                {"who", NULL, NULL, true},
                {"uploaded", "newest", "oldest", true},
                {"rows", NULL, NULL, true},
                {"changes", NULL, NULL, true},
                {"refused", NULL, NULL, true},
                {"ended", NULL, NULL, false},
                {"state", NULL, NULL, true}},
};

const struct list price_list_pages = {
    .name = "prices",
    .filters = {[PRICES_VARIANT] = "variant", [PRICES_DAYS] = "days"},
    .sorts = {{.name = "newest"}, {.name = "oldest"}},
    .columns = {{"changed", "newest", "oldest", true},
                {"price", NULL, NULL, true},
                {"struck", NULL, NULL, true},
                {"who", NULL, NULL, true}},
    .is_of_one = true,
};

const struct list work_list_pages = {
    .name = "works",
    .path = "/admin/works",
    .filters = {[WORKS_STATE] = "state"},
    .sorts = {{.name = "newest"}},
};

const struct list trash_list_pages = {
    .name = "trash",
    .path = "/admin/trash",
    .filters = {[TRASH_KIND] = "kind"},
    .sorts = {{.name = "newest"}},
};

const struct list redirect_list_pages = {
    .name = "redirects",
    .path = "/admin/redirects",
    .filters = {[REDIRECTS_Q] = "q"},
    .sorts = {{.name = "newest"}},
};

const struct list act_list_pages = {
    .name = "acts",
    .path = "/admin/products/acts",
    .filters = {[ACTS_KIND] = "kind"},
    .sorts = {{.name = "newest"}},
};

const struct list promotion_list_pages = {
    .name = "promotions",
    .path = "/admin/promotions",
    .filters = {[OFFERS_PHASE] = "phase", [OFFERS_KIND] = "kind"},
    .sorts = {{.name = "newest"}},
    .columns = {{"title", NULL, NULL, true},
                {"offer-kind", NULL, NULL, true},
                {"code", NULL, NULL, true},
                {"offer-time", NULL, NULL, true},
                {"uses", NULL, NULL, true},
                {"given", NULL, NULL, true},
                {"phase", NULL, NULL, true}},
};

/* Nothing but time has an index. */
const struct list ledger_list_pages = {
    .name = "ledger",
    .path = "/admin/money/ledger",
    .filters = {[LEDGERS_ACCOUNT] = "account",
                [LEDGERS_KIND] = "kind",
                [LEDGERS_GATEWAY] = "gateway",
                [LEDGERS_FROM] = "from",
                [LEDGERS_TO] = "to"},
    .sorts = {{.name = "newest"}},
    .columns = {{"entry", NULL, NULL, true},
                {"debit", NULL, NULL, true},
                {"credit", NULL, NULL, true},
                {"gateway", NULL, NULL, false},
                {"posted", NULL, NULL, true},
                {"total", NULL, NULL, true}},
};

/* Of one variant, in the order of time. */
const struct list movement_list_pages = {
    .name = "movements",
    .filters = {[MOVEMENTS_KIND] = "kind", [MOVEMENTS_FROM] = "from", [MOVEMENTS_TO] = "to"},
    .sorts = {{.name = "newest"}},
    .is_of_one = true,
};

const struct list gift_card_list_pages = {
    .name = "gift-cards",
    .path = "/admin/gift-cards",
    .filters = {[CARDS_STATUS] = "state", [CARDS_LAST4] = "last4", [CARDS_BATCH] = "batch"},
    .sorts = {{.name = "newest"}},
    .columns = {{"card", NULL, NULL, true},
                {"value", NULL, NULL, true},
                {"until", NULL, NULL, true},
                {"balance", NULL, NULL, true},
                {"state", NULL, NULL, true}},
};

const char *const list_names[] = {"products",  "orders",     "audit",      "tags",      "codes",
                                  "media",     "reviews",    "alarms",     "messages",  "imports",
                                  "prices",    "works",      "trash",      "acts",      "ledger",
                                  "movements", "promotions", "gift-cards", "redirects", NULL};

const struct list *list_of_name(const char *name)
{
    static const struct list *const lists[] = {
        &product_list_pages,   &order_list_pages,     &audit_list_pages,   &tag_list_pages,
        &deck_list_pages,      &media_list_pages,     &review_list_pages,  &alarm_list_pages,
        &message_list_pages,   &import_list_pages,    &price_list_pages,   &work_list_pages,
        &trash_list_pages,     &act_list_pages,       &ledger_list_pages,  &movement_list_pages,
        &promotion_list_pages, &gift_card_list_pages, &redirect_list_pages};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        if (text_is(lists[i]->name, name))
            return lists[i];
    return NULL;
}

static bool holds(const struct list_place *place, size_t filter)
{
    return place->values[filter] && place->values[filter][0];
}

static bool goes(const struct list_place *place, const struct list_sort *sort)
{
    for (size_t i = 0; place->list->filters[i]; i++)
        if ((sort->without & BIT(i)) && holds(place, i))
            return false;
    return true;
}

void list_settle(struct list_place *place)
{
    const struct list_sort *first = NULL;
    for (const struct list_sort *sort = place->list->sorts; sort->name; sort++) {
        if (!goes(place, sort))
            continue;
        if (text_is(sort->name, place->sort)) {
            place->sort = sort->name;
            return;
        }
        first = first ? first : sort;
    }
    if (!first)
        bug("list %s has no order for what narrows it", place->list->name);
    place->sort = first->name;
}

/* ---- addresses ---- */

static bool is_first_sort(const struct list_place *place)
{
    struct list_place plain = *place;
    plain.sort = NULL;
    list_settle(&plain);
    return text_is(plain.sort, place->sort);
}

static void add_pair(struct text_buf *query, const char *name, const char *value)
{
    text_add_format(query, "%s%s=", query->len ? "&" : "", name);
    text_add_url(query, value, strlen(value));
}

const char *list_query(struct ctx *ctx, const struct list_place *place)
{
    struct text_buf query;
    text_open(&query, ctx->arena, LIST_URL_LIMIT);
    for (size_t i = 0; place->list->filters[i]; i++)
        if (holds(place, i))
            add_pair(&query, place->list->filters[i], place->values[i]);
    if (!is_first_sort(place))
        add_pair(&query, "sort", place->sort);
    return text_of(&query);
}

static const char *url_of_query(struct ctx *ctx, const char *path, const char *query)
{
    return query[0] ? arena_format(ctx->arena, "%s?%s", path, query) : path;
}

static const char *path_of(const struct list_place *place)
{
    return place->list->is_of_one ? place->path : place->list->path;
}

const char *list_url(struct ctx *ctx, const struct list_place *place, const char *cursor)
{
    const char *url = url_of_query(ctx, path_of(place), list_query(ctx, place));
    if (!cursor)
        return url;
    return arena_format(ctx->arena, "%s%ccursor=%s", url, strchr(url, '?') ? '&' : '?', cursor);
}

/* The address with another order, or without one of the filters. */
static const char *url_with_sort(struct ctx *ctx, const struct list_place *place, const char *sort)
{
    struct list_place other = *place;
    other.sort = sort;
    list_settle(&other);
    return list_url(ctx, &other, NULL);
}

static const char *url_without(struct ctx *ctx, const struct list_place *place, size_t filter)
{
    struct list_place other = *place;
    other.values[filter] = NULL;
    list_settle(&other);
    return list_url(ctx, &other, NULL);
}

static err read_day(struct ctx *ctx, const char *field, const char *day, int64_t *at)
{
    if (day[0] && !clock_parse_day(day, ctx->shop->zone, at))
        return fail_field(ctx, field, "not-a-date", "a day is written as 2026-05-01");
    return NULL;
}

err list_read_days(struct ctx *ctx, const char *from, const char *to, int64_t *since, int64_t *until)
{
    *since = *until = 0;
    TRY(read_day(ctx, "from", from, since));
    TRY(read_day(ctx, "to", to, until));
    *until = *until ? clock_day_shift(*until, 1, ctx->shop->zone) : 0;
    return NULL;
}

/* ---- the view ---- */

static void add_chips(struct ctx *ctx, const struct list_place *place, struct value *view)
{
    struct value *chips = value_set_list(ctx->arena, view, "chips");
    struct value *filters = value_set_object(ctx->arena, view, "filters");
    for (size_t i = 0; place->list->filters[i]; i++) {
        if (!holds(place, i))
            continue;
        struct value *chip = value_add(ctx->arena, chips, *value_object(ctx->arena));
        value_set_text(ctx->arena, chip, "filter", place->list->filters[i]);
        value_set_text(ctx->arena, chip, "value", place->values[i]);
        value_set_text(ctx->arena, chip, "label", place->labels[i]);
        value_set_text(ctx->arena, chip, "url", url_without(ctx, place, i));
        value_set_text(ctx->arena, filters, place->list->filters[i], place->values[i]);
    }
}

static void add_sorts(struct ctx *ctx, const struct list_place *place, struct value *view)
{
    struct value *sorts = value_set_list(ctx->arena, view, "sorts");
    value_set_text(ctx->arena, view, "sort", place->sort);
    for (const struct list_sort *sort = place->list->sorts; sort->name; sort++) {
        if (!goes(place, sort))
            continue;
        struct value *entry = value_add(ctx->arena, sorts, *value_object(ctx->arena));
        value_set_text(ctx->arena, entry, "name", sort->name);
        value_set_text(ctx->arena, entry, "url", url_with_sort(ctx, place, sort->name));
        value_set_bool(ctx->arena, entry, "is_current", text_is(sort->name, place->sort));
    }
}

static bool is_named(const char *columns, const char *name)
{
    size_t length = strlen(name);
    for (const char *at = columns; (at = strstr(at, name)); at += length)
        if ((at == columns || at[-1] == ',') && (at[length] == ',' || at[length] == 0))
            return true;
    return false;
}

/* The order that a click on the head of a column asks for; NULL when none goes now. */
static const char *next_sort(const struct list_place *place, const struct list_column *column)
{
    const char *wanted = column->sort;
    if (wanted && column->reverse && text_is(wanted, place->sort))
        wanted = column->reverse;
    for (const struct list_sort *sort = place->list->sorts; wanted && sort->name; sort++)
        if (text_is(sort->name, wanted) && goes(place, sort))
            return wanted;
    return NULL;
}

/* The first column is what the row is: it is always there. */
static void add_columns(struct ctx *ctx, const struct list_place *place, const char *chosen,
                        struct value *view)
{
    struct value *columns = value_set_list(ctx->arena, view, "columns");
    struct value *shown = value_set_object(ctx->arena, view, "shown");
    for (const struct list_column *column = place->list->columns; column->name; column++) {
        bool is_first = column == place->list->columns;
        bool is_shown = is_first || (chosen ? is_named(chosen, column->name) : column->is_shown);
        bool is_sorted = column->sort && (text_is(column->sort, place->sort) ||
                                          (column->reverse && text_is(column->reverse, place->sort)));
        const char *sort = next_sort(place, column);
        struct value *entry = value_add(ctx->arena, columns, *value_object(ctx->arena));
        value_set_text(ctx->arena, entry, "name", column->name);
        value_set_bool(ctx->arena, entry, "is_fixed", is_first);
        value_set_bool(ctx->arena, entry, "is_shown", is_shown);
        value_set_bool(ctx->arena, entry, "is_sorted", is_sorted);
        value_set_text(ctx->arena, entry, "sort", sort);
        value_set_text(ctx->arena, entry, "sort_url", sort ? url_with_sort(ctx, place, sort) : NULL);
        value_set_bool(ctx->arena, shown, column->name, is_shown);
    }
}

/* Saved views; the one whose address this is, is the current one. */
static err add_views(struct ctx *ctx, const struct list_place *place, struct value *view,
                     const char **columns)
{
    struct saved_view *views;
    size_t count;
    const char *query = list_query(ctx, place);
    struct value *list = value_set_list(ctx->arena, view, "views");
    TRY(saved_view_list(ctx, place->list, &views, &count));
    for (size_t i = 0; i < count; i++) {
        struct value *entry = value_add(ctx->arena, list, *value_object(ctx->arena));
        bool is_current = text_is(views[i].query, query);
        value_set_id(ctx->arena, entry, "id", views[i].id);
        value_set_text(ctx->arena, entry, "name", views[i].name);
        value_set_text(ctx->arena, entry, "url", url_of_query(ctx, path_of(place), views[i].query));
        value_set_bool(ctx->arena, entry, "is_shared", views[i].is_shared);
        value_set_bool(ctx->arena, entry, "is_own", views[i].staff_id == ctx->actor_id);
        value_set_bool(ctx->arena, entry, "is_current", is_current);
        if (is_current) {
            value_set(ctx->arena, view, "current", *entry);
            *columns = views[i].columns[0] ? views[i].columns : *columns;
        }
    }
    return NULL;
}

err list_view(struct ctx *ctx, const struct list_place *place, const char *next_cursor, struct value *view)
{
    struct value *list = value_set_object(ctx->arena, view, "list");
    const char *columns;
    bool is_later = place->cursor && place->cursor[0];
    value_set_text(ctx->arena, list, "name", place->list->name);
    value_set_text(ctx->arena, list, "path", path_of(place));
    value_set_bool(ctx->arena, list, "can_keep", !place->list->is_of_one);
    value_set_text(ctx->arena, list, "query", list_query(ctx, place));
    TRY(list_columns_find(ctx, place->list, &columns));
    TRY(add_views(ctx, place, list, &columns));
    add_chips(ctx, place, list);
    add_sorts(ctx, place, list);
    add_columns(ctx, place, columns, list);
    value_set_text(ctx->arena, view, "list_url", list_url(ctx, place, NULL));
    value_set_text(ctx->arena, view, "next_url", next_cursor ? list_url(ctx, place, next_cursor) : NULL);
    value_set_text(ctx->arena, view, "first_url", is_later ? list_url(ctx, place, NULL) : NULL);
    return NULL;
}
