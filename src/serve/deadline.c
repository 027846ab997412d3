/* SPDX-License-Identifier: Apache-2.0 */
#include "serve/deadline.h"

void serve_deadlines_init(struct serve_deadlines *all)
{
    for (size_t i = 0; i < SERVE_DEADLINE_KINDS; i++) {
        struct serve_deadline *head = &all->lists[i];
        *head = (struct serve_deadline){.prev = head, .next = head};
        all->after_ms[i] = 0;
        all->grid_ms[i] = 0;
    }
}

void serve_deadline_clear(struct serve_deadline *d)
{
    if (d->next) {
        d->prev->next = d->next;
        d->next->prev = d->prev;
        d->next = NULL;
        d->prev = NULL;
    }
}

static mono_ns on_grid(mono_ns at, mono_ns step)
{
    return step ? (at + step - 1) / step * step : at;
}

void serve_deadline_set(struct serve_deadlines *all, struct serve_deadline *d,
                        enum serve_deadline_kind kind, mono_ns now)
{
    ASSERT(kind < SERVE_DEADLINE_KINDS);
    serve_deadline_clear(d);
    struct serve_deadline *head = &all->lists[kind];
    d->kind = kind;
    d->at = on_grid(now + MONO_MS(all->after_ms[kind]), MONO_MS(all->grid_ms[kind]));
    d->prev = head->prev;
    d->next = head;
    head->prev->next = d;
    head->prev = d;
}

struct serve_deadline *serve_deadlines_take_due(struct serve_deadlines *all, mono_ns now)
{
    for (size_t i = 0; i < SERVE_DEADLINE_KINDS; i++) {
        struct serve_deadline *first = all->lists[i].next;
        if (first != &all->lists[i] && first->at <= now) {
            serve_deadline_clear(first);
            return first;
        }
    }
    return NULL;
}

mono_ns serve_deadlines_next(const struct serve_deadlines *all)
{
    mono_ns next = UINT64_MAX;
    for (size_t i = 0; i < SERVE_DEADLINE_KINDS; i++) {
        const struct serve_deadline *first = all->lists[i].next;
        if (first != &all->lists[i] && first->at < next) {
            next = first->at;
        }
    }
    return next;
}
