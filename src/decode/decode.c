/* SPDX-License-Identifier: Apache-2.0 */
/* The table of families and the memory that they fill. */
#include "decode/decode.h"

#include "base/mem.h"
#include "decode/parts.h"

static const struct decode_family *const families[] = {
    &decode_commands,
    &decode_plain_sensors,
    &decode_plain_status,
    &decode_plain_any,
};

struct decoder *decoder_new(const struct decode_config *config, struct hash_key key,
                            struct metrics *metrics)
{
    struct decoder *d = mem_zalloc(1, sizeof *d);
    d->config = *config;
    d->memory.key = key;
    d->metrics = metrics;
    d->first_lost = DROP_NONE;
    return d;
}

void decoder_free(struct decoder *d)
{
    free(d);
}

/* The family that decodes a message, or NULL. */
static const struct decode_family *owner_of(struct decoder *d, const struct decode_topic *t,
                                            const struct decode_input *in)
{
    for (size_t i = 0; i < ARRAY_LEN(families); i++) {
        if (families[i]->owns && families[i]->owns(t)) {
            return families[i];
        }
    }
    for (size_t i = 0; i < ARRAY_LEN(families); i++) {
        if (families[i]->recognises && families[i]->recognises(d, t, in)) {
            return families[i];
        }
    }
    return NULL;
}

/* Decodes by the message's owner, which is told even when nothing comes of it. */
static enum drop decode_by_owner(struct decoder *d, const struct decode_input *in,
                                 enum decoder_id *owner)
{
    struct decode_topic t;
    if (in->payload.len > LIMIT_DECODE_BYTES) {
        return DROP_PAYLOAD_TOO_LARGE;
    }
    if (!decode_topic_split(in->topic, &t)) {
        return DROP_BAD_TOPIC;
    }
    const struct decode_family *family = owner_of(d, &t, in);
    if (!family) {
        return DROP_UNDECODED;
    }
    *owner = family->id;
    return family->decode(d, &t, in);
}

/* Counts the message when it is refused, else the values that it lost. */
static void count_losses(struct decoder *d, enum drop refused)
{
    if (!d->metrics) {
        return;
    }
    if (refused != DROP_NONE) {
        metrics_drop(d->metrics, refused, 1);
        return;
    }
    for (size_t i = 0; d->first_lost != DROP_NONE && i < DROP_COUNT; i++) {
        if (d->lost[i] > 0) {
            metrics_drop(d->metrics, (enum drop)i, d->lost[i]);
        }
    }
}

void decode_message(struct decoder *d, const struct decode_input *in, struct decoded *out)
{
    enum decoder_id owner = DECODER_NONE;
    decode_forget(d);
    d->text_used = 0;
    enum drop refused = decode_by_owner(d, in, &owner);
    count_losses(d, refused);
    if (refused != DROP_NONE) {
        d->count = 0;
        d->meta_count = 0;
    } else if (d->count == 0 && d->meta_count == 0) {
        refused = d->first_lost;
    }
    *out = (struct decoded){
        .records = d->records,
        .count = d->count,
        .meta = d->meta,
        .meta_count = d->meta_count,
        .requests = d->requests,
        .request_count = d->request_count,
        .decoder = owner,
        .drop = refused,
        .note = d->note,
    };
}
