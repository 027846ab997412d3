/* SPDX-License-Identifier: Apache-2.0 */
/* Payloads, topics and times that no honest device sends (F17, F18, F24 and class C24 of the list
 * of faults): each is refused by a reason that is counted, or taken as exactly what it says. The
 * flood of names (F20) is in test_topics.c. */
#include "decode/decode.h"

#include "base/mem.h"

#include "describe_decoded.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static struct metrics metrics;

static void expect(struct bytes topic, struct bytes payload, const char *want, enum drop drop)
{
    struct decoder *d = decoder_new(&(struct decode_config){0}, (struct hash_key){1, 2}, &metrics);
    struct decode_input in = {topic, payload, 0, 0, 1704103200000};
    struct decoded got;
    struct buf text = {0};
    uint64_t before = drop == DROP_NONE ? 0 : atomic_load(&metrics.dropped[drop]);
    decode_message(d, &in, &got);
    describe(&got, &text);
    if (got.drop != drop || (want && strcmp((const char *)text.ptr, want) != 0)) {
        fail_msg("%.*s %.60s gave %.200s and drop %d", (int)topic.len, (const char *)topic.ptr,
                 (const char *)payload.ptr, (const char *)text.ptr, (int)got.drop);
    }
    assert_true(drop == DROP_NONE || atomic_load(&metrics.dropped[drop]) == before + 1);
    buf_fini(&text);
    decoder_free(d);
}

/* F17 */
static void payloads_without_sense_are_counted_or_taken_exactly(void **state)
{
    (void)state;
    static const struct {
        struct bytes payload;
        const char *want;
        enum drop drop;
    } cases[] = {
        {BYTES(""), "", DROP_NONE},
        {BYTES("\0"), "", DROP_UNDECODED},
        {BYTES("1\0002"), "", DROP_UNDECODED},
        {BYTES("\xff\xfe\xfd"), "", DROP_INVALID_UTF8},
        {BYTES("\xef\xbb\xbf{\"a\":1}"), "", DROP_UNDECODED},
        {BYTES("{\"a\":\"\xc0\xaf\",\"b\":1}"), "", DROP_INVALID_UTF8},
        {BYTES("NaN"), "", DROP_NOT_FINITE},
        {BYTES("Infinity"), "", DROP_NOT_FINITE},
        {BYTES("1e999"), "", DROP_NOT_FINITE},
        {BYTES("{\"a\":NaN}"), "", DROP_NOT_FINITE},
        {BYTES("{\"a\":-1e999}"), "", DROP_NOT_FINITE},
        {BYTES("-0"), "d/t=-0", DROP_NONE},
        {BYTES("1e-400"), "d/t=0", DROP_NONE},
        {BYTES("12345678901234567890"), "d/t=12345678901234567000", DROP_NONE},
        {BYTES("{\"a\":1,\"a\":2}"), "d/t.a=1\nd/t.a=2", DROP_NONE},
        {BYTES("{\"value\":1,\"value\":2}"), "d/t=2", DROP_NONE},
        {BYTES("{\"a\":1e999,\"b\":2}"), "d/t.b=2", DROP_NONE},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        expect(BYTES("sensors/d/t"), cases[i].payload, cases[i].want, cases[i].drop);
    }
}

/* C24: depth takes no stack, and size no time. */
static void bombs_of_depth_and_size_are_refused_whole(void **state)
{
    (void)state;
    enum { DEEP = 100000 };
    static const char *const topics[] = {"sensors/d/t",      "any/where",        "telegraf/h/x",
                                         "zigbee2mqtt/lamp", "tele/plug/SENSOR", "homie/d/n/p"};
    uint8_t *bomb = mem_alloc(LIMIT_DECODE_BYTES + 1);
    for (size_t i = 0; i < ARRAY_LEN(topics); i++) {
        struct bytes topic = bytes_of_text(topics[i]);
        struct decoded got;
        struct decoder *d = decoder_new(&(struct decode_config){0}, (struct hash_key){1, 2}, NULL);
        for (size_t k = 0; k < DEEP / 5; k++) {
            memcpy(bomb + 5 * k, "{\"a\":", 5);
        }
        struct decode_input in = {topic, bytes_of(bomb, DEEP), 0, 0, 0};
        decode_message(d, &in, &got);
        assert_int_equal(got.count, 0);
        memset(bomb, '[', DEEP);
        decode_message(d, &in, &got);
        assert_int_equal(got.count, 0);
        memset(bomb, '1', LIMIT_DECODE_BYTES + 1);
        in.payload.len = LIMIT_DECODE_BYTES + 1;
        decode_message(d, &in, &got);
        assert_int_equal(got.drop, DROP_PAYLOAD_TOO_LARGE);
        in.payload.len = LIMIT_DECODE_BYTES; /* a number beyond a double, or a text */
        decode_message(d, &in, &got);
        assert_int_equal(got.count, 0);
        decoder_free(d);
    }
    expect(BYTES("any/where"), bytes_of(memset(bomb, '[', DEEP), DEEP), "", DROP_TOO_DEEP);
    free(bomb);
}

