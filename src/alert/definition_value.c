/* SPDX-License-Identifier: Apache-2.0 */
/* Values in the JSON of a rule, and how a fault in one is told. */
#include "alert/definition_parse.h"

#include "base/mem.h"
#include "base/utf8.h"

#include <math.h>

void parse_wrong(struct parse *p, const char *member, const char *message)
{
    if (!p->failed) {
        p->failed = true;
        size_t len = strlen(p->path);
        bool bare = !*member && len > 0 && p->path[len - 1] == '.';
        (void)snprintf(p->why->field, sizeof p->why->field, "%.*s%.15s",
                       (int)(bare ? len - 1 : len), p->path, member);
        (void)snprintf(p->why->message, sizeof p->why->message, "%s", message);
    }
}

bool parse_null(struct parse *p)
{
    return json_peek(&p->r) == JSON_NULL && json_read_null(&p->r);
}

/* Reads a string of 1..max bytes without control characters. NULL, with the fault told: it is
 * none. Ownership: the caller's. */
char *parse_text(struct parse *p, const char *member, size_t max)
{
    struct json_text text;
    struct buf b = {0};
    char *copy = NULL;
    if (json_peek(&p->r) == JSON_STRING && json_read_text(&p->r, &text)) {
        json_text_append(text, &b);
        if (b.len > 0 && b.len <= max && text_is_printable(buf_bytes(&b))) {
            copy = mem_text(b.ptr, b.len);
        }
    }
    buf_fini(&b);
    if (!copy) {
        char message[96];
        (void)snprintf(message, sizeof message,
                       "expected a text of 1 to %zu bytes without control characters", max);
        parse_wrong(p, member, message);
    }
    return copy;
}

void parse_put_text(struct parse *p, const char *member, size_t max, char **at)
{
    char *text = parse_null(p) ? NULL : parse_text(p, member, max);
    free(*at);
    *at = text;
}

static const char id_expected[] =
    "expected an id of 1 to 256 bytes without control characters, and neither . nor ..";

char *parse_id(struct parse *p, const char *member)
{
    struct json_text text;
    struct buf b = {0};
    char *copy = NULL;
    if (json_peek(&p->r) == JSON_STRING && json_read_text(&p->r, &text)) {
        json_text_append(text, &b);
        copy = name_id_valid(buf_bytes(&b)) ? mem_text(b.ptr, b.len) : NULL;
    }
    buf_fini(&b);
    if (!copy) {
        parse_wrong(p, member, id_expected);
    }
    return copy;
}

double parse_number(struct parse *p, const char *member)
{
    double v = 0;
    if (json_peek(&p->r) != JSON_NUMBER || !json_read_number(&p->r, &v) || !isfinite(v)) {
        parse_wrong(p, member, "expected a finite number");
    }
    return v;
}

int64_t parse_duration(struct parse *p, const char *member)
{
    struct json_text text;
    int64_t ms = -1;
    if (parse_null(p)) {
        return 0;
    }
    if (json_peek(&p->r) == JSON_NUMBER) {
        (void)json_read_i64(&p->r, &ms);
    } else if (json_peek(&p->r) == JSON_STRING && json_read_text(&p->r, &text) &&
               (text.escaped || duration_parse(text.raw, &ms) != OK)) {
        ms = -1;
    }
    if (ms < 0 || ms > LIMIT_RULE_DURATION_MS) {
        parse_wrong(p, member,
                    "expected a time as \"90s\", \"5m\", \"2h\" or \"7d\", at most 31 days");
        return 0;
    }
    return ms;
}

/* The index of the word that comes, or `count`. */
unsigned parse_word(struct parse *p, const char *const *words, unsigned count)
{
    struct json_text text = {0};
    unsigned i = count;
    if (json_peek(&p->r) == JSON_STRING && json_read_text(&p->r, &text)) {
        for (i = 0; i < count && !json_text_is(text, words[i]); i++) {
        }
    }
    return i;
}

bool parse_member_name(struct parse *p, char name[PATH_MAX_BYTES])
{
    struct json_text key;
    struct bytes text;
    if (p->failed || !json_read_key(&p->r, &key)) {
        return false;
    }
    if (json_text_get(key, name, PATH_MAX_BYTES - 1, &text) != OK || text.len >= PATH_MAX_BYTES) {
        parse_wrong(p, "", "a member of that name is not known");
        return false;
    }
    memmove(name, text.ptr, text.len);
    name[text.len] = '\0';
    return true;
}

void parse_limit(struct parse *p, const char *member, struct limit *limit)
{
    struct limit fresh = {.given = true};
    if (parse_null(p)) {
        fresh.given = false;
    } else if (json_peek(&p->r) == JSON_OBJECT) {
        char name[PATH_MAX_BYTES];
        (void)json_read_object(&p->r);
        while (parse_member_name(p, name)) {
            if (strcmp(name, "attribute") != 0 || fresh.attribute) {
                parse_wrong(p, member, "expected a number or {\"attribute\": \"its name\"}");
                break;
            }
            fresh.attribute = parse_text(p, member, LIMIT_ID_BYTES);
        }
        if (!fresh.attribute) {
            parse_wrong(p, member, "expected a number or {\"attribute\": \"its name\"}");
        }
    } else {
        fresh.value = parse_number(p, member);
    }
    free(limit->attribute);
    *limit = fresh;
}

const struct member *parse_find_member(const struct member *members, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(members[i].name, name) == 0) {
            return &members[i];
        }
    }
    return NULL;
}
