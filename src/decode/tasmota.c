/* SPDX-License-Identifier: Apache-2.0 */
/* Tasmota: <FullTopic>/<what>, where the FullTopic holds one of three prefixes (cmnd, stat, tele)
 * at any level. A message is an object with one member a sensor chip, and tells the units of all
 * its temperatures and pressures once. The device is the topic without prefix and last level; a
 * Zigbee bridge speaks for devices of its own. (Tasmota's documentation: MQTT, Status responses,
 * Zigbee.) */
#include "decode/tasmota.h"
#include "base/utf8.h"

#define NO_LEVEL SIZE_MAX

/* ---- topics ---- */

/* Whether `word` is `stem`, or that and digits. */
static bool is_numbered(struct bytes word, struct bytes stem)
{
    if (!bytes_start_with(word, stem)) {
        return false;
    }
    uint64_t number;
    return word.len == stem.len || bytes_to_u64(bytes_skip(word, stem.len), 99, &number) == OK;
}

/* Whether a topic's last level is one that only Tasmota uses. */
static bool is_what(struct bytes word)
{
    static const char *const words[] = {"SENSOR", "STATE", "LWT", "RESULT"};
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        if (bytes_equal(word, bytes_of_text(words[i]))) {
            return true;
        }
    }
    return is_numbered(word, BYTES("POWER")) || is_numbered(word, BYTES("STATUS")) ||
           is_numbered(word, BYTES("INFO"));
}

static bool is_discovery(const struct decode_topic *t)
{
    return decode_level_is(t, 0, "tasmota") && decode_level_is(t, 1, "discovery");
}

/* The level that holds one of the usual prefixes; NO_LEVEL: none. */
static size_t prefix_level(const struct decode_topic *t)
{
    for (size_t i = 0; i + 1 < t->count; i++) {
        if (decode_level_is(t, i, "tele") || decode_level_is(t, i, "stat") ||
            decode_level_is(t, i, "cmnd")) {
            return i;
        }
    }
    return NO_LEVEL;
}

static bool owns_tasmota(const struct decode_topic *t)
{
    if (is_discovery(t)) {
        return true;
    }
    size_t prefix = t->count >= 3 ? prefix_level(t) : NO_LEVEL;
    return prefix == 0 || (prefix != NO_LEVEL &&
                           (decode_level_is(t, prefix, "cmnd") || is_what(t->level[t->count - 1])));
}

/* The topic up to its last level. */
static struct bytes base_of(const struct decode_topic *t)
{
    return decode_levels(t, 0, t->count - 1);
}

static bool recognises_tasmota(struct decoder *d, const struct decode_topic *t,
                               const struct decode_input *in)
{
    return t->count >= 2 && tasmota_topic_find(d, in, base_of(t));
}

/* The topic without the level `prefix` and the last one. */
static bool device_of(struct decoder *d, const struct decode_topic *t, size_t prefix,
                      struct bytes *device)
{
    size_t last = t->count - 1;
    if (prefix == 0 || prefix + 1 == last) {
        *device = prefix == 0 ? decode_levels(t, 1, last) : decode_levels(t, 0, prefix);
        return decode_id_valid(*device);
    }
    struct bytes parts[] = {decode_levels(t, 0, prefix), decode_levels(t, prefix + 1, last)};
    return decode_join(d, parts, ARRAY_LEN(parts), BYTES("/"), LIMIT_ID_BYTES, device) &&
           decode_id_valid(*device);
}

/* ---- a message ---- */

struct message {
    struct decoder *d;
    struct json_reader r;
    struct walk walk;
    struct bytes device;
    struct bytes temperature, pressure, speed; /* units that the message tells */
    wall_ms epoch, time;
    const struct decode_input *in;
    struct bytes base; /* of the topic */
};

