/* SPDX-License-Identifier: Apache-2.0 */
/* The Things Stack and ChirpStack, message by message. */
#include "decoding.h"

#define END_DEVICE                                                                                 \
    "\"end_device_ids\":{\"device_id\":\"d\",\"application_ids\":{\"application_id\":\"a\"}}"

static void an_uplink_is_its_decoded_payload_and_radio(void **state)
{
    (void)state;
    static const struct message messages[] = {
        {"v3/a@t/devices/d/up",
         "{" END_DEVICE ",\"received_at\":\"2024-01-01T10:00:09Z\",\"uplink_message\":{"
         "\"received_at\":\"2024-01-01T10:00:00.123456789Z\",\"f_port\":1,\"decoded_payload\":{"
         "\"t\":{\"x\":1.5},\"l\":[1,2],\"ok\":true,\"text\":\"n/a\",\"value\":7},\"rx_metadata\":["
         "{\"rssi\":-90,\"snr\":1},{\"rssi\":-80,\"snr\":-2.5},{\"snr\":9}],"
         "\"last_battery_percentage\":{\"value\":55}}}",
         "a/d/t.x=1.5@1704103200123\na/d/l.0=1@1704103200123\na/d/l.1=2@1704103200123\n"
         "a/d/ok=1 bool@1704103200123\na/d/value=7@1704103200123\n"
         "a/d/lorawan.rssi=-80dBm@1704103200123\na/d/lorawan.snr=-2.5dB@1704103200123\n"
         "a/d/lorawan.battery=55%@1704103200123\na/d"},
        {"v3/app2/devices/d2/up",
         "{\"received_at\":\"2024-01-01T10:00:00Z\",\"uplink_message\":{\"decoded_payload\":{\"t\":"
         "1},\"rx_metadata\":[],\"version_ids\":{\"brand_id\":\"b\",\"model_id\":\"m\"},"
         "\"locations\":{\"user\":{\"latitude\":48.5,\"longitude\":16.25},\"frm-payload\":{"
         "\"latitude\":1}}}}",
         "app2/d2/t=1@1704103200000\napp2/d2 model \"m\" by \"b\" at 48.5,16.25"},
        {"v3/a@t/devices/d/up",
         "{" END_DEVICE
         ",\"uplink_message\":{\"rx_metadata\":[{\"snr\":3}],\"locations\":{\"user\":"
         "{\"longitude\":5}}}}",
         "a/d/lorawan.snr=3dB\na/d at 0,5"},
        {"v3/a@t/devices/d/join", "{" END_DEVICE ",\"join_accept\":{\"x\":1}}", "a/d"},
        {"v3/a@t/devices/d/location/solved",
         "{" END_DEVICE ",\"location_solved\":{\"location\":{\"latitude\":1.5,\"longitude\":2.5}}}",
         "a/d at 1.5,2.5"},
        {"v3/a@t/devices/d/service/data", "{" END_DEVICE ",\"service_data\":{\"data\":{\"x\":1}}}",
         "a/d"},
        {"bridge/anything", "{" END_DEVICE ",\"uplink_message\":{\"decoded_payload\":{\"t\":4}}}",
         "a/d/t=4\na/d"},
        {"v3/a@t/devices/d/up", "{\"uplink_message\":{,}}", "dropped invalid_json"},
        {"v3/a@t/devices/d/up", "", ""},
    };
    expect_messages(messages, ARRAY_LEN(messages), DECODER_THINGS_STACK);
}

static void what_is_queued_for_a_device_is_a_command(void **state)
{
    (void)state;
    static const struct message messages[] = {
        {"v3/a@t/devices/d/down/queued", "{" END_DEVICE ",\"downlink_queued\":{\"f_port\":1}}", ""},
        {"application/1/device/0102030405060708/command/down", "{\"fPort\":1}", ""},
    };
    expect_messages(messages, ARRAY_LEN(messages), DECODER_COMMANDS);
}

