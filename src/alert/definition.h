/* SPDX-License-Identifier: Apache-2.0 */
/* What a rule says, read once from its JSON and then only looked at: which devices it is about, the
 * tree of its conditions, and how long, how often and how far one must hold.
 *
 * A condition compares one number with an interval: `greater_than 30` holds from the next double
 * above 30 to infinity. So a reading costs two comparisons, whatever the word was. */
#ifndef TELLTALE_ALERT_DEFINITION_H
#define TELLTALE_ALERT_DEFINITION_H

#include "alert/alert.h"

#include "model/limits.h"

#define LEAVES_MAX LIMIT_RULE_CONDITIONS
/* Groups nest to LIMIT_RULE_DEPTH; each has at least one condition of its own or below. */
#define NODES_MAX (LEAVES_MAX * 2 * LIMIT_RULE_DEPTH)

enum scope {
    SCOPE_NONE, /* not given yet */
    SCOPE_DEVICES,
    SCOPE_TAG,
    SCOPE_MODEL,
    SCOPE_ALL,
};

enum window_function {
    WINDOW_NONE, /* the reading itself */
    WINDOW_MEAN,
    WINDOW_MIN,
    WINDOW_MAX,
};

enum per {
    PER_SECOND,
    PER_MINUTE,
    PER_HOUR,
};

/* A limit: a number, or the name of an attribute of the device that holds it. */
struct limit {
    bool given;
    double value;
    char *attribute; /* NULL: `value` */
};

/* One condition. */
struct leaf {
    char *sensor;  /* NULL for `status` */
    bool compares; /* `condition` is given */
    enum condition condition;
    struct limit low; /* the threshold, where there is one limit only */
    struct limit high;
    double hysteresis;
    struct limit clear; /* instead of hysteresis */
    int64_t window_ms;  /* 0: none */
    enum window_function function;
    enum per per;
    uint32_t statuses; /* bit s: enum device_status s */
};

enum node_kind {
    NODE_LEAF,
    NODE_ALL,
    NODE_ANY,
};

/* The tree in prefix order: a group is followed by its children, up to `end`. */
struct node {
    uint8_t kind;
    uint8_t leaf; /* of NODE_LEAF */
    uint8_t end;
};

struct alert_definition {
    char *name; /* "" when it has none */
    enum severity severity;
    bool enabled;

    enum scope scope;
    char **scoped; /* device ids, or one tag or model */
    size_t scoped_count;

    struct leaf leaves[LEAVES_MAX];
    unsigned leaf_count;
    struct node nodes[NODES_MAX];
    unsigned node_count;

    int64_t for_ms;
    int64_t clear_for_ms;
    unsigned times; /* 0: each time counts */
    int64_t times_in_ms;
    struct limit escalate; /* compares as the only condition does */
    bool notifies_late;
    char *mutes_rule; /* NULL or id */
    char *mutes_tag;
    char *message; /* a template, or NULL */
    char *notify;  /* JSON objects that others read; NULL when not given */
    char *labels;
    unsigned flap_after; /* episodes before it counts as flapping; 0: never. Of the engine. */
};

struct alert_definition *definition_new(void);

/* Static storage. */
const char *window_function_text(enum window_function f);
const char *per_text(enum per p);

/* Milliseconds as the shortest of "90s", "5m", "2h", "7d", "250ms". */
#define DURATION_TEXT_MAX 32
void duration_print(int64_t ms, char out[DURATION_TEXT_MAX]);

/* Errors: ERR_INVALID. */
MUST_CHECK enum err duration_parse(struct bytes text, int64_t *ms);

/* Whether the rule is one that the short form says whole: one device, one comparison, nothing
 * more. */
bool definition_is_simple(const struct alert_definition *d);

/* Whether a condition compares numbers, as all but no_data and status do. */
static inline bool leaf_is_numeric(const struct leaf *l)
{
    return l->condition != CONDITION_NO_DATA && l->condition != CONDITION_STATUS;
}

/* Whether the device is one that the rule is about. */
bool definition_covers(const struct alert_definition *d, const struct alert_device *device);

/* The text of a message with everything filled in, NUL-terminated. */
struct message_values {
    const char *device;
    unsigned leaf; /* the condition that changed */
    double low, high;
    double value;
    enum status_cause cause;
    enum device_status status;
    enum severity severity;
};

void definition_message(const struct alert_definition *d, const struct message_values *v,
                        struct buf *out);

/* Whether the template names nothing that is not there. `*unknown` is the name otherwise. */
bool template_is_valid(struct bytes text, struct bytes *unknown);

#endif
