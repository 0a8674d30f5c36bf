/* checkout_routes.h - checkout, cashier and the buyer's order page. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "http/http.h"

extern const struct route checkout_routes[];
extern const struct route order_routes[];
