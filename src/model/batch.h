/* SPDX-License-Identifier: Apache-2.0 */
/* A batch: everything that changed in one turn of the ingest loop, in columns. It is the one
 * message of the pipeline: the store writes it, the live side applies it, and a snapshot is nothing
 * but a batch that begins from an empty world.
 *
 * The ingest thread fills a batch, closes it, and from then on nobody changes it. It is counted;
 * readers on other threads hold a reference while they read. Text lives in the batch's own buffer
 * and is named by offset, so that the buffer may grow while the batch is filled.
 *
 * A reader applies the parts in the order of the members: devices, series, statuses, readings,
 * rules, alerts, tokens, accounts, logins, credentials, documents; within a part, in order of
 * index. */
#ifndef TELLTALE_MODEL_BATCH_H
#define TELLTALE_MODEL_BATCH_H

#include "model/access.h"
#include "model/ids.h"
#include "model/rule.h"
#include "model/status.h"
#include "model/time.h"

#include "base/buf.h"

#include <stdatomic.h>

/* Text inside a batch; see batch_text. */
struct text_ref {
    uint32_t at;
    uint32_t len;
};

/* ---- what a batch holds ---- */

enum reading_flag {
    /* Last-known value of a retained message without a time of its own: shown as latest while
     * nothing better is known; no history, no sign of life, no rule. */
    READING_LAST_KNOWN = 1,
    /* A device without a usable clock: `time` is our arrival time. */
    READING_ARRIVAL_TIME = 2,
    /* QoS 0 while the store is degraded: live only, not stored. */
    READING_NOT_STORED = 4,
    /* Of a retained message with a time of its own: history, but no sign of life. */
    READING_RETAINED = 8,
    /* Kept by the device and sent later: history, and never the latest value. */
    READING_HISTORICAL = 16,
};

struct reading {
    uint32_t series;
    uint32_t flags; /* enum reading_flag */
    wall_ms time;   /* the device's, else our arrival time */
    double value;   /* finite */
};

_Static_assert(sizeof(struct reading) == 24, "the hot path copies these");

/* A device that is new, changed or gone. All members are valid, not only those that changed. */
struct device_change {
    struct device_id device;
    bool deleted; /* with all its series, rules stay; only `device` and `id` are valid then */
    struct text_ref id;
    struct text_ref name; /* empty: show the id */
    struct text_ref manufacturer;
    struct text_ref model;
    struct text_ref place;
    uint32_t pinned; /* enum command_field: what a person set, which its messages don't change */
    bool located;
    double lat;
    double lng;
    struct text_ref tags;       /* each followed by a NUL byte; a tag has none inside */
    struct text_ref attributes; /* a JSON object, or empty */
    /* Where it stood when this was written; statuses below change it. */
    enum device_status status;
    enum status_cause cause;
    wall_ms since;
    wall_ms last_seen; /* our clock; WALL_NONE before the first sign of life */
};

enum value_kind {
    KIND_NUMBER,
    KIND_BOOLEAN,
};

/* A series that is new or changed. All members are valid. */
struct series_change {
    struct series_id series;
    struct device_id device;
    struct text_ref sensor; /* the sensor's id */
    struct text_ref name;   /* empty: show the id */
    struct text_ref unit;
    bool unit_pinned;      /* a person set the unit: what the device tells does not change it */
    struct text_ref topic; /* of the message that brought its newest reading */
    enum value_kind kind;
    bool ranged; /* min and max are set */
    double min;
    double max;
    int decimals; /* -1: not set */
    /* In a snapshot only: its newest reading, if any. */
    bool has_latest;
    wall_ms time;
    double value;
    bool last_known; /* the newest is of READING_LAST_KNOWN */
};

/* A status message, or a change of status for another reason; also repeated ones. */
struct status_change {
    struct device_id device;
    enum device_status status;
    enum status_cause cause;
    wall_ms since;         /* when it became so */
    wall_ms last_seen;     /* WALL_NONE: never */
    bool repeated;         /* nothing changed but the telling */
    struct text_ref topic; /* of the message that said so; empty when none did */
};

/* A rule that is new, changed or gone. */
struct rule_change {
    struct text_id id;
    bool deleted;               /* only id is valid then */
    struct text_ref name;       /* may be empty */
    struct text_ref definition; /* a JSON object, canonical: what alert/definition_write.c prints */
    bool enabled;
    wall_ms created;
    wall_ms updated;
};

enum alert_transition {
    ALERT_CREATED,  /* it fires: who is to be told is told now, unless it is muted */
    ALERT_UPDATED,  /* acknowledged, muted or no longer muted, raised to another severity */
    ALERT_RESOLVED, /* it fired and is over */
    ALERT_PENDING,  /* its condition holds, but not yet for long enough */
    ALERT_DROPPED,  /* it was pending and never fired: as if it had never been */
};

/* An alert as it is after a transition. All members are valid. */
struct alert_change {
    enum alert_transition transition; /* in a snapshot: ALERT_CREATED or ALERT_PENDING */
    enum alert_state state;
    struct text_id id;
    struct text_id rule;
    struct text_ref rule_name; /* may be empty */
    struct series_id series;   /* SERIES_NONE once the series is gone */
    struct text_ref device;
    struct text_ref sensor;
    enum condition condition;
    enum severity severity;
    double threshold;
    double value;            /* the one that raised it; 0 when no reading did */
    enum status_cause cause; /* of silence or status; CAUSE_NONE of other conditions */
    bool raised;             /* its severity was raised by the rule's second threshold */
    bool late;               /* of readings that came long after they were taken */
    struct text_ref message;
    bool acknowledged;
    struct text_ref acknowledged_by; /* token id, or "local" under --no-auth */
    wall_ms acknowledged_at;         /* WALL_NONE while it is not */
    struct text_ref note;            /* what was said with it; may be empty */
    enum alert_mute muted;
    wall_ms muted_until;      /* WALL_NONE: not known, or not muted */
    struct text_ref muted_by; /* the silence's id, or what it follows from; may be empty */
    wall_ms since;            /* when its condition began to hold */
    wall_ms fired;            /* WALL_NONE while it is pending */
    wall_ms created;          /* `fired`, or `since` while it is pending */
    wall_ms updated;
    wall_ms resolved; /* WALL_NONE while it is open */
};

