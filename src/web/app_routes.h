/* app_routes.h - a shop on the home screen: its manifest, its icon, the worker that keeps pages for bad
 * networks, and the page that stands in when nothing was kept (W3C Web Application Manifest, Service
 * Workers).
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "http/http.h"

extern const struct route app_routes[];
