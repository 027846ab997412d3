/* SPDX-License-Identifier: Apache-2.0 */
#include "model/ids.h"

#include <inttypes.h>
#include <stdio.h>

struct text_id text_id_next(struct text_id_source *s)
{
    struct text_id id;
    s->last++;
    (void)snprintf(id.text, sizeof id.text, "%" PRIx64 "-%" PRIu64, (uint64_t)s->epoch_ms, s->last);
    return id;
}