/* Keys that name things and keys of the whole message are no values. */
static bool skips_key(const struct walk *w, struct bytes key)
{
    static const char *const keys[] = {"Id",  "Time",         "Epoch",     "UID",
                                       "mac", "PressureUnit", "SpeedUnit", "TempUnit",
                                       "MAC", "ADCO",         "ADSC"};
    (void)w;
    for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
        if (bytes_equal(key, bytes_of_text(keys[i]))) {
            return true;
        }
    }
    return false;
}

/* Words that the device chose for on and off. */
static void reads_words(struct walk *w, struct bytes text, struct scalar *s)
{
    const struct message *m = w->ctx;
    const struct tasmota_topic *learned;
    if (s->kind != SCALAR_TEXT || !bytes_start_with(bytes_of(w->path, w->len), BYTES("POWER"))) {
        return;
    }
    learned = tasmota_topic_find(m->d, m->in, m->base);
    if (learned && learned->on.len > 0 && bytes_equal(text, learned->on)) {
        *s = (struct scalar){SCALAR_BOOLEAN, 1};
    } else if (learned && learned->off.len > 0 && bytes_equal(text, learned->off)) {
        *s = (struct scalar){SCALAR_BOOLEAN, 0};
    }
}

static const struct walk_rules usual_rules = {.skips = skips_key};
static const struct walk_rules word_rules = {.skips = skips_key, .words = reads_words};

static void begin(struct message *m, struct decoder *d, const struct decode_topic *t,
                  const struct decode_input *in)
{
    m->d = d;
    m->temperature = m->pressure = m->speed = (struct bytes){NULL, 0};
    m->epoch = m->time = WALL_NONE;
    m->base = base_of(t);
    m->in = in;
    json_reader_init(&m->r, in->payload);
    decode_walk_init(&m->walk, d, &m->r, (struct bytes){NULL, 0});
    m->walk.rules = d->memory.tasmota_has_words ? &word_rules : &usual_rules;
    m->walk.ctx = m;
}

static void read_unit(struct message *m, struct bytes *unit)
{
    struct json_text text;
    struct bytes told;
    if (json_peek(&m->r) == JSON_STRING && json_read_text(&m->r, &text) &&
        decode_keep_text(m->d, text, LIMIT_UNIT_BYTES, &told)) {
        *unit = decode_unit(told);
    }
}

/* Takes a member that says something about the whole message. */
static bool take_common(struct message *m, struct json_text key)
{
    if (json_text_is(key, "Time")) {
        m->time = decode_time_read(&m->r);
    } else if (json_text_is(key, "Epoch")) {
        m->epoch = decode_time_read(&m->r);
    } else if (json_text_is(key, "TempUnit")) {
        read_unit(m, &m->temperature);
    } else if (json_text_is(key, "PressureUnit")) {
        read_unit(m, &m->pressure);
    } else if (json_text_is(key, "SpeedUnit")) {
        read_unit(m, &m->speed);
    } else {
        return false;
    }
    return true;
}

/* ---- units ---- */

static bool ends_with(struct bytes text, struct bytes end)
{
    return text.len >= end.len && memcmp(text.ptr + text.len - end.len, end.ptr, end.len) == 0;
}

/* Cuts the part behind the last dot off `path`. */
static struct bytes cut_last(struct bytes *path)
{
    size_t begin = path->len;
    while (begin > 0 && path->ptr[begin - 1] != '.') {
        begin--;
    }
    struct bytes last = bytes_skip(*path, begin);
    path->len = begin > 0 ? begin - 1 : 0;
    return last;
}

static bool is_number(struct bytes word)
{
    uint64_t v;
    return bytes_to_u64(word, UINT32_MAX, &v) == OK;
}

struct named_unit {
    struct bytes key;
    const char *unit;
};

#define NAMED(key, unit)                                                                           \
    {                                                                                              \
        {(const uint8_t *)(key), sizeof(key) - 1}, unit                                            \
    }

