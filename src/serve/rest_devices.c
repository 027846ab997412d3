/* SPDX-License-Identifier: Apache-2.0 */
/* /api/v1/devices: list, one, patch, delete, and the description of a sensor. */
#include "serve/request.h"

#include "base/mem.h"
#include "base/utf8.h"
#include "model/limits.h"

#include <math.h>

#define PAGE_DEFAULT 100
#define PAGE_MAX     1000
#define SEARCH_BYTES 256

/* ---- reading ---- */

void serve_put_device(struct json_writer *w, const struct serve *s, const struct registry_device *d)
{
    live_put_device(w, s->registry, d, LIVE_WITH_VALUES);
}

const struct registry_device *serve_device_of(struct serve_peer *p, struct bytes id)
{
    const struct registry_device *d = registry_find_device(p->serve->registry, id);
    if (!d) {
        serve_answer_error(p, 404, "not_found", "no device has that id");
    }
    return d;
}

static void answer_device(struct serve_peer *p, struct bytes id)
{
    const struct registry_device *d = serve_device_of(p, id);
    if (d) {
        struct buf body = {0};
        struct json_writer w;
        json_writer_init(&w, &body);
        serve_put_device(&w, p->serve, d);
        serve_answer_json(p, 200, &body);
        buf_fini(&body);
    }
}

void serve_get_device(struct serve_peer *p)
{
    answer_device(p, p->http->segments[3]);
}

void serve_find_device(struct serve_peer *p)
{
    uint8_t memory[3 * LIMIT_ID_BYTES];
    struct bytes id;
    if (serve_query_text(p, "device", memory, sizeof memory, &id)) {
        answer_device(p, id);
    }
}

/* ---- the list ---- */

/* What the list is asked for. */
struct search {
    struct bytes word; /* in lower case; empty: all */
    bool by_status;
    enum device_status status;
    int64_t after; /* row, -1: from the begin */
    int64_t limit;
};

static uint8_t lower(uint8_t c)
{
    return c >= 'A' && c <= 'Z' ? (uint8_t)(c + 32) : c;
}

/* Whether `word` stands in `text`, ASCII letters compared without case. */
static bool contains(const char *text, struct bytes word)
{
    size_t len = strlen(text);
    for (size_t at = 0; at + word.len <= len; at++) {
        size_t i = 0;
        while (i < word.len && lower((uint8_t)text[at + i]) == word.ptr[i]) {
            i++;
        }
        if (i == word.len) {
            return true;
        }
    }
    return false;
}

static bool has_tag(const struct registry_device *d, struct bytes word)
{
    for (size_t at = 0; at < d->tags_len; at += strlen(d->tags + at) + 1) {
        if (contains(d->tags + at, word)) {
            return true;
        }
    }
    return false;
}

static bool is_wanted(const struct search *q, const struct registry_device *d)
{
    if (q->by_status && d->status != q->status) {
        return false;
    }
    return q->word.len == 0 || contains(d->key, q->word) || contains(d->name, q->word) ||
           contains(d->model, q->word) || contains(d->place, q->word) || has_tag(d, q->word);
}

static bool read_status(struct serve_peer *p, struct search *q)
{
    uint8_t memory[32];
    struct bytes text;
    if (!serve_query_text(p, "status", memory, sizeof memory, &text)) {
        return false;
    }
    q->by_status = text.len > 0;
    if (q->by_status && status_parse(text, &q->status) != OK) {
        serve_answer_bad_field(p, BYTES("status"), "online, offline, asleep or unknown");
        return false;
    }
    return true;
}

/* `memory` has room for SEARCH_BYTES. */
static bool read_search(struct serve_peer *p, struct search *q, uint8_t *memory)
{
    *q = (struct search){.after = -1, .limit = PAGE_DEFAULT};
    if (!serve_query_integer(p, "limit", 1, PAGE_MAX, &q->limit) ||
        !serve_query_integer(p, "after", 0, UINT32_MAX, &q->after) ||
        !serve_query_text(p, "q", memory, SEARCH_BYTES, &q->word) || !read_status(p, q)) {
        return false;
    }
    for (size_t i = 0; i < q->word.len; i++) {
        memory[i] = lower(memory[i]);
    }
    return true;
}

