/* content_routes.h - the policies of a shop: for buyers, and where they are written. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "http/http.h"

extern const struct route content_routes[];
extern const struct route content_admin_routes[];
