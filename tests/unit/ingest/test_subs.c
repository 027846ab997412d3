/* SPDX-License-Identifier: Apache-2.0 */
#include "expect.h"

#include "ingest/subs.h"
#include "model/limits.h"
#include "proto/mqtt/mqtt.h"

static const struct hash_key key = {1, 2};

static size_t find(struct subs *s, const char *topic)
{
    const struct subs_hit *hits;
    return subs_match(s, bytes_of_text(topic), SUBS_NOBODY, &hits);
}

/* Subscribes with nothing but a QoS. */
static enum err add_filter(struct subs *s, uint32_t who, struct bytes filter, uint8_t qos)
{
    const struct subs_options options = {.qos = qos};
    bool is_new;
    return subs_add(s, who, filter, &options, &is_new);
}

static void add(struct subs *s, uint32_t who, const char *filter, uint8_t qos)
{
    assert_int_equal(add_filter(s, who, bytes_of_text(filter), qos), OK);
}

static void exact_and_wild_filters_are_found(void **state)
{
    (void)state;
    struct subs *s = subs_new(key);
    assert_int_equal(find(s, "a/b"), 0);
    add(s, 1, "a/b", 0);
    add(s, 2, "a/+", 0);
    add(s, 3, "a/#", 0);
    add(s, 4, "#", 0);
    add(s, 5, "+/b", 0);
    add(s, 6, "+/+/#", 0);
    add(s, 7, "a/b/", 0);
    assert_int_equal(find(s, "a/b"), 6);
    assert_int_equal(find(s, "a"), 2);
    assert_int_equal(find(s, "a/c"), 4);
    assert_int_equal(find(s, "a/b/"), 4);
    assert_int_equal(find(s, "b"), 1);
    assert_int_equal(find(s, "/"), 2);
    subs_free(s);
}

static void wildcards_in_first_place_do_not_see_dollar_topics(void **state)
{
    (void)state;
    struct subs *s = subs_new(key);
    add(s, 1, "#", 0);
    add(s, 2, "+/x", 0);
    assert_int_equal(find(s, "$SYS/x"), 0);
    add(s, 3, "$SYS/#", 0);
    add(s, 4, "$SYS/+", 0);
    assert_int_equal(find(s, "$SYS/x"), 2);
    assert_int_equal(find(s, "$SYS"), 1);
    subs_free(s);
}

static void a_subscriber_is_found_once_with_its_highest_qos(void **state)
{
    (void)state;
    struct subs *s = subs_new(key);
    const struct subs_hit *hits;
    add(s, 9, "a/#", 0);
    add(s, 9, "a/b", 1);
    add(s, 9, "#", 0);
    assert_int_equal(subs_match(s, BYTES("a/b"), SUBS_NOBODY, &hits), 1);
    assert_int_equal(hits[0].subscriber, 9);
    assert_int_equal(hits[0].qos, 1);
    subs_free(s);
}

static void subscribing_again_changes_the_qos(void **state)
{
    (void)state;
    struct subs *s = subs_new(key);
    const struct subs_hit *hits;
    add(s, 1, "t", 0);
    add(s, 1, "t", 1);
    assert_int_equal(subs_count(s), 1);
    assert_int_equal(subs_match(s, BYTES("t"), SUBS_NOBODY, &hits), 1);
    assert_int_equal(hits[0].qos, 1);
    add(s, 1, "t", 0);
    assert_int_equal(subs_match(s, BYTES("t"), SUBS_NOBODY, &hits), 1);
    assert_int_equal(hits[0].qos, 0);
    subs_free(s);
}

static void filters_beyond_the_limits_are_refused(void **state)
{
    (void)state;
    struct subs *s = subs_new(key);
    uint8_t text[LIMIT_TOPIC_BYTES + 1];
    memset(text, 'x', sizeof text);
    assert_int_equal(add_filter(s, 1, bytes_of(text, sizeof text), 0), ERR_TOO_LARGE);
    assert_int_equal(add_filter(s, 1, bytes_of(text, LIMIT_TOPIC_BYTES), 0), OK);
    memset(text, '/', sizeof text);
    assert_int_equal(add_filter(s, 1, bytes_of(text, LIMIT_TOPIC_LEVELS), 0), ERR_TOO_DEEP);
    assert_int_equal(add_filter(s, 1, bytes_of(text, LIMIT_TOPIC_LEVELS - 1), 0), OK);
    for (int i = 2; i < LIMIT_SUBSCRIPTIONS_PER_SESSION; i++) {
        char filter[32];
        (void)snprintf(filter, sizeof filter, "f/%d", i);
        add(s, 1, filter, 0);
    }
    assert_int_equal(add_filter(s, 1, BYTES("one more"), 0), ERR_FULL);
    assert_int_equal(add_filter(s, 2, BYTES("one more"), 0), OK);
    subs_remove_all(s, 1);
    assert_int_equal(subs_count(s), 1);
    assert_int_equal(add_filter(s, 1, BYTES("one more"), 0), OK);
    subs_free(s);
}

