/* SPDX-License-Identifier: Apache-2.0 */
/* Sparkplug B:
 *
 *     spBv1.0/<group>/NBIRTH|NDATA|NDEATH/<node>
 *     spBv1.0/<group>/DBIRTH|DDATA|DDEATH/<node>/<device>
 *     spBv1.0/STATE/<host>
 *
 * Births tell the metrics and what aliases stand for; data then carries aliases alone. A node's
 * death is that of all its devices. */
#include "decode/sparkplug.h"

#include "base/utf8.h"

static bool owns_sparkplug(const struct decode_topic *t)
{
    return t->count >= 2 && decode_level_is(t, 0, "spBv1.0");
}

/* One message on its way. */
struct message {
    struct decoder *d;
    const struct decode_input *in;
    const struct decode_topic *t;
    struct sparkplug_payload payload;
    struct bytes node_id;
    struct bytes id;             /* of whom it speaks: the node or one of its devices */
    struct sparkplug_node *node; /* NULL: not remembered */
    struct sparkplug_node *self;
    bool unknown; /* an alias that no birth announced */
};

/* ---- metrics ---- */

static bool is_control(struct bytes name)
{
    return bytes_equal(name, BYTES("bdSeq")) || bytes_start_with(name, BYTES("Node Control/")) ||
           bytes_start_with(name, BYTES("Device Control/"));
}

static void describe(struct message *msg, struct bytes name, struct bytes text)
{
    bool maker = bytes_equal(name, BYTES("Properties/Hardware Make"));
    bool model = bytes_equal(name, BYTES("Properties/Hardware Model"));
    struct decode_meta *meta = maker || model ? decode_add_meta(msg->d, msg->id) : NULL;
    if (meta) {
        decode_describe(msg->d, maker ? &meta->manufacturer : &meta->model, text);
    }
}

static void complete(const struct message *msg, const struct sparkplug_metric *m, struct bytes unit,
                     struct decode_record *r)
{
    if (r) {
        r->device = msg->id;
        r->unit = unit;
        r->time = m->time == WALL_NONE ? msg->payload.time : m->time;
        r->flags =
            (m->historical ? DECODE_HISTORICAL : 0u) | (m->transient ? DECODE_TRANSIENT : 0u);
    }
}

static void add_array(struct message *msg, const struct sparkplug_metric *m, unsigned datatype,
                      struct bytes name, struct bytes unit)
{
    size_t count = sparkplug_array_count(m, datatype);
    for (size_t i = 0; i < count; i++) {
        char digits[NUMBER_TEXT_MAX];
        struct bytes parts[] = {name, bytes_of(digits, number_print_i64((int64_t)i, digits))};
        struct bytes sensor;
        if (i == LIMIT_FLATTEN_LEAVES) {
            decode_lose(msg->d, DROP_TOO_MANY_VALUES);
            return;
        }
        if (!decode_join(msg->d, parts, 2, BYTES("."), LIMIT_ID_BYTES, &sensor)) {
            decode_lose(msg->d, DROP_BAD_SENSOR_ID);
            return;
        }
        complete(msg, m, unit,
                 decode_add_reading(msg->d, sensor, sparkplug_array_item(m, datatype, i)));
    }
}

static void add_metric(struct message *msg, const struct sparkplug_metric *m, struct bytes name,
                       unsigned datatype, struct bytes unit)
{
    struct scalar s;
    if (m->null || is_control(name)) {
        return;
    }
    if (m->field == SPARKPLUG_AS_STRING) {
        describe(msg, name, m->bytes);
    } else if (m->field == SPARKPLUG_AS_BYTES) {
        add_array(msg, m, datatype, name, unit);
    } else if (sparkplug_scalar(m, datatype, &s)) {
        complete(msg, m, unit, decode_add_reading(msg->d, name, s));
    }
}

/* What a birth told of the metric: the device's own, else the node's. */
static const struct sparkplug_known *known_of(const struct message *msg,
                                              const struct sparkplug_metric *m)
{
    const struct sparkplug_known *k = NULL;
    if (m->aliased) {
        k = sparkplug_by_alias(msg->d, msg->self, m->alias);
        k = k || msg->self == msg->node ? k : sparkplug_by_alias(msg->d, msg->node, m->alias);
    }
    if (m->name.len == 0 || (k && bytes_equal(k->name, m->name))) {
        return k;
    }
    return sparkplug_by_name(msg->d, msg->self, m->name);
}

static void take_metric(struct message *msg, const struct sparkplug_metric *m)
{
    const struct sparkplug_known *known = known_of(msg, m);
    if (m->name.len == 0 && !known) {
        msg->unknown = true;
        decode_lose(msg->d, m->aliased ? DROP_UNKNOWN_ALIAS : DROP_BAD_SENSOR_ID);
        return;
    }
    if (m->name.len > 0 && !utf8_valid(m->name)) {
        decode_lose(msg->d, DROP_INVALID_UTF8);
        return;
    }
    unsigned datatype = m->datatype == 0 && known ? known->datatype : m->datatype;
    struct bytes unit = m->properties.len > 0 ? sparkplug_unit(m) : (struct bytes){NULL, 0};
    add_metric(msg, m, m->name.len > 0 ? m->name : known->name, datatype,
               unit.len == 0 && known ? known->unit : unit);
}

