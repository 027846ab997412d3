/* SPDX-License-Identifier: Apache-2.0 */
/* Who is told when: the behaviours that people know from Alertmanager (Retry, Batching, Resolved,
 * Repeat, MergeAlerts), budgets, escalation and what ends it. The clock is the test's. */
#include "notify_world.h"

#include "notify/outbox.h"

#define HOOK         "{\"type\":\"webhook\",\"url\":\"https://example.org/x\"}"
#define MAIL         "{\"type\":\"email\",\"to\":[\"ops@example.org\"]}"
#define FIRES(id)    world_alert_is(&w, id, SEVERITY_WARNING, ALERT_STATE_FIRING)
#define CRITICAL(id) world_alert_is(&w, id, SEVERITY_CRITICAL, ALERT_STATE_FIRING)
#define RESOLVES(id) world_alert_is(&w, id, SEVERITY_WARNING, ALERT_STATE_RESOLVED)
#define ACKED(id)    world_alert_is(&w, id, SEVERITY_WARNING, ALERT_STATE_ACKNOWLEDGED)
#define MINUTES(n)   ((n)*60000)

static void by_default_critical_goes_by_mail_and_all_to_hooks_and_browsers(void **state)
{
    (void)state;
    struct world w;
    world_init(&w);
    world_put(&w, DOCUMENT_CHANNEL, "mail", MAIL);
    world_put(&w, DOCUMENT_CHANNEL, "hook", HOOK);
    FIRES("a1");
    expect_sends(&w, "hook:a1;");
    CRITICAL("a2");
    expect_sends(&w, "mail:a2;hook:a2;");
    world_fini(&w);
}

static void first_of_a_group_goes_at_once_and_later_ones_wait_together(void **state)
{
    (void)state;
    struct world w;
    world_init(&w);
    world_put(&w, DOCUMENT_CHANNEL, "hook", HOOK);
    FIRES("a1");
    FIRES("a2");
    expect_sends(&w, "hook:a1;");
    w.now += MINUTES(1);
    FIRES("a3");
    expect_sends(&w, "");
    assert_int_equal(notify_outbox_wake(&w.outbox, w.now), WORLD_BEGIN + MINUTES(5));
    w.now = WORLD_BEGIN + MINUTES(5) - 1;
    expect_sends(&w, "");
    w.now++;
    expect_sends(&w, "hook:a2,a3;");
    FIRES("a4");
    w.now += MINUTES(5) - 1;
    expect_sends(&w, "");
    w.now++;
    expect_sends(&w, "hook:a4;");
    w.now += MINUTES(5);
    FIRES("a5");
    expect_sends(&w, "hook:a5;");
    world_fini(&w);
}

static void critical_alert_never_waits_for_lesser_ones(void **state)
{
    (void)state;
    struct world w;
    world_init(&w);
    world_put(&w, DOCUMENT_CHANNEL, "hook", HOOK);
    FIRES("a1");
    FIRES("a2");
    CRITICAL("a3");
    expect_sends(&w, "hook:a1;hook:a3;");
    world_fini(&w);
}

static void end_is_told_to_those_who_heard_the_beginning_and_once(void **state)
{
    (void)state;
    struct world w;
    world_init(&w);
    world_put(&w, DOCUMENT_CHANNEL, "hook", HOOK);
    world_put(&w, DOCUMENT_CHANNEL, "quiet",
              "{\"type\":\"webhook\",\"url\":\"https://x\",\"resolved\":false}");
    FIRES("a1");
    expect_sends(&w, "hook:a1;quiet:a1;");
    w.now += MINUTES(6);
    RESOLVES("a1");
    RESOLVES("a1");
    expect_sends(&w, "hook:a1;");
    RESOLVES("a1");
    expect_sends(&w, "");
    RESOLVES("never-told");
    expect_sends(&w, "");
    assert_int_equal(w.outbox.count, 0);
    world_fini(&w);
}

