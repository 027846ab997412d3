/* SPDX-License-Identifier: Apache-2.0 */
/* Plain topics and generic JSON, message by message: what is recorded, and why the rest is not. */
#include "decode/decode.h"

#include "base/mem.h"

#include "describe_decoded.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define DEG "\xc2\xb0"

static struct metrics metrics;

/* Decodes from copies of exactly the right size and compares with the lines `want`. */
static void expect(struct bytes topic, struct bytes payload, const char *want, enum drop drop)
{
    struct decoder *d = decoder_new(&(struct decode_config){0}, (struct hash_key){1, 2}, &metrics);
    uint8_t *t = mem_alloc(topic.len + 1);
    uint8_t *p = mem_alloc(payload.len + (payload.len == 0));
    memcpy(t, topic.ptr, topic.len);
    memcpy(p, payload.ptr, payload.len);
    struct decode_input in = {bytes_of(t, topic.len), bytes_of(p, payload.len), 0, 0,
                              1704103200000};
    struct decoded got;
    struct buf text = {0};
    decode_message(d, &in, &got);
    describe(&got, &text);
    if (strcmp((const char *)text.ptr, want) != 0 || got.drop != drop) {
        fail_msg("%.*s %.*s gave \"%s\" and %s", (int)topic.len, topic.ptr, (int)payload.len,
                 payload.ptr, (const char *)text.ptr,
                 got.drop == DROP_NONE ? "no drop" : "another drop");
    }
    buf_fini(&text);
    free(t);
    free(p);
    decoder_free(d);
}

struct message {
    const char *topic;
    const char *payload;
    const char *want;
};

static void expect_records(const struct message *messages, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        expect(bytes_of_text(messages[i].topic), bytes_of_text(messages[i].payload),
               messages[i].want, DROP_NONE);
    }
}

struct refused {
    const char *topic;
    const char *payload;
    enum drop drop;
};

static void expect_refused(const struct refused *messages, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        uint64_t before = atomic_load(&metrics.dropped[messages[i].drop]);
        expect(bytes_of_text(messages[i].topic), bytes_of_text(messages[i].payload), "",
               messages[i].drop);
        assert_true(atomic_load(&metrics.dropped[messages[i].drop]) == before + 1);
    }
}

static void a_scalar_is_a_reading_of_what_the_topic_names(void **state)
{
    (void)state;
    static const struct message messages[] = {
        {"sensors/esp32-01/temperature", "23.5", "esp32-01/temperature=23.5"},
        {"sensors/esp32-01/temperature", " 61.20\r\n", "esp32-01/temperature=61.2"},
        {"sensors/d/t", "\"-1.5e3\"", "d/t=-1500"},
        {"sensors/d/door", "ON", "d/door=1 bool"},
        {"sensors/d/door", "false", "d/door=0 bool"},
        {"sensors/d/door", "\"Off\"", "d/door=0 bool"},
        {"sensors/d/a/b/c", "1", "d/a.b.c=1"},
        {"sensors/<img src=x onerror=alert(1)>/t", "1", "<img src=x onerror=alert(1)>/t=1"},
        {"sensors/d/t", "", ""},
        {"sensors/d/t", "unavailable", ""},
        {"sensors/d/t", "null", ""},
    };
    expect_records(messages, ARRAY_LEN(messages));
}

