/* SPDX-License-Identifier: Apache-2.0 */
/* GET /api/v1/stream: the live stream as server-sent events, for curl and programs without
 * Socket.IO. It is a session like others, whose transport takes each event as text;
 * docs/protocol/live.md describes it.
 *
 * An event of live is made once for all its clients, and so is its form here: the last one is kept
 * while live walks the clients that get it. */
#include "serve/session.h"

#include "base/mem.h"
#include "model/limits.h"
#include "sys/net.h"

/* Devices that one stream may name. */
#define DEVICES_MAX 64

/* A client whose network failed comes back after this, ms. */
#define RETRY "retry: 2000\n\n"

#define NAME_BYTES (3 * LIMIT_ID_BYTES)

/* ---- events as text ---- */

/* The parts of a packet of live: `42["name",payload,"position"]`, `42["name",payload]`, or the
 * answer to a subscription, `43<n>[payload]`. */
struct parts {
    struct bytes name, payload, position;
};

static struct parts answer_parts(struct bytes text)
{
    size_t begin = bytes_index(text, '[') + 1;
    struct bytes payload = bytes_of(text.ptr + begin, text.len - begin - 1);
    bool refused = bytes_start_with(payload, BYTES("{\"error\""));
    return (struct parts){refused ? BYTES("refused") : BYTES("subscribed"), payload, {0}};
}

/* Positions are digits and a point, which no payload ends with, since that is an object. */
static struct parts event_parts(struct bytes text)
{
    struct bytes rest = bytes_skip(text, 4);
    size_t name = bytes_index(rest, '"');
    struct parts p = {.name = bytes_of(rest.ptr, name)};
    rest = bytes_skip(rest, name + 2);
    size_t end = rest.len;
    while (end > 0 && rest.ptr[end - 1] != '}') {
        end--;
    }
    p.payload = bytes_of(rest.ptr, end);
    if (rest.len - end > 4) {
        p.position = bytes_of(rest.ptr + end + 2, rest.len - end - 4);
    }
    return p;
}

static struct frame *text_of(struct bytes packet)
{
    struct buf out = {0};
    struct parts p =
        bytes_start_with(packet, BYTES("42[\"")) ? event_parts(packet) : answer_parts(packet);
    if (p.position.len) {
        buf_put_text(&out, "id: ");
        buf_put_bytes(&out, p.position);
        buf_put_byte(&out, '\n');
    }
    buf_put_text(&out, "event: ");
    buf_put_bytes(&out, p.name);
    buf_put_text(&out, "\ndata: ");
    buf_put_bytes(&out, p.payload);
    buf_put_text(&out, "\n\n");
    struct frame *f = frame_of((struct bytes){0}, buf_bytes(&out));
    buf_fini(&out);
    return f;
}

void serve_event_memo_fini(struct serve *s)
{
    frame_release(s->event_source);
    frame_release(s->event_text);
    s->event_source = NULL;
    s->event_text = NULL;
}

struct frame *serve_event_text(struct serve *s, struct frame *f)
{
    if (s->event_source != f) {
        serve_event_memo_fini(s);
        s->event_source = frame_hold(f);
        s->event_text = text_of(frame_payload(f));
    }
    return s->event_text;
}

/* ---- pings ---- */

/* A comment now and then, so that both sides see that the other is there. There is no answer to it:
 * whoever took nothing for long is gone. */
void serve_event_stream_ping(struct serve_session *ss)
{
    struct serve *s = ss->serve;
    const struct conn *c = &ss->ws->conn;
    bool moved = !conn_blocked(c) || conn_queued(c) < ss->queue_bytes;
    ss->queue_bytes = conn_queued(c);
    if (moved) {
        ss->taken = s->loop->mono_ns;
    } else if (s->loop->mono_ns - ss->taken >= MONO_MS(LIMIT_EVENT_STREAM_STALL_MS)) {
        metrics_drop(s->config.metrics, DROP_CLIENT_OVERFLOW, 1);
        conn_close(&ss->ws->conn);
        return;
    }
    if (!conn_blocked(c)) {
        conn_send(&ss->ws->conn, frame_of((struct bytes){0}, BYTES(": ping\n\n")));
    }
    serve_deadline_set(&s->deadlines, &ss->ping, SERVE_DEADLINE_PING, s->loop->mono_ns);
}