static struct bytes unit_in(const struct named_unit *units, size_t count, struct bytes key)
{
    for (size_t i = 0; i < count; i++) {
        if (bytes_equal(units[i].key, key)) {
            return bytes_of_text(units[i].unit);
        }
    }
    return (struct bytes){NULL, 0};
}

/* Below ENERGY, as documented. */
static struct bytes energy_unit(struct bytes key)
{
    static const struct named_unit units[] = {
        NAMED("Power", "W"),          NAMED("Voltage", "V"),         NAMED("Current", "A"),
        NAMED("Total", "kWh"),        NAMED("Today", "kWh"),         NAMED("Yesterday", "kWh"),
        NAMED("ApparentPower", "VA"), NAMED("ReactivePower", "var"), NAMED("Frequency", "Hz"),
    };
    return unit_in(units, ARRAY_LEN(units), key);
}

/* A key's unit wherever it stands; `parent` is the path above it. */
static struct bytes common_unit(const struct message *m, struct bytes parent, struct bytes key)
{
    static const struct named_unit units[] = {NAMED("Humidity", "%"), NAMED("Battery", "%"),
                                              NAMED("UptimeSec", "s"), NAMED("Vcc", "V")};
    static const struct named_unit wifi[] = {NAMED("RSSI", "%"), NAMED("Signal", "dBm")};
    if (ends_with(key, BYTES("Temperature")) || ends_with(key, BYTES("DewPoint"))) {
        return m->temperature;
    }
    if (ends_with(key, BYTES("Pressure"))) {
        return m->pressure;
    }
    if (ends_with(key, BYTES("Speed"))) {
        return m->speed;
    }
    if (bytes_equal(parent, BYTES("Wifi")) || ends_with(parent, BYTES(".Wifi"))) {
        return unit_in(wifi, ARRAY_LEN(wifi), key);
    }
    return unit_in(units, ARRAY_LEN(units), key);
}

static struct bytes unit_of(const struct message *m, struct bytes sensor)
{
    struct bytes key = cut_last(&sensor);
    if (sensor.len > 0 && is_number(key)) {
        key = cut_last(&sensor); /* one of several phases */
    }
    bool energy = bytes_start_with(sensor, BYTES("ENERGY"));
    return energy ? energy_unit(key) : common_unit(m, sensor, key);
}

/* What Zigbee devices send is converted by the bridge, to these units unless it says otherwise. */
static struct bytes zigbee_unit(const struct message *m, struct bytes key)
{
    static const struct named_unit units[] = {
        NAMED("Humidity", "%"), NAMED("Battery", "%"),        NAMED("BatteryPercentage", "%"),
        NAMED("Voltage", "V"),  NAMED("BatteryVoltage", "V"),
    };
    if (ends_with(key, BYTES("Temperature"))) {
        return m->temperature.len > 0 ? m->temperature
                                      : BYTES("\xc2\xb0"
                                              "C");
    }
    if (ends_with(key, BYTES("Pressure"))) {
        return m->pressure.len > 0 ? m->pressure : BYTES("hPa");
    }
    return unit_in(units, ARRAY_LEN(units), key);
}

/* ---- devices behind a Zigbee bridge ---- */

/* What one of them says about itself. */
struct bridged {
    struct bytes address, name;
};

static void read_name(struct message *m, struct bytes *name)
{
    struct json_text text;
    if (json_peek(&m->r) == JSON_STRING && json_read_text(&m->r, &text)) {
        (void)decode_keep_text(m->d, text, LIMIT_ID_BYTES, name);
    }
}

static void read_bridged(struct message *m, struct bridged *b)
{
    struct json_text key;
    while (json_read_key(&m->r, &key)) {
        if (json_text_is(key, "Device")) {
            read_name(m, &b->address);
        } else if (json_text_is(key, "Name")) {
            read_name(m, &b->name);
        } else if (!json_text_is(key, "Endpoint") && !take_common(m, key)) {
            decode_flatten_member(&m->walk, key);
        }
    }
}

