/* SPDX-License-Identifier: Apache-2.0 */
/* Mappings: what they match, what they make of a message, and what is refused in them. */
#include "decode/mapping_parts.h"

#include "base/mem.h"

#include "describe_decoded.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define DEG "\xc2\xb0"

static struct metrics metrics;

/* Reads "key=text" settings up to a NULL. Errors: ERR_INVALID, with `why`. */
static enum err fill(struct mapping *m, const char *const *settings, char why[CONFIG_WHY_MAX])
{
    enum mapping_key key;
    enum err e = OK;
    for (; e == OK && *settings; settings++) {
        const char *text = strchr(*settings, '=') + 1;
        size_t i = 0;
        while (strncmp(mapping_keys[i].name, *settings, (size_t)(text - *settings - 1)) != 0 ||
               mapping_keys[i].name[text - *settings - 1] != '\0') {
            i++;
            assert_true(i < MAPPING_KEY_COUNT);
        }
        e = mapping_set(m, (enum mapping_key)i, bytes_of_text(text), why);
    }
    return e == OK ? mapping_finish(m, &key, why) : e;
}

struct example {
    const char *settings[10];
    const char *topic;
    const char *payload;
    const char *want;
};

static void expect(const struct example *x)
{
    char why[CONFIG_WHY_MAX] = "";
    struct decoder *d = decoder_new(&(struct decode_config){0}, (struct hash_key){1, 2}, &metrics);
    struct mappings *all = mappings_new();
    struct mapping *m = mapping_new();
    if (fill(m, x->settings, why) != OK) {
        fail_msg("%s: %s", x->settings[0], why);
    }
    assert_int_equal(mappings_add(all, m), OK);
    decoder_set_mappings(d, all);
    struct decode_input in = {bytes_of_text(x->topic), bytes_of_text(x->payload), 0, 0, 0};
    struct decoded got;
    struct buf text = {0};
    for (int i = 0; i < 2; i++) {
        decode_message(d, &in, &got);
        describe(&got, &text);
        if (strcmp((const char *)text.ptr, x->want) != 0) {
            fail_msg("%s %s %s gave \"%s\"", x->settings[0], x->topic, x->payload,
                     (const char *)text.ptr);
        }
    }
    buf_fini(&text);
    decoder_free(d);
}

static void the_examples_of_the_documentation_do_what_they_say(void **state)
{
    (void)state;
    static const struct example examples[] = {
        {{"topic=factory/{site}/{device}/{sensor}", "location={site}", "unit=C"},
         "factory/hall/press-1/temperature",
         "61.5",
         "press-1/temperature=61.5" DEG "C"},
        {{"topic=motion-readings", "device=$.node-id", "sensor=motion", "value=$.motion-bool",
          "time=$.timestamp"},
         "motion-readings",
         "{\"node-id\":\"N3\",\"sensor\":\"pir\",\"motion-bool\":0,\"timestamp\":1585673980}",
         "N3/motion=0@1585673980000"},
        {{"topic=meters/{device}/raw", "format=json", "include=p.*", "include=u.*", "exclude=*.id",
          "scale=0.1", "time=$.t", "time_unit=ms"},
         "meters/m1/raw",
         "{\"t\":1704103200123,\"p\":{\"a\":10,\"b\":20,\"idx\":{\"id\":7}},\"u\":{\"a\":2300},"
         "\"q\":5}",
         "m1/p.a=1@1704103200123\nm1/p.b=2@1704103200123\nm1/u.a=230@1704103200123"},
        {{"topic=doors/{device}", "sensor=open", "true=OPEN", "false=CLOSED"},
         "doors/front",
         "OPEN",
         "front/open=1 bool"},
        {{"topic=doors/{device}", "sensor=open", "true=OPEN", "false=CLOSED"},
         "doors/front",
         " CLOSED\n",
         "front/open=0 bool"},
        {{"topic=iot/actuator/#", "decoder=ignore"}, "iot/actuator/led", "{\"speed\":3}", ""},
    };
    for (size_t i = 0; i < ARRAY_LEN(examples); i++) {
        expect(&examples[i]);
    }
}

