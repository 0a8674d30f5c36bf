/* review_routes.h - reviews of a product, and the page on which a buyer writes them. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "http/http.h"

extern const struct route review_routes[];
extern const struct route review_vote_routes[];
