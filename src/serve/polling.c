/* SPDX-License-Identifier: Apache-2.0 */
/* HTTP long-polling: one GET waits and takes all that is there; a POST brings packets. */
#include "serve/session.h"

#define POLLING_TEXT "text/plain; charset=UTF-8"

static void answer_text(struct serve_peer *p, struct bytes body)
{
    serve_answer_send(p, &(struct serve_answer){.status = 200, .type = POLLING_TEXT, .body = body});
}

/* Takes the waiting GET away from its session. */
static struct serve_peer *take_poll(struct serve_session *ss)
{
    struct serve_peer *p = ss->poll;
    ss->poll = NULL;
    p->http->polling = NULL;
    return p;
}

void serve_polling_answer(struct serve_session *ss, struct bytes packet)
{
    answer_text(take_poll(ss), packet);
}

/* Frames wait as a WebSocket would send them; a binary one travels here as base64. */
static void put_packet(struct buf *body, const struct frame *f)
{
    if (ws_frame_opcode(f) == WS_BINARY) {
        eio_put_binary(body, frame_payload(f));
    } else {
        buf_put_bytes(body, frame_payload(f));
    }
}

void serve_polling_flush(struct serve_session *ss)
{
    if (!ss->poll || ss->queue_count == 0) {
        return;
    }
    struct buf body = {0};
    for (uint32_t i = 0; i < ss->queue_count; i++) {
        if (i) {
            buf_put_byte(&body, EIO_SEPARATOR);
        }
        put_packet(&body, ss->queue[i]);
        frame_release(ss->queue[i]);
    }
    ss->queue_count = 0;
    ss->queue_bytes = 0;
    answer_text(take_poll(ss), buf_bytes(&body));
    buf_fini(&body);
    serve_session_drained(ss);
}

void serve_polling_get(struct serve_peer *p, struct serve_session *ss)
{
    if (ss->poll) {
        serve_session_end(ss, SERVE_END_PROTOCOL);
        serve_engine_refuse(p, SERVE_ENGINE_BAD_REQUEST);
        return;
    }
    ss->poll = p;
    p->http->polling = ss;
    if (ss->queue_count) {
        serve_session_flush_later(ss);
    } else if (ss->probed) {
        serve_polling_answer(ss, BYTES("6"));
    }
}

/* Handles one packet of a POST. */
static bool take_packet(struct serve_session *ss, const struct eio_packet *packet)
{
    struct buf data = {0};
    if (!packet->binary) {
        return serve_session_packet(ss, packet);
    }
    bool alive = false;
    if (eio_base64_decode(packet->data, &data) == OK) {
        alive = serve_session_binary(ss, buf_bytes(&data));
    } else {
        serve_session_end(ss, SERVE_END_PROTOCOL);
    }
    buf_fini(&data);
    return alive;
}

/* Whether the body can be taken apart whole: nothing is done by half. */
static bool is_payload(struct bytes body)
{
    struct eio_packet packet;
    do {
        if (eio_payload_next(&body, &packet) != OK) {
            return false;
        }
    } while (body.ptr);
    return true;
}

void serve_polling_post(struct serve_peer *p, struct serve_session *ss)
{
    struct bytes body = serve_request(p)->body;
    struct eio_packet packet;
    if (body.len > serve_session_message_max(ss)) {
        metrics_drop(ss->serve->config.metrics, DROP_HTTP_TOO_LARGE, 1);
        serve_answer_error(p, 413, "too_large", "more than maxPayload");
        return;
    }
    if (!is_payload(body)) {
        serve_session_end(ss, SERVE_END_PROTOCOL);
        serve_engine_refuse(p, SERVE_ENGINE_BAD_REQUEST);
        return;
    }
    bool alive = true;
    while (alive && body.ptr && eio_payload_next(&body, &packet) == OK) {
        alive = take_packet(ss, &packet);
    }
    answer_text(p, BYTES("ok"));
}