static void alert_that_ends_while_it_waits_is_one_message_that_says_so(void **state)
{
    (void)state;
    struct world w;
    struct notify_due due;
    world_init(&w);
    world_put(&w, DOCUMENT_CHANNEL, "hook", HOOK);
    FIRES("a1");
    FIRES("a2");
    expect_sends(&w, "hook:a1;");
    RESOLVES("a2");
    w.now += MINUTES(5);
    assert_true(notify_outbox_next(&w.outbox, &w.book, w.now, &due));
    assert_int_equal(due.count, 1);
    assert_non_null(strstr(due.rows[0]->payload, "\"state\":\"resolved\""));
    world_done(&w, due.number, OUTCOME_SENT);
    expect_sends(&w, "");
    world_fini(&w);
}

static void same_change_twice_is_told_once(void **state)
{
    (void)state;
    struct world w;
    world_init(&w);
    world_put(&w, DOCUMENT_CHANNEL, "hook", HOOK);
    FIRES("a1");
    FIRES("a1");
    expect_sends(&w, "hook:a1;");
    FIRES("a1");
    w.now += MINUTES(60);
    expect_sends(&w, "");
    world_fini(&w);
}

static void alert_raised_to_critical_is_told_again(void **state)
{
    (void)state;
    struct world w;
    world_init(&w);
    world_put(&w, DOCUMENT_CHANNEL, "hook", HOOK);
    FIRES("a1");
    expect_sends(&w, "hook:a1;");
    CRITICAL("a1");
    expect_sends(&w, "hook:a1;");
    FIRES("a1");
    expect_sends(&w, "");
    world_fini(&w);
}

static void nothing_is_sent_before_it_is_durable(void **state)
{
    (void)state;
    struct world w;
    struct notify_due due;
    world_init(&w);
    world_put(&w, DOCUMENT_CHANNEL, "hook", HOOK);
    struct notify_alert a = world_alert("a1", SEVERITY_WARNING, ALERT_STATE_FIRING);
    struct notify_plan plan = {.book = &w.book, .alert = &a};
    struct outbox_write *write = notify_outbox_alert(&w.outbox, &plan, w.now);
    assert_non_null(write);
    assert_false(notify_outbox_next(&w.outbox, &w.book, w.now, &due));
    notify_outbox_saved(&w.outbox, write->number);
    assert_true(notify_outbox_next(&w.outbox, &w.book, w.now, &due));
    outbox_write_free(write);
    world_fini(&w);
}

/* Retry: of two hooks one fails; the good one hears it once, the bad one in the end. */
static void hook_that_fails_is_tried_again_and_the_other_hears_it_once(void **state)
{
    (void)state;
    struct world w;
    struct notify_due due;
    world_init(&w);
    world_put(&w, DOCUMENT_CHANNEL, "bad", HOOK);
    world_put(&w, DOCUMENT_CHANNEL, "good", HOOK);
    FIRES("a1");
    assert_true(notify_outbox_next(&w.outbox, &w.book, w.now, &due));
    assert_string_equal(due.channel_id, "bad");
    world_done(&w, due.number, OUTCOME_RETRY);
    expect_sends(&w, "good:a1;");
    w.now += 4990;
    expect_sends(&w, "");
    w.now += 11;
    assert_true(notify_outbox_next(&w.outbox, &w.book, w.now, &due));
    world_done(&w, due.number, OUTCOME_RETRY);
    w.now += 10001;
    expect_sends(&w, "bad:a1;");
    w.now += MINUTES(100);
    expect_sends(&w, "");
    world_fini(&w);
}

static void what_is_refused_is_not_tried_again_and_makes_trouble_once(void **state)
{
    (void)state;
    struct world w;
    struct notify_due due;
    struct notify_trouble t;
    world_init(&w);
    world_put(&w, DOCUMENT_CHANNEL, "hook", HOOK);
    FIRES("a1");
    assert_true(notify_outbox_next(&w.outbox, &w.book, w.now, &due));
    world_done(&w, due.number, OUTCOME_REFUSED);
    assert_true(notify_outbox_trouble(&w.outbox, &t));
    assert_true(t.dead);
    assert_string_equal(t.channel, "hook");
    assert_false(notify_outbox_trouble(&w.outbox, &t));
    w.now += MINUTES(60);
    expect_sends(&w, "");
    CRITICAL("a2");
    expect_sends(&w, "hook:a2;");
    assert_true(notify_outbox_trouble(&w.outbox, &t));
    assert_false(t.dead);
    assert_false(notify_outbox_trouble(&w.outbox, &t));
    world_fini(&w);
}

