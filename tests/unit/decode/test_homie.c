/* SPDX-License-Identifier: Apache-2.0 */
/* Homie 3, 4 and 5. */
#include "decode/decode.h"

#include "decode_script.h"

#define DEG "\xc2\xb0"

static void a_state_is_one_of_three(void **state)
{
    (void)state;
    static const struct step steps[] = {
        {"homie/car/$state", "init", "car is online"},
        {"homie/car/$state", "ready", "car is online"},
        {"homie/car/$state", "alert", "car is online"},
        {"homie/car/$state", "sleeping", "car is asleep"},
        {"homie/car/$state", "disconnected", "car is offline"},
        {"homie/car/$state", "lost", "car is offline"},
        {"homie/car/$state", "online", "!undecoded"},
        {"homie/car/$state", "", ""},
        {"homie/5/car/$state", "sleeping", "car is asleep"},
        {"my-home/5/car/$state", "ready", "car is online"},
    };
    expect_script(steps, ARRAY_LEN(steps));
}

static void the_datatype_says_how_to_read_a_value(void **state)
{
    (void)state;
    static const struct step steps[] = {
        {"homie/car/engine/on", "true", "car/engine.on=1 bool"},
        {"homie/car/engine/on/$datatype", "boolean", ""},
        {"homie/car/engine/on", "false", "car/engine.on=0 bool"},
        {"homie/car/engine/on", "ON", "!wrong_type"},
        {"homie/car/engine/code", "20240117", "car/engine.code=20240117"},
        {"homie/car/engine/code/$datatype", "string", ""},
        {"homie/car/engine/code", "20240117", ""},
        {"homie/car/engine/mode/$datatype", "enum", ""},
        {"homie/car/engine/mode", "off", ""},
        {"homie/car/engine/hue/$datatype", "color", ""},
        {"homie/car/engine/hue", "1,2,3", ""},
        {"homie/car/engine/t/$datatype", "float", ""},
        {"homie/car/engine/t", "21.50", "car/engine.t=21.5"},
        {"homie/car/engine/t", "on", "!wrong_type"},
        {"homie/car/engine/t", "NaN", "!not_finite"},
        {"homie/car/engine/t", "", ""},
        {"homie/car/engine/n/$datatype", "integer", ""},
        {"homie/car/engine/n", "-7", "car/engine.n=-7"},
        {"homie/car/engine/code/$datatype", "", ""},
        {"homie/car/engine/code", "20240117", "car/engine.code=20240117"},
    };
    expect_script(steps, ARRAY_LEN(steps));
}

static void units_come_before_or_after_and_may_go(void **state)
{
    (void)state;
    static const struct step steps[] = {
        {"homie/car/engine/t", "1", "car/engine.t=1"},
        {"homie/car/engine/t/$unit", DEG "C", ""},
        {"homie/car/engine/t", "2", "car/engine.t=2" DEG "C"},
        {"homie/car/engine/t/$unit", "F", ""},
        {"homie/car/engine/t", "2", "car/engine.t=2" DEG "F"},
        {"homie/car/engine/t/$unit", "", ""},
        {"homie/car/engine/t", "3", "car/engine.t=3"},
        {"homie/car/engine/t/$unit", "\xff\xfe", ""},
        {"homie/car/engine/t", "3", "car/engine.t=3"},
        {"homie/car/engine/t/$unit", "W", ""},
        {"homie/car/$state", "", ""},
        {"homie/car/engine/t", "3", "car/engine.t=3"},
    };
    expect_script(steps, ARRAY_LEN(steps));
}

