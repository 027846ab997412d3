/* SPDX-License-Identifier: Apache-2.0 */
/* Words that rules and alerts share. */
#ifndef TELLTALE_MODEL_RULE_H
#define TELLTALE_MODEL_RULE_H

#include "base/bytes.h"
#include "base/err.h"

#define CONDITION_LIST(X)                                                                          \
    X(CONDITION_GREATER_THAN, "greater_than")                                                      \
    X(CONDITION_LESS_THAN, "less_than")                                                            \
    X(CONDITION_EQUALS, "equals")                                                                  \
    X(CONDITION_NOT_EQUALS, "not_equals")                                                          \
    X(CONDITION_GREATER_OR_EQUAL, "greater_or_equal")                                              \
    X(CONDITION_LESS_OR_EQUAL, "less_or_equal")                                                    \
    X(CONDITION_BETWEEN, "between")                                                                \
    X(CONDITION_OUTSIDE, "outside")                                                                \
    X(CONDITION_RATE, "rate_of_change")                                                            \
    X(CONDITION_NO_DATA, "no_data")                                                                \
    X(CONDITION_STATUS, "status")

/* Those before it compare with one threshold. */
#define CONDITION_COMPARISONS CONDITION_BETWEEN

#define SEVERITY_LIST(X)                                                                           \
    X(SEVERITY_INFO, "info")                                                                       \
    X(SEVERITY_WARNING, "warning")                                                                 \
    X(SEVERITY_CRITICAL, "critical")

/* An alert from its first reading to its end. A pending one's condition holds, but not yet for as
 * long as its rule asks: it is shown, and nobody is told. */
#define ALERT_STATE_LIST(X)                                                                        \
    X(ALERT_STATE_PENDING, "pending")                                                              \
    X(ALERT_STATE_FIRING, "firing")                                                                \
    X(ALERT_STATE_ACKNOWLEDGED, "acknowledged")                                                    \
    X(ALERT_STATE_RESOLVED, "resolved")

/* Why nobody is told of an alert, though it is shown. */
#define MUTE_LIST(X)                                                                               \
    X(MUTE_NONE, "none")                                                                           \
    X(MUTE_SILENCE, "silence")         /* somebody asked for quiet */                              \
    X(MUTE_MAINTENANCE, "maintenance") /* a window that recurs */                                  \
    X(MUTE_INHIBITED, "inhibited")     /* it follows from something else that is told */           \
    X(MUTE_FLAPPING, "flapping")       /* it comes and goes; told once, held until it is quiet */  \
    X(MUTE_LATE, "late")               /* of readings that came late: history, not news */

enum condition {
#define CONDITION_ENUM(name, text) name,
    CONDITION_LIST(CONDITION_ENUM)
#undef CONDITION_ENUM
        CONDITION_COUNT
};

/* In rising order, so that the worst is the largest. */
enum severity {
#define SEVERITY_ENUM(name, text) name,
    SEVERITY_LIST(SEVERITY_ENUM)
#undef SEVERITY_ENUM
        SEVERITY_COUNT
};

enum alert_state {
#define ALERT_STATE_ENUM(name, text) name,
    ALERT_STATE_LIST(ALERT_STATE_ENUM)
#undef ALERT_STATE_ENUM
        ALERT_STATE_COUNT
};

enum alert_mute {
#define MUTE_ENUM(name, text) name,
    MUTE_LIST(MUTE_ENUM)
#undef MUTE_ENUM
        MUTE_COUNT
};

/* Static storage. */
const char *condition_text(enum condition c);
const char *alert_state_text(enum alert_state s);
const char *alert_mute_text(enum alert_mute m);
const char *severity_text(enum severity s);

/* Errors: ERR_INVALID not one of the words above, exactly as written. */
MUST_CHECK enum err condition_parse(struct bytes text, enum condition *c);
MUST_CHECK enum err severity_parse(struct bytes text, enum severity *s);
MUST_CHECK enum err alert_mute_parse(struct bytes text, enum alert_mute *m);

#endif
