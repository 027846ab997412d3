/* SPDX-License-Identifier: Apache-2.0 */
/* Whether bytes are worth the trial of compressing them, which costs ten times this answer. */
#ifndef TELLTALE_STORE_COMPRESSIBLE_H
#define TELLTALE_STORE_COMPRESSIBLE_H

#include "base/base.h"

/* False only when no code of single bytes brings `n` bytes below `most`, and what some stretches
 * tell is that few longer pieces come again. n is 4..65534. */
bool compressible(const uint8_t *bytes, size_t n, size_t most);

#endif