static enum drop take_metrics(struct message *msg)
{
    struct protobuf_reader r = protobuf_reader_of(msg->payload.bytes);
    struct sparkplug_metric m;
    while (sparkplug_next(&r, &m)) {
        take_metric(msg, &m);
    }
    if (msg->unknown) {
        decode_note(msg->d, "no birth announced an alias in the data of ", msg->id);
    }
    return r.failed ? DROP_INVALID_PROTOBUF : DROP_NONE;
}

/* The bdSeq of a birth or a death. False: none, or not one. */
static bool bd_seq_of(const struct sparkplug_payload *p, uint64_t *seq)
{
    struct protobuf_reader r = protobuf_reader_of(p->bytes);
    struct sparkplug_metric m;
    while (sparkplug_next(&r, &m)) {
        if (bytes_equal(m.name, BYTES("bdSeq")) &&
            (m.field == SPARKPLUG_AS_INT || m.field == SPARKPLUG_AS_LONG)) {
            *seq = m.value;
            return true;
        }
    }
    return false;
}

static bool well_formed(const struct sparkplug_payload *p)
{
    struct protobuf_reader r = protobuf_reader_of(p->bytes);
    struct sparkplug_metric m;
    while (sparkplug_next(&r, &m)) {
    }
    return !r.failed;
}

/* ---- births and deaths ---- */

/* Begins a node's life: what its aliases stood for, and those of its devices, is void. */
static enum drop node_birth(struct message *msg)
{
    struct sparkplug_node *n = sparkplug_learn(msg->d, msg->in, NULL, msg->node_id);
    if (n) {
        memo_touch(&msg->d->memory.sparkplug, &n->memo, msg->in->now);
        for (struct memo_item *c = n->memo.first; c; c = c->next) {
            sparkplug_unborn(msg->d, CONTAINER_OF(c, struct sparkplug_node, memo));
        }
        n->born = true;
        n->asked = false;
        n->has_bd_seq = bd_seq_of(&msg->payload, &n->bd_seq);
        sparkplug_sequence_begin(n, (uint8_t)msg->payload.seq);
        sparkplug_remember(msg->d, msg->in, n, &msg->payload);
    }
    msg->node = msg->self = n;
    decode_add_status(msg->d, msg->id, STATUS_ONLINE, msg->payload.time);
    return take_metrics(msg);
}

static enum drop device_birth(struct message *msg)
{
    struct decode_meta *meta = decode_add_meta(msg->d, msg->id);
    if (meta) {
        meta->parent = msg->node_id;
    }
    if (msg->node) {
        msg->self = sparkplug_learn(msg->d, msg->in, msg->node, msg->id);
    }
    if (msg->self) {
        sparkplug_remember(msg->d, msg->in, msg->self, &msg->payload);
    }
    decode_add_status(msg->d, msg->id, STATUS_ONLINE, msg->payload.time);
    return take_metrics(msg);
}

/* A death that was left by an earlier connection of the node does not count. */
static enum drop node_death(struct message *msg)
{
    struct sparkplug_node *n = msg->node;
    uint64_t bd_seq = 0;
    bool told = bd_seq_of(&msg->payload, &bd_seq);
    if (n && n->has_bd_seq && !(told && bd_seq == n->bd_seq)) {
        return DROP_NONE;
    }
    decode_add_status(msg->d, msg->id, STATUS_OFFLINE, WALL_NONE);
    for (struct memo_item *c = n ? n->memo.first : NULL; c; c = c->next) {
        decode_add_status(msg->d, memo_name(c), STATUS_OFFLINE, WALL_NONE);
    }
    if (n) {
        n->in_sequence = false;
    }
    return DROP_NONE;
}

static enum drop data(struct message *msg)
{
    enum drop refused = take_metrics(msg);
    if (refused == DROP_NONE && msg->d->count > 0 && msg->node && !msg->self) {
        /* Known by its data alone, it must still die with its node. */
        (void)sparkplug_learn(msg->d, msg->in, msg->node, msg->id);
    }
    return refused;
}

/* ---- messages ---- */

enum kind {
    KIND_NONE,
    KIND_NBIRTH,
    KIND_NDATA,
    KIND_NDEATH,
    KIND_DBIRTH,
    KIND_DDATA,
    KIND_DDEATH,
};

static enum kind kind_of(const struct decode_topic *t)
{
    static const struct {
        const char *word;
        enum kind kind;
        size_t levels;
    } kinds[] = {
        {"NBIRTH", KIND_NBIRTH, 4}, {"NDATA", KIND_NDATA, 4}, {"NDEATH", KIND_NDEATH, 4},
        {"DBIRTH", KIND_DBIRTH, 5}, {"DDATA", KIND_DDATA, 5}, {"DDEATH", KIND_DDEATH, 5},
    };
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
        if (t->count == kinds[i].levels && decode_level_is(t, 2, kinds[i].word)) {
            return kinds[i].kind;
        }
    }
    return KIND_NONE;
}

