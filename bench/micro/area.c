/* SPDX-License-Identifier: Apache-2.0 */
/* Areas of the map: 100,000 devices in some hundred towns, 100 viewports on different tiles at all
 * zooms. Each second a share of the fleet moves or changes its status. Measured are the time of a
 * tick that has areas to look at (limit: 5 ms) and the bytes of a client and second (limit: 20 kB).
 *
 * Prints one line of JSON a load. */
#include "../load/common.h"

#include "alert/alert.h"
#include "base/mem.h"
#include "live/live.h"
#include "model/limits.h"
#include "registry/registry.h"

#define DEVICES   100000
#define TOWNS     200
#define VIEWPORTS 100
#define SECONDS   12
#define START_MS  1763950000000

struct client {
    struct live_client *live;
    size_t bytes, events;
};

struct world {
    struct registry *decides, *follows;
    struct alert_engine *alerts;
    struct live *live;
    struct metrics metrics;
    struct batch *out;
    struct moment now;
    uint64_t seq, random;
    double lat[DEVICES], lng[DEVICES];
    struct client clients[VIEWPORTS];
};

static uint64_t next_random(struct world *w)
{
    w->random ^= w->random << 13;
    w->random ^= w->random >> 7;
    w->random ^= w->random << 17;
    return w->random;
}

static double between(struct world *w, double low, double high)
{
    return low + (high - low) * (double)(next_random(w) >> 11) / 9007199254740992.0;
}

static void take(void *ctx, void *owner, struct frame *f)
{
    struct client *c = owner;
    (void)ctx;
    c->bytes += f->len;
    c->events++;
}

static bool is_ready(void *ctx, void *owner)
{
    (void)ctx;
    (void)owner;
    return true;
}

static void begin_batch(struct world *w)
{
    w->out = batch_new(BATCH_CHANGES);
    w->out->seq = ++w->seq;
    w->out->now = w->now.wall;
}

static void end_batch(struct world *w)
{
    registry_apply(w->follows, w->out);
    alert_apply(w->alerts, w->out);
    live_batch(w->live, w->out, w->now);
    batch_release(w->out);
    begin_batch(w);
}

static void place(struct world *w, uint32_t i)
{
    char id[32];
    snprintf(id, sizeof id, "device-%u", i);
    struct registry_description told = {
        .device = bytes_of_text(id), .located = true, .lat = w->lat[i], .lng = w->lng[i]};
    (void)registry_describe(w->decides, &told, w->now.wall, w->out);
}

static void tell(struct world *w, uint32_t i, enum device_status status)
{
    char id[32];
    snprintf(id, sizeof id, "device-%u", i);
    struct registry_origin o = {.device = bytes_of_text(id), .carrier = CARRIER_NONE};
    (void)registry_status(w->decides, &o, status, CAUSE_REPORTED, w->now.wall, w->out);
}

static void init(struct world *w)
{
    struct hash_key key = {5, 6};
    struct registry_config config = registry_defaults;
    config.max_devices = DEVICES;
    w->random = 0x9e3779b97f4a7c15u;
    w->now = (struct moment){START_MS, MONO_MS(1000000)};
    w->decides = registry_new(&config, key, &w->metrics);
    w->follows = registry_new(&config, key, NULL);
    w->alerts = alert_new(&alert_defaults, key, START_MS, NULL, NULL);
    struct live_config live = {.epoch_ms = START_MS,
                               .build = "bench",
                               .registry = w->follows,
                               .alerts = w->alerts,
                               .sink = {take, is_ready, w},
                               .metrics = &w->metrics,
                               .key = key};
    w->live = live_new(&live);
    begin_batch(w);
    double town[TOWNS][2];
    for (size_t i = 0; i < TOWNS; i++) {
        town[i][0] = between(w, 36, 60);
        town[i][1] = between(w, -10, 30);
    }
    for (uint32_t i = 0; i < DEVICES; i++) {
        w->lat[i] = town[i % TOWNS][0] + between(w, -0.2, 0.2);
        w->lng[i] = town[i % TOWNS][1] + between(w, -0.2, 0.2);
        place(w, i);
        tell(w, i, STATUS_ONLINE);
    }
    end_batch(w);
}