static void an_object_with_a_value_is_one_reading(void **state)
{
    (void)state;
    static const struct message messages[] = {
        {"sensors/dev-42/temperature",
         "{\"deviceId\":\"dev-42\",\"sensorType\":\"temperature\",\"value\":22.5,\"unit\":\"C\","
         "\"timestamp\":1704103200000}",
         "dev-42/temperature=22.5" DEG "C@1704103200000"},
        {"any/where",
         "{\"timestamp\":1704103200,\"value\":true,\"device_id\":\"d\",\"sensor\":\"door\"}",
         "d/door=1 bool@1704103200000"},
        {"sensors/a/b", "{\"deviceId\":\"c\",\"sensorType\":\"e\",\"value\":1}", "c/e=1"},
        {"sensors/a/b", "{\"value\":1,\"battery\":80,\"raw\":[1e400]}", "a/b=1"},
        {"sensors/a/b", "{\"value\":\"1013.25\",\"unit\":\"hPa\"}", "a/b=1013.25hPa"},
        {"sensors/a/b", "{\"value\":null}", ""},
        {"sensors/a/b", "{\"value\":\"NaN\"}", ""},
        {"x", "{\"deviceId\":\"../../x\",\"sensorType\":\"t\",\"value\":1}", "../../x/t=1"},
        {"x", "{\"device\\u0049d\":\"caf\\u00e9\",\"sensorType\":\"\\u00b5\",\"value\":1}",
         "caf\xc3\xa9/\xc2\xb5=1"},
        {"x", "{\"deviceId\":\"d\",\"value\":3,\"unit\":\"lux\"}", "d/value=3lx"},
        {"x", "{\"deviceId\":\"d\",\"sensorType\":\"t\",\"value\":1,\"status\":\"online\"}",
         "d/t=1\nd is online"},
    };
    expect_records(messages, ARRAY_LEN(messages));
}

static void other_objects_are_flattened(void **state)
{
    (void)state;
    static const struct message messages[] = {
        {"sensors/dev-9/climate",
         "{\"temperature\":21.4,\"humidity\":40,\"ok\":true,\"comment\":\"fine\",\"battery\":null}",
         "dev-9/climate.temperature=21.4\ndev-9/climate.humidity=40\ndev-9/climate.ok=1 bool"},
        {"sensors/dev-9", "{\"a\":1,\"ts\":1704103200123456,\"id\":7,\"location\":\"12\"}",
         "dev-9/a=1@1704103200123"},
        {"motion-readings",
         "{\"node-id\":\"N3\",\"sensor\":\"pir\",\"motion-bool\":0,\"timestamp\":1585673980}",
         "N3/motion-bool=0@1585673980000"},
        {"x", "{\"deviceId\":\"d\",\"t\":{\"value\":25.5,\"unit\":\"celsius\",\"accuracy\":0.1}}",
         "d/t=25.5" DEG "C\nd/t.accuracy=0.1"},
        {"x",
         "{\"deviceId\":\"d\",\"p\":{\"unit\":\"\\u0025RH\",\"time\":\"2024-01-01T10:00:00Z\","
         "\"id\":4,\"value\":\"5\"}}",
         "d/p=5%@1704103200000"},
        {"x", "{\"deviceId\":\"d\",\"lap\":{\"time\":12.5},\"l\":[1,[2,{\"x\":3}]]}",
         "d/lap.time=12.5\nd/l.0=1\nd/l.1.0=2\nd/l.1.1.x=3"},
        {"x", "{\"deviceId\":\"d\",\"data\":{\"status\":{\"battery\":85}}}",
         "d/data.status.battery=85"},
        {"x", "{\"device\":{\"a\":1},\"deviceId\":\"d\"}", "d/device.a=1"},
        {"x", "{\"deviceId\":\"d\",\"device\":\"e\",\"a\":1}", "d/a=1"},
        {"x", "{\"device\":\"e\",\"deviceId\":\"d\",\"a\":1}", "d/a=1"},
        {"x", "{\"deviceId\":5,\"device\":\"e\",\"a\":1}", "e/a=1"},
        {"x", "{\"datetime\":1704103201,\"timestamp\":1704103200,\"ts\":1704103202,\"a\":1}",
         "x/a=1@1704103200000"},
        {"x", "{\"timestamp\":\"2024-01-01T10:00:00\",\"time\":1704103203,\"a\":1}",
         "x/a=1@1704103203000"},
        {"x", "{\"timestamp\":\"0001-01-01T00:00:00Z\",\"ts\":1.33,\"a\":1}", "x/a=1"},
        {"x", "{\"deviceId\":\"d\",\"value\":{\"a\":1}}", "d/value.a=1"},
        {"x", "{\"deviceId\":\"d\",\"comment\":\"hi\"}", ""},
        {"sensors/d", "{}", ""},
        {"x", "{\"deviceId\":\"d\",\"a\":1,\"a\":2}", "d/a=1\nd/a=2"},
    };
    expect_records(messages, ARRAY_LEN(messages));
}

