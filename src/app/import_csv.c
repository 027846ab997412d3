/* SPDX-License-Identifier: Apache-2.0 */
/* Readings from CSV: a reading a row, or a column a sensor. */
#include "app/import.h"

#include "base/mem.h"
#include "base/number.h"
#include "proto/csv/csv.h"
#include "sys/time_text.h"

#include <stdio.h>
#include <unistd.h>

#define NO_COLUMN SIZE_MAX

/* Times as text that are remembered: a device's rows often share one. */
#define TIME_TEXT_BYTES 64

struct table {
    struct import *im;
    FILE *file;
    char *line;
    size_t cap;
    uint64_t number; /* of the line read last, from 1 */
    char separator;
    struct csv_row row;
    size_t time, device, sensor, value, unit; /* columns, or NO_COLUMN */
    size_t columns;
    char **names; /* of the columns, as the header has them */
    char time_text[TIME_TEXT_BYTES];
    size_t time_text_len;
    wall_ms time_value;
};

/* ---- lines ---- */

/* Reads the next line that holds anything. False: the end, or it can't be read (*failed). */
static bool next_line(struct table *t, struct bytes *line, bool *failed)
{
    do {
        ssize_t n = getline(&t->line, &t->cap, t->file);
        *failed = n < 0 && ferror(t->file);
        if (n < 0) {
            return false;
        }
        t->number++;
        t->im->bytes += (uint64_t)n;
        *line = bytes_of(t->line, (size_t)n);
        if (t->number == 1 && bytes_start_with(*line, BYTES("\xef\xbb\xbf"))) {
            *line = bytes_skip(*line, 3);
        }
    } while (bytes_trim(*line).len == 0);
    return true;
}

static bool split(struct table *t, struct bytes line)
{
    uint8_t *begin = (uint8_t *)t->line + (line.ptr - (uint8_t *)t->line);
    return csv_split(begin, line.len, t->separator, &t->row) == OK;
}

/* ---- the header ---- */

static size_t find(const struct table *t, struct bytes name)
{
    for (size_t i = 0; i < t->columns; i++) {
        if (bytes_equal_nocase(bytes_of_text(t->names[i]), name)) {
            return i;
        }
    }
    return NO_COLUMN;
}

static bool settle(struct table *t)
{
    const struct import_options *o = t->im->options;
    t->time = find(t, BYTES("time"));
    t->time = t->time == NO_COLUMN ? find(t, BYTES("timestamp")) : t->time;
    t->time = t->time == NO_COLUMN ? find(t, BYTES("datetime")) : t->time;
    t->device = find(t, BYTES("device"));
    t->sensor = find(t, BYTES("sensor"));
    t->value = find(t, BYTES("value"));
    t->unit = find(t, BYTES("unit"));
    if (t->time == NO_COLUMN) {
        import_fail("%s: the first line must name a column time, timestamp or datetime", o->path);
        return false;
    }
    if (t->device == NO_COLUMN && !o->device) {
        import_fail("%s: no column is called `device`; say --device ID", o->path);
        return false;
    }
    if (t->sensor != NO_COLUMN && t->value == NO_COLUMN) {
        import_fail("%s: a column `sensor` wants a column `value`", o->path);
        return false;
    }
    return true;
}

static bool read_header(struct table *t, bool *failed)
{
    struct bytes line;
    if (!next_line(t, &line, failed)) {
        if (!*failed) {
            import_fail("%s is empty; its first line must name the columns", t->im->options->path);
        }
        return false;
    }
    t->separator = csv_guess(line);
    if (!split(t, line)) {
        import_fail("%s: more than %d columns", t->im->options->path, CSV_COLUMNS_MAX);
        return false;
    }
    t->columns = t->row.count;
    t->names = mem_zalloc(t->columns, sizeof *t->names);
    for (size_t i = 0; i < t->columns; i++) {
        t->names[i] = mem_text(t->row.cells[i].ptr, t->row.cells[i].len);
    }
    return settle(t);
}

/* ---- rows ---- */

