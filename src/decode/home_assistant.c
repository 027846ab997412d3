/* SPDX-License-Identifier: Apache-2.0 */
/* Home Assistant's discovery:
 *
 *     homeassistant/<component>/[<node>/]<object>/config   an entity, or a device with several
 *     homeassistant/status                                 Home Assistant itself, no device
 *
 * A state topic that discovery named and that no decoder of its own owns is claimed; of one that
 * is owned, discovery gives units and names. */
#include "decode/home_assistant.h"

#include "base/utf8.h"

static bool owns_home_assistant(const struct decode_topic *t)
{
    if (!decode_level_is(t, 0, "homeassistant")) {
        return false;
    }
    return ((t->count == 4 || t->count == 5) && decode_level_is(t, t->count - 1, "config")) ||
           (t->count == 2 && decode_level_is(t, 1, "status"));
}

static bool recognises_claimed(struct decoder *d, const struct decode_topic *t,
                               const struct decode_input *in)
{
    (void)t;
    return ha_find_topic(d, in) != NULL;
}

/* ---- messages to topics that were claimed ---- */

static struct scalar scalar_of(const struct ha_value *v)
{
    switch (v->kind) {
    case HA_NUMBER:
        return (struct scalar){SCALAR_NUMBER, v->number};
    case HA_BOOLEAN:
        return (struct scalar){SCALAR_BOOLEAN, v->number};
    case HA_TEXT:
        return decode_scalar_of_text(v->text);
    case HA_UNDEFINED:
    case HA_NOTHING:
        break;
    }
    return (struct scalar){SCALAR_NOTHING, 0};
}

/* Whether the entity goes by the common word: it told none of its own, or the same. */
static bool is_common(struct bytes told, struct bytes common)
{
    return told.len == 0 || (told.len == common.len && bytes_equal_nocase(told, common));
}

/* Applies the entity's words for on and off. Where it told none of its own, the common ones hold;
 * what may only be on or off is never a number. */
static struct scalar value_of(const struct ha_entity *e, const struct ha_value *v)
{
    if (e->text[HA_ON].len > 0 && ha_value_is(v, e->text[HA_ON])) {
        return (struct scalar){SCALAR_BOOLEAN, 1};
    }
    if (e->text[HA_OFF].len > 0 && ha_value_is(v, e->text[HA_OFF])) {
        return (struct scalar){SCALAR_BOOLEAN, 0};
    }
    struct scalar s = scalar_of(v);
    bool other =
        s.kind == SCALAR_BOOLEAN && !(s.value == 1 ? is_common(e->text[HA_ON], BYTES("ON"))
                                                   : is_common(e->text[HA_OFF], BYTES("OFF")));
    bool number = e->boolean && s.kind == SCALAR_NUMBER;
    return other || number ? (struct scalar){SCALAR_TEXT, 0} : s;
}

static void take_state(struct decoder *d, const struct ha_entity *e, const struct ha_value *v)
{
    struct scalar s = value_of(e, v);
    if (s.kind != SCALAR_NUMBER && s.kind != SCALAR_BOOLEAN) {
        return;
    }
    struct decode_record *r = decode_add_reading(d, e->text[HA_SENSOR], s);
    if (r) {
        r->device = e->text[HA_DEVICE];
        r->unit = e->text[HA_UNIT];
    }
}

/* Several entities of a device mostly share its availability: it is told once. */
static void take_availability(struct decoder *d, const struct ha_entity *e,
                              const struct ha_value *v)
{
    bool on = ha_value_is(v, e->text[HA_ON]);
    if (!on && !ha_value_is(v, e->text[HA_OFF])) {
        return;
    }
    for (size_t i = 0; i < d->count; i++) {
        if (d->records[i].kind == DECODE_STATUS &&
            bytes_equal(d->records[i].device, e->text[HA_DEVICE])) {
            return;
        }
    }
    decode_add_status(d, e->text[HA_DEVICE], on ? STATUS_ONLINE : STATUS_OFFLINE, WALL_NONE);
}

