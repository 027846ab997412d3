/* SPDX-License-Identifier: Apache-2.0 */
/* Import into a store that nobody else holds. One thread finds the series of each reading and fills
 * chunks; another sorts a chunk by series and gives it to the store, which writes sealed blocks
 * past the journal. A few chunks go round between the two, so memory is theirs. */
#include "app/import.h"

#include "app/thread.h"
#include "model/limits.h"
#include "registry/registry.h"
#include "store/store.h"
#include "sys/clock.h"
#include "sys/secret.h"

#include "base/mem.h"

#define CHUNKS         3
#define CHUNK_READINGS (256u << 10)

struct chunk {
    struct chunk *next;
    struct batch *changes; /* devices and series that are new in it */
    size_t count;
    uint32_t series[CHUNK_READINGS];
    wall_ms times[CHUNK_READINGS];
    double values[CHUNK_READINGS];
};

/* Chunks on their way from one thread to the other. */
struct chunk_queue {
    pthread_mutex_t lock;
    pthread_cond_t filled;
    struct chunk *first;
    struct chunk *last;
};

struct here {
    struct store *store;
    struct registry *registry;
    struct metrics metrics;
    uint64_t seq;
    wall_ms now;
    struct chunk *chunk; /* being filled */
    struct chunk_queue empty;
    struct chunk_queue full;
    pthread_t writer;
    bool writing; /* the thread was started and not waited for */
    _Atomic bool failed;

    /* The writer's. */
    struct store_bulk *bulk;
    struct store_failure why;
    uint32_t *begins; /* of each series in the sorted arrays */
    size_t begin_cap;
    wall_ms *times;
    double *values;
};

/* ---- the queue ---- */

static void queue_init(struct chunk_queue *q)
{
    (void)pthread_mutex_init(&q->lock, NULL);
    (void)pthread_cond_init(&q->filled, NULL);
}

static void queue_put(struct chunk_queue *q, struct chunk *c)
{
    (void)pthread_mutex_lock(&q->lock);
    c->next = NULL;
    *(q->last ? &q->last->next : &q->first) = c;
    q->last = c;
    (void)pthread_cond_signal(&q->filled);
    (void)pthread_mutex_unlock(&q->lock);
}

static struct chunk *queue_take(struct chunk_queue *q)
{
    (void)pthread_mutex_lock(&q->lock);
    while (!q->first) {
        (void)pthread_cond_wait(&q->filled, &q->lock);
    }
    struct chunk *c = q->first;
    q->first = c->next;
    q->last = q->first ? q->last : NULL;
    (void)pthread_mutex_unlock(&q->lock);
    return c;
}

static void queue_fini(struct chunk_queue *q)
{
    while (q->first) {
        struct chunk *c = queue_take(q);
        batch_release(c->changes);
        free(c);
    }
    (void)pthread_mutex_destroy(&q->lock);
    (void)pthread_cond_destroy(&q->filled);
}

/* ---- the writer ---- */

/* Sorts the chunk by series into h->times and h->values; h->begins[s] is where series s ends. */
static size_t sort(struct here *h, const struct chunk *c)
{
    size_t series = 0;
    for (size_t i = 0; i < c->count; i++) {
        series = size_max(series, c->series[i] + (size_t)1);
    }
    if (series > h->begin_cap) {
        h->begin_cap = series * 2;
        h->begins = mem_resize(h->begins, h->begin_cap, sizeof *h->begins);
    }
    if (series == 0) {
        return 0;
    }
    memset(h->begins, 0, series * sizeof *h->begins);
    for (size_t i = 0; i < c->count; i++) {
        h->begins[c->series[i]]++;
    }
    uint32_t at = 0;
    for (size_t s = 0; s < series; s++) {
        uint32_t n = h->begins[s];
        h->begins[s] = at;
        at += n;
    }
    for (size_t i = 0; i < c->count; i++) {
        uint32_t to = h->begins[c->series[i]]++;
        h->times[to] = c->times[i];
        h->values[to] = c->values[i];
    }
    return series;
}

static enum err write_chunk(struct here *h, const struct chunk *c)
{
    enum err e = OK;
    if (!batch_empty(c->changes)) {
        store_append(h->store, c->changes);
        e = store_commit(h->store, h->now, &h->why);
    }
    size_t series = e == OK ? sort(h, c) : 0;
    uint32_t from = 0;
    for (uint32_t s = 0; s < series && e == OK; s++) {
        uint32_t to = h->begins[s];
        if (to > from) {
            e = store_bulk_put(h->bulk, (struct series_id){s}, h->times + from, h->values + from,
                               to - from, &h->why);
        }
        from = to;
    }
    return e;
}

/* Writes chunks until an empty one comes, which is the last. */
static void *write_all(void *ctx)
{
    struct here *h = ctx;
    for (;;) {
        struct chunk *c = queue_take(&h->full);
        bool last = c->count == 0;
        if (!atomic_load(&h->failed) && write_chunk(h, c) != OK) {
            atomic_store(&h->failed, true);
        }
        queue_put(&h->empty, c);
        if (last) {
            return NULL;
        }
    }
}

/* ---- taking readings ---- */

static void begin_chunk(struct here *h)
{
    struct chunk *c = queue_take(&h->empty);
    batch_release(c->changes);
    c->changes = batch_new(BATCH_CHANGES);
    c->changes->seq = ++h->seq;
    c->changes->now = h->now;
    c->count = 0;
    h->chunk = c;
}

