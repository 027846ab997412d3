/* SPDX-License-Identifier: Apache-2.0 */
/* Home Assistant's discovery: configs, claimed topics, templates, and what native decoders take of
 * it. */
#include "decode/decode.h"

#include "decode_script.h"

#define DEG "\xc2\xb0"

static struct metrics metrics;

static struct decoder *new_decoder(void)
{
    memset(&metrics, 0, sizeof metrics);
    return decoder_new(&(struct decode_config){0}, (struct hash_key){1, 2}, &metrics);
}

static void a_config_claims_its_state_topic(void **state)
{
    (void)state;
    static const struct step steps[] = {
        {"x/temp", "21", "x/temp=21"},
        {"homeassistant/sensor/hall/config",
         "{\"state_topic\":\"x/temp\",\"unit_of_measurement\":\"C\"}", ""},
        {"x/temp", "21", "hall/hall=21" DEG "C"},
        {"x/temp", "unavailable", ""},
        {"x/temp", "", ""},
        {"homeassistant/sensor/node1/obj/config", "{\"stat_t\":\"x/hum\"}", ""},
        {"x/hum", "40", "node1/obj=40"},
        {"homeassistant/sensor/node1/b/config",
         "{\"stat_t\":\"x/b\",\"uniq_id\":\"u1\",\"dev\":{\"ids\":[\"id1\",\"id2\"]}}", ""},
        {"x/b", "4", "id1/u1=4"},
        {"homeassistant/sensor/c/config",
         "{\"stat_t\":\"x/c\",\"unique_id\":\"u2\",\"device\":{\"connections\":[[\"mac\","
         "\"02:5b\"]]}}",
         ""},
        {"x/c", "4", "02:5b/u2=4"},
        {"homeassistant/sensor/d/config",
         "{\"stat_t\":\"x/d\",\"device\":{\"identifiers\":1234,\"cns\":[[\"mac\",\"m\"]]}}", ""},
        {"x/d", "4", "1234/d=4"},
        {"homeassistant/status", "online", ""},
        {"homeassistant/button/e/config", "{\"cmd_t\":\"x/e\"}", ""},
        {"homeassistant/sensor/f/config", "{\"state_topic\":", "!invalid_json"},
        {"homeassistant/sensor/f/config", "[]", "!wrong_type"},
    };
    expect_script(steps, ARRAY_LEN(steps));
}

static void an_empty_config_forgets_and_a_new_one_replaces(void **state)
{
    (void)state;
    static const struct step steps[] = {
        {"homeassistant/sensor/a/config", "{\"stat_t\":\"x/1\"}", ""},
        {"x/1", "1", "a/a=1"},
        {"homeassistant/sensor/a/config", "{\"stat_t\":\"x/2\"}", ""},
        {"x/1", "1", "x/1=1"},
        {"x/2", "1", "a/a=1"},
        {"homeassistant/sensor/a/config", "", ""},
        {"x/2", "1", "x/2=1"},
        {"homeassistant/sensor/never/config", "", ""},
    };
    expect_script(steps, ARRAY_LEN(steps));
}

static void the_tilde_stands_for_the_base_topic(void **state)
{
    (void)state;
    static const struct step steps[] = {
        {"homeassistant/switch/a/config", "{\"~\":\"b/sw\",\"stat_t\":\"~/state\"}", ""},
        {"b/sw/state", "ON", "a/a=1 bool"},
        {"homeassistant/switch/b/config", "{\"~\":\"sw2\",\"stat_t\":\"state/~\"}", ""},
        {"state/sw2", "OFF", "b/b=0 bool"},
        {"homeassistant/sensor/c/config",
         "{\"~\":\"c\",\"stat_t\":\"~/t\",\"avty\":[{\"t\":\"~/lwt\"}]}", ""},
        {"c/lwt", "offline", "c is offline"},
    };
    expect_script(steps, ARRAY_LEN(steps));
}

