/* SPDX-License-Identifier: Apache-2.0 */
#include "alert/definition.h"

#include "base/mem.h"

#include <inttypes.h>

static void free_limit(struct limit *l)
{
    free(l->attribute);
}

struct alert_definition *definition_new(void)
{
    struct alert_definition *d = mem_zalloc(1, sizeof *d);
    d->name = mem_text("", 0);
    d->severity = SEVERITY_WARNING;
    d->enabled = true;
    d->flap_after = alert_defaults.flap_after;
    return d;
}

void alert_definition_free(struct alert_definition *d)
{
    if (!d) {
        return;
    }
    for (size_t i = 0; i < d->scoped_count; i++) {
        free(d->scoped[i]);
    }
    for (unsigned i = 0; i < LEAVES_MAX; i++) {
        free(d->leaves[i].sensor);
        free_limit(&d->leaves[i].low);
        free_limit(&d->leaves[i].high);
        free_limit(&d->leaves[i].clear);
    }
    free_limit(&d->escalate);
    free(d->name);
    free(d->scoped);
    free(d->mutes_rule);
    free(d->mutes_tag);
    free(d->message);
    free(d->notify);
    free(d->labels);
    free(d);
}

/* ---- words ---- */

const char *window_function_text(enum window_function f)
{
    static const char *const words[] = {"none", "mean", "min", "max"};
    return words[f];
}

const char *per_text(enum per p)
{
    static const char *const words[] = {"second", "minute", "hour"};
    return words[p];
}

static const struct {
    const char *unit;
    int64_t ms;
} units[] = {{"d", 86400000}, {"h", 3600000}, {"m", 60000}, {"s", 1000}, {"ms", 1}};

void duration_print(int64_t ms, char out[DURATION_TEXT_MAX])
{
    size_t i = 0;
    while (ms % units[i].ms != 0) {
        i++;
    }
    i = ms == 0 ? 3 : i;
    (void)snprintf(out, DURATION_TEXT_MAX, "%" PRId64 "%s", ms / units[i].ms, units[i].unit);
}

enum err duration_parse(struct bytes text, int64_t *ms)
{
    size_t digits = 0;
    while (digits < text.len && text.ptr[digits] >= '0' && text.ptr[digits] <= '9') {
        digits++;
    }
    for (size_t i = 0; i < ARRAY_LEN(units); i++) {
        uint64_t n;
        if (bytes_equal(bytes_skip(text, digits), bytes_of_text(units[i].unit)) &&
            bytes_to_u64(bytes_of(text.ptr, digits), (uint64_t)LIMIT_RULE_DURATION_MS, &n) == OK) {
            *ms = (int64_t)n * units[i].ms;
            return OK;
        }
    }
    return ERR_INVALID;
}

/* ---- what it is about ---- */

static bool is_plain(const struct leaf *l)
{
    return l->condition < CONDITION_COMPARISONS && !l->low.attribute && l->hysteresis == 0 &&
           !l->clear.given && l->window_ms == 0;
}

bool definition_is_simple(const struct alert_definition *d)
{
    return d->scope == SCOPE_DEVICES && d->scoped_count == 1 && d->node_count == 1 &&
           is_plain(&d->leaves[0]) && d->for_ms == 0 && d->clear_for_ms == 0 && d->times == 0 &&
           !d->escalate.given && !d->notifies_late && !d->mutes_rule && !d->mutes_tag &&
           !d->message && !d->notify && !d->labels;
}

static bool has_tag(struct bytes tags, struct bytes tag)
{
    while (tags.len > 0) {
        size_t len = bytes_index(tags, 0);
        if (bytes_equal(bytes_of(tags.ptr, len), tag)) {
            return true;
        }
        tags = bytes_skip(tags, size_min(len + 1, tags.len));
    }
    return false;
}

bool alert_tags_have(struct bytes tags, struct bytes tag)
{
    return has_tag(tags, tag);
}

bool definition_covers(const struct alert_definition *d, const struct alert_device *device)
{
    switch (d->scope) {
    case SCOPE_DEVICES:
        for (size_t i = 0; i < d->scoped_count; i++) {
            if (bytes_equal(bytes_of_text(d->scoped[i]), device->id)) {
                return true;
            }
        }
        return false;
    case SCOPE_TAG:
        return has_tag(device->tags, bytes_of_text(d->scoped[0]));
    case SCOPE_MODEL:
        return bytes_equal(device->model, bytes_of_text(d->scoped[0]));
    case SCOPE_ALL:
        return true;
    case SCOPE_NONE:
        break;
    }
    UNREACHABLE();
}

/* ---- for those who read rules without an engine ---- */

size_t alert_definition_sensors(const struct alert_definition *d, const char *sensors[LEAVES_MAX])
{
    size_t count = 0;
    for (unsigned i = 0; i < d->leaf_count; i++) {
        size_t k = 0;
        while (k < count && d->leaves[i].sensor && strcmp(sensors[k], d->leaves[i].sensor) != 0) {
            k++;
        }
        if (k == count && d->leaves[i].sensor) {
            sensors[count++] = d->leaves[i].sensor;
        }
    }
    return count;
}

bool alert_definition_covers(const struct alert_definition *d, const struct alert_device *device)
{
    return definition_covers(d, device);
}

enum err alert_duration_parse(struct bytes text, int64_t *ms)
{
    return duration_parse(text, ms);
}
