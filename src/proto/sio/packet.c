/* SPDX-License-Identifier: Apache-2.0 */
/* Reading a Socket.IO packet:
 *
 *     <type>[<attachments>-][<namespace>,][<id>][<JSON>]
 *
 * The JSON is checked here, once and whole, so that whoever handles the packet may trust its shape.
 */
#include "proto/sio/sio.h"

static bool is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

/* Takes a run of digits off the front. Errors: ERR_INVALID above `max`;  ERR_NOT_FOUND no digit. */
static enum err take_number(struct bytes *text, uint64_t max, uint64_t *value)
{
    size_t n = 0;
    while (n < text->len && is_digit(text->ptr[n])) {
        n++;
    }
    if (n == 0) {
        return ERR_NOT_FOUND;
    }
    enum err e = bytes_to_u64(bytes_of(text->ptr, n), max, value);
    if (e == OK) {
        *text = bytes_skip(*text, n);
    }
    return e;
}

static bool is_binary(enum sio_type type)
{
    return type == SIO_BINARY_EVENT || type == SIO_BINARY_ACK;
}

static enum err take_attachments(struct bytes *text, struct sio_packet *p)
{
    uint64_t n;
    if (take_number(text, UINT32_MAX, &n) != OK || text->len == 0 || text->ptr[0] != '-') {
        return ERR_INVALID;
    }
    if (n > SIO_ATTACHMENTS_MAX) {
        return ERR_TOO_LARGE;
    }
    *text = bytes_skip(*text, 1);
    p->attachments = (uint32_t)n;
    return OK;
}

static enum err take_namespace(struct bytes *text, struct sio_packet *p)
{
    p->nsp = BYTES("/");
    if (text->len == 0 || text->ptr[0] != '/') {
        return OK;
    }
    size_t n = bytes_index(*text, ',');
    if (n > SIO_NAMESPACE_MAX) {
        return ERR_INVALID;
    }
    p->nsp = bytes_of(text->ptr, n);
    *text = bytes_skip(*text, n < text->len ? n + 1 : n);
    return OK;
}

static enum err take_id(struct bytes *text, struct sio_packet *p)
{
    enum err e = take_number(text, SIO_ID_MAX, &p->id);
    p->has_id = e == OK;
    if (e != OK && e != ERR_NOT_FOUND) {
        return e;
    }
    bool acks = p->type == SIO_ACK || p->type == SIO_BINARY_ACK;
    bool asks = p->type == SIO_EVENT || p->type == SIO_BINARY_EVENT;
    return p->has_id ? (acks || asks ? OK : ERR_INVALID) : (acks ? ERR_INVALID : OK);
}

/* ---- payloads ---- */

static bool is_reserved(struct json_text name)
{
    static const char *const reserved[] = {
        "connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener",
    };
    for (size_t i = 0; i < ARRAY_LEN(reserved); i++) {
        if (json_text_is(name, reserved[i])) {
            return true;
        }
    }
    return false;
}

/* The first item of an event: its name. */
static bool read_name(struct json_reader *r, struct sio_packet *p)
{
    if (!json_read_array(r) || !json_read_item(r)) {
        return false;
    }
    double number;
    if (json_peek(r) == JSON_NUMBER) {
        return json_read_number(r, &number);
    }
    return json_read_text(r, &p->event) && !is_reserved(p->event);
}

/* Passes over the items of an array that come after the one that was read. */
static bool read_rest(struct json_reader *r)
{
    while (json_read_item(r)) {
        if (!json_skip(r)) {
            return false;
        }
    }
    return true;
}

static bool has_shape(struct json_reader *r, struct sio_packet *p)
{
    enum json_kind kind = json_peek(r);
    switch (p->type) {
    case SIO_CONNECT:
        return kind == JSON_OBJECT;
    case SIO_CONNECT_ERROR:
        return kind == JSON_OBJECT || kind == JSON_STRING;
    case SIO_EVENT:
    case SIO_BINARY_EVENT:
        return read_name(r, p) && read_rest(r);
    case SIO_ACK:
    case SIO_BINARY_ACK:
        return json_read_array(r) && read_rest(r);
    case SIO_DISCONNECT:
        return false;
    }
    UNREACHABLE();
}

