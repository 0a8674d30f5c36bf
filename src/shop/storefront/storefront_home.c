/* storefront_home.c - what the sections of home show.
 *
 * First every section says which products it wants; lists that several sections want are read once. Then all
 * products become cards in one go, and each section gets those it asked for. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/storefront/storefront_home.h"

#include "base/text.h"
#include "shop/media/media.h"
#include "shop/services.h"
#include "shop/storefront/storefront.h"
#include "shop/storefront/storefront_section.h"
#include <inttypes.h>

/* Of all sections that show the newest products, each its own. */
#define NEWEST_LIMIT 60
#define PICTURES 8
#define HERO_CARDS 3
#define TICKETS_LIMIT 24
/* Collections, categories and single products that one page reads. */
#define SHELF_LIMIT 12
#define POOL_LIMIT 250

struct shelf {
    const char *kind; /* "newest", "digital", "collection", "category", "product" */
    const char *handle;
    struct product_page page;
    const char *title;
    const char *url;
};

struct want {
    size_t products[NEWEST_LIMIT]; /* places in the pool */
    size_t count;
};

struct home {
    struct ctx *ctx;
    struct section_page page;
    struct want wants[SECTION_LIMIT];
    struct shelf shelves[SHELF_LIMIT];
    size_t shelf_count;
    struct product *pool; /* each product once */
    size_t pool_count;
    bool is_shown[POOL_LIMIT]; /* in a list further up */
    int64_t newest;            /* how many of them are wanted */
};

static const char *setting(const struct section *section, const char *name)
{
    const char *text = value_find_text(section->settings, name);
    return text ? text : "";
}

static bool setting_is_on(const struct section *section, const char *name)
{
    return value_find_bool(section->settings, name);
}

static bool wants_pictures(const struct section *section)
{
    return text_is(section->type, "slideshow") || text_is(section->type, "picture-text");
}

/* A hero that shows its products as they are sold stands for a list; the round window is only decoration. */
static bool is_listing_hero(const struct section *section)
{
    return text_is(section->type, "hero") && !text_is(setting(section, "layout"), "moon");
}

/* How many of the newest products the page may need at most: what is skipped has to be there besides. */
static int64_t count_newest(const struct home *home)
{
    int64_t count = 0, least = 0;
    for (size_t i = 0; i < home->page.count; i++) {
        const struct section *section = &home->page.sections[i];
        if (text_is(section->type, "product-grid"))
            count += value_find_int(section->settings, "limit", 0);
        if (is_listing_hero(section))
            count += HERO_CARDS;
        if (text_is(section->type, "hero") && least < HERO_CARDS)
            least = HERO_CARDS;
        if (text_is(section->type, "spotlight") && least < 1)
            least = 1;
        if (wants_pictures(section))
            least = PICTURES;
    }
    count = count > least ? count : least;
    return count < NEWEST_LIMIT ? count : NEWEST_LIMIT;
}

/* ---- shelves ---- */

static err fill_collection(struct ctx *ctx, struct shelf *shelf, struct product_query *query)
{
    const struct collection *found;
    TRY(collection_find_by_handle(ctx, shelf->handle, &found));
    if (!found || !found->is_shown)
        return NULL;
    query->shelf_id = found->id;
    query->sort = found->is_smart ? SORT_NEWEST : SORT_BY_HAND;
    shelf->title = collection_name(ctx, found);
    shelf->url = arena_format(ctx->arena, "/collections/%s", found->handle);
    return product_list(ctx, query, &shelf->page);
}

static err fill_category(struct ctx *ctx, struct shelf *shelf, struct product_query *query)
{
    const struct category *found;
    TRY(category_find_by_handle(ctx, shelf->handle, &found));
    if (!found)
        return NULL;
    query->category_id = found->id;
    shelf->title = category_name(ctx, found);
    shelf->url = arena_format(ctx->arena, "/categories/%s", found->handle);
    return product_list(ctx, query, &shelf->page);
}