/* Gives what was added since `first` to the device `address` behind the bridge. */
static void settle_bridged(struct message *m, size_t first, const struct bridged *b)
{
    struct bytes parts[] = {m->device, b->address};
    struct bytes device;
    if (!decode_join(m->d, parts, ARRAY_LEN(parts), BYTES("/"), LIMIT_ID_BYTES, &device) ||
        !decode_id_valid(device)) {
        m->d->count = first;
        decode_lose(m->d, DROP_BAD_DEVICE_ID);
        return;
    }
    for (size_t i = first; i < m->d->count; i++) {
        struct decode_record *r = &m->d->records[i];
        r->device = device;
        r->unit = r->unit.len > 0 ? r->unit : zigbee_unit(m, r->sensor);
    }
    struct decode_meta *meta = b->name.len > 0 ? decode_add_meta(m->d, device) : NULL;
    if (meta) {
        decode_describe(m->d, &meta->name, b->name);
    }
}

/* {"0x8F20": {"Name": "Kitchen", ...}}, or by name with the address in `Device`. */
static void read_bridge(struct message *m)
{
    struct json_text key;
    if (!json_read_object(&m->r)) {
        return;
    }
    while (json_read_key(&m->r, &key)) {
        struct bridged b = {{NULL, 0}, {NULL, 0}};
        size_t first = m->d->count;
        if (json_peek(&m->r) == JSON_OBJECT && json_read_object(&m->r)) {
            if (!decode_keep_text(m->d, key, LIMIT_ID_BYTES, &b.address)) {
                b.address = (struct bytes){NULL, 0};
            }
            read_bridged(m, &b);
            settle_bridged(m, first, &b);
        }
    }
}

/* ---- objects ---- */

static void read_member(struct message *m, struct json_text key);

static void read_members(struct message *m)
{
    struct json_text key;
    while (json_read_key(&m->r, &key)) {
        read_member(m, key);
    }
}

/* StatusSNS wraps what SENSOR sends bare: its members count as the message's own. */
static void read_member(struct message *m, struct json_text key)
{
    if (take_common(m, key)) {
        return;
    }
    if (json_peek(&m->r) == JSON_OBJECT && json_text_is(key, "ZbReceived")) {
        read_bridge(m);
    } else if (m->walk.depth == 0 && json_text_is(key, "StatusSNS") &&
               json_peek(&m->r) == JSON_OBJECT && json_read_object(&m->r)) {
        m->walk.depth = 1;
        read_members(m);
        m->walk.depth = 0;
    } else {
        decode_flatten_member(&m->walk, key);
    }
}

/* Units and time may stand behind the values that they belong to. */
static void settle(struct message *m)
{
    wall_ms time = m->epoch != WALL_NONE ? m->epoch : m->time;
    for (size_t i = 0; i < m->d->count; i++) {
        struct decode_record *r = &m->d->records[i];
        r->time = time;
        if (!r->device.ptr) {
            r->device = m->device;
            r->unit = r->unit.len > 0 ? r->unit : unit_of(m, r->sensor);
        }
    }
}

static enum drop decode_values(struct message *m)
{
    if (json_read_object(&m->r)) {
        read_members(m);
    }
    if (!json_finish(&m->r)) {
        return decode_drop_of(&m->r);
    }
    settle(m);
    return DROP_NONE;
}

/* ---- the other kinds of messages ---- */

/* Info1 to Info3, in older firmware without that wrapping. */
static enum drop decode_info(struct message *m, struct bytes payload)
{
    struct bytes model;
    enum drop refused = decode_json_check(payload);
    if (refused != DROP_NONE) {
        return refused;
    }
    if (decode_find_text(m->d, payload, "Info1.Module", LIMIT_NAME_BYTES, &model) ||
        decode_find_text(m->d, payload, "Module", LIMIT_NAME_BYTES, &model)) {
        struct decode_meta *meta = decode_add_meta(m->d, m->device);
        if (meta) {
            decode_describe(m->d, &meta->model, model);
        }
    }
    return DROP_NONE;
}

