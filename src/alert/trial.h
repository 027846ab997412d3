/* SPDX-License-Identifier: Apache-2.0 */
/* The inside of a back-test, for those who go on with what its machine knows. */
#ifndef TELLTALE_ALERT_TRIAL_H
#define TELLTALE_ALERT_TRIAL_H

#include "alert/machine.h"

struct alert_trial {
    const struct alert_definition *d;
    struct machine machine;
    struct memory *memory;
    struct limits limits[LEAVES_MAX];
    struct gate gates[LEAVES_MAX];
    bool every[LEAVES_MAX];
    wall_ms heard[LEAVES_MAX]; /* of no_data; WALL_NONE: not yet */
    wall_ms due;               /* when time itself has something to say */
    bool open;                 /* the newest firing goes on */
    struct alert_trial_result result;
};

/* Moves the times in its memory by `ms`: the line of the past onto another. */
void trial_shift(struct alert_trial *t, int64_t ms);

#endif
