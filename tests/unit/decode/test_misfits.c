/* SPDX-License-Identifier: Apache-2.0 */
/* Payloads that do not fit their topic are refused by the decoder that owns it, with a reason that
 * is true; what only looks odd is taken as it is meant. */
#include "decoding.h"

static void payloads_of_the_wrong_shape_have_a_reason_and_an_owner(void **state)
{
    (void)state;
    static const struct message victron[] = {
        {"N/a/b/1/c", "5", "dropped wrong_type"},
        {"N/a/b/1/c", "[]", "dropped wrong_type"},
        {"N/a/b/1/c", "{\"value\":\"words\"}", ""},
    };
    static const struct message thingsboard[] = {
        {"v1/devices/me/telemetry", "5", "dropped wrong_type"},
        {"v1/gateway/telemetry", "[1]", "dropped wrong_type"},
        {"v1/gateway/telemetry", "{\"A\":5}", "dropped wrong_type"},
        {"v1/gateway/telemetry", "[1", "dropped invalid_json"},
    };
    static const struct message things[] = {{"v3/a/devices/b/up", "[]", "dropped wrong_type"}};
    static const struct message esphome[] = {
        {"node/light/lamp/state", "[1]", "dropped wrong_type"},
        {"node/light/lamp/state", "\xff", "dropped invalid_utf8"},
        {"node/select/mode/state", "[eco]", ""},
        {"node/select/mode/state", "eco", ""},
    };
    static const struct message homie[] = {
        {"homie/x/n/p", "\xff", "dropped invalid_utf8"},
        {"homie/x/n/p", "words", ""},
    };
    expect_messages(victron, ARRAY_LEN(victron), DECODER_VICTRON);
    expect_messages(thingsboard, ARRAY_LEN(thingsboard), DECODER_THINGSBOARD);
    expect_messages(things, ARRAY_LEN(things), DECODER_THINGS_STACK);
    expect_messages(esphome, ARRAY_LEN(esphome), DECODER_ESPHOME);
    expect_messages(homie, ARRAY_LEN(homie), DECODER_HOMIE);
}

static void a_claimed_topic_says_why_nothing_was_taken(void **state)
{
    (void)state;
    static const struct message messages[] = {
        {"homeassistant/light/n/l/config",
         "{\"unique_id\":\"l\",\"schema\":\"json\",\"state_topic\":\"my/lamp\"}", ""},
        {"my/lamp", "{\"state\":\"ON\",\"brightness\":9}", "dropped undecoded"},
        {"my/lamp", "\xff", "dropped invalid_utf8"},
        {"my/lamp", "glowing", ""},
    };
    expect_messages(messages, ARRAY_LEN(messages), DECODER_HOME_ASSISTANT);
}

static void words_that_an_entity_declares_replace_the_common_ones(void **state)
{
    (void)state;
    static const struct message messages[] = {
        {"homeassistant/binary_sensor/n/door/config",
         "{\"unique_id\":\"d\",\"pl_on\":\"OPEN\",\"stat_t\":\"my/door\"}", ""},
        {"my/door", "OPEN", "n/d=1 bool"},
        {"my/door", "ON", ""},
        {"my/door", "OFF", "n/d=0 bool"},
    };
    expect_messages(messages, ARRAY_LEN(messages), DECODER_HOME_ASSISTANT);
}

static void an_empty_name_gives_way_to_the_next_key(void **state)
{
    (void)state;
    static const struct message messages[] = {
        {"a/b", "{\"device_id\":\"\",\"node_id\":\"n2\",\"temp\":1}", "n2/temp=1"},
        {"a/b", "{\"node_id\":\"n2\",\"device_id\":\"\",\"temp\":1}", "n2/temp=1"},
        {"a/b", "{\"device_id\":\"\",\"temp\":1}", "dropped bad_device_id"},
    };
    expect_messages(messages, ARRAY_LEN(messages), DECODER_PLAIN);
}

static void an_array_of_objects_that_name_their_device_is_taken_one_by_one(void **state)
{
    (void)state;
    static const struct message messages[] = {
        {"up/all", "[{\"device\":\"a\",\"t\":1},{\"device\":\"b\",\"t\":2}]", "a/t=1\nb/t=2"},
        {"up/all", "[{\"device\":\"a\",\"t\":1},{\"device\":\"b\",\"sensor\":\"x\",\"value\":2}]",
         "a/t=1\nb/x=2"},
        {"up/all", "[{\"device\":\"a\",\"t\":1},{\"t\":2},7]", "a/t=1"},
        {"up/all", "[{\"t\":1},{\"t\":2}]", "dropped wrong_type"},
        {"up/all", "[{\"device\":\"a\",\"t\":1},", "dropped invalid_json"},
    };
    expect_messages(messages, ARRAY_LEN(messages), DECODER_PLAIN);
}

static void telegraf_may_send_a_bare_array_of_metrics(void **state)
{
    (void)state;
    static const struct message messages[] = {
        {"up/all",
         "[{\"fields\":{\"idle\":9},\"name\":\"cpu\",\"tags\":{\"host\":\"w\"},\"timestamp\":"
         "1700000000},{\"fields\":{\"free\":7},\"name\":\"mem\",\"tags\":{\"host\":\"w\"},"
         "\"timestamp\":1700000000}]",
         "w/cpu.idle=9@1700000000000\nw/mem.free=7@1700000000000"},
    };
    expect_messages(messages, ARRAY_LEN(messages), DECODER_TELEGRAF);
}

static void a_place_that_is_not_on_earth_is_no_position(void **state)
{
    (void)state;
    static const struct message messages[] = {
        {"owntracks/u/p", "{\"_type\":\"location\",\"lat\":91,\"lon\":5}", "dropped wrong_type"},
        {"owntracks/u/p", "{\"_type\":\"location\",\"lat\":9,\"lon\":-181,\"batt\":50}",
         "u/p/battery=50%"},
    };
    expect_messages(messages, ARRAY_LEN(messages), DECODER_OWNTRACKS);
}

static void a_pack_of_a_later_version_of_senml_is_refused(void **state)
{
    (void)state;
    static const struct message messages[] = {
        {"s/x", "[{\"bn\":\"d:\",\"bver\":11,\"n\":\"t\",\"v\":1}]", "dropped wrong_type"},
        {"s/x", "[{\"bn\":\"d:\",\"bver\":10,\"n\":\"t\",\"v\":1}]", "d/t=1"},
    };
    expect_messages(messages, ARRAY_LEN(messages), DECODER_SENML);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(payloads_of_the_wrong_shape_have_a_reason_and_an_owner),
        cmocka_unit_test(a_claimed_topic_says_why_nothing_was_taken),
        cmocka_unit_test(words_that_an_entity_declares_replace_the_common_ones),
        cmocka_unit_test(an_empty_name_gives_way_to_the_next_key),
        cmocka_unit_test(an_array_of_objects_that_name_their_device_is_taken_one_by_one),
        cmocka_unit_test(telegraf_may_send_a_bare_array_of_metrics),
        cmocka_unit_test(a_place_that_is_not_on_earth_is_no_position),
        cmocka_unit_test(a_pack_of_a_later_version_of_senml_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
