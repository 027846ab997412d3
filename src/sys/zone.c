/* SPDX-License-Identifier: Apache-2.0 */
/* The second, 64-bit part of the file alone:
 *
 *     "TZif" version(1) unused(15), then six counts of 4 bytes: isutcnt isstdcnt leapcnt timecnt
 *     typecnt charcnt; times (8 each), type of each time (1 each), types (offset 4, dst 1, name 1)
 * ... and after the data a line with the rule that goes on from the last time
 *
 * Debian's files list every change to 2037; of files that leave those to the rule in the last line,
 * that rule is read by the C library's own reader of TZ, which is not ours to call: the last listed
 * change holds there. */
#include "sys/zone.h"

#include "base/bytes.h"
#include "sys/folder.h"

#define FOLDER    "/usr/share/zoneinfo"
#define FILE_MAX  (128u << 10)
#define HEAD      44
#define TYPE_SIZE 6

static uint32_t be32(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

struct counts {
    size_t times, types;
    size_t bytes; /* of all data behind the head, with times of `width` bytes */
};

static bool read_head(struct bytes in, size_t width, struct counts *c)
{
    if (in.len < HEAD || memcmp(in.ptr, "TZif", 4) != 0) {
        return false;
    }
    size_t n[6];
    for (size_t i = 0; i < ARRAY_LEN(n); i++) {
        n[i] = be32(in.ptr + 20 + 4 * i);
        if (n[i] > FILE_MAX) {
            return false;
        }
    }
    c->times = n[3];
    c->types = n[4];
    c->bytes = n[3] * width + n[3] + n[4] * TYPE_SIZE + n[5] + n[2] * (width + 4) + n[1] + n[0];
    return in.len - HEAD >= c->bytes && c->types > 0;
}

/* The type that holds before the first change is the first one. */
static bool find_offset(struct bytes in, const struct counts *c, int64_t time_s, int32_t *offset_s)
{
    const uint8_t *times = in.ptr + HEAD, *kinds = times + c->times * 8;
    const uint8_t *types = kinds + c->times;
    size_t low = 0, high = c->times; /* changes at or before: below `low` */
    while (low < high) {
        size_t middle = (low + high) / 2;
        if ((int64_t)be64_load(times + 8 * middle) <= time_s) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    size_t kind = low ? kinds[low - 1] : 0;
    if (kind >= c->types) {
        return false;
    }
    *offset_s = (int32_t)be32(types + kind * TYPE_SIZE);
    return true;
}

static bool name_valid(const char *zone)
{
    return *zone && *zone != '/' && *zone != '.' && !strstr(zone, "..") && strlen(zone) <= 64;
}

enum err zone_offset(const char *zone, int64_t time_s, int32_t *offset_s)
{
    char path[128];
    uint8_t *memory = malloc(FILE_MAX);
    size_t got = 0;
    struct counts c;
    if (!memory || !name_valid(zone)) {
        free(memory);
        return ERR_NOT_FOUND;
    }
    (void)snprintf(path, sizeof path, FOLDER "/%s", zone);
    enum err e = file_head(path, memory, FILE_MAX, &got) == OK ? OK : ERR_NOT_FOUND;
    struct bytes in = bytes_of(memory, got);
    if (e == OK) {
        bool good = read_head(in, 4, &c) && in.ptr[4] >= '2';
        in = good ? bytes_skip(in, HEAD + c.bytes) : in;
        good = good && read_head(in, 8, &c) && find_offset(in, &c, time_s, offset_s);
        e = good ? OK : ERR_CORRUPT;
    }
    free(memory);
    return e;
}
