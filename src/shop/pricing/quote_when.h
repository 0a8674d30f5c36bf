/* quote_when.h - when and where a rule counts: hours of the week and provinces. Pure, like the quote: whoever
 * prices asks before the rules are put to quote_make, and whoever proves a price asks again.
 *
 * Hours are those that the clocks of the shop show: where clocks are put forward an hour is left out, where
 * they are put back one counts twice. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/zone.h"
#include "shop/pricing/quote.h"

#define DAY_MINUTES INT64_C(1440)
#define WEEK_MINUTES (WEEK_DAYS * DAY_MINUTES)
#define EVERY_DAY ((1u << WEEK_DAYS) - 1)

/* Minutes from Monday 00:00 that the clocks show at `at`, which are `offset` seconds east of UTC. */
int64_t week_minute(int64_t at, int64_t offset);
/* Whether a minute of the week is in it. */
bool window_takes(const struct week_window *window, int64_t minute);
/* Whether the rule counts in a minute of the week. */
bool rule_is_open(const struct discount_rule *rule, int64_t minute);
/* Whether it counts for what goes to a province (its code; 0 = not known, or nowhere). */
bool rule_reaches(const struct discount_rule *rule, int64_t region);

/* The first moment from `at` on, and before `until`, at which the rule is open, or closed. False when there
 * is none within the next eight days. */
bool rule_find_open(const struct discount_rule *rule, struct zone zone, int64_t at, int64_t until,
                    int64_t *found);
bool rule_find_closed(const struct discount_rule *rule, struct zone zone, int64_t at, int64_t until,
                      int64_t *found);
