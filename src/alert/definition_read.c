/* SPDX-License-Identifier: Apache-2.0 */
/* A rule from its JSON. Members are read over what the definition already says, so that a change
 * names only what it changes; the whole is checked afterwards. The first fault ends it, and names
 * the member by its path: `when.any[1].threshold`. */
#include "alert/definition_parse.h"

#include "base/mem.h"

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
    add_scoped(p->d, parse_id(p, "deviceId"));
}

static void read_devices(struct parse *p)
{
    if (json_peek(&p->r) != JSON_ARRAY) {
        parse_wrong(p, "devices", "expected a list of ids");
        return;
    }
    (void)json_read_array(&p->r);
    while (!p->failed && json_read_item(&p->r)) {
        add_scoped(p->d, parse_id(p, "devices"));
    }
    if (p->d->scoped_count == 0) {
        parse_wrong(p, "devices", "is empty");
    }
}

static void read_all(struct parse *p)
{
    bool all = false;
    if (json_peek(&p->r) != JSON_TRUE || !json_read_bool(&p->r, &all)) {
        parse_wrong(p, "all", "expected true");
    }
    p->d->scope = SCOPE_ALL;
}

static void read_scope_member(struct parse *p, const char *name)
{
    struct alert_definition *d = p->d;
    if (d->scope != SCOPE_NONE) {
        parse_wrong(p, name, "a rule has one scope: device, devices, tag, model or all");
    } else if (strcmp(name, "device") == 0) {
        d->scope = SCOPE_DEVICES;
        add_scoped(d, parse_id(p, "device"));
    } else if (strcmp(name, "devices") == 0) {
        d->scope = SCOPE_DEVICES;
        read_devices(p);
    } else if (strcmp(name, "tag") == 0) {
        d->scope = SCOPE_TAG;
        add_scoped(d, parse_text(p, "tag", LIMIT_TAG_BYTES));
    } else if (strcmp(name, "model") == 0) {
        d->scope = SCOPE_MODEL;
        add_scoped(d, parse_text(p, "model", LIMIT_NAME_BYTES));
    } else if (strcmp(name, "all") == 0) {
        read_all(p);
    } else {
        parse_wrong(p, name, "a scope has device, devices, tag, model or all");
    }
}

static void read_scope(struct parse *p, struct leaf *none)
{
    char name[PATH_MAX_BYTES];
    (void)none;
    clear_scope(p->d);
    if (json_peek(&p->r) != JSON_OBJECT || !json_read_object(&p->r)) {
        parse_wrong(p, "scope", "expected {device}, {devices}, {tag}, {model} or {\"all\": true}");
        return;
    }
    (void)snprintf(p->path, sizeof p->path, "scope.");
    while (parse_member_name(p, name)) {
        read_scope_member(p, name);
    }
    p->path[0] = '\0';
    if (p->d->scope == SCOPE_NONE) {
        parse_wrong(p, "scope", "expected {device}, {devices}, {tag}, {model} or {\"all\": true}");
    }
}

/* ---- the other members ---- */

static void read_name(struct parse *p, struct leaf *none)
{
    (void)none;
    char *name = NULL;
    parse_put_text(p, "name", LIMIT_NAME_BYTES, &name);
    free(p->d->name);
    p->d->name = name ? name : mem_text("", 0);
}

static void read_enabled(struct parse *p, struct leaf *none)
{
    (void)none;
    enum json_kind kind = json_peek(&p->r);
    if ((kind != JSON_TRUE && kind != JSON_FALSE) || !json_read_bool(&p->r, &p->d->enabled)) {
        parse_wrong(p, "enabled", "true or false is expected");
    }
}

static void read_severity(struct parse *p, struct leaf *none)
{
    static const char *const words[SEVERITY_COUNT] = {"info", "warning", "critical"};
    (void)none;
    unsigned s = parse_word(p, words, SEVERITY_COUNT);
    if (s == SEVERITY_COUNT) {
        parse_wrong(p, "severity", "expected info, warning or critical");
        return;
    }
    p->d->severity = (enum severity)s;
}

static void read_for(struct parse *p, struct leaf *none)
{
    (void)none;
    p->d->for_ms = parse_duration(p, "for");
}

static void read_clear_for(struct parse *p, struct leaf *none)
{
    (void)none;
    p->d->clear_for_ms = parse_duration(p, "clear_for");
}

static void read_times(struct parse *p, struct leaf *none)
{
    char name[PATH_MAX_BYTES];
    int64_t n = 0;
    (void)none;
    p->d->times = 0;
    p->d->times_in_ms = 0;
    if (parse_null(p)) {
        return;
    }
    if (json_peek(&p->r) != JSON_OBJECT || !json_read_object(&p->r)) {
        parse_wrong(p, "times", "expected {\"n\": 3, \"in\": \"10m\"}");
        return;
    }
    while (parse_member_name(p, name)) {
        if (strcmp(name, "n") == 0) {
            (void)json_read_i64(&p->r, &n);
        } else if (strcmp(name, "in") == 0) {
            p->d->times_in_ms = parse_duration(p, "times.in");
        } else {
            parse_wrong(p, "times", "expected {\"n\": 3, \"in\": \"10m\"}");
        }
    }
    if (n < 2 || n > LIMIT_RULE_TIMES) {
        parse_wrong(p, "times.n", "expected 2 to 16");
    } else if (p->d->times_in_ms == 0) {
        parse_wrong(p, "times.in", "is missing: the time within which they count");
    }
    p->d->times = (unsigned)n;
}

