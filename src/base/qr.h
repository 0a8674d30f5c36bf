/* qr.h - a text as a QR code (ISO/IEC 18004), drawn as SVG: libqrencode behind this file. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/ctx.h"

/* Bytes of a text that is drawn: what a telephone still reads from a screen with ease. */
#define QR_TEXT_LIMIT 600

/* Black on white whatever the page's colours are, with the quiet zone of four modules. ERR_LIMIT for a text
 * that is too long. The SVG names nothing of the text. */
CHECKED err qr_svg(struct ctx *ctx, const char *text, const char **svg);
