/* SPDX-License-Identifier: Apache-2.0 */
/* `telltale import`: history from files. Opens the store itself when nobody holds it, else sends to
 * the running server. */
#include "app/commands.h"
#include "app/import.h"

#include "sys/clock.h"
#include "sys/secret.h"

#include <fcntl.h>
#include <getopt.h>
#include <stdarg.h>
#include <unistd.h>

/* Times before this are clocks that were never set: 2001-01-01. */
#define EARLIEST_MS INT64_C(978307200000)
#define AHEAD_MS    (5 * 60 * 1000)

static const char help[] =
    "usage: telltale import [--format influx|csv] [--precision ns|us|ms|s|m|h] [--data DIR] "
    "FILE|-\n"
    "\n"
    "Takes readings from a file, or from standard input when that is `-`. The same readings again\n"
    "change nothing. Bad lines are counted and the first ten told; the others are taken.\n"
    "\n"
    "influx: line protocol. The device is the tag `device`, else the tag `host`, else --device; "
    "the\n"
    "sensor is the measurement when the field is `value`, else measurement.field. Other tags are\n"
    "left out, so lines that differ in nothing else are one sensor. Text fields are left out and\n"
    "counted. A line without a time counts as of now.\n"
    "\n"
    "csv: the first line names the columns. Long: time (timestamp, datetime), device, sensor, "
    "value, and\n"
    "unit if there is one. Wide: time, device, then a column a sensor; an empty cell is no "
    "reading.\n"
    "Without a column `device`, --device names it. Times are numbers, or ISO 8601.\n"
    "\n"
    "      --format F      influx (default) or csv\n"
    "      --precision P   unit of numeric times: ns (default of influx), us, ms, s, m, h; csv:\n"
    "                      told by their size unless given\n"
    "      --device ID     the device of lines that name none\n"
    "      --data DIR      where the server keeps its history (default ./telltale-data); the "
    "server\n"
    "                      may run or not\n"
    "      --strict        exit code 1 when any line was bad\n"
    "  -h, --help          this text\n";

/* ---- what the parts share ---- */

void import_fail(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    (void)fputs("telltale import: ", stderr);
    (void)vfprintf(stderr, format, args);
    (void)fputc('\n', stderr);
    va_end(args);
}

void import_tell_bad(struct import *im, uint64_t line, size_t column, const char *reason)
{
    im->bad++;
    if (im->bad <= IMPORT_TOLD_MAX) {
        (void)fprintf(stderr, "telltale import: %s:%llu:%zu: %s\n", im->options->path,
                      (unsigned long long)line, column, reason);
    } else if (im->bad == IMPORT_TOLD_MAX + 1) {
        (void)fputs("telltale import: more bad lines are counted, not told\n", stderr);
    }
}

static void show_progress(struct import *im)
{
    double seconds = (double)(clock_mono_ns() - im->began) / 1e9;
    progress_line(&im->progress, "%llu MB, %llu readings, %.0f readings/s, %llu bad lines",
                  (unsigned long long)(im->bytes >> 20), (unsigned long long)im->readings,
                  (double)im->readings / seconds, (unsigned long long)im->bad);
}

bool import_take(struct import *im, uint64_t line, const struct import_reading *r)
{
    const char *wrong = im->sink.take(im->sink.ctx, r, &im->broken);
    if (wrong) {
        import_tell_bad(im, line, 1, wrong);
        return false;
    }
    im->readings++;
    if ((im->readings & 0xffff) == 0 && progress_due(&im->progress)) {
        show_progress(im);
    }
    return !im->broken;
}

bool import_time_fits(const struct import *im, wall_ms time)
{
    return time >= EARLIEST_MS && time <= im->now + AHEAD_MS;
}

/* ---- running ---- */

static enum err open_sink(const struct import_options *o, struct import_sink *sink)
{
    enum err e = import_here(o->dir, sink);
    if (e == ERR_BUSY) {
        import_there(o->dir, sink);
        return OK;
    }
    return e;
}

static int finish(struct import *im, bool read)
{
    bool good = read && im->sink.end(im->sink.ctx);
    im->sink.fini(im->sink.ctx);
    double seconds = (double)(clock_mono_ns() - im->began) / 1e9;
    if (good) {
        progress_end(&im->progress,
                     "%llu readings from %llu bytes in %.1f s (%.0f readings/s), %llu bad lines,"
                     " %llu text values left out",
                     (unsigned long long)im->readings, (unsigned long long)im->bytes, seconds,
                     (double)im->readings / seconds, (unsigned long long)im->bad,
                     (unsigned long long)im->texts);
    }
    return good && !(im->options->strict && im->bad > 0) ? 0 : 1;
}

static int run(const struct import_options *o)
{
    static struct import im;
    int fd = strcmp(o->path, "-") == 0 ? STDIN_FILENO : open(o->path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        import_fail("%s can't be opened", o->path);
        return 1;
    }
    im = (struct import){.options = o, .now = clock_wall_ms()};
    int code = 1;
    if (open_sink(o, &im.sink) == OK) {
        progress_start(&im.progress, "telltale import");
        im.began = clock_mono_ns();
        code = finish(&im, o->csv ? import_csv(&im, fd) : import_influx(&im, fd));
    }
    if (fd != STDIN_FILENO) {
        (void)close(fd);
    }
    return code;
}

/* ---- arguments ---- */

static int wrong(const char *what)
{
    import_fail("%s; `telltale import --help` says how", what);
    return 2;
}

static int take_option(struct import_options *o, int flag)
{
    switch (flag) {
    case 'f':
        o->csv = strcmp(optarg, "csv") == 0;
        return o->csv || strcmp(optarg, "influx") == 0 ? 0 : wrong("a format is influx or csv");
    case 'p':
        o->precision_given = true;
        return line_precision_parse(bytes_of_text(optarg), &o->precision) == OK
                   ? 0
                   : wrong("a precision is ns, us, ms, s, m or h");
    case 'd':
        o->dir = optarg;
        return 0;
    case 'i':
        o->device = optarg;
        return 0;
    case 's':
        o->strict = true;
        return 0;
    case 'h':
        return -1;
    default:
        return wrong("that option is not known");
    }
}

static int parse(struct import_options *o, int argc, char **argv)
{
    static const struct option flags[] = {{"format", required_argument, NULL, 'f'},
                                          {"precision", required_argument, NULL, 'p'},
                                          {"data", required_argument, NULL, 'd'},
                                          {"device", required_argument, NULL, 'i'},
                                          {"strict", no_argument, NULL, 's'},
                                          {"help", no_argument, NULL, 'h'},
                                          {0}};
    int flag;
    while ((flag = getopt_long(argc, argv, "h", flags, NULL)) != -1) {
        int code = take_option(o, flag);
        if (code != 0) {
            return code;
        }
    }
    if (optind != argc - 1) {
        return wrong(optind == argc ? "which file?" : "one file at a time");
    }
    o->path = argv[optind];
    return 0;
}

int command_import(int argc, char **argv)
{
    struct import_options o = {.dir = "./telltale-data", .precision = LINE_NS};
    int code = parse(&o, argc, argv);
    if (code < 0) {
        (void)fputs(help, stdout);
        return 0;
    }
    if (code > 0) {
        return code;
    }
    secret_start();
    return run(&o);
}
