/* SPDX-License-Identifier: Apache-2.0 */
/* Publishing the fleet. Time is cut into slots, one a device and interval, spread evenly so that
 * messages flow instead of bursting; slot n belongs to device n % devices. Past and present differ
 * only in the length of the interval and in whether a slot's time is waited for, so "go on where it
 * ended" means: the first slot after the last time that was acknowledged. */
#include "simulate/simulate.h"

#include "proto/json/json.h"
#include "simulate/fleet.h"
#include "simulate/publisher.h"
#include "simulate/state.h"
#include "sys/clock.h"
#include "sys/progress.h"

/* Times of what waits for its acknowledgement; a power of two above the publisher's window. */
#define TIMES 2048

#define SAVE_EVERY  MONO_MS(5000)
#define FIRST_WAIT  MONO_MS(10000)
#define GOODBYE     MONO_MS(3000)
#define FOREVER     (UINT64_MAX / 2)
#define STATE_EVERY 256 /* messages between two looks at the clock for the state file */

_Static_assert(PUBLISHER_WINDOW < TIMES && (TIMES & (TIMES - 1)) == 0, "");

struct run {
    const struct simulate_options *options;
    struct fleet fleet;
    struct publisher *publisher;
    struct progress progress;
    struct buf payload;
    wall_ms last;         /* time of the newest slot that was published */
    wall_ms times[TIMES]; /* of message n at n % TIMES */
    mono_ns next_save;
    mono_ns end; /* stop then */
};

/* ---- slots ----------------------------------------------------------------------------------- */

/* Slot n lies at n * interval / devices, rounded down; intervals shorter than a millisecond a
 * device give several slots one time. */
static wall_ms slot_time(const struct run *r, int64_t interval_ms, int64_t slot)
{
    int64_t devices = r->fleet.devices;
    return slot / devices * interval_ms + slot % devices * interval_ms / devices;
}

/* The first slot later than `t`. */
static int64_t slot_after(const struct run *r, int64_t interval_ms, wall_ms t)
{
    int64_t slot = t / interval_ms * r->fleet.devices;
    while (slot_time(r, interval_ms, slot) <= t) {
        slot++;
    }
    return slot;
}

/* ---- messages -------------------------------------------------------------------------------- */

static enum err publish(struct run *r, const char *topic, wall_ms time)
{
    uint64_t n = publisher_queued(r->publisher);
    enum err e = publisher_publish(r->publisher, bytes_of_text(topic), buf_bytes(&r->payload),
                                   PUBLISHER_PASSING);
    if (e == OK || publisher_queued(r->publisher) > n) {
        r->times[n & (TIMES - 1)] = time;
    }
    return e;
}

static void put_position(struct json_writer *w, const struct run *r, unsigned index, wall_ms time)
{
    struct fleet_position p = fleet_position(&r->fleet, index, time);
    json_write_key(w, "location");
    json_write_object(w);
    json_put_number(w, "latitude", p.lat);
    json_put_number(w, "longitude", p.lng);
    json_write_object_end(w);
}

static enum err publish_slot(struct run *r, int64_t interval_ms, int64_t slot)
{
    unsigned index = (unsigned)(slot % r->fleet.devices);
    wall_ms time = slot_time(r, interval_ms, slot);
    struct fleet_device d = fleet_device(&r->fleet, index);
    char topic[FLEET_ID_MAX + 16];
    struct json_writer w;
    buf_clear(&r->payload);
    json_writer_init(&w, &r->payload);
    json_write_object(&w);
    for (unsigned s = 0; s < FLEET_SENSORS; s++) {
        json_put_number(&w, d.kind->sensors[s].id, fleet_value(&r->fleet, index, s, time));
    }
    if (d.kind->moves) {
        put_position(&w, r, index, time);
    }
    json_put_i64(&w, "timestamp", time);
    json_write_object_end(&w);
    (void)snprintf(topic, sizeof topic, "sensors/%s", d.id);
    enum err e = publish(r, topic, time);
    r->last = e == OK ? time : r->last;
    return e;
}

/* Says of every device that it is online. */
static enum err publish_statuses(struct run *r)
{
    for (unsigned i = 0; i < r->fleet.devices; i++) {
        struct fleet_device d = fleet_device(&r->fleet, i);
        char topic[FLEET_ID_MAX + 16];
        buf_clear(&r->payload);
        buf_put_text(&r->payload, "online");
        (void)snprintf(topic, sizeof topic, "devices/%s/status", d.id);
        enum err e = publish(r, topic, r->last);
        if (e != OK) {
            return e;
        }
    }
    return OK;
}

