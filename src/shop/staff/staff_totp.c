/* staff_totp.c - time-based one-time passwords. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/staff/staff_totp.h"

#include "base/crypto.h"

#define CODE_BOUND 1000000

uint32_t totp_code(const unsigned char *secret, size_t length, int64_t step)
{
    unsigned char counter[8], mac[CRYPTO_SHA1_BYTES];
    for (int i = 0; i < 8; i++)
        counter[i] = (unsigned char)((uint64_t)step >> (56 - 8 * i));
    crypto_hmac_sha1(secret, length, counter, sizeof counter, mac);
    const unsigned char *part = mac + (mac[CRYPTO_SHA1_BYTES - 1] & 0x0f);
    uint32_t number =
        (uint32_t)(part[0] & 0x7f) << 24 | (uint32_t)part[1] << 16 | (uint32_t)part[2] << 8 | part[3];
    return number % CODE_BOUND;
}

int64_t totp_find_step(const unsigned char *secret, size_t length, int64_t now, int64_t last_step,
                       uint32_t code)
{
    int64_t present = now / TOTP_STEP_MS, found = 0;
    for (int64_t step = present - TOTP_DRIFT; step <= present + TOTP_DRIFT; step++)
        if (totp_code(secret, length, step) == code && step > last_step && found == 0)
            found = step;
    return found;
}

char *totp_base32(struct arena *arena, const unsigned char *bytes, size_t length)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    char *text = arena_alloc(arena, (length * 8 + 4) / 5 + 1);
    size_t at = 0;
    uint32_t held = 0;
    int bits = 0;
    for (size_t i = 0; i < length; i++) {
        held = held << 8 | bytes[i];
        for (bits += 8; bits >= 5; bits -= 5)
            text[at++] = letters[held >> (bits - 5) & 31];
    }
    if (bits > 0)
        text[at++] = letters[held << (5 - bits) & 31];
    return text;
}
