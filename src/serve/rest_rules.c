/* SPDX-License-Identifier: Apache-2.0 */
/* /api/v1/rules. */
#include "serve/request.h"

#include "base/mem.h"
#include "model/limits.h"

void serve_put_rule(struct json_writer *w, const struct alert_rule *r)
{
    json_write_object(w);
    json_put_string(w, "id", r->id.text);
    alert_definition_put(w, r->definition);
    json_put_i64(w, "createdAt", r->created);
    json_put_i64(w, "updatedAt", r->updated);
    json_write_object_end(w);
}

/* The index of the first rule after the one with the id in `?after`; false: answered. */
static bool read_after(struct serve_peer *p, uint32_t *first)
{
    uint8_t memory[TEXT_ID_MAX];
    struct bytes after;
    *first = 0;
    if (!serve_query_text(p, "after", memory, sizeof memory, &after)) {
        return false;
    }
    const struct alert_rule *r;
    for (uint32_t i = 0; after.len && (r = alert_rule_at(p->serve->alerts, i)); i++) {
        if (bytes_equal(bytes_of_text(r->id.text), after)) {
            *first = i + 1;
            return true;
        }
    }
    if (after.len) {
        serve_answer_bad_field(p, BYTES("after"), "no rule has that id");
    }
    return after.len == 0;
}

void serve_get_rules(struct serve_peer *p)
{
    int64_t limit = LIMIT_RULES;
    uint32_t first;
    if (!serve_query_integer(p, "limit", 1, LIMIT_RULES, &limit) || !read_after(p, &first)) {
        return;
    }
    struct buf body = {0};
    struct json_writer w;
    json_writer_init(&w, &body);
    json_write_object(&w);
    json_write_key(&w, "rules");
    json_write_array(&w);
    const struct alert_rule *r = NULL, *last = NULL;
    uint32_t i = first;
    for (; limit-- > 0 && (r = alert_rule_at(p->serve->alerts, i)); i++) {
        serve_put_rule(&w, r);
        last = r;
    }
    json_write_array_end(&w);
    bool more = last && alert_rule_at(p->serve->alerts, i);
    json_put_string(&w, "next", more ? last->id.text : NULL);
    json_write_object_end(&w);
    serve_answer_json(p, 200, &body);
    buf_fini(&body);
}

void serve_get_rule(struct serve_peer *p)
{
    const struct alert_rule *r = alert_find_rule(p->serve->alerts, p->http->segments[3]);
    if (!r) {
        serve_answer_error(p, 404, "not_found", "no rule has that id");
        return;
    }
    struct buf body = {0};
    struct json_writer w;
    json_writer_init(&w, &body);
    serve_put_rule(&w, r);
    serve_answer_json(p, 200, &body);
    buf_fini(&body);
}

/* ---- changing ---- */

/* Hands the body over as the rule's definition: its owner knows what it may be. */
static void send_with_body(struct serve_peer *p, struct command *take_c)
{
    struct json_reader r;
    if (!serve_body_begin(p, &r) || !(json_leave(&r), serve_body_end(p, &r))) {
        command_free(take_c);
        return;
    }
    buf_put_bytes(&take_c->definition, serve_request(p)->body);
    serve_command_send(p, take_c, NULL);
}

void serve_post_rule(struct serve_peer *p)
{
    send_with_body(p, command_new(COMMAND_CREATE_RULE));
}

/* A command about the thing whose id is segment 3; NULL when no id is that long (answered). */
static struct command *command_about(struct serve_peer *p, enum command_kind kind)
{
    struct bytes id = p->http->segments[3];
    if (id.len >= TEXT_ID_MAX || memchr(id.ptr, 0, id.len)) {
        serve_answer_error(p, 404, "not_found", "no rule has that id");
        return NULL;
    }
    struct command *c = command_new(kind);
    memcpy(c->id.text, id.ptr, id.len);
    return c;
}

void serve_patch_rule(struct serve_peer *p)
{
    struct command *c = command_about(p, COMMAND_PATCH_RULE);
    if (c) {
        send_with_body(p, c);
    }
}

void serve_delete_rule(struct serve_peer *p)
{
    struct command *c = command_about(p, COMMAND_DELETE_RULE);
    if (c) {
        serve_command_send(p, c, NULL);
    }
}
