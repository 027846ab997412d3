/* SPDX-License-Identifier: Apache-2.0 */
#include "ingest/websocket.h"

/* A peer that pings and does not read gets no pongs beyond this. */
#define PONGS_QUEUED_MAX (16u << 10)

void websocket_init(struct websocket *w, struct conn *c, void (*bytes)(struct conn *, struct bytes),
                    void (*ended)(struct conn *, uint16_t))
{
    *w = (struct websocket){.conn = c, .bytes = bytes, .ended = ended};
    ws_reader_init_stream(&w->reader);
}

void websocket_fini(struct websocket *w)
{
    ws_reader_fini(&w->reader);
}

static void fail(struct websocket *w, uint16_t code)
{
    websocket_close(w, code);
    w->ended(w->conn, code);
}

static void take_event(struct websocket *w, const struct ws_event *ev)
{
    switch (ev->opcode) {
    case WS_BINARY:
        w->bytes(w->conn, ev->payload);
        break;
    case WS_TEXT:
        fail(w, WS_CLOSE_UNSUPPORTED);
        break;
    case WS_PING:
        if (conn_queued(w->conn) < PONGS_QUEUED_MAX) {
            conn_send(w->conn, ws_frame(WS_PONG, ev->payload));
        }
        break;
    case WS_CLOSE:
        fail(w, WS_CLOSE_NORMAL);
        break;
    case WS_PONG:
    case WS_CONTINUATION:
        break;
    }
}

void websocket_received(struct websocket *w, uint8_t *in, size_t len)
{
    size_t at = 0;
    while (at < len && !w->over && !w->conn->closing && !w->conn->finishing) {
        struct ws_event ev;
        size_t used;
        enum err e = ws_read(&w->reader, in + at, len - at, &used, &ev);
        at += used;
        if (e == OK) {
            take_event(w, &ev);
        } else if (e != ERR_AGAIN) {
            fail(w, w->reader.close_code);
        }
    }
}

void websocket_send(struct websocket *w, struct frame *take_f)
{
    uint8_t head[WS_HEAD_MAX];
    if (w->over || take_f->len == 0) {
        frame_release(take_f);
        return;
    }
    size_t n = ws_put_head(WS_BINARY, take_f->len, head);
    conn_send(w->conn, frame_of(bytes_of(head, n), (struct bytes){0}));
    conn_send(w->conn, take_f);
}

void websocket_close(struct websocket *w, uint16_t code)
{
    if (!w->over) {
        w->over = true;
        conn_send(w->conn, ws_close_frame(code, (struct bytes){0}));
    }
}
