/* SPDX-License-Identifier: Apache-2.0 */
/* Log lines to standard error: time in UTC, level, message; one event a line, whatever is in it:
 * control bytes are written as \xNN, so nothing from outside can forge a line. Each line is one
 * write(2).
 *
 * Log once, where the decision is taken. What a peer can cause repeatedly goes through log_limited.
 * Thread: any. */
#ifndef TELLTALE_SYS_LOG_H
#define TELLTALE_SYS_LOG_H

#include <stdatomic.h>
#include <stdint.h>

enum log_level {
    LOG_ERROR,
    LOG_WARN,
    LOG_INFO,
    LOG_DEBUG,
};

/* Lines above `level` are not written. Default LOG_INFO. */
void log_set_level(enum log_level level);

__attribute__((format(printf, 2, 3))) void log_line(enum log_level level, const char *format, ...);

/* At most one line in ten seconds for each gate; the next one tells how many were left out. Make
 * the gate static or part of a struct, zeroed. */
struct log_gate {
    _Atomic uint64_t next_ns;
    _Atomic uint64_t left_out;
};

__attribute__((format(printf, 3, 4))) void log_limited(struct log_gate *gate, enum log_level level,
                                                       const char *format, ...);

#endif
