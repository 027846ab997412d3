/* SPDX-License-Identifier: Apache-2.0 */
/* A frame: bytes made once and sent to many sockets. Immutable and counted; the counter belongs to
 * the thread that made the frame, so frames never cross threads.
 *
 * A WebSocket text frame and its payload share one memory: `head` bytes of framing come first, and
 * a reader that wants no framing (HTTP long-polling) takes the rest. */
#ifndef TELLTALE_BASE_FRAME_H
#define TELLTALE_BASE_FRAME_H

#include "base/bytes.h"

struct frame {
    uint32_t refs;
    uint32_t head; /* bytes of framing before the payload */
    uint32_t len;  /* of everything, framing included */
    uint8_t data[];
};

/* A frame of `len` bytes with one reference, to be filled by its maker before it is shared.
 * Aborts when memory ends: `len` is bounded by the caller. */
struct frame *frame_new(uint32_t len);

/* A filled frame of head and payload. */
struct frame *frame_of(struct bytes head, struct bytes payload);

static inline struct frame *frame_hold(struct frame *f)
{
    f->refs++;
    return f;
}

/* Gives back one reference; NULL is fine. */
void frame_release(struct frame *f);

static inline struct bytes frame_payload(const struct frame *f)
{
    return bytes_of(f->data + f->head, f->len - f->head);
}

#endif
