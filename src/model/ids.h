/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers that stand for devices and series inside the process and in the store. Given out in order
 * from 0, never reused; one-field structs, so that they can't be mistaken for each other. */
#ifndef TELLTALE_MODEL_IDS_H
#define TELLTALE_MODEL_IDS_H

#include "base/bytes.h"

struct device_id {
    uint32_t n;
};

struct series_id {
    uint32_t n;
};

#define DEVICE_NONE ((struct device_id){UINT32_MAX})
#define SERIES_NONE ((struct series_id){UINT32_MAX})

/* Ids of rules, alerts and tokens: "<epoch>-<n>", epoch the start of the process that made it in ms
 * as hexadecimal, n counting from 1. Unique over restarts, also when the last numbers of an
 * epoch never reached the disk. NUL-terminated. */
#define TEXT_ID_MAX 32

struct text_id {
    char text[TEXT_ID_MAX];
};

/* Where ids of one kind come from in this process. */
struct text_id_source {
    int64_t epoch_ms;
    uint64_t last;
};

struct text_id text_id_next(struct text_id_source *s);

/* Whether `text` can be the id of a device or sensor: 1..LIMIT_ID_BYTES bytes of UTF-8 without
 * control characters, and neither `.` nor `..`, which no URL can carry. */
bool name_id_valid(struct bytes text);

/* Whether `text` is UTF-8 without control characters. */
bool text_is_printable(struct bytes text);

#endif
