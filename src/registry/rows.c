/* SPDX-License-Identifier: Apache-2.0 */
#include "registry/rows.h"

#include "base/mem.h"

static struct bytes device_key_of(const void *owner, uint32_t value)
{
    const struct registry *r = owner;
    return bytes_of_text(r->device_pages[value / PAGE_ROWS]->rows[value % PAGE_ROWS].pub.key);
}

static struct bytes series_key_of(const void *owner, uint32_t value)
{
    const struct registry *r = owner;
    const struct series_row *s = &r->series_pages[value / PAGE_ROWS]->rows[value % PAGE_ROWS];
    return bytes_of(s->key, s->key_len);
}

void registry_rows_init(struct registry *r)
{
    strmap_init(&r->by_key, r->hash_key, device_key_of, r);
    strmap_init(&r->by_names, r->hash_key, series_key_of, r);
}

/* ---- text ---- */

static void drop_text(struct registry *r, char *text)
{
    if (text != r->empty) {
        free(text);
    }
}

void registry_set_text(struct registry *r, char **text, struct bytes value)
{
    drop_text(r, *text);
    *text = value.len ? mem_text(value.ptr, value.len) : r->empty;
}

void registry_set_unit(struct registry *r, struct series_row *s, struct bytes unit)
{
    registry_set_text(r, &s->pub.unit, unit);
    s->unit_len = (uint32_t)unit.len;
}

static char *topic_room(const struct series_row *s)
{
    return s->key + s->key_len + 1;
}

static void drop_topic(struct series_row *s)
{
    if (s->pub.topic != topic_room(s)) {
        free(s->pub.topic);
    }
    s->pub.topic = topic_room(s);
}

void registry_set_topic(struct series_row *s, struct bytes topic)
{
    drop_topic(s);
    if (topic.len >= TOPIC_ROOM) {
        s->pub.topic = mem_alloc(topic.len + 1);
    }
    if (topic.len) {
        memcpy(s->pub.topic, topic.ptr, topic.len);
    }
    s->pub.topic[topic.len] = '\0';
    s->topic_len = (uint32_t)topic.len;
}

/* ---- pages ---- */

/* Zeroed pages up to the one of row `n`, which is made when it is not there. */
static void *grow_pages(void *pages, size_t *cap, uint32_t n)
{
    void **grown = pages;
    size_t need = (size_t)n / PAGE_ROWS + 1;
    if (need > *cap) {
        size_t cap_now = size_max(need, *cap * 2);
        grown = mem_resize(grown, cap_now, sizeof *grown);
        memset(grown + *cap, 0, (cap_now - *cap) * sizeof *grown);
        *cap = cap_now;
    }
    return grown;
}

void registry_reserve_ids(struct registry *r, uint32_t devices, uint32_t series)
{
    if (devices > r->device_rows) {
        r->device_pages = grow_pages(r->device_pages, &r->device_page_cap, devices - 1);
        r->device_rows = devices;
    }
    if (series > r->series_rows) {
        r->series_pages = grow_pages(r->series_pages, &r->series_page_cap, series - 1);
        r->series_rows = series;
    }
}

static struct device_row *take_device_row(struct registry *r, uint32_t n)
{
    registry_reserve_ids(r, n + 1, 0);
    struct device_page **page = &r->device_pages[n / PAGE_ROWS];
    if (!*page) {
        *page = mem_alloc(sizeof **page);
        (*page)->used = 0;
        for (size_t i = 0; i < PAGE_ROWS; i++) {
            (*page)->rows[i].pub.id = DEVICE_NONE;
        }
    }
    (*page)->used++;
    return &(*page)->rows[n % PAGE_ROWS];
}

static struct series_row *take_series_row(struct registry *r, uint32_t n)
{
    registry_reserve_ids(r, 0, n + 1);
    struct series_page **page = &r->series_pages[n / PAGE_ROWS];
    if (!*page) {
        *page = mem_alloc(sizeof **page);
        (*page)->used = 0;
        for (size_t i = 0; i < PAGE_ROWS; i++) {
            (*page)->rows[i].pub.id = SERIES_NONE;
        }
    }
    (*page)->used++;
    return &(*page)->rows[n % PAGE_ROWS];
}

/* ---- rows ---- */

struct device_row *registry_add_device(struct registry *r, struct device_id id, struct bytes key,
                                       wall_ms now)
{
    ASSERT(!registry_device_row(r, id));
    struct device_row *d = take_device_row(r, id.n);
    *d = (struct device_row){
        .pub = {.id = id,
                .key = mem_text(key.ptr, key.len),
                .name = r->empty,
                .model = r->empty,
                .manufacturer = r->empty,
                .place = r->empty,
                .tags = r->empty,
                .attributes = r->empty,
                .status = STATUS_UNKNOWN,
                .cause = CAUSE_NONE,
                .since = now,
                .last_seen = WALL_NONE,
                .first_series = SERIES_NONE},
        .last_series = SERIES_NONE,
        .carrier = CARRIER_NONE,
        .carrier_previous = DEVICE_NONE,
        .carrier_next = DEVICE_NONE,
        .parent = DEVICE_NONE,
        .first_child = DEVICE_NONE,
        .sibling_previous = DEVICE_NONE,
        .sibling_next = DEVICE_NONE,
    };
    strmap_put(&r->by_key, id.n);
    r->device_count++;
    r->status_count[STATUS_UNKNOWN]++;
    return d;
}

static void link_series(struct registry *r, struct device_row *d, struct series_id id)
{
    struct series_row *last = registry_series_row(r, d->last_series);
    if (last) {
        last->pub.next = id;
    } else {
        d->pub.first_series = id;
    }
    d->last_series = id;
    d->pub.series_count++;
}