static void after_a_day_it_is_given_up(void **state)
{
    (void)state;
    struct world w;
    struct notify_due due;
    world_init(&w);
    world_put(&w, DOCUMENT_CHANNEL, "hook", HOOK);
    FIRES("a1");
    unsigned tries = 0;
    for (; w.now < WORLD_BEGIN + MINUTES(60 * 30); w.now += 1000) {
        if (notify_outbox_next(&w.outbox, &w.book, w.now, &due)) {
            tries++;
            world_done(&w, due.number, OUTCOME_RETRY);
        }
    }
    assert_int_equal(w.outbox.waiting, 0);
    /* 5, 10, ... 2560 s, then each hour of the rest of the day. */
    assert_in_range(tries, 30, 36);
    world_fini(&w);
}

static void dead_channel_is_asked_one_message_at_a_time(void **state)
{
    (void)state;
    struct world w;
    struct notify_due due;
    world_init(&w);
    world_put(&w, DOCUMENT_CHANNEL, "hook", HOOK);
    world_put(&w, DOCUMENT_ROUTE, "all", "{\"to\":[\"channel:hook\"],\"group\":\"none\"}");
    FIRES("a1");
    assert_true(notify_outbox_next(&w.outbox, &w.book, w.now, &due));
    world_done(&w, due.number, OUTCOME_RETRY);
    FIRES("a2");
    FIRES("a3");
    assert_false(notify_outbox_next(&w.outbox, &w.book, w.now, &due));
    w.now += 6000;
    assert_true(notify_outbox_next(&w.outbox, &w.book, w.now, &due));
    struct notify_due second;
    assert_false(notify_outbox_next(&w.outbox, &w.book, w.now, &second));
    world_done(&w, due.number, OUTCOME_SENT);
    expect_sends(&w, "hook:a3;hook:a1;");
    world_fini(&w);
}

static void steps_come_while_nobody_acknowledges_and_end_when_somebody_does(void **state)
{
    (void)state;
    struct world w;
    world_init(&w);
    world_put(&w, DOCUMENT_CHANNEL, "hook", HOOK);
    world_put(&w, DOCUMENT_CHANNEL, "boss", HOOK);
    world_put(&w, DOCUMENT_ROUTE, "r",
              "{\"to\":[\"channel:hook\"],\"group\":\"none\",\"steps\":["
              "{\"after\":\"10m\",\"to\":[\"channel:boss\"]},"
              "{\"after\":\"20m\",\"to\":[\"channel:hook\",\"channel:boss\"]}]}");
    FIRES("a1");
    FIRES("a2");
    expect_sends(&w, "hook:a1;hook:a2;");
    w.now += MINUTES(10) - 1;
    expect_sends(&w, "");
    w.now += 1;
    expect_sends(&w, "boss:a1;boss:a2;");
    ACKED("a1");
    w.now += MINUTES(10);
    expect_sends(&w, "hook:a2;boss:a2;");
    w.now += MINUTES(60);
    expect_sends(&w, "");
    world_fini(&w);
}

static void repeat_comes_until_somebody_acknowledges(void **state)
{
    (void)state;
    struct world w;
    world_init(&w);
    world_put(&w, DOCUMENT_CHANNEL, "hook", HOOK);
    world_put(&w, DOCUMENT_ROUTE, "r", "{\"to\":[\"channel:hook\"],\"repeat\":\"30m\"}");
    FIRES("a1");
    expect_sends(&w, "hook:a1;");
    for (int i = 0; i < 3; i++) {
        w.now += MINUTES(30) - 1;
        expect_sends(&w, "");
        w.now += 1;
        expect_sends(&w, "hook:a1;");
        assert_int_equal(w.outbox.count, 2); /* the first word, and the next */
    }
    ACKED("a1");
    w.now += MINUTES(100);
    expect_sends(&w, "");
    world_fini(&w);
}

