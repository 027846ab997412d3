/* SPDX-License-Identifier: Apache-2.0 */
/* POST /api/v1/write, and the two paths under which clients of InfluxDB write: line protocol,
 * answered with 204 when its readings are durable. Lines are read here; what they say goes to the
 * ingest thread as a command and from there the way of all readings.
 *
 * A bad line does not keep the good ones: they are stored, and the answer is 400 with the number of
 * the first bad one, which a client does not repeat. */
#include "model/limits.h"
#include "model/written.h"
#include "proto/line/line.h"
#include "serve/inflate.h"
#include "serve/request.h"

/* Names of one line before they are looked up. */
#define ROOM_BYTES LINE_SENSOR_MAX

struct reading_lines {
    struct written *write;
    enum line_precision precision;
    struct written_text device, sensor; /* of the reading before */
    struct line line;
    uint8_t room[ROOM_BYTES];
};

static void note_bad(struct written *w, uint64_t line, const char *reason)
{
    if (w->bad++ == 0) {
        (void)snprintf(w->first, sizeof w->first, "line %llu: %s", (unsigned long long)line,
                       reason);
    }
}

static bool read_device(struct reading_lines *x)
{
    const struct line_text *tag = line_device(&x->line);
    if (!tag || tag->raw.len > sizeof x->room) {
        return false;
    }
    x->device = written_put_text(x->write, line_name(*tag, x->room), x->device);
    return name_id_valid(written_text(x->write, x->device));
}

static void read_fields(struct reading_lines *x, wall_ms time)
{
    struct written *w = x->write;
    for (size_t i = 0; i < x->line.field_count; i++) {
        const struct line_field *f = &x->line.fields[i];
        struct bytes sensor;
        if (f->kind == LINE_STRING) {
            continue; /* a text is no reading */
        }
        if (line_sensor(x->line.measurement, f->key, x->room, &sensor) != OK ||
            !name_id_valid(sensor)) {
            note_bad(w, x->line.number, "measurement and field make no name of a sensor");
            return;
        }
        x->sensor = written_put_text(w, sensor, x->sensor);
        written_add(w, (struct written_reading){x->device, x->sensor, f->kind == LINE_BOOLEAN, time,
                                                f->number});
    }
}

static void read_line(struct reading_lines *x)
{
    wall_ms time = WALL_NONE;
    if (!read_device(x)) {
        note_bad(x->write, x->line.number, "no tag `device` or `host` names a device");
    } else if (x->line.has_time && line_time_ms(x->line.time, x->precision, &time) != OK) {
        note_bad(x->write, x->line.number, "the time is beyond all precision");
    } else {
        read_fields(x, time);
    }
}

static void read_lines(struct written *w, struct bytes text, enum line_precision precision)
{
    struct reading_lines x = {.write = w, .precision = precision};
    struct line_reader r = {0};
    enum err e;
    line_feed(&r, text, LINE_LAST_PART);
    while ((e = line_next(&r, &x.line)) != ERR_CLOSED) {
        if (e == OK) {
            read_line(&x);
        } else {
            note_bad(w, r.error.line, r.error.reason);
        }
    }
}

/* The precision that the query names; ns as in InfluxDB when it names none. False: answered. */
static bool read_precision(struct serve_peer *p, enum line_precision *precision)
{
    uint8_t memory[8];
    struct bytes word;
    *precision = LINE_NS;
    if (!serve_query_text(p, "precision", memory, sizeof memory, &word)) {
        return false;
    }
    if (word.len && line_precision_parse(word, precision) != OK) {
        serve_answer_bad_field(p, BYTES("precision"), "ns, us, ms, s, m or h is expected");
        return false;
    }
    return true;
}

/* The body as text, in `room` when it came compressed. False: answered. */
static bool read_body(struct serve_peer *p, struct buf *room, struct bytes *text)
{
    const struct http_request *q = serve_request(p);
    struct bytes coding = http_request_header(q, "content-encoding");
    *text = q->body;
    if (coding.len == 0 || bytes_equal_nocase(coding, BYTES("identity"))) {
        return true;
    }
    if (!bytes_equal_nocase(coding, BYTES("gzip"))) {
        serve_answer_error(p, 415, "unsupported", "Content-Encoding: gzip or none is expected");
        return false;
    }
    enum err e = inflate_gzip(q->body, LIMIT_WRITE_BODY_BYTES, room);
    *text = buf_bytes(room);
    if (e == ERR_TOO_LARGE) {
        serve_answer_error(p, 413, "too_large", "the body unpacks to more than 4 MB");
    } else if (e != OK) {
        serve_answer_error(p, 400, "invalid", "the body is not whole gzip");
    }
    return e == OK;
}

void serve_answer_write(struct serve_peer *p, const struct written *w)
{
    char message[320];
    if (w->bad == 0 && w->refused == 0) {
        serve_answer_send(p, &(struct serve_answer){.status = 204});
        return;
    }
    (void)snprintf(message, sizeof message,
                   "partial write: %zu readings were taken, %zu lines could not be read%s%s%s, %zu"
                   " readings were refused (too old, or the fleet is full)",
                   w->count - w->refused, w->bad, *w->first ? " (" : "", w->first,
                   *w->first ? ")" : "", w->refused);
    serve_answer_error(p, 400, "partial_write", message);
}

static void pass_on(struct serve_peer *p, struct written *take_w)
{
    struct command *c = command_new(COMMAND_WRITE);
    c->write = take_w;
    if (p->serve->write_bytes + written_bytes(take_w) > LIMIT_WRITE_BYTES) {
        command_free(c);
        serve_answer_error(p, 503, "busy", "too many writes wait: try again in a moment");
        return;
    }
    serve_command_send(p, c, NULL);
}

void serve_post_write(struct serve_peer *p)
{
    enum line_precision precision;
    struct buf room = {0};
    struct bytes text;
    if (read_precision(p, &precision) && read_body(p, &room, &text)) {
        struct written *w = written_new();
        read_lines(w, text, precision);
        if (w->count > 0) {
            pass_on(p, w);
        } else {
            serve_answer_write(p, w);
            written_free(w);
        }
    }
    buf_fini(&room);
}
