/* SPDX-License-Identifier: Apache-2.0 */
/* `make bench-decode`: from topic and payload to records, on one core. Each case sends the messages
 * of 1,000 devices round and round through one decoder; the clock starts when it knows them all.
 * The limit beside it, measured in the same run, is reading the same payloads once with the bare
 * JSON reader, or touching each byte where they are no JSON. */
#include "decode/decode.h"
#include "proto/json/json.h"

#include "../load/common.h"

#include "base/mem.h"
#include <stdarg.h>

#define DEVICES  1000
#define SECONDS  0.7
#define START_MS 1704103200000

/* ---- allocations ---- */

static uint64_t allocations;

/* The C library's own, by the names that it exports beside the public ones. */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *ptr, size_t size);
void *malloc(size_t size);
void *calloc(size_t n, size_t size);
void *realloc(void *ptr, size_t size);

void *malloc(size_t size)
{
    allocations++;
    return __libc_malloc(size);
}

void *calloc(size_t n, size_t size)
{
    allocations++;
    return __libc_calloc(n, size);
}

void *realloc(void *ptr, size_t size)
{
    allocations++;
    return __libc_realloc(ptr, size);
}

/* ---- messages ---- */

struct message {
    struct bytes topic;
    struct bytes payload;
};

struct set {
    struct message *at;
    size_t count;
    size_t first; /* the messages before are sent once: births */
};

static void add(struct set *s, const char *topic, struct bytes payload)
{
    s->at[s->count++] = (struct message){bytes_of_text(mem_text(topic, strlen(topic))),
                                         bytes_of(mem_text(payload.ptr, payload.len), payload.len)};
}

__attribute__((format(printf, 3, 4))) static void add_text(struct set *s, const char *topic,
                                                           const char *format, ...)
{
    char text[1024];
    va_list args;
    va_start(args, format);
    int len = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    add(s, topic, bytes_of(text, (size_t)len));
}

static void bare(struct set *s, int i)
{
    char topic[64];
    (void)snprintf(topic, sizeof topic, "sensors/esp32-%04d/temperature", i);
    add_text(s, topic, "%d.%d", 20 + i % 9, i % 10);
}

static void json_one(struct set *s, int i)
{
    char topic[64];
    (void)snprintf(topic, sizeof topic, "sensors/esp32-%04d/temperature", i);
    add_text(s, topic,
             "{\"deviceId\":\"esp32-%04d\",\"sensorType\":\"temperature\",\"value\":%d.%d,"
             "\"unit\":\"C\",\"timestamp\":1704103200%03d}",
             i, 20 + i % 9, i % 10, i % 1000);
}

static void json_five(struct set *s, int i)
{
    char topic[64];
    (void)snprintf(topic, sizeof topic, "home/room-%04d/climate", i);
    add_text(s, topic,
             "{\"temperature\":%d.%d,\"humidity\":%d,\"pressure\":1013.%02d,\"co2\":%d,"
             "\"battery\":%d,\"timestamp\":1704103200%03d}",
             20 + i % 9, i % 10, i % 100, i % 100, 400 + i, i % 101, i % 1000);
}

static void telegraf_json(struct set *s, int i)
{
    char topic[64];
    (void)snprintf(topic, sizeof topic, "telegraf/web-%04d/cpu", i);
    add_text(s, topic,
             "{\"fields\":{\"usage_idle\":9%d.5,\"usage_iowait\":0,\"usage_system\":1.%d,"
             "\"usage_user\":2.25,\"usage_nice\":0.125},\"name\":\"cpu\",\"tags\":{\"cpu\":"
             "\"cpu-total\",\"host\":\"web-%04d\"},\"timestamp\":1704103200}",
             i % 10, i % 10, i);
}

static void telegraf_line(struct set *s, int i)
{
    char topic[64];
    (void)snprintf(topic, sizeof topic, "telegraf/web-%04d/cpu", i);
    add_text(s, topic,
             "cpu,cpu=cpu-total,host=web-%04d usage_idle=9%d.5,usage_iowait=0,usage_system=1.%d,"
             "usage_user=2.25,usage_nice=0.125 1704103200000000000\n",
             i, i % 10, i % 10);
}

static void tasmota(struct set *s, int i)
{
    char topic[64];
    (void)snprintf(topic, sizeof topic, "tele/plug-%04d/SENSOR", i);
    add_text(s, topic,
             "{\"Time\":\"2024-01-01T10:00:00\",\"ENERGY\":{\"TotalStartTime\":\"2023-01-01T00:00:"
             "00\",\"Total\":%d.294,\"Yesterday\":5.34,\"Today\":0.95,\"Period\":1,\"Power\":2%d,"
             "\"Voltage\":230,\"Current\":0.1%d}}",
             i, i % 10, i % 10);
}

/* ---- Sparkplug B, as protobuf ---- */

static void put_varint(struct buf *b, uint64_t v)
{
    for (; v >= 0x80; v >>= 7) {
        buf_put_byte(b, (uint8_t)(v | 0x80));
    }
    buf_put_byte(b, (uint8_t)v);
}

static void put_number(struct buf *b, unsigned field, uint64_t v)
{
    put_varint(b, field << 3);
    put_varint(b, v);
}

static void put_field(struct buf *b, unsigned field, struct bytes v)
{
    put_varint(b, field << 3 | 2);
    put_varint(b, v.len);
    buf_put_bytes(b, v);
}