/* Keeps account of the node's sequence, and asks for its births when they are missing. */
static void follow(struct message *msg, enum kind kind)
{
    struct sparkplug_node *n =
        msg->node ? msg->node : sparkplug_learn(msg->d, msg->in, NULL, msg->node_id);
    msg->node = n;
    if (!n) {
        return;
    }
    memo_touch(&msg->d->memory.sparkplug, &n->memo, msg->in->now);
    bool lost =
        msg->payload.has_seq && sparkplug_sequence(n, (uint8_t)msg->payload.seq, msg->in->now);
    if (lost) {
        decode_note(msg->d, "messages are missing before this one of ", msg->node_id);
    }
    if (lost || (!n->born && kind != KIND_DDEATH)) {
        sparkplug_ask_rebirth(msg->d, n, msg->t, msg->in->now);
    }
}

static enum drop take(struct message *msg, enum kind kind)
{
    if (kind == KIND_NBIRTH) {
        return node_birth(msg);
    }
    msg->node = sparkplug_find(msg->d, msg->in->source, msg->node_id);
    if (kind == KIND_NDEATH) {
        return node_death(msg);
    }
    follow(msg, kind);
    msg->self = kind == KIND_NDATA ? msg->node : sparkplug_find(msg->d, msg->in->source, msg->id);
    if (kind == KIND_DDEATH) {
        decode_add_status(msg->d, msg->id, STATUS_OFFLINE, msg->payload.time);
        return DROP_NONE;
    }
    enum drop refused = kind == KIND_DBIRTH ? device_birth(msg) : data(msg);
    if (refused == DROP_NONE && msg->unknown && msg->node) {
        sparkplug_ask_rebirth(msg->d, msg->node, msg->t, msg->in->now);
    }
    return refused;
}

/* <group>/<node>[/<device>] */
static bool name_message(struct message *msg, const struct decode_topic *t)
{
    struct bytes levels[] = {t->level[1], t->level[3],
                             t->count > 4 ? t->level[4] : (struct bytes){NULL, 0}};
    if (!decode_join(msg->d, levels, t->count - 2, BYTES("/"), LIMIT_ID_BYTES, &msg->id)) {
        return false;
    }
    msg->node_id = bytes_of(msg->id.ptr, levels[0].len + 1 + levels[1].len);
    return decode_id_valid(msg->id) && decode_id_valid(msg->node_id) && levels[0].len > 0 &&
           levels[1].len > 0 && (t->count == 4 || levels[2].len > 0);
}

/* ---- the state of a host, the one message in JSON ---- */

static enum drop decode_state(struct decoder *d, const struct decode_topic *t, struct bytes payload)
{
    struct bytes device = decode_levels(t, 1, 3);
    struct bytes raw = BYTES("");
    enum device_status status;
    wall_ms time = WALL_NONE;
    payload = bytes_trim(payload);
    if (!decode_id_valid(device)) {
        return DROP_BAD_DEVICE_ID;
    }
    if (payload.len == 0) {
        return DROP_NONE;
    }
    if (decode_status_of(payload, &status)) {
        decode_add_status(d, device, status, WALL_NONE);
        return DROP_NONE;
    }
    enum drop refused = decode_json_check(payload);
    if (refused != DROP_NONE) {
        return refused;
    }
    bool online = decode_find(payload, "online", &raw) && bytes_equal(raw, BYTES("true"));
    if (!online && !bytes_equal(raw, BYTES("false"))) {
        return DROP_WRONG_TYPE;
    }
    (void)decode_find_time(payload, "timestamp", &time);
    decode_add_status(d, device, online ? STATUS_ONLINE : STATUS_OFFLINE, time);
    return DROP_NONE;
}

static enum drop decode_sparkplug(struct decoder *d, const struct decode_topic *t,
                                  const struct decode_input *in)
{
    struct message msg = {.d = d, .in = in, .t = t};
    if (t->count == 3 && decode_level_is(t, 1, "STATE")) {
        return decode_state(d, t, in->payload);
    }
    enum kind kind = kind_of(t);
    if (kind == KIND_NONE) {
        return DROP_UNDECODED;
    }
    if (!name_message(&msg, t)) {
        return DROP_BAD_DEVICE_ID;
    }
    bool learns = kind != KIND_NDATA && kind != KIND_DDATA;
    if (!sparkplug_read(in->payload, &msg.payload) || (learns && !well_formed(&msg.payload))) {
        return DROP_INVALID_PROTOBUF;
    }
    if (bytes_equal(msg.payload.uuid, BYTES("SPBV1.0_COMPRESSED"))) {
        decode_note(d, "compressed payload, which is not read, of ", msg.id);
        return DROP_UNDECODED;
    }
    return take(&msg, kind);
}

const struct decode_family decode_family_sparkplug = {
    .id = DECODER_SPARKPLUG, .owns = owns_sparkplug, .decode = decode_sparkplug};