/* A device's credential that is new or changed. All members are valid, unless it is forgotten. */
struct credential_change {
    bool forgotten; /* taken off the list; only `id` is valid then */
    bool has_secret;
    bool has_fingerprint;
    uint8_t hash[TOKEN_HASH_BYTES];        /* of the secret */
    uint8_t fingerprint[TOKEN_HASH_BYTES]; /* SHA-256 of the client certificate */
    struct text_ref id;
    struct text_ref name;
    struct text_ref common_name; /* of the client certificate; empty: none is bound by it */
    struct text_ref speaks_for;  /* lists of patterns, see model/topic_rule.h */
    struct text_ref publish;
    struct text_ref subscribe;
    wall_ms created;
    wall_ms revoked;   /* WALL_NONE while it is good */
    wall_ms last_used; /* WALL_NONE: never; exact to LIMIT_CREDENTIAL_USED_MS */
};

/* A document that is new, changed or gone; see model/document.h. All members are valid, unless it
 * is deleted. */
struct document_change {
    uint32_t kind;    /* enum document_kind */
    uint32_t version; /* 1 when it was made */
    bool deleted;     /* only `kind` and `id` are valid then */
    struct text_ref id;
    struct text_ref body; /* a JSON object */
    struct text_ref by;   /* token id; empty: under --no-auth */
    wall_ms created;
    wall_ms updated;
};

struct command;

enum batch_kind {
    BATCH_CHANGES,
    BATCH_SNAPSHOT, /* everything there is: replaces what the reader holds */
};

struct batch_pool;

struct batch {
    _Atomic uint32_t refs;
    enum batch_kind kind;
    struct batch_pool *pool; /* NULL: freed by the last release */
    struct batch *next;      /* free list of the pool */
    uint64_t seq;            /* of a snapshot: the newest batch that it includes */
    wall_ms now;             /* arrival time of everything in it */
    bool urgent;             /* somebody waits for it to be durable: commit at once */

    /* In a snapshot: how many ids were ever given out, those of the deleted included, since none is
     * used twice. 0: one more than the highest in it. */
    uint32_t device_ids;
    uint32_t series_ids;
    /* In a snapshot: there was a token or an account once, so nobody sets the program up any more.
     */
    bool claimed;

    struct device_change *devices;
    size_t device_count, device_cap;
    struct series_change *series;
    size_t series_count, series_cap;
    struct status_change *statuses;
    size_t status_count, status_cap;
    struct reading *readings;
    size_t reading_count, reading_cap;
    struct rule_change *rules;
    size_t rule_count, rule_cap;
    struct alert_change *alerts;
    size_t alert_count, alert_cap;
    struct token *tokens;
    size_t token_count, token_cap;
    struct account *accounts;
    size_t account_count, account_cap;
    struct login *logins;
    size_t login_count, login_cap;
    struct credential_change *credentials;
    size_t credential_count, credential_cap;
    struct document_change *documents;
    size_t document_count, document_cap;

    struct buf text;

    /* Commands done in this batch, answered by the storage thread's owner after the commit. Only
     * the store's side touches them; the live side must not. */
    struct command *commands;
};

/* ---- filling: the owner thread, before the batch is closed ---- */

/* A batch from the heap with one reference and nothing in it. */
struct batch *batch_new(enum batch_kind kind);

struct text_ref batch_put_text(struct batch *b, struct bytes text);

/* Each returns a zeroed new last element; valid until the next call of the same function. */
struct device_change *batch_add_device(struct batch *b);
struct series_change *batch_add_series(struct batch *b);
struct status_change *batch_add_status(struct batch *b);
struct rule_change *batch_add_rule(struct batch *b);
struct alert_change *batch_add_alert(struct batch *b);
struct token *batch_add_token(struct batch *b);
struct account *batch_add_account(struct batch *b);
struct login *batch_add_login(struct batch *b);
struct credential_change *batch_add_credential(struct batch *b);
struct document_change *batch_add_document(struct batch *b);

/* Appends one reading. */
void batch_add_reading(struct batch *b, struct reading r);

/* ---- reading: any thread that holds a reference ---- */

static inline struct bytes batch_text(const struct batch *b, struct text_ref t)
{
    return bytes_of(b->text.ptr + t.at, t.len);
}

/* Whether nothing is in it (commands included). */
bool batch_empty(const struct batch *b);

/* Bytes of what is in it: what waits for its commit is counted in this. */
size_t batch_bytes(const struct batch *b);

struct batch *batch_hold(struct batch *b);

/* Gives back one reference; NULL is fine. The last one returns it to its pool or frees it. */
void batch_release(struct batch *b);

/* ---- the pool: taken from by one thread, given back to by all ---- */

struct batch_pool *batch_pool_new(void);

/* An empty batch with one reference. Reuses memory, so a warm pool does not allocate. */
struct batch *batch_pool_take(struct batch_pool *p);

/* Frees the pool once every batch came back; call it when no other thread runs any more. */
void batch_pool_free(struct batch_pool *p);

#endif
