/* SPDX-License-Identifier: Apache-2.0 */
/* A connection: one recv a readiness, and one output queue that is the only way to the socket.
 *
 * Frames queued during a turn leave together, in one send, when the turn ends (flush.c). What the
 * kernel refuses stays queued, writability is awaited, and nothing is tried before it comes. The
 * queue is a ring of frame pointers that lives inside the struct until more than four wait; it goes
 * back there when it has emptied, so an idle connection owns no memory. */
#include "loop/internal.h"
#include "loop/tls_internal.h"

#include "base/mem.h"

#include <errno.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

static void update_poll(struct conn *c);

/* ---- queue ---- */

static struct frame **slot(struct conn *c, uint32_t i)
{
    return &c->frames[(c->head + i) & (c->cap - 1)];
}

static void grow_queue(struct conn *c)
{
    uint32_t cap = c->cap * 4; /* a burst of readings is many frames at once */
    struct frame **wider = mem_zalloc(cap, sizeof(struct frame *));
    for (uint32_t i = 0; i < c->count; i++) {
        wider[i] = *slot(c, i);
    }
    if (c->frames != c->inlined) {
        free(c->frames);
    }
    c->frames = wider;
    c->cap = cap;
    c->head = 0;
}

static void shrink_queue(struct conn *c)
{
    if (c->frames != c->inlined) {
        free(c->frames);
    }
    c->frames = c->inlined;
    c->cap = CONN_INLINE_FRAMES;
    c->head = 0;
}

static void pop_first(struct conn *c)
{
    struct frame *f = *slot(c, 0);
    c->head = (c->head + 1) & (c->cap - 1);
    c->count--;
    frame_release(f);
}

static void drop_queue(struct conn *c)
{
    while (c->count) {
        pop_first(c);
    }
    c->queued_bytes = 0;
    c->sent = 0;
    shrink_queue(c);
}

/* ---- sending ---- */

unsigned conn_gather(struct conn *c, struct iovec parts[CONN_SEND_FRAMES])
{
    unsigned n = 0;
    for (; n < c->count && n < CONN_SEND_FRAMES; n++) {
        struct frame *f = *slot(c, n);
        uint32_t skip = n == 0 ? c->sent : 0;
        parts[n] = (struct iovec){f->data + skip, f->len - skip};
    }
    return n;
}

void conn_took(struct conn *c, size_t bytes)
{
    c->queued_bytes -= (uint32_t)bytes;
    while (bytes) {
        uint32_t left = (*slot(c, 0))->len - c->sent;
        if (bytes < left) {
            c->sent += (uint32_t)bytes;
            return;
        }
        bytes -= left;
        c->sent = 0;
        pop_first(c);
    }
}

struct bytes conn_first(struct conn *c)
{
    const struct frame *f = *slot(c, 0);
    return bytes_of(f->data + c->sent, f->len - c->sent);
}

/* The common case of a live client; a plain send spares the kernel the copy of two structs. */
static ssize_t send_one(struct conn *c)
{
    struct bytes b = conn_first(c);
    return send(c->fd, b.ptr, b.len, MSG_DONTWAIT | MSG_NOSIGNAL);
}

static ssize_t send_many(struct conn *c)
{
    struct iovec parts[CONN_SEND_FRAMES];
    struct msghdr m = {.msg_iov = parts, .msg_iovlen = conn_gather(c, parts)};
    return sendmsg(c->fd, &m, MSG_DONTWAIT | MSG_NOSIGNAL);
}

static ssize_t send_sealed(struct conn *c)
{
    struct bytes b = tls_seal(c);
    ssize_t n = b.len ? send(c->fd, b.ptr, b.len, MSG_DONTWAIT | MSG_NOSIGNAL) : 0;
    int e = errno;
    tls_sent(c, b, n > 0 ? (size_t)n : 0);
    errno = e;
    return n;
}

static ssize_t send_plain(struct conn *c)
{
    ssize_t n = c->count == 1 ? send_one(c) : send_many(c);
    if (n > 0) {
        conn_took(c, (size_t)n);
    }
    return n;
}

/* What came of a send: bytes, or -errno. False when the kernel takes no more or the connection
 * failed. */
