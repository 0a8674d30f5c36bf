/* design_test.c - drafts, versions, documents from outside, colours that can be read. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json.h"
#include "fixture.h"
#include "shop/design/design.h"
#include "shop/media/media.h"
#include "shop/services.h"
#include "shop/staff/staff.h"
#include "unit.h"
#include <string.h>

static struct services own;
static struct design_schema schema;

static struct value *json(const char *text)
{
    struct value *tree;
    assert_ok(json_read(work, text, strlen(text), &tree));
    return tree;
}

static err refuse_braces(struct ctx *ctx, const char *source)
{
    return strstr(source, "{{") ? fail_with(ctx, ERR_TEMPLATE, "custom-liquid:1:3: no such thing") : NULL;
}

#define GENERAL                                                                                              \
    "{\"theme\":\"general\",\"settings\":{\"color_ground\":\"#fbfaf6\"},\"templates\":{\"home\":{"           \
    "\"sections\":{\"a\":{\"type\":\"hero\",\"settings\":{}},\"b\":{\"type\":\"code\",\"settings\":{}}},"    \
    "\"order\":[\"a\",\"b\"]}}}"

static int open_schema(void **state)
{
    if (open_shop(state))
        return 1;
    schema = (struct design_schema){
        .settings = json("[{\"settings\":[{\"type\":\"color\",\"id\":\"color_ground\"},{\"type\":\"color\","
                         "\"id\":\"color_ink\"},{\"type\":\"color\",\"id\":\"color_accent\"},{\"type\":"
                         "\"select\",\"id\":\"radius\",\"options\":[{\"value\":\"none\"}]}]}]"),
        .sections = json("{\"hero\":{\"limit\":2,\"settings\":[{\"type\":\"text\",\"id\":\"heading\"},"
                         "{\"type\":\"image_picker\",\"id\":\"picture\"},{\"type\":\"url\",\"id\":\"url\"},{"
                         "\"type\":\"richtext\",\"id\":\"text\"},"
                         "{\"type\":\"range\",\"id\":\"count\",\"min\":1,\"max\":4}],\"max_blocks\":2,"
                         "\"blocks\":[{\"type\":\"button\",\"settings\":[{\"type\":\"text\",\"id\":\"text\"}"
                         "]}],\"presets\":[{\"blocks\":[{\"type\":\"button\"}]}]},\"code\":{\"settings\":[{"
                         "\"type\":\"liquid\",\"id\":\"liquid\"}]}}"),
        .themes = json("{\"general\":" GENERAL ",\"digital\":" GENERAL "}"),
        .check_liquid = refuse_braces};
    own = work->services ? *work->services : (struct services){0};
    own.design = &schema;
    own.designs = NULL;
    work->services = &own;
    return 0;
}

static struct draft draft_now(void)
{
    struct draft draft;
    assert_ok(design_draft_load(work, &draft));
    return draft;
}

static void set_heading(const char *text)
{
    struct draft draft = draft_now();
    struct value *document = (struct value *)(uintptr_t)draft.design.document;
    assert_ok(design_set(work, document, "a", NULL, "heading", text, ""));
    assert_ok(design_draft_save(work, draft.edit, document));
}

static const char *heading_of(const struct design *design)
{
    const struct value *home = value_find(value_find(design->document, "templates"), "home");
    const struct value *settings = value_find(value_find(value_find(home, "sections"), "a"), "settings");
    const char *text = value_find_text(value_find(settings, "heading"), "zh-CN");
    return text ? text : "";
}

static const char *draft_heading(void)
{
    struct draft draft = draft_now();
    return heading_of(&draft.design);
}

static const char *live_heading(void)
{
    struct design design;
    assert_ok(shop_load(work, work->shop->id, &work->shop));
    assert_ok(design_live(work, &design));
    return heading_of(&design);
}

static void what_is_published_is_seen_and_comes_back(void **state)
{
    (void)state;
    struct design_version *versions;
    size_t count;
    set_heading("one");
    assert_string_equal(live_heading(), "");
    assert_ok(design_publish(work, draft_now().edit, "first"));
    assert_string_equal(live_heading(), "one");
    assert_false(draft_now().is_there);
    set_heading("two");
    assert_ok(design_publish(work, draft_now().edit, ""));
    assert_string_equal(live_heading(), "two");
    assert_ok(design_restore(work, 1));
    assert_string_equal(live_heading(), "one");
    assert_fails(design_restore(work, 77), ERR_NOT_FOUND);
    assert_ok(design_list(work, &versions, &count));
    assert_int_equal(count, 3);
    assert_int_equal(versions[0].version, 3);
    assert_string_equal(versions[2].note, "first");
}

static void two_people_do_not_overwrite_each_other(void **state)
{
    (void)state;
    struct draft mine = draft_now();
    set_heading("theirs");
    assert_fails(design_draft_save(work, mine.edit, (struct value *)(uintptr_t)mine.design.document),
                 ERR_CONFLICT);
    assert_fails(design_publish(work, mine.edit, ""), ERR_CONFLICT);
    assert_string_equal(draft_heading(), "theirs");
}

static void the_last_change_can_be_taken_back(void **state)
{
    (void)state;
    set_heading("one");
    set_heading("two");
    assert_ok(design_draft_undo(work, draft_now().edit));
    assert_string_equal(draft_heading(), "one");
    assert_fails(design_draft_undo(work, 7), ERR_CONFLICT);
    assert_ok(design_draft_discard(work, draft_now().edit));
    assert_string_equal(draft_heading(), "");
    assert_false(draft_now().is_there);
}

static void old_versions_go(void **state)
{
    (void)state;
    struct design_version *versions;
    size_t count;
    set_heading("x");
    assert_ok(design_publish(work, draft_now().edit, ""));
    for (int i = 1; i <= DESIGN_VERSION_LIMIT; i++)
        assert_ok(design_restore(work, i));
    assert_ok(design_list(work, &versions, &count));
    assert_int_equal(count, DESIGN_VERSION_LIMIT);
    assert_int_equal(versions[count - 1].version, 2);
}

static struct value *changed(const char *section, const char *block, const char *id, const char *typed)
{
    struct value *document = json(GENERAL);
    assert_ok(design_set(work, document, section, block, id, typed, ""));
    return document;
}

static void everything_wrong_is_said_at_its_field(void **state)
{
    (void)state;
    struct value *document = changed("a", NULL, "url", "javascript:alert(1)");
    assert_ok(design_set(work, document, "a", NULL, "count", "9", ""));
    assert_ok(design_set(work, document, "b", NULL, "liquid", "{{ x", ""));
    assert_ok(design_set(work, document, NULL, NULL, "color_ink", "red", ""));
    err failure = design_check(work, document);
    assert_field(failure, "a.url");
    assert_field(failure, "a.count");
    assert_field(failure, "b.liquid");
    assert_field(failure, "settings.color_ink");
    assert_fails(design_set(work, document, "a", NULL, "nothing", "", ""), ERR_NOT_FOUND);
    assert_field(design_check(work, changed("a", NULL, "count", "many")), "a.count");
}

static void rich_text_is_made_safe(void **state)
{
    (void)state;
    struct value *document = changed("a", NULL, "text", "<p onclick=x>hi<script>bad()</script></p>");
    const char *text;
    assert_ok(design_check(work, document));
    assert_ok(json_text(work, document, DESIGN_BYTES_LIMIT, &text));
    assert_null(strstr(text, "script"));
    assert_null(strstr(text, "onclick"));
}

static void hostile_documents_are_refused_with_words(void **state)
{
    (void)state;
    struct value *document;
    struct text_buf deep;
    text_open(&deep, work->arena, DESIGN_BYTES_LIMIT * 2);
    for (int i = 0; i < 20; i++)
        text_add(&deep, "{\"a\":");
    text_add(&deep, "1");
    for (int i = 0; i < 20; i++)
        text_add(&deep, "}");
    assert_field(design_read(work, text_of(&deep), &document), "document");
    assert_field(design_read(work, "[]", &document), "document");
    assert_field(design_read(work, "{", &document), "document");
    assert_field(design_read(work, "{\"theme\":\"none\"}", &document), "theme");
    for (int i = 0; i < DESIGN_BYTES_LIMIT; i++)
        text_add_char(&deep, ' ');
    assert_field(design_read(work, text_of(&deep), &document), "document");
    assert_field(design_read(work,
                             "{\"theme\":\"general\",\"templates\":{\"home\":{\"sections\":{\"a\":{\"type\":"
                             "\"evil\"}},\"order\":[\"a\",\"a\"]}}}",
                             &document),
                 "order");
}

static void sections_and_blocks_are_bounded(void **state)
{
    (void)state;
    struct value *document = json(GENERAL);
    const char *id;
    assert_ok(design_add(work, document, "home", "hero", &id));
    assert_string_equal(id, "hero-1");
    assert_ok(design_check(work, document));
    assert_ok(design_do(work, document, "a", NULL, DESIGN_COPY, 0));
    assert_field(design_check(work, document), "a");
    document = json(GENERAL);
    for (int i = 0; i < 3; i++)
        assert_ok(design_add_block(work, document, "a", NULL, "button", &id));
    assert_field(design_check(work, document), "a");
    document = json(GENERAL);
    for (int i = 0; i < DESIGN_SECTION_LIMIT; i++)
        assert_ok(design_add(work, document, "home", "code", &id));
    assert_field(design_check(work, document), "sections");
    assert_fails(design_add(work, document, "home", "evil", &id), ERR_NOT_FOUND);
}

static const char *order_of(const struct value *document)
{
    const char *text;
    const struct value *home = value_find(value_find(document, "templates"), "home");
    assert_ok(json_text(work, value_find(home, "order"), 1000, &text));
    return text;
}

static void sections_move_and_go(void **state)
{
    (void)state;
    struct value *document = json(GENERAL);
    assert_ok(design_do(work, document, "a", NULL, DESIGN_UP, 0));
    assert_string_equal(order_of(document), "[\"a\",\"b\"]");
    assert_ok(design_do(work, document, "a", NULL, DESIGN_DOWN, 0));
    assert_string_equal(order_of(document), "[\"b\",\"a\"]");
    assert_ok(design_do(work, document, "a", NULL, DESIGN_PLACE, 0));
    assert_string_equal(order_of(document), "[\"a\",\"b\"]");
    assert_ok(design_do(work, document, "a", NULL, DESIGN_PLACE, 900));
    assert_ok(design_do(work, document, "b", NULL, DESIGN_REMOVE, 0));
    assert_string_equal(order_of(document), "[\"a\"]");
    assert_ok(design_check(work, document));
    assert_fails(design_do(work, document, "b", NULL, DESIGN_UP, 0), ERR_NOT_FOUND);
}

static void sections_stand_around_the_content_of_a_page(void **state)
{
    (void)state;
    struct value *document = json(GENERAL);
    const char *address, *id;
    assert_ok(design_add(work, document, "product", "hero", &address));
    assert_string_equal(address, "product:hero-1");
    assert_string_equal(design_page_of(work, address, &id), "product");
    assert_string_equal(id, "hero-1");
    assert_string_equal(design_page_of(work, "a", &id), "home");
    assert_ok(design_set(work, document, address, NULL, "heading", "看看这个", ""));
    assert_ok(design_do(work, document, address, NULL, DESIGN_UP, 0));
    assert_ok(design_check(work, document));
    assert_ok(design_do(work, document, "product:main", NULL, DESIGN_UP, 0));
    assert_field(design_do(work, document, "product:main", NULL, DESIGN_REMOVE, 0), "act");
    assert_field(design_do(work, document, "product:main", NULL, DESIGN_TOGGLE, 0), "act");
    assert_field(design_do(work, document, "product:main", NULL, DESIGN_COPY, 0), "act");
    assert_fails(design_add(work, document, "checkout", "hero", &address), ERR_NOT_FOUND);
    assert_fails(design_do(work, document, "cart:main", NULL, DESIGN_UP, 0), ERR_NOT_FOUND);
    assert_field(design_read(work,
                             "{\"theme\":\"general\",\"templates\":{\"home\":{\"sections\":{},\"order\":[]},"
                             "\"cart\":{\"sections\":{},\"order\":[]}}}",
                             &document),
                 "cart:main");
    assert_field(design_read(work,
                             "{\"theme\":\"general\",\"templates\":{\"home\":{\"sections\":{},\"order\":[]},"
                             "\"cart\":{\"sections\":{\"m\":{\"type\":\"main\"}},\"order\":[\"x\"]}}}",
                             &document),
                 "cart:order");
    assert_field(design_read(work,
                             "{\"theme\":\"general\",\"templates\":{\"home\":{\"sections\":{},\"order\":[]},"
                             "\"cart\":{\"sections\":{\"m m\":{\"type\":\"main\"}},\"order\":[\"m m\"]}}}",
                             &document),
                 "cart:m m");
    assert_field(design_read(work,
                             "{\"theme\":\"general\",\"templates\":{\"home\":{\"sections\":{\"m\":{\"type\":"
                             "\"main\"}},\"order\":[\"m\"]}}}",
                             &document),
                 "m");
    assert_field(design_read(work,
                             "{\"theme\":\"general\",\"templates\":{\"home\":{\"sections\":{},\"order\":[]},"
                             "\"checkout\":{\"sections\":{},\"order\":[]}}}",
                             &document),
                 "templates");
}

static const char *style_of(const char *ground, const char *ink, const char *accent, bool *is_mended)
{
    struct value *document = json(GENERAL);
    assert_ok(design_set(work, document, NULL, NULL, "color_ground", ground, ""));
    assert_ok(design_set(work, document, NULL, NULL, "color_ink", ink, ""));
    assert_ok(design_set(work, document, NULL, NULL, "color_accent", accent, ""));
    struct design design = {.theme = "general", .document = document};
    *is_mended = design_is_mended(work, &design);
    return design_style(work, &design);
}

static void colours_can_always_be_read(void **state)
{
    (void)state;
    bool is_mended;
    const char *css = style_of("#ffffff", "#222222", "#a33b2a", &is_mended);
    assert_false(is_mended);
    assert_non_null(strstr(css, "--ink:#222222;"));
    assert_non_null(strstr(css, "--on-fill:#ffffff;"));
    css = style_of("#ffffff", "#eeeeee", "#ffee00", &is_mended);
    assert_true(is_mended);
    assert_null(strstr(css, "--ink:#eeeeee"));
    assert_non_null(strstr(css, "--cinnabar-fill:#ffee00;"));
    assert_non_null(strstr(css, "--on-fill:#111111;"));
    css = style_of("red}body{display:none", "", "", &is_mended);
    assert_null(strstr(css, "display"));
    assert_null(strstr(css, "--paper"));
}

/* ---- pictures ---- */

