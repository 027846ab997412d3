/* SPDX-License-Identifier: Apache-2.0 */
/* /api/v1/tokens, for admins. */
#include "serve/request.h"

#include "sys/secret.h"

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
