/* public_address.c - the tables of addresses that are not public. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "adapter/public_address.h"

#include "base/text.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

#define ENTRY_LIMIT 64 /* of a list: an address in brackets and its port */

struct block {
    unsigned char prefix[16];
    int bits;
};

/* https://www.iana.org/assignments/iana-ipv4-special-registry */
static const struct block closed_4[] = {
    {{0}, 8},             /* this network */
    {{10}, 8},            /* private */
    {{100, 64}, 10},      /* shared by carriers, RFC 6598 */
    {{127}, 8},           /* loopback */
    {{169, 254}, 16},     /* link-local; where clouds keep their secrets */
    {{172, 16}, 12},      /* private */
    {{192, 0, 0}, 24},    /* protocol assignments */
    {{192, 0, 2}, 24},    /* documentation */
    {{192, 31, 196}, 24}, /* AS112 */
    {{192, 52, 193}, 24}, /* AMT */
    {{192, 88, 99}, 24},  /* 6to4 relays */
    {{192, 168}, 16},     /* private */
    {{192, 175, 48}, 24}, /* AS112 */
    {{198, 18}, 15},      /* benchmarks */
    {{198, 51, 100}, 24}, /* documentation */
    {{203, 0, 113}, 24},  /* documentation */
    {{224}, 4},           /* multicast */
    {{240}, 4},           /* reserved, and broadcast */
};

/* Inside 2000::/3, which alone is given out. https://www.iana.org/assignments/iana-ipv6-special-registry */
static const struct block closed_6[] = {
    {{0x20, 0x01}, 23},                   /* protocol assignments, Teredo and ORCHID among them */
    {{0x20, 0x01, 0x0d, 0xb8}, 32},       /* documentation */
    {{0x20, 0x02}, 16},                   /* 6to4 */
    {{0x26, 0x20, 0x00, 0x4f, 0x80}, 48}, /* AS112 */
    {{0x3f, 0xff}, 20},                   /* documentation */
};

static bool is_in(const unsigned char *address, const struct block *block)
{
    int whole = block->bits / 8, rest = block->bits % 8;
    if (memcmp(address, block->prefix, (size_t)whole) != 0)
        return false;
    return rest == 0 || (address[whole] ^ block->prefix[whole]) >> (8 - rest) == 0;
}

static bool is_in_any(const unsigned char *address, const struct block *blocks, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (is_in(address, &blocks[i]))
            return true;
    return false;
}

bool address_is_public(const struct sockaddr *address)
{
    if (address->sa_family == AF_INET) {
        const struct sockaddr_in *four = (const void *)address;
        return !is_in_any((const void *)&four->sin_addr, closed_4, sizeof closed_4 / sizeof *closed_4);
    }
    if (address->sa_family == AF_INET6) {
        const struct sockaddr_in6 *six = (const void *)address;
        static const struct block given_out = {{0x20}, 3};
        return is_in(six->sin6_addr.s6_addr, &given_out) &&
               !is_in_any(six->sin6_addr.s6_addr, closed_6, sizeof closed_6 / sizeof *closed_6);
    }
    return false;
}

uint16_t address_port(const struct sockaddr *address)
{
    if (address->sa_family == AF_INET)
        return ntohs(((const struct sockaddr_in *)(const void *)address)->sin_port);
    if (address->sa_family == AF_INET6)
        return ntohs(((const struct sockaddr_in6 *)(const void *)address)->sin6_port);
    return 0;
}

/* As an entry of the list writes it. */
static bool write_address(const struct sockaddr *address, char *out, size_t size)
{
    char host[INET6_ADDRSTRLEN];
    bool is_six = address->sa_family == AF_INET6;
    const void *bytes = is_six
                            ? (const void *)&((const struct sockaddr_in6 *)(const void *)address)->sin6_addr
                            : (const void *)&((const struct sockaddr_in *)(const void *)address)->sin_addr;
    if (address_port(address) == 0 || !inet_ntop(address->sa_family, bytes, host, sizeof host))
        return false;
    snprintf(out, size, is_six ? "[%s]:%u" : "%s:%u", host, address_port(address));
    return true;
}

bool address_is_listed(const struct sockaddr *address, const char *allowed)
{
    char wanted[ENTRY_LIMIT];
    if (!write_address(address, wanted, sizeof wanted))
        return false;
    for (const char *at = allowed; *at; at += strcspn(at, ",")) {
        at += strspn(at, ", ");
        if (slice_is((struct slice){at, strcspn(at, ", ")}, wanted))
            return true;
    }
    return false;
}
