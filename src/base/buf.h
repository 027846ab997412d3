/* SPDX-License-Identifier: Apache-2.0 */
/* A growing byte buffer for what we write: frames, journal rows, answers. What a peer sends is
 * bounded before it comes here. Keeps its memory over buf_clear, so a warm buffer never allocates.
 */
#ifndef TELLTALE_BASE_BUF_H
#define TELLTALE_BASE_BUF_H

#include "base/bytes.h"

struct buf {
    uint8_t *ptr;
    size_t len;
    size_t cap;
};

/* Makes room for `extra` more bytes and returns where they begin; does not change len. */
uint8_t *buf_reserve(struct buf *b, size_t extra);

void buf_put(struct buf *b, const void *ptr, size_t len);
void buf_put_text(struct buf *b, const char *text);

static inline void buf_put_bytes(struct buf *b, struct bytes s)
{
    buf_put(b, s.ptr, s.len);
}

static inline void buf_put_byte(struct buf *b, uint8_t c)
{
    if (b->len == b->cap) {
        (void)buf_reserve(b, 1);
    }
    b->ptr[b->len++] = c;
}

/* Appends as snprintf would print it. */
__attribute__((format(printf, 2, 3))) void buf_printf(struct buf *b, const char *format, ...);

static inline void buf_clear(struct buf *b)
{
    b->len = 0;
}

static inline struct bytes buf_bytes(const struct buf *b)
{
    return bytes_of(b->ptr, b->len);
}

/* Frees the memory; the buffer is empty and usable again. */
void buf_fini(struct buf *b);

#endif
