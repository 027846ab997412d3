/* SPDX-License-Identifier: Apache-2.0 */
/* Tasmota, message by message: topics in any order, units told once, bridges, discovery. */
#include "decoding.h"

#include "decode/parts.h"

static void sensors_take_the_units_of_their_message(void **state)
{
    (void)state;
    static const struct message messages[] = {
        {"tele/attic/SENSOR",
         "{\"Time\":\"2024-01-01T10:00:00\",\"SHT4X\":{\"Temperature\":70.1,\"Humidity\":44.5,"
         "\"DewPoint\":47.4},\"TempUnit\":\"F\"}",
         "attic/SHT4X.Temperature=70.1" DEG "F\nattic/SHT4X.Humidity=44.5%\n"
         "attic/SHT4X.DewPoint=47.4" DEG "F"},
        {"tele/attic/SENSOR",
         "{\"TempUnit\":\"C\",\"PressureUnit\":\"mmHg\",\"SpeedUnit\":\"km/h\",\"BMP280-76\":{"
         "\"Temperature\":3,\"Pressure\":740,\"SeaPressure\":755},\"WS\":{\"WindSpeed\":7}}",
         "attic/BMP280-76.Temperature=3" DEG "C\nattic/BMP280-76.Pressure=740mmHg\n"
         "attic/BMP280-76.SeaPressure=755mmHg\nattic/WS.WindSpeed=7km/h"},
        {"tele/attic/SENSOR", "{\"DS18B20\":{\"Temperature\":20.6}}",
         "attic/DS18B20.Temperature=20.6"},
        {"tele/attic/SENSOR",
         "{\"DS18B20\":{\"Id\":\"011812\",\"Temperature\":null},\"RC522\":{\"UID\":\"12345678\"}}",
         ""},
        {"tele/ble/SENSOR",
         "{\"ATC-1a2b3c\":{\"mac\":\"112233445566\",\"Temperature\":21.5,\"Humidity\":40,"
         "\"Battery\":87,\"RSSI\":-70},\"TempUnit\":\"C\"}",
         "ble/ATC-1a2b3c.Temperature=21.5" DEG "C\nble/ATC-1a2b3c.Humidity=40%\n"
         "ble/ATC-1a2b3c.Battery=87%\nble/ATC-1a2b3c.RSSI=-70"},
        {"tele/meter/SENSOR",
         "{\"ENERGY\":{\"TotalStartTime\":\"2020-01-01T00:00:00\",\"Total\":[1.5,2.5],"
         "\"Power\":[10,20],\"Factor\":[0.9,1],\"Voltage\":230,\"Frequency\":50}}",
         "meter/ENERGY.Total.0=1.5kWh\nmeter/ENERGY.Total.1=2.5kWh\nmeter/ENERGY.Power.0=10W\n"
         "meter/ENERGY.Power.1=20W\nmeter/ENERGY.Factor.0=0.9\nmeter/ENERGY.Factor.1=1\n"
         "meter/ENERGY.Voltage=230V\nmeter/ENERGY.Frequency=50Hz"},
        {"tele/pm/SENSOR",
         "{\"SDS0X1\":{\"PM2.5\":3.5,\"Temp\\u0065rature\":1},\"TempUnit\":\"C\"}",
         "pm/SDS0X1.PM2.5=3.5\npm/SDS0X1.Temperature=1" DEG "C"},
    };
    expect_messages(messages, ARRAY_LEN(messages), DECODER_TASMOTA);
}

static void a_time_counts_only_with_an_epoch_or_an_offset(void **state)
{
    (void)state;
    static const struct message messages[] = {
        {"tele/a/SENSOR", "{\"ANALOG\":{\"A0\":8},\"Epoch\":1704103200}",
         "a/ANALOG.A0=8@1704103200000"},
        {"tele/a/SENSOR", "{\"Time\":\"2024-01-01T11:00:00+01:00\",\"Switch1\":\"OFF\"}",
         "a/Switch1=0 bool@1704103200000"},
        {"tele/a/SENSOR",
         "{\"Time\":\"2024-01-01T11:00:00+01:00\",\"Epoch\":1704103201,\"Counter\":{\"C1\":3}}",
         "a/Counter.C1=3@1704103201000"},
        {"tele/a/SENSOR", "{\"Time\":\"2018.02.01 21:29:40\",\"Counter\":{\"C1\":3}}",
         "a/Counter.C1=3"},
        {"tele/a/SENSOR", "{\"Time\":\"2018-02-01T21:29:40\",\"Epoch\":0,\"x\":1}", "a/x=1"},
    };
    expect_messages(messages, ARRAY_LEN(messages), DECODER_TASMOTA);
}

