/* SPDX-License-Identifier: Apache-2.0 */
/* The settings file: what it may hold, what it is told when it is wrong, and that the example of it
 * is the one in the repository and says nothing but the defaults. */
#include "app/config.h"
#include "app/config_mappings.h"
#include "sys/folder.h"

#include "expect.h"

#include <unistd.h>

static struct config loaded(const char *text)
{
    struct config c;
    struct config_error why;
    config_init_defaults(&c);
    enum err e = config_read(bytes_of_text(text), &c, &why);
    if (e != OK) {
        fail_msg("%d:%d: %s", why.line, why.column, why.text);
    }
    return c;
}

static void expect_list(const struct config_list *list, const char *const *want, size_t count)
{
    assert_int_equal(list->count, count);
    for (size_t i = 0; i < count; i++) {
        assert_string_equal(list->items[i], want[i]);
    }
}

#define expect_items(list, ...)                                                                    \
    expect_list((list), (const char *const[]){__VA_ARGS__},                                        \
                ARRAY_LEN(((const char *const[]){__VA_ARGS__})))

static void expect_defaults(const struct config *c)
{
    assert_string_equal(c->data, "./telltale-data");
    expect_items(&c->http_listen, "localhost:3000");
    expect_items(&c->mqtt_listen, "localhost:1883");
    assert_int_equal(c->http_hosts.count + c->http_origins.count + c->broker_count, 0);
    assert_true(c->auth);
    assert_int_equal(c->max_mqtt_connections, 20000);
    assert_int_equal(c->max_clients, 20000);
    assert_int_equal(c->ping_interval_ms, 25000);
    assert_int_equal(c->ping_timeout_ms, 20000);
    assert_int_equal(c->connect_timeout_ms, 45000);
    assert_int_equal(c->max_payload, 1000000);
    assert_memory_equal(&c->registry, &registry_defaults, sizeof c->registry);
    assert_memory_equal(&c->alert, &alert_defaults, sizeof c->alert);
    assert_memory_equal(&c->store, &store_defaults, sizeof c->store);
    assert_int_equal(c->log_level, LOG_INFO);
}

static void nothing_in_it_means_the_defaults(void **state)
{
    (void)state;
    static const char *const texts[] = {"",
                                        "\n",
                                        "# only a comment\n",
                                        "---\n",
                                        "~\n",
                                        "{}",
                                        "http:\nmqtt:\nlive:\nstore:\n",
                                        "fleet: {}\nalerts: ~\n",
                                        "\xef\xbb\xbf# with a byte order mark\n"};
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        struct config c = loaded(texts[i]);
        expect_defaults(&c);
        config_fini(&c);
    }
}

static void the_example_loads_to_the_defaults(void **state)
{
    (void)state;
    struct buf text = {0};
    config_print_example(&text);
    buf_put_byte(&text, 0);
    struct config c = loaded((const char *)text.ptr);
    expect_defaults(&c);
    config_fini(&c);
    buf_fini(&text);
}

static void the_example_in_the_repository_is_the_generated_one(void **state)
{
    (void)state;
    static uint8_t kept[32768];
    size_t len = 0;
    struct buf text = {0};
    config_print_example(&text);
    expect_ok(file_head("telltale.example.yaml", kept, sizeof kept, &len));
    expect_slices(bytes_of(kept, len), buf_bytes(&text));
    buf_fini(&text);
}

