/* SPDX-License-Identifier: Apache-2.0 */
/* /healthz, for whoever restarts us. */
#include "serve/request.h"

static void put_reasons(struct json_writer *w, struct bytes lines)
{
    json_write_key(w, "reasons");
    json_write_array(w);
    while (lines.len) {
        size_t n = bytes_index(lines, '\n');
        if (n) {
            json_write_text(w, bytes_of(lines.ptr, n));
        }
        lines = bytes_skip(lines, n < lines.len ? n + 1 : n);
    }
    json_write_array_end(w);
}

void serve_get_health(struct serve_peer *p)
{
    const struct serve_config *config = &p->serve->config;
    struct buf reasons = {0};
    struct buf body = {0};
    struct json_writer w;
    bool healthy = config->events->healthy(config->ctx, &reasons) && !p->serve->draining;
    json_writer_init(&w, &body);
    json_write_object(&w);
    json_put_string(&w, "status", healthy ? "ok" : "unhealthy");
    json_put_string(&w, "version", config->version);
    put_reasons(&w, buf_bytes(&reasons));
    serve_put_link_states(p->serve, &w);
    json_write_object_end(&w);
    serve_answer_json(p, healthy ? 200 : 503, &body);
    buf_fini(&reasons);
    buf_fini(&body);
}
