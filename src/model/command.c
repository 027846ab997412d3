/* SPDX-License-Identifier: Apache-2.0 */
#include "model/command.h"

#include "base/mem.h"

struct command *command_new(enum command_kind kind)
{
    struct command *c = mem_zalloc(1, sizeof *c);
    c->kind = kind;
    c->decimals = -1;
    return c;
}

/* Memory that others get must not tell a password. */
static void free_secret(char *text)
{
    if (text) {
        explicit_bzero(text, strlen(text));
        free(text);
    }
}

void command_forget_passwords(struct command *c)
{
    free_secret(c->account.password);
    free_secret(c->account.present);
    c->account.password = NULL;
    c->account.present = NULL;
}

void command_free(struct command *c)
{
    if (c) {
        free(c->device);
        free(c->sensor);
        free(c->name);
        free(c->model);
        free(c->place);
        free(c->unit);
        free(c->tags);
        free(c->attributes);
        free(c->note);
        command_forget_passwords(c);
        buf_fini(&c->definition);
        free(c->credential.common_name);
        buf_fini(&c->credential.speaks_for);
        buf_fini(&c->credential.publish);
        buf_fini(&c->credential.subscribe);
        buf_fini(&c->document.id);
        buf_fini(&c->document.body);
        written_free(c->write);
        free(c);
    }
}