static void every_key_reaches_its_member(void **state)
{
    (void)state;
    struct config c = loaded("data: /var/lib/telltale\n"
                             "auth: false\n"
                             "log: debug\n"
                             "http:\n"
                             "  listen: [\"127.0.0.1:8080\", \"[::1]:8080\"]\n"
                             "  hosts: [telltale.example.org]\n"
                             "  origins:\n"
                             "    - https://panel.example.org\n"
                             "    - http://10.0.0.1:8000\n"
                             "mqtt:\n"
                             "  listen: []\n"
                             "  max_connections: 10\n"
                             "live:\n"
                             "  max_clients: 5\n"
                             "  ping_interval: 10s\n"
                             "  ping_timeout: 120s\n"
                             "  connect_timeout: 1m\n"
                             "  max_payload: 2MB\n"
                             "store: {retention: 30d, journal_bytes: 32MB, journal_age: 1m}\n"
                             "fleet:\n"
                             "  max_devices: 1\n"
                             "  max_series: 2\n"
                             "  max_sensors_per_device: 3\n"
                             "  silence: 90s\n"
                             "alerts:\n"
                             "  max_rules: 4\n");
    assert_string_equal(c.data, "/var/lib/telltale");
    assert_false(c.auth);
    assert_int_equal(c.log_level, LOG_DEBUG);
    expect_items(&c.http_listen, "127.0.0.1:8080", "[::1]:8080");
    expect_items(&c.http_hosts, "telltale.example.org");
    expect_items(&c.http_origins, "https://panel.example.org", "http://10.0.0.1:8000");
    assert_int_equal(c.mqtt_listen.count, 0);
    assert_int_equal(c.max_mqtt_connections, 10);
    assert_int_equal(c.max_clients, 5);
    assert_int_equal(c.ping_interval_ms, 10000);
    assert_int_equal(c.ping_timeout_ms, 120000);
    assert_int_equal(c.connect_timeout_ms, 60000);
    assert_int_equal(c.max_payload, 2u << 20);
    assert_int_equal(c.store.retention_ms, 30 * 86400000ll);
    assert_int_equal(c.store.journal_bytes, 32u << 20);
    assert_int_equal(c.store.journal_age_ms, 60000);
    assert_int_equal(c.registry.max_devices, 1);
    assert_int_equal(c.registry.max_series, 2);
    assert_int_equal(c.registry.max_sensors_per_device, 3);
    assert_int_equal(c.registry.silence_ms, 90000);
    assert_int_equal(c.alert.max_rules, 4);
    config_fini(&c);
}

static void brokers_are_urls_or_mappings(void **state)
{
    (void)state;
    struct config c = loaded("mqtt:\n"
                             "  brokers:\n"
                             "    - mqtt://broker.example.org\n"
                             "    - url: mqtt://me:p%40ss%3aword@[2001:db8::1]:8883/\n"
                             "      topics: [\"plant/+/temperature\", \"#\"]\n"
                             "      client_id: hall-3\n"
                             "    - {client_id: x, url: \"mqtt://user@10.0.0.1:1\"}\n"
                             "    - {name: plant-2, url: mqtts://10.0.0.2, user: u, password: p,\n"
                             "       ca: c.pem, certificate: a.pem, key: a.key, qos: 1,\n"
                             "       version: 3.1.1, clean: true, session_expiry: 2h,\n"
                             "       keep_alive: 10s, filters: [$share/us/#]}\n");
    assert_int_equal(c.broker_count, 4);
    const struct config_broker *b = c.brokers;
    assert_string_equal(b[0].host, "broker.example.org");
    assert_int_equal(b[0].port, 1883);
    assert_true(!b[0].user && !b[0].password && !b[0].client_id);
    expect_items(&b[0].filters, "sensors/#", "devices/+/status");
    assert_string_equal(b[1].host, "2001:db8::1");
    assert_int_equal(b[1].port, 8883);
    assert_string_equal(b[1].user, "me");
    assert_string_equal(b[1].password, "p@ss:word");
    assert_string_equal(b[1].client_id, "hall-3");
    expect_items(&b[1].filters, "plant/+/temperature", "#");
    assert_string_equal(b[2].user, "user");
    assert_null(b[2].password);
    assert_string_equal(b[2].name, "10.0.0.1:1");
    assert_true(b[2].qos == 2 && !b[2].tls && !b[2].clean && b[2].version == CONFIG_VERSION_AUTO);
    assert_int_equal(b[2].session_expiry_ms, 86400000);
    assert_string_equal(b[3].name, "plant-2");
    assert_true(b[3].tls && b[3].clean && b[3].qos == 1);
    assert_int_equal(b[3].port, 8883);
    assert_int_equal(b[3].version, CONFIG_VERSION_311);
    assert_int_equal(b[3].session_expiry_ms, 7200000);
    assert_int_equal(b[3].keep_alive_ms, 10000);
    expect_items(&b[3].filters, "$share/us/#");
    assert_string_equal(b[3].user, "u");
    assert_string_equal(b[3].ca, "c.pem");
    config_fini(&c);
}

