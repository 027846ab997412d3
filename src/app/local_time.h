/* SPDX-License-Identifier: Apache-2.0 */
/* Weekday and time of day somewhere, for plans that ask. */
#ifndef TELLTALE_APP_LOCAL_TIME_H
#define TELLTALE_APP_LOCAL_TIME_H

#include "model/time.h"

#include "base/err.h"

/* Minutes since Sunday 0:00 in `zone`; NULL is UTC. Errors: ERR_NOT_FOUND no such zone. */
MUST_CHECK enum err local_time_minutes(const char *zone, wall_ms now, uint32_t *minutes);

#endif
