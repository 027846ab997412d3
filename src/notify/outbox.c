/* SPDX-License-Identifier: Apache-2.0 */
/* Rows: how they come, are sent, fail, and are forgotten. */
#include "notify/outbox.h"

#include "base/mem.h"
#include "model/limits.h"

/* ---- the table ---- */

/* Keys are ours: whoever chose names so that they fall together would only slow the search. */
static uint32_t hash_of(const char *key)
{
    uint32_t hash = 2166136261u;
    for (; *key; key++) {
        hash = (hash ^ (uint8_t)*key) * 16777619u;
    }
    return hash;
}

static struct outbox_item *find(struct notify_outbox *o, const char *key)
{
    uint32_t hash = hash_of(key);
    for (size_t i = 0; i < o->count; i++) {
        if (o->items[i].hash == hash && strcmp(o->items[i].row->key, key) == 0) {
            return &o->items[i];
        }
    }
    return NULL;
}

static struct outbox_item *append(struct notify_outbox *o, struct outbox_row *take_row, wall_ms now)
{
    struct notify_alert a;
    o->items = mem_grow(o->items, o->count, &o->cap, sizeof *o->items);
    struct outbox_item *item = &o->items[o->count++];
    *item = (struct outbox_item){.row = take_row, .hash = hash_of(take_row->key)};
    item->gate = (uint32_t)(outbox_gate_of(o, take_row->channel, take_row->target, now) - o->gates);
    if (notify_alert_read(bytes_of_text(take_row->payload), &a) == OK) {
        item->severity = a.severity;
        notify_alert_fini(&a);
    }
    o->waiting += take_row->state == OUTBOX_WAITING;
    return item;
}

/* Whether it is over and nobody needs it: what was told again says no more than the first word. */
static bool is_spent(const struct outbox_row *row)
{
    return row->state != OUTBOX_WAITING && (!row->open || outbox_is_again(row));
}

void notify_outbox_load(struct notify_outbox *o, struct outbox_row *take_row)
{
    if (is_spent(take_row)) {
        outbox_row_free(take_row);
        return;
    }
    if (o->count >= LIMIT_OUTBOX_ROWS) {
        o->dropped++;
        outbox_row_free(take_row);
        return;
    }
    (void)append(o, take_row, take_row->updated);
}

void notify_outbox_renew_topics(struct notify_outbox *o, const struct notify_book *book)
{
    for (size_t i = 0; i < o->count; i++) {
        struct outbox_row *row = o->items[i].row;
        const struct notify_channel *c = notify_book_channel(book, bytes_of_text(row->channel));
        if (c && c->type == CHANNEL_MQTT && row->open && row->state == OUTBOX_SENT) {
            row->state = OUTBOX_WAITING;
            o->waiting++;
        }
    }
}

struct outbox_item *outbox_add(struct notify_outbox *o, const struct outbox_row *row,
                               struct outbox_write *w, wall_ms now)
{
    if (find(o, row->key)) {
        return NULL;
    }
    if (o->count >= LIMIT_OUTBOX_ROWS) {
        o->dropped++;
        return NULL;
    }
    struct outbox_row *copy = outbox_row_copy(row);
    copy->created = copy->updated = now;
    copy->open = true;
    struct outbox_item *item = append(o, copy, now);
    item->write = o->written + 1;
    struct outbox_row *kept = outbox_row_copy(copy);
    kept->next = w->added;
    w->added = kept;
    return item;
}

void outbox_changed(struct outbox_item *item, struct outbox_write *w, wall_ms now)
{
    item->row->updated = now;
    struct outbox_row *kept = outbox_row_copy(item->row);
    kept->next = w->changed;
    w->changed = kept;
}

void outbox_sweep(struct notify_outbox *o)
{
    size_t kept = 0;
    o->waiting = 0;
    for (size_t i = 0; i < o->count; i++) {
        struct outbox_item *item = &o->items[i];
        if (is_spent(item->row)) {
            outbox_row_free(item->row);
            continue;
        }
        o->waiting += item->row->state == OUTBOX_WAITING;
        o->items[kept++] = *item;
    }
    o->count = kept;
}

struct outbox_write *outbox_hand_out(struct notify_outbox *o, struct outbox_write *w)
{
    if (!w->added && !w->changed) {
        outbox_write_free(w);
        return NULL;
    }
    w->number = ++o->written;
    return w;
}

