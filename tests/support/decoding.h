/* SPDX-License-Identifier: Apache-2.0 */
/* Messages through a decoder, and what came of them as lines of text:
 *
 *     device/sensor=value[unit][ bool][@time]      a reading
 *     device is online[@time]                      a status
 *     device called "..." model "..." by "..." in "..." at lat,lng [below "..."]
 *     ask topic payload                            a request
 *     dropped reason
 *
 * Include after cmocka's own needs: this file includes cmocka.h. */
#ifndef TELLTALE_TESTS_DECODING_H
#define TELLTALE_TESTS_DECODING_H

#include "base/mem.h"
#include "describe_decoded.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#define DEG       "\xc2\xb0"
#define TEST_NOW  1704103200000
#define NO_CONFIG (&(struct decode_config){0})

struct message {
    const char *topic;
    const char *payload;
    const char *want;
};

static void describe_text(const char *what, struct bytes text, struct buf *out)
{
    if (text.len > 0) {
        buf_printf(out, " %s \"%.*s\"", what, (int)text.len, (const char *)text.ptr);
    }
}

static void describe_meta(const struct decode_meta *m, struct buf *out)
{
    buf_put_bytes(out, m->device);
    describe_text("called", m->name, out);
    describe_text("model", m->model, out);
    describe_text("by", m->manufacturer, out);
    describe_text("in", m->place, out);
    describe_text("below", m->parent, out);
    if (m->located) {
        buf_printf(out, " at %g,%g", m->lat, m->lng);
    }
    buf_put_text(out, "\n");
}

static void describe_decoded(const struct decoded *got, struct buf *out)
{
    buf_clear(out);
    for (size_t i = 0; i < got->count; i++) {
        describe_record(&got->records[i], out);
        buf_put_text(out, "\n");
    }
    for (size_t i = 0; i < got->meta_count; i++) {
        describe_meta(&got->meta[i], out);
    }
    for (size_t i = 0; i < got->request_count; i++) {
        buf_put_text(out, "ask ");
        buf_put_bytes(out, got->requests[i].topic);
        buf_put_text(out, " ");
        buf_put_bytes(out, got->requests[i].payload);
        buf_put_text(out, "\n");
    }
    if (got->drop != DROP_NONE) {
        buf_printf(out, "dropped %s\n", drop_reason(got->drop));
    }
    if (out->len > 0) {
        out->len--;
    }
    buf_put_byte(out, 0);
}

/* Decodes from copies of exactly the right size and compares with the lines `want`. */
static void expect_input(struct decoder *d, struct decode_input in, const char *want,
                         enum decoder_id owner)
{
    uint8_t *t = mem_alloc(in.topic.len + 1);
    uint8_t *p = mem_alloc(in.payload.len + 1);
    struct decoded got;
    struct buf text = {0};
    memcpy(t, in.topic.ptr, in.topic.len);
    memcpy(p, in.payload.ptr, in.payload.len);
    t = mem_resize(t, in.topic.len + (in.topic.len == 0), 1);
    p = mem_resize(p, in.payload.len + (in.payload.len == 0), 1);
    in.topic.ptr = t;
    in.payload.ptr = p;
    decode_message(d, &in, &got);
    describe_decoded(&got, &text);
    if (strcmp((const char *)text.ptr, want) != 0 || got.decoder != owner) {
        fail_msg("%.*s %.*s\ngave to %s:\n%s\ninstead of:\n%s", (int)in.topic.len, (const char *)t,
                 (int)in.payload.len, (const char *)p, decoder_name(got.decoder),
                 (const char *)text.ptr, want);
    }
    buf_fini(&text);
    free(t);
    free(p);
}

static struct decode_input input_of(const struct message *m)
{
    return (struct decode_input){
        .topic = bytes_of_text(m->topic), .payload = bytes_of_text(m->payload), .now = TEST_NOW};
}

/* Feeds all messages, in their order, to one decoder. */
static void expect_messages(const struct message *messages, size_t count, enum decoder_id owner)
{
    static struct metrics metrics;
    struct decoder *d = decoder_new(NO_CONFIG, (struct hash_key){1, 2}, &metrics);
    for (size_t i = 0; i < count; i++) {
        expect_input(d, input_of(&messages[i]), messages[i].want, owner);
    }
    decoder_free(d);
}

#endif
