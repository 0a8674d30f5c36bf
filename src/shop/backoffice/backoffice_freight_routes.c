/* backoffice_freight_routes.c - freight templates: listed and filled in. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/backoffice/backoffice_routes.h"

#include "base/text.h"
#include "shop/freight/freight.h"
#include "shop/staff/staff.h"
#include <inttypes.h>
#include <stdlib.h>

/* Sets of provinces that one form fills in: of each rate but the first, then these. */
#define SET_REFUSED FREIGHT_RATE_LIMIT
#define SET_UNFREE (FREIGHT_RATE_LIMIT + 1)
#define SETS (FREIGHT_RATE_LIMIT + 2)
#define REGIONS_TEXT 400

struct rate_row {
    const char *regions;
    int64_t first;
    int64_t first_price;
    int64_t next;
    int64_t next_price;
};
struct place_row {
    const char *at; /* "1:33": the set, and the code of a province in it */
};
struct freight_form {
    int64_t template_id;
    int64_t version;
    int way; /* enum freight_way */
    const char *name;
    bool is_default;
    struct field_rows rates;  /* struct rate_row */
    struct field_rows places; /* struct place_row */
    const char *refused;
    int64_t free_sum;
    int64_t free_pieces;
    const char *unfree;
    const char *notice;
};

#define UNITS_FIELD(member, words)                                                                           \
    {                                                                                                        \
        .name = #member, .kind = FIELD_INT, .offset = offsetof(struct rate_row, member),                     \
        .maximum = FREIGHT_WEIGHT_LIMIT, .help = (words)                                                     \
    }
#define PRICE_FIELD(member, words)                                                                           \
    {                                                                                                        \
        .name = #member, .kind = FIELD_MONEY, .offset = offsetof(struct rate_row, member),                   \
        .maximum = FREIGHT_PRICE_LIMIT, .otherwise = -1, .help = (words)                                     \
    }
static const struct field rate_fields[] = {
    {.name = "regions",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct rate_row, regions),
     .maximum = REGIONS_TEXT,
     .help = "Provinces by name or code, between commas; of the first rate nothing: it holds elsewhere"},
    UNITS_FIELD(first, "Grams or pieces that the first price carries"),
    PRICE_FIELD(first_price, "What they cost; with the way fixed, everything"),
    UNITS_FIELD(next, "Each further so many grams or pieces; 0 = what is above costs no more"),
    PRICE_FIELD(next_price, "What these cost"),
    {0},
};
static const struct field place_fields[] = {
    {.name = "at",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct place_row, at),
     .maximum = 8,
     .help = "For pages: a province of a set"},
    {0},
};

#define WAY_FIELD                                                                                            \
    {                                                                                                        \
        .name = "way", .kind = FIELD_CHOICE, .offset = offsetof(struct freight_form, way),                   \
        .choices = freight_way_names, .help = "weight, pieces or fixed"                                      \
    }
#define SET_FIELD(member, words)                                                                             \
    {                                                                                                        \
        .name = #member, .kind = FIELD_TEXT, .offset = offsetof(struct freight_form, member),                \
        .maximum = REGIONS_TEXT, .help = (words)                                                             \
    }
#define FORM_FIELDS                                                                                          \
    WAY_FIELD,                                                                                               \
        {.name = "name",                                                                                     \
         .kind = FIELD_TEXT,                                                                                 \
         .offset = offsetof(struct freight_form, name),                                                      \
         .maximum = FREIGHT_NAME_LIMIT,                                                                      \
         .help = "By which staff know it"},                                                                  \
        {.name = "is_default",                                                                               \
         .kind = FIELD_FLAG,                                                                                 \
         .offset = offsetof(struct freight_form, is_default),                                                \
         .help = "Of all products that chose none"},                                                         \
        {.name = "rates",                                                                                    \
         .kind = FIELD_ROWS,                                                                                 \
         .offset = offsetof(struct freight_form, rates),                                                     \
         .maximum = FREIGHT_RATE_LIMIT,                                                                      \
         .rows = rate_fields,                                                                                \
         .row_size = sizeof(struct rate_row),                                                                \
         .help = "The first one holds wherever no other does; rows without provinces and price are left "    \
                 "out"},                                                                                     \
        {.name = "places",                                                                                   \
         .kind = FIELD_ROWS,                                                                                 \
         .offset = offsetof(struct freight_form, places),                                                    \
         .maximum = (int64_t)SETS * FREIGHT_REGIONS,                                                         \
         .rows = place_fields,                                                                               \
         .row_size = sizeof(struct place_row),                                                               \
         .help = "For pages: the provinces of all sets"},                                                    \
        SET_FIELD(refused, "Provinces that are not delivered to"),                                           \
        {.name = "free_sum",                                                                                 \
         .kind = FIELD_MONEY,                                                                                \
         .offset = offsetof(struct freight_form, free_sum),                                                  \
         .maximum = MONEY_MAX,                                                                               \
         .help = "Carried for nothing from this sum on; 0 = never"},                                         \
        {.name = "free_pieces",                                                                              \
         .kind = FIELD_INT,                                                                                  \
         .offset = offsetof(struct freight_form, free_pieces),                                               \
         .maximum = 100000,                                                                                  \
         .help = "The same from so many pieces on"},                                                         \
        SET_FIELD(unfree, "Provinces where it is never free")
