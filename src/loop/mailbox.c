/* SPDX-License-Identifier: Apache-2.0 */
/* Mail between threads: a ring under a mutex and a wake-up. Posts come once a turn, not once a
 * message, so the lock is taken a few thousand times a second at most and is held for a copy of 24
 * bytes. */
#include "loop/internal.h"

#include "base/mem.h"

#include <pthread.h>

/* Copied out under one lock. */
#define DELIVER_AT_ONCE 64

struct mailbox {
    uv_async_t wake;
    pthread_mutex_t lock;
    struct loop *loop;
    struct mailbox *next; /* of the same loop */
    void (*deliver)(void *ctx, const struct mail *m);
    void *ctx;
    size_t head, count, cap;
    struct mail ring[];
};

static size_t take_some(struct mailbox *mb, struct mail out[DELIVER_AT_ONCE])
{
    size_t n = 0;
    pthread_mutex_lock(&mb->lock);
    while (mb->count && n < DELIVER_AT_ONCE) {
        out[n++] = mb->ring[mb->head];
        mb->head = (mb->head + 1) % mb->cap;
        mb->count--;
    }
    pthread_mutex_unlock(&mb->lock);
    return n;
}

/* Empties the box as it stands, and no more: the sockets get their turn. */
static void empty_box(struct mailbox *mb)
{
    struct mail some[DELIVER_AT_ONCE];
    size_t left = mailbox_count(mb);
    while (left) {
        size_t n = take_some(mb, some);
        for (size_t i = 0; i < n; i++) {
            mb->deliver(mb->ctx, &some[i]);
        }
        left = n < left ? left - n : 0;
    }
    if (mailbox_count(mb)) {
        (void)uv_async_send(&mb->wake);
    }
}

static void on_wake(uv_async_t *handle)
{
    struct mailbox *mb = CONTAINER_OF(handle, struct mailbox, wake);
    loop_woke(mb->loop);
    empty_box(mb);
}

void mailboxes_empty(struct loop *l)
{
    if (!l->mail_due) {
        return;
    }
    l->mail_due = false;
    for (struct mailbox *mb = l->mailboxes; mb; mb = mb->next) {
        empty_box(mb);
    }
}

struct mailbox *mailbox_new(struct loop *l, size_t cap,
                            void (*deliver)(void *ctx, const struct mail *m), void *ctx)
{
    struct mailbox *mb = mem_zalloc(1, sizeof *mb + cap * sizeof(struct mail));
    mb->loop = l;
    mb->next = l->mailboxes;
    l->mailboxes = mb;
    mb->cap = cap;
    mb->deliver = deliver;
    mb->ctx = ctx;
    ASSERT(pthread_mutex_init(&mb->lock, NULL) == 0);
    ASSERT(uv_async_init(&l->uv, &mb->wake, on_wake) == 0);
    return mb;
}

enum err mailbox_post(struct mailbox *mb, struct mail m)
{
    pthread_mutex_lock(&mb->lock);
    bool full = mb->count == mb->cap;
    bool first = mb->count == 0;
    if (!full) {
        mb->ring[(mb->head + mb->count) % mb->cap] = m;
        mb->count++;
    }
    pthread_mutex_unlock(&mb->lock);
    if (full) {
        return ERR_FULL;
    }
    if (first) {
        (void)uv_async_send(&mb->wake);
    }
    return OK;
}

size_t mailbox_count(struct mailbox *mb)
{
    pthread_mutex_lock(&mb->lock);
    size_t count = mb->count;
    pthread_mutex_unlock(&mb->lock);
    return count;
}

void mailbox_free(struct mailbox *mb, void (*discard)(void *ctx, const struct mail *m))
{
    struct mail m[DELIVER_AT_ONCE];
    size_t n;
    if (!mb) {
        return;
    }
    while ((n = take_some(mb, m)) > 0) {
        for (size_t i = 0; i < n; i++) {
            (discard ? discard : mb->deliver)(mb->ctx, &m[i]);
        }
    }
    pthread_mutex_destroy(&mb->lock);
    free(mb);
}
