/* SPDX-License-Identifier: Apache-2.0 */
/* One event loop a thread: libuv's readiness, timers and wake-ups; reads and sends are ours.
 *
 * A turn is: time is read once, ready sockets are read (one recv each, into one buffer shared by
 * all), their handlers run, mail is delivered, timers fire, then the turn hook runs, and last every
 * connection that was given frames in this turn sends them, all of one connection in one send. So
 * what one turn produces shares its sends, and nothing waits longer than the turn.
 *
 * Thread: everything here belongs to the loop's thread, but mailbox_post and loop_stop_from_any. */
#ifndef TELLTALE_LOOP_LOOP_H
#define TELLTALE_LOOP_LOOP_H

#include "base/buf.h"
#include "base/bytes.h"
#include "base/err.h"
#include "base/frame.h"

#include <netinet/in.h>
#include <uv.h>

struct conn;
struct tls;
struct loop_tls;
struct ring;

/* How the sends at the end of a turn reach the kernel. */
enum loop_sends {
    LOOP_SENDS_EACH,    /* a system call a connection */
    LOOP_SENDS_AUTO,    /* many in one by io_uring, where there are enough of them */
    LOOP_SENDS_BATCHED, /* always by io_uring */
};

/* Where sends in batches are counted; NULL: nowhere. */
struct loop_sends_counters {
    _Atomic uint64_t *sends;
    _Atomic uint64_t *batches;
};

struct loop {
    uv_loop_t uv;
    uv_prepare_t prepare;
    uv_check_t check;
    uv_async_t stop;
    int64_t wall_ms;  /* read at the begin of the turn */
    uint64_t mono_ns; /* likewise */
    uint64_t busy_ns; /* what the turn before took, its sends included */
    bool waiting;     /* between two turns */
    bool ending;      /* in loop_fini */
    bool mail_due;    /* no mail was delivered in this turn yet */
    struct mailbox *mailboxes;
    uint8_t *receive;    /* LOOP_RECEIVE_BYTES, shared by all connections */
    struct conn *unsent; /* connections with frames of this turn */
    uint32_t unsent_count;
    enum loop_sends sends;
    struct ring *ring; /* NULL until a turn has a batch */
    struct loop_sends_counters counters;
    struct loop_tls *tls; /* NULL until a connection has TLS */
    void (*turn)(void *ctx);
    void *turn_ctx;
    _Atomic uint64_t turned_ns; /* monotonic time of the last turn, for the health check */
};

#define LOOP_RECEIVE_BYTES (256u << 10)

MUST_CHECK enum err loop_init(struct loop *l);

/* Runs until loop_stop. */
void loop_run(struct loop *l);
void loop_stop(struct loop *l);

/* As loop_stop; Thread: any. */
void loop_stop_from_any(struct loop *l);

/* Closes what is still open without a word to its handlers, and frees. After loop_run returned. */
void loop_fini(struct loop *l);

/* `turn` runs at the end of each turn, before the turn's frames are sent. */
void loop_on_turn(struct loop *l, void (*turn)(void *ctx), void *ctx);

/* ---- how it sends ---- */

/* Sends of one turn from which on a batch costs less than a system call each. */
#define LOOP_BATCH_LEAST 4u

/* Why this process can't send in batches, static storage; NULL: it can. */
const char *loop_batch_trouble(void);

/* Before loop_run; LOOP_SENDS_EACH until then. Only plain connections are batched. Where the kernel
 * refuses a batch, the log says so and the loop goes on with LOOP_SENDS_EACH. */
void loop_send_by(struct loop *l, enum loop_sends how, struct loop_sends_counters counters);

/* ---- timers: embed one, zeroed ---- */

struct loop_timer {
    uv_timer_t uv;
    struct loop *loop;
    void (*fire)(void *ctx);
    void (*closed)(void *ctx);
    void *ctx;
    bool made;
};

/* (Re)starts: fires after `delay_ms`, then each `repeat_ms` if that is not 0. */
void loop_timer_start(struct loop *l, struct loop_timer *t, uint64_t delay_ms, uint64_t repeat_ms,
                      void (*fire)(void *ctx), void *ctx);