static void any_topic_names_device_and_sensor(void **state)
{
    (void)state;
    static const struct message messages[] = {
        {"home/kitchen/temperature", "23.5", "home/kitchen/temperature=23.5"},
        {"home/door", "ON", "home/door=1 bool"},
        {"boiler", "\"61\"", "boiler/value=61"},
        {"sensors/temperature", "20", "sensors/temperature=20"},
        {"sensors", "1", "sensors/value=1"},
        {"home/kitchen", "{\"temperature\":23.5,\"fan\":\"off\",\"mode\":\"eco\"}",
         "home/kitchen/temperature=23.5\nhome/kitchen/fan=0 bool"},
        {"home/kitchen", "{\"value\":3,\"unit\":\"percent\",\"limit\":5}",
         "home/kitchen/limit=5\nhome/kitchen/value=3%"},
        {"home/kitchen", "{\"id\":12,\"sensor\":\"bme\",\"rh\":40}", "home/kitchen/rh=40"},
        {"home/kitchen", "{\"mac\":\"021528603314\",\"v\":\"2%\",\"n\":\"-0.5e1\"}",
         "home/kitchen/n=-5"},
        {"home/kitchen", "{\"sensorType\":\"co2\",\"value\":\"415\"}", "home/kitchen/co2=415"},
        {"home/empty", "", ""},
        {"home/empty", "unknown", ""},
    };
    expect_records(messages, ARRAY_LEN(messages));
}

static void a_location_in_words_is_the_place_of_the_device(void **state)
{
    (void)state;
    struct decoder *d = decoder_new(&(struct decode_config){0}, (struct hash_key){1, 2}, NULL);
    struct decode_input in = {
        BYTES("t"), BYTES("{\"deviceId\":\"d\",\"location\":\" room\\u00201 \",\"a\":1}"), 0, 0, 0};
    struct decoded got;
    decode_message(d, &in, &got);
    assert_int_equal(got.count, 1);
    assert_int_equal(got.meta_count, 1);
    assert_true(bytes_equal(got.meta[0].device, BYTES("d")));
    assert_true(bytes_equal(got.meta[0].place, BYTES("room 1")));
    in.payload = BYTES("{\"location\":{\"lat\":1.5}}");
    decode_message(d, &in, &got);
    assert_int_equal(got.meta_count, 0);
    assert_int_equal(got.count, 1);
    assert_true(bytes_equal(got.records[0].sensor, BYTES("location.lat")));
    decoder_free(d);
}

static void statuses_are_told_by_text_string_and_object(void **state)
{
    (void)state;
    static const struct message messages[] = {
        {"devices/dev-42/status", "online", "dev-42 is online"},
        {"devices/dev-42/status", "OFFLINE\n", "dev-42 is offline"},
        {"devices/dev-42/status", "\"offline\"", "dev-42 is offline"},
        {"devices/dev-42/status", "{\"status\":\"offline\",\"timestamp\":1704103260}",
         "dev-42 is offline@1704103260000"},
        {"devices/dev-42/status", "{\"status\":\"asleep\",\"battery\":80}",
         "dev-42/battery=80\ndev-42 is asleep"},
        {"devices/a/status", "{\"deviceId\":\"b\",\"status\":\"online\"}", "b is online"},
        {"sensors/d/status", "online", "d is online"},
        {"iot/device/status", "{\"deviceId\":\"i\",\"status\":\"online\",\"uptime\":3600}",
         "i/uptime=3600\ni is online"},
        {"hall/lamp/status", "online", "hall/lamp is online"},
        {"hall/status", " offline\n", "hall is offline"},
        {"devices/d/status", "", ""},
        {"devices/d/status", "unknown", ""},
        {"devices/d/status", "{\"status\":\"rebooting\"}", ""},
        {"devices/d/status", "{\"status\":2}", "d/status=2"},
    };
    expect_records(messages, ARRAY_LEN(messages));
}

