/* letter_case.c - upper and lower case of the scripts that have it, without a locale.
 *
 * Latin, Greek, Cyrillic, Armenian and full-width letters; the table names runs of letters whose other case
 * stands at a fixed distance, or beside them. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "liquid/letter_case.h"

struct run {
    uint32_t first; /* upper case */
    uint32_t last;
    int32_t distance; /* to lower case; 0: even upper, odd lower; -1: odd upper, even lower */
};

static const struct run runs[] = {
    {'A', 'Z', 32},       {0xc0, 0xd6, 32},     {0xd8, 0xde, 32},     {0x100, 0x12f, 0},
    {0x132, 0x137, 0},    {0x139, 0x148, -1},   {0x14a, 0x177, 0},    {0x179, 0x17e, -1},
    {0x1cd, 0x1dc, -1},   {0x1de, 0x1ef, 0},    {0x1f8, 0x21f, 0},    {0x222, 0x233, 0},
    {0x386, 0x386, 38},   {0x388, 0x38a, 37},   {0x38c, 0x38c, 64},   {0x38e, 0x38f, 63},
    {0x391, 0x3a1, 32},   {0x3a3, 0x3ab, 32},   {0x3d8, 0x3ef, 0},    {0x400, 0x40f, 80},
    {0x410, 0x42f, 32},   {0x460, 0x481, 0},    {0x48a, 0x4bf, 0},    {0x4c1, 0x4ce, -1},
    {0x4d0, 0x52f, 0},    {0x531, 0x556, 48},   {0x1e00, 0x1e95, 0},  {0x1ea0, 0x1eff, 0},
    {0x2160, 0x216f, 16}, {0x24b6, 0x24cf, 26}, {0xff21, 0xff3a, 32}, {0x10400, 0x10427, 40},
};

static bool is_pair_upper(const struct run *run, uint32_t point)
{
    return (point & 1) == (run->distance == 0 ? 0u : 1u);
}

static uint32_t lower_of(uint32_t point)
{
    if (point < 0x80)
        return point >= 'A' && point <= 'Z' ? point + 32 : point;
    if (point == 0x178)
        return 0xff;
    for (size_t i = 0; i < sizeof runs / sizeof *runs; i++) {
        const struct run *run = &runs[i];
        if (point < run->first || point > run->last)
            continue;
        return run->distance > 0 ? point + (uint32_t)run->distance : point + is_pair_upper(run, point);
    }
    return point;
}

static uint32_t upper_of(uint32_t point)
{
    if (point < 0x80)
        return point >= 'a' && point <= 'z' ? point - 32 : point;
    if (point == 0xff)
        return 0x178;
    if (point == 0x3c2)
        return 0x3a3;
    if (point == 0xb5)
        return 0x39c;
    for (size_t i = 0; i < sizeof runs / sizeof *runs; i++) {
        const struct run *run = &runs[i];
        uint32_t distance = run->distance > 0 ? (uint32_t)run->distance : 0;
        if (point < run->first + distance || point > run->last + distance)
            continue;
        return run->distance > 0 ? point - distance : point - !is_pair_upper(run, point);
    }
    return point;
}

uint32_t point_read(struct slice text, size_t at, size_t *bytes)
{
    unsigned char first = (unsigned char)text.ptr[at];
    size_t length = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    if (length == 1 || first < 0xc2 || length > text.len - at) {
        *bytes = 1;
        return first;
    }
    uint32_t point = first & (0xffu >> (length + 1));
    for (size_t i = 1; i < length; i++)
        point = point << 6 | ((unsigned char)text.ptr[at + i] & 0x3f);
    *bytes = length;
    return point;
}

void point_add(struct text_buf *out, uint32_t point)
{
    char bytes[4];
    size_t length = point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
    static const unsigned char marks[] = {0, 0, 0xc0, 0xe0, 0xf0};
    for (size_t i = length; i-- > 1; point >>= 6)
        bytes[i] = (char)(0x80 | (point & 0x3f));
    bytes[0] = (char)(marks[length] | point);
    text_add_bytes(out, bytes, length);
}

static void add_point(struct text_buf *out, struct slice text, size_t at, size_t *bytes, bool is_upper)
{
    uint32_t point = point_read(text, at, bytes);
    if (*bytes == 1 && point >= 0x80)
        text_add_char(out, text.ptr[at]);
    else if (is_upper && point == 0xdf)
        text_add(out, "SS");
    else
        point_add(out, is_upper ? upper_of(point) : lower_of(point));
}

void add_upper(struct text_buf *out, struct slice text)
{
    size_t bytes;
    for (size_t at = 0; at < text.len; at += bytes)
        add_point(out, text, at, &bytes, true);
}

void add_lower(struct text_buf *out, struct slice text)
{
    size_t bytes;
    for (size_t at = 0; at < text.len; at += bytes)
        add_point(out, text, at, &bytes, false);
}

void add_capitalized(struct text_buf *out, struct slice text)
{
    size_t bytes = 0;
    if (text.len == 0)
        return;
    if (point_read(text, 0, &bytes) == 0xdf)
        text_add(out, "Ss");
    else
        add_point(out, text, 0, &bytes, true);
    add_lower(out, (struct slice){text.ptr + bytes, text.len - bytes});
}