/* Writes the page; returns the row of its last device when more follow, else -1. */
static int64_t put_page(struct json_writer *w, const struct serve *s, const struct search *q)
{
    int64_t left = q->limit;
    int64_t last = -1;
    for (int64_t row = q->after + 1; row < registry_device_rows(s->registry); row++) {
        const struct registry_device *d =
            registry_device(s->registry, (struct device_id){(uint32_t)row});
        if (!d || !is_wanted(q, d)) {
            continue;
        }
        if (left-- == 0) {
            return last;
        }
        serve_put_device(w, s, d);
        last = row;
    }
    return -1;
}

/* Whether it asks for a window of an order instead of a page by age. */
static bool asks_for_order(const struct serve_peer *p)
{
    static const char *const names[] = {"filter", "sort", "offset"};
    uint8_t memory[4];
    struct bytes value;
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        if (http_query_find(serve_request(p)->query, names[i], memory, sizeof memory, &value) !=
            ERR_NOT_FOUND) {
            return true;
        }
    }
    return false;
}

void serve_get_devices(struct serve_peer *p)
{
    if (asks_for_order(p)) {
        serve_search_devices(p);
        return;
    }
    uint8_t memory[SEARCH_BYTES];
    struct search q;
    if (!read_search(p, &q, memory)) {
        return;
    }
    struct buf body = {0};
    struct json_writer w;
    json_writer_init(&w, &body);
    json_write_object(&w);
    json_write_key(&w, "devices");
    json_write_array(&w);
    int64_t last = put_page(&w, p->serve, &q);
    json_write_array_end(&w);
    json_put_u64(&w, "total", registry_device_count(p->serve->registry));
    if (last < 0) {
        json_put_null(&w, "next");
    } else {
        char text[24];
        (void)snprintf(text, sizeof text, "%lld", (long long)last);
        json_put_string(&w, "next", text);
    }
    json_write_object_end(&w);
    serve_answer_json(p, 200, &body);
    buf_fini(&body);
}

/* ---- changing ---- */

static char *text_of(struct bytes b)
{
    return mem_text(b.ptr, b.len);
}

static const char *read_location(struct json_reader *r, struct command *c)
{
    bool lat = false, lng = false;
    struct json_text key;
    if (json_peek(r) == JSON_NULL) {
        (void)json_read_null(r);
        return NULL;
    }
    if (json_peek(r) != JSON_OBJECT) {
        return "{lat, lng} or null is expected";
    }
    (void)json_read_object(r);
    while (json_read_key(r, &key)) {
        bool is_lat = json_text_is(key, "lat");
        if ((!is_lat && !json_text_is(key, "lng")) || json_peek(r) != JSON_NUMBER ||
            !json_read_number(r, is_lat ? &c->lat : &c->lng)) {
            return "{lat, lng} with two numbers is expected";
        }
        lat = lat || is_lat;
        lng = lng || !is_lat;
    }
    c->located = true;
    return lat && lng ? NULL : "both lat and lng are expected";
}

static const char *read_tags(struct json_reader *r, struct command *c)
{
    struct buf tags = {0};
    const char *wrong = NULL;
    if (json_peek(r) != JSON_ARRAY) {
        return "an array of strings is expected";
    }
    (void)json_read_array(r);
    while (!wrong && json_read_item(r)) {
        struct json_text text;
        size_t before = tags.len;
        if (json_peek(r) != JSON_STRING || !json_read_text(r, &text)) {
            wrong = "an array of strings is expected";
            break;
        }
        json_text_append(text, &tags);
        if (memchr(tags.ptr + before, 0, tags.len - before)) {
            wrong = "a tag must not hold NUL";
        }
        buf_put_byte(&tags, 0);
    }
    free(c->tags);
    c->tags = text_of(buf_bytes(&tags));
    c->tags_len = tags.len;
    buf_fini(&tags);
    return wrong;
}

static const char *read_attributes(struct json_reader *r, struct command *c)
{
    struct bytes raw;
    if (json_peek(r) != JSON_OBJECT || !json_read_raw(r, &raw)) {
        return "an object is expected";
    }
    free(c->attributes);
    c->attributes = text_of(raw);
    return NULL;
}

#define TEXT_MEMBER(name_, field_, member_)                                                        \
    {                                                                                              \
        .name = name_, .type = SERVE_MEMBER_TEXT_OR_NULL, .field = field_,                         \
        .offset = offsetof(struct command, member_)                                                \
    }

