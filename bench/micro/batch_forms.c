/* SPDX-License-Identifier: Apache-2.0 */
/* The forms that a `sensor-batch` could have: bytes and time to make each, and the messages
 * themselves as files, for `bench/batch_forms.mjs` to read as a stock client would. ADR 0031 tells
 * what came out of it.
 *
 * usage: batch_forms FOLDER   Prints one line of JSON a form, fleet and size. */
#include "../load/common.h"

#include "base/buf.h"
#include "base/mem.h"
#include "proto/json/json.h"
#include "proto/sio/sio.h"

#define READINGS_MAX 1000
#define SECONDS      0.1
#define START_MS     1763950000000

struct row {
    char device[24], sensor[24];
    uint32_t d, s; /* numbers in the frame */
    double v;
    int64_t t;
};

struct set {
    struct row rows[READINGS_MAX];
    char *devices[READINGS_MAX], *sensors[READINGS_MAX];
    size_t count, device_count, sensor_count;
};

static const char *const sensor_names[] = {"temperature", "humidity", "pressure", "co2", "battery"};

static void make(struct set *k, size_t count, size_t sensors)
{
    *k = (struct set){.count = count, .sensor_count = sensors};
    for (size_t i = 0; i < count; i++) {
        struct row *r = &k->rows[i];
        r->d = (uint32_t)(i / sensors);
        r->s = (uint32_t)(i % sensors);
        snprintf(r->device, sizeof r->device, "hall-%u-pump-%u", r->d % 7, r->d);
        snprintf(r->sensor, sizeof r->sensor, "%s", sensor_names[r->s]);
        r->v = (double)((i * 7919) % 5000) / 100;
        r->t = START_MS + (int64_t)((i * 37) % 100);
        k->devices[r->d] = r->device;
        k->sensors[r->s] = r->sensor;
        k->device_count = r->d + 1;
    }
}

/* ---- columns ---- */

enum column { DEVICE, SENSOR, D, S, SERIES, V, T, AFTER, DEVICES, SENSORS };

static void put_value(struct json_writer *w, const struct row *r, enum column c)
{
    switch (c) {
    case DEVICE:
        json_write_text(w, bytes_of_text(r->device));
        break;
    case SENSOR:
        json_write_text(w, bytes_of_text(r->sensor));
        break;
    case D:
        json_write_u64(w, r->d);
        break;
    case S:
        json_write_u64(w, r->s);
        break;
    case SERIES:
        json_write_u64(w, 40000 + r->d * 5 + r->s);
        break;
    case V:
        json_write_number(w, r->v);
        break;
    case T:
        json_write_i64(w, r->t);
        break;
    case AFTER:
        json_write_i64(w, r->t - START_MS);
        break;
    case DEVICES:
    case SENSORS:
        break;
    }
}

static void put_column(struct json_writer *w, const struct set *k, const char *key, enum column c)
{
    json_write_key(w, key);
    json_write_array(w);
    for (size_t i = 0; i < k->count && c < DEVICES; i++) {
        put_value(w, &k->rows[i], c);
    }
    for (size_t i = 0; c == DEVICES && i < k->device_count; i++) {
        json_write_text(w, bytes_of_text(k->devices[i]));
    }
    for (size_t i = 0; c == SENSORS && i < k->sensor_count; i++) {
        json_write_text(w, bytes_of_text(k->sensors[i]));
    }
    json_write_array_end(w);
}

static void put_names(struct json_writer *w, const struct set *k)
{
    put_column(w, k, "device", DEVICE);
    put_column(w, k, "sensor", SENSOR);
    put_column(w, k, "v", V);
    put_column(w, k, "t", T);
}

static void put_lists(struct json_writer *w, const struct set *k)
{
    put_column(w, k, "devices", DEVICES);
    put_column(w, k, "sensors", SENSORS);
    put_column(w, k, "d", D);
    put_column(w, k, "s", S);
    put_column(w, k, "v", V);
    json_put_i64(w, "t0", START_MS);
    put_column(w, k, "t", AFTER);
}

static void put_numbers(struct json_writer *w, const struct set *k)
{
    put_column(w, k, "series", SERIES);
    put_column(w, k, "v", V);
    json_put_i64(w, "t0", START_MS);
    put_column(w, k, "t", AFTER);
}

