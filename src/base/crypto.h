/* crypto.h - sealing, hashing, signing: thin wrappers over libsodium and OpenSSL, no cryptography of our own.
 *
 * The keyring is a file `keys` in the data directory (mode 0600), made at first use, one versioned 256-bit
 * key a line ("1 <64 hex digits>"); the newest seals and signs, all of them open and verify, the oldest makes
 * the blind indexes, which must stay the same. Without it sealed data is lost: `yundian backup` keeps it. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/ctx.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct keyring;

#define CRYPTO_HASH_BYTES 32
#define CRYPTO_INDEX_BYTES 16

/* Loads the keyring of a data directory, making it when there is none. In `arena`. */
CHECKED err keyring_load(struct ctx *ctx, const char *directory, const struct keyring **keys);
/* A keyring of one random key, for tests. */
const struct keyring *keyring_for_tests(struct arena *arena);

/* Seals bytes (XSalsa20-Poly1305, random nonce) for one purpose ("order.phone"); what was sealed for one
 * purpose does not open for another. The result lives in ctx's arena. */
struct sealed {
    const unsigned char *ptr;
    size_t len;
};
struct sealed crypto_seal(struct ctx *ctx, const char *purpose, const char *bytes, size_t length);
/* The text that was sealed, NUL-terminated. ERR_INTERNAL when it is damaged or no key fits. */
CHECKED err crypto_open(struct ctx *ctx, const char *purpose, struct sealed sealed, const char **text);
/* A keyed hash by which sealed data is looked up (BLAKE2b, 128 bits). */
void crypto_blind_index(const struct ctx *ctx, const char *purpose, const char *text,
                        unsigned char index[CRYPTO_INDEX_BYTES]);

void crypto_sha256(const void *bytes, size_t length, unsigned char hash[CRYPTO_HASH_BYTES]);
void crypto_hmac_sha256(const void *key, size_t key_length, const void *bytes, size_t length,
                        unsigned char mac[CRYPTO_HASH_BYTES]);
#define CRYPTO_SHA1_BYTES 20
/* Only for one-time passwords (RFC 6238), where every app expects it. */
void crypto_hmac_sha1(const void *key, size_t key_length, const void *bytes, size_t length,
                      unsigned char mac[CRYPTO_SHA1_BYTES]);
/* An HMAC-SHA256 with a key derived from the keyring for this purpose, as 64 hex digits. (The plain name
 * crypto_sign is libsodium's.) */
char *crypto_sign_text(struct ctx *ctx, const char *purpose, const char *text);
bool crypto_sign_is_valid(struct ctx *ctx, const char *purpose, const char *text, const char *signature);
/* Compares in constant time. */
bool crypto_equal(const void *a, const void *b, size_t length);
bool crypto_text_equal(const char *a, const char *b);

/* Argon2id; about 50 ms and 64 MiB by default. */
CHECKED err crypto_password_hash(struct ctx *ctx, const char *password, const char **hash);
bool crypto_password_is_valid(const char *password, const char *hash);

char *crypto_hex(struct arena *arena, const unsigned char *bytes, size_t length);
bool crypto_unhex(const char *text, unsigned char *bytes, size_t length);
/* RFC 4648, section 4, with padding; crypto_base64url is section 5 without it. */
char *crypto_base64(struct arena *arena, const unsigned char *bytes, size_t length);
char *crypto_base64url(struct arena *arena, const unsigned char *bytes, size_t length);