/* Stops for good. The timer's memory must stay valid until `closed(ctx)` ran; `closed` may be NULL
 * when the memory lives as long as the loop. */
void loop_timer_close(struct loop_timer *t, void (*closed)(void *ctx));

/* ---- work that takes long: embed one, zeroed ---- */

enum loop_work_end {
    LOOP_WORK_DONE,
    LOOP_WORK_LATE, /* the loop ends: nobody is there any more who could be told */
};

struct loop_work {
    uv_work_t uv;
    struct loop *loop;
    void (*work)(void *ctx);
    void (*done)(void *ctx, enum loop_work_end end);
    void *ctx;
};

/* Runs `work` on a thread of libuv's pool, which looks up names otherwise, then `done` on the loop.
 * The memory must stay valid until then; `done` is always called, by loop_fini at the latest. */
void loop_work_start(struct loop *l, struct loop_work *w, void (*work)(void *ctx),
                     void (*done)(void *ctx, enum loop_work_end end), void *ctx);

/* ---- connections ---- */

struct conn_handler {
    /* Bytes came; borrowed from the loop's buffer for the call. */
    void (*received)(struct conn *c, struct bytes in);
    /* The output queue became empty after a send that the kernel had refused in part. May be NULL.
     */
    void (*drained)(struct conn *c);
    /* It is over; `why` is ERR_CLOSED for the peer's end or ours, ERR_IO for a failure. The conn's
     * memory is the owner's again. Called once, never from within another call on this conn. */
    void (*closed)(struct conn *c, enum err why);
};

#define CONN_INLINE_FRAMES 4

/* Embed it. Its members are loop/'s. */
struct conn {
    uv_poll_t poll;
    struct loop *loop;
    const struct conn_handler *on;
    struct conn *next_unsent;
    struct frame **frames; /* ring of `cap`; points to `inlined` until it overflows */
    struct frame *inlined[CONN_INLINE_FRAMES];
    uint32_t head, count, cap;
    uint32_t sent;         /* bytes of the first frame that are out */
    uint32_t queued_bytes; /* of all frames in the queue, less `sent` */
    uint32_t sealed_bytes; /* with TLS: encrypted, and not taken by the kernel */
    struct tls *tls;       /* NULL: plain */
    int fd;
    enum err why;
    bool reading;
    bool blocked;   /* the kernel refused; waiting for it to take more */
    bool listed;    /* in loop->unsent */
    bool finishing; /* close once the queue is empty */
    bool ending;    /* tell the peer that nothing more comes once the queue is empty */
    bool closing;
};

/* Takes over connected, non-blocking `fd` and starts to read. `c` is zeroed by it. See also
 * conn_start_tls in loop/tls.h; all that follows is the same for both. */
void conn_start(struct conn *c, struct loop *l, int fd, const struct conn_handler *on);

/* Queues a frame; it leaves at the end of this turn, or when the kernel takes it. Takes over the
 * caller's reference. After conn_close it is only released. The queue has no limit of its own: the
 * caller looks at conn_queued and stops in time. */
void conn_send(struct conn *c, struct frame *take_f);

/* As conn_send, ahead of every frame that has not begun to leave. */
void conn_send_first(struct conn *c, struct frame *take_f);

/* Sends now instead of at the end of the turn. */
void conn_flush(struct conn *c);

/* Bytes that wait, and whether the kernel refused the last send in part. */
static inline uint32_t conn_queued(const struct conn *c)
{
    return c->queued_bytes + c->sealed_bytes;
}

static inline bool conn_blocked(const struct conn *c)
{
    return c->blocked;
}

/* Stops or resumes reading; what the peer sends waits in the kernel. */
void conn_pause(struct conn *c);
void conn_resume(struct conn *c);

/* Closes now, dropping what waits; or once everything that waits is out (reading stops at once).
 * The handler's `closed` follows in a later turn. Both may be called repeatedly. */
void conn_close(struct conn *c);
void conn_finish(struct conn *c);

/* Nothing more will be sent: once everything that waits is out, the peer is told (FIN). Reading
 * goes on, so that what the peer still sends can't reset the connection under our last words; the
 * owner sets a deadline and closes. */
void conn_end(struct conn *c);

/* After loop_fini, for a connection that it closed without a word: frees what waited and closes the
 * descriptor. */
