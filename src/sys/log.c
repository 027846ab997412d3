/* SPDX-License-Identifier: Apache-2.0 */
#include "sys/log.h"

#include "base/base.h"
#include "sys/clock.h"

#include <inttypes.h>
#include <stdarg.h>
#include <time.h>
#include <unistd.h>

#define LINE_BYTES   1024
#define GATE_WAIT_NS 10000000000u

static _Atomic int threshold = LOG_INFO;

void log_set_level(enum log_level level)
{
    atomic_store_explicit(&threshold, (int)level, memory_order_relaxed);
}

static const char *level_text(enum log_level level)
{
    static const char *const texts[] = {"error", "warning", "info", "debug"};
    return texts[level];
}

/* Writes "2026-11-24T14:02:11.123Z level " and returns its length. */
static size_t put_head(char *line, enum log_level level)
{
    int64_t now = clock_wall_ms();
    time_t seconds = (time_t)(now / 1000);
    struct tm utc;
    (void)gmtime_r(&seconds, &utc);
    size_t len = strftime(line, LINE_BYTES, "%Y-%m-%dT%H:%M:%S", &utc);
    int more =
        snprintf(line + len, LINE_BYTES - len, ".%03dZ %s ", (int)(now % 1000), level_text(level));
    return len + (size_t)more;
}

/* Copies `text` behind `len` bytes of `line`, control bytes as \xNN, cut where the line ends. */
static size_t put_inert(char *line, size_t len, const char *text)
{
    static const char hex[] = "0123456789abcdef";
    for (; *text && len < LINE_BYTES - 6; text++) {
        unsigned char c = (unsigned char)*text;
        if (c >= 0x20 && c != 0x7f) {
            line[len++] = (char)c;
            continue;
        }
        line[len++] = '\\';
        line[len++] = 'x';
        line[len++] = hex[c >> 4];
        line[len++] = hex[c & 15];
    }
    return len;
}

__attribute__((format(printf, 2, 0))) static void write_line(enum log_level level,
                                                             const char *format, va_list args)
{
    char text[LINE_BYTES];
    char line[LINE_BYTES];
    (void)vsnprintf(text, sizeof text, format, args);
    size_t len = put_inert(line, put_head(line, level), text);
    line[len++] = '\n';
    ssize_t written = write(STDERR_FILENO, line, len);
    (void)written; /* nowhere is left to say it */
}

void log_line(enum log_level level, const char *format, ...)
{
    if ((int)level > atomic_load_explicit(&threshold, memory_order_relaxed)) {
        return;
    }
    va_list args;
    va_start(args, format);
    write_line(level, format, args);
    va_end(args);
}

void log_limited(struct log_gate *gate, enum log_level level, const char *format, ...)
{
    uint64_t now = clock_mono_ns();
    uint64_t next = atomic_load(&gate->next_ns);
    if (now < next || !atomic_compare_exchange_strong(&gate->next_ns, &next, now + GATE_WAIT_NS)) {
        atomic_fetch_add(&gate->left_out, 1);
        return;
    }
    va_list args;
    va_start(args, format);
    write_line(level, format, args);
    va_end(args);
    uint64_t left_out = atomic_exchange(&gate->left_out, 0);
    if (left_out) {
        log_line(level, "(%" PRIu64 " more like that were not written)", left_out);
    }
}
