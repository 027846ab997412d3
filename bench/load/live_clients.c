/* SPDX-License-Identifier: Apache-2.0 */
/* Many Socket.IO clients over WebSocket in one thread: counts the events that arrive, and takes the
 * latency of those whose value is the time at which they were sent.
 *
 * --port P  --clients K  --seconds S  --event NAME (default sensor-data)  --emit TEXT (an event
 * that each client sends after CONNECT, e.g. 42["subscribe-fleet",{"interval":0}])  --latency 1
 * --watch W --of N --sensors S --interval MS (each watches sensors s0 to s(S-1) of W of the devices
 * tick-0 to tick-(N-1))
 * --stalled S (as many more that ask for the same and read nothing)
 * --column NAME (count the values in this column of an event, and take the latency of each)
 *
 * Prints {"ready":true} when all are connected, then counts for S seconds. */
#include "common.h"

#include <sys/epoll.h>

#define LATENCIES_MAX 4000000

struct client {
    int fd;
    size_t number;
    uint8_t *part; /* an incomplete frame */
    size_t part_len, part_cap;
    bool joined;
};

/* Clients that connect at once: the server caps handshakes of one address. */
#define JOINING_MAX 500
/* What one of them says at once. */
#define TEXT_MAX 4096

static struct {
    int port;
    const char *emit;
    size_t watch, of; /* devices */
    size_t sensors;
    int interval_ms;
    char event[64];
    size_t event_len;
    char column[64];
} want;

static size_t events, values, bytes_in, reads, joined;
static bool counting, want_latency;
static float *latencies;
static size_t latency_count;

static void send_text(int fd, const char *text)
{
    uint8_t f[TEXT_MAX + 8];
    size_t n = strlen(text), at = 0;
    f[at++] = 0x81;
    if (n < 126) {
        f[at++] = (uint8_t)(0x80 | n);
    } else {
        f[at++] = 0x80 | 126;
        f[at++] = (uint8_t)(n >> 8);
        f[at++] = (uint8_t)n;
    }
    memset(f + at, 0, 4); /* a mask of zeros leaves the text as it is */
    at += 4;
    memcpy(f + at, text, n);
    if (send(fd, f, at + n, MSG_NOSIGNAL) < 0) {
        die("send");
    }
}

static void take_latency(double sent_ms, double now_ms)
{
    if (latency_count < LATENCIES_MAX) {
        latencies[latency_count++] = (float)(now_ms - sent_ms);
    }
}

/* The values in the column of an event. */
static void take_column(const uint8_t *p, size_t n)
{
    double now_ms = want_latency ? now_s(CLOCK_REALTIME) * 1000 : 0;
    const uint8_t *at = memmem(p, n, want.column, strlen(want.column));
    const uint8_t *end = p + n;
    for (at = at ? at + strlen(want.column) : end; at < end && *at != ']'; at++) {
        values++;
        if (want_latency) {
            take_latency(strtod((const char *)at, NULL), now_ms);
        }
        while (at < end && *at != ',' && *at != ']') {
            at++;
        }
        if (at < end && *at == ']') {
            return;
        }
    }
}

static void take_event(const uint8_t *p, size_t n)
{
    static const char key[] = "\"value\":";
    events++;
    if (want.column[0]) {
        take_column(p, n);
    } else if (want_latency) {
        const uint8_t *at = memmem(p, n, key, sizeof key - 1);
        if (at) {
            take_latency(strtod((const char *)at + sizeof key - 1, NULL),
                         now_s(CLOCK_REALTIME) * 1000);
        }
    }
}

/* Sensors of some devices, one after the other of all. */
static void watch(const struct client *c)
{
    char text[TEXT_MAX];
    size_t n = (size_t)snprintf(text, sizeof text, "42[\"watch\",{\"interval\":%d,\"series\":[",
                                want.interval_ms);
    for (size_t i = 0; i < want.watch * want.sensors && n < sizeof text; i++) {
        n += (size_t)snprintf(text + n, sizeof text - n, "%s[\"tick-%zu\",\"s%zu\"]", i ? "," : "",
                              (c->number * want.watch + i / want.sensors) % want.of,
                              i % want.sensors);
    }
    if (n + 4 > sizeof text) {
        die("too many series to watch");
    }
    snprintf(text + n, sizeof text - n, "]}]");
    send_text(c->fd, text);
}

