/* design_style.c - settings of a design as custom properties, with colours that can be read.
 *
 * Text must stand out 4.5 to 1 from its ground (WCAG 2.2, 1.4.3). A colour that does not is moved towards black or
 * white in twentieths until it does. Nothing that was typed gets into the sheet: only numbers of colours and the
 * constants below. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/design/design_parts.h"

#include "base/text.h"
#include "db/db.h"

#define STYLE_LIMIT ((size_t)16 << 10)
#define CONTRAST_LEAST 450 /* hundredths */
#define WHITE 0xffffff
#define BLACK 0x111111
#define DARK_GROUND 0x16191a    /* of theme.css in the dark */
#define DIGITAL_GROUND 0x0d0f14 /* of themes that are always dark */

static const int light_of[256] = {
#include "shop/design/design_light.inc"
};

static int channel(uint32_t colour, int at)
{
    return (int)(colour >> (16 - 8 * at) & 0xff);
}

/* Relative luminance in millionths. */
static int64_t luminance(uint32_t colour)
{
    return (INT64_C(2126) * light_of[channel(colour, 0)] + INT64_C(7152) * light_of[channel(colour, 1)] +
            INT64_C(722) * light_of[channel(colour, 2)]) /
           10000;
}

int design_contrast(uint32_t a, uint32_t b)
{
    int64_t one = luminance(a) + 50000, other = luminance(b) + 50000;
    return (int)(one > other ? one * 100 / other : other * 100 / one);
}

/* `share` hundredths of the first. */
static uint32_t mix(uint32_t a, uint32_t b, int share)
{
    uint32_t mixed = 0;
    for (int i = 0; i < 3; i++)
        mixed = mixed << 8 |
                (uint32_t)((channel(a, i) * share + channel(b, i) * (100 - share) + 50) / 100);
    return mixed;
}

uint32_t design_readable(uint32_t text, uint32_t ground)
{
    uint32_t end = design_contrast(WHITE, ground) > design_contrast(0, ground) ? WHITE : 0;
    uint32_t found = text;
    for (int share = 95; design_contrast(found, ground) < CONTRAST_LEAST && share >= 0; share -= 5)
        found = mix(text, end, share);
    return found;
}

bool design_colour(const struct value *settings, const char *name, uint32_t *colour)
{
    const char *text = value_find_text(settings, name);
    if (!text || text[0] != '#' || strlen(text) != 7)
        return false;
    *colour = 0;
    for (const char *c = text + 1; *c; c++) {
        const char *digits = "0123456789abcdef", *digit = strchr(digits, *c);
        if (!digit)
            return false;
        *colour = *colour << 4 | (uint32_t)(digit - digits);
    }
    return true;
}

static void set_colour(struct text_buf *out, const char *name, uint32_t colour)
{
    text_add_format(out, "--%s:#%06x;", name, (unsigned)colour);
}

/* ---- colours ---- */

struct palette {
    const struct value *settings;
    uint32_t ground;
    bool has_ground; /* chosen by the shop, and shown in this mode */
};

static void write_ground(struct text_buf *out, const struct palette *palette)
{
    uint32_t ground = palette->ground, ink = design_readable(BLACK, ground), chosen;
    bool is_dark = luminance(ground) < 180000;
    bool has_ink = palette->has_ground && design_colour(palette->settings, "color_ink", &chosen);
    if (has_ink)
        ink = design_readable(chosen, ground);
    if (!palette->has_ground)
        return;
    set_colour(out, "paper", ground);
    set_colour(out, "surface", mix(WHITE, ground, is_dark ? 6 : 60));
    set_colour(out, "sunk", mix(ink, ground, 5));
    set_colour(out, "line", mix(ink, ground, 13));
    text_add_format(out, "--veil:rgb(%d %d %d / .88);", channel(ground, 0), channel(ground, 1),
                    channel(ground, 2));
    set_colour(out, "ink", ink);
    set_colour(out, "ink-2", design_readable(mix(ink, ground, 78), mix(ink, ground, 5)));
    set_colour(out, "ink-3", design_readable(mix(ink, ground, 66), mix(ink, ground, 5)));
}

