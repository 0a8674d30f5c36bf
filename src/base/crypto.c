/* crypto.c - libsodium for keys, sealing and passwords; OpenSSL for SHA-256, which uses the processor's own
 * instructions. Every purpose has a key of its own, derived with BLAKE2b from a key of the keyring. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/crypto.h"
#include "base/log.h"
#include "base/text.h"
#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <pthread.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define KEY_BYTES 32
#define MOST_KEYS 64
#define KEY_LINE_BYTES 128

/* Sealed data: format 1, the key's version in four bytes, the nonce, the box. */
#define FORMAT 1
#define NONCE_AT 5
#define BOX_AT (NONCE_AT + crypto_secretbox_NONCEBYTES)

#define PASSWORD_OPERATIONS 2
#define PASSWORD_MEMORY ((size_t)64 << 20)

_Static_assert(crypto_secretbox_KEYBYTES == KEY_BYTES && crypto_generichash_KEYBYTES == KEY_BYTES,
               "key sizes");
_Static_assert(CRYPTO_INDEX_BYTES >= crypto_generichash_BYTES_MIN, "index size");

struct key {
    uint32_t version;
    unsigned char bytes[KEY_BYTES];
};

/* Ordered by version, at least one. */
struct keyring {
    size_t count;
    struct key keys[MOST_KEYS];
};

static void start_sodium(void)
{
    if (sodium_init() < 0) /* may be called often and by many threads */
        bug("libsodium cannot start");
}

static bool parse_key(const char *line, struct key *key)
{
    size_t digits = strspn(line, "0123456789");
    uint64_t version = 0;
    for (size_t i = 0; i < digits && digits < 10; i++)
        version = 10 * version + (uint64_t)(line[i] - '0');
    key->version = (uint32_t)version;
    if (version == 0 || version > UINT32_MAX || line[digits] != ' ')
        return false;
    const char *hex = line + digits + 1;
    size_t length = strcspn(hex, "\r\n");
    size_t got;
    return length == 2 * (size_t)KEY_BYTES &&
           sodium_hex2bin(key->bytes, KEY_BYTES, hex, length, NULL, &got, NULL) == 0 && got == KEY_BYTES;
}

static err read_keys(struct ctx *ctx, FILE *file, const char *path, struct keyring *keys)
{
    char line[KEY_LINE_BYTES];
    for (int number = 1; fgets(line, sizeof line, file); number++) {
        if (*line == '\n' || *line == '#')
            continue;
        if (keys->count == MOST_KEYS)
            return fail_with(ctx, ERR_INTERNAL, "%s: more than %d keys", path, MOST_KEYS);
        struct key *key = &keys->keys[keys->count];
        if (!parse_key(line, key))
            return fail_with(ctx, ERR_INTERNAL, "%s:%d: not a key", path, number);
        if (keys->count && key->version <= key[-1].version)
            return fail_with(ctx, ERR_INTERNAL, "%s:%d: the versions do not ascend", path, number);
        keys->count++;
    }
    sodium_memzero(line, sizeof line);
    if (keys->count == 0)
        return fail_with(ctx, ERR_INTERNAL, "%s: there is no key in it", path);
    return NULL;
}

/* Reads the keys; *is_missing instead when there is no file. */
static err read_file(struct ctx *ctx, const char *path, struct keyring *keys, bool *is_missing)
{
    FILE *file = fopen(path, "re");
    *is_missing = !file && errno == ENOENT;
    if (*is_missing)
        return NULL;
    if (!file)
        return fail_with(ctx, ERR_INTERNAL, "%s cannot be opened: error %d", path, errno);
    struct stat status;
    if (fstat(fileno(file), &status) == 0 && (status.st_mode & (S_IRWXG | S_IRWXO)))
        log_warning(ctx, "others may read the keyring", "file=%s", log_quote(ctx->arena, path));
    err failure = read_keys(ctx, file, path, keys);
    fclose(file);
    return failure;
}

/* Writes the first key to a file that nobody else can open. */
static bool write_new_key(int file)
{
    unsigned char key[KEY_BYTES];
    char line[2 * KEY_BYTES + 4] = "1 ";
    randombytes_buf(key, sizeof key);
    sodium_bin2hex(line + 2, sizeof line - 2, key, sizeof key);
    line[sizeof line - 2] = '\n';
    ssize_t length = (ssize_t)sizeof line - 1;
    bool is_written = write(file, line, (size_t)length) == length && fsync(file) == 0;
    sodium_memzero(key, sizeof key);
    sodium_memzero(line, sizeof line);
    return is_written;
}

/* Makes the keyring. It gets its name by link(2), which never replaces a file: when two programs start on an
 * empty directory, both use the keyring of the first. */
