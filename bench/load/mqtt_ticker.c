/* SPDX-License-Identifier: Apache-2.0 */
/* Publishes at an even pace, each value the time of sending in ms with three decimals, so that
 * whoever receives it knows how long it took.
 *
 * --port P  --rate MSG/S  --seconds S  --devices D  --sensors N (of each device; default 1)
 * --burst B (so many messages leave together, in one send; default 1) */
#include "common.h"

/* A message: its topic and payload stay below 126 bytes. */
#define MESSAGE_MAX 160

static size_t put_message(char *out, size_t device, size_t sensor, double value)
{
    char payload[MESSAGE_MAX], topic[48];
    int topic_len = snprintf(topic, sizeof topic, "sensors/tick-%zu/s%zu", device, sensor);
    int payload_len = snprintf(payload, sizeof payload,
                               "{\"deviceId\":\"tick-%zu\",\"sensorType\":\"s%zu\",\"value\":%.3f}",
                               device, sensor, value);
    if (2 + topic_len + payload_len > 127) {
        die("a message above 127 bytes");
    }
    out[0] = 0x30;
    out[1] = (char)(2 + topic_len + payload_len);
    out[2] = 0;
    out[3] = (char)topic_len;
    memcpy(out + 4, topic, (size_t)topic_len);
    memcpy(out + 4 + topic_len, payload, (size_t)payload_len);
    return (size_t)(4 + topic_len + payload_len);
}

static void connect_mqtt(int fd)
{
    static const uint8_t connect[] = {0x10, 18,  0, 4, 'M', 'Q', 'T', 'T', 4,   2,
                                      0,    120, 0, 6, 't', 'i', 'c', 'k', 'e', 'r'};
    uint8_t answer[4];
    if (write(fd, connect, sizeof connect) < 0 || read(fd, answer, 4) != 4 || answer[3] != 0) {
        die("CONNECT");
    }
}

int main(int argc, char **argv)
{
    double rate = arg(argc, argv, "--rate", 100);
    double seconds = arg(argc, argv, "--seconds", 5);
    size_t devices = (size_t)arg(argc, argv, "--devices", 10);
    size_t sensors = (size_t)arg(argc, argv, "--sensors", 1);
    size_t burst = (size_t)arg(argc, argv, "--burst", 1);
    int fd = dial((int)arg(argc, argv, "--port", 1883));
    char *packets = malloc(burst * MESSAGE_MAX);
    connect_mqtt(fd);
    double begin = now_s(CLOCK_MONOTONIC);
    size_t total = (size_t)(rate * seconds), sent = 0;
    while (sent < total) {
        size_t len = 0;
        pause_until(begin + (double)sent / rate);
        double now_ms = now_s(CLOCK_REALTIME) * 1000;
        for (size_t i = 0; i < burst; i++, sent++) {
            size_t series = sent % (devices * sensors);
            len += put_message(packets + len, series % devices, series / devices, now_ms);
        }
        if (send(fd, packets, len, MSG_NOSIGNAL) < 0) {
            die("send");
        }
    }
    printf("{\"messages\":%zu,\"seconds\":%.4f,\"cpu\":%.4f}\n", total,
           now_s(CLOCK_MONOTONIC) - begin, cpu_s());
    close(fd);
    return 0;
}