static void texts_mix_captures_and_words_and_paths_read_the_payload(void **state)
{
    (void)state;
    static const struct example examples[] = {
        {{"topic=a/{x}/+/{rest...}", "device={x}-{rest}!", "sensor=s"},
         "a/1/2/3/4",
         "5",
         "1-3/4!/s=5"},
        {{"topic=a/{device}/t"}, "a/d/t", "5", "d/t=5"},
        {{"topic=a/{device}"}, "a/d", "5", "d/value=5"},
        {{"topic=a/+/t"}, "a/d/t", "5", "a/d/t=5"},
        {{"topic=#", "sensor=x"}, "a/d/t", "5", "a/d/x=5"},
        {{"topic=a", "device=d", "sensor=x"},
         "a",
         "{\"p\":1,\"q\":{\"value\":2,\"unit\":\"C\"}}",
         "d/x.p=1\nd/x.q=2" DEG "C"},
        {{"topic=a/{device}/{sensor}"},
         "a/d/t",
         "{\"value\":3,\"unit\":\"lux\",\"ts\":1704103200}",
         "d/t=3lx@1704103200000"},
        {{"topic=a", "device=$.d.0.id", "value=$.v", "unit=$.u"},
         "a",
         "{\"d\":[{\"id\":42}],\"v\":\"3\",\"u\":\"percent\",\"timestamp\":1704103200}",
         "42/v=3%@1704103200000"},
        {{"topic=a", "device=d", "value=$.v"},
         "a",
         "{\"v\":{\"x\":1,\"y\":[2]}}",
         "d/x=1\nd/y.0=2"},
        {{"topic=a", "device=d"}, "a", "[1,{\"x\":2}]", "d/0=1\nd/1.x=2"},
        {{"topic=a", "device=d", "scale=2", "offset=-1"},
         "a",
         "{\"p\":1.5,\"on\":true}",
         "d/p=2\nd/on=1 bool"},
        {{"topic=a", "device=d", "time=$.t", "time_unit=s"},
         "a",
         "{\"t\":1704103200.5,\"p\":1}",
         "d/p=1@1704103200500"},
        {{"topic=a", "device=d", "time=$.t", "time_unit=iso"},
         "a",
         "{\"t\":\"2024-01-01T10:00:00Z\",\"p\":1}",
         "d/p=1@1704103200000"},
        {{"topic=x/{device}/state", "status_online=ready", "status_offline=lost"},
         "x/d/state",
         "ready",
         "d is online"},
        {{"topic=x/{device}", "value=$.state", "status_offline=lost"},
         "x/d",
         "{\"state\":\"lost\"}",
         "d is offline"},
        {{"topic=x/{device}", "true=up"},
         "x/d",
         "{\"link\":\"up\",\"n\":1}",
         "d/link=1 bool\nd/n=1"},
        {{"topic=x/{device}", "decoder=text", "sensor=s", "true=1"}, "x/d", "1", "d/s=1 bool"},
        {{"topic=x/{device}", "decoder=text", "sensor=s", "true=1"}, "x/d", "12", ""},
        {{"topic=x/{device}/m", "decoder=influx", "device={device}"},
         "x/d/m",
         "cpu,host=h idle=1 1700000000000000000",
         "d/cpu.idle=1@1700000000000"},
        {{"topic=a/{device}/{sensor}", "unit=123456789012345678901234567890123"},
         "a/d/t",
         "5",
         "d/t=5"},
        {{"topic=telegraf/#", "decoder=telegraf", "device=d", "sensor=t"},
         "telegraf/h/cpu/idle",
         "5",
         "d/t.cpu.idle=5"},
    };
    for (size_t i = 0; i < ARRAY_LEN(examples); i++) {
        expect(&examples[i]);
    }
}

