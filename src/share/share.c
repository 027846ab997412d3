/* SPDX-License-Identifier: Apache-2.0 */
#include "share/share.h"

#include "base/base64.h"

static bool read_text(struct json_reader *r, struct json_text *text)
{
    return json_peek(r) == JSON_STRING && json_read_text(r, text) && !text->escaped;
}

static bool read_dashboard(struct json_reader *r, struct share *s)
{
    struct json_text text;
    if (!read_text(r, &text) || !document_id_valid(text.raw)) {
        return false;
    }
    memcpy(s->dashboard, text.raw.ptr, text.raw.len);
    return true;
}

static bool read_hash(struct json_reader *r, struct share *s)
{
    struct json_text text;
    struct buf hash = {0};
    bool fine = read_text(r, &text) && base64url_decode(text.raw, &hash) == OK &&
                hash.len == TOKEN_HASH_BYTES;
    if (fine) {
        memcpy(s->hash, hash.ptr, TOKEN_HASH_BYTES);
    }
    buf_fini(&hash);
    return fine;
}

static bool read_time(struct json_reader *r, wall_ms *t)
{
    return json_peek(r) == JSON_NUMBER && json_read_i64(r, t) && *t > 0;
}

static bool read_member(struct json_reader *r, struct json_text key, struct share *s)
{
    if (json_text_is(key, "dashboard")) {
        return read_dashboard(r, s);
    }
    if (json_text_is(key, "hash")) {
        return read_hash(r, s);
    }
    if (json_text_is(key, "made")) {
        return read_time(r, &s->made);
    }
    if (json_text_is(key, "expiresAt")) {
        return read_time(r, &s->expires);
    }
    if (json_text_is(key, "devices")) {
        return json_peek(r) == JSON_ARRAY && json_read_raw(r, &s->devices);
    }
    if (json_text_is(key, "name")) {
        return json_peek(r) == JSON_STRING && json_read_raw(r, &s->name);
    }
    return true;
}

enum err share_read(struct bytes body, struct share *out)
{
    struct share s = {.devices = BYTES("[]"), .name = BYTES("\"\"")};
    struct json_reader r;
    struct json_text key;
    json_reader_init(&r, body);
    if (!json_read_object(&r)) {
        return ERR_INVALID;
    }
    while (json_read_key(&r, &key)) {
        if (!read_member(&r, key, &s)) {
            return ERR_INVALID;
        }
    }
    static const uint8_t no_hash[TOKEN_HASH_BYTES];
    if (!json_finish(&r) || !s.dashboard[0] || !s.made || !s.expires ||
        hash_difference(s.hash, no_hash) == 0) {
        return ERR_INVALID;
    }
    *out = s;
    return OK;
}

void share_put(struct buf *out, const struct share *s)
{
    struct json_writer w;
    struct buf hash = {0};
    base64url_append(&hash, bytes_of(s->hash, sizeof s->hash));
    json_writer_init(&w, out);
    json_write_object(&w);
    json_put_string(&w, "dashboard", s->dashboard);
    json_put_text(&w, "hash", buf_bytes(&hash));
    json_put_i64(&w, "made", s->made);
    json_put_i64(&w, "expiresAt", s->expires);
    json_put_raw(&w, "devices", s->devices.len ? s->devices : BYTES("[]"));
    json_put_raw(&w, "name", s->name.len ? s->name : BYTES("\"\""));
    json_write_object_end(&w);
    buf_fini(&hash);
}

bool share_is_of(const struct share *s, const struct document *dashboard)
{
    return dashboard && dashboard->kind == DOCUMENT_DASHBOARD && dashboard->created == s->made &&
           bytes_equal(dashboard->id, bytes_of_text(s->dashboard));
}
