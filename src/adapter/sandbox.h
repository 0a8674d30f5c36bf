/* sandbox.h - the built-in sandbox: a gateway of our own that takes no real money, so that a shop can sell,
 * be paid and refund from its first minute.
 *
 * It plays another company: it keeps its own trades, signs what it says, and its notifications go through the
 * same door as everybody's (payment_notify). A trade is born when the buyer acts on the cashier page; until
 * then the signed address of that page carries what is to be paid. On request it misbehaves as real gateways
 * do: a notification comes late, several times, never, or with another amount. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "http/http.h"
#include "job/job.h"
#include "shop/payment/gateway.h"

extern const struct gateway sandbox_gateway;
extern const struct route sandbox_routes[];
extern const struct job_kind sandbox_job_kinds[];