/* What a client wants once it is in. */
static void ask(const struct client *c)
{
    if (*want.emit) {
        send_text(c->fd, want.emit);
    }
    if (want.watch) {
        watch(c);
    }
}

static void take_text(struct client *c, const uint8_t *p, size_t n)
{
    if (n == 1 && p[0] == '2') {
        send_text(c->fd, "3");
    } else if (n > 0 && p[0] == '0') {
        send_text(c->fd, "40");
    } else if (n > 1 && p[0] == '4' && p[1] == '0' && !c->joined) {
        c->joined = true;
        joined++;
        ask(c);
    } else if (counting && n > want.event_len && memcmp(p, want.event, want.event_len) == 0) {
        take_event(p, n);
    }
}

/* Takes the frames in p[0..n); returns the bytes used. */
static size_t take_frames(struct client *c, const uint8_t *p, size_t n)
{
    size_t at = 0;
    while (n - at >= 2) {
        size_t len = p[at + 1] & 127, head = 2;
        if (len == 126) {
            head = 4;
        } else if (len == 127) {
            head = 10;
        }
        if (n - at < head) {
            break;
        }
        if (head == 4) {
            len = (size_t)p[at + 2] << 8 | p[at + 3];
        } else if (head == 10) {
            len = 0;
            for (int i = 2; i < 10; i++) {
                len = len << 8 | p[at + (size_t)i];
            }
        }
        if (n - at - head < len) {
            break;
        }
        if ((p[at] & 15) == 8) {
            fprintf(stderr, "the server closed a WebSocket\n");
            exit(1);
        }
        take_text(c, p + at + head, len);
        at += head + len;
    }
    return at;
}

static void take_input(struct client *c, uint8_t *in, size_t cap)
{
    memcpy(in, c->part, c->part_len);
    ssize_t n = recv(c->fd, in + c->part_len, cap - c->part_len, MSG_DONTWAIT);
    if (n == 0) {
        fprintf(stderr, "the server closed a connection\n");
        exit(1);
    }
    if (n < 0) {
        return;
    }
    bytes_in += counting ? (size_t)n : 0;
    reads += counting;
    size_t len = c->part_len + (size_t)n;
    size_t used = take_frames(c, in, len);
    c->part_len = len - used;
    if (c->part_len > c->part_cap) {
        c->part_cap = c->part_len * 2;
        c->part = realloc(c->part, c->part_cap);
    }
    memcpy(c->part, in + used, c->part_len);
}

static void open_client(struct client *c, int port)
{
    char answer[2048];
    char request[512];
    int len =
        snprintf(request, sizeof request,
                 "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n"
                 "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                 "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
                 port);
    size_t got = 0;
    c->fd = dial(port);
    if (write(c->fd, request, (size_t)len) != len) {
        die("write");
    }
    /* The head byte by byte, so that nothing of the first frame is taken with it. */
    while (got < sizeof answer - 1 && (got < 4 || memcmp(answer + got - 4, "\r\n\r\n", 4) != 0)) {
        if (read(c->fd, answer + got, 1) != 1) {
            die("handshake");
        }
        got++;
    }
    if (memcmp(answer, "HTTP/1.1 101", 12) != 0) {
        fprintf(stderr, "no upgrade: %.60s\n", answer);
        exit(1);
    }
    set_nonblocking(c->fd);
}

static int by_size(const void *a, const void *b)
{
    float x = *(const float *)a, y = *(const float *)b;
    return x < y ? -1 : x > y;
}

static double percentile(double p)
{
    return latency_count ? (double)latencies[(size_t)(p * (double)(latency_count - 1))] : 0;
}

