/* SPDX-License-Identifier: Apache-2.0 */
/* /api/v1/users: accounts of people, for admins. Others learn who the admins are, whom they may ask
 * for what their own role does not permit. */
#include "serve/request.h"

#include "base/mem.h"

void serve_put_user(struct json_writer *w, const struct serve *s, const struct account *a)
{
    json_write_object(w);
    json_put_string(w, "name", a->name.text);
    json_put_string(w, "role", role_text(a->role));
    json_put_i64(w, "createdAt", a->created);
    json_put_i64(w, "changedAt", a->changed);
    json_put_i64(w, "sessions", (int64_t)account_logins(&s->accounts, a, s->loop->wall_ms));
    json_write_object_end(w);
}

static void put_admin(struct json_writer *w, const struct account *a)
{
    json_write_object(w);
    json_put_string(w, "name", a->name.text);
    json_put_string(w, "role", role_text(a->role));
    json_write_object_end(w);
}

void serve_get_users(struct serve_peer *p)
{
    const struct account_table *t = &p->serve->accounts;
    bool all = authorize(&p->http->who, ACTION_MANAGE_TOKENS, BYTES(""));
    struct buf body = {0};
    struct json_writer w;
    json_writer_init(&w, &body);
    json_write_object(&w);
    json_write_key(&w, "users");
    json_write_array(&w);
    for (size_t i = 0; i < t->account_count; i++) {
        const struct account *a = &t->accounts[i];
        if (all) {
            serve_put_user(&w, p->serve, a);
        } else if (a->role == ROLE_ADMIN) {
            put_admin(&w, a);
        }
    }
    json_write_array_end(&w);
    json_write_object_end(&w);
    serve_answer_json(p, 200, &body);
    buf_fini(&body);
}

const char *serve_read_role(struct json_reader *r, struct command *c)
{
    struct json_text text;
    bool fine = json_peek(r) == JSON_STRING && json_read_text(r, &text) && !text.escaped &&
                role_parse(text.raw, &c->account.role) == OK;
    return fine ? NULL : "viewer, operator or admin is expected";
}

bool serve_password_taken(struct serve_peer *p, const struct command *c)
{
    const char *problem =
        account_password_problem(bytes_of_text(c->account.password), bytes_of_text(c->name));
    if (problem) {
        serve_answer_bad_field(p, BYTES("password"), problem);
    }
    return !problem;
}

static const struct serve_member name_member = {
    .name = "name",
    .type = SERVE_MEMBER_TEXT,
    .field = FIELD_NAME,
    .offset = offsetof(struct command, name),
};
static const struct serve_member role_member = {
    .name = "role", .type = SERVE_MEMBER_OTHER, .field = FIELD_ROLE, .read = serve_read_role};
static const struct serve_member password_member = {
    .name = "password",
    .type = SERVE_MEMBER_TEXT,
    .field = FIELD_PASSWORD,
    .offset = offsetof(struct command, account.password),
};

/* The first member that a new account lacks, or NULL. */
static const char *missing(const struct command *c)
{
    return !(c->fields & FIELD_NAME)       ? "name"
           : !(c->fields & FIELD_ROLE)     ? "role"
           : !(c->fields & FIELD_PASSWORD) ? "password"
                                           : NULL;
}

void serve_post_user(struct serve_peer *p)
{
    const struct serve_member members[] = {name_member, role_member, password_member};
    struct command *c = command_new(COMMAND_CREATE_ACCOUNT);
    if (!serve_body_read(p, members, ARRAY_LEN(members), c)) {
        command_free(c);
        return;
    }
    const char *lacks = missing(c);
    if (lacks) {
        serve_answer_bad_field(p, bytes_of_text(lacks), "is missing");
    } else if (serve_password_taken(p, c)) {
        serve_password_send(p, c);
        return;
    }
    command_free(c);
}

/* A command about the account that the path names. NULL: there is none, and that is answered. */
static struct command *about(struct serve_peer *p, enum command_kind kind)
{
    const struct account *a = account_find(&p->serve->accounts, p->http->segments[3]);
    if (!a) {
        serve_answer_error(p, 404, "not_found", "nobody has that name");
        return NULL;
    }
    struct command *c = command_new(kind);
    c->name = mem_text(a->name.text, strlen(a->name.text));
    return c;
}

void serve_patch_user(struct serve_peer *p)
{
    const struct serve_member members[] = {role_member, password_member};
    struct command *c = about(p, COMMAND_PATCH_ACCOUNT);
    if (!c) {
        return;
    }
    if (!serve_body_read(p, members, ARRAY_LEN(members), c)) {
        command_free(c);
    } else if (!c->fields) {
        command_free(c);
        serve_answer_error(p, 400, "invalid", "a role or a password is expected");
    } else if (!(c->fields & FIELD_PASSWORD)) {
        serve_command_send(p, c, NULL);
    } else if (serve_password_taken(p, c)) {
        serve_password_send(p, c);
    } else {
        command_free(c);
    }
}

void serve_delete_user(struct serve_peer *p)
{
    struct command *c = about(p, COMMAND_DELETE_ACCOUNT);
    if (c) {
        serve_command_send(p, c, NULL);
    }
}
