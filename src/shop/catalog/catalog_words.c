/* catalog_words.c - names of kinds, handles from titles, descriptions made safe. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/catalog/catalog.h"

#include "base/html.h"
#include "base/random.h"
#include "base/text.h"
#include <ctype.h>

#define HANDLE_LIMIT 60
/* Where the shop's own pictures are. */
#define PICTURE_PLACE "/media/"

const char *product_kind_name(enum product_kind kind)
{
    return kind == PRODUCT_DIGITAL ? "digital" : "physical";
}

const char *product_status_name(enum product_status status)
{
    switch (status) {
    case PRODUCT_DRAFT:
        return "draft";
    case PRODUCT_ACTIVE:
        return "active";
    case PRODUCT_ARCHIVED:
        return "archived";
    }
    bug("product status %d", (int)status);
}

bool barcode_is_valid(const char *barcode, char *right)
{
    size_t length = strlen(barcode);
    bool is_gtin = (length == 8 || (length >= 12 && length <= 14)) && strspn(barcode, "0123456789") == length;
    int sum = 0;
    for (size_t i = 0; is_gtin && i + 1 < length; i++)
        sum += (barcode[i] - '0') * ((length - i) % 2 == 0 ? 3 : 1);
    char digit = (char)(is_gtin ? '0' + (10 - sum % 10) % 10 : 0);
    if (right)
        *right = digit;
    return is_gtin && barcode[length - 1] == digit;
}

const char *product_handle_from(struct ctx *ctx, const char *title)
{
    struct text_buf handle;
    text_open(&handle, ctx->arena, HANDLE_LIMIT);
    bool is_gap = false;
    for (const unsigned char *c = (const unsigned char *)title; *c; c++) {
        if (*c >= 0x80 || !isalnum(*c)) {
            is_gap = true;
            continue;
        }
        if (is_gap && handle.len > 0)
            text_add_char(&handle, '-');
        is_gap = false;
        text_add_char(&handle, (char)tolower(*c));
    }
    if (handle.len >= 3)
        return text_of(&handle);
    return arena_format(ctx->arena, "p%s", random_digits(ctx->arena, 10));
}

const char *product_safe_html(struct ctx *ctx, const char *html)
{
    return html_safe(ctx->arena, html, PICTURE_PLACE);
}