static void pass_on(struct here *h)
{
    queue_put(&h->full, h->chunk);
    h->chunk = NULL;
}

static bool say_broken(struct here *h)
{
    import_fail("%s", h->why.text);
    return true;
}

static const char *why_dropped(enum drop drop)
{
    if (drop == DROP_BAD_DEVICE_ID) {
        return "the device's name can't be one (256 bytes of UTF-8, no control characters)";
    }
    return drop == DROP_BAD_SENSOR_ID
               ? "the sensor's name can't be one (256 bytes of UTF-8, no control characters)"
               : "the fleet is full: too many devices, or sensors of a device";
}

static const char *here_take(void *ctx, const struct import_reading *r, bool *broken)
{
    struct here *h = ctx;
    struct series_id series;
    bool created;
    struct registry_origin origin = {.device = r->device,
                                     .sensor = r->sensor,
                                     .unit = r->unit,
                                     .kind = r->kind,
                                     .carrier = CARRIER_NONE};
    struct chunk *c = h->chunk;
    enum drop drop = registry_resolve(h->registry, &origin, h->now, c->changes, &series, &created);
    if (drop != DROP_NONE) {
        return why_dropped(drop);
    }
    c->series[c->count] = series.n;
    c->times[c->count] = r->time;
    c->values[c->count++] = r->value;
    if (c->count == CHUNK_READINGS) {
        pass_on(h);
        begin_chunk(h);
    }
    *broken = atomic_load(&h->failed) && say_broken(h);
    return NULL;
}

/* ---- begin and end ---- */

/* Blocks are looked at for so long in one read transaction. */
#define CHECK_STEP_NS UINT64_C(250000000)

/* A damaged block would stop the import when readings come beside it, with a part stored and the
 * rest not; so what is there is looked through before anything is written.
 * Errors: ERR_CORRUPT, with h->why;  ERR_IO. */
static enum err check_first(struct here *h, const char *dir)
{
    struct store_reader *reader = NULL;
    struct store_check seen = {0};
    enum err e = store_reader_open(dir, &reader, &h->why);
    while (e == OK && !seen.done) {
        e = store_check_step(reader, &seen, CHECK_STEP_NS, &h->why);
    }
    e = e == OK ? store_check_pages(reader, &h->why) : e;
    store_reader_close(reader);
    return e;
}

/* Waits until the writer has done all that it was given. */
static void stop_writer(struct here *h)
{
    if (!h->writing) {
        return;
    }
    if (h->chunk->count > 0 || !batch_empty(h->chunk->changes)) {
        bool last = h->chunk->count == 0;
        pass_on(h);
        if (!last) {
            begin_chunk(h);
        }
    }
    if (h->chunk) {
        pass_on(h);
    }
    (void)pthread_join(h->writer, NULL);
    h->writing = false;
}

static bool here_end(void *ctx)
{
    struct here *h = ctx;
    bool said = atomic_load(&h->failed);
    stop_writer(h);
    if (atomic_load(&h->failed)) {
        return said ? false : !say_broken(h);
    }
    enum err e = store_bulk_end(h->bulk, h->now, &h->why);
    h->bulk = NULL;
    return e == OK || !say_broken(h);
}

static void here_fini(void *ctx)
{
    struct here *h = ctx;
    stop_writer(h);
    store_bulk_free(h->bulk);
    store_close(h->store);
    registry_free(h->registry);
    queue_fini(&h->empty);
    queue_fini(&h->full);
    free(h->begins);
    free(h->times);
    free(h->values);
    free(h);
}

static enum err load(struct here *h)
{
    struct registry_config config = registry_defaults;
    struct hash_key key;
    secret_random(&key, sizeof key);
    struct batch *loaded = batch_new(BATCH_SNAPSHOT);
    enum err e = store_load(h->store, loaded);
    h->registry = registry_new(&config, key, &h->metrics);
    registry_apply(h->registry, loaded);
    h->seq = loaded->seq;
    batch_release(loaded);
    return e;
}

enum err import_here(const char *dir, struct import_sink *sink)
{
    struct here *h = mem_zalloc(1, sizeof *h);
    struct store_config config = store_defaults;
    config.dir = dir;
    h->now = clock_wall_ms();
    queue_init(&h->empty);
    queue_init(&h->full);
    h->times = mem_zalloc(CHUNK_READINGS, sizeof *h->times);
    h->values = mem_zalloc(CHUNK_READINGS, sizeof *h->values);
    enum err e = store_open(&config, &h->metrics, &h->store, &h->why);
    e = e == OK ? load(h) : e;
    e = e == OK ? check_first(h, dir) : e;
    e = e == OK ? store_bulk_begin(h->store, h->now, &h->bulk, &h->why) : e;
    if (e != OK) {
        if (e != ERR_BUSY) {
            import_fail("%s", h->why.text);
        }
        here_fini(h);
        return e == ERR_BUSY ? ERR_BUSY : ERR_IO;
    }
    for (int i = 0; i < CHUNKS; i++) {
        queue_put(&h->empty, mem_zalloc(1, sizeof(struct chunk)));
    }
    begin_chunk(h);
    h->writer = thread_start("import", write_all, h);
    h->writing = true;
    *sink = (struct import_sink){here_take, here_end, here_fini, h};
    return OK;
}
