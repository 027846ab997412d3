/* SPDX-License-Identifier: Apache-2.0 */
/* The table of families and the memory that they fill. */
#include "decode/decode.h"

#include "base/mem.h"
#include "decode/topics.h"

static const struct decode_family *const families[] = {
    &decode_commands,
    &decode_family_sparkplug,
    &decode_family_zigbee2mqtt,
    &decode_family_esphome,
    &decode_family_homie,
    &decode_plain_sensors,
    &decode_plain_status,
    &decode_tasmota,
    &decode_shelly_gen1,
    &decode_shelly_gen2,
    &decode_things_stack,
    &decode_chirpstack,
    &decode_owntracks,
    &decode_thingsboard,
    &decode_aws_shadow,
    &decode_azure_iot,
    &decode_ruuvi,
    &decode_victron,
    &decode_meshtastic,
    &decode_senml,
    &decode_plain_any,
};

struct decoder *decoder_new(const struct decode_config *config, struct hash_key key,
                            struct metrics *metrics)
{
    struct decoder *d = mem_zalloc(1, sizeof *d);
    d->config = *config;
    decode_memory_init(&d->memory, key);
    d->metrics = metrics;
    d->first_lost = DROP_NONE;
    d->topics = topics_new(key, metrics);
    return d;
}

void decoder_free(struct decoder *d)
{
    if (d) {
        topics_free(d->topics);
        decode_memory_fini(&d->memory);
        free(d);
    }
}

/* The family that owns a topic, or NULL. */
static const struct decode_family *owner_of(const struct decode_topic *t)
{
    for (size_t i = 0; i < ARRAY_LEN(families); i++) {
        if (families[i]->owns && families[i]->owns(t)) {
            return families[i];
        }
    }
    return NULL;
}

/* The family that decodes a message of a topic that nobody owns, or NULL. */
static const struct decode_family *recogniser_of(struct decoder *d, const struct decode_topic *t,
                                                 const struct decode_input *in)
{
    for (size_t i = 0; i < ARRAY_LEN(families); i++) {
        if (families[i]->recognises && families[i]->recognises(d, t, in)) {
            return families[i];
        }
    }
    return NULL;
}

/* Who decodes a message: asked once a topic where the topic alone tells it. */
static const struct decode_family *family_of(struct decoder *d, const struct decode_topic *t,
                                             const struct decode_input *in, struct topic *topic)
{
    const struct decode_family *owner = topic && topic->judged ? topic->owner : owner_of(t);
    if (topic) {
        topic->owner = owner;
        topic->judged = true;
    }
    return owner ? owner : recogniser_of(d, t, in);
}

/* Decodes by the message's owner, which is told even when nothing comes of it. */
static enum drop decode_by_owner(struct decoder *d, const struct decode_input *in,
                                 struct topic *topic, enum decoder_id *owner)
{
    struct decode_topic t;
    if (in->payload.len > LIMIT_DECODE_BYTES) {
        return DROP_PAYLOAD_TOO_LARGE;
    }
    if (!topic || !decode_topic_split(in->topic, &t)) {
        return DROP_BAD_TOPIC;
    }
    const struct decode_family *family = family_of(d, &t, in, topic);
    if (!family) {
        return DROP_UNDECODED;
    }
    *owner = family->id;
    return family->decode(d, &t, in);
}

static void count_drop(struct metrics *m, enum decoder_id owner, enum drop reason, uint64_t n)
{
    metrics_drop(m, reason, n);
    metrics_own(&m->undecoded[owner][reason], n);
}

/* Counts the message, or why it was refused, or the values that it lost. */
static void count(struct decoder *d, enum decoder_id owner, enum drop refused)
{
    if (!d->metrics) {
        return;
    }
    if (refused != DROP_NONE) {
        count_drop(d->metrics, owner, refused, 1);
        return;
    }
    metrics_own(&d->metrics->decoded[owner], 1);
    for (size_t i = 0; d->first_lost != DROP_NONE && i < DROP_COUNT; i++) {
        if (d->lost[i] > 0) {
            count_drop(d->metrics, owner, (enum drop)i, d->lost[i]);
        }
    }
}

void decode_message(struct decoder *d, const struct decode_input *in, struct decoded *out)
{
    enum decoder_id owner = DECODER_NONE;
    struct topic *topic = topics_take(d->topics, in->topic);
    decode_forget(d);
    d->text_used = 0;
    enum drop refused = decode_by_owner(d, in, topic, &owner);
    count(d, owner, refused);
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
    if (topic) {
        topics_note(d->topics, topic, in, out);
    }
}
