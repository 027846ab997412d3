/* SPDX-License-Identifier: Apache-2.0 */
/* What clients ask for. Arguments come from outside: each is checked here, and a wrong one changes
 * nothing and is answered with the name of what was wrong. Keys that we don't know are passed over,
 * so that newer clients can talk to older servers. */
#include "live/request.h"

#include "base/mem.h"

static bool read_device(struct live_request *q, uint8_t scratch[LIMIT_ID_BYTES],
                        struct bytes *device)
{
    if (json_read_item(&q->args) && live_read_id(&q->args, scratch, device)) {
        return true;
    }
    live_refuse(q, "invalid", "deviceId",
                "must be 1 to 256 bytes without control characters, and not . or ..");
    return false;
}

/* ---- a list of sensors ---- */

struct sensor_list {
    struct live_text names[LIVE_SENSORS_MAX];
    size_t count;
};

static bool read_names(struct json_reader *r, struct sensor_list *list)
{
    uint8_t scratch[LIMIT_ID_BYTES];
    struct bytes id;
    while (json_read_item(r)) {
        if (list->count == LIVE_SENSORS_MAX || !live_read_id(r, scratch, &id)) {
            return false;
        }
        list->names[list->count++] = (struct live_text){mem_text(id.ptr, id.len), id.len + 1};
    }
    return list->count > 0 && r->error == JSON_OK;
}

static bool read_sensors(struct live_request *q, struct buf *out)
{
    struct sensor_list list = {.count = 0};
    bool fine = json_peek(&q->args) == JSON_ARRAY && json_read_array(&q->args) &&
                read_names(&q->args, &list);
    buf_clear(out);
    live_join_texts(list.names, list.count, out);
    if (!fine) {
        live_refuse(q, "invalid", "sensors", "must be an array of 1 to 256 sensor ids");
    }
    return fine;
}

/* ---- subscribe-device ---- */

static bool read_device_option(struct live_request *q, struct json_text name,
                               struct live_group_key *key, struct live_since *since)
{
    if (json_text_is(name, "interval")) {
        return live_read_interval(q, &key->step);
    }
    if (json_text_is(name, "format")) {
        return live_read_format(q, &key->format);
    }
    if (json_text_is(name, "since")) {
        return live_read_since(q, since);
    }
    if (json_text_is(name, "last")) {
        return live_read_last(q, since);
    }
    if (json_text_is(name, "sensors")) {
        bool fine = read_sensors(q, &q->l->sensors_text);
        key->sensors = fine ? buf_bytes(&q->l->sensors_text) : key->sensors;
        return fine;
    }
    return true;
}

static bool read_device_options(struct live_request *q, struct live_group_key *key,
                                struct live_since *since)
{
    struct json_text name;
    if (!json_read_item(&q->args) || json_peek(&q->args) == JSON_NULL) {
        return true;
    }
    if (json_peek(&q->args) != JSON_OBJECT) {
        live_refuse(q, "invalid", "options", "must be an object");
        return false;
    }
    (void)json_read_object(&q->args);
    while (json_read_key(&q->args, &name)) {
        if (!read_device_option(q, name, key, since)) {
            return false;
        }
    }
    return true;
}

/* What a new subscription may cost at most before conflation begins. */
#define SUBSCRIPTION_BYTES                                                                         \
    (sizeof(struct live_room) + sizeof(struct live_group) + sizeof(struct live_member) +           \
     sizeof(struct live_membership) + LIMIT_ID_BYTES)

static bool has_room_for(struct live_request *q, struct bytes device, struct bytes sensors)
{
    struct live_client *c = q->c;
    const struct live_room *room = live_room_find(q->l, device);
    const struct live_membership *m = room ? live_membership_find(c, room) : NULL;
    size_t old = m ? m->group->sensors_len : 0;
    if (!m && c->room_count >= LIMIT_ROOMS_PER_CLIENT) {
        live_refuse(q, "full", "deviceId", "this client is subscribed to 1000 devices already");
        return false;
    }
    if (c->sensors_bytes - old + sensors.len > LIVE_SENSORS_TEXT_MAX) {
        live_refuse(q, "full", "sensors", "this client names too many sensors");
        return false;
    }
    if (q->l->subscription_bytes + SUBSCRIPTION_BYTES + sensors.len > LIMIT_SUBSCRIPTION_BYTES) {
        live_refuse(q, "full", NULL, "the server holds too many subscriptions");
        return false;
    }
    return true;
}

static void subscribe_device(struct live_request *q)
{
    uint8_t scratch[LIMIT_ID_BYTES];
    struct bytes device;
    struct live_group_key key = {.rights = q->c->principal, .step = live_step_of(100)};
    struct live_since since = {.last = WALL_NONE};
    if (!read_device(q, scratch, &device) || !read_device_options(q, &key, &since)) {
        return;
    }
    if (!live_may_read(&q->c->principal, device)) {
        live_refuse(q, "denied", "deviceId", "not permitted");
        return;
    }
    if (!has_room_for(q, device, key.sensors)) {
        return;
    }
    key.room = live_room_get(q->l, device);
    live_room_enter(q->l, q->c, &key);
    live_answer_since(q, LIVE_REPLY_DEVICE, live_membership_find(q->c, key.room)->group, &since);
}

