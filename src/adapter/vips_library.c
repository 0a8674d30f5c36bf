/* vips_library.c - finds the calls of libvips by name. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "adapter/vips_library.h"

#include <dlfcn.h>
#include <stddef.h>
#include <string.h>

#define VIPS_NAME(name) {#name, offsetof(struct vips_library, name)},
static const struct {
    const char *name;
    size_t offset;
} calls[] = {VIPS_CALLS(VIPS_NAME) VIPS_LATER_CALLS(VIPS_NAME)};
#undef VIPS_NAME

bool vips_library_load(struct vips_library *library)
{
    void *handle = dlopen(VIPS_LIBRARY, RTLD_NOW | RTLD_LOCAL);
    for (size_t i = 0; handle && i < sizeof calls / sizeof *calls; i++) {
        void *call = dlsym(handle, calls[i].name);
        if (!call)
            return false;
        /* ISO C has no cast from an object to a function: its bytes are taken over. */
        memcpy((char *)library + calls[i].offset, &call, sizeof call);
    }
    return handle != NULL;
}
