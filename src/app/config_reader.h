/* SPDX-License-Identifier: Apache-2.0 */
/* YAML read event by event against tables of keys: libyaml's events, taken one by one, what is
 * wrong told by line and column. Anchors, aliases, tags and second documents are refused: no
 * setting needs them. Nothing here recurses. Private to the files that read settings. */
#ifndef TELLTALE_APP_CONFIG_READER_H
#define TELLTALE_APP_CONFIG_READER_H

#include "app/config.h"

#include <yaml.h>

struct reader {
    yaml_parser_t parser;
    yaml_event_t event; /* the one to look at; deleted by the next */
    bool has_event;
    struct bytes text;
    enum err (*document)(struct reader *r);
    void *into; /* what the document is read into */
    struct config_error *why;
};

/* Reads `text`, which must be one document or none: `document` is called at its first event and
 * leaves the reader at its last. Errors: ERR_INVALID, with `why`; what `document` returns. */
MUST_CHECK enum err reader_run(struct bytes text, enum err (*document)(struct reader *r),
                               void *into, struct config_error *why);

/* ---- refusing ---- */

__attribute__((format(printf, 3, 4))) enum err reader_refuse_at(struct reader *r, yaml_mark_t mark,
                                                                const char *format, ...);

#define reader_refuse(r, ...) reader_refuse_at((r), (r)->event.start_mark, __VA_ARGS__)

/* ---- events ---- */

/* Takes the next event into r->event. */
MUST_CHECK enum err reader_next(struct reader *r);

bool reader_at(const struct reader *r, yaml_event_type_t type);

/* The text of the scalar at hand. */
struct bytes reader_scalar(const struct reader *r);

/* Whether a scalar without quotes is at hand. */
bool reader_is_plain(const struct reader *r);

/* Whether a key without a value is at hand: `http:` with everything under it commented out. */
bool reader_is_null(const struct reader *r);

/* ---- keys ---- */

/* Most keys of one mapping of the tables. */
#define READER_KEYS_MAX 32

struct reader_keys {
    const char *names[READER_KEYS_MAX];
    size_t count;
    uint32_t seen; /* a bit a key */
};

void reader_add_key(struct reader_keys *k, const char *name);
void reader_add_fields(struct reader_keys *k, const struct config_field *fields, size_t count);

/* Reads the key at hand: its index among `k`, which counts it as seen. */
MUST_CHECK enum err reader_take_key(struct reader *r, struct reader_keys *k, size_t *index);

/* ---- values ---- */

/* Reads the scalar at hand, or the list where the field is one, into the field's member. */
MUST_CHECK enum err reader_set(struct reader *r, const struct config_field *f, void *base);
MUST_CHECK enum err reader_value(struct reader *r, const struct config_field *f, void *base);
enum err reader_refuse_type(struct reader *r, const struct config_field *f);

#endif
