/* SPDX-License-Identifier: Apache-2.0 */
/* Conditions in the JSON of a rule: their members, what each must have, and groups of them. */
#include "alert/definition_parse.h"

#include "base/mem.h"

#include <math.h>

/* ---- members of a condition ---- */

static void read_sensor(struct parse *p, struct leaf *l)
{
    free(l->sensor);
    l->sensor = parse_id(p, p->short_form ? "sensorType" : "sensor");
}

static const char *const condition_words[CONDITION_COUNT] = {
#define CONDITION_WORD(name, text) [name] = text,
    CONDITION_LIST(CONDITION_WORD)
#undef CONDITION_WORD
};

static void read_condition(struct parse *p, struct leaf *l)
{
    unsigned c = parse_word(p, condition_words, CONDITION_COUNT);
    if (c == CONDITION_COUNT) {
        parse_wrong(p, "condition",
                    "expected greater_than, less_than, equals, not_equals, greater_or_equal, "
                    "less_or_equal, between, outside, rate_of_change, no_data or status");
        return;
    }
    l->condition = (enum condition)c;
    l->compares = true;
}

static void read_threshold(struct parse *p, struct leaf *l)
{
    parse_limit(p, "threshold", &l->low);
}

static void read_low(struct parse *p, struct leaf *l)
{
    parse_limit(p, "low", &l->low);
}

static void read_high(struct parse *p, struct leaf *l)
{
    parse_limit(p, "high", &l->high);
}

static void read_window(struct parse *p, struct leaf *l)
{
    l->window_ms = parse_duration(p, "window");
}

static void read_function(struct parse *p, struct leaf *l)
{
    static const char *const words[] = {"none", "mean", "min", "max"};
    unsigned f = parse_word(p, words, ARRAY_LEN(words));
    if (f == ARRAY_LEN(words)) {
        parse_wrong(p, "function", "expected mean, min or max");
        return;
    }
    l->function = (enum window_function)f;
}

static void read_per(struct parse *p, struct leaf *l)
{
    static const char *const words[] = {"second", "minute", "hour"};
    unsigned per = parse_word(p, words, ARRAY_LEN(words));
    if (per == ARRAY_LEN(words)) {
        parse_wrong(p, "per", "expected second, minute or hour");
        return;
    }
    l->per = (enum per)per;
}

static uint32_t read_one_status(struct parse *p)
{
    struct json_text text;
    enum device_status status;
    if (json_peek(&p->r) == JSON_STRING && json_read_text(&p->r, &text) && !text.escaped &&
        status_parse(text.raw, &status) == OK) {
        return 1u << status;
    }
    parse_wrong(p, "status", "expected offline, unknown, asleep or online, or a list of them");
    return 0;
}

static void read_status(struct parse *p, struct leaf *l)
{
    l->statuses = 0;
    if (json_peek(&p->r) != JSON_ARRAY) {
        l->statuses = read_one_status(p);
        return;
    }
    (void)json_read_array(&p->r);
    while (!p->failed && json_read_item(&p->r)) {
        l->statuses |= read_one_status(p);
    }
}

static void read_hysteresis(struct parse *p, struct leaf *l)
{
    l->hysteresis = parse_null(p) ? 0 : parse_number(p, "hysteresis");
    if (!p->failed && l->hysteresis < 0) {
        parse_wrong(p, "hysteresis", "expected a number that is not negative");
    }
}

static void read_clear(struct parse *p, struct leaf *l)
{
    parse_limit(p, "clear", &l->clear);
}

static const struct member of_condition[] = {
    {"sensor", read_sensor},
    {"condition", read_condition},
    {"threshold", read_threshold},
    {"low", read_low},
    {"high", read_high},
    {"window", read_window},
    {"function", read_function},
    {"per", read_per},
    {"status", read_status},
    {"clear", read_clear},
    {"hysteresis", read_hysteresis},
};

/* ---- what a condition must have ---- */

static void drop_limit(struct limit *l)
{
    free(l->attribute);
    *l = (struct limit){0};
}

static void need(struct parse *p, const struct limit *limit, const char *member)
{
    if (!limit->given) {
        parse_wrong(p, member, "is missing: a finite number or {\"attribute\": \"its name\"}");
    }
}