static void commands_are_no_data(void **state)
{
    (void)state;
    static const char *const topics[] = {
        "zigbee2mqtt/lamp/set",
        "a/get",
        "a/command",
        "homie/d/n/p/$target",
        "cmnd/plug/POWER",
        "W/portal/system",
        "R/portal/keep",
        "spBv1.0/g/NCMD/e",
        "a/down/b",
        "a/command/b",
        "sensors/d/set",
    };
    for (size_t i = 0; i < ARRAY_LEN(topics); i++) {
        expect(bytes_of_text(topics[i]), BYTES("{\"deviceId\":\"d\",\"a\":1}"), "", DROP_NONE);
    }
    expect(BYTES("sensors/down/t"), BYTES("1"), "down/t=1", DROP_NONE);
    expect(BYTES("sensors/command/t"), BYTES("1"), "command/t=1", DROP_NONE);
}

static void what_can_not_be_taken_is_refused_by_reason(void **state)
{
    (void)state;
    static const struct refused messages[] = {
        {"some/topic", "hot", DROP_UNDECODED},
        {"some/status", "Online", DROP_UNDECODED},
        {"some/topic", "\x08\x96\x01", DROP_INVALID_UTF8},
        {"some/topic", "[1,2]", DROP_WRONG_TYPE},
        {"some/topic/", "1", DROP_BAD_SENSOR_ID},
        {"/t", "1", DROP_BAD_DEVICE_ID},
        {"sensors/d/t", "hot", DROP_UNDECODED},
        {"sensors/d/t", "007", DROP_UNDECODED},
        {"sensors/d/t", "\"hot\"", DROP_UNDECODED},
        {"devices/d/status", "rebooting", DROP_UNDECODED},
        {"sensors/d/t", "{\"value\":1", DROP_INVALID_JSON},
        {"sensors/d/t", "{\"value\":1}}", DROP_INVALID_JSON},
        {"sensors/d/t", "{bad}", DROP_INVALID_JSON},
        {"sensors/d/t", "[1,", DROP_INVALID_JSON},
        {"sensors/d/t", "\"open", DROP_INVALID_JSON},
        {"any", "{\"deviceId\":\"d\",}", DROP_INVALID_JSON},
        {"sensors/d/t", "\xff\xfe", DROP_INVALID_UTF8},
        {"sensors/d/t", "{\"value\":\"\xff\"}", DROP_INVALID_UTF8},
        {"any", "{\"deviceId\":\"\xc3\",\"a\":1}", DROP_INVALID_UTF8},
        {"any", "{\"deviceId\":\"\\ud800\",\"a\":1}", DROP_INVALID_UTF8},
        {"devices/d/status", "\xff", DROP_INVALID_UTF8},
        {"any", "{\"deviceId\":\"d\",\"sensorType\":5,\"value\":1}", DROP_WRONG_TYPE},
        {"any", "{\"deviceId\":\"d\",\"sensorType\":\"t\",\"value\":{\"a\":1}}", DROP_WRONG_TYPE},
        {"any", "{\"deviceId\":\"d\",\"sensorType\":\"t\",\"value\":[1]}", DROP_WRONG_TYPE},
        {"any", "{\"deviceId\":\"d\",\"sensorType\":\"t\",\"value\":\"hot\"}", DROP_WRONG_TYPE},
        {"sensors/d/t", "[1,2]", DROP_WRONG_TYPE},
        {"sensors/d/t", "NaN", DROP_NOT_FINITE},
        {"sensors/d/t", "\"NaN\"", DROP_NOT_FINITE},
        {"sensors/d/t", "-inf", DROP_NOT_FINITE},
        {"sensors/d/t", "1e999", DROP_NOT_FINITE},
        {"sensors/d/t", "{\"value\":NaN}", DROP_NOT_FINITE},
        {"sensors/d/t", "{\"value\":-Infinity}", DROP_NOT_FINITE},
        {"any", "{\"deviceId\":\"d\",\"sensorType\":\"t\",\"value\":1e999}", DROP_NOT_FINITE},
        {"any", "{\"deviceId\":\"d\",\"a\":-1e999}", DROP_NOT_FINITE},
        {"any", "{\"deviceId\":\".\",\"a\":1}", DROP_BAD_DEVICE_ID},
        {"any", "{\"deviceId\":\"..\",\"a\":1}", DROP_BAD_DEVICE_ID},
        {"any", "{\"deviceId\":\"\",\"a\":1}", DROP_BAD_DEVICE_ID},
        {"any", "{\"deviceId\":\"a\\u0000b\",\"a\":1}", DROP_BAD_DEVICE_ID},
        {"any", "{\"deviceId\":\"a\\u0085b\",\"a\":1}", DROP_BAD_DEVICE_ID},
        {"sensors/../t", "1", DROP_BAD_DEVICE_ID},
        {"sensors//t", "1", DROP_BAD_DEVICE_ID},
        {"devices/./status", "online", DROP_BAD_DEVICE_ID},
        {"sensors/d/..", "1", DROP_BAD_SENSOR_ID},
        {"sensors/d/", "1", DROP_BAD_SENSOR_ID},
        {"any", "{\"deviceId\":\"d\",\"sensorType\":\"\",\"value\":1}", DROP_BAD_SENSOR_ID},
        {"any", "{\"deviceId\":\"d\",\"sensorType\":\"a\\tb\",\"value\":1}", DROP_BAD_SENSOR_ID},
        {"any", "{\"deviceId\":\"d\",\"\":1}", DROP_BAD_SENSOR_ID},
        {"1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17/18/19/20/21/22/23/24/25/26/27/28/29/30/31/32/"
         "33",
         "1", DROP_BAD_TOPIC},
    };
    expect_refused(messages, ARRAY_LEN(messages));
}