struct series_row *registry_add_series(struct registry *r, struct series_id id,
                                       struct device_row *d, struct bytes sensor)
{
    ASSERT(!registry_series_row(r, id));
    uint8_t text[SERIES_KEY_MAX];
    struct bytes device = bytes_of_text(d->pub.key);
    ASSERT(device.len <= LIMIT_ID_BYTES && sensor.len <= LIMIT_ID_BYTES);
    struct bytes key = registry_series_key(device, sensor, text);
    struct series_row *s = take_series_row(r, id.n);
    *s = (struct series_row){
        .pub = {.id = id,
                .device = d->pub.id,
                .next = SERIES_NONE,
                .name = r->empty,
                .unit = r->empty,
                .kind = KIND_NUMBER,
                .decimals = -1},
        .key = mem_alloc(key.len + 1 + TOPIC_ROOM),
        .key_len = (uint32_t)key.len,
        .axis = registry_axis_of(sensor),
    };
    memcpy(s->key, key.ptr, key.len);
    s->key[key.len] = '\0';
    s->pub.sensor = s->key + device.len + 1;
    s->pub.topic = topic_room(s);
    s->pub.topic[0] = '\0';
    strmap_put(&r->by_names, id.n);
    link_series(r, d, id);
    r->series_count++;
    return s;
}

static void free_series_text(struct registry *r, struct series_row *s)
{
    drop_text(r, s->pub.name);
    drop_text(r, s->pub.unit);
    drop_topic(s);
    free(s->key);
    s->pub.id = SERIES_NONE;
}

static void free_device_text(struct registry *r, struct device_row *d)
{
    drop_text(r, d->pub.name);
    drop_text(r, d->pub.model);
    drop_text(r, d->pub.manufacturer);
    drop_text(r, d->pub.place);
    drop_text(r, d->pub.tags);
    drop_text(r, d->pub.attributes);
    free(d->pub.key);
    d->pub.id = DEVICE_NONE;
}

static void remove_series(struct registry *r, struct series_row *s)
{
    struct series_page **page = &r->series_pages[s->pub.id.n / PAGE_ROWS];
    strmap_remove(&r->by_names, bytes_of(s->key, s->key_len));
    free_series_text(r, s);
    r->series_count--;
    (*page)->used--;
    if ((*page)->used == 0) {
        free(*page);
        *page = NULL;
    }
}

static void remember_deletion(struct registry *r, char *key, uint64_t seq)
{
    if (!r->deleted) {
        r->deleted = mem_zalloc(DELETED_MAX, sizeof *r->deleted);
    }
    if (r->deleted_count == DELETED_MAX) {
        r->deleted_floor = r->deleted[r->deleted_first].seq;
        free(r->deleted[r->deleted_first].key);
        r->deleted_first = (r->deleted_first + 1) % DELETED_MAX;
        r->deleted_count--;
    }
    uint32_t at = (r->deleted_first + r->deleted_count) % DELETED_MAX;
    r->deleted[at] = (struct deletion){seq, key};
    r->deleted_count++;
}

void registry_remove_device(struct registry *r, struct device_row *d, uint64_t seq)
{
    struct device_page **page = &r->device_pages[d->pub.id.n / PAGE_ROWS];
    struct series_id next = d->pub.first_series;
    while (next.n != SERIES_NONE.n) {
        struct series_row *s = registry_series_row(r, next);
        ASSERT(s);
        next = s->pub.next;
        remove_series(r, s);
    }
    registry_uncarry(r, d);
    registry_orphan(r, d);
    strmap_remove(&r->by_key, bytes_of_text(d->pub.key));
    remember_deletion(r, mem_text(d->pub.key, strlen(d->pub.key)), seq);
    r->status_count[d->pub.status]--;
    r->device_count--;
    free_device_text(r, d);
    (*page)->used--;
    if ((*page)->used == 0) {
        free(*page);
        *page = NULL;
    }
}

void registry_set_status(struct registry *r, struct device_row *d, enum device_status status,
                         enum status_cause cause, wall_ms since)
{
    r->status_count[d->pub.status]--;
    r->status_count[status]++;
    d->pub.status = status;
    d->pub.cause = cause;
    d->pub.since = since;
}

void registry_count(const struct registry *r)
{
    if (r->metrics) {
        metrics_set(r->metrics, METRIC_DEVICES, r->device_count);
        metrics_set(r->metrics, METRIC_SERIES, r->series_count);
    }
}

/* ---- the end ---- */

static void free_series_pages(struct registry *r)
{
    for (size_t i = 0; i < r->series_page_cap; i++) {
        struct series_page *page = r->series_pages[i];
        for (size_t row = 0; page && row < PAGE_ROWS; row++) {
            if (page->rows[row].pub.id.n != SERIES_NONE.n) {
                free_series_text(r, &page->rows[row]);
            }
        }
        free(page);
    }
    free(r->series_pages);
}

static void free_device_pages(struct registry *r)
{
    for (size_t i = 0; i < r->device_page_cap; i++) {
        struct device_page *page = r->device_pages[i];
        for (size_t row = 0; page && row < PAGE_ROWS; row++) {
            if (page->rows[row].pub.id.n != DEVICE_NONE.n) {
                free_device_text(r, &page->rows[row]);
            }
        }
        free(page);
    }
    free(r->device_pages);
}

void registry_rows_fini(struct registry *r)
{
    strmap_fini(&r->by_key);
    strmap_fini(&r->by_names);
    free_series_pages(r);
    free_device_pages(r);
    for (uint32_t i = 0; i < r->deleted_count; i++) {
        free(r->deleted[(r->deleted_first + i) % DELETED_MAX].key);
    }
    free(r->deleted);
    free(r->carriers);
    free(r->sources);
}
