/* SPDX-License-Identifier: Apache-2.0 */
/* /api/v1/topics: what came in, topic by topic, and what came of it; /api/v1/devices/<id>/messages:
 * the last messages of one device. /api/v1/mappings/try and test: what would come of a message, or
 * of the last ones of a topic, by a mapping that is not saved yet; /api/v1/mappings-in-use: those
 * that are. All are the ingest thread's to answer. */
#include "serve/request.h"

#include "base/mem.h"
#include "model/limits.h"
#include "proto/sio/sio.h"

#define PAGE_DEFAULT 100

void serve_get_topics(struct serve_peer *p)
{
    uint8_t prefix_memory[3 * LIMIT_TOPIC_BYTES];
    uint8_t after_memory[3 * LIMIT_TOPIC_BYTES];
    struct bytes prefix, after;
    int64_t limit = PAGE_DEFAULT, lost = 0;
    if (!serve_query_text(p, "prefix", prefix_memory, sizeof prefix_memory, &prefix) ||
        !serve_query_text(p, "after", after_memory, sizeof after_memory, &after) ||
        !serve_query_integer(p, "limit", 1, LIMIT_TOPICS_PAGE, &limit) ||
        !serve_query_integer(p, "lost", 0, 1, &lost)) {
        return;
    }
    struct serve_question *q = mem_zalloc(1, sizeof *q);
    q->kind = SERVE_QUESTION_TOPICS;
    q->limit = (size_t)limit;
    q->lost = lost != 0;
    buf_put_bytes(&q->subject, prefix);
    buf_put_bytes(&q->after, after);
    serve_question_send(p, q);
}

void serve_get_messages(struct serve_peer *p)
{
    int64_t limit = LIMIT_HEARD_PAGE;
    struct bytes device = p->http->segments[3];
    if (!serve_device_of(p, device) ||
        !serve_query_integer(p, "limit", 1, LIMIT_HEARD_PAGE, &limit)) {
        return;
    }
    struct serve_question *q = mem_zalloc(1, sizeof *q);
    q->kind = SERVE_QUESTION_MESSAGES;
    q->limit = (size_t)limit;
    buf_put_bytes(&q->subject, device);
    serve_question_send(p, q);
}

/* ---- trying a mapping ---- */

/* Takes a text of at most `max` bytes. Returns NULL, or what was expected. */
static const char *take_text(struct json_reader *r, size_t max, struct buf *out)
{
    struct json_text text;
    if (json_peek(r) != JSON_STRING || !json_read_text(r, &text)) {
        return "text is expected";
    }
    buf_clear(out);
    json_text_append(text, out);
    return out->len <= max ? NULL : "too long";
}

/* A mapping as text (YAML or JSON), or as JSON itself. */
static const char *take_mapping(struct json_reader *r, struct buf *out)
{
    struct bytes raw;
    if (json_peek(r) == JSON_STRING) {
        return take_text(r, LIMIT_MAPPING_TEXT_BYTES, out);
    }
    buf_clear(out);
    if (json_read_raw(r, &raw)) {
        buf_put_bytes(out, raw);
    }
    return out->len <= LIMIT_MAPPING_TEXT_BYTES ? NULL : "too long";
}

/* Bytes in base64, as the explorer shows them of a payload that is no text. */
static const char *take_base64(struct json_reader *r, struct buf *out)
{
    struct json_text text;
    if (json_peek(r) != JSON_STRING || !json_read_text(r, &text) || text.escaped) {
        return "base64 is expected";
    }
    buf_clear(out);
    if (text.raw.len / 4 * 3 > LIMIT_DECODE_BYTES) {
        return "too long";
    }
    return eio_base64_decode(text.raw, out) == OK ? NULL : "base64 is expected";
}

static const char *take_try(struct json_reader *r, struct json_text key, struct serve_question *q)
{
    if (json_text_is(key, "topic")) {
        return take_text(r, LIMIT_TOPIC_BYTES, &q->subject);
    }
    if (json_text_is(key, "payload")) {
        return take_text(r, LIMIT_DECODE_BYTES, &q->payload);
    }
    if (json_text_is(key, "payload_b64")) {
        return take_base64(r, &q->payload);
    }
    if (json_text_is(key, "mapping")) {
        return take_mapping(r, &q->mapping);
    }
    return "is not a member that is known";
}

/* Whether a message can be published to it. */
static bool is_topic(struct bytes topic)
{
    return topic.len > 0 && bytes_index(topic, '+') == topic.len &&
           bytes_index(topic, '#') == topic.len && bytes_index(topic, 0) == topic.len;
}

static const char *take_trial(struct json_reader *r, struct json_text key, struct serve_question *q)
{
    if (json_text_is(key, "mapping")) {
        return take_mapping(r, &q->mapping);
    }
    if (json_text_is(key, "id")) {
        return take_text(r, DOCUMENT_ID_MAX, &q->after);
    }
    return "is not a member that is known";
}

/* Reads the body, member by member. False: the error is answered. */
static bool read_body(struct serve_peer *p, struct serve_question *q,
                      const char *(*take_member)(struct json_reader *r, struct json_text key,
                                                 struct serve_question *q))
{
    struct json_reader r;
    struct json_text key;
    json_reader_init(&r, serve_request(p)->body);
    if (json_read_object(&r)) {
        while (json_read_key(&r, &key)) {
            const char *expected = take_member(&r, key, q);
            if (expected && r.error == JSON_OK) {
                serve_answer_bad_field(p, key.raw, expected);
                return false;
            }
        }
    }
    if (!json_finish(&r)) {
        serve_answer_error(p, 400, "invalid_json", json_error_text(r.error));
        return false;
    }
    return true;
}

static bool read_try(struct serve_peer *p, struct serve_question *q)
{
    if (!read_body(p, q, take_try)) {
        return false;
    }
    if (!is_topic(buf_bytes(&q->subject))) {
        serve_answer_bad_field(p, BYTES("topic"), "a topic without wildcards is expected");
        return false;
    }
    return true;
}

void serve_post_mapping_try(struct serve_peer *p)
{
    struct serve_question *q = mem_zalloc(1, sizeof *q);
    q->kind = SERVE_QUESTION_TRY;
    if (read_try(p, q)) {
        serve_question_send(p, q);
    } else {
        serve_question_free(q);
    }
}

void serve_post_mapping_test(struct serve_peer *p)
{
    struct serve_question *q = mem_zalloc(1, sizeof *q);
    q->kind = SERVE_QUESTION_TRIAL;
    if (read_body(p, q, take_trial)) {
        serve_question_send(p, q);
    } else {
        serve_question_free(q);
    }
}

void serve_get_mappings_in_use(struct serve_peer *p)
{
    struct serve_question *q = mem_zalloc(1, sizeof *q);
    q->kind = SERVE_QUESTION_MAPPINGS;
    serve_question_send(p, q);
}
