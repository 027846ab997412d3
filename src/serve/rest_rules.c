/* SPDX-License-Identifier: Apache-2.0 */
/* /api/v1/rules. */
#include "serve/request.h"

#include "base/mem.h"
#include "model/limits.h"

void serve_put_rule(struct json_writer *w, const struct alert_rule *r)
{
    json_write_object(w);
    json_put_string(w, "id", r->id.text);
    json_put_string(w, "deviceId", r->device);
    json_put_string(w, "sensorType", r->sensor);
    json_put_string(w, "condition", condition_text(r->condition));
    json_put_number(w, "threshold", r->threshold);
    json_put_string(w, "severity", severity_text(r->severity));
    json_put_bool(w, "enabled", r->enabled);
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

/* Reads a string into `text`; false when there is something else. */
static bool read_word(struct json_reader *r, struct json_text *text)
{
    return json_peek(r) == JSON_STRING && json_read_text(r, text) && !text->escaped;
}

static const char *read_condition(struct json_reader *r, struct command *c)
{
    struct json_text text;
    return read_word(r, &text) && condition_parse(text.raw, &c->condition) == OK
               ? NULL
               : "greater_than, less_than, equals, not_equals, greater_or_equal or less_or_equal";
}

static const char *read_severity(struct json_reader *r, struct command *c)
{
    struct json_text text;
    return read_word(r, &text) && severity_parse(text.raw, &c->severity) == OK
               ? NULL
               : "info, warning or critical";
}

static const struct serve_member members[] = {
    {.name = "deviceId",
     .type = SERVE_MEMBER_TEXT,
     .field = FIELD_DEVICE,
     .offset = offsetof(struct command, device)},
    {.name = "sensorType",
     .type = SERVE_MEMBER_TEXT,
     .field = FIELD_SENSOR,
     .offset = offsetof(struct command, sensor)},
    {.name = "condition",
     .type = SERVE_MEMBER_OTHER,
     .field = FIELD_CONDITION,
     .read = read_condition},
    {.name = "threshold",
     .type = SERVE_MEMBER_NUMBER,
     .field = FIELD_THRESHOLD,
     .offset = offsetof(struct command, threshold)},
    {.name = "severity",
     .type = SERVE_MEMBER_OTHER,
     .field = FIELD_SEVERITY,
     .read = read_severity},
    {.name = "enabled",
     .type = SERVE_MEMBER_BOOLEAN,
     .field = FIELD_ENABLED,
     .offset = offsetof(struct command, enabled)},
};

/* Every member but `enabled` must be there in a new rule. */
static bool has_all(struct serve_peer *p, const struct command *c)
{
    for (size_t i = 0; i < ARRAY_LEN(members); i++) {
        if (members[i].field != FIELD_ENABLED && !(c->fields & members[i].field)) {
            serve_answer_bad_field(p, bytes_of_text(members[i].name), "is missing");
            return false;
        }
    }
    return true;
}

void serve_post_rule(struct serve_peer *p)
{
    struct command *c = command_new(COMMAND_CREATE_RULE);
    c->enabled = true;
    if (serve_body_read(p, members, ARRAY_LEN(members), c) && has_all(p, c)) {
        serve_command_send(p, c, NULL);
    } else {
        command_free(c);
    }
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
    if (!c) {
        return;
    }
    if (serve_body_read(p, members, ARRAY_LEN(members), c)) {
        serve_command_send(p, c, NULL);
    } else {
        command_free(c);
    }
}

void serve_delete_rule(struct serve_peer *p)
{
    struct command *c = command_about(p, COMMAND_DELETE_RULE);
    if (c) {
        serve_command_send(p, c, NULL);
    }
}
