/* SPDX-License-Identifier: Apache-2.0 */
/* Devices that are mute without another: those behind a bridge or a node. Learned from messages,
 * and kept in memory only, since bridges tell it again. */
#include "registry/rows.h"

static void leave_parent(struct registry *r, struct device_row *d)
{
    struct device_row *parent = registry_device_row(r, d->parent);
    struct device_row *previous = registry_device_row(r, d->sibling_previous);
    struct device_row *next = registry_device_row(r, d->sibling_next);
    if (previous) {
        previous->sibling_next = d->sibling_next;
    } else if (parent) {
        parent->first_child = d->sibling_next;
    }
    if (next) {
        next->sibling_previous = d->sibling_previous;
    }
    d->parent = d->sibling_previous = d->sibling_next = DEVICE_NONE;
}

/* Whether `d` is `other` or among its ancestors. */
static bool is_above(const struct registry *r, const struct device_row *d,
                     const struct device_row *other)
{
    while (other && other != d) {
        other = registry_device_row(r, other->parent);
    }
    return other == d;
}

void registry_adopt(struct registry *r, struct device_row *d, struct device_row *parent)
{
    if (d->parent.n == parent->pub.id.n || is_above(r, d, parent)) {
        return;
    }
    leave_parent(r, d);
    struct device_row *first = registry_device_row(r, parent->first_child);
    d->parent = parent->pub.id;
    d->sibling_next = parent->first_child;
    if (first) {
        first->sibling_previous = d->pub.id;
    }
    parent->first_child = d->pub.id;
}

void registry_orphan(struct registry *r, struct device_row *d)
{
    struct device_row *child;
    leave_parent(r, d);
    while ((child = registry_device_row(r, d->first_child))) {
        leave_parent(r, child);
    }
}

/* The next device below `top` in depth-first order: the first child, else the next one aside. */
static struct device_row *next_below(const struct registry *r, const struct device_row *top,
                                     const struct device_row *d)
{
    struct device_row *next = registry_device_row(r, d->first_child);
    while (!next && d != top) {
        next = registry_device_row(r, d->sibling_next);
        d = next ? d : registry_device_row(r, d->parent);
    }
    return next;
}

void registry_parent_lost(struct registry *r, const struct device_row *parent, wall_ms now,
                          struct batch *out)
{
    struct device_row *d = next_below(r, parent, parent);
    for (; d; d = next_below(r, parent, d)) {
        if (d->pub.status == STATUS_ONLINE) {
            registry_change_status(r, d, STATUS_UNKNOWN, CAUSE_GATEWAY_LOST, now, out);
            d->gap_following = false;
        }
    }
}
