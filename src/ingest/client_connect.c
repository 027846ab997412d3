/* SPDX-License-Identifier: Apache-2.0 */
/* CONNECT: who it is, which session it gets, and what both sides may do from here on. */
#include "base/mem.h"
#include "ingest/client.h"

#include "base/utf8.h"
#include "model/limits.h"

/* A refusal as each version says it. */
struct refusal {
    uint8_t code_311; /* enum mqtt_connack_code */
    uint8_t reason;   /* enum mqtt_reason */
    enum drop why;
};

static const struct refusal bad_client_id = {MQTT_CONNACK_CLIENT_ID, MQTT_BAD_CLIENT_ID,
                                             DROP_MQTT_PROTOCOL};
static const struct refusal bad_credentials = {MQTT_CONNACK_BAD_CREDENTIALS, MQTT_BAD_CREDENTIALS,
                                               DROP_MQTT_UNAUTHORIZED};
static const struct refusal not_authorized = {MQTT_CONNACK_NOT_AUTHORIZED, MQTT_NOT_AUTHORIZED,
                                              DROP_MQTT_UNAUTHORIZED};
static const struct refusal too_many = {MQTT_CONNACK_UNAVAILABLE, MQTT_BUSY,
                                        DROP_MQTT_CONNECTION_LIMIT};
static const struct refusal not_its_client_id = {MQTT_CONNACK_CLIENT_ID, MQTT_BAD_CLIENT_ID,
                                                 DROP_MQTT_UNAUTHORIZED};
static const struct refusal too_many_of_it = {MQTT_CONNACK_UNAVAILABLE, MQTT_QUOTA_EXCEEDED,
                                              DROP_MQTT_CONNECTION_LIMIT};
static const struct refusal bad_method = {MQTT_CONNACK_NOT_AUTHORIZED, MQTT_BAD_AUTH_METHOD,
                                          DROP_MQTT_UNAUTHORIZED};
static const struct refusal bad_will = {MQTT_CONNACK_NOT_AUTHORIZED, MQTT_TOPIC_INVALID,
                                        DROP_BAD_TOPIC};
static const struct refusal bad_will_payload = {MQTT_CONNACK_NOT_AUTHORIZED, MQTT_PAYLOAD_INVALID,
                                                DROP_PAYLOAD_FORMAT};

static void turn_away(struct client *c, const struct refusal *r)
{
    struct mqtt_connack answer = {.version = c->wire.version};
    answer.code = client_speaks_5(c) ? r->reason : r->code_311;
    metrics_drop(c->wire.in->config.metrics, r->why, 1);
    mqtt_encode_connack(&c->wire.in->answer, &answer);
    wire_answer(&c->wire);
    wire_finish(&c->wire);
}

static void turn_away_version(struct client *c, uint8_t level)
{
    static const struct refusal r = {MQTT_CONNACK_VERSION, MQTT_UNSUPPORTED_VERSION,
                                     DROP_MQTT_PROTOCOL};
    c->wire.version = level > MQTT_V5 ? MQTT_V5 : MQTT_V311;
    turn_away(c, &r);
}

/* ---- what is wrong with it ---- */

static const struct refusal *check_will(const struct mqtt_connect *m)
{
    if (!deliver_topic_fits(m->will_topic) || system_reserves(m->will_topic)) {
        return &bad_will;
    }
    bool text = mqtt_property_number(m->will_properties, MQTT_PAYLOAD_FORMAT, 0);
    return text && !utf8_valid(m->will_payload) ? &bad_will_payload : NULL;
}

static const struct refusal *check(const struct mqtt_connect *m)
{
    bool may_be_empty = m->clean || m->version == MQTT_V5;
    if (mqtt_property_bytes(m->properties, MQTT_AUTH_METHOD).ptr) {
        return &bad_method;
    }
    if (m->client_id.len > LIMIT_ID_BYTES || (m->client_id.len == 0 && !may_be_empty)) {
        return &bad_client_id;
    }
    return m->has_will ? check_will(m) : NULL;
}

/* ---- the session ---- */

/* Takes a session away from the connection that has it. */
static void take_over(struct session *s)
{
    struct client *old = s->client;
    client_end(old, MQTT_TAKEN_OVER);
    client_leave(old, LEAVE_REPLACED);
}

