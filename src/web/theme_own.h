/* theme_own.h - the themes that merchants brought, compiled and held in memory while shops use them.
 *
 * A request of a shop with a theme of its own holds it from the guard to the end of the answer. A file that
 * fails rests for a minute: meanwhile, and for the page on which it failed, the theme of the program stands
 * in for it. Shops without a theme of their own never come here. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "shop/services.h"
#include "web/theme.h"

/* Themes that a node holds; the one asked for longest ago gives way. */
#define OWN_THEMES_HELD 32
#define OWN_THEME_REST_MS INT64_C(60000)
#define OWN_THEME_RESTS 64 /* files of one theme that rest at a time */

struct own_themes;
struct held_theme;

/* One request's use of a theme. */
struct theme_use {
    struct own_themes *themes;
    struct held_theme *held;
    const struct theme *theme; /* NULL when it could not be read */
    const struct theme *built_in;
    const char *failed_path; /* the first file that failed in this request; NULL = none */
    const char *failed_detail;
    bool has_stand_in; /* a section of the program stands in for one that fails */
    bool is_preview;   /* staff look at it: they see what fails, and nobody is told */
    struct services services;
};

/* `built_in` lies below every theme. */
struct own_themes *own_themes_open(struct arena *arena, const struct theme *built_in);
void own_themes_close(struct own_themes *themes);
/* What services.themes is. */
const struct theme_maker *own_themes_maker(struct own_themes *themes);

/* The theme of req's shop, which has one; the services of req become those of that theme. */
void own_theme_enter(struct req *req, struct own_themes *themes, bool is_preview);
/* Lets the theme go, and tells staff what failed. */
void own_theme_leave(struct req *req, struct own_themes *themes);
/* As theme_render; where a file fails, the program's theme stands in, and the page is not kept. Before staff
 * who look at the theme the page says what failed instead. */
CHECKED err own_theme_render(struct req *req, struct theme_use *use, const char *template,
                             struct value *globals, struct text_buf *out);
/* Whether this file failed a moment ago; for staff who look at the theme it is tried again. */
bool own_theme_rests(struct theme_use *use, const char *path, int64_t now);
/* It failed now. Staff are told of the file that the detail names. */
void own_theme_failed(struct ctx *ctx, struct theme_use *use, const char *path, const char *detail);
