/* media_routes.h - the addresses of pictures. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "http/http.h"

extern const struct route media_routes[];
