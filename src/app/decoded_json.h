/* SPDX-License-Identifier: Apache-2.0 */
/* What the decoder made of a message, as JSON for people: `telltale decode` and the topic explorer
 * print the same. */
#ifndef TELLTALE_APP_DECODED_JSON_H
#define TELLTALE_APP_DECODED_JSON_H

#include "decode/decode.h"
#include "proto/json/json.h"

/* Writes the members `records`, `meta` (when there is some), `decoder`, `dropped` and `note` (when
 * there are) into the object that is open. A time that can't be, seen from `now`, is null, as the
 * time of arrival would be taken for it. */
void decoded_put_json(struct json_writer *w, const struct decoded *d, wall_ms now);

#endif
