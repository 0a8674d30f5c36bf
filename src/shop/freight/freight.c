/* freight.c - the pure function: what the lines of each template cost, and whether they go there at all. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/freight/freight.h"

#include "base/money.h"

const char *const freight_way_names[] = {"", "weight", "pieces", "fixed", NULL};

static bool has_region(uint64_t regions, int place)
{
    return place >= 0 && (regions & (UINT64_C(1) << place)) != 0;
}

static const struct freight_rate *rate_at(const struct freight_template *template, int place)
{
    for (size_t i = 1; i < template->rate_count; i++)
        if (has_region(template->rates[i].regions, place))
            return &template->rates[i];
    return &template->rates[0];
}

/* The same wherever it may go: one rate, or for nothing. */
static bool is_same_everywhere(const struct freight_template *template, const struct freight_part *part)
{
    return template->refused == 0 && template->unfree == 0 && (template->rate_count == 1 || part->is_free);
}

/* Begun following units count as full ones. */
static bool rate_amount(const struct freight_template *template, const struct freight_rate *rate,
                        int64_t units, int64_t *amount)
{
    __int128 sum = rate->first_price;
    if (template->way != FREIGHT_FIXED && rate->next > 0 && units > rate->first)
        sum += (__int128)((units - rate->first - 1) / rate->next + 1) * rate->next_price;
    *amount = sum > MONEY_MAX ? 0 : (int64_t)sum;
    return sum <= MONEY_MAX;
}

static bool is_free(const struct freight_template *template, const struct freight_part *part, int place)
{
    if (has_region(template->unfree, place))
        return false;
    return (template->free_sum > 0 && part->paid >= template->free_sum) ||
           (template->free_pieces > 0 && part->pieces >= template->free_pieces);
}

static struct freight_part *part_of(struct freight *freight, int place)
{
    for (size_t i = 0; i < freight->part_count; i++)
        if (freight->parts[i].place == place)
            return &freight->parts[i];
    struct freight_part *part = &freight->parts[freight->part_count++];
    *part = (struct freight_part){.place = place};
    return part;
}

/* Puts the lines of each template together, in the order in which templates first appear. */
static bool gather(const struct freight_template *templates, size_t template_count,
                   const struct freight_line *lines, size_t line_count, struct freight *freight)
{
    for (size_t i = 0; i < line_count; i++) {
        const struct freight_line *line = &lines[i];
        if (line->place < 0 || (size_t)line->place >= template_count || line->pieces <= 0)
            continue;
        struct freight_part *part = part_of(freight, line->place);
        int64_t units = templates[line->place].way == FREIGHT_WEIGHT ? line->weight : line->pieces;
        if (__builtin_add_overflow(part->units, units, &part->units) ||
            __builtin_add_overflow(part->pieces, line->pieces, &part->pieces) ||
            __builtin_add_overflow(part->paid, line->paid, &part->paid))
            return false;
    }
    return true;
}

static bool price_part(const struct freight_template *template, struct freight_part *part, int place)
{
    part->is_free = is_free(template, part, place);
    part->short_sum =
        !part->is_free && template->free_sum > part->paid && !has_region(template->unfree, place)
            ? template->free_sum - part->paid
            : 0;
    return part->is_free || rate_amount(template, rate_at(template, place), part->units, &part->amount);
}

bool freight_compute(const struct freight_template *templates, size_t template_count,
                     const struct freight_line *lines, size_t line_count, int64_t region,
                     struct freight *freight)
{
    int place = freight_region_place(region);
    *freight = (struct freight){.state = FREIGHT_NONE, .region = place < 0 ? 0 : region};
    if (!gather(templates, template_count < FREIGHT_TEMPLATE_LIMIT ? template_count : FREIGHT_TEMPLATE_LIMIT,
                lines, line_count, freight))
        return false;
    if (freight->part_count > 0)
        freight->state = FREIGHT_KNOWN;
    for (size_t i = 0; i < freight->part_count; i++) {
        const struct freight_template *template = &templates[freight->parts[i].place];
        if (has_region(template->refused, place)) {
            freight->state = FREIGHT_REFUSED;
            freight->refused = freight->parts[i].place;
            freight->amount = 0;
            return true;
        }
        if (!price_part(template, &freight->parts[i], place) ||
            __builtin_add_overflow(freight->amount, freight->parts[i].amount, &freight->amount) ||
            freight->amount > MONEY_MAX)
            return false;
        if (place < 0 && !is_same_everywhere(template, &freight->parts[i]))
            freight->state = FREIGHT_OPEN;
    }
    if (freight->state == FREIGHT_OPEN)
        freight->amount = 0;
    return true;
}
