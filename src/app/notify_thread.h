/* SPDX-License-Identifier: Apache-2.0 */
/* The notify thread: tells people of alerts, by mail, push, webhook and MQTT. It decides nothing
 * about what fires and sees nothing before it is durable: the storage thread passes on what a
 * commit made so, keeps the rows that are made of it, and only then they are sent.
 *
 * Its time for waits is the wall time of its start and what passed since, so that a clock that
 * jumps neither hurries nor holds up anybody. */
#ifndef TELLTALE_APP_NOTIFY_THREAD_H
#define TELLTALE_APP_NOTIFY_THREAD_H

#include "app/notify_devices.h"
#include "app/notify_settings.h"
#include "app/notify_trouble.h"
#include "deliver/deliver.h"
#include "loop/loop.h"
#include "model/metrics.h"
#include "notify/notify.h"
#include "proto/mail/mail.h"
#include "serve/serve.h"

#include <pthread.h>

/* Something to publish over MQTT, on its way to the ingest thread. */
struct notify_publication {
    bool links; /* to dialled brokers too */
    struct buf topic;
    struct buf payload;
};
void notify_publication_free(struct notify_publication *p);

struct notify_thread {
    struct loop loop;
    pthread_t thread;
    struct mailbox *batches; /* from storage; may be full */
    struct mailbox *answers; /* rows that were written, tests of channels, and main's MAIL_DRAIN */
    struct mailbox *to_storage;
    struct mailbox *to_ingest; /* may be full */
    struct mailbox *to_serve;
    const struct notify_settings *settings;
    struct metrics *metrics;

    struct deliver_config deliver_config;
    struct deliver *deliver;
    struct notify_book book;
    struct notify_outbox outbox;
    struct notify_devices devices;
    struct notify_rules rules; /* on our own channels */
    uint8_t vapid[PUSH_PRIVATE_BYTES];
    uint8_t link_key[NOTIFY_LINK_KEY_BYTES];

    wall_ms start_wall;
    uint64_t start_ns;
    struct loop_timer wake;
    struct loop_timer first; /* once, at the start */
    struct loop_timer drain_deadline;
    struct batch *unplanned;     /* found at the start */
    struct outbox_write *writes; /* wait for others to come back */
    size_t writes_out;
    size_t under_way; /* messages */
    uint64_t random;  /* state of a xorshift for jitter */
    size_t push_max;  /* bytes of a payload that push services take */
    bool draining;
};

/* What it needs of the store at its start. Ownership: texts of settings are borrowed, `rows` and
 * `unplanned` are taken over, `loaded` is read. */
struct notify_thread_config {
    const struct notify_settings *settings;
    struct metrics *metrics;
    uint8_t vapid[PUSH_PRIVATE_BYTES];
    uint8_t link_key[NOTIFY_LINK_KEY_BYTES];
    struct hash_key key;
    const struct batch *loaded;
    struct outbox_row *rows;
    struct batch *unplanned;
};

/* Writes that are on their way to the store and back at one time; more wait here. */
#define NOTIFY_WRITES 64
/* Batches that may wait for it. */
#define NOTIFY_MAILBOX 4096

MUST_CHECK enum err notify_thread_init(struct notify_thread *t,
                                       const struct notify_thread_config *config);
void notify_thread_start(struct notify_thread *t);
/* Waits for its end, which a MAIL_DRAIN brings about. */
void notify_thread_join(struct notify_thread *t);
void notify_thread_fini(struct notify_thread *t);

/* ---- notify_send.c ---- */

/* A message under way, or the test of a channel. */
struct notify_sending {
    struct notify_thread *t;
    uint64_t number;             /* in the outbox; 0: a test */
    struct serve_notice *notice; /* of a test */
    const struct notify_channel *channel;
    enum notify_channel_type type;
    char target[MAIL_ADDRESS_MAX + 1];
    char key[200]; /* by which a receiver knows that it had it before */
    uint64_t begin_ns;
};

/* Sends a message; ends in notify_ended, in this turn or a later one. */
void notify_send(struct notify_thread *t, const struct notify_due *due);
void notify_test(struct notify_thread *t, struct serve_notice *take_notice);

/* Takes over `s`. */
void notify_ended(struct notify_sending *s, const struct notify_result *result);

/* Our wall time, and the time for waits. */
wall_ms notify_now(const struct notify_thread *t);

#endif
