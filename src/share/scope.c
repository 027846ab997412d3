/* SPDX-License-Identifier: Apache-2.0 */
/* The series, devices and pictures that a dashboard shows. A dashboard is what a page wrote, so
 * what does not read as one shows nothing. */
#include "share/share.h"

#include "base/mem.h"

#define VARIABLE BYTES("$device")

/* ---- lists ---- */

struct list {
    char **all;
    size_t count, cap;
};

static void add(struct list *l, const char *text, size_t len)
{
    l->all = mem_grow(l->all, l->count, &l->cap, sizeof *l->all);
    l->all[l->count++] = mem_text(text, len);
}

static void end(struct list *l)
{
    for (size_t i = 0; i < l->count; i++) {
        free(l->all[i]);
    }
    free(l->all);
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void sort_once(struct list *l)
{
    size_t kept = 0;
    if (l->count > 1) {
        qsort(l->all, l->count, sizeof *l->all, by_text);
    }
    for (size_t i = 0; i < l->count; i++) {
        if (kept > 0 && strcmp(l->all[kept - 1], l->all[i]) == 0) {
            free(l->all[i]);
        } else {
            l->all[kept++] = l->all[i];
        }
    }
    l->count = kept;
}

static bool has(char *const *all, size_t count, struct bytes text)
{
    size_t low = 0, high = count;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        int order = bytes_compare(bytes_of_text(all[mid]), text);
        if (order == 0) {
            return true;
        }
        *(order < 0 ? &low : &high) = order < 0 ? mid + 1 : mid;
    }
    return false;
}

/* ---- reading ---- */

struct board_reader {
    struct share_scope *scope;
    struct list chosen; /* what `$device` stands for */
    struct list devices, plans;
    bool variables; /* the dashboard has some */
};

/* The text of a string, if it is one that may be a name. */
static bool take_text(struct json_reader *r, struct buf *out)
{
    struct json_text text;
    buf_clear(out);
    if (json_peek(r) != JSON_STRING || !json_read_text(r, &text)) {
        return false;
    }
    json_text_append(text, out);
    return out->len > 0 && !memchr(out->ptr, 0, out->len);
}

