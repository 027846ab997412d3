/* SPDX-License-Identifier: Apache-2.0 */
/* What a change of an alert does to the outbox. */
#include "notify/outbox.h"

#include "base/mem.h"

struct change {
    struct notify_outbox *o;
    const struct notify_plan *plan;
    struct outbox_write *w;
    char *payload;
    const char *again; /* of an alert that was quiet for a while: what makes its keys new */
    wall_ms now;
};

static bool is_of(const struct outbox_item *item, struct bytes alert)
{
    return bytes_equal(bytes_of_text(item->row->alert), alert);
}

static bool is_firing(const struct outbox_item *item)
{
    return strcmp(item->row->event, "firing") == 0;
}

/* ---- rows ---- */

/* alert|event|channel|target, and what else makes it a thing of its own. */
static char *make_key(const struct change *c, const char *event, const struct notify_want *want)
{
    const struct notify_alert *a = c->plan->alert;
    struct buf key = {0};
    buf_put_bytes(&key, a->id);
    buf_printf(&key, "|%s|%s|%s", event, want->channel, want->target);
    if (strcmp(event, "firing") == 0) {
        buf_printf(&key, "|%s", severity_text(a->severity));
    }
    if (want->step > 0) {
        buf_printf(&key, "|%s.%u", want->route, want->step);
    }
    buf_put_text(&key, c->again);
    char *text = mem_text(key.ptr, key.len);
    buf_fini(&key);
    return text;
}

static struct outbox_item *add(struct change *c, const char *event, const struct notify_want *want,
                               wall_ms due)
{
    char *id = mem_text(c->plan->alert->id.ptr, c->plan->alert->id.len);
    struct outbox_row row = {
        .key = make_key(c, event, want),
        .alert = id,
        .payload = c->payload,
        .step = want->step,
        .repeat_ms = want->step == 0 ? want->repeat_ms : 0,
        .due = due,
    };
    /* Borrowed texts that outbox_add copies. */
    char *const texts[] = {mem_text(want->channel, strlen(want->channel)),
                           mem_text(want->target, strlen(want->target)),
                           mem_text(want->group, strlen(want->group)),
                           mem_text(event, strlen(event))};
    row.channel = texts[0];
    row.target = texts[1];
    row.group = texts[2];
    row.event = texts[3];
    struct outbox_item *item = outbox_add(c->o, &row, c->w, c->now);
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        free(texts[i]);
    }
    free(row.key);
    free(id);
    return item;
}

/* Sets when it is due, once it is known that it is new: only then it is one of its group. */
static void set_due(struct change *c, struct outbox_item *item, uint64_t interval_ms)
{
    item->row->due = outbox_group_due(c->o, item->row, interval_ms, c->now);
    c->w->added->due = item->row->due;
}

/* That a channel is dead is not told on that channel. */
static bool is_about(const struct notify_alert *a, const char *channel)
{
    struct bytes prefix = BYTES("channel.");
    return bytes_equal(a->device, BYTES("telltale")) && bytes_start_with(a->sensor, prefix) &&
           bytes_equal(bytes_skip(a->sensor, prefix.len), bytes_of_text(channel));
}

static void wanted(void *ctx, const struct notify_want *want)
{
    struct change *c = ctx;
    if (is_about(c->plan->alert, want->channel)) {
        return;
    }
    struct outbox_item *item = add(c, "firing", want, c->now + (wall_ms)want->after_ms);
    if (item && want->step == 0) {
        set_due(c, item, want->interval_ms);
    }
}

/* ---- what holds for rows that there are ---- */

static void cancel(struct change *c, struct outbox_item *item)
{
    if (item->row->state == OUTBOX_WAITING && item->message == 0) {
        item->row->state = OUTBOX_CANCELLED;
        outbox_changed(item, c->w, c->now);
    }
}

/* Whether it would only press on: a later step, or the same told again. */
static bool is_pressing(const struct outbox_item *item)
{
    return item->row->step > 0 || outbox_is_again(item->row);
}

enum which { PRESSING_ROWS, ALL_ROWS };

static void cancel_firing(struct change *c, enum which which)
{
    for (size_t i = 0; i < c->o->count; i++) {
        struct outbox_item *item = &c->o->items[i];
        if (is_of(item, c->plan->alert->id) && is_firing(item) &&
            (which == ALL_ROWS || is_pressing(item))) {
            cancel(c, item);
        }
    }
}

