/* transfer_routes.h - pages of imports, for the list of modules. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "http/http.h"

extern const struct route transfer_routes[];
