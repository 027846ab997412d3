/* SPDX-License-Identifier: Apache-2.0 */
#include "alert/state.h"

#include "base/mem.h"

static struct bytes alert_key(const void *owner, uint32_t value)
{
    const struct alert_engine *e = owner;
    return bytes_of_text(e->alerts[value]->pub.id.text);
}

static struct bytes tally_key(const void *owner, uint32_t value)
{
    const struct alert_engine *e = owner;
    return bytes_of_text(e->tallies[value].device);
}

void alert_opened_init(struct alert_engine *e)
{
    strmap_init(&e->alert_by_id, e->hash_key, alert_key, e);
    strmap_init(&e->tally_by_device, e->hash_key, tally_key, e);
}

static void free_alert(struct open_alert *a)
{
    free(a->text);
    free(a->pub.note);
    free(a->pub.muted_by);
    free(a);
}

void alert_opened_fini(struct alert_engine *e)
{
    for (uint32_t i = 0; i < e->open_count; i++) {
        free_alert(e->open[i]);
    }
    for (uint32_t i = 0; i < e->resolved_count; i++) {
        free_alert(e->resolved[(e->resolved_first + i) % RESOLVED_MAX]);
    }
    for (uint32_t i = 0; i < e->tally_slots.end; i++) {
        free(e->tallies[i].device);
    }
    free(e->open);
    free(e->resolved);
    free(e->alerts);
    free(e->alert_slots.free);
    free(e->tallies);
    free(e->tally_slots.free);
    strmap_fini(&e->alert_by_id);
    strmap_fini(&e->tally_by_device);
}

struct open_alert *alert_open_row(const struct alert_engine *e, struct bytes id)
{
    uint32_t slot = strmap_find(&e->alert_by_id, id);
    return slot == STRMAP_NONE ? NULL : e->alerts[slot];
}

/* ---- tallies ---- */

static void count_up(struct alert_engine *e, const struct alert *a)
{
    uint32_t slot = strmap_find(&e->tally_by_device, bytes_of_text(a->device));
    if (slot == STRMAP_NONE) {
        slot = alert_slots_take(&e->tally_slots);
        e->tallies = mem_grow(e->tallies, slot, &e->tally_cap, sizeof *e->tallies);
        e->tallies[slot] = (struct tally){.device = mem_text(a->device, strlen(a->device))};
        strmap_put(&e->tally_by_device, slot);
    }
    e->tallies[slot].count[a->severity]++;
}

static void count_down(struct alert_engine *e, const struct alert *a)
{
    uint32_t slot = strmap_find(&e->tally_by_device, bytes_of_text(a->device));
    ASSERT(slot != STRMAP_NONE);
    struct tally *t = &e->tallies[slot];
    t->count[a->severity]--;
    for (unsigned s = 0; s < SEVERITY_COUNT; s++) {
        if (t->count[s]) {
            return;
        }
    }
    strmap_remove(&e->tally_by_device, bytes_of_text(a->device));
    free(t->device);
    t->device = NULL;
    alert_slots_give(&e->tally_slots, slot);
}

/* ---- open ---- */

static char *put_text(char **at, const char *text)
{
    char *here = *at;
    size_t size = strlen(text) + 1;
    memcpy(here, text, size);
    *at += size;
    return here;
}

/* The texts of `as` in one piece, to which those of `to` point then. Ownership: the caller's. */
static char *text_of(const struct alert *as, struct alert *to)
{
    char *text = mem_alloc(strlen(as->device) + strlen(as->sensor) + strlen(as->message) +
                           strlen(as->rule_name) + 4);
    char *at = text;
    to->device = put_text(&at, as->device);
    to->sensor = put_text(&at, as->sensor);
    to->message = put_text(&at, as->message);
    to->rule_name = put_text(&at, as->rule_name);
    return text;
}

static struct open_alert *copy_of(const struct alert *as)
{
    struct open_alert *a = mem_zalloc(1, sizeof *a);
    a->pub = *as;
    a->text = text_of(as, &a->pub);
    a->pub.note = mem_text("", 0);
    a->pub.muted_by = mem_text("", 0);
    a->pub.acknowledged_by = a->by;
    a->pub.resolved = WALL_NONE;
    return a;
}

struct open_alert *alert_open(struct alert_engine *e, const struct alert *as)
{
    struct open_alert *a = copy_of(as);
    a->instance = a->device = SLOT_NONE;
    a->held_until = WALL_NONE;
    a->slot = alert_slots_take(&e->alert_slots);
    e->alerts = mem_grow(e->alerts, a->slot, &e->alert_cap, sizeof *e->alerts);
    e->alerts[a->slot] = a;
    strmap_put(&e->alert_by_id, a->slot);
    e->open = mem_grow(e->open, e->open_count, &e->open_cap, sizeof *e->open);
    e->open[e->open_count++] = a;
    if (a->pub.state != ALERT_STATE_PENDING) {
        e->firing_count++;
        count_up(e, &a->pub);
    }
    return a;
}