static void chirpstack_reads_both_versions(void **state)
{
    (void)state;
    static const struct message messages[] = {
        {"application/7/device/0a/event/up",
         "{\"time\":\"2024-01-01T10:00:00.5+00:00\",\"deviceInfo\":{\"deviceName\":\"N\","
         "\"deviceProfileName\":\"P\",\"devEui\":\"0A\",\"tags\":{\"location\":\"Hall\"}},"
         "\"object\":{\"t\":\"21.5\",\"id\":9,\"bits\":\"0101\",\"on\":\"false\"},\"rxInfo\":[{"
         "\"rssi\":-100,\"snr\":2},{\"rssi\":-50,\"snr\":7}]}",
         "0A/t=21.5@1704103200500\n0A/on=0 bool@1704103200500\n"
         "0A/lorawan.rssi=-50dBm@1704103200500\n0A/lorawan.snr=7dB@1704103200500\n"
         "0A called \"N\" model \"P\" in \"Hall\""},
        {"application/7/device/0b/event/up",
         "{\"applicationID\":\"7\",\"deviceName\":\"B\",\"devEUI\":\"0b\",\"rxInfo\":[{\"rssi\":-"
         "70,"
         "\"loRaSNR\":5.5}],\"objectJSON\":\"{\\\"t\\\":3,\\\"s\\\":\\\"\\\\u0041\\\"}\","
         "\"tags\":{\"location\":\"R1\"}}",
         "0b/t=3\n0b/lorawan.rssi=-70dBm\n0b/lorawan.snr=5.5dB\n0b called \"B\" in \"R1\""},
        {"application/7/device/0b/rx", "{\"devEUI\":\"0b\",\"object\":{\"t\":4}}", "0b/t=4\n0b"},
        {"application/7/device/0c/event/up", "{\"object\":null,\"rxInfo\":null}", "0c"},
        {"application/7/device/0c/event/up", "{\"objectJSON\":\"{\\\"t\\\":\"}", "0c"},
        {"application/7/device/0c/event/up", "{\"objectJSON\":\"\"}", "0c"},
        {"application/7/device/0c/event/status",
         "{\"margin\":-3,\"batteryLevel\":0,\"batteryLevelUnavailable\":true}",
         "0c/lorawan.margin=-3dB\n0c"},
        {"application/7/device/0c/event/status",
         "{\"margin\":4,\"batteryLevel\":75.5,\"externalPowerSource\":false}",
         "0c/lorawan.margin=4dB\n0c/lorawan.battery=75.5%\n0c"},
        {"application/7/device/0c/event/location",
         "{\"location\":{\"latitude\":1.5,\"longitude\":-2.5,\"altitude\":30,\"accuracy\":12}}",
         "0c/location.latitude=1.5" DEG "\n0c/location.longitude=-2.5" DEG
         "\n0c/location.altitude=30m\n0c/location.accuracy=12m\n0c"},
        {"application/7/device/0c/event/join", "{\"devAddr\":\"00\",\"dr\":5}", "0c"},
        {"application/7/device/0c/event/ack", "{\"acknowledged\":true,\"fCntDown\":3}", "0c"},
        {"application/7/device/0c/event/up", "\n\x01\x02", "dropped invalid_json"},
        {"integration/x",
         "{\"deviceInfo\":{\"devEui\":\"0d\"},\"object\":{\"t\":1},\"fPort\":3,\"data\":\"AA\"}",
         "0d/t=1\n0d"},
        {"integration/x",
         "{\"devEUI\":\"0d\",\"applicationID\":\"7\",\"margin\":1,\"batteryLevel\":2}",
         "0d/lorawan.margin=1dB\n0d/lorawan.battery=2%\n0d"},
    };
    expect_messages(messages, ARRAY_LEN(messages), DECODER_CHIRPSTACK);
}

static void gateways_tell_whether_they_are_there(void **state)
{
    (void)state;
    static const struct message messages[] = {
        {"gateway/0a/state/conn", "{\"gatewayID\":\"Cg==\",\"state\":\"OFFLINE\"}",
         "0a is offline"},
        {"us915_0/gateway/0b/state/conn", "{\"gatewayId\":\"0b\",\"state\":\"ONLINE\"}",
         "0b is online"},
        {"gateway/0a/state/conn",
         "\x0a\x10"
         "0016c001f153a14c",
         "dropped undecoded"},
        {"gateway/0a/event/up", "\x0a\x10", ""},
        {"eu868/gateway/0a/event/stats",
         "{\"gatewayId\":\"0a\",\"location\":{\"latitude\":4.5,\"longitude\":5.5},"
         "\"rxPacketsReceived\":4}",
         "0a at 4.5,5.5"},
        {"gateway/0a/state/conn", "", ""},
    };
    expect_messages(messages, ARRAY_LEN(messages), DECODER_CHIRPSTACK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_uplink_is_its_decoded_payload_and_radio),
        cmocka_unit_test(what_is_queued_for_a_device_is_a_command),
        cmocka_unit_test(chirpstack_reads_both_versions),
        cmocka_unit_test(gateways_tell_whether_they_are_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
