/* SPDX-License-Identifier: Apache-2.0 */
#include "app/mapping_trial.h"

#include "app/config_mappings.h"
#include "app/mappings_used.h"
#include "app/message_json.h"
#include "model/limits.h"

struct trial {
    struct decoder *decoder;
    size_t number; /* of the mapping that is tried */
    struct json_writer w;
    wall_ms now;
    unsigned gave;   /* messages of which something would come */
    unsigned others; /* that a mapping before it has */
    unsigned cut;    /* of which only the beginning is kept */
};

static void put_then(struct trial *t, const struct decode_message_view *v)
{
    struct decode_input in = {
        .topic = v->topic,
        .payload = v->sample.payload,
        .flags = v->sample.retained ? DECODE_RETAINED : 0u,
        .now = v->sample.at,
    };
    struct decoded out;
    decode_message(t->decoder, &in, &out);
    bool other = out.mapping != t->number;
    t->others += other;
    t->gave += !other && out.count + out.meta_count > 0;
    json_write_key(&t->w, "then");
    json_write_object(&t->w);
    decoded_put_json(&t->w, &out, t->now);
    json_put_bool(&t->w, "other", other);
    json_write_object_end(&t->w);
}

static void try_message(void *ctx, const struct decode_message_view *v)
{
    struct trial *t = ctx;
    bool whole = v->sample.payload.len == v->sample.payload_bytes;
    json_write_object(&t->w);
    message_put_json(&t->w, v, t->now);
    if (whole) {
        put_then(t, v);
    } else {
        t->cut++;
    }
    json_write_object_end(&t->w);
}

/* Runs the mapping number t->number of `used` over what is kept. */
static void run(struct trial *t, const struct pipeline *p, struct mappings *take_used,
                struct buf *body)
{
    struct decode_messages_query query = {.mapping = mappings_at(take_used, t->number - 1),
                                          .limit = LIMIT_HEARD_PAGE,
                                          .each = try_message,
                                          .ctx = t};
    t->decoder =
        decoder_new(&(struct decode_config){0}, (struct hash_key){(uint64_t)t->now, 0}, NULL);
    decoder_set_mappings(t->decoder, take_used);
    json_writer_init(&t->w, body);
    json_write_object(&t->w);
    json_put_u64(&t->w, "number", t->number);
    json_write_key(&t->w, "messages");
    json_write_array(&t->w);
    (void)decode_messages(pipeline_decoder(p), &query);
    json_write_array_end(&t->w);
    json_put_u64(&t->w, "gave", t->gave);
    json_put_u64(&t->w, "others", t->others);
    json_put_u64(&t->w, "cut", t->cut);
    json_write_object_end(&t->w);
    decoder_free(t->decoder);
}

void mapping_trial(const struct pipeline *p, struct serve_question *q, wall_ms now)
{
    struct document_fault fault = {0};
    struct config_error why;
    struct mapping *mapping;
    struct trial t = {.now = now};
    q->result = mapping_document_check(buf_bytes(&q->mapping), &fault);
    if (q->result != OK) {
        (void)snprintf(q->field, sizeof q->field, "%s", fault.field);
        (void)snprintf(q->why, sizeof q->why, "%s", fault.message);
        return;
    }
    q->result = mapping_parse(buf_bytes(&q->mapping), &mapping, &why);
    ASSERT(q->result == OK);
    struct mapping_candidate candidate = {.id = buf_bytes(&q->after), .mapping = mapping};
    struct mappings *used = pipeline_mappings(p, &candidate);
    t.number = candidate.number;
    run(&t, p, used, &q->body);
    mapping_free(mapping);
}
