/* SPDX-License-Identifier: Apache-2.0 */
/* How long the latest values of a fleet take to read: a registry of 2,000 devices with five sensors
 * each, walked device by device as the list of devices and the snapshot walk it, the value and the
 * time of each sensor read. No text is formatted. Prints one line of JSON. */
#include "registry/registry.h"

#include "sys/clock.h"

#define T0      INT64_C(1763953200000)
#define DEVICES 2000u
#define SENSORS 5u
#define ROUNDS  101

/* What was read, so that the reading can't be left out. */
struct seen {
    uint64_t series;
    double values;
    int64_t times;
};

static void fill(struct registry *r)
{
    struct batch *b = batch_new(BATCH_SNAPSHOT);
    char id[32];
    b->seq = 1;
    b->now = T0;
    b->device_ids = DEVICES;
    b->series_ids = DEVICES * SENSORS;
    for (uint32_t d = 0; d < DEVICES; d++) {
        struct device_change *c = batch_add_device(b);
        (void)snprintf(id, sizeof id, "device-%u", d);
        c->device.n = d;
        c->id = batch_put_text(b, bytes_of_text(id));
    }
    /* As the sensors of a fleet appear: the first of each device, then the second of each. */
    for (uint32_t n = 0; n < DEVICES * SENSORS; n++) {
        struct series_change *x = batch_add_series(b);
        (void)snprintf(id, sizeof id, "sensor-%u", n / DEVICES);
        x->series.n = n;
        x->device.n = n % DEVICES;
        x->sensor = batch_put_text(b, bytes_of_text(id));
        x->has_latest = true;
        x->time = T0 + n;
        x->value = n;
    }
    registry_apply(r, b);
    batch_release(b);
}

static void walk(const struct registry *r, struct seen *seen)
{
    for (uint32_t n = 0; n < registry_device_rows(r); n++) {
        const struct registry_device *d = registry_device(r, (struct device_id){n});
        const struct registry_series *s = d ? registry_series(r, d->first_series) : NULL;
        for (; s; s = registry_series(r, s->next)) {
            seen->series += s->has_latest;
            seen->values += s->value;
            seen->times += s->time - T0;
        }
    }
}

static int by_size(const void *a, const void *b)
{
    uint64_t x, y;
    memcpy(&x, a, sizeof x);
    memcpy(&y, b, sizeof y);
    return (x > y) - (x < y);
}

int main(void)
{
    struct registry *r = registry_new(&registry_defaults, (struct hash_key){0}, NULL);
    struct seen seen = {0, 0, 0};
    uint64_t took[ROUNDS];
    fill(r);
    for (int i = 0; i < ROUNDS; i++) {
        uint64_t began = clock_mono_ns();
        walk(r, &seen);
        took[i] = clock_mono_ns() - began;
    }
    registry_free(r);
    const uint64_t series = (uint64_t)DEVICES * SENSORS;
    if (seen.series != series * ROUNDS || seen.times != (int64_t)seen.values) {
        (void)fprintf(stderr, "the registry holds other readings than were put in\n");
        return 1;
    }
    qsort(took, ROUNDS, sizeof took[0], by_size);
    (void)printf("{\"series\":%llu,\"median_ms\":%.3f,\"worst_ms\":%.3f}\n",
                 (unsigned long long)series, (double)took[ROUNDS / 2] / 1e6,
                 (double)took[ROUNDS - 1] / 1e6);
    return 0;
}
