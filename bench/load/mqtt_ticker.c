/* SPDX-License-Identifier: Apache-2.0 */
/* Publishes at an even pace, each value the time of sending in ms with three decimals, so that
 * whoever receives it knows how long it took.
 *
 * --port P  --rate MSG/S  --seconds S  --devices D */
#include "common.h"

static void pause_until(double when)
{
    struct timespec t = {(time_t)when, (long)((when - (double)(time_t)when) * 1e9)};
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL) == EINTR) {
    }
}

int main(int argc, char **argv)
{
    static const uint8_t connect[] = {0x10, 18,  0, 4, 'M', 'Q', 'T', 'T', 4,   2,
                                      0,    120, 0, 6, 't', 'i', 'c', 'k', 'e', 'r'};
    double rate = arg(argc, argv, "--rate", 100);
    double seconds = arg(argc, argv, "--seconds", 5);
    size_t devices = (size_t)arg(argc, argv, "--devices", 10);
    uint8_t answer[4];
    int fd = dial((int)arg(argc, argv, "--port", 1883));
    if (write(fd, connect, sizeof connect) < 0 || read(fd, answer, 4) != 4 || answer[3] != 0) {
        die("CONNECT");
    }
    double begin = now_s(CLOCK_MONOTONIC);
    size_t total = (size_t)(rate * seconds);
    for (size_t i = 0; i < total; i++) {
        char packet[256], payload[160], topic[48];
        pause_until(begin + (double)i / rate);
        int topic_len = snprintf(topic, sizeof topic, "sensors/tick-%zu/sent", i % devices);
        int payload_len =
            snprintf(payload, sizeof payload,
                     "{\"deviceId\":\"tick-%zu\",\"sensorType\":\"sent\",\"value\":%.3f}",
                     i % devices, now_s(CLOCK_REALTIME) * 1000);
        packet[0] = 0x30;
        packet[1] = (char)(2 + topic_len + payload_len); /* below 128 */
        packet[2] = 0;
        packet[3] = (char)topic_len;
        memcpy(packet + 4, topic, (size_t)topic_len);
        memcpy(packet + 4 + topic_len, payload, (size_t)payload_len);
        if (send(fd, packet, (size_t)(4 + topic_len + payload_len), MSG_NOSIGNAL) < 0) {
            die("send");
        }
    }
    printf("{\"messages\":%zu,\"seconds\":%.4f}\n", total, now_s(CLOCK_MONOTONIC) - begin);
    close(fd);
    return 0;
}
