/* SPDX-License-Identifier: Apache-2.0 */
/* How a device is, and how we know. */
#ifndef TELLTALE_MODEL_STATUS_H
#define TELLTALE_MODEL_STATUS_H

#include "base/bytes.h"
#include "base/err.h"

#define STATUS_LIST(X)                                                                             \
    X(STATUS_UNKNOWN, "unknown")                                                                   \
    X(STATUS_ONLINE, "online")                                                                     \
    X(STATUS_OFFLINE, "offline")                                                                   \
    X(STATUS_ASLEEP, "asleep")

#define CAUSE_LIST(X)                                                                              \
    X(CAUSE_NONE, "none")                       /* never heard of since it was made */             \
    X(CAUSE_DATA, "data")                       /* a reading or message that was not retained */   \
    X(CAUSE_REPORTED, "reported")               /* its status topic or birth said so */            \
    X(CAUSE_WILL, "will")                       /* its will was published */                       \
    X(CAUSE_CONNECTION_LOST, "connection lost") /* its own connection ended without a goodbye */   \
    X(CAUSE_GATEWAY_LOST, "gateway lost")       /* the connection that carried it and others */    \
    X(CAUSE_SILENT, "silent")                   /* longer quiet than is usual for it */

enum device_status {
#define STATUS_ENUM(name, text) name,
    STATUS_LIST(STATUS_ENUM)
#undef STATUS_ENUM
        STATUS_COUNT
};

enum status_cause {
#define CAUSE_ENUM(name, text) name,
    CAUSE_LIST(CAUSE_ENUM)
#undef CAUSE_ENUM
        CAUSE_COUNT
};

/* Static storage. */
const char *status_text(enum device_status s);
const char *cause_text(enum status_cause c);

/* Reads "online", "offline", "asleep" or "unknown", case ignored. Errors: ERR_INVALID. */
MUST_CHECK enum err status_parse(struct bytes text, enum device_status *status);

#endif