void notify_outbox_saved(struct notify_outbox *o, uint64_t number)
{
    for (size_t i = 0; i < o->count; i++) {
        if (o->items[i].write <= number) {
            o->items[i].write = 0;
        }
    }
}

void notify_outbox_fini(struct notify_outbox *o)
{
    for (size_t i = 0; i < o->count; i++) {
        outbox_row_free(o->items[i].row);
    }
    for (size_t i = 0; i < o->group_count; i++) {
        free(o->groups[i].name);
    }
    for (size_t i = 0; i < o->gate_count; i++) {
        free(o->gates[i].name);
        free(o->gates[i].channel);
    }
    free(o->items);
    free(o->groups);
    free(o->gates);
    *o = (struct notify_outbox){0};
}

/* ---- what is due ---- */

static bool ready(const struct outbox_item *item)
{
    return item->row->state == OUTBOX_WAITING && item->write == 0 && item->message == 0;
}

/* The messages an hour that the row's channel may have; critical ones may be twice as many. */
static uint32_t budget_of(const struct notify_channel *c, enum severity severity)
{
    if (!c || (c->budget == 0 && c->type != CHANNEL_EMAIL)) {
        return 0;
    }
    uint32_t budget = c->budget ? c->budget : NOTIFY_MAIL_BUDGET;
    budget = severity == SEVERITY_CRITICAL ? budget * 2 : budget;
    return budget < NOTIFY_BUDGET_MAX ? budget : NOTIFY_BUDGET_MAX;
}

/* Whether the budget lets it go; otherwise it waits for the digest. */
static bool within_budget(struct notify_outbox *o, struct outbox_item *item,
                          const struct outbox_gate *g, const struct notify_channel *c, wall_ms now)
{
    uint32_t budget = budget_of(c, item->severity);
    wall_ms free_at = budget ? outbox_gate_budget(g, budget, now) : now;
    if (free_at <= now) {
        return true;
    }
    o->digested += !item->digest;
    item->digest = true;
    item->row->due = free_at;
    return false;
}

/* Whether an earlier word about the same alert is still on its way to the same target. */
static bool overtakes(const struct notify_outbox *o, const struct outbox_item *item)
{
    const struct outbox_row *row = item->row;
    if (o->gates[item->gate].busy == 0) {
        return false;
    }
    for (size_t i = 0; i < o->count; i++) {
        const struct outbox_item *other = &o->items[i];
        if (other->message && other->gate == item->gate &&
            strcmp(other->row->alert, row->alert) == 0 &&
            strcmp(other->row->target, row->target) == 0) {
            return true;
        }
    }
    return false;
}

static struct outbox_item *earliest(struct notify_outbox *o, const struct notify_book *book,
                                    wall_ms now)
{
    struct outbox_item *best = NULL;
    for (size_t i = 0; i < o->count; i++) {
        struct outbox_item *item = &o->items[i];
        struct outbox_row *row = item->row;
        if (!ready(item) || row->due > now || (best && row->due >= best->row->due)) {
            continue;
        }
        struct outbox_gate *g = &o->gates[item->gate];
        if (outbox_gate_open(g, now) && !overtakes(o, item) &&
            within_budget(o, item, g, notify_book_channel(book, bytes_of_text(row->channel)),
                          now)) {
            best = item;
        }
    }
    return best;
}

/* Whether `other` goes into the same message as `first`, which is due. */
static bool belongs(const struct outbox_item *first, const struct outbox_item *other, wall_ms now)
{
    const struct outbox_row *a = first->row, *b = other->row;
    if (first == other) {
        return true;
    }
    if (!ready(other) || first->gate != other->gate || strcmp(a->target, b->target) != 0) {
        return false;
    }
    if (first->digest || other->digest) {
        return first->digest && other->digest;
    }
    return b->due <= now && a->group[0] && strcmp(a->group, b->group) == 0;
}

