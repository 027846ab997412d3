/* SPDX-License-Identifier: Apache-2.0 */
/* Times as files and people write them. */
#ifndef TELLTALE_SYS_TIME_TEXT_H
#define TELLTALE_SYS_TIME_TEXT_H

#include "base/bytes.h"

/* The text is no time; the same as WALL_NONE. */
#define TIME_TEXT_NONE INT64_MIN

/* A time by `format` of strptime, or when that is NULL, in ISO 8601 or as a number since 1970
 * whose size tells its unit. In ms; UTC where the text names no zone. TIME_TEXT_NONE: neither. */
int64_t time_text_parse(struct bytes text, const char *format);

#endif
