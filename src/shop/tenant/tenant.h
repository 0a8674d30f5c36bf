/* tenant.h - the shops of the platform: under which names they are found, who stands behind them, how they
 * end.
 *
 * A host name belongs to one shop. HANDLE.localhost always finds the shop of that handle; a loopback name or
 * an address finds the first shop, so that a fresh machine shows something. Everything else is no shop.
 *
 * A shop is open to strangers when its business licence is complete (operator, code, picture or link) or one
 * of the grounds of 电商法 10 was declared, for which no registration is needed. 电商法 15: what is shown of
 * it stands on every page. 电商法 16: the end of business is announced 30 days ahead.
 *
 * Everything that changes a shop emits shop.changed. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/clock.h"
#include "base/ctx.h"
#include "base/money.h"
#include "base/value.h"
#include "db/db.h"
#include "job/job.h"
#include "shop/tenant/tenant_need.h"

/* In code points. */
#define SHOP_NAME_LIMIT 60
#define SHOP_CONTACT_LIMIT 120
#define SHOP_ADDRESS_LIMIT 200
#define SHOP_NUMBER_LIMIT 60
#define SHOP_URL_LIMIT 400
#define SHOP_LICENCE_LIMIT 10
#define SHOP_HOST_LIMIT 20
/* Bounds of shop_timers. A buyer may return what came by mail for seven days (Consumer Protection Law of the
 * PRC, article 25), so after-sales end no sooner. */
#define SHOP_UNPAID_MINUTES_LIMIT 10080
#define SHOP_CONFIRM_DAYS_LIMIT 60
#define SHOP_AFTERSALE_DAYS_LEAST 7
#define SHOP_AFTERSALE_DAYS_LIMIT 365
/* 电商法 16. */
#define SHOP_NOTICE_MS (30 * DAY_MS)

/* Why no registration is needed (电商法 10; 网络交易监督管理办法 8, 12). */
enum shop_exemption {
    EXEMPT_NONE = 0,
    EXEMPT_FARM_PRODUCE = 1, /* 个人销售自产农副产品 */
    EXEMPT_HANDICRAFT = 2,   /* 个人销售家庭手工业产品 */
    EXEMPT_SERVICES = 3, /* 个人利用自己的技能从事依法无须取得许可的便民劳务活动 */
    EXEMPT_SMALL_AMOUNT = 4, /* 个人从事零星小额交易活动 */
    EXEMPT_EARLIER = 9,      /* open before anybody asked; declared by nobody, shown to nobody */
};
/* "none", "farm-produce" … in the order of the first five; ends with NULL. */
extern const char *const shop_exemption_names[];

/* What a shop may promise in writing; a bit of shop_profile.policies. */
enum shop_policy { POLICY_PRIVACY = 0, POLICY_TERMS = 1, POLICY_RETURNS = 2, POLICY_SHIPPING = 3 };
/* "privacy", "terms" … ; ends with NULL. */
extern const char *const shop_policy_names[];

/* What people may want to be told of; a bit of shop_profile.occasions, which notify keeps. Those from
 * OCCASION_BUYER_PAID on are told to buyers by mail unless the bit is set, the others to whoever runs the
 * shop when it is. */
enum shop_occasion {
    OCCASION_PAID = 0,
    OCCASION_BY_HAND = 1, /* a paid order waits for what a person types */
    OCCASION_ALARM = 2,
    OCCASION_CODES_LOW = 3,
    OCCASION_IMPORTED = 4,
    OCCASION_REFUNDED = 5,
    OCCASION_HOOK_FAILED = 6,
    OCCASION_BUYER_PAID = 16,
    OCCASION_BUYER_SHIPPED = 17,
    OCCASION_BUYER_DELIVERED = 18,
    OCCASION_BUYER_REFUNDED = 19,
    OCCASION_BUYER_CANCELLED = 20,
    OCCASION_BUYER_PRESALE = 21, /* a deposit is there; its balance can be paid, soon cannot, was not */
    OCCASION_BUYER_RESTOCK = 22, /* what somebody waited for can be bought again */
    OCCASION_BUYER_GROUP = 23,   /* the group that an order waited for is full */
    OCCASION_OWN_SERVER = 32,    /* no occasion: mails go by the shop's own server */
    OCCASION_CODES_IN_MAIL = 33, /* no occasion: what was delivered stands in the mail itself */
};

/* A licence for certain goods. */
struct shop_licence {
    int64_t line_no;
    const char *kind;   /* 食品经营许可证 */
    const char *number; /* may be blank when there is a picture */
    const char *picture_id;
};

