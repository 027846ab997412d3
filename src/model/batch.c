/* SPDX-License-Identifier: Apache-2.0 */
#include "model/batch.h"

#include "base/mem.h"
#include "model/limits.h"

/* Batches come back from any thread and are taken by one: a stack that givers push to and the taker
 * empties in one exchange, so no pop can meet a recycled head. */
struct batch_pool {
    _Atomic(struct batch *) returned;
    struct batch *spare; /* the taker's own */
};

struct batch *batch_new(enum batch_kind kind)
{
    struct batch *b = mem_zalloc(1, sizeof *b);
    atomic_store_explicit(&b->refs, 1, memory_order_relaxed);
    b->kind = kind;
    return b;
}

struct text_ref batch_put_text(struct batch *b, struct bytes text)
{
    ASSERT(b->text.len + text.len <= UINT32_MAX);
    struct text_ref t = {(uint32_t)b->text.len, (uint32_t)text.len};
    buf_put_bytes(&b->text, text);
    return t;
}

/* Defines batch_add_<name>: grow, zero the new last element, return it. */
#define BATCH_ADD(name, type, array, counter, capacity)                                            \
    type *batch_add_##name(struct batch *b)                                                        \
    {                                                                                              \
        b->array = mem_grow(b->array, b->counter, &b->capacity, sizeof *b->array);                 \
        type *element = &b->array[b->counter++];                                                   \
        memset(element, 0, sizeof *element);                                                       \
        return element;                                                                            \
    }

BATCH_ADD(device, struct device_change, devices, device_count, device_cap)
BATCH_ADD(series, struct series_change, series, series_count, series_cap)
BATCH_ADD(status, struct status_change, statuses, status_count, status_cap)
BATCH_ADD(rule, struct rule_change, rules, rule_count, rule_cap)
BATCH_ADD(alert, struct alert_change, alerts, alert_count, alert_cap)
BATCH_ADD(token, struct token, tokens, token_count, token_cap)
BATCH_ADD(account, struct account, accounts, account_count, account_cap)
BATCH_ADD(login, struct login, logins, login_count, login_cap)
BATCH_ADD(credential, struct credential_change, credentials, credential_count, credential_cap)
BATCH_ADD(document, struct document_change, documents, document_count, document_cap)

void batch_add_reading(struct batch *b, struct reading r)
{
    if (b->reading_count == b->reading_cap) {
        b->reading_cap = size_max(b->reading_cap * 2, 64);
        b->readings = mem_resize(b->readings, b->reading_cap, sizeof *b->readings);
    }
    b->readings[b->reading_count++] = r;
}

bool batch_empty(const struct batch *b)
{
    return b->reading_count + b->device_count + b->series_count + b->status_count + b->rule_count +
                   b->alert_count + b->token_count + b->account_count + b->login_count +
                   b->credential_count + b->document_count ==
               0 &&
           !b->commands;
}

size_t batch_bytes(const struct batch *b)
{
    return b->device_count * sizeof *b->devices + b->series_count * sizeof *b->series +
           b->status_count * sizeof *b->statuses + b->reading_count * sizeof *b->readings +
           b->rule_count * sizeof *b->rules + b->alert_count * sizeof *b->alerts +
           b->token_count * sizeof *b->tokens + b->account_count * sizeof *b->accounts +
           b->login_count * sizeof *b->logins + b->credential_count * sizeof *b->credentials +
           b->document_count * sizeof *b->documents + b->text.len;
}

struct batch *batch_hold(struct batch *b)
{
    atomic_fetch_add_explicit(&b->refs, 1, memory_order_relaxed);
    return b;
}

static void free_batch(struct batch *b)
{
    free(b->devices);
    free(b->series);
    free(b->statuses);
    free(b->readings);
    free(b->rules);
    free(b->alerts);
    free(b->tokens);
    free(b->accounts);
    free(b->logins);
    free(b->credentials);
    free(b->documents);
    buf_fini(&b->text);
    free(b);
}

static void give_back(struct batch_pool *p, struct batch *b)
{
    struct batch *head = atomic_load_explicit(&p->returned, memory_order_relaxed);
    do {
        b->next = head;
    } while (!atomic_compare_exchange_weak_explicit(&p->returned, &head, b, memory_order_release,
                                                    memory_order_relaxed));
}

void batch_release(struct batch *b)
{
    if (!b || atomic_fetch_sub_explicit(&b->refs, 1, memory_order_acq_rel) != 1) {
        return;
    }
    if (b->pool) {
        give_back(b->pool, b);
    } else {
        free_batch(b);
    }
}

struct batch_pool *batch_pool_new(void)
{
    return mem_zalloc(1, sizeof(struct batch_pool));
}

static void reset(struct batch *b)
{
    atomic_store_explicit(&b->refs, 1, memory_order_relaxed);
    b->next = NULL;
    b->seq = 0;
    b->urgent = false;
    b->claimed = false;
    b->device_ids = b->series_ids = 0;
    b->device_count = b->series_count = b->status_count = b->reading_count = 0;
    b->rule_count = b->alert_count = b->token_count = 0;
    b->account_count = b->login_count = b->credential_count = b->document_count = 0;
    buf_clear(&b->text);
    b->commands = NULL;
}

struct batch *batch_pool_take(struct batch_pool *p)
{
    if (!p->spare) {
        p->spare = atomic_exchange_explicit(&p->returned, NULL, memory_order_acquire);
    }
    struct batch *b = p->spare;
    if (b) {
        p->spare = b->next;
        reset(b);
    } else {
        b = batch_new(BATCH_CHANGES);
        b->pool = p;
        /* At once as large as it ever gets: a warm pool must not grow when the load does. */
        b->reading_cap = LIMIT_BATCH_READINGS;
        b->readings = mem_zalloc(b->reading_cap, sizeof *b->readings);
    }
    return b;
}

static void free_list(struct batch *b)
{
    while (b) {
        struct batch *next = b->next;
        free_batch(b);
        b = next;
    }
}

void batch_pool_free(struct batch_pool *p)
{
    if (p) {
        free_list(p->spare);
        free_list(atomic_exchange(&p->returned, NULL));
        free(p);
    }
}
