/* storefront_routes.h - addresses of the pages that only show.
 *
 * Tags: "shop:ID" on every page (categories, names), "list:ID" on every page with cards, "product:ID" on the
 * page of one product. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "http/http.h"
#include "shop/design/design.h"

/* What a page may be out of date at a CDN, in seconds; here it is dropped at once. */
#define PAGE_CACHE_SECONDS 60
#define PAGE_PRODUCTS 24

extern const struct route storefront_routes[];
extern const struct route storefront_home_routes[];
/* robots.txt and lists of addresses. */
extern const struct route storefront_map_routes[];
/* The picture of a product that people send to others. */
extern const struct route storefront_card_routes[];
extern const struct route storefront_flash_routes[];
extern const struct route storefront_group_routes[];
extern const struct route storefront_currency_routes[];
extern const struct route storefront_elder_routes[];
/* Logging in, and what a buyer's account shows. */
extern const struct route storefront_entry_routes[];
extern const struct route storefront_account_routes[];
/* Coupons that can be claimed, and those of an account. */
extern const struct route storefront_coupon_routes[];
extern const struct route storefront_gift_routes[];
/* 收藏. */
extern const struct route storefront_favourite_routes[];
/* 到货通知. */
extern const struct route storefront_wait_routes[];
extern const struct route storefront_points_routes[];
/* Where to go on: `next` when it is a page of this site (nothing leads elsewhere), without the prefix of the
 * reader's language; else `otherwise`. */
const char *storefront_next(const struct req *req, const char *next, const char *otherwise);
/* Before a picture is drawn for a stranger: ERR_TOO_MANY_REQUESTS when there were many just now. */
CHECKED err storefront_limit_drawing(struct req *req);
/* Where the shop is at home: its main domain, else the host that was asked. */
const char *storefront_origin(const struct req *req);
/* The coupon that somebody wants who has to log in first. */
#define CLAIM_COOKIE "yd_claim"
#define CLAIM_COOKIE_SECONDS 1800
/* Claims it for who logged in just now; a refusal does not stand in the way of logging in. */
CHECKED err storefront_claim_wished(struct req *req, const char *session_token);

/* The currency in which a buyer wishes to see about what prices are. */
#define CURRENCY_COOKIE "yd_currency"
/* Who wishes large type and large targets (长辈版). */
#define ELDER_COOKIE "yd_elder"
extern const struct route storefront_licence_routes[];
extern const struct route storefront_buying_routes[];
extern const struct route storefront_search_routes[];

/* The design that the address asks for (?design=draft, ?design=fashion), or NULL. Only staff get it. */
const char *storefront_asked_design(const struct req *req);
/* The design of this page: for staff the draft or the theme that they asked for (its name in *asked), else
 * what buyers see (*asked is NULL). */
CHECKED err storefront_design(struct req *req, struct design *design, const char **asked);
/* docs/views.md: `design`, which every page of the shop has, and `around` of those that have sections beside
 * their own content. */
CHECKED err storefront_add_design(struct req *req, const char *template, struct value *globals);