static void words_for_on_and_off_are_the_entitys_own(void **state)
{
    (void)state;
    static const struct step steps[] = {
        {"homeassistant/binary_sensor/a/config", "{\"stat_t\":\"x/a\"}", ""},
        {"x/a", "ON", "a/a=1 bool"},
        {"x/a", "OFF", "a/a=0 bool"},
        {"x/a", "open", ""},
        {"x/a", "1", ""},
        {"homeassistant/binary_sensor/a/config",
         "{\"stat_t\":\"x/a\",\"pl_on\":\"open\",\"pl_off\":\"closed\"}", ""},
        {"x/a", "open", "a/a=1 bool"},
        {"x/a", "closed", "a/a=0 bool"},
        {"homeassistant/binary_sensor/a/config",
         "{\"stat_t\":\"x/a\",\"payload_on\":1,\"payload_off\":0}", ""},
        {"x/a", "1", "a/a=1 bool"},
        {"x/a", "0", "a/a=0 bool"},
        {"homeassistant/binary_sensor/a/config",
         "{\"stat_t\":\"x/a\",\"val_tpl\":\"{{value_json.on}}\",\"pl_on\":true,\"pl_off\":false}",
         ""},
        {"x/a", "{\"on\":true}", "a/a=1 bool"},
        {"x/a", "{\"on\":false}", "a/a=0 bool"},
        {"homeassistant/binary_sensor/a/config",
         "{\"stat_t\":\"x/a\",\"val_tpl\":\"{{value_json.on}}\",\"pl_on\":false,\"pl_off\":true}",
         ""},
        {"x/a", "{\"on\":true}", "a/a=0 bool"},
        {"homeassistant/switch/s/config",
         "{\"stat_t\":\"x/s\",\"pl_on\":\"{\\\"on\\\":1}\",\"stat_on\":\"up\",\"stat_off\":\"dn\"}",
         ""},
        {"x/s", "up", "s/s=1 bool"},
        {"x/s", "dn", "s/s=0 bool"},
        {"homeassistant/fan/f/config", "{\"stat_t\":\"x/f\",\"payload_on\":\"run\"}", ""},
        {"x/f", "run", "f/f=1 bool"},
        {"homeassistant/sensor/n/config", "{\"stat_t\":\"x/n\"}", ""},
        {"x/n", "ON", "n/n=1 bool"},
        {"x/n", "idle", ""},
    };
    expect_script(steps, ARRAY_LEN(steps));
}

/* A sensor with a template, and what it makes of a payload. */
static void template_gives(const char *template, const char *payload, const char *want)
{
    struct decoder *d = new_decoder();
    struct buf config = {0};
    buf_printf(&config, "{\"stat_t\":\"x\",\"val_tpl\":\"%s\"}", template);
    buf_put_byte(&config, 0);
    expect_message(d, BYTES("homeassistant/sensor/s/config"),
                   bytes_of_text((const char *)config.ptr), 0, "");
    expect_message(d, BYTES("x"), bytes_of_text(payload), 0, want);
    buf_fini(&config);
    decoder_free(d);
}

static void templates_look_into_a_payload(void **state)
{
    (void)state;
    template_gives("{{ value }}", "21.5", "s/s=21.5");
    template_gives("{{value}}", "21.5", "s/s=21.5");
    template_gives("  {{-  value  -}}  ", "21.5", "s/s=21.5");
    template_gives("{{ value_json }}", "21.5", "s/s=21.5");
    template_gives("{{ value_json.t }}", "{\"t\":21.5}", "s/s=21.5");
    template_gives("{{value_json.a.b}}", "{\"a\":{\"b\":2}}", "s/s=2");
    template_gives("{{ value_json['a']['b c'] }}", "{\"a\":{\"b c\":2}}", "s/s=2");
    template_gives("{{ value_json[ \\\"a\\\" ].b }}", "{\"a\":{\"b\":2}}", "s/s=2");
    template_gives("{{ value_json[1] }}", "[1,2]", "s/s=2");
    template_gives("{{ value_json.a[0].b }}", "{\"a\":[{\"b\":2}]}", "s/s=2");
    template_gives("{{ value_json.t }}", "{\"t\":\"21.5\"}", "s/s=21.5");
    template_gives("{{ value_json.t }}", "{\"t\":true}", "s/s=1 bool");
    template_gives("{{ value_json.t }}", "{\"t\":\"warm\"}", "");
    template_gives("{{ value_json.t }}", "{\"t\":null}", "");
    template_gives("{{ value_json.t }}", "{\"t\":{\"v\":1}}", "");
    template_gives("{{ value_json.t }}", "{\"u\":1}", "");
    template_gives("{{ value_json.t }}", "21.5", "");
    template_gives("{{ value_json.t }}", "{\"t\":1e999}", "!not_finite");
    template_gives("{{ value_json.t }}", "{\"t\":", "!invalid_json");
    template_gives("{{ value_json.a.b }}", "{\"a\":[1]}", "");
}

