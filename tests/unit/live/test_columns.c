/* SPDX-License-Identifier: Apache-2.0 */
/* sensor-batch: many readings in one event, in columns. A reader here does what a page does, and
 * must end with the newest value of every series. */
#include "stage.h"

#define DEVICES 40
#define SENSORS 80

/* What a page knows of each series, from sensor-batch alone. */
struct page {
    double value[DEVICES][SENSORS];
    int64_t time[DEVICES][SENSORS];
    bool known[DEVICES][SENSORS];
    size_t frames, rows;
};

struct lists {
    size_t devices[4096], sensors[4096], d[4096], s[4096];
    double v[4096], t[4096];
    size_t count[6];
    int64_t t0;
};

static size_t number_in(struct json_reader *r)
{
    struct json_text text;
    char digits[32];
    assert_true(json_read_text(r, &text));
    memcpy(digits, text.raw.ptr + 1, text.raw.len - 1);
    digits[text.raw.len - 1] = '\0';
    return strtoul(digits, NULL, 10);
}

static void read_column(struct json_reader *r, struct lists *k, size_t column)
{
    assert_true(json_read_array(r));
    while (json_read_item(r)) {
        size_t i = k->count[column]++;
        double x = 0;
        assert_true(i < ARRAY_LEN(k->v));
        if (column < 2) {
            (column == 0 ? k->devices : k->sensors)[i] = number_in(r);
            continue;
        }
        assert_true(json_read_number(r, &x));
        if (column < 4) {
            (column == 2 ? k->d : k->s)[i] = (size_t)x;
        } else {
            (column == 4 ? k->v : k->t)[i] = x;
        }
    }
}

static void page_take(struct page *page, const char *payload)
{
    static const char *const keys[] = {"devices", "sensors", "d", "s", "v", "t"};
    static struct lists k;
    struct json_reader r;
    struct json_text key;
    memset(&k, 0, sizeof k);
    json_reader_init(&r, bytes_of_text(payload + 2));
    assert_true(json_read_array(&r) && json_read_item(&r) && json_skip(&r));
    assert_true(json_read_item(&r) && json_read_object(&r));
    while (json_read_key(&r, &key)) {
        if (json_text_is(key, "t0")) {
            assert_true(json_read_i64(&r, &k.t0));
        }
        for (size_t c = 0; c < ARRAY_LEN(keys); c++) {
            if (json_text_is(key, keys[c])) {
                read_column(&r, &k, c);
            }
        }
    }
    assert_true(json_read_item(&r) && json_skip(&r) && !json_read_item(&r) && json_finish(&r));
    assert_true(k.count[2] > 0 && k.count[2] == k.count[3]);
    assert_true(k.count[2] == k.count[4] && k.count[2] == k.count[5]);
    page->frames++;
    for (size_t i = 0; i < k.count[2]; i++, page->rows++) {
        assert_true(k.d[i] < k.count[0] && k.s[i] < k.count[1]);
        size_t d = k.devices[k.d[i]], s = k.sensors[k.s[i]];
        int64_t t = k.t0 + (int64_t)k.t[i];
        assert_true(!page->known[d][s] || t >= page->time[d][s]);
        page->known[d][s] = true;
        page->time[d][s] = t;
        page->value[d][s] = k.v[i];
    }
}

static void page_read(struct page *page, struct viewer *v)
{
    for (const char *payload; (payload = viewer_next(v, "sensor-batch"));) {
        page_take(page, payload);
    }
}

static void page_compare(const struct page *page, const struct stage *s)
{
    for (uint32_t id = 0; id < registry_series_rows(s->follower); id++) {
        const struct registry_series *row = registry_series(s->follower, (struct series_id){id});
        const struct registry_device *device = registry_device(s->follower, row->device);
        size_t d = strtoul(device->key + 1, NULL, 10), n = strtoul(row->sensor + 1, NULL, 10);
        assert_true(page->known[d][n]);
        assert_true(page->value[d][n] == row->value);
        assert_int_equal(page->time[d][n], row->time);
    }
}

static struct viewer *begin(struct stage *s, const char *options)
{
    char args[256];
    stage_init(s);
    struct viewer *v = stage_join(s);
    snprintf(args, sizeof args, "[\"subscribe-fleet\",%s]", options);
    viewer_emit(v, "subscribe-fleet", args, LIVE_NO_ACK);
    viewer_forget(v);
    return v;
}

static void publish(struct stage *s, size_t device, size_t sensor, double value)
{
    char d[16], n[16];
    snprintf(d, sizeof d, "d%zu", device);
    snprintf(n, sizeof n, "s%zu", sensor);
    stage_read(s, d, n, value, s->now.wall);
}

static void readings_of_one_turn_are_one_event(void **state)
{
    (void)state;
    struct stage s;
    struct viewer *v = begin(&s, "{\"format\":\"batch\",\"interval\":0}");
    stage_read(&s, "pump", "temperature", 21.5, START);
    stage_read(&s, "pump", "pressure", 3, START + 7);
    stage_read(&s, "pump", "temperature", 21.6, START + 9);
    stage_read(&s, "fan", "temperature", -4, START - 1);
    stage_turn(&s);
    const char *event = viewer_next(v, "sensor-batch");
    assert_non_null(event);
    assert_contains(event, "{\"devices\":[\"pump\",\"fan\"],"
                           "\"sensors\":[\"temperature\",\"pressure\"],"
                           "\"d\":[0,0,0,1],\"s\":[0,1,0,0],\"v\":[21.5,3,21.6,-4],"
                           "\"t0\":1763950000000,\"t\":[0,7,9,-1]}");
    assert_null(viewer_next(v, "sensor-batch"));
    assert_int_equal(viewer_count(v, "sensor-data"), 0);
    stage_fini(&s);
}

