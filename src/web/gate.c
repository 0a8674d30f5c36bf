/* gate.c - who may come into a shop that is not open yet. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "web/gate.h"

#include "base/text.h"
#include "shop/staff/staff.h"

/* The door of the back office, the proof that a domain is the shop's, pictures (the logo on the page that
 * says 即将开业), and what buyers of earlier days need for their orders: they have a contract. */
bool gate_is_always_open(const char *path)
{
    static const char *const places[] = {"/admin/", "/.well-known/", "/media/", "/orders/", "/sandbox/"};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        if (text_starts(path, places[i]))
            return true;
    return text_is(path, "/orders");
}

err gate_check(struct req *req)
{
    const struct shop *shop = req->ctx.shop;
    if (!shop || shop->is_open || gate_is_always_open(req->route->path))
        return NULL;
    const char *token = req_cookie(req, STAFF_COOKIE);
    const struct staff *staff = NULL;
    if (token)
        TRY(staff_find_session(&req->ctx, token, &staff));
    if (staff) {
        struct staff *visitor = arena_alloc(req->ctx.arena, sizeof *visitor);
        *visitor = *staff;
        req->visitor = visitor;
        return NULL;
    }
    reply_header(req, "Retry-After", "86400");
    return fail_with(&req->ctx, ERR_SHOP_NOT_OPEN, "no licence and no declaration yet");
}
