/* backoffice_routes.h - pages of the back office that show several modules at once: today, products, orders,
 * alarms.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "http/http.h"

extern const struct route backoffice_today_routes[];
extern const struct route backoffice_product_routes[];
extern const struct route backoffice_picture_routes[];
extern const struct route backoffice_media_routes[];
extern const struct route backoffice_category_routes[];
extern const struct route backoffice_order_routes[];
extern const struct route backoffice_alarm_routes[];