/* One that asks as the others do, and from then on reads nothing. */
static void open_stalled(size_t number)
{
    struct client c = {.number = number};
    uint8_t in[4096];
    open_client(&c, want.port);
    fcntl(c.fd, F_SETFL, fcntl(c.fd, F_GETFL) & ~O_NONBLOCK);
    if (recv(c.fd, in, sizeof in, 0) <= 0) {
        die("recv");
    }
    send_text(c.fd, "40");
    if (recv(c.fd, in, sizeof in, 0) <= 0) {
        die("recv");
    }
    ask(&c);
}

static void read_arguments(int argc, char **argv)
{
    const char *column = text_arg(argc, argv, "--column", "");
    want.port = (int)arg(argc, argv, "--port", 3000);
    want.emit = text_arg(argc, argv, "--emit", "");
    want.watch = (size_t)arg(argc, argv, "--watch", 0);
    want.of = (size_t)arg(argc, argv, "--of", 1);
    want.sensors = (size_t)arg(argc, argv, "--sensors", 1);
    want.interval_ms = (int)arg(argc, argv, "--interval", 100);
    want.event_len = (size_t)snprintf(want.event, sizeof want.event, "42[\"%s\"",
                                      text_arg(argc, argv, "--event", "sensor-data"));
    if (*column) {
        snprintf(want.column, sizeof want.column, "\"%s\":[", column);
    }
    want_latency = arg(argc, argv, "--latency", 0) > 0;
    latencies = want_latency ? malloc(LATENCIES_MAX * sizeof *latencies) : NULL;
}

static void turn(int ep, int timeout_ms)
{
    enum { CAP = 4 << 20 };
    static uint8_t in[CAP];
    struct epoll_event ready[512];
    int n = epoll_wait(ep, ready, 512, timeout_ms);
    for (int i = 0; i < n; i++) {
        take_input(ready[i].data.ptr, in, CAP);
    }
}

static void connect_all(int ep, size_t count)
{
    struct client *all = calloc(count, sizeof *all);
    for (size_t i = 0; i < count; i++) {
        all[i].number = i;
        open_client(&all[i], want.port);
        struct epoll_event e = {.events = EPOLLIN, .data.ptr = &all[i]};
        epoll_ctl(ep, EPOLL_CTL_ADD, all[i].fd, &e);
        while (joined + JOINING_MAX < i) {
            turn(ep, 20);
        }
    }
    while (joined < count) {
        turn(ep, 20);
    }
}

int main(int argc, char **argv)
{
    size_t count = (size_t)arg(argc, argv, "--clients", 1000);
    size_t stalled = (size_t)arg(argc, argv, "--stalled", 0);
    double seconds = arg(argc, argv, "--seconds", 5);
    int ep = epoll_create1(0);
    read_arguments(argc, argv);
    raise_descriptors();
    connect_all(ep, count);
    for (size_t i = 0; i < stalled; i++) {
        open_stalled(count + i);
    }
    printf("{\"ready\":true}\n");
    fflush(stdout);
    counting = true;
    double begin = now_s(CLOCK_MONOTONIC), cpu = cpu_s();
    while (now_s(CLOCK_MONOTONIC) < begin + seconds) {
        turn(ep, 20);
    }
    double took = now_s(CLOCK_MONOTONIC) - begin;
    cpu = cpu_s() - cpu;
    if (want_latency) {
        qsort(latencies, latency_count, sizeof *latencies, by_size);
    }
    printf("{\"clients\":%zu,\"events\":%zu,\"values\":%zu,\"bytes\":%zu,\"reads\":%zu,"
           "\"seconds\":%.4f,\"cpu\":%.4f,\"p50_ms\":%.3f,\"p90_ms\":%.3f,\"p99_ms\":%.3f}\n",
           count, events, values, bytes_in, reads, took, cpu, percentile(0.5), percentile(0.9),
           percentile(0.99));
    return 0;
}
