/* SPDX-License-Identifier: Apache-2.0 */
#include "ingest/outbox.h"

#include "base/mem.h"
#include "model/limits.h"

#define FIRST_CAP 8
#define IDS       65535u

static struct outbox_entry *entry_at(const struct outbox *o, uint32_t i)
{
    return &o->ring[(o->first + i) & (o->cap - 1)];
}

static void empty(struct outbox_entry *e)
{
    message_release(e->message);
    free(e->ids);
    e->message = NULL;
    e->ids = NULL;
    e->state = OUTBOX_DONE;
}

void outbox_fini(struct outbox *o)
{
    for (uint32_t i = 0; i < o->count; i++) {
        empty(entry_at(o, i));
    }
    free(o->ring);
    *o->total -= o->live;
    *o = (struct outbox){.total = o->total};
}

static void grow(struct outbox *o)
{
    uint32_t cap = o->cap ? o->cap * 2 : FIRST_CAP;
    struct outbox_entry *wider = mem_zalloc(cap, sizeof *wider);
    for (uint32_t i = 0; i < o->count; i++) {
        wider[i] = *entry_at(o, i);
    }
    free(o->ring);
    o->ring = wider;
    o->cap = cap;
    o->first = 0;
}

/* A reader that is slow has messages left from before; what one turn brings is no fault of its. */
static bool is_full(struct outbox *o, uint64_t turn)
{
    if (o->turn != turn) {
        o->turn = turn;
        o->live_before = o->live;
    }
    return o->live_before >= LIMIT_OUTBOX_MESSAGES || o->count >= LIMIT_OUTBOX_BURST ||
           *o->total >= LIMIT_OUTBOX_ENTRIES;
}

enum err outbox_push(struct outbox *o, const struct outbox_entry *entry, uint64_t turn)
{
    if (is_full(o, turn)) {
        return ERR_FULL;
    }
    if (o->count == o->cap) {
        grow(o);
    }
    struct outbox_entry *e = entry_at(o, o->count);
    *e = *entry;
    e->message = message_hold(entry->message);
    e->state = OUTBOX_WAITING;
    o->count++;
    o->live++;
    ++*o->total;
    return OK;
}

/* Lets go of what is done in front, and of the memory when nothing is left. */
static void settle(struct outbox *o)
{
    while (o->current && entry_at(o, 0)->state == OUTBOX_DONE) {
        o->first = (o->first + 1) & (o->cap - 1);
        o->count--;
        o->sent--;
        o->current--;
    }
    if (o->count == 0) {
        free(o->ring);
        o->ring = NULL;
        o->cap = 0;
        o->first = 0;
    }
}

void outbox_restart(struct outbox *o)
{
    o->current = 0;
    o->in_flight = 0;
}

struct outbox_entry *outbox_next(struct outbox *o, uint32_t window)
{
    while (o->current < o->sent && entry_at(o, o->current)->state == OUTBOX_DONE) {
        o->current++;
        settle(o);
    }
    return o->current < o->count && o->in_flight < window ? entry_at(o, o->current) : NULL;
}

/* Ids go around in the order of sending; an entry's place is the distance of its id from the first
 * one's. */
void outbox_sent(struct outbox *o)
{
    ASSERT(o->current < o->count);
    struct outbox_entry *e = entry_at(o, o->current);
    if (o->current == o->sent) {
        o->next_id = o->next_id ? o->next_id : 1;
        e->id = o->next_id;
        e->state = OUTBOX_SENT;
        o->next_id = o->next_id == IDS ? 1 : (uint16_t)(o->next_id + 1);
        o->sent++;
    }
    o->current++;
    o->in_flight++;
}

static void finish(struct outbox *o, struct outbox_entry *e)
{
    empty(e);
    o->in_flight--;
    o->live--;
    --*o->total;
    settle(o);
}

/* It takes an id all the same, so that places and ids stay in step. */
void outbox_skip(struct outbox *o)
{
    outbox_sent(o);
    finish(o, entry_at(o, o->current - 1));
}

static struct outbox_entry *find(const struct outbox *o, uint16_t id)
{
    if (o->current == 0 || id == 0) {
        return NULL;
    }
    uint32_t place = (id + IDS - entry_at(o, 0)->id) % IDS;
    return place < o->current ? entry_at(o, place) : NULL;
}

bool outbox_done(struct outbox *o, uint16_t id, uint8_t qos)
{
    struct outbox_entry *e = find(o, id);
    if (!e || e->state == OUTBOX_DONE || e->qos != qos) {
        return false;
    }
    finish(o, e);
    return true;
}

bool outbox_received(struct outbox *o, uint16_t id)
{
    struct outbox_entry *e = find(o, id);
    if (!e || e->qos != 2 || e->state == OUTBOX_DONE) {
        return false;
    }
    /* From here on only the id matters. */
    message_release(e->message);
    e->message = NULL;
    e->state = OUTBOX_RELEASED;
    return true;
}