static err make_file(struct ctx *ctx, const char *directory, const char *path)
{
    char *fresh = arena_format(ctx->arena, "%s.XXXXXX", path);
    int file = mkostemp(fresh, O_CLOEXEC); /* mode 0600 */
    if (file < 0)
        return fail_with(ctx, ERR_INTERNAL, "no file can be made in %s: error %d", directory, errno);
    bool is_made = write_new_key(file) && (link(fresh, path) == 0 || errno == EEXIST);
    int problem = errno;
    close(file);
    unlink(fresh);
    if (!is_made)
        return fail_with(ctx, ERR_INTERNAL, "%s cannot be written: error %d", path, problem);
    int folder = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0 || fsync(folder) != 0)
        log_warning(ctx, "the new keyring may not survive a power failure", "error=%d", errno);
    if (folder >= 0)
        close(folder);
    return NULL;
}

err keyring_load(struct ctx *ctx, const char *directory, const struct keyring **keys)
{
    start_sodium();
    struct keyring *ring = arena_alloc(ctx->arena, sizeof *ring);
    const char *path = arena_format(ctx->arena, "%s/keys", directory);
    bool is_missing;
    TRY(read_file(ctx, path, ring, &is_missing));
    if (is_missing) {
        TRY(make_file(ctx, directory, path));
        TRY(read_file(ctx, path, ring, &is_missing));
        if (is_missing)
            return fail_with(ctx, ERR_INTERNAL, "%s was removed while the program started", path);
    }
    *keys = ring;
    return NULL;
}

const struct keyring *keyring_for_tests(struct arena *arena)
{
    start_sodium();
    struct keyring *ring = arena_alloc(arena, sizeof *ring);
    ring->count = 1;
    ring->keys[0].version = 1;
    randombytes_buf(ring->keys[0].bytes, KEY_BYTES);
    return ring;
}

static const struct key *newest(const struct keyring *keys)
{
    return &keys->keys[keys->count - 1];
}

static const struct key *find_key(const struct keyring *keys, uint32_t version)
{
    for (size_t i = 0; i < keys->count; i++) {
        if (keys->keys[i].version == version)
            return &keys->keys[i];
    }
    return NULL;
}

/* The key for one use ("seal", "index", "sign") and purpose. */
static void derive(const struct key *key, const char *use, const char *purpose,
                   unsigned char derived[KEY_BYTES])
{
    crypto_generichash_state state;
    crypto_generichash_init(&state, key->bytes, KEY_BYTES, KEY_BYTES);
    crypto_generichash_update(&state, (const unsigned char *)use, strlen(use) + 1);
    crypto_generichash_update(&state, (const unsigned char *)purpose, strlen(purpose));
    crypto_generichash_final(&state, derived, KEY_BYTES);
}

struct sealed crypto_seal(struct ctx *ctx, const char *purpose, const char *bytes, size_t length)
{
    const struct key *key = newest(ctx->keys);
    size_t size = BOX_AT + crypto_secretbox_MACBYTES + length;
    unsigned char *out = arena_alloc(ctx->arena, size);
    out[0] = FORMAT;
    for (int i = 0; i < 4; i++)
        out[1 + i] = (unsigned char)(key->version >> (24 - 8 * i));
    randombytes_buf(out + NONCE_AT, crypto_secretbox_NONCEBYTES);
    unsigned char own[KEY_BYTES];
    derive(key, "seal", purpose, own);
    crypto_secretbox_easy(out + BOX_AT, (const unsigned char *)bytes, length, out + NONCE_AT, own);
    sodium_memzero(own, sizeof own);
    return (struct sealed){out, size};
}

err crypto_open(struct ctx *ctx, const char *purpose, struct sealed sealed, const char **text)
{
    if (sealed.len < BOX_AT + crypto_secretbox_MACBYTES || sealed.ptr[0] != FORMAT)
        return fail_with(ctx, ERR_INTERNAL, "this is no sealed data: %s", purpose);
    uint32_t version = 0;
    for (int i = 0; i < 4; i++)
        version = version << 8 | sealed.ptr[1 + i];
    const struct key *key = find_key(ctx->keys, version);
    if (!key)
        return fail_with(ctx, ERR_INTERNAL, "the keyring has no key %u: %s", version, purpose);
    char *opened = arena_alloc(ctx->arena, sealed.len - BOX_AT - crypto_secretbox_MACBYTES + 1);
    unsigned char own[KEY_BYTES];
    derive(key, "seal", purpose, own);
    int result = crypto_secretbox_open_easy((unsigned char *)opened, sealed.ptr + BOX_AT, sealed.len - BOX_AT,
                                            sealed.ptr + NONCE_AT, own);
    sodium_memzero(own, sizeof own);
    if (result != 0)
        return fail_with(ctx, ERR_INTERNAL, "sealed data is damaged or of another purpose: %s", purpose);
    *text = opened;
    return NULL;
}

void crypto_blind_index(const struct ctx *ctx, const char *purpose, const char *text,
                        unsigned char index[CRYPTO_INDEX_BYTES])
{
    unsigned char own[KEY_BYTES];
    derive(&ctx->keys->keys[0], "index", purpose, own);
    crypto_generichash(index, CRYPTO_INDEX_BYTES, (const unsigned char *)text, strlen(text), own, KEY_BYTES);
    sodium_memzero(own, sizeof own);
}

