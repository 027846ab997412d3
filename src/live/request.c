/* SPDX-License-Identifier: Apache-2.0 */
#include "live/request.h"

#include "base/mem.h"

/* Times that every client and tool still handles: years -100,000 to 100,000 and more. */
#define TIME_MAX 8640000000000000.0

void live_refuse(struct live_request *q, const char *code, const char *field, const char *message)
{
    live_reply(q->l, q->c,
               &(struct live_reply){.ack = q->ack,
                                    .kind = LIVE_REPLY_ERROR,
                                    .code = code,
                                    .field = field,
                                    .message = message});
}

void live_answer(struct live_request *q, enum live_reply_kind kind, struct live_room *room)
{
    live_reply(q->l, q->c, &(struct live_reply){.ack = q->ack, .kind = kind, .room = room});
}

void live_answer_since(struct live_request *q, enum live_reply_kind kind,
                       const struct live_group *g, const struct live_since *since)
{
    live_reply(q->l, q->c,
               &(struct live_reply){.ack = q->ack,
                                    .kind = kind,
                                    .room = g->room,
                                    .resumption = live_resume_begin(q->l, q->c, g, since),
                                    .epoch = since->epoch,
                                    .since = since->number});
}

/* ---- arguments ---- */

bool live_read_id(struct json_reader *r, uint8_t scratch[LIMIT_ID_BYTES], struct bytes *id)
{
    struct json_text text;
    if (json_peek(r) != JSON_STRING || !json_read_text(r, &text) ||
        json_text_get(text, scratch, LIMIT_ID_BYTES, id) != OK) {
        return false;
    }
    return name_id_valid(*id);
}

bool live_read_interval(struct live_request *q, uint32_t *step)
{
    double ms;
    if (json_peek(&q->args) == JSON_NUMBER && json_read_number(&q->args, &ms) && ms >= 0) {
        *step = live_step_of(ms);
        return true;
    }
    live_refuse(q, "invalid", "interval", "must be milliseconds, 0 or more");
    return false;
}

bool live_is_format(struct json_text text, enum live_format *format)
{
    if (json_text_is(text, "batch")) {
        *format = LIVE_FORMAT_BATCH;
    } else if (json_text_is(text, "json")) {
        *format = LIVE_FORMAT_JSON;
    } else {
        return false;
    }
    return true;
}

bool live_read_format(struct live_request *q, enum live_format *format)
{
    struct json_text text;
    if (json_peek(&q->args) == JSON_STRING && json_read_text(&q->args, &text) &&
        live_is_format(text, format)) {
        return true;
    }
    live_refuse(q, "invalid", "format", "must be \"json\" or \"batch\"");
    return false;
}

bool live_read_since(struct live_request *q, struct live_since *since)
{
    struct json_text text;
    if (json_peek(&q->args) == JSON_STRING && json_read_text(&q->args, &text) && !text.escaped &&
        live_since_read(text.raw, since)) {
        return true;
    }
    live_refuse(q, "invalid", "since", "must be a position as events carry it");
    return false;
}

bool live_read_last(struct live_request *q, struct live_since *since)
{
    double ms;
    if (json_peek(&q->args) == JSON_NUMBER && json_read_number(&q->args, &ms) && ms >= -TIME_MAX &&
        ms <= TIME_MAX) {
        since->last = (wall_ms)ms;
        return true;
    }
    live_refuse(q, "invalid", "last", "must be milliseconds since 1970");
    return false;
}

bool live_read_options(struct live_request *q)
{
    if (!json_read_item(&q->args) || json_peek(&q->args) != JSON_OBJECT) {
        live_refuse(q, "invalid", "options", "must be an object");
        return false;
    }
    return json_read_object(&q->args);
}

/* ---- lists ---- */

static int by_bytes(const void *a, const void *b)
{
    const struct live_text *x = a;
    const struct live_text *y = b;
    int order = memcmp(x->ptr, y->ptr, size_min(x->len, y->len));
    return order ? order : (x->len > y->len) - (x->len < y->len);
}

void live_join_texts(struct live_text *take_texts, size_t count, struct buf *out)
{
    if (count > 1) {
        qsort(take_texts, count, sizeof *take_texts, by_bytes);
    }
    for (size_t i = 0; i < count; i++) {
        if (i == 0 || by_bytes(&take_texts[i], &take_texts[i - 1]) != 0) {
            buf_put(out, take_texts[i].ptr, take_texts[i].len);
        }
    }
    for (size_t i = 0; i < count; i++) {
        free(take_texts[i].ptr);
    }
}
