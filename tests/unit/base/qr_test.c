/* qr_test.c - a QR code is drawn whole, with its quiet zone, and says nothing of its text in the open. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/qr.h"
#include "base/text.h"
#include "unit.h"

static struct ctx ctx;

static int open_arena(void **state)
{
    (void)state;
    ctx.arena = arena_open(ARENA_LIMIT);
    return 0;
}

static int close_arena(void **state)
{
    (void)state;
    arena_close(ctx.arena);
    return 0;
}

/* Version 1 has 21 modules, and four of quiet at each side. The finder at the top left begins with a run of
 * seven. */
static void a_short_text_is_a_small_code(void **state)
{
    (void)state;
    const char *svg;
    assert_null(qr_svg(&ctx, "yundian", &svg));
    assert_true(text_starts(svg, "<svg "));
    assert_true(text_ends(svg, "</svg>"));
    assert_non_null(strstr(svg, "viewBox=\"0 0 29 29\""));
    assert_non_null(strstr(svg, "M4 4h7v1h-7z"));
    assert_non_null(strstr(svg, "M18 4h7v1h-7z"));
    assert_null(strstr(svg, "yundian"));
}

static void a_text_that_is_too_long_is_refused(void **state)
{
    (void)state;
    const char *svg;
    char text[QR_TEXT_LIMIT + 2];
    memset(text, 'x', sizeof text);
    text[QR_TEXT_LIMIT + 1] = 0;
    err failure = qr_svg(&ctx, text, &svg);
    assert_non_null(failure);
    assert_int_equal(failure->code, ERR_LIMIT);
    text[QR_TEXT_LIMIT] = 0;
    assert_null(qr_svg(&ctx, text, &svg));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_short_text_is_a_small_code),
        cmocka_unit_test(a_text_that_is_too_long_is_refused),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