static void what_is_taken_back_is_told_again_with_its_steps(void **state)
{
    (void)state;
    struct world w;
    world_init(&w);
    world_put(&w, DOCUMENT_CHANNEL, "hook", HOOK);
    world_put(&w, DOCUMENT_CHANNEL, "boss", HOOK);
    world_put(&w, DOCUMENT_ROUTE, "r",
              "{\"to\":[\"channel:hook\"],\"group\":\"none\",\"steps\":["
              "{\"after\":\"10m\",\"to\":[\"channel:boss\"]}]}");
    FIRES("a1");
    expect_sends(&w, "hook:a1;");
    ACKED("a1");
    w.now += MINUTES(1);
    FIRES("a1");
    expect_sends(&w, "hook:a1;");
    w.now += MINUTES(10);
    expect_sends(&w, "boss:a1;");
    FIRES("a1");
    expect_sends(&w, "");
    world_fini(&w);
}

static void repeat_goes_on_after_a_restart(void **state)
{
    (void)state;
    struct world w;
    world_init(&w);
    world_put(&w, DOCUMENT_CHANNEL, "hook", HOOK);
    world_put(&w, DOCUMENT_ROUTE, "r", "{\"to\":[\"channel:hook\"],\"repeat\":\"30m\"}");
    FIRES("a1");
    expect_sends(&w, "hook:a1;");
    struct notify_outbox next = {.retry_ms = 5000};
    for (size_t i = 0; i < w.outbox.count; i++) {
        notify_outbox_load(&next, outbox_row_copy(w.outbox.items[i].row));
    }
    notify_outbox_fini(&w.outbox);
    w.outbox = next;
    for (int i = 0; i < 3; i++) {
        w.now += MINUTES(30);
        expect_sends(&w, "hook:a1;");
    }
    world_fini(&w);
}

static void channel_that_was_mended_is_tried_at_once(void **state)
{
    (void)state;
    struct world w;
    struct notify_due due;
    struct notify_trouble t;
    world_init(&w);
    world_put(&w, DOCUMENT_CHANNEL, "hook", HOOK);
    for (int i = 0; i < 5; i++) {
        char id[16];
        (void)snprintf(id, sizeof id, "a%d", i);
        CRITICAL(id);
        w.now += MINUTES(60);
        assert_true(notify_outbox_next(&w.outbox, &w.book, w.now, &due));
        world_done(&w, due.number, OUTCOME_RETRY);
    }
    assert_true(notify_outbox_trouble(&w.outbox, &t));
    assert_true(t.dead);
    expect_sends(&w, "");
    notify_outbox_renew_channel(&w.outbox, BYTES("hook"));
    assert_true(notify_outbox_trouble(&w.outbox, &t));
    assert_false(t.dead);
    assert_true(notify_outbox_wake(&w.outbox, w.now) <= w.now);
    world_fini(&w);
}

static void channels_that_came_and_went_are_forgotten(void **state)
{
    (void)state;
    struct world w;
    char got[256], id[24], channel[24];
    world_init(&w);
    for (int i = 0; i < 600; i++) {
        (void)snprintf(channel, sizeof channel, "hook-%d", i);
        (void)snprintf(id, sizeof id, "a%d", i);
        world_put(&w, DOCUMENT_CHANNEL, channel, HOOK);
        world_alert_is(&w, id, SEVERITY_CRITICAL, ALERT_STATE_FIRING);
        world_send(&w, got, sizeof got);
        assert_true(strncmp(got, "hook-", 5) == 0);
        world_alert_is(&w, id, SEVERITY_CRITICAL, ALERT_STATE_RESOLVED);
        world_send(&w, got, sizeof got);
        world_put(&w, DOCUMENT_CHANNEL, channel, "");
        w.now += MINUTES(30);
    }
    assert_true(w.outbox.gate_count <= 256);
    world_fini(&w);
}

