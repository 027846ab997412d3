/* SPDX-License-Identifier: Apache-2.0 */
/* A subscriber to everything that only counts: the receiving end of a broker that is measured.
 *
 * --port P  --messages N  Ends after N messages, or when none came for two seconds. */
#include "common.h"

#include <poll.h>

int main(int argc, char **argv)
{
    static const uint8_t connect[] = {0x10, 17,  0, 4, 'M', 'Q', 'T', 'T', 4,  2,
                                      0,    120, 0, 5, 'c', 'o', 'u', 'n', 't'};
    static const uint8_t subscribe[] = {0x82, 6, 0, 1, 0, 1, '#', 0};
    size_t wanted = (size_t)arg(argc, argv, "--messages", 1e6), messages = 0, len = 0;
    size_t cap = 1u << 20;
    uint8_t *in = malloc(cap);
    double begin = 0, last = 0;
    int fd = dial((int)arg(argc, argv, "--port", 1883));
    if (write(fd, connect, sizeof connect) < 0 || read(fd, in, 4) != 4 ||
        write(fd, subscribe, sizeof subscribe) < 0 || read(fd, in, 5) != 5) {
        die("SUBSCRIBE");
    }
    printf("{\"ready\":true}\n");
    fflush(stdout);
    while (messages < wanted) {
        struct pollfd p = {fd, POLLIN, 0};
        if (poll(&p, 1, messages ? 2000 : 20000) <= 0) {
            break;
        }
        ssize_t n = read(fd, in + len, cap - len);
        if (n <= 0) {
            break;
        }
        last = now_s(CLOCK_MONOTONIC);
        begin = begin == 0 ? last : begin;
        len += (size_t)n;
        size_t at = 0;
        for (;;) {
            size_t remaining = 0, i = 1;
            while (at + i < len && i < 5) {
                remaining |= (size_t)(in[at + i] & 127) << (7 * (i - 1));
                if (!(in[at + i++] & 128)) {
                    break;
                }
            }
            if (at + i >= len || len - at - i < remaining) {
                break;
            }
            messages += (in[at] >> 4) == 3;
            at += i + remaining;
        }
        memmove(in, in + at, len - at);
        len -= at;
    }
    printf("{\"messages\":%zu,\"seconds\":%.4f}\n", messages, last - begin);
    return 0;
}
