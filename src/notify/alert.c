/* SPDX-License-Identifier: Apache-2.0 */
/* An alert as it was when it was planned, kept as JSON with its rows. */
#include "notify/parts.h"

#include "base/mem.h"

struct text_member {
    const char *name;
    size_t offset;
};

#define TEXT(member)                                                                               \
    {                                                                                              \
#member, offsetof(struct notify_alert, member)                                             \
    }

static const struct text_member texts[] = {
    TEXT(id),    TEXT(rule),   TEXT(rule_name), TEXT(device), TEXT(device_name),
    TEXT(place), TEXT(sensor), TEXT(message),   TEXT(note),   TEXT(acknowledged_by),
};

static const char *const severities[] = {"info", "warning", "critical"};
static const char *const states[] = {"pending", "firing", "acknowledged", "resolved"};

static struct bytes *text_at(const struct notify_alert *a, const struct text_member *m)
{
    return (struct bytes *)(void *)((char *)(uintptr_t)a + m->offset);
}

static void put_tags(struct json_writer *w, struct bytes tags)
{
    json_write_key(w, "tags");
    json_write_array(w);
    while (tags.len) {
        size_t end = bytes_index(tags, 0);
        json_write_text(w, bytes_of(tags.ptr, end));
        tags = bytes_skip(tags, size_min(end + 1, tags.len));
    }
    json_write_array_end(w);
}

void notify_alert_write(const struct notify_alert *a, struct buf *out)
{
    struct json_writer w;
    json_writer_init(&w, out);
    json_write_object(&w);
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        json_put_text(&w, texts[i].name, *text_at(a, &texts[i]));
    }
    put_tags(&w, a->tags);
    json_put_string(&w, "severity", severities[a->severity]);
    json_put_string(&w, "state", states[a->state]);
    json_put_number(&w, "value", a->value);
    json_put_number(&w, "threshold", a->threshold);
    json_put_i64(&w, "started", a->started);
    if (a->ended != WALL_NONE) {
        json_put_i64(&w, "ended", a->ended);
    }
    json_write_object_end(&w);
}

/* Texts are gathered in one memory, which may move while it grows: places come first. */
struct reading_alert {
    struct notify_alert a;
    size_t at[ARRAY_LEN(texts)], len[ARRAY_LEN(texts)];
    size_t tags_at;
};

static enum err read_text(struct json_reader *r, struct buf *memory, size_t *at, size_t *len)
{
    struct json_text text;
    if (!json_read_text(r, &text)) {
        return ERR_INVALID;
    }
    *at = memory->len;
    json_text_append(text, memory);
    *len = memory->len - *at;
    return OK;
}

static enum err read_tags(struct json_reader *r, struct reading_alert *in)
{
    size_t at, len;
    enum err e = json_read_array(r) ? OK : ERR_INVALID;
    in->tags_at = in->a.memory.len;
    while (e == OK && json_read_item(r)) {
        e = read_text(r, &in->a.memory, &at, &len);
        buf_put_byte(&in->a.memory, 0);
    }
    in->a.tags.len = in->a.memory.len - in->tags_at;
    return e;
}

static enum err read_word(struct json_reader *r, const char *const *words, unsigned count,
                          unsigned *value)
{
    struct json_text text;
    if (json_read_text(r, &text)) {
        for (unsigned i = 0; i < count; i++) {
            if (json_text_is(text, words[i])) {
                *value = i;
                return OK;
            }
        }
    }
    return ERR_INVALID;
}

static enum err read_member(struct json_reader *r, struct json_text key, struct reading_alert *in)
{
    unsigned word = 0;
    enum err e = OK;
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        if (json_text_is(key, texts[i].name)) {
            return read_text(r, &in->a.memory, &in->at[i], &in->len[i]);
        }
    }
    if (json_text_is(key, "tags")) {
        return read_tags(r, in);
    }
    if (json_text_is(key, "severity")) {
        e = read_word(r, severities, ARRAY_LEN(severities), &word);
        in->a.severity = (enum severity)word;
    } else if (json_text_is(key, "state")) {
        e = read_word(r, states, ARRAY_LEN(states), &word);
        in->a.state = (enum alert_state)word;
    } else if (json_text_is(key, "value")) {
        e = json_read_number(r, &in->a.value) ? OK : ERR_INVALID;
    } else if (json_text_is(key, "threshold")) {
        e = json_read_number(r, &in->a.threshold) ? OK : ERR_INVALID;
    } else if (json_text_is(key, "started")) {
        e = json_read_i64(r, &in->a.started) ? OK : ERR_INVALID;
    } else if (json_text_is(key, "ended")) {
        e = json_read_i64(r, &in->a.ended) ? OK : ERR_INVALID;
    }
    return e;
}

enum err notify_alert_read(struct bytes json, struct notify_alert *a)
{
    struct reading_alert in = {.a = {.ended = WALL_NONE}};
    struct json_reader r;
    struct json_text key;
    json_reader_init(&r, json);
    enum err e = json_read_object(&r) ? OK : ERR_INVALID;
    while (e == OK && json_read_key(&r, &key)) {
        e = read_member(&r, key, &in);
    }
    if (e != OK || !json_finish(&r)) {
        buf_fini(&in.a.memory);
        return ERR_INVALID;
    }
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        *text_at(&in.a, &texts[i]) = bytes_of(in.a.memory.ptr + in.at[i], in.len[i]);
    }
    in.a.tags.ptr = in.a.memory.ptr + in.tags_at;
    *a = in.a;
    return OK;
}

void notify_alert_fini(struct notify_alert *a)
{
    buf_fini(&a->memory);
}
