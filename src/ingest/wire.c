/* SPDX-License-Identifier: Apache-2.0 */
/* A connection that speaks MQTT, whoever is at its end.
 *
 * Packets are handled where they lie in the loop's receive buffer. Only the one that is cut by the
 * buffer's end is copied, into memory that the wire borrows until the packet is whole. The bytes
 * that all wires keep so are bounded, and grow with what really came, not with what a length
 * claims. */
#include "ingest/internal.h"

#include "base/mem.h"
#include "model/limits.h"

/* Memory of a partial packet up to this is kept for the next one. */
#define SPARE_BYTES_MAX (64u << 10)
/* A success is that short in both versions; with a reason there is a byte more. */
#define ACK_BYTES_MAX 5u

/* ---- partial packets ---- */

static void borrow_buffer(struct wire *w)
{
    struct ingest *in = w->in;
    if (!w->partial.ptr && in->spare_count) {
        w->partial = in->spare[--in->spare_count];
    }
}

static void return_buffer(struct wire *w)
{
    struct ingest *in = w->in;
    in->partial_bytes -= w->partial.len;
    buf_clear(&w->partial);
    if (w->partial.ptr && w->partial.cap <= SPARE_BYTES_MAX && in->spare_count < SPARE_BUFFERS) {
        in->spare[in->spare_count++] = w->partial;
        w->partial = (struct buf){0};
    }
    buf_fini(&w->partial);
}

/* Adds the first `n` bytes of `in` to the partial packet; false when all wires together hold too
 * much. */
static bool keep(struct wire *w, struct bytes *in, size_t n)
{
    if (n > LIMIT_MQTT_PARTIAL_BYTES - size_min(w->in->partial_bytes, LIMIT_MQTT_PARTIAL_BYTES)) {
        wire_refuse(w, DROP_MQTT_TOO_LARGE);
        return false;
    }
    borrow_buffer(w);
    buf_put(&w->partial, in->ptr, n);
    w->in->partial_bytes += n;
    *in = bytes_skip(*in, n);
    return true;
}

static enum drop drop_of(enum err e)
{
    return e == ERR_TOO_LARGE ? DROP_MQTT_TOO_LARGE : DROP_MQTT_PROTOCOL;
}

/* Bytes that the partial packet still wants, as far as is known: one while its header is cut. */
static enum err missing(const struct wire *w, size_t *n)
{
    size_t size;
    enum err e = mqtt_frame_size(buf_bytes(&w->partial), w->packet_max, &size);
    if (e == ERR_AGAIN) {
        *n = 1;
        return OK;
    }
    if (e == OK) {
        *n = size - w->partial.len;
    }
    return e;
}

static void handle_partial(struct wire *w)
{
    struct mqtt_frame f;
    size_t used;
    if (mqtt_frame(buf_bytes(&w->partial), w->packet_max, &f, &used) == OK) {
        f.version = w->version;
        w->role->packet(w, &f);
        return_buffer(w);
    }
}

/* Completes the packet that an earlier read began, as far as `in` goes; returns what is left. */
static struct bytes complete_partial(struct wire *w, struct bytes in)
{
    while (in.len && w->partial.len && !w->over) {
        size_t n;
        enum err e = missing(w, &n);
        if (e) {
            wire_refuse(w, drop_of(e));
            break;
        }
        if (keep(w, &in, size_min(n, in.len))) {
            handle_partial(w);
        }
    }
    return in;
}

static void walk(struct wire *w, struct bytes in)
{
    while (in.len && !w->over) {
        struct mqtt_frame f;
        size_t used;
        enum err e = mqtt_frame(in, w->packet_max, &f, &used);
        if (e == ERR_AGAIN) {
            (void)keep(w, &in, in.len);
            return;
        }
        if (e) {
            wire_refuse(w, drop_of(e));
            return;
        }
        f.version = w->version;
        w->role->packet(w, &f);
        in = bytes_skip(in, used);
    }
}

static void take_bytes(struct conn *c, struct bytes in)
{
    struct wire *w = CONTAINER_OF(c, struct wire, conn);
    walk(w, complete_partial(w, in));
}

