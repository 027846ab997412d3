/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"

#include "base/mem.h"

#include <stdarg.h>
#include <stdio.h>

uint8_t *buf_reserve(struct buf *b, size_t extra)
{
    ASSERT(extra <= SIZE_MAX / 2 - b->len);
    if (b->cap - b->len < extra) {
        b->cap = size_max(size_max(64, b->cap * 2), b->len + extra);
        b->ptr = mem_resize(b->ptr, b->cap, 1);
    }
    return b->ptr + b->len;
}

void buf_put(struct buf *b, const void *ptr, size_t len)
{
    if (len) {
        memcpy(buf_reserve(b, len), ptr, len);
        b->len += len;
    }
}

void buf_put_text(struct buf *b, const char *text)
{
    buf_put(b, text, strlen(text));
}

void buf_printf(struct buf *b, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    va_list again;
    va_copy(again, args);
    int need = vsnprintf(NULL, 0, format, args);
    va_end(args);
    ASSERT(need >= 0);
    char *at = (char *)buf_reserve(b, (size_t)need + 1);
    (void)vsnprintf(at, (size_t)need + 1, format, again);
    va_end(again);
    b->len += (size_t)need;
}

void buf_fini(struct buf *b)
{
    free(b->ptr);
    *b = (struct buf){0};
}