#define CUP "00112233445566778899aabbccddeeff"
#define POT "ffeeddccbbaa99887766554433221100"

static err insert_cup_and_pot(struct ctx *ctx, void *arg)
{
    (void)arg;
    return db_execute(ctx,
                      "INSERT INTO pictures (shop_id, id, format, width, height, bytes, created_at)"
                      " VALUES ($1, $2, 'jpg', 10, 10, 10, 1), ($1, $3, 'jpg', 10, 10, 10, 1)",
                      db_int(ctx->shop->id), db_text(CUP), db_text(POT));
}

static void set_picture(const char *id)
{
    struct draft draft = draft_now();
    struct value *document = (struct value *)(uintptr_t)draft.design.document;
    const struct value *setting, *value;
    assert_ok(design_set(work, document, "a", NULL, "picture", id, ""));
    assert_ok(design_draft_save(work, draft.edit, document));
    draft = draft_now();
    document = (struct value *)(uintptr_t)draft.design.document;
    assert_ok(design_find(work, document, "a", NULL, "picture", &setting, &value));
    assert_string_equal(value_find_text(setting, "type"), "image_picker");
    assert_string_equal(value->text, id);
    assert_fails(design_find(work, document, "a", NULL, "nothing", &setting, &value), ERR_NOT_FOUND);
}

