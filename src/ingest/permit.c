/* SPDX-License-Identifier: Apache-2.0 */
#include "ingest/permit.h"

#include "model/credential.h"

static bool counted(const struct permit *p, bool permitted)
{
    if (!permitted) {
        metrics_drop(p->metrics, DROP_MQTT_UNAUTHORIZED, 1);
    }
    return permitted;
}

bool permit_publish(const struct permit *p, struct bytes topic)
{
    return counted(p, authorize(p->principal, ACTION_PUBLISH, BYTES("")) &&
                          principal_may_publish(p->principal, p->client_id, topic));
}

/* $share/group/filter */
static struct bytes without_share(struct bytes filter)
{
    struct bytes prefix = BYTES("$share/");
    if (!bytes_start_with(filter, prefix)) {
        return filter;
    }
    struct bytes rest = bytes_skip(filter, prefix.len);
    size_t group = bytes_index(rest, '/');
    return group < rest.len ? bytes_skip(rest, group + 1) : filter;
}

bool permit_subscribe(const struct permit *p, struct bytes filter)
{
    return counted(p,
                   authorize(p->principal, ACTION_PUBLISH, BYTES("")) &&
                       principal_may_subscribe(p->principal, p->client_id, without_share(filter)));
}
