/* SPDX-License-Identifier: Apache-2.0 */
/* CRC-32C (Castagnoli polynomial), the checksum at the end of blocks and journal rows. */
#ifndef TELLTALE_STORE_CRC32C_H
#define TELLTALE_STORE_CRC32C_H

#include "base/bytes.h"

uint32_t crc32c(struct bytes b);

#endif
