/* SPDX-License-Identifier: Apache-2.0 */
/* Private to the readers of rules: what is being read, and the parts that several files use. */
#ifndef TELLTALE_ALERT_DEFINITION_PARSE_H
#define TELLTALE_ALERT_DEFINITION_PARSE_H

#include "alert/definition.h"

#include "proto/json/json.h"

#define PATH_MAX_BYTES 48

struct parse {
    struct json_reader r;
    struct alert_definition *d;
    struct document_fault *why;
    char path[PATH_MAX_BYTES]; /* of the object being read, with a dot behind it; "" on top */
    bool short_form;           /* members of a condition stand on top */
    bool failed;
};

/* A member and how it is read; the reader stands before its value. */
struct member {
    const char *name;
    void (*read)(struct parse *p, struct leaf *leaf);
};

/* ---- values (definition_value.c) ---- */

/* The first fault stands; `member` is a name in the object at p->path, or "". */
void parse_wrong(struct parse *p, const char *member, const char *message);

/* Whether null stands there, which is passed over: it takes a member away. */
bool parse_null(struct parse *p);

/* Each reads one value; what is none of its kind is told, and the result means nothing then.
 * Ownership: texts are the caller's, free(). */
char *parse_text(struct parse *p, const char *member, size_t max);
void parse_put_text(struct parse *p, const char *member, size_t max, char **at);
char *parse_id(struct parse *p, const char *member);
double parse_number(struct parse *p, const char *member);
int64_t parse_duration(struct parse *p, const char *member);
unsigned parse_word(struct parse *p, const char *const *words, unsigned count);
void parse_limit(struct parse *p, const char *member, struct limit *limit);

/* The next member of an object; false at its end. */
bool parse_member_name(struct parse *p, char name[PATH_MAX_BYTES]);

const struct member *parse_find_member(const struct member *members, size_t count,
                                       const char *name);

/* ---- conditions (definition_condition.c) ---- */

/* A condition and its node; NULL, with the fault told, when there is no room. */
struct leaf *parse_add_condition(struct parse *p);

/* NULL: a condition has no such member. */
const struct member *parse_condition_member(const char *name);

/* Tells what the condition lacks. */
void parse_check_condition(struct parse *p, struct leaf *l);

/* The member `when`; the second argument is not used. */
void parse_when(struct parse *p, struct leaf *none);

/* Whether it has a side, and whether that is the upper one. */
bool leaf_has_order(const struct leaf *l);
bool leaf_rises(const struct leaf *l);

#endif
