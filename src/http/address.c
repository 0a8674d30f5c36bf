/* address.c - who is asking: addresses, trusted proxies, and how much of an address a log may see.
 *
 * IPv4 addresses are held in their IPv6-mapped form, so that there is one kind of address and one comparison.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "http/internal.h"
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

bool address_parse(const char *text, struct in6_addr *address)
{
    struct in_addr four;
    if (inet_pton(AF_INET, text, &four) == 1) {
        memset(address, 0, 10);
        memset(address->s6_addr + 10, 0xff, 2);
        memcpy(address->s6_addr + 12, &four, 4);
        return true;
    }
    return inet_pton(AF_INET6, text, address) == 1;
}

static bool is_four(const struct in6_addr *address)
{
    return IN6_IS_ADDR_V4MAPPED(address);
}

/* "10.0.0.0/8" */
static bool network_parse(const char *text, struct network *network)
{
    char address[ADDRESS_BYTES];
    const char *slash = strchrnul(text, '/');
    size_t length = (size_t)(slash - text);
    int64_t bits = 128;
    if (length == 0 || length >= sizeof address)
        return false;
    memcpy(address, text, length);
    address[length] = '\0';
    if (!address_parse(address, &network->address))
        return false;
    if (*slash) {
        int64_t most = is_four(&network->address) ? 32 : 128;
        if (!text_to_int(slash + 1, &bits) || bits < 0 || bits > most)
            return false;
        bits += 128 - most;
    }
    network->bits = (int)bits;
    return true;
}

err trusted_parse(struct ctx *ctx, const char *list, struct trusted *trusted)
{
    char *copy = arena_copy_text(ctx->arena, list);
    char *rest;
    trusted->count = 0;
    for (char *item = strtok_r(copy, ", ", &rest); item; item = strtok_r(NULL, ", ", &rest)) {
        if (trusted->count == TRUSTED_LIMIT)
            return fail_with(ctx, ERR_INVALID, "more than %d trusted proxies", TRUSTED_LIMIT);
        if (!network_parse(item, &trusted->networks[trusted->count++]))
            return fail_with(ctx, ERR_INVALID, "\"%s\" is no address of a trusted proxy", item);
    }
    return NULL;
}

static bool is_in(const struct network *network, const struct in6_addr *address)
{
    int bytes = network->bits / 8;
    int bits = network->bits % 8;
    if (memcmp(network->address.s6_addr, address->s6_addr, (size_t)bytes) != 0)
        return false;
    return bits == 0 || (network->address.s6_addr[bytes] ^ address->s6_addr[bytes]) >> (8 - bits) == 0;
}

bool address_is_trusted(const struct trusted *trusted, const struct in6_addr *address)
{
    for (size_t i = 0; i < trusted->count; i++)
        if (is_in(&trusted->networks[i], address))
            return true;
    return false;
}

bool address_is_loopback(const struct in6_addr *address)
{
    return IN6_IS_ADDR_LOOPBACK(address) || (is_four(address) && address->s6_addr[12] == 127);
}

struct in6_addr address_of_client(const struct trusted *trusted, struct in6_addr peer,
                                  const char *forwarded_for)
{
    struct in6_addr client = peer;
    if (forwarded_for == NULL || !address_is_trusted(trusted, &peer))
        return client;
    const char *end = forwarded_for + strlen(forwarded_for);
    while (end > forwarded_for && address_is_trusted(trusted, &client)) {
        const char *start = end;
        char text[ADDRESS_BYTES];
        while (start > forwarded_for && start[-1] != ',')
            start--;
        const char *first = start + strspn(start, " \t[");
        size_t length = strcspn(first, " \t,]");
        if (length == 0 || length >= sizeof text)
            break;
        memcpy(text, first, length);
        text[length] = '\0';
        if (!address_parse(text, &client))
            break;
        end = start > forwarded_for ? start - 1 : start;
    }
    return client;
}

static void address_write(const struct in6_addr *address, char out[ADDRESS_BYTES])
{
    if (is_four(address))
        inet_ntop(AF_INET, address->s6_addr + 12, out, ADDRESS_BYTES);
    else
        inet_ntop(AF_INET6, address, out, ADDRESS_BYTES);
}

const char *address_text(struct arena *arena, const struct in6_addr *address)
{
    char text[ADDRESS_BYTES];
    address_write(address, text);
    return arena_copy_text(arena, text);
}

void address_write_truncated(const struct in6_addr *address, char out[ADDRESS_BYTES])
{
    struct in6_addr shorter = *address;
    if (is_four(address))
        shorter.s6_addr[15] = 0;
    else
        memset(shorter.s6_addr + 6, 0, 10);
    address_write(&shorter, out);
}

void address_write_bucket(const struct in6_addr *address, char out[ADDRESS_BYTES])
{
    struct in6_addr bucket = *address;
    if (!is_four(address))
        memset(bucket.s6_addr + 8, 0, 8);
    address_write(&bucket, out);
}
