/* SPDX-License-Identifier: Apache-2.0 */
/* The history of one series or of many: the question as a query job. */
#include "serve/request.h"

#include "base/mem.h"
#include "model/limits.h"
#include "share/share.h"

#define POINTS_DEFAULT 1000
#define HOUR_MS        3600000

/* Times that a client may ask for: what a double and every tool still handles, years -100,000 to
 * 100,000 and more. */
#define TIME_MAX 8640000000000000

/* A name in a query string, each byte of it percent-encoded. */
#define NAME_BYTES (3 * LIMIT_ID_BYTES)

/* ---- the range ---- */

/* Bounded together with the number of series. */
static bool read_resolution(struct serve_peer *p, struct store_query *q, int64_t most)
{
    int64_t points = most < POINTS_DEFAULT ? most : POINTS_DEFAULT;
    int64_t step = 0;
    if (!serve_query_integer(p, "points", 1, most, &points) ||
        !serve_query_integer(p, "step", 1, TIME_MAX, &step)) {
        return false;
    }
    if (step > 0 && (q->to - q->from) / step >= most) {
        serve_answer_bad_field(p, BYTES("step"), "that many buckets are too many for one answer");
        return false;
    }
    q->step = step;
    q->points = step > 0 ? (size_t)most : (size_t)points;
    return true;
}

static bool read_range(struct serve_peer *p, struct store_query *q, size_t series)
{
    int64_t to = p->serve->loop->wall_ms + 1;
    if (!serve_query_integer(p, "to", -TIME_MAX, TIME_MAX, &to)) {
        return false;
    }
    int64_t from = to - HOUR_MS;
    if (!serve_query_integer(p, "from", -TIME_MAX, TIME_MAX, &from)) {
        return false;
    }
    if (from > to) {
        serve_answer_bad_field(p, BYTES("from"), "must not be after `to`");
        return false;
    }
    q->from = from;
    q->to = to;
    return read_resolution(p, q, LIMIT_SAMPLE_POINTS / (int64_t)size_max(series, 1));
}

static enum serve_query_format format_of(struct serve_peer *p)
{
    struct bytes accept = http_request_header(serve_request(p), "accept");
    if (http_accepts_type(accept, "application/vnd.telltale.columns")) {
        return SERVE_FORMAT_COLUMNS;
    }
    return http_accepts_type(accept, "text/csv") ? SERVE_FORMAT_CSV : SERVE_FORMAT_JSON;
}

/* ---- the series ---- */

struct serve_query *serve_query_new(const struct serve *s, enum serve_query_format format)
{
    struct serve_query *q = mem_zalloc(1, sizeof *q);
    q->kind = SERVE_QUERY_SAMPLES;
    q->format = format;
    q->epoch_ms = s->config.epoch_ms;
    q->series = mem_zalloc(LIMIT_HISTORY_SERIES, sizeof *q->series);
    return q;
}

static char *text_of(const char *text)
{
    return mem_text(text ? text : "", text ? strlen(text) : 0);
}

bool serve_query_add(struct serve_query *q, const char *device, const struct registry_series *s)
{
    if (q->series_count == LIMIT_HISTORY_SERIES) {
        return false;
    }
    q->series[q->series_count++] = (struct serve_series){
        .query.series = s->id,
        .device_id = s->device,
        .device = text_of(device),
        .sensor = text_of(s->sensor),
        .unit = text_of(s->unit),
        .decimals = s->decimals,
    };
    return true;
}

/* False, answered, when there are too many. */
static bool add_series(struct serve_peer *p, struct serve_query *q, const char *device,
                       const struct registry_series *s)
{
    if (!serve_query_add(q, device, s)) {
        serve_answer_error(p, 413, "too_many_series", "at most 64 series in one question");
        return false;
    }
    return true;
}

/* Frees the question when the range was refused. */
void serve_ask_history(struct serve_peer *p, struct serve_query *take_q, serve_query_sender *send)
{
    struct store_query range = {0};
    if (!read_range(p, &range, take_q->series_count)) {
        serve_query_free(take_q);
        return;
    }
    for (size_t i = 0; i < take_q->series_count; i++) {
        struct store_query *q = &take_q->series[i].query;
        range.series = q->series;
        *q = range;
    }
    take_q->closed = range.to < p->serve->loop->wall_ms - HOUR_MS;
    send(p, take_q);
}

static void ask_one(struct serve_peer *p, struct bytes device, struct bytes sensor)
{
    const struct registry_series *s = registry_find_series(p->serve->registry, device, sensor);
    const struct registry_device *d = registry_find_device(p->serve->registry, device);
    if (!s || !d) {
        serve_answer_error(p, 404, "not_found", "no such device or sensor");
        return;
    }
    struct serve_query *q = serve_query_new(p->serve, format_of(p));
    (void)add_series(p, q, d->key, s);
    serve_ask_history(p, q, serve_query_send);
}

