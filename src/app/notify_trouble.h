/* SPDX-License-Identifier: Apache-2.0 */
/* A channel that is dead raises an alert of its own (own_trouble.h): sensor channel.<id>. */
#ifndef TELLTALE_APP_NOTIFY_TROUBLE_H
#define TELLTALE_APP_NOTIFY_TROUBLE_H

#include "loop/loop.h"
#include "model/batch.h"
#include "notify/notify.h"

/* The rules on channels that there are, and those that were asked for, which have no id yet. Zeroed
 * is empty. */
struct notify_rules {
    struct notify_rule {
        struct text_id rule;
        char channel[DOCUMENT_ID_MAX + 1];
    } * rows;
    size_t count, cap;
};

void notify_rules_fini(struct notify_rules *r);

/* Follows the rules of a batch. */
void notify_rules_apply(struct notify_rules *r, const struct batch *b);

/* Tells the ingest thread how a channel is. False: it works, and nobody asked. */
bool notify_trouble_tell(struct notify_rules *r, const struct notify_trouble *t,
                         struct mailbox *to_ingest);

#endif
