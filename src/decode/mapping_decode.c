/* SPDX-License-Identifier: Apache-2.0 */
/* A message by a mapping: the payload is read by the decoder that the mapping names, then what it
 * gave is filtered, named, scaled and dated as the mapping says. A path that the payload does not
 * have loses the records that need it, and says so. */
#include "decode/mapping_parts.h"

struct mapped {
    struct decoder *d;
    const struct mapping *m;
    const struct decode_topic *t;
    struct captured captured;
    struct bytes payload; /* trimmed */
    bool is_json;         /* and passed decode_json_check */
    struct bytes device;  /* NULL pointer: not told */
    struct bytes sensor;
    bool has_status;
    enum device_status status;
};

/* ---- texts ---- */

/* The text at a path: a string, or another scalar as it stands. */
static bool text_at(struct mapped *x, const char *path, size_t max, struct bytes *text)
{
    struct bytes raw;
    if (!x->is_json || !decode_find(x->payload, path, &raw)) {
        return false;
    }
    if (raw.ptr[0] == '"') {
        return decode_find_text(x->d, x->payload, path, max, text);
    }
    if (raw.len > max || raw.ptr[0] == '{' || raw.ptr[0] == '[' || raw.ptr[0] == 'n') {
        return false;
    }
    *text = raw;
    return true;
}

static bool evaluate(struct mapped *x, const struct mapping_text *t, size_t max, struct bytes *text)
{
    struct bytes parts[MAPPING_PIECES_MAX];
    if (t->path) {
        return text_at(x, t->path, max, text);
    }
    for (size_t i = 0; i < t->count; i++) {
        int capture = t->pieces[i].capture;
        parts[i] = capture < 0 ? t->pieces[i].text : x->captured.text[capture];
    }
    if (t->count == 1 && parts[0].len <= max) {
        *text = parts[0];
        return true;
    }
    return decode_join(x->d, parts, t->count, BYTES(""), max, text);
}

/* What a key that names something says; true when it was not given, `*id` untouched. */
static bool name_of(struct mapped *x, const struct mapping_text *t, enum drop invalid,
                    struct bytes *id)
{
    struct bytes found;
    if (!t->given) {
        return true;
    }
    if (!evaluate(x, t, LIMIT_ID_BYTES, &found)) {
        decode_lose(x->d, DROP_MISSING_PATH);
        decode_note(x->d, "the payload does not have ", bytes_of_text(t->path));
        return false;
    }
    if (!decode_id_valid(found)) {
        decode_lose(x->d, invalid);
        return false;
    }
    *id = found;
    return true;
}

/* ---- words ---- */

static bool is_listed(const struct config_list *list, struct bytes text)
{
    for (size_t i = 0; i < list->count; i++) {
        if (bytes_equal(text, bytes_of_text(list->items[i]))) {
            return true;
        }
    }
    return false;
}

/* Turns a word of the mapping into what it stands for. */
static void apply_words(struct mapped *x, struct bytes text, struct scalar *s)
{
    const struct mapping *m = x->m;
    bool online = is_listed(&m->online, text);
    if (online || is_listed(&m->offline, text)) {
        x->has_status = true;
        x->status = online ? STATUS_ONLINE : STATUS_OFFLINE;
        *s = (struct scalar){SCALAR_NOTHING, 0};
    } else if (is_listed(&m->on, text)) {
        *s = (struct scalar){SCALAR_BOOLEAN, 1};
    } else if (is_listed(&m->off, text)) {
        *s = (struct scalar){SCALAR_BOOLEAN, 0};
    }
}

static void words(struct walk *w, struct bytes text, struct scalar *s)
{
    apply_words(w->ctx, text, s);
}

static const struct walk_rules rules = {.words = words};

/* ---- payloads that are no JSON ---- */

/* What the topic names where the mapping does not: the level that is no capture is the sensor. */
static struct bytes sensor_of_topic(const struct mapped *x)
{
    const struct mapping *m = x->m;
    const struct mapping_level *last = &m->levels[m->level_count - 1];
    bool named =
        x->device.ptr ? last->capture.len == 0 && last->kind != LEVEL_REST : x->t->count > 1;
    return named ? x->t->level[x->t->count - 1] : BYTES("value");
}

