/* SPDX-License-Identifier: Apache-2.0 */
#include "app/thread.h"

#include "app/mail.h"

pthread_t thread_start(const char *name, void *(*run)(void *ctx), void *ctx)
{
    pthread_t thread;
    if (pthread_create(&thread, NULL, run, ctx) != 0) {
        base_assert_failed(__FILE__, __LINE__, "pthread_create");
    }
    (void)pthread_setname_np(thread, name);
    return thread;
}

void post_or_die(struct mailbox *to, struct mail m)
{
    if (mailbox_post(to, m) != OK) {
        base_assert_failed(__FILE__, __LINE__, "a mailbox sized for all that can be under way");
    }
}

void give_back_command(struct mailbox *to, struct command *take_c)
{
    if (take_c->owner) {
        post_or_die(to, (struct mail){.kind = MAIL_COMMAND, .body = take_c});
    } else {
        command_free(take_c);
    }
}
