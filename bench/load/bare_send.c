/* SPDX-License-Identifier: Apache-2.0 */
/* The limit that fan-out is compared with: one frame, made once, to each of K sockets by a bare
 * send(), as often as there is time for, or R times a second. A child process reads. Many sends at
 * a slow pace cost more each than the same in a row: the reader sleeps between them and is woken.
 *
 * --clients K  --bytes B  --seconds S  --rate R (default 0: without a pause) */
#include "common.h"

#include <sys/epoll.h>
#include <sys/wait.h>

static void read_all(int port, size_t count)
{
    int ep = epoll_create1(0);
    static uint8_t in[1 << 16];
    struct epoll_event ready[512];
    size_t open = count;
    for (size_t i = 0; i < count; i++) {
        struct epoll_event e = {.events = EPOLLIN, .data.fd = dial(port)};
        set_nonblocking(e.data.fd);
        epoll_ctl(ep, EPOLL_CTL_ADD, e.data.fd, &e);
    }
    while (open > 0) {
        int n = epoll_wait(ep, ready, 512, -1);
        for (int i = 0; i < n; i++) {
            if (read(ready[i].data.fd, in, sizeof in) == 0) {
                close(ready[i].data.fd);
                open--;
            }
        }
    }
    exit(0);
}

int main(int argc, char **argv)
{
    size_t count = (size_t)arg(argc, argv, "--clients", 1000);
    size_t len = (size_t)arg(argc, argv, "--bytes", 150);
    double seconds = arg(argc, argv, "--seconds", 3);
    double rate = arg(argc, argv, "--rate", 0);
    struct sockaddr_in a;
    socklen_t a_len = sizeof a;
    raise_descriptors();
    int server = listen_free();
    getsockname(server, (struct sockaddr *)&a, &a_len);
    pid_t child = fork();
    if (child == 0) {
        read_all(ntohs(a.sin_port), count);
    }
    int *fds = calloc(count, sizeof *fds);
    for (size_t i = 0; i < count; i++) {
        fds[i] = accept(server, NULL, NULL);
        set_nonblocking(fds[i]);
    }
    uint8_t *frame = calloc(1, len);
    size_t sends = 0, refused = 0, rounds = 0;
    double begin = now_s(CLOCK_MONOTONIC), cpu = cpu_s();
    while (now_s(CLOCK_MONOTONIC) - begin < seconds) {
        if (rate > 0) {
            pause_until(begin + (double)rounds++ / rate);
        }
        for (size_t i = 0; i < count; i++) {
            ssize_t n = send(fds[i], frame, len, MSG_NOSIGNAL | MSG_DONTWAIT);
            n == (ssize_t)len ? sends++ : refused++;
        }
    }
    printf("{\"sends\":%zu,\"refused\":%zu,\"seconds\":%.4f,\"cpu\":%.4f}\n", sends, refused,
           now_s(CLOCK_MONOTONIC) - begin, cpu_s() - cpu);
    for (size_t i = 0; i < count; i++) {
        close(fds[i]);
    }
    waitpid(child, NULL, 0);
    return 0;
}