static err fill_product(struct ctx *ctx, struct shelf *shelf)
{
    const struct product *found;
    TRY(product_find_by_handle(ctx, shelf->handle, &found));
    if (!found || found->status != PRODUCT_ACTIVE)
        return NULL;
    shelf->page.items = arena_alloc_many(ctx->arena, 1, sizeof *shelf->page.items);
    shelf->page.items[shelf->page.count++] = *found;
    return NULL;
}

static err fill_shelf(struct home *home, struct shelf *shelf)
{
    struct product_query query = {.status = PRODUCT_ACTIVE, .limit = TICKETS_LIMIT};
    if (text_is(shelf->kind, "collection"))
        return fill_collection(home->ctx, shelf, &query);
    if (text_is(shelf->kind, "category"))
        return fill_category(home->ctx, shelf, &query);
    if (text_is(shelf->kind, "product"))
        return fill_product(home->ctx, shelf);
    if (text_is(shelf->kind, "digital"))
        query.kind = PRODUCT_DIGITAL;
    else
        query.limit = (int)home->newest;
    return query.limit > 0 ? product_list(home->ctx, &query, &shelf->page) : NULL;
}

/* The shelf, read when it is first asked for; NULL when the page has too many. */
static err find_shelf(struct home *home, const char *kind, const char *handle, struct shelf **result)
{
    for (size_t i = 0; i < home->shelf_count; i++) {
        *result = &home->shelves[i];
        if (text_is((*result)->kind, kind) && text_is((*result)->handle, handle))
            return NULL;
    }
    *result = NULL;
    if (home->shelf_count == SHELF_LIMIT)
        return NULL;
    *result = &home->shelves[home->shelf_count++];
    **result = (struct shelf){.kind = kind, .handle = handle};
    return fill_shelf(home, *result);
}

/* ---- the pool ---- */

/* Where the product stands in the pool; POOL_LIMIT when there is no room. */
static size_t place_of(struct home *home, const struct product *product)
{
    for (size_t i = 0; i < home->pool_count; i++)
        if (home->pool[i].id == product->id)
            return i;
    if (home->pool_count == POOL_LIMIT)
        return POOL_LIMIT;
    home->pool[home->pool_count] = *product;
    return home->pool_count++;
}

static void take_one(struct home *home, struct want *want, const struct product *product, size_t limit,
                     bool is_list, bool skips_shown)
{
    if (want->count >= limit || want->count >= NEWEST_LIMIT)
        return;
    size_t place = place_of(home, product);
    if (place == POOL_LIMIT || (skips_shown && home->is_shown[place]))
        return;
    want->products[want->count++] = place;
    home->is_shown[place] = home->is_shown[place] || is_list;
}

static void take(struct home *home, struct want *want, const struct shelf *shelf, size_t limit, bool is_list,
                 bool skips_shown)
{
    for (size_t i = 0; shelf && i < shelf->page.count; i++)
        take_one(home, want, &shelf->page.items[i], limit, is_list, skips_shown);
}

/* Where one large picture is all that is seen, what has none comes last. */
static void take_pictured(struct home *home, struct want *want, const struct shelf *shelf, size_t limit,
                          bool is_list)
{
    for (int with_picture = 1; shelf && with_picture >= 0; with_picture--)
        for (size_t i = 0; i < shelf->page.count; i++)
            if ((shelf->page.items[i].picture_id != NULL) == (with_picture == 1))
                take_one(home, want, &shelf->page.items[i], limit, is_list, false);
}

static err want_grid(struct home *home, const struct section *section, struct want *want)
{
    struct arena *arena = home->ctx->arena;
    const char *source = setting(section, "source");
    const char *handle =
        text_is(source, "collection") || text_is(source, "category") ? setting(section, source) : "";
    struct shelf *shelf;
    TRY(find_shelf(home, source, handle, &shelf));
    take(home, want, shelf, (size_t)value_find_int(section->settings, "limit", 0), true,
         setting_is_on(section, "skips_shown"));
    value_set_text(arena, section->view, "title", shelf ? shelf->title : NULL);
    value_set_text(arena, section->view, "more_url", shelf && shelf->url ? shelf->url : "/products");
    return NULL;
}

