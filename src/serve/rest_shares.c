/* SPDX-License-Identifier: Apache-2.0 */
/* /api/v1/dashboards/{id}/shares: links to a dashboard are made, listed and revoked by who may
 * change it. */
#include "serve/shares.h"

#include "base/mem.h"
#include "sys/secret.h"

#define DAY_MS 86400000
/* What a link is called. */
#define NAME_BYTES 200

/* The dashboard that the path names; NULL: answered. */
static const struct document *dashboard_of(struct serve_peer *p)
{
    const struct document *d =
        document_find(&p->serve->documents, DOCUMENT_DASHBOARD, p->http->segments[3]);
    if (!d) {
        serve_answer_error(p, 404, "not_found", "there is no dashboard with that id");
    }
    return d;
}

static bool is_share_of(const struct document *d, const struct document *dashboard,
                        struct share *share)
{
    return d->id.len && d->kind == DOCUMENT_SHARE && share_read(d->body, share) == OK &&
           share_is_of(share, dashboard);
}

/* ---- showing ---- */

void serve_put_share(struct json_writer *w, const struct serve *s, const struct document *d,
                     const char *token)
{
    struct share share;
    if (share_read(d->body, &share) != OK) {
        json_write_null(w);
        return;
    }
    json_write_object(w);
    json_put_text(w, "id", d->id);
    json_put_string(w, "dashboard", share.dashboard);
    json_put_raw(w, "name", share.name);
    json_put_raw(w, "devices", share.devices);
    json_put_i64(w, "createdAt", d->created);
    json_put_text(w, "createdBy", d->by.len ? d->by : BYTES("local"));
    json_put_i64(w, "expiresAt", share.expires);
    json_put_bool(w, "expired", s->loop->wall_ms >= share.expires);
    json_put_u64(w, "viewers", serve_share_viewers(s, d->id));
    if (*token) {
        json_put_string(w, "token", token);
    }
    json_write_object_end(w);
}

void serve_get_shares(struct serve_peer *p)
{
    const struct document *dashboard = dashboard_of(p);
    if (!dashboard) {
        return;
    }
    const struct document_table *t = &p->serve->documents;
    struct buf body = {0};
    struct json_writer w;
    struct share share;
    json_writer_init(&w, &body);
    json_write_object(&w);
    json_write_key(&w, "shares");
    json_write_array(&w);
    for (size_t i = 0; i < t->count; i++) {
        if (is_share_of(t->rows[i], dashboard, &share)) {
            serve_put_share(&w, p->serve, t->rows[i], "");
        }
    }
    json_write_array_end(&w);
    json_write_object_end(&w);
    serve_answer_json(p, 200, &body);
    buf_fini(&body);
}

/* ---- making ---- */

/* The body of a POST. */
struct wish {
    int64_t expires;
    struct bytes devices, name; /* raw JSON of the body; empty when not given */
};

static bool is_device_list(struct bytes raw)
{
    struct json_reader r;
    struct json_text text;
    size_t count = 0;
    bool fine = true;
    json_reader_init(&r, raw);
    if (json_peek(&r) != JSON_ARRAY || !json_read_array(&r)) {
        return false;
    }
    while (json_read_item(&r)) {
        fine = fine && json_peek(&r) == JSON_STRING && json_read_text(&r, &text) &&
               text.raw.len > 0 && text.raw.len <= LIMIT_ID_BYTES && ++count <= LIMIT_SHARE_DEVICES;
    }
    return fine && json_finish(&r);
}

static bool is_name(struct bytes raw)
{
    return raw.len > 0 && raw.ptr[0] == '"' && raw.len <= NAME_BYTES + 2;
}

static bool read_wish(struct serve_peer *p, struct wish *wish)
{
    struct json_reader r;
    struct json_text key;
    if (!serve_body_begin(p, &r)) {
        return false;
    }
    while (json_read_key(&r, &key)) {
        bool number = json_text_is(key, "expiresAt") && json_peek(&r) == JSON_NUMBER;
        if (number) {
            (void)json_read_i64(&r, &wish->expires);
        } else if (json_text_is(key, "devices")) {
            (void)json_read_raw(&r, &wish->devices);
        } else if (json_text_is(key, "name")) {
            (void)json_read_raw(&r, &wish->name);
        }
    }
    return serve_body_end(p, &r);
}

/* False: answered. */
static bool is_fine(struct serve_peer *p, const struct wish *wish)
{
    wall_ms now = p->serve->loop->wall_ms;
    if (wish->expires <= now || wish->expires - now > LIMIT_SHARE_MS) {
        serve_answer_bad_field(p, BYTES("expiresAt"),
                               "a time in ms from now on, within 366 days, is expected");
    } else if (wish->devices.len && !is_device_list(wish->devices)) {
        serve_answer_bad_field(p, BYTES("devices"), "a list of at most 24 device ids is expected");
    } else if (wish->name.len && !is_name(wish->name)) {
        serve_answer_bad_field(p, BYTES("name"), "a text of at most 200 bytes is expected");
    } else {
        return true;
    }
    return false;
}

/* Whether the link would let see all that the dashboard shows; what is over the limit is told now
 * to who makes it and not to who follows it. False: answered. */
static bool fits(struct serve_peer *p, const struct document *dashboard, const struct wish *wish)
{
    struct share_scope scope;
    share_scope_init(&scope, dashboard->body, wish->devices);
    bool truncated = scope.truncated;
    share_scope_fini(&scope);
    if (truncated) {
        serve_answer_error(p, 413, "too_many_series",
                           "more than 1024 series: choose fewer devices, or share a smaller one");
    } else if (p->serve->shares.count >= LIMIT_SHARES) {
        serve_answer_error(p, 409, "limit", "there are 256 links: revoke some");
    } else {
        return true;
    }
    return false;
}

void serve_post_share(struct serve_peer *p)
{
    const struct document *dashboard = dashboard_of(p);
    struct wish wish = {0};
    if (!dashboard || !read_wish(p, &wish) || !is_fine(p, &wish) || !fits(p, dashboard, &wish)) {
        return;
    }
    struct share share = {.made = dashboard->created,
                          .expires = wish.expires,
                          .devices = wish.devices,
                          .name = wish.name};
    char secret[SECRET_TOKEN_BYTES];
    memcpy(share.dashboard, dashboard->id.ptr, dashboard->id.len);
    secret_token(secret);
    secret_hash(bytes_of_text(secret), share.hash);
    struct command *c = command_new(COMMAND_PUT_DOCUMENT);
    c->document.kind = DOCUMENT_SHARE;
    share_put(&c->document.body, &share);
    serve_command_send(p, c, secret);
}

void serve_delete_share(struct serve_peer *p)
{
    const struct document *dashboard = dashboard_of(p);
    struct bytes id = p->http->segments[5];
    struct share share;
    if (!dashboard) {
        return;
    }
    const struct document *d = document_find(&p->serve->documents, DOCUMENT_SHARE, id);
    if (!d || !is_share_of(d, dashboard, &share)) {
        serve_answer_error(p, 404, "not_found", "the dashboard has no link with that id");
        return;
    }
    serve_drop_document(p, DOCUMENT_SHARE, id);
}
