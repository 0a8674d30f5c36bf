/* mail.c - the names of what goes wrong with mail servers. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/mail.h"

const char *const mail_problem_names[] = {
    [MAIL_FINE] = "",
    [MAIL_NO_HOST] = "mail-no-host",
    [MAIL_NO_CONNECT] = "mail-no-connect",
    [MAIL_FORBIDDEN] = "mail-forbidden",
    [MAIL_NO_TLS] = "mail-no-tls",
    [MAIL_BAD_TLS] = "mail-bad-tls",
    [MAIL_TIMEOUT] = "mail-timeout",
    [MAIL_LOGIN] = "mail-login",
    [MAIL_LATER] = "mail-later",
    [MAIL_BAD_RECIPIENT] = "mail-bad-recipient",
    [MAIL_REFUSED] = "mail-refused",
};

bool mail_is_passing(enum mail_problem problem)
{
    return problem == MAIL_NO_HOST || problem == MAIL_NO_CONNECT || problem == MAIL_NO_TLS ||
           problem == MAIL_BAD_TLS || problem == MAIL_TIMEOUT || problem == MAIL_LATER;
}
