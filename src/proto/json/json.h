/* SPDX-License-Identifier: Apache-2.0 */
/* JSON as RFC 8259 has it: one strict reader and one writer for the whole program.
 *
 * The reader is a cursor over a borrowed slice. It allocates nothing, does not recurse, nests to
 * JSON_DEPTH_MAX, and checks the grammar, UTF-8 and surrogate pairs of everything it passes, also
 * of what it skips. Its first error sticks: every call after it returns false (or JSON_NONE), so a
 * caller may read a whole document and ask once, at the end, with json_finish(). Duplicate keys are
 * reported as they come; what to do with them is the caller's choice.
 *
 *     struct json_reader r;
 *     struct json_text key;
 *     json_reader_init(&r, payload);
 *     if (json_read_object(&r)) {
 *         while (json_read_key(&r, &key)) {
 *             if (json_text_is(key, "value")) {
 *                 (void)json_read_number(&r, &value);
 *             }                               // what is not read is skipped
 *         }
 *     }
 *     if (!json_finish(&r)) {
 *         ... r.error, json_offset(&r) ...
 *     }
 *
 * The writer appends to a struct buf and sets the commas itself:
 *
 *     struct json_writer w;
 *     json_writer_init(&w, &out);
 *     json_write_object(&w);
 *     json_put_text(&w, "id", id);            // put = key and value
 *     json_write_key(&w, "tags");
 *     json_write_array(&w);
 *     json_write_text(&w, tag);               // write = a value alone
 *     json_write_array_end(&w);
 *     json_write_object_end(&w);
 */
#ifndef TELLTALE_PROTO_JSON_JSON_H
#define TELLTALE_PROTO_JSON_JSON_H

#include "base/buf.h"
#include "base/number.h"

/* Open objects and arrays at one time. */
#define JSON_DEPTH_MAX 64

/* ---- reader --------------------------------------------------------------------------------- */

enum json_kind {
    JSON_NONE, /* no value here: the end of the text or of a container, or an error */
    JSON_OBJECT,
    JSON_ARRAY,
    JSON_STRING,
    JSON_NUMBER,
    JSON_TRUE,
    JSON_FALSE,
    JSON_NULL,
};

#define JSON_ERROR_LIST(X)                                                                         \
    X(JSON_OK, "ok")                                                                               \
    X(JSON_ERROR_SYNTAX, "not JSON")                                                               \
    X(JSON_ERROR_TRUNCATED, "ends too early")                                                      \
    X(JSON_ERROR_TRAILING, "something follows the value")                                          \
    X(JSON_ERROR_UTF8, "not UTF-8, or half of a surrogate pair")                                   \
    X(JSON_ERROR_DEPTH, "nested too deeply")                                                       \
    X(JSON_ERROR_TYPE, "a value of another type was expected")                                     \
    X(JSON_ERROR_RANGE, "number out of range")

enum json_error {
#define JSON_ERROR_ENUM(name, text) name,
    JSON_ERROR_LIST(JSON_ERROR_ENUM)
#undef JSON_ERROR_ENUM
};

/* Static storage. */
const char *json_error_text(enum json_error e);

/* Callers read `error` and leave the rest alone. */
struct json_reader {
    const uint8_t *at;
    const uint8_t *start;
    const uint8_t *end;
    uint64_t objects; /* bit d: the container at depth d is an object */
    uint8_t depth;    /* containers that are open */
    bool first;       /* the innermost container has had no member yet */
    bool due;         /* a value must come next */
    enum json_error error;
};

/* A string as it stands between its quotes, already validated. Borrowed from the reader's slice. */
struct json_text {
    struct bytes raw;
    bool escaped; /* `raw` holds at least one backslash */
};

/* Ownership: `text` is borrowed until the last use of what was read from it. */
void json_reader_init(struct json_reader *r, struct bytes text);

/* Kind of the value that comes next, judged by its first byte; JSON_NONE where no value can come
 * (before json_read_key or json_read_item said that there is one, after the end, after an error).
 */
enum json_kind json_peek(struct json_reader *r);

/* Enter a container. False: an error, JSON_ERROR_TYPE when another kind of value is there. */
bool json_read_object(struct json_reader *r);
bool json_read_array(struct json_reader *r);

/* Inside an object: reads the next key and its colon. A value that the caller did not read since
 * the last key is skipped first. False: the object ended and was left, or an error. */
bool json_read_key(struct json_reader *r, struct json_text *key);

/* Inside an array: whether another item comes; skips as json_read_key does. False: the array ended
 * and was left, or an error. */
bool json_read_item(struct json_reader *r);

/* Read one value. False: an error, JSON_ERROR_TYPE when another kind of value is there,
 * JSON_ERROR_RANGE when the number overflows a double or, for json_read_i64, is not an integer of
 * 64 bits (1e3 and 5.0 are integers). The value's offset is that of the error. */
