/* SPDX-License-Identifier: Apache-2.0 */
/* Silences as documents: what recurs is worked out here, in the zone that it names, and handed to
 * the engine as stretches of time.
 *
 *     "window": {"days": ["mon", "sat"], "time": "22:00", "duration": "8h", "zone":
 * "Europe/Berlin"}
 *
 * `days` are those on which it begins there; without them it does each day. Without a zone it goes
 * by UTC. */
#ifndef TELLTALE_APP_SILENCES_H
#define TELLTALE_APP_SILENCES_H

#include "alert/alert.h"

/* Errors: ERR_INVALID, explained in `why`. */
MUST_CHECK enum err silence_check(struct bytes body, struct document_fault *why);

/* Hands a checked silence to the engine, with its stretches of about the next two months. `out`
 * NULL: nothing is told. */
void silence_put(struct alert_engine *e, struct bytes id, struct bytes body, wall_ms now,
                 struct batch *out);

/* Whether it recurs, and must be put again before two months are over. */
bool silence_recurs(struct bytes body);

#endif
