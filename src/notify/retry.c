/* SPDX-License-Identifier: Apache-2.0 */
#include "notify/parts.h"

#define LONGEST_MS 3600000u

uint64_t notify_backoff_ms(uint64_t first_ms, uint32_t attempts, uint32_t random, uint64_t told_ms)
{
    ASSERT(first_ms > 0 && attempts > 0);
    unsigned doublings = attempts - 1 < 20 ? attempts - 1 : 20;
    uint64_t pause = first_ms << doublings;
    pause = pause < LONGEST_MS ? pause : LONGEST_MS;
    pause = pause - pause / 4 + pause / 2 * random / UINT32_MAX;
    /* What the peer asks for is respected up to the time at which we give up anyway. */
    uint64_t told = told_ms < NOTIFY_GIVE_UP_MS ? told_ms : NOTIFY_GIVE_UP_MS;
    return pause > told ? pause : told;
}
