/* storefront_elder_routes.c - pages with large type and large targets (长辈版), for who wishes so.
 *
 * The wish is a cookie and the page is made with it, so it works without JavaScript and nothing jumps. Pages
 * of everybody else stay in the page cache. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/storefront/storefront_routes.h"

#include "base/clock.h"

#define ELDER_SECONDS (365 * DAY_MS / 1000)
#define ELDER_NEXT_LIMIT 2000

struct elder_form {
    bool is_on;
    const char *next;
};

static const struct field elder_fields[] = {
    {.name = "on",
     .kind = FIELD_FLAG,
     .offset = offsetof(struct elder_form, is_on),
     .help = "Large pages, or those of everybody"},
    {.name = "next",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct elder_form, next),
     .maximum = ELDER_NEXT_LIMIT,
     .help = "Page of the shop to go back to"},
    {0},
};

static err wish(struct req *req)
{
    const struct elder_form *form = req->form;
    reply_cookie(req, ELDER_COOKIE, form->is_on ? "1" : "", form->is_on ? ELDER_SECONDS : -1);
    return reply_done(req, 200, value_object(req->ctx.arena), "%s", storefront_next(req, form->next, "/"));
}

const struct route storefront_elder_routes[] = {
    {.method = POST,
     .path = "/elder",
     .handler = wish,
     .guard = ANYONE,
     .faces = FACE_HTML,
     .fields = elder_fields,
     .form_size = sizeof(struct elder_form),
     .summary = "Choose pages with large type and large targets"},
    {0},
};
