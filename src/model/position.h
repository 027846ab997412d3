/* SPDX-License-Identifier: Apache-2.0 */
/* Positions: how far somebody has come in what the program tells. As text "epoch.number", where the
 * epoch is when the process began (ms) and the number counts through all batches: each has
 * POSITION_STEPS numbers, so that every event of the live stream has one of its own, and a client
 * that was cut off in the middle of a batch goes on in the middle of it.
 *
 * Reading or status i of a batch (readings first) has the steps 2i + 1, as it is told to the fleet,
 * and 2i + 2, as it is told to rooms. What is told later, of values up to that batch, follows. */
#ifndef TELLTALE_MODEL_POSITION_H
#define TELLTALE_MODEL_POSITION_H

#include <stdint.h>

/* Numbers of 2^53 and more lose their last digits in JavaScript: that is after 1.3e11 batches. */
#define POSITION_STEPS 65536u

/* A step within a batch; those of a batch that has more share the last but one. */
static inline uint64_t position_in_batch(uint64_t seq, uint64_t step)
{
    return seq * POSITION_STEPS + (step < POSITION_STEPS - 2 ? step : POSITION_STEPS - 2);
}

/* All of a batch, and all that is told of it later. */
static inline uint64_t position_after_batch(uint64_t seq)
{
    return seq * POSITION_STEPS + (POSITION_STEPS - 1);
}

static inline uint64_t position_seq(uint64_t number)
{
    return number / POSITION_STEPS;
}

#endif
