/* SPDX-License-Identifier: Apache-2.0 */
/* Patterns of topics that a device may use, and of devices that it may speak for.
 *
 * A topic pattern is an MQTT filter in which %u stands for the id of the credential and %c for the
 * client id of the connection. What they stand for is data: one that holds `+`, `#`, `/` or NUL,
 * begins with `$` or is empty, makes the pattern match nothing, so that no name widens a rule. A
 * device pattern is a device id in which `*` stands for any run of bytes.
 *
 * A list of patterns is text in which each is followed by a NUL byte; the empty list permits
 * nothing. Pure. */
#ifndef TELLTALE_MODEL_TOPIC_RULE_H
#define TELLTALE_MODEL_TOPIC_RULE_H

#include "base/bytes.h"
#include "base/err.h"

/* What the placeholders stand for. */
struct topic_names {
    struct bytes user;   /* %u */
    struct bytes client; /* %c */
};

/* Whether every topic that `filter` can match (a topic matches itself) is one that a pattern of the
 * list permits. Works for a PUBLISH's topic and a SUBSCRIBE's filter alike; both must be valid. A
 * wildcard in first place of a pattern permits no topic that begins with `$`. */
bool topic_rules_permit(struct bytes list, const struct topic_names *names, struct bytes filter);

/* Whether `pattern` may stand in a list of topic patterns: a filter within our limits, without
 * control characters. */
bool topic_rule_valid(struct bytes pattern);

/* Whether each `%` of a pattern begins %u or %c: any other one would stand for itself, which nobody
 * means who writes it. */
bool topic_rule_placeholders_known(struct bytes pattern);

/* Whether a pattern of the list matches the device id. */
bool device_rules_permit(struct bytes list, struct bytes device);

/* Whether `pattern` may stand in a list of device patterns. */
bool device_rule_valid(struct bytes pattern);

/* Takes the next pattern off the front of a list; false when none is left. */
bool rule_list_next(struct bytes *list, struct bytes *pattern);

#endif
