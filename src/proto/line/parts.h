/* SPDX-License-Identifier: Apache-2.0 */
/* Between the files of this folder: a line being read, and the classes of its bytes. */
#ifndef TELLTALE_PROTO_LINE_PARTS_H
#define TELLTALE_PROTO_LINE_PARTS_H

#include "proto/line/line.h"

enum byte_class {
    CLASS_COMMA = 1,
    CLASS_SPACE = 2,
    CLASS_EQUALS = 4,
    CLASS_BACKSLASH = 8,
    CLASS_END = 16, /* line feed, carriage return */
    CLASS_QUOTE = 32,
    CLASS_NONE = 64, /* NUL, which no text of ours holds */
};

extern const uint8_t line_class[256];

/* A line being read. */
struct scan {
    const uint8_t *at;
    const uint8_t *end; /* of the part */
    const char *reason; /* the first thing wrong; `at` stands on it */
};

static inline bool scan_fail(struct scan *s, const char *reason)
{
    s->reason = reason;
    return false;
}

static inline unsigned scan_class(const struct scan *s)
{
    return s->at < s->end ? line_class[*s->at] : CLASS_END;
}

/* Reads the value of a field, up to the comma, space or end behind it. */
bool line_scan_value(struct scan *s, struct line_field *f);

/* Reads a signed integer of 64 bits: all of `b`. */
bool line_integer(struct bytes b, int64_t *value);

#endif
