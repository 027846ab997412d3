/* SPDX-License-Identifier: Apache-2.0 */
/* Messages out. A message is encoded once for all who get the same bytes: small ones are copied
 * into what each subscriber is sent, which costs less than a frame and a send entry of its own
 * would; large ones of QoS 0 are one frame for all. Who has topic aliases, subscription
 * identifiers, or an expiry that counts down gets bytes of its own. */
#include "ingest/client.h"

#include "base/mem.h"
#include "model/limits.h"

/* From here on a frame is shared instead of copied. */
#define LARGE_BYTES 1024u

/* ---- encoding ---- */

/* One PUBLISH for one subscriber. */
struct letter {
    const struct message_parts *parts;
    const uint32_t *ids; /* subscription identifiers */
    uint32_t ids_count;
    uint16_t id;
    uint8_t qos;
    bool retain;
    bool dup;
};

/* Whether the bytes are the same for all who speak the version. */
static bool is_common(const struct client *c, const struct letter *l)
{
    return !l->dup && (!client_speaks_5(c) ||
                       (l->ids_count == 0 && l->parts->expires == 0 && c->aliases_max == 0));
}

/* Says the topic by an alias where it can: with the first message both, then the alias alone. */
static struct bytes say_topic(struct client *c, struct bytes topic, struct buf *section)
{
    bool is_new;
    if (c->aliases_max == 0) {
        return topic;
    }
    if (!c->said) {
        c->said = mem_zalloc(1, sizeof *c->said);
    }
    uint32_t alias = aliases_of(c->said, c->aliases_max, topic, &is_new);
    if (alias == 0) {
        return topic;
    }
    c->new_alias = (uint16_t)(is_new ? alias : 0);
    mqtt_put_number(section, MQTT_TOPIC_ALIAS, alias);
    return is_new ? topic : bytes_of(topic.ptr, 0);
}

/* The properties that the letter has for this subscriber. Returns the topic to write. */
static struct bytes put_section(struct client *c, const struct letter *l, struct buf *section)
{
    mono_ns now = c->wire.in->loop->mono_ns;
    buf_clear(section);
    if (l->parts->expires) {
        mqtt_put_number(section, MQTT_MESSAGE_EXPIRY, message_seconds_left(l->parts->expires, now));
    }
    buf_put_bytes(section, l->parts->properties);
    for (uint32_t i = 0; i < l->ids_count; i++) {
        mqtt_put_number(section, MQTT_SUBSCRIPTION_ID, l->ids[i]);
    }
    return say_topic(c, l->parts->topic, section);
}

static void encode(struct buf *b, uint8_t version, const struct letter *l, struct bytes topic,
                   struct bytes properties)
{
    const struct mqtt_publish p = {
        .topic = topic,
        .payload = l->parts->payload,
        .id = l->id,
        .qos = l->qos,
        .dup = l->dup,
        .retain = l->retain,
        .version = version,
        .properties = properties,
    };
    buf_clear(b);
    mqtt_encode_publish(b, &p);
}

/* Where the packet id is, counted from the end. */
static size_t id_from_end(const struct client *c, const struct letter *l, size_t properties)
{
    size_t length = properties < 128 ? 1u : properties < 16384 ? 2u : 3u;
    size_t section = client_speaks_5(c) ? length + properties : 0;
    return l->parts->payload.len + section + 2;
}

/* The common bytes; the id in them is to be replaced. */
static struct buf *common(struct client *c, struct delivery *d, const struct letter *l)
{
    unsigned v = client_speaks_5(c);
    struct buf *b = &c->wire.in->encoded[v][l->qos][l->retain];
    if (!d->encoded[v][l->qos][l->retain]) {
        d->encoded[v][l->qos][l->retain] = true;
        encode(b, c->wire.version, l, l->parts->topic, l->parts->properties);
    }
    return b;
}

static struct buf *own(struct client *c, const struct letter *l)
{
    struct ingest *in = c->wire.in;
    struct bytes topic = l->parts->topic;
    buf_clear(&in->section);
    if (client_speaks_5(c)) {
        topic = put_section(c, l, &in->section);
    }
    encode(&in->packet, c->wire.version, l, topic, buf_bytes(&in->section));
    return &in->packet;
}

/* ---- gathering ---- */

