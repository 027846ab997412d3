/* SPDX-License-Identifier: Apache-2.0 */
/* Base topics of ecosystems that were installed under another name than the usual one. Their
 * families see the usual one. Private to the folder. */
#ifndef TELLTALE_DECODE_BASES_H
#define TELLTALE_DECODE_BASES_H

#include "decode/parts.h"

struct base {
    char *other; /* owned */
    const char *usual;
};

/* Copies the base topics that the settings name. */
void decode_bases_init(struct decode_bases *b, const struct decode_config *config);
void decode_bases_fini(struct decode_bases *b);

/* The topic with the usual base topic in the place of another: `t` itself, or made in `room`; valid
 * until the next message. NULL: it becomes too long or has too many levels. */
const struct decode_topic *decode_bases_rename(struct decoder *d, const struct decode_topic *t,
                                               struct decode_topic *room);

#endif
