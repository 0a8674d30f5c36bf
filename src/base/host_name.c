/* host_name.c - names of machines, by libidn2. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/host_name.h"

#include "base/text.h"
#include <ctype.h>
#include <idn2.h>

#define LABEL_LIMIT 63
/* A name in another script is longer in UTF-8 than in ASCII, but not by more. */
#define TYPED_LIMIT ((size_t)HOST_NAME_LIMIT * 4)

static bool is_label(const char *label, size_t length)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789-";
    if (length == 0 || length > LABEL_LIMIT || label[0] == '-' || label[length - 1] == '-')
        return false;
    return strspn(label, letters) >= length;
}

/* What follows the last dot: no number (that would be an address), none of RFC 6761 and its like. */
static bool is_public_ending(const char *ending)
{
    static const char *const local[] = {"localhost", "local", "internal", "invalid", "test", "onion"};
    for (size_t i = 0; i < sizeof local / sizeof *local; i++)
        if (text_is(ending, local[i]))
            return false;
    return strspn(ending, "0123456789") < strlen(ending);
}

static bool is_name(const char *name)
{
    size_t labels = 0;
    const char *label = name;
    if (strlen(name) > HOST_NAME_LIMIT)
        return false;
    for (;;) {
        size_t length = strcspn(label, ".");
        if (!is_label(label, length))
            return false;
        labels++;
        if (label[length] == 0)
            return labels > 1 && is_public_ending(label);
        label += length + 1;
    }
}

/* The library drops ASCII characters that no name may have ("a.example/b" would become "a.exampleb"): they
 * are looked for before. */
static bool has_only_letters(const char *name)
{
    for (const unsigned char *c = (const unsigned char *)name; *c; c++)
        if (*c < 0x80 && !isalnum(*c) && *c != '-' && *c != '.')
            return false;
    return true;
}

const char *host_name_ascii(struct arena *arena, const char *name)
{
    char *ascii = NULL;
    if (strlen(name) > TYPED_LIMIT || !has_only_letters(name))
        return NULL;
    if (idn2_to_ascii_8z(name, &ascii, IDN2_NONTRANSITIONAL) != IDN2_OK)
        return NULL;
    const char *copy = arena_copy_text(arena, ascii);
    idn2_free(ascii);
    return is_name(copy) ? copy : NULL;
}

const char *host_name_shown(struct arena *arena, const char *ascii)
{
    char *shown = NULL;
    if (idn2_to_unicode_8z8z(ascii, &shown, 0) != IDN2_OK)
        return ascii;
    const char *copy = arena_copy_text(arena, shown);
    idn2_free(shown);
    return copy;
}
