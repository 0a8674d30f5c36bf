/* gate.h - a shop without licence or declaration is not open to strangers (电商法 10, 15).
 *
 * Strangers are answered 503 (RFC 9110, 15.6.4) with a page that says 即将开业: the state is a passing one,
 * search engines come back later and index nothing of it, whereas a 404 would say that there is nothing and a
 * 200 that the placeholder is the shop. Staff who are logged in go about in the shop as it will be.
 *
 * The answer is in the shop that the request carries anyway; only for a shop that is not open a session is
 * asked for. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "http/http.h"

/* For routes that anybody may use: ERR_SHOP_NOT_OPEN. Fills req->visitor when staff look at a shop that is
 * not open. */
CHECKED err gate_check(struct req *req);
/* Whether a route stands outside the shop that strangers walk about in: it is open when the shop is not, and
 * stays at the host where it was asked for. */
bool gate_is_always_open(const char *path);
