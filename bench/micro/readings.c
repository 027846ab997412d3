/* SPDX-License-Identifier: Apache-2.0 */
/* Readings in line protocol, times in ms, to standard output. usage: readings KIND ROWS
 *
 *     message  100 devices with 5 sensors of 0 to 3 decimals, every 10 s +- 13 ms, a line a device
 *     lines    the same, a line a sensor, of one time
 *     alone    the same, each sensor at a time of its own
 *     noise    the same devices and times, values of 52 random bits
 *     second   one sensor of one device, every second
 *
 * ROWS is the number of times a device. The same numbers every time. */
#include "base/number.h"

#define END_MS INT64_C(1763953200000)

static uint64_t seed = 88172645463325252u;
static char out[1 << 20];
static size_t used;

static uint64_t below(uint64_t n)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return seed % n;
}

static void put(const char *text, size_t len)
{
    memcpy(out + used, text, len);
    used += len;
}

static void put_text(const char *text)
{
    put(text, strlen(text));
}

static void put_integer(int64_t v)
{
    used += number_print_i64(v, out + used);
}

static void put_device(unsigned device)
{
    char text[24];
    int n = snprintf(text, sizeof text, ",device=d%03u ", device);
    put(text, (size_t)n);
}

static void put_end(int64_t time)
{
    put_text(" ");
    put_integer(time);
    put_text("\n");
    if (used > sizeof out - 4096) {
        if (fwrite(out, 1, used, stdout) != used) {
            exit(1);
        }
        used = 0;
    }
}

static void put_value(int noise, unsigned sensor, int64_t *now)
{
    static const double powers[] = {10, 1, 100, 1, 1000};
    if (noise) {
        uint64_t bits = (below(UINT64_MAX) & 0xfffffffffffffu) | 0x4030000000000000u;
        double v;
        memcpy(&v, &bits, sizeof v);
        used += number_print(v, out + used);
        return;
    }
    *now += (int64_t)below(5) - 2;
    used += number_print((double)(2000 + *now) / powers[sensor], out + used);
}

static int64_t jittered(int64_t row, int64_t rows)
{
    return END_MS - (rows - row) * 10000 + (int64_t)below(27) - 13;
}

int main(int argc, char **argv)
{
    static const char *const names[] = {"temperature", "humidity", "pressure", "co2", "battery"};
    static int64_t now[100][5];
    const char *kind = argc > 2 ? argv[1] : "";
    int64_t rows = argc > 2 ? strtoll(argv[2], NULL, 10) : 0;
    int one = strcmp(kind, "message") == 0 || strcmp(kind, "noise") == 0;
    int alone = strcmp(kind, "alone") == 0;
    int noise = strcmp(kind, "noise") == 0;
    if (strcmp(kind, "second") == 0) {
        for (int64_t row = 0; row < rows; row++) {
            put_text("temperature,device=d value=");
            put_value(0, 0, &now[0][0]);
            put_end(END_MS - (rows - row) * 1000);
        }
        rows = 0;
    }
    for (int64_t row = 0; row < rows; row++) {
        for (unsigned device = 0; device < 100; device++) {
            int64_t time = jittered(row, rows);
            for (unsigned sensor = 0; sensor < 5; sensor++) {
                if (sensor == 0 || !one) {
                    put_text("m");
                    put_device(device);
                } else {
                    put_text(",");
                }
                put_text(names[sensor]);
                put_text("=");
                put_value(noise, sensor, &now[device][sensor]);
                if (!one || sensor == 4) {
                    put_end(alone ? jittered(row, rows) : time);
                }
            }
        }
    }
    return fwrite(out, 1, used, stdout) == used && fflush(stdout) == 0 ? 0 : 1;
}