#define ID_FIELD                                                                                             \
    {                                                                                                        \
        .name = "id", .kind = FIELD_ID, .offset = offsetof(struct freight_form, template_id),                \
        .is_required = true, .help = "The template"                                                          \
    }
static const struct field list_fields[] = {
    {.name = "notice",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct freight_form, notice),
     .maximum = 40,
     .help = "For pages: what was just done"},
    {0},
};
static const struct field new_fields[] = {WAY_FIELD, {0}};
static const struct field create_fields[] = {FORM_FIELDS, {0}};
static const struct field show_fields[] = {ID_FIELD, {0}};
static const struct field change_fields[] = {
    ID_FIELD,
    {.name = "version",
     .kind = FIELD_INT,
     .offset = offsetof(struct freight_form, version),
     .maximum = INT64_MAX,
     .help = "The version that was read"},
    FORM_FIELDS,
    {0},
};

/* ---- what was typed ---- */

struct reading {
    struct freight_template template;
    size_t rows[FREIGHT_RATE_LIMIT]; /* of the form, of each rate */
    uint64_t sets[SETS];
};

static void read_place(const char *at, uint64_t *sets)
{
    char *end;
    unsigned long set = strtoul(at, &end, 10);
    int place = *end == ':' ? freight_region_place((int64_t)strtoul(end + 1, NULL, 10)) : -1;
    if (set < SETS && place >= 0)
        sets[set] |= UINT64_C(1) << place;
}

/* Names or codes between commas of either kind. */
static err read_words(struct ctx *ctx, const char *field, const char *text, uint64_t *set)
{
    while (*text) {
        size_t length = strcspn(text, ",");
        const char *chinese = strstr(text, "，");
        if (chinese && (size_t)(chinese - text) < length)
            length = (size_t)(chinese - text);
        const char *word = text_trim(ctx->arena, arena_copy(ctx->arena, text, length));
        int64_t code = freight_region_of(word);
        if (code == 0)
            (void)text_to_int(word, &code);
        int place = freight_region_place(code);
        if (word[0] && place < 0)
            return fail_field(ctx, field, "unknown-region",
                              arena_format(ctx->arena, "%s is no province", word));
        if (word[0])
            *set |= UINT64_C(1) << place;
        text += length;
        text += *text == ',' ? 1 : *text ? strlen("，") : 0;
    }
    return NULL;
}

static err read_sets(struct ctx *ctx, const struct freight_form *form, uint64_t *sets)
{
    const struct place_row *places = form->places.items;
    const struct rate_row *rates = form->rates.items;
    for (size_t i = 0; i < form->places.count; i++)
        read_place(places[i].at, sets);
    for (size_t i = 1; i < form->rates.count && i < FREIGHT_RATE_LIMIT; i++)
        TRY(read_words(ctx, arena_format(ctx->arena, "rates.%zu.regions", i), rates[i].regions, &sets[i]));
    TRY(read_words(ctx, "refused", form->refused, &sets[SET_REFUSED]));
    return read_words(ctx, "unfree", form->unfree, &sets[SET_UNFREE]);
}

