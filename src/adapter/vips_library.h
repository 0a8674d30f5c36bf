/* vips_library.h - the calls of libvips, looked up when the first picture comes.
 *
 * libvips stands on sixty other libraries. A shop whose pictures are made holds ten megabytes less without
 * them, and starts quicker. Private. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <stdbool.h>
#include <vips/vips.h>

#define VIPS_CALLS(X)                                                                                        \
    X(vips_init)                                                                                             \
    X(g_free)                                                                                                \
    X(g_log_set_handler)                                                                                     \
    X(g_object_unref)                                                                                        \
    X(g_strfreev)                                                                                            \
    X(vips_area_unref)                                                                                       \
    X(vips_array_double_new)                                                                                 \
    X(vips_black)                                                                                            \
    X(vips_cache_set_max)                                                                                    \
    X(vips_cache_set_max_mem)                                                                                \
    X(vips_cast_uchar)                                                                                       \
    X(vips_colourspace)                                                                                      \
    X(vips_concurrency_set)                                                                                  \
    X(vips_copy)                                                                                             \
    X(vips_error_buffer)                                                                                     \
    X(vips_error_clear)                                                                                      \
    X(vips_flatten)                                                                                          \
    X(vips_foreign_find_load)                                                                                \
    X(vips_heifsave)                                                                                         \
    X(vips_heifsave_buffer)                                                                                  \
    X(vips_image_copy_memory)                                                                                \
    X(vips_image_get_fields)                                                                                 \
    X(vips_image_get_height)                                                                                 \
    X(vips_image_get_orientation_swap)                                                                       \
    X(vips_image_get_width)                                                                                  \
    X(vips_image_hasalpha)                                                                                   \
    X(vips_image_new_from_file)                                                                              \
    X(vips_image_remove)                                                                                     \
    X(vips_image_write_to_memory)                                                                            \
    X(vips_insert)                                                                                           \
    X(vips_jpegsave)                                                                                         \
    X(vips_jpegsave_buffer)                                                                                  \
    X(vips_svgload_buffer)                                                                                   \
    X(vips_thread_shutdown)                                                                                  \
    X(vips_thumbnail)                                                                                        \
    X(vips_thumbnail_image)                                                                                  \
    X(vips_webpsave)
#if VIPS_MAJOR_VERSION > 8 || VIPS_MINOR_VERSION >= 13
#define VIPS_LATER_CALLS(X) X(vips_block_untrusted_set) X(vips_operation_block_set)
#else
#define VIPS_LATER_CALLS(X)
#endif

#define VIPS_MEMBER(name) __typeof__ (&(name))(name);
struct vips_library {
    VIPS_CALLS(VIPS_MEMBER)
    VIPS_LATER_CALLS(VIPS_MEMBER)
};
#undef VIPS_MEMBER

/* The interface that the headers declare (Debian 12 and later). */
#define VIPS_LIBRARY "libvips.so.42"

/* False when the library is not installed or lacks one of them. */
bool vips_library_load(struct vips_library *library);