static void state_and_status_go_by_their_paths(void **state)
{
    (void)state;
    static const struct message messages[] = {
        {"tele/plug/STATE",
         "{\"Uptime\":\"1T02:03:04\",\"UptimeSec\":93784,\"Vcc\":3.2,\"POWER1\":\"ON\",\"POWER2\":"
         "\"OFF\",\"Wifi\":{\"SSId\":\"x\",\"RSSI\":64,\"Signal\":-68,\"Downtime\":\"0T00\"}}",
         "plug/UptimeSec=93784s\nplug/Vcc=3.2V\nplug/POWER1=1 bool\nplug/POWER2=0 bool\n"
         "plug/Wifi.RSSI=64%\nplug/Wifi.Signal=-68dBm"},
        {"stat/plug/STATUS8", "{\"StatusSNS\":{\"SI7021\":{\"Temperature\":5},\"TempUnit\":\"C\"}}",
         "plug/SI7021.Temperature=5" DEG "C"},
        {"stat/plug/STATUS10", "{\"StatusSNS\":{\"Epoch\":1704103200,\"x\":{\"StatusSNS\":1}}}",
         "plug/x.StatusSNS=1@1704103200000"},
        {"stat/plug/STATUS11", "{\"StatusSTS\":{\"UptimeSec\":5}}", "plug/StatusSTS.UptimeSec=5s"},
        {"stat/plug/RESULT", "{\"POWER\":\"ON\"}", "plug/POWER=1 bool"},
        {"stat/plug/POWER", "ON", "plug/POWER=1 bool"},
        {"stat/plug/POWER3", "OFF", "plug/POWER3=0 bool"},
        {"stat/plug/POWER", "TOGGLE", ""},
        {"stat/plug/DIMMER", "40", "plug/DIMMER=40"},
        {"tele/plug/INFO1", "{\"Info1\":{\"Module\":\"Sonoff Pow\",\"Version\":\"9.5.0\"}}",
         "plug model \"Sonoff Pow\""},
        {"tele/plug/INFO1", "{\"Module\":\"Sonoff Basic\",\"Version\":\"5.0\"}",
         "plug model \"Sonoff Basic\""},
        {"tele/plug/INFO3", "{\"Info3\":{\"RestartReason\":\"Vcc\",\"BootCount\":4}}", ""},
        {"tele/plug/LWT", "Online", "plug is online"},
        {"tele/plug/LWT", "offline\n", "plug is offline"},
        {"tele/plug/LWT", "", ""},
        {"tele/plug/LWT", "perhaps", "dropped undecoded"},
        {"tele/plug/SENSOR", "{\"x\":1", "dropped invalid_json"},
        {"tele/plug/SENSOR", "{\"x\":{\"y\":1e999}}", "dropped not_finite"},
    };
    expect_messages(messages, ARRAY_LEN(messages), DECODER_TASMOTA);
}

static void the_prefix_may_stand_at_any_level(void **state)
{
    (void)state;
    static const struct message messages[] = {
        {"house/attic/tele/SENSOR", "{\"x\":1}", "house/attic/x=1"},
        {"tasmota/tele/bedroom/lamp/STATE", "{\"x\":1}", "tasmota/bedroom/lamp/x=1"},
        {"tasmota/bedroom/lamp/stat/POWER1", "ON", "tasmota/bedroom/lamp/POWER1=1 bool"},
        {"tele/a/b/c/SENSOR", "{\"x\":1}", "a/b/c/x=1"},
        {"house/lamp/tele/LWT", "Offline", "house/lamp is offline"},
        {"house/cmnd/lamp/POWER", "ON", ""},
    };
    expect_messages(messages, ARRAY_LEN(messages), DECODER_TASMOTA);
}

static void a_zigbee_bridge_speaks_for_its_devices(void **state)
{
    (void)state;
    static const struct message messages[] = {
        {"tele/zb/SENSOR",
         "{\"ZbReceived\":{\"0x1A2B\":{\"Temperature\":21,\"Humidity\":50,\"Pressure\":1000,"
         "\"BatteryPercentage\":80,\"Endpoint\":1,\"LinkQuality\":70}},\"Epoch\":1704103200}",
         "zb/0x1A2B/Temperature=21" DEG "C@1704103200000\nzb/0x1A2B/Humidity=50%@1704103200000\n"
         "zb/0x1A2B/Pressure=1000hPa@1704103200000\n"
         "zb/0x1A2B/BatteryPercentage=80%@1704103200000\nzb/0x1A2B/LinkQuality=70@1704103200000"},
        {"tele/zb/SENSOR",
         "{\"ZbReceived\":{\"Hall\":{\"Device\":\"0x0011\",\"Name\":\"Hall\",\"Power\":\"ON\"},"
         "\"0x22\":{\"Voltage\":3}}}",
         "zb/0x0011/Power=1 bool\nzb/0x22/Voltage=3V\nzb/0x0011 called \"Hall\""},
        {"tele/zb/SENSOR", "{\"ZbReceived\":{}}", ""},
        {"tele/zb/SENSOR", "{\"ZbReceived\":{\"0x1\":5},\"x\":1}", "zb/x=1"},
        {"tele/zb/SENSOR", "{\"ZbReceived\":{\"a\\nb\":{\"x\":1}}}", "dropped bad_device_id"},
    };
    expect_messages(messages, ARRAY_LEN(messages), DECODER_TASMOTA);
}

