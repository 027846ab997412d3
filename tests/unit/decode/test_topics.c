/* SPDX-License-Identifier: Apache-2.0 */
/* What is remembered of topics: who decodes them, what people are shown, and the bounds of it. */
#include "decode/topics.h"

#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define NOW 1704103200000

static struct metrics metrics;

static struct decoder *new_decoder(void)
{
    return decoder_new(&(struct decode_config){0}, (struct hash_key){1, 2}, &metrics);
}

static void send_at(struct decoder *d, struct bytes topic, struct bytes payload, wall_ms now)
{
    struct decode_input in = {topic, payload, 0, 0, now};
    struct decoded out;
    decode_message(d, &in, &out);
}

static void send(struct decoder *d, const char *topic, const char *payload, wall_ms now)
{
    send_at(d, bytes_of_text(topic), bytes_of_text(payload), now);
}

/* What the last look showed, as lines. */
struct shown {
    struct buf text;
    struct decode_topic_view last;
    double value;
};

static void note_shown(void *ctx, const struct decode_topic_view *view)
{
    struct shown *s = ctx;
    buf_put_bytes(&s->text, view->topic);
    buf_put_byte(&s->text, ' ');
    s->last = *view;
    s->value = view->sample.record_count > 0 ? view->sample.records[0].value : -1;
}

static size_t look(const struct decoder *d, const char *prefix, const char *after, size_t limit,
                   struct shown *s)
{
    struct decode_topics_query q = {
        bytes_of_text(prefix), bytes_of_text(after), limit, NOW, note_shown, s, false};
    buf_clear(&s->text);
    size_t n = decode_topics(d, &q);
    buf_put_byte(&s->text, 0);
    return n;
}

static void topics_are_listed_in_order_by_prefix_and_page(void **state)
{
    (void)state;
    struct decoder *d = new_decoder();
    struct shown s = {0};
    const char *const topics[] = {"b/1", "a/10", "c", "a/2", "a/1", "a", "b/2"};
    for (size_t i = 0; i < ARRAY_LEN(topics); i++) {
        send(d, topics[i], "1", NOW);
    }
    assert_int_equal(look(d, "", "", 100, &s), 7);
    assert_string_equal(s.text.ptr, "a a/1 a/10 a/2 b/1 b/2 c ");
    assert_int_equal(look(d, "", "", 3, &s), 3);
    assert_string_equal(s.text.ptr, "a a/1 a/10 ");
    assert_int_equal(look(d, "", "a/10", 3, &s), 3);
    assert_string_equal(s.text.ptr, "a/2 b/1 b/2 ");
    assert_int_equal(look(d, "a/", "a/1", 9, &s), 2);
    assert_string_equal(s.text.ptr, "a/10 a/2 ");
    assert_int_equal(look(d, "x", "", 9, &s), 0);
    assert_int_equal(look(d, "", "", 0, &s), 0);
    buf_fini(&s.text);
    decoder_free(d);
}

static void a_sample_is_renewed_once_a_second_and_when_the_outcome_changes(void **state)
{
    (void)state;
    struct decoder *d = new_decoder();
    struct shown s = {0};
    send(d, "sensors/d/t", "1", NOW);
    send(d, "sensors/d/t", "2", NOW + 999);
    look(d, "", "", 9, &s);
    assert_true(s.value == 1 && s.last.messages == 2 && s.last.sample.at == NOW);
    assert_true(s.last.first == NOW && s.last.last == NOW + 999);
    assert_int_equal(s.last.sample.decoder, DECODER_PLAIN);
    assert_int_equal(s.last.sample.drop, DROP_NONE);
    send(d, "sensors/d/t", "3", NOW + 1000);
    look(d, "", "", 9, &s);
    assert_true(s.value == 3 && s.last.sample.payload_bytes == 1);
    send(d, "sensors/d/t", "{\"value\":", NOW + 1001);
    look(d, "", "", 9, &s);
    assert_int_equal(s.last.sample.drop, DROP_INVALID_JSON);
    assert_int_equal(s.last.sample.record_count, 0);
    assert_true(bytes_equal(s.last.sample.payload, BYTES("{\"value\":")));
    buf_fini(&s.text);
    decoder_free(d);
}

