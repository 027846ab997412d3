/* SPDX-License-Identifier: Apache-2.0 */
/* Telegraf in its layouts and formats. */
#include "decode/decode.h"

#include "base/mem.h"

#include "describe_decoded.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static struct metrics metrics;

struct message {
    const char *topic;
    const char *payload;
    enum decoder_id decoder;
    const char *want;
};

static void expect(const struct message *m)
{
    struct decoder *d = decoder_new(&(struct decode_config){0}, (struct hash_key){1, 2}, &metrics);
    struct decode_input in = {bytes_of_text(m->topic), bytes_of_text(m->payload), 0, 0, 0};
    struct decoded got;
    struct buf text = {0};
    decode_message(d, &in, &got);
    describe(&got, &text);
    if (strcmp((const char *)text.ptr, m->want) != 0 || got.decoder != m->decoder) {
        fail_msg("%s %s gave \"%s\" by decoder %d", m->topic, m->payload, (const char *)text.ptr,
                 (int)got.decoder);
    }
    buf_fini(&text);
    decoder_free(d);
}

static void line_protocol_names_host_measurement_tags_and_field(void **state)
{
    (void)state;
    static const struct message messages[] = {
        {"telegraf/us-1/weather", "weather,location=us temperature=82 1465839830100400200",
         DECODER_TELEGRAF, "us-1/weather.temperature=82@1465839830100"},
        {"telegraf/x/cpu",
         "cpu,host=web01,cpu=cpu0 idle=97.5,busy=2i 1700000000000000000\n"
         "cpu,cpu=cpu1,host=web02 idle=88u 1700000001123000000\n",
         DECODER_TELEGRAF,
         "web01/cpu.cpu0.idle=97.5@1700000000000\nweb01/cpu.cpu0.busy=2@1700000000000\n"
         "web02/cpu.cpu1.idle=88@1700000001123"},
        {"telegraf/h/disk", "disk,b=2,a=my\\ data used=1i,ro=f,up=TRUE,label=\"a, b=c\"",
         DECODER_TELEGRAF,
         "h/disk.my data.2.used=1\nh/disk.my data.2.ro=0 bool\nh/disk.my data.2.up=1 bool"},
        {"some/topic", "# from a sensor\nair,host=h co2=415 1700000000", DECODER_TELEGRAF,
         "h/air.co2=415@1700000000000"},
        {"some/topic", "air co2=415", DECODER_TELEGRAF, "some/topic/air.co2=415"},
        {"telegraf/h/air", "air co2=415\nnonsense\nair rh=40", DECODER_TELEGRAF,
         "h/air.co2=415\nh/air.rh=40"},
        {"some/topic", "the door=open", DECODER_PLAIN, ""},
        {"some/topic", "a = b", DECODER_PLAIN, ""},
    };
    for (size_t i = 0; i < ARRAY_LEN(messages); i++) {
        expect(&messages[i]);
    }
    assert_true(atomic_load(&metrics.undecoded[DECODER_TELEGRAF][DROP_INVALID_LINE]) == 1);
}

static void json_metrics_are_read_alone_and_in_batches(void **state)
{
    (void)state;
    static const struct message messages[] = {
        {"telegraf/raynor/docker",
         "{\"fields\":{\"a\":30,\"b\":true,\"text\":\"12\",\"none\":null},\"name\":\"docker\","
         "\"tags\":{\"host\":\"r2\",\"z\":\"2\",\"y\":\"1\"},\"timestamp\":1458229140}",
         DECODER_TELEGRAF,
         "r2/docker.1.2.a=30@1458229140000\nr2/docker.1.2.b=1 bool@1458229140000"},
        {"any/where", "{\"fields\":{\"a\":1},\"name\":\"m\",\"tags\":{},\"timestamp\":0}",
         DECODER_TELEGRAF, "any/where/m.a=1"},
        {"telegraf/all",
         "{\"metrics\":[{\"fields\":{\"a\":1},\"name\":\"m\",\"tags\":{\"host\":\"p\"}},"
         "{\"fields\":{\"b\":2},\"name\":\"n\",\"timestamp\":1458229140123}]}",
         DECODER_TELEGRAF, "p/m.a=1\nall/n.b=2@1458229140123"},
        {"any/where", "{\"metrics\":[{\"fields\":{\"a\":1},\"name\":\"m\"}]}", DECODER_TELEGRAF,
         "any/where/m.a=1"},
        {"any/where", "{\"fields\":{\"a\":1},\"title\":\"m\"}", DECODER_PLAIN,
         "any/where/fields.a=1"},
        {"any/where", "{\"name\":\"m\",\"a\":1}", DECODER_PLAIN, "any/where/a=1"},
        {"telegraf/h/x", "{\"a\":1}", DECODER_TELEGRAF, "telegraf/h/x/a=1"},
        {"telegraf/h/x", "{\"fields\":{\"a\":1},\"name\":\"m\"", DECODER_TELEGRAF, ""},
    };
    for (size_t i = 0; i < ARRAY_LEN(messages); i++) {
        expect(&messages[i]);
    }
}

static void a_topic_a_field_holds_a_bare_value(void **state)
{
    (void)state;
    static const struct message messages[] = {
        {"telegraf/h/cpu/usage_idle", "97.5", DECODER_TELEGRAF, "h/cpu.usage_idle=97.5"},
        {"telegraf/h/disk/ro", "false", DECODER_TELEGRAF, "h/disk.ro=0 bool"},
        {"telegraf/h/os/name", "linux", DECODER_TELEGRAF, ""},
    };
    for (size_t i = 0; i < ARRAY_LEN(messages); i++) {
        expect(&messages[i]);
    }
}

static void another_base_topic_is_that_of_the_ecosystem(void **state)
{
    (void)state;
    char *bases[] = {(char[]){"lab/metrics"}, (char[]){"home"}};
    struct decode_config config = {.telegraf = {bases, 1, 1}, .homie = {bases + 1, 1, 1}};
    struct decoder *d = decoder_new(&config, (struct hash_key){1, 2}, &metrics);
    static const char *const messages[][3] = {
        {"lab/metrics/h/cpu", "cpu idle=5", "h/cpu.idle=5"},
        {"lab/metrics", "{\"a\":1}", "lab/metrics/a=1"},
        {"lab/metricsx/h/cpu/idle", "5", "lab/metricsx/h/cpu/idle=5"},
        {"home/car/engine/temperature", "21.5", "car/engine.temperature=21.5"},
        {"homie/car/engine/temperature", "22", "car/engine.temperature=22"},
    };
    for (size_t i = 0; i < ARRAY_LEN(messages); i++) {
        struct decode_input in = {bytes_of_text(messages[i][0]), bytes_of_text(messages[i][1]), 0,
                                  0, 0};
        struct decoded got;
        struct buf text = {0};
        decode_message(d, &in, &got);
        describe(&got, &text);
        assert_string_equal(text.ptr, messages[i][2]);
        buf_fini(&text);
    }
    decoder_free(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(line_protocol_names_host_measurement_tags_and_field),
        cmocka_unit_test(json_metrics_are_read_alone_and_in_batches),
        cmocka_unit_test(a_topic_a_field_holds_a_bare_value),
        cmocka_unit_test(another_base_topic_is_that_of_the_ecosystem),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
