/* SPDX-License-Identifier: Apache-2.0 */
/* The mappings in use: those of the settings file, then those that people saved, in the order in
 * which they were made. See docs/adr/0049. */
#ifndef TELLTALE_APP_MAPPINGS_USED_H
#define TELLTALE_APP_MAPPINGS_USED_H

#include "decode/decode.h"
#include "model/document.h"
#include "proto/json/json.h"

/* Whether the body of a document is one mapping. Errors: ERR_INVALID, explained in `fault`. */
MUST_CHECK enum err mapping_document_check(struct bytes body, struct document_fault *fault);

/* Whether there are as many saved ones as there may be. */
bool mapping_documents_full(const struct document_table *t);

/* A mapping that is not saved, in its place: instead of that of document `id`, or behind all. */
struct mapping_candidate {
    struct bytes id; /* empty: a new one */
    const struct mapping *mapping;
    size_t number; /* set: which one it became */
};

/* Copies of those of `file` (NULL: none), then the saved ones. `candidate`: NULL, or one more.
 * Ownership: the caller's, mappings_free. */
struct mappings *mappings_used(const struct mappings *file, const struct document_table *t,
                               struct mapping_candidate *candidate);

/* Writes all of them as an array: `number`, `from`, `mapping`, and of a saved one `id`, `version`
 * and `updatedAt`. */
void mappings_used_put(struct json_writer *w, const struct mappings *file,
                       const struct document_table *t);

#endif
