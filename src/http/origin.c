/* origin.c - is a writing request one of our own pages, or another site that uses a visitor's cookies?
 *
 * There are no CSRF tokens: browsers say where a request comes from. Sec-Fetch-Site (every browser since
 * 2023) must be same-origin, or none for what a person does by hand; where it is missing, Origin must name
 * our own host; a request with neither is no browser's form or script, and may write as long as it does not
 * live on a cookie: routes for staff then need an Authorization header, which no site can make a browser
 * send. Cookies are SameSite=Lax besides. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "http/internal.h"
#include <string.h>
#include <strings.h>

/* The host of "https://shop.example:8443". */
static const char *host_of(const char *origin)
{
    const char *mark = strstr(origin, "://");
    return mark ? mark + 3 : "";
}

err origin_check(struct work *work)
{
    const struct head *head = &work->exchange->head;
    struct req *req = &work->req;
    const struct route *route = req->route;
    if (route->method == GET || route->no_origin_check)
        return NULL;
    if (head->fetch_site) {
        if (strcasecmp(head->fetch_site, "same-origin") == 0 || strcasecmp(head->fetch_site, "none") == 0)
            return NULL;
        return fail_with(&req->ctx, ERR_CROSS_SITE, "the browser says that another site made this request");
    }
    if (head->origin) {
        const char *host = host_of(head->origin);
        const char *public_host = work->exchange->server->public_host;
        if (*host &&
            (strcasecmp(host, req->host) == 0 || (public_host && strcasecmp(host, public_host) == 0)))
            return NULL;
        return fail_with(&req->ctx, ERR_CROSS_SITE, "the Origin header names another site");
    }
    if (route->guard != ANYONE && head->cookie && head->authorization == NULL)
        return fail_with(&req->ctx, ERR_CROSS_SITE,
                         "a request that lives on a cookie must say where it comes from");
    return NULL;
}
