/* SPDX-License-Identifier: Apache-2.0 */
#include "expect.h"
#include "loop/loop.h"

#include <pthread.h>
#include <sched.h>

#define POSTERS 4
#define EACH    20000

static struct loop loop;
static struct mailbox *box;
static uint64_t next_of[POSTERS];
static size_t delivered;

static void in_order(void *ctx, const struct mail *m)
{
    (void)ctx;
    assert_int_equal(m->number, next_of[m->kind]);
    next_of[m->kind]++;
    if (++delivered == (size_t)POSTERS * EACH) {
        loop_stop(&loop);
    }
}

static void *post_all(void *ctx)
{
    uint32_t kind = *(uint32_t *)ctx;
    for (uint64_t i = 0; i < EACH; i++) {
        while (mailbox_post(box, (struct mail){.kind = kind, .number = i}) != OK) {
            (void)sched_yield();
        }
    }
    return NULL;
}

static void mail_of_many_threads_arrives_whole_and_each_in_order(void **state)
{
    static uint32_t kinds[POSTERS];
    pthread_t threads[POSTERS];
    (void)state;
    expect_ok(loop_init(&loop));
    box = mailbox_new(&loop, 100, in_order, NULL);
    for (uint32_t i = 0; i < POSTERS; i++) {
        kinds[i] = i;
        assert_int_equal(pthread_create(&threads[i], NULL, post_all, &kinds[i]), 0);
    }
    loop_run(&loop);
    for (uint32_t i = 0; i < POSTERS; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
        assert_int_equal(next_of[i], EACH);
    }
    loop_fini(&loop);
    mailbox_free(box, NULL);
}

static void count_one(void *ctx, const struct mail *m)
{
    (void)m;
    (*(size_t *)ctx)++;
}

static void a_full_box_refuses_and_keeps_what_it_has(void **state)
{
    size_t seen = 0;
    (void)state;
    expect_ok(loop_init(&loop));
    box = mailbox_new(&loop, 2, count_one, &seen);
    expect_ok(mailbox_post(box, (struct mail){0}));
    expect_ok(mailbox_post(box, (struct mail){0}));
    expect_err(ERR_FULL, mailbox_post(box, (struct mail){0}));
    assert_int_equal(mailbox_count(box), 2);
    loop_fini(&loop);
    mailbox_free(box, NULL);
    assert_int_equal(seen, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mail_of_many_threads_arrives_whole_and_each_in_order),
        cmocka_unit_test(a_full_box_refuses_and_keeps_what_it_has),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
