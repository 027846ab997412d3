/* SPDX-License-Identifier: Apache-2.0 */
/* Clients that come back and say where they were.
 *
 * A subscription with `since` is held: nothing new of its room is sent until what was missed is
 * out. What the ring holds is sent from there, in the order of positions over all that the client
 * resumes, as fast as it takes it. What the ring does not hold is asked from the store, a device at
 * a time; its answer says up to which position it is complete, and the ring goes on from there.
 *
 * Thread: serve's. docs/protocol/live.md, "Coming back", is the contract. */
#ifndef TELLTALE_LIVE_RESUME_H
#define TELLTALE_LIVE_RESUME_H

#include "model/time.h"

#include "base/bytes.h"

struct live;
struct live_client;
struct live_group;
struct live_room;

/* What became of a `since`. */
enum live_resumption {
    LIVE_NOT_RESUMED, /* none was given */
    LIVE_RESUMED_EXACTLY,
    LIVE_RESYNC_EPOCH, /* another process told that position */
    LIVE_RESYNC_AGE,   /* the ring does not reach back so far, or there was never such a position */
    LIVE_RESYNC_MANY,  /* too much to tell one by one */
};

/* The word for a reason to resync; NULL for the first two. */
const char *live_resync_reason(enum live_resumption r);

/* Where a client says it was. */
struct live_since {
    bool given;
    uint64_t epoch, number;
    wall_ms last; /* of the newest reading that it has of the device, or WALL_NONE */
};

/* Reads "epoch.number". False: it is no position. */
bool live_since_read(struct bytes text, struct live_since *since);

/* Whether what was told beyond that position is held. */
bool live_resumable(const struct live *l, const struct live_since *since);

/* Holds the client in a group that it has entered until it got what it missed there. Without
 * `since` it is held no longer. */
enum live_resumption live_resume_begin(struct live *l, struct live_client *c,
                                       const struct live_group *g, const struct live_since *since);

/* Whether the client is to get nothing of this group now. */
bool live_resume_holds(const struct live_client *c, const struct live_group *g);

/* Holds the client back until it is told the alerts that it missed, whatever else it is to get. */
void live_resume_hold(struct live *l, struct live_client *c);

/* The client left a group. What was held for it of other things still ends in step. */
void live_resume_forget(struct live_client *c, const struct live_group *g);
void live_resumes_fini(struct live *l, struct live_client *c);

/* Goes on with one client, if it is in step, or with all such. */
void live_resume(struct live *l, struct live_client *c);
void live_resume_tick(struct live *l);

/* The same with one that is behind and has caught up. False: it takes no more. */
bool live_resume_behind(struct live *l, struct live_client *c);

/* Something went that nobody remembers: tells a client that has rooms. */
void live_tell_overflow(struct live *l, struct live_client *c);

#endif
