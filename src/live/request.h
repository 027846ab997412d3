/* SPDX-License-Identifier: Apache-2.0 */
/* Private to live: an event from a client while it is read, and the arguments that several events
 * share. Each reader refuses what is wrong by itself and then returns false. */
#ifndef TELLTALE_LIVE_REQUEST_H
#define TELLTALE_LIVE_REQUEST_H

#include "live/state.h"

struct live_request {
    struct live *l;
    struct live_client *c;
    struct json_reader args; /* after the event's name */
    int64_t ack;
};

/* `code`, `field` and `message` are static; `field` may be NULL. */
void live_refuse(struct live_request *q, const char *code, const char *field, const char *message);
void live_answer(struct live_request *q, enum live_reply_kind kind, struct live_room *room);

/* Reads an id of a device or sensor, escaped or not, into `scratch`. Refuses nothing itself. */
bool live_read_id(struct json_reader *r, uint8_t scratch[LIMIT_ID_BYTES], struct bytes *id);

/* Milliseconds, as the step that they are rounded up to. */
bool live_read_interval(struct live_request *q, uint32_t *step);

/* Enters the object that the next argument must be. */
bool live_read_options(struct live_request *q);

/* "json" and "batch"; other words are the caller's. */
bool live_is_format(struct json_text text, enum live_format *format);
bool live_read_format(struct live_request *q, enum live_format *format);

/* A position in `since`, and milliseconds in `last`. */
bool live_read_since(struct live_request *q, struct live_since *since);
bool live_read_last(struct live_request *q, struct live_since *since);

/* As live_answer, to a subscription to a group that the client has entered: it goes on where
 * `since` says. */
void live_answer_since(struct live_request *q, enum live_reply_kind kind,
                       const struct live_group *g, const struct live_since *since);

/* Texts in the order of their bytes, each once, as clients that want the same must write it. Takes
 * over `texts`, each of which is followed by a NUL byte that counts, and appends them to `out`. */
struct live_text {
    char *ptr;
    size_t len;
};
void live_join_texts(struct live_text *take_texts, size_t count, struct buf *out);

/* ---- the events that have a file of their own ---- */

void live_event_watch(struct live_request *q);
void live_event_subscribe_area(struct live_request *q);
void live_event_unsubscribe_area(struct live_request *q);

#endif
