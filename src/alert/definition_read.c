/* SPDX-License-Identifier: Apache-2.0 */
/* A rule from its JSON. Members are read over what the definition already says, so that a change
 * names only what it changes; the whole is checked afterwards. The first fault ends it, and names
 * the member by its path: `when.any[1].threshold`. */
#include "alert/definition.h"

#include "base/mem.h"
#include "base/utf8.h"
#include "proto/json/json.h"

#include <math.h>

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

static void wrong(struct parse *p, const char *member, const char *message)
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

/* ---- values ---- */

static bool take_null(struct parse *p)
{
    return json_peek(&p->r) == JSON_NULL && json_read_null(&p->r);
}

/* Reads a string of 1..max bytes without control characters. NULL, with the fault told: it is
 * none. Ownership: the caller's. */
static char *read_text(struct parse *p, const char *member, size_t max)
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
        wrong(p, member, message);
    }
    return copy;
}

static void put_text(struct parse *p, const char *member, size_t max, char **at)
{
    char *text = take_null(p) ? NULL : read_text(p, member, max);
    free(*at);
    *at = text;
}

static const char id_expected[] =
    "expected an id of 1 to 256 bytes without control characters, and neither . nor ..";

static char *read_id(struct parse *p, const char *member)
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
        wrong(p, member, id_expected);
    }
    return copy;
}

static double read_number(struct parse *p, const char *member)
{
    double v = 0;
    if (json_peek(&p->r) != JSON_NUMBER || !json_read_number(&p->r, &v) || !isfinite(v)) {
        wrong(p, member, "expected a finite number");
    }
    return v;
}

static int64_t read_duration(struct parse *p, const char *member)
{
    struct json_text text;
    int64_t ms = -1;
    if (take_null(p)) {
        return 0;
    }
    if (json_peek(&p->r) == JSON_NUMBER) {
        (void)json_read_i64(&p->r, &ms);
    } else if (json_peek(&p->r) == JSON_STRING && json_read_text(&p->r, &text) &&
               (text.escaped || duration_parse(text.raw, &ms) != OK)) {
        ms = -1;
    }
    if (ms < 0 || ms > LIMIT_RULE_DURATION_MS) {
        wrong(p, member, "expected a time as \"90s\", \"5m\", \"2h\" or \"7d\", at most 31 days");
        return 0;
    }
    return ms;
}

/* The index of the word that comes, or `count`. */
static unsigned read_word(struct parse *p, const char *const *words, unsigned count)
{
    struct json_text text = {0};
    unsigned i = count;
    if (json_peek(&p->r) == JSON_STRING && json_read_text(&p->r, &text)) {
        for (i = 0; i < count && !json_text_is(text, words[i]); i++) {
        }
    }
    return i;
}

static bool read_member_name(struct parse *p, char name[PATH_MAX_BYTES])
{
    struct json_text key;
    struct bytes text;
    if (p->failed || !json_read_key(&p->r, &key)) {
        return false;
    }
    if (json_text_get(key, name, PATH_MAX_BYTES - 1, &text) != OK || text.len >= PATH_MAX_BYTES) {
        wrong(p, "", "a member of that name is not known");
        return false;
    }
    memmove(name, text.ptr, text.len);
    name[text.len] = '\0';
    return true;
}

static void read_limit(struct parse *p, const char *member, struct limit *limit)
{
    struct limit fresh = {.given = true};
    if (take_null(p)) {
        fresh.given = false;
    } else if (json_peek(&p->r) == JSON_OBJECT) {
        char name[PATH_MAX_BYTES];
        (void)json_read_object(&p->r);
        while (read_member_name(p, name)) {
            if (strcmp(name, "attribute") != 0 || fresh.attribute) {
                wrong(p, member, "expected a number or {\"attribute\": \"its name\"}");
                break;
            }
            fresh.attribute = read_text(p, member, LIMIT_ID_BYTES);
        }
        if (!fresh.attribute) {
            wrong(p, member, "expected a number or {\"attribute\": \"its name\"}");
        }
    } else {
        fresh.value = read_number(p, member);
    }
    free(limit->attribute);
    *limit = fresh;
}

/* ---- members of a condition ---- */

static void read_sensor(struct parse *p, struct leaf *l)
{
    free(l->sensor);
    l->sensor = read_id(p, p->short_form ? "sensorType" : "sensor");
}