static void filters_are_applied_in_order(void **state)
{
    (void)state;
    template_gives("{{ value | float }}", "21.5", "s/s=21.5");
    template_gives("{{ value|int }}", "21.9", "s/s=21");
    template_gives("{{ value | int }}", "-21.9", "s/s=-21");
    template_gives("{{ value_json.t | round(1) }}", "{\"t\":21.449}", "s/s=21.4");
    template_gives("{{ value_json.t | round }}", "{\"t\":21.5}", "s/s=22");
    template_gives("{{ value_json.t|float|round( 2 ) }}", "{\"t\":\"1.005\"}", "s/s=1");
    template_gives("{{ value_json.t | round(-1) }}", "{\"t\":26}", "s/s=30");
    template_gives("{{ value_json.t | default(7) }}", "{}", "s/s=7");
    template_gives("{{ value_json.t | default('8') }}", "{}", "s/s=8");
    template_gives("{{ value_json.t | default(None) }}", "{}", "");
    template_gives("{{ value_json.t | default(7) }}", "{\"t\":1}", "s/s=1");
    template_gives("{{ value_json.t | default(7) }}", "{\"t\":null}", "");
    template_gives("{{ value_json.t | float(0) }}", "{\"t\":\"x\"}", "s/s=0");
    template_gives("{{ value_json.t | float }}", "{\"t\":\"x\"}", "");
    template_gives("{{ value_json.t | int(3) | float }}", "{}", "s/s=3");
    template_gives("{{ value_json.t | is_defined }}", "{\"t\":4}", "s/s=4");
    template_gives("{{ value_json.t | is_defined }}", "{}", "");
}

static void other_templates_are_counted_and_named(void **state)
{
    (void)state;
    static const char *const unknown[] = {
        "{{ value_json.t * 0.1 }}",
        "{{ value_json.t | multiply(2) }}",
        "{% if value_json.t %}1{% endif %}",
        "{{ value }} W",
        "{{ value_json.t }}{{ value_json.u }}",
        "{{ (value | float) }}",
        "{{ states('sensor.x') }}",
        "{{ value_json.get('t') }}",
        "{{ value_json.t | round(1, 'floor') }}",
        "{{ value_json. }}",
        "{{ value_json[t] }}",
        "{{ value_json['t }}",
        "{{ value | default }}",
        "{{ value",
        "21",
        "{{ value_json.a.b.c.d.e.f.g.h.i }}",
    };
    for (size_t i = 0; i < ARRAY_LEN(unknown); i++) {
        template_gives(unknown[i], "{\"t\":1}", "!template");
        assert_int_equal(atomic_load(&metrics.dropped[DROP_TEMPLATE]), 1);
    }
    struct decoder *d = new_decoder();
    struct decoded got;
    struct decode_input in = {BYTES("homeassistant/sensor/s/config"),
                              BYTES("{\"stat_t\":\"x\",\"val_tpl\":\"{{ value * 2 }}\"}"), 0, 0, 0};
    decode_message(d, &in, &got);
    assert_true(bytes_equal(got.note, BYTES("value_template not understood: {{ value * 2 }}")));
    decoder_free(d);
}

