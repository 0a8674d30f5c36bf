/* design_style.c - the colours and shapes of a shop as custom properties, so that everything can be read.
 *
 * Contrast is that of WCAG 2.2 (relative luminance; 4.5:1 of text, success criterion 1.4.3). A text colour
 * that cannot be read on its ground goes towards black or white until it can. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/design/design_parts.h"

#include "base/text.h"
#include <stdio.h>
#include <string.h>

#define STYLE_LIMIT 8192
#define MEND_STEPS 32
#define GROUND_LIMIT 3
#define LOGO_WIDTH 36 /* px */
#define LOGO_WIDTH_LIMIT 160
#define LOGO_HEIGHT_LIMIT 44

struct colour {
    int part[3]; /* red, green, blue, 0 to 255 */
};

static const struct colour black = {{0, 0, 0}}, white = {{255, 255, 255}}, coal = {{17, 17, 17}};

/* Of sRGB to light, in millionths (WCAG 2.2, relative luminance). */
static const int light_of[256] = {
    0,      304,    607,    911,    1214,   1518,   1821,   2125,   2428,    2732,   3035,   3347,   3677,
    4025,   4391,   4777,   5182,   5605,   6049,   6512,   6995,   7499,    8023,   8568,   9134,   9721,
    10330,  10960,  11612,  12286,  12983,  13702,  14444,  15209,  15996,   16807,  17642,  18500,  19382,
    20289,  21219,  22174,  23153,  24158,  25187,  26241,  27321,  28426,   29557,  30713,  31896,  33105,
    34340,  35601,  36889,  38204,  39546,  40915,  42311,  43735,  45186,   46665,  48172,  49707,  51269,
    52861,  54480,  56128,  57805,  59511,  61246,  63010,  64803,  66626,   68478,  70360,  72272,  74214,
    76185,  78187,  80220,  82283,  84376,  86500,  88656,  90842,  93059,   95307,  97587,  99899,  102242,
    104616, 107023, 109462, 111932, 114435, 116971, 119538, 122139, 124772,  127438, 130136, 132868, 135633,
    138432, 141263, 144128, 147027, 149960, 152926, 155926, 158961, 162029,  165132, 168269, 171441, 174647,
    177888, 181164, 184475, 187821, 191202, 194618, 198069, 201556, 205079,  208637, 212231, 215861, 219526,
    223228, 226966, 230740, 234551, 238398, 242281, 246201, 250158, 254152,  258183, 262251, 266356, 270498,
    274677, 278894, 283149, 287441, 291771, 296138, 300544, 304987, 309469,  313989, 318547, 323143, 327778,
    332452, 337164, 341914, 346704, 351533, 356400, 361307, 366253, 371238,  376262, 381326, 386429, 391572,
    396755, 401978, 407240, 412543, 417885, 423268, 428690, 434154, 439657,  445201, 450786, 456411, 462077,
    467784, 473531, 479320, 485150, 491021, 496933, 502886, 508881, 514918,  520996, 527115, 533276, 539479,
    545724, 552011, 558340, 564712, 571125, 577580, 584078, 590619, 597202,  603827, 610496, 617207, 623960,
    630757, 637597, 644480, 651406, 658375, 665387, 672443, 679542, 686685,  693872, 701102, 708376, 715694,
    723055, 730461, 737910, 745404, 752942, 760525, 768151, 775822, 783538,  791298, 799103, 806952, 814847,
    822786, 830770, 838799, 846873, 854993, 863157, 871367, 879622, 887923,  896269, 904661, 913099, 921582,
    930111, 938686, 947307, 955973, 964686, 973445, 982251, 991102, 1000000,
};

static int64_t luminance(struct colour colour)
{
    return ((int64_t)2126 * light_of[colour.part[0]] + (int64_t)7152 * light_of[colour.part[1]] +
            (int64_t)722 * light_of[colour.part[2]]) /
           10000;
}

/* (lighter + 0.05) / (darker + 0.05) >= 4.5, in whole numbers. */
static bool can_be_read(struct colour a, struct colour b)
{
    int64_t first = luminance(a) + 50000, second = luminance(b) + 50000;
    int64_t lighter = first > second ? first : second, darker = first > second ? second : first;
    return lighter * 10 >= darker * 45;
}

static struct colour mix(struct colour from, struct colour to, int percent)
{
    struct colour mixed;
    for (int i = 0; i < 3; i++)
        mixed.part[i] = (from.part[i] * (100 - percent) + to.part[i] * percent + 50) / 100;
    return mixed;
}

static int hex_digit(char c)
{
    return c >= 'a' ? c - 'a' + 10 : c >= 'A' ? c - 'A' + 10 : c - '0';
}

static bool read_colour(const char *text, struct colour *colour)
{
    if (!text || !design_is_colour(text))
        return false;
    for (int i = 0; i < 3; i++)
        colour->part[i] = hex_digit(text[1 + 2 * i]) * 16 + hex_digit(text[2 + 2 * i]);
    return true;
}

/* What text stands on: the paper and what is mixed from it. */
struct grounds {
    struct colour of[GROUND_LIMIT];
};

