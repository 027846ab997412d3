/* SPDX-License-Identifier: Apache-2.0 */
/* /api/v1/session, where a person turns a name and password, or a token, into a cookie, and
 * /api/v1/setup, where the first of all makes his account. */
#include "serve/request.h"

#include "base/mem.h"
#include "loop/tls.h"

static void answer_session(struct serve_peer *p, unsigned status, const struct principal *who,
                           const char *cookie)
{
    struct buf body = {0};
    struct json_writer w;
    json_writer_init(&w, &body);
    json_write_object(&w);
    json_put_string(&w, "user", who->login.text[0] ? who->token.text : NULL);
    json_put_string(&w, "role", role_text(who->role));
    json_put_bool(&w, "auth", !p->serve->config.no_auth);
    if (p->serve->config.mqtt_port) {
        json_put_i64(&w, "mqttPort", p->serve->config.mqtt_port);
    } else {
        json_put_null(&w, "mqttPort");
    }
    json_write_object_end(&w);
    serve_answer_send(
        p, &(struct serve_answer){
               .status = status, .type = SERVE_JSON, .body = buf_bytes(&body), .cookie = cookie});
    buf_fini(&body);
}

void serve_get_session(struct serve_peer *p)
{
    answer_session(p, 200, &p->http->who, NULL);
}

/* Over TLS the browser is told never to send it without; where TLS ends at a proxy, that adds
 * Secure. */
static void answer_with_cookie(struct serve_peer *p, unsigned status, const struct principal *who,
                               const char *secret)
{
    char cookie[256];
    (void)snprintf(cookie, sizeof cookie,
                   "telltale=%s; Path=/; Max-Age=%lld; HttpOnly; SameSite=Strict%s", secret,
                   (long long)LIMIT_LOGIN_MS / 1000, conn_is_tls(&p->conn) ? "; Secure" : "");
    answer_session(p, status, who, cookie);
}

void serve_answer_login(struct serve_peer *p, unsigned status, const struct command *c,
                        const char *secret)
{
    const struct account *a = account_find(&p->serve->accounts, bytes_of_text(c->name));
    if (!a) {
        serve_answer_error(p, 401, "unauthorized", SERVE_WRONG_LOGIN); /* removed meanwhile */
        return;
    }
    struct principal who = {.role = a->role, .token = a->name, .login = c->made};
    answer_with_cookie(p, status, &who, secret);
}

/* The cookie is the token: revoking it ends the session too. */
static void log_in_by_token(struct serve_peer *p, const char *token)
{
    struct principal who = {.role = ROLE_ADMIN};
    if (p->serve->config.no_auth) {
        answer_session(p, 200, &who, NULL);
    } else if (serve_authenticate(p->serve, bytes_of_text(token), &who) == OK) {
        answer_with_cookie(p, 200, &who, token);
    } else {
        metrics_drop(p->serve->config.metrics, DROP_HTTP_UNAUTHORIZED, 1);
        serve_answer_error(p, 401, "unauthorized", "no such token");
    }
}

static const struct serve_member session_members[] = {
    {.name = "token",
     .type = SERVE_MEMBER_TEXT,
     .field = FIELD_TOKEN,
     .offset = offsetof(struct command, note)},
    {.name = "user",
     .type = SERVE_MEMBER_TEXT,
     .field = FIELD_NAME,
     .offset = offsetof(struct command, name)},
    {.name = "password",
     .type = SERVE_MEMBER_TEXT,
     .field = FIELD_PRESENT,
     .offset = offsetof(struct command, account.present)},
};

static void log_in(struct serve_peer *p, struct command *take_c)
{
    const struct account *a = account_find(&p->serve->accounts, bytes_of_text(take_c->name));
    if (p->serve->config.no_auth) {
        command_free(take_c);
        answer_session(p, 200, &(struct principal){.role = ROLE_ADMIN}, NULL);
        return;
    }
    if (a) {
        memcpy(take_c->account.checked, a->hash, sizeof a->hash);
    }
    serve_password_send(p, take_c);
}

void serve_post_session(struct serve_peer *p)
{
    struct command *c = command_new(COMMAND_LOG_IN);
    if (!serve_body_read(p, session_members, ARRAY_LEN(session_members), c)) {
        command_free(c);
    } else if (c->fields == FIELD_TOKEN) {
        log_in_by_token(p, c->note);
        command_free(c);
    } else if (c->fields == (FIELD_NAME | FIELD_PRESENT)) {
        log_in(p, c);
    } else {
        bool named = (c->fields & FIELD_NAME) != 0;
        command_free(c);
        serve_answer_bad_field(p, named ? BYTES("password") : BYTES("user"),
                               "user and password, or token alone, are expected");
    }
}

