/* media.h - pictures and video files: originals kept by the hash of their bytes, derived sizes and formats
 * made once, and who shows what.
 *
 * The files stand in DATA/media/HH/HASH.FORMAT and DATA/media/derived/HH/HASH-WIDTH.FORMAT; shops that took
 * the same bytes share a file. Only derived pictures are ever served: they carry no metadata (an original may
 * say where it was taken). A derived file is made right after the upload, or when it is first asked for, and
 * its address never changes its content. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/ctx.h"
#include "base/text.h"
#include "base/value.h"
#include "db/db.h"

/* A decoded picture of more pixels than this is refused. */
#define PICTURE_PIXEL_LIMIT INT64_C(100000000)
/* Above so many pixels, a file with more pixels to a byte than this is taken for a decompression bomb. A
 * plain white photo has some 300. */
#define PICTURE_BOMB_PIXELS INT64_C(20000000)
#define PICTURE_BOMB_RATIO 1000
#define PICTURE_BYTES_LIMIT INT64_C(26214400) /* 25 MiB */
#define PICTURE_ALT_LIMIT 200
/* Two pictures look the same when their 64-bit hashes differ in at most so many bits. Up to 3 bits none is
 * missed, since one of four bands is then equal; of those with 4 to 6 most are found. */
#define PICTURE_ALIKE_BITS 6
#define PICTURE_PAGE_LIMIT 100
#define PICTURE_USE_LIMIT 32 /* places that are listed for one picture */
#define PICTURE_ID_DIGITS 32
/* Whether a text has the form of a picture's or video's id: PICTURE_ID_DIGITS of 0-9 and a-f. */
bool is_media_id(const char *text);

struct picture_facts {
    const char *format; /* "jpg", "png", "webp", "gif", "heif" (HEIC, AVIF) or "svg" */
    int64_t width;      /* as people see it, after turning */
    int64_t height;
};

struct picture_target {
    const char *path;
    int64_t width;
    const char *format; /* "avif", "webp" or "jpg" */
};

/* A drawing of ours with a picture laid over it. */
struct picture_card {
    const char *svg;        /* whole, in sRGB; it may name no other file */
    const char *picture_id; /* NULL = none */
    int64_t left, top;      /* where the picture lies, in pixels of the drawing */
    int64_t side;           /* it is cut to a square of so many pixels */
};

/* The port to the picture library; adapter/vips fills it. */
struct picture_maker {
    /* The media type of any file, by its bytes: "image/tiff", "video/mp4". */
    err (*identify)(struct ctx *ctx, const char *path, const char **type);
    /* Reads the header only. ERR_UNSUPPORTED_MEDIA for anything that is no picture of a known format. */
    err (*probe)(struct ctx *ctx, const char *path, struct picture_facts *facts);
    /* Reads the whole picture (of an animation the first frame) and hashes what it looks like; 0 for one
     * without any contrast. ERR_UNSUPPORTED_MEDIA when it is broken or cut off. */
    err (*look)(struct ctx *ctx, const char *path, uint64_t *look);
    /* Writes one picture at most `width` wide for each target, upright, in sRGB, without metadata. The first
     * target is the widest. */
    err (*derive)(struct ctx *ctx, const char *source, const struct picture_target *targets, size_t count);
    /* The card as a JPEG in the arena of ctx; `path` is the file of its picture, or NULL. */
    err (*draw)(struct ctx *ctx, const struct picture_card *card, const char *path, struct slice *jpeg);
    /* Whether this format can be written here. */
    bool (*can_make)(const char *format);
};

struct picture {
    const char *id; /* 32 hex digits */
    const char *format;
    int64_t width;
    int64_t height;
    int64_t bytes;
    const char *file_name;
    const char *alt;
    const char *alike_id; /* an older picture that looks the same; NULL when there is none */
    int64_t use_count;
    int64_t created_at;
};

/* ---- keeping ---- */

struct media_source {
    const char *path;
    const char *file_name; /* for people; may be NULL */
    bool is_ours; /* our own drawing: SVG is taken, it is not compared, sizes are made when asked for */
};

/* Takes a file as a picture of the shop: checks it, keeps it, remembers it, tells whether it looks like one
 * that is there, and has its sizes made by a job. The same bytes give the same picture. What is refused is
 * ERR_INVALID of the field "pictures" with a code file-…, and the message begins with the file's name and a
 * colon. */
CHECKED err picture_store(struct ctx *ctx, const struct media_source *source, const struct picture **picture);
/* The same for an MP4 or WebM file, by its bytes; the field is "video". The setting video_limit bounds it. */
CHECKED err video_store(struct ctx *ctx, const struct media_source *source, const char **video_id);

