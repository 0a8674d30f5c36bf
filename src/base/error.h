/* error.h - how a function says that it could not do its work.
 *
 * `err` is NULL when all is well. A failure lives in the arena of the work and carries its code, a detail
 * for the reader and the place where it was made. The codes are one list: name, HTTP status, slug of the
 * problem type (RFC 9457), English title. What people read comes from the locale files by slug. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/arena.h"

#define ERROR_CODES(X)                                                                                       \
    X(BAD_REQUEST, 400, "bad-request", "The request could not be understood")                                \
    X(BAD_JSON, 400, "bad-json", "The body is not valid JSON")                                               \
    X(UNAUTHENTICATED, 401, "unauthenticated", "Please log in first")                                        \
    X(FORBIDDEN, 403, "forbidden", "This is not allowed for you")                                            \
    X(CROSS_SITE, 403, "cross-site", "The request came from another site")                                   \
    X(NOT_FOUND, 404, "not-found", "There is nothing here")                                                  \
    X(SHOP_NOT_FOUND, 404, "shop-not-found", "There is no shop at this address")                             \
    X(METHOD_NOT_ALLOWED, 405, "method-not-allowed", "This address does not take that method")               \
    X(NOT_ACCEPTABLE, 406, "not-acceptable", "No representation fits the Accept header")                     \
    X(REQUEST_TIMEOUT, 408, "request-timeout", "The request took too long to arrive")                        \
    X(CONFLICT, 409, "conflict", "Somebody else changed this meanwhile")                                     \
    X(OUT_OF_STOCK, 409, "out-of-stock", "Not enough in stock")                                              \
    X(STALE_STOCK, 409, "stale-stock", "The stock is another than was expected")                             \
    X(CART_EMPTY, 409, "cart-empty", "The cart is empty")                                                    \
    X(CART_CHECKED_OUT, 409, "cart-checked-out", "This cart has been ordered already")                       \
    X(PRICE_CHANGED, 409, "price-changed", "A price changed since it was shown")                             \
    X(GIFT_CHANGED, 409, "gift-changed", "A gift is not what was shown")                                     \
    X(PROMOTION_OVER, 409, "promotion-over", "An offer was used up a moment ago")                            \
    X(POINTS_GONE, 409, "points-gone", "Points were used elsewhere a moment ago")                            \
    X(FLASH_SOLD_OUT, 409, "flash-sold-out", "All pieces of this flash sale are sold")                       \
    X(PRESALE_SOLD_OUT, 409, "presale-sold-out", "All pieces of this presale are sold")                      \
    X(CARD_ALONE, 409, "card-alone", "Gift cards are ordered by themselves")                                 \
    X(PRESALE_ALONE, 409, "presale-alone", "Goods of a presale are ordered by themselves")                   \
    X(GROUP_OVER, 409, "group-over", "This group is full, or its time is over")                              \
    X(INVALID_TRANSITION, 409, "invalid-transition", "The order's state does not allow this")                \
    X(IDEMPOTENCY_MISMATCH, 409, "idempotency-mismatch", "This Idempotency-Key was used for something else") \
    X(DUPLICATE, 409, "duplicate", "This exists already")                                                    \
    X(SHOP_CLOSED, 410, "shop-closed", "This shop has ended its business and takes no orders")               \
    X(GONE, 410, "gone", "This is no longer offered")                                                        \
    X(PAYLOAD_TOO_LARGE, 413, "payload-too-large", "The body is too large")                                  \
    X(URI_TOO_LONG, 414, "uri-too-long", "The address is too long")                                          \
    X(UNSUPPORTED_MEDIA, 415, "unsupported-media-type", "This kind of content is not taken here")            \
    X(INVALID, 422, "invalid", "Some fields need your attention")                                            \
    X(TOO_MANY_REQUESTS, 429, "too-many-requests", "Too many requests, please wait a moment")                \
    X(INTERNAL, 500, "internal", "Something went wrong on our side")                                         \
    X(GATEWAY, 502, "gateway", "A service outside did not answer as expected")                               \
    X(UNAVAILABLE, 503, "unavailable", "The shop is busy, please try again")                                 \
    X(SHOP_NOT_OPEN, 503, "shop-not-open", "The shop is not open yet")                                       \
    X(LIMIT, 422, "limit", "A limit was reached")                                                            \
    X(DATABASE, 500, "database", "The database could not do its work")                                       \
    X(TEMPLATE, 500, "template", "A template could not be shown")

enum error_code {
    ERR_NONE,
#define X(name, status, slug, title) ERR_##name,
    ERROR_CODES(X)
#undef X
        ERR_COUNT,
};

struct error_kind {
    int status; /* HTTP */
    const char *slug;
    const char *title;
};

/* One thing wrong with one field of a request. */
struct field_problem {
    const char *field;   /* dotted name, "address.phone" */
    const char *code;    /* slug for the locale files: required, too-long, not-a-number … */
    const char *message; /* English */
    const struct field_problem *next;
    const struct value *max; /* the most that is allowed, when a program wants to know; NULL = not said */
};

struct value;

struct failure {
    enum error_code code;
    const char *detail;
    const char *file;
    int line;
    const struct field_problem *problems; /* ERR_INVALID only */
    const struct value *more;             /* an object: further members of the problem; mostly NULL */
};

typedef const struct failure *err;

#define CHECKED __attribute__((warn_unused_result))
/* Hands a failure on to the caller. Safe because nothing needs releasing by hand. */
#define TRY(call)                                                                                            \
    do {                                                                                                     \
        err try_failure = (call);                                                                            \
        if (try_failure)                                                                                     \
            return try_failure;                                                                              \
    } while (0)

const struct error_kind *error_kind(enum error_code code);

/* A failure just made is never NULL. The compiler is told by the attribute below; the static analyser only
 * believes code. */
static inline err error_is_made(err failure)
{
    if (!failure)
        __builtin_unreachable();
    return failure;
}

/* Makes a failure in the arena of `ctx`. */
#define fail_with(ctx, code, ...)                                                                            \
    error_is_made(error_make((ctx)->arena, code, __FILE__, __LINE__, __VA_ARGS__))
err error_make(struct arena *arena, enum error_code code, const char *file, int line, const char *format, ...)
    __attribute__((format(printf, 5, 6), returns_nonnull));
/* A failure ERR_INVALID about one field. */
#define fail_field(ctx, field, problem_code, message)                                                        \
    error_is_made(error_make_field((ctx)->arena, __FILE__, __LINE__, field, problem_code, message))
err error_make_field(struct arena *arena, const char *file, int line, const char *field, const char *code,
                     const char *message) __attribute__((returns_nonnull));
/* A failure ERR_INVALID about several fields. */
#define fail_fields(ctx, problems)                                                                           \
    error_is_made(error_make_fields((ctx)->arena, __FILE__, __LINE__, problems))
err error_make_fields(struct arena *arena, const char *file, int line, const struct field_problem *problems)
    __attribute__((returns_nonnull));

/* The same failure with further members for programs to read (RFC 9457, 3.2). */
err error_with_more(struct arena *arena, err failure, const struct value *more)
    __attribute__((returns_nonnull));

/* A broken invariant: logs and aborts; the supervisor restarts the program. */
#define bug(...) error_bug(__FILE__, __LINE__, __VA_ARGS__)
_Noreturn void error_bug(const char *file, int line, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
