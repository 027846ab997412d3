/* SPDX-License-Identifier: Apache-2.0 */
/* Asking a person, or whatever stands in for one, for a secret. */
#ifndef TELLTALE_SYS_TERMINAL_H
#define TELLTALE_SYS_TERMINAL_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>

/* Whether a person types what comes on standard input. */
bool terminal_is_there(void);

/* Reads a line of standard input without its end. On a terminal `prompt` is shown on standard error
 * and what is typed is not. Errors: ERR_INVALID it does not fit, or holds a NUL;  ERR_CLOSED there
 * is none. */
MUST_CHECK enum err terminal_secret(const char *prompt, char *out, size_t size);

#endif
