/* SPDX-License-Identifier: Apache-2.0 */
/* The last messages of the fleet: which are kept, of whom they are, and the bounds of it. */
#include "decode/decode.h"

#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define NOW 1704103200000

static struct metrics metrics;

static struct decoder *new_decoder(void)
{
    struct decoder *d = decoder_new(&(struct decode_config){0}, (struct hash_key){1, 2}, &metrics);
    decoder_keep_messages(d);
    return d;
}

static void send(struct decoder *d, const char *topic, const char *payload, wall_ms now)
{
    struct decode_input in = {.topic = bytes_of_text(topic),
                              .payload = bytes_of_text(payload),
                              .flags = DECODE_QOS_1,
                              .now = now};
    struct decoded out;
    decode_message(d, &in, &out);
}

static void tick(struct decoder *d, wall_ms now)
{
    struct decoded out;
    decode_tick(d, now, &out);
}

/* What the last look showed: payloads, the newest first, and the last of the views. */
struct shown {
    struct buf text;
    struct decode_sample last;
    uint32_t one_in;
};

static void note_shown(void *ctx, const struct decode_message_view *view)
{
    struct shown *s = ctx;
    buf_put_bytes(&s->text, view->sample.payload);
    buf_put_byte(&s->text, ' ');
    s->last = view->sample;
    s->one_in = view->one_in;
}

static size_t look(const struct decoder *d, const char *device, size_t limit, struct shown *s)
{
    struct decode_messages_query q = {
        .device = bytes_of_text(device), .limit = limit, .each = note_shown, .ctx = s};
    buf_clear(&s->text);
    size_t n = decode_messages(d, &q);
    buf_put_byte(&s->text, 0);
    return n;
}

static void a_device_has_its_last_messages_the_newest_first(void **state)
{
    (void)state;
    struct decoder *d = new_decoder();
    struct shown s = {0};
    send(d, "sensors/a/t", "1", NOW);
    send(d, "sensors/b/t", "2", NOW + 1);
    send(d, "sensors/a/h", "3", NOW + 2);
    assert_int_equal(look(d, "a", 9, &s), 2);
    assert_string_equal(s.text.ptr, "3 1 ");
    assert_int_equal(s.last.qos, 1);
    assert_true(s.last.at == NOW && s.last.record_count == 1 && s.one_in == 1);
    assert_int_equal(look(d, "a", 1, &s), 1);
    assert_string_equal(s.text.ptr, "3 ");
    assert_int_equal(look(d, "c", 9, &s), 0);
    buf_fini(&s.text);
    decoder_free(d);
}

static void what_gave_nothing_is_listed_with_the_device_of_its_topic(void **state)
{
    (void)state;
    struct decoder *d = new_decoder();
    struct shown s = {0};
    send(d, "plant/pump", "{\"device\":\"p-1\",\"v\":1}", NOW);
    send(d, "plant/pump", "{\"v\":", NOW + 1);
    assert_int_equal(look(d, "p-1", 9, &s), 2);
    send(d, "plant/p-2/raw", "{\"broken", NOW); /* nothing is known but the topic's words */
    assert_int_equal(look(d, "p-2", 9, &s), 1);
    assert_int_equal(s.last.drop, DROP_INVALID_JSON);
    buf_fini(&s.text);
    decoder_free(d);
}

static void what_the_pipeline_refused_says_so(void **state)
{
    (void)state;
    struct decoder *d = new_decoder();
    struct shown s = {0};
    send(d, "sensors/a/t", "1", NOW);
    decoder_refused(d, DROP_TOO_OLD);
    assert_int_equal(look(d, "a", 9, &s), 1);
    assert_int_equal(s.last.drop, DROP_TOO_OLD);
    buf_fini(&s.text);
    decoder_free(d);
}

/* Each device sends `each` messages within the second that begins at `now`. */
static void flood(struct decoder *d, int devices, int each, wall_ms now)
{
    char topic[64];
    for (int i = 0; i < devices * each; i++) {
        (void)snprintf(topic, sizeof topic, "sensors/d%d/t", i % devices);
        send(d, topic, "7", now + (wall_ms)i * 999 / (devices * each));
    }
    tick(d, now + 1000);
}