bool leaf_has_order(const struct leaf *l)
{
    return leaf_is_numeric(l) && l->condition != CONDITION_EQUALS &&
           l->condition != CONDITION_NOT_EQUALS;
}

/* Whether the limit of this condition is passed upwards; rates by the sign of theirs. */
bool leaf_rises(const struct leaf *l)
{
    return l->condition == CONDITION_GREATER_THAN || l->condition == CONDITION_GREATER_OR_EQUAL ||
           (l->condition == CONDITION_RATE && l->low.value >= 0);
}

static void check_clear(struct parse *p, const struct leaf *l)
{
    if ((l->hysteresis > 0 || l->clear.given) && !leaf_has_order(l)) {
        parse_wrong(p, l->clear.given ? "clear" : "hysteresis",
                    "this condition has no side to go back to");
    } else if (l->clear.given && l->hysteresis > 0) {
        parse_wrong(p, "clear", "can't stand beside hysteresis: both say where it ends");
    } else if (l->clear.given && l->high.given) {
        parse_wrong(p, "clear", "a condition with two limits takes hysteresis");
    } else if (l->clear.given && !l->clear.attribute && !l->low.attribute &&
               (leaf_rises(l) ? l->clear.value > l->low.value : l->clear.value < l->low.value)) {
        parse_wrong(p, "clear",
                    "lies on the side of the threshold where the condition still holds");
    }
}

static void check_limits(struct parse *p, struct leaf *l)
{
    bool two = l->condition == CONDITION_BETWEEN || l->condition == CONDITION_OUTSIDE ||
               (l->condition == CONDITION_RATE && l->high.given);
    if (!leaf_is_numeric(l)) {
        drop_limit(&l->low);
        drop_limit(&l->high);
    } else if (two) {
        need(p, &l->low, "low");
        need(p, &l->high, "high");
        if (!l->low.attribute && !l->high.attribute && l->low.value > l->high.value) {
            parse_wrong(p, "high", "lies below low");
        }
    } else {
        need(p, &l->low, "threshold");
        drop_limit(&l->high);
    }
}

static void check_window(struct parse *p, struct leaf *l)
{
    if (l->condition == CONDITION_NO_DATA && l->window_ms < 1000) {
        parse_wrong(p, "window", "is missing: the silence after which it holds, at least 1s");
    } else if (l->condition == CONDITION_STATUS && l->window_ms > 0) {
        parse_wrong(p, "window", "a status has no window; `for` says how long it must last");
    } else if (l->window_ms > 0 && l->window_ms < 1000) {
        parse_wrong(p, "window", "expected at least 1s");
    } else if (l->function != WINDOW_NONE && l->window_ms == 0) {
        parse_wrong(p, "window", "is missing: the time that the function looks at");
    } else if (l->function != WINDOW_NONE && l->condition >= CONDITION_RATE) {
        parse_wrong(p, "function", "this condition takes none");
    } else if (l->window_ms > 0 && l->condition < CONDITION_RATE && l->function == WINDOW_NONE) {
        l->function = WINDOW_MEAN;
    }
}

void parse_check_condition(struct parse *p, struct leaf *l)
{
    const char *sensor = p->short_form ? "sensorType" : "sensor";
    if (!l->compares) {
        parse_wrong(p, "condition",
                    "is missing: greater_than, less_than, equals, not_equals, greater_or_equal, "
                    "less_or_equal, between, outside, rate_of_change, no_data or status");
        return;
    }
    if (l->condition == CONDITION_STATUS) {
        free(l->sensor);
        l->sensor = NULL;
        l->statuses = l->statuses ? l->statuses : 1u << STATUS_OFFLINE;
    } else if (!l->sensor) {
        parse_wrong(p, sensor, "is missing: the id of a sensor");
    } else {
        l->statuses = 0;
    }
    if (l->condition != CONDITION_RATE) {
        l->per = PER_SECOND;
    }
    check_limits(p, l);
    check_window(p, l);
    check_clear(p, l);
}

/* ---- the tree ---- */

