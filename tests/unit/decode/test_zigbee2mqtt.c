/* SPDX-License-Identifier: Apache-2.0 */
/* Zigbee2MQTT: states with and without the bridge's list, attributes as topics, availability. */
#include "decode/decode.h"

#include "decode_script.h"

#define DEG "\xc2\xb0"

/* A bridge with a plug, a lock with a slash in its name, a thermostat with a nested schedule, a
 * shade that shares the begin of a name with another device, and a coordinator. */
#define DEVICES                                                                                    \
    "[{\"ieee_address\":\"0x01\",\"type\":\"Coordinator\",\"friendly_name\":\"Coordinator\","      \
    "\"definition\":null},"                                                                        \
    "{\"ieee_address\":\"0x02\",\"type\":\"Router\",\"friendly_name\":\"plug\",\"definition\":{"   \
    "\"model\":\"P1\",\"vendor\":\"Maker\",\"exposes\":[{\"type\":\"switch\",\"features\":[{"      \
    "\"type\":\"binary\",\"property\":\"state\",\"value_on\":\"ON\",\"value_off\":\"OFF\"}]},"     \
    "{\"type\":\"numeric\",\"property\":\"power\",\"unit\":\"W\"},{\"type\":\"binary\","           \
    "\"property\":\"state_left\",\"endpoint\":\"left\",\"value_on\":\"OPEN\",\"value_off\":"       \
    "\"SHUT\"}]}},"                                                                                \
    "{\"ieee_address\":\"0x03\",\"type\":\"EndDevice\",\"friendly_name\":\"front/lock\","          \
    "\"definition\":{\"model\":\"L\",\"vendor\":\"V\",\"exposes\":[{\"features\":[{\"value_off\":" \
    "\"UNLOCK\",\"value_on\":\"LOCK\",\"property\":\"state\",\"type\":\"binary\"}],\"type\":"      \
    "\"lock\"}]}},"                                                                                \
    "{\"ieee_address\":\"0x04\",\"type\":\"EndDevice\",\"friendly_name\":\"heat\",\"definition\":" \
    "{\"model\":\"T\",\"vendor\":\"V\",\"exposes\":[{\"type\":\"list\",\"property\":\"plan\","     \
    "\"item_type\":{\"type\":\"composite\",\"property\":\"entry\",\"features\":[{\"type\":"        \
    "\"numeric\",\"property\":\"goal\",\"unit\":\"C\"}]}},{\"type\":\"composite\",\"property\":"   \
    "\"colour\",\"features\":[{\"type\":\"numeric\",\"property\":\"hue\",\"unit\":\"" DEG "\"}]}]" \
    "}},"                                                                                          \
    "{\"ieee_address\":\"0x05\",\"type\":\"EndDevice\",\"friendly_name\":\"front\","               \
    "\"definition\":null}]"

static void a_state_is_flattened_and_bookkeeping_left_out(void **state)
{
    (void)state;
    static const struct step steps[] = {
        {"zigbee2mqtt/lamp", "{\"state\":\"ON\",\"brightness\":215,\"color\":{\"x\":0.5}}",
         "lamp/state=1 bool\nlamp/brightness=215\nlamp/color.x=0.5"},
        {"zigbee2mqtt/a/b/c", "{\"t\":1}", "a/b/c/t=1"},
        {"zigbee2mqtt/lamp",
         "{\"t\":1,\"update\":{\"v\":3},\"elapsed\":4,\"device\":{\"n\":5},"
         "\"last_seen\":1700000000123}",
         "lamp/t=1@1700000000123"},
        {"zigbee2mqtt/lamp", "{\"last_seen\":\"2024-03-01T09:15:30+01:00\",\"t\":1}",
         "lamp/t=1@1709280930000"},
        {"zigbee2mqtt/lamp", "{\"last_seen\":null,\"t\":1,\"u\":null}", "lamp/t=1"},
        {"zigbee2mqtt/lamp", "{\"a\":\"single\",\"b\":\"\",\"contact\":true}",
         "lamp/contact=1 bool"},
        {"zigbee2mqtt/lamp", "{\"x\":{\"last_seen\":7}}", "lamp/x.last_seen=7"},
        {"zigbee2mqtt/lamp", "{\"value\":3,\"unit\":\"W\"}", "lamp/value=3"},
        {"zigbee2mqtt/lamp", "", ""},
        {"zigbee2mqtt/lamp", "5", "!undecoded"},
        {"zigbee2mqtt/lamp", "{\"t\":", "!invalid_json"},
    };
    expect_script(steps, ARRAY_LEN(steps));
}

