/* SPDX-License-Identifier: Apache-2.0 */
/* Alert events: to everybody who may read the device, at once and each of them. The last ones are
 * kept for clients that are behind; one that missed more than are kept gets a snapshot. */
#include "live/state.h"

#include "base/mem.h"

static const char *event_name(enum alert_transition t)
{
    switch (t) {
    case ALERT_CREATED:
        return "alert-created";
    case ALERT_UPDATED:
        return "alert-updated";
    case ALERT_RESOLVED:
        return "alert-resolved";
    case ALERT_PENDING:
    case ALERT_DROPPED:
        return "alert-pending";
    }
    UNREACHABLE();
}

/* Its text stays in the batch. */
static struct live_alert_view view_of(const struct batch *b, const struct alert_change *a)
{
    return (struct live_alert_view){.id = a->id.text,
                                    .rule = a->rule.text,
                                    .rule_name = batch_text(b, a->rule_name),
                                    .note = batch_text(b, a->note),
                                    .muted_by = batch_text(b, a->muted_by),
                                    .state = a->state,
                                    .cause = a->cause,
                                    .muted = a->muted,
                                    .raised = a->raised,
                                    .late = a->late,
                                    .since = a->since,
                                    .fired = a->fired,
                                    .muted_until = a->muted_until,
                                    .device = batch_text(b, a->device),
                                    .sensor = batch_text(b, a->sensor),
                                    .message = batch_text(b, a->message),
                                    .acknowledged_by = batch_text(b, a->acknowledged_by),
                                    .condition = a->condition,
                                    .severity = a->severity,
                                    .threshold = a->threshold,
                                    .value = a->value,
                                    .acknowledged = a->acknowledged,
                                    .acknowledged_at = a->acknowledged_at,
                                    .created = a->created,
                                    .updated = a->updated,
                                    .resolved = a->resolved};
}

void live_put_alert_change(struct json_writer *w, const struct batch *b,
                           const struct alert_change *a)
{
    struct live_alert_view view = view_of(b, a);
    live_put_alert_view(w, &view);
}

static void forget(struct live_alert_event *e)
{
    frame_release(e->frame);
    free(e->device);
    *e = (struct live_alert_event){0};
}

static struct live_alert_event *keep(struct live *l, const struct batch *b,
                                     const struct alert_change *a)
{
    struct live_alert_event *e = &l->alerts[l->alert_end++ % LIMIT_ALERTS_BEHIND];
    struct live_alert_view view = view_of(b, a);
    struct json_writer w = live_begin_event(l, event_name(a->transition));
    forget(e);
    live_put_alert_view(&w, &view);
    e->frame = live_end_event(l);
    e->number = l->number;
    e->device = mem_text(view.device.ptr, view.device.len);
    return e;
}

static void tell(struct live *l, struct live_client *c, const struct live_alert_event *e)
{
    if (live_may_read(&c->principal, bytes_of_text(e->device))) {
        live_send(l, c, e->frame);
    }
    c->alert_next++;
}

void live_alerts_batch(struct live *l, const struct batch *b)
{
    for (size_t i = 0; i < b->alert_count; i++) {
        const struct live_alert_event *e = keep(l, b, &b->alerts[i]);
        uint64_t no = ++l->clock;
        for (size_t n = 0; n < l->client_count; n++) {
            struct live_client *c = l->clients[n];
            if (c->behind || c->resumes) {
                continue;
            }
            tell(l, c, e);
            if (!live_client_ready(l, c)) {
                live_fall_behind(l, c, no);
            }
        }
    }
}

bool live_alerts_catch_up(struct live *l, struct live_client *c)
{
    if (c->resumes) {
        return true; /* they follow what is resumed, which is older */
    }
    ASSERT(live_alerts_kept(l, c->alert_next));
    while (c->alert_next != l->alert_end) {
        if (!live_client_ready(l, c)) {
            return false;
        }
        tell(l, c, &l->alerts[c->alert_next % LIMIT_ALERTS_BEHIND]);
    }
    return true;
}

void live_alerts_fini(struct live *l)
{
    for (size_t i = 0; i < ARRAY_LEN(l->alerts); i++) {
        forget(&l->alerts[i]);
    }
}
