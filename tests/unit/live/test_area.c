/* SPDX-License-Identifier: Apache-2.0 */
/* Areas of the map: a page that applies what it is told must always show what the registry holds,
 * within the bytes that it may be told in a second. */
#include "stage.h"

#include <math.h>

#define WORLD "\"south\":-85,\"west\":-180,\"north\":85,\"east\":180"
#define MARKS 4096

/* ---- what a page knows ---- */

struct mark {
    bool present;
    uint64_t n;
    char id[160], status[16], severity[16];
    double lat, lng, count, affected, states[4];
};

struct page {
    struct viewer *viewer;
    char area[96];
    struct mark marks[MARKS];
    size_t count;
    bool clusters, complete;
    size_t updates;
};

static struct mark *mark_of(struct page *p, uint64_t n)
{
    for (size_t i = 0; i < p->count; i++) {
        if (p->marks[i].n == n) {
            return &p->marks[i];
        }
    }
    assert_true(p->count < MARKS);
    p->marks[p->count] = (struct mark){.n = n};
    return &p->marks[p->count++];
}

static void read_word(struct json_reader *r, char *out, size_t cap)
{
    struct json_text text;
    out[0] = '\0';
    if (json_peek(r) == JSON_NULL) {
        assert_true(json_read_null(r));
        return;
    }
    assert_true(json_read_text(r, &text) && text.raw.len < cap);
    memcpy(out, text.raw.ptr, text.raw.len);
    out[text.raw.len] = '\0';
}

static void read_states(struct json_reader *r, struct mark *m)
{
    assert_true(json_read_array(r));
    for (size_t i = 0; i < 4; i++) {
        assert_true(json_read_item(r) && json_read_number(r, &m->states[i]));
    }
    assert_false(json_read_item(r));
}

static void read_cell(struct json_reader *r, struct json_text key, struct mark *m)
{
    double skipped;
    if (json_text_is(key, "id")) {
        read_word(r, m->id, sizeof m->id);
    } else if (json_text_is(key, "status") || json_text_is(key, "worst")) {
        read_word(r, m->status, sizeof m->status);
    } else if (json_text_is(key, "severity")) {
        read_word(r, m->severity, sizeof m->severity);
    } else if (json_text_is(key, "lat") || json_text_is(key, "north")) {
        assert_true(json_read_number(r, &m->lat));
    } else if (json_text_is(key, "lng") || json_text_is(key, "east")) {
        assert_true(json_read_number(r, &m->lng));
    } else if (json_text_is(key, "count")) {
        assert_true(json_read_number(r, &m->count));
    } else if (json_text_is(key, "affected")) {
        assert_true(json_read_number(r, &m->affected));
    } else if (json_text_is(key, "states")) {
        read_states(r, m);
    } else if (json_text_is(key, "name")) {
        assert_true(json_skip(r));
    } else {
        assert_true(json_read_number(r, &skipped));
    }
}

/* The column `n` comes first and says which marks the others tell about. */
static void read_marks(struct page *p, struct json_reader *r)
{
    static uint64_t numbers[MARKS];
    struct json_text key;
    size_t count = 0;
    assert_true(json_read_object(r));
    while (json_read_key(r, &key)) {
        size_t i = 0;
        assert_true(json_read_array(r));
        for (; json_read_item(r); i++) {
            if (json_text_is(key, "n")) {
                int64_t n;
                assert_true(json_read_i64(r, &n) && i < MARKS);
                numbers[i] = (uint64_t)n;
                mark_of(p, numbers[i])->present = true;
            } else {
                assert_true(i < count);
                read_cell(r, key, mark_of(p, numbers[i]));
            }
        }
        count = json_text_is(key, "n") ? i : count;
        assert_int_equal(i, count);
    }
}

static void read_gone(struct page *p, struct json_reader *r)
{
    assert_true(json_read_array(r));
    while (json_read_item(r)) {
        int64_t n;
        assert_true(json_read_i64(r, &n));
        struct mark *m = mark_of(p, (uint64_t)n);
        assert_true(m->present);
        *m = p->marks[--p->count];
    }
}