/* ---- against a plain list matched by mqtt_match ---- */

#define PEOPLE  8
#define FILTERS 40

static const char *const levels[] = {"a", "b", "", "$x", "+", "#"};

struct listed {
    char filter[32];
    bool on[PEOPLE];
};

static uint32_t roll(uint64_t *seed, uint32_t sides)
{
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(*seed >> 33) % sides;
}

/* A filter, or a topic when `kinds` leaves the wildcards out; not always a valid one. */
static void make_name(uint64_t *seed, uint32_t kinds, char out[32])
{
    uint32_t depth = 1 + roll(seed, 4);
    out[0] = '\0';
    size_t len = 0;
    for (uint32_t i = 0; i < depth; i++) {
        len +=
            (size_t)snprintf(out + len, 32 - len, "%s%s", i ? "/" : "", levels[roll(seed, kinds)]);
    }
}

static void make_filters(uint64_t *seed, struct listed list[FILTERS])
{
    for (size_t i = 0; i < FILTERS;) {
        list[i] = (struct listed){0};
        make_name(seed, 6, list[i].filter);
        bool fresh = mqtt_filter_valid(bytes_of_text(list[i].filter));
        for (size_t k = 0; k < i; k++) {
            fresh = fresh && strcmp(list[k].filter, list[i].filter) != 0;
        }
        i += fresh;
    }
}

static void compare(struct subs *s, const struct listed list[FILTERS], const char *topic)
{
    const struct subs_hit *hits;
    bool expected[PEOPLE] = {false};
    bool found[PEOPLE] = {false};
    for (size_t i = 0; i < FILTERS; i++) {
        bool matches = mqtt_match(bytes_of_text(list[i].filter), bytes_of_text(topic));
        for (size_t p = 0; p < PEOPLE; p++) {
            expected[p] |= matches && list[i].on[p];
        }
    }
    size_t n = subs_match(s, bytes_of_text(topic), SUBS_NOBODY, &hits);
    for (size_t i = 0; i < n; i++) {
        assert_false(found[hits[i].subscriber]);
        found[hits[i].subscriber] = true;
    }
    assert_memory_equal(found, expected, sizeof found);
}

static void change_one(struct subs *s, struct listed list[FILTERS], uint64_t *seed)
{
    uint32_t who = roll(seed, PEOPLE);
    struct listed *x = &list[roll(seed, FILTERS)];
    if (roll(seed, 40) == 0) {
        subs_remove_all(s, who);
        for (size_t i = 0; i < FILTERS; i++) {
            list[i].on[who] = false;
        }
    } else if (roll(seed, 2)) {
        add(s, who, x->filter, 0);
        x->on[who] = true;
    } else {
        subs_remove(s, who, bytes_of_text(x->filter));
        x->on[who] = false;
    }
}

static void the_index_agrees_with_matching_one_by_one(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 20; seed++) {
        uint64_t random = seed * 0x9e3779b97f4a7c15u;
        struct listed list[FILTERS];
        struct subs *s = subs_new(key);
        make_filters(&random, list);
        for (int step = 0; step < 500; step++) {
            char topic[32];
            change_one(s, list, &random);
            make_name(&random, 4, topic);
            if (topic[0]) {
                compare(s, list, topic);
            }
        }
        subs_free(s);
    }
}

static void an_emptied_index_gives_its_nodes_back(void **state)
{
    (void)state;
    struct subs *s = subs_new(key);
    for (int round = 0; round < 3; round++) {
        for (uint32_t who = 0; who < 100; who++) {
            char filter[32];
            (void)snprintf(filter, sizeof filter, "d/%u/+/cmd/#", who);
            add(s, who, filter, 1);
        }
        assert_int_equal(find(s, "d/42/x/cmd/reboot"), 1);
        for (uint32_t who = 0; who < 100; who++) {
            subs_remove_all(s, who);
        }
        assert_int_equal(subs_count(s), 0);
        assert_int_equal(find(s, "d/42/x/cmd/reboot"), 0);
    }
    subs_free(s);
}

