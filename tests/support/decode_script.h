/* SPDX-License-Identifier: Apache-2.0 */
/* Messages through one decoder, in order, each with what must come of it. */
#ifndef TELLTALE_TESTS_DECODE_SCRIPT_H
#define TELLTALE_TESTS_DECODE_SCRIPT_H

#include "describe_decoded.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

/* `want`: the records as describe() writes them, or "!reason" when the message is dropped. */
struct step {
    const char *topic;
    const char *payload;
    const char *want;
};

static inline void describe_all(const struct decoded *got, struct buf *out)
{
    describe(got, out);
    if (got->drop != DROP_NONE) {
        buf_clear(out);
        buf_put_text(out, "!");
        buf_put_text(out, drop_reason(got->drop));
        buf_put_byte(out, 0);
    }
}

/* One message from a copy of exactly the right size, so that a sanitizer sees what is read beyond
 * it. `out` lives until the next one. */
static inline void decode_copy(struct decoder *d, struct decode_input in, struct decoded *out,
                               struct buf *copy)
{
    buf_fini(copy);
    buf_put(copy, in.payload.ptr, in.payload.len);
    uint8_t *exact = malloc(in.payload.len + (in.payload.len == 0));
    memcpy(exact, copy->ptr ? copy->ptr : exact, in.payload.len);
    buf_fini(copy);
    *copy = (struct buf){exact, in.payload.len, in.payload.len};
    in.payload = bytes_of(exact, in.payload.len);
    decode_message(d, &in, out);
}

static inline void expect_message(struct decoder *d, struct bytes topic, struct bytes payload,
                                  wall_ms now, const char *want)
{
    struct decode_input in = {topic, payload, 0, 0, now};
    struct decoded got;
    struct buf text = {0};
    struct buf copy = {0};
    decode_copy(d, in, &got, &copy);
    describe_all(&got, &text);
    if (strcmp((const char *)text.ptr, want) != 0) {
        fail_msg("%.*s gave \"%s\" and not \"%s\"", (int)topic.len, topic.ptr,
                 (const char *)text.ptr, want);
    }
    buf_fini(&text);
    buf_fini(&copy);
}

static inline void expect_steps(struct decoder *d, const struct step *steps, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        expect_message(d, bytes_of_text(steps[i].topic), bytes_of_text(steps[i].payload),
                       1704103200000, steps[i].want);
    }
}

/* The same with a decoder of its own. */
static inline void expect_script(const struct step *steps, size_t count)
{
    static struct metrics metrics;
    struct decoder *d = decoder_new(&(struct decode_config){0}, (struct hash_key){1, 2}, &metrics);
    expect_steps(d, steps, count);
    decoder_free(d);
}

/* What one more message tells about devices: "device<parent: name|model|manufacturer|place". */
static inline void expect_meta(struct decoder *d, const char *topic, const char *payload,
                               const char *want)
{
    struct decode_input in = {bytes_of_text(topic), bytes_of_text(payload), 0, 0, 1704103200000};
    struct decoded got;
    struct buf text = {0};
    decode_message(d, &in, &got);
    for (size_t i = 0; i < got.meta_count; i++) {
        const struct decode_meta *m = &got.meta[i];
        buf_put_text(&text, i > 0 ? "\n" : "");
        buf_put_bytes(&text, m->device);
        if (m->parent.len > 0) {
            buf_put_text(&text, "<");
            buf_put_bytes(&text, m->parent);
        }
        buf_printf(&text, ": %.*s|%.*s|%.*s|%.*s", (int)m->name.len, (const char *)m->name.ptr,
                   (int)m->model.len, (const char *)m->model.ptr, (int)m->manufacturer.len,
                   (const char *)m->manufacturer.ptr, (int)m->place.len,
                   (const char *)m->place.ptr);
    }
    buf_put_byte(&text, 0);
    if (strcmp((const char *)text.ptr, want) != 0) {
        fail_msg("%s described \"%s\" and not \"%s\"", topic, (const char *)text.ptr, want);
    }
    buf_fini(&text);
}

#endif
