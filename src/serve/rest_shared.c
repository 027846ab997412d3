/* SPDX-License-Identifier: Apache-2.0 */
/* /api/v1/shared: what somebody who follows a link to a dashboard may ask for. The secret of the
 * link comes as a bearer token and is good for nothing else: it is in no table of tokens, so every
 * other route refuses it as one that nobody has. A cookie of the same browser is not looked at. */
#include "serve/shares.h"

#include "base/mem.h"

/* The share that the request brings; NULL: answered. */
static struct serve_share *share_of(struct serve_peer *p)
{
    const struct http_request *q = serve_request(p);
    struct bytes secret = {0};
    struct serve_share *sh = NULL;
    if (q->authorization.ptr && http_bearer(q->authorization, &secret) == OK) {
        sh = serve_share_find(p->serve, secret);
    }
    if (!sh) {
        metrics_drop(p->serve->config.metrics, DROP_HTTP_UNAUTHORIZED, 1);
        serve_answer_error(p, 401, "unauthorized",
                           "there is no such link, or it has expired or was revoked");
    }
    return sh;
}

void serve_get_shared(struct serve_peer *p)
{
    struct serve_share *sh = share_of(p);
    struct json_writer w;
    struct buf body = {0};
    if (!sh) {
        return;
    }
    const struct document *d =
        document_find(&p->serve->documents, DOCUMENT_SHARE, bytes_of_text(sh->id));
    struct share share;
    bool read = d && share_read(d->body, &share) == OK;
    ASSERT(read);
    json_writer_init(&w, &body);
    json_write_object(&w);
    json_put_i64(&w, "serverTime", p->serve->loop->wall_ms);
    json_put_i64(&w, "expiresAt", share.expires);
    json_put_raw(&w, "name", share.name);
    json_put_raw(&w, "devices", share.devices);
    json_put_u64(&w, "version", sh->dashboard->version);
    json_put_raw(&w, "dashboard", sh->dashboard->body);
    json_write_object_end(&w);
    serve_answer_json(p, 200, &body);
    buf_fini(&body);
}

/* ---- history ---- */

/* The question, all of whose series are in the scope; NULL: answered. A series outside it is
 * answered as one that is not there: a link tells nothing about what else there is. */
static struct serve_query *question(struct serve_peer *p)
{
    struct serve_share *sh = share_of(p);
    struct serve_query *q = sh ? serve_named_query(p, &sh->scope) : NULL;
    if (q) {
        q->shared = true;
    }
    return q;
}

void serve_get_shared_history(struct serve_peer *p)
{
    struct serve_query *q = question(p);
    if (q) {
        serve_ask_history(p, q, serve_share_query_send);
    }
}

void serve_get_shared_learned(struct serve_peer *p)
{
    struct serve_query *q = question(p);
    if (q) {
        serve_ask_learned(p, q, serve_share_query_send);
    }
}

/* ---- limits ---- */

static void put_limits(struct serve_peer *p, const struct share_scope *scope,
                       const struct alert_rule *rule, struct json_writer *w)
{
    const char *sensor = alert_definition_limits(rule->definition);
    for (size_t i = 0; sensor && i < scope->device_count; i++) {
        struct bytes id = bytes_of_text(scope->devices[i]);
        const struct registry_device *d = registry_find_device(p->serve->registry, id);
        if (!d || !share_scope_has(scope, id, bytes_of_text(sensor))) {
            continue;
        }
        struct alert_device device = {.number = d->id.n,
                                      .id = id,
                                      .model = bytes_of_text(d->model),
                                      .tags = bytes_of(d->tags, d->tags_len)};
        if (alert_definition_covers(rule->definition, &device)) {
            json_write_object(w);
            json_put_string(w, "id", rule->id.text);
            alert_definition_put_limit(w, rule->definition, d->key);
            json_write_object_end(w);
        }
    }
}

/* The limits that charts and gauges of the dashboard show, one a device, and nothing else of the
 * rules: neither names nor whom they tell. */
void serve_get_shared_rules(struct serve_peer *p)
{
    struct serve_share *sh = share_of(p);
    struct json_writer w;
    struct buf body = {0};
    if (!sh) {
        return;
    }
    json_writer_init(&w, &body);
    json_write_object(&w);
    json_write_key(&w, "rules");
    json_write_array(&w);
    const struct alert_rule *rule;
    for (uint32_t i = 0; (rule = alert_rule_at(p->serve->alerts, i)); i++) {
        put_limits(p, &sh->scope, rule, &w);
    }
    json_write_array_end(&w);
    json_put_null(&w, "next");
    json_write_object_end(&w);
    serve_answer_json(p, 200, &body);
    buf_fini(&body);
}

/* ---- pictures ---- */

void serve_get_shared_plan(struct serve_peer *p)
{
    struct serve_share *sh = share_of(p);
    struct bytes id = p->http->segments[4];
    if (!sh) {
        return;
    }
    const struct document *d = document_find(&p->serve->documents, DOCUMENT_PLAN, id);
    if (!d || !share_scope_has_plan(&sh->scope, id)) {
        serve_answer_error(p, 404, "not_found", "the dashboard shows no such picture");
        return;
    }
    serve_answer_document(p, d);
}
