/* SPDX-License-Identifier: Apache-2.0 */
#include "simulate/progress.h"

#include "sys/clock.h"

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#define TERMINAL_EVERY MONO_MS(1000)
#define LOG_EVERY      MONO_MS(10000)

void progress_start(struct progress *p, const char *name)
{
    *p = (struct progress){.name = name, .terminal = isatty(STDERR_FILENO) == 1};
    p->next = clock_mono_ns() + TERMINAL_EVERY;
}

bool progress_due(struct progress *p)
{
    mono_ns now = clock_mono_ns();
    if (now < p->next) {
        return false;
    }
    p->next = now + (p->terminal ? TERMINAL_EVERY : LOG_EVERY);
    return true;
}

static void print(const struct progress *p, const char *end, const char *format, va_list args)
{
    (void)fprintf(stderr, "%s%s: ", p->open ? "\r\033[K" : "", p->name);
    (void)vfprintf(stderr, format, args);
    (void)fputs(end, stderr);
}

void progress_line(struct progress *p, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    print(p, p->terminal ? "" : "\n", format, args);
    va_end(args);
    p->open = p->terminal;
}

void progress_end(struct progress *p, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    print(p, "\n", format, args);
    va_end(args);
    p->open = false;
}
