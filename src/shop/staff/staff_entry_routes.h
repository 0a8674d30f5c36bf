/* staff_entry_routes.h - what the pages of logging in share. Private to staff. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "http/http.h"
#include "shop/staff/staff.h"

/* A page of the back office to go on to, whatever was asked for. */
const char *staff_safe_next(const char *next);
/* Where the next step of logging in is. */
const char *staff_step_path(struct req *req, enum staff_step step, const char *next);
