/* SPDX-License-Identifier: Apache-2.0 */
/* What a client may do, asked for every PUBLISH, will and SUBSCRIBE; what is refused is counted
 * here. Private to this folder. */
#ifndef TELLTALE_INGEST_PERMIT_H
#define TELLTALE_INGEST_PERMIT_H

#include "model/access.h"
#include "model/metrics.h"

/* Somebody as the rules see him. */
struct permit {
    const struct principal *principal;
    struct bytes client_id;
    struct metrics *metrics;
};

bool permit_publish(const struct permit *p, struct bytes topic);

/* `filter` may be that of a shared subscription: what counts is the filter inside. */
bool permit_subscribe(const struct permit *p, struct bytes filter);

#endif