static const char *const condition_words[CONDITION_COUNT] = {
#define CONDITION_WORD(name, text) [name] = text,
    CONDITION_LIST(CONDITION_WORD)
#undef CONDITION_WORD
};

static void read_condition(struct parse *p, struct leaf *l)
{
    unsigned c = read_word(p, condition_words, CONDITION_COUNT);
    if (c == CONDITION_COUNT) {
        wrong(p, "condition",
              "expected greater_than, less_than, equals, not_equals, greater_or_equal, "
              "less_or_equal, between, outside, rate_of_change, no_data or status");
        return;
    }
    l->condition = (enum condition)c;
    l->compares = true;
}

static void read_threshold(struct parse *p, struct leaf *l)
{
    read_limit(p, "threshold", &l->low);
}

static void read_low(struct parse *p, struct leaf *l)
{
    read_limit(p, "low", &l->low);
}

static void read_high(struct parse *p, struct leaf *l)
{
    read_limit(p, "high", &l->high);
}

static void read_window(struct parse *p, struct leaf *l)
{
    l->window_ms = read_duration(p, "window");
}

static void read_function(struct parse *p, struct leaf *l)
{
    static const char *const words[] = {"none", "mean", "min", "max"};
    unsigned f = read_word(p, words, ARRAY_LEN(words));
    if (f == ARRAY_LEN(words)) {
        wrong(p, "function", "expected mean, min or max");
        return;
    }
    l->function = (enum window_function)f;
}

static void read_per(struct parse *p, struct leaf *l)
{
    static const char *const words[] = {"second", "minute", "hour"};
    unsigned per = read_word(p, words, ARRAY_LEN(words));
    if (per == ARRAY_LEN(words)) {
        wrong(p, "per", "expected second, minute or hour");
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
    wrong(p, "status", "expected offline, unknown, asleep or online, or a list of them");
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
    l->hysteresis = take_null(p) ? 0 : read_number(p, "hysteresis");
    if (!p->failed && l->hysteresis < 0) {
        wrong(p, "hysteresis", "expected a number that is not negative");
    }
}

static void read_clear(struct parse *p, struct leaf *l)
{
    read_limit(p, "clear", &l->clear);
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

static const struct member *find_member(const struct member *members, size_t count,
                                        const char *name)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(members[i].name, name) == 0) {
            return &members[i];
        }
    }
    return NULL;
}

/* ---- what a condition must have ---- */

static void drop_limit(struct limit *l)
{
    free(l->attribute);
    *l = (struct limit){0};
}

static void need(struct parse *p, const struct limit *limit, const char *member)
{
    if (!limit->given) {
        wrong(p, member, "is missing: a finite number or {\"attribute\": \"its name\"}");
    }
}

static bool has_order(const struct leaf *l)
{
    return leaf_is_numeric(l) && l->condition != CONDITION_EQUALS &&
           l->condition != CONDITION_NOT_EQUALS;
}

/* Whether the limit of this condition is passed upwards; rates by the sign of theirs. */
static bool rises(const struct leaf *l)
{
    return l->condition == CONDITION_GREATER_THAN || l->condition == CONDITION_GREATER_OR_EQUAL ||
           (l->condition == CONDITION_RATE && l->low.value >= 0);
}

static void check_clear(struct parse *p, const struct leaf *l)
{
    if ((l->hysteresis > 0 || l->clear.given) && !has_order(l)) {
        wrong(p, l->clear.given ? "clear" : "hysteresis",
              "this condition has no side to go back to");
    } else if (l->clear.given && l->hysteresis > 0) {
        wrong(p, "clear", "can't stand beside hysteresis: both say where it ends");
    } else if (l->clear.given && l->high.given) {
        wrong(p, "clear", "a condition with two limits takes hysteresis");
    } else if (l->clear.given && !l->clear.attribute && !l->low.attribute &&
               (rises(l) ? l->clear.value > l->low.value : l->clear.value < l->low.value)) {
        wrong(p, "clear", "lies on the side of the threshold where the condition still holds");
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
            wrong(p, "high", "lies below low");
        }
    } else {
        need(p, &l->low, "threshold");
        drop_limit(&l->high);
    }
}