/* ---- from an address ---- */

struct picture_fetched {
    const struct picture *picture; /* NULL when it could not be had */
    const char *reason; /* then a slug: outbound-…, http-status, or file-… as picture_store says it */
    int status;         /* HTTP; 0 when there was no answer */
    bool may_retry;     /* it may be there later */
};

/* Fetches a picture and takes it as an upload. Outside any transaction, up to PICTURE_FETCH_MS; only one
 * at a time for a shop. What goes wrong outside or with the file is no failure. */
#define PICTURE_FETCH_MS INT64_C(20000)
CHECKED err picture_fetch(struct ctx *ctx, const char *address, struct picture_fetched *fetched);

/* ---- from a ZIP ---- */

#define ZIP_ENTRY_LIMIT 500
#define ZIP_UNPACKED_LIMIT INT64_C(1073741824) /* 1 GiB, all entries together */
#define ZIP_NAME_LIMIT 250

struct zip_entry {
    const char *name; /* UTF-8, with its folders, as it stands in the ZIP */
    const char *path; /* the unpacked file; NULL when it was too large, or nothing is unpacked */
    int64_t bytes;    /* unpacked, as the ZIP says */
};

struct zip_walk {
    const char *scratch; /* where one file after the other is unpacked; NULL = they are only listed */
    int64_t file_bytes;  /* of the largest that is unpacked */
    bool (*wants)(void *arg, const char *name); /* the others are passed over; NULL = all */
    err (*take)(struct ctx *ctx, void *arg, const struct zip_entry *entry);
    void *arg;
};

struct zip_file {
    const char *name;
    const char *bytes;
    size_t length;
};
#define ZIP_PACKED_LIMIT ((size_t)16 << 20)

/* The port to the archive library; adapter/zip fills it. */
struct zip_reader {
    /* Hands one file after the other to `take`. Folders, links and what packers add of their own are left
     * out. ERR_INVALID of the field "zip" (zip-broken, zip-too-many, zip-too-big, zip-locked) when it cannot
     * be read to its end; what was taken before stays. */
    err (*walk)(struct ctx *ctx, const char *path, const struct zip_walk *walk);
    /* A ZIP file of these, in the arena. ERR_LIMIT above ZIP_PACKED_LIMIT. */
    err (*pack)(struct ctx *ctx, const struct zip_file *files, size_t count, const char **bytes,
                size_t *length);
};

struct zip_picture {
    const char *name;
    const struct picture *picture; /* NULL when it was refused */
    const char *code;              /* then why: file-… */
};
struct zip_pictures {
    err (*tell)(struct ctx *ctx, void *arg, size_t count); /* in: hears how many were seen; NULL = nobody */
    void *arg;                                             /* in */
    struct zip_picture *items;                             /* in the order of their names */
    size_t count;
    const char *code; /* why the rest was not read: zip-…; NULL when it was read to its end */
};
/* Takes the pictures of a ZIP file into the library, each for itself. */
CHECKED err pictures_from_zip(struct ctx *ctx, const char *path, struct zip_pictures *pictures);

/* ---- showing ---- */

struct media_file {
    const char *path;
    const char *content_type;
    bool is_final; /* false: another format stands in, because this one cannot be made here */
};

/* The file of a derived picture, made now if it is not there; many who ask at once make it once.
 * ERR_NOT_FOUND for an unknown picture, width or format, ERR_UNAVAILABLE when too many pictures wait to be
 * made. */
CHECKED err picture_derived(struct ctx *ctx, const char *picture_id, int64_t width, const char *format,
                            struct media_file *file);
/* Draws a card anew each time: who asks keeps it. In the lanes of derived pictures; ERR_UNAVAILABLE when too
 * many wait. A picture that is not there is left out. */
CHECKED err picture_draw(struct ctx *ctx, const struct picture_card *card, struct slice *jpeg);
/* `name` is ID.mp4 or ID.webm. */
CHECKED err video_file(struct ctx *ctx, const char *name, struct media_file *file);
/* {id, width, height, alt}, or null when there is no picture. Sizes that are not known are 1200. */
void picture_set_view(struct ctx *ctx, struct value *object, const char *name, const char *picture_id,
                      const char *alt);
/* Adds focus_x and focus_y to a picture that was set so, unless it is the middle. */
void picture_set_focus(struct ctx *ctx, struct value *object, const char *name, int64_t x, int64_t y);
/* {id, url, format, bytes, file_name}, or null. */
CHECKED err video_set_view(struct ctx *ctx, struct value *object, const char *name, const char *video_id);

