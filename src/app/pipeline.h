/* SPDX-License-Identifier: Apache-2.0 */
/* The architecture in executable form: a message runs through decode, registry and alert, and what
 * changed lands in the batch under construction. A batch is closed at the end of a loop turn, or
 * when it is full, and handed to the sink.
 *
 * Thread: ingest. Does no I/O itself and reads no clock. */
#ifndef TELLTALE_APP_PIPELINE_H
#define TELLTALE_APP_PIPELINE_H

#include "alert/alert.h"
#include "decode/decode.h"
#include "model/batch.h"
#include "model/command.h"
#include "proto/json/json.h"
#include "registry/registry.h"
#include "store/store.h"

struct pipeline;

struct pipeline_config {
    struct decode_config decode;
    struct registry_config registry;
    struct alert_config alert;
    struct hash_key key;
    int64_t epoch_ms;
    struct metrics *metrics;
    /* Takes over a closed batch, in order of seq. */
    void (*closed)(void *ctx, struct batch *take_b);
    /* Publishes what a decoder asks for to where its message came from: 0 our own subscribers, n
     * the n-th dialled broker. Slices are borrowed for the call. */
    void (*request)(void *ctx, unsigned source, struct bytes topic, struct bytes payload);
    void *ctx;
};

/* What the disk takes. Set by the ingest thread from the store's state. */
enum pipeline_storing {
    PIPELINE_STORES_ALL,
    PIPELINE_STORES_ACKNOWLEDGED, /* degraded: QoS 0 is shown only */
    PIPELINE_STORES_NOTHING,      /* degraded and full: QoS 1 is shown, and never acknowledged */
};

struct pipeline_message {
    struct bytes topic;
    struct bytes payload;
    unsigned qos;
    bool retained;
    bool will;
    uint32_t carrier;
    unsigned source;            /* 0: our own listener; n: the n-th dialled broker */
    const struct principal *by; /* who sent it; NULL: a broker that we dialled */
};

/* Seq of a message that can't be made durable: its acknowledgement must never leave. */
#define PIPELINE_NEVER UINT64_MAX

/* Begins from what the store loaded. Ownership: `config` is copied, `loaded` is borrowed for the
 * call. */
struct pipeline *pipeline_new(const struct pipeline_config *config, const struct batch *loaded);
void pipeline_free(struct pipeline *p);

/* Rules that look back get to know the stored past. Before anything else, on any thread. */
void pipeline_replay_rules(struct pipeline *p, const struct store *store,
                           struct store_reader *reader);

/* Decodes by these mappings of the settings file (NULL: none), and by those that are saved behind
 * them, from the next message on. */
void pipeline_set_mappings(struct pipeline *p, struct mappings *take_mappings);

/* All that are in use as a list of its own, with a candidate in its place; see mappings_used.h. */
struct mapping_candidate;
struct mappings *pipeline_mappings(const struct pipeline *p, struct mapping_candidate *candidate);
void pipeline_put_mappings(const struct pipeline *p, struct json_writer *w);

void pipeline_set_storing(struct pipeline *p, enum pipeline_storing storing);

/* Runs one message through. Returns the seq that its acknowledgement waits for: 0 nothing to wait
 * for. */
uint64_t pipeline_message(struct pipeline *p, const struct pipeline_message *m, wall_ms now);

/* Does a command. True: it was done, rides in the batch under construction and belongs to it now.
 * False: it was refused, is answered (c->result, field, message) and stays the caller's. */
bool pipeline_command(struct pipeline *p, struct command *c, wall_ms now);

void pipeline_carrier_lost(struct pipeline *p, uint32_t carrier, wall_ms now);
void pipeline_carrier_closed(struct pipeline *p, uint32_t carrier);

/* How the link to dialled broker `n` is; about each second. */
void pipeline_link(struct pipeline *p, unsigned n, enum registry_link link, wall_ms now);

/* Once a second: devices that went silent; gauges. */
void pipeline_tick(struct pipeline *p, wall_ms now);

/* Closes the batch under construction if anything is in it. Call at the end of each turn. */
void pipeline_close_batch(struct pipeline *p);

/* Keeps all messages of a device until then: somebody looks at it. */
void pipeline_watch(struct pipeline *p, struct bytes device, wall_ms until);

/* What came in lately, for decode_topics. */
const struct decoder *pipeline_decoder(const struct pipeline *p);

const struct alert_engine *pipeline_alerts(const struct pipeline *p);

/* A batch from which a follower can begin, with the seq of the last closed batch. Call between
 * turns only, when no batch is under construction. */
struct batch *pipeline_snapshot(const struct pipeline *p);

/* What somebody who connects over MQTT shows. */
struct pipeline_login {
    struct bytes user;
    const uint8_t *hash;        /* of the password; NULL: none was sent */
    const uint8_t *fingerprint; /* SHA-256 of the verified client certificate; NULL: none */
    struct bytes common_name;   /* of it */
};

/* Who that is: the bearer of a token, whatever the user name, or a device. Errors: ERR_UNAUTHORIZED
 * nothing was shown;  ERR_DENIED not known. */
MUST_CHECK enum err pipeline_authenticate(struct pipeline *p, const struct pipeline_login *login,
                                          wall_ms now, struct principal *principal);

/* Whether somebody who was let in may still stay: his token or credential was not revoked. */
bool pipeline_knows(const struct pipeline *p, const struct principal *principal);

#endif
