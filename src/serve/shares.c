/* SPDX-License-Identifier: Apache-2.0 */
#include "serve/shares.h"

#include "base/mem.h"
#include "sys/secret.h"

#define SECOND_NS MONO_MS(1000)

/* ---- the table ---- */

static struct serve_share *find_id(const struct serve_shares *t, struct bytes id)
{
    for (size_t i = 0; i < t->count; i++) {
        if (bytes_equal(bytes_of_text(t->rows[i]->id), id)) {
            return t->rows[i];
        }
    }
    return NULL;
}

struct serve_share *serve_share_find(const struct serve *s, struct bytes secret)
{
    uint8_t hash[TOKEN_HASH_BYTES];
    struct serve_share *found = NULL;
    if (secret.len != TOKEN_TEXT_BYTES) {
        return NULL;
    }
    secret_hash(secret, hash);
    for (size_t i = 0; i < s->shares.count; i++) {
        if (hash_difference(s->shares.rows[i]->share.hash, hash) == 0) {
            found = s->shares.rows[i];
        }
    }
    return found && s->loop->wall_ms < found->share.expires ? found : NULL;
}

size_t serve_share_viewers(const struct serve *s, struct bytes id)
{
    const struct serve_share *sh = find_id(&s->shares, id);
    return sh ? sh->session_count : 0;
}

/* Its sessions end with it. */
static void end(struct serve_share *sh)
{
    while (sh->session_count > 0) {
        serve_session_end(sh->sessions[sh->session_count - 1], SERVE_END_POLITE);
    }
    live_shared_free(sh->live);
    share_scope_fini(&sh->scope);
    free(sh->sessions);
    free(sh);
}

/* NULL: the document is none, its dashboard is gone or another one, or its time is up. */
static struct serve_share *share_of(const struct serve *s, const struct document *d)
{
    struct share share;
    if (share_read(d->body, &share) != OK || s->loop->wall_ms >= share.expires) {
        return NULL;
    }
    const struct document *dashboard =
        document_find(&s->documents, DOCUMENT_DASHBOARD, bytes_of_text(share.dashboard));
    if (!share_is_of(&share, dashboard)) {
        return NULL;
    }
    struct serve_share *sh = mem_zalloc(1, sizeof *sh);
    memcpy(sh->id, d->id.ptr, d->id.len);
    sh->share = share;
    sh->dashboard = dashboard;
    share_scope_init(&sh->scope, dashboard->body, share.devices);
    sh->live = live_shared_new(&sh->scope);
    return sh;
}

static void take_sessions(struct serve_share *sh, struct serve_share *old)
{
    sh->sessions = old->sessions;
    sh->session_count = old->session_count;
    sh->session_cap = old->session_cap;
    old->sessions = NULL;
    old->session_count = 0;
    for (size_t i = 0; i < sh->session_count; i++) {
        sh->sessions[i]->share = sh;
        sh->sessions[i]->share_lacks = true;
    }
}

/* Whether anything that a share depends on changed. */
static bool concerns(const struct batch *b)
{
    bool is = b->kind == BATCH_SNAPSHOT;
    for (size_t i = 0; !is && i < b->document_count; i++) {
        is = b->documents[i].kind == DOCUMENT_SHARE || b->documents[i].kind == DOCUMENT_DASHBOARD;
    }
    return is;
}

void serve_shares_follow(struct serve *s, const struct batch *b)
{
    if (!concerns(b)) {
        return;
    }
    struct serve_shares old = s->shares;
    s->shares = (struct serve_shares){.due = old.due, .queries = old.queries};
    for (size_t i = 0; i < s->documents.count; i++) {
        const struct document *d = s->documents.rows[i];
        bool is = d->id.len && d->kind == DOCUMENT_SHARE && s->shares.count < LIMIT_SHARES;
        struct serve_share *sh = is ? share_of(s, d) : NULL;
        if (!sh) {
            continue;
        }
        struct serve_share *before = find_id(&old, d->id);
        if (before) {
            take_sessions(sh, before);
        }
        struct serve_shares *t = &s->shares;
        t->rows = mem_grow(t->rows, t->count, &t->cap, sizeof(struct serve_share *));
        t->rows[t->count++] = sh;
    }
    for (size_t i = 0; i < old.count; i++) {
        end(old.rows[i]);
    }
    free(old.rows);
}

