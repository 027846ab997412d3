/* SPDX-License-Identifier: Apache-2.0 */
/* What is wrong with ourselves raises an alert as anything else does: it is a reading of a device
 * called telltale, 1 while it lasts, and a rule on that is made with the first trouble. People may
 * change that rule or switch it off. Thread: any; touches only its arguments. */
#ifndef TELLTALE_APP_OWN_TROUBLE_H
#define TELLTALE_APP_OWN_TROUBLE_H

#include "alert/alert.h"
#include "model/command.h"

/* The sensor of such a rule, when it begins with `prefix`: what follows that, cut to `cap`. False:
 * the rule looks at none of them. */
bool own_trouble_of(const struct alert_definition *d, const char *prefix, char *out, size_t cap);

/* Commands to make the rule, and to take the reading. Ownership: the caller's. */
struct command *own_trouble_rule(const char *sensor, const char *name);
struct command *own_trouble_reading(const char *sensor, bool lasts);

#endif
