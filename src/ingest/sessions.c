/* SPDX-License-Identifier: Apache-2.0 */
#include "ingest/sessions.h"

#include "base/mem.h"

struct session {
    char *client_id; /* NULL when it has none */
    size_t client_id_len;
    void *peer;    /* NULL when lost or free */
    mono_ns until; /* lost only */
    uint32_t next; /* in the list of the free or of the lost */
    uint32_t previous;
    enum { SESSION_FREE, SESSION_CONNECTED, SESSION_LOST } state;
};

static struct bytes id_of(const void *owner, uint32_t n)
{
    const struct sessions *s = owner;
    return bytes_of(s->all[n].client_id, s->all[n].client_id_len);
}

void sessions_init(struct sessions *s, struct hash_key key, uint32_t max)
{
    *s = (struct sessions){.max = max,
                           .first_free = SESSION_NONE,
                           .first_lost = SESSION_NONE,
                           .last_lost = SESSION_NONE};
    strmap_init(&s->by_id, key, id_of, s);
}

void sessions_fini(struct sessions *s)
{
    for (size_t i = 0; i < s->count; i++) {
        free(s->all[i].client_id);
    }
    free(s->all);
    strmap_fini(&s->by_id);
    *s = (struct sessions){0};
}

static uint32_t take_free(struct sessions *s)
{
    uint32_t n = s->first_free;
    if (n != SESSION_NONE) {
        s->first_free = s->all[n].next;
        return n;
    }
    if (s->count == s->max) {
        return SESSION_NONE;
    }
    s->all = mem_grow(s->all, s->count, &s->cap, sizeof *s->all);
    return (uint32_t)s->count++;
}

static void make_free(struct sessions *s, uint32_t n)
{
    struct session *x = &s->all[n];
    if (x->client_id) {
        strmap_remove(&s->by_id, id_of(s, n));
        free(x->client_id);
    }
    *x = (struct session){.state = SESSION_FREE, .next = s->first_free};
    s->first_free = n;
}

static void unlink_lost(struct sessions *s, uint32_t n)
{
    const struct session *x = &s->all[n];
    if (x->previous == SESSION_NONE) {
        s->first_lost = x->next;
    } else {
        s->all[x->previous].next = x->next;
    }
    if (x->next == SESSION_NONE) {
        s->last_lost = x->previous;
    } else {
        s->all[x->next].previous = x->previous;
    }
}

static uint32_t reopen(struct sessions *s, uint32_t n, void *peer, void **previous)
{
    struct session *x = &s->all[n];
    if (x->state == SESSION_LOST) {
        unlink_lost(s, n);
    }
    *previous = x->peer;
    x->peer = peer;
    x->state = SESSION_CONNECTED;
    return n;
}

uint32_t sessions_open(struct sessions *s, struct bytes client_id, void *peer, void **previous)
{
    uint32_t n = client_id.len ? strmap_find(&s->by_id, client_id) : STRMAP_NONE;
    if (n != STRMAP_NONE) {
        return reopen(s, n, peer, previous);
    }
    n = take_free(s);
    if (n == SESSION_NONE) {
        return n;
    }
    s->all[n] = (struct session){.peer = peer, .state = SESSION_CONNECTED};
    if (client_id.len) {
        s->all[n].client_id = mem_text(client_id.ptr, client_id.len);
        s->all[n].client_id_len = client_id.len;
        strmap_put(&s->by_id, n);
    }
    *previous = NULL;
    return n;
}

struct bytes sessions_client_id(const struct sessions *s, uint32_t n)
{
    ASSERT(n < s->count && s->all[n].state != SESSION_FREE);
    return id_of(s, n);
}

void sessions_close(struct sessions *s, uint32_t n)
{
    ASSERT(s->all[n].state == SESSION_CONNECTED);
    make_free(s, n);
}

void sessions_lose(struct sessions *s, uint32_t n, mono_ns until)
{
    struct session *x = &s->all[n];
    ASSERT(x->state == SESSION_CONNECTED);
    x->state = SESSION_LOST;
    x->peer = NULL;
    x->until = until;
    x->next = SESSION_NONE;
    x->previous = s->last_lost;
    if (s->last_lost == SESSION_NONE) {
        s->first_lost = n;
    } else {
        s->all[s->last_lost].next = n;
    }
    s->last_lost = n;
}

bool sessions_expire(struct sessions *s, mono_ns now, uint32_t *n)
{
    uint32_t first = s->first_lost;
    if (first == SESSION_NONE || s->all[first].until > now) {
        return false;
    }
    unlink_lost(s, first);
    make_free(s, first);
    *n = first;
    return true;
}