static struct bytes device_of_topic(const struct mapped *x)
{
    return x->t->count > 1 ? decode_levels(x->t, 0, x->t->count - 1) : x->t->text;
}

static enum drop add_scalar(struct mapped *x, struct bytes text, struct scalar s)
{
    apply_words(x, text, &s);
    if (s.kind == SCALAR_TEXT || (s.kind == SCALAR_NUMBER && x->m->decoder == MAPPED_TEXT)) {
        return x->m->decoder == MAPPED_TEXT ? DROP_NONE : DROP_UNDECODED;
    }
    if (s.kind != SCALAR_NOTHING) {
        struct bytes sensor = x->sensor.ptr ? x->sensor : sensor_of_topic(x);
        (void)decode_add_reading(x->d, sensor, s);
    }
    return DROP_NONE;
}

static enum drop decode_bare(struct mapped *x)
{
    struct bytes text;
    enum drop refused = decode_bare_text(x->d, x->payload, &text);
    if (refused != DROP_NONE) {
        return refused;
    }
    refused = add_scalar(x, text, decode_scalar_of_text(text));
    return refused == DROP_UNDECODED ? decode_drop_of_text(text) : refused;
}

/* ---- JSON ---- */

/* The first usable time under the keys of generic JSON. */
static wall_ms generic_time(const struct mapped *x)
{
    static const char *const keys[] = {"timestamp", "ts", "time", "datetime"};
    wall_ms time = WALL_NONE;
    for (size_t i = 0; i < ARRAY_LEN(keys) && !decode_find_time(x->payload, keys[i], &time); i++) {
    }
    return time;
}

/* The value under the mapping's path: one reading, or, of an object, those below it. */
static enum drop decode_value(struct mapped *x)
{
    struct json_reader r;
    struct bytes raw, text;
    struct scalar s;
    size_t first = x->d->count;
    if (!decode_find(x->payload, x->m->value.path, &raw)) {
        decode_lose(x->d, DROP_MISSING_PATH);
        decode_note(x->d, "the payload does not have ", bytes_of_text(x->m->value.path));
        return DROP_NONE;
    }
    if (!x->sensor.ptr && raw.ptr[0] != '{' && raw.ptr[0] != '[') {
        x->sensor = bytes_of_text(x->m->value.path);
    }
    if (raw.ptr[0] == '{' || raw.ptr[0] == '[') {
        struct bytes prefix = x->sensor.ptr ? x->sensor : BYTES("");
        decode_flatten_object(
            x->d, raw,
            &(struct flatten_as){.prefix = prefix, .rules = &rules, .ctx = x, .time = WALL_NONE});
    } else {
        json_reader_init(&r, raw);
        text = text_at(x, x->m->value.path, LIMIT_ID_BYTES, &text) ? text : raw;
        enum drop refused =
            decode_scalar_read(&r, &s) ? add_scalar(x, text, s) : decode_drop_of(&r);
        if (refused != DROP_NONE) {
            return refused;
        }
    }
    wall_ms time = generic_time(x);
    for (size_t i = first; i < x->d->count; i++) {
        x->d->records[i].time = x->d->records[i].time == WALL_NONE ? time : x->d->records[i].time;
    }
    return DROP_NONE;
}

static enum drop decode_values(struct mapped *x)
{
    if (x->m->value.given) {
        return decode_value(x);
    }
    if (x->payload.ptr[0] == '{') {
        return decode_object_by(x->d, x->payload, x->t->text, x->sensor, &rules, x);
    }
    struct bytes prefix = x->sensor.ptr ? x->sensor : BYTES("");
    decode_flatten_object(
        x->d, x->payload,
        &(struct flatten_as){
            .prefix = prefix, .rules = &rules, .ctx = x, .device = x->t->text, .time = WALL_NONE});
    return DROP_NONE;
}

/* ---- by another decoder ---- */

static enum drop decode_by(struct mapped *x, enum decoder_id id, const struct decode_input *in)
{
    const struct decode_family *family = decode_family_for(x->d, id, x->t, in);
    if (!family) {
        decode_note(x->d, "that decoder does not take this topic and payload", BYTES(""));
        return DROP_UNDECODED;
    }
    return family->decode(x->d, x->t, in);
}

/* Why what is neither an object nor an array is refused where one must be. */
static enum drop no_document(struct bytes payload)
{
    enum drop refused = decode_json_check(payload);
    return refused == DROP_NONE ? DROP_WRONG_TYPE : refused;
}

