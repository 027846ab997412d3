/* SPDX-License-Identifier: Apache-2.0 */
/* The table of routes, and the one place where a request is let in or refused: host, origin, route,
 * credential, in this order, as soon as its head is read. */
#include "serve/request.h"

#include "model/limits.h"

#define ANY -1

/* A body that nobody reads, or that anybody may send: it is passed over so that the connection can
 * stay. */
#define PASSED_OVER_MAX 16384u

/* docs/protocol/openapi.yaml describes these; a test walks them without a credential. */
static const struct serve_route routes[] = {
#define ROUTE(verb, pattern, action, device, handle)                                               \
    {                                                                                              \
        HTTP_VERB_##verb, pattern, SERVE_GUARD_ACTION, ACTION_##action, device, handle             \
    }
#define OPEN(verb, pattern, handle)                                                                \
    {                                                                                              \
        HTTP_VERB_##verb, pattern, SERVE_GUARD_OWN, ACTION_READ, ANY, handle                       \
    }
#define ENGINE(pattern)                                                                            \
    OPEN(GET, pattern, serve_engine), OPEN(POST, pattern, serve_engine),                           \
        OPEN(PUT, pattern, serve_engine), OPEN(PATCH, pattern, serve_engine),                      \
        OPEN(DELETE, pattern, serve_engine)
#define DOCUMENTS(pattern, read, change)                                                           \
    ROUTE(GET, pattern, read, ANY, serve_get_documents),                                           \
        ROUTE(POST, pattern, change, ANY, serve_post_document),                                    \
        ROUTE(GET, pattern "/{}", read, ANY, serve_get_document),                                  \
        ROUTE(PUT, pattern "/{}", change, ANY, serve_put_document),                                \
        ROUTE(DELETE, pattern "/{}", change, ANY, serve_delete_document)
    ROUTE(GET, "/api/v1/devices", READ, ANY, serve_get_devices),
    ROUTE(GET, "/api/v1/devices/{}", READ, 3, serve_get_device),
    ROUTE(PATCH, "/api/v1/devices/{}", CHANGE, 3, serve_patch_device),
    ROUTE(DELETE, "/api/v1/devices/{}", CHANGE, 3, serve_delete_device),
    ROUTE(GET, "/api/v1/devices/{}/messages", READ, 3, serve_get_messages),
    ROUTE(PATCH, "/api/v1/devices/{}/sensors/{}", CHANGE, 3, serve_patch_sensor),
    ROUTE(GET, "/api/v1/devices/{}/sensors/{}/samples", READ, 3, serve_get_samples),
    ROUTE(POST, "/api/v1/write", PUBLISH, ANY, serve_post_write),
    ROUTE(POST, "/api/v2/write", PUBLISH, ANY, serve_post_write),
    ROUTE(POST, "/write", PUBLISH, ANY, serve_post_write),
    ROUTE(GET, "/query", READ, ANY, serve_influx_query),
    ROUTE(POST, "/query", READ, ANY, serve_influx_query),
    OPEN(GET, "/ping", serve_get_ping),
    OPEN(GET, "/health", serve_get_influx_health),
    ROUTE(GET, "/api/v1/backup", MANAGE_TOKENS, ANY, serve_get_backup),
    ROUTE(POST, "/api/v1/backup", MANAGE_TOKENS, ANY, serve_post_backup),
    ROUTE(GET, "/api/v1/device", READ, ANY, serve_find_device),
    ROUTE(GET, "/api/v1/samples", READ, ANY, serve_find_samples),
    ROUTE(GET, "/api/v1/stream", READ, ANY, serve_get_stream),
    ROUTE(GET, "/api/v1/history", READ, ANY, serve_get_history),
    ROUTE(GET, "/api/v1/learned", READ, ANY, serve_get_learned),
    ROUTE(GET, "/api/v1/rules", READ, ANY, serve_get_rules),
    ROUTE(POST, "/api/v1/rules", CHANGE, ANY, serve_post_rule),
    ROUTE(POST, "/api/v1/rules/test", READ, ANY, serve_post_rule_test),
    ROUTE(GET, "/api/v1/rules/{}", READ, ANY, serve_get_rule),
    ROUTE(PATCH, "/api/v1/rules/{}", CHANGE, ANY, serve_patch_rule),
    ROUTE(DELETE, "/api/v1/rules/{}", CHANGE, ANY, serve_delete_rule),
    ROUTE(GET, "/api/v1/alerts", READ, ANY, serve_get_alerts),
    ROUTE(POST, "/api/v1/alerts/{}/acknowledge", ACKNOWLEDGE, ANY, serve_acknowledge),
    ROUTE(DELETE, "/api/v1/alerts/{}/acknowledge", ACKNOWLEDGE, ANY, serve_release),
    ROUTE(GET, "/api/v1/links", READ, ANY, serve_get_links),
    ROUTE(GET, "/api/v1/tokens", MANAGE_TOKENS, ANY, serve_get_tokens),
    ROUTE(POST, "/api/v1/tokens", MANAGE_TOKENS, ANY, serve_post_token),
    ROUTE(DELETE, "/api/v1/tokens/{}", MANAGE_TOKENS, ANY, serve_delete_token),
    ROUTE(GET, "/api/v1/credentials", MANAGE_TOKENS, ANY, serve_get_credentials),
    ROUTE(POST, "/api/v1/credentials", MANAGE_TOKENS, ANY, serve_post_credential),
    ROUTE(DELETE, "/api/v1/credentials/{}", MANAGE_TOKENS, ANY, serve_delete_credential),
    DOCUMENTS("/api/v1/dashboards", READ, CHANGE),
    ROUTE(GET, "/api/v1/dashboards/{}/versions", READ, ANY, serve_get_versions),
    ROUTE(GET, "/api/v1/dashboards/{}/shares", CHANGE, ANY, serve_get_shares),
    ROUTE(POST, "/api/v1/dashboards/{}/shares", CHANGE, ANY, serve_post_share),
    ROUTE(DELETE, "/api/v1/dashboards/{}/shares/{}", CHANGE, ANY, serve_delete_share),
    OPEN(GET, "/api/v1/shared", serve_get_shared),
    OPEN(GET, "/api/v1/shared/history", serve_get_shared_history),
    OPEN(GET, "/api/v1/shared/learned", serve_get_shared_learned),
    OPEN(GET, "/api/v1/shared/rules", serve_get_shared_rules),
    OPEN(GET, "/api/v1/shared/plans/{}", serve_get_shared_plan),
    DOCUMENTS("/api/v1/plans", READ, CHANGE),
    DOCUMENTS("/api/v1/silences", READ, CHANGE),
    DOCUMENTS("/api/v1/channels", CHANGE, MANAGE_TOKENS),
    DOCUMENTS("/api/v1/routes", CHANGE, MANAGE_TOKENS),
    DOCUMENTS("/api/v1/people", CHANGE, MANAGE_TOKENS),
    ROUTE(POST, "/api/v1/channels/{}/test", MANAGE_TOKENS, ANY, serve_post_channel_test),
    ROUTE(GET, "/api/v1/notifications", READ, ANY, serve_get_notifications),
    ROUTE(GET, "/api/v1/push/key", READ, ANY, serve_get_push_key),
    ROUTE(GET, "/api/v1/push/subscriptions", READ, ANY, serve_get_subscriptions),
    ROUTE(POST, "/api/v1/push/subscriptions", READ, ANY, serve_post_subscription),
    ROUTE(DELETE, "/api/v1/push/subscriptions/{}", READ, ANY, serve_delete_subscription),
    ROUTE(POST, "/api/v1/push/subscriptions/{}/test", READ, ANY, serve_post_subscription_test),
    OPEN(GET, "/a/{}", serve_get_link_page),
    OPEN(POST, "/a/{}", serve_post_link_page),
    ROUTE(GET, "/api/v1/topics", READ, ANY, serve_get_topics),
    DOCUMENTS("/api/v1/mappings", READ, MANAGE_TOKENS),
    ROUTE(GET, "/api/v1/mappings-in-use", READ, ANY, serve_get_mappings_in_use),
    ROUTE(POST, "/api/v1/mappings/test", CHANGE, ANY, serve_post_mapping_test),
    ROUTE(POST, "/api/v1/mappings/try", CHANGE, ANY, serve_post_mapping_try),
    ROUTE(GET, "/api/v1/session", READ, ANY, serve_get_session),
    ROUTE(DELETE, "/api/v1/session", READ, ANY, serve_delete_session),
    OPEN(POST, "/api/v1/session", serve_post_session),
    ROUTE(PUT, "/api/v1/session/password", READ, ANY, serve_put_own_password),
    OPEN(GET, "/api/v1/setup", serve_get_setup),
    OPEN(POST, "/api/v1/setup", serve_post_setup),
    ROUTE(GET, "/api/v1/users", READ, ANY, serve_get_users),
    ROUTE(POST, "/api/v1/users", MANAGE_TOKENS, ANY, serve_post_user),
    ROUTE(PATCH, "/api/v1/users/{}", MANAGE_TOKENS, ANY, serve_patch_user),
    ROUTE(DELETE, "/api/v1/users/{}", MANAGE_TOKENS, ANY, serve_delete_user),
    ROUTE(GET, "/metrics", READ, ANY, serve_get_metrics),
    OPEN(GET, "/healthz", serve_get_health),
    OPEN(GET, "/mqtt", serve_get_mqtt),
    ENGINE("/socket.io/"),
    ENGINE("/engine.io/"),
    OPEN(GET, "/echo", serve_plain_websocket),
#undef DOCUMENTS
#undef ENGINE
#undef OPEN
#undef ROUTE
};

