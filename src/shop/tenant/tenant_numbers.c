/* tenant_numbers.c - the numbers that authorities give: how they are written, and whether they can be right.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"
#include "shop/tenant/tenant.h"
#include <ctype.h>

#define CREDIT_CODE_LENGTH 18
#define ICP_DIGITS_MOST 12
#define ICP_DIGITS_LEAST 6
#define ICP_SITE_DIGITS_MOST 4
#define PSB_DIGITS 14

/* GB 32100-2015, 4.2: each character has its place in `characters` as value and 3^i mod 31 as weight. The
 * letters I, O, S, V and Z are left out. */
bool credit_code_is_valid(const char *code)
{
    static const char characters[] = "0123456789ABCDEFGHJKLMNPQRTUWXY";
    int sum = 0, weight = 1;
    if (strlen(code) != CREDIT_CODE_LENGTH)
        return false;
    for (int i = 0; i < CREDIT_CODE_LENGTH; i++) {
        const char *place = strchr(characters, code[i]);
        if (!place)
            return false;
        int value = (int)(place - characters);
        if (i == CREDIT_CODE_LENGTH - 1)
            return value == (31 - sum % 31) % 31;
        sum += value * weight;
        weight = weight * 3 % 31;
    }
    return false;
}

/* Without blanks (ASCII and U+3000), ASCII letters in upper case. */
static const char *official(struct ctx *ctx, const char *typed)
{
    struct text_buf out;
    text_open(&out, ctx->arena, strlen(typed) + 1);
    for (const char *c = typed; *c; c++) {
        if (text_starts(c, "　"))
            c += strlen("　") - 1;
        else if (!isspace((unsigned char)*c))
            text_add_char(&out, (char)toupper((unsigned char)*c));
    }
    return text_of(&out);
}

/* Skips the short name of a province, a municipality or an autonomous region; NULL when there is none. */
static const char *after_region(const char *text)
{
    static const char *const regions[] = {"京", "津", "沪", "渝", "冀", "豫", "云", "辽", "黑", "湘", "皖",
                                          "鲁", "新", "苏", "浙", "赣", "鄂", "桂", "甘", "晋", "蒙", "陕",
                                          "吉", "闽", "贵", "粤", "青", "藏", "川", "宁", "琼"};
    for (size_t i = 0; i < sizeof regions / sizeof *regions; i++)
        if (text_starts(text, regions[i]))
            return text + strlen(regions[i]);
    return NULL;
}

static const char *after(const char *text, const char *word)
{
    return text && text_starts(text, word) ? text + strlen(word) : NULL;
}

static const char *after_digits(const char *text, size_t least, size_t most)
{
    if (!text)
        return NULL;
    size_t count = strspn(text, "0123456789");
    return count >= least && count <= most ? text + count : NULL;
}

const char *icp_number_from(struct ctx *ctx, const char *typed)
{
    const char *number = official(ctx, typed);
    const char *rest = after(after_region(number), "ICP");
    const char *kind = after(rest, "备");
    rest = after_digits(kind ? kind : after(rest, "证"), ICP_DIGITS_LEAST, ICP_DIGITS_MOST);
    rest = after(rest, "号");
    const char *site = after(rest, "-");
    rest = site ? after_digits(site, 1, ICP_SITE_DIGITS_MOST) : rest;
    return rest && !*rest ? number : NULL;
}

const char *psb_number_from(struct ctx *ctx, const char *typed)
{
    const char *number = official(ctx, typed);
    const char *rest = after(after_region(number), "公网安备");
    rest = after(after_digits(rest, PSB_DIGITS, PSB_DIGITS), "号");
    return rest && !*rest ? number : NULL;
}