/* The loop's buffer is ours for the call: frames of a WebSocket are unmasked where they lie. */
static void received(struct conn *c, struct bytes in)
{
    struct wire *w = CONTAINER_OF(c, struct wire, conn);
    struct ingest *ingest = w->in;
    if (w->over) {
        return; /* read only so that our last words are not lost with it */
    }
    w->received = ingest->loop->mono_ns;
    ingest->bytes_received += in.len;
    ingest->turn++;
    if (w->ws) {
        uint8_t *writable = c->loop->receive + (in.ptr - c->loop->receive);
        websocket_received(w->ws, writable, in.len);
    } else {
        take_bytes(c, in);
    }
    ingest_settle(ingest);
}

void wire_queue(struct wire *w, struct frame *take_f)
{
    w->in->bytes_sent += take_f->len;
    if (w->ws) {
        websocket_send(w->ws, take_f);
    } else {
        conn_send(&w->conn, take_f);
    }
}

/* ---- acknowledgements ---- */

static void send_acks(struct wire *w)
{
    if (w->acks) {
        wire_queue(w, w->acks);
        w->acks = NULL;
    }
}

static void list_with_acks(struct wire *w)
{
    if (!w->with_acks) {
        w->with_acks = true;
        w->next_with_acks = w->in->with_acks;
        w->in->with_acks = w;
    }
}

/* Few acknowledgements take a small frame; where it fills up, many come. */
void wire_put_ack(struct wire *w, enum mqtt_type type, uint16_t id, uint8_t code)
{
    struct frame *f = w->acks;
    if (!f || w->acks_room - f->len < ACK_BYTES_MAX) {
        uint32_t size = f ? 16u << 10 : ACK_BYTES_MAX;
        send_acks(w);
        f = frame_pool_take(&w->in->frames, size, &w->acks_room);
        w->acks = f;
        list_with_acks(w);
    }
    uint32_t size = code ? ACK_BYTES_MAX : ACK_BYTES_MAX - 1;
    uint8_t flags = type == MQTT_PUBREL ? 2 : 0;
    const uint8_t packet[ACK_BYTES_MAX] = {(uint8_t)((unsigned)type << 4 | flags),
                                           (uint8_t)(size - 2), (uint8_t)(id >> 8), (uint8_t)id,
                                           code};
    memcpy(f->data + f->len, packet, sizeof packet);
    f->len += size;
}

static void put_kind(struct wire *w, struct ack_kind kind, uint16_t id)
{
    wire_put_ack(w, kind.qos == 2 ? MQTT_PUBREC : MQTT_PUBACK, id, kind.code);
}

static void send_all_acks(struct ingest *in)
{
    while (in->with_acks) {
        struct wire *w = in->with_acks;
        in->with_acks = w->next_with_acks;
        w->with_acks = false;
        send_acks(w);
    }
}

static bool acks_are_many(const struct wire *w)
{
    return w->acks_waiting >= w->in->config.limits.inflight ||
           w->in->acks.ids_count >= LIMIT_MQTT_ACKS;
}

static bool acks_are_few(const struct wire *w)
{
    return w->acks_waiting <= w->in->config.limits.inflight / 2 &&
           w->in->acks.ids_count < LIMIT_MQTT_ACKS / 2;
}

static void set_stalled(struct wire *w, bool stalled)
{
    if (w->stalled != stalled) {
        w->stalled = stalled;
        w->in->stalled += stalled ? 1 : (size_t)-1;
        wire_update_reading(w);
    }
}

void wire_ack(struct wire *w, uint8_t qos, uint16_t id, uint64_t seq)
{
    wire_ack_kind(w, (struct ack_kind){.qos = qos}, id, seq);
}

void wire_ack_kind(struct wire *w, struct ack_kind kind, uint16_t id, uint64_t seq)
{
    if (w->over) {
        return;
    }
    if (seq == SEQ_NEVER) {
        w->withheld = true;
        return;
    }
    if (seq <= w->in->durable && w->acks_waiting == 0) {
        put_kind(w, kind, id);
        return;
    }
    acks_push(&w->in->acks, w->owner, seq, w->in->loop->mono_ns, id, kind);
    w->acks_waiting++;
    w->pubacks_waiting += kind.qos == 1;
    if (acks_are_many(w)) {
        set_stalled(w, true);
    }
}

