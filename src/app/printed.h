/* SPDX-License-Identifier: Apache-2.0 */
/* What commands print of answers of the running server. */
#ifndef TELLTALE_APP_PRINTED_H
#define TELLTALE_APP_PRINTED_H

#include "model/time.h"

#include "base/bytes.h"
#include "proto/json/json.h"

/* A time as 2026-01-31T12:00:00Z; "-" for WALL_NONE. */
#define PRINTED_TIME_BYTES 32
void printed_time(wall_ms time, char out[PRINTED_TIME_BYTES]);

/* The text member `name` of the JSON object, cut to fit `out`; "" when it is not there or not a
 * string. */
void printed_member(struct bytes json, const char *name, char *out, size_t size);

/* Calls `each` with a reader at each item of the JSON object's list `name`. */
void printed_list(struct bytes json, const char *name, void (*each)(struct json_reader *r));

/* What a refusal says, as printed_member: error.message of the answer. */
void printed_error(struct bytes json, char *out, size_t size);

#endif
