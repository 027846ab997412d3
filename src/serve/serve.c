/* SPDX-License-Identifier: Apache-2.0 */
/* The thread's frame: listeners, the read model, and the end of each turn. */
#include "serve/shares.h"

#include "base/mem.h"
#include "model/limits.h"
#include "serve/assets.h"
#include "sys/clock.h"

/* ---- the end of a turn ---- */

static void expire(struct serve_deadline *d)
{
    switch (d->kind) {
    case SERVE_DEADLINE_HEAD:
    case SERVE_DEADLINE_BODY:
    case SERVE_DEADLINE_ANSWER:
    case SERVE_DEADLINE_IDLE:
    case SERVE_DEADLINE_LINGER:
        serve_peer_expired(CONTAINER_OF(d, struct serve_peer, deadline), d->kind);
        break;
    case SERVE_DEADLINE_PING:
    case SERVE_DEADLINE_PONG:
        serve_session_expired_ping(CONTAINER_OF(d, struct serve_session, ping), d->kind);
        break;
    case SERVE_DEADLINE_CONNECT:
    case SERVE_DEADLINE_ATTACHMENTS:
        serve_session_expired_wait(CONTAINER_OF(d, struct serve_session, wait), d->kind);
        break;
    case SERVE_DEADLINE_UPGRADE:
        serve_session_expired_upgrade(CONTAINER_OF(d, struct serve_session, upgrade));
        break;
    case SERVE_DEADLINE_AWAY:
        serve_session_expired_away(CONTAINER_OF(d, struct serve_session, wait));
        break;
    case SERVE_DEADLINE_KINDS:
        UNREACHABLE();
    }
}

static void apply_accounts(struct serve *s, const struct batch *b)
{
    bool snapshot = b->kind == BATCH_SNAPSHOT;
    s->claimed = s->claimed || b->claimed || b->token_count + b->account_count > 0;
    if (snapshot || b->account_count + b->login_count > 0) {
        account_table_apply(&s->accounts, b);
        serve_sessions_check_access(s);
    }
}

static void apply_tokens(struct serve *s, const struct batch *b)
{
    if (b->kind == BATCH_SNAPSHOT) {
        token_table_fini(&s->tokens);
    } else if (b->token_count == 0) {
        return;
    }
    for (size_t i = 0; i < b->token_count; i++) {
        token_table_apply(&s->tokens, &b->tokens[i]);
    }
    serve_sessions_check_access(s);
}

static void apply(struct serve *s, const struct batch *b)
{
    registry_apply(s->registry, b);
    alert_apply(s->alerts, b);
    apply_tokens(s, b);
    apply_accounts(s, b);
    credential_table_apply(&s->credentials, b);
    document_table_apply(&s->documents, b);
    serve_shares_follow(s, b);
    s->live_touched = true;
    live_batch(s->live, b, serve_now(s));
}

void serve_catch_up(struct serve *s)
{
    if (s->pace.count > 0) {
        serve_pace_works(s);
        serve_pace_release(s, apply);
        serve_commands_reached(s);
    }
}

static void tick_live(struct serve *s)
{
    bool open = serve_pace_open(s);
    bool due = open && s->loop->mono_ns >= s->live_due;
    if (open || s->waiting) {
        serve_catch_up(s);
    }
    if (!due && !s->live_touched) {
        return;
    }
    s->live_touched = false;
    serve_pace_works(s);
    uint64_t before = clock_mono_ns();
    s->live_due = live_tick(s->live, serve_now(s));
    if (due) {
        metrics_observe(s->config.metrics, HISTOGRAM_TICK, clock_mono_ns() - before);
    }
}

/* What is due is done at the end of a turn; the timer only makes one come. */
static void wake(void *ctx)
{
    struct serve *s = ctx;
    s->timer_at = 0;
}

static void arm_timer(struct serve *s)
{
    mono_ns next = serve_deadlines_next(&s->deadlines);
    mono_ns live = s->live_due > s->pace.due ? s->live_due : s->pace.due;
    live = serve_pace_next(s) < live ? serve_pace_next(s) : live;
    next = live < next ? live : next;
    next = serve_shares_due(s) < next ? serve_shares_due(s) : next;
    next = serve_searches_due(s) < next ? serve_searches_due(s) : next;
    if (next == s->timer_at || next == UINT64_MAX) {
        return;
    }
    uint64_t now = s->loop->mono_ns;
    uint64_t delay_ms = next > now ? (next - now + 999999) / 1000000 : 1;
    s->timer_at = next;
    loop_timer_start(s->loop, &s->timer, delay_ms, 0, wake, s);
}