static err want_of(struct home *home, const struct section *section, struct want *want)
{
    struct shelf *shelf;
    if (text_is(section->type, "product-grid"))
        return want_grid(home, section, want);
    if (text_is(section->type, "digital-tickets")) {
        TRY(find_shelf(home, "digital", "", &shelf));
        take(home, want, shelf, (size_t)value_find_int(section->settings, "limit", 0), false, false);
    } else if (text_is(section->type, "hero")) {
        TRY(find_shelf(home, "newest", "", &shelf));
        take_pictured(home, want, shelf, HERO_CARDS, is_listing_hero(section));
    } else if (text_is(section->type, "spotlight")) {
        const char *handle = setting(section, "product");
        TRY(find_shelf(home, handle[0] ? "product" : "newest", handle, &shelf));
        take_pictured(home, want, shelf, 1, false);
    }
    return NULL;
}

static err give_cards(struct home *home)
{
    struct arena *arena = home->ctx->arena;
    struct value *cards = value_list(arena);
    if (home->pool_count > 0)
        TRY(product_card_views(home->ctx, cards, home->pool, home->pool_count));
    for (size_t i = 0; i < home->page.count; i++) {
        struct value *list = value_set_list(arena, home->page.sections[i].view, "cards");
        for (size_t j = 0; j < home->wants[i].count; j++)
            value_add(arena, list, *value_at(cards, home->wants[i].products[j]));
    }
    return NULL;
}

/* Pictures for those who did not choose any: of the newest products, each section other ones. */
static err give_pictures(struct home *home)
{
    struct ctx *ctx = home->ctx;
    size_t next = HERO_CARDS;
    for (size_t i = 0; i < home->page.count; i++) {
        const struct section *section = &home->page.sections[i];
        struct shelf *shelf;
        if (!wants_pictures(section))
            continue;
        TRY(find_shelf(home, "newest", "", &shelf));
        struct value *list = value_set_list(ctx->arena, section->view, "pictures");
        size_t blocks = value_count(value_find(section->view, "blocks"));
        for (size_t j = 0; shelf && shelf->page.count > 0 && j < (blocks ? blocks : 1); j++) {
            const struct product *product = &shelf->page.items[next++ % shelf->page.count];
            struct value holder = *value_object(ctx->arena);
            picture_set_view(ctx, &holder, "picture", product->picture_id, product->title);
            picture_set_focus(ctx, &holder, "picture", product->picture_focus_x, product->picture_focus_y);
            value_add(ctx->arena, list, *value_find(&holder, "picture"));
        }
    }
    return NULL;
}

/* ---- categories ---- */

static err give_categories(struct home *home)
{
    struct ctx *ctx = home->ctx;
    struct category *categories = NULL;
    size_t count = 0;
    bool is_read = false;
    for (size_t i = 0; i < home->page.count; i++) {
        const struct section *section = &home->page.sections[i];
        if (!text_is(section->type, "categories"))
            continue;
        if (!is_read)
            TRY(category_list_below(ctx, 0, &categories, &count));
        is_read = true;
        struct value *list = value_set_list(ctx->arena, section->view, "items");
        for (size_t j = 0; j < count; j++)
            storefront_category_view(ctx, value_add(ctx->arena, list, *value_object(ctx->arena)),
                                     &categories[j]);
    }
    return NULL;
}

/* ---- the page ---- */

static err want_all(struct home *home)
{
    home->newest = count_newest(home);
    for (size_t i = 0; i < home->page.count; i++)
        TRY(want_of(home, &home->page.sections[i], &home->wants[i]));
    return NULL;
}

static bool has_flash(const struct home *home)
{
    for (size_t i = 0; i < home->page.count; i++)
        if (text_is(home->page.sections[i].type, "flash-sale"))
            return true;
    return false;
}

