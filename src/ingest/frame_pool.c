/* SPDX-License-Identifier: Apache-2.0 */
#include "ingest/frame_pool.h"

#include "base/mem.h"

/* A few acknowledgements; a message; many acknowledgements; a read's worth of messages. */
static const struct {
    uint32_t room;
    uint32_t count; /* a power of two */
} classes[FRAME_POOL_CLASSES] = {
    {64, 4096},
    {1024, 1024},
    {16u << 10, 64},
    {FRAME_POOL_MAX, 16},
};

void frame_pool_init(struct frame_pool *p)
{
    *p = (struct frame_pool){0};
    for (size_t i = 0; i < FRAME_POOL_CLASSES; i++) {
        p->rings[i].cap = classes[i].count;
    }
}

void frame_pool_fini(struct frame_pool *p)
{
    for (size_t i = 0; i < FRAME_POOL_CLASSES; i++) {
        struct frame_ring *r = &p->rings[i];
        for (uint32_t k = 0; r->frames && k < r->cap; k++) {
            frame_release(r->frames[k]);
        }
        free(r->frames);
        r->frames = NULL;
    }
}

static struct frame **place(struct frame_ring *r, uint32_t n)
{
    return &r->frames[n & (r->cap - 1)];
}

/* Steps over frames that have come back. With none out it starts from the front again, so a quiet
 * pool stays small and warm. */
static void welcome_back(struct frame_ring *r)
{
    while (r->first != r->next && (*place(r, r->first))->refs == 1) {
        r->first++;
    }
    if (r->first == r->next) {
        r->first = 0;
        r->next = 0;
    }
}

static void give_up_oldest(struct frame_ring *r)
{
    struct frame **oldest = place(r, r->first);
    frame_release(*oldest);
    *oldest = NULL;
    r->first++;
}

static struct frame *take(struct frame_ring *r, uint32_t room)
{
    if (!r->frames) {
        r->frames = mem_zalloc(r->cap, sizeof(struct frame *));
    }
    welcome_back(r);
    if (r->next - r->first == r->cap) {
        give_up_oldest(r);
    }
    struct frame **slot = place(r, r->next++);
    if (*slot == NULL) {
        *slot = frame_new(room);
    }
    return *slot;
}

struct frame *frame_pool_take(struct frame_pool *p, uint32_t size, uint32_t *room)
{
    ASSERT(size <= FRAME_POOL_MAX);
    size_t i = 0;
    while (classes[i].room < size) {
        i++;
    }
    struct frame *f = take(&p->rings[i], classes[i].room);
    ASSERT(f->refs == 1);
    f->head = 0;
    f->len = 0;
    *room = classes[i].room;
    return frame_hold(f);
}
