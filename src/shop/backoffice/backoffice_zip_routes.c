/* backoffice_zip_routes.c - the pictures of a ZIP file: taken in the background, told picture by picture. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/backoffice/backoffice_routes.h"

#include "base/config.h"
#include "shop/backoffice/backoffice_fetch_view.h"
#include "shop/backoffice/backoffice_work.h"
#include "shop/media/media.h"
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

struct zip_form {
    const struct upload *zip;
    bool attach;
};

static const struct field zip_fields[] = {
    {.name = "zip",
     .kind = FIELD_FILE,
     .offset = offsetof(struct zip_form, zip),
     .is_required = true,
     .limit = offsetof(struct config, bulk_limit),
     .maximum = ZIP_UNPACKED_LIMIT,
     .help = "A ZIP file with up to 500 pictures; each is taken or refused for itself"},
    {.name = "attach",
     .kind = FIELD_FLAG,
     .offset = offsetof(struct zip_form, attach),
     .help = "Add a picture whose file or folder is called as a SKU or handle to that product"},
    {0},
};

/* Entries of one product stand apart; `at` runs through those that were not seen yet. */
static err attach_of(struct ctx *ctx, const struct zip_pictures *zip, const struct named_product *products,
                     size_t at, bool *is_seen, bool *is_shown)
{
    struct product_picture *pictures = arena_alloc_many(ctx->arena, zip->count, sizeof *pictures);
    size_t *places = arena_alloc_many(ctx->arena, zip->count, sizeof *places);
    size_t count = 0, shown;
    for (size_t i = at; i < zip->count; i++) {
        const struct picture *picture = zip->items[i].picture;
        if (!picture || products[i].product_id != products[at].product_id)
            continue;
        is_seen[i] = true;
        places[count] = i;
        pictures[count++] =
            (struct product_picture){.picture_id = picture->id,
                                     .alt = picture->alt[0] ? picture->alt : products[i].title,
                                     .focus_x = 50,
                                     .focus_y = 50};
    }
    TRY(product_picture_append_many(ctx, products[at].product_id, pictures, count, &shown));
    for (size_t i = 0; i < shown; i++)
        is_shown[places[i]] = true;
    return NULL;
}

static err attach(struct ctx *ctx, const struct zip_pictures *zip, const struct named_product *products,
                  bool *is_shown)
{
    bool *is_seen = arena_alloc_many(ctx->arena, zip->count + 1, sizeof *is_seen);
    for (size_t i = 0; i < zip->count; i++)
        if (zip->items[i].picture && products[i].product_id && !is_seen[i])
            TRY(attach_of(ctx, zip, products, i, is_seen, is_shown));
    return NULL;
}

static void add_entry(struct ctx *ctx, struct value *list, const struct zip_picture *entry,
                      const struct named_product *product, bool is_shown)
{
    struct arena *arena = ctx->arena;
    struct value *row = value_add(arena, list, *value_object(arena));
    value_set_text(arena, row, "name", entry->name);
    value_set_text(arena, row, "code", entry->code);
    value_set(arena, row, "picture", value_null());
    value_set(arena, row, "product", value_null());
    value_set_bool(arena, row, "is_added", is_shown);
    if (entry->picture)
        picture_fill_view(ctx, value_set_object(arena, row, "picture"), entry->picture);
    if (!product->product_id)
        return;
    struct value *tree = value_set_object(arena, row, "product");
    value_set_id(arena, tree, "id", product->product_id);
    value_set_text(arena, tree, "title", product->title);
    value_set_text(arena, tree, "url", arena_format(arena, "/admin/products/%" PRId64, product->product_id));
}

/* ---- the file, until it is read ---- */

static const char *zip_path(struct ctx *ctx, int64_t work_id)
{
    return arena_format(ctx->arena, "%s/works/%" PRId64 ".zip", ctx->config->data, work_id);
}

static err keep_file(struct ctx *ctx, const char *from, int64_t work_id)
{
    const char *folder = arena_format(ctx->arena, "%s/works", ctx->config->data);
    if (mkdir(folder, 0750) != 0 && errno != EEXIST)
        return fail_with(ctx, ERR_INTERNAL, "cannot make directory %s (errno %d)", folder, errno);
    if (rename(from, zip_path(ctx, work_id)) != 0)
        return fail_with(ctx, ERR_INTERNAL, "cannot keep a ZIP file (errno %d)", errno);
    return NULL;
}