/* A currency in which buyers may see about what a price is. */
#define SHOP_SHOWN_LIMIT 8
#define SHOWN_RATE_ONE INT64_C(100000000)
enum shown_rounding { SHOWN_EXACT = 0, SHOWN_WHOLE = 1 }; /* to its smallest unit; to whole ones */
struct shown_currency {
    char currency[4];
    int64_t rate; /* of the shop's currency for one of this, times SHOWN_RATE_ONE */
    enum shown_rounding rounding;
};

/* What a shop says about itself besides its name. Texts are never NULL. */
struct shop_profile {
    const char *name_en;
    const char *slogan_en;
    const char *logo_id;
    const char *phone;
    const char *email;
    const char *address;
    const char *legal_name;
    const char *credit_code;
    const char *licence_picture_id;
    const char *licence_url;
    const char *icp_number;
    const char *psb_number;
    const char *main_host;
    enum shop_exemption exemption;
    uint64_t policies;
    uint64_t occasions;
    struct shop_licence licences[SHOP_LICENCE_LIMIT];
    size_t licence_count;
    struct shown_currency shown[SHOP_SHOWN_LIMIT];
    size_t shown_count;
};

struct shop_draft {
    const char *handle; /* [a-z0-9-], 1..40 */
    const char *name;
    const char *name_en;
    const char *slogan;
    const char *slogan_en;
    const char *currency; /* ISO 4217 */
    const char *locale;
    int32_t utc_offset; /* minutes; counts when there is no */
    const char *zone;   /* of the tz database; NULL or "" = none */
    const char *host;   /* a host of its own, or NULL */
    enum shop_exemption exemption;
};

/* Creates a shop; ERR_DUPLICATE when handle or host are taken, ERR_INVALID for a bad handle. */
CHECKED err shop_create(struct ctx *ctx, const struct shop_draft *draft, int64_t *shop_id);
CHECKED err shop_load(struct ctx *ctx, int64_t shop_id, const struct shop **shop);
CHECKED err shop_load_by_handle(struct ctx *ctx, const char *handle, const struct shop **shop);
/* `host` may carry a port. ERR_SHOP_NOT_FOUND. */
CHECKED err shop_load_by_host(struct ctx *ctx, const char *host, const struct shop **shop);
/* All shop ids after `after`, in order, at most `limit`: for work over the whole platform. */
CHECKED err shop_list_ids(struct ctx *ctx, int64_t after, size_t limit, int64_t **ids, size_t *count);

/* Remembers shops by host and by id for a few seconds, so that a request costs no query for its shop. */
struct shop_cache;
#define SHOP_CACHE_MS 2000
struct shop_cache *shop_cache_open(struct arena *arena);
CHECKED err shop_cache_find_host(struct ctx *ctx, struct shop_cache *cache, const char *host,
                                 const struct shop **shop);
CHECKED err shop_cache_find_id(struct ctx *ctx, struct shop_cache *cache, int64_t shop_id,
                               const struct shop **shop);
/* Everything, or what leads to one shop; what was read before is not kept after it. */
void shop_cache_clear(struct shop_cache *cache);
void shop_cache_forget(struct shop_cache *cache, int64_t shop_id);

/* What templates see as `shop`, in the reader's language (docs/views.md). */
struct value *shop_view(struct ctx *ctx, const struct shop *shop);

/* ---- identity ---- */

struct shop_identity {
    const char *name;
    const char *name_en;
    const char *slogan;
    const char *slogan_en;
    const char *phone;
    const char *email;
    const char *address;
};
/* ERR_INVALID with the fields. */
CHECKED err shop_change_identity(struct ctx *ctx, const struct shop_identity *identity);
/* "" takes it away. */
CHECKED err shop_change_logo(struct ctx *ctx, const char *picture_id);
/* Whether buyers may choose a passcode at checkout, by which they find their order again. */
CHECKED err shop_change_passcode(struct ctx *ctx, bool has_passcode);
/* In a transaction: buyers see this version of the design from now on; pages are made anew. ERR_CONFLICT when
 * it was not `from` any more. */
CHECKED err shop_change_design(struct ctx *ctx, int64_t from, int64_t version);
/* In a transaction: the same of the theme that the shop brought; 0 = that of the program. */
CHECKED err shop_change_theme(struct ctx *ctx, int64_t from, int64_t version);
/* In a transaction: buyers do not see this theme, and nobody publishes it meanwhile. ERR_CONFLICT. */
CHECKED err shop_hold_theme(struct ctx *ctx, int64_t version);
/* The highest version that a theme of this shop ever had. */
CHECKED err shop_find_last_theme(struct ctx *ctx, int64_t *last);
/* In a transaction: the version behind `last` is taken. ERR_CONFLICT when another one took it. */
CHECKED err shop_count_theme(struct ctx *ctx, int64_t last);
/* Which small coins are left off a sum, from the next order on. */
CHECKED err shop_change_rounding(struct ctx *ctx, enum rounding rounding);
/* How points are given and what they pay, as pricing/points.h checked it. */
CHECKED err shop_change_points(struct ctx *ctx, const struct points_terms *terms);
/* From the next order, parcel or receipt on. ERR_INVALID with the field: out of bounds, or signing would make
 * the wait longer. */
