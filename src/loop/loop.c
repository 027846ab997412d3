/* SPDX-License-Identifier: Apache-2.0 */
/* The turn itself: time, hook, sends; and timers. */
#include "loop/loop.h"

#include "base/mem.h"
#include "loop/internal.h"
#include "loop/ring.h"
#include "loop/tls_internal.h"
#include "sys/clock.h"

#include <stdatomic.h>

static void read_clocks(struct loop *l)
{
    l->wall_ms = clock_wall_ms();
    l->mono_ns = clock_mono_ns();
    atomic_store_explicit(&l->turned_ns, l->mono_ns, memory_order_relaxed);
}

/* libuv waits between prepare and check. What a turn made leaves before it waits. */
static void before_wait(uv_prepare_t *handle)
{
    struct loop *l = CONTAINER_OF(handle, struct loop, prepare);
    if (l->turn) {
        l->turn(l->turn_ctx);
    }
    conn_flush_all(l);
    l->busy_ns = clock_mono_ns() - l->mono_ns;
    l->waiting = true;
    l->mail_due = true;
}

/* libuv calls pollers before check handles: the first poller of a turn reads the time, or, when
 * only timers are due, this does. */
static void after_wait(uv_check_t *handle)
{
    loop_woke(CONTAINER_OF(handle, struct loop, check));
}

void loop_woke(struct loop *l)
{
    if (l->waiting) {
        l->waiting = false;
        read_clocks(l);
    }
}

static void on_stop(uv_async_t *handle)
{
    uv_stop(handle->loop);
}

enum err loop_init(struct loop *l)
{
    *l = (struct loop){0};
    if (uv_loop_init(&l->uv) != 0) {
        return ERR_IO;
    }
    l->receive = mem_alloc(LOOP_RECEIVE_BYTES);
    read_clocks(l);
    if (uv_prepare_init(&l->uv, &l->prepare) != 0 || uv_check_init(&l->uv, &l->check) != 0 ||
        uv_async_init(&l->uv, &l->stop, on_stop) != 0 ||
        uv_prepare_start(&l->prepare, before_wait) != 0 ||
        uv_check_start(&l->check, after_wait) != 0) {
        return ERR_IO;
    }
    return OK;
}

void loop_run(struct loop *l)
{
    (void)uv_run(&l->uv, UV_RUN_DEFAULT);
}

void loop_stop(struct loop *l)
{
    uv_stop(&l->uv);
}

void loop_stop_from_any(struct loop *l)
{
    (void)uv_async_send(&l->stop);
}

static void close_handle(uv_handle_t *handle, void *arg)
{
    (void)arg;
    if (!uv_is_closing(handle)) {
        uv_close(handle, NULL);
    }
}

static void do_work(uv_work_t *handle)
{
    struct loop_work *w = CONTAINER_OF(handle, struct loop_work, uv);
    w->work(w->ctx);
}

static void work_done(uv_work_t *handle, int status)
{
    struct loop_work *w = CONTAINER_OF(handle, struct loop_work, uv);
    (void)status; /* nothing here cancels */
    loop_woke(w->loop);
    w->done(w->ctx, w->loop->ending ? LOOP_WORK_LATE : LOOP_WORK_DONE);
}

void loop_work_start(struct loop *l, struct loop_work *w, void (*work)(void *ctx),
                     void (*done)(void *ctx, enum loop_work_end end), void *ctx)
{
    w->loop = l;
    w->work = work;
    w->done = done;
    w->ctx = ctx;
    int e = uv_queue_work(&l->uv, &w->uv, do_work, work_done);
    ASSERT(e == 0);
}

void loop_fini(struct loop *l)
{
    l->ending = true;
    uv_walk(&l->uv, close_handle, NULL);
    /* Once more where somebody had asked it to stop. */
    while (uv_run(&l->uv, UV_RUN_DEFAULT) != 0) {
    }
    (void)uv_loop_close(&l->uv);
    free(l->receive);
    l->receive = NULL;
    ring_close(l->ring);
    l->ring = NULL;
    loop_tls_free(l);
}

void loop_on_turn(struct loop *l, void (*turn)(void *ctx), void *ctx)
{
    l->turn = turn;
    l->turn_ctx = ctx;
}

static void timer_fired(uv_timer_t *handle)
{
    struct loop_timer *t = CONTAINER_OF(handle, struct loop_timer, uv);
    loop_woke(t->loop);
    t->fire(t->ctx);
}

void loop_timer_start(struct loop *l, struct loop_timer *t, uint64_t delay_ms, uint64_t repeat_ms,
                      void (*fire)(void *ctx), void *ctx)
{
    if (!t->made) {
        (void)uv_timer_init(&l->uv, &t->uv);
        t->made = true;
    }
    t->loop = l;
    t->fire = fire;
    t->ctx = ctx;
    (void)uv_timer_start(&t->uv, timer_fired, delay_ms, repeat_ms);
}

static void timer_closed(uv_handle_t *handle)
{
    struct loop_timer *t = CONTAINER_OF((uv_timer_t *)(void *)handle, struct loop_timer, uv);
    if (t->closed) {
        t->closed(t->ctx);
    }
}

void loop_timer_close(struct loop_timer *t, void (*closed)(void *ctx))
{
    if (!t->made) {
        if (closed) {
            closed(t->ctx);
        }
        return;
    }
    t->made = false;
    t->closed = closed;
    uv_close((uv_handle_t *)&t->uv, timer_closed);
}