/* What is above the first units costs no more where nothing is said. */
static struct freight_rate rate_of(const struct rate_row *row, uint64_t regions)
{
    bool has_next = row->next_price > 0;
    return (struct freight_rate){.regions = regions,
                                 .first = row->first,
                                 .first_price = row->first_price,
                                 .next = has_next ? row->next : 0,
                                 .next_price = has_next ? row->next_price : 0};
}

static err read_form(struct ctx *ctx, const struct freight_form *form, struct reading *reading)
{
    const struct rate_row *rows = form->rates.items;
    struct freight_template *template = &reading->template;
    TRY(read_sets(ctx, form, reading->sets));
    *template = (struct freight_template){.id = form->template_id,
                                          .version = form->version,
                                          .name = form->name,
                                          .way = form->way > 0 ? (enum freight_way)form->way : FREIGHT_PIECES,
                                          .is_default = form->is_default,
                                          .refused = reading->sets[SET_REFUSED],
                                          .free_sum = form->free_sum,
                                          .free_pieces = form->free_pieces,
                                          .unfree = reading->sets[SET_UNFREE]};
    template->rates[0] = (struct freight_rate){.first_price = -1};
    template->rate_count = 1;
    for (size_t i = 0; i < form->rates.count && i < FREIGHT_RATE_LIMIT; i++) {
        if (i == 0)
            template->rates[0] = rate_of(&rows[0], 0);
        else if (reading->sets[i] || rows[i].first_price >= 0) {
            reading->rows[template->rate_count] = i;
            template->rates[template->rate_count++] = rate_of(&rows[i], reading->sets[i]);
        }
    }
    return NULL;
}

/* "rates.1.first" of the template is the second row that was filled in. */
static err by_rows(struct ctx *ctx, const struct reading *reading, err failure)
{
    const struct field_problem *first = NULL, **end = &first;
    if (!failure || failure->code != ERR_INVALID || !failure->problems)
        return failure;
    for (const struct field_problem *one = failure->problems; one; one = one->next) {
        struct field_problem *problem = arena_alloc(ctx->arena, sizeof *problem);
        *problem = *one;
        problem->next = NULL;
        if (text_starts(one->field, "rates.")) {
            char *rest;
            size_t rate = strtoul(one->field + strlen("rates."), &rest, 10);
            problem->field = arena_format(ctx->arena, "rates.%zu%s", reading->rows[rate], rest);
        }
        *end = problem;
        end = &problem->next;
    }
    return fail_fields(ctx, first);
}

/* ---- views ---- */

static void set_number(struct arena *arena, struct value *row, const char *name, int64_t number)
{
    value_set_text(arena, row, name, number > 0 ? arena_format(arena, "%" PRId64, number) : "");
}

static void set_price(struct ctx *ctx, struct value *row, const char *name, int64_t minor)
{
    value_set_text(ctx->arena, row, name,
                   minor >= 0 ? money_decimal(ctx->arena, money_of(minor, ctx->shop->currency)) : "");
}

/* The provinces as boxes of one set. */
static void add_boxes(struct ctx *ctx, struct value *row, const char *name, size_t set, uint64_t chosen)
{
    struct arena *arena = ctx->arena;
    struct value *boxes = value_set_list(arena, row, name);
    for (int i = 0; i < FREIGHT_REGIONS; i++) {
        struct value *box = value_add(arena, boxes, *value_object(arena));
        value_set_text(arena, box, "field",
                       arena_format(arena, "places.%zu.at", set * FREIGHT_REGIONS + (size_t)i));
        value_set_text(arena, box, "value",
                       arena_format(arena, "%zu:%" PRId64, set, freight_regions[i].code));
        value_set_text(arena, box, "name", freight_region_name(ctx, freight_regions[i].code));
        value_set_bool(arena, box, "is_chosen", (chosen & (UINT64_C(1) << i)) != 0);
    }
}

static struct value *add_rate(struct ctx *ctx, struct value *rates, size_t row, uint64_t regions)
{
    struct value *view = value_add(ctx->arena, rates, *value_object(ctx->arena));
    value_set_int(ctx->arena, view, "row", (int64_t)row);
    value_set_bool(ctx->arena, view, "is_used", regions != 0);
    value_set_text(ctx->arena, view, "where", freight_regions_text(ctx, regions));
    add_boxes(ctx, view, "boxes", row, regions);
    return view;
}