static void publish_now(void)
{
    assert_ok(design_publish(work, draft_now().edit, ""));
}

static void assert_uses(int64_t of_cup, int64_t of_pot)
{
    const struct picture *cup, *pot;
    assert_ok(picture_load(work, CUP, &cup));
    assert_ok(picture_load(work, POT, &pot));
    assert_int_equal(cup->use_count, of_cup);
    assert_int_equal(pot->use_count, of_pot);
}

static void count_problem(void *arg, const char *problem)
{
    (void)problem;
    ++*(int *)arg;
}

static err forget_uses(struct ctx *ctx, void *arg)
{
    (void)arg;
    return picture_uses_set(ctx, PICTURE_OF_DESIGN, DESIGN_OF_TODAY, NULL, 0);
}

static void pictures_of_a_design_are_not_removed_from_under_it(void **state)
{
    (void)state;
    int problems = 0;
    assert_ok(db_transact(work, insert_cup_and_pot, NULL));
    set_picture(CUP);
    assert_uses(1, 0);
    set_picture(POT);
    assert_uses(1, 1); /* one step back shows the cup */
    assert_ok(design_draft_undo(work, draft_now().edit));
    assert_uses(1, 1);
    publish_now();
    assert_uses(1, 0);
    assert_fails(picture_remove(work, CUP), ERR_CONFLICT);
    set_picture(POT);
    assert_uses(2, 1);
    assert_ok(design_draft_discard(work, draft_now().edit));
    assert_uses(1, 0);
    set_picture(POT);
    publish_now();
    assert_uses(0, 1);
    assert_ok(design_restore(work, 1));
    assert_uses(1, 0);
    assert_ok(design_pictures_check(work, count_problem, &problems));
    assert_int_equal(problems, 0);
    assert_ok(db_transact(work, forget_uses, NULL));
    assert_ok(design_pictures_check(work, count_problem, &problems));
    assert_int_equal(problems, 1);
    assert_ok(picture_remove(work, POT));
}

