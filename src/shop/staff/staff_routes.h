/* staff_routes.h - the back office's door. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "http/http.h"

extern const struct route staff_routes[];
extern const struct route staff_entry_routes[];
