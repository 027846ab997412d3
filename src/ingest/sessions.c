/* SPDX-License-Identifier: Apache-2.0 */
#include "ingest/sessions.h"

#include "base/mem.h"

static struct bytes id_of(const void *owner, uint32_t n)
{
    const struct sessions *s = owner;
    return session_client_id(s->all[n]);
}

void sessions_init(struct sessions *s, struct hash_key key, uint32_t max)
{
    *s = (struct sessions){.max = max,
                           .first_free = SESSION_NONE,
                           .first_offline = SESSION_NONE,
                           .last_offline = SESSION_NONE};
    strmap_init(&s->by_id, key, id_of, s);
}

struct inbox *session_inbox(struct session *x)
{
    if (!x->inbox) {
        x->inbox = mem_zalloc(1, sizeof *x->inbox);
    }
    return x->inbox;
}

static void drop_inbox(struct session *x)
{
    if (x->inbox) {
        inbox_fini(x->inbox);
        free(x->inbox);
        x->inbox = NULL;
    }
}

/* The last messages of QoS 1 stay known: a client that forgets its session may send them again all
 * the same. */
void session_forget(struct session *x)
{
    outbox_fini(&x->outbox);
    if (x->inbox) {
        inbox_forget_ids(x->inbox);
    }
}

static void empty(struct session *x)
{
    if (x->client_id) {
        outbox_fini(&x->outbox);
    }
    drop_inbox(x);
    message_release(x->will);
    free(x->client_id);
}

void sessions_fini(struct sessions *s)
{
    for (size_t i = 0; i < s->count; i++) {
        empty(s->all[i]);
        free(s->all[i]);
    }
    free(s->all);
    strmap_fini(&s->by_id);
    *s = (struct sessions){0};
}

struct session *sessions_find(const struct sessions *s, struct bytes client_id)
{
    uint32_t n = strmap_find(&s->by_id, client_id);
    return n == STRMAP_NONE ? NULL : s->all[n];
}

static struct session *take_free(struct sessions *s)
{
    if (s->first_free != SESSION_NONE) {
        struct session *x = s->all[s->first_free];
        s->first_free = x->next;
        return x;
    }
    if (s->count == s->max) {
        return NULL;
    }
    s->all = mem_grow(s->all, s->count, &s->cap, sizeof(struct session *));
    struct session *x = mem_zalloc(1, sizeof *x);
    x->number = (uint32_t)s->count;
    s->all[s->count++] = x;
    return x;
}

struct session *sessions_open(struct sessions *s, struct bytes client_id)
{
    ASSERT(client_id.len > 0);
    struct session *x = take_free(s);
    if (x) {
        x->outbox.total = &s->outbox_entries;
        x->client_id = mem_text(client_id.ptr, client_id.len);
        x->client_id_len = (uint32_t)client_id.len;
        strmap_put(&s->by_id, x->number);
        s->live++;
    }
    return x;
}

void sessions_leave(struct sessions *s, struct session *x)
{
    x->client = NULL;
    x->next = SESSION_NONE;
    x->previous = s->last_offline;
    if (s->last_offline == SESSION_NONE) {
        s->first_offline = x->number;
    } else {
        s->all[s->last_offline]->next = x->number;
    }
    s->last_offline = x->number;
}

void sessions_return(struct sessions *s, struct session *x)
{
    if (x->previous == SESSION_NONE) {
        s->first_offline = x->next;
    } else {
        s->all[x->previous]->next = x->next;
    }
    if (x->next == SESSION_NONE) {
        s->last_offline = x->previous;
    } else {
        s->all[x->next]->previous = x->previous;
    }
    x->carrier_until = 0;
    x->will_at = 0;
    x->expires_at = 0;
    x->ended = false;
}

static struct session *session_or_null(const struct sessions *s, uint32_t n)
{
    return n == SESSION_NONE ? NULL : s->all[n];
}

struct session *sessions_oldest(const struct sessions *s)
{
    return session_or_null(s, s->first_offline);
}

struct session *sessions_younger(const struct sessions *s, const struct session *x)
{
    return session_or_null(s, x->next);
}

void sessions_free(struct sessions *s, struct session *x)
{
    if (!x->client) {
        sessions_return(s, x);
    }
    strmap_remove(&s->by_id, id_of(s, x->number));
    empty(x);
    *x = (struct session){.number = x->number, .next = s->first_free};
    s->first_free = x->number;
    s->live--;
}