static bool goes_on(struct conn *c, ssize_t result)
{
    if (result >= 0 || result == -EINTR) {
        return true;
    }
    if (result == -EAGAIN) {
        c->blocked = true;
        update_poll(c);
    } else {
        c->why = ERR_IO;
        conn_close(c);
    }
    return false;
}

/* One system call. False as goes_on. */
static bool send_some(struct conn *c)
{
    ssize_t n = c->tls ? send_sealed(c) : send_plain(c);
    ssize_t result = n < 0 ? -errno : n;
    if (conn_tls_fault(c) != TLS_FAULT_NONE) {
        conn_close(c);
        return false;
    }
    return goes_on(c, result);
}

/* Whether a send now would have something to say. */
static bool has_words(const struct conn *c)
{
    return c->tls ? tls_has_words(c) : c->count > 0;
}

void conn_flush(struct conn *c)
{
    while (has_words(c) && !c->blocked && !c->closing) {
        if (!send_some(c)) {
            return;
        }
    }
    if (conn_queued(c) == 0 && !c->closing) {
        shrink_queue(c);
        if (c->finishing) {
            conn_close(c);
        } else if (c->ending) {
            (void)shutdown(c->fd, SHUT_WR);
        }
    }
}

void conn_sent(struct conn *c, int result)
{
    if (result > 0) {
        conn_took(c, (size_t)result);
    }
    if (goes_on(c, result)) {
        conn_flush(c);
    }
}

void conn_send(struct conn *c, struct frame *take_f)
{
    if (c->closing || c->finishing || c->ending || take_f->len == 0) {
        frame_release(take_f);
        return;
    }
    if (c->count == c->cap) {
        grow_queue(c);
    }
    *slot(c, c->count++) = take_f;
    c->queued_bytes += take_f->len;
    conn_want_flush(c);
}

void conn_send_first(struct conn *c, struct frame *take_f)
{
    uint32_t before = c->count;
    conn_send(c, take_f);
    uint32_t place = c->sent ? 1 : 0; /* a frame that has begun to leave goes first */
    if (c->count == before || before <= place) {
        return;
    }
    for (uint32_t i = before; i > place; i--) {
        *slot(c, i) = *slot(c, i - 1);
    }
    *slot(c, place) = take_f;
}

/* ---- readiness ---- */

static void open_sealed(struct conn *c, size_t len)
{
    size_t got;
    enum tls_progress p = tls_receive(c, len, &got);
    if (got) {
        c->on->received(c, bytes_of(c->loop->receive, got));
    }
    if (c->closing) {
        return;
    }
    if (p != TLS_GOES_ON) {
        conn_close(c);
    } else if (has_words(c)) {
        conn_want_flush(c);
    }
}

static void receive(struct conn *c)
{
    struct loop *l = c->loop;
    ssize_t n = c->tls ? recv(c->fd, tls_input(c), TLS_INPUT_BYTES, MSG_DONTWAIT)
                       : recv(c->fd, l->receive, LOOP_RECEIVE_BYTES, MSG_DONTWAIT);
    if (n > 0 && c->tls) {
        open_sealed(c, (size_t)n);
        return;
    }
    if (n > 0) {
        c->on->received(c, bytes_of(l->receive, (size_t)n));
        return;
    }
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) {
        return;
    }
    c->why = n == 0 ? ERR_CLOSED : ERR_IO;
    conn_close(c);
}

static void unblock(struct conn *c)
{
    c->blocked = false;
    update_poll(c);
    conn_flush(c);
    if (!c->closing && !c->blocked && c->on->drained) {
        c->on->drained(c);
    }
}

/* A reset: what came before it, such as the alert that says why, is still there to be read. */
static void hear_last_words(struct conn *c)
{
    if (c->reading && !c->closing) {
        receive(c);
    }
    if (!c->closing) {
        c->why = ERR_IO;
        conn_close(c);
    }
}

static void on_ready(uv_poll_t *handle, int status, int events)
{
    struct conn *c = CONTAINER_OF(handle, struct conn, poll);
    loop_woke(c->loop);
    mailboxes_empty(c->loop);
    if (c->closing) {
        return;
    }
    if (status < 0) {
        hear_last_words(c);
        return;
    }
    if (events & UV_WRITABLE && c->blocked) {
        unblock(c);
    }
    if (events & UV_READABLE && c->reading && !c->closing) {
        receive(c);
    }
}

