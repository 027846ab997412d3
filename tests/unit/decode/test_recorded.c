/* SPDX-License-Identifier: Apache-2.0 */
/* Recorded messages of real devices with the records expected of each: all those of plain topics,
 * in file order through one decoder. Skipped where the recordings are absent. */
#include "decode/decode.h"
#include "proto/json/json.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define RECORDINGS "../shared/data/device-messages.jsonl"

struct expected {
    struct bytes device, sensor, unit, status;
    double value;
    bool has_value;
    int64_t time;
};

/* Reads a string into `scratch`, which moves on behind it. */
static struct bytes take_text(struct json_reader *r, uint8_t **scratch)
{
    struct json_text text = {0};
    struct bytes plain = {NULL, 0};
    assert_true(json_read_text(r, &text));
    assert_int_equal(json_text_get(text, *scratch, text.raw.len, &plain), OK);
    *scratch += text.raw.len;
    return plain;
}

static struct expected take_expected(struct json_reader *r, uint8_t **scratch)
{
    struct expected e = {.time = WALL_NONE};
    struct json_text key;
    assert_true(json_read_object(r));
    while (json_read_key(r, &key)) {
        if (json_text_is(key, "device")) {
            e.device = take_text(r, scratch);
        } else if (json_text_is(key, "sensor")) {
            e.sensor = take_text(r, scratch);
        } else if (json_text_is(key, "unit")) {
            e.unit = take_text(r, scratch);
        } else if (json_text_is(key, "status")) {
            e.status = take_text(r, scratch);
        } else if (json_text_is(key, "value")) {
            e.has_value = json_read_number(r, &e.value);
        } else if (json_text_is(key, "timestamp_ms") && json_peek(r) == JSON_NUMBER) {
            assert_true(json_read_i64(r, &e.time));
        }
    }
    return e;
}

static bool is_same(const struct decode_record *r, const struct expected *e)
{
    if (!bytes_equal(r->device, e->device) || r->time != e->time) {
        return false;
    }
    if (r->kind == DECODE_STATUS) {
        return bytes_equal(bytes_of_text(status_text(r->status)), e->status);
    }
    return bytes_equal(r->sensor, e->sensor) && e->has_value &&
           fabs(r->value - e->value) <= 1e-6 * fabs(e->value) &&
           (e->unit.len == 0 || bytes_equal(r->unit, e->unit));
}

static bool has_record(const struct decoded *got, const struct expected *e)
{
    for (size_t i = 0; i < got->count; i++) {
        if (is_same(&got->records[i], e)) {
            return true;
        }
    }
    return false;
}

struct recording {
    struct bytes id, ecosystem, topic, payload, expect;
};

static struct recording take_recording(struct bytes line, uint8_t *scratch)
{
    struct recording m = {0};
    struct json_reader r;
    struct json_text key;
    json_reader_init(&r, line);
    assert_true(json_read_object(&r));
    while (json_read_key(&r, &key)) {
        if (json_text_is(key, "id")) {
            m.id = take_text(&r, &scratch);
        } else if (json_text_is(key, "ecosystem")) {
            m.ecosystem = take_text(&r, &scratch);
        } else if (json_text_is(key, "topic")) {
            m.topic = take_text(&r, &scratch);
        } else if (json_text_is(key, "payload")) {
            m.payload = take_text(&r, &scratch);
        } else if (json_text_is(key, "expect")) {
            assert_true(json_read_raw(&r, &m.expect));
        }
    }
    assert_true(json_finish(&r));
    return m;
}

static void expect_records(const struct recording *m, const struct decoded *got)
{
    static uint8_t room[1 << 16];
    uint8_t *scratch = room;
    struct json_reader r;
    size_t count = 0;
    json_reader_init(&r, m->expect);
    assert_true(json_read_array(&r));
    while (json_read_item(&r)) {
        struct expected e = take_expected(&r, &scratch);
        count++;
        if (!has_record(got, &e)) {
            fail_msg("%.*s: record %zu is missing", (int)m->id.len, m->id.ptr, count);
        }
    }
    if (got->count != count) {
        fail_msg("%.*s: %zu records, not %zu", (int)m->id.len, m->id.ptr, got->count, count);
    }
}

static void recorded_plain_messages_give_their_records(void **state)
{
    (void)state;
    static char line[1 << 16];
    static uint8_t scratch[1 << 16];
    FILE *f = fopen(RECORDINGS, "r");
    if (!f) {
        print_message("skipped: no %s\n", RECORDINGS);
        skip();
    }
    struct decoder *d = decoder_new(&(struct decode_config){0}, (struct hash_key){1, 2}, NULL);
    size_t seen = 0;
    while (fgets(line, sizeof line, f)) {
        struct recording m = take_recording(bytes_of_text(line), scratch);
        struct decode_input in = {m.topic, m.payload, 0, 0, 1704103200000};
        struct decoded got;
        if (bytes_equal(m.ecosystem, BYTES("plain"))) {
            decode_message(d, &in, &got);
            expect_records(&m, &got);
            seen++;
        }
    }
    assert_true(seen > 0);
    decoder_free(d);
    (void)fclose(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(recorded_plain_messages_give_their_records),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
