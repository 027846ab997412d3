/* SPDX-License-Identifier: Apache-2.0 */
#include "live/geo.h"

#include <math.h>

#define SIDE     4294967296.0
#define LAT_MAX  85.05112877980659
#define PI       3.14159265358979323846
#define LNG_MOST 36000.0 /* a hundred turns: a page that was dragged round and round */

/* ---- degrees and fractions ---- */

static uint32_t fixed(double fraction)
{
    double v = fraction * SIDE;
    return v <= 0 ? 0 : v >= SIDE - 1 ? UINT32_MAX : (uint32_t)v;
}

/* The fraction of a turn, 0 <= f < 1. */
static double turn_of(double lng)
{
    double f = (lng + 180) / 360;
    f -= floor(f);
    return f < 1 ? f : 0;
}

struct geo_place geo_place_of(double lat, double lng)
{
    double clamped = lat > LAT_MAX ? LAT_MAX : lat < -LAT_MAX ? -LAT_MAX : lat;
    double y = 0.5 - log(tan(PI / 4 + clamped * PI / 360)) / (2 * PI);
    return (struct geo_place){fixed(turn_of(lng)), fixed(y)};
}

double geo_lat(double y)
{
    return atan(sinh(PI * (1 - 2 * y))) * 180 / PI;
}

double geo_lng(double x)
{
    return x * 360 - 180;
}

/* ---- codes ---- */

static uint64_t spread(uint32_t v)
{
    uint64_t x = v;
    x = (x | x << 16) & 0x0000ffff0000ffffu;
    x = (x | x << 8) & 0x00ff00ff00ff00ffu;
    x = (x | x << 4) & 0x0f0f0f0f0f0f0f0fu;
    x = (x | x << 2) & 0x3333333333333333u;
    return (x | x << 1) & 0x5555555555555555u;
}

static uint32_t gather(uint64_t x)
{
    x &= 0x5555555555555555u;
    x = (x | x >> 1) & 0x3333333333333333u;
    x = (x | x >> 2) & 0x0f0f0f0f0f0f0f0fu;
    x = (x | x >> 4) & 0x00ff00ff00ff00ffu;
    x = (x | x >> 8) & 0x0000ffff0000ffffu;
    return (uint32_t)(x | x >> 16);
}

uint64_t geo_code(struct geo_place p)
{
    return spread(p.x) | spread(p.y) << 1;
}

struct geo_place geo_place_of_code(uint64_t code)
{
    return (struct geo_place){gather(code), gather(code >> 1)};
}

/* ---- boxes ---- */

static bool is_sound(const struct geo_bounds *b)
{
    return isfinite(b->south) && isfinite(b->west) && isfinite(b->north) && isfinite(b->east) &&
           b->south >= -90 && b->north <= 90 && b->south <= b->north && fabs(b->west) <= LNG_MOST &&
           fabs(b->east) <= LNG_MOST;
}

/* Degrees from west to east, at most a turn. */
static double width_of(const struct geo_bounds *b)
{
    double width = b->east - b->west;
    width = width < 0 ? width - 360 * floor(width / 360) : width;
    return width < 360 ? width : 360;
}

static void round_out(const struct geo_bounds *b, uint32_t level, struct geo_box *box)
{
    uint32_t shift = 32 - level, side = 1u << level;
    struct geo_place corner = geo_place_of(b->north, b->west);
    uint32_t bottom = geo_place_of(b->south, b->west).y >> shift;
    /* Rounded out by more than the arithmetic may be off. */
    uint64_t end = corner.x + (uint64_t)(width_of(b) / 360 * SIDE) + 2;
    *box = (struct geo_box){.level = level, .x = corner.x >> shift, .y = corner.y >> shift};
    uint64_t nx = (end >> shift) - box->x + 1;
    if (nx >= side) {
        box->x = 0;
        nx = side;
    }
    box->nx = (uint32_t)nx;
    box->ny = bottom - box->y + 1;
}

enum err geo_box_of(const struct geo_bounds *b, uint32_t zoom, struct geo_box *box)
{
    if (!is_sound(b)) {
        return ERR_INVALID;
    }
    uint32_t level = zoom < 1 ? 1 : zoom > GEO_ZOOM_MAX ? GEO_ZOOM_MAX : zoom;
    round_out(b, level, box);
    while (box->nx > GEO_BOX_TILES || box->ny > GEO_BOX_TILES) {
        round_out(b, --level, box);
    }
    return OK;
}

struct geo_bounds geo_box_bounds(const struct geo_box *box)
{
    double side = (double)(1u << box->level);
    return (struct geo_bounds){.south = geo_lat((box->y + box->ny) / side),
                               .west = geo_lng(box->x / side),
                               .north = geo_lat(box->y / side),
                               .east = geo_lng((box->x + box->nx) / side)};
}

struct geo_box geo_box_coarser(const struct geo_box *box, uint32_t level)
{
    if (level >= box->level) {
        return *box;
    }
    uint32_t shift = box->level - level, side = 1u << level;
    struct geo_box out = {.level = level, .x = box->x >> shift, .y = box->y >> shift};
    out.nx = ((box->x + box->nx - 1) >> shift) - out.x + 1;
    out.ny = ((box->y + box->ny - 1) >> shift) - out.y + 1;
    if (out.nx >= side) {
        out.x = 0;
        out.nx = side;
    }
    return out;
}

bool geo_box_has(const struct geo_box *box, struct geo_place p)
{
    uint32_t shift = 32 - box->level, mask = (1u << box->level) - 1;
    return (((p.x >> shift) - box->x) & mask) < box->nx && (p.y >> shift) - box->y < box->ny;
}

/* ---- ranges ---- */

static int by_first(const void *a, const void *b)
{
    const struct geo_range *x = a;
    const struct geo_range *y = b;
    return (x->first > y->first) - (x->first < y->first);
}

static size_t join_neighbours(struct geo_range *r, size_t count)
{
    size_t kept = 0;
    qsort(r, count, sizeof *r, by_first);
    for (size_t i = 0; i < count; i++) {
        if (kept > 0 && r[kept - 1].last + 1 == r[i].first) {
            r[kept - 1].last = r[i].last;
        } else {
            r[kept++] = r[i];
        }
    }
    return kept;
}

size_t geo_box_ranges(const struct geo_box *box, struct geo_range out[GEO_RANGES_MAX])
{
    uint32_t level = box->level;
    struct geo_box b = *box;
    while (b.nx * b.ny > GEO_RANGES_MAX) {
        b = geo_box_coarser(box, --level);
    }
    uint32_t shift = 32 - b.level, mask = (1u << b.level) - 1;
    uint64_t span = ((uint64_t)1 << (2 * shift)) - 1;
    size_t count = 0;
    for (uint32_t i = 0; i < b.nx * b.ny; i++) {
        struct geo_place p = {((b.x + i % b.nx) & mask) << shift, (b.y + i / b.nx) << shift};
        uint64_t first = geo_code(p);
        out[count++] = (struct geo_range){first, first + span};
    }
    return join_neighbours(out, count);
}