/* F18 */
static void topics_of_any_shape_name_inert_devices_or_are_refused(void **state)
{
    (void)state;
    char *deep = mem_zalloc(LIMIT_TOPIC_BYTES + 2, 1);
    for (size_t i = 0; i < LIMIT_TOPIC_BYTES; i++) {
        deep[i] = i % 2 ? '/' : 'a';
    }
    expect(bytes_of(deep, 400), BYTES("1"), "", DROP_BAD_TOPIC);
    memset(deep, 'x', LIMIT_TOPIC_BYTES + 1);
    expect(bytes_of(deep, LIMIT_TOPIC_BYTES + 1), BYTES("1"), "", DROP_BAD_TOPIC);
    expect(bytes_of(deep, LIMIT_TOPIC_BYTES), BYTES("1"), "", DROP_BAD_DEVICE_ID);
    expect(bytes_of(deep, LIMIT_TOPIC_BYTES), BYTES("{\"a\":1}"), "", DROP_BAD_DEVICE_ID);
    free(deep);
    expect(BYTES("$SYS/broker/load"), BYTES("1.5"), "", DROP_UNDECODED);
    expect(BYTES("../../x"), BYTES("1"), "../../x=1", DROP_NONE);
    expect(BYTES(".."), BYTES("1"), "", DROP_BAD_DEVICE_ID);
    expect(BYTES("<img src=x onerror=alert(1)>/t"), BYTES("1"), "<img src=x onerror=alert(1)>/t=1",
           DROP_NONE);
    expect(BYTES("'; DROP TABLE x;--/t"), BYTES("1"), "'; DROP TABLE x;--/t=1", DROP_NONE);
    expect(BYTES("\xf0\x9f\x98\x80/t"), BYTES("1"), "\xf0\x9f\x98\x80/t=1", DROP_NONE);
    expect(BYTES("a\x01/t"), BYTES("1"), "", DROP_BAD_DEVICE_ID);
    expect(BYTES("///"), BYTES("1"), "", DROP_BAD_SENSOR_ID);
}

/* F24: a time is the device's own or none; what is to be thought of it is decided behind us. */
static void times_without_sense_do_not_overflow(void **state)
{
    (void)state;
    static const struct {
        const char *time;
        const char *want;
    } cases[] = {
        {"253402300799", "d/a=1@253402300799"}, /* the size rule says ms: 1978 */
        {"\"9999-12-31T23:59:59Z\"", "d/a=1@253402300799000"},
        {"9223372036854775808", "d/a=1@9223372036854"},
        {"1e20", "d/a=1@100000000000000"},
        {"1e300", "d/a=1"},
        {"-1", "d/a=1"},
        {"-9223372036854775808", "d/a=1"},
        {"0", "d/a=1"},
        {"1", "d/a=1"},
        {"\"1970-01-01T00:00:00Z\"", "d/a=1@0"},
        {"1704103200", "d/a=1@1704103200000"},
        {"1704103200000", "d/a=1@1704103200000"},
        {"1704103200000000", "d/a=1@1704103200000"},
        {"1704103200000000000", "d/a=1@1704103200000"},
        {"\"99999-01-01T00:00:00Z\"", "d/a=1"},
        {"{\"now\":\"x\"}", "d/a=1"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        char payload[128];
        int len = snprintf(payload, sizeof payload, "{\"a\":1,\"timestamp\":%s}", cases[i].time);
        expect(BYTES("d"), bytes_of(payload, (size_t)len), cases[i].want, DROP_NONE);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(payloads_without_sense_are_counted_or_taken_exactly),
        cmocka_unit_test(bombs_of_depth_and_size_are_refused_whole),
        cmocka_unit_test(topics_of_any_shape_name_inert_devices_or_are_refused),
        cmocka_unit_test(times_without_sense_do_not_overflow),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
