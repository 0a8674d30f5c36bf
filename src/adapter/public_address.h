/* public_address.h - whether an address may be connected to on behalf of somebody who typed it. Private to
 * this folder. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

/* Whether an address is one of the public internet: globally reachable by the IANA registries for special
 * purposes (RFC 6890 and what was added since), no multicast, and none that carries an IPv4 address inside
 * (mapped, translated by NAT64, 6to4, Teredo), since that may be a private one. */
bool address_is_public(const struct sockaddr *address);
/* Whether `allowed`, a list such as "10.0.0.5:8443,[fd00::5]:443", names this address and its port. */
bool address_is_listed(const struct sockaddr *address, const char *allowed);
/* Network byte order is left behind. 0 for what is neither IPv4 nor IPv6. */
uint16_t address_port(const struct sockaddr *address);