static const struct serve_route page_route = {
    HTTP_VERB_GET, "/", SERVE_GUARD_OWN, ACTION_READ, ANY, serve_get_asset,
};

/* ---- matching ---- */

static bool matches(const struct serve_route *route, const struct serve_http *h)
{
    struct bytes rest = bytes_skip(bytes_of_text(route->pattern), 1);
    for (size_t i = 0; i < h->segment_count; i++) {
        size_t n = bytes_index(rest, '/');
        struct bytes part = bytes_of(rest.ptr, n);
        bool wild = bytes_equal(part, BYTES("{}"));
        if (wild ? h->segments[i].len == 0 : !bytes_equal(part, h->segments[i])) {
            return false;
        }
        bool last = i + 1 == h->segment_count;
        if (last != (n == rest.len)) {
            return false;
        }
        rest = last ? rest : bytes_skip(rest, n + 1);
    }
    return true;
}

/* A path under which only routes live; everything else is the page's. */
static bool is_served_by_table(const struct serve_http *h)
{
    for (size_t i = 0; i < ARRAY_LEN(routes); i++) {
        struct bytes rest = bytes_skip(bytes_of_text(routes[i].pattern), 1);
        if (bytes_equal(bytes_of(rest.ptr, bytes_index(rest, '/')), h->segments[0])) {
            return true;
        }
    }
    return false;
}

