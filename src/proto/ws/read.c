/* SPDX-License-Identifier: Apache-2.0 */
/* The reader. A frame's head is gathered in 14 bytes; then its payload is taken in steps as it
 * comes.
 *
 * `pending` holds, in this order, the bytes of the unfinished message and those of a control frame
 * that came in its middle, so that one buffer serves both:
 *
 *     | message_len bytes of the message | control payload so far |
 */
#include "proto/ws/ws.h"

#define FIN_BIT  0x80u
#define RSV_BITS 0x70u
#define MASK_BIT 0x80u

/* A buffer above this is given back when its message has been handed out. */
#define KEEP_BYTES 1024u

/* Framing that a message may cost beyond its own limit: what tiny fragments waste is bounded. */
#define OVERHEAD_SLACK (64u << 10)

void ws_reader_init(struct ws_reader *r, size_t message_max)
{
    *r = (struct ws_reader){.message_max = message_max};
}

void ws_reader_init_stream(struct ws_reader *r)
{
    *r = (struct ws_reader){.streams = true};
}

void ws_reader_fini(struct ws_reader *r)
{
    buf_fini(&r->pending);
}

static enum err fail(struct ws_reader *r, enum err e, uint16_t close_code)
{
    r->close_code = close_code;
    return e;
}

static bool is_control(uint8_t opcode)
{
    return (opcode & 8) != 0;
}

/* Bytes of the head of which the first two are known. */
static size_t head_size(const uint8_t head[2])
{
    size_t length = (head[1] & 0x7f) == 127 ? 8 : (head[1] & 0x7f) == 126 ? 2 : 0;
    return 2 + length + 4;
}

/* What the first two bytes alone show to be wrong. */
static enum err check_head(struct ws_reader *r)
{
    uint8_t opcode = r->head[0] & 0x0f;
    bool fin = (r->head[0] & FIN_BIT) != 0;
    bool data = opcode <= WS_BINARY;
    bool control = opcode >= WS_CLOSE && opcode <= WS_PONG;
    bool wrong = (r->head[0] & RSV_BITS) != 0 || (r->head[1] & MASK_BIT) == 0 ||
                 (!data && !control) ||
                 (control && (!fin || (r->head[1] & 0x7f) > WS_CONTROL_MAX)) ||
                 (data && (opcode == WS_CONTINUATION) != (r->message != 0));
    return wrong ? fail(r, ERR_INVALID, WS_CLOSE_PROTOCOL) : OK;
}

/* The declared length. Errors: ERR_INVALID not the shortest form, or above 63 bits. */
static enum err head_length(struct ws_reader *r, uint64_t *length)
{
    uint64_t n = r->head[1] & 0x7f;
    if (n == 126) {
        n = be16_load(r->head + 2);
        if (n < 126) {
            return fail(r, ERR_INVALID, WS_CLOSE_PROTOCOL);
        }
    } else if (n == 127) {
        n = be64_load(r->head + 2);
        if (n <= UINT16_MAX || n > INT64_MAX) {
            return fail(r, ERR_INVALID, WS_CLOSE_PROTOCOL);
        }
    }
    *length = n;
    return OK;
}

/* The head is complete: checks its length against what the message may still take. */
static enum err begin_frame(struct ws_reader *r)
{
    uint64_t length;
    enum err e = head_length(r, &length);
    if (e != OK) {
        return e;
    }
    uint8_t opcode = r->head[0] & 0x0f;
    if (!is_control(opcode) && !r->streams) {
        r->overhead += r->head_len;
        if (length > r->message_max - r->message_len ||
            r->overhead > r->message_max + OVERHEAD_SLACK) {
            return fail(r, ERR_TOO_LARGE, WS_CLOSE_TOO_LARGE);
        }
    }
    if (opcode == WS_TEXT || opcode == WS_BINARY) {
        r->message = opcode;
        r->utf8 = (struct utf8_check){0};
    }
    memcpy(r->mask, r->head + r->head_len - 4, 4);
    r->mask_at = 0;
    r->opcode = opcode;
    r->fin = (r->head[0] & FIN_BIT) != 0;
    r->left = length;
    r->head_len = 0;
    r->in_frame = true;
    return OK;
}

/* Gathers a head. OK: r->in_frame. */
static enum err read_head(struct ws_reader *r, struct bytes in, size_t *used)
{
    size_t at = 0;
    while (at < in.len) {
        r->head[r->head_len++] = in.ptr[at++];
        if (r->head_len == 2) {
            enum err e = check_head(r);
            if (e != OK) {
                *used = at;
                return e;
            }
        }
        if (r->head_len >= 2 && r->head_len == head_size(r->head)) {
            *used = at;
            return begin_frame(r);
        }
    }
    *used = at;
    return ERR_AGAIN;
}