static void set_tail(struct ctx *ctx, struct value *fields, uint64_t refused, uint64_t unfree)
{
    add_boxes(ctx, fields, "refused", SET_REFUSED, refused);
    value_set_text(ctx->arena, fields, "refused_text", freight_regions_text(ctx, refused));
    add_boxes(ctx, fields, "unfree", SET_UNFREE, unfree);
    value_set_text(ctx->arena, fields, "unfree_text", freight_regions_text(ctx, unfree));
}

/* `fields`: every field as text, with one rate to spare. */
static void fields_of(struct ctx *ctx, struct value *view, const struct freight_template *template)
{
    struct value *fields = value_set_object(ctx->arena, view, "fields");
    value_set_text(ctx->arena, fields, "way", freight_way_names[template->way]);
    value_set_text(ctx->arena, fields, "name", template->name);
    value_set_text(ctx->arena, fields, "is_default", template->is_default ? "1" : "");
    int64_t unit = template->way == FREIGHT_WEIGHT ? 1000 : 1;
    struct value *rates = value_set_list(ctx->arena, fields, "rates");
    for (size_t i = 0; i <= template->rate_count && i < FREIGHT_RATE_LIMIT; i++) {
        const struct freight_rate spare = {.first = template->rates[0].first,
                                           .first_price = -1,
                                           .next = template->rates[0].next,
                                           .next_price = -1};
        const struct freight_rate *rate = i < template->rate_count ? &template->rates[i] : &spare;
        struct value *row = add_rate(ctx, rates, i, rate->regions);
        set_number(ctx->arena, row, "first", rate->first);
        set_price(ctx, row, "first_price", rate->first_price);
        set_number(ctx->arena, row, "next", rate->next > 0 ? rate->next : unit);
        set_price(ctx, row, "next_price", rate->next > 0 ? rate->next_price : -1);
    }
    set_price(ctx, fields, "free_sum", template->free_sum > 0 ? template->free_sum : -1);
    set_number(ctx->arena, fields, "free_pieces", template->free_pieces);
    set_tail(ctx, fields, template->refused, template->unfree);
}

/* The same as it was typed. */
static void fields_typed(struct req *req, struct value *view)
{
    static const char *const names[] = {"way", "name", "is_default", "free_sum", "free_pieces"};
    static const char *const rate_names[] = {"first", "first_price", "next", "next_price"};
    struct ctx *ctx = &req->ctx;
    struct value *fields = value_set_object(ctx->arena, view, "fields");
    uint64_t sets[SETS] = {0};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        value_set_text(ctx->arena, fields, names[i], req_typed(req, names[i]));
    for (size_t i = 0; i < (size_t)SETS * FREIGHT_REGIONS; i++)
        read_place(req_typed(req, arena_format(ctx->arena, "places.%zu.at", i)), sets);
    struct value *rates = value_set_list(ctx->arena, fields, "rates");
    for (size_t i = 0; i < FREIGHT_RATE_LIMIT; i++) {
        struct value *row = add_rate(ctx, rates, i, sets[i]);
        bool is_any = sets[i] != 0;
        for (size_t j = 0; j < sizeof rate_names / sizeof *rate_names; j++) {
            const char *typed = req_typed(req, arena_format(ctx->arena, "rates.%zu.%s", i, rate_names[j]));
            value_set_text(ctx->arena, row, rate_names[j], typed);
            is_any = is_any || typed[0];
        }
        if (i > 0 && !is_any)
            break;
    }
    set_tail(ctx, fields, sets[SET_REFUSED], sets[SET_UNFREE]);
}

/* ---- pages ---- */

static err show_list(struct req *req)
{
    const struct freight_form *form = req->form;
    struct ctx *ctx = &req->ctx;
    struct freight_template *templates;
    int64_t counts[FREIGHT_TEMPLATE_LIMIT];
    size_t count;
    TRY(freight_template_list(ctx, &templates, &count));
    TRY(freight_product_count_many(ctx, templates, count, counts));
    struct value *view = value_object(ctx->arena);
    struct value *list = value_set_list(ctx->arena, view, "templates");
    for (size_t i = 0; i < count; i++) {
        struct value *row = value_add(ctx->arena, list, *freight_template_view(ctx, &templates[i]));
        value_set_int(ctx->arena, row, "product_count", counts[i]);
    }
    value_set_int(ctx->arena, view, "limit", FREIGHT_TEMPLATE_LIMIT);
    value_set_text(ctx->arena, view, "notice", form ? form->notice : "");
    return reply_view(req, "admin/freight", view);
}

