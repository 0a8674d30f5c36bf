/* outbound.h - the port to addresses of other people: fetching from them and posting to them.
 *
 * Merchants type these addresses, so they must lead nowhere inside: only http and https, ports 80 and 443, no
 * credentials, and the address that is really connected to is a public one (the IANA registries of special
 * purpose addresses, RFC 6890), looked at after the name was resolved, at every redirect again. A name that
 * resolves to something else a moment later gains nothing. The setting `outbound_allow` names the exceptions.
 *
 * What goes wrong outside is no failure of ours: it is the answer's `problem`. Never called inside a
 * transaction. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/ctx.h"

#define OUTBOUND_URL_LIMIT 2000
#define OUTBOUND_REDIRECT_LIMIT 3
#define OUTBOUND_HEADER_LIMIT 8

enum outbound_problem {
    OUTBOUND_FINE,
    OUTBOUND_BAD_URL,    /* no http(s) address, or one with a user name in it, or too long */
    OUTBOUND_NOT_HTTPS,  /* https was asked for */
    OUTBOUND_FORBIDDEN,  /* the address is not a public one, or the port is another */
    OUTBOUND_NO_HOST,    /* nobody knows the name */
    OUTBOUND_NO_CONNECT, /* refused, unreachable, broken off */
    OUTBOUND_BAD_TLS,    /* no certificate that is right for the name */
    OUTBOUND_TIMEOUT,
    OUTBOUND_TOO_BIG,
    OUTBOUND_REDIRECTS, /* more than OUTBOUND_REDIRECT_LIMIT */
};

/* Slugs for the locale files, by enum outbound_problem: "outbound-forbidden". */
extern const char *const outbound_problem_names[];
/* Whether trying again later may help. */
bool outbound_is_passing(enum outbound_problem problem);

struct outbound_header {
    const char *name;
    const char *value;
};

struct outbound_request {
    const char *url;
    const char *body; /* posted as JSON when there is one; else the address is fetched */
    size_t body_length;
    const struct outbound_header *headers; /* besides those that every request has */
    size_t header_count;                   /* up to OUTBOUND_HEADER_LIMIT */
    const char *path;                      /* the answer's body goes into this file; NULL: into the answer */
    int64_t byte_limit;                    /* of the answer's body */
    int64_t timeout;                       /* ms, from beginning to end, over all redirects */
    bool is_https_only;
};

struct outbound_answer {
    enum outbound_problem problem;
    int status;               /* HTTP; 0 with a problem */
    const char *content_type; /* as they say, "" when they do not */
    const char *body;         /* NUL-terminated; "" when it went into a file */
    int64_t bytes;
};

struct outbound {
    /* Redirects are followed when fetching, never when posting. Fails only when something here is broken. */
    err (*send)(struct ctx *ctx, const struct outbound_request *request, struct outbound_answer *answer);
    /* What can be said about an address without asking anybody. */
    enum outbound_problem (*look_at)(struct ctx *ctx, const char *url, bool is_https_only);
};

/* The port to the names of the world. */
#define NAME_TEXT_LIMIT 16 /* records that are looked at */
struct name_texts {
    const char *texts[NAME_TEXT_LIMIT]; /* the parts of a record joined */
    size_t count;
};
struct name_lookup {
    /* The TXT records of a name; none when there are none, or when nobody answers in time. */
    void (*texts)(struct ctx *ctx, const char *name, struct name_texts *found);
};

/* Few threads run jobs, and orders and payments want them too: so only so many wait for an answer from
 * outside at once, in this process. False when the lane is full: try again later. */
enum outbound_lane { OUTBOUND_PICTURES, OUTBOUND_HOOKS, OUTBOUND_PROOFS, OUTBOUND_MESSAGES };
bool outbound_lane_enter(enum outbound_lane lane);
void outbound_lane_leave(enum outbound_lane lane);