err work_file_forget(struct ctx *ctx, const struct job *job, void *owner)
{
    (void)owner;
    unlink(zip_path(ctx, job->subject_id)); /* harmless when it is gone */
    return NULL;
}

static err open_in_transaction(struct ctx *ctx, void *arg)
{
    struct work *work = arg;
    TRY(job_schedule(ctx, WORK_FILE_FORGET, work->id, ctx->now + WORK_KEPT_MS, NULL));
    return work_open(ctx, work, NULL, 0, 1);
}

static err open_zip(struct ctx *ctx, const struct upload *zip, bool is_attached, struct work *work)
{
    bool is_running;
    struct value *payload = value_object(ctx->arena);
    TRY(work_is_running(ctx, WORK_PICTURES, NULL, ctx->shop->id, &is_running));
    if (is_running)
        return fail_field(ctx, "zip", "zip-busy", "the ZIP file before this one is still being read");
    value_set_bool(ctx->arena, payload, "attach", is_attached);
    *work = (struct work){.id = id_new(ctx),
                          .kind = WORK_PICTURES,
                          .subject_id = ctx->shop->id,
                          .title = zip->file_name,
                          .payload = payload};
    TRY(keep_file(ctx, zip->path, work->id));
    err failure = db_transact(ctx, open_in_transaction, work);
    if (failure)
        unlink(zip_path(ctx, work->id));
    return failure;
}

/* ---- reading it ---- */

static err tell(struct ctx *ctx, void *arg, size_t count)
{
    const struct work *work = arg;
    return work_tell(ctx, work->id, (int64_t)count, 0);
}

static err make_result(struct ctx *ctx, const struct zip_pictures *zip, bool is_attached,
                       struct work_part *part)
{
    const char **names = arena_alloc_many(ctx->arena, zip->count, sizeof *names);
    struct named_product *products = arena_alloc_many(ctx->arena, zip->count, sizeof *products);
    bool *is_shown = arena_alloc_many(ctx->arena, zip->count, sizeof *is_shown);
    int64_t added = 0;
    for (size_t i = 0; i < zip->count; i++)
        names[i] = zip->items[i].name;
    if (is_attached) {
        TRY(product_find_by_file_names(ctx, names, zip->count, products));
        TRY(attach(ctx, zip, products, is_shown));
    }
    part->result = value_object(ctx->arena);
    struct value *list = value_set_list(ctx->arena, part->result, "entries");
    for (size_t i = 0; i < zip->count; i++) {
        part->changed += zip->items[i].picture != NULL;
        added += is_shown[i];
        add_entry(ctx, list, &zip->items[i], &products[i], is_shown[i]);
    }
    part->failed = (int64_t)zip->count - part->changed;
    value_set_int(ctx->arena, part->result, "taken", part->changed);
    value_set_int(ctx->arena, part->result, "refused", part->failed);
    value_set_int(ctx->arena, part->result, "added", added);
    value_set_bool(ctx->arena, part->result, "is_attached", is_attached);
    value_set_text(ctx->arena, part->result, "code", zip->code);
    return NULL;
}

/* Read again from its first picture after a fall: what was taken is found to be there. */
err pictures_zip_step(struct ctx *ctx, const struct work *work, struct work_part *part)
{
    struct work own = *work;
    struct zip_pictures zip = {.tell = tell, .arg = &own};
    const struct value *attached = value_find(work->payload, "attach");
    TRY(pictures_from_zip(ctx, zip_path(ctx, work->id), &zip));
    if (zip.count == 0)
        return fail_field(ctx, "zip", zip.code ? zip.code : "zip-empty", "no picture could be taken from it");
    TRY(make_result(ctx, &zip, attached && attached->boolean, part));
    part->is_last = true;
    return work_tell(ctx, work->id, (int64_t)zip.count, (int64_t)zip.count);
}

err pictures_zip_end(struct ctx *ctx, const struct work *work)
{
    return job_schedule(ctx, WORK_FILE_FORGET, work->id, ctx->now, NULL);
}

static err take_zip(struct req *req)
{
    const struct zip_form *form = req->form;
    struct work work;
    TRY(open_zip(&req->ctx, form->zip, form->attach, &work));
    return reply_work(req, &work);
}

const struct route backoffice_zip_routes[] = {
    {.method = POST,
     .path = "/admin/media/zip",
     .handler = take_zip,
     .guard = STAFF,
     .scope = "products.write",
     .fields = zip_fields,
     .form_size = sizeof(struct zip_form),
     .again = media_show_again,
     .summary = "Have the pictures of a ZIP file taken in the background",
     .answer = "work"},
    {0},
};
