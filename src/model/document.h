/* SPDX-License-Identifier: Apache-2.0 */
/* Documents: what people write down for the program to keep and follow, each a JSON object under a
 * kind and an id. Dashboards, silences, channels and the like need no table, journal row and route
 * of their own: they are kept, versioned and handed to every thread as one thing, and only their
 * readers know what stands in them.
 *
 * A document's version is 1 when it is made and one more with each change; a writer who names the
 * version that he began from is refused when somebody was faster. Each thread that needs documents
 * holds a table of its own, fed by batches. Pure. */
#ifndef TELLTALE_MODEL_DOCUMENT_H
#define TELLTALE_MODEL_DOCUMENT_H

#include "model/batch.h"
#include "model/command.h"

#include "base/strmap.h"

/* The word is the name of the kind in the store and in paths, /api/v1/<word>. */
#define DOCUMENT_KIND_LIST(X)                                                                      \
    X(DOCUMENT_DASHBOARD, "dashboards")                                                            \
    X(DOCUMENT_PLAN, "plans")       /* of a building, with its corners on the map */               \
    X(DOCUMENT_SILENCE, "silences") /* also maintenance windows */                                 \
    X(DOCUMENT_CHANNEL, "channels") /* ways to tell somebody */                                    \
    X(DOCUMENT_ROUTE, "routes")     /* which alerts go to whom */                                  \
    X(DOCUMENT_PERSON, "people")                                                                   \
    X(DOCUMENT_SUBSCRIPTION, "subscriptions") /* of browsers, for Web Push */                      \
    X(DOCUMENT_SHARE, "shares")               /* links to one dashboard; see share/share.h */      \
    X(DOCUMENT_EARLIER, "earlier")            /* versions of a dashboard before the present one */ \
    X(DOCUMENT_MAPPING, "mappings")           /* what topics mean; see decode/mapping.h */

enum document_kind {
#define DOCUMENT_ENUM(name, word) name,
    DOCUMENT_KIND_LIST(DOCUMENT_ENUM)
#undef DOCUMENT_ENUM
        DOCUMENT_KIND_COUNT
};

struct document {
    enum document_kind kind;
    struct buf text; /* what the slices below are of */
    struct bytes id; /* empty: the row is free */
    struct bytes body;
    struct bytes by; /* token id of who wrote it last; empty: under --no-auth */
    uint32_t version;
    wall_ms created;
    wall_ms updated;
};

struct document_table {
    struct document **rows;
    size_t count, cap; /* rows ever used */
    size_t used;       /* rows that are not free */
    size_t bytes;      /* of their text */
    struct strmap by_name;
};

/* Static storage. */
const char *document_kind_text(enum document_kind kind);

/* Errors: ERR_INVALID. */
MUST_CHECK enum err document_kind_parse(struct bytes text, enum document_kind *kind);

/* 1..DOCUMENT_ID_MAX letters, digits, `-`, `_` and `.`, the first no dot. */
bool document_id_valid(struct bytes id);

/* A member of the object that is taken, kept and never shown again: a password. */
bool document_member_is_secret(enum document_kind kind, struct bytes member);

/* Ownership: the table must not move. */
void document_table_init(struct document_table *t, struct hash_key key);
void document_table_fini(struct document_table *t);

/* Applies the documents of a batch; a snapshot replaces everything. */
void document_table_apply(struct document_table *t, const struct batch *b);

/* Writes all of them, for a snapshot. */
void document_table_put(const struct document_table *t, struct batch *out);

/* NULL: there is none. Borrowed until it changes. */
const struct document *document_find(const struct document_table *t, enum document_kind kind,
                                     struct bytes id);

/* A copy whose slices are of `text`, which was empty: it outlives a change of the row. */
struct document document_copy(const struct document *d, struct buf *text);

/* Does COMMAND_PUT_DOCUMENT or COMMAND_DELETE_DOCUMENT, its body checked before: writes the change
 * to `out` and applies it. Sets c->result, and c->field and c->message when it was refused. */
void document_command(struct document_table *t, struct command *c, struct text_id_source *ids,
                      wall_ms now, struct batch *out);

#endif