static enum drop decode_payload(struct mapped *x, const struct decode_input *in)
{
    switch (x->m->decoder) {
    case MAPPED_NATIVE:
        return decode_by(x, x->m->native, in);
    case MAPPED_SENML:
        return decode_by(x, DECODER_SENML, in);
    case MAPPED_INFLUX:
        return decode_by(x, DECODER_TELEGRAF, in);
    case MAPPED_JSON:
        return x->is_json ? decode_values(x) : no_document(x->payload);
    case MAPPED_AUTO:
        return x->is_json ? decode_values(x) : decode_bare(x);
    case MAPPED_NUMBER:
    case MAPPED_TEXT:
        return x->is_json && x->m->value.given ? decode_values(x) : decode_bare(x);
    case MAPPED_IGNORE:
        break;
    }
    return DROP_NONE;
}

/* ---- what became of it ---- */

/* Whether `path` matches `pattern`, in which * stands for any characters. */
static bool glob(const char *pattern, struct bytes path)
{
    size_t at = 0;
    size_t again = SIZE_MAX; /* where the last * was taken to begin */
    const char *star = NULL;
    while (at < path.len) {
        if (*pattern == '*') {
            star = pattern++;
            again = at;
        } else if ((uint8_t)*pattern == path.ptr[at]) {
            pattern++;
            at++;
        } else if (star) {
            pattern = star + 1;
            at = ++again;
        } else {
            return false;
        }
    }
    while (*pattern == '*') {
        pattern++;
    }
    return *pattern == '\0';
}

static bool matches_any(const struct config_list *list, struct bytes path)
{
    for (size_t i = 0; i < list->count; i++) {
        if (glob(list->items[i], path)) {
            return true;
        }
    }
    return false;
}

/* Whether the mapping uses what is under this path for something else than a value. */
static bool is_consumed(const struct mapping *m, struct bytes path)
{
    const struct mapping_text *const texts[] = {&m->device, &m->name, &m->model, &m->location,
                                                &m->sensor, &m->unit, &m->time};
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        if (texts[i]->path && bytes_equal(path, bytes_of_text(texts[i]->path))) {
            return true;
        }
    }
    return false;
}

static bool is_wanted(const struct mapping *m, struct bytes path)
{
    return !is_consumed(m, path) && (m->include.count == 0 || matches_any(&m->include, path)) &&
           !matches_any(&m->exclude, path);
}

/* Whether `sensor` is the mapping's, or something below it; `path` is what is below. */
static bool is_prefixed(const struct mapped *x, struct bytes sensor, struct bytes *path)
{
    struct bytes prefix = x->sensor;
    *path = sensor;
    if (!prefix.ptr || !bytes_start_with(sensor, prefix)) {
        return false;
    }
    if (sensor.len == prefix.len) {
        *path = BYTES("value");
        return true;
    }
    if (sensor.ptr[prefix.len] != '.') {
        return false;
    }
    *path = bytes_skip(sensor, prefix.len + 1);
    return true;
}

/* Gives a reading its name. False: it is to be left out. */
static bool name_reading(struct mapped *x, struct decode_record *r)
{
    struct bytes path;
    bool prefixed = is_prefixed(x, r->sensor, &path);
    bool foreign = x->m->decoder >= MAPPED_SENML;
    if (!is_wanted(x->m, path)) {
        return false;
    }
    if (prefixed || !x->sensor.ptr) {
        return true;
    }
    struct bytes parts[] = {x->sensor, r->sensor};
    if (!decode_join(x->d, parts, foreign ? 2 : 1, BYTES("."), LIMIT_ID_BYTES, &r->sensor)) {
        decode_lose(x->d, DROP_BAD_SENSOR_ID);
        return false;
    }
    return true;
}

static void scale(const struct mapping *m, struct decode_record *r)
{
    double scaled = r->value * m->scale + m->offset;
    if (m->scaled && r->value_kind == KIND_NUMBER && scaled - scaled == 0) {
        r->value = scaled;
    }
}

