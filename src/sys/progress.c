/* SPDX-License-Identifier: Apache-2.0 */
#include "sys/progress.h"

#include "sys/clock.h"

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#define TERMINAL_EVERY UINT64_C(1000000000)
#define LOG_EVERY      UINT64_C(10000000000)
#define LINE_MAX_BYTES 256

void progress_start(struct progress *p, const char *name)
{
    *p = (struct progress){.name = name, .terminal = isatty(STDERR_FILENO) == 1};
    p->next = clock_mono_ns() + TERMINAL_EVERY;
}

bool progress_due(struct progress *p)
{
    uint64_t now = clock_mono_ns();
    if (now < p->next) {
        return false;
    }
    p->next = now + (p->terminal ? TERMINAL_EVERY : LOG_EVERY);
    return true;
}

enum line { LINE_REPLACED, LINE_STAYS };

static void print(struct progress *p, const char *text, enum line kind)
{
    (void)fprintf(stderr, "%s%s: %s%s", p->open ? "\r\033[K" : "", p->name, text,
                  kind == LINE_STAYS || !p->terminal ? "\n" : "");
    p->open = p->terminal && kind == LINE_REPLACED;
}

void progress_line(struct progress *p, const char *format, ...)
{
    char text[LINE_MAX_BYTES];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    print(p, text, LINE_REPLACED);
}

void progress_end(struct progress *p, const char *format, ...)
{
    char text[LINE_MAX_BYTES];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    print(p, text, LINE_STAYS);
}
