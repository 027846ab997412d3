/* SPDX-License-Identifier: Apache-2.0 */
/* A registry that decides, the batch it writes into, and short words for messages. */
#ifndef TELLTALE_TESTS_REGISTRY_WORLD_H
#define TELLTALE_TESTS_REGISTRY_WORLD_H

#include "registry/registry.h"

#include "model/limits.h"

#include "expect.h"

#define START     ((wall_ms)1763950000000)
#define MINUTE_MS ((wall_ms)60000)
#define HOUR_MS   ((wall_ms)3600000)

struct world {
    struct registry_config config;
    struct metrics metrics;
    struct registry *r;
    struct batch *out;
    wall_ms now;
    uint64_t seq;
};

/* A new batch at `now`, as the pipeline begins one each turn. */
static inline void world_turn(struct world *w, wall_ms now)
{
    batch_release(w->out);
    w->out = batch_new(BATCH_CHANGES);
    w->now = now;
    w->out->now = now;
    w->out->seq = ++w->seq;
}

static inline void world_init(struct world *w, const struct registry_config *config)
{
    memset(w, 0, sizeof *w);
    w->config = config ? *config : registry_defaults;
    w->r = registry_new(&w->config, (struct hash_key){11, 22}, &w->metrics);
    world_turn(w, START);
}

static inline void world_fini(struct world *w)
{
    batch_release(w->out);
    registry_free(w->r);
}

static inline struct registry_origin origin(const char *device, const char *sensor)
{
    return (struct registry_origin){.device = bytes_of_text(device),
                                    .sensor = bytes_of_text(sensor),
                                    .topic = BYTES("sensors/x"),
                                    .carrier = CARRIER_NONE};
}

static inline enum drop world_resolve(struct world *w, struct registry_origin o,
                                      struct series_id *series)
{
    bool created = false;
    uint32_t before = registry_series_count(w->r);
    enum drop drop = registry_resolve(w->r, &o, w->now, w->out, series, &created);
    assert_int_equal(created, registry_series_count(w->r) == before + 1);
    return drop;
}

/* One message: a value of a sensor, with the device's own time or WALL_NONE. */
static inline enum registry_order world_read(struct world *w, struct registry_origin o,
                                             double value, wall_ms time, uint32_t flags)
{
    struct series_id series;
    assert_int_equal(world_resolve(w, o, &series), DROP_NONE);
    struct reading in = {series.n, flags, time, value};
    return registry_reading(w->r, in, w->now, w->out);
}

static inline void world_tell(struct world *w, struct registry_origin o, enum device_status status,
                              enum status_cause cause)
{
    assert_int_equal(registry_status(w->r, &o, status, cause, w->now, w->out), DROP_NONE);
}

static inline const struct registry_device *world_device(const struct world *w, const char *key)
{
    const struct registry_device *d = registry_find_device(w->r, bytes_of_text(key));
    assert_non_null(d);
    return d;
}

static inline const struct registry_series *world_series(const struct world *w, const char *device,
                                                         const char *sensor)
{
    const struct registry_series *s =
        registry_find_series(w->r, bytes_of_text(device), bytes_of_text(sensor));
    assert_non_null(s);
    return s;
}

static inline void expect_status(const struct world *w, const char *device,
                                 enum device_status status, enum status_cause cause)
{
    assert_string_equal(status_text(world_device(w, device)->status), status_text(status));
    assert_string_equal(cause_text(world_device(w, device)->cause), cause_text(cause));
}

/* A command by its kind, to be filled and given to world_command, which frees it. */
static inline struct command *command_for(enum command_kind kind, const char *device,
                                          const char *sensor)
{
    struct command *c = command_new(kind);
    c->device = strdup(device);
    c->sensor = sensor ? strdup(sensor) : NULL;
    return c;
}

static inline void world_command(struct world *w, struct command *c, enum err result,
                                 const char *field)
{
    registry_command(w->r, c, w->out);
    assert_string_equal(err_name(c->result), err_name(result));
    if (field) {
        assert_string_equal(c->field, field);
    } else {
        assert_null(c->field);
    }
    assert_int_equal(c->message != NULL, result != OK);
    command_free(c);
}

#endif