static int hex(uint8_t c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

/* Names are percent-encoded in a reference, as in an address. */
static void decode(struct bytes name, struct buf *out)
{
    buf_clear(out);
    for (size_t i = 0; i < name.len; i++) {
        bool coded = name.ptr[i] == '%' && i + 2 < name.len && hex(name.ptr[i + 1]) >= 0 &&
                     hex(name.ptr[i + 2]) >= 0;
        if (coded) {
            buf_put_byte(out, (uint8_t)(hex(name.ptr[i + 1]) << 4 | hex(name.ptr[i + 2])));
            i += 2;
        } else {
            buf_put_byte(out, name.ptr[i]);
        }
    }
}

static void add_series(struct board_reader *g, const char *device, const struct buf *sensor)
{
    struct share_scope *s = g->scope;
    if (s->count == LIMIT_SHARE_SERIES) {
        s->truncated = true;
        return;
    }
    s->series = mem_grow(s->series, s->count, &s->cap, sizeof *s->series);
    s->series[s->count++] = (struct share_series){
        .device = mem_text(device, strlen(device)),
        .sensor = mem_text(sensor->ptr, sensor->len),
    };
    add(&g->devices, device, strlen(device));
}

/* `device/sensor`, the device perhaps a variable. */
static void take_reference(struct board_reader *g, struct bytes reference)
{
    struct buf device = {0}, sensor = {0};
    size_t slash = bytes_index(reference, '/');
    struct bytes head = bytes_of(reference.ptr, slash);
    if (slash == reference.len) {
        return;
    }
    decode(bytes_skip(reference, slash + 1), &sensor);
    decode(head, &device);
    buf_put_byte(&device, '\0');
    if (bytes_equal(head, VARIABLE)) {
        for (size_t i = 0; i < g->chosen.count; i++) {
            add_series(g, g->chosen.all[i], &sensor);
        }
    } else if (head.len && head.ptr[0] != '$') {
        add_series(g, (const char *)device.ptr, &sensor);
    }
    buf_fini(&device);
    buf_fini(&sensor);
}

/* Takes each name of an array; what is none is passed over. */
static void each_text(struct json_reader *r, struct board_reader *g,
                      void (*take)(struct board_reader *g, struct bytes text))
{
    struct buf text = {0};
    if (json_peek(r) == JSON_ARRAY && json_read_array(r)) {
        while (json_read_item(r)) {
            if (take_text(r, &text)) {
                take(g, buf_bytes(&text));
            }
        }
    }
    buf_fini(&text);
}

static void take_plan(struct board_reader *g, struct json_reader *r)
{
    struct buf id = {0};
    if (g->plans.count < LIMIT_SHARE_SERIES && take_text(r, &id)) {
        add(&g->plans, (const char *)id.ptr, id.len);
    }
    buf_fini(&id);
}

static void take_type(struct board_reader *g, struct json_reader *r)
{
    struct json_text type;
    if (json_peek(r) == JSON_STRING && json_read_text(r, &type) && json_text_is(type, "map")) {
        g->scope->places = true;
    }
}

static void take_widget(struct json_reader *r, struct board_reader *g)
{
    struct json_text key;
    if (json_peek(r) != JSON_OBJECT || !json_read_object(r)) {
        return;
    }
    while (json_read_key(r, &key)) {
        if (json_text_is(key, "series")) {
            each_text(r, g, take_reference);
        } else if (json_text_is(key, "plan")) {
            take_plan(g, r);
        } else if (json_text_is(key, "type")) {
            take_type(g, r);
        }
    }
}

static void take_variable(struct board_reader *g, struct bytes name)
{
    (void)name;
    g->variables = true;
}

static void take_chosen(struct board_reader *g, struct bytes id)
{
    if (g->chosen.count < LIMIT_SHARE_DEVICES) {
        add(&g->chosen, (const char *)id.ptr, id.len);
    }
}

static void read_board(struct board_reader *g, struct bytes body)
{
    struct json_reader r;
    struct json_text key;
    json_reader_init(&r, body);
    if (json_peek(&r) != JSON_OBJECT || !json_read_object(&r)) {
        return;
    }
    while (json_read_key(&r, &key)) {
        if (json_text_is(key, "variables")) {
            each_text(&r, g, take_variable);
        } else if (json_text_is(key, "widgets") && json_peek(&r) == JSON_ARRAY &&
                   json_read_array(&r)) {
            while (json_read_item(&r)) {
                take_widget(&r, g);
            }
        }
    }
}

/* ---- the scope ---- */

static int by_names(const void *a, const void *b)
{
    const struct share_series *x = a, *y = b;
    int order = strcmp(x->device, y->device);
    return order ? order : strcmp(x->sensor, y->sensor);
}

static void sort_series(struct share_scope *s)
{
    size_t kept = 0;
    if (s->count > 1) {
        qsort(s->series, s->count, sizeof *s->series, by_names);
    }
    for (size_t i = 0; i < s->count; i++) {
        if (kept > 0 && by_names(&s->series[kept - 1], &s->series[i]) == 0) {
            free(s->series[i].device);
            free(s->series[i].sensor);
        } else {
            s->series[kept++] = s->series[i];
        }
    }
    s->count = kept;
}

void share_scope_init(struct share_scope *scope, struct bytes body, struct bytes devices)
{
    struct board_reader g = {.scope = scope};
    struct json_reader r;
    *scope = (struct share_scope){0};
    json_reader_init(&r, devices);
    each_text(&r, &g, take_chosen);
    read_board(&g, body);
    for (size_t i = 0; g.variables && i < g.chosen.count; i++) {
        add(&g.devices, g.chosen.all[i], strlen(g.chosen.all[i]));
    }
    sort_series(scope);
    sort_once(&g.devices);
    sort_once(&g.plans);
    end(&g.chosen);
    scope->devices = g.devices.all;
    scope->device_count = g.devices.count;
    scope->device_cap = g.devices.cap;
    scope->plans = g.plans.all;
    scope->plan_count = g.plans.count;
    scope->plan_cap = g.plans.cap;
}

void share_scope_fini(struct share_scope *scope)
{
    struct list devices = {scope->devices, scope->device_count, scope->device_cap};
    struct list plans = {scope->plans, scope->plan_count, scope->plan_cap};
    end(&devices);
    end(&plans);
    for (size_t i = 0; i < scope->count; i++) {
        free(scope->series[i].device);
        free(scope->series[i].sensor);
    }
    free(scope->series);
    *scope = (struct share_scope){0};
}

bool share_scope_has(const struct share_scope *scope, struct bytes device, struct bytes sensor)
{
    size_t low = 0, high = scope->count;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        const struct share_series *s = &scope->series[mid];
        int order = bytes_compare(bytes_of_text(s->device), device);
        order = order ? order : bytes_compare(bytes_of_text(s->sensor), sensor);
        if (order == 0) {
            return true;
        }
        *(order < 0 ? &low : &high) = order < 0 ? mid + 1 : mid;
    }
    return false;
}

bool share_scope_has_device(const struct share_scope *scope, struct bytes device)
{
    return has(scope->devices, scope->device_count, device);
}

bool share_scope_has_plan(const struct share_scope *scope, struct bytes plan)
{
    return has(scope->plans, scope->plan_count, plan);
}