static void put_double(struct buf *b, unsigned field, double v)
{
    put_varint(b, field << 3 | 1);
    buf_put(b, &v, sizeof v);
}

/* Five metrics; with names and types in a birth, by alias alone in data. */
static void sparkplug(struct set *s, const char *topic, unsigned seq, bool birth)
{
    static const char *const names[] = {"Line/Speed", "Line/Load", "Motor/Temperature",
                                        "Motor/Current", "Tank/Level"};
    struct buf payload = {0};
    put_number(&payload, 1, START_MS);
    for (unsigned i = 0; i < ARRAY_LEN(names); i++) {
        struct buf metric = {0};
        if (birth) {
            put_field(&metric, 1, bytes_of_text(names[i]));
        }
        put_number(&metric, 2, i + 1);
        put_number(&metric, 3, START_MS + seq);
        if (birth) {
            put_number(&metric, 4, 10);
        }
        put_double(&metric, 13, 20.5 + i);
        put_field(&payload, 2, buf_bytes(&metric));
        buf_fini(&metric);
    }
    put_number(&payload, 3, seq);
    add(s, topic, buf_bytes(&payload));
    buf_fini(&payload);
}

static void sparkplug_births(struct set *s)
{
    char topic[64];
    for (int i = 0; i < DEVICES; i++) {
        (void)snprintf(topic, sizeof topic, "spBv1.0/plant/NBIRTH/node-%04d", i);
        sparkplug(s, topic, 0, true);
    }
    s->first = s->count;
    for (unsigned seq = 1; seq <= 256; seq++) {
        for (int i = 0; i < DEVICES; i++) {
            (void)snprintf(topic, sizeof topic, "spBv1.0/plant/NDATA/node-%04d", i);
            sparkplug(s, topic, seq & 255, false);
        }
    }
}

/* ---- measuring ---- */

struct result {
    double seconds;
    uint64_t messages;
    uint64_t records;
    uint64_t allocations;
};

static size_t send_one(struct decoder *d, const struct message *m, wall_ms now)
{
    struct decode_input in = {m->topic, m->payload, 0, 0, now};
    struct decoded out;
    decode_message(d, &in, &out);
    return out.count;
}

static struct result decode_for(struct decoder *d, const struct set *s, double seconds, wall_ms now)
{
    struct result r = {0};
    uint64_t before = allocations;
    double begin = cpu_s();
    while (r.seconds < seconds) {
        for (size_t i = s->first; i < s->count; i++) {
            r.records += send_one(d, &s->at[i], now);
        }
        r.messages += s->count - s->first;
        now++; /* a loop turn takes about a millisecond */
        r.seconds = cpu_s() - begin;
    }
    r.allocations = allocations - before;
    return r;
}

/* Nanoseconds a message of the bare reading. */
static double limit_ns(const struct set *s)
{
    volatile uint64_t sink = 0;
    uint64_t messages = 0;
    double begin = cpu_s();
    double seconds = 0;
    while (seconds < SECONDS / 4) {
        for (size_t i = s->first; i < s->count; i++) {
            struct json_reader r;
            struct bytes p = s->at[i].payload;
            json_reader_init(&r, p);
            if (p.ptr[0] == '{') {
                sink += json_finish(&r);
            } else {
                for (size_t k = 0; k < p.len; k++) {
                    sink += p.ptr[k];
                }
            }
        }
        messages += s->count - s->first;
        seconds = cpu_s() - begin;
    }
    return seconds * 1e9 / (double)messages;
}

static void measure(const char *what, const struct set *s)
{
    static struct metrics metrics;
    struct decoder *d = decoder_new(&(struct decode_config){0}, (struct hash_key){1, 2}, &metrics);
    for (size_t i = 0; i < s->first; i++) {
        (void)send_one(d, &s->at[i], START_MS);
    }
    (void)decode_for(d, s, SECONDS / 4, START_MS);
    struct result r = decode_for(d, s, SECONDS, START_MS + 10000);
    double ns = r.seconds * 1e9 / (double)r.messages;
    double limit = limit_ns(s);
    printf("%-28s | %7.2f | %7.2f | %9.0f | %8.0f | %5.1f x | %llu\n", what,
           (double)r.records / r.seconds / 1e6, (double)r.messages / r.seconds / 1e6, ns, limit,
           ns / limit, (unsigned long long)r.allocations);
    decoder_free(d);
}

static void run(const char *only, const char *what, void (*make)(struct set *s, int i))
{
    static struct message room[DEVICES * 260];
    struct set s = {.at = room};
    if (only && !strstr(what, only)) {
        return;
    }
    for (int i = 0; make && i < DEVICES; i++) {
        make(&s, i);
    }
    if (!make) {
        sparkplug_births(&s);
    }
    measure(what, &s);
}

int main(int argc, char **argv)
{
    const char *only = argc > 1 ? argv[1] : NULL;
    printf("%-28s | records | message | ns a      | ns bare  |         | allocations\n", "payload");
    printf("%-28s | M/s     | M/s     | message   | reading  | ratio   | after warm-up\n", "");
    run(only, "bare number", bare);
    run(only, "generic JSON, 1 value", json_one);
    run(only, "generic JSON, 5 values", json_five);
    run(only, "Telegraf JSON, 5 fields", telegraf_json);
    run(only, "Telegraf lines, 5 fields", telegraf_line);
    run(only, "Tasmota SENSOR, 7 values", tasmota);
    run(only, "Sparkplug NDATA, 5 aliases", NULL);
    return 0;
}