static void send_gathered(struct client *c)
{
    struct frame *f = c->gathered;
    c->gathered = NULL;
    if (!f) {
        return;
    }
    if (conn_blocked(&c->wire.conn) && f->len < c->gathered_room / 2) {
        /* It may wait long: then it should not hold more than what it carries. */
        struct frame *exact = frame_of(bytes_of(NULL, 0), bytes_of(f->data, f->len));
        frame_release(f);
        f = exact;
    }
    wire_queue(&c->wire, f);
}

void client_send_gathered(struct ingest *in)
{
    while (in->gathered) {
        struct client *c = in->gathered;
        in->gathered = c->next_gathered;
        c->is_gathering = false;
        send_gathered(c);
    }
}

static void start_frame(struct client *c, uint32_t len)
{
    struct ingest *in = c->wire.in;
    uint32_t size = len;
    if (c->gathered) {
        /* Where one fills up within a read, many messages come. */
        size = (uint32_t)size_max(len, size_min((size_t)c->gathered_room * 16, FRAME_POOL_MAX));
        send_gathered(c);
    }
    if (size <= FRAME_POOL_MAX) {
        c->gathered = frame_pool_take(&in->frames, size, &c->gathered_room);
    } else {
        c->gathered = frame_new(size);
        c->gathered->len = 0;
        c->gathered_room = size;
    }
    if (!c->is_gathering) {
        c->is_gathering = true;
        c->next_gathered = in->gathered;
        in->gathered = c;
    }
}

/* Room for `len` bytes at the end of what it will be sent. */
static uint8_t *gather(struct client *c, uint32_t len)
{
    if (!c->gathered || c->gathered_room - c->gathered->len < len) {
        start_frame(c, len);
    }
    uint8_t *at = c->gathered->data + c->gathered->len;
    c->gathered->len += len;
    return at;
}

static size_t waiting(const struct client *c)
{
    return conn_queued(&c->wire.conn) + (c->gathered ? c->gathered->len : 0u);
}

/* A message above the limit still passes when nothing waits before it. */
static bool may_wait(const struct client *c, size_t len)
{
    size_t before = waiting(c);
    return before == 0 || before + len <= LIMIT_SUBSCRIBER_QUEUE_BYTES;
}

bool client_has_room(const struct client *c)
{
    return !c->wire.over && waiting(c) < LIMIT_SUBSCRIBER_QUEUE_BYTES / 4 &&
           c->session->outbox.live < LIMIT_OUTBOX_MESSAGES / 2;
}

static void drop(struct client *c, enum drop why)
{
    metrics_drop(c->wire.in->config.metrics, why, 1);
}

/* The bytes of `l`, or NULL when they are more than the client takes. */
static const struct buf *bytes_for(struct client *c, struct delivery *d, const struct letter *l,
                                   bool is_shared)
{
    c->new_alias = 0;
    const struct buf *b = is_shared ? common(c, d, l) : own(c, l);
    if (b->len <= c->packet_max) {
        return b;
    }
    if (c->new_alias) {
        /* It was never said. */
        (void)aliases_set(c->said, c->new_alias, bytes_of(NULL, 0));
    }
    drop(c, DROP_MESSAGE_TOO_LARGE);
    return NULL;
}

/* ---- QoS 0 ---- */

static void send_large(struct client *c, struct delivery *d, const struct letter *l,
                       const struct buf *b)
{
    struct frame **f = &d->large[client_speaks_5(c)][l->retain];
    if (!*f) {
        *f = frame_of(bytes_of(NULL, 0), buf_bytes(b));
    }
    send_gathered(c);
    wire_queue(&c->wire, frame_hold(*f));
}

static void send_now(struct client *c, struct delivery *d, const struct letter *l)
{
    bool is_shared = is_common(c, l);
    /* A slow one is found before the work: the size is known well enough. */
    if (!may_wait(c, l->parts->topic.len + l->parts->payload.len)) {
        drop(c, DROP_SUBSCRIBER_SLOW);
        return;
    }
    const struct buf *b = bytes_for(c, d, l, is_shared);
    if (!b) {
        return;
    }
    if (is_shared && b->len >= LARGE_BYTES) {
        send_large(c, d, l, b);
    } else {
        memcpy(gather(c, (uint32_t)b->len), b->ptr, b->len);
    }
    c->wire.in->delivered++;
}

/* ---- QoS 1 and 2 ---- */

