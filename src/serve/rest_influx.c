/* SPDX-License-Identifier: Apache-2.0 */
/* What clients of InfluxDB ask before and beside their writes, so that they work unchanged. A
 * database is a name that is taken and ignored; history is asked for under /api/v1/history. */
#include "serve/request.h"

/* Longest statement that is looked at, and its percent-encoding. */
#define STATEMENT_BYTES 256

void serve_get_ping(struct serve_peer *p)
{
    serve_answer_send(p, &(struct serve_answer){.status = 204, .influx = true});
}

void serve_get_influx_health(struct serve_peer *p)
{
    const struct serve_config *config = &p->serve->config;
    struct buf reasons = {0};
    struct buf body = {0};
    struct json_writer w;
    bool healthy = config->events->healthy(config->ctx, &reasons) && !p->serve->draining;
    json_writer_init(&w, &body);
    json_write_object(&w);
    json_put_string(&w, "name", "telltale");
    json_put_string(&w, "status", healthy ? "pass" : "fail");
    json_put_string(&w, "message", healthy ? "ready for writes" : "not ready; /healthz says why");
    json_put_string(&w, "version", config->version);
    json_write_object_end(&w);
    serve_answer_json(p, healthy ? 200 : 503, &body);
    buf_fini(&reasons);
    buf_fini(&body);
}

/* The statement `q` of the query string or the form; empty when there is none or it is long. */
static struct bytes statement_of(struct serve_peer *p, uint8_t memory[STATEMENT_BYTES])
{
    struct bytes text = {0};
    const struct http_request *q = serve_request(p);
    enum err e = http_query_find(q->query, "q", memory, STATEMENT_BYTES, &text);
    if (e == ERR_NOT_FOUND) {
        e = http_query_find(q->body, "q", memory, STATEMENT_BYTES, &text);
    }
    return e == OK ? bytes_trim(text) : (struct bytes){0};
}

static bool begins_with(struct bytes text, struct bytes words)
{
    return text.len >= words.len && bytes_equal_nocase(bytes_of(text.ptr, words.len), words);
}

static void put_databases(struct json_writer *w)
{
    json_put_raw(w, "series",
                 BYTES("[{\"name\":\"databases\",\"columns\":[\"name\"],"
                       "\"values\":[[\"telltale\"]]}]"));
}

/* {"results":[{"statement_id":0}]} */
static void answer_result(struct serve_peer *p, void (*put)(struct json_writer *w))
{
    struct buf body = {0};
    struct json_writer w;
    json_writer_init(&w, &body);
    json_write_object(&w);
    json_write_key(&w, "results");
    json_write_array(&w);
    json_write_object(&w);
    json_put_i64(&w, "statement_id", 0);
    if (put) {
        put(&w);
    }
    json_write_object_end(&w);
    json_write_array_end(&w);
    json_write_object_end(&w);
    serve_answer_json(p, 200, &body);
    buf_fini(&body);
}

void serve_influx_query(struct serve_peer *p)
{
    uint8_t memory[STATEMENT_BYTES];
    struct bytes statement = statement_of(p, memory);
    if (begins_with(statement, BYTES("CREATE DATABASE"))) {
        answer_result(p, NULL);
    } else if (begins_with(statement, BYTES("SHOW DATABASES"))) {
        answer_result(p, put_databases);
    } else {
        struct buf body = {0};
        buf_put_text(&body, "{\"error\":\"Telltale takes writes of InfluxDB's clients, not its "
                            "query language: ask GET /api/v1/history\"}");
        serve_answer_json(p, 400, &body);
        buf_fini(&body);
    }
}
