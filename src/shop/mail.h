/* mail.h - the port to mail servers: hands one finished message (RFC 5322) to one server (RFC 5321).
 *
 * Merchants type the name of their server, so it must lead nowhere inside, as with outbound.h: a public
 * address and a port for mail, or one that the setting `outbound_allow` names. The platform's own server is
 * trusted. What goes wrong outside is no failure of ours: it is the result's `problem`. Never called inside a
 * transaction. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/ctx.h"

#define MAIL_RECIPIENT_LIMIT 5
#define MAIL_REPLY_LIMIT 200 /* bytes of what a server said that are kept */

enum mail_tls { MAIL_TLS = 1, MAIL_STARTTLS = 2, MAIL_PLAIN = 3 };

enum mail_problem {
    MAIL_FINE,
    MAIL_NO_HOST,    /* nobody knows the name */
    MAIL_NO_CONNECT, /* refused, unreachable, broken off */
    MAIL_FORBIDDEN,  /* the address is not a public one, or the port is not one for mail */
    MAIL_NO_TLS,     /* the server offers no encryption: nothing was said in the clear */
    MAIL_BAD_TLS,    /* no certificate that is right for the name, or no encrypted connection comes about */
    MAIL_TIMEOUT,
    MAIL_LOGIN,         /* the server does not take user and password */
    MAIL_LATER,         /* 4xx: it says that trying again may help */
    MAIL_BAD_RECIPIENT, /* 5xx to who shall get it */
    MAIL_REFUSED,       /* another 5xx */
};
/* Slugs for the locale files, by enum mail_problem: "mail-no-host". */
extern const char *const mail_problem_names[];
bool mail_is_passing(enum mail_problem problem);

struct mail_server {
    const char *url; /* the platform's, with user and password in it; NULL = what stands below */
    const char *host;
    int64_t port;
    enum mail_tls tls;
    const char *login; /* "" = none */
    const char *password;
};

struct mail {
    const char *from; /* bare addresses, already checked */
    const char *to[MAIL_RECIPIENT_LIMIT];
    size_t to_count;
    const char *text; /* head and body with CRLF; dots are stuffed by the adapter */
    size_t length;
};

struct mail_result {
    enum mail_problem problem;
    int status;        /* of the last reply, 0 when there was none */
    const char *reply; /* what the server said last, without control characters; "" */
};

struct mailer {
    /* Fails only when something here is broken. */
    err (*send)(struct ctx *ctx, const struct mail_server *server, const struct mail *mail, int64_t timeout,
                struct mail_result *result);
};
