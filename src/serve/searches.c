/* SPDX-License-Identifier: Apache-2.0 */
/* GET /api/v1/devices?filter&sort&offset&limit: a window of the devices that fit, in an order. The
 * search is done a little in each turn, one after the other, and kept for some seconds, so that the
 * windows of a page that scrolls are of one order. */
#include "serve/request.h"

#include "base/mem.h"
#include "model/limits.h"
#include "sys/clock.h"

#define WINDOW_DEFAULT 100
#define WINDOW_MAX     1000
#define SORT_BYTES     (LIMIT_ID_BYTES + 16)

/* Between two looks at the clock: some 50 us. */
#define STEPS_A_LOOK 256

struct serve_search {
    struct buf question; /* filter, NUL, sort */
    struct live_search *search;
    mono_ns until; /* of one that is done: it is forgotten then */
    bool done;
};

struct serve_window {
    struct serve_search *of;
    struct serve_ticket *ticket;
    uint32_t offset, limit;
};

static void drop_search(struct serve_searches *all, size_t i)
{
    struct serve_search *s = all->rows[i];
    live_search_free(s->search);
    buf_fini(&s->question);
    free(s);
    all->rows[i] = all->rows[--all->count];
}

static bool is_awaited(const struct serve_searches *all, const struct serve_search *s)
{
    for (size_t i = 0; i < all->waiting; i++) {
        if (all->windows[i].of == s) {
            return true;
        }
    }
    return false;
}

static void drop_old(struct serve_searches *all, mono_ns now)
{
    for (size_t i = all->count; i-- > 0;) {
        if (all->rows[i]->done && now >= all->rows[i]->until && !is_awaited(all, all->rows[i])) {
            drop_search(all, i);
        }
    }
}

/* Makes room for one more. False: all of them are awaited. */
static bool make_room(struct serve_searches *all)
{
    for (size_t i = 0; all->count == LIMIT_SEARCHES && i < all->count; i++) {
        if (!is_awaited(all, all->rows[i])) {
            drop_search(all, i);
        }
    }
    return all->count < LIMIT_SEARCHES;
}

void serve_searches_fini(struct serve_searches *all)
{
    while (all->count > 0) {
        drop_search(all, all->count - 1);
    }
    for (size_t i = 0; i < all->waiting; i++) {
        (void)serve_ticket_redeem(all->windows[i].ticket);
    }
    free(all->windows);
    *all = (struct serve_searches){0};
}

/* ---- answering ---- */

static void answer_window(struct serve *sv, struct serve_peer *p, const struct serve_window *w)
{
    struct buf body = {0};
    struct json_writer out;
    uint32_t found = live_search_count(w->of->search);
    json_writer_init(&out, &body);
    json_write_object(&out);
    json_write_key(&out, "devices");
    json_write_array(&out);
    for (uint32_t i = w->offset; i < found && i - w->offset < w->limit; i++) {
        const struct registry_device *d =
            registry_device(sv->registry, live_search_at(w->of->search, i));
        if (d) {
            serve_put_device(&out, sv, d);
        } else {
            json_write_null(&out); /* deleted since: its place stays, so that offsets do */
        }
    }
    json_write_array_end(&out);
    json_put_u64(&out, "offset", w->offset);
    json_put_u64(&out, "found", found);
    json_put_u64(&out, "total", registry_device_count(sv->registry));
    json_write_object_end(&out);
    serve_answer_json(p, 200, &body);
    buf_fini(&body);
}

/* One window a look, since writing a thousand devices takes a while too. */
static bool answer_one(struct serve *sv)
{
    struct serve_searches *all = &sv->searches;
    for (size_t i = 0; i < all->waiting; i++) {
        struct serve_window w = all->windows[i];
        if (w.of->done) {
            memmove(&all->windows[i], &all->windows[i + 1],
                    (--all->waiting - i) * sizeof all->windows[0]);
            struct serve_peer *p = serve_ticket_redeem(w.ticket);
            if (p) {
                answer_window(sv, p, &w);
            }
            return true;
        }
    }
    return false;
}