static void refuse(struct serve_http *h, unsigned status, const char *code, const char *message)
{
    h->refusal = (struct serve_refusal){.status = status, .code = code, .message = message};
}

static void refuse_verb(struct serve_http *h, unsigned verbs)
{
    static const char *const names[HTTP_VERB_COUNT] = {
        [HTTP_VERB_GET] = "GET, HEAD", [HTTP_VERB_POST] = "POST",     [HTTP_VERB_PUT] = "PUT",
        [HTTP_VERB_PATCH] = "PATCH",   [HTTP_VERB_DELETE] = "DELETE",
    };
    refuse(h, 405, "method_not_allowed", "this path does not take that method");
    size_t len = 0;
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        if (names[i] && verbs & 1u << i) {
            char *at = h->refusal.allow + len;
            len += (size_t)snprintf(at, sizeof h->refusal.allow - len, "%s%s", len ? ", " : "",
                                    names[i]);
        }
    }
}

/* Sets h->route when a row matches; returns the verbs that the path takes. */
static unsigned search_table(struct serve_http *h, enum http_verb verb)
{
    unsigned verbs = 0;
    for (size_t i = 0; i < ARRAY_LEN(routes); i++) {
        if (matches(&routes[i], h)) {
            verbs |= 1u << routes[i].verb;
            h->route = routes[i].verb == verb ? &routes[i] : h->route;
        }
    }
    return verbs;
}

/* Finds the route. HEAD is GET without the body. */
static void find_route(struct serve_http *h, enum http_verb verb)
{
    unsigned verbs;
    verb = verb == HTTP_VERB_HEAD ? HTTP_VERB_GET : verb;
    if (is_served_by_table(h)) {
        verbs = search_table(h, verb);
    } else {
        verbs = 1u << HTTP_VERB_GET;
        h->route = verb == HTTP_VERB_GET ? &page_route : NULL;
    }
    if (h->route) {
        return;
    }
    if (verbs) {
        refuse_verb(h, verbs);
    } else {
        refuse(h, 404, "not_found", "no such path");
    }
}

