/* SPDX-License-Identifier: Apache-2.0 */
/* MQTT inside WebSocket frames: what makes a wire's bytes out of frames, and frames out of what it
 * sends. A packet may span frames and a frame hold several; only binary ones carry MQTT. Private to
 * this folder. */
#ifndef TELLTALE_INGEST_WEBSOCKET_H
#define TELLTALE_INGEST_WEBSOCKET_H

#include "loop/loop.h"
#include "proto/ws/ws.h"

struct websocket {
    struct ws_reader reader;
    struct conn *conn;
    /* MQTT bytes; borrowed for the call. May close the connection. */
    void (*bytes)(struct conn *c, struct bytes in);
    /* The peer broke the rules of WebSocket, or said goodbye (WS_CLOSE_NORMAL): the close frame is
     * queued, and the connection is the callee's to finish. */
    void (*ended)(struct conn *c, uint16_t close_code);
    bool over;
};

/* Allocates nothing. `w` is zeroed by it. */
void websocket_init(struct websocket *w, struct conn *c, void (*bytes)(struct conn *, struct bytes),
                    void (*ended)(struct conn *, uint16_t));
void websocket_fini(struct websocket *w);

/* Bytes came from the socket; they are unmasked in place. */
void websocket_received(struct websocket *w, uint8_t *in, size_t len);

/* Sends MQTT bytes as one binary frame; takes over the reference. */
void websocket_send(struct websocket *w, struct frame *take_f);

/* Queues a close frame, once; nothing is sent after it. */
void websocket_close(struct websocket *w, uint16_t code);

#endif
