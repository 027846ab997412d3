/* SPDX-License-Identifier: Apache-2.0 */
/* The live stream: who wants what, at which rate, and the frames that say it, made once for all who
 * want the same.
 *
 * A client is in groups. A group is (room, sensors, interval, format, rights): it has one next-due
 * time, one dirty bit a series, and makes one frame a reading and tick for all its members. A
 * client that does not keep up leaves its groups' beat: it gets dirty bits of its own, and when it
 * can take more, the newest values, in order; then its own state is freed. Alerts are never
 * conflated.
 *
 * Pure: it writes frames and hands them to a sink, and reads the follower's registry and alert
 * engine, which the caller brings up to date first. Frames are complete WebSocket text messages
 * whose payload (see base/frame.h) is the Engine.IO packet, so that polling sends the same.
 *
 * Thread: serve's. docs/protocol/live.md is the contract with clients. */
#ifndef TELLTALE_LIVE_LIVE_H
#define TELLTALE_LIVE_LIVE_H

#include "alert/alert.h"
#include "model/access.h"
#include "model/batch.h"
#include "model/metrics.h"
#include "model/time.h"
#include "proto/json/json.h"
#include "registry/registry.h"
#include "share/share.h"

#include "base/frame.h"

struct live;
struct live_client;

/* A question for the readings of a device from a time on; borrowed for the call. */
struct live_history {
    struct device_id device;
    struct bytes sensors; /* wanted ones, each followed by a NUL byte; empty: all */
    wall_ms from;
    uint32_t number; /* to be told with the answer */
};

enum live_history_answer {
    LIVE_HISTORY_ASKED, /* live_history follows, or live_history_lost */
    LIVE_HISTORY_LATER, /* too much is asked just now */
    LIVE_HISTORY_NONE,  /* there is nothing to ask for */
};

/* The way to a client's socket. `owner` is what live_join was given. None of these functions may
 * call live again. */
struct live_sink {
    /* Sends a frame; borrowed, hold it to keep it. */
    void (*send)(void *ctx, void *owner, struct frame *f);
    /* Whether the client takes more now: its socket isn't blocked and little waits for it. When it
     * answers false, live_ready is called later, once it does. */
    bool (*ready)(void *ctx, void *owner);
    /* Asks the store for what a client missed of a device. May be NULL: there is no store. */
    enum live_history_answer (*history)(void *ctx, void *owner, const struct live_history *h);
    void *ctx;
};

struct live_config {
    int64_t epoch_ms;  /* start of the process: positions are "epoch.seq" */
    const char *build; /* changes with the program or its pages; told in dashboards */
    const struct registry *registry;
    const struct alert_engine *alerts;
    struct live_sink sink;
    struct metrics *metrics;
    struct hash_key key;
};

/* Ownership: what config points to is borrowed for its life. */
struct live *live_new(const struct live_config *config);
void live_free(struct live *l);

/* ---- clients ---- */

/* A client whose CONNECT was accepted: it is sent `dashboard:data` (built at most once a second and
 * shared) and is in the fleet room with the defaults. */
struct live_client *live_join(struct live *l, void *owner, const struct principal *p,
                              struct moment now);

/* As live_join, and the client gets nothing but alerts until it asks. */
struct live_client *live_join_silently(struct live *l, void *owner, const struct principal *p,
                                       struct moment now);

/* Forgets a client; nothing is sent to it any more. */
void live_leave(struct live *l, struct live_client *c);

/* The client's connection was lost. It stays in its rooms, gets nothing (the sink is asked for
 * `owner`, which must not be ready), and may return or leave. False: it can't be told later what it
 * missed, so it is to leave. */
bool live_away(struct live *l, struct live_client *c, void *owner);

/* A client that was away is back, and got everything up to `position`: what it missed follows with
 * the next tick. False: that is not known any more; it is to leave. */
bool live_return(struct live *l, struct live_client *c, void *owner, struct bytes position,
                 struct moment now);

/* The rights of a client changed: subscriptions that it may not have any more end. */
void live_set_principal(struct live *l, struct live_client *c, const struct principal *p);

/* No acknowledgement was asked for. */
#define LIVE_NO_ACK (-1)

/* An event from a client: `name` and `args` are of a parsed EVENT packet, `args` being the whole
 * JSON array
 * (`["subscribe-device","id",...]`, valid JSON). Does subscribe-device, unsubscribe-device and
 * subscribe-fleet; answers with an ack when `ack` >= 0, {"error": ...} when the arguments are
 * wrong. Unknown events are ignored, with an error ack when one was asked for. */
