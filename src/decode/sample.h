/* SPDX-License-Identifier: Apache-2.0 */
/* A message as it is kept for people: the beginning of its payload and what came of it, packed into
 * one piece of memory. Private to the folder. */
#ifndef TELLTALE_DECODE_SAMPLE_H
#define TELLTALE_DECODE_SAMPLE_H

#include "decode/parts.h"

/* What is not text; zero when nothing was kept. */
struct sample {
    wall_ms at;
    uint32_t payload_bytes; /* of all of it */
    uint32_t records_total;
    uint32_t packed; /* bytes of what lies beside this */
    uint16_t payload_len;
    uint16_t note_len;
    uint16_t mapped_by; /* number of the mapping that took it, or 0 */
    uint8_t record_count;
    uint8_t decoder;
    uint8_t drop;
    uint8_t qos;
    bool retained;
};

/* Chooses how much of a message is kept: at most `payload_max` bytes of payload, and records within
 * LIMIT_TOPIC_RECORDS and LIMIT_TOPIC_RECORD_BYTES. */
struct sample sample_of(const struct decode_input *in, const struct decoded *out,
                        size_t payload_max);

/* Writes s->packed bytes to `room`. */
void sample_pack(const struct sample *s, const struct decode_input *in, const struct decoded *out,
                 uint8_t *room);

/* Shows what was packed; `records` is room for LIMIT_TOPIC_RECORDS. The rest borrows from `room`.
 */
struct decode_sample sample_view(const struct sample *s, const uint8_t *room,
                                 struct decode_record *records);

#endif