static wall_ms parse_time(const struct table *t, struct bytes text)
{
    double v;
    int64_t ms;
    if (!t->im->options->precision_given || number_parse(text, &v) != OK) {
        return time_text_parse(text, NULL);
    }
    if (!(v > -9e18 && v < 9e18)) {
        return WALL_NONE;
    }
    /* A fraction of the unit counts where the unit is coarser than ours. */
    if (t->im->options->precision == LINE_S) {
        return (wall_ms)(v * 1000);
    }
    return line_time_ms((int64_t)v, t->im->options->precision, &ms) == OK ? ms : WALL_NONE;
}

static wall_ms time_of(struct table *t, struct bytes text)
{
    if (t->time_text_len && bytes_equal(text, bytes_of(t->time_text, t->time_text_len))) {
        return t->time_value;
    }
    wall_ms time = parse_time(t, text);
    if (text.len <= sizeof t->time_text && text.len > 0) {
        memcpy(t->time_text, text.ptr, text.len);
        t->time_text_len = text.len;
        t->time_value = time;
    }
    return time;
}

static bool read_value(struct bytes cell, struct import_reading *r)
{
    r->kind = KIND_NUMBER;
    if (number_parse(cell, &r->value) == OK) {
        return true;
    }
    bool yes = bytes_equal_nocase(cell, BYTES("true"));
    r->kind = KIND_BOOLEAN;
    r->value = yes;
    return yes || bytes_equal_nocase(cell, BYTES("false"));
}

static void take_cell(struct table *t, struct import_reading *r, struct bytes cell)
{
    if (cell.len == 0) {
        return; /* no reading */
    }
    if (!read_value(cell, r)) {
        import_tell_bad(t->im, t->number, (size_t)(cell.ptr - (uint8_t *)t->line) + 1,
                        "the value is no number, true or false");
        return;
    }
    (void)import_take(t->im, t->number, r);
}

static void take_columns(struct table *t, struct import_reading *r)
{
    for (size_t i = 0; i < t->columns && !t->im->broken; i++) {
        if (i == t->time || i == t->device || i == t->unit) {
            continue;
        }
        r->sensor = bytes_of_text(t->names[i]);
        take_cell(t, r, t->row.cells[i]);
    }
}

static void take_row(struct table *t)
{
    struct import_reading r = {0};
    if (t->row.count != t->columns) {
        import_tell_bad(t->im, t->number, 1, "it has more or fewer cells than the first line");
        return;
    }
    r.time = time_of(t, t->row.cells[t->time]);
    if (!import_time_fits(t->im, r.time)) {
        import_tell_bad(t->im, t->number, 1,
                        "its time can't be read, is before 2001 or ahead of now");
        return;
    }
    r.device =
        t->device == NO_COLUMN ? bytes_of_text(t->im->options->device) : t->row.cells[t->device];
    if (t->unit != NO_COLUMN) {
        r.unit = t->row.cells[t->unit];
    }
    if (t->sensor == NO_COLUMN) {
        take_columns(t, &r);
        return;
    }
    r.sensor = t->row.cells[t->sensor];
    take_cell(t, &r, t->row.cells[t->value]);
}

static void take_rows(struct table *t, bool *failed)
{
    struct bytes line;
    while (!t->im->broken && next_line(t, &line, failed)) {
        if (split(t, line)) {
            take_row(t);
        } else {
            import_tell_bad(t->im, t->number, 1, "more cells or bytes than a line may have");
        }
    }
}

bool import_csv(struct import *im, int fd)
{
    struct table *t = mem_zalloc(1, sizeof *t);
    bool failed = false;
    t->im = im;
    t->file = fdopen(dup(fd), "r");
    bool good = t->file && read_header(t, &failed);
    if (good) {
        take_rows(t, &failed);
    }
    if (failed || !t->file) {
        import_fail("%s can't be read any further", im->options->path);
    }
    if (t->file) {
        (void)fclose(t->file);
    }
    for (size_t i = 0; t->names && i < t->columns; i++) {
        free(t->names[i]);
    }
    free(t->names);
    free(t->line);
    free(t);
    return good && !failed && !im->broken;
}