void live_event(struct live *l, struct live_client *c, struct bytes name, struct bytes args,
                int64_t ack, struct moment now);

/* The client takes more again: what it missed follows, newest values only, and it is back on the
 * beat when all of it was taken. */
void live_ready(struct live *l, struct live_client *c, struct moment now);

/* The answer to a question of the client: `json` as the history of many series in
 * docs/protocol/history.md has it, complete up to batch `seq`; empty when it failed. */
void live_history(struct live *l, struct live_client *c, uint32_t number, struct bytes json,
                  uint64_t seq, struct moment now);

/* An answer came, and the client is gone. */
void live_history_lost(struct live *l);

/* ---- time and data ---- */

/* What a batch changed; registry and alert engine have applied it. Events of interval 0, statuses
 * and alerts leave at once; the rest marks what is due. A BATCH_SNAPSHOT (serve fell behind) sends
 * every client a new `dashboard:data`, since nobody can say what went in between, and each series
 * whose newest value is another one to those who subscribed to it. Call live_tick after it. */
void live_batch(struct live *l, const struct batch *b, struct moment now);

/* Sends what is due: groups' ticks, each second `dashboard:update`. Returns the moment of the next
 * tick, which live_batch and live_event may bring nearer: call this after them too, which costs
 * next to nothing when nothing is due. */
mono_ns live_tick(struct live *l, struct moment now);

/* The event `server-time` of this moment. Ownership: borrowed until the next call. */
struct frame *live_server_time(struct live *l, struct moment now);

/* ---- shared dashboards: shared.c ---- */

/* The Socket.IO namespace of those who follow a link. */
#define LIVE_SHARED_NAMESPACE "/shared"

/* What all who follow one link were told. */
struct live_shared;

/* Ownership: the scope is borrowed for its life. */
struct live_shared *live_shared_new(const struct share_scope *scope);
void live_shared_free(struct live_shared *sh);

/* `dashboard:data` of the scope, for one who begins. Ownership: the caller's reference. */
struct frame *live_shared_data(struct live *l, const struct live_shared *sh, struct moment now);

/* `dashboard:update`: what changed since the previous one, also when that is nothing. NULL when
 * more was resolved than is remembered: all need `dashboard:data`. Ownership: as above. */
struct frame *live_shared_update(struct live *l, struct live_shared *sh, struct moment now);

/* ---- search.c: which devices fit a search, in an order, over the whole fleet ---- */

struct live_search;

/* `filter` as the page has it (see search.h); `sort` a column ("name", "sensor:temperature",
 * "-seen" for downwards; empty: the worst first). NULL: there is no such column. Ownership: the
 * caller's. */
struct live_search *live_search_new(struct bytes filter, struct bytes sort, wall_ms now);
void live_search_free(struct live_search *s);

/* Looks at about `steps` alerts or devices, or compares as many. True: it is done. */
bool live_search_step(struct live_search *s, const struct registry *r, const struct alert_engine *e,
                      size_t steps);

/* Of one that is done: how many fit, and the device at a place, which may be gone meanwhile. */
uint32_t live_search_count(const struct live_search *s);
struct device_id live_search_at(const struct live_search *s, uint32_t index);

/* ---- shapes that REST shares ---- */

enum live_values {
    LIVE_WITH_VALUES,   /* each sensor has value and timestamp */
    LIVE_WITHOUT_VALUES /* `latest` has them in columns */
};

/* Writes the device object of docs/protocol: {id, name, model, status, cause, since, lastSeen,
 * location, place, tags, attributes, sensors: [...]}. Absent text is null, absent numbers are null.
 */
void live_put_device(struct json_writer *w, const struct registry *r,
                     const struct registry_device *d, enum live_values values);

/* Writes {id, deviceId, sensorType, value, ruleId, severity, message, acknowledged, acknowledgedBy,
 * acknowledgedAt, createdAt, updatedAt, resolvedAt, state, condition, threshold}. */
void live_put_alert(struct json_writer *w, const struct alert *a);

/* The same of an alert in a batch. */
void live_put_alert_change(struct json_writer *w, const struct batch *b,
                           const struct alert_change *a);

/* The position "epoch.seq" of what live has seen; `out` is NUL-terminated. */
#define LIVE_POSITION_BYTES 48
void live_position(const struct live *l, char out[LIVE_POSITION_BYTES]);

#endif
