/* sheet_charset.c - finding the encoding of a text by its bytes.
 *
 * Valid UTF-8 is UTF-8: text in GBK is hardly ever. A text that is UTF-8 but for a few bytes is UTF-8 too,
 * and its bad rows are told one by one; taken for GBK it would be nonsense throughout. Everything else must
 * be GB18030 from its first byte to its last. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "sheet/sheet_parts.h"

#include "base/text.h"
#include <errno.h>
#include <iconv.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#define BLOCK_BYTES 65536
/* Characters beyond ASCII for each bad byte, from which a text counts as UTF-8 with mistakes. */
#define GOOD_FOR_BAD 10

struct tally {
    int64_t good;     /* characters beyond ASCII */
    int64_t bad;      /* bytes that belong to no character */
    int64_t line;     /* the one being read */
    int64_t bad_line; /* of the first bad byte */
};

const char *charset_name(enum charset charset)
{
    static const char *const names[] = {"UTF-8", "UTF-16LE", "UTF-16BE", "GB18030"};
    return names[charset];
}

static err read_block(struct ctx *ctx, int file, char *bytes, size_t room, size_t *got)
{
    ssize_t count;
    do
        count = read(file, bytes, room);
    while (count < 0 && errno == EINTR);
    if (count < 0)
        return fail_with(ctx, ERR_BAD_REQUEST, "the file cannot be read (errno %d)", errno);
    *got = (size_t)count;
    return NULL;
}

static int64_t count_lines(const char *bytes, size_t length)
{
    int64_t lines = 0;
    const char *end = bytes + length;
    for (const char *at = bytes; (at = memchr(at, '\n', (size_t)(end - at))); at++)
        lines++;
    return lines;
}

/* Counts the characters of a block; returns how many of its bytes are done with: all but a character that the
 * block cuts. */
static size_t count_characters(struct tally *tally, const char *bytes, size_t length, bool is_last)
{
    size_t at = 0;
    while (at < length) {
        unsigned char c = (unsigned char)bytes[at];
        if (c < 0x80) {
            tally->line += c == '\n';
            at++;
            continue;
        }
        size_t size = c >= 0xF0 ? 4 : c >= 0xE0 ? 3 : 2;
        if (size > length - at && !is_last)
            return at;
        if (size <= length - at && utf8_is_valid(bytes + at, size)) {
            tally->good++;
            at += size;
            continue;
        }
        if (tally->bad++ == 0)
            tally->bad_line = tally->line;
        at++;
    }
    return at;
}

/* Reads on to the end of the file. */
static err count_file(struct ctx *ctx, int file, struct tally *tally)
{
    char bytes[BLOCK_BYTES];
    size_t kept = 0;
    size_t got;
    do {
        TRY(read_block(ctx, file, bytes + kept, sizeof bytes - kept, &got));
        size_t length = kept + got;
        size_t done = count_characters(tally, bytes, length, got == 0);
        kept = length - done;
        memmove(bytes, bytes + done, kept);
    } while (got > 0);
    return NULL;
}

/* Where the bytes stop being text of that encoding: the line, or 0 when they never do. */
static err try_charset(struct ctx *ctx, int file, iconv_t converter, int64_t *bad_line)
{
    char bytes[BLOCK_BYTES];
    char text[BLOCK_BYTES];
    int64_t line = 1;
    size_t kept = 0;
    size_t got;
    *bad_line = 0;
    do {
        TRY(read_block(ctx, file, bytes + kept, sizeof bytes - kept, &got));
        char *in = bytes;
        size_t left = kept + got;
        int problem = E2BIG;
        while (problem == E2BIG) {
            char *out = text;
            size_t room = sizeof text;
            problem = iconv(converter, &in, &left, &out, &room) == (size_t)-1 ? errno : 0;
            line += count_lines(text, sizeof text - room);
        }
        if (problem == EILSEQ || (left > 0 && got == 0)) {
            *bad_line = line;
            return NULL;
        }
        kept = left;
        memmove(bytes, in, kept);
    } while (got > 0);
    return NULL;
}

static err must_be(struct ctx *ctx, int file, enum charset charset, int64_t *bad_line)
{
    iconv_t converter = iconv_open("UTF-8", charset_name(charset));
    if (converter == (iconv_t)-1)
        return fail_with(ctx, ERR_INTERNAL, "iconv knows no %s", charset_name(charset));
    err failure = try_charset(ctx, file, converter, bad_line);
    iconv_close(converter);
    return failure;
}

static err find_by_bytes(struct ctx *ctx, int file, enum charset *charset)
{
    struct tally tally = {.line = 1};
    int64_t bad_line;
    *charset = CHARSET_UTF8;
    TRY(count_file(ctx, file, &tally));
    if (tally.bad <= tally.good / GOOD_FOR_BAD)
        return NULL;
    if (lseek(file, 0, SEEK_SET) < 0)
        return fail_with(ctx, ERR_BAD_REQUEST, "the file cannot be read twice (errno %d)", errno);
    TRY(must_be(ctx, file, CHARSET_GB18030, &bad_line));
    if (bad_line > 0)
        return fail_with(ctx, ERR_INVALID,
                         "line %" PRId64
                         " is neither UTF-8 nor GB18030 (GBK); save the file as \"CSV UTF-8\"",
                         tally.bad_line > bad_line ? tally.bad_line : bad_line);
    *charset = CHARSET_GB18030;
    return NULL;
}

err charset_find(struct ctx *ctx, int file, enum charset *charset)
{
    char mark[2];
    size_t got;
    int64_t bad_line;
    TRY(read_block(ctx, file, mark, sizeof mark, &got));
    bool is_little = got == 2 && memcmp(mark, "\xFF\xFE", 2) == 0;
    bool is_big = got == 2 && memcmp(mark, "\xFE\xFF", 2) == 0;
    if (!is_little && !is_big) {
        if (lseek(file, 0, SEEK_SET) < 0)
            return fail_with(ctx, ERR_BAD_REQUEST, "this is no file that can be read twice (errno %d)",
                             errno);
        return find_by_bytes(ctx, file, charset);
    }
    *charset = is_little ? CHARSET_UTF16LE : CHARSET_UTF16BE;
    TRY(must_be(ctx, file, *charset, &bad_line));
    if (bad_line > 0)
        return fail_with(ctx, ERR_INVALID,
                         "line %" PRId64 " is no valid UTF-16; save the file as \"CSV UTF-8\"", bad_line);
    return NULL;
}