/* ---- letting in ---- */

/* Where the request goes to and comes from. */
static void check_source(struct serve_peer *p)
{
    struct serve_http *h = p->http;
    const struct http_request *q = serve_request(p);
    if (p->control) {
        return;
    }
    if (!serve_host_allowed(p->serve, q->host)) {
        refuse(h, 421, "wrong_host", "this server does not go by that name: add it to http.hosts");
    } else if (p->serve->config.no_auth && serve_was_forwarded(p)) {
        refuse(h, 403, "proxied",
               "without authentication nothing that came through a proxy is "
               "served");
    } else if (q->origin.ptr && !serve_origin_allowed(p->serve, q->origin, q->host)) {
        refuse(h, 403, "wrong_origin",
               "pages from that origin may not use this server: add it to "
               "http.origins");
    } else {
        h->foreign = q->origin.ptr != NULL;
        return;
    }
    metrics_drop(p->serve->config.metrics, DROP_HTTP_HOST, 1);
    log_limited(&p->serve->refused_log, LOG_WARN, "refused a request: host %.*s, origin %.*s: %s",
                (int)q->host.len, q->host.ptr ? (const char *)q->host.ptr : "", (int)q->origin.len,
                q->origin.ptr ? (const char *)q->origin.ptr : "", h->refusal.message);
}

static void check_credential(struct serve_peer *p)
{
    struct serve_http *h = p->http;
    const struct serve_route *route = h->route;
    if (route->guard == SERVE_GUARD_OWN) {
        return;
    }
    struct bytes device = {0};
    if (route->device != ANY) {
        device = h->segments[route->device];
    }
    if (serve_principal_of(p, &h->who) != OK) {
        refuse(h, 401, "unauthorized", "log in, or send a token: Authorization: Bearer TOKEN");
    } else if (!authorize(&h->who, route->action, device)) {
        refuse(h, 403, "forbidden", "your role does not permit this");
    } else {
        return;
    }
    metrics_drop(p->serve->config.metrics, DROP_HTTP_UNAUTHORIZED, 1);
}

static void split_path(struct serve_peer *p)
{
    struct serve_http *h = p->http;
    struct bytes path = serve_request(p)->path;
    buf_clear(&h->path);
    enum err e = http_path_split(path, buf_reserve(&h->path, path.len), h->segments,
                                 SERVE_SEGMENTS_MAX, &h->segment_count);
    if (e == ERR_FULL) {
        refuse(h, 404, "not_found", "no such path");
    } else if (e != OK) {
        refuse(h, 400, "invalid_path", "the path is not properly percent-encoded, or climbs");
    }
}

void serve_admit(struct serve_peer *p)
{
    struct serve_http *h = p->http;
    h->admitted = true;
    h->route = NULL;
    h->foreign = false;
    h->who = (struct principal){.role = ROLE_NONE};
    check_source(p);
    if (!h->refusal.status) {
        split_path(p);
    }
    if (!h->refusal.status && serve_request(p)->verb != HTTP_VERB_OPTIONS) {
        find_route(h, serve_request(p)->verb);
    }
    if (!h->refusal.status && h->route) {
        check_credential(p);
    }
    if (h->refusal.status) {
        metrics_add(p->serve->config.metrics, METRIC_HTTP_REFUSED, 1);
    }
}

size_t serve_body_max(struct serve_peer *p)
{
    const struct serve_http *h = p->http;
    if (h->refusal.status || !h->route || h->route == &page_route) {
        return PASSED_OVER_MAX;
    }
    if (h->route->handle == serve_engine) {
        return size_max(PASSED_OVER_MAX, serve_engine_body_max(p));
    }
    return h->route->guard == SERVE_GUARD_OWN ? PASSED_OVER_MAX : LIMIT_HTTP_BODY_BYTES;
}

void serve_dispatch(struct serve_peer *p)
{
    struct serve_http *h = p->http;
    if (h->refusal.status) {
        serve_answer_error(p, h->refusal.status, h->refusal.code, h->refusal.message);
    } else if (!h->route) {
        serve_answer_send(p, &(struct serve_answer){.status = 204});
    } else {
        if (h->route->handle != serve_engine) {
            serve_catch_up(p->serve);
        }
        h->route->handle(p);
    }
}