static void read_reset(struct page *p, struct json_reader *r)
{
    bool reset;
    assert_true(json_read_bool(r, &reset));
    p->count = reset ? 0 : p->count;
}

static void page_apply(struct page *p, const char *payload)
{
    struct json_reader r;
    struct json_text key;
    json_reader_init(&r, bytes_of_text(strchr(payload, '[')));
    assert_true(json_read_array(&r) && json_read_item(&r));
    if (json_peek(&r) == JSON_STRING) {
        assert_true(json_skip(&r) && json_read_item(&r));
    }
    assert_true(json_read_object(&r));
    while (json_read_key(&r, &key)) {
        if (json_text_is(key, "reset")) {
            read_reset(p, &r);
        } else if (json_text_is(key, "devices") || json_text_is(key, "clusters")) {
            p->clusters = json_text_is(key, "clusters");
            read_marks(p, &r);
        } else if (json_text_is(key, "gone")) {
            read_gone(p, &r);
        } else if (json_text_is(key, "complete")) {
            assert_true(json_read_bool(&r, &p->complete));
        } else if (json_text_is(key, "area")) {
            read_word(&r, p->area, sizeof p->area);
        }
    }
    assert_int_equal(r.error, JSON_OK);
}

static void page_read(struct page *p)
{
    for (const char *payload; (payload = viewer_next(p->viewer, "area-update"));) {
        page_apply(p, payload);
        p->updates++;
    }
}

static const char *subscribe(struct page *p, const char *options)
{
    static char args[512];
    snprintf(args, sizeof args, "[\"subscribe-area\",{%s}]", options);
    const char *answer = viewer_ask(p->viewer, "subscribe-area", args);
    p->count = 0;
    p->viewer->read = p->viewer->count;
    page_apply(p, answer);
    return answer;
}

static struct page *page_of(struct stage *s)
{
    struct page *p = calloc(1, sizeof *p);
    p->viewer = stage_join(s);
    viewer_emit(p->viewer, "subscribe-fleet", "[\"subscribe-fleet\",\"none\"]", LIVE_NO_ACK);
    viewer_forget(p->viewer);
    return p;
}

/* ---- the fleet ---- */

static void place(struct stage *s, const char *device, double lat, double lng)
{
    stage_read(s, device, "location.latitude", lat, s->now.wall);
    stage_read(s, device, "location.longitude", lng, s->now.wall);
}

static void place_many(struct stage *s, size_t count, double lat, double lng)
{
    char id[32];
    for (size_t i = 0; i < count; i++) {
        snprintf(id, sizeof id, "d%zu", i);
        place(s, id, lat + (double)(i % 40) / 100, lng + (double)(i / 40) / 100);
    }
    stage_turn(s);
}

static const struct mark *find(const struct page *p, const char *id)
{
    for (size_t i = 0; i < p->count; i++) {
        if (strcmp(p->marks[i].id, id) == 0) {
            return &p->marks[i];
        }
    }
    return NULL;
}

static double total_of(const struct page *p)
{
    double total = 0;
    for (size_t i = 0; i < p->count; i++) {
        total += p->clusters ? p->marks[i].count : 1;
    }
    return total;
}

/* ---- tests ---- */

