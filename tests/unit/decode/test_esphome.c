/* SPDX-License-Identifier: Apache-2.0 */
/* ESPHome: states of components, their parts, logs and discovery. */
#include "decode/decode.h"

#include "decode_script.h"

static void the_component_stays_in_the_sensors_name(void **state)
{
    (void)state;
    static const struct step steps[] = {
        {"hall/sensor/temp/state", "23.80", "hall/sensor.temp=23.8"},
        {"hall/switch/temp/state", "OFF", "hall/switch.temp=0 bool"},
        {"a/b/binary_sensor/door/state", "ON", "a/b/binary_sensor.door=1 bool"},
        {"hall/light/lamp/state", "{\"state\":\"ON\",\"brightness\":9,\"color\":{\"r\":1}}",
         "hall/light.lamp.state=1 bool\nhall/light.lamp.brightness=9\nhall/light.lamp.color.r=1"},
        {"hall/number/limit/state", "5", "hall/number.limit=5"},
        {"hall/cover/shade/state", "OPEN", ""},
        {"hall/status", "online", "hall is online"},
        {"hall/status", "offline", "hall is offline"},
    };
    expect_script(steps, ARRAY_LEN(steps));
}

static void parts_of_a_component_have_topics_of_their_own(void **state)
{
    (void)state;
    static const struct step steps[] = {
        {"hall/climate/heat/current_temperature/state", "20.5",
         "hall/climate.heat.current_temperature=20.5"},
        {"hall/climate/heat/mode/state", "off", "hall/climate.heat.mode=0 bool"},
        {"hall/climate/heat/mode/state", "heat", ""},
        {"hall/cover/shade/position/state", "70", "hall/cover.shade.position=70"},
        {"hall/fan/ceiling/speed_level/state", "3", "hall/fan.ceiling.speed_level=3"},
        {"up/climate/switch/mode/state", "1", "up/climate.switch.mode=1"},
    };
    expect_script(steps, ARRAY_LEN(steps));
}

static void a_failed_sensor_and_text_give_nothing(void **state)
{
    (void)state;
    static const struct step steps[] = {
        {"hall/sensor/temp/state", "nan", ""},
        {"hall/sensor/temp/state", "NaN", ""},
        {"hall/sensor/temp/state", "None", ""},
        {"hall/sensor/temp/state", "", ""},
        {"hall/sensor/temp/state", "1e999", "!not_finite"},
        {"hall/text_sensor/serial/state", "20240117", ""},
        {"hall/sensor/temp/state", "{\"a\":", "!invalid_json"},
        {"hall/sensor/temp/command", "1", ""},
        {"hall/debug", "\x1b[0;36m[D][sensor:094]: 'T': Sending state 21.5", ""},
        {"hall/debug", "[I][app:100]: 5", ""},
    };
    expect_script(steps, ARRAY_LEN(steps));
}

static void other_topics_that_end_in_state_are_not_its_own(void **state)
{
    (void)state;
    static const struct step steps[] = {
        {"homeassistant/sensor/x/state", "1", "homeassistant/sensor/x/state=1"},
        {"sensor/x/state", "1", "sensor/x/state=1"},
        {"hall/thing/x/state", "1", "hall/thing/x/state=1"},
        {"hall/debug", "1", "hall/debug=1"},
    };
    expect_script(steps, ARRAY_LEN(steps));
}

static void a_node_announces_its_name(void **state)
{
    (void)state;
    struct decoder *d = decoder_new(&(struct decode_config){0}, (struct hash_key){1, 2}, NULL);
    expect_meta(d, "esphome/discover/hall", "{\"name\":\"hall\",\"friendly_name\":\"The hall\"}",
                "hall: The hall|||");
    expect_meta(d, "esphome/discover/hall", "", "");
    decoder_free(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_component_stays_in_the_sensors_name),
        cmocka_unit_test(parts_of_a_component_have_topics_of_their_own),
        cmocka_unit_test(a_failed_sensor_and_text_give_nothing),
        cmocka_unit_test(other_topics_that_end_in_state_are_not_its_own),
        cmocka_unit_test(a_node_announces_its_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