static void under_load_some_are_kept_of_everybody_and_the_rest_is_counted(void **state)
{
    (void)state;
    struct decoder *d = new_decoder();
    struct shown s = {0};
    uint64_t before = metrics.value[METRIC_MESSAGES_UNLISTED];
    flood(d, 100, 400, NOW); /* the first second learns how many come */
    uint64_t first = metrics.value[METRIC_MESSAGES_UNLISTED] - before;
    assert_true(first > 20000 && first < 40000);
    flood(d, 100, 400, NOW + 1000);
    uint64_t second = metrics.value[METRIC_MESSAGES_UNLISTED] - before - first;
    assert_true(second > 37000 && second < 39000); /* some 2,000 of 40,000 are kept */
    for (int i = 0; i < 100; i++) {
        char device[16];
        (void)snprintf(device, sizeof device, "d%d", i);
        assert_true(look(d, device, 100, &s) > 5);
    }
    tick(d, NOW + 3000); /* calm again: all are kept */
    send(d, "sensors/d0/t", "8", NOW + 3000);
    send(d, "sensors/d0/t", "9", NOW + 3001);
    (void)look(d, "d0", 2, &s);
    assert_string_equal(s.text.ptr, "9 8 ");
    buf_fini(&s.text);
    decoder_free(d);
}

static void of_a_device_that_somebody_looks_at_all_are_kept(void **state)
{
    (void)state;
    struct decoder *d = new_decoder();
    struct shown s = {0};
    flood(d, 500, 80, NOW);
    decoder_watch(d, BYTES("d7"), NOW + 30000);
    flood(d, 500, 80, NOW + 1000);
    assert_int_equal(look(d, "d7", 80, &s), 80);
    assert_true(s.last.at >= NOW + 1000);
    tick(d, NOW + 40000); /* nobody does any more */
    flood(d, 500, 80, NOW + 41000);
    (void)look(d, "d7", 80, &s);
    assert_true(s.last.at < NOW + 41000);
    buf_fini(&s.text);
    decoder_free(d);
}

static void the_ring_forgets_the_oldest_and_the_last_of_a_topic_stays(void **state)
{
    (void)state;
    struct decoder *d = new_decoder();
    struct shown s = {0};
    static char payload[LIMIT_HEARD_PAYLOAD_BYTES * 2];
    memset(payload, 'x', sizeof payload - 1);
    send(d, "sensors/quiet/t", "1", NOW);
    send(d, "sensors/quiet/t", "2", NOW + 10);
    for (int i = 0; i < 3 * (int)(LIMIT_HEARD_BYTES / LIMIT_HEARD_PAYLOAD_BYTES); i++) {
        send(d, "sensors/loud", payload, NOW + (wall_ms)20 * i);
        tick(d, NOW + (wall_ms)20 * i);
    }
    assert_int_equal(look(d, "quiet", 9, &s), 1); /* the sample of its topic */
    assert_string_equal(s.text.ptr, "1 ");
    assert_int_equal(look(d, "loud", 100, &s), 100);
    assert_int_equal(s.last.payload.len, LIMIT_HEARD_PAYLOAD_BYTES);
    assert_int_equal(s.last.payload_bytes, sizeof payload - 1);
    buf_fini(&s.text);
    decoder_free(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_device_has_its_last_messages_the_newest_first),
        cmocka_unit_test(what_gave_nothing_is_listed_with_the_device_of_its_topic),
        cmocka_unit_test(what_the_pipeline_refused_says_so),
        cmocka_unit_test(under_load_some_are_kept_of_everybody_and_the_rest_is_counted),
        cmocka_unit_test(of_a_device_that_somebody_looks_at_all_are_kept),
        cmocka_unit_test(the_ring_forgets_the_oldest_and_the_last_of_a_topic_stays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