static void few_devices_are_told_one_by_one_then_what_changes(void **state)
{
    (void)state;
    struct stage s;
    stage_init(&s);
    struct page *p = page_of(&s);
    place(&s, "roof", 48.2, 16.37);
    place(&s, "far", -33.9, 151.2);
    stage_turn(&s);
    const char *answer = subscribe(
        p, "\"south\":46,\"west\":9,\"north\":49,\"east\":17,\"zoom\":6.5,\"ceiling\":1500");
    assert_contains(answer, "{\"ok\":true,\"area\":\"6/6/");
    assert_contains(answer, "\"interval\":1000,\"zoom\":6,\"ceiling\":1500,\"bounds\":{\"south\":");
    assert_contains(answer, "\"id\":[\"roof\"],\"name\":[null],\"lat\":[48.2");
    assert_contains(answer, "\"status\":[\"online\"],\"severity\":[null]},\"gone\":[],"
                            "\"complete\":true,\"seq\":");
    stage_wait(&s, 3000);
    assert_null(viewer_next(p->viewer, "area-update"));
    place(&s, "roof", 48.2000001, 16.37); /* less than a pixel */
    stage_turn(&s);
    stage_wait(&s, 1500);
    assert_null(viewer_next(p->viewer, "area-update"));
    stage_tell(&s, "roof", STATUS_OFFLINE);
    place(&s, "far", -33.8, 151.3);
    stage_turn(&s);
    stage_wait(&s, 1500);
    page_read(p);
    assert_int_equal(p->updates, 1);
    assert_string_equal(find(p, "roof")->status, "offline");
    place(&s, "far", 47, 10);
    stage_turn(&s);
    stage_wait(&s, 1500);
    page_read(p);
    assert_non_null(find(p, "far"));
    place(&s, "roof", 0, 0);
    stage_delete(&s, "far");
    stage_turn(&s);
    stage_wait(&s, 1500);
    page_read(p);
    assert_int_equal(p->count, 0);
    viewer_emit(p->viewer, "unsubscribe-area", "[\"unsubscribe-area\"]", LIVE_NO_ACK);
    place(&s, "roof", 48, 16);
    stage_turn(&s);
    stage_wait(&s, 1500);
    assert_null(viewer_next(p->viewer, "area-update"));
    assert_int_equal(metrics_get(&s.metrics, METRIC_LIVE_AREAS), 0);
    free(p);
    stage_fini(&s);
}

static void many_devices_are_clusters_with_their_worst_state_and_severity(void **state)
{
    (void)state;
    struct stage s;
    stage_init(&s);
    struct page *p = page_of(&s);
    place_many(&s, 400, 47, 10);
    stage_read(&s, "d7", "temperature", 20, START);
    stage_turn(&s);
    stage_rule(&s, "d7", "temperature", 30);
    stage_turn(&s);
    subscribe(p, WORLD ",\"zoom\":3,\"ceiling\":50");
    assert_true(p->clusters && p->complete && p->count <= 50);
    assert_true(total_of(p) == 400);
    stage_tell(&s, "d7", STATUS_OFFLINE);
    stage_turn(&s);
    stage_wait(&s, 1500);
    page_read(p);
    size_t offline = 0;
    for (size_t i = 0; i < p->count; i++) {
        offline += strcmp(p->marks[i].status, "offline") == 0;
        assert_true(p->marks[i].states[0] + p->marks[i].states[1] == p->marks[i].count);
    }
    assert_int_equal(offline, 1);
    stage_publish(&s, "d7", "temperature", 35);
    stage_wait(&s, 1500);
    page_read(p);
    size_t alerting = 0;
    for (size_t i = 0; i < p->count; i++) {
        alerting += p->marks[i].severity[0] != '\0';
        assert_true(p->marks[i].affected == (p->marks[i].severity[0] != '\0'));
        assert_true(p->marks[i].states[1] == 0);
    }
    assert_int_equal(alerting, 1);
    stage_publish(&s, "d7", "temperature", 25);
    stage_wait(&s, 1500);
    page_read(p);
    for (size_t i = 0; i < p->count; i++) {
        assert_string_equal(p->marks[i].severity, "");
    }
    free(p);
    stage_fini(&s);
}

static void an_area_over_the_date_line_has_both_sides(void **state)
{
    (void)state;
    struct stage s;
    stage_init(&s);
    struct page *p = page_of(&s);
    place(&s, "fiji", -17, 179.5);
    place(&s, "samoa", -14, -172);
    place(&s, "kenya", -1, 37);
    stage_turn(&s);
    subscribe(p,
              "\"south\":-25,\"west\":170,\"north\":-5,\"east\":-165,\"zoom\":4,\"ceiling\":100");
    assert_int_equal(p->count, 2);
    subscribe(p, "\"south\":-25,\"west\":-190,\"north\":-5,\"east\":-165,\"zoom\":4,"
                 "\"ceiling\":100");
    assert_int_equal(p->count, 2);
    assert_true(find(p, "fiji") && find(p, "samoa"));
    free(p);
    stage_fini(&s);
}