static void a_broker_can_be_added_by_a_flag(void **state)
{
    (void)state;
    struct config c;
    struct config_error why;
    config_init_defaults(&c);
    expect_ok(config_add_broker(&c, "mqtt://localhost:1884", &why));
    expect_items(&c.brokers[0].filters, "sensors/#", "devices/+/status");
    static const char *const wrong[] = {
        "",
        "localhost",
        "mqttx://localhost",
        "mqtts://",
        "mqtt://",
        "mqtt://:1883",
        "mqtt://host:0",
        "mqtt://host:65536",
        "mqtt://host:",
        "mqtt://host:18x",
        "mqtt://host/path",
        "mqtt://ho st",
        "mqtt://[::1",
        "mqtt://[]",
        "mqtt://[::1]1883",
        "mqtt://::1:1883",
        "mqtt://@host",
        "mqtt://:secret@host",
        "mqtt://user:%zz@host",
        "mqtt://user:%4@host",
        "mqtt://user:%00@host",
        "mqtt://%ff@host",
    };
    for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
        expect_err(ERR_INVALID, config_add_broker(&c, wrong[i], &why));
        assert_int_equal(why.line, 0);
        assert_non_null(strstr(why.text, "url"));
        assert_null(strstr(why.text, "secret"));
    }
    assert_int_equal(c.broker_count, 1);
    config_fini(&c);
}

static void what_is_wrong_is_told_by_line_column_and_words(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int line, column;
        const char *words;
    } table[] = {
        {"http:\n  lissen: []\n", 2, 3, "unknown key 'lissen', did you mean 'listen'? Expected"},
        {"nothing_like_it: 1\n", 1, 1, "unknown key 'nothing_like_it'. Expected one of data, "},
        {"\"\\e[31m\": 1\n", 1, 1, "unknown key '?[31m'"},
        {"live:\n  ping_timeout: soon\n", 2, 17, "a duration such as 500ms, 10m or 30d"},
        {"live:\n  ping_timeout: [1s]\n", 2, 17, "a duration such as"},
        {"live:\n  ping_timeout:\n", 2, 16, "a duration such as"},
        {"live:\n  ping_timeout: \"5s\"\n", 2, 17, "a duration such as"},
        {"live:\n  max_payload: 17MB\n", 2, 16, "from 1kB to 16MB"},
        {"http: [\n", 2, 1, "not YAML"},
        {"http: ]\n", 1, 7, "not YAML"},
        {"http: [a]\n", 1, 7, "expected keys below it"},
        {"http: x\n", 1, 7, "expected keys below it"},
        {"mqtt:\n  listen: 5\n", 2, 11, "a list of ADDR:PORT"},
        {"mqtt:\n  listen: [5]\n", 2, 12, "expected ADDR:PORT"},
        {"mqtt:\n  listen: [[a]]\n", 2, 12, "a list of ADDR:PORT"},
        {"http:\n  hosts: [\"a b\"]\n", 2, 11, "host names without a port"},
        {"http:\n  hosts: [\"a:80\"]\n", 2, 11, "host names without a port"},
        {"http:\n  origins: [panel.example.org]\n", 2, 13, "https://panel.example.org"},
        {"auth: yes\n", 1, 7, "true or false"},
        {"auth: \"true\"\n", 1, 7, "true or false"},
        {"log: loud\n", 1, 6, "error, warn, info or debug"},
        {"data: \"\"\n", 1, 7, "a folder"},
        {"data: a\ndata: b\n", 2, 1, "'data' is here twice"},
        {"http: {}\nhttp: {}\n", 2, 1, "'http' is here twice"},
        {"fleet:\n  silence: 1m\n  silence: 2m\n", 3, 3, "'silence' is here twice"},
        {"data: &x y\n", 1, 7, "anchors, aliases and tags"},
        {"data: *x\n", 1, 7, "anchors, aliases and tags"},
        {"data: !!str x\n", 1, 7, "anchors, aliases and tags"},
        {"&x {}\n", 1, 1, "anchors, aliases and tags"},
        {"[1]\n", 1, 1, "expected settings"},
        {"just text\n", 1, 1, "expected settings"},
        {"? [a]\n: b\n", 1, 3, "expected a key"},
        {"---\ndata: x\n---\ndata: y\n", 3, 1, "another"},
        {"data: x\nlog: \xff\n", 2, 6, "not YAML"},
        {"data: a\n\tlog: info\n", 2, 1, "not YAML"},
        {"mqtt:\n  brokers: mqtt://a\n", 2, 12, "a list of URLs"},
        {"mqtt:\n  brokers: [5]\n", 2, 13, "mqtt://"},
        {"mqtt:\n  brokers: [[]]\n", 2, 13, "a URL, or a mapping"},
        {"mqtt:\n  brokers:\n    - topics: [a]\n", 3, 7, "expected a url"},
        {"mqtt:\n  brokers:\n    - topic: [a]\n", 3, 7, "did you mean 'topics'"},
        {"mqtt:\n  brokers:\n    - url: http://x\n", 3, 7, "expected mqtt://"},
        {"mqtt:\n  brokers:\n    - url: mqtt://x\n      topics: [a/#/b]\n", 4, 16,
         "MQTT topic filters"},
        {"mqtt:\n  brokers:\n    - url: mqtt://x\n      url: mqtt://y\n", 4, 7, "twice"},
        {"mqtt:\n  brokers:\n    - mqtt://x\n    - mqtt://x\n", 4, 7, "another broker"},
        {"mqtt:\n  brokers:\n    - {url: mqtt://x, ca: a}\n", 3, 7, "only with an mqtts://"},
        {"mqtt:\n  brokers:\n    - {url: mqtts://x, key: a}\n", 3, 7, "both or neither"},
        {"mqtt:\n  brokers:\n    - {url: mqtt://x, password: a}\n", 3, 7, "a user with it"},
        {"mqtt:\n  brokers:\n    - {url: mqtt://u@x, user: a}\n", 3, 7, "not both"},
        {"mqtt:\n  brokers:\n    - {url: mqtt://x, user: u, password: a, password_file: b}\n", 3, 7,
         "one of them"},
        {"mqtt:\n  brokers:\n    - {url: mqtt://x, name: a b}\n", 3, 29, "letters, digits"},
        {"mqtt:\n  brokers:\n    - {url: mqtt://x, version: 4}\n", 3, 32, "3.1.1"},
    };
    for (size_t i = 0; i < ARRAY_LEN(table); i++) {
        struct config c;
        struct config_error why;
        config_init_defaults(&c);
        expect_err(ERR_INVALID, config_read(bytes_of_text(table[i].text), &c, &why));
        if (why.line != table[i].line || why.column != table[i].column ||
            !strstr(why.text, table[i].words)) {
            fail_msg("%s: %d:%d: %s", table[i].text, why.line, why.column, why.text);
        }
        config_fini(&c);
    }
}

