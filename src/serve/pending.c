/* SPDX-License-Identifier: Apache-2.0 */
/* An event that waits for its binary parts. What it may hold is bounded by max_payload: the packet
 * itself and the attachments, counted by the session, each. */
#include "serve/session.h"

#include "base/mem.h"

struct serve_pending {
    size_t index; /* of the namespace */
    struct serve_event event;
    uint8_t *text; /* args, then name */
    struct bytes attachments[SIO_ATTACHMENTS_MAX];
    uint32_t count;
};

static void *copy(struct bytes b)
{
    void *to = mem_alloc(b.len + 1);
    if (b.len > 0) {
        memcpy(to, b.ptr, b.len);
    }
    return to;
}

void serve_pending_begin(struct serve_session *ss, size_t index, const struct serve_event *e,
                         uint32_t count)
{
    ASSERT(!ss->pending && count <= SIO_ATTACHMENTS_MAX);
    struct serve_pending *p = mem_zalloc(1, sizeof *p);
    p->index = index;
    p->event = *e;
    p->text = mem_alloc(e->args.len + e->name.len + 1);
    memcpy(p->text, e->args.ptr, e->args.len);
    if (e->name.len > 0) {
        memcpy(p->text + e->args.len, e->name.ptr, e->name.len);
    }
    p->event.args = bytes_of(p->text, e->args.len);
    p->event.name = bytes_of(p->text + e->args.len, e->name.len);
    ss->pending = p;
}

void serve_pending_add(struct serve_session *ss, struct bytes data)
{
    struct serve_pending *p = ss->pending;
    ASSERT(p->count < SIO_ATTACHMENTS_MAX);
    p->attachments[p->count++] = bytes_of(copy(data), data.len);
}

void serve_pending_deliver(struct serve_session *ss)
{
    struct serve_pending *p = ss->pending;
    if (!p) {
        return;
    }
    ss->pending = NULL;
    p->event.attachments = p->attachments;
    p->event.attachment_count = p->count;
    if (ss->joined >> p->index & 1) {
        ss->serve->sockets->namespaces[p->index].event(ss, &p->event);
    }
    serve_pending_free(p);
}

void serve_pending_free(struct serve_pending *p)
{
    if (!p) {
        return;
    }
    for (uint32_t i = 0; i < p->count; i++) {
        free((void *)(uintptr_t)p->attachments[i].ptr);
    }
    free(p->text);
    free(p);
}
