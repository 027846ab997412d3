/* SPDX-License-Identifier: Apache-2.0 */
/* The table of families and the memory that they fill. */
#include "decode/decode.h"

#include "base/mem.h"
#include "decode/bases.h"
#include "decode/heard.h"
#include "decode/mapping_parts.h"
#include "decode/topics.h"

/* In the order in which they are asked. One a line, so that two changes of it seldom meet. */
/* clang-format off */
static const struct decode_family *const families[] = {
    &decode_commands,
    &decode_family_sparkplug,
    &decode_family_zigbee2mqtt,
    &decode_plain_sensors,
    &decode_plain_status,
    &decode_tasmota,
    &decode_family_home_assistant, /* what it claims goes before what a payload looks like */
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
    &decode_family_esphome,
    &decode_family_homie,
    &decode_senml,
    &decode_family_telegraf,
    &decode_plain_any,
};
/* clang-format on */

const char *const decode_retained_words[] = {"last", "store", "ignore", NULL};

struct decoder *decoder_new(const struct decode_config *config, struct hash_key key,
                            struct metrics *metrics)
{
    struct decoder *d = mem_zalloc(1, sizeof *d);
    d->config = *config;
    d->config.zigbee2mqtt = d->config.home_assistant = (struct config_list){0};
    d->config.homie = d->config.telegraf = (struct config_list){0};
    decode_bases_init(&d->bases, config);
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
        heard_fini(&d->heard);
        decode_memory_fini(&d->memory);
        decode_bases_fini(&d->bases);
        mappings_free(d->mappings);
        free(d);
    }
}

/* The family that owns a topic, or NULL. */
static const struct decode_family *owner_of(const struct decode_topic *t)
{
    for (size_t i = 0; i < ARRAY_LEN(families); i++) {
        const struct decode_family *f = families[i];
        if (f->owns && f->owns(t)) {
            return f;
        }
    }
    return NULL;
}

bool decode_is_owned(struct decoder *d, struct bytes topic)
{
    struct decode_topic told, room;
    const struct decode_topic *t =
        decode_topic_split(topic, &told) ? decode_bases_rename(d, &told, &room) : NULL;
    return t && owner_of(t);
}

/* The family that decodes a message of a topic that nobody owns, or NULL. What begins with `$` is
 * a server's own business, whatever it looks like. */
static const struct decode_family *recogniser_of(struct decoder *d, const struct decode_topic *t,
                                                 const struct decode_input *in)
{
    if (bytes_start_with(t->text, BYTES("$"))) {
        return NULL;
    }
    for (size_t i = 0; i < ARRAY_LEN(families); i++) {
        const struct decode_family *f = families[i];
        if (f->recognises && f->recognises(d, t, in)) {
            return f;
        }
    }
    return NULL;
}

const struct decode_family *decode_family_for(struct decoder *d, enum decoder_id id,
                                              const struct decode_topic *t,
                                              const struct decode_input *in)
{
    for (size_t i = 0; i < ARRAY_LEN(families); i++) {
        const struct decode_family *f = families[i];
        if (f->id == id &&
            ((f->owns && f->owns(t)) || (f->recognises && f->recognises(d, t, in)))) {
            return f;
        }
    }
    return NULL;
}

/* Asks who decodes a topic, unless that is known: by mappings as it was told, by families under its
 * usual base topic. */
static void judge(struct decoder *d, struct topic *topic, const struct decode_topic *told,
                  const struct decode_topic *t)
{
    if (!topic->judged) {
        topic->mapping = mappings_find(d->mappings, told);
        topic->owner = owner_of(t);
        topic->judged = true;
    }
}

/* The largest payload that is decoded of a topic. */
static size_t most_bytes(const struct topic *topic)
{
    bool documents = !topic->mapping && topic->owner && topic->owner->documents;
    return documents ? LIMIT_DOCUMENT_BYTES : LIMIT_DECODE_BYTES;
}

/* Decodes by the message's owner, which is told even when nothing comes of it. */
static enum drop decode_by_owner(struct decoder *d, const struct decode_input *in,
                                 struct topic *topic, enum decoder_id *owner)
{
    struct decode_topic told, room;
    const struct decode_topic *t =
        topic && decode_topic_split(in->topic, &told) ? decode_bases_rename(d, &told, &room) : NULL;
    if (!t) {
        return DROP_BAD_TOPIC;
    }
    judge(d, topic, &told, t);
    if (in->payload.len > most_bytes(topic)) {
        return DROP_PAYLOAD_TOO_LARGE;
    }
    if (topic->mapping) {
        *owner = DECODER_MAPPING;
        return mapping_decode(d, topic->mapping, &told, in);
    }
    const struct decode_family *family = topic->owner ? topic->owner : recogniser_of(d, t, in);
    if (!family) {
        return DROP_UNDECODED;
    }
    *owner = family->id;
    enum drop refused = family->decode(d, t, in);
    if (refused == DROP_NONE && family != &decode_family_home_assistant) {
        decode_add_discovered(d, in);
    }
    return refused;
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

/* What holds for a retained message of this topic. */
static enum decode_retained retained_rule(const struct decoder *d, const struct topic *topic)
{
    bool own = topic && topic->judged && topic->mapping && topic->mapping->has_retained;
    return own ? topic->mapping->retained : d->config.retained;
}

/* Applies it to the readings that say no time of their own. */
static void apply_retained(struct decoder *d, enum decode_retained rule)
{
    size_t kept = 0;
    for (size_t i = 0; i < d->count; i++) {
        struct decode_record *r = &d->records[i];
        bool timeless = r->kind == DECODE_READING && r->time == WALL_NONE;
        if (timeless && rule == DECODE_RETAINED_IGNORE) {
            decode_lose(d, DROP_RETAINED);
            continue;
        }
        r->flags |= timeless && rule == DECODE_RETAINED_STORE ? DECODE_OF_NOW : 0u;
        d->records[kept++] = *r;
    }
    d->count = kept;
}

void decoder_set_mappings(struct decoder *d, struct mappings *take_mappings)
{
    mappings_free(d->mappings);
    d->mappings = take_mappings;
    topics_forget_owners(d->topics);
}

void decode_message(struct decoder *d, const struct decode_input *in, struct decoded *out)
{
    enum decoder_id owner = DECODER_NONE;
    struct topic *topic = topics_take(d->topics, in->topic);
    decode_forget(d);
    d->text_used = 0;
    d->source = in->source;
    enum drop refused = decode_by_owner(d, in, topic, &owner);
    if (in->flags & DECODE_RETAINED) {
        apply_retained(d, retained_rule(d, topic));
    }
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
        .mapping = owner == DECODER_MAPPING ? topic->mapping->number : 0,
        .drop = refused,
        .note = d->note,
    };
    if (topic) {
        topics_note(d->topics, topic, in, out);
    }
    heard_note(&d->heard, topic, in, out);
}

void decode_tick(struct decoder *d, wall_ms now, struct decoded *out)
{
    decode_forget(d);
    d->text_used = 0;
    victron_tick(d, now);
    heard_tick(&d->heard, now);
    *out = (struct decoded){
        .requests = d->requests, .request_count = d->request_count, .drop = DROP_NONE};
}
