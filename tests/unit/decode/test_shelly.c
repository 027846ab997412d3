/* SPDX-License-Identifier: Apache-2.0 */
/* Shelly devices of both generations, message by message. */
#include "decoding.h"

static void gen1_topics_are_the_sensors(void **state)
{
    (void)state;
    static const struct message messages[] = {
        {"shellies/shellyht-1/sensor/temperature", "71.6", "shellyht-1/sensor.temperature=71.6"},
        {"shellies/shellyht-1/sensor/humidity", "44", "shellyht-1/sensor.humidity=44%"},
        {"shellies/shellyht-1/sensor/battery", "98", "shellyht-1/sensor.battery=98%"},
        {"shellies/shellyht-1/sensor/act_reasons", "[\"sensor\",\"battery\"]", ""},
        {"shellies/shelly1-2/relay/0", "off", "shelly1-2/relay.0=0 bool"},
        {"shellies/shelly1-2/relay/0", "overpower", ""},
        {"shellies/shelly1-2/relay/0/power", "3.5", "shelly1-2/relay.0.power=3.5W"},
        {"shellies/shelly1-2/relay/1/energy", "60", "shelly1-2/relay.1.energy=60Wmin"},
        {"shellies/shelly1-2/input/0", "1", "shelly1-2/input.0=1"},
        {"shellies/shelly1-2/input_event/0", "{\"event\":\"S\",\"event_cnt\":7}",
         "shelly1-2/input_event.0.event_cnt=7"},
        {"shellies/shelly1-2/temperature", "41.5", "shelly1-2/temperature=41.5" DEG "C"},
        {"shellies/shelly1-2/temperature_f", "106.7", "shelly1-2/temperature_f=106.7" DEG "F"},
        {"shellies/shelly1-2/overtemperature", "0", "shelly1-2/overtemperature=0"},
        {"shellies/shelly1-2/voltage", "230.4", "shelly1-2/voltage=230.4V"},
        {"shellies/shelly1-2/ext_temperature/2", "5", "shelly1-2/ext_temperature.2=5" DEG "C"},
        {"shellies/em/emeter/0/power", "-12.5", "em/emeter.0.power=-12.5W"},
        {"shellies/em/emeter/0/total", "1000.5", "em/emeter.0.total=1000.5Wh"},
        {"shellies/em/emeter/2/pf", "0.98", "em/emeter.2.pf=0.98"},
        {"shellies/r/roller/0", "open", ""},
        {"shellies/r/roller/0/pos", "55", "r/roller.0.pos=55%"},
        {"shellies/r/roller/0/energy", "9", "r/roller.0.energy=9Wmin"},
        {"shellies/r/online", "false", "r is offline"},
        {"shellies/r/online", "true", "r is online"},
        {"shellies/r/online", "maybe", "dropped undecoded"},
        {"shellies/r/relay/0", "", ""},
        {"shellies/r/relay/0/power", "nan", ""},
        {"shellies/r/announce", "{\"id\":\"other\",\"model\":\"SHSW-25\",\"mac\":\"AB\"}",
         "r model \"SHSW-25\""},
        {"shellies/announce", "{\"id\":\"shelly1-2\",\"model\":\"SHSW-1\",\"new_fw\":true}",
         "shelly1-2 model \"SHSW-1\""},
        {"shellies/announce", "{\"model\":\"SHSW-1\"}", "dropped wrong_type"},
        {"shellies/trv/info",
         "{\"mac\":\"1\",\"unixtime\":1704103200,\"serial\":12,\"tmp\":{\"value\":20.5,\"units\":"
         "\"C\",\"is_valid\":true},\"wifi_sta\":{\"rssi\":-60}}",
         "trv/tmp=20.5\ntrv/tmp.is_valid=1 bool\ntrv/wifi_sta.rssi=-60"},
        {"shellies/trv/info", "{", "dropped invalid_json"},
        {"shellies/m/status", "{\"motion\":true,\"bat\":70}",
         "m/status.motion=1 bool\nm/status.bat=70"},
    };
    expect_messages(messages, ARRAY_LEN(messages), DECODER_SHELLY_GEN1);
}