static void on_turn(void *ctx)
{
    struct serve *s = ctx;
    struct serve_deadline *d;
    while ((d = serve_deadlines_take_due(&s->deadlines, s->loop->mono_ns))) {
        expire(d);
    }
    tick_live(s);
    serve_shares_turn(s);
    serve_searches_turn(s);
    serve_sessions_flush(s);
    arm_timer(s);
}

/* ---- the way from live to its clients ---- */

static void sink_send(void *ctx, void *owner, struct frame *f)
{
    (void)ctx;
    serve_session_send(owner, f);
}

static bool sink_ready(void *ctx, void *owner)
{
    (void)ctx;
    return serve_session_ready(owner);
}

/* ---- life ---- */

static struct bytes sid_of(const void *owner, uint32_t slot)
{
    const struct serve *s = owner;
    return bytes_of(s->sessions[slot]->sid, SERVE_SID_BYTES);
}

/* Pings and their ends may be late by this part of the time that they take: with the usual 25 s
 * some three times a second, for a third of a second's clients at once. */
#define PING_GRID 64

static struct bytes pid_of(const void *owner, uint32_t slot)
{
    const struct serve *s = owner;
    return bytes_of(s->sessions[slot]->pid, SERVE_SID_BYTES);
}

static void set_deadlines(struct serve *s)
{
    uint64_t *after = s->deadlines.after_ms;
    serve_deadlines_init(&s->deadlines);
    after[SERVE_DEADLINE_HEAD] = LIMIT_HTTP_HEAD_MS;
    after[SERVE_DEADLINE_BODY] = LIMIT_HTTP_BODY_MS;
    after[SERVE_DEADLINE_ANSWER] = LIMIT_HTTP_ANSWER_MS;
    after[SERVE_DEADLINE_IDLE] = LIMIT_HTTP_IDLE_MS;
    after[SERVE_DEADLINE_LINGER] = LIMIT_LINGER_MS;
    after[SERVE_DEADLINE_PING] = s->config.ping_interval_ms;
    after[SERVE_DEADLINE_PONG] = s->config.ping_timeout_ms;
    after[SERVE_DEADLINE_CONNECT] = s->config.connect_timeout_ms;
    after[SERVE_DEADLINE_ATTACHMENTS] = LIMIT_ATTACHMENTS_MS;
    after[SERVE_DEADLINE_UPGRADE] = LIMIT_UPGRADE_MS;
    after[SERVE_DEADLINE_AWAY] = LIMIT_AWAY_MS;
    s->deadlines.grid_ms[SERVE_DEADLINE_PING] = s->config.ping_interval_ms / PING_GRID;
    s->deadlines.grid_ms[SERVE_DEADLINE_PONG] = s->config.ping_timeout_ms / PING_GRID;
}

/* The version and what the page's own tag says: both change what a browser that is open should load
 * anew. */
static char *build_id(const char *version)
{
    struct buf b = {0};
    buf_put_text(&b, version);
    for (size_t i = 0; i < serve_asset_count; i++) {
        struct bytes tag = bytes_of_text(serve_assets[i].etag);
        if (strcmp(serve_assets[i].path, "/index.html") == 0 && tag.len > 2) {
            buf_put_byte(&b, '+');
            buf_put(&b, tag.ptr + 1, tag.len - 2);
        }
    }
    buf_put_byte(&b, '\0');
    return (char *)b.ptr;
}

struct serve *serve_new(struct loop *l, const struct serve_config *config)
{
    struct serve *s = mem_zalloc(1, sizeof *s);
    struct hash_key key = {config->key[0], config->key[1]};
    s->loop = l;
    s->config = *config;
    s->sockets = config->sockets ? config->sockets : &serve_live_sockets;
    ASSERT(s->sockets->namespace_count <= SERVE_NAMESPACES_MAX);
    s->registry = registry_new(&config->registry, key, NULL);
    s->alerts = alert_new(&config->alert, key, config->epoch_ms, NULL, NULL);
    s->build = build_id(config->version);
    struct live_config live = {
        .epoch_ms = config->epoch_ms,
        .build = s->build,
        .registry = s->registry,
        .alerts = s->alerts,
        .sink = {sink_send, sink_ready, serve_resync_ask, s},
        .metrics = config->metrics,
        .key = key,
    };
    s->live = live_new(&live);
    handshakes_init(&s->handshakes, key, LIMIT_HANDSHAKES_PER_ADDRESS);
    strmap_init(&s->sessions_by_sid, key, sid_of, s);
    strmap_init(&s->sessions_by_pid, key, pid_of, s);
    s->passwords.by_address.key = s->passwords.by_account.key = key;
    credential_table_init(&s->credentials, key);
    document_table_init(&s->documents, key);
    set_deadlines(s);
    loop_on_turn(l, on_turn, s);
    return s;
}