static void clients_that_look_at_the_same_tiles_share_frames(void **state)
{
    (void)state;
    struct stage s;
    stage_init(&s);
    struct page *a = page_of(&s), *b = page_of(&s);
    place_many(&s, 20, 47, 10);
    subscribe(a, "\"south\":46,\"west\":9,\"north\":49,\"east\":17,\"zoom\":5,\"ceiling\":100");
    subscribe(b, "\"south\":46.1,\"west\":9.1,\"north\":48.95,\"east\":16.9,\"zoom\":5,"
                 "\"ceiling\":100");
    assert_string_equal(a->area, b->area);
    assert_int_equal(metrics_get(&s.metrics, METRIC_LIVE_AREAS), 1);
    stage_tell(&s, "d3", STATUS_OFFLINE);
    stage_turn(&s);
    stage_wait(&s, 1100);
    page_read(a);
    page_read(b);
    assert_ptr_equal(a->viewer->last, b->viewer->last);
    assert_string_equal(find(b, "d3")->status, "offline");
    viewer_leave(a->viewer);
    stage_tell(&s, "d4", STATUS_OFFLINE);
    stage_turn(&s);
    stage_wait(&s, 1100);
    page_read(b);
    assert_string_equal(find(b, "d4")->status, "offline");
    free(a);
    free(b);
    stage_fini(&s);
}

static void hostile_areas_are_refused_or_bounded(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "",
        "\"south\":46,\"west\":9,\"north\":49,\"east\":17,\"zoom\":6",
        WORLD ",\"zoom\":\"6\",\"ceiling\":100",
        WORLD ",\"zoom\":-1,\"ceiling\":100",
        WORLD ",\"zoom\":4,\"ceiling\":0",
        WORLD ",\"zoom\":4,\"ceiling\":-5",
        WORLD ",\"zoom\":4,\"ceiling\":1e300",
        WORLD ",\"zoom\":1e10,\"ceiling\":100",
        WORLD ",\"zoom\":4,\"ceiling\":100,\"interval\":-1",
        WORLD ",\"zoom\":4,\"ceiling\":null",
        "\"south\":null,\"west\":9,\"north\":49,\"east\":17,\"zoom\":6,\"ceiling\":100",
        "\"south\":50,\"west\":9,\"north\":49,\"east\":17,\"zoom\":6,\"ceiling\":100",
        "\"south\":-91,\"west\":9,\"north\":49,\"east\":17,\"zoom\":6,\"ceiling\":100",
        "\"south\":1,\"west\":-1e9,\"north\":49,\"east\":17,\"zoom\":6,\"ceiling\":100",
    };
    struct stage s;
    char args[512];
    stage_init(&s);
    struct page *p = page_of(&s);
    place_many(&s, 3000, 47, 10);
    for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
        snprintf(args, sizeof args, "[\"subscribe-area\",{%s}]", wrong[i]);
        assert_contains(viewer_ask(p->viewer, "subscribe-area", args), "\"code\":\"invalid\"");
    }
    assert_contains(viewer_ask(p->viewer, "subscribe-area", "[\"subscribe-area\"]"), "\"invalid\"");
    assert_contains(viewer_ask(p->viewer, "subscribe-area", "[\"subscribe-area\",[]]"),
                    "\"invalid\"");
    assert_contains(subscribe(p, WORLD ",\"zoom\":1e9,\"ceiling\":1e9"),
                    "\"zoom\":22,\"ceiling\":2000");
    assert_true(p->clusters && p->count <= 2000 && total_of(p) == 3000);
    assert_contains(subscribe(p, WORLD ",\"zoom\":22,\"ceiling\":1"), "\"ceiling\":16");
    assert_true(p->clusters && p->count <= 16 && total_of(p) == 3000);
    assert_true(strlen(p->viewer->log[p->viewer->count - 1]) <= LIMIT_SNAPSHOT_BYTES);
    free(p);
    stage_fini(&s);
}