static void check_window(struct parse *p, struct leaf *l)
{
    if (l->condition == CONDITION_NO_DATA && l->window_ms < 1000) {
        wrong(p, "window", "is missing: the silence after which it holds, at least 1s");
    } else if (l->condition == CONDITION_STATUS && l->window_ms > 0) {
        wrong(p, "window", "a status has no window; `for` says how long it must last");
    } else if (l->window_ms > 0 && l->window_ms < 1000) {
        wrong(p, "window", "expected at least 1s");
    } else if (l->function != WINDOW_NONE && l->window_ms == 0) {
        wrong(p, "window", "is missing: the time that the function looks at");
    } else if (l->function != WINDOW_NONE && l->condition >= CONDITION_RATE) {
        wrong(p, "function", "this condition takes none");
    } else if (l->window_ms > 0 && l->condition < CONDITION_RATE && l->function == WINDOW_NONE) {
        l->function = WINDOW_MEAN;
    }
}

static void check_leaf(struct parse *p, struct leaf *l)
{
    const char *sensor = p->short_form ? "sensorType" : "sensor";
    if (!l->compares) {
        wrong(p, "condition",
              "is missing: greater_than, less_than, equals, not_equals, greater_or_equal, "
              "less_or_equal, between, outside, rate_of_change, no_data or status");
        return;
    }
    if (l->condition == CONDITION_STATUS) {
        free(l->sensor);
        l->sensor = NULL;
        l->statuses = l->statuses ? l->statuses : 1u << STATUS_OFFLINE;
    } else if (!l->sensor) {
        wrong(p, sensor, "is missing: the id of a sensor");
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
static struct leaf *add_leaf(struct parse *p)
{
    struct alert_definition *d = p->d;
    if (d->leaf_count == LEAVES_MAX || d->node_count == NODES_MAX) {
        wrong(p, "", "has more than 16 conditions");
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
        wrong(p, "", "is empty");
    }
}

static void read_group(struct parse *p, enum node_kind kind, unsigned depth)
{
    struct alert_definition *d = p->d;
    size_t end = strlen(p->path);
    (void)snprintf(p->path + end, sizeof p->path - end, "%s", kind == NODE_ALL ? "all" : "any");
    if (depth >= LIMIT_RULE_DEPTH || d->node_count == NODES_MAX) {
        wrong(p, "", "is nested too deeply: 4 levels at most");
    } else if (json_peek(&p->r) != JSON_ARRAY) {
        wrong(p, "", "expected a list of conditions");
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
        const struct member *m = find_member(of_condition, ARRAY_LEN(of_condition), name);
        if (!m) {
            wrong(p, name, "a condition has no such member");
            return;
        }
        m->read(p, l);
    } while (read_member_name(p, name));
    if (!p->failed) {
        check_leaf(p, l);
    }
}

/* {"all": [..]}, {"any": [..]} or one condition. */
static void read_node(struct parse *p, unsigned depth)
{
    char name[PATH_MAX_BYTES];
    if (json_peek(&p->r) != JSON_OBJECT || !json_read_object(&p->r)) {
        wrong(p, "", "expected a condition, {\"all\": [..]} or {\"any\": [..]}");
        return;
    }
    if (!read_member_name(p, name)) {
        wrong(p, "", "is empty: a condition, {\"all\": [..]} or {\"any\": [..]} is expected");
        return;
    }
    bool all = strcmp(name, "all") == 0;
    if (all || strcmp(name, "any") == 0) {
        read_group(p, all ? NODE_ALL : NODE_ANY, depth);
        if (read_member_name(p, name)) {
            wrong(p, name, "nothing stands beside all or any");
        }
        return;
    }
    struct leaf *l = add_leaf(p);
    if (l) {
        read_leaf_members(p, l, name);
    }
}

static void read_when(struct parse *p, struct leaf *none)
{
    (void)none;
    clear_tree(p->d);
    (void)snprintf(p->path, sizeof p->path, "when.");
    read_node(p, 0);
    p->path[0] = '\0';
}

/* ---- what it is about ---- */

static void clear_scope(struct alert_definition *d)
{
    for (size_t i = 0; i < d->scoped_count; i++) {
        free(d->scoped[i]);
    }
    free(d->scoped);
    d->scoped = NULL;
    d->scoped_count = 0;
    d->scope = SCOPE_NONE;
}

static void add_scoped(struct alert_definition *d, char *take_text)
{
    if (take_text) {
        d->scoped = mem_resize(d->scoped, d->scoped_count + 1, sizeof *d->scoped);
        d->scoped[d->scoped_count++] = take_text;
    }
}

static void read_device_id(struct parse *p, struct leaf *none)
{
    (void)none;
    clear_scope(p->d);
    p->d->scope = SCOPE_DEVICES;
    add_scoped(p->d, read_id(p, "deviceId"));
}

static void read_devices(struct parse *p)
{
    if (json_peek(&p->r) != JSON_ARRAY) {
        wrong(p, "devices", "expected a list of ids");
        return;
    }
    (void)json_read_array(&p->r);
    while (!p->failed && json_read_item(&p->r)) {
        add_scoped(p->d, read_id(p, "devices"));
    }
    if (p->d->scoped_count == 0) {
        wrong(p, "devices", "is empty");
    }
}

static void read_all(struct parse *p)
{
    bool all = false;
    if (json_peek(&p->r) != JSON_TRUE || !json_read_bool(&p->r, &all)) {
        wrong(p, "all", "expected true");
    }
    p->d->scope = SCOPE_ALL;
}

static void read_scope_member(struct parse *p, const char *name)
{
    struct alert_definition *d = p->d;
    if (d->scope != SCOPE_NONE) {
        wrong(p, name, "a rule has one scope: device, devices, tag, model or all");
    } else if (strcmp(name, "device") == 0) {
        d->scope = SCOPE_DEVICES;
        add_scoped(d, read_id(p, "device"));
    } else if (strcmp(name, "devices") == 0) {
        d->scope = SCOPE_DEVICES;
        read_devices(p);
    } else if (strcmp(name, "tag") == 0) {
        d->scope = SCOPE_TAG;
        add_scoped(d, read_text(p, "tag", LIMIT_TAG_BYTES));
    } else if (strcmp(name, "model") == 0) {
        d->scope = SCOPE_MODEL;
        add_scoped(d, read_text(p, "model", LIMIT_NAME_BYTES));
    } else if (strcmp(name, "all") == 0) {
        read_all(p);
    } else {
        wrong(p, name, "a scope has device, devices, tag, model or all");
    }
}

static void read_scope(struct parse *p, struct leaf *none)
{
    char name[PATH_MAX_BYTES];
    (void)none;
    clear_scope(p->d);
    if (json_peek(&p->r) != JSON_OBJECT || !json_read_object(&p->r)) {
        wrong(p, "scope", "expected {device}, {devices}, {tag}, {model} or {\"all\": true}");
        return;
    }
    (void)snprintf(p->path, sizeof p->path, "scope.");
    while (read_member_name(p, name)) {
        read_scope_member(p, name);
    }
    p->path[0] = '\0';
    if (p->d->scope == SCOPE_NONE) {
        wrong(p, "scope", "expected {device}, {devices}, {tag}, {model} or {\"all\": true}");
    }
}

/* ---- the other members ---- */

static void read_name(struct parse *p, struct leaf *none)
{
    (void)none;
    char *name = NULL;
    put_text(p, "name", LIMIT_NAME_BYTES, &name);
    free(p->d->name);
    p->d->name = name ? name : mem_text("", 0);
}

static void read_enabled(struct parse *p, struct leaf *none)
{
    (void)none;
    enum json_kind kind = json_peek(&p->r);
    if ((kind != JSON_TRUE && kind != JSON_FALSE) || !json_read_bool(&p->r, &p->d->enabled)) {
        wrong(p, "enabled", "true or false is expected");
    }
}

static void read_severity(struct parse *p, struct leaf *none)
{
    static const char *const words[SEVERITY_COUNT] = {"info", "warning", "critical"};
    (void)none;
    unsigned s = read_word(p, words, SEVERITY_COUNT);
    if (s == SEVERITY_COUNT) {
        wrong(p, "severity", "expected info, warning or critical");
        return;
    }
    p->d->severity = (enum severity)s;
}

static void read_for(struct parse *p, struct leaf *none)
{
    (void)none;
    p->d->for_ms = read_duration(p, "for");
}

static void read_clear_for(struct parse *p, struct leaf *none)
{
    (void)none;
    p->d->clear_for_ms = read_duration(p, "clear_for");
}

static void read_times(struct parse *p, struct leaf *none)
{
    char name[PATH_MAX_BYTES];
    int64_t n = 0;
    (void)none;
    p->d->times = 0;
    p->d->times_in_ms = 0;
    if (take_null(p)) {
        return;
    }
    if (json_peek(&p->r) != JSON_OBJECT || !json_read_object(&p->r)) {
        wrong(p, "times", "expected {\"n\": 3, \"in\": \"10m\"}");
        return;
    }
    while (read_member_name(p, name)) {
        if (strcmp(name, "n") == 0) {
            (void)json_read_i64(&p->r, &n);
        } else if (strcmp(name, "in") == 0) {
            p->d->times_in_ms = read_duration(p, "times.in");
        } else {
            wrong(p, "times", "expected {\"n\": 3, \"in\": \"10m\"}");
        }
    }
    if (n < 2 || n > LIMIT_RULE_TIMES) {
        wrong(p, "times.n", "expected 2 to 16");
    } else if (p->d->times_in_ms == 0) {
        wrong(p, "times.in", "is missing: the time within which they count");
    }
    p->d->times = (unsigned)n;
}

static void read_escalate(struct parse *p, struct leaf *none)
{
    (void)none;
    read_limit(p, "escalate_at", &p->d->escalate);
}

static void read_late(struct parse *p, struct leaf *none)
{
    (void)none;
    enum json_kind kind = json_peek(&p->r);
    if ((kind != JSON_TRUE && kind != JSON_FALSE) || !json_read_bool(&p->r, &p->d->notifies_late)) {
        wrong(p, "notify_late", "true or false is expected");
    }
}

static void read_mutes(struct parse *p, struct leaf *none)
{
    char name[PATH_MAX_BYTES];
    (void)none;
    free(p->d->mutes_rule);
    free(p->d->mutes_tag);
    p->d->mutes_rule = p->d->mutes_tag = NULL;
    if (take_null(p)) {
        return;
    }
    if (json_peek(&p->r) != JSON_OBJECT || !json_read_object(&p->r)) {
        wrong(p, "mutes", "expected {\"rule\": id} or {\"tag\": tag}");
        return;
    }
    while (read_member_name(p, name)) {
        if (strcmp(name, "rule") == 0) {
            put_text(p, "mutes.rule", TEXT_ID_MAX - 1, &p->d->mutes_rule);
        } else if (strcmp(name, "tag") == 0) {
            put_text(p, "mutes.tag", LIMIT_TAG_BYTES, &p->d->mutes_tag);
        } else {
            wrong(p, "mutes", "expected {\"rule\": id} or {\"tag\": tag}");
        }
    }
}

static void read_message(struct parse *p, struct leaf *none)
{
    struct bytes unknown;
    (void)none;
    put_text(p, "message", LIMIT_RULE_MESSAGE_BYTES, &p->d->message);
    if (p->d->message && !template_is_valid(bytes_of_text(p->d->message), &unknown)) {
        char message[160];
        (void)snprintf(message, sizeof message,
                       "{%.*s} is not known; there are device, sensor, value, threshold, low, "
                       "high, rule, severity and cause",
                       (int)size_min(unknown.len, 32), (const char *)unknown.ptr);
        wrong(p, "message", message);
    }
}

/* An object that others read, kept as it stands. */
static void read_opaque(struct parse *p, const char *member, char **at)
{
    struct bytes raw = {0};
    free(*at);
    *at = NULL;
    if (take_null(p)) {
        return;
    }
    if (json_peek(&p->r) != JSON_OBJECT || !json_read_raw(&p->r, &raw)) {
        wrong(p, member, "expected an object");
    } else if (raw.len > LIMIT_RULE_NOTIFY_BYTES) {
        wrong(p, member, "expected at most 4096 bytes");
    } else {
        *at = mem_text(raw.ptr, raw.len);
    }
}

static void read_notify(struct parse *p, struct leaf *none)
{
    (void)none;
    read_opaque(p, "notify", &p->d->notify);
}

static void read_labels(struct parse *p, struct leaf *none)
{
    (void)none;
    read_opaque(p, "labels", &p->d->labels);
}

static const struct member of_rule[] = {
    {"name", read_name},
    {"enabled", read_enabled},
    {"deviceId", read_device_id},
    {"scope", read_scope},
    {"when", read_when},
    {"severity", read_severity},
    {"for", read_for},
    {"clear_for", read_clear_for},
    {"times", read_times},
    {"escalate_at", read_escalate},
    {"notify_late", read_late},
    {"mutes", read_mutes},
    {"message", read_message},
    {"notify", read_notify},
    {"labels", read_labels},
};

/* The only condition, for members of one that stand on top; made when there is none yet. */
static struct leaf *only_leaf(struct parse *p, const char *name)
{
    if (p->d->node_count == 0) {
        return add_leaf(p);
    }
    if (p->d->node_count > 1) {
        wrong(p, name, "the rule has several conditions: they are given in `when`");
        return NULL;
    }
    return &p->d->leaves[0];
}

static void read_rule_member(struct parse *p, const char *name)
{
    const struct member *m = find_member(of_rule, ARRAY_LEN(of_rule), name);
    if (m) {
        m->read(p, NULL);
        return;
    }
    const char *short_name = strcmp(name, "sensorType") == 0 ? "sensor" : name;
    m = strcmp(name, "sensor") == 0
            ? NULL
            : find_member(of_condition, ARRAY_LEN(of_condition), short_name);
    if (!m) {
        wrong(p, name, "no such member");
        return;
    }
    struct leaf *l = only_leaf(p, name);
    if (l) {
        p->short_form = true;
        m->read(p, l);
    }
}

/* ---- the whole ---- */

static void check_escalation(struct parse *p)
{
    const struct alert_definition *d = p->d;
    const struct leaf *l = &d->leaves[0];
    if (!d->escalate.given) {
        return;
    }
    if (d->node_count != 1 || !has_order(l) || l->condition == CONDITION_BETWEEN || l->high.given) {
        wrong(p, "escalate_at", "needs one condition with one threshold");
    } else if (!d->escalate.attribute && !l->low.attribute &&
               (rises(l) ? d->escalate.value <= l->low.value : d->escalate.value >= l->low.value)) {
        wrong(p, "escalate_at", "must lie beyond the threshold");
    }
}

static void check_rule(struct parse *p)
{
    struct alert_definition *d = p->d;
    if (d->scope == SCOPE_NONE) {
        wrong(p, "deviceId", "is missing: the id of a device, or a `scope`");
        return;
    }
    if (d->node_count == 0) {
        wrong(p, "sensorType", "is missing: the id of a sensor, or a condition in `when`");
        return;
    }
    if (d->node_count == 1) {
        p->short_form = p->short_form || definition_is_simple(d);
        check_leaf(p, &d->leaves[0]);
    }
    check_escalation(p);
    if (d->times > 0 && d->node_count == 1 && !leaf_is_numeric(&d->leaves[0])) {
        wrong(p, "times", "silence and status are not counted");
    }
}

static void read_rule(struct parse *p)
{
    char name[PATH_MAX_BYTES];
    uint64_t given = 0;
    if (json_peek(&p->r) != JSON_OBJECT || !json_read_object(&p->r)) {
        wrong(p, "body", "a JSON object is expected");
        return;
    }
    while (read_member_name(p, name)) {
        const struct member *m = find_member(of_rule, ARRAY_LEN(of_rule), name);
        uint64_t bit = m ? 1ull << (m - of_rule) : 0;
        if (given & bit) {
            wrong(p, name, "given twice");
        } else {
            given |= bit;
            read_rule_member(p, name);
        }
    }
}

enum err alert_definition_read(struct bytes json, struct alert_definition *d,
                               struct document_fault *why)
{
    struct parse p = {.d = d, .why = why};
    if (json.len > LIMIT_RULE_BYTES) {
        wrong(&p, "body", "is larger than 16 kB");
        return ERR_INVALID;
    }
    json_reader_init(&p.r, json);
    read_rule(&p);
    if (!p.failed && !json_finish(&p.r)) {
        wrong(&p, "body", json_error_text(p.r.error));
    }
    if (!p.failed) {
        check_rule(&p);
    }
    return p.failed ? ERR_INVALID : OK;
}

struct alert_definition *alert_definition_parse(struct bytes json, struct document_fault *why)
{
    struct alert_definition *d = definition_new();
    if (alert_definition_read(json, d, why) != OK) {
        alert_definition_free(d);
        return NULL;
    }
    return d;
}