static void a_wide_logo_has_its_size(void **state)
{
    (void)state;
    struct design design = {.theme = "general"};
    design.document = json("{\"settings\":{\"logo\":\"" CUP "\",\"logo_width\":120}}");
    assert_non_null(strstr(design_style(work, &design), ".brand .logo{width:120px;height:44px"));
    design.document = json("{\"settings\":{\"logo_width\":120}}");
    assert_null(strstr(design_style(work, &design), ".logo"));
    design.document = json("{\"settings\":{\"logo\":\"" CUP "\",\"logo_width\":9000}}");
    assert_null(strstr(design_style(work, &design), ".logo"));
}

/* ---- themes that merchants bring ---- */

static err refuse_bad_words(struct ctx *ctx, void *owner, const struct own_files *files,
                            struct own_problems *problems)
{
    (void)owner;
    for (size_t i = 0; i < files->count; i++)
        if (strstr(files->items[i].bytes, "bad"))
            own_problem_add(ctx, problems, files->items[i].path, "theme-file", "2:7: a bad word");
    return NULL;
}

static const struct theme_maker maker = {.check = refuse_bad_words};

static err keep_theme(const char *text, int64_t *version)
{
    struct own_file items[] = {{"assets/a.css", "a\0b", 3}, {"snippets/card.liquid", text, strlen(text)}};
    own.themes = &maker;
    return own_theme_keep(work, &(struct own_files){items, 2}, "mine.zip", version);
}

