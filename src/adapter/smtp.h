/* smtp.h - mail by libcurl. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "shop/mail.h"

extern const struct mailer curl_mailer;
