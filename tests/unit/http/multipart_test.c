/* multipart_test.c - uploads, whole and in pieces of every size. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fixture.h"
#include "http/parse.h"
#include "unit.h"
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define TYPE "multipart/form-data; boundary=XX"
#define FILE_HEAD                                                                                            \
    "Content-Disposition: form-data; name=\"pic\"; filename=\"a.png\"\r\nContent-Type: image/png\r\n\r\n"

struct upload_test {
    struct ctx ctx;
    char directory[32];
    struct multipart *multipart;
    struct pairs pairs;
    struct multipart_file *files;
    size_t file_count;
};

static err read_body(struct upload_test *test, const char *body, size_t length, size_t piece,
                     size_t file_limit)
{
    const struct multipart_limits limits = {test->directory, 1000, 1500, 100, file_limit};
    test->multipart = multipart_open(&test->ctx, TYPE, &limits);
    assert_non_null(test->multipart);
    for (size_t at = 0; at < length; at += piece)
        multipart_feed(test->multipart, body + at, length - at < piece ? length - at : piece);
    return multipart_finish(test->multipart, &test->pairs, &test->files, &test->file_count);
}

static struct upload_test begin(void)
{
    struct upload_test test = {.ctx = test_ctx(), .directory = "/tmp/http-upload-XXXXXX"};
    assert_non_null(mkdtemp(test.directory));
    return test;
}

static void end(struct upload_test *test)
{
    if (test->multipart)
        multipart_close(test->multipart);
    assert_int_equal(rmdir(test->directory), 0); /* nothing is left in it */
    arena_close(test->ctx.arena);
}

static err read_text(const char *body, enum error_code expected)
{
    struct upload_test test = begin();
    err failure = read_body(&test, body, strlen(body), 7, 2);
    assert_int_equal(code_of(failure), expected);
    end(&test);
    return NULL;
}

static void parts_arrive_in_any_pieces(void **state)
{
    (void)state;
    static const char body[] =
        "--XX\r\nContent-Disposition: form-data; name=\"title\"\r\n\r\nA \r\n--X title\r\n"
        "--XX\r\n" FILE_HEAD "\x89PNG\r\n--X\0\r\n-\r\n"
        "--XX\r\ncontent-disposition: form-data; name=empty\r\n\r\n\r\n--XX--\r\n";
    for (size_t piece = 1; piece < sizeof body; piece++) {
        struct upload_test test = begin();
        assert_null(read_body(&test, body, sizeof body - 1, piece, 2));
        assert_int_equal(test.pairs.count, 2);
        assert_string_equal(pairs_find(&test.pairs, "title"), "A \r\n--X title");
        assert_string_equal(pairs_find(&test.pairs, "empty"), "");
        assert_int_equal(test.file_count, 1);
        const struct upload *upload = &test.files[0].upload;
        assert_string_equal(test.files[0].field, "pic");
        assert_string_equal(upload->file_name, "a.png");
        assert_string_equal(upload->content_type, "image/png");
        assert_int_equal(upload->size, 13);
        char bytes[32];
        FILE *file = fopen(upload->path, "rb");
        assert_int_equal(fread(bytes, 1, sizeof bytes, file), 13);
        assert_memory_equal(bytes, "\x89PNG\r\n--X\0\r\n-", 13);
        fclose(file);
        end(&test);
    }
}

static const char *name_given(struct upload_test *test, const char *name)
{
    const char *body =
        arena_format(test->ctx.arena,
                     "--XX\r\nContent-Disposition: form-data; name=\"pic\"; filename=\"%s\"\r\n\r\nx\r\n"
                     "--XX--",
                     name);
    assert_null(read_body(test, body, strlen(body), 4096, 1));
    const char *given = test->file_count ? test->files[0].upload.file_name : "(none)";
    multipart_close(test->multipart);
    return given;
}