/* ---- who shows a picture: told by the modules that do ---- */

enum picture_use_kind {
    PICTURE_OF_PRODUCT = 1,
    PICTURE_OF_CATEGORY = 2,
    PICTURE_OF_VARIANT = 3,
    PICTURE_OF_SHOP = 4, /* its logo and licences; the owner is the shop */
    PICTURE_OF_COLLECTION = 5,
    PICTURE_OF_REVIEW = 6, /* a buyer's: nobody of the shop takes it away */
    PICTURE_OF_DESIGN = 7, /* sections and logo; the owner is an enum design_place */
};

struct picture_use {
    enum picture_use_kind kind;
    int64_t owner_id;
};

/* In a transaction: these pictures, and no others, are shown by this owner. Repeated and unknown ones do not
 * matter. */
CHECKED err picture_uses_set(struct ctx *ctx, enum picture_use_kind kind, int64_t owner_id,
                             const char *const *picture_ids, size_t count);
/* In a transaction: the owner shows `to` where it showed `from`. */
CHECKED err picture_use_move(struct ctx *ctx, const struct picture_use *use, const char *from,
                             const char *to);
/* Up to PICTURE_USE_LIMIT of them. */
CHECKED err picture_use_list(struct ctx *ctx, const char *picture_id, struct picture_use **uses,
                             size_t *count);
/* How many uses of a kind there are, for checks. */
CHECKED err picture_use_count(struct ctx *ctx, enum picture_use_kind kind, int64_t *count);

/* ---- the library ---- */

enum picture_filter { PICTURES_ALL, PICTURES_UNUSED, PICTURES_ALIKE };

struct picture_query {
    enum picture_filter filter;
    const char *name_prefix; /* of the file name; NULL or "" = any; goes with PICTURES_ALL */
    const char *cursor;      /* of an earlier page, or NULL / "" */
    int limit;               /* 1..PICTURE_PAGE_LIMIT */
};

struct picture_page {
    struct picture *items;
    size_t count;
    const char *next_cursor; /* NULL on the last page */
};

/* Newest first; by name when a name is asked for. */
CHECKED err picture_list(struct ctx *ctx, const struct picture_query *query, struct picture_page *page);
CHECKED err picture_load(struct ctx *ctx, const char *picture_id, const struct picture **picture);
/* Those that exist of up to 50; found[i] is NULL for a missing one. */
CHECKED err picture_load_many(struct ctx *ctx, const char *const *picture_ids, size_t count,
                              const struct picture **found);
CHECKED err picture_change_alt(struct ctx *ctx, const char *picture_id, const char *alt);
/* Staff looked: it is another picture after all. */
CHECKED err picture_mark_different(struct ctx *ctx, const char *picture_id);
/* ERR_CONFLICT while anybody shows it. Its files go by a job, after the commit. */
CHECKED err picture_remove(struct ctx *ctx, const char *picture_id);
/* The same so that it can be brought back for TRASH_KEPT_MS (trash.h): its file waits as long. */
CHECKED err picture_trash(struct ctx *ctx, const char *picture_id);
/* In a transaction. */
CHECKED err picture_restore(struct ctx *ctx, const struct value *data);

struct video {
    const char *id;
    const char *format;
    int64_t bytes;
    const char *file_name;
    int64_t created_at;
};
struct video_page {
    struct video *items;
    size_t count;
    const char *next_cursor;
};
CHECKED err video_list(struct ctx *ctx, const char *cursor, int limit, struct video_page *page);
CHECKED err video_load(struct ctx *ctx, const char *video_id, const struct video **video);
CHECKED err video_exists_many(struct ctx *ctx, const char *const *video_ids, size_t count, bool *is_there);
/* The caller has made sure that nobody shows it. */
CHECKED err video_remove(struct ctx *ctx, const char *video_id);
/* The same, so that it can be brought back. */
CHECKED err video_trash(struct ctx *ctx, const char *video_id);
/* In a transaction: a product shows it no longer; the library keeps it, and the trash whose it was. */
CHECKED err video_trash_of_product(struct ctx *ctx, const char *video_id, int64_t product_id);
/* In the transaction that takes it out of the trash; harmless when it is there. */
CHECKED err video_restore(struct ctx *ctx, const struct value *data);

/* Every row has its file, and every picture counts those who show it. */
CHECKED err media_check(struct ctx *ctx, void (*report)(void *arg, const char *problem), void *arg);
