/* staff_role.c - what each role may do. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"
#include "shop/staff/staff.h"

#define SCOPES_LIMIT 12

const char *const staff_role_names[] = {"owner", "manager", "packer", "support", NULL};

/* A scope that ends in a dot stands for all that begin with it; "" for everything. "shop." is what binds the
 * shop before the law (registration, domains, its end), "staff." who may do what. */
struct role {
    enum staff_role role;
    const char *scopes[SCOPES_LIMIT];
    const char *except[SCOPES_LIMIT];
};

static const struct role roles[] = {
    {STAFF_OWNER, {""}, {0}},
    {STAFF_MANAGER, {""}, {"shop.", "staff."}},
    {STAFF_PACKER, {"orders.read", "orders.write"}, {0}},
    {STAFF_SUPPORT, {"orders.read", "reviews."}, {0}},
};

static bool is_within(const char *scope, const char *allowed)
{
    size_t length = strlen(allowed);
    bool is_group = length == 0 || allowed[length - 1] == '.';
    return is_group ? text_starts(scope, allowed) : text_is(scope, allowed);
}

static bool is_among(const char *scope, const char *const *list)
{
    for (size_t i = 0; i < SCOPES_LIMIT && list[i]; i++)
        if (is_within(scope, list[i]))
            return true;
    return false;
}

bool staff_may(const struct staff *staff, const char *scope)
{
    for (size_t i = 0; i < sizeof roles / sizeof *roles; i++)
        if (roles[i].role == staff->role)
            return !scope || (is_among(scope, roles[i].scopes) && !is_among(scope, roles[i].except));
    return false;
}
