/* SPDX-License-Identifier: Apache-2.0 */
#include "ingest/aliases.h"

void aliases_fini(struct aliases *a)
{
    for (size_t i = 0; i < LIMIT_TOPIC_ALIASES; i++) {
        buf_fini(&a->topics[i]);
    }
}

struct bytes aliases_topic(const struct aliases *a, uint32_t alias)
{
    return alias == 0 || alias > LIMIT_TOPIC_ALIASES ? bytes_of(NULL, 0)
                                                     : buf_bytes(&a->topics[alias - 1]);
}

bool aliases_set(struct aliases *a, uint32_t alias, struct bytes topic)
{
    if (alias == 0 || alias > LIMIT_TOPIC_ALIASES) {
        return false;
    }
    struct buf *b = &a->topics[alias - 1];
    buf_clear(b);
    buf_put_bytes(b, topic);
    return true;
}

uint32_t aliases_of(struct aliases *a, uint32_t max, struct bytes topic, bool *is_new)
{
    *is_new = false;
    for (uint32_t i = 0; i < max && i < LIMIT_TOPIC_ALIASES; i++) {
        struct bytes known = buf_bytes(&a->topics[i]);
        if (known.len == 0) {
            *is_new = true;
            (void)aliases_set(a, i + 1, topic);
            return i + 1;
        }
        if (bytes_equal(known, topic)) {
            return i + 1;
        }
    }
    return 0;
}
