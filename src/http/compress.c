/* compress.c - gzip by zlib and brotli, whole replies at a time. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "http/prepared.h"
#include <brotli/encode.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#define GZIP_WINDOW (15 + 16) /* with the gzip header */
#define BROTLI_WINDOW 20
/* Smaller replies fit one packet anyhow. */
#define COMPRESS_FROM 1024

struct deflater {
    z_stream stream;
};

struct deflater *deflater_open(int level)
{
    struct deflater *deflater = calloc(1, sizeof *deflater);
    if (deflater == NULL ||
        deflateInit2(&deflater->stream, level, Z_DEFLATED, GZIP_WINDOW, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        bug("zlib does not start");
    return deflater;
}

void deflater_close(struct deflater *deflater)
{
    deflateEnd(&deflater->stream);
    free(deflater);
}

char *deflater_run(struct deflater *deflater, const char *bytes, size_t length, size_t *compressed)
{
    z_stream *stream = &deflater->stream;
    if (deflateReset(stream) != Z_OK)
        bug("zlib does not start again");
    char *out = malloc(length);
    if (out == NULL)
        bug("out of memory");
    stream->next_in = (Bytef *)(uintptr_t)bytes;
    stream->avail_in = (uInt)length;
    stream->next_out = (Bytef *)out;
    stream->avail_out = (uInt)length;
    if (deflate(stream, Z_FINISH) != Z_STREAM_END) { /* no room: not smaller */
        free(out);
        return NULL;
    }
    *compressed = length - stream->avail_out;
    char *shorter = realloc(out, *compressed);
    return shorter ? shorter : out;
}

char *compress_brotli(const char *bytes, size_t length, int quality, size_t *compressed)
{
    size_t room = BrotliEncoderMaxCompressedSize(length);
    char *out = malloc(room);
    if (out == NULL)
        bug("out of memory");
    if (!BrotliEncoderCompress(quality, BROTLI_WINDOW, BROTLI_MODE_TEXT, length, (const uint8_t *)bytes,
                               &room, (uint8_t *)out) ||
        room >= length) {
        free(out);
        return NULL;
    }
    *compressed = room;
    char *shorter = realloc(out, room);
    return shorter ? shorter : out;
}

bool compress_pays(const char *content_type, size_t length)
{
    static const char *const types[] = {"text/",
                                        "application/json",
                                        "application/problem+json",
                                        "image/svg+xml",
                                        "application/javascript",
                                        "application/xml",
                                        "application/wasm",
                                        "application/manifest+json",
                                        "application/rss+xml"};
    if (length < COMPRESS_FROM || content_type == NULL)
        return false;
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (text_starts(content_type, types[i]))
            return true;
    return false;
}