bool json_read_number(struct json_reader *r, double *value);
bool json_read_i64(struct json_reader *r, int64_t *value);
bool json_read_bool(struct json_reader *r, bool *value);
bool json_read_null(struct json_reader *r);
bool json_read_text(struct json_reader *r, struct json_text *text);

/* As json_read_number, but a number beyond a double is no error: `*value` is infinite then, with
 * its sign, and the reader goes on behind it. */
bool json_read_any_number(struct json_reader *r, double *value);

/* Passes over one value of any kind. */
bool json_skip(struct json_reader *r);

/* As json_skip, and gives the bytes of the value as they stand. */
bool json_read_raw(struct json_reader *r, struct bytes *raw);

/* Passes over what is left of the innermost container and leaves it. */
bool json_leave(struct json_reader *r);

/* Records an error of the caller's own at the place reached (JSON_ERROR_TYPE mostly); returns
 * false. The first error stays. */
bool json_fail(struct json_reader *r, enum json_error e);

/* Skips a top-level value that was not read, and checks that nothing but white space follows it.
 * True: the whole text was JSON and no call failed. */
bool json_finish(struct json_reader *r);

/* Bytes from the start of the text to where the reader stands, or where its error is. */
static inline size_t json_offset(const struct json_reader *r)
{
    return (size_t)(r->at - r->start);
}

/* ---- strings that were read ------------------------------------------------------------------ */

/* Whether the text equals `literal` after unescaping; copies nothing. */
bool json_text_equal(struct json_text text, struct bytes literal);

static inline bool json_text_is(struct json_text text, const char *literal)
{
    size_t len = strlen(literal);
    if (text.escaped) {
        return json_text_equal(text, bytes_of(literal, len));
    }
    return text.raw.len == len && memcmp(text.raw.ptr, literal, len) == 0;
}

/* The text unescaped: the borrowed slice itself when nothing was escaped, else written to
 * `scratch`. The result is at most as long as text.raw, so `cap` >= text.raw.len always suffices.
 * Errors: ERR_TOO_LARGE escaped and longer than `cap`. */
MUST_CHECK enum err json_text_get(struct json_text text, void *scratch, size_t cap,
                                  struct bytes *value);

/* Appends the unescaped text. */
void json_text_append(struct json_text text, struct buf *out);

/* ---- writer ---------------------------------------------------------------------------------- */

struct json_writer {
    struct buf *out;
    bool comma; /* the next value or key needs a comma before it */
};

/* Ownership: `out` is borrowed while the writer is used; what it held stays in front. */
static inline void json_writer_init(struct json_writer *w, struct buf *out)
{
    *w = (struct json_writer){.out = out};
}

void json_write_object(struct json_writer *w);
void json_write_object_end(struct json_writer *w);
void json_write_array(struct json_writer *w);
void json_write_array_end(struct json_writer *w);

/* A key and its colon. `key` is valid UTF-8; it is escaped as a string is. */
void json_write_key_bytes(struct json_writer *w, struct bytes key);

static inline void json_write_key(struct json_writer *w, const char *key)
{
    json_write_key_bytes(w, bytes_of_text(key));
}

/* A key as it was read, with the escapes that it came with. */
void json_write_read_key(struct json_writer *w, struct json_text key);

/* `text` is valid UTF-8. Escaped are quotes, backslashes and control characters. */
void json_write_text(struct json_writer *w, struct bytes text);

/* The shortest text that reads back bit for bit; null for what is not finite. */
void json_write_number(struct json_writer *w, double value);
void json_write_i64(struct json_writer *w, int64_t value);
void json_write_u64(struct json_writer *w, uint64_t value);
void json_write_bool(struct json_writer *w, bool value);
void json_write_null(struct json_writer *w);

/* A value that is JSON already, copied as it stands. */
void json_write_raw(struct json_writer *w, struct bytes json);

static inline void json_put_text(struct json_writer *w, const char *key, struct bytes text)
{
    json_write_key(w, key);
    json_write_text(w, text);
}

/* NULL is written as null. */
static inline void json_put_string(struct json_writer *w, const char *key, const char *text)
{
    json_write_key(w, key);
    if (text) {
        json_write_text(w, bytes_of_text(text));
    } else {
        json_write_null(w);
    }
}

static inline void json_put_number(struct json_writer *w, const char *key, double value)
{
    json_write_key(w, key);
    json_write_number(w, value);
}

static inline void json_put_i64(struct json_writer *w, const char *key, int64_t value)
{
    json_write_key(w, key);
    json_write_i64(w, value);
}

static inline void json_put_u64(struct json_writer *w, const char *key, uint64_t value)
{
    json_write_key(w, key);
    json_write_u64(w, value);
}

static inline void json_put_bool(struct json_writer *w, const char *key, bool value)
{
    json_write_key(w, key);
    json_write_bool(w, value);
}

static inline void json_put_null(struct json_writer *w, const char *key)
{
    json_write_key(w, key);
    json_write_null(w);
}

static inline void json_put_raw(struct json_writer *w, const char *key, struct bytes json)
{
    json_write_key(w, key);
    json_write_raw(w, json);
}

#endif
