/* SPDX-License-Identifier: Apache-2.0 */
#include "app/notify_devices.h"

#include "base/mem.h"

static struct bytes id_of(const void *owner, uint32_t value)
{
    const struct notify_devices *d = owner;
    return d->rows[value].id;
}

void notify_devices_init(struct notify_devices *d, struct hash_key key)
{
    *d = (struct notify_devices){0};
    strmap_init(&d->by_id, key, id_of, d);
}

void notify_devices_fini(struct notify_devices *d)
{
    for (size_t i = 0; i < d->count; i++) {
        buf_fini(&d->rows[i].text);
    }
    free(d->rows);
    free(d->free);
    strmap_fini(&d->by_id);
}

static void forget(struct notify_devices *d, uint32_t row)
{
    struct notify_device *old = &d->rows[row];
    strmap_remove(&d->by_id, old->id);
    buf_fini(&old->text);
    *old = (struct notify_device){0};
    d->free = mem_grow(d->free, d->free_count, &d->free_cap, sizeof *d->free);
    d->free[d->free_count++] = row;
}

/* A deleted device is known by its number alone. */
static void forget_number(struct notify_devices *d, uint32_t number)
{
    for (uint32_t i = 0; i < d->count; i++) {
        if (d->rows[i].id.len && d->rows[i].number == number) {
            forget(d, i);
        }
    }
}

/* Rows of deleted devices are used again, the last one first. */
static uint32_t free_row(struct notify_devices *d)
{
    if (d->free_count) {
        return d->free[--d->free_count];
    }
    d->rows = mem_grow(d->rows, d->count, &d->cap, sizeof *d->rows);
    d->rows[d->count] = (struct notify_device){0};
    return (uint32_t)d->count++;
}

static struct bytes take(struct notify_device *row, size_t *at, size_t len)
{
    struct bytes text = bytes_of(row->text.ptr + *at, len);
    *at += len;
    return text;
}

static void put(struct notify_devices *d, const struct batch *b, const struct device_change *c)
{
    struct bytes id = batch_text(b, c->id), name = batch_text(b, c->name);
    struct bytes place = batch_text(b, c->place), tags = batch_text(b, c->tags);
    uint32_t known = strmap_find(&d->by_id, id);
    if (known != STRMAP_NONE) {
        forget(d, known);
    }
    if (name.len + place.len + tags.len == 0) {
        return;
    }
    uint32_t at = free_row(d);
    struct notify_device *row = &d->rows[at];
    size_t from = 0;
    row->number = c->device.n;
    buf_put_bytes(&row->text, id);
    buf_put_bytes(&row->text, name);
    buf_put_bytes(&row->text, place);
    buf_put_bytes(&row->text, tags);
    row->id = take(row, &from, id.len);
    row->name = take(row, &from, name.len);
    row->place = take(row, &from, place.len);
    row->tags = take(row, &from, tags.len);
    strmap_put(&d->by_id, at);
}

void notify_devices_apply(struct notify_devices *d, const struct batch *b)
{
    for (size_t i = 0; i < b->device_count; i++) {
        if (b->devices[i].deleted) {
            forget_number(d, b->devices[i].device.n);
        } else {
            put(d, b, &b->devices[i]);
        }
    }
}

const struct notify_device *notify_devices_find(const struct notify_devices *d, struct bytes id)
{
    uint32_t row = strmap_find(&d->by_id, id);
    return row == STRMAP_NONE ? NULL : &d->rows[row];
}
