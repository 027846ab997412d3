/* SPDX-License-Identifier: Apache-2.0 */
/* `subscribe-area` and `unsubscribe-area`. */
#include "live/area.h"
#include "live/request.h"

/* The fastest pace of an area, and the usual one. */
#define FASTEST_MS 250
#define USUAL_MS   1000

struct wish {
    struct live_area_key key;
    uint32_t given; /* a bit for each field */
};

struct field {
    const char *name;
    double least, most;
    bool needed;
    void (*take)(struct live_area_key *key, double v);
};

static void take_south(struct live_area_key *key, double v)
{
    key->bounds.south = v;
}

static void take_west(struct live_area_key *key, double v)
{
    key->bounds.west = v;
}

static void take_north(struct live_area_key *key, double v)
{
    key->bounds.north = v;
}

static void take_east(struct live_area_key *key, double v)
{
    key->bounds.east = v;
}

static void take_zoom(struct live_area_key *key, double v)
{
    key->zoom = (uint32_t)(v < GEO_ZOOM_MAX ? v : GEO_ZOOM_MAX);
}

static void take_ceiling(struct live_area_key *key, double v)
{
    double most = v < LIMIT_AREA_MARKS ? v : LIMIT_AREA_MARKS;
    key->ceiling = (uint32_t)(most > LIMIT_AREA_MARKS_MIN ? most : LIMIT_AREA_MARKS_MIN);
}

static void take_interval(struct live_area_key *key, double v)
{
    key->step = live_step_of(v > FASTEST_MS ? v : FASTEST_MS);
}

/* What is beyond a range is an error; zoom and ceiling are brought into theirs, which the answer
 * tells. */
static const struct field fields[] = {
    {"south", -90, 90, true, take_south},        {"west", -36000, 36000, true, take_west},
    {"north", -90, 90, true, take_north},        {"east", -36000, 36000, true, take_east},
    {"zoom", 0, 1e9, true, take_zoom},           {"ceiling", 1, 1e9, true, take_ceiling},
    {"interval", 0, 1e12, false, take_interval},
};

static bool read_field(struct live_request *q, const struct field *f, struct wish *wish)
{
    double v;
    if (json_peek(&q->args) != JSON_NUMBER || !json_read_number(&q->args, &v) || v < f->least ||
        v > f->most) {
        live_refuse(q, "invalid", f->name, "must be a number in its range");
        return false;
    }
    f->take(&wish->key, v);
    wish->given |= 1u << (f - fields);
    return true;
}

static bool read_member(struct live_request *q, struct json_text name, struct wish *wish)
{
    for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
        if (json_text_is(name, fields[i].name)) {
            return read_field(q, &fields[i], wish);
        }
    }
    return true;
}

static bool has_all(struct live_request *q, const struct wish *wish)
{
    for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
        if (fields[i].needed && !(wish->given >> i & 1)) {
            live_refuse(q, "invalid", fields[i].name, "is missing");
            return false;
        }
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
        if (!read_member(q, name, wish)) {
            return false;
        }
    }
    return has_all(q, wish);
}

static void enter(struct live_request *q, const struct wish *wish)
{
    enum err e = live_area_enter(q->l, q->c, &wish->key);
    if (e == ERR_FULL) {
        live_refuse(q, "full", NULL, "the server holds too many areas");
    } else if (e != OK) {
        live_refuse(q, "invalid", "north", "must not be south of south");
    } else if (q->ack != LIVE_NO_ACK) {
        live_answer(q, LIVE_REPLY_AREA, NULL);
    } else if (!q->c->behind && q->c->reply_count == 0 && !live_area_catch_up(q->l, q->c)) {
        live_fall_behind(q->l, q->c, ++q->l->clock);
    }
}

void live_event_subscribe_area(struct live_request *q)
{
    struct wish wish = {.key = {.step = live_step_of(USUAL_MS), .role = q->c->principal.role}};
    if (!read_wish(q, &wish)) {
        return;
    }
    if (live_may_read(&q->c->principal, BYTES(""))) {
        enter(q, &wish);
    } else {
        live_refuse(q, "denied", NULL, "not permitted");
    }
}

void live_event_unsubscribe_area(struct live_request *q)
{
    live_area_leave(q->l, q->c);
    live_answer(q, LIVE_REPLY_OK, NULL);
}
