/* SPDX-License-Identifier: Apache-2.0 */
/* Ruuvi, Victron and Meshtastic: gateways that speak for others, message by message. */
#include "decoding.h"

#define TAG "CB:B8:33:4C:88:4F"
#define GW1 "ruuvi/AA:AA:AA:AA:AA:AA/"
#define GW2 "ruuvi/BB:BB:BB:BB:BB:BB/"

/* Each format by a test vector of its documentation. */
static void ruuvi_advertisements_are_read_by_their_format(void **state)
{
    (void)state;
    static const struct message messages[] = {
        {GW1 TAG,
         "{\"rssi\":-50,\"ts\":\"1704103200\",\"data\":\"0201061BFF9904"
         "0512FC5394C37C0004FFFC040CAC364200CDCBB8334C884F\"}",
         TAG "/temperature=24.3" DEG "C@1704103200000\n" TAG "/humidity=53.49%@1704103200000\n" TAG
             "/pressure=100044Pa@1704103200000\n" TAG "/accelX=0.004g@1704103200000\n" TAG
             "/accelY=-0.004g@1704103200000\n" TAG "/accelZ=1.036g@1704103200000\n" TAG
             "/voltage=2.977V@1704103200000\n" TAG "/txPower=4dBm@1704103200000\n" TAG
             "/movementCounter=66@1704103200000\n" TAG
             "/measurementSequenceNumber=205@1704103200000\n" TAG "/rssi=-50dBm@1704103200000"},
        {GW1 TAG,
         "{\"rssi\":-50,\"data\":\"1BFF9904"
         "058000FFFFFFFF800080008000FFFFFFFFFFFFFFFFFFFFFF\"}",
         TAG "/rssi=-50dBm"},
        {GW1 TAG,
         "{\"rssi\":-50,\"cnt\":7,\"data\":\"020106"
         "11FF9904"
         "03291A1ECE1EFC18F94202CA0B53\"}",
         TAG "/temperature=26.3" DEG "C\n" TAG "/humidity=20.5%\n" TAG "/pressure=102766Pa\n" TAG
             "/accelX=-1g\n" TAG "/accelY=-1.726g\n" TAG "/accelZ=0.714g\n" TAG
             "/voltage=2.899V\n" TAG "/rssi=-50dBm"},
        {GW1 TAG,
         "{\"rssi\":-50,\"data\":\"17FF9904"
         "06170C5668C79E007000C90501D9FFCD004C884F\"}",
         TAG "/temperature=29.5" DEG "C\n" TAG "/humidity=55.3%\n" TAG "/pressure=101102Pa\n" TAG
             "/PM2.5=11.2\xc2\xb5g/m\xc2\xb3\n" TAG "/CO2=201ppm\n" TAG "/VOC=10\n" TAG
             "/NOx=2\n" TAG "/luminosity=13026.67lx\n" TAG "/measurementSequenceNumber=205\n" TAG
             "/rssi=-50dBm"},
        {GW1 TAG,
         "{\"rssi\":-50,\"data\":\"2BFF9904E1170C5668C79E0065007004BD11CA00C90A0213E0ACFFFFFF"
         "DECDEE10FFFFFFFFFFCBB8334C884F\"}",
         TAG "/temperature=29.5" DEG "C\n" TAG "/humidity=55.3%\n" TAG "/pressure=101102Pa\n" TAG
             "/PM1.0=10.1\xc2\xb5g/m\xc2\xb3\n" TAG "/PM2.5=11.2\xc2\xb5g/m\xc2\xb3\n" TAG
             "/PM4.0=121.3\xc2\xb5g/m\xc2\xb3\n" TAG "/PM10.0=455.4\xc2\xb5g/m\xc2\xb3\n" TAG
             "/CO2=201ppm\n" TAG "/VOC=20\n" TAG "/NOx=4\n" TAG "/luminosity=13027lx\n" TAG
             "/measurementSequenceNumber=14601710\n" TAG "/rssi=-50dBm"},
        {GW1 TAG, "{\"rssi\":-60,\"data\":\"02010605FF4C001005\"}", TAG "/rssi=-60dBm"},
        {GW1 TAG, "{\"rssi\":-60,\"data\":\"1BFF990405\"}", TAG "/rssi=-60dBm"},
        {GW1 TAG, "{\"rssi\":-60,\"data\":\"0\"}", TAG "/rssi=-60dBm"},
        {GW1 TAG, "{\"rssi\":-60,\"data\":\"zz\"}", TAG "/rssi=-60dBm"},
        {GW1 TAG, "{\"rssi\":-60", "dropped invalid_json"},
        {GW1 "gw_status", "{\"state\":\"offline\"}", "AA:AA:AA:AA:AA:AA is offline"},
        {GW1 "gw_status", "online", "AA:AA:AA:AA:AA:AA is online"},
        {GW1 "gw_status", "", ""},
        {"my/own/" TAG, "{\"gw_mac\":\"AA\",\"rssi\":-61,\"data\":\"\"}", TAG "/rssi=-61dBm"},
    };
    expect_messages(messages, ARRAY_LEN(messages), DECODER_RUUVI);
}

