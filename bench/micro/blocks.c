/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes and speed of device blocks, without the database around them: typical sensors, each alone,
 * a column of a recording, noise. Prints a line a data set:
 *
 *     name  bytes a reading, of which times, encoded M readings/s, decoded M readings/s */
#include "store/block.h"

#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define T0 INT64_C(1763953200000)

/* Of this thread: other programs on the machine don't count. */
static uint64_t cpu_ns(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static uint64_t seed = 88172645463325252u;

static uint64_t below(uint64_t n)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return seed % n;
}

/* Sensors that wander by up to `reach` of their last digit, a row every ten seconds +- 13 ms. */
static void fill_typical(struct columns *c, size_t rows, uint32_t sensors, int64_t reach)
{
    static const double powers[] = {1, 10, 100, 1000, 10};
    int64_t now[64] = {0};
    for (size_t row = 0; row < rows; row++) {
        wall_ms t = T0 + (wall_ms)row * 10000 + (wall_ms)below(27) - 13;
        (void)columns_add_row(c, t);
        for (uint32_t i = 0; i < sensors; i++) {
            now[i] += (int64_t)below((uint64_t)(2 * reach + 1)) - reach;
            column_set(columns_find_or_add(c, i), row, (double)(2000 + now[i]) / powers[i % 5]);
        }
    }
}

static void fill_noise(struct columns *c, size_t rows, uint32_t sensors)
{
    wall_ms t = T0;
    for (size_t row = 0; row < rows; row++) {
        t += 1 + (wall_ms)below(20000);
        (void)columns_add_row(c, t);
        for (uint32_t i = 0; i < sensors; i++) {
            uint64_t bits = (below(UINT64_MAX) & 0xfffffffffffffu) | 0x4030000000000000u;
            column_set(columns_find_or_add(c, i), row, from_bits(bits));
        }
    }
}

/* Values of a semicolon-separated recording with a value a second; NULL file: nothing. */
static void fill_recording(struct columns *c, size_t rows, const char *path)
{
    FILE *f = fopen(path, "r");
    char line[512];
    size_t row = 0;
    bool head = true;
    while (f && row < rows && fgets(line, sizeof line, f)) {
        if (head) {
            head = false;
            continue;
        }
        (void)columns_add_row(c, T0 + (wall_ms)row * 1000);
        char *p = strchr(line, ';');
        for (uint32_t i = 0; p && i < 8; i++) {
            column_set(columns_find_or_add(c, i), row, strtod(p + 1, NULL));
            p = strchr(p + 1, ';');
        }
        row++;
    }
    if (f) {
        (void)fclose(f);
    }
}

static void measure(const char *name, const struct columns *c, size_t block_rows)
{
    struct block_scratch scratch = {0};
    struct buf out = {0};
    struct columns back = {0};
    size_t cells = 0, bytes = 0, time_bytes = 0;
    uint64_t encode_ns = 0, decode_ns = 0;
    for (int round = 0; round < 20; round++) {
        cells = bytes = time_bytes = 0;
        for (size_t from = 0; from < c->rows; from += block_rows) {
            size_t to = size_min(from + block_rows, c->rows);
            buf_clear(&out);
            uint64_t begin = cpu_ns();
            block_encode(c, from, to, &scratch, &out);
            encode_ns += cpu_ns() - begin;
            columns_clear(&back);
            columns_reserve(&back, to - from);
            struct block_view view;
            begin = cpu_ns();
            enum err e = block_open(buf_bytes(&out), &view);
            e = e == OK ? block_decode(&view, &back) : e;
            decode_ns += cpu_ns() - begin;
            if (e != OK || columns_cells(&back) != columns_cells_of(c, from, to)) {
                (void)fprintf(stderr, "%s: does not come back\n", name);
                exit(1);
            }
            cells += columns_cells(&back);
            bytes += out.len;
            time_bytes += view.times.len;
        }
    }
    double all = 20.0 * (double)cells * 1000;
    printf("%-28s %6.3f bytes a reading, times %.3f; encoded %6.1f M/s, decoded %6.1f M/s\n", name,
           (double)bytes / (double)cells, (double)time_bytes / (double)cells,
           all / (double)encode_ns, all / (double)decode_ns);
    columns_fini(&back);
    block_scratch_fini(&scratch);
    buf_fini(&out);
}

int main(int argc, char **argv)
{
    const char *recording = argc > 1 ? argv[1] : "../shared/data/water-loop.csv";
    struct columns c = {0};
    columns_reserve(&c, 1 << 17);
    fill_typical(&c, 100000, 5, 4);
    measure("five sensors, +-4 digits", &c, 1024);
    columns_clear(&c);
    fill_typical(&c, 100000, 5, 2);
    measure("five sensors, +-2 digits", &c, 1024);
    columns_clear(&c);
    fill_typical(&c, 100000, 1, 4);
    measure("one sensor, +-4 digits", &c, 2048);
    columns_clear(&c);
    fill_recording(&c, 9000, recording);
    if (c.rows > 0) {
        measure("a recording of a pump", &c, 1024);
    }
    columns_clear(&c);
    fill_noise(&c, 20000, 5);
    measure("noise", &c, 1024);
    columns_fini(&c);
    return 0;
}
