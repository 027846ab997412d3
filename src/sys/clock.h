/* SPDX-License-Identifier: Apache-2.0 */
/* The operating system's clocks. Everything above loop/ is handed the time and never asks for it.
 */
#ifndef TELLTALE_SYS_CLOCK_H
#define TELLTALE_SYS_CLOCK_H

#include <stdint.h>

/* Milliseconds since 1970-01-01T00:00:00Z; may step. */
int64_t clock_wall_ms(void);

/* Nanoseconds since an unknown moment; never steps back. */
uint64_t clock_mono_ns(void);

/* Nanoseconds that the calling thread had the processor: what others do does not count. */
uint64_t clock_thread_ns(void);

#endif
