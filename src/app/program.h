/* SPDX-License-Identifier: Apache-2.0 */
/* The running server: all threads, wired; how it starts, how it is asked after its health, how it
 * ends. */
#ifndef TELLTALE_APP_PROGRAM_H
#define TELLTALE_APP_PROGRAM_H

#include "app/config.h"

/* Runs `telltale serve` until SIGTERM or SIGINT. Prints a line a listener to standard output when
 * ready. Takes the mappings out of `config`. Returns the exit code: 0 after a clean shutdown, 1
 * with one clear line on standard error when it can't start. */
int program_run(struct config *config);

#endif
