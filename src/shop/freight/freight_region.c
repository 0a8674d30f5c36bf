/* freight_region.c - the provinces of China, and how people write them. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/freight/freight.h"

#include "base/text.h"
#include <string.h>
#include <strings.h>

/* The short names, by which an address is known however long it writes them. Source: GB/T 2260. */
const struct freight_region freight_regions[FREIGHT_REGIONS] = {
    {11, "北京", "Beijing"},
    {12, "天津", "Tianjin"},
    {13, "河北", "Hebei"},
    {14, "山西", "Shanxi"},
    {15, "内蒙古", "Inner Mongolia"},
    {21, "辽宁", "Liaoning"},
    {22, "吉林", "Jilin"},
    {23, "黑龙江", "Heilongjiang"},
    {31, "上海", "Shanghai"},
    {32, "江苏", "Jiangsu"},
    {33, "浙江", "Zhejiang"},
    {34, "安徽", "Anhui"},
    {35, "福建", "Fujian"},
    {36, "江西", "Jiangxi"},
    {37, "山东", "Shandong"},
    {41, "河南", "Henan"},
    {42, "湖北", "Hubei"},
    {43, "湖南", "Hunan"},
    {44, "广东", "Guangdong"},
    {45, "广西", "Guangxi"},
    {46, "海南", "Hainan"},
    {50, "重庆", "Chongqing"},
    {51, "四川", "Sichuan"},
    {52, "贵州", "Guizhou"},
    {53, "云南", "Yunnan"},
    {54, "西藏", "Tibet"},
    {61, "陕西", "Shaanxi"},
    {62, "甘肃", "Gansu"},
    {63, "青海", "Qinghai"},
    {64, "宁夏", "Ningxia"},
    {65, "新疆", "Xinjiang"},
    {71, "台湾", "Taiwan"},
    {81, "香港", "Hong Kong"},
    {82, "澳门", "Macao"},
};

int freight_region_place(int64_t code)
{
    for (int i = 0; i < FREIGHT_REGIONS; i++)
        if (freight_regions[i].code == code)
            return i;
    return -1;
}

int64_t freight_region_of(const char *address)
{
    while (*address == ' ' || strncmp(address, "\xe3\x80\x80", 3) == 0) /* U+3000, the wide blank */
        address += *address == ' ' ? 1 : 3;
    if (text_starts(address, "中国"))
        address += strlen("中国");
    while (*address == ' ')
        address++;
    for (int i = 0; i < FREIGHT_REGIONS; i++)
        if (text_starts(address, freight_regions[i].name) ||
            strncasecmp(address, freight_regions[i].name_en, strlen(freight_regions[i].name_en)) == 0)
            return freight_regions[i].code;
    return 0;
}

const char *freight_region_name(const struct ctx *ctx, int64_t code)
{
    int place = freight_region_place(code);
    bool is_english = ctx->locale && text_is(ctx->locale, "en");
    if (place < 0)
        return "";
    return is_english ? freight_regions[place].name_en : freight_regions[place].name;
}