static void requests_and_the_bridges_talk_are_no_data(void **state)
{
    (void)state;
    static const struct step steps[] = {
        {"zigbee2mqtt/lamp/set", "{\"state\":\"ON\"}", ""},
        {"zigbee2mqtt/lamp/set/brightness", "255", ""},
        {"zigbee2mqtt/lamp/left/get", "{\"state\":\"\"}", ""},
        {"zigbee2mqtt/bridge/logging", "{\"level\":\"info\",\"n\":1}", ""},
        {"zigbee2mqtt/bridge/info", "{\"version\":\"2.0\",\"permit_join\":false}", ""},
        {"zigbee2mqtt/bridge/response/device/rename", "{\"data\":{\"n\":1}}", ""},
        {"zigbee2mqtt/bridge/event", "{\"type\":\"device_joined\",\"n\":1}", ""},
    };
    expect_script(steps, ARRAY_LEN(steps));
}

static void availability_comes_in_both_forms(void **state)
{
    (void)state;
    static const struct step steps[] = {
        {"zigbee2mqtt/bridge/state", "online", "zigbee2mqtt is online"},
        {"zigbee2mqtt/bridge/state", "{\"state\":\"offline\"}", "zigbee2mqtt is offline"},
        {"zigbee2mqtt/lamp/availability", "offline", "lamp is offline"},
        {"zigbee2mqtt/a/b/availability", "{\"state\":\"online\"}", "a/b is online"},
        {"zigbee2mqtt/lamp/availability", "", ""},
        {"zigbee2mqtt/lamp/availability", "perhaps", "!undecoded"},
        {"home/bridge/state", "{\"state\":\"online\"}", "home is online"},
        {"home/lamp", "{\"state\":\"OFF\"}", "lamp/state=0 bool"},
        {"home/lamp/availability", "online", "lamp is online"},
    };
    expect_script(steps, ARRAY_LEN(steps));
}

static void the_list_of_devices_gives_names_units_and_words(void **state)
{
    (void)state;
    static const struct step steps[] = {
        {"zigbee2mqtt/bridge/devices", DEVICES, ""},
        {"zigbee2mqtt/plug", "{\"state\":\"ON\",\"power\":5,\"state_left\":\"OPEN\"}",
         "plug/state=1 bool\nplug/power=5W\nplug/state_left=1 bool"},
        {"zigbee2mqtt/plug", "{\"state_left\":\"SHUT\",\"state_right\":\"OPEN\"}",
         "plug/state_left=0 bool"},
        {"zigbee2mqtt/front/lock", "{\"state\":\"UNLOCK\"}", "front/lock/state=0 bool"},
        {"zigbee2mqtt/other", "{\"state\":\"LOCK\",\"power\":5}", "other/power=5"},
        {"zigbee2mqtt/heat", "{\"plan\":[{\"goal\":20},{\"goal\":17}],\"colour\":{\"hue\":9}}",
         "heat/plan.0.goal=20" DEG "C\nheat/plan.1.goal=17" DEG "C\nheat/colour.hue=9" DEG},
    };
    expect_script(steps, ARRAY_LEN(steps));
}

