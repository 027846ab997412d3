/* SPDX-License-Identifier: Apache-2.0 */
/* Rooms: `device:<id>` for each id that somebody subscribed to, known or not. A room is joined to
 * its device when that appears and let go when it is deleted; the subscriptions stay. */
#include "live/state.h"

#include "base/mem.h"

static struct bytes key_of(const void *owner, uint32_t value)
{
    const struct live *l = owner;
    return bytes_of(l->rooms[value]->key, l->rooms[value]->key_len);
}

static void init_map(struct live *l)
{
    if (!l->rooms_by_key.key_of) {
        strmap_init(&l->rooms_by_key, l->config.key, key_of, l);
    }
}

struct live_room *live_room_find(const struct live *l, struct bytes key)
{
    if (!l->rooms_by_key.key_of) {
        return NULL;
    }
    uint32_t n = strmap_find(&l->rooms_by_key, key);
    return n == STRMAP_NONE ? NULL : l->rooms[n];
}

static uint32_t free_index(struct live *l)
{
    if (l->free_room_count > 0) {
        return l->free_rooms[--l->free_room_count];
    }
    l->rooms = mem_grow(l->rooms, l->room_count, &l->room_cap, sizeof(struct live_room *));
    return (uint32_t)l->room_count++;
}

struct live_room *live_room_get(struct live *l, struct bytes key)
{
    struct live_room *room = live_room_find(l, key);
    if (room) {
        return room;
    }
    init_map(l);
    room = mem_zalloc(1, sizeof *room);
    room->key = mem_text(key.ptr, key.len);
    room->key_len = key.len;
    room->device = DEVICE_NONE;
    room->index = free_index(l);
    l->rooms[room->index] = room;
    strmap_put(&l->rooms_by_key, room->index);
    l->subscription_bytes += sizeof *room + key.len;
    const struct registry_device *d = registry_find_device(l->config.registry, key);
    if (d && live_device(l, d->id.n)) {
        live_room_bind(l, d->id.n, key);
    }
    return room;
}

void live_room_drop_if_empty(struct live *l, struct live_room *room)
{
    if (room->group_count > 0 || room->watchers) {
        return;
    }
    live_room_unbind(l, room);
    strmap_remove(&l->rooms_by_key, bytes_of(room->key, room->key_len));
    l->subscription_bytes -= sizeof *room + room->key_len;
    l->rooms[room->index] = NULL;
    l->free_rooms =
        mem_grow(l->free_rooms, l->free_room_count, &l->free_room_cap, sizeof *l->free_rooms);
    l->free_rooms[l->free_room_count++] = room->index;
    free(room->groups);
    free(room->key);
    free(room);
}

void live_rooms_fini(struct live *l)
{
    strmap_fini(&l->rooms_by_key);
    free(l->rooms);
    free(l->free_rooms);
}

/* ---- devices come and go ---- */

void live_room_bind(struct live *l, uint32_t device, struct bytes key)
{
    struct live_device *d = live_device(l, device);
    struct live_room *room = live_room_find(l, key);
    ASSERT(d);
    if (!room || d->room == room) {
        return;
    }
    live_room_unbind(l, room);
    d->room = room;
    room->device = (struct device_id){device};
}

void live_room_unbind(struct live *l, struct live_room *room)
{
    struct live_device *d = live_device(l, room->device.n);
    if (d) {
        d->room = NULL;
    }
    room->device = DEVICE_NONE;
    live_watch_room_unbound(room);
    for (size_t i = 0; i < room->group_count; i++) {
        live_conflate_reset(l, room->groups[i]);
    }
}

/* ---- members ---- */

struct live_membership *live_membership_find(struct live_client *c, const struct live_room *room)
{
    for (size_t i = 0; i < c->room_count; i++) {
        if (c->rooms[i].room == room) {
            return &c->rooms[i];
        }
    }
    return NULL;
}

void live_room_enter(struct live *l, struct live_client *c, const struct live_group_key *key)
{
    struct live_membership *m = live_membership_find(c, key->room);
    struct live_group *g = live_group_get(l, key);
    if (m && m->group == g) {
        return;
    }
    if (m) {
        live_group_leave(l, m);
    } else {
        c->rooms = mem_grow(c->rooms, c->room_count, &c->room_cap, sizeof *c->rooms);
        m = &c->rooms[c->room_count++];
    }
    live_group_enter(l, g, c, m, (uint32_t)(m - c->rooms));
}

void live_room_leave(struct live *l, struct live_client *c, struct live_membership *m)
{
    struct live_room *room = m->room;
    live_replies_forget_room(c, room);
    live_resume_forget(c, m->group);
    live_group_leave(l, m);
    *m = c->rooms[--c->room_count];
    if (m != &c->rooms[c->room_count]) {
        m->group->members[m->at].at = (uint32_t)(m - c->rooms);
    }
    if (c->room_count == 0) {
        free(c->rooms);
        c->rooms = NULL;
        c->room_cap = 0;
    }
    live_room_drop_if_empty(l, room);
}