/* An object that is open while placeholders are looked for. */
struct level {
    bool is_object;
    bool marked;   /* it has "_placeholder": true */
    bool numbered; /* and a "num" within range */
};

/* Reads the value of a key and notes what it says about a placeholder. Containers are entered by
 * the caller. */
static bool read_member(struct json_reader *r, struct json_text key, uint32_t attachments,
                        struct level *level)
{
    enum json_kind kind = json_peek(r);
    if (kind == JSON_TRUE && json_text_is(key, "_placeholder")) {
        level->marked = true;
    } else if (kind == JSON_NUMBER && json_text_is(key, "num")) {
        double n;
        if (!json_read_number(r, &n)) {
            return false;
        }
        level->numbered = n >= 0 && n < attachments && n == (double)(uint32_t)n;
        return true;
    }
    return kind == JSON_OBJECT || kind == JSON_ARRAY || json_skip(r);
}

/* Enters the container that comes next, if one does. */
static bool enter(struct json_reader *r, struct level *levels, size_t *depth)
{
    enum json_kind kind = json_peek(r);
    if (kind == JSON_OBJECT ? json_read_object(r) : json_read_array(r)) {
        levels[(*depth)++] = (struct level){.is_object = kind == JSON_OBJECT};
        return true;
    }
    return false;
}

/* Walks the whole payload: every object marked as a placeholder must name an attachment that will
 * come. */
static bool placeholders_fit(struct bytes payload, uint32_t attachments)
{
    struct level levels[JSON_DEPTH_MAX + 1];
    size_t depth = 0;
    struct json_reader r;
    json_reader_init(&r, payload);
    if (!enter(&r, levels, &depth)) {
        return false;
    }
    while (depth > 0) {
        struct level *top = &levels[depth - 1];
        struct json_text key = {0};
        if (top->is_object ? json_read_key(&r, &key) : json_read_item(&r)) {
            if (!read_member(&r, key, attachments, top)) {
                return false;
            }
            enum json_kind kind = json_peek(&r);
            if ((kind == JSON_OBJECT || kind == JSON_ARRAY) && !enter(&r, levels, &depth)) {
                return false;
            }
        } else if (r.error != JSON_OK || (top->marked && !top->numbered)) {
            return false;
        } else {
            depth--;
        }
    }
    return json_finish(&r);
}

static enum err check_payload(struct sio_packet *p)
{
    if (p->payload.len == 0) {
        return p->type == SIO_CONNECT || p->type == SIO_DISCONNECT ? OK : ERR_INVALID;
    }
    struct json_reader r;
    json_reader_init(&r, p->payload);
    bool fine = has_shape(&r, p) && json_finish(&r);
    if (r.error == JSON_ERROR_DEPTH) {
        return ERR_TOO_DEEP;
    }
    if (fine && is_binary(p->type)) {
        fine = placeholders_fit(p->payload, p->attachments);
    }
    return fine ? OK : ERR_INVALID;
}

enum err sio_packet_read(struct bytes text, struct sio_packet *p)
{
    if (text.len == 0 || text.ptr[0] < '0' || text.ptr[0] > '6') {
        return ERR_INVALID;
    }
    struct sio_packet q = {.type = (enum sio_type)(text.ptr[0] - '0')};
    text = bytes_skip(text, 1);
    enum err e = is_binary(q.type) ? take_attachments(&text, &q) : OK;
    e = e == OK ? take_namespace(&text, &q) : e;
    e = e == OK ? take_id(&text, &q) : e;
    q.payload = text;
    e = e == OK ? check_payload(&q) : e;
    if (e == OK) {
        *p = q;
    }
    return e;
}

struct sio_args sio_args_of(const struct sio_packet *p)
{
    struct sio_args a = {.ended = false};
    json_reader_init(&a.reader, p->payload);
    bool fine = json_read_array(&a.reader);
    if (p->type == SIO_EVENT || p->type == SIO_BINARY_EVENT) {
        fine = fine && json_read_item(&a.reader) && json_skip(&a.reader);
    }
    ASSERT(fine);
    return a;
}

enum err sio_args_next(struct sio_args *a, struct bytes *json)
{
    a->ended = a->ended || !json_read_item(&a->reader) || !json_read_raw(&a->reader, json);
    return a->ended ? ERR_NOT_FOUND : OK;
}