static void read_escalate(struct parse *p, struct leaf *none)
{
    (void)none;
    parse_limit(p, "escalate_at", &p->d->escalate);
}

static void read_late(struct parse *p, struct leaf *none)
{
    (void)none;
    enum json_kind kind = json_peek(&p->r);
    if ((kind != JSON_TRUE && kind != JSON_FALSE) || !json_read_bool(&p->r, &p->d->notifies_late)) {
        parse_wrong(p, "notify_late", "true or false is expected");
    }
}

static void read_mutes(struct parse *p, struct leaf *none)
{
    char name[PATH_MAX_BYTES];
    (void)none;
    free(p->d->mutes_rule);
    free(p->d->mutes_tag);
    p->d->mutes_rule = p->d->mutes_tag = NULL;
    if (parse_null(p)) {
        return;
    }
    if (json_peek(&p->r) != JSON_OBJECT || !json_read_object(&p->r)) {
        parse_wrong(p, "mutes", "expected {\"rule\": id} or {\"tag\": tag}");
        return;
    }
    while (parse_member_name(p, name)) {
        if (strcmp(name, "rule") == 0) {
            parse_put_text(p, "mutes.rule", TEXT_ID_MAX - 1, &p->d->mutes_rule);
        } else if (strcmp(name, "tag") == 0) {
            parse_put_text(p, "mutes.tag", LIMIT_TAG_BYTES, &p->d->mutes_tag);
        } else {
            parse_wrong(p, "mutes", "expected {\"rule\": id} or {\"tag\": tag}");
        }
    }
}

static void read_message(struct parse *p, struct leaf *none)
{
    struct bytes unknown;
    (void)none;
    parse_put_text(p, "message", LIMIT_RULE_MESSAGE_BYTES, &p->d->message);
    if (p->d->message && !template_is_valid(bytes_of_text(p->d->message), &unknown)) {
        char message[160];
        (void)snprintf(message, sizeof message,
                       "{%.*s} is not known; there are device, sensor, value, threshold, low, "
                       "high, rule, severity and cause",
                       (int)size_min(unknown.len, 32), (const char *)unknown.ptr);
        parse_wrong(p, "message", message);
    }
}

/* An object that others read, kept as it stands. */
static void read_opaque(struct parse *p, const char *member, char **at)
{
    struct bytes raw = {0};
    free(*at);
    *at = NULL;
    if (parse_null(p)) {
        return;
    }
    if (json_peek(&p->r) != JSON_OBJECT || !json_read_raw(&p->r, &raw)) {
        parse_wrong(p, member, "expected an object");
    } else if (raw.len > LIMIT_RULE_NOTIFY_BYTES) {
        parse_wrong(p, member, "expected at most 4096 bytes");
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
    {"when", parse_when},
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
        return parse_add_condition(p);
    }
    if (p->d->node_count > 1) {
        parse_wrong(p, name, "the rule has several conditions: they are given in `when`");
        return NULL;
    }
    return &p->d->leaves[0];
}

static void read_rule_member(struct parse *p, const char *name)
{
    const struct member *m = parse_find_member(of_rule, ARRAY_LEN(of_rule), name);
    if (m) {
        m->read(p, NULL);
        return;
    }
    const char *short_name = strcmp(name, "sensorType") == 0 ? "sensor" : name;
    m = strcmp(name, "sensor") == 0 ? NULL : parse_condition_member(short_name);
    if (!m) {
        parse_wrong(p, name, "no such member");
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
    if (d->node_count != 1 || !leaf_has_order(l) || l->condition == CONDITION_BETWEEN ||
        l->high.given) {
        parse_wrong(p, "escalate_at", "needs one condition with one threshold");
    } else if (!d->escalate.attribute && !l->low.attribute &&
               (leaf_rises(l) ? d->escalate.value <= l->low.value
                              : d->escalate.value >= l->low.value)) {
        parse_wrong(p, "escalate_at", "must lie beyond the threshold");
    }
}

static void check_rule(struct parse *p)
{
    struct alert_definition *d = p->d;
    if (d->scope == SCOPE_NONE) {
        parse_wrong(p, "deviceId", "is missing: the id of a device, or a `scope`");
        return;
    }
    if (d->node_count == 0) {
        parse_wrong(p, "sensorType", "is missing: the id of a sensor, or a condition in `when`");
        return;
    }
    if (d->node_count == 1) {
        p->short_form = p->short_form || definition_is_simple(d);
        parse_check_condition(p, &d->leaves[0]);
    }
    check_escalation(p);
    if (d->times > 0 && d->node_count == 1 && !leaf_is_numeric(&d->leaves[0])) {
        parse_wrong(p, "times", "silence and status are not counted");
    }
}

static void read_rule(struct parse *p)
{
    char name[PATH_MAX_BYTES];
    uint64_t given = 0;
    if (json_peek(&p->r) != JSON_OBJECT || !json_read_object(&p->r)) {
        parse_wrong(p, "body", "a JSON object is expected");
        return;
    }
    while (parse_member_name(p, name)) {
        const struct member *m = parse_find_member(of_rule, ARRAY_LEN(of_rule), name);
        uint64_t bit = m ? 1ull << (m - of_rule) : 0;
        if (given & bit) {
            parse_wrong(p, name, "given twice");
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
        parse_wrong(&p, "body", "is larger than 16 kB");
        return ERR_INVALID;
    }
    json_reader_init(&p.r, json);
    read_rule(&p);
    if (!p.failed && !json_finish(&p.r)) {
        parse_wrong(&p, "body", json_error_text(p.r.error));
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