static bool work_on_one(struct serve *sv)
{
    struct serve_searches *all = &sv->searches;
    for (size_t i = 0; i < all->count; i++) {
        struct serve_search *s = all->rows[i];
        if (!s->done) {
            s->done = live_search_step(s->search, sv->registry, sv->alerts, STEPS_A_LOOK);
            s->until = sv->loop->mono_ns + MONO_MS(LIMIT_SEARCH_KEPT_MS);
            return true;
        }
    }
    return false;
}

void serve_searches_turn(struct serve *sv)
{
    if (sv->searches.count == 0) {
        return;
    }
    mono_ns until = clock_mono_ns() + LIMIT_SEARCH_TURN_US * UINT64_C(1000);
    bool more = true;
    while (more && clock_mono_ns() < until) {
        more = answer_one(sv) || work_on_one(sv);
    }
    drop_old(&sv->searches, sv->loop->mono_ns);
}

mono_ns serve_searches_due(const struct serve *sv)
{
    mono_ns due = UINT64_MAX;
    for (size_t i = 0; i < sv->searches.count; i++) {
        const struct serve_search *s = sv->searches.rows[i];
        mono_ns at = s->done && sv->searches.waiting == 0 ? s->until : sv->loop->mono_ns;
        due = at < due ? at : due;
    }
    return due;
}

/* ---- asking ---- */

/* The search of that question, one that is under way or kept; NULL: it is answered. */
static struct serve_search *search_of(struct serve_peer *p, struct bytes filter, struct bytes sort)
{
    struct serve_searches *all = &p->serve->searches;
    struct buf question = {0};
    buf_put_bytes(&question, filter);
    buf_put_byte(&question, 0);
    buf_put_bytes(&question, sort);
    for (size_t i = 0; i < all->count; i++) {
        if (bytes_equal(buf_bytes(&all->rows[i]->question), buf_bytes(&question)) &&
            !(all->rows[i]->done && p->serve->loop->mono_ns >= all->rows[i]->until)) {
            buf_fini(&question);
            return all->rows[i];
        }
    }
    struct live_search *search = live_search_new(filter, sort, p->serve->loop->wall_ms);
    if (!search || !make_room(all)) {
        buf_fini(&question);
        if (search) {
            live_search_free(search);
            serve_answer_full(p);
        } else {
            serve_answer_bad_field(p, BYTES("sort"),
                                   "worst, name, status, model, place, seen, alert or sensor:ID, "
                                   "with - before it for downwards, is expected");
        }
        return NULL;
    }
    struct serve_search *s = mem_zalloc(1, sizeof *s);
    *s = (struct serve_search){.question = question, .search = search};
    all->rows[all->count++] = s;
    return s;
}

void serve_search_devices(struct serve_peer *p)
{
    struct serve_searches *all = &p->serve->searches;
    uint8_t filter_memory[LIMIT_SEARCH_BYTES], sort_memory[SORT_BYTES];
    struct bytes filter, sort;
    int64_t offset = 0, limit = WINDOW_DEFAULT;
    if (!serve_query_text(p, "filter", filter_memory, sizeof filter_memory, &filter) ||
        !serve_query_text(p, "sort", sort_memory, sizeof sort_memory, &sort) ||
        !serve_query_integer(p, "offset", 0, UINT32_MAX, &offset) ||
        !serve_query_integer(p, "limit", 1, WINDOW_MAX, &limit)) {
        return;
    }
    if (all->waiting == LIMIT_SEARCH_WAITERS) {
        serve_answer_full(p);
        return;
    }
    struct serve_search *s = search_of(p, filter, sort);
    if (s) {
        if (!all->windows) {
            all->windows = mem_zalloc(LIMIT_SEARCH_WAITERS, sizeof *all->windows);
        }
        all->windows[all->waiting++] =
            (struct serve_window){s, serve_ticket_issue(p), (uint32_t)offset, (uint32_t)limit};
    }
}