static void members_of_a_batch_group_share_the_conflation(void **state)
{
    (void)state;
    struct stage s;
    struct viewer *v = begin(&s, "{\"format\":\"batch\",\"interval\":1000}");
    for (int i = 0; i < 50; i++) {
        publish(&s, 0, 0, i);
        publish(&s, 1, 0, i);
        stage_turn(&s);
        stage_wait(&s, 10);
    }
    assert_int_equal(viewer_count(v, "sensor-batch"), 1);
    stage_wait(&s, 1250);
    assert_int_equal(viewer_count(v, "sensor-batch"), 2);
    assert_contains(v->log[v->count - 1], "\"v\":[49,49]");
    stage_fini(&s);
}

static void a_room_has_batches_too_and_statuses_stay_events(void **state)
{
    (void)state;
    struct stage s;
    stage_init(&s);
    struct viewer *v = stage_join(&s);
    viewer_emit(v, "subscribe-fleet", "[\"subscribe-fleet\",\"none\"]", LIVE_NO_ACK);
    const char *answer = viewer_ask(v, "subscribe-device",
                                    "[\"subscribe-device\",\"d0\",{\"interval\":0,\"format\":"
                                    "\"batch\",\"sensors\":[\"s1\",\"s2\"]}]");
    assert_contains(answer, "\"format\":\"batch\"");
    viewer_forget(v);
    for (size_t i = 0; i < 4; i++) {
        publish(&s, 0, i, 5);
        publish(&s, 1, i, 6);
    }
    stage_tell(&s, "d0", STATUS_OFFLINE);
    stage_turn(&s);
    assert_contains(viewer_next(v, "sensor-batch"), "\"sensors\":[\"s1\",\"s2\"],\"d\":[0,0]");
    assert_null(viewer_next(v, "sensor-batch"));
    v->read = 0;
    assert_contains(viewer_next(v, "device-update"), "\"status\":");
    assert_null(viewer_next_reading(v, "device-update"));
    stage_fini(&s);
}

static void a_large_turn_is_told_in_frames_that_fit_a_queue(void **state)
{
    (void)state;
    struct stage s;
    struct page page = {0};
    struct viewer *v = begin(&s, "{\"format\":\"batch\",\"interval\":0}");
    for (size_t i = 0; i < DEVICES * SENSORS; i++) {
        publish(&s, i % DEVICES, i / DEVICES, (double)i / 7);
    }
    stage_turn(&s);
    for (size_t i = 0; i < v->count; i++) {
        assert_true(strlen(v->log[i]) <= LIMIT_CLIENT_QUEUE_BYTES / 2);
    }
    page_read(&page, v);
    assert_true(page.frames > 1);
    assert_int_equal(page.rows, DEVICES * SENSORS);
    page_compare(&page, &s);
    stage_fini(&s);
}

static void a_client_that_was_behind_gets_the_newest_in_columns(void **state)
{
    (void)state;
    struct stage s;
    struct page page = {0};
    struct viewer *v = begin(&s, "{\"format\":\"batch\",\"interval\":0,\"dashboard\":false}");
    viewer_emit(v, "subscribe-device", "[\"subscribe-device\",\"d3\",{\"format\":\"batch\"}]",
                LIVE_NO_ACK);
    uint64_t random = expect_seed();
    for (int round = 0; round < 400; round++) {
        v->takes = expect_random(&random) % 3 == 0 ? 0 : 2;
        for (size_t i = expect_random(&random) % 200; i > 0; i--) {
            publish(&s, expect_random(&random) % DEVICES, expect_random(&random) % SENSORS,
                    (double)(expect_random(&random) % 1000000));
        }
        stage_turn(&s);
        stage_wait(&s, 20);
        viewer_take(v, expect_random(&random) % 4);
    }
    viewer_take(v, SIZE_MAX);
    stage_wait(&s, 500);
    page_read(&page, v);
    page_compare(&page, &s);
    assert_int_equal(metrics_get(&s.metrics, METRIC_CLIENTS_BEHIND), 0);
    stage_fini(&s);
}

static void a_format_that_is_none_is_refused(void **state)
{
    (void)state;
    struct stage s;
    stage_init(&s);
    struct viewer *v = stage_join(&s);
    assert_contains(viewer_ask(v, "subscribe-fleet", "[\"subscribe-fleet\",{\"format\":\"xml\"}]"),
                    "\"field\":\"format\"");
    assert_contains(
        viewer_ask(v, "subscribe-device", "[\"subscribe-device\",\"d\",{\"format\":\"none\"}]"),
        "\"field\":\"format\"");
    assert_contains(viewer_ask(v, "subscribe-fleet", "[\"subscribe-fleet\",{\"interval\":100}]"),
                    "\"format\":\"json\"");
    stage_fini(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(readings_of_one_turn_are_one_event),
        cmocka_unit_test(members_of_a_batch_group_share_the_conflation),
        cmocka_unit_test(a_room_has_batches_too_and_statuses_stay_events),
        cmocka_unit_test(a_large_turn_is_told_in_frames_that_fit_a_queue),
        cmocka_unit_test(a_client_that_was_behind_gets_the_newest_in_columns),
        cmocka_unit_test(a_format_that_is_none_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
