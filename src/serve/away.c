/* SPDX-License-Identifier: Apache-2.0 */
/* Connection state recovery of Socket.IO: a session whose connection was lost stays for a while, in
 * its rooms and without a transport. Whoever comes with its `pid`, which is a secret, and the same
 * credential takes it over; live sends what was missed since `offset`, the position of the last
 * event that arrived. */
#include "serve/session.h"

#include "model/limits.h"

static void let_go(struct serve_session *away)
{
    ASSERT(away->transport == SERVE_AWAY);
    serve_session_end(away, SERVE_END_SHUTDOWN);
}

/* Who broke the protocol, was thrown out or is not in the namespace has nothing to return to. */
static bool may_return(const struct serve_session *ss, enum serve_session_end how)
{
    bool lost = how == SERVE_END_GONE || how == SERVE_END_SILENT || how == SERVE_END_ASKED;
    return lost && ss->client && ss->pid[0] && ss->transport != SERVE_AWAY && !ss->serve->draining;
}

static struct serve_session *oldest(struct serve *s)
{
    struct serve_deadline *first = s->deadlines.lists[SERVE_DEADLINE_AWAY].next;
    return CONTAINER_OF(first, struct serve_session, wait);
}

bool serve_session_park(struct serve_session *ss, enum serve_session_end how)
{
    struct serve *s = ss->serve;
    if (!may_return(ss, how) || !live_away(s->live, ss->client, ss)) {
        return false;
    }
    if (s->away_count == LIMIT_AWAY) {
        let_go(oldest(s));
    }
    strmap_remove(&s->sessions_by_sid, bytes_of(ss->sid, SERVE_SID_BYTES));
    serve_session_unplug(ss, how);
    ss->transport = SERVE_AWAY;
    ss->overflowed = false;
    s->away_count++;
    serve_deadline_set(&s->deadlines, &ss->wait, SERVE_DEADLINE_AWAY, s->loop->mono_ns);
    return true;
}

void serve_session_drop_pid(struct serve_session *ss)
{
    if (ss->pid[0]) {
        strmap_remove(&ss->serve->sessions_by_pid, bytes_of(ss->pid, SERVE_SID_BYTES));
        ss->pid[0] = '\0';
    }
}

void serve_session_expired_away(struct serve_session *ss)
{
    let_go(ss);
}

/* A connection may be lost without our having seen it yet. */
static struct serve_session *find_away(struct serve_session *ss, struct bytes pid)
{
    struct serve *s = ss->serve;
    uint32_t slot =
        pid.len == SERVE_SID_BYTES ? strmap_find(&s->sessions_by_pid, pid) : STRMAP_NONE;
    struct serve_session *found = slot == STRMAP_NONE ? NULL : s->sessions[slot];
    if (!found || !found->client || found == ss || found->who.role != ss->who.role ||
        !principal_is(&found->who, &ss->who)) {
        return NULL;
    }
    if (found->transport != SERVE_AWAY) {
        serve_session_end(found, SERVE_END_GONE);
        slot = strmap_find(&s->sessions_by_pid, pid);
    }
    return slot == STRMAP_NONE ? NULL : s->sessions[slot];
}

static void take_over(struct serve_session *ss, struct serve_session *away)
{
    struct serve *s = ss->serve;
    char pid[SERVE_SID_BYTES + 1];
    ss->client = away->client;
    ss->joined = away->joined;
    memcpy(ss->socket_id, away->socket_id, sizeof ss->socket_id);
    memcpy(pid, away->pid, sizeof pid);
    away->client = NULL;
    away->joined = 0;
    let_go(away);
    memcpy(ss->pid, pid, sizeof pid);
    strmap_put(&s->sessions_by_pid, ss->slot);
    metrics_add(s->config.metrics, METRIC_CLIENTS_RETURNED, 1);
}

bool serve_session_return(struct serve_session *ss, struct bytes pid, struct bytes offset)
{
    struct serve *s = ss->serve;
    struct serve_session *away = find_away(ss, pid);
    if (!away) {
        return false;
    }
    s->live_touched = true;
    if (live_return(s->live, away->client, ss, offset, serve_now(s))) {
        take_over(ss, away);
        return true;
    }
    let_go(away);
    return false;
}
