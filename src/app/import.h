/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of `telltale import`: text becomes readings (import_influx.c, import_csv.c), and those
 * go into a store of our own (import_here.c) or to the running server (import_there.c). */
#ifndef TELLTALE_APP_IMPORT_H
#define TELLTALE_APP_IMPORT_H

#include "proto/line/line.h"
#include "sys/progress.h"

#include "base/buf.h"
#include "model/batch.h"

/* Bad lines that are told one by one. */
#define IMPORT_TOLD_MAX 10

/* A reading as the text tells it. Slices are borrowed for the call. */
struct import_reading {
    struct bytes device;
    struct bytes sensor;
    struct bytes unit; /* empty: not told */
    enum value_kind kind;
    wall_ms time;
    double value;
};

/* Where readings go. */
struct import_sink {
    /* NULL: it was taken. Else why its names can't be stored, in static words. `*broken` is set
     * when nothing more can be taken; the sink has said why. */
    const char *(*take)(void *ctx, const struct import_reading *r, bool *broken);
    /* Makes all that was taken durable. False: it failed and was said. */
    bool (*end)(void *ctx);
    /* Frees it, in any state. */
    void (*fini)(void *ctx);
    void *ctx;
};

struct import_options {
    const char *dir;
    const char *path;   /* "-": standard input */
    const char *device; /* of lines that name none; NULL: they are bad */
    bool csv;
    bool precision_given;
    enum line_precision precision;
    bool strict;
};

/* An import under way. */
struct import {
    const struct import_options *options;
    struct import_sink sink;
    wall_ms now;
    bool broken;
    uint64_t bytes;
    uint64_t readings;
    uint64_t bad;   /* lines that could not be read */
    uint64_t texts; /* text values, which are no readings */
    struct progress progress;
    uint64_t began; /* monotonic ns */
};

/* Counts a bad line and tells it while they are few. */
void import_tell_bad(struct import *im, uint64_t line, size_t column, const char *reason);

/* Hands a reading on; false when it was refused (told as a bad line) or nothing can be taken. */
bool import_take(struct import *im, uint64_t line, const struct import_reading *r);

/* Whether a time can be one of a reading: 2001 to five minutes from now. */
bool import_time_fits(const struct import *im, wall_ms time);

/* Read all of the file. False: it can't be read, or the sink broke; it was said. */
bool import_influx(struct import *im, int fd);
bool import_csv(struct import *im, int fd);

/* Opens the store in `dir` for itself. Errors: ERR_BUSY a server has it;  ERR_IO others, said. */
MUST_CHECK enum err import_here(const char *dir, struct import_sink *sink);

/* Sends to the server that has `dir`. */
void import_there(const char *dir, struct import_sink *sink);

/* Says what failed. */
__attribute__((format(printf, 1, 2))) void import_fail(const char *format, ...);

#endif
