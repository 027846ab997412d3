/* SPDX-License-Identifier: Apache-2.0 */
/* Decoding: one MQTT message in, readings and statuses out.
 *
 * A table of families (plain topics now, more ecosystems later) is asked in order; the first that
 * owns the message by its topic decodes it, and no second one sees it. What a family must remember
 * between messages lives in the decoder, bounded.
 *
 * Workload: two million small messages a second. Memory is taken once, in decoder_new. Pure: no
 * clock, no I/O. It keeps no registry and judges no time: a record's time is the device's own,
 * however wrong; whether a device may be made is decided behind it. */
#ifndef TELLTALE_DECODE_DECODE_H
#define TELLTALE_DECODE_DECODE_H

#include "model/batch.h"
#include "model/limits.h"
#include "model/metrics.h"

struct decoder;

enum decode_flag {
    DECODE_RETAINED = 1, /* the broker's last-known value, not a message of this moment */
};

struct decode_input {
    struct bytes topic;   /* valid: UTF-8, without wildcards */
    struct bytes payload; /* anything */
    unsigned flags;       /* enum decode_flag */
    wall_ms now;          /* arrival */
};

enum decode_kind {
    DECODE_READING,
    DECODE_STATUS,
};

/* Ids are valid here: 1..LIMIT_ID_BYTES bytes of UTF-8, no control characters, neither "." nor
 * "..". */
struct decode_record {
    enum decode_kind kind;
    struct bytes device;
    wall_ms time; /* the device's own, unit found by size; WALL_NONE: it told none */
    /* A reading: */
    struct bytes sensor;
    struct bytes unit; /* normalised, at most LIMIT_UNIT_BYTES; empty: not told */
    double value;      /* finite; 0 or 1 for KIND_BOOLEAN */
    enum value_kind value_kind;
    /* A status: online, offline or asleep. */
    enum device_status status;
};

struct decoded {
    const struct decode_record *records; /* in the order of the payload, a status last */
    size_t count;                        /* 0..LIMIT_RECORDS_PER_MESSAGE, and a status */
    /* Why nothing came of the message. DROP_NONE with no record: it was understood and says nothing
     * that is recorded (null, text, a command to a device). */
    enum drop drop;
};

/* Everything that is not taken is counted in `metrics` by the decoder itself: a message that gave
 * nothing, and each value lost out of a message that gave others. NULL counts nothing.
 * Ownership: `metrics` is borrowed for the decoder's life. */
struct decoder *decoder_new(struct metrics *metrics);

/* NULL is fine. */
void decoder_free(struct decoder *d);

/* Decodes one message.
 * Ownership: what `out` names is borrowed from `in` and `d`, until the next call. */
void decode_message(struct decoder *d, const struct decode_input *in, struct decoded *out);

#endif