/* A known session: goes on, or begins anew under the same number. What one left is not for another
 * who has its client id. Returns whether it goes on. */
static bool resume(struct ingest *in, struct session *s, const struct mqtt_connect *m,
                   const struct principal *who)
{
    bool ended = s->client ? s->expiry_s == 0 : s->ended;
    if (s->client) {
        take_over(s);
    } else {
        sessions_return(&in->sessions, s);
    }
    if (!ended && !m->clean && client_owns(who, s)) {
        message_release(s->will);
        s->will = NULL;
        return true;
    }
    session_publish_will(in, s);
    session_end_state(in, s);
    return false;
}

static struct session *open_session(struct ingest *in, struct bytes client_id)
{
    struct session *s = sessions_open(&in->sessions, client_id);
    struct session *oldest = sessions_oldest(&in->sessions);
    if (!s && oldest) {
        session_evict(in, oldest);
        s = sessions_open(&in->sessions, client_id);
    }
    return s;
}

/* NULL when there are too many. */
static struct session *join(struct client *c, const struct mqtt_connect *m,
                            const struct principal *who, bool *goes_on)
{
    struct ingest *in = c->wire.in;
    struct session *s = sessions_find(&in->sessions, m->client_id);
    *goes_on = s && resume(in, s, m, who);
    if (!s) {
        s = open_session(in, m->client_id);
    }
    if (s) {
        s->client = c;
        s->principal = *who;
        subs_set_live(in->subs, s->number, true);
        outbox_restart(&s->outbox);
        c->session = s;
        c->state = CLIENT_CONNECTED;
    }
    return s;
}

static void keep_will(struct ingest *in, struct session *s, const struct mqtt_connect *m)
{
    if (!m->has_will) {
        return;
    }
    buf_clear(&in->forwarded);
    deliver_forward(&in->forwarded, m->will_properties);
    uint32_t expiry_s = mqtt_property_number(m->will_properties, MQTT_MESSAGE_EXPIRY, 0);
    const struct message_parts parts = {
        .topic = m->will_topic,
        .payload = m->will_payload,
        .properties = buf_bytes(&in->forwarded),
        .qos = m->will_qos,
        .retain = m->will_retain,
        .expires = MONO_MS(1000) * (mono_ns)expiry_s, /* from when it is published */
        .publisher = deliver_publisher(in, &s->principal),
    };
    s->will = message_new(&parts, &in->kept_bytes);
    s->will_delay_s = mqtt_property_number(m->will_properties, MQTT_WILL_DELAY, 0);
}

/* ---- what holds from here on ---- */

static uint32_t expiry_of(const struct mqtt_connect *m)
{
    if (m->version == MQTT_V5) {
        return mqtt_property_number(m->properties, MQTT_SESSION_EXPIRY, 0);
    }
    return m->clean ? 0 : SESSION_NEVER;
}

static uint16_t keep_alive_of(const struct mqtt_connect *m)
{
    bool long_one = m->version == MQTT_V5 && m->keep_alive_s > LIMIT_MQTT_KEEP_ALIVE_S;
    return long_one ? LIMIT_MQTT_KEEP_ALIVE_S : m->keep_alive_s;
}

static void agree(struct client *c, const struct mqtt_connect *m)
{
    struct bytes p = m->properties;
    c->patience = MONO_MS(1500) * keep_alive_of(m);
    c->window = (uint16_t)mqtt_property_number(p, MQTT_RECEIVE_MAXIMUM, UINT16_MAX);
    c->packet_max = mqtt_property_number(p, MQTT_MAXIMUM_PACKET, UINT32_MAX);
    c->aliases_max = (uint16_t)mqtt_property_number(p, MQTT_ALIAS_MAXIMUM, 0);
    c->session->expiry_s = expiry_of(m);
    c->wire.packet_max = c->wire.in->config.limits.packet_bytes;
}