/* What waits says how things are when it is sent. */
static void renew_payloads(struct change *c)
{
    for (size_t i = 0; i < c->o->count; i++) {
        struct outbox_item *item = &c->o->items[i];
        struct outbox_row *row = item->row;
        if (is_of(item, c->plan->alert->id) && row->state == OUTBOX_WAITING &&
            strcmp(row->payload, c->payload) != 0) {
            free(row->payload);
            row->payload = mem_text(c->payload, strlen(c->payload));
            item->severity = c->plan->alert->severity;
            outbox_changed(item, c->w, c->now);
        }
    }
}

/* Whether those who heard of its beginning want to hear this too. */
static bool wants_event(const struct change *c, const struct outbox_row *row, bool end)
{
    const struct notify_channel *ch =
        notify_book_channel(c->plan->book, bytes_of_text(row->channel));
    if (strcmp(row->channel, NOTIFY_PUSH) == 0) {
        return true; /* what stands on the screen is replaced */
    }
    return ch && ch->enabled &&
           (ch->type == CHANNEL_MQTT || (end ? ch->resolved : ch->acknowledged));
}

/* Tells those who were told that it fires. Where the first word still waits, it will say how things
 * are by then. */
static void follow_up(struct change *c, const char *event, bool end)
{
    size_t count = c->o->count;
    for (size_t i = 0; i < count; i++) {
        const struct outbox_item *told = &c->o->items[i];
        const struct outbox_row *row = told->row;
        bool heard = row->state == OUTBOX_SENT || told->message;
        if (!is_of(told, c->plan->alert->id) || !is_firing(told) || !heard ||
            !wants_event(c, row, end)) {
            continue;
        }
        struct notify_want want = {
            .channel = row->channel, .target = row->target, .group = row->group, .route = ""};
        /* What stands on a screen is replaced at once. */
        bool screen = strcmp(row->channel, NOTIFY_PUSH) == 0;
        struct outbox_item *item = add(c, event, &want, c->now);
        if (item && !screen) {
            set_due(c, item, 0);
        }
    }
}

static void set_hushed(struct change *c, bool hushed)
{
    for (size_t i = 0; i < c->o->count; i++) {
        struct outbox_item *item = &c->o->items[i];
        if (is_of(item, c->plan->alert->id) && item->row->hushed != hushed) {
            item->row->hushed = hushed;
            outbox_changed(item, c->w, c->now);
        }
    }
}

static bool was_hushed(const struct change *c)
{
    for (size_t i = 0; i < c->o->count; i++) {
        if (is_of(&c->o->items[i], c->plan->alert->id) && c->o->items[i].row->hushed) {
            return true;
        }
    }
    return false;
}

/* ---- the change itself ---- */

static void fires(struct change *c)
{
    char again[40] = "";
    if (was_hushed(c)) {
        (void)snprintf(again, sizeof again, "|woken@%lld", (long long)c->now);
        cancel_firing(c, ALL_ROWS);
        set_hushed(c, false);
    }
    c->again = again;
    struct notify_plan plan = *c->plan;
    plan.want = wanted;
    plan.ctx = c;
    notify_plan_firing(&plan);
    c->again = "";
}

static void ends(struct change *c)
{
    cancel_firing(c, PRESSING_ROWS);
    follow_up(c, "resolved", true);
    for (size_t i = 0; i < c->o->count; i++) {
        if (is_of(&c->o->items[i], c->plan->alert->id)) {
            c->o->items[i].row->open = false;
        }
    }
}

struct outbox_write *notify_outbox_alert(struct notify_outbox *o, const struct notify_plan *plan,
                                         wall_ms now)
{
    const struct notify_alert *a = plan->alert;
    struct buf payload = {0};
    struct change c = {.o = o, .plan = plan, .w = outbox_write_new(), .again = "", .now = now};
    notify_alert_write(a, &payload);
    buf_put_byte(&payload, 0);
    c.payload = (char *)payload.ptr;
    if (a->state == ALERT_STATE_RESOLVED) {
        ends(&c);
    } else if (a->quiet) {
        cancel_firing(&c, ALL_ROWS);
        set_hushed(&c, a->state != ALERT_STATE_PENDING);
    } else if (a->state == ALERT_STATE_ACKNOWLEDGED) {
        cancel_firing(&c, PRESSING_ROWS);
        follow_up(&c, "acknowledged", false);
        set_hushed(&c, true); /* when it is taken back, all are told again */
    } else if (a->state == ALERT_STATE_FIRING) {
        fires(&c);
    }
    renew_payloads(&c);
    buf_fini(&payload);
    outbox_sweep(o);
    return outbox_hand_out(o, c.w);
}
