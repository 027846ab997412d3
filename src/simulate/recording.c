/* SPDX-License-Identifier: Apache-2.0 */
#include "simulate/recording.h"

#include "base/utf8.h"
#include "model/limits.h"
#include "proto/json/json.h"

#include <sodium.h>

/* The unescaped text, in `room`, which has space for the whole line. */
static struct bytes take_text(struct json_reader *r, struct buf *room)
{
    struct json_text text;
    size_t at = room->len;
    if (!json_read_text(r, &text)) {
        return BYTES("");
    }
    json_text_append(text, room);
    return bytes_of(room->ptr + at, room->len - at);
}

static void take_base64(struct json_reader *r, struct buf *room, struct recorded *m)
{
    struct bytes text = take_text(r, room);
    uint8_t *to = buf_reserve(room, text.len);
    size_t len;
    if (sodium_base642bin(to, text.len, (const char *)text.ptr, text.len, NULL, &len, NULL,
                          sodium_base64_VARIANT_ORIGINAL) != 0) {
        m->wrong = "payload_b64 is not base64";
        return;
    }
    m->payload = bytes_of(to, len);
    room->len += len;
}

static void take_member(struct json_reader *r, struct json_text key, struct buf *room,
                        struct recorded *m)
{
    if (json_text_is(key, "id")) {
        (void)json_read_raw(r, &m->id);
    } else if (json_text_is(key, "topic")) {
        m->topic = take_text(r, room);
    } else if (json_text_is(key, "payload")) {
        m->payload = take_text(r, room);
    } else if (json_text_is(key, "payload_b64")) {
        take_base64(r, room, m);
    } else if (json_text_is(key, "retain")) {
        (void)json_read_bool(r, &m->retained);
    } else if (json_text_is(key, "t")) {
        (void)json_read_i64(r, &m->time);
    }
}

/* Whether a broker would carry a message to this topic. */
static bool topic_valid(struct bytes topic)
{
    return topic.len > 0 && topic.len <= LIMIT_TOPIC_BYTES && utf8_valid(topic) &&
           bytes_index(topic, '+') == topic.len && bytes_index(topic, '#') == topic.len &&
           bytes_index(topic, 0) == topic.len;
}

/* `room` is reserved beforehand, so that it does not move under the slices. */
void recorded_parse(struct bytes line, struct buf *room, struct recorded *out)
{
    struct json_reader r;
    struct json_text key;
    *out = (struct recorded){.id = BYTES("null"), .payload = BYTES(""), .time = WALL_NONE};
    buf_clear(room);
    (void)buf_reserve(room, 2 * line.len + 1);
    json_reader_init(&r, line);
    if (json_read_object(&r)) {
        while (json_read_key(&r, &key)) {
            take_member(&r, key, room, out);
        }
    }
    if (!json_finish(&r)) {
        out->wrong = json_error_text(r.error);
    } else if (!out->wrong && !topic_valid(out->topic)) {
        out->wrong = "no topic that a message can be published to";
    }
}

static void put_base64(struct json_writer *w, struct bytes payload, struct buf *out)
{
    size_t size = sodium_base64_ENCODED_LEN(payload.len, sodium_base64_VARIANT_ORIGINAL);
    json_write_key(w, "payload_b64");
    buf_put_byte(out, '"');
    char *to = (char *)buf_reserve(out, size);
    (void)sodium_bin2base64(to, size, payload.ptr, payload.len, sodium_base64_VARIANT_ORIGINAL);
    out->len += strlen(to);
    buf_put_byte(out, '"');
    w->comma = true;
}

void recorded_print(const struct recorded *m, struct buf *out)
{
    struct json_writer w;
    json_writer_init(&w, out);
    json_write_object(&w);
    json_put_raw(&w, "id", m->id);
    json_put_text(&w, "topic", m->topic);
    if (utf8_valid(m->payload)) {
        json_put_text(&w, "payload", m->payload);
    } else {
        put_base64(&w, m->payload, out);
    }
    if (m->retained) {
        json_put_bool(&w, "retain", true);
    }
    if (m->time != WALL_NONE) {
        json_put_i64(&w, "t", m->time);
    }
    json_write_object_end(&w);
    buf_put_byte(out, '\n');
}
