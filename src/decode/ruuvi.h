/* SPDX-License-Identifier: Apache-2.0 */
/* Bluetooth advertisements of Ruuvi sensors. Private to the folder. */
#ifndef TELLTALE_DECODE_RUUVI_H
#define TELLTALE_DECODE_RUUVI_H

#include "decode/parts.h"

/* Bytes of an advertisement: an extended one of Bluetooth 5. */
#define RUUVI_ADVERT_BYTES 255

/* Reads hexadecimal text. Returns how many bytes it is; 0: no such text, or longer than `cap`. */
size_t ruuvi_read_hex(struct bytes hex, uint8_t *out, size_t cap);

/* Adds the values of an advertisement (AD structures: length, type, data) without device and time.
 * False: it is not of Ruuvi, or in a format that is not understood. */
bool ruuvi_add_advert(struct decoder *d, struct bytes advert);

/* The unit of a value by its name; NULL: none. */
const char *ruuvi_unit(struct bytes sensor);

#endif