static void take_entity(struct decoder *d, const struct ha_entity *e, struct bytes payload,
                        bool json)
{
    if (e->template.kind == HA_UNKNOWN) {
        decode_lose(d, DROP_TEMPLATE);
        decode_note(d, "value_template not understood: ", e->text[HA_TEMPLATE]);
        return;
    }
    struct ha_value v = ha_template_apply(d, &e->template, payload, json);
    if (e->role == HA_STATE) {
        take_state(d, e, &v);
    } else {
        take_availability(d, e, &v);
    }
}

/* Why a payload as a whole gave no value: words may well be a state, a document of JSON is not. */
static enum drop reason_of_nothing(struct bytes payload)
{
    if (!utf8_valid(payload)) {
        return DROP_INVALID_UTF8;
    }
    bool document = payload.ptr[0] == '{' || payload.ptr[0] == '[';
    return document && decode_json_check(payload) == DROP_NONE ? DROP_UNDECODED : DROP_NONE;
}

static enum drop decode_claimed(struct decoder *d, const struct decode_input *in,
                                const struct ha_topic *topic)
{
    struct bytes payload = bytes_trim(in->payload);
    enum drop not_json = decode_json_check(payload);
    bool wants_json = false;
    if (payload.len == 0) {
        return DROP_NONE;
    }
    if (topic->count * payload.len > LIMIT_CLAIMED_BYTES) {
        return DROP_PAYLOAD_TOO_LARGE;
    }
    for (const struct ha_entity *e = topic->first; e; e = e->next_of_topic) {
        wants_json |= e->template.kind == HA_JSON;
        take_entity(d, e, payload, not_json == DROP_NONE);
        memo_touch(&d->memory.ha_configs, &e->config->memo, in->now);
    }
    if (d->count > 0 || d->first_lost != DROP_NONE) {
        return DROP_NONE;
    }
    return wants_json ? not_json : reason_of_nothing(payload);
}

static enum drop decode_home_assistant(struct decoder *d, const struct decode_topic *t,
                                       const struct decode_input *in)
{
    if (!owns_home_assistant(t)) {
        const struct ha_topic *topic = ha_find_topic(d, in);
        ASSERT(topic);
        return decode_claimed(d, in, topic);
    }
    return t->count == 2 ? DROP_NONE : ha_take_config(d, t, in);
}

const struct decode_family decode_family_home_assistant = {.id = DECODER_HOME_ASSISTANT,
                                                           .owns = owns_home_assistant,
                                                           .recognises = recognises_claimed,
                                                           .decode = decode_home_assistant};

/* ---- what discovery adds to other decoders' records ---- */

/* Whether the entity is about the record: the same path, or the only value of the message. */
static bool is_about(const struct ha_entity *e, const struct decode_record *r, size_t count)
{
    struct bytes path = e->text[HA_PATH];
    if (e->template.kind != HA_JSON) {
        return e->template.kind != HA_UNKNOWN && count == 1;
    }
    if (path.len == 0 || r->sensor.len < path.len) {
        return false;
    }
    size_t before = r->sensor.len - path.len;
    return bytes_equal(bytes_skip(r->sensor, before), path) &&
           (before == 0 || r->sensor.ptr[before - 1] == '.');
}

static void describe_native(struct decoder *d, struct ha_entity *e, struct bytes device)
{
    struct decode_meta *meta = e->told ? NULL : decode_add_meta(d, device);
    if (meta) {
        decode_describe(d, &meta->name, e->text[HA_NAME]);
        decode_describe(d, &meta->model, e->text[HA_MODEL]);
        decode_describe(d, &meta->manufacturer, e->text[HA_MANUFACTURER]);
        decode_describe(d, &meta->place, e->text[HA_PLACE]);
    }
    e->told = true;
}

void decode_add_discovered(struct decoder *d, const struct decode_input *in)
{
    struct ha_topic *topic = d->count > 0 ? ha_find_topic(d, in) : NULL;
    for (struct ha_entity *e = topic ? topic->first : NULL; e; e = e->next_of_topic) {
        for (size_t i = 0; e->role == HA_STATE && i < d->count; i++) {
            struct decode_record *r = &d->records[i];
            if (r->kind == DECODE_READING && is_about(e, r, d->count)) {
                r->unit = r->unit.len > 0 ? r->unit : e->text[HA_UNIT];
                describe_native(d, e, r->device);
                memo_touch(&d->memory.ha_configs, &e->config->memo, in->now);
            }
        }
    }
}