void serve_get_samples(struct serve_peer *p)
{
    ask_one(p, p->http->segments[3], p->http->segments[5]);
}

void serve_find_samples(struct serve_peer *p)
{
    uint8_t device_memory[NAME_BYTES];
    uint8_t sensor_memory[NAME_BYTES];
    struct bytes device, sensor;
    if (serve_query_text(p, "device", device_memory, sizeof device_memory, &device) &&
        serve_query_text(p, "sensor", sensor_memory, sizeof sensor_memory, &sensor)) {
        ask_one(p, device, sensor);
    }
}

/* ---- many ---- */

/* Names are taken in their order: `device`, then the sensors of it that are meant; a device that no
 * sensor follows means all of them. */
struct names {
    struct serve_query *query;
    const struct share_scope *scope; /* NULL: everything */
    const struct registry_device *device;
    bool named; /* a sensor of it was */
};

static bool is_seen(const struct names *n, const char *sensor)
{
    return !n->scope ||
           share_scope_has(n->scope, bytes_of_text(n->device->key), bytes_of_text(sensor));
}

static bool add_sensors(struct serve_peer *p, struct names *n)
{
    const struct registry *r = p->serve->registry;
    for (struct series_id id = n->device->first_series; id.n != SERIES_NONE.n;) {
        const struct registry_series *s = registry_series(r, id);
        if (is_seen(n, s->sensor) && !add_series(p, n->query, n->device->key, s)) {
            return false;
        }
        id = s->next;
    }
    return true;
}

static bool end_device(struct serve_peer *p, struct names *n)
{
    return !n->device || n->named || add_sensors(p, n);
}

static bool take_device(struct serve_peer *p, struct names *n, struct bytes id)
{
    if (!end_device(p, n)) {
        return false;
    }
    n->named = false;
    bool seen = !n->scope || share_scope_has_device(n->scope, id);
    n->device = seen ? registry_find_device(p->serve->registry, id) : NULL;
    if (!n->device) {
        serve_answer_error(p, 404, "not_found", "no such device");
    }
    return n->device != NULL;
}

static bool take_sensor(struct serve_peer *p, struct names *n, struct bytes id)
{
    if (!n->device) {
        serve_answer_bad_field(p, BYTES("sensor"), "comes after the device that it is of");
        return false;
    }
    const struct registry_series *s =
        registry_find_series(p->serve->registry, bytes_of_text(n->device->key), id);
    n->named = true;
    if (!s || !is_seen(n, s->sensor)) {
        serve_answer_error(p, 404, "not_found", "no such sensor");
        return false;
    }
    return add_series(p, n->query, n->device->key, s);
}

static bool take_names(struct serve_peer *p, struct names *n)
{
    uint8_t memory[NAME_BYTES];
    struct bytes rest = serve_request(p)->query;
    struct bytes name, value;
    for (;;) {
        enum err e = http_query_next(&rest, memory, sizeof memory, &name, &value);
        if (e == ERR_NOT_FOUND) {
            return end_device(p, n);
        }
        if (e != OK) {
            serve_answer_bad_field(p, BYTES("query"), "a value is too long or not UTF-8");
            return false;
        }
        bool good = bytes_equal(name, BYTES("device"))   ? take_device(p, n, value)
                    : bytes_equal(name, BYTES("sensor")) ? take_sensor(p, n, value)
                                                         : true;
        if (!good) {
            return false;
        }
    }
}

struct serve_query *serve_named_query(struct serve_peer *p, const struct share_scope *scope)
{
    struct names n = {.query = serve_query_new(p->serve, format_of(p)), .scope = scope};
    n.query->many = true;
    bool good = take_names(p, &n);
    if (good && n.query->series_count > 0) {
        return n.query;
    }
    serve_query_free(n.query);
    if (good) {
        serve_answer_bad_field(p, BYTES("device"), "at least one device is needed");
    }
    return NULL;
}

void serve_get_history(struct serve_peer *p)
{
    struct serve_query *q = serve_named_query(p, NULL);
    if (q) {
        serve_ask_history(p, q, serve_query_send);
    }
}

/* What is learned is looked for in so much time, by so many buckets. */
#define LEARNED_MS     ((int64_t)30 * 24 * HOUR_MS)
#define LEARNED_POINTS 1000

void serve_ask_learned(struct serve_peer *p, struct serve_query *take_q, serve_query_sender *send)
{
    take_q->format = SERVE_FORMAT_LEARNED;
    take_q->closed = true;
    for (size_t i = 0; i < take_q->series_count; i++) {
        struct store_query *range = &take_q->series[i].query;
        range->to = p->serve->loop->wall_ms + 1;
        range->from = range->to - LEARNED_MS;
        range->points = LEARNED_POINTS;
    }
    send(p, take_q);
}

void serve_get_learned(struct serve_peer *p)
{
    struct serve_query *q = serve_named_query(p, NULL);
    if (q) {
        serve_ask_learned(p, q, serve_query_send);
    }
}
