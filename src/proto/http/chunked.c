/* SPDX-License-Identifier: Apache-2.0 */
/* Chunked bodies, stricter than the standard where leniency is how requests get smuggled: every
 * line ends with CR LF, a size has at most 8 digits, an extension is passed over but bounded, and
 * trailers are refused, since nothing here would read them. */
#include "proto/http/parts.h"

/* A size line with its extension. */
#define CHUNK_LINE_MAX 256u

/* Values of http_reader.chunk_state. */
enum chunk_state {
    CHUNK_SIZE_FIRST,
    CHUNK_SIZE,
    CHUNK_EXTENSION,
    CHUNK_SIZE_LF,
    CHUNK_DATA,
    CHUNK_DATA_CR,
    CHUNK_DATA_LF,
    CHUNK_END_CR,
    CHUNK_END_LF,
};

static int hex_digit(uint8_t c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static enum err malformed(struct http_reader *r)
{
    return http_fail(r, ERR_INVALID, 400, "not a chunked body");
}

/* One byte of a size line. */
static enum err size_byte(struct http_reader *r, uint8_t c)
{
    if (++r->chunk_line > CHUNK_LINE_MAX) {
        return malformed(r);
    }
    int digit = hex_digit(c);
    if (r->chunk_state != CHUNK_EXTENSION && digit >= 0) {
        if (r->chunk_line > 8) {
            return http_fail(r, ERR_TOO_LARGE, 413, "the body is too large");
        }
        r->left = r->left * 16 + (unsigned)digit;
        r->chunk_state = CHUNK_SIZE;
        return ERR_AGAIN;
    }
    if (r->chunk_state == CHUNK_SIZE_FIRST) {
        return malformed(r);
    }
    if (c == '\r') {
        r->chunk_state = CHUNK_SIZE_LF;
        return ERR_AGAIN;
    }
    bool plain = c == '\t' || (c >= 0x20 && c != 0x7f);
    if (r->chunk_state == CHUNK_EXTENSION ? !plain : c != ';') {
        return malformed(r);
    }
    r->chunk_state = CHUNK_EXTENSION;
    return ERR_AGAIN;
}

/* The size line is complete: the limit is looked at before any of its bytes come. */
static enum err begin_chunk(struct http_reader *r)
{
    if (r->left > r->body_max - r->body.len) {
        return http_fail(r, ERR_TOO_LARGE, 413, "the body is too large");
    }
    r->chunk_line = 0;
    r->chunk_state = r->left ? CHUNK_DATA : CHUNK_END_CR;
    return ERR_AGAIN;
}

/* One byte that is not data. OK: the body is complete. */
static enum err frame_byte(struct http_reader *r, uint8_t c)
{
    enum chunk_state state = (enum chunk_state)r->chunk_state;
    if (state <= CHUNK_EXTENSION) {
        return size_byte(r, c);
    }
    bool wants_lf = state == CHUNK_SIZE_LF || state == CHUNK_DATA_LF || state == CHUNK_END_LF;
    if (c != (wants_lf ? '\n' : '\r')) {
        return malformed(r);
    }
    if (state == CHUNK_SIZE_LF) {
        return begin_chunk(r);
    }
    if (state == CHUNK_END_LF) {
        return OK;
    }
    r->chunk_state = state == CHUNK_DATA_LF ? CHUNK_SIZE_FIRST : (uint8_t)(state + 1);
    return ERR_AGAIN;
}

enum err http_chunked_read(struct http_reader *r, struct bytes in, size_t *used)
{
    size_t at = 0;
    enum err e = ERR_AGAIN;
    while (e == ERR_AGAIN && at < in.len) {
        if (r->chunk_state == CHUNK_DATA) {
            size_t n = in.len - at < r->left ? in.len - at : (size_t)r->left;
            buf_put(&r->body, in.ptr + at, n);
            r->left -= n;
            at += n;
            r->chunk_state = r->left ? CHUNK_DATA : CHUNK_DATA_CR;
        } else {
            e = frame_byte(r, in.ptr[at++]);
        }
    }
    *used = at;
    return e;
}
