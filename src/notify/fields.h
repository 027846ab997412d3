/* SPDX-License-Identifier: Apache-2.0 */
/* Members of a JSON object read into a struct by a table of settings' fields, as a settings file
 * is: what a document may hold is said once, and every mistake names its member. */
#ifndef TELLTALE_NOTIFY_FIELDS_H
#define TELLTALE_NOTIFY_FIELDS_H

#include "notify/notify.h"

/* Notes what is wrong; returns ERR_INVALID. `fault` may be NULL. */
__attribute__((format(printf, 3, 4))) enum err fault_set(struct document_fault *fault,
                                                         const char *field, const char *why, ...);

struct fields {
    const struct config_field *table;
    size_t count;
    void *base;
    /* Members of type CONFIG_ITEMS: reads the value at hand. Errors: ERR_INVALID. */
    enum err (*items)(void *base, const char *name, struct json_reader *r,
                      struct document_fault *fault);
    struct document_fault *fault;
};

/* Reads the object at hand and leaves it. Errors: ERR_INVALID, with the member that is wrong. */
MUST_CHECK enum err fields_read(const struct fields *f, struct json_reader *r);

/* Likewise of a whole text. */
MUST_CHECK enum err fields_read_all(const struct fields *f, struct bytes json);

/* Reads an array of texts. */
MUST_CHECK enum err fields_read_texts(struct json_reader *r, struct config_list *list,
                                      const char *name, struct document_fault *fault);

#endif