static void ruuvi_measurements_count_once_and_decoded_keys_win(void **state)
{
    (void)state;
    static const struct message messages[] = {
        {GW1 TAG,
         "{\"rssi\":-50,\"temperature\":1,\"measurementSequenceNumber\":7,\"data\":\"0201061B"
         "FF99040512FC5394C37C0004FFFC040CAC364200CDCBB8334C884F\"}",
         TAG "/temperature=1" DEG "C\n" TAG "/measurementSequenceNumber=7\n" TAG "/rssi=-50dBm"},
        {GW2 TAG, "{\"rssi\":-80,\"temperature\":1,\"measurementSequenceNumber\":7}", ""},
        {GW2 TAG, "{\"rssi\":-80,\"temperature\":2,\"measurementSequenceNumber\":8}",
         TAG "/temperature=2" DEG "C\n" TAG "/measurementSequenceNumber=8\n" TAG "/rssi=-80dBm"},
        {GW1 TAG, "{\"rssi\":-50,\"measurementSequenceNumber\":8,\"temperature\":2}", ""},
        {GW1 "CB:B8:33:4C:88:50", "{\"rssi\":-50,\"measurementSequenceNumber\":8}",
         "CB:B8:33:4C:88:50/measurementSequenceNumber=8\nCB:B8:33:4C:88:50/rssi=-50dBm"},
    };
    expect_messages(messages, ARRAY_LEN(messages), DECODER_RUUVI);
}

static void a_measurement_number_comes_again_after_its_counter_ran_over(void **state)
{
    (void)state;
    struct decoder *d = decoder_new(NO_CONFIG, (struct hash_key){1, 2}, NULL);
    struct message first = {GW1 TAG, "{\"measurementSequenceNumber\":8}", ""};
    struct message second = {GW2 TAG, "{\"measurementSequenceNumber\":8}", ""};
    struct decode_input in = input_of(&first);
    expect_input(d, in, TAG "/measurementSequenceNumber=8", DECODER_RUUVI);
    in = input_of(&second);
    in.source = 2;
    expect_input(d, in, TAG "/measurementSequenceNumber=8", DECODER_RUUVI);
    in.source = 0;
    in.now += 599000;
    expect_input(d, in, "", DECODER_RUUVI);
    in.now += 2000;
    expect_input(d, in, TAG "/measurementSequenceNumber=8", DECODER_RUUVI);
    decoder_free(d);
}

