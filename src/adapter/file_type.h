/* file_type.h - what a file is, by its bytes: libmagic, the library of file(1). Private to this folder.
 *
 * It knows what a file is not, too (a PDF, a program), which the picture library does not say, and tells MP4
 * from QuickTime and WebM from Matroska without unpacking anything. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/ctx.h"

/* The media type, "application/octet-stream" for anything unknown. */
CHECKED err file_type_identify(struct ctx *ctx, const char *path, const char **type);