/* NULL when it is gone. */
static struct wire *find_wire(const struct ingest *in, struct ack_owner owner)
{
    const struct wire_slot *slot = &in->wires[owner.slot];
    return slot->generation == owner.generation ? slot->wire : NULL;
}

static void release_run(struct ingest *in, const struct ack_run *run)
{
    struct wire *w = find_wire(in, run->owner);
    uint32_t left = run->count;
    while (left) {
        uint16_t ids[256];
        size_t n = acks_take(&in->acks, ids, size_min(left, ARRAY_LEN(ids)));
        left -= (uint32_t)n;
        for (size_t i = 0; w && !w->over && i < n; i++) {
            put_kind(w, run->kind, ids[i]);
        }
    }
    if (w) {
        w->acks_waiting -= run->count;
        w->pubacks_waiting -= run->kind.qos == 1 ? run->count : 0;
        metrics_observe(in->config.metrics, HISTOGRAM_ACK, in->loop->mono_ns - run->since);
    }
}

static void unstall(struct ingest *in)
{
    for (size_t i = 0; in->stalled && i < in->wires_count; i++) {
        struct wire *w = in->wires[i].wire;
        if (w && w->stalled && acks_are_few(w)) {
            set_stalled(w, false);
        }
    }
}

void ingest_durable(struct ingest *in, uint64_t seq)
{
    struct ack_run run;
    in->durable = seq;
    while (acks_ready(&in->acks, seq, &run)) {
        release_run(in, &run);
    }
    unstall(in);
    ingest_settle(in);
}

void ingest_settle(struct ingest *in)
{
    client_send_away_the_slow(in);
    send_all_acks(in);
    client_send_gathered(in);
    metrics_set(in->config.metrics, METRIC_QUEUE_ACKS, in->acks.ids_count);
    if (in->messages) {
        metrics_add(in->config.metrics, METRIC_MESSAGES, in->messages);
        in->messages = 0;
    }
    if (in->bytes_received) {
        metrics_add(in->config.metrics, METRIC_MQTT_BYTES_IN, in->bytes_received);
        in->bytes_received = 0;
    }
    if (in->bytes_sent) {
        metrics_add(in->config.metrics, METRIC_MQTT_BYTES_OUT, in->bytes_sent);
        in->bytes_sent = 0;
    }
    if (in->delivered) {
        metrics_add(in->config.metrics, METRIC_MQTT_DELIVERED, in->delivered);
        in->delivered = 0;
    }
}

/* ---- life ---- */

static void take_slot(struct wire *w)
{
    struct ingest *in = w->in;
    uint32_t slot = in->free_slot;
    if (slot != UINT32_MAX) {
        in->free_slot = in->wires[slot].next_free;
    } else {
        in->wires = mem_grow(in->wires, in->wires_count, &in->wires_cap, sizeof *in->wires);
        slot = (uint32_t)in->wires_count++;
        in->wires[slot] = (struct wire_slot){0};
    }
    in->wires[slot].wire = w;
    in->wires_open++;
    w->owner = (struct ack_owner){slot, in->wires[slot].generation};
}

static void free_slot(struct wire *w)
{
    struct ingest *in = w->in;
    struct wire_slot *slot = &in->wires[w->owner.slot];
    slot->wire = NULL;
    slot->generation++;
    slot->next_free = in->free_slot;
    in->free_slot = w->owner.slot;
    in->wires_open--;
}

static void ends(struct wire *w)
{
    w->over = true;
    wire_unthrottle(w);
    set_stalled(w, false);
}

void wire_abandon(struct wire *w)
{
    struct ingest *in = w->in;
    ASSERT(!w->with_acks);
    ends(w);
    return_buffer(w);
    if (w->ws) {
        websocket_fini(w->ws);
        free(w->ws);
        w->ws = NULL;
    }
    free_slot(w);
    w->role->closed(w);
    ingest_settle(in);
}

static void closed(struct conn *c, enum err why)
{
    (void)why;
    wire_abandon(CONTAINER_OF(c, struct wire, conn));
}

/* It takes more again. */
static void drained(struct conn *c)
{
    struct wire *w = CONTAINER_OF(c, struct wire, conn);
    if (!w->over && w->role->drained) {
        w->role->drained(w);
        ingest_settle(w->in);
    }
}

static const struct conn_handler on = {.received = received, .drained = drained, .closed = closed};

