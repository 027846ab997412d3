/* SPDX-License-Identifier: Apache-2.0 */
/* A search over the fleet finds what its words and terms say, in the order that is asked for, done
 * in whatever pieces. */
#include "stage.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

/* Seven pumps with values of their own; one alert on the hottest; one offline; a fan without. */
static void fleet(struct stage *s)
{
    stage_init(s);
    (void)stage_rule(s, "pump-6", "temperature", 50);
    for (int i = 0; i < 7; i++) {
        char id[24];
        (void)snprintf(id, sizeof id, "pump-%d", i);
        stage_read(s, id, "temperature", i * 10, START + i);
        stage_turn(s);
        stage_wait(s, 1000);
    }
    stage_read(s, "Fan", "speed", 3, START);
    stage_turn(s);
    stage_tell(s, "pump-3", STATUS_OFFLINE);
    stage_turn(s);
}

/* The ids in order, with spaces between. */
static const char *found(struct stage *s, const char *filter, const char *sort, size_t steps)
{
    static char out[256];
    struct live_search *q =
        live_search_new(bytes_of_text(filter), bytes_of_text(sort), s->now.wall);
    assert_non_null(q);
    while (!live_search_step(q, s->follower, s->follows, steps)) {
    }
    out[0] = 0;
    for (uint32_t i = 0; i < live_search_count(q); i++) {
        const struct registry_device *d = registry_device(s->follower, live_search_at(q, i));
        (void)snprintf(out + strlen(out), sizeof out - strlen(out), "%s%s", i ? " " : "", d->key);
    }
    live_search_free(q);
    return out;
}

static void words_and_terms_find_what_they_say(void **state)
{
    static const struct {
        const char *filter, *ids;
    } asked[] = {
        {"", "Fan pump-0 pump-1 pump-2 pump-3 pump-4 pump-5 pump-6"},
        {"PUMP", "pump-0 pump-1 pump-2 pump-3 pump-4 pump-5 pump-6"},
        {"fan offline", ""},
        {"status:offline", "pump-3"},
        {"status:offline name:fan", ""},
        {"status:offline status:online id:pump",
         "pump-0 pump-1 pump-2 pump-3 pump-4 pump-5 pump-6"},
        {"temperature:>30", "pump-4 pump-5 pump-6"},
        {"temperature:>=30 temperature:<50", "pump-3 pump-4"},
        {"Temperature:20 temperature:40", "pump-2 pump-4"},
        {"temperature:warm", ""},
        {"alert:any", "pump-6"},
        {"alert:open", "pump-6"},
        {"alert:none fan", "Fan"},
        {"alert:info", ""},
        {"seen:<4s pump", "pump-3 pump-4 pump-5 pump-6"},
        {"seen:>1h", ""},
        {"\"pump-1\"", "pump-1"},
        {"\"pump 1\"", ""},
    };
    struct stage s;
    (void)state;
    fleet(&s);
    for (size_t i = 0; i < ARRAY_LEN(asked); i++) {
        const char *ids = found(&s, asked[i].filter, "name", 1000);
        if (strcmp(ids, asked[i].ids) != 0) {
            print_message("%s\n", asked[i].filter);
        }
        assert_string_equal(ids, asked[i].ids);
    }
    stage_fini(&s);
}

static void the_order_is_what_is_asked_for_and_who_has_no_value_is_last(void **state)
{
    struct stage s;
    (void)state;
    fleet(&s);
    assert_string_equal(found(&s, "", "-name", 1000),
                        "pump-6 pump-5 pump-4 pump-3 pump-2 pump-1 pump-0 Fan");
    assert_string_equal(found(&s, "", "sensor:temperature", 1000),
                        "pump-0 pump-1 pump-2 pump-3 pump-4 pump-5 pump-6 Fan");
    assert_string_equal(found(&s, "", "-sensor:temperature", 1000),
                        "pump-6 pump-5 pump-4 pump-3 pump-2 pump-1 pump-0 Fan");
    assert_string_equal(found(&s, "", "", 1000),
                        "pump-6 pump-3 Fan pump-0 pump-1 pump-2 pump-4 pump-5");
    assert_string_equal(found(&s, "pump", "-alert", 1000),
                        "pump-6 pump-0 pump-1 pump-2 pump-3 pump-4 pump-5");
    assert_null(live_search_new(BYTES(""), BYTES("colour"), START));
    stage_fini(&s);
}

static void it_is_the_same_in_pieces_of_every_size(void **state)
{
    static const char *const sorts[] = {"", "name", "-sensor:temperature", "seen", "status"};
    struct stage s;
    (void)state;
    fleet(&s);
    for (size_t i = 0; i < ARRAY_LEN(sorts); i++) {
        char whole[256];
        (void)snprintf(whole, sizeof whole, "%s", found(&s, "", sorts[i], 100000));
        for (size_t steps = 1; steps < 40; steps++) {
            assert_string_equal(found(&s, "", sorts[i], steps), whole);
        }
    }
    stage_fini(&s);
}

static void a_device_that_goes_while_it_is_sorted_is_passed_over(void **state)
{
    struct stage s;
    (void)state;
    fleet(&s);
    struct live_search *q = live_search_new(BYTES(""), BYTES("name"), s.now.wall);
    size_t turns = 0;
    while (!live_search_step(q, s.follower, s.follows, 1)) {
        if (++turns == 14) {
            stage_delete(&s, "pump-2");
            stage_turn(&s);
        }
    }
    assert_true(turns > 14);
    size_t there = 0;
    for (uint32_t i = 0; i < live_search_count(q); i++) {
        there += registry_device(s.follower, live_search_at(q, i)) != NULL;
    }
    assert_int_equal(there, 7);
    live_search_free(q);
    stage_fini(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_and_terms_find_what_they_say),
        cmocka_unit_test(the_order_is_what_is_asked_for_and_who_has_no_value_is_last),
        cmocka_unit_test(it_is_the_same_in_pieces_of_every_size),
        cmocka_unit_test(a_device_that_goes_while_it_is_sorted_is_passed_over),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