/* The first section that may begin with a picture shows it at once, all others when they come into sight. */
static void add_sections(struct home *home, size_t from, size_t to, bool is_first, struct value *list)
{
    struct arena *arena = home->ctx->arena;
    for (size_t i = from; i < to; i++) {
        const struct section *section = &home->page.sections[i];
        bool is_top = is_first && !text_is(section->type, "announcement");
        value_set_bool(arena, section->view, "is_first", is_top);
        value_set_int(arena, section->view, "index", (int64_t)i);
        is_first = is_first && !is_top;
        value_add(arena, list, *section->view);
    }
}

static err read_page(struct ctx *ctx, const struct design *design, const char *page, struct home **read)
{
    struct home *home = arena_alloc(ctx->arena, sizeof *home);
    *read = home;
    home->ctx = ctx;
    home->pool = arena_alloc_many(ctx->arena, POOL_LIMIT, sizeof *home->pool);
    const struct value *main = design_section_schema(ctx, page, DESIGN_MAIN);
    TRY(section_page_read(ctx, ctx->services->design->sections, main, design->document, page, &home->page));
    TRY(want_all(home));
    TRY(give_cards(home));
    TRY(give_pictures(home));
    return give_categories(home);
}

err storefront_home_view(struct ctx *ctx, const struct design *design, int64_t *seconds, struct value *view)
{
    struct home *home;
    TRY(read_page(ctx, design, DESIGN_HOME, &home));
    add_sections(home, 0, home->page.count, true, value_set_list(ctx->arena, view, "sections"));
    value_set(ctx->arena, view, "flash", value_null());
    return has_flash(home) ? storefront_flash_view(ctx, seconds, view) : NULL;
}

err storefront_around_view(struct ctx *ctx, const struct design *design, const char *page, int64_t *seconds,
                           struct value *view)
{
    struct home *home;
    if (text_is(page, DESIGN_HOME) || !design_page(design->document, page))
        return NULL;
    TRY(read_page(ctx, design, page, &home));
    struct value *around = value_set_object(ctx->arena, view, "around");
    size_t main_at = home->page.main_at, count = home->page.count;
    if (home->page.main)
        value_set(ctx->arena, view, "parts", *home->page.main);
    add_sections(home, 0, main_at, true, value_set_list(ctx->arena, around, "above"));
    add_sections(home, main_at, count, false, value_set_list(ctx->arena, around, "below"));
    return has_flash(home) ? storefront_flash_view(ctx, seconds, view) : NULL;
}

/* NULL when the setting is empty or no picture. */
static const char *picture_of(const struct value *settings, const char *name)
{
    const char *id = value_find_text(settings, name);
    return id && is_media_id(id) ? id : NULL;
}

void storefront_design_view(struct ctx *ctx, const struct design *design, const char *asked,
                            struct value *view)
{
    const struct value *settings = value_find(design->document, "settings");
    struct value *of = value_set_object(ctx->arena, view, "design");
    value_set_text(ctx->arena, of, "theme", design->theme);
    value_set_int(ctx->arena, of, "version", design->version);
    value_set_bool(ctx->arena, of, "is_draft", asked != NULL);
    value_set_text(ctx->arena, of, "style",
                   asked ? arena_format(ctx->arena, "/design/draft.css?design=%s", asked)
                   : design->version > 0
                       ? arena_format(ctx->arena, "/design/%" PRId64 ".css", design->version)
                       : NULL);
    picture_set_view(ctx, of, "logo", picture_of(settings, "logo"), ctx->shop->name);
    picture_set_view(ctx, of, "favicon", picture_of(settings, "favicon"), "");
    value_set_bool(ctx->arena, of, "is_logo_alone", value_find_bool(settings, "logo_alone"));
    value_set_text(ctx->arena, of, "announcement", section_text(ctx, value_find(settings, "announcement")));
    const char *url = section_text(ctx, value_find(settings, "announcement_url"));
    value_set_text(ctx->arena, of, "announcement_url", design_is_url(url) ? url : "");
}