void crypto_sha256(const void *bytes, size_t length, unsigned char hash[CRYPTO_HASH_BYTES])
{
    if (!EVP_Digest(bytes, length, hash, NULL, EVP_sha256(), NULL))
        bug("OpenSSL has no SHA-256");
}

void crypto_hmac_sha256(const void *key, size_t key_length, const void *bytes, size_t length,
                        unsigned char mac[CRYPTO_HASH_BYTES])
{
    crypto_auth_hmacsha256_state state;
    crypto_auth_hmacsha256_init(&state, key ? key : (const unsigned char *)"", key_length);
    crypto_auth_hmacsha256_update(&state, bytes, length);
    crypto_auth_hmacsha256_final(&state, mac);
}

void crypto_hmac_sha1(const void *key, size_t key_length, const void *bytes, size_t length,
                      unsigned char mac[CRYPTO_SHA1_BYTES])
{
    unsigned int size = 0;
    if (!HMAC(EVP_sha1(), key, (int)key_length, bytes, length, mac, &size) || size != CRYPTO_SHA1_BYTES)
        bug("OpenSSL has no HMAC-SHA1");
}

static char *sign_with(struct arena *arena, const struct key *key, const char *purpose, const char *text)
{
    unsigned char own[KEY_BYTES];
    unsigned char mac[CRYPTO_HASH_BYTES];
    derive(key, "sign", purpose, own);
    crypto_hmac_sha256(own, sizeof own, text, strlen(text), mac);
    sodium_memzero(own, sizeof own);
    return crypto_hex(arena, mac, sizeof mac);
}

char *crypto_sign_text(struct ctx *ctx, const char *purpose, const char *text)
{
    return sign_with(ctx->arena, newest(ctx->keys), purpose, text);
}

bool crypto_sign_is_valid(struct ctx *ctx, const char *purpose, const char *text, const char *signature)
{
    if (!signature)
        return false;
    bool is_valid = false;
    for (size_t i = ctx->keys->count; i > 0 && !is_valid; i--)
        is_valid =
            crypto_text_equal(sign_with(ctx->arena, &ctx->keys->keys[i - 1], purpose, text), signature);
    return is_valid;
}

bool crypto_equal(const void *a, const void *b, size_t length)
{
    return sodium_memcmp(a, b, length) == 0;
}

bool crypto_text_equal(const char *a, const char *b)
{
    if (!a || !b)
        return false;
    size_t length = strlen(a);
    return length == strlen(b) && crypto_equal(a, b, length);
}

/* Hashing a password takes 64 MiB on purpose. One at a time keeps a wave of logins from taking the machine's
 * memory; the only thing it can hold up is another login. */
static pthread_mutex_t password_turn = PTHREAD_MUTEX_INITIALIZER;

err crypto_password_hash(struct ctx *ctx, const char *password, const char **hash)
{
    start_sodium();
    char *text = arena_alloc(ctx->arena, crypto_pwhash_STRBYTES);
    pthread_mutex_lock(&password_turn);
    int failed = crypto_pwhash_str(text, password, strlen(password), PASSWORD_OPERATIONS, PASSWORD_MEMORY);
    pthread_mutex_unlock(&password_turn);
    if (failed != 0)
        return fail_with(ctx, ERR_INTERNAL, "not enough memory to hash a password");
    *hash = text;
    return NULL;
}

bool crypto_password_is_valid(const char *password, const char *hash)
{
    start_sodium();
    pthread_mutex_lock(&password_turn);
    bool is_valid = crypto_pwhash_str_verify(hash, password, strlen(password)) == 0;
    pthread_mutex_unlock(&password_turn);
    return is_valid;
}

char *crypto_hex(struct arena *arena, const unsigned char *bytes, size_t length)
{
    char *text = arena_alloc(arena, 2 * length + 1);
    return sodium_bin2hex(text, 2 * length + 1, bytes, length);
}

bool crypto_unhex(const char *text, unsigned char *bytes, size_t length)
{
    size_t got;
    size_t digits = strlen(text);
    return digits == 2 * length && sodium_hex2bin(bytes, length, text, digits, NULL, &got, NULL) == 0 &&
           got == length;
}

char *crypto_base64(struct arena *arena, const unsigned char *bytes, size_t length)
{
    size_t size = sodium_base64_encoded_len(length, sodium_base64_VARIANT_ORIGINAL);
    return sodium_bin2base64(arena_alloc(arena, size), size, bytes, length, sodium_base64_VARIANT_ORIGINAL);
}

char *crypto_base64url(struct arena *arena, const unsigned char *bytes, size_t length)
{
    size_t size = sodium_base64_encoded_len(length, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    return sodium_bin2base64(arena_alloc(arena, size), size, bytes, length,
                             sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}