static void victron_paths_are_sensors_and_nothing_means_gone(void **state)
{
    (void)state;
    static const struct message messages[] = {
        {"N/p1/battery/256/Soc", "{\"value\":81.5}", "p1/battery/256/Soc=81.5%"},
        {"N/p1/battery/256/Dc/0/Voltage", "{\"value\":26.5}", "p1/battery/256/Dc.0.Voltage=26.5V"},
        {"N/p1/battery/256/Dc/0/Temperature", "{\"value\":20}",
         "p1/battery/256/Dc.0.Temperature=20" DEG "C"},
        {"N/p1/solarcharger/1/Yield/User", "{\"value\":5.5,\"max\":9}",
         "p1/solarcharger/1/Yield.User=5.5kWh"},
        {"N/p1/vebus/2/Ac/Out/L1/P", "{\"value\":-100}", "p1/vebus/2/Ac.Out.L1.P=-100W"},
        {"N/p1/system/0/Relay/0/State", "{\"value\":true}", "p1/system/0/Relay.0.State=1 bool"},
        {"N/p1/system/0/Alarms", "{\"value\":[1,2]}",
         "p1/system/0/Alarms.0=1\np1/system/0/Alarms.1=2"},
        {"N/p1/system/0/Alarms", "{\"value\":[]}", ""},
        {"N/p1/system/0/State", "{\"value\":\"12\"}", ""},
        {"N/p1/system/0/State", "{\"max\":1}", ""},
        {"N/p1/system/0/Serial", "{\"value\":123}", ""},
        {"N/p1/gps/0/Position/Latitude", "{\"value\":52.5}", "p1/gps/0/location.latitude=52.5" DEG},
        {"N/p1/heartbeat", "{\"value\":1704103200}", ""},
        {"N/p1/full_publish_completed", "{\"value\":1704103200}", ""},
        {"N/p1/vebus/2/ProductName", "{\"value\":\"MultiPlus\"}",
         "p1/vebus/2 called \"MultiPlus\" model \"MultiPlus\""},
        {"N/p1/vebus/2/CustomName", "{\"value\":\"Cellar\"}", "p1/vebus/2 called \"Cellar\""},
        {"N/p1/vebus/2/ProductName", "{\"value\":\"MultiPlus\"}", "p1/vebus/2 model \"MultiPlus\""},
        {"N/p1/vebus/2/CustomName", "{\"value\":\"\"}", ""},
        {"N/p1/vebus/2/Ac/Out/L1/P", "", "p1/vebus/2 is offline"},
        {"N/p1/vebus/2/Ac/Out/L1/P", "5", "dropped wrong_type"},
        {"N/p1/vebus/2/Ac/Out/L1/P", "{\"value\":nan}", "dropped not_finite"},
    };
    expect_messages(messages, ARRAY_LEN(messages), DECODER_VICTRON);
}

static void a_victron_portal_is_kept_awake(void **state)
{
    (void)state;
    struct decode_config allowed = {.victron_keepalive = true};
    struct decoder *d = decoder_new(&allowed, (struct hash_key){1, 2}, NULL);
    struct message m = {"N/p1/heartbeat", "{\"value\":1}", ""};
    struct decode_input in = input_of(&m);
    expect_input(d, in, "ask R/p1/keepalive ", DECODER_VICTRON);
    in.now += 49999;
    expect_input(d, in, "", DECODER_VICTRON);
    in.now += 1;
    expect_input(d, in, "ask R/p1/keepalive {\"keepalive-options\":[\"suppress-republish\"]}",
                 DECODER_VICTRON);
    in.source = 1;
    expect_input(d, in, "ask R/p1/keepalive ", DECODER_VICTRON);
    decoder_free(d);
}

static void a_victron_portal_that_fell_silent_is_asked_for_a_day(void **state)
{
    (void)state;
    struct decode_config allowed = {.victron_keepalive = true};
    struct decoder *d = decoder_new(&allowed, (struct hash_key){1, 2}, NULL);
    struct message m = {"N/p1/system/0/Serial", "{\"value\":\"p1\"}", ""};
    struct decode_input in = input_of(&m);
    struct decoded got;
    decode_tick(d, TEST_NOW, &got);
    assert_int_equal(got.request_count, 0);
    in.source = 7;
    expect_input(d, in, "ask R/p1/keepalive ", DECODER_VICTRON);
    decode_tick(d, TEST_NOW + 49999, &got);
    assert_int_equal(got.request_count, 0);
    decode_tick(d, TEST_NOW + 50000, &got);
    assert_int_equal(got.request_count, 1);
    assert_int_equal(got.requests[0].source, 7);
    assert_memory_equal(got.requests[0].topic.ptr, "R/p1/keepalive", got.requests[0].topic.len);
    assert_int_equal(got.count + got.meta_count, 0);
    decode_tick(d, TEST_NOW + 50001, &got);
    assert_int_equal(got.request_count, 0);
    decode_tick(d, TEST_NOW + 24 * 3600 * 1000 + 1, &got);
    assert_int_equal(got.request_count, 0);
    decoder_free(d);
}

static void nothing_is_asked_without_leave(void **state)
{
    (void)state;
    struct decoder *d = decoder_new(NO_CONFIG, (struct hash_key){1, 2}, NULL);
    struct message m = {"N/p1/heartbeat", "{\"value\":1}", ""};
    struct message shelly = {"shellies/a/online", "true", "a is online"};
    struct decoded got;
    expect_input(d, input_of(&m), "", DECODER_VICTRON);
    expect_input(d, input_of(&shelly), shelly.want, DECODER_SHELLY_GEN1);
    decode_tick(d, TEST_NOW + 60000, &got);
    assert_int_equal(got.request_count, 0);
    decoder_free(d);
}

#define MSH "msh/EU_868/2/json/LongFast/"