static void attributes_as_topics_go_by_the_longest_known_name(void **state)
{
    (void)state;
    static const struct step steps[] = {
        {"zigbee2mqtt/my/bulb/state", "ON", "my/bulb/state=1 bool"},
        {"zigbee2mqtt/bridge/devices", DEVICES, ""},
        {"zigbee2mqtt/plug/power", "7.5", "plug/power=7.5W"},
        {"zigbee2mqtt/plug/state_left", "SHUT", "plug/state_left=0 bool"},
        {"zigbee2mqtt/plug/last_seen", "1700000000123", ""},
        {"zigbee2mqtt/front/lock/state", "LOCK", "front/lock/state=1 bool"},
        {"zigbee2mqtt/front/battery", "64", "front/battery=64"},
        {"zigbee2mqtt/heat/colour", "{\"hue\":3}", "heat/colour.hue=3" DEG},
        {"zigbee2mqtt/front/lock/set/state", "LOCK", ""},
        {"zigbee2mqtt/front/lock/availability", "online", "front/lock is online"},
        {"zigbee2mqtt/plug/action", "single", ""},
    };
    expect_script(steps, ARRAY_LEN(steps));
}

static void a_new_list_replaces_the_old_one_and_groups_are_names_too(void **state)
{
    (void)state;
    static const struct step steps[] = {
        {"zigbee2mqtt/bridge/devices", DEVICES, ""},
        {"zigbee2mqtt/bridge/groups", "[{\"id\":1,\"friendly_name\":\"up/stairs\"}]", ""},
        {"zigbee2mqtt/up/stairs/state", "ON", "up/stairs/state=1 bool"},
        {"zigbee2mqtt/bridge/devices",
         "[{\"friendly_name\":\"socket\",\"definition\":{\"exposes\":[{\"property\":\"power\","
         "\"unit\":\"kW\"}]}}]",
         ""},
        {"zigbee2mqtt/plug", "{\"power\":5}", "plug/power=5"},
        {"zigbee2mqtt/socket", "{\"power\":5}", "socket/power=5kW"},
        {"zigbee2mqtt/up/stairs/state", "OFF", "up/stairs/state=0 bool"},
        {"zigbee2mqtt/bridge/groups", "[]", ""},
        {"zigbee2mqtt/bridge/devices", "[{]", "!invalid_json"},
        {"zigbee2mqtt/bridge/devices", "[{\"ieee_address\":1},7,null]", "!bad_device_id"},
    };
    expect_script(steps, ARRAY_LEN(steps));
}

static void a_bridge_under_another_base_is_known_by_its_list(void **state)
{
    (void)state;
    static const struct step steps[] = {
        {"site/zb/plug", "{\"power\":5}", "site/zb/plug/power=5"},
        {"site/zb/bridge/devices", DEVICES, ""},
        {"site/zb/plug", "{\"power\":5}", "plug/power=5W"},
        {"site/zb/front/lock/state", "LOCK", "front/lock/state=1 bool"},
        {"site/zb/bridge/logging", "{\"n\":1}", ""},
        {"site/other", "{\"n\":1}", "site/other/n=1"},
        {"zigbee2mqtt/upper/bridge/state", "online", "zigbee2mqtt/upper is online"},
        {"zigbee2mqtt/upper/lamp", "{\"n\":1}", "lamp/n=1"},
        {"garden/bridge/devices", "[{\"n\":1}]", "!undecoded"},
    };
    expect_script(steps, ARRAY_LEN(steps));
}

static void the_list_describes_its_devices(void **state)
{
    (void)state;
    struct decoder *d = decoder_new(&(struct decode_config){0}, (struct hash_key){1, 2}, NULL);
    expect_meta(d, "zigbee2mqtt/bridge/devices", DEVICES,
                "plug<zigbee2mqtt: plug|P1|Maker|\nfront/lock<zigbee2mqtt: front/lock|L|V|\n"
                "heat<zigbee2mqtt: heat|T|V|\nfront<zigbee2mqtt: front|||");
    decoder_free(d);
}

