/* address_text.h - an address as people paste it, in one piece, taken apart: 张三 13812345678
 * 浙江省杭州市西湖区 文三路 100 号. Names may stand before, behind or between, with labels (收货人：) or
 * without. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "shop/order/order.h"

#define ADDRESS_TEXT_LIMIT 500 /* characters */

/* What was not found is "". The region is written as "浙江省 杭州市 西湖区" (or without the levels that
 * nobody named below). All texts live in the arena. */
struct address address_from_text(struct arena *arena, const char *text);
