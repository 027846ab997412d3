/* SPDX-License-Identifier: Apache-2.0 */
#include "app/link_watch.h"

#include "app/own_trouble.h"
#include "base/mem.h"

#define PREFIX "link."

enum told {
    TOLD_NOTHING, /* in this process; what an earlier one told may be wrong by now */
    TOLD_UP,
    TOLD_DOWN,
};

struct watched_link {
    enum told told;
};

static bool has_rule(const struct alert_engine *e, const char *name)
{
    for (uint32_t i = 0; i < alert_rule_count(e); i++) {
        char of[LIMIT_ID_BYTES + 1];
        const struct alert_rule *rule = alert_rule_at(e, i);
        if (own_trouble_of(rule->definition, PREFIX, of, sizeof of) && strcmp(of, name) == 0) {
            return true;
        }
    }
    return false;
}

/* Nobody who never heard of trouble is told that there is none. */
static void tell(struct link_watch *w, struct watched_link *link, const struct link_view *v,
                 const struct alert_engine *e)
{
    char name[LIMIT_ID_BYTES - sizeof PREFIX], sensor[LIMIT_ID_BYTES], words[LIMIT_ID_BYTES + 32];
    (void)snprintf(name, sizeof name, "%s", v->name);
    bool known = has_rule(e, name);
    link->told = v->connected ? TOLD_UP : TOLD_DOWN;
    if (!known && v->connected) {
        return;
    }
    (void)snprintf(sensor, sizeof sensor, PREFIX "%s", name);
    if (!known) {
        (void)snprintf(words, sizeof words, "Broker %s is not connected", name);
        w->command(w->ctx, own_trouble_rule(sensor, words));
    }
    w->command(w->ctx, own_trouble_reading(sensor, !v->connected));
}

static void look(struct link_watch *w, struct watched_link *link, const struct link_view *v,
                 const struct alert_engine *e, wall_ms now)
{
    if (v->connected ? link->told != TOLD_UP
                     : link->told != TOLD_DOWN && (uint64_t)(now - v->since) >= w->away_ms) {
        tell(w, link, v, e);
    }
}

void link_watch_tick(struct link_watch *w, const struct ingest *in, struct pipeline *p, wall_ms now)
{
    struct link_view v;
    for (unsigned n = 1; ingest_link(in, n, &v); n++) {
        while (w->count < n) {
            w->links = mem_resize(w->links, w->count + 1, sizeof *w->links);
            w->links[w->count++] = (struct watched_link){TOLD_NOTHING};
        }
        pipeline_link(p, n, v.connected ? REGISTRY_LINK_UP : REGISTRY_LINK_DOWN, now);
        look(w, &w->links[n - 1], &v, pipeline_alerts(p), now);
    }
}

void link_watch_fini(struct link_watch *w)
{
    free(w->links);
    w->links = NULL;
    w->count = 0;
}
