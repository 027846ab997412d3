/* SPDX-License-Identifier: Apache-2.0 */
/* What all threads of the program share: how they start, and how they post what must not be lost.
 */
#ifndef TELLTALE_APP_THREAD_H
#define TELLTALE_APP_THREAD_H

#include "loop/loop.h"
#include "model/command.h"

#include <pthread.h>

/* Starts a thread with a name that tools show. Signals are main's: they are blocked here. Aborts
 * when the system gives no thread. */
pthread_t thread_start(const char *name, void *(*run)(void *ctx), void *ctx);

/* Posts to a box that has room by construction: what is under way at a time is counted where it
 * begins. */
void post_or_die(struct mailbox *to, struct mail m);

/* A command goes back to whoever waits for it; nobody waits for one without an owner. */
void give_back_command(struct mailbox *to, struct command *take_c);

#endif