static void put_binary(struct json_writer *w, const struct set *k)
{
    put_column(w, k, "devices", DEVICES);
    put_column(w, k, "sensors", SENSORS);
    json_put_u64(w, "n", k->count);
    json_put_i64(w, "t0", START_MS);
    json_put_raw(w, "columns", BYTES("{\"_placeholder\":true,\"num\":0}"));
}

/* f64 v[n], i32 t[n], u16 d[n], u16 s[n], as typed arrays take them. */
static void put_attachment(struct buf *out, const struct set *k)
{
    buf_clear(out);
    for (size_t i = 0; i < k->count; i++) {
        buf_put(out, &k->rows[i].v, 8);
    }
    for (size_t i = 0; i < k->count; i++) {
        int32_t t = (int32_t)(k->rows[i].t - START_MS);
        buf_put(out, &t, 4);
    }
    for (size_t i = 0; i < k->count; i++) {
        uint16_t n = (uint16_t)k->rows[i].d;
        buf_put(out, &n, 2);
    }
    for (size_t i = 0; i < k->count; i++) {
        uint16_t n = (uint16_t)k->rows[i].s;
        buf_put(out, &n, 2);
    }
}

/* ---- forms ---- */

static const struct form {
    const char *name;
    void (*put)(struct json_writer *w, const struct set *k);
    bool attached;
} forms[] = {
    {"names", put_names, false},
    {"lists", put_lists, false},
    {"numbers", put_numbers, false},
    {"binary", put_binary, true},
};

static void build(const struct form *f, const struct set *k, struct buf *text, struct buf *binary)
{
    struct json_writer w;
    buf_clear(text);
    if (f->attached) {
        struct sio_head h = {.type = SIO_EVENT, .attachments = 1, .nsp = BYTES("/")};
        sio_put_head(text, &h);
        buf_put_text(text, "[\"sensor-batch\",");
        put_attachment(binary, k);
    } else {
        sio_put_event(text, "sensor-batch");
    }
    json_writer_init(&w, text);
    json_write_object(&w);
    f->put(&w, k);
    json_write_object_end(&w);
    sio_put_position(text, BYTES("1763949000000.123456"));
}

static void keep(const char *folder, const char *name, const struct buf *b)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *f = fopen(path, "wb");
    if (!f || fwrite(b->ptr, 1, b->len, f) != b->len || fclose(f) != 0) {
        die(path);
    }
}

static void measure(const struct form *f, const struct set *k, const char *folder)
{
    struct buf text = {0}, binary = {0};
    char name[64];
    size_t rounds = 0;
    double begin = cpu_s(), took;
    do {
        build(f, k, &text, &binary);
        rounds++;
        took = cpu_s() - begin;
    } while (took < SECONDS);
    snprintf(name, sizeof name, "%s-%zu-%zu", f->name, k->sensor_count, k->count);
    keep(folder, name, &text);
    /* Two WebSocket heads of at most 4 bytes each. */
    size_t bytes = text.len + 4 + (f->attached ? binary.len + 4 : 0);
    if (f->attached) {
        snprintf(name, sizeof name, "%s-%zu-%zu.bin", f->name, k->sensor_count, k->count);
        keep(folder, name, &binary);
    }
    printf("{\"form\":\"%s\",\"sensors\":%zu,\"readings\":%zu,\"bytes\":%.2f,\"ns\":%.1f}\n",
           f->name, k->sensor_count, k->count, (double)bytes / (double)k->count,
           took * 1e9 / (double)rounds / (double)k->count);
    buf_fini(&text);
    buf_fini(&binary);
}

int main(int argc, char **argv)
{
    static const size_t counts[] = {5, 20, 100, 1000};
    static struct set k;
    if (argc != 2) {
        fprintf(stderr, "usage: batch_forms FOLDER\n");
        return 2;
    }
    for (size_t sensors = 1; sensors <= 5; sensors += 4) {
        for (size_t c = 0; c < ARRAY_LEN(counts); c++) {
            make(&k, counts[c], sensors);
            for (size_t f = 0; f < ARRAY_LEN(forms); f++) {
                measure(&forms[f], &k, argv[1]);
            }
        }
    }
    return 0;
}