/* Each viewport is some 1,400 by 900 pixels around a town. */
static void look(struct world *w)
{
    struct principal p = {.role = ROLE_VIEWER};
    for (uint32_t i = 0; i < VIEWPORTS; i++) {
        struct client *c = &w->clients[i];
        char text[256];
        uint32_t zoom = 3 + i % 12;
        double width = 360.0 * 1400 / 256 / (double)(1u << zoom);
        double lat = w->lat[i * 7], lng = w->lng[i * 7] + width / 9;
        double south = lat - width / 5, north = lat + width / 5;
        c->live = live_join(w->live, c, &p, w->now);
        live_event(w->live, c->live, BYTES("subscribe-fleet"),
                   BYTES("[\"subscribe-fleet\",\"none\"]"), LIVE_NO_ACK, w->now);
        int n = snprintf(text, sizeof text,
                         "[\"subscribe-area\",{\"south\":%.6f,\"west\":%.6f,\"north\":%.6f,"
                         "\"east\":%.6f,\"zoom\":%u,\"ceiling\":1500}]",
                         south > -90 ? south : -90, lng - width / 2, north < 90 ? north : 90,
                         lng + width / 2, zoom);
        live_event(w->live, c->live, BYTES("subscribe-area"), bytes_of(text, (size_t)n), 1, w->now);
    }
}

static void stir(struct world *w, uint32_t moves, uint32_t statuses)
{
    for (uint32_t n = 0; n < moves; n++) {
        uint32_t i = (uint32_t)(next_random(w) % DEVICES);
        w->lat[i] += between(w, -0.002, 0.002);
        w->lng[i] += between(w, -0.002, 0.002);
        place(w, i);
    }
    for (uint32_t n = 0; n < statuses; n++) {
        uint32_t i = (uint32_t)(next_random(w) % DEVICES);
        tell(w, i, next_random(w) % 4 ? STATUS_ONLINE : STATUS_OFFLINE);
    }
    end_batch(w);
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void measure(struct world *w, const char *name, uint32_t moves, uint32_t statuses)
{
    double ticks[SECONDS * 4], batches[SECONDS * 4];
    size_t total = 0, most = 0;
    for (size_t i = 0; i < VIEWPORTS; i++) {
        w->clients[i].bytes = 0;
    }
    for (size_t i = 0; i < ARRAY_LEN(ticks); i++) {
        w->now.wall += 250;
        w->now.mono += MONO_MS(250);
        w->out->now = w->now.wall;
        double began = cpu_s();
        stir(w, moves / 4, statuses / 4);
        double stirred = cpu_s();
        (void)live_tick(w->live, w->now);
        batches[i] = (stirred - began) * 1000;
        ticks[i] = (cpu_s() - stirred) * 1000;
    }
    for (size_t i = 0; i < VIEWPORTS; i++) {
        total += w->clients[i].bytes;
        most = w->clients[i].bytes > most ? w->clients[i].bytes : most;
    }
    qsort(ticks, ARRAY_LEN(ticks), sizeof ticks[0], by_size);
    qsort(batches, ARRAY_LEN(batches), sizeof batches[0], by_size);
    printf("{\"load\":\"%s\",\"devices\":%d,\"viewports\":%d,\"moves_s\":%u,\"statuses_s\":%u,"
           "\"areas\":%llu,\"tick_ms_median\":%.2f,\"tick_ms_max\":%.2f,\"bytes_s_mean\":%.0f,"
           "\"bytes_s_max\":%.0f}\n",
           name, DEVICES, VIEWPORTS, moves, statuses,
           (unsigned long long)metrics_get(&w->metrics, METRIC_LIVE_AREAS),
           ticks[ARRAY_LEN(ticks) / 2], ticks[ARRAY_LEN(ticks) - 1],
           (double)total / VIEWPORTS / SECONDS, (double)most / SECONDS);
}

int main(void)
{
    struct world *w = mem_zalloc(1, sizeof *w);
    init(w);
    double began = cpu_s();
    look(w);
    printf("{\"load\":\"%d viewports come\",\"ms\":%.2f}\n", VIEWPORTS, (cpu_s() - began) * 1000);
    measure(w, "quiet", 0, 0);
    measure(w, "1 in 100 moves a second", 1000, 200);
    measure(w, "1 in 10 moves a second", 10000, 2000);
    measure(w, "all move each second", 100000, 2000);
    for (size_t i = 0; i < VIEWPORTS; i++) {
        live_leave(w->live, w->clients[i].live);
    }
    live_free(w->live);
    batch_release(w->out);
    registry_free(w->decides);
    registry_free(w->follows);
    alert_free(w->alerts);
    free(w);
    return 0;
}
