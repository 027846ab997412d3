/* SPDX-License-Identifier: Apache-2.0 */
/* How connections, sessions and wills end.
 *
 * A session whose connection is gone stays offline as long as MQTT keeps it (expiry), its will is
 * still to come (will delay), or its number is (the carrier's grace, in which the same client may
 * come back as if nothing had been). When the program itself ends, that is no news of anybody. */
#include "ingest/client.h"

#include "model/limits.h"

/* ---- wills ---- */

static bool may_publish(struct ingest *in, const struct session *s, struct bytes topic)
{
    struct permit permit = {&s->principal, session_client_id(s), in->config.metrics};
    return permit_publish(&permit, topic);
}

void session_publish_will(struct ingest *in, struct session *s)
{
    struct message *will = s->will;
    if (!will) {
        return;
    }
    s->will = NULL;
    struct message_parts parts = message_parts(will);
    const struct ingest_message m = {
        .topic = parts.topic,
        .payload = parts.payload,
        .qos = parts.qos,
        .flags = MESSAGE_WILL,
        .carrier = s->number,
        .by = &s->principal,
    };
    if (parts.expires) {
        parts.expires += in->loop->mono_ns; /* it was counted from here on */
    }
    bool reached;
    if (may_publish(in, s, parts.topic)) {
        (void)deliver_published(in, &m, &parts, &reached);
    }
    message_release(will);
}

static uint64_t seconds(uint32_t s)
{
    return MONO_MS(1000) * (uint64_t)s;
}

/* The will now, or when its delay or the session is over, whichever comes first. */
static void time_will(struct ingest *in, struct session *s)
{
    uint32_t delay_s = s->will_delay_s < s->expiry_s ? s->will_delay_s : s->expiry_s;
    if (delay_s == 0) {
        session_publish_will(in, s);
    } else if (s->will) {
        s->will_at = in->loop->mono_ns + seconds(delay_s);
    }
}

static void drop_will(struct session *s)
{
    message_release(s->will);
    s->will = NULL;
}

/* ---- sessions ---- */

void session_end_state(struct ingest *in, struct session *s)
{
    subs_remove_all(in->subs, s->number);
    session_forget(s);
}

static void free_session(struct ingest *in, struct session *s)
{
    session_end_state(in, s);
    sessions_free(&in->sessions, s);
}

static void tell_lost(struct ingest *in, struct session *s)
{
    if (s->carrier_until) {
        s->carrier_until = 0;
        in->config.events->carrier_lost(in->config.ctx, s->number);
    }
}

void session_evict(struct ingest *in, struct session *s)
{
    metrics_drop(in->config.metrics, DROP_SESSION_EVICTED, 1);
    session_publish_will(in, s);
    tell_lost(in, s);
    free_session(in, s);
}

/* From now on it has no connection. */
static void go_offline(struct ingest *in, struct session *s)
{
    mono_ns now = in->loop->mono_ns;
    uint32_t expiry_s = s->expiry_s < LIMIT_SESSION_EXPIRY_S ? s->expiry_s : LIMIT_SESSION_EXPIRY_S;
    s->expires_at = now + seconds(expiry_s);
    if (s->expiry_s == 0) {
        session_end_state(in, s);
        s->ended = true;
    }
    subs_set_live(in->subs, s->number, false);
    sessions_leave(&in->sessions, s);
}

static void leave_for_good(struct ingest *in, struct session *s)
{
    drop_will(s);
    in->config.events->carrier_closed(in->config.ctx, s->number);
    if (s->expiry_s == 0) {
        free_session(in, s);
    } else {
        go_offline(in, s);
    }
}

/* A session with neither connection nor grace would be looked at in vain. */
static void leave_for_a_while(struct ingest *in, struct session *s, enum leave how)
{
    if (how == LEAVE_SENT) {
        drop_will(s);
    }
    s->client = NULL;
    time_will(in, s);
    s->carrier_until = in->loop->mono_ns + MONO_MS(in->config.limits.grace_ms);
    go_offline(in, s);
}

void client_leave(struct client *c, enum leave how)
{
    struct ingest *in = c->wire.in;
    struct session *s = c->session;
    bool was_connected = c->state == CLIENT_CONNECTED;
    c->state = CLIENT_OVER;
    c->session = NULL;
    client_drop_backlog(c);
    if (was_connected) {
        client_count_connection(in, &s->principal, -1);
    }
    if (!was_connected || in->closing) {
        return;
    }
    if (how == LEAVE_GOODBYE) {
        leave_for_good(in, s);
    } else if (how == LEAVE_REPLACED) {
        s->client = NULL;
        if (s->will_delay_s == 0) {
            session_publish_will(in, s);
        }
    } else {
        leave_for_a_while(in, s, how);
    }
}

/* ---- time ---- */

/* True when nothing of it is left to come. */
static bool look_after(struct ingest *in, struct session *s, mono_ns now)
{
    if (s->will && s->will_at <= now) {
        session_publish_will(in, s);
    }
    if (s->carrier_until && s->carrier_until <= now) {
        tell_lost(in, s);
    }
    if (!s->ended && s->expires_at <= now) {
        session_end_state(in, s);
        s->ended = true;
    }
    return s->ended && !s->will && !s->carrier_until;
}

void session_tick(struct ingest *in, mono_ns now)
{
    struct session *s = sessions_oldest(&in->sessions);
    while (s) {
        struct session *next = sessions_younger(&in->sessions, s);
        if (look_after(in, s, now)) {
            free_session(in, s);
        }
        s = next;
    }
}

void session_recheck(struct ingest *in)
{
    const struct ingest_config *config = &in->config;
    struct session *s = sessions_oldest(&in->sessions);
    for (; s; s = sessions_younger(&in->sessions, s)) {
        if (!config->events->knows(config->ctx, &s->principal)) {
            drop_will(s);
            session_end_state(in, s);
            s->ended = true;
        }
    }
}