static void a_mapping_takes_only_topics_of_its_pattern(void **state)
{
    (void)state;
    static const struct {
        const char *pattern;
        const char *topic;
        bool matches;
    } cases[] = {
        {"topic=a/+", "a/b", true},        {"topic=a/+", "a", false},
        {"topic=a/+", "a/b/c", false},     {"topic=a/#", "a", true},
        {"topic=a/#", "a/b/c", true},      {"topic=a/{r...}", "a", false},
        {"topic=a/{r...}", "a/b/c", true}, {"topic={x}", "$SYS", false},
        {"topic=#", "$SYS/uptime", false}, {"topic=$SYS/#", "$SYS/uptime", true},
        {"topic=a/{x}/c", "a//c", true},   {"topic=a/b", "a/bc", false},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        char why[CONFIG_WHY_MAX];
        const char *const settings[] = {cases[i].pattern, NULL};
        struct mapping *m = mapping_new();
        struct decode_topic t;
        struct captured c;
        assert_int_equal(fill(m, settings, why), OK);
        assert_true(decode_topic_split(bytes_of_text(cases[i].topic), &t));
        if (mapping_match(m, &t, &c) != cases[i].matches) {
            fail_msg("%s and %s", cases[i].pattern, cases[i].topic);
        }
        mapping_free(m);
    }
}

static void what_is_wrong_in_a_mapping_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *settings[4];
        const char *why; /* begins like this */
    } cases[] = {
        {{"device=d"}, "expected the key 'topic'"},
        {{"topic="}, "topic: expected 1 to"},
        {{"topic=a/#/b"}, "topic: expected nothing behind #"},
        {{"topic=a/{r...}/b"}, "topic: expected nothing behind #"},
        {{"topic=a/b{x}"}, "topic: expected +, # and {name} as whole levels"},
        {{"topic=a/{}"}, "topic: expected a name"},
        {{"topic=a/{x y}"}, "topic: expected a name"},
        {{"topic={x}/{x}"}, "topic: the name in the braces is there twice"},
        {{"topic=a", "device={x}"}, "device: the topic has no {x}"},
        {{"topic=a", "device={x"}, "device: expected a name in braces"},
        {{"topic=a", "value=v"}, "value: expected a path"},
        {{"topic=a", "time=now"}, "time: expected a path"},
        {{"topic=a", "sensor=$v"}, "sensor: expected a path"},
        {{"topic=a", "scale=x"}, "scale: expected a number"},
        {{"topic=a", "scale=1e999"}, "scale: expected a number"},
        {{"topic=a", "decoder=jsn"},
         "decoder: expected one of auto, json, number, text, senml, "
         "influx, ignore; did you mean 'json'?"},
        {{"topic=a", "decoder=tasmotta"}, "decoder: did you mean 'tasmota'?"},
        {{"topic=a", "retained=never"}, "retained: expected one of last, store, ignore"},
        {{"topic=a", "time_unit=ms"}, "time_unit: expected the key 'time'"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        char why[CONFIG_WHY_MAX] = "";
        struct mapping *m = mapping_new();
        enum err e = fill(m, cases[i].settings, why);
        if (e != ERR_INVALID || strncmp(why, cases[i].why, strlen(cases[i].why)) != 0) {
            fail_msg("%s %s: \"%s\"", cases[i].settings[0], cases[i].settings[1], why);
        }
        mapping_free(m);
    }
}

