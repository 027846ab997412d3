/* SPDX-License-Identifier: Apache-2.0 */
/* An MQTT 3.1.1 publisher for one thread that does nothing else: publishes with QoS 1, keeps what
 * is not acknowledged, and sends it again after a lost connection, so that every message arrives at
 * least once and in order. Waiting happens in poll(2), where SIGINT and SIGTERM end it too. */
#ifndef TELLTALE_SIMULATE_PUBLISHER_H
#define TELLTALE_SIMULATE_PUBLISHER_H

#include "model/time.h"
#include "simulate/simulate.h"

#include "base/bytes.h"

/* Messages that may wait for their acknowledgement. */
#define PUBLISHER_WINDOW 1000

struct publisher;

struct publisher_options {
    struct simulate_target target;
    const char *name;   /* in what is printed, and the start of the client id */
    mono_ns first_wait; /* how long a first connection is tried for */
    mono_ns lost_wait;  /* the same for a lost one */
};

/* Connects. Failures are printed.
 * Errors: ERR_IO nobody answers;  ERR_DENIED the broker refused;  ERR_CLOSED told to stop. */
MUST_CHECK enum err publisher_open(const struct publisher_options *o, struct publisher **out);

enum publisher_retain {
    PUBLISHER_PASSING,
    PUBLISHER_RETAIN, /* the broker keeps it for those who subscribe later */
};

/* Queues a message, after waiting for room in the window. Errors: as publisher_open, for a
 * connection that could not be made again. */
MUST_CHECK enum err publisher_publish(struct publisher *p, struct bytes topic, struct bytes payload,
                                      enum publisher_retain retain);

/* Sends and receives until `until`. Errors: as publisher_publish. */
MUST_CHECK enum err publisher_wait(struct publisher *p, mono_ns until);

/* Waits until everything is acknowledged, at most until `until`. Errors: as publisher_publish;
 * ERR_AGAIN time is up. ERR_CLOSED is not given: told to stop, it still waits. */
MUST_CHECK enum err publisher_flush(struct publisher *p, mono_ns until);

/* Messages queued so far, and how many of the first of them are acknowledged. */
uint64_t publisher_queued(const struct publisher *p);
uint64_t publisher_acknowledged(const struct publisher *p);

/* Says goodbye and frees; NULL is fine. */
void publisher_close(struct publisher *p);

#endif
