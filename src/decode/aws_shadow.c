/* SPDX-License-Identifier: Apache-2.0 */
/* AWS IoT device shadows: $aws/things/<thing>/shadow[/name/<shadow>]/update[/accepted|/documents].
 * What a thing reported is its data; what is desired of it, and the state before, are not. The
 * request (`update`) and its answers tell the same change: where answers are heard, the request is
 * passed over. Topics that begin with $ must be subscribed to by name. (AWS IoT Core developer
 * guide: Device Shadow MQTT topics, documents.) */
#include "decode/parts.h"
#include "decode/recent.h"

/* A shadow whose answers were not heard for this long is recorded from its requests again. */
#define ANSWERS_SPAN_MS 3600000

static bool owns_aws(const struct decode_topic *t)
{
    return t->count >= 5 && decode_level_is(t, 0, "$aws") && decode_level_is(t, 1, "things") &&
           decode_level_is(t, 3, "shadow");
}

/* The shadow's name, empty for the unnamed one, and the level behind it. */
static struct bytes shadow_of(const struct decode_topic *t, size_t *next)
{
    bool named = decode_level_is(t, 4, "name") && t->count > 6;
    *next = named ? 6 : 4;
    return named ? t->level[5] : BYTES("");
}

/* Whether a request tells what an answer will tell, or has told. */
static bool is_answered(struct decoder *d, const struct decode_input *in, uint64_t id)
{
    const struct recent_note *answer =
        d->memory.shadows ? recent_find(d->memory.shadows, id) : NULL;
    return answer && recent_within(answer->at, in->now, ANSWERS_SPAN_MS);
}

static void note_answer(struct decoder *d, const struct decode_input *in, uint64_t id)
{
    if (!d->memory.shadows) {
        d->memory.shadows = recent_new(LIMIT_RECENT_SHADOWS);
    }
    recent_set(d->memory.shadows, (struct recent_note){.id = id, .at = in->now});
}

static enum drop decode_reported(struct decoder *d, const struct decode_input *in,
                                 const struct decode_topic *t, const char *path)
{
    size_t next;
    struct bytes shadow = shadow_of(t, &next);
    struct bytes reported;
    wall_ms time = WALL_NONE;
    enum drop refused = decode_json_check(in->payload);
    if (refused != DROP_NONE) {
        return refused;
    }
    if (!decode_id_valid(t->level[2])) {
        return DROP_BAD_DEVICE_ID;
    }
    if (shadow.len > LIMIT_ID_BYTES) {
        return DROP_BAD_SENSOR_ID;
    }
    if (decode_find_object(in->payload, path, &reported)) {
        (void)decode_find_time(in->payload, "timestamp", &time);
        decode_flatten_object(
            d, reported,
            &(struct flatten_as){.prefix = shadow, .device = t->level[2], .time = time});
    }
    return DROP_NONE;
}

static enum drop decode_aws(struct decoder *d, const struct decode_topic *t,
                            const struct decode_input *in)
{
    size_t next;
    struct bytes parts[] = {t->level[2], shadow_of(t, &next)};
    if (bytes_trim(in->payload).len == 0 || !decode_level_is(t, next, "update")) {
        return DROP_NONE;
    }
    uint64_t id = recent_id(d->memory.key, in->source, parts, ARRAY_LEN(parts));
    if (t->count == next + 1) {
        return is_answered(d, in, id) ? DROP_NONE : decode_reported(d, in, t, "state.reported");
    }
    bool documents = decode_level_is(t, next + 1, "documents");
    if (t->count != next + 2 || !(documents || decode_level_is(t, next + 1, "accepted"))) {
        return DROP_NONE;
    }
    note_answer(d, in, id);
    return decode_reported(d, in, t, documents ? "current.state.reported" : "state.reported");
}

const struct decode_family decode_aws_shadow = {
    .id = DECODER_AWS_SHADOW, .owns = owns_aws, .decode = decode_aws};
