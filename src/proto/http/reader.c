/* SPDX-License-Identifier: Apache-2.0 */
/* The reader's outer machine: gathers a head up to its empty line, has it parsed, then takes a body
 * of known length or in chunks.
 *
 * While a head is gathered every byte is looked at once: a NUL, a CR without LF or a LF without CR
 * ends the connection there and then, so that no later step sees two readings of one line. */
#include "proto/http/parts.h"

#include <string.h>

/* Buffers above this are given back between requests; below it they stay warm. */
#define KEEP_BYTES 4096u

/* Where in a line end the last byte of the head left us; values of http_reader.line_state. */
enum line_state {
    LINE_START, /* at the first byte of a line */
    LINE_INSIDE,
    LINE_CR,       /* CR after something: LF must follow */
    LINE_EMPTY_CR, /* CR at the start of a line: its LF ends the head */
};

void http_reader_init(struct http_reader *r, size_t body_max)
{
    *r = (struct http_reader){.phase = HTTP_PHASE_HEAD, .body_max = body_max};
}

void http_reader_fini(struct http_reader *r)
{
    buf_fini(&r->head);
    buf_fini(&r->body);
    free(r->headers);
    r->headers = NULL;
}

enum err http_fail(struct http_reader *r, enum err e, unsigned status, const char *reason)
{
    r->phase = HTTP_PHASE_FAILED;
    r->status = status;
    r->reason = reason;
    return e;
}

/* Advances over one byte of the head. OK: this LF ends the head. */
static enum err head_byte(struct http_reader *r, uint8_t c)
{
    switch ((enum line_state)r->line_state) {
    case LINE_CR:
    case LINE_EMPTY_CR:
        if (c != '\n') {
            return http_fail(r, ERR_INVALID, 400, "a carriage return without a line feed");
        }
        if (r->line_state == LINE_EMPTY_CR) {
            return OK;
        }
        r->line_state = LINE_START;
        return ERR_AGAIN;
    case LINE_START:
    case LINE_INSIDE:
        break;
    }
    if (c == '\n') {
        return http_fail(r, ERR_INVALID, 400, "a line feed without a carriage return");
    }
    if (c == 0) {
        return http_fail(r, ERR_INVALID, 400, "a NUL byte in the head");
    }
    if (c == '\r') {
        r->line_state = r->line_state == LINE_START ? LINE_EMPTY_CR : LINE_CR;
    } else {
        r->line_state = LINE_INSIDE;
    }
    return ERR_AGAIN;
}

/* Gathers the head. One empty line before the request line is passed over, as RFC 9112 asks. */
static enum err read_head(struct http_reader *r, struct bytes in, size_t *used)
{
    enum err e = ERR_AGAIN;
    size_t n = 0;
    while (n < in.len && e == ERR_AGAIN) {
        if (r->head.len + n >= HTTP_HEAD_MAX) {
            return http_fail(r, ERR_TOO_LARGE, 431, "the head is too large");
        }
        e = head_byte(r, in.ptr[n++]);
    }
    *used = n;
    if (e != OK && e != ERR_AGAIN) {
        return e;
    }
    buf_put(&r->head, in.ptr, n);
    if (e == OK && r->head.len == 2 && !r->empty_line) {
        r->empty_line = true;
        r->line_state = LINE_START;
        buf_clear(&r->head);
        return ERR_AGAIN;
    }
    return e;
}

/* Decides what follows a parsed head. */
static enum err begin_body(struct http_reader *r)
{
    if (r->request.chunked) {
        r->phase = HTTP_PHASE_BODY;
        return ERR_AGAIN;
    }
    if (r->request.content_length > r->body_max) {
        return http_fail(r, ERR_TOO_LARGE, 413, "the body is too large");
    }
    r->left = r->request.content_length;
    r->phase = r->left ? HTTP_PHASE_BODY : HTTP_PHASE_DONE;
    return r->left ? ERR_AGAIN : OK;
}

static enum err read_plain_body(struct http_reader *r, struct bytes in, size_t *used)
{
    size_t n = in.len < r->left ? in.len : (size_t)r->left;
    buf_put(&r->body, in.ptr, n);
    r->left -= n;
    *used = n;
    return r->left ? ERR_AGAIN : OK;
}

static enum err read_body(struct http_reader *r, struct bytes in, size_t *used)
{
    enum err e = r->request.chunked ? http_chunked_read(r, in, used) : read_plain_body(r, in, used);
    if (e == OK) {
        r->phase = HTTP_PHASE_DONE;
        r->request.body = buf_bytes(&r->body);
    }
    return e;
}

enum err http_read(struct http_reader *r, struct bytes in, size_t *used)
{
    ASSERT(r->phase == HTTP_PHASE_HEAD || r->phase == HTTP_PHASE_BODY);
    size_t total = 0;
    enum err e = ERR_AGAIN;
    while (e == ERR_AGAIN && total < in.len) {
        size_t n = 0;
        struct bytes rest = bytes_skip(in, total);
        if (r->phase == HTTP_PHASE_BODY) {
            e = read_body(r, rest, &n);
        } else {
            e = read_head(r, rest, &n);
            if (e == OK) {
                e = http_head_parse(r);
            }
            if (e == OK) {
                e = begin_body(r);
            }
        }
        total += n;
    }
    *used = total;
    return e;
}

static void shrink(struct buf *b)
{
    if (b->cap > KEEP_BYTES) {
        buf_fini(b);
    } else {
        buf_clear(b);
    }
}

void http_reader_next(struct http_reader *r)
{
    ASSERT(r->phase == HTTP_PHASE_DONE);
    shrink(&r->head);
    shrink(&r->body);
    r->request = (struct http_request){0};
    r->phase = HTTP_PHASE_HEAD;
    r->line_state = LINE_START;
    r->chunk_state = 0;
    r->chunk_line = 0;
    r->empty_line = false;
}
