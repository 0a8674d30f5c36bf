/* crypto_test.c - sealed data opens only with its key and purpose; known answers of the standards. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/crypto.h"
#include "base/text.h"
#include "fixture.h"
#include <pthread.h>
#include <stdio.h>
#include <sys/stat.h>

#define A_KEY "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"

static int keys_open(void **state)
{
    work_open(state);
    struct ctx *ctx = *state;
    ctx->keys = keyring_for_tests(ctx->arena);
    return 0;
}

static void what_is_sealed_opens_again(void **state)
{
    struct ctx *ctx = *state;
    static const char *const texts[] = {"", "1", "13812345678", "浙江省杭州市西湖区文三路 1 号"};
    for (size_t i = 0; i < 4; i++) {
        const char *text;
        struct sealed sealed = crypto_seal(ctx, "order.phone", texts[i], strlen(texts[i]));
        assert_null(crypto_open(ctx, "order.phone", sealed, &text));
        assert_string_equal(text, texts[i]);
    }
}

static void sealing_twice_gives_different_bytes(void **state)
{
    struct ctx *ctx = *state;
    struct sealed a = crypto_seal(ctx, "p", "same", 4);
    struct sealed b = crypto_seal(ctx, "p", "same", 4);
    assert_int_equal(a.len, b.len);
    assert_memory_not_equal(a.ptr, b.ptr, a.len);
}

static void another_purpose_or_key_does_not_open(void **state)
{
    struct ctx *ctx = *state;
    const char *text = "untouched";
    struct sealed sealed = crypto_seal(ctx, "order.phone", "secret", 6);
    err failure = crypto_open(ctx, "order.email", sealed, &text);
    assert_non_null(failure);
    assert_int_equal(failure->code, ERR_INTERNAL);
    assert_null(strstr(failure->detail, "secret"));
    ctx->keys = keyring_for_tests(ctx->arena);
    assert_non_null(crypto_open(ctx, "order.phone", sealed, &text));
    assert_string_equal(text, "untouched");
}

static void any_changed_byte_and_any_cut_is_noticed(void **state)
{
    struct ctx *ctx = *state;
    struct sealed sealed = crypto_seal(ctx, "p", "secret", 6);
    const char *text;
    for (size_t i = 0; i < sealed.len; i++) {
        unsigned char *changed =
            (unsigned char *)arena_copy(ctx->arena, (const char *)sealed.ptr, sealed.len);
        changed[i] ^= 1;
        assert_non_null(crypto_open(ctx, "p", (struct sealed){changed, sealed.len}, &text));
        const char *cut = arena_copy(ctx->arena, (const char *)sealed.ptr, i);
        assert_non_null(crypto_open(ctx, "p", (struct sealed){(const unsigned char *)cut, i}, &text));
    }
    assert_non_null(crypto_open(ctx, "p", (struct sealed){NULL, 0}, &text));
}

static void a_blind_index_depends_on_text_purpose_and_key(void **state)
{
    struct ctx *ctx = *state;
    unsigned char index[4][CRYPTO_INDEX_BYTES];
    unsigned char again[CRYPTO_INDEX_BYTES];
    crypto_blind_index(ctx, "phone", "138", index[0]);
    crypto_blind_index(ctx, "phone", "138", again);
    crypto_blind_index(ctx, "phone", "139", index[1]);
    crypto_blind_index(ctx, "email", "138", index[2]);
    ctx->keys = keyring_for_tests(ctx->arena);
    crypto_blind_index(ctx, "phone", "138", index[3]);
    assert_memory_equal(index[0], again, CRYPTO_INDEX_BYTES);
    for (int i = 1; i < 4; i++)
        assert_memory_not_equal(index[0], index[i], CRYPTO_INDEX_BYTES);
}

static void signatures_hold_for_one_text_and_purpose(void **state)
{
    struct ctx *ctx = *state;
    char *signature = crypto_sign_text(ctx, "cookie", "user=1");
    assert_int_equal(strlen(signature), 64);
    assert_int_equal(strspn(signature, "0123456789abcdef"), 64);
    assert_true(crypto_sign_is_valid(ctx, "cookie", "user=1", signature));
    assert_false(crypto_sign_is_valid(ctx, "cookie", "user=2", signature));
    assert_false(crypto_sign_is_valid(ctx, "link", "user=1", signature));
    assert_false(crypto_sign_is_valid(ctx, "cookie", "user=1", ""));
    assert_false(crypto_sign_is_valid(ctx, "cookie", "user=1", NULL));
    signature[63] = signature[63] == '0' ? '1' : '0';
    assert_false(crypto_sign_is_valid(ctx, "cookie", "user=1", signature));
    signature[63] = '\0';
    assert_false(crypto_sign_is_valid(ctx, "cookie", "user=1", signature));
}

static void sha256_gives_the_known_answers(void **state)
{
    unsigned char hash[CRYPTO_HASH_BYTES];
    crypto_sha256("abc", 3, hash);
    assert_string_equal(crypto_hex(arena_of(state), hash, sizeof hash),
                        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    crypto_sha256("", 0, hash);
    assert_string_equal(crypto_hex(arena_of(state), hash, sizeof hash),
                        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

/* RFC 4231, test cases 2 and 6, and an empty key. */
static void hmac_gives_the_known_answers(void **state)
{
    struct arena *arena = arena_of(state);
    unsigned char mac[CRYPTO_HASH_BYTES];
    static const char question[] = "what do ya want for nothing?";
    crypto_hmac_sha256("Jefe", 4, question, strlen(question), mac);
    assert_string_equal(crypto_hex(arena, mac, sizeof mac),
                        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    unsigned char key[131];
    memset(key, 0xaa, sizeof key);
    static const char larger[] = "Test Using Larger Than Block-Size Key - Hash Key First";
    crypto_hmac_sha256(key, sizeof key, larger, strlen(larger), mac);
    assert_string_equal(crypto_hex(arena, mac, sizeof mac),
                        "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
    crypto_hmac_sha256(NULL, 0, "", 0, mac);
    assert_string_equal(crypto_hex(arena, mac, sizeof mac),
                        "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

static void comparing_is_exact(void **state)
{
    (void)state;
    assert_true(crypto_equal("abc", "abc", 3));
    assert_true(crypto_equal("abc", "abd", 2));
    assert_false(crypto_equal("abc", "abd", 3));
    assert_true(crypto_text_equal("", ""));
    assert_true(crypto_text_equal("token", "token"));
    assert_false(crypto_text_equal("token", "tokens"));
    assert_false(crypto_text_equal("token", NULL));
    assert_false(crypto_text_equal(NULL, NULL));
}

static void a_password_is_known_by_its_hash(void **state)
{
    const char *hash;
    assert_null(crypto_password_hash(*state, "密码 123", &hash));
    assert_true(text_starts(hash, "$argon2id$"));
    assert_null(strstr(hash, "123 "));
    assert_true(crypto_password_is_valid("密码 123", hash));
    assert_false(crypto_password_is_valid("密码 124", hash));
    assert_false(crypto_password_is_valid("", hash));
    assert_false(crypto_password_is_valid("密码 123", "not a hash"));
    assert_false(crypto_password_is_valid("密码 123", ""));
}

static void hex_goes_both_ways(void **state)
{
    static const unsigned char bytes[] = {0x00, 0x7f, 0xff, 0x1a};
    unsigned char back[4];
    assert_string_equal(crypto_hex(arena_of(state), bytes, 4), "007fff1a");
    assert_true(crypto_unhex("007fff1a", back, 4));
    assert_memory_equal(back, bytes, 4);
    assert_true(crypto_unhex("007FFF1A", back, 4));
    assert_false(crypto_unhex("007fff1", back, 4));
    assert_false(crypto_unhex("007fff1a00", back, 4));
    assert_false(crypto_unhex("007fff1g", back, 4));
    assert_false(crypto_unhex("", back, 4));
}

static void base64url_has_neither_padding_nor_slashes(void **state)
{
    static const unsigned char bytes[] = {0xfb, 0xff, 0xfe, 0x00};
    assert_string_equal(crypto_base64url(arena_of(state), bytes, 3), "-__-");
    assert_string_equal(crypto_base64url(arena_of(state), bytes, 4), "-__-AA");
    assert_string_equal(crypto_base64url(arena_of(state), bytes, 0), "");
}

/* A directory of its own for the tests of the file. */
struct folder {
    char path[64];
    char file[80];
};

static struct folder folder;

static int folder_open(void **state)
{
    folder = (struct folder){.path = "/tmp/yundian-keys-XXXXXX"};
    if (!mkdtemp(folder.path))
        return -1;
    snprintf(folder.file, sizeof folder.file, "%s/keys", folder.path);
    return work_open(state);
}

static int folder_close(void **state)
{
    unlink(folder.file);
    int left = rmdir(folder.path); /* fails when a temporary file was left behind */
    work_close(state);
    return left;
}

static void write_keys(const char *text)
{
    unlink(folder.file);
    int file = open(folder.file, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    assert_true(file >= 0);
    assert_int_equal(write(file, text, strlen(text)), strlen(text));
    close(file);
}

static void the_keyring_is_made_once_and_is_private(void **state)
{
    struct ctx *ctx = *state;
    const char *text;
    assert_null(keyring_load(ctx, folder.path, &ctx->keys));
    struct stat status;
    assert_int_equal(stat(folder.file, &status), 0);
    assert_int_equal(status.st_mode & 07777, 0600);
    struct sealed sealed = crypto_seal(ctx, "p", "kept", 4);
    assert_null(keyring_load(ctx, folder.path, &ctx->keys));
    assert_null(crypto_open(ctx, "p", sealed, &text));
    assert_string_equal(text, "kept");
}

static void a_new_key_seals_and_the_old_one_still_opens(void **state)
{
    struct ctx *ctx = *state;
    static const char first[] = "1 " A_KEY "\n";
    static const char both[] = "1 " A_KEY "\n"
                               "# turned\n\n"
                               "7 ff0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\n";
    unsigned char before[CRYPTO_INDEX_BYTES];
    unsigned char after[CRYPTO_INDEX_BYTES];
    const char *text;
    write_keys(first);
    assert_null(keyring_load(ctx, folder.path, &ctx->keys));
    const struct keyring *old = ctx->keys;
    struct sealed sealed = crypto_seal(ctx, "p", "old", 3);
    char *signature = crypto_sign_text(ctx, "p", "old");
    crypto_blind_index(ctx, "p", "x", before);
    write_keys(both);
    assert_null(keyring_load(ctx, folder.path, &ctx->keys));
    assert_null(crypto_open(ctx, "p", sealed, &text));
    assert_string_equal(text, "old");
    assert_true(crypto_sign_is_valid(ctx, "p", "old", signature));
    assert_string_not_equal(crypto_sign_text(ctx, "p", "old"), signature);
    crypto_blind_index(ctx, "p", "x", after);
    assert_memory_equal(before, after, CRYPTO_INDEX_BYTES);
    sealed = crypto_seal(ctx, "p", "new", 3);
    ctx->keys = old;
    assert_non_null(crypto_open(ctx, "p", sealed, &text));
}

static void a_damaged_keyring_is_refused_and_kept(void **state)
{
    static const char *const texts[] = {
        "",
        "\n",
        "key\n",
        "1 0001\n",
        "0 " A_KEY "\n",
        "99999999999 " A_KEY "\n",
        "1 " A_KEY "00\n",
        "1 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1g\n",
        "2 " A_KEY "\n1 " A_KEY "\n",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        const struct keyring *keys = NULL;
        write_keys(texts[i]);
        err failure = keyring_load(*state, folder.path, &keys);
        if (!failure)
            fail_msg("keyring %zu was read", i);
        assert_int_equal(failure->code, ERR_INTERNAL);
        assert_null(strstr(failure->detail, "0001"));
        struct stat status;
        assert_int_equal(stat(folder.file, &status), 0);
        assert_int_equal(status.st_size, strlen(texts[i]));
    }
}

static void a_missing_directory_is_an_error(void **state)
{
    const struct keyring *keys;
    assert_non_null(keyring_load(*state, "/nowhere/at/all", &keys));
}

static void *load_keys(void *argument)
{
    struct ctx *ctx = argument;
    return keyring_load(ctx, folder.path, &ctx->keys) ? NULL : ctx;
}

static void programs_that_start_together_share_one_keyring(void **state)
{
    (void)state;
    for (int round = 0; round < 20; round++) {
        pthread_t threads[4];
        struct ctx works[4];
        for (int i = 0; i < 4; i++) {
            works[i] = (struct ctx){.arena = arena_open(ARENA_LIMIT)};
            assert_int_equal(pthread_create(&threads[i], NULL, load_keys, &works[i]), 0);
        }
        for (int i = 0; i < 4; i++) {
            void *loaded;
            pthread_join(threads[i], &loaded);
            assert_non_null(loaded);
        }
        const char *signature = crypto_sign_text(&works[0], "p", "x");
        for (int i = 1; i < 4; i++)
            assert_true(crypto_sign_is_valid(&works[i], "p", "x", signature));
        for (int i = 0; i < 4; i++)
            arena_close(works[i].arena);
        unlink(folder.file);
    }
}

#define crypto_test_of(name) cmocka_unit_test_setup_teardown(name, keys_open, work_close)
#define file_test_of(name) cmocka_unit_test_setup_teardown(name, folder_open, folder_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        crypto_test_of(what_is_sealed_opens_again),
        crypto_test_of(sealing_twice_gives_different_bytes),
        crypto_test_of(another_purpose_or_key_does_not_open),
        crypto_test_of(any_changed_byte_and_any_cut_is_noticed),
        crypto_test_of(a_blind_index_depends_on_text_purpose_and_key),
        crypto_test_of(signatures_hold_for_one_text_and_purpose),
        crypto_test_of(sha256_gives_the_known_answers),
        crypto_test_of(hmac_gives_the_known_answers),
        crypto_test_of(comparing_is_exact),
        crypto_test_of(a_password_is_known_by_its_hash),
        crypto_test_of(hex_goes_both_ways),
        crypto_test_of(base64url_has_neither_padding_nor_slashes),
        file_test_of(the_keyring_is_made_once_and_is_private),
        file_test_of(a_new_key_seals_and_the_old_one_still_opens),
        file_test_of(a_damaged_keyring_is_refused_and_kept),
        file_test_of(a_missing_directory_is_an_error),
        file_test_of(programs_that_start_together_share_one_keyring),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
