/* SPDX-License-Identifier: Apache-2.0 */
/* Publishes over MQTT 3.1.1 as fast as asked. Every packet is formatted before the clock starts, so
 * that what is measured is the receiver.
 *
 * --port P  --messages N  --connections C  --devices D  --values 1|5  --qos 0|1  --rate MSG/S (0:
 * no limit)
 * --window W (QoS 1 in flight a connection)
 * --seconds S (QoS 0: after all N messages, the same again with their times moved on, for S
 * seconds)
 *
 * Each series gets distinct times, a second apart, ending about now: what arrives whole is
 * countable. With QoS 1 the last line tells how long messages waited for their PUBACK, from the
 * send() that held their last byte to the read() that brought it. */
#include "common.h"

#include <poll.h>

struct stream {
    int fd;
    uint8_t *bytes;
    size_t len, cap, sent;
    size_t *ends;          /* byte offset behind each message */
    size_t *times;         /* byte offset of its time: 13 digits */
    size_t messages, next; /* next: first message not fully sent */
    size_t acked;
    size_t ack_len;
    float *sent_s; /* when each message was sent, then how long it waited; QoS 1 */
};

/* No receiver here takes more; times of later passes must not lie ahead. */
#define MOST_A_SECOND 3e6

/* Payloads end with a time and a brace. */
#define TIME_DIGITS 13

static const long long powers[TIME_DIGITS] = {
    1,        10,        100,        1000,        10000,        100000,       1000000,
    10000000, 100000000, 1000000000, 10000000000, 100000000000, 1000000000000};

static const char *const sensors[5] = {"temperature", "humidity", "pressure", "current", "battery"};

static void put(struct stream *s, const void *p, size_t n)
{
    if (s->len + n > s->cap) {
        s->cap = size_max(s->cap * 2, s->len + n + 4096);
        s->bytes = realloc(s->bytes, s->cap);
        if (!s->bytes) {
            die("realloc");
        }
    }
    memcpy(s->bytes + s->len, p, n);
    s->len += n;
}

static void put_publish(struct stream *s, const char *topic, const char *payload, int qos,
                        unsigned packet_id)
{
    size_t topic_len = strlen(topic), payload_len = strlen(payload);
    size_t remaining = 2 + topic_len + (qos ? 2 : 0) + payload_len;
    uint8_t head[8] = {(uint8_t)(0x30 | (qos << 1))};
    size_t n = 1;
    for (size_t left = remaining;;) {
        head[n++] = (uint8_t)((left & 127) | (left > 127 ? 128 : 0));
        left >>= 7;
        if (!left) {
            break;
        }
    }
    put(s, head, n);
    put(s, (uint8_t[]){(uint8_t)(topic_len >> 8), (uint8_t)topic_len}, 2);
    put(s, topic, topic_len);
    if (qos) {
        put(s, (uint8_t[]){(uint8_t)(packet_id >> 8), (uint8_t)packet_id}, 2);
    }
    put(s, payload, payload_len);
    s->times[s->messages] = s->len - TIME_DIGITS - 1;
    s->ends[s->messages++] = s->len;
}

/* Begins again with later times. */
static void rewind_stream(struct stream *s, long long later_ms)
{
    for (size_t i = 0; i < s->messages; i++) {
        uint8_t *digits = s->bytes + s->times[i];
        long long ms = later_ms;
        for (size_t d = 0; d < TIME_DIGITS; d++) {
            ms += (digits[TIME_DIGITS - 1 - d] - '0') * powers[d];
        }
        for (size_t d = 0; d < TIME_DIGITS; d++, ms /= 10) {
            digits[TIME_DIGITS - 1 - d] = (uint8_t)('0' + ms % 10);
        }
    }
    s->sent = 0;
    s->next = 0;
}

static double wave(size_t device, size_t sensor, size_t step)
{
    size_t x = (device * 131 + sensor * 17 + step) % 2000;
    double tri = x < 1000 ? (double)x : (double)(2000 - x);
    return (double)(long)(200 + tri / 2) / 10;
}

/* What is said, of whom, and when. */
struct plan {
    size_t devices;
    int values;
    int qos;
    long long first_ms, interval_ms, jitter_ms;
};

static long long time_of(const struct plan *p, size_t device, size_t step)
{
    size_t mixed = (device * 2654435761u) ^ (step * 40503u);
    long long jitter =
        p->jitter_ms ? (long long)(mixed % (size_t)(2 * p->jitter_ms + 1)) - p->jitter_ms : 0;
    return p->first_ms + (long long)step * p->interval_ms + jitter;
}

