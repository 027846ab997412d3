/* SPDX-License-Identifier: Apache-2.0 */
/* InfluxDB line protocol as bytes, read only. Sans-I/O: text comes in, slices of it come out, so
 * reading neither copies nor allocates.
 *
 *     measurement[,tag=value]... field=value[,field=value]... [timestamp]
 *
 * as https://docs.influxdata.com/influxdb/v1/write_protocols/line_protocol_reference/ has it. In
 * names a backslash takes the special sense of a comma, a space and an equals sign, and stands for
 * itself before anything else. Strings stand in double quotes, \" and \\ inside, and may hold line
 * ends. Numbers are floats, 42i (64 bits, signed), 42u (unsigned); booleans t T true True TRUE, f F
 * false False FALSE. Comments begin with `#` at the start of a line; empty lines and a carriage
 * return before the line's end are nothing.
 *
 * A bad line is told and passed over; reading goes on behind it. */
#ifndef TELLTALE_PROTO_LINE_LINE_H
#define TELLTALE_PROTO_LINE_LINE_H

#include "base/bytes.h"

/* A line that is longer is no reading; also what a caller who reads a stream must hold at once. */
#define LINE_BYTES_MAX (256u << 10)
/* Of one line. */
#define LINE_TAGS_MAX   64
#define LINE_FIELDS_MAX 256

/* A name or string as it stands in the line. */
struct line_text {
    struct bytes raw;
    bool escaped; /* backslashes in it want line_name or line_string */
};

struct line_tag {
    struct line_text key;   /* never empty */
    struct line_text value; /* never empty */
};

enum line_kind {
    LINE_FLOAT,
    LINE_INTEGER, /* with i or u */
    LINE_BOOLEAN,
    LINE_STRING,
};

struct line_field {
    struct line_text key; /* never empty */
    enum line_kind kind;
    double number;         /* finite; the double nearest to an integer; 0 or 1 of a boolean */
    struct line_text text; /* of LINE_STRING, without its quotes */
};

/* One line. Its slices borrow from the input. */
struct line {
    uint64_t number; /* of its first byte's line, from 1 */
    struct line_text measurement;
    size_t tag_count;
    struct line_tag tags[LINE_TAGS_MAX];
    size_t field_count; /* at least 1 */
    struct line_field fields[LINE_FIELDS_MAX];
    bool has_time;
    int64_t time; /* in the unit that the sender chose, see line_time_ms */
};

/* What is wrong with a line. */
struct line_error {
    uint64_t line;      /* from 1 */
    size_t column;      /* byte within the line, from 1 */
    const char *reason; /* static words */
};

/* Zeroed at the start of a text, fed with one part of it after the other. */
struct line_reader {
    const uint8_t *at;
    const uint8_t *end;
    bool last;      /* nothing follows the part */
    bool skipping;  /* in the middle of a line that is too long */
    uint64_t lines; /* ends of lines passed */
    struct line_error error;
};

enum line_part {
    LINE_MORE_FOLLOWS,
    LINE_LAST_PART,
};

/* Goes on with `part`, which begins with what the reader left of the one before (line_rest).
 * Ownership: `part` is borrowed until the next call. */
void line_feed(struct line_reader *r, struct bytes part, enum line_part which);

/* What of the part has not been read: at most LINE_BYTES_MAX bytes after ERR_AGAIN. */
static inline struct bytes line_rest(const struct line_reader *r)
{
    return (struct bytes){r->at, (size_t)(r->end - r->at)};
}

/* Reads the next line.
 *
 * Errors: ERR_CLOSED   the text is over;
 *         ERR_AGAIN    the part ends within a line: feed again;
 *         ERR_INVALID  a bad line, described in r->error and passed over: call again. `out` may
 *                      hold a part of it. */
MUST_CHECK enum err line_next(struct line_reader *r, struct line *out);

/* A measurement, key or tag value without its backslashes. `room` holds at least t.raw.len bytes;
 * what comes back is in it, or in the line where nothing is escaped. */
struct bytes line_name(struct line_text t, uint8_t *room);

/* The same of a string field. */
struct bytes line_string(struct line_text t, uint8_t *room);

/* Whether the name says `name`, escapes undone. */
bool line_name_is(struct line_text t, struct bytes name);

/* The value of the tag `key`, or NULL. Borrowed from `l`. */
const struct line_text *line_tag_find(const struct line *l, struct bytes key);

/* ---- what a line speaks of ---- */

/* A sensor that line_sensor can make, and any device that fits a name of ours. */
#define LINE_SENSOR_MAX 512

/* The device: the value of the tag `device`, else of `host`, else NULL. Borrowed from `l`. */
const struct line_text *line_device(const struct line *l);

/* The sensor that a field is a reading of: the measurement when the field is `value`, else
 * measurement.field. `*sensor` is in `room` or borrows from the line. Errors: ERR_TOO_LARGE. */
MUST_CHECK enum err line_sensor(struct line_text measurement, struct line_text field,
                                uint8_t room[LINE_SENSOR_MAX], struct bytes *sensor);

/* ---- timestamps ---- */

enum line_precision {
    LINE_NS,
    LINE_US,
    LINE_MS,
    LINE_S,
    LINE_MINUTES,
    LINE_HOURS,
};

/* Reads ns n us u ms s m h, as both versions of the write API spell them.
 * Errors: ERR_INVALID another word. */
MUST_CHECK enum err line_precision_parse(struct bytes word, enum line_precision *p);

/* A timestamp as ms since 1970, rounded down. Errors: ERR_INVALID beyond 64 bits. */
MUST_CHECK enum err line_time_ms(int64_t time, enum line_precision p, int64_t *ms);

#endif