/* What we grant, where it is not what a client assumes. */
static void put_grants(struct buf *b, const struct client *c, const struct mqtt_connect *m,
                       struct bytes assigned)
{
    if (c->session->expiry_s > LIMIT_SESSION_EXPIRY_S) {
        mqtt_put_number(b, MQTT_SESSION_EXPIRY, LIMIT_SESSION_EXPIRY_S);
    }
    mqtt_put_number(b, MQTT_RECEIVE_MAXIMUM, client_receive_maximum(c));
    mqtt_put_number(b, MQTT_MAXIMUM_PACKET, (uint32_t)c->wire.packet_max);
    mqtt_put_number(b, MQTT_ALIAS_MAXIMUM, LIMIT_TOPIC_ALIASES);
    if (assigned.len) {
        mqtt_put_bytes(b, MQTT_ASSIGNED_CLIENT_ID, assigned);
    }
    if (keep_alive_of(m) != m->keep_alive_s) {
        mqtt_put_number(b, MQTT_SERVER_KEEP_ALIVE, keep_alive_of(m));
    }
}

static void say_connack(struct client *c, const struct mqtt_connect *m, bool goes_on,
                        struct bytes assigned)
{
    struct ingest *in = c->wire.in;
    buf_clear(&in->section);
    if (client_speaks_5(c)) {
        put_grants(&in->section, c, m, assigned);
    }
    const struct mqtt_connack answer = {
        .session_present = goes_on,
        .version = c->wire.version,
        .properties = buf_bytes(&in->section),
    };
    mqtt_encode_connack(&in->answer, &answer);
    wire_answer(&c->wire);
}

/* Refused when its time has come. */
static void hold(struct client *c)
{
    c->state = CLIENT_HELD;
    wire_throttle(&c->wire, c->answer_at);
}

void client_refuse_held(struct client *c)
{
    turn_away(c, &bad_credentials);
}

/* Why somebody who is known gets no session of this client id, or NULL. */
static const struct refusal *check_session(struct ingest *in, const struct mqtt_connect *m,
                                           const struct principal *who)
{
    const struct session *s = sessions_find(&in->sessions, m->client_id);
    if (s && !client_may_take(in, who, s)) {
        return &not_its_client_id;
    }
    return client_has_connection_left(in, who, s) ? NULL : &too_many_of_it;
}

/* `assigned` is the client id when we made it, else empty. */
static void admit(struct client *c, const struct mqtt_connect *m, struct bytes assigned,
                  const struct principal *who)
{
    struct ingest *in = c->wire.in;
    bool goes_on;
    const struct refusal *no = check_session(in, m, who);
    if (!no && !join(c, m, who, &goes_on)) {
        no = &too_many;
    }
    if (no) {
        turn_away(c, no);
        return;
    }
    client_count_connection(in, who, 1);
    client_is_known(c);
    keep_will(in, c->session, m);
    agree(c, m);
    say_connack(c, m, goes_on, assigned);
    client_pump(c, NULL);
}

static void log_in(struct client *c, const struct mqtt_connect *m, struct bytes assigned)
{
    struct principal who;
    switch (client_log_in(c, m, &who)) {
    case CLIENT_LOGGED_IN:
        admit(c, m, assigned, &who);
        return;
    case CLIENT_NOT_PERMITTED:
        turn_away(c, &not_authorized);
        return;
    case CLIENT_WRONG:
        if (c->answer_at > c->wire.in->loop->mono_ns) {
            hold(c);
        } else {
            turn_away(c, &bad_credentials);
        }
        return;
    }
}

void client_on_connect(struct client *c, const struct mqtt_frame *f)
{
    struct mqtt_connect m;
    char made[32] = "";
    enum err e = mqtt_decode_connect(*f, &m);
    if (e == ERR_UNSUPPORTED) {
        turn_away_version(c, m.version);
        return;
    }
    if (e) {
        wire_refuse(&c->wire, DROP_MQTT_PROTOCOL);
        return;
    }
    c->wire.version = m.version;
    const struct refusal *no = check(&m);
    if (no) {
        turn_away(c, no);
        return;
    }
    if (m.client_id.len == 0) {
        uint64_t random = ingest_random(c->wire.in);
        (void)snprintf(made, sizeof made, "auto-%016llx", (unsigned long long)random);
        m.client_id = bytes_of_text(made);
    }
    log_in(c, &m, bytes_of_text(made));
}