static void depth_is_no_danger(void **state)
{
    (void)state;
    static const char *const openings[] = {"[", "{a: ", "- "};
    for (size_t i = 0; i < ARRAY_LEN(openings); i++) {
        struct buf text = {0};
        buf_put_text(&text, "http: ");
        for (unsigned k = 0; k < 100000; k++) {
            buf_put_text(&text, openings[i]);
        }
        struct config c;
        struct config_error why;
        config_init_defaults(&c);
        expect_err(ERR_INVALID, config_read(buf_bytes(&text), &c, &why));
        assert_int_equal(why.line, 1);
        config_fini(&c);
        buf_fini(&text);
    }
}

static void lists_have_a_limit(void **state)
{
    (void)state;
    struct buf text = {0};
    struct config_error why;
    buf_put_text(&text, "mqtt:\n  brokers:\n");
    for (int i = 0; i < CONFIG_LIST_MAX; i++) {
        buf_printf(&text, "    - mqtt://a:%d\n", i + 1);
    }
    struct config c;
    config_init_defaults(&c);
    expect_ok(config_read(buf_bytes(&text), &c, &why));
    assert_int_equal(c.broker_count, CONFIG_LIST_MAX);
    config_fini(&c);
    buf_put_text(&text, "    - mqtt://a\n");
    config_init_defaults(&c);
    expect_err(ERR_INVALID, config_read(buf_bytes(&text), &c, &why));
    assert_string_equal(why.text, "brokers: expected at most 64");
    config_fini(&c);
    buf_fini(&text);
}

static void a_file_is_read_within_its_limit(void **state)
{
    (void)state;
    char path[] = "/tmp/telltale-config-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    struct config c;
    struct config_error why;
    config_init_defaults(&c);
    assert_int_equal(write(fd, "log: warn\n#", 11), 11);
    expect_ok(config_load(path, &c, &why));
    assert_int_equal(c.log_level, LOG_WARN);
    assert_int_equal(ftruncate(fd, CONFIG_FILE_MAX + 1), 0);
    expect_err(ERR_TOO_LARGE, config_load(path, &c, &why));
    assert_int_equal(why.line, 0);
    assert_non_null(strstr(why.text, "too large"));
    assert_int_equal(unlink(path), 0);
    expect_err(ERR_NOT_FOUND, config_load(path, &c, &why));
    assert_non_null(strstr(why.text, "not found"));
    assert_int_equal(close(fd), 0);
    config_fini(&c);
}

/* ---- mappings ---- */

static void expect_bad_mapping(const char *text, int line, int column, const char *begin)
{
    struct mappings *all = NULL;
    struct config_error why;
    assert_int_equal(mappings_parse(bytes_of_text(text), &all, &why), ERR_INVALID);
    if (why.line != line || why.column != column || strncmp(why.text, begin, strlen(begin)) != 0) {
        fail_msg("%s\n%d:%d: %s", text, why.line, why.column, why.text);
    }
}

