/* SPDX-License-Identifier: Apache-2.0 */
/* Sparkplug B's payloads, and what its births tell for the messages after them. Field numbers and
 * datatypes: Eclipse Sparkplug 3.0.0, chapter 6. Private to the folder. */
#ifndef TELLTALE_DECODE_SPARKPLUG_H
#define TELLTALE_DECODE_SPARKPLUG_H

#include "decode/parts.h"
#include "decode/protobuf.h"

enum sparkplug_type {
    SPARKPLUG_INT8 = 1,
    SPARKPLUG_INT16,
    SPARKPLUG_INT32,
    SPARKPLUG_INT64,
    SPARKPLUG_UINT8,
    SPARKPLUG_UINT16,
    SPARKPLUG_UINT32,
    SPARKPLUG_UINT64,
    SPARKPLUG_FLOAT,
    SPARKPLUG_DOUBLE,
    SPARKPLUG_BOOLEAN,
    SPARKPLUG_STRING,
    SPARKPLUG_DATETIME,
    SPARKPLUG_TEXT,
    SPARKPLUG_UUID,
    SPARKPLUG_DATASET,
    SPARKPLUG_BYTES,
    SPARKPLUG_FILE,
    SPARKPLUG_TEMPLATE,
    SPARKPLUG_PROPERTY_SET,
    SPARKPLUG_PROPERTY_SET_LIST,
    SPARKPLUG_INT8_ARRAY,
    SPARKPLUG_INT16_ARRAY,
    SPARKPLUG_INT32_ARRAY,
    SPARKPLUG_INT64_ARRAY,
    SPARKPLUG_UINT8_ARRAY,
    SPARKPLUG_UINT16_ARRAY,
    SPARKPLUG_UINT32_ARRAY,
    SPARKPLUG_UINT64_ARRAY,
    SPARKPLUG_FLOAT_ARRAY,
    SPARKPLUG_DOUBLE_ARRAY,
    SPARKPLUG_BOOLEAN_ARRAY,
    SPARKPLUG_STRING_ARRAY,
    SPARKPLUG_DATETIME_ARRAY,
};

/* ---- payloads (sparkplug_payload.c) ---- */

/* A payload's frame; its metrics are read one by one. */
struct sparkplug_payload {
    struct bytes bytes;
    wall_ms time; /* WALL_NONE: not told */
    bool has_seq;
    uint64_t seq;
    struct bytes uuid;
    size_t metrics;
};

/* What holds a metric's value: the field's number. */
enum sparkplug_field {
    SPARKPLUG_NO_VALUE = 0,
    SPARKPLUG_AS_INT = 10,
    SPARKPLUG_AS_LONG = 11,
    SPARKPLUG_AS_FLOAT = 12,
    SPARKPLUG_AS_DOUBLE = 13,
    SPARKPLUG_AS_BOOLEAN = 14,
    SPARKPLUG_AS_STRING = 15,
    SPARKPLUG_AS_BYTES = 16,
    SPARKPLUG_AS_OTHER = 17, /* a data set, a template, an extension */
};

/* A metric as it stands in a payload. */
struct sparkplug_metric {
    struct bytes name; /* empty: not told; any bytes */
    bool aliased;
    bool historical;
    bool transient;
    bool null;
    uint8_t datatype; /* 0: not told, or none that there is */
    enum sparkplug_field field;
    uint64_t alias;
    wall_ms time;   /* WALL_NONE: not told */
    uint64_t value; /* bits of a number */
    struct bytes bytes;
    struct bytes properties;
};

/* Reads the frame and checks that it is well formed; the metrics are not looked into. False: it is
 * no payload. */
bool sparkplug_read(struct bytes payload, struct sparkplug_payload *p);

/* Reads the next metric from a reader over the payload's bytes. False: the end, or a metric that is
 * malformed, with `*r` failed. */
bool sparkplug_next(struct protobuf_reader *r, struct sparkplug_metric *m);

/* The unit that the metric's properties name, normalised; borrowed. Empty: none. */
struct bytes sparkplug_unit(const struct sparkplug_metric *m);

/* The number or truth value of a metric of `datatype`, by what holds it when that is 0. False: it
 * has none. */
bool sparkplug_scalar(const struct sparkplug_metric *m, unsigned datatype, struct scalar *s);

/* Elements of an array of `datatype` that `m` holds whole; 0 for what is no array of numbers or
 * truth values. */
size_t sparkplug_array_count(const struct sparkplug_metric *m, unsigned datatype);
struct scalar sparkplug_array_item(const struct sparkplug_metric *m, unsigned datatype, size_t i);

/* ---- memory (sparkplug_birth.c) ---- */

/* A metric as a birth told it. */
struct sparkplug_known {
    struct bytes name; /* a valid sensor id, or empty: not to be recorded under any name */
    struct bytes unit;
    uint64_t alias;
    bool aliased;
    uint8_t datatype;
};

struct sparkplug_birth;

/* An edge node, or below it one of its devices. */
struct sparkplug_node {
    struct memo_item memo;         /* its name is the device's id: group/node[/device] */
    struct sparkplug_birth *birth; /* NULL: none, or no longer valid */
    size_t birth_bytes;
    /* Of an edge node: */
    bool born;
    bool has_bd_seq;
    uint64_t bd_seq;
    bool in_sequence; /* next_seq is known */
    uint8_t next_seq;
    bool gap;          /* something is missing since gap_since */
    wall_ms gap_since; /* arrival */
    uint64_t ahead[4]; /* sequence numbers that came before next_seq's message */
    bool asked;        /* for a rebirth, at asked_at */
    wall_ms asked_at;
};

void sparkplug_forget(struct memo_item *item);

/* The node or device of `id`, or NULL. */
struct sparkplug_node *sparkplug_find(struct decoder *d, unsigned source, struct bytes id);

/* The same, made under `parent` when it is not there. NULL: refused, counted. */
struct sparkplug_node *sparkplug_learn(struct decoder *d, const struct decode_input *in,
                                       struct sparkplug_node *parent, struct bytes id);

/* Forgets the birth. */
void sparkplug_unborn(struct decoder *d, struct sparkplug_node *n);

/* Remembers the metrics of a birth, whose payload is well formed, in place of an earlier one. A
 * refusal is counted. */
void sparkplug_remember(struct decoder *d, const struct decode_input *in, struct sparkplug_node *n,
                        const struct sparkplug_payload *p);

/* What the birth of `n` (may be NULL) told of a metric, by alias or by name; NULL: nothing. */
const struct sparkplug_known *sparkplug_by_alias(const struct decoder *d,
                                                 const struct sparkplug_node *n, uint64_t alias);
const struct sparkplug_known *sparkplug_by_name(const struct decoder *d,
                                                const struct sparkplug_node *n, struct bytes name);

/* ---- sequence (sparkplug_sequence.c) ---- */

/* Counts a message of the node with its number. True: messages are missing and did not come late
 * either, which is said once. */
bool sparkplug_sequence(struct sparkplug_node *n, uint8_t seq, wall_ms now);

/* Begins to count behind `seq`. */
void sparkplug_sequence_begin(struct sparkplug_node *n, uint8_t seq);

/* Asks the edge node for its births, if the settings allow it and it was not asked just now. */
void sparkplug_ask_rebirth(struct decoder *d, struct sparkplug_node *n,
                           const struct decode_topic *t, wall_ms now);

#endif
