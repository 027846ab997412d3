/* SPDX-License-Identifier: Apache-2.0 */
/* Mappings as they stand in a settings file or come from a person who tries one. */
#ifndef TELLTALE_APP_CONFIG_MAPPINGS_H
#define TELLTALE_APP_CONFIG_MAPPINGS_H

#include "app/config.h"
#include "decode/decode.h"

struct reader;

/* Reads YAML or JSON: one mapping, a list of them, or either under the key `mappings`.
 * Ownership: `*mappings` is the caller's, mappings_free.
 * Errors: ERR_INVALID, with `why`: what is wrong, where. */
MUST_CHECK enum err mappings_parse(struct bytes text, struct mappings **mappings,
                                   struct config_error *why);

/* Reads one mapping. Ownership: `*mapping` is the caller's, mapping_free. Errors: likewise. */
MUST_CHECK enum err mapping_parse(struct bytes text, struct mapping **mapping,
                                  struct config_error *why);

/* Reads the list that is at hand in `r` and appends to `all`. */
MUST_CHECK enum err mappings_read(struct reader *r, struct mappings *all);

#endif
