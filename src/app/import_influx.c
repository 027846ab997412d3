/* SPDX-License-Identifier: Apache-2.0 */
/* Readings from line protocol. */
#include "app/import.h"

#include "base/mem.h"

#include <errno.h>
#include <unistd.h>

#define READ_BYTES (1u << 20)

/* A stretch of the file, and the line that is being read. */
struct influx {
    struct import *im;
    struct line_reader reader;
    struct line line;
    uint8_t device_room[LINE_SENSOR_MAX];
    uint8_t sensor_room[LINE_SENSOR_MAX];
    struct buf part; /* what was read and not yet used */
};

static bool find_device(struct influx *x, struct bytes *device)
{
    const struct line_text *tag = line_device(&x->line);
    if (!tag) {
        *device = bytes_of_text(x->im->options->device);
        return device->len > 0;
    }
    if (tag->raw.len > sizeof x->device_room) {
        return false;
    }
    *device = line_name(*tag, x->device_room);
    return true;
}

static void take_fields(struct influx *x, struct import_reading *r)
{
    for (size_t i = 0; i < x->line.field_count && !x->im->broken; i++) {
        const struct line_field *f = &x->line.fields[i];
        if (f->kind == LINE_STRING) {
            x->im->texts++;
            continue;
        }
        if (line_sensor(x->line.measurement, f->key, x->sensor_room, &r->sensor) != OK) {
            import_tell_bad(x->im, x->line.number, 1, "the sensor's name is too long");
            return;
        }
        r->kind = f->kind == LINE_BOOLEAN ? KIND_BOOLEAN : KIND_NUMBER;
        r->value = f->number;
        if (!import_take(x->im, x->line.number, r)) {
            return;
        }
    }
}

static void take_line(struct influx *x)
{
    struct import_reading r = {.time = x->im->now};
    struct import *im = x->im;
    if (!find_device(x, &r.device)) {
        import_tell_bad(im, x->line.number, 1,
                        "no tag says which device it is (device or host); --device can");
        return;
    }
    if (x->line.has_time && (line_time_ms(x->line.time, im->options->precision, &r.time) != OK ||
                             !import_time_fits(im, r.time))) {
        import_tell_bad(im, x->line.number, 1,
                        "its time is before 2001 or ahead of now; is --precision right?");
        return;
    }
    take_fields(x, &r);
}

/* Reads on behind what is left; false at the end of the file or when it fails. */
static bool fill(struct influx *x, int fd, bool *failed)
{
    ssize_t n;
    do {
        n = read(fd, buf_reserve(&x->part, READ_BYTES), READ_BYTES);
    } while (n < 0 && errno == EINTR);
    *failed = n < 0;
    if (n <= 0) {
        return false;
    }
    x->part.len += (size_t)n;
    x->im->bytes += (uint64_t)n;
    return true;
}

/* Takes every line that the part holds whole; the rest moves to its front. */
static void take_part(struct influx *x, enum line_part which)
{
    line_feed(&x->reader, buf_bytes(&x->part), which);
    enum err e = OK;
    while (!x->im->broken && e != ERR_AGAIN && e != ERR_CLOSED) {
        e = line_next(&x->reader, &x->line);
        if (e == OK) {
            take_line(x);
        } else if (e == ERR_INVALID) {
            const struct line_error *error = &x->reader.error;
            import_tell_bad(x->im, error->line, error->column, error->reason);
        }
    }
    struct bytes rest = line_rest(&x->reader);
    if (rest.len) {
        memmove(x->part.ptr, rest.ptr, rest.len);
    }
    x->part.len = rest.len;
}

bool import_influx(struct import *im, int fd)
{
    struct influx *x = mem_zalloc(1, sizeof *x);
    x->im = im;
    bool failed = false;
    while (!im->broken && fill(x, fd, &failed)) {
        take_part(x, LINE_MORE_FOLLOWS);
    }
    if (!im->broken && !failed) {
        take_part(x, LINE_LAST_PART);
    }
    if (failed) {
        import_fail("%s can't be read any further", im->options->path);
    }
    buf_fini(&x->part);
    free(x);
    return !failed && !im->broken;
}
