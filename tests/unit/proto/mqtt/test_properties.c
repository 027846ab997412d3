/* SPDX-License-Identifier: Apache-2.0 */
/* What MQTT 5.0 adds to packets: properties, reasons and options, and what of them is refused. */
#include "expect.h"
#include "mqtt_transcode.h"

static struct mqtt_frame frame_in(struct bytes whole)
{
    struct mqtt_frame f;
    size_t used;
    expect_ok(mqtt_frame(whole, SIZE_MAX, &f, &used));
    assert_int_equal(used, whole.len);
    f.version = MQTT_V5;
    return f;
}

static void packets_against_version_5_are_refused(void **state)
{
    (void)state;
    static const struct {
        struct bytes whole;
        enum err expected;
    } rows[] = {
        {BYTES("\x30\x05\x00\x01t\x01\x01"), ERR_INVALID},              /* a value missing */
        {BYTES("\x30\x05\x00\x01t\x02\x01"), ERR_INVALID},              /* longer than all */
        {BYTES("\x30\x05\x00\x01t\x81\x00"), ERR_INVALID},              /* 1 in two bytes */
        {BYTES("\x30\x07\x00\x01t\x80\x80\x80\x80"), ERR_INVALID},      /* five bytes */
        {BYTES("\x30\x06\x00\x01t\x02\x04\x00"), ERR_INVALID},          /* no such property */
        {BYTES("\x30\x06\x00\x01t\x02\x7f\x00"), ERR_INVALID},          /* nor this */
        {BYTES("\x30\x06\x00\x01t\x02\x01\x02"), ERR_PROTOCOL},         /* neither 0 nor 1 */
        {BYTES("\x30\x08\x00\x01t\x04\x01\x01\x01\x01"), ERR_PROTOCOL}, /* twice */
        {BYTES("\x30\x07\x00\x01t\x03\x23\x00\x00"), ERR_PROTOCOL},     /* alias 0 */
        {BYTES("\x30\x06\x00\x01t\x02\x0b\x00"), ERR_PROTOCOL},         /* subscription 0 */
        {BYTES("\x30\x08\x00\x01t\x04\x08\x00\x01#"), ERR_PROTOCOL},    /* a filter to answer */
        {BYTES("\x30\x07\x00\x01t\x03\x08\x00\x00"), ERR_PROTOCOL},     /* nothing to answer */
        {BYTES("\x30\x08\x00\x01t\x04\x03\x00\x01\xff"), ERR_INVALID},  /* not UTF-8 */
        {BYTES("\x30\x08\x00\x01t\x04\x03\x00\x01\x00"), ERR_INVALID},  /* U+0000 */
        {BYTES("\x30\x0a\x00\x01t\x06\x03\x00\x03\xed\xa0\x80"), ERR_INVALID}, /* a surrogate */
        {BYTES("\x30\x09\x00\x01t\x05\x11\x00\x00\x00\x00"), ERR_PROTOCOL},    /* of CONNECT */
        {BYTES("\x30\x09\x00\x01t\x05\x18\x00\x00\x00\x00"), ERR_PROTOCOL},    /* of a will */
        {BYTES("\x30\x03\x00\x00\x00"), ERR_PROTOCOL},             /* neither topic nor alias */
        {BYTES("\x40\x03\x00\x01\x11"), ERR_INVALID},              /* a reason of UNSUBACK */
        {BYTES("\x40\x03\x00\x01\x92"), ERR_INVALID},              /* a reason of PUBCOMP */
        {BYTES("\x40\x02\x00\x00"), ERR_INVALID},                  /* id 0 */
        {BYTES("\x40\x05\x00\x01\x00\x00x"), ERR_INVALID},         /* something behind */
        {BYTES("\x62\x03\x00\x01\x10"), ERR_INVALID},              /* a reason of PUBACK */
        {BYTES("\x82\x03\x00\x01\x00"), ERR_PROTOCOL},             /* no filter */
        {BYTES("\xa2\x03\x00\x01\x00"), ERR_PROTOCOL},             /* likewise */
        {BYTES("\x82\x07\x00\x01\x00\x00\x01t\x03"), ERR_INVALID}, /* QoS 3 */
        {BYTES("\x82\x07\x00\x01\x00\x00\x01t\x30"), ERR_INVALID}, /* retain handling 3 */
        {BYTES("\x82\x07\x00\x01\x00\x00\x01t\x40"), ERR_INVALID}, /* reserved bits */
        {BYTES("\x82\x10\x00\x01\x00\x00\x0a$share/g/t\x04"), ERR_PROTOCOL}, /* no local, shared */
        {BYTES("\x82\x0e\x00\x01\x00\x00\x08$share/g\x00"), ERR_PROTOCOL},   /* no filter in it */
        {BYTES("\x82\x0f\x00\x01\x00\x00\x09$share//t\x00"), ERR_PROTOCOL},  /* no group */
        {BYTES("\x82\x10\x00\x01\x00\x00\x0a$share/+/t\x00"), ERR_PROTOCOL}, /* which one? */
        {BYTES("\x82\x0b\x00\x01\x04\x0b\x01\x0b\x02\x00\x01t\x00"), ERR_PROTOCOL}, /* two ids */
        {BYTES("\x82\x09\x00\x01\x02\x0b\x00\x00\x01t\x00"), ERR_PROTOCOL},         /* id 0 */
        {BYTES("\x90\x03\x00\x01\x00"), ERR_INVALID},              /* SUBACK without a code */
        {BYTES("\x90\x04\x00\x01\x00\x11"), ERR_INVALID},          /* a reason of UNSUBACK */
        {BYTES("\xb0\x02\x00\x01"), ERR_INVALID},                  /* UNSUBACK as 3.1.1 has it */
        {BYTES("\x20\x02\x00\x00"), ERR_INVALID},                  /* CONNACK as 3.1.1 has it */
        {BYTES("\x20\x03\x00\x04\x00"), ERR_INVALID},              /* with its codes */
        {BYTES("\x20\x06\x00\x00\x03\x21\x00\x00"), ERR_PROTOCOL}, /* receive maximum 0 */
        {BYTES("\xe0\x01\x01"), ERR_INVALID},                      /* no such end */
        {BYTES("\xe0\x06\x00\x04\x1f\x00\x02x"), ERR_INVALID},     /* cut short */
        {BYTES("\xf0\x01\x80"), ERR_INVALID},                      /* no reason of AUTH */
        {BYTES("\x10\x10\x00\x04MQTT\x05\x02\x00\x3c\x03\x21\x00\x00\x00\x00"), ERR_PROTOCOL},
        {BYTES("\x10\x11\x00\x04MQTT\x05\x02\x00\x3c\x04\x16\x00\x01x\x00\x00"), ERR_PROTOCOL},
        {BYTES("\x10\x12\x00\x04MQTT\x05\x02\x00\x3c\x05\x02\x00\x00\x00\x00\x00\x00"),
         ERR_PROTOCOL}, /* a property of a message */
        {BYTES("\x10\x0c\x00\x04MQTT\x05\x02\x00\x3c\x00\x00"), ERR_INVALID}, /* none of them */
    };
    struct buf out = {0};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        assert_string_equal(err_name(transcode(frame_in(rows[i].whole), &out)),
                            err_name(rows[i].expected));
        assert_int_equal(out.len, 0);
    }
    buf_fini(&out);
}

