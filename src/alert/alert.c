/* SPDX-License-Identifier: Apache-2.0 */
#include "alert/alert.h"

#include "alert/silence.h"

#include "base/mem.h"

const struct alert_config alert_defaults = {.max_rules = LIMIT_RULES, .flap_after = 3};

const struct config_field alert_settings[] = {
    {.name = "max_rules",
     .type = CONFIG_INTEGER,
     CONFIG_MEMBER(struct alert_config, max_rules),
     .min = 1,
     .max = 1000000,
     .help = "Alert rules at once; making more is refused."},
    {.name = "flap_after",
     .type = CONFIG_INTEGER,
     CONFIG_MEMBER(struct alert_config, flap_after),
     .min = 0,
     .max = 100,
     .help = "Times an alert comes back within ten minutes before it is held; 0: never."},
};

const size_t alert_setting_count = ARRAY_LEN(alert_settings);

struct alert_engine *alert_new(const struct alert_config *config, struct hash_key key,
                               int64_t epoch_ms, const struct alert_world *world,
                               struct metrics *metrics)
{
    struct alert_engine *e = mem_zalloc(1, sizeof *e);
    e->config = *config;
    e->hash_key = key;
    e->metrics = metrics;
    e->decides = world != NULL;
    e->wall = WALL_NONE;
    if (world) {
        e->world = *world;
    }
    e->rule_ids.epoch_ms = e->alert_ids.epoch_ms = epoch_ms;
    alert_rules_init(e);
    alert_opened_init(e);
    return e;
}

void alert_free(struct alert_engine *e)
{
    if (e) {
        alert_opened_fini(e);
        alert_silences_fini(e);
        alert_instances_fini(e);
        alert_rules_fini(e);
        buf_fini(&e->scratch);
        free(e);
    }
}

uint32_t alert_rule_count(const struct alert_engine *e)
{
    return e->rule_count;
}

const struct alert_rule *alert_rule_at(const struct alert_engine *e, uint32_t index)
{
    return index < e->rule_count ? &e->rules[e->rule_order[index]].pub : NULL;
}

const struct alert_rule *alert_find_rule(const struct alert_engine *e, struct bytes id)
{
    const struct rule *rule = alert_rule_row(e, id);
    return rule ? &rule->pub : NULL;
}

uint32_t alert_firing_count(const struct alert_engine *e)
{
    return e->firing_count;
}

uint32_t alert_instance_count(const struct alert_engine *e)
{
    return e->instance_count;
}

size_t alert_instance_bytes(const struct alert_engine *e)
{
    return e->instance_count * sizeof(struct instance) + e->watch_count * sizeof(struct watch) +
           e->timer_count * sizeof(struct timer) + e->memory_bytes;
}

uint32_t alert_open_count(const struct alert_engine *e)
{
    return e->open_count;
}

const struct alert *alert_open_at(const struct alert_engine *e, uint32_t index)
{
    return index < e->open_count ? &e->open[index]->pub : NULL;
}

const struct alert *alert_find_open(const struct alert_engine *e, struct bytes id)
{
    const struct open_alert *a = alert_open_row(e, id);
    return a ? &a->pub : NULL;
}

int alert_worst_of_device(const struct alert_engine *e, struct bytes device)
{
    uint32_t slot = strmap_find(&e->tally_by_device, device);
    int worst = slot == STRMAP_NONE ? -1 : SEVERITY_COUNT - 1;
    while (worst >= 0 && e->tallies[slot].count[worst] == 0) {
        worst--;
    }
    return worst;
}

bool alert_resolved_since(const struct alert_engine *e, uint64_t seq,
                          void (*each)(void *ctx, const struct alert *a), void *ctx)
{
    for (uint32_t i = 0; i < e->resolved_count; i++) {
        const struct alert *a = &e->resolved[(e->resolved_first + i) % RESOLVED_MAX]->pub;
        if (a->changed_seq > seq) {
            each(ctx, a);
        }
    }
    return seq >= e->resolved_floor;
}