static void muted_alert_is_not_told_and_one_that_wakes_is(void **state)
{
    (void)state;
    struct world w;
    world_init(&w);
    world_put(&w, DOCUMENT_CHANNEL, "hook", HOOK);
    struct notify_alert a = world_alert("a1", SEVERITY_WARNING, ALERT_STATE_FIRING);
    a.quiet = true;
    world_tell(&w, &a);
    expect_sends(&w, "");
    a.quiet = false;
    world_tell(&w, &a);
    expect_sends(&w, "hook:a1;");
    a.quiet = true;
    world_tell(&w, &a);
    w.now += MINUTES(60);
    a.quiet = false;
    world_tell(&w, &a);
    expect_sends(&w, "hook:a1;");
    world_tell(&w, &a);
    expect_sends(&w, "");
    world_fini(&w);
}

static void beyond_its_budget_a_channel_gets_one_digest(void **state)
{
    (void)state;
    struct world w;
    char id[16];
    world_init(&w);
    world_put(&w, DOCUMENT_CHANNEL, "mail", "{\"type\":\"email\",\"to\":[\"a@b\"],\"budget\":2}");
    world_put(&w, DOCUMENT_ROUTE, "r", "{\"to\":[\"email\"],\"group\":\"none\"}");
    for (int i = 1; i <= 5; i++) {
        (void)snprintf(id, sizeof id, "a%d", i);
        FIRES(id);
    }
    expect_sends(&w, "mail:a1;mail:a2;");
    CRITICAL("c1");
    expect_sends(&w, "mail:c1;");
    w.now += MINUTES(60) - 1;
    expect_sends(&w, "");
    w.now += 1;
    expect_sends(&w, "digest mail:a3,a4,a5;");
    world_fini(&w);
}

static void routes_choose_by_severity_rule_device_and_tag(void **state)
{
    (void)state;
    static const struct {
        const char *match;
        bool told;
    } cases[] = {
        {"{}", true},
        {"{\"severity\":[\"warning\"]}", true},
        {"{\"severity\":[\"info\",\"critical\"]}", false},
        {"{\"rules\":[\"r1\"]}", true},
        {"{\"rules\":[\"r2\"]}", false},
        {"{\"devices\":[\"boiler-1\"]}", true},
        {"{\"devices\":[\"boiler-2\"]}", false},
        {"{\"tags\":[\"cold\"]}", true},
        {"{\"tags\":[\"hall\",\"north\"]}", true},
        {"{\"tags\":[\"south\"]}", false},
        {"{\"tags\":[\"cold\"],\"severity\":[\"info\"]}", false},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct world w;
        char route[256];
        world_init(&w);
        world_put(&w, DOCUMENT_CHANNEL, "hook", HOOK);
        world_put(&w, DOCUMENT_CHANNEL, "off",
                  "{\"type\":\"webhook\",\"url\":\"https://x\",\"enabled\":false}");
        (void)snprintf(route, sizeof route,
                       "{\"match\":%s,\"to\":[\"channel:hook\",\"channel:off\",\"channel:gone\"]}",
                       cases[i].match);
        world_put(&w, DOCUMENT_ROUTE, "r", route);
        world_put(&w, DOCUMENT_ROUTE, "rest", "{\"to\":[\"push\"]}");
        struct notify_alert a = world_alert("a1", SEVERITY_WARNING, ALERT_STATE_FIRING);
        a.tags = BYTES("cold\0north\0");
        world_tell(&w, &a);
        expect_sends(&w, cases[i].told ? "hook:a1;" : "");
        world_fini(&w);
    }
}

static void rule_may_bring_a_route_of_its_own(void **state)
{
    (void)state;
    struct world w;
    world_init(&w);
    world_put(&w, DOCUMENT_CHANNEL, "hook", HOOK);
    world_put(&w, DOCUMENT_CHANNEL, "own", HOOK);
    world_put(&w, DOCUMENT_ROUTE, "all", "{\"to\":[\"channel:hook\"]}");
    notify_book_rule(&w.book, BYTES("r1"),
                     BYTES("{\"name\":\"x\",\"notify\":{\"to\":[\"channel:own\"]}}"));
    FIRES("a1");
    expect_sends(&w, "own:a1;");
    notify_book_rule(&w.book, BYTES("r1"), BYTES("{\"notify\":{\"to\":[\"nobody\"]}}"));
    FIRES("a2");
    expect_sends(&w, "hook:a2;");
    notify_book_rule(&w.book, BYTES("r1"), (struct bytes){0});
    world_fini(&w);
}