/* ---- what is asked for ---- */

struct wish {
    struct serve_peer *p;
    int64_t interval, last; /* -1, INT64_MIN: not given */
    struct bytes format, since, fleet, dashboard;
    uint8_t format_memory[8], fleet_memory[8], dashboard_memory[8];
    uint8_t since_memory[64];
    struct buf calls[DEVICES_MAX]; /* arguments of subscribe-device */
    struct json_writer writer;     /* of the last one */
    size_t count;
    bool sensors; /* it has some */
};

static bool refuse(struct serve_peer *p, const char *field, const char *message)
{
    serve_answer_bad_field(p, bytes_of_text(field), message);
    return false;
}

static bool is_one_of(struct bytes value, const char *const words[3])
{
    for (size_t i = 0; i < 3 && words[i]; i++) {
        if (bytes_equal(value, bytes_of_text(words[i]))) {
            return true;
        }
    }
    return value.len == 0;
}

static bool read_options(struct wish *w)
{
    static const char *const formats[3] = {"json", "batch", NULL};
    static const char *const truth[3] = {"true", "false", NULL};
    struct serve_peer *p = w->p;
    w->interval = -1;
    w->last = INT64_MIN;
    if (!serve_query_integer(p, "interval", 0, 86400000, &w->interval) ||
        !serve_query_integer(p, "last", -8640000000000000, 8640000000000000, &w->last) ||
        !serve_query_text(p, "format", w->format_memory, sizeof w->format_memory, &w->format) ||
        !serve_query_text(p, "fleet", w->fleet_memory, sizeof w->fleet_memory, &w->fleet) ||
        !serve_query_text(p, "dashboard", w->dashboard_memory, sizeof w->dashboard_memory,
                          &w->dashboard) ||
        !serve_query_text(p, "since", w->since_memory, sizeof w->since_memory, &w->since)) {
        return false;
    }
    struct bytes id = http_request_header(serve_request(p), "last-event-id");
    w->since = id.len > 0 && id.len < sizeof w->since_memory ? id : w->since;
    if (!is_one_of(w->format, formats)) {
        return refuse(p, "format", "must be json or batch");
    }
    if (!is_one_of(w->fleet, truth)) {
        return refuse(p, "fleet", "must be true or false");
    }
    return is_one_of(w->dashboard, truth) || refuse(p, "dashboard", "must be true or false");
}

static void put_options(const struct wish *w, struct json_writer *j)
{
    json_write_object(j);
    if (w->interval >= 0) {
        json_put_i64(j, "interval", w->interval);
    }
    if (w->format.len) {
        json_put_text(j, "format", w->format);
    }
    if (w->since.len) {
        json_put_text(j, "since", w->since);
    }
}

static void end_device(struct wish *w)
{
    if (w->count == 0) {
        return;
    }
    if (w->sensors) {
        json_write_array_end(&w->writer);
    }
    json_write_object_end(&w->writer);
    json_write_array_end(&w->writer);
    w->sensors = false;
}

static bool take_device(struct wish *w, struct bytes id)
{
    if (!name_id_valid(id)) {
        return refuse(w->p, "device", "is not an id");
    }
    if (w->count == DEVICES_MAX) {
        return refuse(w->p, "device", "at most 64 in one stream");
    }
    end_device(w);
    json_writer_init(&w->writer, &w->calls[w->count++]);
    json_write_array(&w->writer);
    json_write_text(&w->writer, BYTES("subscribe-device"));
    json_write_text(&w->writer, id);
    put_options(w, &w->writer);
    if (w->last != INT64_MIN) {
        json_put_i64(&w->writer, "last", w->last);
    }
    return true;
}

/* As for histories: sensors follow the device that they are of. */
static bool take_sensor(struct wish *w, struct bytes id)
{
    if (w->count == 0 || !name_id_valid(id)) {
        return refuse(w->p, "sensor", "must be an id, after the device that it is of");
    }
    if (!w->sensors) {
        json_write_key(&w->writer, "sensors");
        json_write_array(&w->writer);
        w->sensors = true;
    }
    json_write_text(&w->writer, id);
    return true;
}

