/* SPDX-License-Identifier: Apache-2.0 */
/* Who a client is, by what CONNECT shows and the certificate of its TLS: what a wrong password
 * costs, whose client ids are whose, and how many connections a credential may have.
 *
 * The answer to a wrong password waits the longer the more its address sent; until then the
 * connection counts among the handshakes of that address, and nothing of it is read. */
#include "ingest/client.h"

#include "base/mem.h"
#include "model/credential.h"

/* ---- unfinished handshakes ---- */

bool client_enter(struct client *c, struct ingest *in, const struct peer_address *peer)
{
    return handshakes_enter(&in->handshakes, peer, &c->handshake) == OK;
}

void client_is_known(struct client *c)
{
    handshakes_leave(&c->wire.in->handshakes, &c->handshake);
}

/* ---- who it is ---- */

/* Looks up what was shown. Errors: as ingest_events.authenticate. */
static enum err look_up(struct client *c, const struct mqtt_connect *m, struct principal *who)
{
    const struct ingest_config *config = &c->wire.in->config;
    struct tls_peer peer;
    struct ingest_login login = {
        .user = m->user,
        .password = m->has_password ? m->password : bytes_of(NULL, 0),
    };
    if (conn_peer_certificate(&c->wire.conn, &peer)) {
        login.fingerprint = peer.fingerprint;
        login.common_name = bytes_of_text(peer.common_name);
    }
    return config->events->authenticate(config->ctx, &login, who);
}

enum client_login client_log_in(struct client *c, const struct mqtt_connect *m,
                                struct principal *who)
{
    struct ingest *in = c->wire.in;
    enum err e = look_up(c, m, who);
    if (e == OK) {
        return authorize(who, ACTION_PUBLISH, BYTES("")) ? CLIENT_LOGGED_IN : CLIENT_NOT_PERMITTED;
    }
    if (e == ERR_UNAUTHORIZED) {
        return CLIENT_NOT_PERMITTED;
    }
    const char *address = handshakes_name(&in->handshakes, c->handshake);
    mono_ns wait = guard_failed(&in->guard, address, in->loop->mono_ns);
    c->answer_at = in->loop->mono_ns + wait;
    if (wait) {
        metrics_add(in->config.metrics, METRIC_MQTT_LOGINS_SLOWED, 1);
    }
    return CLIENT_WRONG;
}

/* ---- whose session it is ---- */

static bool same_principal(const struct principal *a, const struct principal *b)
{
    return a->role == b->role && a->credential == b->credential && a->generation == b->generation &&
           memcmp(&a->token, &b->token, sizeof a->token) == 0;
}

bool client_owns(const struct principal *who, const struct session *s)
{
    return same_principal(&s->principal, who);
}

bool client_may_take(const struct ingest *in, const struct principal *who, const struct session *s)
{
    return !who->credential || client_owns(who, s) ||
           !in->config.events->knows(in->config.ctx, &s->principal);
}

/* ---- how many connections ---- */

static uint32_t *count_of(struct ingest *in, const struct principal *who)
{
    size_t slot = who->credential->slot;
    if (slot >= in->by_credential_count) {
        size_t count = size_max(slot + 1, in->by_credential_count * 2);
        in->by_credential = mem_resize(in->by_credential, count, sizeof *in->by_credential);
        memset(in->by_credential + in->by_credential_count, 0,
               (count - in->by_credential_count) * sizeof *in->by_credential);
        in->by_credential_count = count;
    }
    return &in->by_credential[slot];
}

bool client_has_connection_left(struct ingest *in, const struct principal *who,
                                const struct session *s)
{
    uint32_t own = s && s->client && client_owns(who, s) ? 1 : 0;
    return !who->credential || *count_of(in, who) - own < in->config.limits.device_connections;
}

void client_count_connection(struct ingest *in, const struct principal *who, int change)
{
    if (who->credential) {
        *count_of(in, who) += (uint32_t)change;
    }
}

/* ---- how fast ---- */

void client_spend(struct client *c)
{
    struct ingest *in = c->wire.in;
    uint32_t rate = in->config.limits.device_rate;
    if (rate && c->session->principal.credential) {
        rate_spend(&c->full_at, rate, in->loop->mono_ns);
        if (rate_is_over(c->full_at, in->loop->mono_ns)) {
            wire_throttle(&c->wire, rate_ready_at(c->full_at));
        }
    }
}