static void what_one_broker_tells_is_not_true_of_another(void **state)
{
    (void)state;
    struct decoder *d = decoder_new(&(struct decode_config){0}, (struct hash_key){1, 2}, NULL);
    struct decode_input list = {BYTES("zigbee2mqtt/bridge/devices"), BYTES(DEVICES), 0, 1, 0};
    struct decode_input data = {BYTES("zigbee2mqtt/plug"), BYTES("{\"power\":1}"), 0, 1, 0};
    struct decoded got;
    decode_message(d, &list, &got);
    decode_message(d, &data, &got);
    assert_int_equal(got.records[0].unit.len, 1);
    data.source = 2;
    decode_message(d, &data, &got);
    assert_int_equal(got.records[0].unit.len, 0);
    decoder_free(d);
}

/* A list of `count` devices with one property each, in `list`. */
static struct bytes list_of(struct buf *list, const char *name, int count)
{
    buf_clear(list);
    for (int i = 0; i < count; i++) {
        buf_printf(list,
                   "%s{\"ieee_address\":\"0x%d\",\"friendly_name\":\"%s%d\",\"definition\":{"
                   "\"exposes\":[{\"property\":\"power\",\"unit\":\"W\"}]}}",
                   i > 0 ? "," : "[", i, name, i);
    }
    buf_put_text(list, "]");
    return buf_bytes(list);
}

static void a_list_may_be_larger_than_other_payloads(void **state)
{
    (void)state;
    struct decoder *d = decoder_new(&(struct decode_config){0}, (struct hash_key){1, 2}, NULL);
    struct buf list = {0};
    struct bytes text = list_of(&list, "a device of some name ", 4000);
    assert_true(text.len > LIMIT_DECODE_BYTES);
    expect_message(d, BYTES("zigbee2mqtt/bridge/devices"), text, 0, "");
    expect_message(d, BYTES("zigbee2mqtt/a device of some name 3999"), BYTES("{\"power\":1}"), 0,
                   "a device of some name 3999/power=1W");
    expect_message(d, BYTES("other"), text, 0, "!payload_too_large");
    buf_fini(&list);
    decoder_free(d);
}

static void a_flood_of_bridges_leaves_memory_at_its_cap_and_known_ones_untouched(void **state)
{
    (void)state;
    static struct metrics metrics;
    struct decoder *d = decoder_new(&(struct decode_config){0}, (struct hash_key){1, 2}, &metrics);
    struct buf list = {0};
    char topic[64];
    struct decoded got;
    expect_message(d, BYTES("zigbee2mqtt/bridge/devices"), BYTES(DEVICES), 0, "");
    (void)list_of(&list, "made up ", 1000);
    for (int i = 0; i < 400; i++) {
        int len = snprintf(topic, sizeof topic, "flood%d/bridge/devices", i);
        struct decode_input in = {bytes_of(topic, (size_t)len), buf_bytes(&list), 0, 0, i};
        decode_message(d, &in, &got);
    }
    assert_true(atomic_load(&metrics.dropped[DROP_MEMORY_FULL]) > 0);
    expect_message(d, BYTES("zigbee2mqtt/plug"), BYTES("{\"power\":1}"), 1000, "plug/power=1W");
    buf_fini(&list);
    decoder_free(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_list_may_be_larger_than_other_payloads),
        cmocka_unit_test(a_flood_of_bridges_leaves_memory_at_its_cap_and_known_ones_untouched),
        cmocka_unit_test(a_state_is_flattened_and_bookkeeping_left_out),
        cmocka_unit_test(requests_and_the_bridges_talk_are_no_data),
        cmocka_unit_test(availability_comes_in_both_forms),
        cmocka_unit_test(the_list_of_devices_gives_names_units_and_words),
        cmocka_unit_test(attributes_as_topics_go_by_the_longest_known_name),
        cmocka_unit_test(a_new_list_replaces_the_old_one_and_groups_are_names_too),
        cmocka_unit_test(a_bridge_under_another_base_is_known_by_its_list),
        cmocka_unit_test(the_list_describes_its_devices),
        cmocka_unit_test(what_one_broker_tells_is_not_true_of_another),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