static bool read_devices(struct wish *w)
{
    uint8_t memory[NAME_BYTES];
    struct bytes rest = serve_request(w->p)->query;
    struct bytes name, value;
    enum err e;
    while ((e = http_query_next(&rest, memory, sizeof memory, &name, &value)) == OK) {
        bool device = bytes_equal(name, BYTES("device"));
        bool sensor = bytes_equal(name, BYTES("sensor"));
        if ((device && !take_device(w, value)) || (sensor && !take_sensor(w, value))) {
            return false;
        }
    }
    end_device(w);
    return e == ERR_NOT_FOUND || refuse(w->p, "query", "a value is too long or not UTF-8");
}

/* ---- the stream ---- */

static struct serve_session *begin(struct serve_peer *p)
{
    struct principal who = p->http->who;
    struct serve_session *ss = serve_session_new(p, SERVE_EVENTS);
    if (!ss) {
        serve_answer_error(p, 503, "busy", "too many clients");
        return NULL;
    }
    serve_answer_event_stream(p);
    conn_send(&p->conn, frame_of((struct bytes){0}, BYTES(RETRY)));
    serve_http_free(p->http);
    p->http = NULL;
    p->kind = SERVE_PEER_EVENTS;
    serve_deadline_clear(&p->deadline);
    net_limit_unsent(p->conn.fd, LIMIT_CLIENT_UNSENT_BYTES);
    p->session = ss;
    ss->ws = p;
    ss->who = who;
    ss->credential = true;
    ss->joined = 1;
    ss->taken = p->serve->loop->mono_ns;
    serve_session_settle(ss);
    return ss;
}

static void subscribe_fleet(struct serve *s, struct serve_session *ss, const struct wish *w)
{
    struct buf args = {0};
    struct json_writer j;
    bool fleet = w->fleet.len ? bytes_equal(w->fleet, BYTES("true")) : w->count == 0;
    bool dashboard = bytes_equal(w->dashboard, BYTES("true"));
    struct wish plain = {.interval = -1, .format = BYTES("none")};
    json_writer_init(&j, &args);
    json_write_array(&j);
    json_write_text(&j, BYTES("subscribe-fleet"));
    put_options(fleet ? w : &plain, &j);
    if (fleet && !w->format.len) {
        json_put_string(&j, "format", "json");
    }
    json_put_bool(&j, "dashboard", dashboard);
    json_write_object_end(&j);
    json_write_array_end(&j);
    ss->client = dashboard ? live_join(s->live, ss, &ss->who, serve_now(s))
                           : live_join_silently(s->live, ss, &ss->who, serve_now(s));
    if (fleet || dashboard) {
        live_event(s->live, ss->client, BYTES("subscribe-fleet"), buf_bytes(&args), 0,
                   serve_now(s));
    }
    buf_fini(&args);
}

static void stream(struct serve_peer *p, const struct wish *w)
{
    struct serve *s = p->serve;
    struct wish kept = *w;
    uint8_t since[sizeof w->since_memory];
    memcpy(since, w->since.ptr ? w->since.ptr : (const uint8_t *)"", w->since.len);
    kept.since.ptr = since;
    struct serve_session *ss = begin(p);
    if (!ss) {
        return;
    }
    s->live_touched = true;
    subscribe_fleet(s, ss, &kept);
    for (size_t i = 0; i < w->count; i++) {
        live_event(s->live, ss->client, BYTES("subscribe-device"), buf_bytes(&w->calls[i]),
                   (int64_t)i + 1, serve_now(s));
    }
}

void serve_get_stream(struct serve_peer *p)
{
    if (p->serve->sockets != &serve_live_sockets) {
        serve_answer_error(p, 404, "not_found", "no such path");
        return;
    }
    struct wish *w = mem_zalloc(1, sizeof *w);
    w->p = p;
    if (read_options(w) && read_devices(w)) {
        if (serve_request(p)->verb == HTTP_VERB_HEAD) {
            serve_answer_event_stream(p);
            serve_http_answered(p);
        } else {
            stream(p, w);
        }
    }
    for (size_t i = 0; i < w->count; i++) {
        buf_fini(&w->calls[i]);
    }
    free(w);
}