void alert_set_fired(struct alert_engine *e, struct open_alert *a)
{
    ASSERT(a->pub.state == ALERT_STATE_PENDING);
    a->pub.state = ALERT_STATE_FIRING;
    e->firing_count++;
    count_up(e, &a->pub);
}

void alert_set_severity(struct alert_engine *e, struct open_alert *a, enum severity severity)
{
    if (a->pub.state == ALERT_STATE_PENDING) {
        a->pub.severity = severity;
    } else if (a->pub.severity != severity) {
        count_down(e, &a->pub);
        a->pub.severity = severity;
        count_up(e, &a->pub);
    }
}

/* The texts stand in one piece; the others keep theirs. */
void alert_set_message(struct open_alert *a, const char *message)
{
    if (strcmp(a->pub.message, message) != 0) {
        struct alert as = a->pub;
        char *old = a->text;
        as.message = mem_text(message, strlen(message));
        a->text = text_of(&as, &a->pub);
        free(as.message);
        free(old);
    }
}

void alert_set_text(char **text, struct bytes value)
{
    if (!bytes_equal(bytes_of_text(*text), value)) {
        free(*text);
        *text = mem_text(value.ptr, value.len);
    }
}

void alert_set_acknowledged(struct open_alert *a, struct bytes by, struct bytes note, wall_ms at)
{
    size_t len = size_min(by.len, sizeof a->by - 1);
    a->pub.acknowledged = true;
    a->pub.acknowledged_at = at;
    a->pub.state = ALERT_STATE_ACKNOWLEDGED;
    alert_set_text(&a->pub.note, note);
    if (len) {
        memcpy(a->by, by.ptr, len);
    }
    a->by[len] = '\0';
}

void alert_set_released(struct open_alert *a)
{
    ASSERT(a->pub.state == ALERT_STATE_ACKNOWLEDGED);
    a->pub.acknowledged = false;
    a->pub.acknowledged_at = WALL_NONE;
    a->pub.state = ALERT_STATE_FIRING;
    alert_set_text(&a->pub.note, BYTES(""));
    a->by[0] = '\0';
}

/* ---- resolved ---- */

static void remember(struct alert_engine *e, struct open_alert *a)
{
    if (!e->resolved) {
        e->resolved = mem_zalloc(RESOLVED_MAX, sizeof(struct open_alert *));
    }
    if (e->resolved_count == RESOLVED_MAX) {
        struct open_alert *oldest = e->resolved[e->resolved_first];
        e->resolved_floor = oldest->pub.changed_seq;
        free_alert(oldest);
        e->resolved_first = (e->resolved_first + 1) % RESOLVED_MAX;
        e->resolved_count--;
    }
    e->resolved[(e->resolved_first + e->resolved_count) % RESOLVED_MAX] = a;
    e->resolved_count++;
}

static void forget_open(struct alert_engine *e, const struct open_alert *a)
{
    uint32_t i = 0;
    while (e->open[i] != a) {
        i++;
    }
    e->open_count--;
    memmove(&e->open[i], &e->open[i + 1], (e->open_count - i) * sizeof *e->open);
}

void alert_close(struct alert_engine *e, struct open_alert *a, wall_ms now, uint64_t seq)
{
    if (a->instance != SLOT_NONE) {
        e->instances[a->instance].open = NULL;
        a->instance = SLOT_NONE;
    }
    forget_open(e, a);
    strmap_remove(&e->alert_by_id, bytes_of_text(a->pub.id.text));
    alert_slots_give(&e->alert_slots, a->slot);
    if (a->pub.state != ALERT_STATE_PENDING) {
        e->firing_count--;
        count_down(e, &a->pub);
    }
    a->pub.resolved = a->pub.updated = now;
    a->pub.state = ALERT_STATE_RESOLVED;
    a->pub.changed_seq = seq;
    remember(e, a);
}

const struct open_alert *alert_find_resolved(const struct alert_engine *e, struct bytes id)
{
    for (uint32_t i = 0; i < e->resolved_count; i++) {
        const struct open_alert *a = e->resolved[(e->resolved_first + i) % RESOLVED_MAX];
        if (bytes_equal(id, bytes_of_text(a->pub.id.text))) {
            return a;
        }
    }
    return NULL;
}
