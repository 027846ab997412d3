/* SPDX-License-Identifier: Apache-2.0 */
#include "model/status.h"

static const char *const statuses[STATUS_COUNT] = {
#define STATUS_ROW(name, text) [name] = text,
    STATUS_LIST(STATUS_ROW)
#undef STATUS_ROW
};

static const char *const causes[CAUSE_COUNT] = {
#define CAUSE_ROW(name, text) [name] = text,
    CAUSE_LIST(CAUSE_ROW)
#undef CAUSE_ROW
};

const char *status_text(enum device_status s)
{
    ASSERT(s < STATUS_COUNT);
    return statuses[s];
}

const char *cause_text(enum status_cause c)
{
    ASSERT(c < CAUSE_COUNT);
    return causes[c];
}

enum err status_parse(struct bytes text, enum device_status *status)
{
    for (unsigned s = 0; s < STATUS_COUNT; s++) {
        if (bytes_equal_nocase(text, bytes_of_text(statuses[s]))) {
            *status = (enum device_status)s;
            return OK;
        }
    }
    return ERR_INVALID;
}
