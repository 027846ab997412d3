/* SPDX-License-Identifier: Apache-2.0 */
/* OwnTracks, SenML, ThingsBoard, AWS shadows and Azure IoT, message by message. */
#include "decoding.h"

static void owntracks_positions_are_readings_of_the_phone(void **state)
{
    (void)state;
    static const struct message messages[] = {
        {"owntracks/ann/phone",
         "{\"_type\":\"location\",\"lat\":1.5,\"lon\":-2.5,\"acc\":10,\"vac\":3,\"cog\":90,\"bs\":"
         "1,"
         "\"tid\":\"12\",\"tst\":1704103200,\"created_at\":1704103201,\"ign\":true,\"odometer\":12."
         "5,"
         "\"temp_c-01\":4,\"inregions\":[\"home\"],\"image\":\"AAAA\"}",
         "ann/phone/location.latitude=1.5" DEG "@1704103200000\n"
         "ann/phone/location.longitude=-2.5" DEG "@1704103200000\n"
         "ann/phone/location.accuracy=10m@1704103200000\n"
         "ann/phone/location.vertical_accuracy=3m@1704103200000\n"
         "ann/phone/location.course=90" DEG "@1704103200000\nann/phone/bs=1@1704103200000\n"
         "ann/phone/odometer=12.5km@1704103200000\nann/phone/temp_c-01=4" DEG "C@1704103200000"},
        {"owntracks/ann/phone", "{\"_type\":\"location\",\"batt\":5}", "ann/phone/battery=5%"},
        {"owntracks/ann/phone", "{\"_type\":\"lwt\",\"tst\":1704103200}", "ann/phone is offline"},
        {"owntracks/ann/phone/step",
         "{\"_type\":\"steps\",\"steps\":10,\"from\":1,\"to\":2,\"tst\":1704103200}",
         "ann/phone/steps=10@1704103200000"},
        {"owntracks/ann/phone/info", "{\"_type\":\"card\",\"name\":\"Ann\",\"face\":\"AA\"}",
         "ann/phone called \"Ann\""},
        {"owntracks/ann/phone/waypoint", "{\"_type\":\"waypoint\",\"lat\":1,\"rad\":5}", ""},
        {"owntracks/ann/phone/beacon", "{\"_type\":\"beacon\",\"rssi\":-50}", ""},
        {"owntracks/ann/phone", "{\"_type\":\"encrypted\",\"data\":\"x\"}", "dropped undecoded"},
        {"owntracks/ann/phone", "{\"lat\":1}", "dropped undecoded"},
        {"owntracks/ann/phone", "hello", "dropped undecoded"},
        {"owntracks/ann/phone", "", ""},
        {"owntracks/ann/phone", "{\"_type\":\"location\",\"lat\":}", "dropped invalid_json"},
    };
    expect_messages(messages, ARRAY_LEN(messages), DECODER_OWNTRACKS);
}

static void senml_resolves_base_values(void **state)
{
    (void)state;
    static const struct message messages[] = {
        {"any",
         "[{\"bn\":\"urn:x:/;\",\"bt\":1704103200,\"bu\":\"Cel\",\"bv\":20,\"n\":\"t\",\"v\":1.5}"
         ",{\"n\":\"u\",\"v\":-1,\"u\":\"lux\",\"t\":1},{\"bn\":\"y/\",\"n\":\"t\",\"v\":2}]",
         "urn:x/t=21.5" DEG "C@1704103200000\nurn:x/u=19lx@1704103201000\n"
         "y/t=22" DEG "C@1704103200000"},
        {"any",
         "[{\"n\":\"a\",\"v\":1},{\"n\":\"b\",\"u\":\"W\",\"v\":2,\"t\":-10},{\"n\":\"c\",\"vb\":"
         "true}]",
         "a/value=1\nb/W=2W@1704103190000\nc/value=1 bool"},
        {"any",
         "[{\"bn\":\"d\",\"v\":5},{\"u\":\"%RH\",\"v\":6},{\"n\":\"p\",\"u\":\"lat\",\"v\":7}]",
         "d/value=5\nd/%RH=6%\nd/location.latitude=7" DEG},
        {"any",
         "[{\"bn\":\"d\",\"n\":\"a\",\"vs\":\"x\"},{\"n\":\"b\",\"vd\":\"AA\"},{\"n\":\"c\",\"s\":"
         "1}]",
         ""},
        {"any", "[{\"v\":1,\"n\":\"a\",\"bn\":\"late:\"}]", "late/a=1"},
        {"any", "[{\"bn\":\"d\",\"n\":\"a\",\"v\":1,\"x_\":1}]", "dropped undecoded"},
        {"any", "[{\"bn\":\"/\",\"v\":1}]", "dropped bad_device_id"},
        {"any", "[{\"n\":\"a\",\"v\":1},5,{\"n\":\"b\",\"v\":2}]", "a/value=1\nb/value=2"},
        {"any", "[{\"n\":\"a\",\"v\":1},", "dropped invalid_json"},
        {"channels/7/messages", " [ {\"bn\":\"m:\",\"n\":\"t\",\"u\":\"Cel\",\"v\":\"3\"}]",
         "m/t=3" DEG "C"},
    };
    expect_messages(messages, ARRAY_LEN(messages), DECODER_SENML);
}