static void mappings_are_read_from_yaml_and_json_in_three_forms(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t count;
    } cases[] = {
        {"topic: a/{device}\nscale: 2\ntrue: [UP, ON]\nfalse: DOWN\n", 1},
        {"{\"topic\": \"a/{device}\", \"true\": [\"UP\"], \"value\": \"$.v\"}", 1},
        {"[{\"topic\": \"a\"}, {\"topic\": \"b\", \"decoder\": \"ignore\"}]", 2},
        {"- topic: a\n- {topic: b}\n", 2},
        {"{\"mappings\": [{\"topic\": \"a\"}]}", 1},
        {"mappings:\n  - topic: a\n  - topic: b\n", 2},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct mappings *all = NULL;
        struct config_error why;
        if (mappings_parse(bytes_of_text(cases[i].text), &all, &why) != OK) {
            fail_msg("%s: %d:%d: %s", cases[i].text, why.line, why.column, why.text);
        }
        assert_int_equal(mappings_count(all), cases[i].count);
        mappings_free(all);
    }
}

static void a_bad_mapping_is_refused_at_its_place(void **state)
{
    (void)state;
    expect_bad_mapping("topic: a/b\nvalue: $.a[0]\n", 2, 8, "value: expected keys");
    expect_bad_mapping("topic: a/b\nvalue: $.a..b\n", 2, 8, "value: expected keys");
    expect_bad_mapping("topic: $share/g/a\n", 1, 8, "topic: expected a topic");
    expect_bad_mapping("topic: a/b\n\"true\": [x, y]\n\"false\": [z, x]\n", 3, 10,
                       "false: the word 'x'");
    expect_bad_mapping("- topic: a\n  sensr: x\n", 2, 3,
                       "unknown key 'sensr', did you mean 'sensor'?");
    expect_bad_mapping("- topic: a\n  sensor: \"{x}\"\n", 2, 11, "sensor: the topic has no {x}");
    expect_bad_mapping("- topic: a/#/b\n", 1, 10, "topic: expected nothing behind #");
    expect_bad_mapping("- sensor: a\n", 1, 3, "expected the key 'topic'");
    expect_bad_mapping("- topic: a\n- topic: b\n  decoder: sparkplug\n", 3, 12,
                       "decoder: did you mean 'sparkplug-b'?");
    expect_bad_mapping("- topic: a\n  topic: b\n", 2, 3, "the key 'topic' is here twice");
    expect_bad_mapping("- topic: a\n  scale: much\n", 2, 10, "scale: expected a number");
    expect_bad_mapping("- topic: a\n  value: [x]\n", 2, 10, "value: expected a text");
    expect_bad_mapping("- topic: a\n  true: [[x]]\n", 2, 10, "true: expected a text or a list");
    expect_bad_mapping("- topic: a\n  decoder: json\n  format: json\n", 3, 11,
                       "format: decoder is given already");
    expect_bad_mapping("- a\n", 1, 3, "mappings: expected keys such as");
    expect_bad_mapping("[", 2, 1, "not YAML:");
}

static void mappings_stand_in_the_settings_file(void **state)
{
    (void)state;
    struct config c = loaded("decode:\n  retained: store\n  mappings:\n    - topic: a\n"
                             "publish:\n  sparkplug_rebirth: true\n");
    assert_int_equal(mappings_count(c.mappings), 1);
    assert_int_equal(c.decode.retained, DECODE_RETAINED_STORE);
    assert_true(c.decode.sparkplug_rebirth && !c.decode.victron_keepalive);
    config_fini(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_in_it_means_the_defaults),
        cmocka_unit_test(the_example_loads_to_the_defaults),
        cmocka_unit_test(the_example_in_the_repository_is_the_generated_one),
        cmocka_unit_test(every_key_reaches_its_member),
        cmocka_unit_test(brokers_are_urls_or_mappings),
        cmocka_unit_test(a_broker_can_be_added_by_a_flag),
        cmocka_unit_test(what_is_wrong_is_told_by_line_column_and_words),
        cmocka_unit_test(depth_is_no_danger),
        cmocka_unit_test(lists_have_a_limit),
        cmocka_unit_test(a_file_is_read_within_its_limit),
        cmocka_unit_test(mappings_are_read_from_yaml_and_json_in_three_forms),
        cmocka_unit_test(a_bad_mapping_is_refused_at_its_place),
        cmocka_unit_test(mappings_stand_in_the_settings_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
