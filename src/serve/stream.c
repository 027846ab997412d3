/* SPDX-License-Identifier: Apache-2.0 */
/* Answers of several parts: the next one is asked for when the peer has taken the one before, so a
 * slow reader costs a part of memory and what the question holds, and never a query thread's time.
 * There are at most LIMIT_STREAMS of them, each for at most LIMIT_STREAM_MS. */
#include "serve/request.h"

#include "model/limits.h"

void serve_stream_drop(struct serve *s, struct serve_query *take_q)
{
    if (take_q) {
        s->streams -= take_q->streaming;
        serve_query_free(take_q);
    }
}

/* What the peer has is not whole, and it sees that by the missing end. */
static void cut(struct serve_peer *p, struct serve_query *take_q)
{
    metrics_drop(p->serve->config.metrics, DROP_HTTP_CUT, 1);
    serve_stream_drop(p->serve, take_q);
    conn_close(&p->conn);
}

static void ask_next(struct serve_peer *p)
{
    struct serve_query *q = p->http->stream;
    p->http->stream = NULL;
    if (p->serve->loop->mono_ns > q->cut_at) {
        cut(p, q);
    } else {
        serve_query_send(p, q);
    }
}

void serve_stream_drained(struct serve_peer *p)
{
    if (!p->conn.closing && conn_queued(&p->conn) == 0) {
        ask_next(p);
    }
}

/* Waits for the peer to take it, unless the kernel took all: then nobody would tell. */
static void wait_for_peer(struct serve_peer *p, struct serve_query *take_q)
{
    p->http->stream = take_q;
    serve_deadline_set(&p->serve->deadlines, &p->deadline, SERVE_DEADLINE_IDLE,
                       p->serve->loop->mono_ns);
    conn_flush(&p->conn);
    serve_stream_drained(p);
}

static void send_part(struct serve_peer *p, struct serve_query *take_q)
{
    serve_answer_part(p, buf_bytes(&take_q->body));
    buf_clear(&take_q->body);
    if (take_q->more) {
        wait_for_peer(p, take_q);
    } else {
        serve_stream_drop(p->serve, take_q);
        serve_answer_end(p);
    }
}

static void begin(struct serve_peer *p, struct serve_query *take_q)
{
    struct serve *s = p->serve;
    if (s->streams == LIMIT_STREAMS) {
        serve_answer_error(p, 503, "busy", "too many long answers are under way: try again");
        serve_query_free(take_q);
        return;
    }
    s->streams++;
    take_q->streaming = true;
    take_q->cut_at = s->loop->mono_ns + MONO_MS(LIMIT_STREAM_MS);
    serve_answer_begin(p, &(struct serve_answer){.status = 200, .type = serve_query_type(take_q)});
    if (serve_request(p)->verb == HTTP_VERB_HEAD) {
        serve_stream_drop(s, take_q);
        serve_answer_end(p);
    } else {
        send_part(p, take_q);
    }
}

void serve_stream_result(struct serve_peer *p, struct serve_query *take_q)
{
    if (take_q->result != OK) {
        cut(p, take_q);
    } else if (take_q->streaming) {
        send_part(p, take_q);
    } else {
        begin(p, take_q);
    }
}
