/* content_test.c - what a shop promises in writing, version by version. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fixture.h"
#include "shop/content/content.h"
#include "unit.h"

static int64_t bits(void)
{
    return ask("SELECT policies FROM shops WHERE shop_id = $1");
}

static void the_newest_version_counts_and_none_is_lost(void **state)
{
    (void)state;
    struct policy_version version, *versions;
    size_t count;
    assert_ok(policy_load(work, POLICY_TERMS, &version));
    assert_int_equal(version.version, 0);
    assert_string_equal(version.text, "");
    assert_ok(policy_save(work, POLICY_TERMS, 0, "一", "one", "王"));
    assert_ok(policy_save(work, POLICY_TERMS, 1, "二", "", "李"));
    assert_ok(policy_load(work, POLICY_TERMS, &version));
    assert_int_equal(version.version, 2);
    assert_string_equal(version.text, "二");
    assert_string_equal(version.author, "李");
    assert_ok(policy_load_version(work, POLICY_TERMS, 1, &version));
    assert_string_equal(version.text_en, "one");
    assert_fails(policy_load_version(work, POLICY_TERMS, 3, &version), ERR_NOT_FOUND);
    assert_fails(policy_load_version(work, POLICY_TERMS, 0, &version), ERR_NOT_FOUND);
    assert_fails(policy_load_version(work, POLICY_PRIVACY, 1, &version), ERR_NOT_FOUND);
    assert_ok(policy_list_versions(work, POLICY_TERMS, &versions, &count));
    assert_int_equal(count, 2);
    assert_int_equal(versions[0].version, 2);
}

static void an_edit_of_an_old_version_is_refused(void **state)
{
    (void)state;
    assert_ok(policy_save(work, POLICY_PRIVACY, 0, "一", "", "王"));
    assert_fails(policy_save(work, POLICY_PRIVACY, 0, "迟", "", "李"), ERR_CONFLICT);
    assert_fails(policy_save(work, POLICY_PRIVACY, 2, "早", "", "李"), ERR_CONFLICT);
    assert_field(policy_save(work, POLICY_PRIVACY, 1, "", "English only", "李"), "text");
    assert_int_equal(ask("SELECT COUNT(*) FROM policy_versions WHERE shop_id = $1"), 1);
}

static void save_at_once(struct ctx *ctx, int index, void *arg)
{
    struct outcomes *outcomes = arg;
    outcomes->codes[index] = code_of(policy_save(ctx, POLICY_RETURNS, 0, "同时", "", "王"));
}

static void of_many_who_save_at_once_one_wins(void **state)
{
    (void)state;
    struct outcomes outcomes = {0};
    in_threads(save_at_once, &outcomes);
    assert_int_equal(count_outcomes(&outcomes, 0), 1);
    assert_int_equal(count_outcomes(&outcomes, ERR_CONFLICT), THREADS - 1);
    assert_int_equal(ask("SELECT COUNT(*) FROM policy_versions WHERE shop_id = $1"), 1);
}

static void the_shop_knows_which_policies_are_public(void **state)
{
    (void)state;
    struct policy_version newest[POLICY_KINDS];
    bool is_public[POLICY_KINDS];
    assert_ok(policy_save(work, POLICY_PRIVACY, 0, "一", "", "王"));
    assert_ok(policy_save(work, POLICY_SHIPPING, 0, "二", "", "王"));
    assert_int_equal(bits(), 1 << POLICY_PRIVACY | 1 << POLICY_SHIPPING);
    assert_ok(policy_save(work, POLICY_PRIVACY, 1, "", "", "王"));
    assert_int_equal(bits(), 1 << POLICY_SHIPPING);
    assert_ok(policy_list(work, newest, is_public));
    assert_false(is_public[POLICY_PRIVACY]);
    assert_true(is_public[POLICY_SHIPPING]);
    assert_int_equal(newest[POLICY_PRIVACY].version, 2);
    assert_int_equal(newest[POLICY_TERMS].version, 0);
}

static void policies_of_another_shop_are_its_own(void **state)
{
    (void)state;
    struct policy_version version;
    assert_ok(policy_save(work, POLICY_PRIVACY, 0, "一", "", "王"));
    work->shop = make_shop();
    assert_ok(policy_load(work, POLICY_PRIVACY, &version));
    assert_int_equal(version.version, 0);
    assert_fails(policy_load_version(work, POLICY_PRIVACY, 1, &version), ERR_NOT_FOUND);
}

static void marks_at_the_beginning_of_a_line_become_tags(void **state)
{
    (void)state;
    static const char *const pairs[][2] = {
        {"", ""},
        {"一行", "<p>一行</p>"},
        {"一行\n二行", "<p>一行<br>二行</p>"},
        {"一段\n\n\n二段", "<p>一段</p><p>二段</p>"},
        {"# 标题\n正文", "<h3>标题</h3><p>正文</p>"},
        {"- 一\n- 二\n正文", "<ul><li>一</li><li>二</li></ul><p>正文</p>"},
        {"正文\r\n- 一\r\n", "<p>正文</p><ul><li>一</li></ul>"},
        {"#不是\n-不是", "<p>#不是<br>-不是</p>"},
        {"# \n- ", "<p>#<br>-</p>"},
        {"a < b & \"c\"", "<p>a &lt; b &amp; &quot;c&quot;</p>"},
        {"- <b onclick=x>", "<ul><li>&lt;b onclick=x&gt;</li></ul>"},
        {"<p>段</p><script>x</script>", "<p>段</p>"},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        assert_string_equal(policy_html(work, pairs[i][0]), pairs[i][1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SENTENCE(the_newest_version_counts_and_none_is_lost),
        SENTENCE(an_edit_of_an_old_version_is_refused),
        SENTENCE(of_many_who_save_at_once_one_wins),
        SENTENCE(the_shop_knows_which_policies_are_public),
        SENTENCE(policies_of_another_shop_are_its_own),
        SENTENCE(marks_at_the_beginning_of_a_line_become_tags),
    };
    return RUN_SENTENCES(tests);
}
