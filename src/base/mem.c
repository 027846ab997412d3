/* SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"

#include "base/base.h"

static void *checked(void *ptr)
{
    if (!ptr) {
        base_assert_failed(__FILE__, __LINE__, "out of memory");
    }
    return ptr;
}

void *mem_alloc(size_t size)
{
    return checked(malloc(size ? size : 1));
}

void *mem_zalloc(size_t count, size_t size)
{
    return checked(calloc(count ? count : 1, size));
}

void *mem_resize(void *ptr, size_t count, size_t size)
{
    ASSERT(size == 0 || count <= SIZE_MAX / size);
    size_t bytes = count * size;
    return checked(realloc(ptr, bytes ? bytes : 1));
}

char *mem_text(const void *ptr, size_t len)
{
    char *copy = mem_alloc(len + 1);
    if (len) {
        memcpy(copy, ptr, len);
    }
    copy[len] = '\0';
    return copy;
}

void *mem_grow(void *ptr, size_t count, size_t *cap, size_t size)
{
    if (count < *cap) {
        return ptr;
    }
    size_t grown = size_max(8, *cap * 2);
    ptr = mem_resize(ptr, grown, size);
    *cap = grown;
    return ptr;
}
