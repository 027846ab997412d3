/* SPDX-License-Identifier: Apache-2.0 */
/* A rule run over stored history, for POST /api/v1/rules/test. */
#ifndef TELLTALE_APP_RULE_TEST_H
#define TELLTALE_APP_RULE_TEST_H

#include "serve/serve.h"

/* Answers the query: reads every reading of its series, device by device, and runs the rule (and
 * the saved one beside it) over them. Gives up at `until`: q->result is ERR_FULL then.
 * Thread: query. */
void rule_test(struct store_reader *reader, struct serve_query *q, mono_ns until);

/* Feeds a trial with all that the query's first device has; returns the time of the newest reading,
 * WALL_NONE when there is none. Sets q->result. */
wall_ms rule_feed(struct store_reader *reader, struct serve_query *q, struct alert_trial *trial,
                  mono_ns until);

#endif
