/* SPDX-License-Identifier: Apache-2.0 */
/* The limit that an MQTT receiver is compared with: accepts one connection after another, answers
 * CONNECT, reads a megabyte at a time, walks the frames in place, and does nothing with them. Ends
 * when all have closed.
 *
 * --connections C */
#include "common.h"

#include <poll.h>

#define READ_BYTES (1u << 20)

struct peer {
    int fd;
    uint8_t *rest; /* an incomplete frame */
    size_t rest_len;
};

/* Bytes of the frame at `p`, or 0 when it is not complete. */
static size_t frame_len(const uint8_t *p, size_t n)
{
    size_t remaining = 0;
    for (size_t i = 1; i < n && i < 5; i++) {
        remaining |= (size_t)(p[i] & 127) << (7 * (i - 1));
        if (!(p[i] & 128)) {
            return n - i - 1 >= remaining ? remaining + i + 1 : 0;
        }
    }
    return 0;
}

int main(int argc, char **argv)
{
    int connections = (int)arg(argc, argv, "--connections", 4);
    int server = listen_free();
    static struct peer peers[64];
    struct pollfd p[64];
    uint8_t *in = malloc(2 * READ_BYTES);
    size_t messages = 0;
    double begin = 0, cpu = 0;
    for (int i = 0; i < connections; i++) {
        static const uint8_t connack[4] = {0x20, 2, 0, 0};
        uint8_t connect[256];
        peers[i].fd = accept(server, NULL, NULL);
        peers[i].rest = malloc(READ_BYTES);
        if (read(peers[i].fd, connect, sizeof connect) <= 0 ||
            write(peers[i].fd, connack, 4) != 4) {
            die("CONNECT");
        }
    }
    for (int open = connections; open > 0;) {
        for (int i = 0; i < connections; i++) {
            p[i] = (struct pollfd){peers[i].fd, POLLIN, 0};
        }
        poll(p, (nfds_t)connections, -1);
        for (int i = 0; i < connections; i++) {
            struct peer *q = &peers[i];
            if (q->fd < 0 || !p[i].revents) {
                continue;
            }
            memcpy(in, q->rest, q->rest_len);
            ssize_t n = read(q->fd, in + q->rest_len, READ_BYTES);
            if (n <= 0) {
                close(q->fd);
                q->fd = -1;
                open--;
                continue;
            }
            if (begin == 0) {
                begin = now_s(CLOCK_MONOTONIC);
                cpu = cpu_s();
            }
            size_t len = q->rest_len + (size_t)n, at = 0, frame;
            while ((frame = frame_len(in + at, len - at)) > 0) {
                messages += (in[at] >> 4) == 3;
                at += frame;
            }
            q->rest_len = len - at;
            memcpy(q->rest, in + at, q->rest_len);
        }
    }
    printf("{\"messages\":%zu,\"seconds\":%.4f,\"cpu\":%.4f}\n", messages,
           now_s(CLOCK_MONOTONIC) - begin, cpu_s() - cpu);
    return 0;
}
