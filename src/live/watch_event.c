/* SPDX-License-Identifier: Apache-2.0 */
/* `watch`: one message that replaces the set of series that a client watches. */
#include "live/request.h"

#include "base/mem.h"

struct wish {
    struct live_group_key key;
    struct live_text *series; /* "device\0sensor\0" each */
    size_t count, cap;
    bool given;
    struct live_since since;
};

/* {"device": ..., "sensor": ...} */
static bool read_object(struct json_reader *r, uint8_t scratch[2][LIMIT_ID_BYTES],
                        struct bytes id[2])
{
    struct json_text name;
    (void)json_read_object(r);
    while (json_read_key(r, &name)) {
        if (json_text_is(name, "device") && !live_read_id(r, scratch[0], &id[0])) {
            return false;
        }
        if (json_text_is(name, "sensor") && !live_read_id(r, scratch[1], &id[1])) {
            return false;
        }
    }
    return id[0].len > 0 && id[1].len > 0;
}

/* ["device", "sensor"] */
static bool read_pair(struct json_reader *r, uint8_t scratch[2][LIMIT_ID_BYTES], struct bytes id[2])
{
    (void)json_read_array(r);
    for (size_t i = 0; i < 2; i++) {
        if (!json_read_item(r) || !live_read_id(r, scratch[i], &id[i])) {
            return false;
        }
    }
    return !json_read_item(r);
}

static struct live_text text_of(const struct bytes id[2])
{
    struct live_text t = {.len = id[0].len + id[1].len + 2};
    t.ptr = mem_alloc(t.len);
    memcpy(t.ptr, id[0].ptr, id[0].len);
    t.ptr[id[0].len] = '\0';
    memcpy(t.ptr + id[0].len + 1, id[1].ptr, id[1].len);
    t.ptr[t.len - 1] = '\0';
    return t;
}

static bool read_one(struct json_reader *r, struct wish *wish)
{
    uint8_t scratch[2][LIMIT_ID_BYTES];
    struct bytes id[2] = {{0}, {0}};
    enum json_kind kind = json_peek(r);
    bool fine = (kind == JSON_OBJECT && read_object(r, scratch, id)) ||
                (kind == JSON_ARRAY && read_pair(r, scratch, id));
    if (!fine || wish->count == LIMIT_WATCHED_SERIES) {
        return false;
    }
    wish->series = mem_grow(wish->series, wish->count, &wish->cap, sizeof *wish->series);
    wish->series[wish->count++] = text_of(id);
    return true;
}

static bool read_series(struct live_request *q, struct wish *wish)
{
    struct json_reader *r = &q->args;
    bool fine = !wish->given && json_peek(r) == JSON_ARRAY && json_read_array(r);
    wish->given = true;
    while (fine && json_read_item(r)) {
        fine = read_one(r, wish);
    }
    if (!fine || r->error != JSON_OK) {
        live_refuse(q, "invalid", "series",
                    "must be an array of at most 1000 {device, sensor} or [device, sensor]");
        return false;
    }
    return true;
}

static bool read_wish(struct live_request *q, struct wish *wish)
{
    struct json_text name;
    if (!live_read_options(q)) {
        return false;
    }
    while (json_read_key(&q->args, &name)) {
        bool fine = true;
        if (json_text_is(name, "series")) {
            fine = read_series(q, wish);
        } else if (json_text_is(name, "interval")) {
            fine = live_read_interval(q, &wish->key.step);
        } else if (json_text_is(name, "format")) {
            fine = live_read_format(q, &wish->key.format);
        } else if (json_text_is(name, "since")) {
            fine = live_read_since(q, &wish->since);
        }
        if (!fine) {
            return false;
        }
    }
    if (!wish->given) {
        live_refuse(q, "invalid", "series", "is missing");
    }
    return wish->given;
}

static bool has_room_for(struct live_request *q, struct bytes text, size_t count)
{
    if (text.len > LIVE_WATCH_TEXT_MAX) {
        live_refuse(q, "full", "series", "the names of these series are too long together");
        return false;
    }
    if (q->l->subscription_bytes + live_watch_bytes(text.len, count) > LIMIT_SUBSCRIPTION_BYTES) {
        live_refuse(q, "full", NULL, "the server holds too many subscriptions");
        return false;
    }
    return true;
}

static void watch(struct live_request *q, struct wish *wish)
{
    struct buf *text = &q->l->sensors_text;
    size_t count = wish->count;
    buf_clear(text);
    live_join_texts(wish->series, count, text);
    wish->count = 0;
    if (!live_may_read(&q->c->principal, BYTES(""))) {
        live_refuse(q, "denied", NULL, "not permitted");
    } else if (has_room_for(q, buf_bytes(text), count)) {
        wish->key.series = buf_bytes(text);
        live_watch_enter(q->l, q->c, &wish->key);
        if (q->c->watch.group) {
            live_answer_since(q, LIVE_REPLY_WATCH, q->c->watch.group, &wish->since);
        } else {
            live_answer(q, LIVE_REPLY_WATCH, NULL);
        }
    }
}

void live_event_watch(struct live_request *q)
{
    struct wish wish = {
        .key = {.rights = q->c->principal, .step = live_step_of(100), .format = LIVE_FORMAT_BATCH},
        .since = {.last = WALL_NONE}};
    if (read_wish(q, &wish)) {
        watch(q, &wish);
    }
    for (size_t i = 0; i < wish.count; i++) {
        free(wish.series[i].ptr);
    }
    free(wish.series);
}