static void entities_may_share_a_topic(void **state)
{
    (void)state;
    static const struct step steps[] = {
        {"homeassistant/sensor/a/config",
         "{\"stat_t\":\"x\",\"val_tpl\":\"{{ value_json.a }}\",\"unit_of_meas\":\"V\"}", ""},
        {"homeassistant/sensor/b/config",
         "{\"stat_t\":\"x\",\"val_tpl\":\"{{ value_json.b }}\",\"unit_of_meas\":\"A\"}", ""},
        {"x", "{\"b\":2,\"a\":1,\"c\":3}", "a/a=1V\nb/b=2A"},
        {"x", "{\"b\":2}", "b/b=2A"},
        {"homeassistant/sensor/a/config", "", ""},
        {"x", "{\"b\":2,\"a\":1}", "b/b=2A"},
    };
    expect_script(steps, ARRAY_LEN(steps));
}

static void a_device_brings_its_components(void **state)
{
    (void)state;
    static const struct step steps[] = {
        {"homeassistant/device/d1/config",
         "{\"device\":{\"identifiers\":\"dev\"},\"o\":{\"name\":\"x\"},\"state_topic\":\"x/all\","
         "\"availability_topic\":\"x/lwt\",\"components\":{"
         "\"c1\":{\"platform\":\"sensor\",\"value_template\":\"{{ value_json.t }}\"},"
         "\"c2\":{\"p\":\"binary_sensor\",\"stat_t\":\"x/own\",\"unique_id\":\"u2\"}}}",
         ""},
        {"x/all", "{\"t\":5}", "dev/c1=5"},
        {"x/own", "ON", "dev/u2=1 bool"},
        {"x/lwt", "online", "dev is online"},
        {"homeassistant/device/d1/config",
         "{\"dev\":{\"ids\":\"dev\"},\"o\":{},\"stat_t\":\"x/all\",\"cmps\":{\"c1\":{\"p\":"
         "\"sensor\"},\"c3\":{\"p\":\"sensor\",\"val_tpl\":\"{{ value_json.u }}\"}}}",
         ""},
        {"x/all", "{\"t\":5,\"u\":6}", "dev/c3=6"},
        {"x/own", "OFF", "dev/u2=0 bool"},
        {"homeassistant/device/d1/config", "", ""},
        {"x/own", "OFF", "x/own=0 bool"},
        {"homeassistant/device/d2/config", "{\"dev\":{},\"cmps\":[1]}", ""},
        {"homeassistant/device/d2/config", "{\"dev\":{},\"cmps\":{\"a\":1}}", ""},
    };
    expect_script(steps, ARRAY_LEN(steps));
}

static void availability_comes_from_topics_of_its_own(void **state)
{
    (void)state;
    static const struct step steps[] = {
        {"homeassistant/sensor/a/config",
         "{\"stat_t\":\"x/a\",\"avty_t\":\"x/up\",\"pl_avail\":\"yes\",\"pl_not_avail\":\"no\"}",
         ""},
        {"x/up", "yes", "a is online"},
        {"x/up", "no", "a is offline"},
        {"x/up", "online", ""},
        {"x/up", "", ""},
        {"homeassistant/sensor/b/config",
         "{\"stat_t\":\"x/b\",\"availability\":[{\"topic\":\"y/1\"},{\"t\":\"y/2\",\"val_tpl\":"
         "\"{{ value_json.state }}\",\"payload_available\":\"up\"}]}",
         ""},
        {"y/1", "offline", "b is offline"},
        {"y/2", "{\"state\":\"up\"}", "b is online"},
        {"homeassistant/sensor/c/config",
         "{\"stat_t\":\"x/c\",\"avty\":{\"t\":\"y/1\"},\"dev\":{\"ids\":\"b\"}}", ""},
        {"y/1", "online", "b is online"},
        {"homeassistant/sensor/d/config", "{\"stat_t\":\"x/d\",\"avty_t\":\"dev/status\"}", ""},
        {"dev/status", "offline", "d is offline"},
    };
    expect_script(steps, ARRAY_LEN(steps));
}

