/* qr.c - modules of a QR code as one path of an SVG. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/qr.h"

#include "base/text.h"
#include <qrencode.h>

#define QUIET 4
#define SVG_LIMIT ((size_t)128 << 10)

/* A run of dark modules is one rectangle. */
static void add_row(struct text_buf *out, const unsigned char *modules, int width, int y)
{
    for (int x = 0; x < width; x++) {
        int start = x;
        while (x < width && (modules[x] & 1))
            x++;
        if (x > start)
            text_add_format(out, "M%d %dh%dv1h-%dz", start + QUIET, y + QUIET, x - start, x - start);
    }
}

err qr_svg(struct ctx *ctx, const char *text, const char **svg)
{
    if (strlen(text) > QR_TEXT_LIMIT)
        return fail_with(ctx, ERR_LIMIT, "a QR code carries at most %d bytes here", QR_TEXT_LIMIT);
    QRcode *code = QRcode_encodeString8bit(text, 0, QR_ECLEVEL_M);
    if (!code)
        return fail_with(ctx, ERR_INTERNAL, "libqrencode could not draw");
    struct text_buf out;
    int size = code->width + 2 * QUIET;
    text_open(&out, ctx->arena, SVG_LIMIT);
    text_add_format(
        &out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" aria-hidden=\"true\""
        " shape-rendering=\"crispEdges\"><path fill=\"#fff\" d=\"M0 0h%dv%dH0z\"/><path fill=\"#000\" d=\"",
        size, size, size, size);
    for (int y = 0; y < code->width; y++)
        add_row(&out, code->data + (size_t)y * (size_t)code->width, code->width, y);
    text_add(&out, "\"/></svg>");
    QRcode_free(code);
    if (out.is_full)
        return fail_with(ctx, ERR_LIMIT, "a QR code became too large");
    *svg = text_of(&out);
    return NULL;
}
