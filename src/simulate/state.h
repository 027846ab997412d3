/* SPDX-License-Identifier: Apache-2.0 */
/* Up to when a simulated fleet's messages are acknowledged, kept in a small file so that the next
 * run goes on from there. */
#ifndef TELLTALE_SIMULATE_STATE_H
#define TELLTALE_SIMULATE_STATE_H

#include "model/time.h"

#include "base/err.h"

/* The time that `path` holds for the same seed; WALL_NONE when there is no such file, it is of
 * another seed, or it can't be read. */
wall_ms simulate_state_load(const char *path, uint64_t seed);

/* Replaces the file as a whole. Errors: ERR_IO. */
MUST_CHECK enum err simulate_state_save(const char *path, uint64_t seed, wall_ms acknowledged);

#endif
