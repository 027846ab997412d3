/* SPDX-License-Identifier: Apache-2.0 */
/* Many MQTT 3.1.1 connections on one thread: subscribers to one topic that count, or idle ones.
 *
 * --port P  --clients N  --seconds S (from the first message)  --topic T (none: they subscribe to
 * nothing, and this waits for its input to end) */
#include "common.h"

#include <poll.h>
#include <sys/epoll.h>

/* Where a connection is in its stream of packets. */
struct reader {
    int fd;
    size_t skip;      /* bytes of a packet's body still to come */
    unsigned length;  /* bytes of the remaining length seen; 0: at a packet's first byte */
    size_t remaining; /* so far */
    bool publish;
    bool in_head;
};

static size_t messages, bytes;

static void take(struct reader *r, const uint8_t *in, size_t n)
{
    size_t at = 0;
    bytes += n;
    while (at < n) {
        if (r->skip) {
            size_t part = size_min(r->skip, n - at);
            r->skip -= part;
            at += part;
            messages += r->skip == 0 && r->publish;
        } else if (!r->in_head) {
            *r = (struct reader){.fd = r->fd, .in_head = true, .publish = in[at++] >> 4 == 3};
        } else {
            r->remaining |= (size_t)(in[at] & 127) << (7 * r->length++);
            if (in[at++] < 128) {
                r->in_head = false;
                r->skip = r->remaining;
            }
        }
    }
}

static void greet(struct reader *r, int port, int i, const char *topic)
{
    uint8_t packet[256], answer[4];
    char id[16];
    int id_len = snprintf(id, sizeof id, "f%d", i);
    size_t n = 0, topic_len = topic ? strlen(topic) : 0;
    static const uint8_t head[] = {0, 4, 'M', 'Q', 'T', 'T', 4, 2, 0, 0};
    packet[n++] = 0x10;
    packet[n++] = (uint8_t)(sizeof head + 2 + (size_t)id_len);
    memcpy(packet + n, head, sizeof head);
    n += sizeof head;
    packet[n++] = 0;
    packet[n++] = (uint8_t)id_len;
    memcpy(packet + n, id, (size_t)id_len);
    n += (size_t)id_len;
    r->fd = dial(port);
    if (write(r->fd, packet, n) != (ssize_t)n || read(r->fd, answer, 4) != 4 || answer[3]) {
        die("CONNECT");
    }
    if (topic) {
        uint8_t subscribe[] = {0x82, (uint8_t)(5 + topic_len), 0, 1, 0, (uint8_t)topic_len};
        uint8_t qos = 0;
        if (write(r->fd, subscribe, sizeof subscribe) < 0 || write(r->fd, topic, topic_len) < 0 ||
            write(r->fd, &qos, 1) < 0 || recv(r->fd, packet, 5, MSG_WAITALL) != 5) {
            die("SUBSCRIBE");
        }
    }
    set_nonblocking(r->fd);
}

static void count(int epoll, double seconds)
{
    static uint8_t in[1u << 18];
    struct epoll_event events[256];
    double until = now_s(CLOCK_MONOTONIC) + 20, begin = 0;
    while (now_s(CLOCK_MONOTONIC) < until) {
        int n = epoll_wait(epoll, events, 256, 100);
        for (int i = 0; i < n; i++) {
            struct reader *r = events[i].data.ptr;
            ssize_t len = read(r->fd, in, sizeof in);
            if (len > 0) {
                take(r, in, (size_t)len);
            }
        }
        if (messages && begin == 0) {
            begin = now_s(CLOCK_MONOTONIC);
            until = begin + seconds;
        }
    }
    printf("{\"messages\":%zu,\"bytes\":%zu,\"seconds\":%.4f,\"cpu\":%.4f}\n", messages, bytes,
           now_s(CLOCK_MONOTONIC) - begin, cpu_s());
}

int main(int argc, char **argv)
{
    int clients = (int)arg(argc, argv, "--clients", 1000);
    int port = (int)arg(argc, argv, "--port", 1883);
    const char *topic = text_arg(argc, argv, "--topic", NULL);
    struct reader *readers = calloc((size_t)clients, sizeof *readers);
    int epoll = epoll_create1(0);
    raise_descriptors();
    for (int i = 0; i < clients; i++) {
        greet(&readers[i], port, i, topic);
        struct epoll_event e = {.events = EPOLLIN, .data.ptr = &readers[i]};
        (void)epoll_ctl(epoll, EPOLL_CTL_ADD, readers[i].fd, &e);
    }
    printf("{\"ready\":true}\n");
    fflush(stdout);
    if (topic) {
        count(epoll, arg(argc, argv, "--seconds", 5));
    } else {
        uint8_t c;
        while (read(0, &c, 1) > 0) {
        }
    }
    return 0;
}