/* The time that the mapping's path holds; WALL_NONE: none that can be used. */
static wall_ms time_of(struct mapped *x)
{
    static const double ms[] = {[TIME_S] = 1e3, [TIME_MS] = 1, [TIME_US] = 1e-3, [TIME_NS] = 1e-6};
    wall_ms time = WALL_NONE;
    struct bytes text;
    double v;
    if (!x->m->time.path || !x->is_json) {
        return WALL_NONE;
    }
    if (x->m->time_unit == TIME_AUTO) {
        (void)decode_find_time(x->payload, x->m->time.path, &time);
        return time;
    }
    if (x->m->time_unit == TIME_ISO) {
        return text_at(x, x->m->time.path, LIMIT_ID_BYTES, &text) ? decode_time_of_text(text)
                                                                  : WALL_NONE;
    }
    if (!decode_find_number(x->payload, x->m->time.path, &v)) {
        return WALL_NONE;
    }
    v = v * ms[x->m->time_unit] + 0.5;
    return v >= 0 && v < 1e16 ? (wall_ms)v : WALL_NONE;
}

static void describe(struct mapped *x, struct bytes device)
{
    const struct mapping *m = x->m;
    struct decode_meta *meta;
    struct bytes text;
    if (!device.ptr || !(m->name.given || m->model.given || m->location.given) ||
        (meta = decode_add_meta(x->d, device)) == NULL) {
        return;
    }
    const struct mapping_text *const from[] = {&m->name, &m->model, &m->location};
    struct bytes *const to[] = {&meta->name, &meta->model, &meta->place};
    for (size_t i = 0; i < ARRAY_LEN(from); i++) {
        if (from[i]->given && evaluate(x, from[i], LIMIT_ID_BYTES, &text)) {
            decode_describe(x->d, to[i], text);
        }
    }
}

/* Applies the mapping to a record. False: it is to be left out. */
static bool finish(struct mapped *x, struct decode_record *r, struct bytes unit, wall_ms time)
{
    r->device = x->device.ptr ? x->device : r->device;
    r->device = r->device.ptr ? r->device : device_of_topic(x);
    r->time = time == WALL_NONE ? r->time : time;
    if (!decode_id_valid(r->device)) {
        decode_lose(x->d, DROP_BAD_DEVICE_ID);
        return false;
    }
    if (r->kind == DECODE_STATUS) {
        return true;
    }
    if (!name_reading(x, r)) {
        return false;
    }
    r->unit = unit.ptr ? unit : r->unit;
    scale(x->m, r);
    return true;
}

static void finish_all(struct mapped *x)
{
    struct decoder *d = x->d;
    struct bytes unit = {NULL, 0};
    wall_ms time = time_of(x);
    size_t kept = 0;
    if (x->has_status) {
        decode_add_status(d, (struct bytes){NULL, 0}, x->status, WALL_NONE);
    }
    if (x->m->unit.given && evaluate(x, &x->m->unit, LIMIT_UNIT_BYTES, &unit)) {
        unit = decode_unit(unit);
    }
    for (size_t i = 0; i < d->count; i++) {
        if (finish(x, &d->records[i], unit, time)) {
            d->records[kept++] = d->records[i];
        }
    }
    d->count = kept;
    for (size_t i = 0; i < d->meta_count && x->device.ptr; i++) {
        d->meta[i].device = x->device;
    }
    describe(x, x->device.ptr ? x->device : kept > 0 ? d->records[0].device : x->device);
}

enum drop mapping_decode(struct decoder *d, const struct mapping *m, const struct decode_topic *t,
                         const struct decode_input *in)
{
    struct mapped x = {.d = d, .m = m, .t = t, .payload = bytes_trim(in->payload)};
    if (m->decoder == MAPPED_IGNORE || !mapping_match(m, t, &x.captured)) {
        return DROP_NONE;
    }
    bool container = x.payload.len > 0 && (x.payload.ptr[0] == '{' || x.payload.ptr[0] == '[');
    enum drop refused = container ? decode_json_check(x.payload) : DROP_NONE;
    if (refused != DROP_NONE) {
        return refused;
    }
    x.is_json = container;
    if (!name_of(&x, &m->device, DROP_BAD_DEVICE_ID, &x.device) ||
        !name_of(&x, &m->sensor, DROP_BAD_SENSOR_ID, &x.sensor)) {
        return DROP_NONE;
    }
    refused = decode_payload(&x, in);
    if (refused == DROP_NONE) {
        finish_all(&x);
    }
    return refused;
}
