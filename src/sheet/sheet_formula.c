/* sheet_formula.c - which texts a spreadsheet program would take for a formula. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "sheet/sheet_parts.h"

#include <string.h>

bool formula_is_like(const char *text, size_t length)
{
    /* U+FF1D = U+FF0B + U+FF0D - U+FF20 @, which some programs fold to ASCII. */
    static const char wide[][4] = {"\xEF\xBC\x9D", "\xEF\xBC\x8B", "\xEF\xBC\x8D", "\xEF\xBC\xA0"};
    static const char starts[] = {'=', '+', '-', '@', '\t', '\r', '\n'};
    size_t at = 0;
    while (at < length && text[at] == '\'')
        at++;
    if (at == length)
        return false;
    if (memchr(starts, text[at], sizeof starts))
        return true;
    if (text[at] != '\xEF' || length - at < 3)
        return false;
    for (size_t i = 0; i < sizeof wide / sizeof *wide; i++)
        if (memcmp(text + at, wide[i], 3) == 0)
            return true;
    return false;
}

void cells_take_marks_away(struct sheet_cell *cells, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (cells[i].text[0] == '\'' && formula_is_like(cells[i].text, cells[i].length)) {
            cells[i].text++;
            cells[i].length--;
        }
}