static void meshtastic_packets_are_of_their_sender_and_count_once(void **state)
{
    (void)state;
    static const struct message messages[] = {
        {MSH "!00000001",
         "{\"id\":1,\"from\":-1,\"to\":4,\"channel\":2,\"type\":\"telemetry\",\"sender\":\"!"
         "00000001\","
         "\"timestamp\":1704103200,\"hop_start\":3,\"hops_away\":0,\"rssi\":-20,\"snr\":6,"
         "\"payload\":{"
         "\"temperature\":20.5,\"barometric_pressure\":1000,\"relative_humidity\":40,\"voltage_"
         "ch1\":5}}",
         "!ffffffff/temperature=20.5" DEG "C@1704103200000\n"
         "!ffffffff/barometric_pressure=1000hPa@1704103200000\n"
         "!ffffffff/relative_humidity=40%@1704103200000\n!ffffffff/voltage_ch1=5V@1704103200000\n"
         "!ffffffff/rssi=-20dBm@1704103200000\n!ffffffff/snr=6dB@1704103200000\n"
         "!ffffffff/hops_away=0@1704103200000"},
        {MSH "!00000002",
         "{\"id\":1,\"from\":4294967295,\"type\":\"telemetry\",\"rssi\":-90,\"payload\":{"
         "\"temperature\":"
         "20.5}}",
         ""},
        {MSH "!00000001",
         "{\"id\":2,\"from\":16,\"type\":\"position\",\"timestamp\":0,\"payload\":{\"latitude_i\":"
         "480000000,\"longitude_i\":-160000000,\"altitude\":5,\"ground_speed\":3,\"time\":"
         "1704103200}}",
         "!00000010/location.latitude=48" DEG "\n!00000010/location.longitude=-16" DEG
         "\n!00000010/location.altitude=5m\n!00000010/location.speed=3"},
        {MSH "!00000001",
         "{\"id\":3,\"from\":16,\"type\":\"nodeinfo\",\"payload\":{\"longname\":\"Base\","
         "\"hardware\":9}}",
         "!00000010 called \"Base\""},
        {MSH "!00000001",
         "{\"id\":4,\"from\":16,\"type\":\"text\",\"rssi\":-3,\"payload\":{\"text\":\"1\"}}", ""},
        {MSH "!00000001",
         "{\"id\":5,\"from\":16,\"type\":\"neighborinfo\",\"rssi\":-3,\"payload\":{\"neighbors_"
         "count\":1}}",
         "!00000010/rssi=-3dBm"},
        {MSH "!00000001", "{\"from\":16,\"type\":\"telemetry\",\"payload\":{\"lux\":5}}",
         "!00000010/lux=5lx"},
        {MSH "!00000001", "{\"from\":16,\"type\":\"telemetry\",\"payload\":{\"lux\":5}}",
         "!00000010/lux=5lx"},
        {MSH "!00000001", "{\"id\":6,\"type\":\"telemetry\",\"payload\":{\"lux\":5}}",
         "dropped bad_device_id"},
        {MSH "!00000001", "{\"id\":6,\"from\":1e300,\"type\":\"telemetry\"}",
         "dropped bad_device_id"},
        {MSH "!00000001", "{\"id\":6,\"from\":5}", "dropped undecoded"},
        {"msh/EU_868/2/e/LongFast/!00000001", "\x0a\x05\xff", ""},
        {"msh/EU_868/2/json/mqtt/", "{\"from\":1,\"type\":\"sendtext\",\"payload\":\"hi\"}", ""},
        {"my/mesh/2/json/Chan/!00000001",
         "{\"from\":16,\"type\":\"telemetry\",\"payload\":{\"lux\":6}}", "!00000010/lux=6lx"},
    };
    expect_messages(messages, ARRAY_LEN(messages), DECODER_MESHTASTIC);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ruuvi_advertisements_are_read_by_their_format),
        cmocka_unit_test(ruuvi_measurements_count_once_and_decoded_keys_win),
        cmocka_unit_test(a_measurement_number_comes_again_after_its_counter_ran_over),
        cmocka_unit_test(victron_paths_are_sensors_and_nothing_means_gone),
        cmocka_unit_test(a_victron_portal_is_kept_awake),
        cmocka_unit_test(a_victron_portal_that_fell_silent_is_asked_for_a_day),
        cmocka_unit_test(nothing_is_asked_without_leave),
        cmocka_unit_test(meshtastic_packets_are_of_their_sender_and_count_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
