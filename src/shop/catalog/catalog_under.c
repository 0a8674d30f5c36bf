/* catalog_under.c - a variant that was not touched, under options that were. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/catalog/catalog_check.h"

#include "base/text.h"

static bool has_text(const struct value *list, const char *text)
{
    for (size_t i = 0; i < value_count(list); i++)
        if (text_is(value_at(list, i)->text, text))
            return true;
    return false;
}

static bool has_option(const struct product_draft *draft, const char *name)
{
    for (size_t i = 0; i < draft->option_count; i++)
        if (text_is(draft->options[i].name, name))
            return true;
    return false;
}

/* Which option of before this one is: the one of the same name, else the one whose place and nothing else it
 * has. */
static const struct value *find_before(const struct value *options, const struct product_draft *draft,
                                       size_t index, size_t *at)
{
    for (*at = 0; *at < value_count(options); (*at)++)
        if (text_is(value_find_text(value_at(options, *at), "name"), draft->options[index].name))
            return value_at(options, *at);
    *at = index;
    const struct value *before = value_at(options, index);
    return before && !has_option(draft, value_find_text(before, "name")) ? before : NULL;
}

/* The same value, or the one that stands in its place when it has another name. */
static const char *value_under(const struct option_draft *option, const struct value *before,
                               const char *value)
{
    const struct value *values = value_find(before, "values");
    if (option_draft_has(option, value))
        return value;
    for (size_t i = 0; i < value_count(values) && value_count(values) == option->value_count; i++)
        if (text_is(value_at(values, i)->text, value) && !has_text(values, option->values[i]))
            return option->values[i];
    return NULL;
}

const char **variant_values_under(struct ctx *ctx, const struct value *options, const struct value *values,
                                  const struct product_draft *draft)
{
    const char **found = arena_alloc_many(ctx->arena, draft->option_count + 1, sizeof *found);
    size_t used = 0;
    for (size_t i = 0; i < draft->option_count; i++) {
        size_t at;
        const struct option_draft *option = &draft->options[i];
        const struct value *before = find_before(options, draft, i, &at);
        const struct value *value = before ? value_at(values, at) : NULL;
        used += before != NULL;
        if (value)
            found[i] = value_under(option, before, value->text);
        else if (!before && option->value_count == 1)
            found[i] = option->values[0];
        if (!found[i])
            return NULL;
    }
    return used == value_count(options) && value_count(values) == value_count(options) ? found : NULL;
}