static uint32_t minutes_now;

static enum err local(const char *zone, wall_ms now, uint32_t *minutes)
{
    (void)now;
    *minutes = minutes_now;
    return zone && strcmp(zone, "Nowhere/At_All") == 0 ? ERR_NOT_FOUND : OK;
}

static void routes_choose_by_hour_and_day(void **state)
{
    (void)state;
#define AT(day, hour, minute) ((day)*1440 + (hour)*60 + (minute))
    static const struct {
        const char *hours;
        uint32_t minutes;
        bool told;
    } cases[] = {
        {"{\"from\":\"08:00\",\"to\":\"17:00\"}", AT(1, 7, 59), false},
        {"{\"from\":\"08:00\",\"to\":\"17:00\"}", AT(1, 8, 0), true},
        {"{\"from\":\"08:00\",\"to\":\"17:00\"}", AT(1, 16, 59), true},
        {"{\"from\":\"08:00\",\"to\":\"17:00\"}", AT(1, 17, 0), false},
        {"{\"from\":\"22:00\",\"to\":\"06:00\"}", AT(1, 23, 0), true},
        {"{\"from\":\"22:00\",\"to\":\"06:00\"}", AT(2, 5, 59), true},
        {"{\"from\":\"22:00\",\"to\":\"06:00\"}", AT(2, 6, 0), false},
        {"{\"from\":\"22:00\",\"to\":\"06:00\",\"days\":[\"fri\"]}", AT(5, 23, 0), true},
        {"{\"from\":\"22:00\",\"to\":\"06:00\",\"days\":[\"fri\"]}", AT(6, 3, 0), true},
        {"{\"from\":\"22:00\",\"to\":\"06:00\",\"days\":[\"fri\"]}", AT(5, 3, 0), false},
        {"{\"from\":\"22:00\",\"to\":\"06:00\",\"days\":[\"sat\"]}", AT(0, 3, 0), true},
        {"{\"days\":[\"sun\"]}", AT(0, 12, 0), true},
        {"{\"days\":[\"sun\"]}", AT(1, 12, 0), false},
        {"{\"from\":\"08:00\",\"to\":\"09:00\",\"zone\":\"Nowhere/At_All\"}", AT(1, 12, 0), true},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct world w;
        char route[256];
        world_init(&w);
        world_put(&w, DOCUMENT_CHANNEL, "hook", HOOK);
        (void)snprintf(route, sizeof route, "{\"hours\":%s,\"to\":[\"channel:hook\"]}",
                       cases[i].hours);
        world_put(&w, DOCUMENT_ROUTE, "r", route);
        world_put(&w, DOCUMENT_ROUTE, "rest", "{\"to\":[\"push\"]}");
        struct notify_alert a = world_alert("a1", SEVERITY_WARNING, ALERT_STATE_FIRING);
        struct notify_plan plan = {.book = &w.book, .alert = &a, .wall = w.now, .local = local};
        minutes_now = cases[i].minutes;
        struct outbox_write *write = notify_outbox_alert(&w.outbox, &plan, w.now);
        assert_int_equal(write != NULL, cases[i].told);
        outbox_write_free(write);
        world_fini(&w);
    }
}

static void person_is_told_by_mail_channel_and_browser(void **state)
{
    (void)state;
    struct world w;
    world_init(&w);
    world_put(&w, DOCUMENT_CHANNEL, "mail", MAIL);
    world_put(&w, DOCUMENT_CHANNEL, "hook", HOOK);
    world_put(&w, DOCUMENT_PERSON, "ann",
              "{\"email\":\"ann@example.org\",\"channels\":[\"hook\"]}");
    world_put(&w, DOCUMENT_SUBSCRIPTION, "s1",
              "{\"endpoint\":\"https://push.example.org/x\",\"person\":\"ann\",\"keys\":{"
              "\"p256dh\":\"BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-"
              "AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4\",\"auth\":\"BTBZMqHH6r4Tts7J_aSIgg\"}}");
    world_put(&w, DOCUMENT_ROUTE, "r", "{\"to\":[\"person:ann\",\"person:nobody\"]}");
    FIRES("a1");
    expect_sends(&w, "hook:a1;mailann@example.org:a1;pushs1:a1;");
    world_fini(&w);
}