static bool is_readable(struct colour colour, const struct grounds *grounds)
{
    for (int i = 0; i < GROUND_LIMIT; i++)
        if (!can_be_read(colour, grounds->of[i]))
            return false;
    return true;
}

static bool is_dark(struct colour ground)
{
    return luminance(ground) < 179129; /* white and black are read as well on it: sqrt(0.05 * 1.05) - 0.05 */
}

/* The nearest colour on the way to black or white that can be read. */
static struct colour mend(struct colour colour, const struct grounds *grounds)
{
    struct colour end = is_dark(grounds->of[0]) ? white : black, mended = colour;
    for (int step = 1; step <= MEND_STEPS && !is_readable(mended, grounds); step++)
        mended = mix(colour, end, step * 100 / MEND_STEPS);
    return mended;
}

static bool is_same(struct colour a, struct colour b)
{
    return a.part[0] == b.part[0] && a.part[1] == b.part[1] && a.part[2] == b.part[2];
}

/* ---- writing ---- */

struct styling {
    struct text_buf out;
    bool is_mended;
};

static void set(struct styling *styling, const char *name, struct colour colour)
{
    text_add_format(&styling->out, "--%s:#%02x%02x%02x;", name, (unsigned)colour.part[0],
                    (unsigned)colour.part[1], (unsigned)colour.part[2]);
}

static void set_read(struct styling *styling, const char *name, struct colour colour,
                     const struct grounds *grounds)
{
    struct colour mended = mend(colour, grounds);
    styling->is_mended = styling->is_mended || !is_same(mended, colour);
    set(styling, name, mended);
}

/* The paper, what lies above it and what is sunk into it. */
static struct grounds grounds_of(struct colour paper)
{
    struct colour end = is_dark(paper) ? white : black;
    struct colour sunk = mix(paper, end, 5), surface = mix(paper, white, is_dark(paper) ? 4 : 70);
    return (struct grounds){{paper, surface, sunk}};
}

/* A ground on which neither black nor white could be read in all its shades goes to the nearer end. */
static struct grounds safe_grounds(struct styling *styling, struct colour paper)
{
    struct grounds grounds = grounds_of(paper);
    for (int step = 1; step <= MEND_STEPS; step++) {
        if (is_readable(is_dark(grounds.of[0]) ? white : black, &grounds))
            return grounds;
        styling->is_mended = true;
        grounds = grounds_of(mix(paper, is_dark(paper) ? black : white, step * 100 / MEND_STEPS));
    }
    return grounds;
}

static void write_paper(struct styling *styling, const struct grounds *grounds, struct colour ink)
{
    struct colour paper = grounds->of[0];
    struct colour read = mend(ink, grounds);
    set(styling, "paper", paper);
    set(styling, "surface", grounds->of[1]);
    set(styling, "sunk", grounds->of[2]);
    set(styling, "line", mix(paper, read, 14));
    text_add_format(&styling->out, "--veil:rgb(%d %d %d / .9);", paper.part[0], paper.part[1], paper.part[2]);
    set_read(styling, "ink", ink, grounds);
    set(styling, "ink-2", mend(mix(read, paper, 18), grounds));
    set(styling, "ink-3", mend(mix(read, paper, 34), grounds));
}

/* White on the fill, else coal; where neither can be read, a darker fill. */
static void write_fill(struct styling *styling, struct colour accent)
{
    const struct grounds light = {{white, white, white}};
    bool takes_coal = !can_be_read(white, accent) && can_be_read(coal, accent);
    struct colour fill = takes_coal ? accent : mend(accent, &light);
    styling->is_mended = styling->is_mended || !is_same(fill, accent);
    set(styling, "cinnabar-fill", fill);
    set(styling, "cinnabar-deep", mix(fill, takes_coal ? white : black, 16));
    set(styling, "on-fill", takes_coal ? coal : white);
}

/* What lies softly behind text of the same colour is one of its grounds. */
static void write_hue(struct styling *styling, const char *name, struct colour hue,
                      const struct grounds *grounds)
{
    char soft_name[32];
    struct colour soft = mix(grounds->of[0], hue, 10);
    const struct grounds with = {{grounds->of[0], grounds->of[2], soft}};
    set_read(styling, name, hue, is_readable(is_dark(soft) ? white : black, &with) ? &with : grounds);
    snprintf(soft_name, sizeof soft_name, "%s-soft", name);
    set(styling, soft_name, soft);
}

struct palette {
    bool has_ground, has_ink, has_accent, has_brand;
    struct colour ground, ink, accent, brand;
};

static struct palette read_palette(const struct value *settings)
{
    struct palette palette = {0};
    palette.has_ground = read_colour(value_find_text(settings, "color_ground"), &palette.ground);
    palette.has_ink = read_colour(value_find_text(settings, "color_ink"), &palette.ink);
    palette.has_accent = read_colour(value_find_text(settings, "color_accent"), &palette.accent);
    palette.has_brand = read_colour(value_find_text(settings, "color_brand"), &palette.brand);
    return palette;
}