/* Unmasks in place, eight bytes a step; the mask is turned so that the next call goes on. */
static void unmask(struct ws_reader *r, uint8_t *p, size_t len)
{
    uint8_t turned[8];
    for (size_t i = 0; i < 8; i++) {
        turned[i] = r->mask[(r->mask_at + i) & 3];
    }
    uint64_t wide;
    memcpy(&wide, turned, 8);
    size_t i = 0;
    for (; i + 8 <= len; i += 8) {
        uint64_t v;
        memcpy(&v, p + i, 8);
        v ^= wide;
        memcpy(p + i, &v, 8);
    }
    for (; i < len; i++) {
        p[i] ^= turned[i & 7];
    }
    r->mask_at = (uint8_t)((r->mask_at + len) & 3);
}

/* The text of a message is checked as it comes, so that the first wrong byte ends it. */
static enum err check_text(struct ws_reader *r, struct bytes part)
{
    bool text = r->message == WS_TEXT && !is_control(r->opcode);
    if (!text || r->streams) {
        return OK;
    }
    bool ends = r->fin && r->left == 0;
    bool valid = utf8_feed(&r->utf8, part) && (!ends || utf8_complete(&r->utf8));
    return valid ? OK : fail(r, ERR_INVALID, WS_CLOSE_BAD_TEXT);
}

/* Fills an event for a close frame, whose payload is a code and a reason. */
static enum err close_event(struct ws_reader *r, struct bytes payload, struct ws_event *event)
{
    if (payload.len == 0) {
        *event = (struct ws_event){WS_CLOSE, payload, WS_CLOSE_NO_STATUS};
        return OK;
    }
    if (payload.len == 1 || !ws_close_code_valid(be16_load(payload.ptr))) {
        return fail(r, ERR_INVALID, WS_CLOSE_PROTOCOL);
    }
    struct bytes reason = bytes_skip(payload, 2);
    if (!utf8_valid(reason)) {
        return fail(r, ERR_INVALID, WS_CLOSE_BAD_TEXT);
    }
    *event = (struct ws_event){WS_CLOSE, reason, be16_load(payload.ptr)};
    return OK;
}

/* A control frame or the last frame of a message is complete. */
static enum err complete(struct ws_reader *r, struct bytes payload, struct ws_event *event)
{
    if (r->opcode == WS_CLOSE) {
        return close_event(r, payload, event);
    }
    bool control = is_control(r->opcode);
    *event = (struct ws_event){.opcode = (enum ws_opcode)(control ? r->opcode : r->message),
                               .payload = payload};
    if (!control) {
        r->message = 0;
        r->message_len = 0;
        r->overhead = 0;
    }
    return OK;
}

/* A piece of data on its way through. */
static enum err pass_on(struct ws_reader *r, struct bytes part, struct ws_event *event)
{
    *event = (struct ws_event){.opcode = (enum ws_opcode)r->message, .payload = part};
    r->in_frame = r->left > 0;
    if (!r->in_frame && r->fin) {
        r->message = 0;
    }
    return OK;
}

/* Takes what there is of a payload. A frame that is a whole event and lies whole in `in` is handed
 * out from there. */
static enum err read_payload(struct ws_reader *r, uint8_t *in, size_t len, struct ws_event *event)
{
    bool control = is_control(r->opcode);
    size_t kept = control ? r->pending.len - r->message_len : r->message_len;
    struct bytes part = bytes_of(in, len);
    unmask(r, in, len);
    r->left -= len;
    if (r->streams && !control) {
        return pass_on(r, part, event);
    }
    enum err e = check_text(r, part);
    if (e != OK) {
        return e;
    }
    r->in_frame = r->left > 0;
    bool ends = !r->in_frame && r->fin;
    if (ends && kept == 0) {
        return complete(r, part, event);
    }
    buf_put(&r->pending, in, len);
    if (!control) {
        r->message_len += len;
    }
    if (!ends) {
        return ERR_AGAIN;
    }
    size_t from = control ? r->message_len : 0;
    return complete(r, bytes_skip(buf_bytes(&r->pending), from), event);
}

/* Drops what the last event borrowed from `pending`. */
static void drop_delivered(struct ws_reader *r)
{
    if (r->in_frame && is_control(r->opcode)) {
        return;
    }
    if (r->message_len == 0 && r->pending.cap > KEEP_BYTES) {
        buf_fini(&r->pending);
    }
    r->pending.len = r->message_len;
}

enum err ws_read(struct ws_reader *r, uint8_t *in, size_t len, size_t *used, struct ws_event *event)
{
    ASSERT(r->close_code == 0);
    drop_delivered(r);
    size_t at = 0;
    enum err e = ERR_AGAIN;
    while (e == ERR_AGAIN && (at < len || (r->in_frame && r->left == 0))) {
        if (r->in_frame) {
            size_t n = len - at < r->left ? len - at : (size_t)r->left;
            e = read_payload(r, in + at, n, event);
            at += n;
            continue;
        }
        size_t n = 0;
        e = read_head(r, bytes_of(in + at, len - at), &n);
        at += n;
        e = e == OK ? ERR_AGAIN : e;
    }
    *used = at;
    return e;
}
