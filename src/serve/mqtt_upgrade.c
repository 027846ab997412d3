/* SPDX-License-Identifier: Apache-2.0 */
/* /mqtt: MQTT over WebSocket. Host and Origin were checked as for every request; who it is, MQTT's
 * CONNECT tells. The connection moves to the ingest thread with what it sent behind its request,
 * and the answer to the upgrade leaves from there. */
#include "serve/request.h"

#include "base/mem.h"

void serve_get_mqtt(struct serve_peer *p)
{
    const struct http_request *q = serve_request(p);
    if (!q->upgrade) {
        serve_answer_error(p, 426, "upgrade_required", "this path speaks MQTT over WebSocket");
    } else if (!http_list_has(http_request_header(q, "sec-websocket-protocol"), "mqtt")) {
        serve_answer_error(p, 400, "invalid", "the WebSocket subprotocol mqtt is needed");
    } else if (p->serve->draining) {
        serve_answer_error(p, 503, "busy", "the server is stopping");
    } else {
        p->kind = SERVE_PEER_LEAVING;
    }
}

void serve_mqtt_leave(struct serve_peer *p, const uint8_t *in, size_t len)
{
    struct serve *s = p->serve;
    struct conn_parcel *parcel = mem_zalloc(1, sizeof *parcel);
    if (conn_pack(&p->conn, parcel) != OK) {
        free(parcel);
        conn_close(&p->conn);
        return;
    }
    parcel->peer = p->http->from;
    serve_websocket_put_switch(p, "mqtt", &parcel->first);
    buf_put(&parcel->unread, in, len);
    metrics_add(s->config.metrics, METRIC_HTTP_REQUESTS, 1);
    if (s->config.events->mqtt(s->config.ctx, parcel) != OK) {
        metrics_drop(s->config.metrics, DROP_CONNECTION_LIMIT, 1);
        conn_parcel_fini(parcel, CONN_PARCEL_UNWANTED);
        free(parcel);
    }
}