static void a_client_that_was_behind_gets_its_area_whole(void **state)
{
    (void)state;
    struct stage s;
    stage_init(&s);
    struct page *p = page_of(&s), *other = page_of(&s);
    place_many(&s, 30, 47, 10);
    subscribe(p, WORLD ",\"zoom\":4,\"ceiling\":100");
    subscribe(other, WORLD ",\"zoom\":4,\"ceiling\":100");
    p->viewer->takes = 0;
    for (int i = 0; i < 5; i++) {
        stage_tell(&s, "d1", i % 2 ? STATUS_ONLINE : STATUS_OFFLINE);
        stage_delete(&s, i == 0 ? "d2" : i == 1 ? "d3" : i == 2 ? "d4" : i == 3 ? "d5" : "d6");
        stage_turn(&s);
        stage_wait(&s, 1000);
    }
    viewer_take(p->viewer, SIZE_MAX);
    stage_wait(&s, 1000);
    page_read(p);
    page_read(other);
    assert_int_equal(p->count, 25);
    assert_int_equal(other->count, 25);
    assert_string_equal(find(p, "d1")->status, "offline");
    /* Without an answer the area comes as an event. */
    viewer_emit(p->viewer, "unsubscribe-area", "[\"unsubscribe-area\"]", LIVE_NO_ACK);
    viewer_forget(p->viewer);
    viewer_emit(p->viewer, "subscribe-area",
                "[\"subscribe-area\",{" WORLD ",\"zoom\":4,\"ceiling\":100}]", LIVE_NO_ACK);
    p->count = 0;
    stage_wait(&s, 1500);
    page_read(p);
    assert_int_equal(p->count, 25);
    free(p);
    free(other);
    stage_fini(&s);
}

/* ---- against the registry, at random ---- */

static bool is_inside(const char *name, const struct registry_device *d)
{
    unsigned zoom, level, x, y, nx, ny;
    assert_int_equal(sscanf(name, "%u/%u/%u/%u/%u/%u", &zoom, &level, &x, &y, &nx, &ny), 6);
    double side = (double)(1u << level), turn = (d->lng + 180) / 360;
    double tx = floor((turn - floor(turn)) * side);
    double lat = d->lat * 3.14159265358979323846 / 180;
    double ty = floor((0.5 - log(tan(0.785398163397448 + lat / 2)) / 6.28318530717958648) * side);
    double ox = tx - x < 0 ? tx - x + side : tx - x;
    return ox < nx && ty >= y && ty < y + ny;
}

static void compare(const struct page *p, const struct stage *s)
{
    size_t inside = 0, offline = 0, told_offline = 0;
    for (uint32_t id = 0; id < registry_device_rows(s->follower); id++) {
        const struct registry_device *d = registry_device(s->follower, (struct device_id){id});
        if (!d || !d->located || !is_inside(p->area, d)) {
            continue;
        }
        inside++;
        offline += d->status == STATUS_OFFLINE;
        const struct mark *m = find(p, d->key);
        assert_true(p->clusters || m);
        if (m) {
            assert_string_equal(m->status, status_text(d->status));
            assert_true(fabs(m->lng - d->lng) < 1.5 && fabs(m->lat - d->lat) < 1.5);
        }
    }
    for (size_t i = 0; i < p->count; i++) {
        told_offline += p->clusters ? (size_t)p->marks[i].states[1]
                                    : strcmp(p->marks[i].status, "offline") == 0;
    }
    /* A cluster at the edge may count devices beside the area. */
    assert_true(p->clusters ? total_of(p) >= (double)inside : total_of(p) == (double)inside);
    assert_true(p->clusters ? told_offline >= offline : told_offline == offline);
}

static void stir(struct stage *s, uint64_t *random)
{
    char id[16];
    for (size_t n = expect_random(random) % 60; n > 0; n--) {
        size_t i = expect_random(random) % 500;
        snprintf(id, sizeof id, "d%zu", i);
        if (expect_random(random) % 40 == 0) {
            if (registry_find_device(s->decider, bytes_of_text(id))) {
                stage_delete(s, id);
            }
        } else if (expect_random(random) % 3 == 0) {
            stage_tell(s, id, STATUS_OFFLINE);
        } else {
            place(s, id, (double)(expect_random(random) % 1600) / 10 - 80,
                  (double)(expect_random(random) % 3600) / 10 - 180);
        }
    }
    stage_turn(s);
}

