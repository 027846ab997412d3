/* SPDX-License-Identifier: Apache-2.0 */
/* What commands that change the store do while no server holds it. */
#ifndef TELLTALE_APP_OFFLINE_H
#define TELLTALE_APP_OFFLINE_H

#include "model/batch.h"

/* What a command does with the store: looks at what it holds (`loaded`) and writes changes to
 * `change`, whose seq and now are set. Returns the command's exit code; what is in `change` is
 * committed when that is 0. */
typedef int (*offline_work)(void *ctx, const struct batch *loaded, struct batch *change);

/* Opens the store in `dir` (made when it is not there), runs `work`, makes its changes durable,
 * closes. Returns the exit code of the command `word`; what fails is said on standard error as
 * `telltale WORD: ...`. */
int offline_run(const char *word, const char *dir, offline_work work, void *ctx);

/* The same for what only looks: a store that is not there is not made, and that is said. */
int offline_look(const char *word, const char *dir, offline_work work, void *ctx);

#endif