static void native_decoders_take_units_and_names_only(void **state)
{
    (void)state;
    static const struct step steps[] = {
        {"homeassistant/sensor/hall/temp/config",
         "{\"stat_t\":\"hall/sensor/temp/state\",\"unit_of_meas\":\"" DEG
         "C\",\"uniq_id\":\"u\",\"avty_t\":\"hall/status\",\"dev\":{\"ids\":\"0a0b\",\"name\":"
         "\"Hall node\",\"mdl\":\"esp32\",\"mf\":\"Espressif\",\"sa\":\"Hall\"}}",
         ""},
        {"hall/sensor/temp/state", "20", "hall/sensor.temp=20" DEG "C"},
        {"hall/status", "online", "hall is online"},
        {"homeassistant/sensor/zb/p/config",
         "{\"stat_t\":\"zigbee2mqtt/plug\",\"val_tpl\":\"{{ value_json.power }}\","
         "\"unit_of_meas\":\"W\"}",
         ""},
        {"zigbee2mqtt/plug", "{\"voltage\":230,\"power\":5,\"a\":{\"power\":1}}",
         "plug/voltage=230\nplug/power=5W\nplug/a.power=1W"},
        {"homeassistant/sensor/tas/config",
         "{\"stat_t\":\"tele/tas/SENSOR\",\"val_tpl\":\"{{value_json['SCD']['CO2']}}\","
         "\"unit_of_meas\":\"ppm\"}",
         ""},
        {"tele/tas/SENSOR", "{\"SCD\":{\"CO2\":500}}", "tas/SCD.CO2=500ppm"},
        {"homeassistant/sensor/zb/p/config", "", ""},
        {"zigbee2mqtt/plug", "{\"power\":5}", "plug/power=5"},
    };
    expect_script(steps, ARRAY_LEN(steps));
}

static void devices_are_described_under_the_id_that_their_records_bear(void **state)
{
    (void)state;
    struct decoder *d = new_decoder();
    expect_meta(d, "homeassistant/sensor/a/config",
                "{\"stat_t\":\"x\",\"dev\":{\"ids\":\"i\",\"name\":\"N\",\"mdl\":\"M\",\"mf\":"
                "\"F\",\"sa\":\"Room\"}}",
                "i: N|M|F|Room");
    expect_meta(d, "homeassistant/sensor/b/config",
                "{\"stat_t\":\"hall/sensor/t/state\",\"dev\":{\"ids\":\"0a\",\"name\":\"N\","
                "\"suggested_area\":\"Hall\"}}",
                "");
    expect_meta(d, "hall/sensor/t/state", "1", "hall: N|||Hall");
    expect_meta(d, "hall/sensor/t/state", "2", "");
    expect_meta(d, "homeassistant/sensor/c/config", "{\"stat_t\":\"y\"}", "");
    decoder_free(d);
}

static void a_flood_of_entities_leaves_memory_at_its_cap_and_known_ones_untouched(void **state)
{
    (void)state;
    struct decoder *d = new_decoder();
    char topic[64], payload[256];
    expect_message(d, BYTES("homeassistant/sensor/a/config"), BYTES("{\"stat_t\":\"x/a\"}"), 0, "");
    for (int i = 0; i < 120000; i++) {
        struct decoded got;
        int t = snprintf(topic, sizeof topic, "homeassistant/sensor/flood%d/config", i);
        int p = snprintf(payload, sizeof payload, "{\"stat_t\":\"flood/%d/state\"}", i);
        struct decode_input in = {bytes_of(topic, (size_t)t), bytes_of(payload, (size_t)p), 0, 0,
                                  i};
        decode_message(d, &in, &got);
    }
    assert_true(atomic_load(&metrics.dropped[DROP_MEMORY_FULL]) > 0);
    expect_message(d, BYTES("x/a"), BYTES("5"), 120000, "a/a=5");
    /* A day later the flood makes room. */
    expect_message(d, BYTES("homeassistant/sensor/b/config"), BYTES("{\"stat_t\":\"x/b\"}"),
                   120000 + LIMIT_MEMO_IDLE_MS, "");
    expect_message(d, BYTES("x/b"), BYTES("5"), 120000 + LIMIT_MEMO_IDLE_MS, "b/b=5");
    decoder_free(d);
}

