/* tenant_need.c - the licences that goods need. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/tenant/tenant.h"

#include "base/text.h"

#define ACCEPTED_LIMIT 4

const char *const shop_need_names[] = {
    [NEED_NONE] = "none",
    [NEED_FOOD] = "food",
    [NEED_PUBLICATIONS] = "publications",
    [NEED_MEDICAL_SECOND] = "medical_second",
    [NEED_MEDICAL_THIRD] = "medical_third",
    [NEED_MEDICINES] = "medicines",
    [NEED_ALCOHOL] = "alcohol",
    [NEED_HAZARDOUS] = "hazardous",
    [NEED_SEEDS] = "seeds",
    [NEED_VETERINARY] = "veterinary",
    [NEED_COUNT] = NULL,
};

/* The first is what is asked for; each of them will do. */
static const char *const accepted[NEED_COUNT][ACCEPTED_LIMIT] = {
    [NEED_NONE] = {""},
    [NEED_FOOD] = {"食品经营许可证", "仅销售预包装食品备案", "食品生产许可证", "食品经营备案"},
    [NEED_PUBLICATIONS] = {"出版物经营许可证"},
    [NEED_MEDICAL_SECOND] = {"第二类医疗器械经营备案凭证", "医疗器械经营许可证"},
    [NEED_MEDICAL_THIRD] = {"医疗器械经营许可证"},
    [NEED_MEDICINES] = {"药品经营许可证"},
    [NEED_ALCOHOL] = {"酒类商品零售许可证", "酒类流通备案"},
    [NEED_HAZARDOUS] = {"危险化学品经营许可证"},
    [NEED_SEEDS] = {"种子生产经营许可证", "农作物种子生产经营许可证", "林木种子生产经营许可证"},
    [NEED_VETERINARY] = {"兽药经营许可证"},
};

/* A licence may carry more than its name: "食品经营许可证（副本）". */
static bool is_accepted(const struct shop_licence *licence, enum shop_need need)
{
    for (size_t i = 0; i < ACCEPTED_LIMIT && accepted[need][i]; i++)
        if (strstr(licence->kind, accepted[need][i]))
            return true;
    return false;
}

bool shop_meets_need(const struct shop_profile *profile, enum shop_need need)
{
    if (need <= NEED_NONE || need >= NEED_COUNT)
        return true;
    for (size_t i = 0; i < profile->licence_count; i++)
        if (is_accepted(&profile->licences[i], need))
            return true;
    return false;
}

const char *shop_need_licence(enum shop_need need)
{
    return need > NEED_NONE && need < NEED_COUNT ? accepted[need][0] : "";
}
