/* SPDX-License-Identifier: Apache-2.0 */
/* Publishing a recording: a row becomes an object of many values, each as the text that the file
 * holds, so that nothing is rounded on the way. Where a column is called like a key with a meaning
 * of its own (value, unit, status ...), every value gets a message for itself, with the column as
 * `sensorType`. */
#include "base/utf8.h"
#include "proto/json/json.h"
#include "proto/mqtt/mqtt.h"
#include "simulate/publisher.h"
#include "simulate/replay_messages.h"
#include "simulate/table.h"
#include "sys/clock.h"
#include "sys/progress.h"

#define FIRST_WAIT MONO_MS(10000)
#define LOST_WAIT  MONO_MS(60000)
#define GOODBYE    MONO_MS(3000)
#define FOREVER    (UINT64_MAX / 2)

/* Values in one message; receivers take a few hundred. */
#define VALUES_A_MESSAGE 200

/* Rows between two looks at the clock for the progress line. */
#define LOOK_EVERY 64

#define NAME_MAX_BYTES  256
#define TOPIC_MAX_BYTES 1024

struct replay {
    const struct replay_options *options;
    struct table table;
    struct publisher *publisher;
    struct progress progress;
    struct buf payload;
    char device[NAME_MAX_BYTES + 1];
    char topic[TOPIC_MAX_BYTES + 1];
    bool single; /* one value a message */
    wall_ms first;
    wall_ms newest;
    wall_ms start_wall;
    mono_ns start_mono;
    uint64_t rows;
    uint64_t values;
    uint64_t no_time;
    uint64_t no_number;
    int64_t file_bytes;
};

/* ---- names ----------------------------------------------------------------------------------- */

static bool is_reserved(const char *name)
{
    static const char *const keys[] = {
        "deviceId",  "device_id",  "deviceID", "device",   "node_id",  "nodeId", "node-id",
        "sensor",    "sensorType", "unit",     "id",       "location", "status", "sensor_type",
        "timestamp", "ts",         "time",     "datetime", "value",    "Id"};
    for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
        if (strcmp(name, keys[i]) == 0) {
            return true;
        }
    }
    return false;
}

/* The file's name without folder and extension. */
static struct bytes stem_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;
    const char *dot = strrchr(name, '.');
    return bytes_of(name, dot && dot != name ? (size_t)(dot - name) : strlen(name));
}

/* Settles device and topic; a name that no topic can hold stands in the payload, as every name
 * does. Errors: ERR_INVALID, printed. */
static enum err name_target(struct replay *r)
{
    const struct replay_options *o = r->options;
    struct bytes device = o->device ? bytes_of_text(o->device) : stem_of(o->path);
    if (device.len == 0 || device.len > NAME_MAX_BYTES || !utf8_valid(device)) {
        (void)fprintf(stderr, "replay: the device's name is empty, too long or not UTF-8\n");
        return ERR_INVALID;
    }
    if (o->topic &&
        (strlen(o->topic) > TOPIC_MAX_BYTES || !mqtt_topic_valid(bytes_of_text(o->topic)))) {
        (void)fprintf(stderr, "replay: '%s' is no topic to publish to\n", o->topic);
        return ERR_INVALID;
    }
    memcpy(r->device, device.ptr, device.len);
    r->device[device.len] = '\0';
    bool fits = !strpbrk(r->device, "/+#");
    (void)snprintf(r->topic, sizeof r->topic, "%s%s", o->topic ? o->topic : "sensors/",
                   o->topic ? ""
                   : fits   ? r->device
                            : "replay");
    for (size_t i = 0; i < r->table.count; i++) {
        r->single |= r->table.columns[i].value && is_reserved(r->table.columns[i].name);
    }
    return OK;
}

/* ---- times ----------------------------------------------------------------------------------- */

/* Finds the first and the newest time. */
static enum err scan_times(struct replay *r)
{
    enum err e;
    r->first = r->newest = WALL_NONE;
    while ((e = table_next(&r->table)) == OK) {
        wall_ms t = table_time(&r->table);
        if (t != WALL_NONE) {
            r->first = r->first == WALL_NONE ? t : r->first;
            r->newest = t > r->newest ? t : r->newest;
        }
    }
    r->file_bytes = ftell(r->table.csv.file);
    if (e != ERR_CLOSED || r->first == WALL_NONE) {
        (void)fprintf(stderr, "replay: %s: line %llu: %s\n", r->options->path,
                      (unsigned long long)r->table.csv.number,
                      e == ERR_CLOSED ? "no row has a time" : err_text(e));
        return ERR_INVALID;
    }
    return table_rewind(&r->table);
}

/* Time since the first row as it is played back, in ms. */
static double played(const struct replay *r, wall_ms t)
{
    return (double)(t - r->first) / r->options->speed;
}

/* The time that a row is published with. */
static wall_ms shown(const struct replay *r, wall_ms t)
{
    if (r->options->times == REPLAY_TIMES_OWN) {
        return t;
    }
    if (r->options->speed <= 0) {
        return t - r->newest + r->start_wall;
    }
    return r->start_wall + (wall_ms)played(r, t);
}

