/* outbound.h - requests to addresses of other people, by libcurl. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "shop/outbound.h"

/* Starts libcurl, once. */
void outbound_start(void);

extern const struct outbound curl_outbound;