static bool is_word(struct bytes text, struct bytes chosen, const char *usual)
{
    return (chosen.len > 0 && bytes_equal(text, chosen)) ||
           bytes_equal_nocase(text, bytes_of_text(usual));
}

static enum drop decode_will(struct message *m, struct bytes text)
{
    const struct tasmota_topic *learned = tasmota_topic_find(m->d, m->in, m->base);
    struct bytes none = {NULL, 0};
    if (is_word(text, learned ? learned->online : none, "online")) {
        decode_add_status(m->d, m->device, STATUS_ONLINE, WALL_NONE);
    } else if (is_word(text, learned ? learned->offline : none, "offline")) {
        decode_add_status(m->d, m->device, STATUS_OFFLINE, WALL_NONE);
    } else {
        return utf8_valid(text) ? DROP_UNDECODED : DROP_INVALID_UTF8;
    }
    return DROP_NONE;
}

/* POWER and the like: one scalar, named by the topic. */
static enum drop decode_bare(struct message *m, struct bytes text, struct bytes sensor)
{
    struct scalar s = decode_scalar_of_text(text);
    if (!decode_id_valid(sensor)) {
        return DROP_BAD_SENSOR_ID;
    }
    if (s.kind == SCALAR_TEXT && m->d->memory.tasmota_has_words &&
        sensor.len <= sizeof m->walk.path) {
        memcpy(m->walk.path, sensor.ptr, sensor.len);
        m->walk.len = sensor.len;
        reads_words(&m->walk, text, &s);
    }
    if (s.kind == SCALAR_NUMBER || s.kind == SCALAR_BOOLEAN) {
        struct decode_record *r = decode_add_reading(m->d, sensor, s);
        if (r) {
            r->device = m->device;
        }
        return DROP_NONE;
    }
    return utf8_valid(text) ? DROP_NONE : DROP_INVALID_UTF8;
}

static enum drop decode_payload(struct message *m, const struct decode_topic *t,
                                struct bytes payload)
{
    struct bytes what = t->level[t->count - 1];
    if (bytes_equal(what, BYTES("LWT"))) {
        return decode_will(m, payload);
    }
    if (payload.ptr[0] != '{') {
        return decode_bare(m, payload, what);
    }
    return is_numbered(what, BYTES("INFO")) ? decode_info(m, payload) : decode_values(m);
}

/* Whom the message is about. False: nobody, or a command. */
static enum drop find_device(struct message *m, const struct decode_topic *t, bool *command)
{
    size_t prefix = prefix_level(t);
    if (prefix != NO_LEVEL) {
        *command = decode_level_is(t, prefix, "cmnd");
        return device_of(m->d, t, prefix, &m->device) ? DROP_NONE : DROP_BAD_DEVICE_ID;
    }
    const struct tasmota_topic *learned = tasmota_topic_find(m->d, m->in, m->base);
    if (!learned) {
        return DROP_UNDECODED;
    }
    *command = learned->prefix == TASMOTA_COMMAND;
    m->device = learned->device;
    return DROP_NONE;
}

static enum drop decode_message_of(struct decoder *d, const struct decode_topic *t,
                                   const struct decode_input *in)
{
    struct message m;
    bool command = false;
    struct bytes payload = bytes_trim(in->payload);
    if (is_discovery(t)) {
        return payload.len > 0 && decode_level_is(t, 3, "config") ? tasmota_learn(d, in)
                                                                  : DROP_NONE;
    }
    begin(&m, d, t, in);
    enum drop refused = find_device(&m, t, &command);
    if (refused != DROP_NONE || command || payload.len == 0) {
        return refused;
    }
    return decode_payload(&m, t, payload);
}

const struct decode_family decode_tasmota = {.id = DECODER_TASMOTA,
                                             .owns = owns_tasmota,
                                             .recognises = recognises_tasmota,
                                             .decode = decode_message_of};
