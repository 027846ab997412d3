/* SPDX-License-Identifier: Apache-2.0 */
#include "model/link.h"

const char *link_state_name(enum link_state s)
{
    static const char *const names[] = {
#define LINK_STATE_NAME(id, name) [id] = name,
        LINK_STATE_LIST(LINK_STATE_NAME)
#undef LINK_STATE_NAME
    };
    return names[s];
}
