/* SPDX-License-Identifier: Apache-2.0 */
/* The end of a turn: every connection that was given frames sends them, each by a system call of
 * its own, or many in one through a ring. What a send came to is judged in one place either way. */
#include "loop/ring.h"
#include "sys/log.h"

#include <stdatomic.h>

/* ---- the list ---- */

void conn_want_flush(struct conn *c)
{
    if (!c->listed && !c->blocked) {
        c->listed = true;
        c->next_unsent = c->loop->unsent;
        c->loop->unsent = c;
        c->loop->unsent_count++;
    }
}

static struct conn *take_unsent(struct loop *l)
{
    struct conn *c = l->unsent;
    l->unsent = c->next_unsent;
    l->unsent_count--;
    c->listed = false;
    return c;
}

void conn_forget_flush(struct conn *c)
{
    struct conn **at = &c->loop->unsent;
    while (c->listed && *at) {
        if (*at == c) {
            *at = c->next_unsent;
            c->loop->unsent_count--;
            c->listed = false;
            return;
        }
        at = &(*at)->next_unsent;
    }
}

/* ---- in batches ---- */

static void count_batch(const struct loop_sends_counters *to, uint64_t sends)
{
    if (to->sends && sends > 0) {
        atomic_fetch_add_explicit(to->sends, sends, memory_order_relaxed);
        atomic_fetch_add_explicit(to->batches, 1, memory_order_relaxed);
    }
}

static void drop_ring(struct loop *l, const char *why)
{
    log_line(LOG_WARN, "io_uring is not used any more, each connection sends by itself: %s", why);
    ring_close(l->ring);
    l->ring = NULL;
    l->sends = LOOP_SENDS_EACH;
}

static void send_batch(struct loop *l)
{
    const struct ring_result *results;
    unsigned count;
    enum err e = ring_send(l->ring, &results, &count);
    for (unsigned i = 0; i < count; i++) {
        conn_sent(results[i].conn, results[i].result);
    }
    count_batch(&l->counters, count);
    if (e != OK) {
        drop_ring(l, "the kernel did not take a batch");
    }
}

/* A plain connection of which nothing waits from before. */
static bool fits_batch(const struct conn *c)
{
    return !c->tls && c->count > 0 && !c->blocked && !c->closing;
}

static void add_to_batch(struct loop *l, struct conn *c)
{
    struct iovec *parts = ring_parts(l->ring);
    if (!parts) {
        send_batch(l);
        parts = l->ring ? ring_parts(l->ring) : NULL;
    }
    if (parts) {
        ring_add(l->ring, c, conn_gather(c, parts));
    } else {
        conn_flush(c);
    }
}

static void flush_in_batches(struct loop *l)
{
    while (l->unsent) {
        struct conn *c = take_unsent(l);
        if (l->ring && fits_batch(c)) {
            add_to_batch(l, c);
        } else {
            conn_flush(c);
        }
    }
    if (l->ring) {
        send_batch(l);
    }
}

/* The ring is made by the thread that uses it, when it first would be of use. */
static bool has_ring(struct loop *l)
{
    const char *why = "";
    if (!l->ring) {
        l->ring = ring_open(&why);
        if (!l->ring) {
            drop_ring(l, why);
        }
    }
    return l->ring != NULL;
}

static bool batch_pays(const struct loop *l)
{
    return l->unsent_count >= (l->sends == LOOP_SENDS_BATCHED ? 1 : LOOP_BATCH_LEAST);
}

void conn_flush_all(struct loop *l)
{
    if (l->sends != LOOP_SENDS_EACH && batch_pays(l) && has_ring(l)) {
        flush_in_batches(l);
        return;
    }
    while (l->unsent) {
        conn_flush(take_unsent(l));
    }
}

/* ---- the choice ---- */

const char *loop_batch_trouble(void)
{
    const char *why = NULL;
    struct ring *r = ring_open(&why);
    ring_close(r);
    return r ? NULL : why;
}

void loop_send_by(struct loop *l, enum loop_sends how, struct loop_sends_counters counters)
{
    l->sends = how;
    l->counters = counters;
}