void conn_discard(struct conn *c);

/* A peer's address as text ("127.0.0.1", "::1") without the port, NUL-terminated. */
struct peer_address {
    char text[INET6_ADDRSTRLEN];
};

/* ---- from one loop to another ---- */

/* A connection on its way to another thread. */
struct conn_parcel {
    int fd;
    struct tls *tls; /* NULL: plain */
    /* The rest is the sender's to fill. */
    struct peer_address peer;
    struct buf first;  /* to be sent before all else */
    struct buf unread; /* came, and is for the receiver to look at */
};

/* Takes a connection off its loop: the socket stays open, nothing more is received here, and
 * `closed` follows in a later turn as after conn_close. Fills out->fd and out->tls.
 * Errors: ERR_AGAIN the peer does not take what it was sent before; nothing was done. */
MUST_CHECK enum err conn_pack(struct conn *c, struct conn_parcel *out);

/* As conn_start, for a connection that was packed: queues its `first`. What is unread is the
 * caller's to look at. Thread: of `l`. */
void conn_unpack(struct conn *c, struct loop *l, const struct conn_parcel *p,
                 const struct conn_handler *on);

/* Frees its memory and, unless it was unpacked, closes the connection. */
enum conn_parcel_end { CONN_PARCEL_TAKEN, CONN_PARCEL_UNWANTED };
void conn_parcel_fini(struct conn_parcel *p, enum conn_parcel_end how);

/* ---- listening and dialling ---- */

struct listener {
    uv_poll_t poll;
    struct loop *loop;
    int fd;
    int reserve; /* a descriptor given up to say no when there are no more */
    void (*accepted)(void *ctx, int fd, const struct peer_address *peer);
    void *ctx;
};

/* Accepts on a listening socket (see sys/net.h): each connection is non-blocking, TCP_NODELAY.
 * Ownership: takes over `fd`; what is accepted is the callback's. */
void listener_start(struct listener *li, struct loop *l, int fd,
                    void (*accepted)(void *ctx, int fd, const struct peer_address *peer),
                    void *ctx);
void listener_stop(struct listener *li);

/* A dial under way. Embed it, zeroed. */
struct dial {
    uv_getaddrinfo_t lookup;
    uv_poll_t poll;
    struct loop_timer deadline;
    struct loop *loop;
    struct addrinfo *addresses, *next_address;
    int fd;
    bool looking_up;
    bool polling;
    bool connected;
    bool cancelled;
    bool expired;
    enum err result;
    void (*done)(void *ctx, enum err e, int fd);
    void *ctx;
};

/* Connects to `host`:`port`, trying each address in turn; `done` is called once, from the loop,
 * with a connected non-blocking socket or ERR_IO / ERR_NOT_FOUND (no such host). Whole attempt at
 * most 10 s. */
void dial_start(struct dial *d, struct loop *l, const char *host, uint16_t port,
                void (*done)(void *ctx, enum err e, int fd), void *ctx);
/* Gives up; `done` is called with ERR_CLOSED in a later turn. */
void dial_cancel(struct dial *d);

/* ---- mail between threads ---- */

/* One message. What `body` is, and who owns it, is told by `kind`, which sender and receiver agree
 * on. */
struct mail {
    uint32_t kind;
    uint64_t number;
    void *body;
};

struct mailbox;

/* A bounded queue to the thread of `l`: at most `cap` messages wait. `deliver` runs in that loop,
 * once a message, in order of posting. In each turn mail comes before what connections have to say:
 * who was told by one thread that something is done finds it done when he asks the other. */
struct mailbox *mailbox_new(struct loop *l, size_t cap,
                            void (*deliver)(void *ctx, const struct mail *m), void *ctx);

/* Errors: ERR_FULL; the message stays the caller's. Thread: any. */
MUST_CHECK enum err mailbox_post(struct mailbox *mb, struct mail m);

/* Messages that wait. Thread: any. */
size_t mailbox_count(struct mailbox *mb);

/* Hands each message that still waits to `discard` (or `deliver` when NULL), then frees. After
 * loop_run returned and all posters stopped. */
void mailbox_free(struct mailbox *mb, void (*discard)(void *ctx, const struct mail *m));

#endif
