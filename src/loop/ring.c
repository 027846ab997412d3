/* SPDX-License-Identifier: Apache-2.0 */
#include "loop/ring.h"

#include "base/mem.h"

#include <errno.h>
#include <limits.h>

#ifdef TELLTALE_URING

#include <liburing.h>
#include <sys/socket.h>

/* Parts of all sends of a batch: a live client mostly has one or two. */
#define RING_PARTS 8192u

/* Calls that a batch may take: the kernel takes it whole in the first unless memory is short. */
#define CALLS_MAX 8

/* No result yet; the kernel's are not below -4095. */
#define UNDONE INT_MIN

struct ring {
    struct io_uring uring;
    unsigned count;      /* sends of the batch under construction */
    unsigned part_count; /* likewise */
    struct ring_result results[RING_SENDS];
    struct msghdr heads[RING_SENDS];
    struct iovec parts[RING_PARTS];
};

static const char *trouble_of(int error)
{
    switch (error) {
    case ENOSYS:
        return "this kernel has none";
    case EPERM:
    case EACCES:
        return "not permitted here (kernel.io_uring_disabled, or a seccomp policy)";
    case ENOMEM:
    case EMFILE:
    case ENFILE:
        return "too little memory or too few descriptors";
    default:
        return "the kernel refuses it";
    }
}

static bool can_send(struct io_uring *u)
{
    struct io_uring_probe *p = io_uring_get_probe_ring(u);
    bool can = p && io_uring_opcode_supported(p, IORING_OP_SEND) &&
               io_uring_opcode_supported(p, IORING_OP_SENDMSG);
    io_uring_free_probe(p);
    return can;
}

struct ring *ring_open(const char **why)
{
    struct ring *r = mem_alloc(sizeof *r); /* no page of it is touched before it is used */
    int e = io_uring_queue_init(RING_SENDS, &r->uring, 0);
    if (e < 0) {
        *why = trouble_of(-e);
        free(r);
        return NULL;
    }
    r->count = 0;
    r->part_count = 0;
    if (!can_send(&r->uring)) {
        *why = "this kernel's is too old";
        ring_close(r);
        return NULL;
    }
    return r;
}

void ring_close(struct ring *r)
{
    if (r) {
        io_uring_queue_exit(&r->uring);
        free(r);
    }
}

struct iovec *ring_parts(struct ring *r)
{
    bool full = r->count == RING_SENDS || r->part_count > RING_PARTS - CONN_SEND_FRAMES;
    return full ? NULL : r->parts + r->part_count;
}

void ring_add(struct ring *r, struct conn *c, unsigned count)
{
    const int flags = MSG_DONTWAIT | MSG_NOSIGNAL;
    struct iovec *parts = r->parts + r->part_count;
    struct io_uring_sqe *s = io_uring_get_sqe(&r->uring);
    ASSERT(s && count > 0 && count <= CONN_SEND_FRAMES);
    if (count == 1) {
        io_uring_prep_send(s, c->fd, parts->iov_base, parts->iov_len, flags);
    } else {
        r->heads[r->count] = (struct msghdr){.msg_iov = parts, .msg_iovlen = count};
        io_uring_prep_sendmsg(s, c->fd, &r->heads[r->count], (unsigned)flags);
        r->part_count += count;
    }
    s->user_data = r->count;
    r->results[r->count++] = (struct ring_result){c, UNDONE};
}

/* Returns how many came. */
static unsigned reap(struct ring *r)
{
    struct io_uring_cqe *done;
    unsigned head;
    unsigned n = 0;
    io_uring_for_each_cqe(&r->uring, head, done)
    {
        ASSERT(done->user_data < r->count);
        r->results[done->user_data].result = done->res;
        n++;
    }
    io_uring_cq_advance(&r->uring, n);
    return n;
}

/* The kernel did not take all, or did not say what came of it. What it never saw may be sent in
 * another way; of the rest nobody knows how much went out, so those connections end. */
static void give_up(struct ring *r)
{
    unsigned seen = r->count - io_uring_sq_ready(&r->uring);
    for (unsigned i = 0; i < r->count; i++) {
        if (r->results[i].result == UNDONE) {
            r->results[i].result = i < seen ? -EIO : -EINTR;
        }
    }
}

enum err ring_send(struct ring *r, const struct ring_result **results, unsigned *count)
{
    unsigned left = r->count;
    for (int i = 0; left > 0 && i < CALLS_MAX; i++) {
        (void)io_uring_submit_and_wait(&r->uring, left);
        left -= reap(r);
    }
    if (left > 0) {
        give_up(r);
    }
    *results = r->results;
    *count = r->count;
    r->count = 0;
    r->part_count = 0;
    return left > 0 ? ERR_IO : OK;
}

#else

struct ring *ring_open(const char **why)
{
    *why = "built without liburing";
    return NULL;
}

void ring_close(struct ring *r)
{
    ASSERT(!r);
}

struct iovec *ring_parts(struct ring *r)
{
    (void)r;
    UNREACHABLE();
}

void ring_add(struct ring *r, struct conn *c, unsigned count)
{
    (void)r;
    (void)c;
    (void)count;
    UNREACHABLE();
}

enum err ring_send(struct ring *r, const struct ring_result **results, unsigned *count)
{
    (void)r;
    (void)results;
    (void)count;
    UNREACHABLE();
}

#endif