/* ---- what is remembered ---------------------------------------------------------------------- */

static void save_state(struct run *r)
{
    uint64_t acknowledged = publisher_acknowledged(r->publisher);
    if (!r->options->state_path || acknowledged == 0) {
        return;
    }
    wall_ms time = r->times[(acknowledged - 1) & (TIMES - 1)];
    if (simulate_state_save(r->options->state_path, r->options->seed, time) != OK) {
        (void)fprintf(stderr, "simulate: can't write %s\n", r->options->state_path);
    }
}

static void save_state_when_due(struct run *r)
{
    mono_ns now = clock_mono_ns();
    if (now >= r->next_save) {
        r->next_save = now + SAVE_EVERY;
        save_state(r);
    }
}

/* Where to begin: behind what was acknowledged, but no further back than asked for. */
static wall_ms start_of(const struct simulate_options *o, wall_ms now)
{
    wall_ms oldest = now - o->history_ms;
    wall_ms known = o->state_path ? simulate_state_load(o->state_path, o->seed) : WALL_NONE;
    return known > oldest && known <= now ? known : oldest;
}

/* ---- the past, then the present -------------------------------------------------------------- */

static void show_history(struct run *r, wall_ms from, wall_ms now)
{
    if (progress_due(&r->progress)) {
        progress_line(&r->progress, "history %d %%, %llu messages acknowledged",
                      (int)(100 * (r->last - from) / (now - from + 1)),
                      (unsigned long long)publisher_acknowledged(r->publisher));
    }
}

/* Publishes slots until they reach the present, which moves on meanwhile. */
static enum err publish_history(struct run *r)
{
    int64_t step = r->options->history_interval_ms;
    wall_ms from = r->last;
    wall_ms now = clock_wall_ms();
    uint64_t before = publisher_queued(r->publisher);
    enum err e = OK;
    for (int64_t slot = slot_after(r, step, from); e == OK; slot++) {
        if (slot_time(r, step, slot) > now) {
            now = clock_wall_ms();
            if (slot_time(r, step, slot) > now) {
                break;
            }
        }
        e = publish_slot(r, step, slot);
        if (slot % STATE_EVERY == 0) {
            save_state_when_due(r);
            show_history(r, from, now);
        }
    }
    if (e == OK) {
        e = publisher_flush(r->publisher, FOREVER);
    }
    if (e == OK) {
        save_state(r);
        progress_end(&r->progress, "the past is published: %llu messages",
                     (unsigned long long)(publisher_acknowledged(r->publisher) - before));
    }
    return e;
}

static enum err publish_present(struct run *r)
{
    int64_t step = r->options->interval_ms;
    enum err e = OK;
    for (int64_t slot = slot_after(r, step, r->last); e == OK; slot++) {
        wall_ms early = slot_time(r, step, slot) - clock_wall_ms();
        mono_ns now = clock_mono_ns();
        if (now >= r->end) {
            return OK;
        }
        if (early > 0) {
            mono_ns due = now + MONO_MS(early);
            e = publisher_wait(r->publisher, due < r->end ? due : r->end);
        }
        if (e == OK && clock_mono_ns() < r->end) {
            e = publish_slot(r, step, slot);
            save_state_when_due(r);
        }
    }
    return e;
}

static enum err publish_all(struct run *r)
{
    enum err e = publish_statuses(r);
    if (e == OK && r->options->history_ms > 0) {
        e = publish_history(r);
    }
    return e == OK ? publish_present(r) : e;
}

int simulate_run(const struct simulate_options *options)
{
    struct run r = {.options = options, .fleet = {options->seed, options->devices}};
    struct publisher_options p = {options->target, "simulate", FIRST_WAIT, FOREVER};
    ASSERT(options->devices > 0 && options->interval_ms > 0 && options->history_interval_ms > 0);
    enum err e = publisher_open(&p, &r.publisher);
    if (e != OK) {
        return e == ERR_CLOSED ? 0 : 1;
    }
    r.last = start_of(options, clock_wall_ms());
    r.end = options->run_ms > 0 ? clock_mono_ns() + MONO_MS(options->run_ms) : FOREVER;
    progress_start(&r.progress, "simulate");
    e = publish_all(&r);
    if (e == OK || e == ERR_CLOSED) {
        (void)!publisher_flush(r.publisher, clock_mono_ns() + GOODBYE);
    }
    save_state(&r);
    progress_end(&r.progress, "%llu messages acknowledged",
                 (unsigned long long)publisher_acknowledged(r.publisher));
    publisher_close(r.publisher);
    buf_fini(&r.payload);
    return e == OK || e == ERR_CLOSED ? 0 : 1;
}
