/* tenant_need.h - of tenant.h: goods that may only be sold with a licence of their own, and whether the shop
 * shows one.
 *
 * 电商法 12: what needs a permission by law is sold with it; 电商法 15: the permission is on show. The shop
 * enters its licences among its settings (shop_add_licence), in the words that stand on them. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <stdbool.h>

struct shop_profile;

enum shop_need {
    NEED_NONE = 0,
    NEED_FOOD = 1,           /* 食品安全法 35; 仅销售预包装食品 is recorded instead */
    NEED_PUBLICATIONS = 2,   /* 出版管理条例 35 */
    NEED_MEDICAL_SECOND = 3, /* 医疗器械监督管理条例 41 */
    NEED_MEDICAL_THIRD = 4,  /* 医疗器械监督管理条例 42 */
    NEED_MEDICINES = 5,      /* 药品管理法 51 */
    NEED_ALCOHOL = 6,        /* where the place asks for it */
    NEED_HAZARDOUS = 7,      /* 危险化学品安全管理条例 33 */
    NEED_SEEDS = 8,          /* 种子法 31 */
    NEED_VETERINARY = 9,     /* 兽药管理条例 22 */
    NEED_COUNT
};
/* "none", "food", "publications" … by enum shop_need; ends with NULL. */
extern const char *const shop_need_names[];

/* Whether one of the shop's licences is of a kind that the need asks for. NEED_NONE always is. */
bool shop_meets_need(const struct shop_profile *profile, enum shop_need need);
/* What the licence is called that is asked for: "食品经营许可证". */
const char *shop_need_licence(enum shop_need need);
