/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of loop/ share. */
#ifndef TELLTALE_LOOP_INTERNAL_H
#define TELLTALE_LOOP_INTERNAL_H

#include "loop/loop.h"

/* Called by whatever runs first after the loop waited: reads the time, once a turn. */
void loop_woke(struct loop *l);

/* Sends what this turn queued. */
void conn_flush_all(struct loop *l);

/* Has conn_flush called at the end of the turn. */
void conn_want_flush(struct conn *c);

#endif
