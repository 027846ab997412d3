/* SPDX-License-Identifier: Apache-2.0 */
/* Answers to people who look for their device: which topics came in and what came of them, and what
 * would come of a message by another mapping. Thread: ingest. */
#ifndef TELLTALE_APP_EXPLAIN_H
#define TELLTALE_APP_EXPLAIN_H

#include "app/pipeline.h"
#include "serve/serve.h"

/* Fills q->result, and q->body or q->why. */
void explain(struct pipeline *p, struct serve_question *q, wall_ms now);

#endif