static void a_theme_is_kept_whole_or_not_at_all(void **state)
{
    (void)state;
    int64_t version;
    struct own_theme *themes;
    struct own_files files;
    size_t count, length;
    const char *bytes;
    bool is_public;
    err failure = keep_theme("bad", &version);
    assert_fails(failure, ERR_INVALID);
    assert_string_equal(failure->problems->field, "snippets/card.liquid");
    assert_string_equal(failure->problems->message, "2:7: a bad word");
    assert_ok(own_theme_list(work, &themes, &count));
    assert_int_equal(count, 0);
    assert_ok(keep_theme("good", &version));
    assert_int_equal(version, 1);
    assert_ok(own_theme_files(work, 1, false, &files));
    assert_int_equal(files.count, 2);
    assert_null(files.items[0].bytes);
    assert_string_equal(files.items[1].bytes, "good");
    assert_fails(own_theme_asset(work, 1, "b.css", &is_public, &bytes, &length), ERR_NOT_FOUND);
    assert_ok(own_theme_asset(work, 1, "a.css", &is_public, &bytes, &length));
    assert_false(is_public);
    assert_ok(own_theme_publish(work, 0, 1));
    assert_ok(own_theme_asset(work, 1, "a.css", &is_public, &bytes, &length));
    assert_true(is_public);
    assert_int_equal(length, 3);
    assert_memory_equal(bytes, "a\0b", 3);
}

