/* SPDX-License-Identifier: Apache-2.0 */
/* /api/v1/links, and what /healthz and /metrics tell of the links to brokers. A link that is down
 * is news of the link: the server is well, and no device is blamed. */
#include "serve/request.h"

bool serve_link(const struct serve *s, unsigned number, struct link_view *out)
{
    return s->config.events->link && s->config.events->link(s->config.ctx, number, out);
}

static void put_time(struct json_writer *w, const char *key, wall_ms at)
{
    if (at > 0) {
        json_put_i64(w, key, at);
    } else {
        json_put_null(w, key);
    }
}

static void put_link(struct json_writer *w, const struct link_view *v)
{
    json_write_object(w);
    json_put_string(w, "name", v->name);
    json_put_string(w, "host", v->host);
    json_put_u64(w, "port", v->port);
    json_put_bool(w, "tls", v->tls);
    json_put_string(w, "state", link_state_name(v->state));
    json_put_bool(w, "connected", v->connected);
    put_time(w, "since", v->since);
    if (v->version) {
        json_put_string(w, "version", v->version == 5 ? "5" : "3.1.1");
    } else {
        json_put_null(w, "version");
    }
    json_put_bool(w, "sessionPresent", v->session_present);
    json_put_u64(w, "reconnects", v->reconnects);
    json_put_u64(w, "messages", v->messages);
    if (v->problem_at > 0) {
        json_put_string(w, "lastError", v->problem);
    } else {
        json_put_null(w, "lastError");
    }
    put_time(w, "lastErrorAt", v->problem_at);
    json_write_object_end(w);
}

void serve_get_links(struct serve_peer *p)
{
    struct buf body = {0};
    struct json_writer w;
    struct link_view v;
    json_writer_init(&w, &body);
    json_write_object(&w);
    json_write_key(&w, "links");
    json_write_array(&w);
    for (unsigned i = 1; serve_link(p->serve, i, &v); i++) {
        put_link(&w, &v);
    }
    json_write_array_end(&w);
    json_write_object_end(&w);
    serve_answer_json(p, 200, &body);
    buf_fini(&body);
}

/* Anybody may read /healthz: it gets no hosts and no reasons. */
void serve_put_link_states(const struct serve *s, struct json_writer *w)
{
    struct link_view v;
    json_write_key(w, "links");
    json_write_array(w);
    for (unsigned i = 1; serve_link(s, i, &v); i++) {
        json_write_object(w);
        json_put_string(w, "name", v.name);
        json_put_string(w, "state", link_state_name(v.state));
        json_write_object_end(w);
    }
    json_write_array_end(w);
}

/* ---- /metrics ---- */

static uint64_t is_connected(const struct link_view *v)
{
    return v->connected;
}

static uint64_t since_s(const struct link_view *v)
{
    return v->since > 0 ? (uint64_t)v->since / 1000 : 0;
}

static uint64_t reconnects(const struct link_view *v)
{
    return v->reconnects;
}

static uint64_t messages(const struct link_view *v)
{
    return v->messages;
}

static const struct {
    const char *name, *type, *help;
    uint64_t (*value)(const struct link_view *v);
} rows[] = {
    {"telltale_link_connected", "gauge", "1 while the dialled broker is connected.", is_connected},
    {"telltale_link_since_seconds", "gauge",
     "When it was connected, or stopped being so, seconds since 1970.", since_s},
    {"telltale_link_reconnects_total", "counter", "Attempts to reach it again.", reconnects},
    {"telltale_link_messages_total", "counter", "Messages that came from it.", messages},
};

/* A label's value: quotes, backslashes and line ends would end it. */
static void put_label(struct buf *out, const char *name, const char *value)
{
    buf_printf(out, ",%s=\"", name);
    for (; *value; value++) {
        if (*value == '"' || *value == '\\') {
            buf_put_byte(out, '\\');
        }
        buf_put_byte(out, *value == '\n' ? ' ' : (uint8_t)*value);
    }
    buf_put_byte(out, '"');
}

static void put_info(struct buf *out, const struct link_view *v)
{
    buf_printf(out, "telltale_link_info{link=\"%s\"", v->name);
    put_label(out, "state", link_state_name(v->state));
    put_label(out, "version", v->version == 5 ? "5" : v->version ? "3.1.1" : "");
    put_label(out, "last_error", v->problem);
    buf_put_text(out, "} 1\n");
}

void serve_put_link_metrics(const struct serve *s, struct buf *out)
{
    struct link_view v;
    for (size_t r = 0; r < ARRAY_LEN(rows); r++) {
        buf_printf(out, "# HELP %s %s\n# TYPE %s %s\n", rows[r].name, rows[r].help, rows[r].name,
                   rows[r].type);
        for (unsigned i = 1; serve_link(s, i, &v); i++) {
            buf_printf(out, "%s{link=\"%s\"} %llu\n", rows[r].name, v.name,
                       (unsigned long long)rows[r].value(&v));
        }
    }
    buf_put_text(out, "# HELP telltale_link_info 1, with how the link is as labels.\n"
                      "# TYPE telltale_link_info gauge\n");
    for (unsigned i = 1; serve_link(s, i, &v); i++) {
        put_info(out, &v);
    }
}
