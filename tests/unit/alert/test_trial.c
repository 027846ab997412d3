/* SPDX-License-Identifier: Apache-2.0 */
/* A back-test tells what the engine would have told: the same rule over the same readings, once
 * second by second with ticks, once all at once. */
#include "engine.h"

#define READINGS 400

struct story {
    wall_ms times[READINGS];
    double values[READINGS];
    wall_ms end;
};

static const char *const rules[] = {
    "\"condition\":\"greater_than\",\"threshold\":5",
    "\"condition\":\"greater_than\",\"threshold\":5,\"for\":\"7s\"",
    "\"condition\":\"less_than\",\"threshold\":3,\"hysteresis\":2,\"for\":\"3s\"",
    "\"condition\":\"outside\",\"low\":2,\"high\":7,\"clear_for\":\"11s\"",
    "\"condition\":\"between\",\"low\":2,\"high\":7,\"for\":\"20s\",\"clear_for\":\"5s\"",
    "\"condition\":\"greater_than\",\"threshold\":5,\"times\":{\"n\":3,\"in\":\"30s\"}",
    "\"condition\":\"greater_than\",\"threshold\":5,\"window\":\"40s\",\"function\":\"mean\"",
    "\"condition\":\"rate_of_change\",\"low\":-1,\"high\":1,\"per\":\"second\"",
    "\"condition\":\"no_data\",\"window\":\"9s\"",
    "\"condition\":\"no_data\",\"window\":\"5s\",\"for\":\"4s\"",
};

static void tell(struct story *s, uint64_t *random)
{
    wall_ms at = START;
    for (size_t i = 0; i < READINGS; i++) {
        uint64_t r = expect_random(random);
        at += i == 0 ? 0 : 1000 * (1 + (wall_ms)(r % 16 < 12 ? r % 3 : r % 14));
        s->times[i] = at;
        s->values[i] = (double)(r >> 20 & 7) + (double)(r >> 30 & 3) / 4;
    }
    s->end = at + 1;
}

/* The engine's firings, whether they ended or not. */
static size_t live(const struct story *s, const char *json, struct alert_firing *out)
{
    struct bench b;
    size_t count = 0, i = 0;
    bench_init(&b);
    b.config.flap_after = alert_defaults.flap_after;
    bench_renew(&b);
    bench_series(&b, 0, "pump", "t");
    (void)bench_command(&b, rule_of(json), OK, NULL);
    for (wall_ms now = START; now < s->end; now += 1000) {
        bench_turn(&b, now);
        alert_tick(b.e, now, b.out);
        for (; i < READINGS && s->times[i] <= now; i++) {
            bench_read(&b, 0, s->values[i]);
        }
        for (size_t k = 0; k < b.out->alert_count; k++) {
            const struct alert_change *a = &b.out->alerts[k];
            if (a->transition == ALERT_CREATED) {
                out[count++] = (struct alert_firing){.from = a->created, .to = s->end};
            } else if (a->transition == ALERT_RESOLVED) {
                out[count - 1].to = a->resolved;
            }
        }
    }
    bench_fini(&b);
    return count;
}

static void the_past_tells_what_the_present_would_have(void **state)
{
    (void)state;
    uint64_t random = expect_seed();
    static struct story s;
    static struct alert_firing fired[READINGS];
    uint64_t all = 0;
    for (unsigned round = 0; round < 10; round++) {
        tell(&s, &random);
        for (size_t k = 0; k < ARRAY_LEN(rules); k++) {
            char json[512];
            struct document_fault why;
            snprintf(json, sizeof json, "{\"deviceId\":\"pump\",\"sensorType\":\"t\",%s}",
                     rules[k]);
            struct alert_definition *d = alert_definition_parse(bytes_of_text(json), &why);
            assert_non_null(d);
            struct alert_device device = {0};
            struct alert_trial *t = alert_trial_new(d, &device);
            size_t half = READINGS / 3; /* in pieces, as the store gives them */
            alert_trial_read(t, "t", s.times, s.values, half);
            alert_trial_read(t, "t", s.times + half, s.values + half, READINGS - half);
            const struct alert_trial_result *r = alert_trial_end(t, s.end);
            size_t count = live(&s, json, fired);
            if (r->count != count) {
                print_message("%s: %llu, not %zu\n", rules[k], (unsigned long long)r->count, count);
            }
            assert_int_equal(r->count, count);
            for (size_t i = 0; i < count; i++) {
                assert_true(r->firings[i].from == fired[i].from);
                assert_true(r->firings[i].to == fired[i].to);
            }
            all += count;
            alert_trial_free(t);
            alert_definition_free(d);
        }
    }
    print_message("%llu firings\n", (unsigned long long)all);
    assert_true(all > 300);
}

static void it_says_how_often_how_long_and_how_far(void **state)
{
    (void)state;
    struct document_fault why;
    struct alert_definition *d = alert_definition_parse(
        BYTES("{\"deviceId\":\"p\",\"sensorType\":\"t\",\"condition\":\"greater_than\","
              "\"threshold\":30}"),
        &why);
    struct alert_device device = {0};
    struct alert_trial *t = alert_trial_new(d, &device);
    const wall_ms times[] = {0, 10, 20, 30, 40, 50, 60};
    const double values[] = {31, 45, 33, 1, 1, 99, 32};
    alert_trial_read(t, "other", times, values, 7);
    alert_trial_read(t, "t", times, values, 7);
    const struct alert_trial_result *r = alert_trial_end(t, 100);
    assert_int_equal(r->count, 2);
    assert_int_equal(r->total_ms, 30 + 50);
    assert_int_equal(r->longest_ms, 50);
    assert_true(r->firings[0].peak == 45 && r->firings[1].peak == 99);
    assert_true(r->firings[1].from == 50 && r->firings[1].to == 100);
    alert_trial_free(t);
    alert_definition_free(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_past_tells_what_the_present_would_have),
        cmocka_unit_test(it_says_how_often_how_long_and_how_far),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
