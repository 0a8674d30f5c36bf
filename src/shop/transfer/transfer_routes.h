/* transfer_routes.h - imports, and lists as files. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "http/http.h"

extern const struct route transfer_routes[];
extern const struct route transfer_export_routes[];
