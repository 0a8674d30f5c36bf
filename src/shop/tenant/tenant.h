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
#include "base/value.h"
#include "db/db.h"
#include "job/job.h"

/* In code points. */
#define SHOP_NAME_LIMIT 60
#define SHOP_CONTACT_LIMIT 120
#define SHOP_ADDRESS_LIMIT 200
#define SHOP_NUMBER_LIMIT 60
#define SHOP_URL_LIMIT 400
#define SHOP_LICENCE_LIMIT 10
#define SHOP_HOST_LIMIT 20
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
};

struct shop_draft {
    const char *handle; /* [a-z0-9-], 1..40 */
    const char *name;
    const char *name_en;
    const char *slogan;
    const char *slogan_en;
    const char *currency; /* ISO 4217 */
    const char *locale;
    int32_t utc_offset; /* minutes */
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
void shop_cache_clear(struct shop_cache *cache);

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
/* The caller knows that there is neither a price nor an order yet when the currency changes. */
CHECKED err shop_change_region(struct ctx *ctx, const char *currency, const char *locale, int64_t utc_offset);
/* The zones that may be chosen, in minutes east of UTC, in order; there are `*count`. */
const int32_t *shop_zones(size_t *count);

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
/* Takes a name as people type it, also in other scripts. ERR_INVALID: no public name, or another shop's;
 * ERR_LIMIT. */
CHECKED err shop_add_host(struct ctx *ctx, const char *typed);
CHECKED err shop_remove_host(struct ctx *ctx, const char *host);
/* "" = none: pages name the address under which they were asked for. */
CHECKED err shop_choose_main_host(struct ctx *ctx, const char *host);

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