CHECKED err shop_change_timers(struct ctx *ctx, const struct shop_timers *timers);
/* In a transaction: whether the shop has offers that count now or will; pages are made anew. */
CHECKED err shop_change_promotions(struct ctx *ctx, bool has_promotions);
/* The same for flash sales. */
CHECKED err shop_change_flash(struct ctx *ctx, bool has_flash);
/* The same for presales. */
CHECKED err shop_change_presales(struct ctx *ctx, bool has_presales);
/* In a transaction: whether gift cards were issued. */
CHECKED err shop_change_gift_cards(struct ctx *ctx, bool has_gift_cards);
/* The same for group buys. */
CHECKED err shop_change_group_buys(struct ctx *ctx, bool has_group_buys);
/* The same of price lists, and of groups that members come into by what they spend. */
CHECKED err shop_change_price_lists(struct ctx *ctx, bool has_price_lists);
CHECKED err shop_change_group_rules(struct ctx *ctx, bool has_group_rules);
/* In a transaction: whether the shop has freight templates; pages are made anew. */
CHECKED err shop_change_freight(struct ctx *ctx, bool has_freight);
/* The caller knows that there is neither a price nor an order yet when the currency changes. */
CHECKED err shop_change_region(struct ctx *ctx, const char *currency, const char *locale, struct zone zone);
/* The zones that may be chosen, in minutes east of UTC, in order; there are `*count`. */
const int32_t *shop_zones(size_t *count);

/* ---- shown currencies ---- */

/* Reads "7.2" or "0.048": up to 7 digits and 8 decimals, above 0. */
bool shown_rate_parse(const char *text, int64_t *rate);
const char *shown_rate_text(struct ctx *ctx, int64_t rate);
/* NULL when the shop does not show it. */
const struct shown_currency *shop_find_shown(const struct shop *shop, const char *currency);
/* About what the amount is, half a unit rounded up; false when it is below 0 or out of range. */
bool shown_amount(const struct shown_currency *currency, money amount, money *shown);
/* Adds it or changes its rate. ERR_INVALID with the field, ERR_LIMIT. */
CHECKED err shop_show_currency(struct ctx *ctx, const char *currency, const char *rate,
                               enum shown_rounding rounding);
/* ERR_NOT_FOUND. */
CHECKED err shop_hide_currency(struct ctx *ctx, const char *currency);

/* ---- registration ---- */

struct shop_registration {
    const char *legal_name;
    const char *credit_code;
    const char *licence_url;
    const char *icp_number;
    const char *psb_number;
    enum shop_exemption exemption;
};
/* Numbers are taken with blanks and lower case and kept in their official form. ERR_INVALID with the fields.
 */
CHECKED err shop_change_registration(struct ctx *ctx, const struct shop_registration *registration);
CHECKED err shop_change_licence_picture(struct ctx *ctx, const char *picture_id);
/* ERR_LIMIT past SHOP_LICENCE_LIMIT. */
CHECKED err shop_add_licence(struct ctx *ctx, const struct shop_licence *licence);
CHECKED err shop_remove_licence(struct ctx *ctx, int64_t line_no);
/* In a transaction: logo and licences show `to` where they showed `from`. */
CHECKED err shop_replace_picture(struct ctx *ctx, const char *from, const char *to);
/* In a transaction: which policies are public, a bit for each. */
CHECKED err shop_note_policies(struct ctx *ctx, uint64_t policies);

/* In a transaction: goods are kept in several places from now on. */
CHECKED err shop_note_locations(struct ctx *ctx);
/* In a transaction: variants are made of others from now on. */
CHECKED err shop_note_assemblies(struct ctx *ctx);
/* In a transaction: somebody wants to hear when little is left of something. */
CHECKED err shop_note_watches(struct ctx *ctx);
/* In a transaction: somebody waits for what is sold out. */
CHECKED err shop_note_stock_waits(struct ctx *ctx);
/* In a transaction: of everything that has no watch of its own; 0 = of nothing. */
CHECKED err shop_change_watch_default(struct ctx *ctx, int64_t low_at);
/* In a transaction: what people want to be told of, a bit for each enum shop_occasion. */
CHECKED err shop_note_occasions(struct ctx *ctx, uint64_t occasions);
/* Whether the bit is set; looks at what was read with the shop, and asks nobody. */
bool shop_has_occasion(const struct shop *shop, enum shop_occasion occasion);

