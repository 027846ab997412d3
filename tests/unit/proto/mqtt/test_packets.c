/* SPDX-License-Identifier: Apache-2.0 */
/* What each decoder reads, and the table of bodies it refuses. */
#include "mqtt_transcode.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static struct mqtt_frame frame_in(struct bytes whole)
{
    struct mqtt_frame f;
    size_t used;
    assert_int_equal(mqtt_frame(whole, SIZE_MAX, &f, &used), OK);
    assert_int_equal(used, whole.len);
    return f;
}

static void assert_text(struct bytes is, const char *expected)
{
    assert_true(bytes_equal(is, bytes_of_text(expected)));
}

static void connect_carries_every_field(void **state)
{
    (void)state;
    struct mqtt_connect c;
    struct bytes whole = BYTES("\x10\x24\x00\x04MQTT\x04\xf6\x01\x0a\x00\x02id\x00\x04"
                               "will\x00\x03"
                               "off\x00\x04user\x00\x03p\x00w");
    assert_int_equal(mqtt_decode_connect(frame_in(whole), &c), OK);
    assert_text(c.client_id, "id");
    assert_text(c.will_topic, "will");
    assert_text(c.will_payload, "off");
    assert_text(c.user, "user");
    assert_true(bytes_equal(c.password, BYTES("p\0w")));
    assert_int_equal(c.keep_alive_s, 266);
    assert_int_equal(c.will_qos, 2);
    assert_true(c.clean && c.has_will && c.will_retain && c.has_user && c.has_password);
}

static void connect_against_the_protocol_is_refused(void **state)
{
    (void)state;
    static const struct {
        struct bytes body;
        enum err expected;
    } rows[] = {
        {BYTES("\x00\x04MQTT\x04\x02\x00\x3c\x00\x00"), OK},
        {BYTES("\x00\x04MQTT\x06\x02\x00\x3c\x00\x00\x00"), ERR_UNSUPPORTED},
        {BYTES("\x00\x04MQTT\x03\x02\x00\x3c\x00\x00"), ERR_UNSUPPORTED},
        {BYTES("\x00\x06MQIsdp\x03\x02\x00\x3c\x00\x00"), ERR_UNSUPPORTED},
        {BYTES("\x00\x04MQTX\x04\x02\x00\x3c\x00\x00"), ERR_INVALID},
        {BYTES("\x00\x04mqtt\x04\x02\x00\x3c\x00\x00"), ERR_INVALID},
        {BYTES("\x00\x04MQTT\x04\x03\x00\x3c\x00\x00"), ERR_INVALID},         /* reserved flag */
        {BYTES("\x00\x04MQTT\x04\x42\x00\x3c\x00\x00\x00\x00"), ERR_INVALID}, /* password alone */
        {BYTES("\x00\x04MQTT\x04\x0a\x00\x3c\x00\x00"), ERR_INVALID}, /* QoS without a will */
        {BYTES("\x00\x04MQTT\x04\x22\x00\x3c\x00\x00"), ERR_INVALID}, /* retain without one */
        {BYTES("\x00\x04MQTT\x04\x1e\x00\x3c\x00\x00\x00\x01t\x00\x00"), ERR_INVALID}, /* QoS 3 */
        {BYTES("\x00\x04MQTT\x04\x06\x00\x3c\x00\x00\x00\x01t\x00\x00"), OK},
        {BYTES("\x00\x04MQTT\x04\x06\x00\x3c\x00\x00\x00\x01#\x00\x00"), ERR_INVALID},
        {BYTES("\x00\x04MQTT\x04\x06\x00\x3c\x00\x00\x00\x00\x00\x00"), ERR_INVALID},
        {BYTES("\x00\x04MQTT\x04\x06\x00\x3c\x00\x00\x00\x01t"), ERR_INVALID},
        {BYTES("\x00\x04MQTT\x04\x02\x00\x3c\x00\x00x"), ERR_INVALID}, /* something behind */
        {BYTES("\x00\x04MQTT\x04\x02\x00\x3c\x00\x02\xc3\x28"), ERR_INVALID},
        {BYTES("\x00\x04MQTT\x04\x02\x00\x3c\x00\x01\x00"), ERR_INVALID},         /* U+0000 */
        {BYTES("\x00\x04MQTT\x04\x02\x00\x3c\x00\x03\xed\xa0\x80"), ERR_INVALID}, /* surrogate */
        {BYTES("\x00\x04MQTT\x04\x02\x00\x3c\x00\x09x"), ERR_INVALID},
        {BYTES("\x00\x04MQTT\x04\x02\x00"), ERR_INVALID},
        {BYTES("\x00\x04MQTT"), ERR_INVALID},
        {BYTES(""), ERR_INVALID},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct mqtt_frame f = {MQTT_CONNECT, 0, rows[i].body, MQTT_V311};
        struct mqtt_connect c;
        assert_int_equal(mqtt_decode_connect(f, &c), rows[i].expected);
    }
}

static void publish_carries_every_field(void **state)
{
    (void)state;
    struct mqtt_publish p;
    struct bytes whole = BYTES("\x3b\x0a\x00\x03"
                               "a/b\x12\x34"
                               "xyz");
    assert_int_equal(mqtt_decode_publish(frame_in(whole), &p), OK);
    assert_text(p.topic, "a/b");
    assert_text(p.payload, "xyz");
    assert_int_equal(p.id, 0x1234);
    assert_int_equal(p.qos, 1);
    assert_true(p.dup && p.retain);
}

