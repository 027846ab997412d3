/* SPDX-License-Identifier: Apache-2.0 */
/* `telltale export`: history as CSV or line protocol on standard output, series after series, in
 * the form that `telltale import` reads. */
#include "app/commands.h"
#include "app/history.h"

#include "base/number.h"
#include "sys/progress.h"
#include "sys/time_text.h"

#include <errno.h>
#include <getopt.h>
#include <unistd.h>

#define WRITE_BYTES (256u << 10)

static const char help[] =
    "usage: telltale export [--format csv|influx] [--device ID] [--from T] [--to T] [--data DIR]\n"
    "\n"
    "Writes readings to standard output, one sensor after the other, each by time; `telltale "
    "import`\n"
    "takes them as they are. A server may run: what it had made durable when this began is in it.\n"
    "\n"
    "csv:    time,device,sensor,value,unit with times in ms since 1970\n"
    "influx: line protocol; the sensor is the measurement, the device a tag, the field `value`\n"
    "\n"
    "      --format F    csv (default) or influx\n"
    "      --device ID   of this device only\n"
    "      --from T      from this time on: ISO 8601, or a number since 1970\n"
    "      --to T        up to this time, which is not included\n"
    "      --data DIR    where the history is (default ./telltale-data)\n"
    "  -h, --help        this text\n";

struct export
{
    const char *dir;
    const char *device; /* NULL: all */
    bool influx;
    wall_ms from;
    wall_ms to;
    struct history history;
    struct buf out;
    struct buf head; /* what stands before the time, or behind it, in each row of a series */
    struct buf tail;
    uint64_t readings;
    struct progress progress;
};

/* ---- writing ---- */

static bool flush(struct export *x)
{
    struct bytes b = buf_bytes(&x->out);
    while (b.len) {
        ssize_t n = write(STDOUT_FILENO, b.ptr, b.len);
        if (n < 0 && errno != EINTR) {
            (void)history_fail("export", "standard output can't be written");
            return false;
        }
        b = bytes_skip(b, n > 0 ? (size_t)n : 0);
    }
    buf_clear(&x->out);
    return true;
}

static void put_escaped(struct buf *b, struct bytes text, const char *special)
{
    for (size_t i = 0; i < text.len; i++) {
        if (strchr(special, text.ptr[i])) {
            buf_put_byte(b, '\\');
        }
        buf_put_byte(b, text.ptr[i]);
    }
}

/* A cell, in quotes where it needs them. */
static void put_cell(struct buf *b, struct bytes text)
{
    bool quoted = false;
    for (size_t i = 0; i < text.len; i++) {
        quoted = quoted || strchr(",\"\r\n", text.ptr[i]);
    }
    quoted = quoted || bytes_trim(text).len < text.len;
    if (quoted) {
        buf_put_byte(b, '"');
    }
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '"') {
            buf_put_byte(b, '"');
        }
        buf_put_byte(b, text.ptr[i]);
    }
    if (quoted) {
        buf_put_byte(b, '"');
    }
}

/* Prepares what all rows of a series share. */
static void begin_series(struct export *x, struct bytes device, const struct series_change *s)
{
    struct bytes sensor = batch_text(x->history.loaded, s->sensor);
    buf_clear(&x->head);
    buf_clear(&x->tail);
    if (x->influx) {
        put_escaped(&x->head, sensor, ", ");
        buf_put_text(&x->head, ",device=");
        put_escaped(&x->head, device, ", =");
        buf_put_text(&x->head, " value=");
        return;
    }
    buf_put_byte(&x->head, ',');
    put_cell(&x->head, device);
    buf_put_byte(&x->head, ',');
    put_cell(&x->head, sensor);
    buf_put_byte(&x->head, ',');
    buf_put_byte(&x->tail, ',');
    put_cell(&x->tail, batch_text(x->history.loaded, s->unit));
}

static size_t print_value(const struct series_change *s, double v, char text[NUMBER_TEXT_MAX])
{
    if (s->kind == KIND_BOOLEAN && (v == 0 || v == 1)) {
        const char *word = v == 1 ? "true" : "false";
        memcpy(text, word, strlen(word));
        return strlen(word);
    }
    return number_print(v, text);
}

static void put_reading(struct export *x, const struct series_change *s, wall_ms time, double v)
{
    char text[NUMBER_TEXT_MAX];
    char when[NUMBER_TEXT_MAX];
    size_t time_len = number_print_i64(time, when);
    if (!x->influx) {
        buf_put(&x->out, when, time_len);
    }
    buf_put_bytes(&x->out, buf_bytes(&x->head));
    buf_put(&x->out, text, print_value(s, v, text));
    if (x->influx) {
        buf_put_byte(&x->out, ' ');
        buf_put(&x->out, when, time_len);
        buf_put_text(&x->out, "000000"); /* ns */
    }
    buf_put_bytes(&x->out, buf_bytes(&x->tail));
    buf_put_byte(&x->out, '\n');
}