static void pages_always_come_to_show_what_the_registry_holds(void **state)
{
    (void)state;
    struct stage s;
    struct page *pages[8];
    uint64_t random = expect_seed();
    stage_init(&s);
    for (size_t i = 0; i < 8; i++) {
        pages[i] = page_of(&s);
    }
    for (int round = 0; round < 60; round++) {
        char options[256];
        struct page *p = pages[expect_random(&random) % 8];
        double south = (double)(expect_random(&random) % 120) - 80;
        double west = (double)(expect_random(&random) % 360) - 180;
        page_read(p);
        snprintf(options, sizeof options,
                 "\"south\":%g,\"west\":%g,\"north\":%g,\"east\":%g,\"zoom\":%d,\"ceiling\":%d,"
                 "\"interval\":%d",
                 south, west, south + 10 + (double)(expect_random(&random) % 30),
                 west + 10 + (double)(expect_random(&random) % 300),
                 (int)(expect_random(&random) % 8), 16 + (int)(expect_random(&random) % 300),
                 expect_random(&random) % 2 ? 250 : 1000);
        subscribe(p, options);
        for (int turn = 0; turn < 6; turn++) {
            stir(&s, &random);
            stage_wait(&s, expect_random(&random) % 300);
        }
        stage_wait(&s, 4000);
        for (size_t i = 0; i < 8; i++) {
            page_read(pages[i]);
            if (pages[i]->area[0]) {
                assert_true(pages[i]->complete || pages[i]->updates == 0);
                compare(pages[i], &s);
            }
        }
    }
    stage_turn_by_snapshot(&s);
    stage_wait(&s, 2000);
    for (size_t i = 0; i < 8; i++) {
        page_read(pages[i]);
        if (pages[i]->area[0]) {
            compare(pages[i], &s);
        }
        free(pages[i]);
    }
    stage_fini(&s);
}

static void changes_stay_within_the_bytes_of_a_second(void **state)
{
    (void)state;
    struct stage s;
    char id[200];
    stage_init(&s);
    struct page *p = page_of(&s);
    for (size_t i = 0; i < 1400; i++) {
        snprintf(id, sizeof id, "a-device-with-a-long-name-%060zu", i);
        place(&s, id, 40, 10);
    }
    stage_turn(&s);
    subscribe(p, WORLD ",\"zoom\":8,\"ceiling\":2000");
    for (int round = 0; round < 12; round++) {
        for (size_t i = 0; i < 1400; i++) {
            snprintf(id, sizeof id, "a-device-with-a-long-name-%060zu", i);
            place(&s, id, 40 + round, 10 + (double)i / 100);
        }
        stage_turn(&s);
        size_t before = p->viewer->count, bytes = 0;
        stage_wait(&s, 1000);
        for (size_t i = before; i < p->viewer->count; i++) {
            bytes += is_event(p->viewer->log[i], "area-update") ? strlen(p->viewer->log[i]) : 0;
        }
        assert_true(bytes > 10000 && bytes <= LIMIT_AREA_BYTES_PER_SECOND);
    }
    stage_tell(&s, id, STATUS_OFFLINE); /* goes ahead of what waits */
    stage_turn(&s);
    p->viewer->read = p->viewer->count;
    stage_wait(&s, 1000);
    assert_contains(viewer_next(p->viewer, "area-update"), "\"offline\"");
    free(p);
    stage_fini(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(few_devices_are_told_one_by_one_then_what_changes),
        cmocka_unit_test(many_devices_are_clusters_with_their_worst_state_and_severity),
        cmocka_unit_test(an_area_over_the_date_line_has_both_sides),
        cmocka_unit_test(clients_that_look_at_the_same_tiles_share_frames),
        cmocka_unit_test(hostile_areas_are_refused_or_bounded),
        cmocka_unit_test(a_client_that_was_behind_gets_its_area_whole),
        cmocka_unit_test(pages_always_come_to_show_what_the_registry_holds),
        cmocka_unit_test(changes_stay_within_the_bytes_of_a_second),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
