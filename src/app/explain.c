/* SPDX-License-Identifier: Apache-2.0 */
#include "app/explain.h"

#include "app/config_mappings.h"
#include "app/mapping_trial.h"
#include "app/mappings_used.h"
#include "app/message_json.h"

/* ---- topics ---- */

struct listing {
    struct json_writer w;
    wall_ms now;
    struct buf last; /* the topic shown last */
};

static void show_topic(void *ctx, const struct decode_topic_view *v)
{
    struct listing *l = ctx;
    struct json_writer *w = &l->w;
    json_write_object(w);
    json_put_text(w, "topic", v->topic);
    json_put_u64(w, "messages", v->messages);
    json_put_number(w, "rate", v->rate);
    json_put_i64(w, "firstSeen", v->first);
    json_put_i64(w, "lastSeen", v->last);
    json_put_i64(w, "sampledAt", v->sample.at);
    sample_put_json(w, &v->sample, l->now);
    json_write_object_end(w);
    buf_clear(&l->last);
    buf_put_bytes(&l->last, v->topic);
}

static void list_topics(const struct decoder *d, struct serve_question *q, wall_ms now)
{
    struct listing l = {.now = now};
    struct decode_topics_query query = {
        .prefix = buf_bytes(&q->subject),
        .after = buf_bytes(&q->after),
        .limit = q->limit,
        .lost = q->lost,
        .now = now,
        .each = show_topic,
        .ctx = &l,
    };
    json_writer_init(&l.w, &q->body);
    json_write_object(&l.w);
    json_write_key(&l.w, "topics");
    json_write_array(&l.w);
    size_t count = decode_topics(d, &query);
    json_write_array_end(&l.w);
    json_write_key(&l.w, "next");
    if (count == q->limit) {
        json_write_text(&l.w, buf_bytes(&l.last));
    } else {
        json_write_null(&l.w);
    }
    json_write_object_end(&l.w);
    buf_fini(&l.last);
    q->result = OK;
}

/* ---- messages of a device ---- */

/* Who asks will ask again within this, or has gone. */
#define WATCHED_MS 30000

static void show_message(void *ctx, const struct decode_message_view *v)
{
    struct listing *l = ctx;
    struct json_writer *w = &l->w;
    json_write_object(w);
    message_put_json(w, v, l->now);
    json_write_object_end(w);
}

static void list_messages(struct pipeline *p, struct serve_question *q, wall_ms now)
{
    struct listing l = {.now = now};
    struct decode_messages_query query = {
        .device = buf_bytes(&q->subject), .limit = q->limit, .each = show_message, .ctx = &l};
    pipeline_watch(p, query.device, now + WATCHED_MS);
    json_writer_init(&l.w, &q->body);
    json_write_object(&l.w);
    json_write_key(&l.w, "messages");
    json_write_array(&l.w);
    (void)decode_messages(pipeline_decoder(p), &query);
    json_write_array_end(&l.w);
    json_write_object_end(&l.w);
    q->result = OK;
}

/* ---- mappings in use ---- */

static void list_mappings(const struct pipeline *p, struct serve_question *q)
{
    struct json_writer w;
    json_writer_init(&w, &q->body);
    json_write_object(&w);
    json_write_key(&w, "mappings");
    pipeline_put_mappings(p, &w);
    json_write_object_end(&w);
    q->result = OK;
}

/* ---- a try ---- */

/* Decodes the message as if it were the first that ever came. */
static void decode_with(struct mappings *take_mappings, struct serve_question *q, wall_ms now)
{
    struct decoder *d =
        decoder_new(&(struct decode_config){0}, (struct hash_key){(uint64_t)now, 0}, NULL);
    struct decode_input in = {
        .topic = buf_bytes(&q->subject), .payload = buf_bytes(&q->payload), .now = now};
    struct decoded decoded;
    struct json_writer w;
    decoder_set_mappings(d, take_mappings);
    decode_message(d, &in, &decoded);
    json_writer_init(&w, &q->body);
    json_write_object(&w);
    decoded_put_json(&w, &decoded, now);
    json_write_object_end(&w);
    decoder_free(d);
}

static void try_mapping(struct serve_question *q, wall_ms now)
{
    struct mappings *mappings = NULL;
    struct config_error why = {0};
    q->result = OK;
    if (q->mapping.len > 0) {
        q->result = mappings_parse(buf_bytes(&q->mapping), &mappings, &why);
    }
    if (q->result != OK) {
        (void)snprintf(q->why, sizeof q->why, "line %d, column %d: %s", why.line, why.column,
                       why.text);
        return;
    }
    decode_with(mappings, q, now);
}

void explain(struct pipeline *p, struct serve_question *q, wall_ms now)
{
    switch (q->kind) {
    case SERVE_QUESTION_TOPICS:
        list_topics(pipeline_decoder(p), q, now);
        break;
    case SERVE_QUESTION_MESSAGES:
        list_messages(p, q, now);
        break;
    case SERVE_QUESTION_MAPPINGS:
        list_mappings(p, q);
        break;
    case SERVE_QUESTION_TRY:
        try_mapping(q, now);
        break;
    case SERVE_QUESTION_TRIAL:
        mapping_trial(p, q, now);
        break;
    }
}