static void discovery_tells_topics_words_and_names(void **state)
{
    (void)state;
    static const struct message messages[] = {
        {"tasmota/discovery/AABBCC/config",
         "{\"dn\":\"Desk lamp\",\"fn\":[\"L\",null],\"hn\":\"h1\",\"mac\":\"AABBCC\",\"md\":\"Nous "
         "A1\",\"t\":\"lamp\",\"ft\":\"home/%topic%/%prefix%/\",\"tp\":[\"do\",\"is\",\"says\"],"
         "\"onln\":\"da\",\"ofln\":\"weg\",\"state\":[\"AUS\",\"EIN\",\"TOGGLE\",\"HOLD\"]}",
         "home/lamp called \"Desk lamp\" model \"Nous A1\""},
        {"home/lamp/says/SENSOR", "{\"x\":1}", "home/lamp/x=1"},
        {"home/lamp/says/LWT", "weg", "home/lamp is offline"},
        {"home/lamp/says/LWT", "da", "home/lamp is online"},
        {"home/lamp/is/POWER", "EIN", "home/lamp/POWER=1 bool"},
        {"home/lamp/is/RESULT", "{\"POWER1\":\"AUS\",\"Color\":\"EIN\"}",
         "home/lamp/POWER1=0 bool"},
        {"home/lamp/do/POWER", "EIN", ""},
        {"tasmota/discovery/AABBCC/sensors", "{\"sn\":{\"DS18B20\":{\"Temperature\":1}}}", ""},
        {"tasmota/discovery/AABBCC/config", "", ""},
        {"tasmota/discovery/AABBCD/config",
         "{\"fn\":[\"Old\"],\"t\":\"old\",\"of\":\"bye\",\"on\":\"hi\"}", "old called \"Old\""},
        {"tele/old/LWT", "bye", "old is offline"},
        {"tele/old/LWT", "Online", "old is online"},
        {"tasmota/discovery/AABBCE/config", "{\"dn\":\"x\"}", "dropped wrong_type"},
        {"tasmota/discovery/AABBCE/config",
         "{\"t\":\"q\",\"ft\":\"%prefix%/%hostname%-%id%/"
         "\",\"hn\":\"h\",\"mac\":\"M\",\"md\":\"m\"}",
         "h-M model \"m\""},
    };
    expect_messages(messages, ARRAY_LEN(messages), DECODER_TASMOTA);
}

static void what_discovery_told_stays_with_its_broker(void **state)
{
    (void)state;
    struct decoder *d = decoder_new(NO_CONFIG, (struct hash_key){1, 2}, NULL);
    struct message config = {"tasmota/discovery/A/config",
                             "{\"t\":\"l\",\"tp\":[\"a\",\"b\",\"c\"],\"dn\":\"L\"}",
                             "l called \"L\""};
    struct message sensor = {"c/l/SENSOR", "{\"x\":1}", "l/x=1"};
    struct decode_input in = input_of(&config);
    in.source = 3;
    expect_input(d, in, config.want, DECODER_TASMOTA);
    in = input_of(&sensor);
    expect_input(d, in, "c/l/SENSOR/x=1", DECODER_PLAIN);
    in.source = 3;
    expect_input(d, in, sensor.want, DECODER_TASMOTA);
    decoder_free(d);
}

static void a_flood_of_discoveries_is_bounded(void **state)
{
    (void)state;
    struct decoder *d = decoder_new(NO_CONFIG, (struct hash_key){1, 2}, NULL);
    struct decoded got;
    char payload[256];
    bool refused = false;
    for (int i = 0; i < 100000 && !refused; i++) {
        int len = snprintf(payload, sizeof payload,
                           "{\"t\":\"made-up-%d\",\"tp\":[\"x\",\"y\",\"z\"],\"dn\":\"d\"}", i);
        struct decode_input in = {.topic = BYTES("tasmota/discovery/A/config"),
                                  .payload = bytes_of(payload, (size_t)len),
                                  .now = TEST_NOW};
        decode_message(d, &in, &got);
        assert_true(d->memory.tasmota.bytes <= LIMIT_TASMOTA_BYTES);
        refused = d->lost[DROP_TOO_MANY_VALUES] > 0;
    }
    assert_true(refused);
    struct message known = {"z/made-up-0/SENSOR", "{\"x\":1}", "made-up-0/x=1"};
    expect_input(d, input_of(&known), known.want, DECODER_TASMOTA);
    decoder_free(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sensors_take_the_units_of_their_message),
        cmocka_unit_test(a_time_counts_only_with_an_epoch_or_an_offset),
        cmocka_unit_test(state_and_status_go_by_their_paths),
        cmocka_unit_test(the_prefix_may_stand_at_any_level),
        cmocka_unit_test(a_zigbee_bridge_speaks_for_its_devices),
        cmocka_unit_test(discovery_tells_topics_words_and_names),
        cmocka_unit_test(what_discovery_told_stays_with_its_broker),
        cmocka_unit_test(a_flood_of_discoveries_is_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