void serve_shares_free(struct serve *s)
{
    for (size_t i = 0; i < s->shares.count; i++) {
        end(s->shares.rows[i]);
    }
    free(s->shares.rows);
    s->shares = (struct serve_shares){0};
}

/* ---- each second ---- */

static void tell(struct serve *s, struct serve_share *sh)
{
    struct frame *update = live_shared_update(s->live, sh->live, serve_now(s));
    struct frame *data = NULL;
    for (size_t i = 0; i < sh->session_count; i++) {
        struct serve_session *ss = sh->sessions[i];
        bool whole = ss->share_lacks || !update;
        ss->share_lacks = !serve_session_ready(ss);
        if (ss->share_lacks) {
            continue;
        }
        if (whole && !data) {
            data = live_shared_data(s->live, sh->live, serve_now(s));
        }
        serve_session_send(ss, whole ? data : update);
    }
    frame_release(update);
    frame_release(data);
}

void serve_shares_turn(struct serve *s)
{
    if (s->loop->mono_ns < serve_shares_due(s)) {
        return;
    }
    s->shares.due = (s->loop->mono_ns / SECOND_NS + 1) * SECOND_NS;
    for (size_t i = s->shares.count; i-- > 0;) {
        struct serve_share *sh = s->shares.rows[i];
        if (s->loop->wall_ms >= sh->share.expires) {
            s->shares.rows[i] = s->shares.rows[--s->shares.count];
            end(sh);
        } else if (sh->session_count > 0) {
            tell(s, sh);
        }
    }
}

mono_ns serve_shares_due(const struct serve *s)
{
    for (size_t i = 0; i < s->shares.count; i++) {
        if (s->shares.rows[i]->session_count > 0) {
            return s->shares.due;
        }
    }
    return UINT64_MAX;
}

/* ---- the namespace ---- */

const char *serve_share_enter(struct serve_session *ss, struct json_text token)
{
    struct serve_share *sh = token.escaped ? NULL : serve_share_find(ss->serve, token.raw);
    if (!sh) {
        metrics_drop(ss->serve->config.metrics, DROP_HTTP_UNAUTHORIZED, 1);
        return "unauthorized";
    }
    if (sh->session_count >= LIMIT_SHARE_CLIENTS) {
        metrics_drop(ss->serve->config.metrics, DROP_CONNECTION_LIMIT, 1);
        return "busy";
    }
    sh->sessions =
        mem_grow(sh->sessions, sh->session_count, &sh->session_cap, sizeof(struct serve_session *));
    sh->sessions[sh->session_count++] = ss;
    ss->share = sh;
    return NULL;
}

void serve_share_joined(struct serve_session *ss, struct bytes payload)
{
    struct serve *s = ss->serve;
    (void)payload;
    serve_catch_up(s);
    struct frame *data = live_shared_data(s->live, ss->share->live, serve_now(s));
    serve_session_send(ss, data);
    frame_release(data);
}

/* A link is to look, so nothing that is asked for is given; who waits for an answer gets one. */
void serve_share_event(struct serve_session *ss, const struct serve_event *e)
{
    if (!e->wants_ack) {
        return;
    }
    struct buf b = {0};
    sio_put_head(&b, &(struct sio_head){.type = SIO_ACK,
                                        .nsp = BYTES(LIVE_SHARED_NAMESPACE),
                                        .has_id = true,
                                        .id = e->ack});
    buf_put_text(&b, "[{\"error\":{\"code\":\"forbidden\",\"message\":\"a link is to look\"}}]");
    serve_session_send_text(ss, buf_bytes(&b));
    buf_fini(&b);
}

void serve_share_left(struct serve_session *ss)
{
    struct serve_share *sh = ss->share;
    size_t i = 0;
    while (sh->sessions[i] != ss) {
        i++;
    }
    sh->sessions[i] = sh->sessions[--sh->session_count];
    ss->share = NULL;
}