static void put_message(struct stream *s, size_t index, const struct plan *plan)
{
    int values = plan->values, qos = plan->qos;
    size_t device = index % plan->devices, round = index / plan->devices;
    size_t sensor = values == 1 ? round % 5 : 0;
    long long ms = time_of(plan, device, values == 1 ? round / 5 : round);
    char topic[96], payload[384];
    if (values == 1) {
        snprintf(topic, sizeof topic, "sensors/dev-%zu/%s", device, sensors[sensor]);
        snprintf(
            payload, sizeof payload,
            "{\"deviceId\":\"dev-%zu\",\"sensorType\":\"%s\",\"value\":%.1f,\"timestamp\":%lld}",
            device, sensors[sensor], wave(device, sensor, round), ms);
    } else {
        snprintf(topic, sizeof topic, "sensors/dev-%zu", device);
        snprintf(payload, sizeof payload,
                 "{\"temperature\":%.1f,\"humidity\":%.1f,\"pressure\":%.1f,\"current\":%.2f,"
                 "\"battery\":%.0f,\"timestamp\":%lld}",
                 wave(device, 0, round), wave(device, 1, round), 900 + wave(device, 2, round),
                 wave(device, 3, round) / 4, wave(device, 4, round), ms);
    }
    put_publish(s, topic, payload, qos, (unsigned)(s->messages % 65535 + 1));
}

static void connect_stream(struct stream *s, int port, int number)
{
    char id[32];
    int id_len = snprintf(id, sizeof id, "load-%d-%d", (int)getpid(), number);
    uint8_t packet[64] = {0x10, (uint8_t)(12 + id_len), 0, 4, 'M', 'Q', 'T', 'T', 4, 2, 0, 120,
                          0,    (uint8_t)id_len};
    uint8_t answer[4];
    memcpy(packet + 14, id, (size_t)id_len);
    s->fd = dial(port);
    if (write(s->fd, packet, (size_t)(14 + id_len)) < 0 || read(s->fd, answer, 4) != 4 ||
        answer[3] != 0) {
        die("CONNECT");
    }
    set_nonblocking(s->fd);
}

/* Counts PUBACKs (4 bytes each) that have come; they come in order. */
static void take_acks(struct stream *s, double elapsed)
{
    uint8_t in[65536];
    ssize_t n = read(s->fd, in, sizeof in);
    if (n == 0) {
        die("the server closed the connection");
    }
    if (n > 0) {
        s->ack_len += (size_t)n;
        for (; s->ack_len >= 4; s->ack_len -= 4) {
            s->sent_s[s->acked] = (float)elapsed - s->sent_s[s->acked];
            s->acked++;
        }
    }
}

/* Sends what may go now: up to `allowed` messages in all, and the window. */
static void push(struct stream *s, size_t allowed, size_t window, double elapsed)
{
    size_t until = size_min(allowed, s->messages);
    if (window) {
        until = size_min(until, s->acked + window);
    }
    if (until <= s->next) {
        return;
    }
    size_t end = s->ends[until - 1];
    ssize_t n = send(s->fd, s->bytes + s->sent, size_min(end - s->sent, 256u << 10), MSG_NOSIGNAL);
    if (n < 0 && errno != EAGAIN) {
        die("send");
    }
    if (n > 0) {
        s->sent += (size_t)n;
        while (s->next < s->messages && s->ends[s->next] <= s->sent) {
            s->sent_s[s->next++] = (float)elapsed;
        }
    }
}

static bool done(const struct stream *s, int qos)
{
    return s->next == s->messages && (qos == 0 || s->acked == s->messages);
}

/* Waits for PUBACKs, and for room where something may be sent. */
static void wait_ready(struct stream *all, int count, double rate, size_t window)
{
    struct pollfd p[64];
    for (int i = 0; i < count; i++) {
        bool may_send = !window || all[i].next < all[i].acked + window;
        short events = (short)(window ? POLLIN : 0);
        if (rate <= 0 && all[i].next < all[i].messages && may_send) {
            events |= POLLOUT;
        }
        p[i] = (struct pollfd){all[i].fd, events, 0};
    }
    poll(p, (nfds_t)count, rate > 0 ? 1 : 5);
}

