/* SPDX-License-Identifier: Apache-2.0 */
#include "base/frame.h"

#include "base/mem.h"

struct frame *frame_new(uint32_t len)
{
    struct frame *f = mem_alloc(sizeof *f + len);
    f->refs = 1;
    f->head = 0;
    f->len = len;
    return f;
}

struct frame *frame_of(struct bytes head, struct bytes payload)
{
    ASSERT(head.len + payload.len <= UINT32_MAX);
    struct frame *f = frame_new((uint32_t)(head.len + payload.len));
    f->head = (uint32_t)head.len;
    if (head.len) {
        memcpy(f->data, head.ptr, head.len);
    }
    if (payload.len) {
        memcpy(f->data + head.len, payload.ptr, payload.len);
    }
    return f;
}

void frame_release(struct frame *f)
{
    if (f) {
        ASSERT(f->refs > 0);
        if (--f->refs == 0) {
            free(f);
        }
    }
}
