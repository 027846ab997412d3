/* SPDX-License-Identifier: Apache-2.0 */
/* Which devices a connection carried. A device is on the list of the connection that brought its
 * last message, and on no other: when it moved, the loss of the old one says nothing about it. */
#include "registry/rows.h"

#include "base/mem.h"

static struct carrier *carrier_of(struct registry *r, uint32_t carrier)
{
    if (carrier >= r->carrier_cap) {
        size_t cap = size_max((size_t)carrier + 1, r->carrier_cap * 2);
        r->carriers = mem_resize(r->carriers, cap, sizeof *r->carriers);
        for (size_t i = r->carrier_cap; i < cap; i++) {
            r->carriers[i] = (struct carrier){DEVICE_NONE, DEVICE_NONE, false};
        }
        r->carrier_cap = cap;
    }
    return &r->carriers[carrier];
}

void registry_uncarry(struct registry *r, struct device_row *d)
{
    if (d->carrier == CARRIER_NONE) {
        return;
    }
    struct device_row *previous = registry_device_row(r, d->carrier_previous);
    struct device_row *next = registry_device_row(r, d->carrier_next);
    if (previous) {
        previous->carrier_next = d->carrier_next;
    } else {
        r->carriers[d->carrier].first = d->carrier_next;
    }
    if (next) {
        next->carrier_previous = d->carrier_previous;
    }
    d->carrier = CARRIER_NONE;
    d->carrier_previous = d->carrier_next = DEVICE_NONE;
}

void registry_carry(struct registry *r, struct device_row *d, uint32_t carrier)
{
    if (d->carrier == carrier || carrier == CARRIER_NONE) {
        return;
    }
    registry_uncarry(r, d);
    struct carrier *c = carrier_of(r, carrier);
    struct device_row *first = registry_device_row(r, c->first);
    if (c->one.n == DEVICE_NONE.n) {
        c->one = d->pub.id;
    }
    c->several |= c->one.n != d->pub.id.n;
    d->carrier = carrier;
    d->carrier_next = c->first;
    if (first) {
        first->carrier_previous = d->pub.id;
    }
    c->first = d->pub.id;
}

/* A device that said itself that it is offline or asleep knew better than the loss tells; of one
 * behind a lost gateway we know less than before only if it was thought alive. */
static bool loss_matters(const struct device_row *d, bool several)
{
    return d->pub.status == STATUS_ONLINE || (d->pub.status == STATUS_UNKNOWN && !several);
}

void registry_carrier_lost(struct registry *r, uint32_t carrier, wall_ms now, struct batch *out)
{
    if (carrier >= r->carrier_cap) {
        return;
    }
    bool several = r->carriers[carrier].several;
    struct device_id next = r->carriers[carrier].first;
    while (next.n != DEVICE_NONE.n) {
        struct device_row *d = registry_device_row(r, next);
        ASSERT(d);
        next = d->carrier_next;
        if (loss_matters(d, several)) {
            registry_change_status(r, d, several ? STATUS_UNKNOWN : STATUS_OFFLINE,
                                   several ? CAUSE_GATEWAY_LOST : CAUSE_CONNECTION_LOST, now, out);
            d->gap_following = false;
        }
    }
    registry_carrier_closed(r, carrier);
}

void registry_carrier_closed(struct registry *r, uint32_t carrier)
{
    if (carrier >= r->carrier_cap) {
        return;
    }
    struct carrier *c = &r->carriers[carrier];
    while (c->first.n != DEVICE_NONE.n) {
        struct device_row *d = registry_device_row(r, c->first);
        ASSERT(d);
        registry_uncarry(r, d);
    }
    *c = (struct carrier){DEVICE_NONE, DEVICE_NONE, false};
}