static void many_tiny_components_are_bounded(void **state)
{
    (void)state;
    struct decoder *d = new_decoder();
    struct decoded got;
    struct buf config = {0};
    buf_put_text(&config, "{\"dev\":{\"ids\":\"d\"},\"stat_t\":\"x/all\",\"avty_t\":\"x/up\","
                          "\"cmps\":{");
    for (int i = 0; i < 8000; i++) {
        buf_printf(&config, "%s\"%d\":{\"p\":\"sensor\"}", i > 0 ? "," : "", i);
    }
    buf_put_text(&config, "}}");
    struct decode_input in = {BYTES("homeassistant/device/d/config"), buf_bytes(&config), 0, 0, 0};
    decode_message(d, &in, &got);
    assert_int_equal(got.drop, DROP_TOO_MANY_VALUES);
    buf_clear(&config);
    buf_printf(&config,
               "{\"dev\":{\"ids\":\"d\"},\"stat_t\":\"x/all\",\"avty_t\":\"x/up\","
               "\"cmps\":{\"a\":{\"p\":\"sensor\",\"n\":1},\"b\":{\"p\":\"sensor\","
               "\"n\":1}},\"pad\":\"%0*d\"}",
               3000, 0);
    in.payload = buf_bytes(&config);
    decode_message(d, &in, &got);
    assert_int_equal(got.drop, DROP_NONE);
    expect_message(d, BYTES("x/all"), BYTES("1"), 0, "d/a=1\nd/b=1");
    expect_message(d, BYTES("x/up"), BYTES("online"), 0, "d is online");
    buf_fini(&config);
    decoder_free(d);
}

static void more_entities_than_one_topic_may_have_are_counted(void **state)
{
    (void)state;
    struct decoder *d = new_decoder();
    struct decoded got;
    char topic[64];
    for (int i = 0; i < LIMIT_ENTITIES_PER_TOPIC + 3; i++) {
        int t = snprintf(topic, sizeof topic, "homeassistant/sensor/s%d/config", i);
        struct decode_input in = {bytes_of(topic, (size_t)t), BYTES("{\"stat_t\":\"x/all\"}"), 0, 0,
                                  0};
        decode_message(d, &in, &got);
    }
    assert_int_equal(atomic_load(&metrics.dropped[DROP_MEMORY_FULL]), 3);
    struct decode_input in = {BYTES("x/all"), BYTES("1"), 0, 0, 0};
    decode_message(d, &in, &got);
    assert_int_equal(got.count, LIMIT_ENTITIES_PER_TOPIC);
    decoder_free(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_config_claims_its_state_topic),
        cmocka_unit_test(an_empty_config_forgets_and_a_new_one_replaces),
        cmocka_unit_test(the_tilde_stands_for_the_base_topic),
        cmocka_unit_test(words_for_on_and_off_are_the_entitys_own),
        cmocka_unit_test(templates_look_into_a_payload),
        cmocka_unit_test(filters_are_applied_in_order),
        cmocka_unit_test(other_templates_are_counted_and_named),
        cmocka_unit_test(entities_may_share_a_topic),
        cmocka_unit_test(a_device_brings_its_components),
        cmocka_unit_test(availability_comes_from_topics_of_its_own),
        cmocka_unit_test(native_decoders_take_units_and_names_only),
        cmocka_unit_test(devices_are_described_under_the_id_that_their_records_bear),
        cmocka_unit_test(a_flood_of_entities_leaves_memory_at_its_cap_and_known_ones_untouched),
        cmocka_unit_test(many_tiny_components_are_bounded),
        cmocka_unit_test(more_entities_than_one_topic_may_have_are_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