static void a_sample_is_cut_at_its_limits(void **state)
{
    (void)state;
    struct decoder *d = new_decoder();
    struct shown s = {0};
    struct buf payload = {0};
    buf_put_text(&payload, "{\"a\":0");
    for (int i = 0; i < 200; i++) {
        buf_printf(&payload, ",\"k%d\":%d", i, i);
    }
    buf_put_text(&payload, "}");
    send_at(d, BYTES("many"), buf_bytes(&payload), NOW);
    look(d, "", "", 9, &s);
    assert_int_equal(s.last.sample.payload.len, LIMIT_TOPIC_PAYLOAD_BYTES);
    assert_true(memcmp(s.last.sample.payload.ptr, payload.ptr, LIMIT_TOPIC_PAYLOAD_BYTES) == 0);
    assert_int_equal(s.last.sample.payload_bytes, payload.len);
    assert_int_equal(s.last.sample.record_count, LIMIT_TOPIC_RECORDS);
    assert_int_equal(s.last.sample.records_total, 201);
    buf_fini(&payload);
    buf_fini(&s.text);
    decoder_free(d);
}

static void the_rate_is_that_of_the_last_minute(void **state)
{
    (void)state;
    struct decoder *d = new_decoder();
    struct shown s = {0};
    for (int i = 0; i < 1200; i++) {
        send(d, "t", "1", NOW - 120000 + i * 100);
    }
    look(d, "", "", 9, &s);
    assert_true(s.last.rate > 9.5 && s.last.rate < 10.5);
    decoder_free(d);
    d = new_decoder();
    send(d, "t", "1", NOW - 300000);
    look(d, "", "", 9, &s);
    assert_true(s.last.rate == 0);
    for (int i = 0; i < 50; i++) {
        send(d, "u", "1", NOW - 5000 + i * 100);
    }
    look(d, "u", "", 9, &s);
    assert_true(s.last.rate > 9.5 && s.last.rate < 10.5);
    buf_fini(&s.text);
    decoder_free(d);
}

/* F20: names without end, while some topics go on. */
static void a_million_topics_leave_memory_at_its_cap_and_the_busy_ones_remembered(void **state)
{
    (void)state;
    struct decoder *d = new_decoder();
    struct shown s = {0};
    struct buf payload = {0};
    for (int i = 0; i < 9; i++) {
        buf_printf(&payload, "%s\"%0200d\":1", i == 0 ? "{\"deviceId\":\"flood\"," : ",", i);
    }
    buf_put_byte(&payload, '}');
    uint64_t most = 0;
    for (unsigned i = 0; i < 1000000; i++) {
        char topic[512];
        int len = snprintf(topic, sizeof topic, "flood/%0*u", i % 7 == 0 ? 300 : 7, i);
        send_at(d, bytes_of(topic, (size_t)len), i >= 60000 ? BYTES("1") : buf_bytes(&payload),
                NOW + i / 100);
        if (i % 1000 == 0) {
            send(d, "sensors/known/t", "21", NOW + i / 100);
            uint64_t bytes = metrics_get(&metrics, METRIC_TOPIC_BYTES);
            most = bytes > most ? bytes : most;
        }
    }
    assert_true(most > LIMIT_TOPICS_BYTES / 10 * 9 && most <= LIMIT_TOPICS_BYTES);
    assert_true(metrics_get(&metrics, METRIC_TOPICS) <= LIMIT_TOPICS);
    assert_int_equal(look(d, "sensors/", "", 9, &s), 1);
    assert_true(s.last.messages == 1000);
    assert_true(metrics_get(&metrics, METRIC_TOPICS_FORGOTTEN) > 900000);
    buf_fini(&payload);
    buf_fini(&s.text);
    decoder_free(d);
}

static void what_each_decoder_took_and_refused_is_counted(void **state)
{
    (void)state;
    struct decoder *d = new_decoder();
    uint64_t taken = atomic_load(&metrics.decoded[DECODER_PLAIN]);
    uint64_t refused = atomic_load(&metrics.undecoded[DECODER_PLAIN][DROP_NOT_FINITE]);
    send(d, "t", "{\"a\":1,\"b\":1e999}", NOW);
    send(d, "t", "NaN", NOW);
    assert_true(atomic_load(&metrics.decoded[DECODER_PLAIN]) == taken + 1);
    assert_true(atomic_load(&metrics.undecoded[DECODER_PLAIN][DROP_NOT_FINITE]) == refused + 2);
    send(d, "a/b/set", "1", NOW);
    assert_true(atomic_load(&metrics.decoded[DECODER_COMMANDS]) > 0);
    decoder_free(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(topics_are_listed_in_order_by_prefix_and_page),
        cmocka_unit_test(a_sample_is_renewed_once_a_second_and_when_the_outcome_changes),
        cmocka_unit_test(a_sample_is_cut_at_its_limits),
        cmocka_unit_test(the_rate_is_that_of_the_last_minute),
        cmocka_unit_test(a_million_topics_leave_memory_at_its_cap_and_the_busy_ones_remembered),
        cmocka_unit_test(what_each_decoder_took_and_refused_is_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
