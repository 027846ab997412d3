/* SPDX-License-Identifier: Apache-2.0 */
/* Local time of any zone of the system's database (TZif, RFC 8536), without the process having one
 * of its own. */
#ifndef TELLTALE_SYS_ZONE_H
#define TELLTALE_SYS_ZONE_H

#include "base/err.h"

#include <stdint.h>

/* Seconds east of UTC in `zone`, such as Europe/Berlin, at a time in s since 1970. Reads the file
 * each time: some microseconds. Errors: ERR_NOT_FOUND there is no such zone, or its name leads out
 * of the database;  ERR_CORRUPT its file is none. */
MUST_CHECK enum err zone_offset(const char *zone, int64_t time_s, int32_t *offset_s);

#endif