static void properties_are_found_by_their_number(void **state)
{
    (void)state;
    struct buf s = {0};
    mqtt_put_number(&s, MQTT_MESSAGE_EXPIRY, 0x01020304);
    mqtt_put_bytes(&s, MQTT_CONTENT_TYPE, BYTES("json"));
    mqtt_put_user_property(&s, BYTES("k"), BYTES("v"));
    mqtt_put_number(&s, MQTT_SUBSCRIPTION_ID, 128);
    struct mqtt_publish p = {.topic = BYTES("t"), .version = MQTT_V5, .properties = buf_bytes(&s)};
    struct buf out = {0};
    mqtt_encode_publish(&out, &p);
    struct mqtt_publish got;
    expect_ok(mqtt_decode_publish(frame_in(buf_bytes(&out)), &got));
    assert_int_equal(mqtt_property_number(got.properties, MQTT_MESSAGE_EXPIRY, 7), 0x01020304);
    assert_int_equal(mqtt_property_number(got.properties, MQTT_SUBSCRIPTION_ID, 7), 128);
    assert_int_equal(mqtt_property_number(got.properties, MQTT_TOPIC_ALIAS, 7), 7);
    expect_bytes(mqtt_property_bytes(got.properties, MQTT_CONTENT_TYPE), "json");
    assert_null(mqtt_property_bytes(got.properties, MQTT_RESPONSE_TOPIC).ptr);
    buf_fini(&s);
    buf_fini(&out);
}

