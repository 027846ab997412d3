/* SPDX-License-Identifier: Apache-2.0 */
#include "expect.h"

#include "ingest/inbox.h"
#include "ingest/outbox.h"
#include "model/limits.h"

static size_t held;
static size_t total;

/* Adds a message whose payload is `text`. */
static enum err push(struct outbox *o, const char *text, uint8_t qos, uint64_t turn)
{
    const struct message_parts parts = {
        .topic = BYTES("t"), .payload = bytes_of_text(text), .qos = qos};
    struct message *m = message_new(&parts, &held);
    const struct outbox_entry e = {.message = m, .qos = qos};
    enum err err = outbox_push(o, &e, turn);
    message_release(m);
    return err;
}

/* Sends the next entry and tells its id; 0 when there is none. */
static uint16_t send_next(struct outbox *o, uint32_t window)
{
    struct outbox_entry *e = outbox_next(o, window);
    if (!e) {
        return 0;
    }
    outbox_sent(o);
    return e->id;
}

static struct outbox new_outbox(void)
{
    held = 0;
    total = 0;
    return (struct outbox){.total = &total};
}

static void messages_leave_in_order_and_no_more_than_the_window(void **state)
{
    (void)state;
    struct outbox o = new_outbox();
    expect_ok(push(&o, "a", 1, 1));
    expect_ok(push(&o, "b", 1, 1));
    expect_ok(push(&o, "c", 1, 1));
    assert_int_equal(send_next(&o, 2), 1);
    assert_int_equal(send_next(&o, 2), 2);
    assert_int_equal(send_next(&o, 2), 0);
    assert_true(outbox_done(&o, 2, 1));
    assert_false(outbox_done(&o, 2, 1));
    assert_false(outbox_done(&o, 3, 1));
    assert_false(outbox_done(&o, 1, 2));
    assert_int_equal(send_next(&o, 2), 3);
    assert_true(outbox_done(&o, 1, 1));
    assert_true(outbox_done(&o, 3, 1));
    assert_int_equal(o.live, 0);
    assert_int_equal(total, 0);
    assert_int_equal(held, 0);
    assert_null(o.ring);
}

static void a_new_connection_gets_again_what_is_not_done(void **state)
{
    (void)state;
    struct outbox o = new_outbox();
    expect_ok(push(&o, "a", 2, 1));
    expect_ok(push(&o, "b", 2, 1));
    expect_ok(push(&o, "c", 1, 1));
    (void)send_next(&o, 10);
    (void)send_next(&o, 10);
    (void)send_next(&o, 10);
    assert_true(outbox_received(&o, 1));
    assert_true(outbox_done(&o, 3, 1));
    expect_ok(push(&o, "d", 1, 1));
    outbox_restart(&o);
    assert_false(outbox_done(&o, 2, 2));
    struct outbox_entry *e = outbox_next(&o, 10);
    assert_int_equal(e->state, OUTBOX_RELEASED);
    assert_int_equal(send_next(&o, 10), 1);
    e = outbox_next(&o, 10);
    assert_int_equal(e->state, OUTBOX_SENT);
    assert_int_equal(send_next(&o, 10), 2);
    e = outbox_next(&o, 10);
    assert_int_equal(e->state, OUTBOX_WAITING);
    assert_int_equal(send_next(&o, 10), 4);
    assert_true(outbox_done(&o, 1, 2));
    outbox_fini(&o);
    assert_int_equal(total, 0);
    assert_int_equal(held, 0);
}

static void a_turn_may_bring_more_than_the_bound_but_not_the_next_one(void **state)
{
    (void)state;
    struct outbox o = new_outbox();
    for (unsigned i = 0; i < LIMIT_OUTBOX_MESSAGES + 500; i++) {
        expect_ok(push(&o, "x", 1, 1));
    }
    expect_err(ERR_FULL, push(&o, "x", 1, 2));
    while (o.live >= LIMIT_OUTBOX_MESSAGES) {
        assert_true(outbox_done(&o, send_next(&o, 1), 1));
    }
    expect_ok(push(&o, "x", 1, 3));
    for (unsigned i = o.count; i < LIMIT_OUTBOX_BURST; i++) {
        expect_ok(push(&o, "x", 1, 3));
    }
    expect_err(ERR_FULL, push(&o, "x", 1, 3));
    outbox_fini(&o);
    assert_int_equal(held, 0);
}

/* Against a model: each id is out for one message only, and messages come in the order of pushing.
 */
static void random_traffic_over_many_rounds_of_ids_stays_in_order(void **state)
{
    (void)state;
    struct outbox o = new_outbox();
    uint64_t seed = expect_seed();
    uint64_t turn = 0;
    uint32_t pushed = 0;
    uint32_t seen = 0;
    static uint16_t out[64];
    size_t out_count = 0;
    for (unsigned step = 0; step < 400000; step++) {
        uint64_t roll = expect_random(&seed);
        struct outbox_entry *e;
        if (roll % 3 == 0) {
            char text[16];
            (void)snprintf(text, sizeof text, "%u", pushed);
            pushed += push(&o, text, 1, ++turn) == OK;
        } else if (roll % 3 == 1 && (e = outbox_next(&o, 64))) {
            struct message_parts parts = message_parts(e->message);
            uint64_t number;
            expect_ok(bytes_to_u64(parts.payload, UINT32_MAX, &number));
            assert_int_equal(number, seen++);
            out[out_count++] = send_next(&o, 64);
        } else if (out_count) {
            size_t i = roll / 3 % out_count;
            assert_true(outbox_done(&o, out[i], 1));
            out[i] = out[--out_count];
        }
    }
    assert_true(seen > 65535);
    outbox_fini(&o);
    assert_int_equal(held, 0);
}

static void an_id_of_qos_2_is_received_once_until_it_is_released(void **state)
{
    (void)state;
    struct inbox b = {0};
    assert_true(inbox_receive(&b, 1));
    assert_false(inbox_receive(&b, 1));
    assert_true(inbox_receive(&b, 65535));
    assert_int_equal(b.ids, 2);
    assert_true(inbox_release(&b, 1));
    assert_false(inbox_release(&b, 1));
    assert_false(inbox_release(&b, 2000));
    assert_true(inbox_receive(&b, 1));
    inbox_forget_ids(&b);
    assert_false(inbox_has(&b, 65535));
    inbox_fini(&b);
}

static void the_last_64_messages_are_recent(void **state)
{
    (void)state;
    struct inbox b = {0};
    assert_false(inbox_is_recent(&b, 0));
    for (uint64_t i = 0; i <= INBOX_RECENT; i++) {
        inbox_remember(&b, i * 1000);
    }
    assert_false(inbox_is_recent(&b, 0));
    assert_true(inbox_is_recent(&b, 1000));
    assert_true(inbox_is_recent(&b, INBOX_RECENT * 1000));
    inbox_fini(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(messages_leave_in_order_and_no_more_than_the_window),
        cmocka_unit_test(a_new_connection_gets_again_what_is_not_done),
        cmocka_unit_test(a_turn_may_bring_more_than_the_bound_but_not_the_next_one),
        cmocka_unit_test(random_traffic_over_many_rounds_of_ids_stays_in_order),
        cmocka_unit_test(an_id_of_qos_2_is_received_once_until_it_is_released),
        cmocka_unit_test(the_last_64_messages_are_recent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