static void rows_beyond_the_limit_are_counted(void **state)
{
    (void)state;
    struct world w;
    char id[16];
    world_init(&w);
    world_put(&w, DOCUMENT_CHANNEL, "hook", HOOK);
    for (int i = 0; i < 40; i++) {
        (void)snprintf(id, sizeof id, "a%d", i);
        FIRES(id);
    }
    assert_int_equal(w.outbox.count, 40);
    expect_sends(&w, "hook:a0;");
    w.now += MINUTES(5);
    struct notify_due due;
    assert_true(notify_outbox_next(&w.outbox, &w.book, w.now, &due));
    assert_int_equal(due.count, 39);
    world_fini(&w);
}

static void pauses_double_up_to_an_hour_and_respect_what_the_peer_says(void **state)
{
    (void)state;
    assert_in_range(notify_backoff_ms(5000, 1, 0, 0), 3750, 3750);
    assert_in_range(notify_backoff_ms(5000, 1, UINT32_MAX, 0), 6249, 6250);
    assert_in_range(notify_backoff_ms(5000, 2, UINT32_MAX / 2, 0), 9990, 10000);
    assert_in_range(notify_backoff_ms(5000, 40, UINT32_MAX / 2, 0), 3590000, 3600000);
    assert_in_range(notify_backoff_ms(5000, 1, 0, 120000), 120000, 120000);
    assert_in_range(notify_backoff_ms(5000, 1, 0, UINT64_MAX), NOTIFY_GIVE_UP_MS,
                    NOTIFY_GIVE_UP_MS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(by_default_critical_goes_by_mail_and_all_to_hooks_and_browsers),
        cmocka_unit_test(first_of_a_group_goes_at_once_and_later_ones_wait_together),
        cmocka_unit_test(critical_alert_never_waits_for_lesser_ones),
        cmocka_unit_test(end_is_told_to_those_who_heard_the_beginning_and_once),
        cmocka_unit_test(alert_that_ends_while_it_waits_is_one_message_that_says_so),
        cmocka_unit_test(same_change_twice_is_told_once),
        cmocka_unit_test(alert_raised_to_critical_is_told_again),
        cmocka_unit_test(nothing_is_sent_before_it_is_durable),
        cmocka_unit_test(hook_that_fails_is_tried_again_and_the_other_hears_it_once),
        cmocka_unit_test(what_is_refused_is_not_tried_again_and_makes_trouble_once),
        cmocka_unit_test(after_a_day_it_is_given_up),
        cmocka_unit_test(dead_channel_is_asked_one_message_at_a_time),
        cmocka_unit_test(steps_come_while_nobody_acknowledges_and_end_when_somebody_does),
        cmocka_unit_test(repeat_comes_until_somebody_acknowledges),
        cmocka_unit_test(what_is_taken_back_is_told_again_with_its_steps),
        cmocka_unit_test(repeat_goes_on_after_a_restart),
        cmocka_unit_test(channel_that_was_mended_is_tried_at_once),
        cmocka_unit_test(channels_that_came_and_went_are_forgotten),
        cmocka_unit_test(muted_alert_is_not_told_and_one_that_wakes_is),
        cmocka_unit_test(beyond_its_budget_a_channel_gets_one_digest),
        cmocka_unit_test(routes_choose_by_severity_rule_device_and_tag),
        cmocka_unit_test(rule_may_bring_a_route_of_its_own),
        cmocka_unit_test(routes_choose_by_hour_and_day),
        cmocka_unit_test(person_is_told_by_mail_channel_and_browser),
        cmocka_unit_test(rows_beyond_the_limit_are_counted),
        cmocka_unit_test(pauses_double_up_to_an_hour_and_respect_what_the_peer_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