static void clear_tree(struct alert_definition *d)
{
    for (unsigned i = 0; i < d->leaf_count; i++) {
        free(d->leaves[i].sensor);
        drop_limit(&d->leaves[i].low);
        drop_limit(&d->leaves[i].high);
        drop_limit(&d->leaves[i].clear);
        d->leaves[i] = (struct leaf){0};
    }
    d->leaf_count = d->node_count = 0;
}

/* A condition and its node; NULL, with the fault told, when there is no room. */
struct leaf *parse_add_condition(struct parse *p)
{
    struct alert_definition *d = p->d;
    if (d->leaf_count == LEAVES_MAX || d->node_count == NODES_MAX) {
        parse_wrong(p, "", "has more than 16 conditions");
        return NULL;
    }
    d->nodes[d->node_count] =
        (struct node){NODE_LEAF, (uint8_t)d->leaf_count, (uint8_t)(d->node_count + 1)};
    d->node_count++;
    return &d->leaves[d->leaf_count++];
}

static void read_node(struct parse *p, unsigned depth);

/* The children of a group, in an array. `p->path` ends in the group's name. */
static void read_children(struct parse *p, unsigned depth)
{
    unsigned index = 0;
    size_t end = strlen(p->path);
    (void)json_read_array(&p->r);
    while (!p->failed && json_read_item(&p->r)) {
        (void)snprintf(p->path + end, sizeof p->path - end, "[%u].", index++);
        read_node(p, depth);
        p->path[end] = '\0';
    }
    if (!p->failed && index == 0) {
        parse_wrong(p, "", "is empty");
    }
}

static void read_group(struct parse *p, enum node_kind kind, unsigned depth)
{
    struct alert_definition *d = p->d;
    size_t end = strlen(p->path);
    (void)snprintf(p->path + end, sizeof p->path - end, "%s", kind == NODE_ALL ? "all" : "any");
    if (depth >= LIMIT_RULE_DEPTH || d->node_count == NODES_MAX) {
        parse_wrong(p, "", "is nested too deeply: 4 levels at most");
    } else if (json_peek(&p->r) != JSON_ARRAY) {
        parse_wrong(p, "", "expected a list of conditions");
    } else {
        unsigned at = d->node_count++;
        read_children(p, depth + 1);
        d->nodes[at] = (struct node){(uint8_t)kind, 0, (uint8_t)d->node_count};
    }
    p->path[end] = '\0';
}

static void read_leaf_members(struct parse *p, struct leaf *l, char name[PATH_MAX_BYTES])
{
    do {
        const struct member *m = parse_find_member(of_condition, ARRAY_LEN(of_condition), name);
        if (!m) {
            parse_wrong(p, name, "a condition has no such member");
            return;
        }
        m->read(p, l);
    } while (parse_member_name(p, name));
    if (!p->failed) {
        parse_check_condition(p, l);
    }
}

/* {"all": [..]}, {"any": [..]} or one condition. */
static void read_node(struct parse *p, unsigned depth)
{
    char name[PATH_MAX_BYTES];
    if (json_peek(&p->r) != JSON_OBJECT || !json_read_object(&p->r)) {
        parse_wrong(p, "", "expected a condition, {\"all\": [..]} or {\"any\": [..]}");
        return;
    }
    if (!parse_member_name(p, name)) {
        parse_wrong(p, "", "is empty: a condition, {\"all\": [..]} or {\"any\": [..]} is expected");
        return;
    }
    bool all = strcmp(name, "all") == 0;
    if (all || strcmp(name, "any") == 0) {
        read_group(p, all ? NODE_ALL : NODE_ANY, depth);
        if (parse_member_name(p, name)) {
            parse_wrong(p, name, "nothing stands beside all or any");
        }
        return;
    }
    struct leaf *l = parse_add_condition(p);
    if (l) {
        read_leaf_members(p, l, name);
    }
}

void parse_when(struct parse *p, struct leaf *none)
{
    (void)none;
    clear_tree(p->d);
    (void)snprintf(p->path, sizeof p->path, "when.");
    read_node(p, 0);
    p->path[0] = '\0';
}

const struct member *parse_condition_member(const char *name)
{
    return parse_find_member(of_condition, ARRAY_LEN(of_condition), name);
}