static void begin(struct wire *w, struct ingest *in, const struct wire_role *role)
{
    *w = (struct wire){
        .in = in,
        .role = role,
        .started = in->loop->mono_ns,
        .received = in->loop->mono_ns,
        .packet_max = LIMIT_MQTT_PACKET_BYTES,
        .version = MQTT_V311,
    };
    take_slot(w);
}

void wire_start(struct wire *w, struct ingest *in, int fd, const struct wire_role *role,
                struct wire_tls tls)
{
    begin(w, in, role);
    if (tls.context) {
        conn_start_tls(&w->conn, in->loop, fd, &on, tls.context, tls.server_name);
    } else {
        conn_start(&w->conn, in->loop, fd, &on);
    }
    wire_update_reading(w);
}

static void websocket_ended(struct conn *c, uint16_t close_code)
{
    struct wire *w = CONTAINER_OF(c, struct wire, conn);
    if (close_code != WS_CLOSE_NORMAL) {
        metrics_drop(w->in->config.metrics, DROP_WS_PROTOCOL, 1);
    }
    wire_finish(w);
}

void wire_start_websocket(struct wire *w, struct ingest *in, const struct conn_parcel *p,
                          const struct wire_role *role)
{
    begin(w, in, role);
    w->ws = mem_zalloc(1, sizeof *w->ws);
    websocket_init(w->ws, &w->conn, take_bytes, websocket_ended);
    conn_unpack(&w->conn, in->loop, p, &on);
    wire_update_reading(w);
}

void wire_read_on(struct wire *w, const struct conn_parcel *p)
{
    websocket_received(w->ws, p->unread.ptr, p->unread.len);
    ingest_settle(w->in);
}

/* A WebSocket is told why, if it takes the word at once. */
void wire_close(struct wire *w)
{
    ends(w);
    if (w->ws && !w->conn.closing) {
        websocket_close(w->ws, w->in->closing ? WS_CLOSE_GOING_AWAY : WS_CLOSE_POLICY);
        conn_flush(&w->conn);
    }
    conn_close(&w->conn);
}

void wire_end(struct wire *w)
{
    ends(w);
    w->received = w->in->loop->mono_ns;
    if (w->ws) {
        websocket_close(w->ws, WS_CLOSE_POLICY);
    }
    conn_end(&w->conn);
}

void wire_linger(struct wire *w)
{
    ends(w);
    conn_end(&w->conn);
    conn_flush(&w->conn);
    conn_resume(&w->conn);
}

void wire_finish(struct wire *w)
{
    ends(w);
    if (w->ws) {
        websocket_close(w->ws, WS_CLOSE_NORMAL);
    }
    conn_finish(&w->conn);
}

void wire_refuse(struct wire *w, enum drop why)
{
    static const char *const reasons[DROP_COUNT] = {
#define REASON(id, name, help) [id] = help,
        DROP_LIST(REASON)
#undef REASON
    };
    metrics_drop(w->in->config.metrics, why, 1);
    log_limited(&w->in->refused_gate, LOG_WARN, "mqtt: closed a connection: %s", reasons[why]);
    if (w->role->refused && !w->over) {
        w->role->refused(w, why);
    } else {
        wire_close(w);
    }
}

/* After the acknowledgements of what came before. */
void wire_send(struct wire *w, struct bytes packet)
{
    uint32_t room;
    send_acks(w);
    struct frame *f = packet.len <= FRAME_POOL_MAX
                          ? frame_pool_take(&w->in->frames, (uint32_t)packet.len, &room)
                          : frame_new((uint32_t)packet.len);
    memcpy(f->data, packet.ptr, packet.len);
    f->len = (uint32_t)packet.len;
    wire_queue(w, f);
}

void wire_answer(struct wire *w)
{
    wire_send(w, buf_bytes(&w->in->answer));
    buf_clear(&w->in->answer);
}

bool wire_is_read(const struct wire *w)
{
    return !w->over && !w->stalled && !w->throttled_until && !w->in->paused && !w->in->draining;
}

void wire_update_reading(struct wire *w)
{
    if (wire_is_read(w)) {
        w->received = w->in->loop->mono_ns;
        conn_resume(&w->conn);
    } else if (!w->over) {
        conn_pause(&w->conn);
    }
}
