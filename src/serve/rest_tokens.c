/* SPDX-License-Identifier: Apache-2.0 */
/* /api/v1/tokens, for admins, and /api/v1/session, where a person turns a token into a cookie. */
#include "serve/request.h"

#include "base/mem.h"
#include "loop/tls.h"
#include "sys/secret.h"

/* A month: who uses the page daily is not asked again and again; revoking ends it at once. */
#define COOKIE_SECONDS 2592000

void serve_put_token(struct json_writer *w, const struct token *t)
{
    json_put_string(w, "id", t->id.text);
    json_put_string(w, "role", role_text(t->role));
    json_put_i64(w, "createdAt", t->created);
}

void serve_get_tokens(struct serve_peer *p)
{
    const struct token_table *table = &p->serve->tokens;
    struct buf body = {0};
    struct json_writer w;
    json_writer_init(&w, &body);
    json_write_object(&w);
    json_write_key(&w, "tokens");
    json_write_array(&w);
    for (size_t i = 0; i < table->count; i++) {
        json_write_object(&w);
        serve_put_token(&w, &table->tokens[i]);
        json_write_object_end(&w);
    }
    json_write_array_end(&w);
    json_write_object_end(&w);
    serve_answer_json(p, 200, &body);
    buf_fini(&body);
}

static const char *read_role(struct json_reader *r, struct command *c)
{
    struct json_text text;
    bool fine = json_peek(r) == JSON_STRING && json_read_text(r, &text) && !text.escaped &&
                role_parse(text.raw, &c->token.role) == OK;
    return fine ? NULL : "viewer, operator or admin is expected";
}

void serve_post_token(struct serve_peer *p)
{
    static const struct serve_member members[] = {
        {.name = "role", .type = SERVE_MEMBER_OTHER, .field = FIELD_NAME, .read = read_role},
    };
    struct command *c = command_new(COMMAND_CREATE_TOKEN);
    if (!serve_body_read(p, members, ARRAY_LEN(members), c)) {
        command_free(c);
        return;
    }
    if (!c->fields) {
        command_free(c);
        serve_answer_bad_field(p, BYTES("role"), "is missing");
        return;
    }
    char text[SECRET_TOKEN_BYTES];
    secret_token(text);
    secret_hash(bytes_of_text(text), c->token.hash);
    serve_command_send(p, c, text);
}

void serve_delete_token(struct serve_peer *p)
{
    struct bytes id = p->http->segments[3];
    if (id.len >= TEXT_ID_MAX || memchr(id.ptr, 0, id.len)) {
        serve_answer_error(p, 404, "not_found", "no token has that id");
        return;
    }
    struct command *c = command_new(COMMAND_REVOKE_TOKEN);
    memcpy(c->id.text, id.ptr, id.len);
    serve_command_send(p, c, NULL);
}

/* ---- session ---- */

static void answer_session(struct serve_peer *p, enum role role, const char *cookie)
{
    struct buf body = {0};
    struct json_writer w;
    json_writer_init(&w, &body);
    json_write_object(&w);
    json_put_string(&w, "role", role_text(role));
    json_put_bool(&w, "auth", !p->serve->config.no_auth);
    if (p->serve->config.mqtt_port) {
        json_put_i64(&w, "mqttPort", p->serve->config.mqtt_port);
    } else {
        json_put_null(&w, "mqttPort");
    }
    json_write_object_end(&w);
    serve_answer_send(
        p, &(struct serve_answer){
               .status = 200, .type = SERVE_JSON, .body = buf_bytes(&body), .cookie = cookie});
    buf_fini(&body);
}

void serve_get_session(struct serve_peer *p)
{
    answer_session(p, p->http->who.role, NULL);
}

/* A command is borrowed to carry the text, so that the body is read as every other. */
static const char *read_token(struct json_reader *r, struct command *c)
{
    struct json_text text;
    if (json_peek(r) != JSON_STRING || !json_read_text(r, &text)) {
        return "a string is expected";
    }
    free(c->name);
    c->name = mem_text(text.raw.ptr, text.raw.len);
    return NULL;
}

/* The cookie is the token: revoking it ends the session too. Over TLS the browser is told never to
 * send it without; where TLS ends at a proxy, that adds Secure. */
static void log_in(struct serve_peer *p, const char *token)
{
    struct principal who = {.role = ROLE_ADMIN};
    char cookie[256];
    if (!p->serve->config.no_auth &&
        serve_authenticate(p->serve, bytes_of_text(token), &who) != OK) {
        metrics_drop(p->serve->config.metrics, DROP_HTTP_UNAUTHORIZED, 1);
        serve_answer_error(p, 401, "unauthorized", "no such token");
        return;
    }
    if (p->serve->config.no_auth) {
        answer_session(p, who.role, NULL);
        return;
    }
    (void)snprintf(cookie, sizeof cookie,
                   "telltale=%s; Path=/; Max-Age=%d; HttpOnly; SameSite=Strict%s", token,
                   COOKIE_SECONDS, conn_is_tls(&p->conn) ? "; Secure" : "");
    answer_session(p, who.role, cookie);
}

void serve_post_session(struct serve_peer *p)
{
    static const struct serve_member members[] = {
        {.name = "token", .type = SERVE_MEMBER_OTHER, .field = FIELD_NAME, .read = read_token},
    };
    struct command *c = command_new(COMMAND_CREATE_TOKEN);
    if (!serve_body_read(p, members, ARRAY_LEN(members), c)) {
        command_free(c);
        return;
    }
    if (c->name) {
        log_in(p, c->name);
    } else {
        serve_answer_bad_field(p, BYTES("token"), "is missing");
    }
    command_free(c);
}

void serve_delete_session(struct serve_peer *p)
{
    serve_answer_send(p, &(struct serve_answer){
                             .status = 204,
                             .cookie = "telltale=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict",
                         });
}
