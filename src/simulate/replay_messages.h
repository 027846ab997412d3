/* SPDX-License-Identifier: Apache-2.0 */
/* The part of `telltale replay` for recorded messages. */
#ifndef TELLTALE_SIMULATE_REPLAY_MESSAGES_H
#define TELLTALE_SIMULATE_REPLAY_MESSAGES_H

#include "simulate/simulate.h"

/* Whether the file begins with `{`. */
bool replay_holds_messages(const char *path);

/* Publishes the messages of the file in its order, at the pace of their times. Returns the exit
 * code. */
int replay_messages(const struct replay_options *options);

#endif