static void ids_end_at_their_limit(void **state)
{
    (void)state;
    struct buf payload = {0};
    for (size_t len = LIMIT_ID_BYTES; len <= LIMIT_ID_BYTES + 1; len++) {
        for (int which = 0; which < 2; which++) {
            buf_clear(&payload);
            buf_put_text(&payload, which ? "{\"deviceId\":\"" : "{\"deviceId\":\"d\",\"");
            for (size_t i = 0; i < len; i++) {
                buf_put_byte(&payload, 'x');
            }
            buf_put_text(&payload, which ? "\",\"a\":1}" : "\":1}");
            struct decoder *d =
                decoder_new(&(struct decode_config){0}, (struct hash_key){1, 2}, NULL);
            struct decode_input in = {BYTES("t"), buf_bytes(&payload), 0, 0, 0};
            struct decoded got;
            decode_message(d, &in, &got);
            assert_int_equal(got.count, len == LIMIT_ID_BYTES);
            enum drop drop = which ? DROP_BAD_DEVICE_ID : DROP_BAD_SENSOR_ID;
            assert_int_equal(got.drop, len == LIMIT_ID_BYTES ? DROP_NONE : drop);
            decoder_free(d);
        }
    }
    buf_fini(&payload);
}

static uint64_t dropped(enum drop reason)
{
    return atomic_load(&metrics.dropped[reason]);
}

static void values_beyond_the_limits_are_counted_one_by_one(void **state)
{
    (void)state;
    struct buf payload = {0};
    buf_put_text(&payload, "{\"deviceId\":\"d\",\"inf\":1e999,\"l\":[");
    for (int i = 0; i < LIMIT_FLATTEN_LEAVES + 10; i++) {
        buf_put_text(&payload, i > 0 ? ",1" : "1");
    }
    buf_put_text(&payload,
                 "],\"status\":\"online\","
                 "\"a\":{\"b\":{\"c\":{\"d\":{\"e\":{\"f\":{\"g\":{\"h\":{\"i\":1}}}}}}}}}");
    struct decoder *d = decoder_new(&(struct decode_config){0}, (struct hash_key){1, 2}, &metrics);
    struct decode_input in = {BYTES("t"), buf_bytes(&payload), 0, 0, 0};
    struct decoded got;
    uint64_t many = dropped(DROP_TOO_MANY_VALUES);
    uint64_t deep = dropped(DROP_TOO_DEEP);
    uint64_t infinite = dropped(DROP_NOT_FINITE);
    decode_message(d, &in, &got);
    assert_int_equal(got.count, LIMIT_FLATTEN_LEAVES + 1);
    assert_int_equal(got.records[got.count - 1].kind, DECODE_STATUS);
    assert_int_equal(got.drop, DROP_NONE);
    assert_true(dropped(DROP_TOO_MANY_VALUES) == many + 10);
    assert_true(dropped(DROP_TOO_DEEP) == deep + 1);
    assert_true(dropped(DROP_NOT_FINITE) == infinite + 1);

    /* The next message starts afresh. */
    in.payload = BYTES("{\"deviceId\":\"d\",\"x\":1}");
    decode_message(d, &in, &got);
    assert_int_equal(got.count, 1);
    assert_true(dropped(DROP_TOO_MANY_VALUES) == many + 10);
    decoder_free(d);
    buf_fini(&payload);
}

