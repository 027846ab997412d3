/* SPDX-License-Identifier: Apache-2.0 */
/* The body of a change, read against the handler's table of members: a member that is not in it, of
 * the wrong type or given twice is refused by name, and nothing is changed. What the values may be
 * is decided by their owner, which sees the command. */
#include "serve/request.h"

#include "base/mem.h"
#include "base/utf8.h"

#include <math.h>

/* Names of members in answers to wrong ones are cut to this. */
#define FIELD_MAX 64

static void set_text(struct command *c, const struct serve_member *m, struct json_text text)
{
    char **at = (char **)(void *)((char *)c + m->offset);
    struct buf b = {0};
    json_text_append(text, &b);
    free(*at);
    *at = mem_text(b.ptr, b.len);
    buf_fini(&b);
}

static void set_number(struct command *c, const struct serve_member *m, double v)
{
    memcpy((char *)c + m->offset, &v, sizeof v);
}

/* Whether a text holds U+0000, which the texts of a command can't. */
static bool holds_nul(struct json_text text)
{
    struct buf b = {0};
    json_text_append(text, &b);
    bool holds = b.len && memchr(b.ptr, 0, b.len) != NULL;
    buf_fini(&b);
    return holds;
}

static const char *read_text(struct json_reader *r, const struct serve_member *m, struct command *c)
{
    struct json_text text = {0};
    enum json_kind kind = json_peek(r);
    if (kind == JSON_NULL && m->type == SERVE_MEMBER_TEXT_OR_NULL) {
        (void)json_read_null(r);
    } else if (kind != JSON_STRING) {
        return m->type == SERVE_MEMBER_TEXT ? "a string is expected"
                                            : "a string or null is expected";
    } else if (!json_read_text(r, &text) || (text.escaped && holds_nul(text))) {
        return "a string without NUL is expected";
    }
    set_text(c, m, text);
    return NULL;
}

static const char *read_number(struct json_reader *r, const struct serve_member *m,
                               struct command *c)
{
    double v = (double)NAN;
    enum json_kind kind = json_peek(r);
    if (kind == JSON_NULL && m->type == SERVE_MEMBER_NUMBER_OR_NULL) {
        (void)json_read_null(r);
    } else if (kind != JSON_NUMBER || !json_read_number(r, &v) || !isfinite(v)) {
        return m->type == SERVE_MEMBER_NUMBER ? "a finite number is expected"
                                              : "a finite number or null is expected";
    }
    set_number(c, m, v);
    return NULL;
}

/* Reads one member's value; returns what was expected when it is not that. */
static const char *read_member(struct json_reader *r, const struct serve_member *m,
                               struct command *c)
{
    switch (m->type) {
    case SERVE_MEMBER_TEXT:
    case SERVE_MEMBER_TEXT_OR_NULL:
        return read_text(r, m, c);
    case SERVE_MEMBER_NUMBER:
    case SERVE_MEMBER_NUMBER_OR_NULL:
        return read_number(r, m, c);
    case SERVE_MEMBER_BOOLEAN:
        if (json_peek(r) != JSON_TRUE && json_peek(r) != JSON_FALSE) {
            return "true or false is expected";
        }
        (void)json_read_bool(r, (bool *)((char *)c + m->offset));
        return NULL;
    case SERVE_MEMBER_OTHER:
        return m->read(r, c);
    }
    UNREACHABLE();
}

static const struct serve_member *find_member(const struct serve_member *members, size_t count,
                                              struct json_text key)
{
    for (size_t i = 0; i < count; i++) {
        if (json_text_is(key, members[i].name)) {
            return &members[i];
        }
    }
    return NULL;
}

static void answer_bad_key(struct serve_peer *p, struct json_text key, const char *message)
{
    uint8_t memory[FIELD_MAX];
    struct bytes name;
    if (json_text_get(key, memory, sizeof memory, &name) != OK) {
        name = BYTES("a member");
    }
    serve_answer_bad_field(p, utf8_clip(name, FIELD_MAX), message);
}

/* Reads the object; answers and returns false at the first wrong member. Syntax is left to the
 * caller, in r->error. */
static bool read_object(struct serve_peer *p, struct json_reader *r,
                        const struct serve_member *members, size_t count, struct command *c)
{
    struct json_text key;
    while (json_read_key(r, &key)) {
        const struct serve_member *m = find_member(members, count, key);
        if (!m) {
            answer_bad_key(p, key, "no such member");
            return false;
        }
        if (c->fields & m->field) {
            answer_bad_key(p, key, "given twice");
            return false;
        }
        const char *wrong = read_member(r, m, c);
        if (wrong &&
            (r->error == JSON_OK || r->error == JSON_ERROR_RANGE || r->error == JSON_ERROR_TYPE)) {
            answer_bad_key(p, key, wrong);
            return false;
        }
        c->fields |= m->field;
    }
    return true;
}

bool serve_body_begin(struct serve_peer *p, struct json_reader *r)
{
    const struct http_request *q = serve_request(p);
    if (!http_content_type_is(q->content_type, "application/json")) {
        serve_answer_bad_field(p, BYTES("Content-Type"), "application/json is expected");
        return false;
    }
    json_reader_init(r, q->body);
    if (json_peek(r) != JSON_OBJECT) {
        serve_answer_error(p, 400, "invalid_json", "the body must be a JSON object");
        return false;
    }
    return json_read_object(r);
}

bool serve_body_end(struct serve_peer *p, struct json_reader *r)
{
    if (json_finish(r)) {
        return true;
    }
    char message[128];
    (void)snprintf(message, sizeof message, "the body, at byte %zu: %s", json_offset(r),
                   json_error_text(r->error));
    serve_answer_error(p, 400, "invalid_json", message);
    return false;
}

bool serve_body_read(struct serve_peer *p, const struct serve_member *members, size_t count,
                     struct command *c)
{
    struct json_reader r;
    return serve_body_begin(p, &r) && read_object(p, &r, members, count, c) &&
           serve_body_end(p, &r);
}
