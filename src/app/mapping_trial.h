/* SPDX-License-Identifier: Apache-2.0 */
/* A mapping that is not saved, run over the last messages of the topics that it is for, for
 * POST /api/v1/mappings/test. */
#ifndef TELLTALE_APP_MAPPING_TRIAL_H
#define TELLTALE_APP_MAPPING_TRIAL_H

#include "app/pipeline.h"
#include "serve/serve.h"

/* Decodes them by the very decoder, with all mappings that are in use and this one in its place.
 * Fills q->result, and q->body or q->field and q->why. Thread: ingest. */
void mapping_trial(const struct pipeline *p, struct serve_question *q, wall_ms now);

#endif