static void repeated_escaped_keys_do_not_exhaust_the_decoder(void **state)
{
    (void)state;
    struct buf payload = {0};
    buf_put_text(&payload, "{\"deviceId\":\"d\",\"o\":{\"value\":1");
    for (int i = 0; i < 6000; i++) {
        buf_put_text(&payload, ",\"unit\":\"\\u0041BCDEFGHIJKLMNOPQRSTUVWXYZ\"");
    }
    buf_put_text(&payload, "},\"b\":2}");
    struct decoder *d = decoder_new(&(struct decode_config){0}, (struct hash_key){1, 2}, &metrics);
    struct decode_input in = {BYTES("t"), buf_bytes(&payload), 0, 0, 0};
    struct decoded got;
    decode_message(d, &in, &got);
    assert_true(got.count >= 1);
    decoder_free(d);
    buf_fini(&payload);
}

static void a_payload_above_the_limit_is_not_looked_at(void **state)
{
    (void)state;
    uint8_t *large = mem_zalloc(LIMIT_DECODE_BYTES + 1, 1);
    memset(large, ' ', LIMIT_DECODE_BYTES + 1);
    large[0] = '1';
    struct decoder *d = decoder_new(&(struct decode_config){0}, (struct hash_key){1, 2}, &metrics);
    struct decode_input in = {BYTES("sensors/d/t"), bytes_of(large, LIMIT_DECODE_BYTES), 0, 0, 0};
    struct decoded got;
    decode_message(d, &in, &got);
    assert_int_equal(got.count, 1);
    in.payload.len++;
    decode_message(d, &in, &got);
    assert_int_equal(got.count, 0);
    assert_int_equal(got.drop, DROP_PAYLOAD_TOO_LARGE);
    memset(large, '[', LIMIT_DECODE_BYTES);
    in.payload.len--;
    decode_message(d, &in, &got);
    assert_int_equal(got.drop, DROP_TOO_DEEP);
    decoder_free(d);
    free(large);
}

static void a_message_cut_anywhere_gives_no_reading(void **state)
{
    (void)state;
    static const char payload[] =
        "{\"deviceId\":\"d\\u00e9v\",\"a\":{\"value\":1,\"unit\":\"C\"},\"l\":[1,true,\"x\"]}";
    for (size_t len = 0; len < sizeof payload - 1; len++) {
        enum drop drop = len == 0 ? DROP_NONE : DROP_INVALID_JSON;
        expect(BYTES("t"), bytes_of(payload, len), "", drop);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_scalar_is_a_reading_of_what_the_topic_names),
        cmocka_unit_test(an_object_with_a_value_is_one_reading),
        cmocka_unit_test(other_objects_are_flattened),
        cmocka_unit_test(any_topic_names_device_and_sensor),
        cmocka_unit_test(a_location_in_words_is_the_place_of_the_device),
        cmocka_unit_test(statuses_are_told_by_text_string_and_object),
        cmocka_unit_test(commands_are_no_data),
        cmocka_unit_test(what_can_not_be_taken_is_refused_by_reason),
        cmocka_unit_test(ids_end_at_their_limit),
        cmocka_unit_test(values_beyond_the_limits_are_counted_one_by_one),
        cmocka_unit_test(repeated_escaped_keys_do_not_exhaust_the_decoder),
        cmocka_unit_test(a_payload_above_the_limit_is_not_looked_at),
        cmocka_unit_test(a_message_cut_anywhere_gives_no_reading),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