static void a_theme_in_use_stays_and_a_number_is_used_once(void **state)
{
    (void)state;
    int64_t version;
    assert_ok(keep_theme("one", &version));
    assert_ok(keep_theme("two", &version));
    assert_fails(own_theme_publish(work, 1, 2), ERR_CONFLICT);
    assert_fails(own_theme_publish(work, 0, 9), ERR_NOT_FOUND);
    assert_ok(own_theme_publish(work, 0, 2));
    assert_fails(own_theme_remove(work, 2), ERR_CONFLICT);
    assert_ok(own_theme_publish(work, 2, 1));
    assert_ok(own_theme_remove(work, 2));
    assert_fails(own_theme_remove(work, 2), ERR_NOT_FOUND);
    assert_ok(keep_theme("three", &version));
    assert_int_equal(version, 3);
    for (int i = 2; i < OWN_THEME_VERSION_LIMIT; i++)
        assert_ok(keep_theme("more", &version));
    assert_fails(keep_theme("one too many", &version), ERR_INVALID);
}

static void a_broken_file_is_told_once(void **state)
{
    (void)state;
    struct alarm *alarms;
    size_t count;
    const struct alarm_query query = {.kind = "theme-broken", .limit = 10};
    assert_ok(own_theme_tell(work, "templates/product.liquid", "templates/product.liquid:3:4: no"));
    assert_ok(own_theme_tell(work, "templates/product.liquid", "templates/product.liquid:9:9: no"));
    assert_ok(alarm_list(work, &query, &alarms, &count));
    assert_int_equal(count, 1);
}

int main(void)
{
#define HERE(test) cmocka_unit_test_setup(test, open_schema)
    const struct CMUnitTest tests[] = {
        HERE(what_is_published_is_seen_and_comes_back),
        HERE(two_people_do_not_overwrite_each_other),
        HERE(the_last_change_can_be_taken_back),
        HERE(old_versions_go),
        HERE(everything_wrong_is_said_at_its_field),
        HERE(rich_text_is_made_safe),
        HERE(hostile_documents_are_refused_with_words),
        HERE(sections_and_blocks_are_bounded),
        HERE(sections_move_and_go),
        HERE(sections_stand_around_the_content_of_a_page),
        HERE(colours_can_always_be_read),
        HERE(pictures_of_a_design_are_not_removed_from_under_it),
        HERE(a_wide_logo_has_its_size),
        HERE(a_theme_is_kept_whole_or_not_at_all),
        HERE(a_theme_in_use_stays_and_a_number_is_used_once),
        HERE(a_broken_file_is_told_once),
    };
    return RUN_SENTENCES(tests);
}
