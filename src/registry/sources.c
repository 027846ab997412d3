/* SPDX-License-Identifier: Apache-2.0 */
/* The brokers that devices come over. While one is not connected nothing is known of its devices;
 * when it comes back, each has a while to be heard of before its silence means something. */
#include "registry/rows.h"

#include "base/mem.h"

/* How long devices are waited for once their broker is back. */
#define SETTLE_MS 120000

static struct source *find(const struct registry *r, unsigned number)
{
    return number > 0 && number <= r->source_count ? &r->sources[number - 1] : NULL;
}

bool registry_source(struct registry *r, unsigned number, enum registry_link link, wall_ms now)
{
    ASSERT(number > 0);
    while (r->source_count < number) {
        r->sources = mem_resize(r->sources, r->source_count + 1, sizeof *r->sources);
        r->sources[r->source_count++] = (struct source){.back = WALL_NONE};
    }
    struct source *s = find(r, number);
    bool changed = s->down != (link == REGISTRY_LINK_DOWN);
    if (changed) {
        s->down = link == REGISTRY_LINK_DOWN;
        s->back = s->down ? WALL_NONE : now;
    } else if (s->back != WALL_NONE && now - s->back >= SETTLE_MS) {
        s->back = WALL_NONE;
        changed = true;
    }
    return changed;
}

bool registry_cut_off(const struct registry *r, struct device_id id)
{
    const struct device_row *d = registry_device_row(r, id);
    const struct source *s = d ? find(r, d->source) : NULL;
    return s && (s->down || (s->back != WALL_NONE && d->pub.last_seen < s->back));
}