/* Sends the entry that is next; drops it when its time is over or it is too large. */
static void send_entry(struct client *c, struct outbox_entry *e, struct delivery *d)
{
    struct ingest *in = c->wire.in;
    struct outbox *o = &c->session->outbox;
    struct message_parts parts = message_parts(e->message);
    if (e->state == OUTBOX_WAITING && parts.expires && parts.expires <= in->loop->mono_ns) {
        outbox_skip(o);
        drop(c, DROP_MESSAGE_EXPIRED);
        return;
    }
    struct letter l = {.parts = &parts,
                       .ids = e->ids ? e->ids + 1 : NULL,
                       .ids_count = e->ids ? e->ids[0] : 0,
                       .id = e->id ? e->id : 1, /* a place for it */
                       .qos = e->qos,
                       .retain = e->retain,
                       .dup = e->state == OUTBOX_SENT};
    bool is_shared = d && d->kept == e->message && is_common(c, &l);
    const struct buf *b = bytes_for(c, d, &l, is_shared);
    if (!b) {
        outbox_skip(o);
        return;
    }
    outbox_sent(o);
    uint8_t *copy = gather(c, (uint32_t)b->len);
    size_t properties = is_shared ? parts.properties.len : in->section.len;
    memcpy(copy, b->ptr, b->len);
    be16_store(copy + b->len - id_from_end(c, &l, properties), e->id);
    in->delivered++;
}

void client_pump(struct client *c, struct delivery *d)
{
    struct outbox *o = &c->session->outbox;
    struct outbox_entry *e;
    while (!c->wire.over && waiting(c) < LIMIT_SUBSCRIBER_QUEUE_BYTES &&
           (e = outbox_next(o, c->window))) {
        if (e->state == OUTBOX_RELEASED) {
            uint16_t id = e->id;
            outbox_sent(o);
            wire_put_ack(&c->wire, MQTT_PUBREL, id, MQTT_SUCCESS);
        } else {
            send_entry(c, e, d);
        }
    }
}

/* It owes more acknowledgements than it may: it is told, and comes back when it can. */
static void mark_slow(struct client *c)
{
    if (!c->is_slow && !c->wire.over) {
        struct ingest *in = c->wire.in;
        c->is_slow = true;
        c->next_slow = in->slow;
        in->slow = c;
    }
}

void client_send_away_the_slow(struct ingest *in)
{
    while (in->slow) {
        struct client *c = in->slow;
        in->slow = c->next_slow;
        c->is_slow = false;
        client_end(c, MQTT_QUOTA_EXCEEDED);
    }
}

static uint32_t *copy_ids(const struct terms *t)
{
    if (t->ids_count == 0) {
        return NULL;
    }
    uint32_t *ids = mem_zalloc(t->ids_count + 1, sizeof *ids);
    ids[0] = t->ids_count;
    memcpy(ids + 1, t->ids, t->ids_count * sizeof *ids);
    return ids;
}

static void keep(struct ingest *in, struct session *s, struct delivery *d, const struct terms *t)
{
    const struct outbox_entry e = {
        .message = delivery_kept(in, d),
        .ids = copy_ids(t),
        .qos = t->qos,
        .retain = t->retain,
    };
    if (in->kept_bytes > LIMIT_KEPT_MESSAGE_BYTES || outbox_push(&s->outbox, &e, in->turn)) {
        free(e.ids);
        metrics_drop(in->config.metrics, DROP_SESSION_FULL, 1);
        if (s->client) {
            mark_slow(s->client);
        }
        return;
    }
    if (s->client) {
        client_pump(s->client, d);
    }
}

void client_give(struct ingest *in, struct session *s, struct delivery *d,
                 const struct terms *terms)
{
    struct terms t = *terms;
    t.qos = t.qos < d->parts.qos ? t.qos : d->parts.qos;
    t.retain = t.retain && d->parts.retain;
    if (t.qos) {
        keep(in, s, d, &t);
    } else if (s->client && !s->client->wire.over) {
        const struct letter l = {
            .parts = &d->parts, .ids = t.ids, .ids_count = t.ids_count, .retain = t.retain};
        send_now(s->client, d, &l);
    }
}

void client_deliver(struct ingest *in, struct delivery *d, const struct subs_hit *hit)
{
    struct session *s = sessions_at(&in->sessions, hit->subscriber);
    uint32_t ids[LIMIT_SUBSCRIPTIONS_PER_SESSION];
    uint32_t count = 0;
    uint32_t at = hit->ids;
    while (count < ARRAY_LEN(ids) && subs_next_id(in->subs, &at, &ids[count])) {
        count++;
    }
    const struct terms terms = {hit->qos, hit->retain_as_published, ids, count};
    client_give(in, s, d, &terms);
}
