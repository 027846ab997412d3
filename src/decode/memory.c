/* SPDX-License-Identifier: Apache-2.0 */
/* What all families remember, made and given back as one. Tables allocate with their first item, so
 * a server without an ecosystem pays nothing for it. */
#include "decode/sparkplug.h"

void decode_memory_init(struct decode_memory *m, struct hash_key key)
{
    m->key = key;
    memo_init(&m->sparkplug, key, LIMIT_MEMO_BYTES, sparkplug_forget);
}

void decode_memory_fini(struct decode_memory *m)
{
    memo_fini(&m->sparkplug);
}
