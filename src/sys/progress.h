/* SPDX-License-Identifier: Apache-2.0 */
/* A line about long work on standard error: rewritten each second on a terminal, else a new one
 * every ten seconds. */
#ifndef TELLTALE_SYS_PROGRESS_H
#define TELLTALE_SYS_PROGRESS_H

#include <stdint.h>

#include <stdbool.h>

struct progress {
    const char *name; /* at the start of each line */
    bool terminal;
    bool open;     /* the terminal's line is not ended yet */
    uint64_t next; /* monotonic ns */
    ;
};

void progress_start(struct progress *p, const char *name);

/* Whether it is time for progress_line. */
bool progress_due(struct progress *p);

__attribute__((format(printf, 2, 3))) void progress_line(struct progress *p, const char *format,
                                                         ...);

/* A line that stays. */
__attribute__((format(printf, 2, 3))) void progress_end(struct progress *p, const char *format,
                                                        ...);

#endif
