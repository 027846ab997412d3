/* SPDX-License-Identifier: Apache-2.0 */
/* The connection of an MQTT 3.1.1 client to its broker, for one thread that does nothing else: what
 * publisher and recorder share. Waiting happens in poll(2), where SIGINT and SIGTERM end it too. */
#ifndef TELLTALE_SIMULATE_LINK_H
#define TELLTALE_SIMULATE_LINK_H

#include "model/time.h"
#include "proto/mqtt/mqtt.h"
#include "simulate/simulate.h"

struct link {
    struct simulate_target target;
    const char *name; /* in what is printed, and the start of the client id */
    char client_id[64];
    int fd; /* -1: not connected */
    int signals;
    bool stopped; /* a signal came */
    bool refused; /* the broker said no: trying again is of no use */
    struct buf received;
    mono_ns last_sent;
    mono_ns ping_sent; /* 0: none is unanswered */
};

/* Blocks SIGINT and SIGTERM, which are waited for from now on. Errors: ERR_IO. */
MUST_CHECK enum err link_init(struct link *l, const struct simulate_target *target,
                              const char *name);

/* Connects, trying again until `patience` ends. Failures are printed.
 * Errors: ERR_IO nobody answers;  ERR_DENIED the broker refused;  ERR_CLOSED told to stop. */
MUST_CHECK enum err link_connect(struct link *l, mono_ns patience);

/* Forgets the connection. */
void link_disconnect(struct link *l);

/* Waits for `events` of poll(2) on the connection, if there is one, or a signal; true when the
 * connection is ready. A signal is remembered. */
bool link_wait_ready(struct link *l, short events, mono_ns until);

/* Sends all of `b`, waiting as needed. False: the connection failed. */
bool link_send_all(struct link *l, struct bytes b, mono_ns until);

/* Keeps a connection alive that has nothing to send. False: the broker doesn't answer. */
bool link_keep_alive(struct link *l);

/* Reads what is there. False: the connection ended. */
bool link_receive(struct link *l);

/* Takes one packet, borrowed for the call. False: against the protocol. */
typedef bool link_packet(void *ctx, struct mqtt_frame f);

/* Hands out every whole packet received. False: against the protocol. */
bool link_take_packets(struct link *l, link_packet *take, void *ctx);

/* Prints the name, `what`, and the broker's address. */
void link_say(const struct link *l, const char *what);

/* Says DISCONNECT. Requires a connection. */
void link_goodbye(struct link *l);

void link_fini(struct link *l);

#endif
