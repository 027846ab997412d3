/* SPDX-License-Identifier: Apache-2.0 */
/* A world of notifications for unit tests: documents by hand, alerts of a line, a clock that the
 * test moves. */
#ifndef TELLTALE_TESTS_NOTIFY_WORLD_H
#define TELLTALE_TESTS_NOTIFY_WORLD_H

#include "notify/notify.h"

#include "expect.h"

#define WORLD_BEGIN 1763953200000

struct world {
    struct notify_book book;
    struct notify_outbox outbox;
    wall_ms now;
};

static inline void world_put(struct world *w, enum document_kind kind, const char *id,
                             const char *body)
{
    struct document_fault fault = {0};
    if (body[0] && notify_check(kind, bytes_of_text(body), &fault) != OK) {
        fail_msg("%s: %s: %s", id, fault.field, fault.message);
    }
    notify_book_put(&w->book, kind, bytes_of_text(id), bytes_of_text(body));
}

static inline void world_init(struct world *w)
{
    *w = (struct world){.now = WORLD_BEGIN, .outbox.retry_ms = 5000};
}

static inline void world_fini(struct world *w)
{
    notify_outbox_fini(&w->outbox);
    notify_book_clear(&w->book);
}

static inline struct notify_alert world_alert(const char *id, enum severity severity,
                                              enum alert_state state)
{
    return (struct notify_alert){
        .id = bytes_of_text(id),
        .rule = BYTES("r1"),
        .device = BYTES("boiler-1"),
        .sensor = BYTES("temperature"),
        .message = BYTES("temperature 92.5 above 90"),
        .severity = severity,
        .state = state,
        .value = 92.5,
        .threshold = 90,
        .started = WORLD_BEGIN,
        .ended = state == ALERT_STATE_RESOLVED ? WORLD_BEGIN + 60000 : WALL_NONE,
    };
}

/* What an alert became, and everything of it durable. */
static inline void world_tell(struct world *w, const struct notify_alert *a)
{
    struct notify_plan plan = {.book = &w->book, .alert = a, .wall = w->now};
    struct outbox_write *write = notify_outbox_alert(&w->outbox, &plan, w->now);
    if (write) {
        notify_outbox_saved(&w->outbox, write->number);
        outbox_write_free(write);
    }
}

static inline void world_alert_is(struct world *w, const char *id, enum severity severity,
                                  enum alert_state state)
{
    struct notify_alert a = world_alert(id, severity, state);
    world_tell(w, &a);
}

static inline void world_done(struct world *w, uint64_t number, enum notify_outcome outcome)
{
    struct notify_result result = {.outcome = outcome, .error = "as the test has it"};
    struct outbox_write *write =
        notify_outbox_done(&w->outbox, number, &result, UINT32_MAX / 2, w->now);
    notify_outbox_saved(&w->outbox, write ? write->number : 0);
    outbox_write_free(write);
}

/* Sends all that is due now; each message as "channel:id,id;" in the order in which it goes. */
static inline void world_send(struct world *w, char *out, size_t cap)
{
    struct notify_due due;
    size_t at = 0;
    out[0] = 0;
    while (notify_outbox_next(&w->outbox, &w->book, w->now, &due)) {
        at += (size_t)snprintf(out + at, cap - at, "%s%s%s:", due.digest ? "digest " : "",
                               due.channel_id, due.target);
        for (size_t i = 0; i < due.count; i++) {
            at += (size_t)snprintf(out + at, cap - at, "%s%s", i ? "," : "", due.rows[i]->alert);
        }
        at += (size_t)snprintf(out + at, cap - at, ";");
        world_done(w, due.number, OUTCOME_SENT);
    }
}

static inline void expect_sends(struct world *w, const char *want)
{
    char got[4096];
    world_send(w, got, sizeof got);
    assert_string_equal(got, want);
}

#endif