static void attributes_are_no_telemetry_but_statistics_are(void **state)
{
    (void)state;
    static const struct step steps[] = {
        {"homie/car/$stats/uptime", "120", "car/$stats.uptime=120s"},
        {"homie/car/$stats/signal", "24", "car/$stats.signal=24%"},
        {"homie/car/$stats/supply", "3.3", "car/$stats.supply=3.3V"},
        {"homie/car/$stats/freeheap", "999", "car/$stats.freeheap=999"},
        {"homie/car/$stats", "uptime,signal", ""},
        {"homie/car/$homie", "4.0", ""},
        {"homie/car/$fw/version", "1", ""},
        {"homie/car/$localip", "1", ""},
        {"homie/car/engine/$type", "8", ""},
        {"homie/car/lights/$array", "0-3", ""},
        {"homie/car/engine/t/$settable", "true", ""},
        {"homie/car/engine/t/set", "1", ""},
        {"homie/$broadcast/alert", "1", ""},
        {"homie/5/$broadcast/alert", "1", ""},
        {"homie/5/car/$alert/battery", "1", ""},
        {"homie/5/car/$log/info", "1", ""},
        {"homie/5/car/engine/t/$target", "1", ""},
        {"homie/5/car/engine/t/set", "1", ""},
        {"homie/car", "1", "!undecoded"},
        {"homie/car/engine", "1", "!undecoded"},
    };
    expect_script(steps, ARRAY_LEN(steps));
}

static void the_nodes_of_an_array_share_their_properties(void **state)
{
    (void)state;
    static const struct step steps[] = {
        {"homie/car/lights/power/$unit", "W", ""},
        {"homie/car/lights_0/power", "4", "car/lights_0.power=4W"},
        {"homie/car/lights_12/power", "5", "car/lights_12.power=5W"},
        {"homie/car/lights_x/power", "5", "car/lights_x.power=5"},
    };
    expect_script(steps, ARRAY_LEN(steps));
}

#define DESCRIPTION                                                                                \
    "{\"homie\":\"5.0\",\"name\":\"Car\",\"version\":3,\"children\":[\"tyre\",\"radio\"],"         \
    "\"nodes\":{\"engine\":{\"properties\":{\"t\":{\"unit\":\"" DEG "C\",\"datatype\":\"float\"}," \
    "\"code\":{\"datatype\":\"string\"},\"on\":{\"datatype\":\"boolean\"}}}}}"

static void a_description_tells_all_at_once(void **state)
{
    (void)state;
    static const struct step steps[] = {
        {"homie/5/car/$description", DESCRIPTION, ""},
        {"homie/5/car/engine/t", "21.5", "car/engine.t=21.5" DEG "C"},
        {"homie/5/car/engine/code", "1234", ""},
        {"homie/5/car/engine/on", "true", "car/engine.on=1 bool"},
        {"other-1/5/car/engine/t", "21.5", "car/engine.t=21.5"},
        {"homie/5/car/$description", "{\"nodes\":{\"engine\":{\"properties\":{\"t\":{}}}}}", ""},
        {"homie/5/car/engine/t", "21.5", "car/engine.t=21.5"},
        {"homie/5/car/engine/code", "1234", "car/engine.code=1234"},
        {"homie/5/car/$description", "{", "!invalid_json"},
        {"homie/5/car/$description", "", ""},
        {"homie/5/car/$description", "{\"nodes\":[],\"children\":{\"a\":1}}", ""},
    };
    expect_script(steps, ARRAY_LEN(steps));
    static const struct step empty[] = {{"homie/5/car/engine/code", "1", "car/engine.code=1"}};
    expect_script(empty, 1);
}

static void a_single_zero_byte_is_an_empty_string(void **state)
{
    (void)state;
    struct decoder *d = decoder_new(&(struct decode_config){0}, (struct hash_key){1, 2}, NULL);
    expect_message(d, BYTES("homie/5/car/a/b"), bytes_of("", 1), 0, "");
    decoder_free(d);
}

