/* SPDX-License-Identifier: Apache-2.0 */
#include "app/shares.h"

#include "share/share.h"

/* Long enough to see in the list that a link has expired, and to be asked about it. */
#define KEPT_MS 604800000

static bool is_over(const struct document_table *t, const struct document *d, wall_ms now)
{
    struct share share;
    if (share_read(d->body, &share) != OK || now - share.expires > KEPT_MS) {
        return true;
    }
    return !share_is_of(&share,
                        document_find(t, DOCUMENT_DASHBOARD, bytes_of_text(share.dashboard)));
}

void shares_sweep(struct document_table *t, struct text_id_source *ids, wall_ms now,
                  struct batch *out)
{
    for (size_t i = 0; i < t->count; i++) {
        const struct document *d = t->rows[i];
        if (d->id.len == 0 || d->kind != DOCUMENT_SHARE || !is_over(t, d, now)) {
            continue;
        }
        struct command *c = command_new(COMMAND_DELETE_DOCUMENT);
        c->document.kind = DOCUMENT_SHARE;
        buf_put_bytes(&c->document.id, d->id);
        document_command(t, c, ids, now, out);
        ASSERT(c->result == OK);
        command_free(c);
    }
}