static void write_accent(struct text_buf *out, const struct palette *palette)
{
    uint32_t accent, soft;
    if (!design_colour(palette->settings, "color_accent", &accent))
        return;
    uint32_t on = design_contrast(WHITE, accent) >= CONTRAST_LEAST ? WHITE : BLACK;
    uint32_t deep = mix(accent, on == WHITE ? 0 : WHITE, 85);
    soft = mix(accent, palette->ground, 12);
    set_colour(out, "cinnabar", design_readable(design_readable(accent, palette->ground), soft));
    set_colour(out, "cinnabar-fill", design_readable(accent, on));
    set_colour(out, "cinnabar-deep", design_readable(deep, on));
    set_colour(out, "cinnabar-soft", soft);
    set_colour(out, "on-fill", on);
}

static void write_brand(struct text_buf *out, const struct palette *palette)
{
    uint32_t brand, soft;
    if (!design_colour(palette->settings, "color_brand", &brand))
        return;
    soft = mix(brand, palette->ground, 12);
    set_colour(out, "celadon", design_readable(design_readable(brand, palette->ground), soft));
    set_colour(out, "celadon-soft", soft);
    set_colour(out, "celadon-mid", mix(brand, palette->ground, 50));
}

static void write_mode(struct text_buf *out, const struct palette *palette)
{
    text_add(out, ":root{");
    write_ground(out, palette);
    write_accent(out, palette);
    write_brand(out, palette);
    text_add(out, "}");
}

static void write_colours(struct text_buf *out, const struct value *settings, bool is_always_dark)
{
    struct palette palette = {.settings = settings, .ground = is_always_dark ? DIGITAL_GROUND : WHITE};
    palette.has_ground = design_colour(settings, "color_ground", &palette.ground);
    if (!palette.has_ground && !is_always_dark)
        palette.ground = 0xfbfaf6; /* of theme.css by day */
    if (is_always_dark) {
        write_mode(out, &palette);
        return;
    }
    struct palette dark = {.settings = settings, .ground = DARK_GROUND};
    text_add(out, "@media (prefers-color-scheme: light){");
    write_mode(out, &palette);
    text_add(out, "}@media (prefers-color-scheme: dark){");
    write_mode(out, &dark);
    text_add(out, "}");
}

/* ---- what is chosen from a list ---- */

struct choice {
    const char *setting;
    const char *value;
    const char *css;
};

static const struct choice choices[] = {
    {"font_head", "serif", "--serif:var(--face-serif);"},
    {"font_head", "sans", "--serif:var(--face-sans);"},
    {"font_head", "round", "--serif:var(--face-round);"},
    {"font_text", "serif", "--sans:var(--face-serif);"},
    {"font_text", "sans", "--sans:var(--face-sans);"},
    {"font_text", "round", "--sans:var(--face-round);"},
    {"radius", "none", "--r-1:0;--r-2:0;--r-3:0;--r-full:0;"},
    {"radius", "small", "--r-1:2px;--r-2:4px;--r-3:8px;--r-full:4px;"},
    {"radius", "large", "--r-1:10px;--r-2:18px;--r-3:28px;--r-full:999px;"},
    {"density", "compact", "--s-5:18px;--s-6:26px;--s-7:clamp(32px,4vw,56px);"},
    {"density", "airy", "--s-5:32px;--s-6:56px;--s-7:clamp(72px,9vw,140px);"},
};

const char *design_style(struct ctx *ctx, const struct design *design)
{
    const struct value *settings = value_find(design->document, "settings");
    struct text_buf out;
    text_open(&out, ctx->arena, STYLE_LIMIT);
    write_colours(&out, settings, text_is(design->theme, "digital"));
    text_add(&out, ":root{");
    for (size_t i = 0; i < sizeof choices / sizeof *choices; i++)
        if (text_is(value_find_text(settings, choices[i].setting), choices[i].value))
            text_add(&out, choices[i].css);
    text_add(&out, "}");
    return text_of(&out);
}

/* ---- what is told about it ---- */

void design_mended(struct ctx *ctx, const struct design *design, struct value *list)
{
    static const char *const names[] = {"color_ink", "color_accent", "color_brand"};
    const struct value *settings = value_find(design->document, "settings");
    uint32_t ground = text_is(design->theme, "digital") ? DIGITAL_GROUND : 0xfbfaf6, colour;
    (void)design_colour(settings, "color_ground", &ground);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (design_colour(settings, names[i], &colour) && design_readable(colour, ground) != colour)
            value_add(ctx->arena, list, value_text(names[i]));
}