static void gen2_notifications_have_their_time_and_units(void **state)
{
    (void)state;
    static const struct message messages[] = {
        {"shellypro1pm-a/events/rpc",
         "{\"params\":{\"switch:0\":{\"id\":0,\"apower\":12.5,\"pf\":0.9,\"freq\":50,\"aenergy\":{"
         "\"total\":10,\"by_minute\":[1,2,3],\"minute_ts\":1704103200}},\"ts\":1704103200.25},"
         "\"method\":\"NotifyStatus\",\"src\":\"b\"}",
         "shellypro1pm-a/switch:0.apower=12.5W@1704103200250\n"
         "shellypro1pm-a/switch:0.pf=0.9@1704103200250\n"
         "shellypro1pm-a/switch:0.freq=50Hz@1704103200250\n"
         "shellypro1pm-a/switch:0.aenergy.total=10Wh@1704103200250"},
        {"a/b/events/rpc",
         "{\"method\":\"NotifyFullStatus\",\"params\":{\"ts\":2.5,\"temperature:0\":{\"id\":0,"
         "\"tC\":20,\"tF\":68},\"humidity:0\":{\"rh\":40.5},\"devicepower:0\":{\"battery\":{\"V\":"
         "5.9,\"percent\":90}},\"sys\":{\"mac\":\"00\",\"uptime\":3,\"unixtime\":null}}}",
         "a/b/temperature:0.tC=20" DEG "C\na/b/temperature:0.tF=68" DEG "F\n"
         "a/b/humidity:0.rh=40.5%\na/b/devicepower:0.battery.V=5.9V\n"
         "a/b/devicepower:0.battery.percent=90%\na/b/sys.uptime=3s"},
        {"a/b/events/rpc",
         "{\"method\":\"NotifyEvent\",\"params\":{\"ts\":1704103200,\"events\":[{\"id\":0,\"x\":1}]"
         "}}",
         ""},
        {"a/b/events/rpc", "{\"params\":{\"x\":{\"y\":1}}}", ""},
        {"a/b/events/rpc", "{\"method\":\"NotifyStatus\",\"params\":{\"x\":{\"y\":1}}",
         "dropped invalid_json"},
        {"a/b/events/rpc", "", ""},
    };
    expect_messages(messages, ARRAY_LEN(messages), DECODER_SHELLY_GEN2);
}

static void gen2_components_go_below_any_prefix(void **state)
{
    (void)state;
    static const struct message messages[] = {
        {"barn/status/em:0",
         "{\"id\":0,\"a_current\":4,\"b_aprt_power\":5,\"n_current\":null,\"total_act_power\":6,"
         "\"errors\":[\"phase_sequence\"]}",
         "barn/em:0.a_current=4A\nbarn/em:0.b_aprt_power=5VA\nbarn/em:0.total_act_power=6W"},
        {"barn/status/wifi", "{\"sta_ip\":\"10.0.0.1\",\"rssi\":-61}", "barn/wifi.rssi=-61dBm"},
        {"barn/status/number:200", "{\"value\":12.5,\"source\":\"sys\"}", "barn/number:200=12.5"},
        {"barn/x/online", "true", "barn/x is online"},
        {"shellyplus1-08b6/online", "false", "shellyplus1-08b6 is offline"},
        {"shellyplus1-08b6/status/sys", "{\"uptime\":5,\"cfg_rev\":2}",
         "shellyplus1-08b6/sys.uptime=5s\nshellyplus1-08b6/sys.cfg_rev=2"},
        {"shellyplus1-08b6/rpc", "{\"id\":1,\"src\":\"me\",\"method\":\"Switch.Set\"}", ""},
        {"me/rpc", "{\"id\":1,\"src\":\"shellyplus1-08b6\",\"result\":{\"was_on\":false}}", ""},
        {"barn/status/switch:0", "", ""},
        {"barn/status/switch:0", "[", "dropped invalid_json"},
    };
    expect_messages(messages, ARRAY_LEN(messages), DECODER_SHELLY_GEN2);
}

static void topics_of_scripts_and_others_are_not_shelly(void **state)
{
    (void)state;
    static const struct message messages[] = {
        {"shelly-blu/events/aa:bb", "{\"battery\":100}", "shelly-blu/events/aa:bb/battery=100"},
        {"x/status/wifi", "on", "x/status/wifi=1 bool"},
        {"x/online", "5", "x/online=5"},
        {"x/rpc", "{\"id\":1,\"a\":2}", "x/rpc/a=2"},
    };
    expect_messages(messages, ARRAY_LEN(messages), DECODER_PLAIN);
}

static void a_topic_that_discovery_claimed_is_not_shelly(void **state)
{
    (void)state;
    static const struct message messages[] = {
        {"homeassistant/binary_sensor/foo/config",
         "{\"unique_id\":\"foo_on\",\"stat_t\":\"foo/online\",\"pl_on\":\"true\",\"pl_off\":"
         "\"false\",\"dev\":{\"ids\":\"foo-1\"}}",
         "foo-1"},
        {"foo/online", "true", "foo-1/foo_on=1 bool"},
    };
    expect_messages(messages, ARRAY_LEN(messages), DECODER_HOME_ASSISTANT);
}

static void announcements_are_asked_for_once_a_broker_and_only_if_allowed(void **state)
{
    (void)state;
    struct decode_config allowed = {.shelly_announce = true};
    struct decoder *d = decoder_new(&allowed, (struct hash_key){1, 2}, NULL);
    struct message m = {"shellies/a/online", "true", ""};
    struct decode_input in = input_of(&m);
    expect_input(d, in, "a is online\nask shellies/command announce", DECODER_SHELLY_GEN1);
    expect_input(d, in, "a is online", DECODER_SHELLY_GEN1);
    in.source = 1;
    expect_input(d, in, "a is online\nask shellies/command announce", DECODER_SHELLY_GEN1);
    expect_input(d, in, "a is online", DECODER_SHELLY_GEN1);
    decoder_free(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gen1_topics_are_the_sensors),
        cmocka_unit_test(gen2_notifications_have_their_time_and_units),
        cmocka_unit_test(gen2_components_go_below_any_prefix),
        cmocka_unit_test(topics_of_scripts_and_others_are_not_shelly),
        cmocka_unit_test(a_topic_that_discovery_claimed_is_not_shelly),
        cmocka_unit_test(announcements_are_asked_for_once_a_broker_and_only_if_allowed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
