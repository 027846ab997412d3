/* SPDX-License-Identifier: Apache-2.0 */
/* Recorded messages: one JSON object a line,
 *
 *     {"id": 1, "topic": "a/b", "payload": "21.5", "retain": true, "t": 1704103200000}
 *
 * `payload_b64` in place of `payload` where the payload is no UTF-8; `t` is the time of arrival in
 * ms since 1970. Only the topic must be there. Part of simulate/simulate.h. */
#ifndef TELLTALE_SIMULATE_RECORDING_H
#define TELLTALE_SIMULATE_RECORDING_H

#include "model/time.h"

#include "base/buf.h"

struct recorded {
    struct bytes id; /* JSON as it stood; "null" when there was none */
    struct bytes topic;
    struct bytes payload;
    bool retained;
    wall_ms time;      /* WALL_NONE: not told */
    const char *wrong; /* what is wrong with the line, or NULL */
};

/* Reads a line. Ownership: slices are borrowed from `line` or `room`, whose content is replaced. */
void recorded_parse(struct bytes line, struct buf *room, struct recorded *out);

/* Appends a line with its end; `id` is JSON. */
void recorded_print(const struct recorded *m, struct buf *out);

#endif
