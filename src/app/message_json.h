/* SPDX-License-Identifier: Apache-2.0 */
/* A message that was kept, as JSON for people. */
#ifndef TELLTALE_APP_MESSAGE_JSON_H
#define TELLTALE_APP_MESSAGE_JSON_H

#include "app/decoded_json.h"

/* Writes payload, outcome and how it came into the object that is open. */
void sample_put_json(struct json_writer *w, const struct decode_sample *s, wall_ms now);

/* The same of a message, with its topic and when it came. */
void message_put_json(struct json_writer *w, const struct decode_message_view *v, wall_ms now);

#endif