void serve_answer_logged_out(struct serve_peer *p)
{
    serve_answer_send(p, &(struct serve_answer){
                             .status = 204,
                             .cookie = "telltale=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict",
                         });
}

void serve_delete_session(struct serve_peer *p)
{
    if (!p->http->who.login.text[0]) {
        serve_answer_logged_out(p);
        return;
    }
    struct command *c = command_new(COMMAND_LOG_OUT);
    c->account.login = p->http->who.login;
    serve_command_send(p, c, NULL);
}

/* ---- one's own password ---- */

static const struct serve_member password_members[] = {
    {.name = "present",
     .type = SERVE_MEMBER_TEXT,
     .field = FIELD_PRESENT,
     .offset = offsetof(struct command, account.present)},
    {.name = "password",
     .type = SERVE_MEMBER_TEXT,
     .field = FIELD_PASSWORD,
     .offset = offsetof(struct command, account.password)},
};

/* The login that changes it stays, all others of the account end. */
void serve_put_own_password(struct serve_peer *p)
{
    const struct principal *who = &p->http->who;
    const struct account *a = account_find(&p->serve->accounts, bytes_of_text(who->token.text));
    if (!who->login.text[0] || !a) {
        serve_answer_error(p, 403, "forbidden", "only who logged in by a password has one");
        return;
    }
    struct command *c = command_new(COMMAND_PATCH_ACCOUNT);
    c->name = mem_text(a->name.text, strlen(a->name.text));
    c->account.login = who->login;
    memcpy(c->account.checked, a->hash, sizeof a->hash);
    if (!serve_body_read(p, password_members, ARRAY_LEN(password_members), c)) {
        command_free(c);
    } else if (c->fields != (FIELD_PRESENT | FIELD_PASSWORD)) {
        const char *lacks = c->fields & FIELD_PRESENT ? "password" : "present";
        command_free(c);
        serve_answer_bad_field(p, bytes_of_text(lacks), "is missing");
    } else if (serve_password_taken(p, c)) {
        serve_password_send(p, c);
    } else {
        command_free(c);
    }
}

/* ---- the first account ---- */

/* Whether whoever asks may make the first account: he sits at this machine, and nobody ever had
 * access. */
static bool setup_is_open(struct serve_peer *p)
{
    const struct serve *s = p->serve;
    return !s->config.no_auth && !s->claimed && s->config.all_loopback &&
           serve_peer_is_loopback(p) && !serve_was_forwarded(p);
}

void serve_get_setup(struct serve_peer *p)
{
    struct buf body = {0};
    struct json_writer w;
    json_writer_init(&w, &body);
    json_write_object(&w);
    json_put_bool(&w, "open", setup_is_open(p));
    json_write_object_end(&w);
    serve_answer_json(p, 200, &body);
    buf_fini(&body);
}

static const struct serve_member setup_members[] = {
    {.name = "user",
     .type = SERVE_MEMBER_TEXT,
     .field = FIELD_NAME,
     .offset = offsetof(struct command, name)},
    {.name = "password",
     .type = SERVE_MEMBER_TEXT,
     .field = FIELD_PASSWORD,
     .offset = offsetof(struct command, account.password)},
};

void serve_post_setup(struct serve_peer *p)
{
    if (!setup_is_open(p)) {
        metrics_drop(p->serve->config.metrics, DROP_HTTP_UNAUTHORIZED, 1);
        serve_answer_error(p, 403, "forbidden", SERVE_SETUP_CLOSED);
        return;
    }
    struct command *c = command_new(COMMAND_CREATE_ACCOUNT);
    if (!serve_body_read(p, setup_members, ARRAY_LEN(setup_members), c)) {
        command_free(c);
    } else if (c->fields != (FIELD_NAME | FIELD_PASSWORD)) {
        const char *lacks = c->fields & FIELD_NAME ? "password" : "user";
        command_free(c);
        serve_answer_bad_field(p, bytes_of_text(lacks), "is missing");
    } else if (serve_password_taken(p, c)) {
        c->account.role = ROLE_ADMIN;
        c->fields |= FIELD_FIRST | FIELD_LOGIN;
        serve_password_send(p, c);
    } else {
        command_free(c);
    }
}
