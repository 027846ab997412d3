/* SPDX-License-Identifier: Apache-2.0 */
/* How far a client that can't keep up is stepped down. One that is behind for a moment gets the
 * newest values as soon as it takes more and is back in step. One that stays behind stays off the
 * beat: it is conflated, a catching-up each 250 ms; when that is too much for it too, it gets a
 * summary each second; when it takes nothing at all, it is paused, and costs only what it missed.
 * It steps up again when it took all that was due for some seconds, which become more each time
 * that this was too early. What it gets, and why, it is told by `stream-level`.
 *
 * Looked at each second, and only clients that are behind. */
#include "live/state.h"

/* Seconds of falling behind before a step down, and of keeping up before the first step up. */
#define STRAIN_SECONDS   3u
#define PATIENCE_SECONDS 5u
#define PATIENCE_MOST    60u
/* Seconds without taking anything before it is paused. */
#define IDLE_SECONDS 10u
#define GRID_MS      250u

static const struct {
    const char *name;
    uint32_t pace_ms; /* 0: none */
} rungs[] = {{"full", 0}, {"conflated", 250}, {"summary", 1000}, {"paused", 0}};

/* ---- telling ---- */

static void tell(struct live *l, struct live_client *c)
{
    struct json_writer w = live_begin_event(l, "stream-level");
    json_write_object(&w);
    json_put_string(&w, "level", rungs[c->rung].name);
    if (rungs[c->rung].pace_ms > 0) {
        json_put_u64(&w, "interval", rungs[c->rung].pace_ms);
    } else {
        json_put_null(&w, "interval");
    }
    json_put_string(&w, "reason", "slow-client");
    json_write_object_end(&w);
    struct frame *f = live_end_event(l);
    live_send(l, c, f);
    frame_release(f);
}

static enum metric gauge_of(enum live_rung rung)
{
    switch (rung) {
    case LIVE_RUNG_CONFLATED:
        return METRIC_CLIENTS_CONFLATED;
    case LIVE_RUNG_SUMMARY:
        return METRIC_CLIENTS_SUMMARY;
    case LIVE_RUNG_PAUSED:
        return METRIC_CLIENTS_PAUSED;
    case LIVE_RUNG_FULL:
        break;
    }
    return METRIC_CLIENTS_FULL;
}

static void move(struct live *l, struct live_client *c, enum live_rung rung)
{
    metrics_sub(l->config.metrics, gauge_of(c->rung), 1);
    metrics_add(l->config.metrics, gauge_of(rung), 1);
    c->rung = rung;
    c->strain = 0;
    c->calm = 0;
}

void live_ladder_enter(struct live *l, struct live_client *c)
{
    c->rung = LIVE_RUNG_FULL;
    c->patience = PATIENCE_SECONDS;
    metrics_add(l->config.metrics, METRIC_CLIENTS_FULL, 1);
}

void live_ladder_leave(struct live *l, struct live_client *c)
{
    metrics_sub(l->config.metrics, gauge_of(c->rung), 1);
}

/* One frame more, also for a client that takes nothing: it is the first thing that it reads of what
 * became of it. */
static void step(struct live *l, struct live_client *c, enum live_rung rung)
{
    move(l, c, rung);
    c->next_catch_ms = live_now_ms(l) + rungs[rung].pace_ms;
    tell(l, c);
}

/* ---- catching up at its pace ---- */

static bool catch_up(struct live *l, struct live_client *c)
{
    bool all = live_catch_up(l, c) && live_resume_behind(l, c);
    c->late = c->late || !all;
    c->kept_up = c->kept_up || all;
    c->idle = 0; /* it was ready */
    if (all) {
        c->next_catch_ms = live_now_ms(l) + rungs[c->rung].pace_ms;
    }
    return all;
}

bool live_ladder_ready(struct live *l, struct live_client *c)
{
    ASSERT(c->behind);
    if (!live_client_ready(l, c)) {
        return false;
    }
    c->idle = 0;
    if (c->rung == LIVE_RUNG_FULL) {
        if (!live_catch_up(l, c)) {
            return false;
        }
        live_behind_fini(l, c);
        live_rate_greet(l, c);
        return true;
    }
    if (c->rung == LIVE_RUNG_PAUSED) {
        step(l, c, LIVE_RUNG_SUMMARY);
        c->next_catch_ms = 0; /* what it missed comes at once */
    }
    if (live_now_ms(l) >= c->next_catch_ms) {
        (void)catch_up(l, c);
    }
    return false;
}

void live_ladder_tick(struct live *l)
{
    uint64_t now_ms = live_now_ms(l);
    if (now_ms < l->ladder_next_ms) {
        return;
    }
    l->ladder_next_ms = (now_ms / GRID_MS + 1) * GRID_MS;
    for (uint32_t i = l->behind_count; i-- > 0;) {
        struct live_client *c = l->behind[i];
        if (c->away || rungs[c->rung].pace_ms == 0 || now_ms < c->next_catch_ms) {
            continue;
        }
        if (c->reply_count == 0 && live_client_ready(l, c)) {
            (void)catch_up(l, c);
        } else {
            c->late = true;
        }
    }
}

uint64_t live_ladder_next_ms(const struct live *l)
{
    return l->behind_count > l->away_count ? l->ladder_next_ms : UINT64_MAX;
}

/* ---- each second ---- */

static void step_down(struct live *l, struct live_client *c)
{
    c->patience = c->patience * 2 < PATIENCE_MOST ? c->patience * 2 : PATIENCE_MOST;
    step(l, c, c->rung == LIVE_RUNG_FULL ? LIVE_RUNG_CONFLATED : LIVE_RUNG_SUMMARY);
}

static void step_up(struct live *l, struct live_client *c)
{
    if (c->rung == LIVE_RUNG_SUMMARY) {
        step(l, c, LIVE_RUNG_CONFLATED);
        return;
    }
    if (catch_up(l, c)) {
        step(l, c, LIVE_RUNG_FULL);
        live_behind_fini(l, c);
        live_rate_greet(l, c);
    }
}

/* Whether it was too slow in this second. In step it may fall behind for a moment. */
static bool was_late(const struct live *l, const struct live_client *c)
{
    return c->late || (c->rung == LIVE_RUNG_FULL && live_now_ms(l) - c->fell_ms >= GRID_MS);
}

/* A client that comes back into step each second and falls behind again is strained all the same.
 */
static void count_strain(struct live *l, struct live_client *c)
{
    uint64_t now_ms = live_now_ms(l);
    if (!was_late(l, c)) {
        c->strain = 0;
        return;
    }
    c->strain = now_ms - c->strained_ms <= 2000 ? c->strain + 1 : 1;
    c->strained_ms = now_ms;
}

static void judge(struct live *l, struct live_client *c)
{
    count_strain(l, c);
    c->idle++;
    c->calm = c->strain == 0 && c->kept_up ? c->calm + 1 : 0;
    c->late = c->kept_up = false;
    if (c->rung == LIVE_RUNG_PAUSED) {
        return;
    }
    if (c->idle > IDLE_SECONDS && c->rung != LIVE_RUNG_FULL) {
        step(l, c, LIVE_RUNG_PAUSED);
    } else if (c->strain >= STRAIN_SECONDS && c->rung < LIVE_RUNG_SUMMARY) {
        step_down(l, c);
    } else if (c->calm >= c->patience && c->rung != LIVE_RUNG_FULL) {
        step_up(l, c);
    }
}

void live_ladder_second(struct live *l)
{
    for (uint32_t i = l->behind_count; i-- > 0;) {
        if (!l->behind[i]->away) {
            judge(l, l->behind[i]);
        }
    }
}
