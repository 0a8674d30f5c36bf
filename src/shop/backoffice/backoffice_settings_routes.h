/* backoffice_settings_routes.h - shared by the pages of settings. Private to backoffice.
 *
 * They read the shop as it is now, not as the cache remembers it: whoever saves sees what was saved. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "db/db.h"
#include "http/http.h"

/* Reads the shop anew and begins a view, with the notice that the address carries. */
CHECKED err settings_open(struct req *req, struct value **view);
/* The page of currency, zone and language, also when a form of it was refused. */
CHECKED err settings_show_region(struct req *req);
/* The page of all staff, also when a form of it was refused. */
CHECKED err settings_show_people(struct req *req);
/* Takes an uploaded picture; what is wrong with it is a problem of `field`. */
CHECKED err settings_take_picture(struct ctx *ctx, const struct upload *upload, const char *field,
                                  const char **picture_id);
/* Runs a body that changes what pictures the shop shows, and tells media in the same transaction. */
CHECKED err settings_change_pictures(struct ctx *ctx, db_body body, void *arg);