/* Whom a message to `topic` reaches, one of them only. */
static uint32_t only_hit(struct subs *s, const char *topic)
{
    const struct subs_hit *hits;
    assert_int_equal(subs_match(s, bytes_of_text(topic), SUBS_NOBODY, &hits), 1);
    return hits[0].subscriber;
}

static void a_share_gives_each_message_to_one_member_in_turn(void **state)
{
    (void)state;
    struct subs *s = subs_new(key);
    unsigned got[4] = {0};
    add(s, 1, "$share/g/a/+", 0);
    add(s, 2, "$share/g/a/+", 0);
    add(s, 3, "$share/g/a/+", 0);
    for (int i = 0; i < 30; i++) {
        got[only_hit(s, "a/b")]++;
    }
    assert_true(got[1] == 10 && got[2] == 10 && got[3] == 10);
    subs_set_live(s, 2, false);
    for (int i = 0; i < 30; i++) {
        got[only_hit(s, "a/b")]++;
    }
    assert_int_equal(got[2], 10);
    subs_set_live(s, 1, false);
    subs_set_live(s, 3, false);
    (void)only_hit(s, "a/b"); /* somebody keeps it */
    assert_true(subs_remove(s, 3, BYTES("$share/g/a/+")));
    assert_false(subs_remove(s, 3, BYTES("$share/g/a/+")));
    assert_false(subs_remove(s, 1, BYTES("$share/h/a/+")));
    subs_remove_all(s, 1);
    assert_int_equal(only_hit(s, "a/b"), 2);
    subs_remove_all(s, 2);
    assert_int_equal(find(s, "a/b"), 0);
    assert_int_equal(subs_count(s), 0);
    subs_free(s);
}

static void shares_and_own_filters_are_deliveries_of_their_own(void **state)
{
    (void)state;
    struct subs *s = subs_new(key);
    add(s, 1, "$share/g/a/#", 0);
    add(s, 1, "$share/h/a/#", 0);
    add(s, 1, "a/b", 0);
    add(s, 1, "#", 0);
    assert_int_equal(find(s, "a/b"), 3);
    assert_int_equal(find(s, "$share/g/a/b"), 0);
    subs_free(s);
}

static void options_of_all_filters_that_match_come_together(void **state)
{
    (void)state;
    struct subs *s = subs_new(key);
    const struct subs_options first = {.id = 7, .qos = 0, .retain_as_published = true};
    const struct subs_options second = {.id = 9, .qos = 2, .no_local = true};
    const struct subs_hit *hits;
    bool is_new;
    expect_ok(subs_add(s, 5, BYTES("a/+"), &first, &is_new));
    assert_true(is_new);
    expect_ok(subs_add(s, 5, BYTES("a/#"), &second, &is_new));
    expect_ok(subs_add(s, 5, BYTES("a/#"), &second, &is_new));
    assert_false(is_new);
    assert_int_equal(subs_match(s, BYTES("a/b"), SUBS_NOBODY, &hits), 1);
    assert_true(hits[0].qos == 2 && hits[0].retain_as_published);
    uint32_t at = hits[0].ids;
    uint32_t id;
    uint32_t sum = 0;
    while (subs_next_id(s, &at, &id)) {
        sum += id;
    }
    assert_int_equal(sum, 16);
    assert_int_equal(subs_match(s, BYTES("a/b"), 5, &hits), 1);
    assert_int_equal(hits[0].qos, 0);
    subs_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_share_gives_each_message_to_one_member_in_turn),
        cmocka_unit_test(shares_and_own_filters_are_deliveries_of_their_own),
        cmocka_unit_test(options_of_all_filters_that_match_come_together),
        cmocka_unit_test(exact_and_wild_filters_are_found),
        cmocka_unit_test(wildcards_in_first_place_do_not_see_dollar_topics),
        cmocka_unit_test(a_subscriber_is_found_once_with_its_highest_qos),
        cmocka_unit_test(subscribing_again_changes_the_qos),
        cmocka_unit_test(filters_beyond_the_limits_are_refused),
        cmocka_unit_test(the_index_agrees_with_matching_one_by_one),
        cmocka_unit_test(an_emptied_index_gives_its_nodes_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