static void publish_against_the_protocol_is_refused(void **state)
{
    (void)state;
    static const struct {
        struct bytes whole;
        enum err expected;
    } rows[] = {
        {BYTES("\x30\x03\x00\x01t"), OK},
        {BYTES("\x30\x0c\x00\x0a\xc3\xa9/sensors"), OK},
        {BYTES("\x36\x05\x00\x01t\x00\x01"), ERR_INVALID}, /* QoS 3 */
        {BYTES("\x38\x03\x00\x01t"), ERR_INVALID},         /* DUP at QoS 0 */
        {BYTES("\x32\x05\x00\x01t\x00\x00"), ERR_INVALID}, /* id 0 */
        {BYTES("\x32\x04\x00\x01t\x00"), ERR_INVALID},     /* half an id */
        {BYTES("\x30\x02\x00\x00"), ERR_INVALID},          /* no topic */
        {BYTES("\x30\x03\x00\x01+"), ERR_INVALID},
        {BYTES("\x30\x0f\x00\x0dsensors/long#"), ERR_INVALID},
        {BYTES("\x30\x0f\x00\x0dsensors+long/"), ERR_INVALID},
        {BYTES("\x30\x0f\x00\x0dsensors\0long/"), ERR_INVALID},
        {BYTES("\x30\x0e\x00\x0csensors/lon\xff"), ERR_INVALID},
        {BYTES("\x30\x04\x00\x02\xc0\x80"), ERR_INVALID}, /* overlong */
        {BYTES("\x30\x03\x00\x05t"), ERR_INVALID},
        {BYTES("\x30\x01\x00"), ERR_INVALID},
        {BYTES("\x30\x00"), ERR_INVALID},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct mqtt_publish p;
        assert_int_equal(mqtt_decode_publish(frame_in(rows[i].whole), &p), rows[i].expected);
    }
}

static void answers_against_the_protocol_are_refused(void **state)
{
    (void)state;
    static const struct bytes rows[] = {
        BYTES("\x20\x02\x02\x00"),         /* CONNACK with a reserved flag */
        BYTES("\x20\x02\x01\x04"),         /* a session behind a refusal */
        BYTES("\x20\x02\x00\x06"),         /* no such code */
        BYTES("\x20\x03\x00\x00\x00"),     /* too long */
        BYTES("\x40\x02\x00\x00"),         /* PUBACK of id 0 */
        BYTES("\x40\x01\x01"),             /* half an id */
        BYTES("\x40\x03\x00\x01\x00"),     /* a reason code, which level 4 does not have */
        BYTES("\x62\x02\x00\x00"),         /* PUBREL of id 0 */
        BYTES("\x90\x02\x00\x01"),         /* SUBACK without a code */
        BYTES("\x90\x03\x00\x01\x03"),     /* QoS 3 granted */
        BYTES("\x90\x04\x00\x01\x00\x81"), /* no such failure */
        BYTES("\xb0\x02\x00\x00"),         /* UNSUBACK of id 0 */
        BYTES("\xc0\x01x"),                /* PINGREQ with a body */
        BYTES("\xe0\x01x"),                /* DISCONNECT with one */
        BYTES("\xf0\x00"),                 /* AUTH, which level 4 does not have */
    };
    struct buf out = {0};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        assert_int_equal(transcode(frame_in(rows[i]), &out), ERR_INVALID);
        assert_int_equal(out.len, 0);
    }
    buf_fini(&out);
}

static void subscribe_is_walked_in_order(void **state)
{
    (void)state;
    struct mqtt_filters filters;
    struct mqtt_filter filter;
    struct bytes whole = BYTES("\x82\x0d\x00\x07\x00\x01#\x02\x00\x04"
                               "a/+/\x01");
    assert_int_equal(mqtt_decode_filters(frame_in(whole), &filters), OK);
    assert_int_equal(filters.id, 7);
    assert_int_equal(filters.count, 2);
    assert_true(mqtt_next_filter(&filters, &filter));
    assert_text(filter.text, "#");
    assert_int_equal(filter.qos, 2);
    assert_true(mqtt_next_filter(&filters, &filter));
    assert_text(filter.text, "a/+/");
    assert_int_equal(filter.qos, 1);
    assert_false(mqtt_next_filter(&filters, &filter));
}

static void subscribe_against_the_protocol_is_refused(void **state)
{
    (void)state;
    static const struct bytes rows[] = {
        BYTES("\x82\x06\x00\x00\x00\x01t\x00"), /* id 0 */
        BYTES("\x82\x06\x00\x01\x00\x01t\x03"), /* QoS 3 */
        BYTES("\x82\x06\x00\x01\x00\x01t\x10"), /* reserved bits */
        BYTES("\x82\x05\x00\x01\x00\x01t"),     /* no QoS */
        BYTES("\x82\x05\x00\x01\x00\x00\x00"),  /* an empty filter */
        BYTES("\x82\x09\x00\x01\x00\x03"
              "a/b+\x00"),                            /* something behind */
        BYTES("\x82\x07\x00\x01\x00\x02t#\x00"),      /* # within a level */
        BYTES("\x82\x08\x00\x01\x00\x03#/t\x00"),     /* # before the last level */
        BYTES("\x82\x07\x00\x01\x00\x02\xff\xfe\x0"), /* not UTF-8 */
        BYTES("\xa2\x05\x00\x00\x00\x01t"),
        BYTES("\xa2\x06\x00\x01\x00\x01t\x00"), /* with a QoS */
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct mqtt_filters filters;
        assert_int_equal(mqtt_decode_filters(frame_in(rows[i]), &filters), ERR_INVALID);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(connect_carries_every_field),
        cmocka_unit_test(connect_against_the_protocol_is_refused),
        cmocka_unit_test(publish_carries_every_field),
        cmocka_unit_test(publish_against_the_protocol_is_refused),
        cmocka_unit_test(answers_against_the_protocol_are_refused),
        cmocka_unit_test(subscribe_is_walked_in_order),
        cmocka_unit_test(subscribe_against_the_protocol_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
