/* SPDX-License-Identifier: Apache-2.0 */
#include "simulate/table.h"

#include "base/mem.h"
#include "base/utf8.h"
#include "sys/time_text.h"

/* Rows that are looked at to find out what a column holds. */
#define LOOK_ROWS 20

/* ERR_CLOSED is the end of the file here; further up it would be a wish to stop. */
static enum err fail(const struct replay_options *o, enum err e, const char *what)
{
    (void)fprintf(stderr, "replay: %s: %s\n", o->path, what);
    return e == ERR_CLOSED ? ERR_INVALID : e;
}

bool table_number(struct bytes cell, char room[NUMBER_TEXT_MAX], struct bytes *text)
{
    double v;
    char copy[64];
    char *end;
    if (number_parse(cell, &v) == OK) {
        *text = cell;
        return true;
    }
    if (cell.len == 0 || cell.len >= sizeof copy) {
        return false;
    }
    memcpy(copy, cell.ptr, cell.len);
    copy[cell.len] = '\0';
    if (strspn(copy, "+-.0123456789eE") != cell.len) {
        return false;
    }
    v = strtod(copy, &end);
    if (*end != '\0' || v - v != 0) {
        return false;
    }
    *text = bytes_of(room, number_print(v, room));
    return true;
}

static bool is_number(struct bytes cell)
{
    char room[NUMBER_TEXT_MAX];
    struct bytes text;
    return table_number(cell, room, &text);
}

/* ---- names ----------------------------------------------------------------------------------- */

/* A line with a number in it is a row already; the columns are numbered then. */
static bool is_header(const struct csv *c)
{
    for (size_t i = 0; i < c->row.count; i++) {
        if (is_number(c->row.cells[i])) {
            return false;
        }
    }
    return true;
}

static char *name_of(const struct replay_options *o, struct bytes cell, size_t index)
{
    const char *prefix = o->sensor_prefix ? o->sensor_prefix : "";
    char number[32];
    (void)snprintf(number, sizeof number, "column%zu", index + 1);
    struct bytes name = cell.len > 0 ? cell : bytes_of_text(number);
    size_t before = strlen(prefix);
    char *text = mem_alloc(before + name.len + 1);
    memcpy(text, prefix, before);
    memcpy(text + before, name.ptr, name.len);
    text[before + name.len] = '\0';
    return text;
}

/* Errors: ERR_INVALID a name is not UTF-8. */
static enum err name_columns(struct table *t, const struct replay_options *o)
{
    const struct csv *c = &t->csv;
    t->headed = is_header(c);
    t->count = c->row.count;
    t->columns = mem_zalloc(t->count, sizeof *t->columns);
    for (size_t i = 0; i < t->count; i++) {
        t->columns[i].name = name_of(o, t->headed ? c->row.cells[i] : BYTES(""), i);
        if (!utf8_valid(bytes_of_text(t->columns[i].name))) {
            return fail(o, ERR_INVALID, "the first line is not UTF-8");
        }
    }
    return OK;
}

/* The column called `name` in the file, without the prefix; t->count when there is none. */
static size_t find_column(const struct table *t, const struct replay_options *o, struct bytes name)
{
    size_t before = o->sensor_prefix ? strlen(o->sensor_prefix) : 0;
    size_t i = 0;
    while (i < t->count && !bytes_equal(bytes_of_text(t->columns[i].name + before), name)) {
        i++;
    }
    return i;
}

/* ---- what they hold -------------------------------------------------------------------------- */

/* What the first rows hold in one column. */
struct seen {
    size_t numbers;
    size_t others;
};

/* Looks at the first rows, and finds the column of the first time. */
static enum err look(struct table *t, struct seen *seen)
{
    size_t rows = 0;
    t->time_column = t->count;
    while (rows < LOOK_ROWS && table_next(t) == OK) {
        for (size_t i = 0; i < t->count && i < t->csv.row.count; i++) {
            struct bytes cell = t->csv.row.cells[i];
            seen[i].numbers += is_number(cell);
            seen[i].others += cell.len > 0 && !is_number(cell);
            if (t->time_column == t->count && time_text_parse(cell, t->time_format) != WALL_NONE) {
                t->time_column = i;
            }
        }
        rows++;
    }
    return rows > 0 ? OK : ERR_INVALID;
}

/* Marks the columns that the user listed. */
static enum err choose_listed(struct table *t, const struct replay_options *o)
{
    struct bytes rest = bytes_of_text(o->columns);
    while (rest.len > 0) {
        size_t end = bytes_index(rest, ',');
        struct bytes name = bytes_trim(bytes_of(rest.ptr, end));
        size_t i = find_column(t, o, name);
        if (i == t->count) {
            (void)fprintf(stderr, "replay: %s: no column '%.*s'\n", o->path, (int)name.len,
                          (const char *)name.ptr);
            return ERR_INVALID;
        }
        t->columns[i].value = true;
        rest = bytes_skip(rest, size_min(end + 1, rest.len));
    }
    return OK;
}

static enum err choose_columns(struct table *t, const struct replay_options *o)
{
    struct seen *seen = mem_zalloc(t->count, sizeof *seen);
    enum err e = look(t, seen);
    if (e == OK && o->time_column) {
        t->time_column = find_column(t, o, bytes_of_text(o->time_column));
    }
    size_t values = 0;
    for (size_t i = 0; i < t->count && e == OK && !o->columns; i++) {
        t->columns[i].value = seen[i].numbers > seen[i].others && i != t->time_column;
        values += t->columns[i].value;
    }
    free(seen);
    if (e != OK) {
        return fail(o, e, "no rows");
    }
    if (t->time_column == t->count) {
        return fail(o, ERR_INVALID,
                    o->time_column ? "no such time column" : "no column holds a time");
    }
    if (o->columns) {
        return choose_listed(t, o);
    }
    return values > 0 ? OK : fail(o, ERR_INVALID, "no column holds numbers");
}

/* ---- rows ------------------------------------------------------------------------------------ */

enum err table_next(struct table *t)
{
    return csv_next(&t->csv);
}

enum err table_rewind(struct table *t)
{
    csv_rewind(&t->csv);
    return t->headed ? csv_next(&t->csv) : OK;
}

wall_ms table_time(const struct table *t)
{
    return t->time_column < t->csv.row.count
               ? time_text_parse(t->csv.row.cells[t->time_column], t->time_format)
               : WALL_NONE;
}

enum err table_open(struct table *t, const struct replay_options *o)
{
    *t = (struct table){.time_format = o->time_format};
    enum err e = csv_open(&t->csv, o->path, o->separator);
    if (e != OK) {
        return fail(o, e, e == ERR_NOT_FOUND ? "no such file" : "can't be read");
    }
    if (o->separator == 0) {
        t->csv.separator = csv_guess_separator(&t->csv);
    }
    e = csv_next(&t->csv);
    if (e != OK) {
        e = fail(o, e, e == ERR_CLOSED ? "empty" : "can't be read as CSV");
    } else {
        e = name_columns(t, o);
    }
    if (e == OK) {
        e = table_rewind(t);
    }
    if (e == OK) {
        e = choose_columns(t, o);
    }
    if (e == OK) {
        e = table_rewind(t);
    }
    if (e != OK) {
        table_close(t);
    }
    return e;
}

void table_close(struct table *t)
{
    for (size_t i = 0; i < t->count; i++) {
        free(t->columns[i].name);
    }
    free(t->columns);
    t->columns = NULL;
    t->count = 0;
    csv_close(&t->csv);
}