static int by_size(const void *a, const void *b)
{
    float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

/* "p50_ms":..., of all messages of all streams. */
static void print_waits(const struct stream *all, int count, size_t messages)
{
    float *waits = malloc(messages * sizeof *waits);
    size_t n = 0;
    for (int c = 0; c < count; c++) {
        memcpy(waits + n, all[c].sent_s, all[c].messages * sizeof *waits);
        n += all[c].messages;
    }
    qsort(waits, n, sizeof *waits, by_size);
    printf(",\"p50_ms\":%.2f,\"p90_ms\":%.2f,\"p99_ms\":%.2f,\"max_ms\":%.2f", waits[n / 2] * 1e3,
           waits[n - 1 - n / 10] * 1e3, waits[n - 1 - n / 100] * 1e3, waits[n - 1] * 1e3);
    free(waits);
}

int main(int argc, char **argv)
{
    int port = (int)arg(argc, argv, "--port", 1883);
    size_t messages = (size_t)arg(argc, argv, "--messages", 1e6);
    int connections = (int)arg(argc, argv, "--connections", 4);
    size_t devices = (size_t)arg(argc, argv, "--devices", 1000);
    int values = (int)arg(argc, argv, "--values", 1);
    int qos = (int)arg(argc, argv, "--qos", 0);
    double rate = arg(argc, argv, "--rate", 0);
    size_t window = qos ? (size_t)arg(argc, argv, "--window", 10000) : 0;
    static struct stream all[64];
    size_t per_connection = messages / (size_t)connections;
    double lasts_s = qos ? 0 : arg(argc, argv, "--seconds", 0);
    size_t rounds = messages / devices / (values == 1 ? 5 : 1) + 2;
    size_t passes = 1 + (size_t)(lasts_s * MOST_A_SECOND / (double)messages);
    size_t total = 0; /* of the passes that are over */
    struct plan plan = {
        .devices = devices,
        .values = values,
        .qos = qos,
        .interval_ms = (long long)arg(argc, argv, "--interval", 1000),
        .jitter_ms = (long long)arg(argc, argv, "--jitter", 0),
    };
    plan.first_ms =
        (long long)(now_s(CLOCK_REALTIME) * 1000) - (long long)(rounds * passes) * plan.interval_ms;
    if (connections > 64 || connections < 1) {
        die("1 to 64 connections");
    }
    /* A device always uses one connection, so its times arrive in order. */
    for (int c = 0; c < connections; c++) {
        all[c].ends = malloc((per_connection + devices + 1) * 2 * sizeof(size_t));
        all[c].times = malloc((per_connection + devices + 1) * 2 * sizeof(size_t));
    }
    for (size_t i = 0; i < messages; i++) {
        put_message(&all[i % devices % (size_t)connections], i, &plan);
    }
    for (int c = 0; c < connections; c++) {
        all[c].sent_s = calloc(all[c].messages + 1, sizeof(float));
        connect_stream(&all[c], port, c);
    }
    printf("{\"begins\":true}\n");
    fflush(stdout);
    double begin = now_s(CLOCK_MONOTONIC), cpu = cpu_s();
    for (int finished = 0; finished < connections;) {
        wait_ready(all, connections, rate, window);
        double elapsed = now_s(CLOCK_MONOTONIC) - begin;
        size_t allowed = rate > 0 ? (size_t)(elapsed * rate / connections) : SIZE_MAX;
        allowed -= rate > 0 ? size_min(allowed, total / (size_t)connections) : 0;
        finished = 0;
        for (int c = 0; c < connections; c++) {
            if (qos) {
                take_acks(&all[c], elapsed);
            }
            push(&all[c], allowed, window, elapsed);
            finished += done(&all[c], qos);
        }
        if (finished == connections && elapsed < lasts_s) {
            for (int c = 0; c < connections; c++) {
                rewind_stream(&all[c], (long long)rounds * plan.interval_ms);
            }
            total += messages;
            finished = 0;
        }
    }
    total += messages;
    double seconds = now_s(CLOCK_MONOTONIC) - begin;
    printf("{\"messages\":%zu,\"readings\":%zu,\"seconds\":%.4f,\"cpu\":%.4f", total,
           total * (size_t)values, seconds, cpu_s() - cpu);
    if (qos) {
        print_waits(all, connections, messages);
    }
    printf("}\n");
    for (int c = 0; c < connections; c++) {
        static const uint8_t disconnect[2] = {0xe0, 0};
        ssize_t n = write(all[c].fd, disconnect, 2);
        (void)n;
        close(all[c].fd);
    }
    return 0;
}