/* Waits until the row of `t` is due. */
static enum err wait_due(struct replay *r, wall_ms t)
{
    if (r->options->speed <= 0) {
        return OK;
    }
    double ms = played(r, t);
    mono_ns due = r->start_mono + (ms > 0 ? (mono_ns)(ms * 1e6) : 0);
    return due > clock_mono_ns() ? publisher_wait(r->publisher, due) : OK;
}

/* ---- rows ------------------------------------------------------------------------------------ */

static void begin_message(struct replay *r, struct json_writer *w)
{
    buf_clear(&r->payload);
    json_writer_init(w, &r->payload);
    json_write_object(w);
    json_put_string(w, "deviceId", r->device);
}

static enum err end_message(struct replay *r, struct json_writer *w, wall_ms time)
{
    json_put_i64(w, "timestamp", time);
    json_write_object_end(w);
    return publisher_publish(r->publisher, bytes_of_text(r->topic), buf_bytes(&r->payload),
                             PUBLISHER_PASSING);
}

static void put_value(const struct replay *r, struct json_writer *w, const char *name,
                      struct bytes text)
{
    if (r->single) {
        json_put_string(w, "sensorType", name);
        json_put_raw(w, "value", text);
    } else {
        json_put_raw(w, name, text);
    }
}

/* Publishes the values of the current row as one message, or as several where one is too few. */
static enum err publish_row(struct replay *r, wall_ms time)
{
    size_t most = r->single ? 1 : VALUES_A_MESSAGE;
    size_t held = 0;
    struct json_writer w;
    enum err e = OK;
    for (size_t i = 0; i < r->table.count && i < r->table.csv.row.count && e == OK; i++) {
        char room[NUMBER_TEXT_MAX];
        struct bytes text;
        if (!r->table.columns[i].value) {
            continue;
        }
        if (!table_number(r->table.csv.row.cells[i], room, &text)) {
            r->no_number += r->table.csv.row.cells[i].len > 0;
            continue;
        }
        if (held == 0) {
            begin_message(r, &w);
        }
        put_value(r, &w, r->table.columns[i].name, text);
        r->values++;
        if (++held == most) {
            e = end_message(r, &w, time);
            held = 0;
        }
    }
    return e == OK && held > 0 ? end_message(r, &w, time) : e;
}

static void show_progress(struct replay *r)
{
    if (r->rows % LOOK_EVERY == 0 && progress_due(&r->progress)) {
        progress_line(&r->progress, "%d %%, %llu rows, %llu messages acknowledged",
                      (int)(100 * ftell(r->table.csv.file) / (r->file_bytes + 1)),
                      (unsigned long long)r->rows,
                      (unsigned long long)publisher_acknowledged(r->publisher));
    }
}

static enum err publish_rows(struct replay *r)
{
    enum err e;
    r->start_wall = clock_wall_ms();
    r->start_mono = clock_mono_ns();
    while ((e = table_next(&r->table)) == OK) {
        wall_ms t = table_time(&r->table);
        if (t == WALL_NONE) {
            r->no_time++;
            continue;
        }
        e = wait_due(r, t);
        if (e == OK) {
            e = publish_row(r, shown(r, t));
        }
        if (e != OK) {
            return e;
        }
        r->rows++;
        show_progress(r);
    }
    if (e != ERR_CLOSED) {
        (void)fprintf(stderr, "replay: %s: line %llu: %s\n", r->options->path,
                      (unsigned long long)r->table.csv.number, err_text(e));
        return e;
    }
    return publisher_flush(r->publisher, FOREVER);
}

static void summarise(struct replay *r)
{
    progress_end(&r->progress, "%llu rows, %llu values, %llu of %llu messages acknowledged",
                 (unsigned long long)r->rows, (unsigned long long)r->values,
                 (unsigned long long)publisher_acknowledged(r->publisher),
                 (unsigned long long)publisher_queued(r->publisher));
    if (r->no_time + r->no_number > 0) {
        progress_end(&r->progress,
                     "left out: %llu rows without a time, %llu cells without a number",
                     (unsigned long long)r->no_time, (unsigned long long)r->no_number);
    }
}

static enum err run(struct replay *r)
{
    struct publisher_options p = {r->options->target, "replay", FIRST_WAIT, LOST_WAIT};
    enum err e = name_target(r);
    if (e == OK) {
        e = scan_times(r);
    }
    if (e == OK) {
        e = publisher_open(&p, &r->publisher);
    }
    if (e == OK) {
        progress_start(&r->progress, "replay");
        e = publish_rows(r);
        if (e == ERR_CLOSED) {
            (void)!publisher_flush(r->publisher, clock_mono_ns() + GOODBYE);
        }
        summarise(r);
    }
    publisher_close(r->publisher);
    buf_fini(&r->payload);
    return e;
}

int replay_run(const struct replay_options *options)
{
    if (replay_holds_messages(options->path)) {
        return replay_messages(options);
    }
    struct replay r = {.options = options};
    enum err e = table_open(&r.table, options);
    if (e == OK) {
        e = run(&r);
        table_close(&r.table);
    }
    return e == OK || e == ERR_CLOSED ? 0 : 1;
}
