/* SPDX-License-Identifier: Apache-2.0 */
/* WebSocket (RFC 6455) for a server, sans-I/O: the accept key, an incremental reader of what a
 * client sends, and the head of what we send.
 *
 * Workload: many thousands of quiet clients whose few small messages arrive whole. Such a message
 * is unmasked where it lies and handed out from there; only what is split over reads or fragments
 * is gathered, in one buffer that grows with the bytes that came, never with a declared length. An
 * idle reader owns no memory but its struct. No extension is offered, so RSV bits are refused. */
#ifndef TELLTALE_PROTO_WS_WS_H
#define TELLTALE_PROTO_WS_WS_H

#include "base/buf.h"
#include "base/bytes.h"
#include "base/frame.h"
#include "base/utf8.h"

#define WS_ACCEPT_LEN  28 /* of Sec-WebSocket-Accept */
#define WS_HEAD_MAX    10 /* of a frame from the server */
#define WS_CONTROL_MAX 125

enum ws_opcode {
    WS_CONTINUATION = 0,
    WS_TEXT = 1,
    WS_BINARY = 2,
    WS_CLOSE = 8,
    WS_PING = 9,
    WS_PONG = 10,
};

enum ws_close_code {
    WS_CLOSE_NORMAL = 1000,
    WS_CLOSE_GOING_AWAY = 1001,
    WS_CLOSE_PROTOCOL = 1002,
    WS_CLOSE_UNSUPPORTED = 1003,
    WS_CLOSE_NO_STATUS = 1005, /* never on the wire */
    WS_CLOSE_BAD_TEXT = 1007,
    WS_CLOSE_POLICY = 1008,
    WS_CLOSE_TOO_LARGE = 1009,
    WS_CLOSE_INTERNAL = 1011,
    WS_CLOSE_TRY_LATER = 1013,
};

/* Writes base64(SHA-1(key + GUID)), without a NUL. */
void ws_accept(struct bytes key, char out[WS_ACCEPT_LEN]);

/* What came: a whole message or a control frame. */
struct ws_event {
    enum ws_opcode opcode; /* WS_TEXT (valid UTF-8), WS_BINARY, WS_CLOSE, WS_PING or WS_PONG */
    struct bytes payload;  /* of a close: the reason alone, valid UTF-8 */
    uint16_t close_code;   /* of a close: 1005 when the peer gave none */
};

/* Reads one connection. Fields are private except `close_code`. */
struct ws_reader {
    struct buf pending; /* the message so far, then a control frame's payload so far */
    size_t message_len; /* bytes of `pending` that belong to the message */
    size_t message_max;
    uint64_t left;     /* payload bytes of the current frame still to come */
    uint64_t overhead; /* framing bytes of the current message, bounded too */
    struct utf8_check utf8;
    uint16_t close_code; /* after a failure: what to close with, 1002, 1007 or 1009 */
    uint8_t mask[4];
    uint8_t mask_at;
    uint8_t head[14];
    uint8_t head_len;
    uint8_t opcode;  /* of the current frame */
    uint8_t message; /* opcode of the unfinished message, 0 when there is none */
    bool fin;
    bool in_frame; /* the head is complete, the payload is not */
    bool streams;  /* data is handed out as it comes */
};

/* Takes messages of at most `message_max` bytes. Allocates nothing. */
void ws_reader_init(struct ws_reader *r, size_t message_max);

/* As ws_reader_init, for a protocol whose packets don't care for messages: data is handed out as it
 * comes, a WS_BINARY or WS_TEXT event for each piece (which may be empty), so nothing is gathered
 * and messages have no limit. Text is not looked at. */
void ws_reader_init_stream(struct ws_reader *r);
void ws_reader_fini(struct ws_reader *r);

/* Reads on from `in`, which it unmasks in place, until one event is complete; `*used` says how many
 * bytes were taken. Call again with the rest. The event's payload lies in `in` or in the reader and
 * lives until the next call or until `in` is overwritten.
 *
 * Errors: ERR_AGAIN  no event yet, all of `in` was taken;  ERR_INVALID, ERR_TOO_LARGE  the peer
 * broke the protocol or the limit: close with r->close_code, the reader is of no further use. */
MUST_CHECK enum err ws_read(struct ws_reader *r, uint8_t *in, size_t len, size_t *used,
                            struct ws_event *event);

/* Whether a message or frame has begun and not ended: its end has a deadline. */
static inline bool ws_reader_unfinished(const struct ws_reader *r)
{
    return r->in_frame || r->message != 0 || r->head_len > 0;
}

/* Writes the head of an unfragmented frame from the server; returns its length. */
size_t ws_put_head(enum ws_opcode opcode, uint64_t payload_len, uint8_t out[WS_HEAD_MAX]);

/* A shared frame: head and payload, with frame->head set so that frame_payload gives the rest. */
struct frame *ws_frame(enum ws_opcode opcode, struct bytes payload);

/* Of a frame that ws_frame or ws_close_frame made. */
static inline enum ws_opcode ws_frame_opcode(const struct frame *f)
{
    return (enum ws_opcode)(f->data[0] & 0x0f);
}

/* A close frame. `reason` is cut to what fits; WS_CLOSE_NO_STATUS gives an empty one. */
struct frame *ws_close_frame(uint16_t code, struct bytes reason);

/* Whether a peer may send this code in a close frame. */
bool ws_close_code_valid(uint16_t code);

#endif