static void thingsboard_names_devices_by_key(void **state)
{
    (void)state;
    static const struct message messages[] = {
        {"v1/devices/me/telemetry", "{\"a\":1,\"b\":\"2\",\"c\":{\"d\":true}}",
         "me/a=1\nme/b=2\nme/c.d=1 bool"},
        {"v1/devices/me/telemetry",
         "[{\"values\":{\"a\":1},\"ts\":1704103200000},{\"ts\":1704103201000,\"values\":{\"a\":2}}"
         "]",
         "me/a=1@1704103200000\nme/a=2@1704103201000"},
        {"v1/devices/me/telemetry", "{\"value\":3,\"values\":4}", "me/value=3\nme/values=4"},
        {"v1/devices/me/attributes", "{\"fw\":1}", ""},
        {"v1/devices/me/attributes/response/1", "{\"client\":{\"a\":1}}", ""},
        {"v1/devices/me/rpc/request/1", "{\"method\":\"x\",\"params\":{\"a\":1}}", ""},
        {"v1/gateway/telemetry",
         "{\"A 1\":{\"ts\":1704103200000,\"values\":{\"t\":1}},\"B\":[{\"t\":2}]}",
         "A 1/t=1@1704103200000\nB/t=2"},
        {"v1/gateway/telemetry", "{\"\":[{\"t\":2}]}", "dropped bad_device_id"},
        {"v1/gateway/connect", "{\"device\":\"A 1\",\"type\":\"x\"}", "A 1 is online"},
        {"v1/gateway/disconnect", "{\"device\":\"A 1\"}", "A 1 is offline"},
        {"v1/gateway/connect", "{}", "dropped bad_device_id"},
        {"v1/gateway/attributes", "{\"A\":{\"x\":1}}", ""},
        {"v1/devices/me/telemetry", "[1,", "dropped invalid_json"},
    };
    expect_messages(messages, ARRAY_LEN(messages), DECODER_THINGSBOARD);
}

static void aws_shadows_tell_what_was_reported(void **state)
{
    (void)state;
    static const struct message messages[] = {
        {"$aws/things/x/shadow/update",
         "{\"state\":{\"desired\":{\"a\":1},\"reported\":{\"a\":2,\"gone\":null}}}", "x/a=2"},
        {"$aws/things/x/shadow/name/gps/update", "{\"state\":{\"reported\":{\"p\":{\"q\":3}}}}",
         "x/gps.p.q=3"},
        {"$aws/things/x/shadow/update/accepted",
         "{\"state\":{\"reported\":{\"a\":2}},\"version\":4,\"timestamp\":1704103200}",
         "x/a=2@1704103200000"},
        {"$aws/things/x/shadow/update/documents",
         "{\"previous\":{\"state\":{\"reported\":{\"a\":1}}},\"current\":{\"state\":{\"reported\":{"
         "\"a\":2}}},\"timestamp\":1704103200}",
         "x/a=2@1704103200000"},
        /* Answers are heard by now, so the request is the same change again. */
        {"$aws/things/x/shadow/update", "{\"state\":{\"reported\":{\"a\":3}}}", ""},
        {"$aws/things/x/shadow/name/gps/update", "{\"state\":{\"reported\":{\"q\":3}}}",
         "x/gps.q=3"},
        {"$aws/things/y/shadow/update", "{\"state\":{\"reported\":{\"a\":3}}}", "y/a=3"},
        {"$aws/things/y/shadow/update", "{\"state\":{\"reported\":null}}", ""},
        {"$aws/things/x/shadow/update/delta", "{\"state\":{\"a\":3}}", ""},
        {"$aws/things/x/shadow/update/rejected", "{\"code\":400}", ""},
        {"$aws/things/x/shadow/get/accepted", "{\"state\":{\"reported\":{\"a\":3}}}", ""},
        {"$aws/things/y/shadow/update", "{\"state\":", "dropped invalid_json"},
    };
    expect_messages(messages, ARRAY_LEN(messages), DECODER_AWS_SHADOW);
}

static void azure_devices_go_by_their_topic(void **state)
{
    (void)state;
    static const struct message messages[] = {
        {"devices/d1/messages/events/", "{\"t\":1,\"timestamp\":1704103200,\"id\":4}",
         "d1/t=1@1704103200000"},
        {"devices/d1/messages/events", "{\"t\":1}", "d1/t=1"},
        {"devices/d1/messages/events/$.ct=application%2Fjson", "{\"deviceId\":\"sim\",\"t\":1}",
         "d1/t=1"},
        {"devices/d1/modules/m/messages/events/", "{\"t\":{\"value\":5,\"unit\":\"C\"}}",
         "d1/t=5" DEG "C"},
        {"devices/d1/messages/events/", "[{\"t\":1},{\"t\":2}]", "d1/0.t=1\nd1/1.t=2"},
        {"devices/d1/messages/devicebound/x=1", "{\"t\":1}", ""},
        {"$iothub/twin/PATCH/properties/reported/?$rid=1", "{\"t\":1,\"$version\":3}", ""},
        {"$iothub/twin/res/200/?$rid=1", "{\"reported\":{\"t\":1}}", ""},
        {"devices/d1/messages/events/", "hello", "dropped undecoded"},
        {"devices/d1/messages/events/", "", ""},
    };
    expect_messages(messages, ARRAY_LEN(messages), DECODER_AZURE_IOT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(owntracks_positions_are_readings_of_the_phone),
        cmocka_unit_test(senml_resolves_base_values),
        cmocka_unit_test(thingsboard_names_devices_by_key),
        cmocka_unit_test(aws_shadows_tell_what_was_reported),
        cmocka_unit_test(azure_devices_go_by_their_topic),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
