/* tenant_routes.h - the routes of tenant. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "http/http.h"

extern const struct route tenant_routes[];