static void unsubscribe_device(struct live_request *q)
{
    uint8_t scratch[LIMIT_ID_BYTES];
    struct bytes device;
    if (!read_device(q, scratch, &device)) {
        return;
    }
    const struct live_room *room = live_room_find(q->l, device);
    struct live_membership *m = room ? live_membership_find(q->c, room) : NULL;
    if (m) {
        live_room_leave(q->l, q->c, m);
    }
    live_answer(q, LIVE_REPLY_OK, NULL);
}

/* ---- subscribe-fleet ---- */

struct fleet_wish {
    bool stream;   /* something was said about sensor-data: it changes */
    bool readings; /* in `format` */
    enum live_format format;
    uint32_t step;
    bool dashboard;
    struct live_since since;
};

static bool read_fleet_format(struct live_request *q, struct fleet_wish *wish)
{
    struct json_text text;
    if (json_peek(&q->args) == JSON_STRING && json_read_text(&q->args, &text)) {
        wish->readings = live_is_format(text, &wish->format);
        if (wish->readings || json_text_is(text, "none")) {
            return true;
        }
    }
    live_refuse(q, "invalid", "format", "must be \"json\", \"batch\" or \"none\"");
    return false;
}

static bool read_dashboard(struct live_request *q, struct fleet_wish *wish)
{
    enum json_kind kind = json_peek(&q->args);
    if (kind != JSON_TRUE && kind != JSON_FALSE) {
        live_refuse(q, "invalid", "dashboard", "must be true or false");
        return false;
    }
    wish->dashboard = kind == JSON_TRUE;
    return true;
}

static bool read_fleet_member(struct live_request *q, struct json_text name,
                              struct fleet_wish *wish)
{
    if (json_text_is(name, "interval")) {
        wish->stream = true;
        return live_read_interval(q, &wish->step);
    }
    if (json_text_is(name, "format")) {
        wish->stream = true;
        return read_fleet_format(q, wish);
    }
    if (json_text_is(name, "since")) {
        wish->stream = true;
        return live_read_since(q, &wish->since);
    }
    return !json_text_is(name, "dashboard") || read_dashboard(q, wish);
}

static bool read_fleet_object(struct live_request *q, struct fleet_wish *wish)
{
    struct json_text name;
    bool empty = true;
    (void)json_read_object(&q->args);
    while (json_read_key(&q->args, &name)) {
        empty = false;
        if (!read_fleet_member(q, name, wish)) {
            return false;
        }
    }
    wish->stream = wish->stream || empty;
    return true;
}

static bool read_fleet_wish(struct live_request *q, struct fleet_wish *wish)
{
    struct json_text text;
    bool given = json_read_item(&q->args);
    if (given && json_peek(&q->args) == JSON_OBJECT) {
        return read_fleet_object(q, wish);
    }
    if (given && json_peek(&q->args) == JSON_STRING && json_read_text(&q->args, &text) &&
        json_text_is(text, "none")) {
        *wish = (struct fleet_wish){.stream = true, .step = wish->step};
        return true;
    }
    live_refuse(q, "invalid", "options", "must be \"none\" or an object");
    return false;
}

static void subscribe_fleet(struct live_request *q)
{
    struct live_client *c = q->c;
    struct fleet_wish wish = {.readings = true,
                              .step = c->chose ? c->fleet_step : live_step_of(100),
                              .dashboard = c->dashboard,
                              .since = {.last = WALL_NONE}};
    if (!read_fleet_wish(q, &wish)) {
        return;
    }
    if (!live_may_read(&c->principal, BYTES(""))) {
        live_refuse(q, "denied", NULL, "not permitted");
        return;
    }
    live_set_dashboard(q->l, c, wish.dashboard);
    if (wish.stream) {
        c->chose = true;
        c->fleet_step = wish.step;
        c->fleet_format = wish.format;
    }
    if (wish.stream && wish.readings) {
        live_fleet_enter(q->l, c);
    } else if (wish.stream && c->fleet.group) {
        live_group_leave(q->l, &c->fleet);
    }
    if (c->fleet.group && c->chose) {
        live_answer_since(q, LIVE_REPLY_FLEET, c->fleet.group, &wish.since);
    } else {
        live_answer(q, LIVE_REPLY_FLEET, NULL);
    }
}

/* ---- the door ---- */

static const struct {
    const char *name;
    void (*take)(struct live_request *q);
} events[] = {
    {"subscribe-device", subscribe_device},
    {"unsubscribe-device", unsubscribe_device},
    {"subscribe-fleet", subscribe_fleet},
    {"watch", live_event_watch},
    {"subscribe-area", live_event_subscribe_area},
    {"unsubscribe-area", live_event_unsubscribe_area},
};

void live_event(struct live *l, struct live_client *c, struct bytes name, struct bytes args,
                int64_t ack, struct moment now)
{
    struct live_request q = {.l = l, .c = c, .ack = ack};
    l->now = now;
    json_reader_init(&q.args, args);
    if (!json_read_array(&q.args) || !json_read_item(&q.args)) {
        live_refuse(&q, "invalid", NULL, "not an event");
        return;
    }
    for (size_t i = 0; i < ARRAY_LEN(events); i++) {
        if (bytes_equal(name, bytes_of_text(events[i].name))) {
            events[i].take(&q);
            return;
        }
    }
    live_refuse(&q, "not_found", NULL, "no such event");
}