bool notify_outbox_next(struct notify_outbox *o, const struct notify_book *book, wall_ms now,
                        struct notify_due *due)
{
    struct outbox_item *first = o->waiting ? earliest(o, book, now) : NULL;
    if (!first) {
        return false;
    }
    *due = (struct notify_due){
        .channel = notify_book_channel(book, bytes_of_text(first->row->channel)),
        .channel_id = first->row->channel,
        .target = first->row->target,
        .digest = first->digest,
        .number = ++o->messages,
    };
    for (size_t i = 0; i < o->count; i++) {
        struct outbox_item *item = &o->items[i];
        if (!belongs(first, item, now)) {
            continue;
        }
        if (due->count < NOTIFY_ALERTS_MAX) {
            due->rows[due->count++] = item->row;
        } else {
            due->left_out++;
        }
        if (item != first) {
            item->message = due->number;
        }
    }
    first->message = due->number;
    o->gates[first->gate].busy++;
    outbox_group_sent(o, first->row, now);
    return true;
}

wall_ms notify_outbox_wake(const struct notify_outbox *o, wall_ms now)
{
    wall_ms at = INT64_MAX;
    for (size_t i = 0; i < o->count; i++) {
        const struct outbox_row *row = o->items[i].row;
        if (!ready(&o->items[i])) {
            continue;
        }
        const struct outbox_gate *g = &o->gates[o->items[i].gate];
        wall_ms due = row->due > g->closed_until ? row->due : g->closed_until;
        if (due <= now && g->busy > 0 &&
            (!outbox_gate_open(g, now) || overtakes(o, &o->items[i]))) {
            continue; /* the end of what is under way will ask again */
        }
        at = due < at ? due : at;
    }
    return at;
}

/* ---- how it went ---- */

/* A row of the same that is told again later. */
static void plan_repeat(struct notify_outbox *o, size_t index, struct outbox_write *w, wall_ms now)
{
    const struct outbox_item item = o->items[index];
    if (!item.row->repeat_ms || !item.row->open || strcmp(item.row->event, "firing") != 0) {
        return;
    }
    struct outbox_row again = *item.row;
    struct buf key = {0};
    const char *mark = strstr(again.key, OUTBOX_AGAIN);
    buf_put(&key, again.key, mark ? (size_t)(mark - again.key) : strlen(again.key));
    buf_printf(&key, OUTBOX_AGAIN "%lld", (long long)now);
    buf_put_byte(&key, 0);
    again.key = (char *)key.ptr;
    again.state = OUTBOX_WAITING;
    again.attempts = 0;
    again.due = now + (wall_ms)again.repeat_ms;
    (void)outbox_add(o, &again, w, now);
    buf_fini(&key);
}

static void settle(struct notify_outbox *o, struct outbox_item *item,
                   const struct notify_result *result, uint32_t random, wall_ms now)
{
    struct outbox_row *row = item->row;
    item->message = 0;
    item->digest = false;
    row->attempts++;
    free(row->error);
    row->error = mem_text(result->error, strlen(result->error));
    if (result->outcome == OUTCOME_SENT) {
        row->state = OUTBOX_SENT;
    } else if (result->outcome == OUTCOME_REFUSED || now - row->created >= NOTIFY_GIVE_UP_MS) {
        row->state = OUTBOX_FAILED;
    } else {
        row->due =
            now + (wall_ms)notify_backoff_ms(o->retry_ms, row->attempts, random, result->told_ms);
    }
}

struct outbox_write *notify_outbox_done(struct notify_outbox *o, uint64_t number,
                                        const struct notify_result *result, uint32_t random,
                                        wall_ms now)
{
    struct outbox_write *w = outbox_write_new();
    struct outbox_gate *g = NULL;
    bool again = false;
    size_t count = o->count; /* repeats come behind */
    for (size_t i = 0; i < count; i++) {
        if (o->items[i].message != number) {
            continue;
        }
        g = &o->gates[o->items[i].gate];
        settle(o, &o->items[i], result, random, now);
        outbox_changed(&o->items[i], w, now);
        again = again || o->items[i].row->state == OUTBOX_WAITING;
        if (o->items[i].row->state == OUTBOX_SENT) {
            plan_repeat(o, i, w, now);
        }
    }
    if (g) {
        g->busy--;
        if (result->outcome == OUTCOME_SENT) {
            o->sent++;
            outbox_gate_sent(g, now);
        } else {
            o->retried += again;
            o->failed += !again;
            outbox_gate_failed(o, g, result, random, now);
        }
    }
    outbox_sweep(o);
    return outbox_hand_out(o, w);
}