static void write_hues(struct styling *styling, const struct palette *palette, const struct grounds *grounds)
{
    if (palette->has_accent) {
        write_hue(styling, "cinnabar", palette->accent, grounds);
        write_fill(styling, palette->accent);
    }
    if (palette->has_brand) {
        write_hue(styling, "celadon", palette->brand, grounds);
        set(styling, "celadon-mid", mix(grounds->of[0], palette->brand, 45));
    }
}

/* How the theme looks without a choice: its paper and ink. */
static void write_light(struct styling *styling, const struct palette *palette, const char *theme)
{
    struct colour paper, ink = is_dark(palette->ground) && palette->has_ground ? white : coal;
    bool is_digital = text_is(theme, "digital");
    bool is_read = read_colour(is_digital                  ? "#0d0f14"
                               : text_is(theme, "fashion") ? "#f7f5f1"
                                                           : "#fbfaf6",
                               &paper);
    if (is_digital && !palette->has_ground)
        ink = white;
    if (palette->has_ground && is_read)
        paper = palette->ground;
    struct grounds grounds = safe_grounds(styling, paper);
    if (palette->has_ground || palette->has_ink)
        write_paper(styling, &grounds, palette->has_ink ? palette->ink : ink);
    write_hues(styling, palette, &grounds);
}

static void write_dark(struct styling *styling, const struct palette *palette)
{
    /* Of theme.css and fashion.css: text stands on nothing lighter in the dark. */
    const struct grounds grounds = {{{{22, 25, 26}}, {{30, 34, 35}}, {{40, 45, 46}}}};
    bool was_mended = styling->is_mended;
    write_hues(styling, palette, &grounds);
    styling->is_mended = was_mended;
}

static void write_face(struct styling *styling, const char *name, const char *face)
{
    static const char *const faces[] = {"serif", "sans", "round", NULL};
    for (size_t i = 0; faces[i]; i++)
        if (text_is(face, faces[i]))
            text_add_format(&styling->out, "--%s:var(--face-%s);", name, faces[i]);
}

static void write_one_of(struct styling *styling, const char *chosen, const char *const (*choices)[2])
{
    for (; (*choices)[0]; choices++)
        if (text_is(chosen, (*choices)[0]))
            text_add(&styling->out, (*choices)[1]);
}

static void write_shapes(struct styling *styling, const struct value *settings)
{
    static const char *const corners[][2] = {{"none", "--r-1:0;--r-2:0;--r-3:0;--r-full:0;"},
                                             {"small", "--r-1:2px;--r-2:4px;--r-3:8px;--r-full:4px;"},
                                             {"large", "--r-1:10px;--r-2:18px;--r-3:28px;--r-full:999px;"},
                                             {NULL, NULL}};
    static const char *const spaces[][2] = {{"compact", "--s-5:18px;--s-6:26px;--s-7:clamp(32px,4vw,56px);"},
                                            {"airy", "--s-5:32px;--s-6:56px;--s-7:clamp(72px,9vw,140px);"},
                                            {NULL, NULL}};
    write_face(styling, "serif", value_find_text(settings, "font_head"));
    write_face(styling, "sans", value_find_text(settings, "font_text"));
    write_one_of(styling, value_find_text(settings, "radius"), corners);
    write_one_of(styling, value_find_text(settings, "density"), spaces);
}

/* A logo of the design may be wider than the square of the theme. */
static void write_logo(struct styling *styling, const struct value *settings)
{
    const char *id = value_find_text(settings, "logo");
    int64_t width = value_find_int(settings, "logo_width", LOGO_WIDTH);
    if (id && id[0] && width >= LOGO_WIDTH && width <= LOGO_WIDTH_LIMIT)
        text_add_format(&styling->out,
                        ".brand .logo{width:%dpx;height:%dpx;border-radius:0;object-position:left}\n",
                        (int)width, (int)(width < LOGO_HEIGHT_LIMIT ? width : LOGO_HEIGHT_LIMIT));
}

/* Digital is dark at any hour; the others follow the reader. */
static void write_style(struct ctx *ctx, const struct design *design, struct styling *styling)
{
    const struct value *settings = value_find(design->document, "settings");
    const struct palette palette = read_palette(settings);
    text_open(&styling->out, ctx->arena, STYLE_LIMIT);
    text_add(&styling->out, ":root{");
    write_shapes(styling, settings);
    text_add(&styling->out, "}\n");
    write_logo(styling, settings);
    if (text_is(design->theme, "digital")) {
        text_add(&styling->out, ":root{");
        write_light(styling, &palette, design->theme);
        text_add(&styling->out, "}\n");
        return;
    }
    text_add(&styling->out, "@media (prefers-color-scheme: light){:root{");
    write_light(styling, &palette, design->theme);
    text_add(&styling->out, "}}\n@media (prefers-color-scheme: dark){:root{");
    write_dark(styling, &palette);
    text_add(&styling->out, "}}\n");
}

const char *design_style(struct ctx *ctx, const struct design *design)
{
    struct styling styling = {0};
    write_style(ctx, design, &styling);
    return text_of(&styling.out);
}

bool design_is_mended(struct ctx *ctx, const struct design *design)
{
    struct styling styling = {0};
    write_style(ctx, design, &styling);
    return styling.is_mended;
}