/* ---- reading ---- */

static bool take_runs(struct export *x, const struct series_change *s, struct store_walk *w)
{
    const wall_ms *times;
    const double *values;
    size_t count = 1;
    struct store_failure why = {{0}};
    while (count > 0) {
        if (store_walk_next(w, &times, &values, &count, &why) != OK) {
            (void)history_fail("export", "%s", why.text);
            return false;
        }
        for (size_t i = 0; i < count; i++) {
            put_reading(x, s, times[i], values[i]);
        }
        x->readings += count;
        if (x->out.len >= WRITE_BYTES && !flush(x)) {
            return false;
        }
        if (progress_due(&x->progress)) {
            progress_line(&x->progress, "%llu readings", (unsigned long long)x->readings);
        }
    }
    return true;
}

static bool export_series(struct export *x, struct bytes device, const struct series_change *s)
{
    struct store_points tail = {0};
    struct store_walk *w = NULL;
    struct store_failure why = {{0}};
    struct history *h = &x->history;
    struct store_query q = {.series = s->series, .from = x->from, .to = x->to, .points = 1};
    begin_series(x, device, s);
    store_tail(h->store, s->series, x->from, x->to, &tail);
    bool good = store_walk_begin(h->reader, &q, &tail, &w, &why) == OK;
    if (good) {
        good = take_runs(x, s, w);
    } else {
        (void)history_fail("export", "%s", why.text);
    }
    store_walk_end(w);
    store_points_fini(&tail);
    return good;
}

static bool export_all(struct export *x)
{
    const struct batch *b = x->history.loaded;
    bool found = !x->device;
    for (size_t i = 0; i < b->device_count; i++) {
        struct bytes device = batch_text(b, b->devices[i].id);
        if (x->device && !bytes_equal(device, bytes_of_text(x->device))) {
            continue;
        }
        found = true;
        for (size_t k = 0; k < b->series_count; k++) {
            if (b->series[k].device.n == b->devices[i].device.n &&
                !export_series(x, device, &b->series[k])) {
                return false;
            }
        }
    }
    if (!found) {
        (void)history_fail("export", "no device is called %s", x->device);
    }
    return found && flush(x);
}

static int run(struct export *x)
{
    if (!history_open(&x->history, "export", x->dir)) {
        return 1;
    }
    progress_start(&x->progress, "telltale export");
    if (!x->influx) {
        buf_put_text(&x->out, "time,device,sensor,value,unit\n");
    }
    bool good = export_all(x);
    if (good) {
        progress_end(&x->progress, "%llu readings", (unsigned long long)x->readings);
    }
    history_close(&x->history);
    buf_fini(&x->out);
    buf_fini(&x->head);
    buf_fini(&x->tail);
    return good ? 0 : 1;
}

/* ---- arguments ---- */

static int wrong(const char *what)
{
    (void)history_fail("export", "%s; `telltale export --help` says how", what);
    return 2;
}

static int take_time(wall_ms *time)
{
    *time = time_text_parse(bytes_of_text(optarg), NULL);
    return *time == TIME_TEXT_NONE ? wrong("that is no time") : 0;
}

static int take_option(struct export *x, int flag)
{
    switch (flag) {
    case 'f':
        x->influx = strcmp(optarg, "influx") == 0;
        return x->influx || strcmp(optarg, "csv") == 0 ? 0 : wrong("a format is csv or influx");
    case 'd':
        x->dir = optarg;
        return 0;
    case 'i':
        x->device = optarg;
        return 0;
    case 'b':
        return take_time(&x->from);
    case 'e':
        return take_time(&x->to);
    case 'h':
        return -1;
    default:
        return wrong("that option is not known");
    }
}

int command_export(int argc, char **argv)
{
    static const struct option flags[] = {{"format", required_argument, NULL, 'f'},
                                          {"data", required_argument, NULL, 'd'},
                                          {"device", required_argument, NULL, 'i'},
                                          {"from", required_argument, NULL, 'b'},
                                          {"to", required_argument, NULL, 'e'},
                                          {"help", no_argument, NULL, 'h'},
                                          {0}};
    static struct export x;
    x = (struct export){.dir = "./telltale-data", .from = INT64_MIN, .to = INT64_MAX};
    int flag;
    while ((flag = getopt_long(argc, argv, "h", flags, NULL)) != -1) {
        int code = take_option(&x, flag);
        if (code < 0) {
            (void)fputs(help, stdout);
            return 0;
        }
        if (code > 0) {
            return code;
        }
    }
    return optind < argc ? wrong("it takes no more words") : run(&x);
}
