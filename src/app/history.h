/* SPDX-License-Identifier: Apache-2.0 */
/* What commands that only read do with the store in a folder: open it, or look beside the server
 * that has it. */
#ifndef TELLTALE_APP_HISTORY_H
#define TELLTALE_APP_HISTORY_H

#include "model/batch.h"
#include "store/store.h"

struct history {
    const char *word; /* the command */
    struct store *store;
    struct store_reader *reader;
    struct batch *loaded; /* devices, series and the rest */
    bool beside;          /* a server has the store */
    struct metrics metrics;
};

/* Opens what is in `dir`; there must be a store. False: it was said why not. */
bool history_open(struct history *h, const char *word, const char *dir);

/* Safe on a zeroed struct. */
void history_close(struct history *h);

/* Says what failed on standard error as `telltale WORD: ...`; returns 1. */
__attribute__((format(printf, 2, 3))) int history_fail(const char *word, const char *format, ...);

/* DIR/telltale.db into `path`. False: too long, or there is no store (said). */
bool history_path(const char *word, const char *dir, char path[512]);

#endif
