/* SPDX-License-Identifier: Apache-2.0 */
/* /api/v1/credentials, for admins: what devices log in with. */
#include "serve/request.h"

#include "base/mem.h"
#include "model/topic_rule.h"
#include "sys/secret.h"

#define PAGE_DEFAULT 100
#define PAGE_MAX     1000

/* ---- listing ---- */

static void put_list(struct json_writer *w, const char *key, struct bytes list)
{
    struct bytes pattern;
    json_write_key(w, key);
    json_write_array(w);
    while (rule_list_next(&list, &pattern)) {
        json_write_text(w, pattern);
    }
    json_write_array_end(w);
}

static void put_time(struct json_writer *w, const char *key, wall_ms time)
{
    if (time == WALL_NONE) {
        json_put_null(w, key);
    } else {
        json_put_i64(w, key, time);
    }
}

static void put_text_or_null(struct json_writer *w, const char *key, struct bytes text)
{
    if (text.len) {
        json_put_text(w, key, text);
    } else {
        json_put_null(w, key);
    }
}

void serve_put_credential(struct json_writer *w, const struct credential *c)
{
    char hex[FINGERPRINT_TEXT_BYTES];
    json_put_text(w, "id", c->id);
    put_text_or_null(w, "name", c->name);
    put_list(w, "speaksFor", c->speaks_for);
    put_list(w, "publish", c->publish);
    put_list(w, "subscribe", c->subscribe);
    fingerprint_text(c->fingerprint, hex);
    json_put_string(w, "fingerprint", c->has_fingerprint ? hex : NULL);
    put_text_or_null(w, "commonName", c->common_name);
    json_put_i64(w, "createdAt", c->created);
    put_time(w, "revokedAt", c->revoked);
    put_time(w, "lastUsedAt", c->last_used);
}

/* Writes the page; returns the row of its last one when more follow, else -1. */
static int64_t put_page(struct json_writer *w, const struct credential_table *t, int64_t after,
                        int64_t limit)
{
    int64_t last = -1;
    for (int64_t row = after + 1; row < (int64_t)t->count; row++) {
        const struct credential *c = t->rows[row];
        if (c->id.len == 0) {
            continue;
        }
        if (limit-- == 0) {
            return last;
        }
        json_write_object(w);
        serve_put_credential(w, c);
        json_write_object_end(w);
        last = row;
    }
    return -1;
}

void serve_get_credentials(struct serve_peer *p)
{
    int64_t limit = PAGE_DEFAULT, after = -1;
    if (!serve_query_integer(p, "limit", 1, PAGE_MAX, &limit) ||
        !serve_query_integer(p, "after", 0, UINT32_MAX, &after)) {
        return;
    }
    struct buf body = {0};
    struct json_writer w;
    json_writer_init(&w, &body);
    json_write_object(&w);
    json_write_key(&w, "credentials");
    json_write_array(&w);
    int64_t last = put_page(&w, &p->serve->credentials, after, limit);
    json_write_array_end(&w);
    json_put_u64(&w, "total", p->serve->credentials.used);
    char next[24];
    (void)snprintf(next, sizeof next, "%lld", (long long)last);
    json_put_string(&w, "next", last < 0 ? NULL : next);
    json_write_object_end(&w);
    serve_answer_json(p, 200, &body);
    buf_fini(&body);
}

/* ---- changing ---- */

/* Reads an array of strings, each kept with a NUL behind it. */
static const char *read_list(struct json_reader *r, struct buf *list)
{
    static const char expected[] = "an array of strings is expected";
    struct json_text text;
    if (json_peek(r) != JSON_ARRAY) {
        return expected;
    }
    (void)json_read_array(r);
    while (json_read_item(r)) {
        size_t before = list->len;
        if (json_peek(r) != JSON_STRING || !json_read_text(r, &text)) {
            return expected;
        }
        json_text_append(text, list);
        if (list->len > before && memchr(list->ptr + before, 0, list->len - before)) {
            return "a pattern must not hold NUL";
        }
        buf_put_byte(list, 0);
    }
    return NULL;
}

static const char *read_speaks_for(struct json_reader *r, struct command *c)
{
    return read_list(r, &c->credential.speaks_for);
}

static const char *read_publish(struct json_reader *r, struct command *c)
{
    return read_list(r, &c->credential.publish);
}

static const char *read_subscribe(struct json_reader *r, struct command *c)
{
    return read_list(r, &c->credential.subscribe);
}

static const char *read_fingerprint(struct json_reader *r, struct command *c)
{
    struct json_text text;
    bool fine = json_peek(r) == JSON_STRING && json_read_text(r, &text) && !text.escaped &&
                fingerprint_parse(text.raw, c->credential.fingerprint) == OK;
    return fine ? NULL : "the SHA-256 of a certificate is expected: 64 hexadecimal digits";
}

void serve_post_credential(struct serve_peer *p)
{
    static const struct serve_member members[] = {
        {"id", SERVE_MEMBER_TEXT, FIELD_DEVICE, offsetof(struct command, device), NULL},
        {"name", SERVE_MEMBER_TEXT_OR_NULL, FIELD_NAME, offsetof(struct command, name), NULL},
        {"commonName", SERVE_MEMBER_TEXT, FIELD_COMMON_NAME,
         offsetof(struct command, credential.common_name), NULL},
        {"speaksFor", SERVE_MEMBER_OTHER, FIELD_SPEAKS_FOR, 0, read_speaks_for},
        {"publish", SERVE_MEMBER_OTHER, FIELD_PUBLISH, 0, read_publish},
        {"subscribe", SERVE_MEMBER_OTHER, FIELD_SUBSCRIBE, 0, read_subscribe},
        {"fingerprint", SERVE_MEMBER_OTHER, FIELD_FINGERPRINT, 0, read_fingerprint},
    };
    struct command *c = command_new(COMMAND_CREATE_CREDENTIAL);
    if (!serve_body_read(p, members, ARRAY_LEN(members), c)) {
        command_free(c);
        return;
    }
    if (!(c->fields & FIELD_DEVICE)) {
        command_free(c);
        serve_answer_bad_field(p, BYTES("id"), "is missing");
        return;
    }
    char secret[SECRET_TOKEN_BYTES] = "";
    if (!(c->fields & (FIELD_FINGERPRINT | FIELD_COMMON_NAME))) {
        secret_token(secret);
        secret_hash(bytes_of_text(secret), c->token.hash);
    }
    serve_command_send(p, c, secret);
}

void serve_delete_credential(struct serve_peer *p)
{
    struct bytes id = p->http->segments[3];
    if (memchr(id.ptr, 0, id.len)) {
        serve_answer_error(p, 404, "not_found", "no credential has that id");
        return;
    }
    struct command *c = command_new(COMMAND_REVOKE_CREDENTIAL);
    c->device = mem_text(id.ptr, id.len);
    serve_command_send(p, c, NULL);
}