static void the_devices_below_a_lost_root_are_lost(void **state)
{
    (void)state;
    static const struct step steps[] = {
        {"homie/5/car/$description", DESCRIPTION, ""},
        {"homie/5/tyre/$description", "{\"root\":\"car\",\"parent\":\"car\"}", ""},
        {"homie/5/valve/$description", "{\"root\":\"car\",\"parent\":\"tyre\"}", ""},
        {"homie/5/tyre/$state", "lost", "tyre is offline"},
        {"homie/5/car/$state", "disconnected", "car is offline"},
        {"homie/5/car/$state", "lost",
         "car is offline\nradio is offline\ntyre is offline\nvalve is offline"},
        {"homie/5/tyre/$state", "", ""},
        {"homie/5/car/$state", "lost", "car is offline\nradio is offline"},
        {"homie/5/car/$state", "", ""},
        {"homie/5/car/$state", "lost", "car is offline"},
    };
    expect_script(steps, ARRAY_LEN(steps));
}

static void devices_that_claim_each_other_for_parents_do_no_harm(void **state)
{
    (void)state;
    static const struct step steps[] = {
        {"homie/5/a/$description", "{\"parent\":\"b\"}", ""},
        {"homie/5/b/$description", "{\"parent\":\"a\",\"children\":[\"a\",\"b\"]}", ""},
        {"homie/5/b/$description", "{\"parent\":\"b\"}", ""},
        {"homie/5/b/$state", "lost", "b is offline\na is offline"},
    };
    expect_script(steps, ARRAY_LEN(steps));
}

static void only_a_homie_topic_is_homies_under_another_domain(void **state)
{
    (void)state;
    static const struct step steps[] = {
        {"my-home/5/car/engine/t", "1", "car/engine.t=1"},
        {"My/5/car/engine/t", "1", "My/5/car/engine/t=1"},
        {"floor/5/room/t", "1", "floor/5/room/t=1"},
        {"my-home/4/car/engine/t", "1", "my-home/4/car/engine/t=1"},
    };
    expect_script(steps, ARRAY_LEN(steps));
}

static void names_and_parents_are_told(void **state)
{
    (void)state;
    struct decoder *d = decoder_new(&(struct decode_config){0}, (struct hash_key){1, 2}, NULL);
    expect_meta(d, "homie/car/$name", "Super car", "car: Super car|||");
    expect_meta(d, "homie/5/car/$description", DESCRIPTION, "car: Car|||");
    expect_meta(d, "homie/5/tyre/$description", "{\"root\":\"car\"}", "tyre<car: |||");
    decoder_free(d);
}

static void a_flood_of_properties_leaves_memory_at_its_cap_and_known_ones_untouched(void **state)
{
    (void)state;
    static struct metrics metrics;
    struct decoder *d = decoder_new(&(struct decode_config){0}, (struct hash_key){1, 2}, &metrics);
    char topic[64];
    expect_message(d, BYTES("homie/car/engine/t/$unit"), BYTES("W"), 0, "");
    for (int i = 0; i < 200000; i++) {
        struct decoded got;
        int len = snprintf(topic, sizeof topic, "homie/flood-%d/node/property/$unit", i);
        struct decode_input in = {bytes_of(topic, (size_t)len), BYTES("W"), 0, 0, i};
        decode_message(d, &in, &got);
    }
    assert_true(atomic_load(&metrics.dropped[DROP_MEMORY_FULL]) > 0);
    expect_message(d, BYTES("homie/car/engine/t"), BYTES("1"), 200000, "car/engine.t=1W");
    decoder_free(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_flood_of_properties_leaves_memory_at_its_cap_and_known_ones_untouched),
        cmocka_unit_test(a_state_is_one_of_three),
        cmocka_unit_test(the_datatype_says_how_to_read_a_value),
        cmocka_unit_test(units_come_before_or_after_and_may_go),
        cmocka_unit_test(attributes_are_no_telemetry_but_statistics_are),
        cmocka_unit_test(the_nodes_of_an_array_share_their_properties),
        cmocka_unit_test(a_description_tells_all_at_once),
        cmocka_unit_test(a_single_zero_byte_is_an_empty_string),
        cmocka_unit_test(the_devices_below_a_lost_root_are_lost),
        cmocka_unit_test(devices_that_claim_each_other_for_parents_do_no_harm),
        cmocka_unit_test(only_a_homie_topic_is_homies_under_another_domain),
        cmocka_unit_test(names_and_parents_are_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