static void on_accepted(void *ctx, int fd, const struct peer_address *peer)
{
    serve_peer_accepted(ctx, fd, peer, SERVE_BY_NETWORK);
}

static void on_accepted_tls(void *ctx, int fd, const struct peer_address *peer)
{
    serve_peer_accepted(ctx, fd, peer, SERVE_BY_TLS);
}

static void on_accepted_control(void *ctx, int fd, const struct peer_address *peer)
{
    serve_peer_accepted(ctx, fd, peer, SERVE_BY_CONTROL_SOCKET);
}

static struct listener *next_listener(struct serve *s, const char *host)
{
    ASSERT(s->listener_count < SERVE_LISTENERS_MAX);
    s->listen_hosts[s->listener_count] = host ? mem_text(host, strlen(host)) : NULL;
    return &s->listeners[s->listener_count++];
}

static void note_host(struct serve *s, const char *host)
{
    bool everywhere = strcmp(host, "0.0.0.0") == 0 || strcmp(host, "::") == 0;
    s->listens_everywhere = s->listens_everywhere || everywhere;
}

void serve_listen(struct serve *s, int fd, const char *host, uint16_t port)
{
    (void)port;
    note_host(s, host);
    listener_start(next_listener(s, host), s->loop, fd, on_accepted, s);
}

void serve_listen_tls(struct serve *s, int fd, const char *host, uint16_t port)
{
    (void)port;
    note_host(s, host);
    listener_start(next_listener(s, host), s->loop, fd, on_accepted_tls, s);
}

void serve_listen_control(struct serve *s, int fd)
{
    listener_start(next_listener(s, NULL), s->loop, fd, on_accepted_control, s);
}

/* ---- data ---- */

void serve_batch(struct serve *s, const struct batch *b)
{
    if (serve_pace_gather(s, b)) {
        return;
    }
    serve_pace_works(s);
    serve_pace_release(s, apply);
    apply(s, b);
    serve_commands_reached(s);
}

/* ---- the end ---- */

void serve_drain(struct serve *s)
{
    s->draining = true;
    for (size_t i = 0; i < s->listener_count; i++) {
        listener_stop(&s->listeners[i]);
    }
    for (size_t i = 0; i < s->session_slots; i++) {
        if (s->sessions[i]) {
            serve_session_end(s->sessions[i], SERVE_END_SHUTDOWN);
        }
    }
    for (struct serve_peer *p = s->peers; p; p = p->next) {
        if (p->kind == SERVE_PEER_HTTP && !p->http->waiting) {
            conn_finish(&p->conn);
        }
    }
}

bool serve_idle(const struct serve *s)
{
    return s->peer_count == 0;
}

static void free_peers(struct serve *s)
{
    while (s->peers) {
        struct serve_peer *p = s->peers;
        s->peers = p->next;
        if (p->http) {
            serve_ticket_detach(p);
            serve_stream_drop(s, p->http->stream);
            serve_http_free(p->http);
        }
        conn_discard(&p->conn);
        serve_peer_free(p);
    }
}

void serve_free(struct serve *s)
{
    if (!s) {
        return;
    }
    for (size_t i = 0; i < s->session_slots; i++) {
        if (s->sessions[i]) {
            serve_session_discard(s->sessions[i]);
        }
    }
    serve_shares_free(s);
    serve_passwords_drop(s);
    free_peers(s);
    serve_pace_drop(s);
    while (s->waiting) {
        struct command *c = s->waiting;
        s->waiting = c->next;
        free(c->owner);
        command_free(c);
    }
    for (size_t i = 0; i < s->listener_count; i++) {
        free(s->listen_hosts[i]);
    }
    free(s->sessions);
    strmap_fini(&s->sessions_by_sid);
    strmap_fini(&s->sessions_by_pid);
    serve_event_memo_fini(s);
    handshakes_fini(&s->handshakes);
    live_free(s->live);
    free(s->build);
    alert_free(s->alerts);
    registry_free(s->registry);
    token_table_fini(&s->tokens);
    account_table_fini(&s->accounts);
    credential_table_fini(&s->credentials);
    document_table_fini(&s->documents);
    serve_searches_fini(&s->searches);
    free(s);
}
