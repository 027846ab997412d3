/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of this folder share. */
#ifndef TELLTALE_NOTIFY_PARTS_H
#define TELLTALE_NOTIFY_PARTS_H

#include "notify/fields.h"
#include "notify/notify.h"

/* Each reads a document; NULL when it can't be one, with the fault. `fault` may be NULL.
 * Ownership: the caller's. */
struct notify_channel *channel_read(struct bytes id, struct bytes body,
                                    struct document_fault *fault);
struct notify_route *route_read(struct bytes id, struct bytes body, struct document_fault *fault);
struct notify_person *person_read(struct bytes id, struct bytes body, struct document_fault *fault);
struct notify_subscription *subscription_read(struct bytes id, struct bytes body,
                                              struct document_fault *fault);

/* NULL is fine. */
void channel_free(struct notify_channel *c);
void route_free(struct notify_route *r);
void person_free(struct notify_person *p);
void subscription_free(struct notify_subscription *s);

/* Words for people. */
const char *event_word(const struct notify_alert *a);

/* Whether somebody may act on the alert by a link in the message; and that link. */
bool notify_can_act(const struct notify_message *m, const struct notify_alert *a);
void notify_put_link(const struct notify_message *m, const struct notify_alert *a,
                     enum notify_action action, struct buf *out);

#endif
