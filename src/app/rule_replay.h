/* SPDX-License-Identifier: Apache-2.0 */
/* Rules that look back get to know the stored past at start. */
#ifndef TELLTALE_APP_RULE_REPLAY_H
#define TELLTALE_APP_RULE_REPLAY_H

#include "alert/alert.h"
#include "store/store.h"

/* Runs each rule that looks back over the end of its series' stored history, for some seconds at
 * most; those that were not reached begin anew, and are counted.
 * Thread: main, before the others begin. */
void rule_replay(struct alert_engine *e, const struct alert_world *world, const struct store *store,
                 struct store_reader *reader, struct metrics *metrics);

#endif