/* Only on a change of what is awaited: each is a system call. */
static void update_poll(struct conn *c)
{
    int events = (c->reading ? UV_READABLE : 0) | (c->blocked ? UV_WRITABLE : 0);
    if (c->closing) {
        return;
    }
    if (events) {
        (void)uv_poll_start(&c->poll, events, on_ready);
    } else {
        (void)uv_poll_stop(&c->poll);
    }
}

void conn_start(struct conn *c, struct loop *l, int fd, const struct conn_handler *on)
{
    *c = (struct conn){.loop = l, .on = on, .fd = fd, .why = ERR_CLOSED, .reading = true};
    c->frames = c->inlined;
    c->cap = CONN_INLINE_FRAMES;
    if (uv_poll_init(&l->uv, &c->poll, fd) != 0) {
        base_assert_failed(__FILE__, __LINE__, "uv_poll_init on a fresh socket");
    }
    update_poll(c);
}

void conn_pause(struct conn *c)
{
    if (c->reading) {
        c->reading = false;
        update_poll(c);
    }
}

void conn_resume(struct conn *c)
{
    if (!c->reading && !c->finishing) {
        c->reading = true;
        update_poll(c);
    }
}

/* ---- the end ---- */

static void on_closed(uv_handle_t *handle)
{
    struct conn *c = CONTAINER_OF((uv_poll_t *)(void *)handle, struct conn, poll);
    struct tls *t = c->tls; /* what it knows may be asked for until `closed` returned */
    if (c->fd >= 0) {
        close(c->fd);
    }
    c->fd = -1;
    c->on->closed(c, c->why);
    tls_free(t);
}

/* An alert, or close_notify where nothing is cut off: by one send, taken or not. */
static void say_last_word(struct conn *c)
{
    struct bytes b = tls_seal_end(c);
    if (b.len && !c->blocked) {
        (void)send(c->fd, b.ptr, b.len, MSG_DONTWAIT | MSG_NOSIGNAL);
    }
}

void conn_close(struct conn *c)
{
    if (c->closing) {
        return;
    }
    c->closing = true;
    conn_forget_flush(c);
    if (c->tls) {
        say_last_word(c);
    }
    drop_queue(c);
    uv_close((uv_handle_t *)&c->poll, on_closed);
}

void conn_finish(struct conn *c)
{
    if (c->closing || c->finishing) {
        return;
    }
    conn_pause(c);
    c->finishing = true;
    if (conn_queued(c) == 0) {
        conn_close(c);
    } else {
        conn_want_flush(c);
    }
}

void conn_end(struct conn *c)
{
    if (c->closing || c->finishing || c->ending) {
        return;
    }
    c->ending = true;
    if (c->tls) {
        conn_want_flush(c);
    } else if (c->count == 0) {
        (void)shutdown(c->fd, SHUT_WR);
    }
}

void conn_discard(struct conn *c)
{
    drop_queue(c);
    close(c->fd);
    c->fd = -1;
    tls_free(c->tls);
    c->tls = NULL;
}

/* ---- from one loop to another ---- */

enum err conn_pack(struct conn *c, struct conn_parcel *out)
{
    ASSERT(!c->closing && !c->finishing && !c->ending);
    conn_flush(c);
    if (c->closing || conn_queued(c) > 0) {
        return ERR_AGAIN;
    }
    out->fd = c->fd;
    out->tls = c->tls;
    c->fd = -1;
    c->tls = NULL;
    c->closing = true;
    conn_forget_flush(c);
    /* It leaves the loop's readiness at once, so the other loop may wait for it. */
    uv_close((uv_handle_t *)&c->poll, on_closed);
    return OK;
}

void conn_unpack(struct conn *c, struct loop *l, const struct conn_parcel *p,
                 const struct conn_handler *on)
{
    conn_start(c, l, p->fd, on);
    if (p->tls) {
        tls_move(p->tls, c);
    }
    if (p->first.len) {
        conn_send(c, frame_of(buf_bytes(&p->first), (struct bytes){0}));
    }
}

void conn_parcel_fini(struct conn_parcel *p, enum conn_parcel_end how)
{
    if (how == CONN_PARCEL_UNWANTED) {
        close(p->fd);
        tls_free(p->tls);
    }
    buf_fini(&p->first);
    buf_fini(&p->unread);
}