static err show_new(struct req *req)
{
    const struct freight_form *form = req->form;
    struct ctx *ctx = &req->ctx;
    struct value *view = value_object(ctx->arena);
    value_set(ctx->arena, view, "template", value_null());
    if (req->failure) {
        fields_typed(req, view);
        return reply_view(req, "admin/freight_edit", view);
    }
    struct freight_template fresh = {
        .name = "", .way = form->way > 0 ? (enum freight_way)form->way : FREIGHT_PIECES, .rate_count = 1};
    int64_t unit = fresh.way == FREIGHT_WEIGHT ? 1000 : 1;
    fresh.rates[0] = (struct freight_rate){.first = unit, .first_price = -1, .next = unit, .next_price = -1};
    fields_of(ctx, view, &fresh);
    return reply_view(req, "admin/freight_edit", view);
}

static err show_one(struct req *req)
{
    const struct freight_form *form = req->form;
    struct ctx *ctx = &req->ctx;
    struct freight_template *template;
    TRY(freight_template_load(ctx, form->template_id, &template));
    struct value *view = value_object(ctx->arena);
    value_set(ctx->arena, view, "template", *freight_template_view(ctx, template));
    if (req->failure)
        fields_typed(req, view);
    else
        fields_of(ctx, view, template);
    return reply_view(req, "admin/freight_edit", view);
}

static err note(struct ctx *ctx, const char *what)
{
    return audit_note_alone(
        ctx, &(struct audit_entry){.kind = "settings.changed", .subject = "freight", .after = what});
}

static err save(struct req *req, int status)
{
    struct ctx *ctx = &req->ctx;
    struct reading *reading = arena_alloc(ctx->arena, sizeof *reading);
    TRY(read_form(ctx, req->form, reading));
    TRY(by_rows(ctx, reading, freight_template_save(ctx, &reading->template)));
    TRY(note(ctx, reading->template.name));
    struct value *view = value_object(ctx->arena);
    value_set(ctx->arena, view, "template", *freight_template_view(ctx, &reading->template));
    return reply_done(req, status, view, "/admin/freight?notice=saved");
}

static err create(struct req *req)
{
    return save(req, 201);
}

static err change(struct req *req)
{
    return save(req, 200);
}

static err drop(struct req *req)
{
    const struct freight_form *form = req->form;
    TRY(freight_template_remove(&req->ctx, form->template_id));
    TRY(note(&req->ctx, ""));
    return reply_done(req, 200, value_object(req->ctx.arena), "/admin/freight?notice=removed");
}

#define PAGE(place, run, what)                                                                               \
    .method = GET, .path = (place), .handler = (run), .guard = STAFF, .scope = "products.read",              \
    .summary = (what)
#define ACT(place, run, shown, what)                                                                         \
    .method = POST, .path = (place), .handler = (run), .guard = STAFF, .scope = "products.write",            \
    .again = (shown), .summary = (what)

const struct route backoffice_freight_routes[] = {
    {PAGE("/admin/freight", show_list, "The freight templates"), .fields = list_fields,
     .form_size = sizeof(struct freight_form), .answer = "templates"},
    {PAGE("/admin/freight/new", show_new, "The form for a new freight template"), .fields = new_fields,
     .form_size = sizeof(struct freight_form), .faces = FACE_HTML},
    {ACT("/admin/freight", create, show_new, "Add a freight template"), .fields = create_fields,
     .form_size = sizeof(struct freight_form), .answer = "template"},
    {PAGE("/admin/freight/:id", show_one, "A freight template"), .fields = show_fields,
     .form_size = sizeof(struct freight_form), .answer = "template"},
    {ACT("/admin/freight/:id", change, show_one, "Change a freight template, from the next order on"),
     .fields = change_fields, .form_size = sizeof(struct freight_form), .answer = "template"},
    {ACT("/admin/freight/:id/remove", drop, show_one,
         "Remove a freight template; its products have the default one"),
     .fields = show_fields, .form_size = sizeof(struct freight_form)},
    {0},
};