static const struct serve_member device_members[] = {
    TEXT_MEMBER("name", FIELD_NAME, name),
    TEXT_MEMBER("model", FIELD_MODEL, model),
    TEXT_MEMBER("place", FIELD_PLACE, place),
    {.name = "location",
     .type = SERVE_MEMBER_OTHER,
     .field = FIELD_LOCATION,
     .read = read_location},
    {.name = "tags", .type = SERVE_MEMBER_OTHER, .field = FIELD_TAGS, .read = read_tags},
    {.name = "attributes",
     .type = SERVE_MEMBER_OTHER,
     .field = FIELD_ATTRIBUTES,
     .read = read_attributes},
};

void serve_patch_device(struct serve_peer *p)
{
    struct command *c = command_new(COMMAND_PATCH_DEVICE);
    c->device = text_of(p->http->segments[3]);
    if (serve_body_read(p, device_members, ARRAY_LEN(device_members), c)) {
        serve_command_send(p, c, NULL);
    } else {
        command_free(c);
    }
}

void serve_delete_device(struct serve_peer *p)
{
    struct command *c = command_new(COMMAND_DELETE_DEVICE);
    c->device = text_of(p->http->segments[3]);
    serve_command_send(p, c, NULL);
}

/* ---- a sensor's description ---- */

static const char *read_decimals(struct json_reader *r, struct command *c)
{
    int64_t n = -1;
    if (json_peek(r) == JSON_NULL) {
        (void)json_read_null(r);
    } else if (json_peek(r) != JSON_NUMBER || !json_read_i64(r, &n) || n < 0 || n > 15) {
        return "an integer from 0 to 15, or null, is expected";
    }
    c->decimals = (int)n;
    return NULL;
}

/* min and max are one field of the command; here they have bits of their own that it does not use.
 */
#define GIVEN_MIN (1u << 30)
#define GIVEN_MAX (1u << 31)

static const struct serve_member sensor_members[] = {
    TEXT_MEMBER("name", FIELD_NAME, name),
    TEXT_MEMBER("unit", FIELD_UNIT, unit),
    {.name = "min",
     .type = SERVE_MEMBER_NUMBER_OR_NULL,
     .field = GIVEN_MIN,
     .offset = offsetof(struct command, min)},
    {.name = "max",
     .type = SERVE_MEMBER_NUMBER_OR_NULL,
     .field = GIVEN_MAX,
     .offset = offsetof(struct command, max)},
    {.name = "decimals",
     .type = SERVE_MEMBER_OTHER,
     .field = FIELD_DECIMALS,
     .read = read_decimals},
};

/* Joins what was given of the range with what the sensor has: both ends or none. */
static bool join_range(struct serve_peer *p, struct command *c, const struct registry_series *s)
{
    bool min = c->fields & GIVEN_MIN;
    bool max = c->fields & GIVEN_MAX;
    c->fields &= ~(GIVEN_MIN | GIVEN_MAX);
    if (!min && !max) {
        return true;
    }
    double low = min ? c->min : s->ranged ? s->min : (double)NAN;
    double high = max ? c->max : s->ranged ? s->max : (double)NAN;
    bool both_null = (!min || isnan(c->min)) && (!max || isnan(c->max));
    if (!both_null && (isnan(low) || isnan(high))) {
        serve_answer_bad_field(p, isnan(low) ? BYTES("min") : BYTES("max"),
                               "min and max go together");
        return false;
    }
    c->fields |= FIELD_RANGE;
    c->ranged = !both_null;
    c->min = both_null ? 0 : low;
    c->max = both_null ? 0 : high;
    return true;
}

void serve_patch_sensor(struct serve_peer *p)
{
    struct bytes device = p->http->segments[3];
    struct bytes sensor = p->http->segments[5];
    const struct registry_series *s = registry_find_series(p->serve->registry, device, sensor);
    if (!s) {
        serve_answer_error(p, 404, "not_found", "no sensor has that id");
        return;
    }
    struct command *c = command_new(COMMAND_PATCH_SENSOR);
    c->device = text_of(device);
    c->sensor = text_of(sensor);
    if (serve_body_read(p, sensor_members, ARRAY_LEN(sensor_members), c) && join_range(p, c, s)) {
        serve_command_send(p, c, NULL);
    } else {
        command_free(c);
    }
}