static void file_names_are_made_safe(void **state)
{
    (void)state;
    struct upload_test test = begin();
    assert_string_equal(name_given(&test, "../../etc/passwd"), "passwd");
    assert_string_equal(name_given(&test, "C:\\pictures\\mug.jpg"), "mug.jpg");
    assert_string_equal(name_given(&test, ".htaccess"), "upload");
    assert_string_equal(name_given(&test, ".."), "upload");
    assert_string_equal(name_given(&test, "a\x01"
                                          "b|c.png"),
                        "abc.png");
    assert_string_equal(name_given(&test, "\xff\xfe"), "upload");
    assert_string_equal(name_given(&test, "杯子 红.png"), "杯子 红.png");
    assert_string_equal(name_given(&test, ""), "(none)"); /* a file input that was left empty */
    test.multipart = NULL;
    end(&test);
}

static void malformed_bodies_are_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        "--XX",
        "rubbish",
        "--XXrubbish",
        "--XX\r\n\r\n\r\nx\r\n--XX--",
        "--XX\r\nContent-Disposition: form-data\r\n\r\nx\r\n--XX--",
        "--XX\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nx",
        "--XX\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n\xff\r\n--XX--",
        "--XX\r\nContent-Disposition: form-data; name=\"\xff\"\r\n\r\nx\r\n--XX--",
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        read_text(bad[i], ERR_BAD_REQUEST);
}

static void limits_hold(void **state)
{
    (void)state;
    char body[4096];
    struct upload_test test = begin();
    int length = snprintf(body, sizeof body, "--XX\r\n" FILE_HEAD "%01001d\r\n--XX--", 0);
    assert_int_equal(code_of(read_body(&test, body, (size_t)length, 64, 2)), ERR_PAYLOAD_TOO_LARGE);
    end(&test);
    test = begin();
    length = snprintf(body, sizeof body,
                      "--XX\r\n" FILE_HEAD "%0900d\r\n--XX\r\n" FILE_HEAD "%0900d\r\n--XX--", 0, 0);
    assert_int_equal(code_of(read_body(&test, body, (size_t)length, 64, 2)), ERR_PAYLOAD_TOO_LARGE);
    end(&test);
    test = begin();
    length = snprintf(body, sizeof body,
                      "--XX\r\nContent-Disposition: form-data; name=a\r\n\r\n%0101d\r\n--XX--", 0);
    assert_int_equal(code_of(read_body(&test, body, (size_t)length, 64, 2)), ERR_PAYLOAD_TOO_LARGE);
    end(&test);
    test = begin();
    length = snprintf(body, sizeof body, "--XX\r\n" FILE_HEAD "x\r\n--XX--");
    assert_int_equal(code_of(read_body(&test, body, (size_t)length, 64, 0)), ERR_UNSUPPORTED_MEDIA);
    end(&test);
    test = begin();
    length = snprintf(body, sizeof body, "--XX\r\nX: %03000d", 0);
    assert_int_equal(code_of(read_body(&test, body, (size_t)length, 64, 0)), ERR_BAD_REQUEST);
    end(&test);
}

static void a_boundary_is_needed(void **state)
{
    (void)state;
    struct ctx ctx = test_ctx();
    const struct multipart_limits limits = {"/tmp", 1, 1, 1, 0};
    assert_null(multipart_open(&ctx, "multipart/form-data", &limits));
    assert_null(multipart_open(&ctx, "multipart/form-data; boundary=", &limits));
    assert_null(multipart_open(&ctx, "multipart/form-data; boundary=\"", &limits));
    assert_null(
        multipart_open(&ctx,
                       "multipart/form-data; "
                       "boundary=01234567890123456789012345678901234567890123456789012345678901234567890",
                       &limits));
    assert_non_null(multipart_open(&ctx, "multipart/form-data; charset=utf-8; boundary=\"a b\"", &limits));
    arena_close(ctx.arena);
}

static void left_overs_are_swept(void **state)
{
    (void)state;
    struct upload_test test = begin();
    FILE *file = fopen(arena_format(test.ctx.arena, "%s/upload-x", test.directory), "w");
    fclose(file);
    multipart_sweep(test.directory);
    end(&test);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts_arrive_in_any_pieces),   cmocka_unit_test(file_names_are_made_safe),
        cmocka_unit_test(malformed_bodies_are_refused), cmocka_unit_test(limits_hold),
        cmocka_unit_test(a_boundary_is_needed),         cmocka_unit_test(left_overs_are_swept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