static void a_missing_path_loses_the_record_and_says_so(void **state)
{
    (void)state;
    char why[CONFIG_WHY_MAX];
    static const char *const settings[] = {"topic=a", "device=$.id", "value=$.v", NULL};
    struct decoder *d = decoder_new(&(struct decode_config){0}, (struct hash_key){1, 2}, &metrics);
    struct mappings *all = mappings_new();
    struct mapping *m = mapping_new();
    assert_int_equal(fill(m, settings, why), OK);
    assert_int_equal(mappings_add(all, m), OK);
    decoder_set_mappings(d, all);
    struct decode_input in = {BYTES("a"), BYTES("{\"v\":1}"), 0, 0, 0};
    struct decoded got;
    decode_message(d, &in, &got);
    assert_int_equal(got.count, 0);
    assert_int_equal(got.drop, DROP_MISSING_PATH);
    assert_int_equal(got.decoder, DECODER_MAPPING);
    assert_int_equal(got.mapping, 1);
    assert_true(bytes_equal(got.note, BYTES("the payload does not have id")));
    in.payload = BYTES("{\"id\":\"d\",\"v\":1}");
    decode_message(d, &in, &got);
    assert_int_equal(got.count, 1);
    decoder_free(d);
}

static struct mappings *of(const char *const *settings)
{
    char why[CONFIG_WHY_MAX];
    struct mappings *all = mappings_new();
    struct mapping *m = mapping_new();
    assert_int_equal(fill(m, settings, why), OK);
    assert_int_equal(mappings_add(all, m), OK);
    return all;
}

static void new_mappings_take_the_place_of_the_old_at_the_next_message(void **state)
{
    (void)state;
    static const char *const first[] = {"topic=sensors/#", "decoder=ignore", NULL};
    static const char *const second[] = {"topic=sensors/{device}/{sensor}", "scale=10", NULL};
    struct decoder *d = decoder_new(&(struct decode_config){0}, (struct hash_key){1, 2}, &metrics);
    struct decode_input in = {BYTES("sensors/d/t"), BYTES("1"), 0, 0, 0};
    struct decoded got;
    decode_message(d, &in, &got);
    assert_true(got.count == 1 && got.records[0].value == 1);
    decoder_set_mappings(d, of(first));
    decode_message(d, &in, &got);
    assert_true(got.count == 0 && got.drop == DROP_NONE);
    decoder_set_mappings(d, of(second));
    decode_message(d, &in, &got);
    assert_true(got.count == 1 && got.records[0].value == 10);
    decoder_set_mappings(d, NULL);
    decode_message(d, &in, &got);
    assert_true(got.count == 1 && got.records[0].value == 1 && got.mapping == 0);
    decoder_free(d);
}

static void retained_readings_without_a_time_follow_the_setting(void **state)
{
    (void)state;
    static const char *const store[] = {"topic=s/{device}/{sensor}", "retained=store", NULL};
    struct decoder *d = decoder_new(&(struct decode_config){.retained = DECODE_RETAINED_IGNORE},
                                    (struct hash_key){1, 2}, &metrics);
    struct decode_input in = {BYTES("s/d/t"), BYTES("1"), DECODE_RETAINED, 0, 0};
    struct decoded got;
    decode_message(d, &in, &got);
    assert_int_equal(got.count, 0);
    assert_int_equal(got.drop, DROP_RETAINED);
    in.payload = BYTES("{\"a\":1,\"ts\":1704103200,\"status\":\"online\"}");
    decode_message(d, &in, &got);
    assert_int_equal(got.count, 2);
    decoder_set_mappings(d, of(store));
    in.payload = BYTES("1");
    decode_message(d, &in, &got);
    assert_true(got.count == 1 && got.records[0].flags == DECODE_OF_NOW);
    in.flags = 0;
    decode_message(d, &in, &got);
    assert_true(got.count == 1 && got.records[0].flags == 0);
    decoder_free(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_examples_of_the_documentation_do_what_they_say),
        cmocka_unit_test(texts_mix_captures_and_words_and_paths_read_the_payload),
        cmocka_unit_test(a_mapping_takes_only_topics_of_its_pattern),
        cmocka_unit_test(what_is_wrong_in_a_mapping_is_refused),
        cmocka_unit_test(a_missing_path_loses_the_record_and_says_so),
        cmocka_unit_test(new_mappings_take_the_place_of_the_old_at_the_next_message),
        cmocka_unit_test(retained_readings_without_a_time_follow_the_setting),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