static void user_properties_are_bounded(void **state)
{
    (void)state;
    struct buf s = {0};
    for (unsigned i = 0; i < MQTT_USER_PROPERTIES_MAX; i++) {
        mqtt_put_user_property(&s, BYTES("k"), BYTES("v"));
    }
    for (unsigned i = 0; i < 2; i++) {
        struct mqtt_publish p = {
            .topic = BYTES("t"), .version = MQTT_V5, .properties = buf_bytes(&s)};
        struct mqtt_publish got;
        struct buf out = {0};
        mqtt_encode_publish(&out, &p);
        assert_int_equal(mqtt_decode_publish(frame_in(buf_bytes(&out)), &got),
                         i ? ERR_TOO_LARGE : OK);
        mqtt_put_user_property(&s, BYTES("k"), BYTES("v"));
        buf_fini(&out);
    }
    buf_fini(&s);
}

static void subscribe_options_are_told_apart(void **state)
{
    (void)state;
    struct mqtt_filters list;
    struct mqtt_filter f;
    expect_ok(mqtt_decode_filters(frame_in(BYTES("\x82\x11\x00\x07\x02\x0b\x05\x00\x04"
                                                 "a/+/\x2d\x00\x02$x\x12")),
                                  &list));
    assert_int_equal(mqtt_property_number(list.properties, MQTT_SUBSCRIPTION_ID, 0), 5);
    assert_int_equal(list.count, 2);
    assert_true(mqtt_next_filter(&list, &f));
    assert_true(f.qos == 1 && f.no_local && f.retain_as_published);
    assert_int_equal(f.retain_handling, MQTT_RETAIN_DO_NOT_SEND);
    assert_true(mqtt_next_filter(&list, &f));
    assert_true(f.qos == 2 && !f.no_local && !f.retain_as_published);
    assert_int_equal(f.retain_handling, MQTT_RETAIN_SEND_IF_NEW);
}

static void shared_filters_come_apart(void **state)
{
    (void)state;
    struct bytes group;
    struct bytes rest;
    expect_ok(mqtt_share_split(BYTES("$share/g/a/+/#"), &group, &rest));
    expect_bytes(group, "g");
    expect_bytes(rest, "a/+/#");
    expect_ok(mqtt_share_split(BYTES("$shared/g/a"), &group, &rest));
    assert_int_equal(group.len, 0);
    expect_bytes(rest, "$shared/g/a");
    expect_err(ERR_PROTOCOL, mqtt_share_split(BYTES("$share/"), &group, &rest));
    expect_err(ERR_PROTOCOL, mqtt_share_split(BYTES("$share/g/"), &group, &rest));
}

static void levels_that_do_not_exist_are_named(void **state)
{
    (void)state;
    struct mqtt_connect c = {0};
    struct bytes whole = BYTES("\x10\x0c\x00\x04MQTT\x07\x02\x00\x3c\x00\x00");
    expect_err(ERR_UNSUPPORTED, mqtt_decode_connect(frame_in(whole), &c));
    assert_int_equal(c.version, 7);
}

static void reasons_have_words_and_places(void **state)
{
    (void)state;
    assert_string_equal(mqtt_reason_text(0x8e), "session taken over");
    assert_string_equal(mqtt_reason_text(0x7f), "unknown reason");
    assert_true(mqtt_reason_valid(MQTT_DISCONNECT, MQTT_TAKEN_OVER));
    assert_false(mqtt_reason_valid(MQTT_CONNACK, MQTT_TAKEN_OVER));
    assert_false(mqtt_reason_valid(MQTT_PUBLISH, MQTT_SUCCESS));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(packets_against_version_5_are_refused),
        cmocka_unit_test(properties_are_found_by_their_number),
        cmocka_unit_test(user_properties_are_bounded),
        cmocka_unit_test(subscribe_options_are_told_apart),
        cmocka_unit_test(shared_filters_come_apart),
        cmocka_unit_test(levels_that_do_not_exist_are_named),
        cmocka_unit_test(reasons_have_words_and_places),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
