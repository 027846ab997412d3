/* SPDX-License-Identifier: Apache-2.0 */
/* The peer of the store: SQLite with a row a reading, from the same line protocol (times in ms).
 * usage: sqlite_rows FILE ROWS < lines. A table by series and time, WAL, synchronous FULL, 10,000
 * rows a transaction. Prints one line of JSON: rows, seconds, bytes of the closed file. */
#include "proto/line/line.h"

#include <sqlite3.h>
#include <sys/stat.h>
#include <time.h>

#define SERIES_MAX 4096

static struct line line;
static struct line_reader reader;
static char names[SERIES_MAX][64];
static int name_count;
static sqlite3 *db;
static sqlite3_stmt *insert;
static long rows, wanted;

static double now_s(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void run(const char *sql)
{
    if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK) {
        (void)fprintf(stderr, "%s: %s\n", sql, sqlite3_errmsg(db));
        exit(1);
    }
}

/* Names come in the same order again and again, so the next is where the last one was found. */
static int series_of(const struct line_text *device, struct bytes sensor)
{
    static int likely;
    char text[64];
    (void)snprintf(text, sizeof text, "%.*s/%.*s", (int)device->raw.len,
                   (const char *)device->raw.ptr, (int)sensor.len, (const char *)sensor.ptr);
    for (int i = 0; i < name_count; i++) {
        likely = (likely + 1) % name_count;
        if (strcmp(names[likely], text) == 0) {
            return likely;
        }
    }
    (void)snprintf(names[name_count], sizeof names[0], "%s", text);
    likely = name_count;
    return name_count++;
}

static void take(void)
{
    const struct line_text *device = line_device(&line);
    for (size_t i = 0; device && i < line.field_count && rows < wanted; i++) {
        (void)sqlite3_bind_int(insert, 1, series_of(device, line.fields[i].key.raw));
        (void)sqlite3_bind_int64(insert, 2, line.time);
        (void)sqlite3_bind_double(insert, 3, line.fields[i].number);
        if (sqlite3_step(insert) != SQLITE_DONE) {
            exit(1);
        }
        (void)sqlite3_reset(insert);
        if (++rows % 10000 == 0) {
            run("COMMIT; BEGIN");
        }
    }
}

int main(int argc, char **argv)
{
    static uint8_t part[4 << 20];
    size_t held = 0, n;
    struct stat st;
    if (argc < 3 || sqlite3_open(argv[1], &db) != SQLITE_OK) {
        return 1;
    }
    wanted = strtol(argv[2], NULL, 10);
    run("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
        "CREATE TABLE reading(series INTEGER NOT NULL, time INTEGER NOT NULL, value REAL NOT NULL);"
        "CREATE UNIQUE INDEX reading_by_time ON reading(series, time); BEGIN");
    (void)sqlite3_prepare_v2(db, "INSERT INTO reading VALUES(?1, ?2, ?3)", -1, &insert, NULL);
    double began = now_s();
    while (rows < wanted && (n = fread(part + held, 1, sizeof part - held, stdin)) > 0) {
        line_feed(&reader, bytes_of(part, held + n), LINE_MORE_FOLLOWS);
        while (rows < wanted && line_next(&reader, &line) == OK) {
            take();
        }
        struct bytes rest = line_rest(&reader);
        memmove(part, rest.ptr, rest.len);
        held = rest.len;
    }
    run("COMMIT");
    double took = now_s() - began;
    (void)sqlite3_finalize(insert);
    (void)sqlite3_close(db);
    if (stat(argv[1], &st) != 0) {
        return 1;
    }
    (void)printf("{\"rows\":%ld,\"seconds\":%.3f,\"bytes\":%lld}\n", rows, took,
                 (long long)st.st_size);
    return 0;
}
