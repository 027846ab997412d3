/* SPDX-License-Identifier: Apache-2.0 */
/* The brokers of the configuration, ready to be dialled: with what their files hold, and with the
 * client id that this data folder keeps. */
#ifndef TELLTALE_APP_LINKS_H
#define TELLTALE_APP_LINKS_H

#include "app/config.h"
#include "ingest/ingest.h"

struct links {
    struct ingest_broker *at;
    size_t count;
    struct config_list texts; /* client ids and passwords that `at` borrows */
};

/* Reads passwords and certificates, and makes the client id of the data folder when it has none.
 * Text is borrowed from `config`. Errors: any, with one line in `why`. */
MUST_CHECK enum err links_load(const struct config *config, struct links *out,
                               struct config_error *why);

/* After the ingest that dials them is gone. */
void links_free(struct links *l);

#endif
