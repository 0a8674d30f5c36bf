/* ctx.h - what a piece of work carries along: its memory, its time, its shop, its database, its name. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/arena.h"
#include "base/error.h"
#include "base/id.h"
#include "base/zone.h"
#include <stdbool.h>
#include <stdint.h>

struct config;
struct db_session;
struct keyring;
struct services;
struct shop_profile; /* shop/tenant: who stands behind the shop */

/* How long orders of the shop wait; the bounds stand in shop/tenant. */
struct shop_timers {
    int64_t unpaid_minutes; /* until an unpaid order closes; 0 = as the platform says */
    int64_t confirm_days;   /* from shipping until it counts as received */
    int64_t signed_days;    /* the same from signing */
    int64_t aftersale_days; /* from receiving until after-sales end */
};

/* Which small coins a shop leaves off a sum (抹零), for the buyer: none, those below a tenth of the unit
 * (角), or below a whole unit (元). */
enum rounding { ROUNDING_NONE, ROUNDING_TENTH, ROUNDING_WHOLE };

/* Points of members, as a shop gives them (shop/pricing/points.h). A shop that never had them pays
 * no statement for them. */
enum points_state { POINTS_NEVER, POINTS_ON, POINTS_OFF /* what members have stays, nothing comes */ };
struct points_terms {
    enum points_state state;
    int64_t earned;      /* for one unit of the currency (1 元) that was paid for goods */
    int64_t months;      /* until they expire, at the end of a month; 0 = never */
    int64_t pay_rate;    /* points that pay one unit of the currency; 0 = they pay nothing */
    int64_t pay_percent; /* of the goods of an order, at most */
    int64_t pay_least;   /* points that one order may use */
};

/* The tenant that the work is for; filled by shop/tenant, copied into the arena of the work. */
struct shop {
    int64_t id;
    const char *handle;
    const char *name;
    const char *slogan;
    const char *currency;   /* ISO 4217 */
    const char *locale;     /* the shop's own: "zh-CN" */
    struct zone zone;       /* for days and dates that people read */
    bool is_open;           /* strangers may come in */
    bool has_locations;     /* goods are kept in several places */
    bool has_assemblies;    /* variants are made of others */
    bool watches_stock;     /* somebody wants to hear when little is left */
    bool has_stock_waits;   /* somebody waited for what is sold out */
    int64_t watch_low_at;   /* of variants without a watch of their own; 0 = none */
    bool has_passcode;      /* the checkout offers a word that finds the order again */
    bool has_promotions;    /* offers count now, or will */
    bool has_flash;         /* flash sales run now, or will */
    bool has_presales;      /* presales run now, or will */
    bool has_gift_cards;    /* gift cards were issued */
    bool has_group_buys;    /* group buys run now, or will */
    bool has_price_lists;   /* lists of other prices count now, or will */
    bool has_group_rules;   /* members come into groups by what they spend */
    bool has_freight;       /* carrying goods may cost something */
    int64_t design_version; /* of the design that buyers see; 0 = the theme as it comes */
    int64_t theme_version;  /* of the theme of its own that buyers see; 0 = that of the program */
    enum rounding rounding;
    struct points_terms points;
    struct shop_timers timers;
    int64_t closes_at;                  /* announced end of business, 0 = none */
    const struct shop_profile *profile; /* NULL in tests of the layers below */
};

enum actor_kind { ACTOR_SYSTEM = 1, ACTOR_BUYER = 2, ACTOR_STAFF = 3, ACTOR_GATEWAY = 4 };

/* "system", "buyer", "staff" or "gateway", as views say it. */
static inline const char *actor_name(enum actor_kind actor)
{
    static const char *const names[] = {"", "system", "buyer", "staff", "gateway"};
    return names[actor];
}

struct ctx {
    struct arena *arena;
    int64_t now; /* ms since 1970 UTC, read once per piece of work */
    const struct shop *shop;
    struct db_session *db;
    struct id_source *ids;
    const struct keyring *keys;
    const struct services *services; /* what main wired up from outside: shop/services.h */
    const struct config *config;
    const char *request_id;
    const char *locale; /* of the reader: "zh-CN" or "en" */
    enum actor_kind actor;
    int64_t actor_id;
    bool gives_way; /* work that can wait: others who want a processor go first */
};
