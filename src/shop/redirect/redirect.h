/* redirect.h - where addresses of an earlier shop lead, as the merchant says.
 *
 * A redirect is asked for only when nothing answers an address: what exists always wins, and so do former
 * handles (catalog_moved.h). Its source is a path, with a query or without; one without leads on whatever
 * query comes with it. Its target is a page of this shop. There are no chains: what leads to a source of
 * another one is made to lead where that leads, and what would lead back to itself is refused. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/ctx.h"
#include "base/value.h"
#include "db/db.h"

/* Of a shop. */
#define REDIRECT_LIMIT 10000
/* Bytes of a source or target. */
#define REDIRECT_LENGTH 500
/* Rows of one paste, and its characters. */
#define REDIRECT_PASTE_ROWS 1000
#define REDIRECT_PASTE_LENGTH 100000

struct redirect {
    int64_t id;
    const char *source; /* decoded, in its plain form */
    const char *target;
    int64_t created_at;
};

enum redirect_outcome { REDIRECT_MADE = 1, REDIRECT_CHANGED, REDIRECT_SAME, REDIRECT_REFUSED };

/* A row that somebody typed. */
struct redirect_row {
    int64_t line;
    const char *source;
    const char *target;
    bool is_plain;                 /* source and target are in their plain form */
    enum redirect_outcome outcome; /* filled when it was put */
    const char *problem;           /* of a refused one: slug of its problem, else NULL */
    bool is_target_wrong;          /* the problem is the target's, not the source's */
};

/* Takes what is right of `count` rows, in their order: a source that is there gets the new target. `here` is
 * the host by which the shop was asked: full addresses of it and of the shop's domains count as paths.
 * ERR_CONFLICT when somebody else changed redirects meanwhile. */
CHECKED err redirect_put_many(struct ctx *ctx, const char *here, struct redirect_row *rows, size_t count);
/* One new row, or, with an id, in place of that one. ERR_INVALID with the field ("source", "target"),
 * ERR_NOT_FOUND, ERR_CONFLICT. */
CHECKED err redirect_save(struct ctx *ctx, const char *here, int64_t redirect_id, const char *source,
                          const char *target);
/* Puts it into the trash. ERR_NOT_FOUND. */
CHECKED err redirect_remove(struct ctx *ctx, int64_t redirect_id);
/* In a transaction: out of the trash again; one of the same source that was made meanwhile stays. */
CHECKED err redirect_restore(struct ctx *ctx, const struct value *data);

/* Newest first, behind before_id (0 = from the first); `q` is a part of source or target, "" = all. */
CHECKED err redirect_list(struct ctx *ctx, const char *q, int64_t before_id, int limit,
                          struct redirect **redirects, size_t *count);

/* Rows of a table of two columns that somebody pasted, parted by commas, tabs or semicolons; a first row that
 * is a head is left out. ERR_INVALID ("rows") when there is none or there are too many. */
CHECKED err redirect_read_paste(struct ctx *ctx, const char *text, struct redirect_row **rows, size_t *count);

/* For an address that nothing answers: the location that it leads to, NULL = none. `path` is decoded and
 * without the prefix of a language, `url` is path and query as they came: the query goes along unless the
 * redirect is about it or has its own. */
CHECKED err redirect_find(struct ctx *ctx, const char *path, const char *url, const char **location);
