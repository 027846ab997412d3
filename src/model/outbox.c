/* SPDX-License-Identifier: Apache-2.0 */
#include "model/outbox.h"

#include "base/mem.h"

static const char *const states[OUTBOX_STATE_COUNT] = {
#define OUTBOX_STATE_ROW(name, text) [name] = text,
    OUTBOX_STATE_LIST(OUTBOX_STATE_ROW)
#undef OUTBOX_STATE_ROW
};

static char *copy(const char *text)
{
    return mem_text(text ? text : "", text ? strlen(text) : 0);
}

struct outbox_row *outbox_row_copy(const struct outbox_row *row)
{
    struct outbox_row *c = mem_alloc(sizeof *c);
    *c = *row;
    c->key = copy(row->key);
    c->alert = copy(row->alert);
    c->channel = copy(row->channel);
    c->target = copy(row->target);
    c->event = copy(row->event);
    c->group = copy(row->group);
    c->payload = copy(row->payload);
    c->error = copy(row->error);
    c->next = NULL;
    return c;
}

void outbox_row_free(struct outbox_row *row)
{
    if (row) {
        free(row->key);
        free(row->alert);
        free(row->channel);
        free(row->target);
        free(row->event);
        free(row->group);
        free(row->payload);
        free(row->error);
        free(row);
    }
}

const char *outbox_state_text(enum outbox_state state)
{
    ASSERT(state < OUTBOX_STATE_COUNT);
    return states[state];
}

enum err outbox_state_parse(struct bytes text, enum outbox_state *state)
{
    for (unsigned i = 0; i < OUTBOX_STATE_COUNT; i++) {
        if (bytes_equal(text, bytes_of_text(states[i]))) {
            *state = (enum outbox_state)i;
            return OK;
        }
    }
    return ERR_INVALID;
}

struct outbox_write *outbox_write_new(void)
{
    return mem_zalloc(1, sizeof(struct outbox_write));
}

static void free_rows(struct outbox_row *row)
{
    while (row) {
        struct outbox_row *next = row->next;
        outbox_row_free(row);
        row = next;
    }
}

void outbox_write_free(struct outbox_write *w)
{
    if (w) {
        free_rows(w->added);
        free_rows(w->changed);
        free(w);
    }
}