/* Whether a shop with these facts is open to strangers. */
bool shop_is_registered(const struct shop_profile *profile);
/* 统一社会信用代码: 18 characters with the check character of GB 32100-2015. */
bool credit_code_is_valid(const char *code);
/* "京ICP备12345678号-1", "沪ICP证…": the official form, or NULL. */
const char *icp_number_from(struct ctx *ctx, const char *typed);
/* "京公网安备11010502030143号": the official form, or NULL. */
const char *psb_number_from(struct ctx *ctx, const char *typed);

/* ---- hosts ---- */

struct shop_host {
    const char *host;
    bool is_main; /* pages name it as their address */
};
CHECKED err shop_list_hosts(struct ctx *ctx, struct shop_host **hosts, size_t *count);
/* Its proof is kept for SHOP_KEPT_MS: claimed again in that time, it serves at once. ERR_NOT_FOUND. */
CHECKED err shop_remove_host(struct ctx *ctx, const char *host);
/* "" = none: pages name the address under which they were asked for. */
CHECKED err shop_choose_main_host(struct ctx *ctx, const char *host);

/* The main host, when this is another of the shop's own; NULL when the host is fine as it is. */
const char *shop_better_host(struct ctx *ctx, const char *host);
/* "https://shop.example" of the host that the shop chose to be known by; NULL when it chose none. */
const char *shop_main_origin(struct arena *arena, const struct shop_profile *profile);

/* ---- claims: names that are not proved yet ----
 *
 * A name serves only after a proof that it is the shop's: either it leads here, which is seen by fetching
 * http://NAME/.well-known/yundian-domain/TOKEN, or its owner put "yundian-domain=TOKEN" into a TXT record of
 * _yundian.NAME. That a name leads here says nothing about for whom: when another shop claims it too, or
 * removed it lately, only the record counts. The first to prove a name has it; a claim blocks nobody. */

#define SHOP_CLAIM_MS (7 * DAY_MS) /* a claim is looked at by itself for so long */
#define SHOP_KEPT_MS (7 * DAY_MS)  /* the proof of a removed name is kept for so long */
#define SHOP_PROOF_PATH "/.well-known/yundian-domain/"

enum claim_state { CLAIM_WAITING = 0, CLAIM_FAILED = 1, CLAIM_KEPT = 2 };

struct shop_claim {
    int64_t claim_id;
    const char *host;
    const char *token;
    enum claim_state state;
    const char *problem; /* slug, "" when there is none */
    int64_t looks;
    int64_t claimed_at;
    int64_t looked_at;    /* 0: never */
    int64_t next_look_at; /* 0: no more */
    int64_t expires_at;
};
/* The slugs of `problem` besides outbound_problem_names. */
#define CLAIM_TAKEN "host-taken"
#define CLAIM_CONTESTED "claim-contested"
#define CLAIM_STATUS "claim-status"   /* the name leads to somebody who knows nothing of it */
#define CLAIM_CONTENT "claim-content" /* the answer is not ours */

/* Takes a name as people type it, also in other scripts. *is_ready: it serves at once, because its proof was
 * kept. ERR_INVALID: no public name, the platform's, or a shop's already; ERR_LIMIT. */
CHECKED err shop_claim_host(struct ctx *ctx, const char *typed, bool *is_ready);
CHECKED err shop_list_claims(struct ctx *ctx, struct shop_claim **claims, size_t *count);
/* Looks again as soon as may be, and for SHOP_CLAIM_MS from now on. ERR_NOT_FOUND. */
CHECKED err shop_look_again(struct ctx *ctx, const char *host);
/* ERR_NOT_FOUND. */
CHECKED err shop_drop_claim(struct ctx *ctx, const char *host);
/* What the file of a claim says; the shop is not known yet. ERR_NOT_FOUND when the host is not claimed with
 * this token. */
CHECKED err shop_answer_claim(struct ctx *ctx, const char *host, const char *token, const char **text);

/* ---- the end ---- */

/* Announces the end of business for the start of a day ("2027-03-01") in the shop's zone. ERR_INVALID when it
 * is not 30 days ahead; only putting off what is announced already may be nearer. */
CHECKED err shop_announce_closing(struct ctx *ctx, const char *day);
/* The first day that may be announced now, "2027-03-01". */
const char *shop_first_closing_day(struct ctx *ctx);
CHECKED err shop_withdraw_closing(struct ctx *ctx);
bool shop_has_closed(const struct ctx *ctx);

/* Tells at the announced moment that the shop changed, so that no page says otherwise. */
extern const struct job_kind shop_job_kinds[];
/* Looks for the proofs of claimed hosts. */
extern const struct job_kind shop_claim_job_kinds[];
