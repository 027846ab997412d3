/* SPDX-License-Identifier: Apache-2.0 */
/* Places on the map that browsers draw: the Mercator square, cut into tiles. Pure arithmetic.
 *
 * x and y are fractions of the square's side in 2^32; x goes round the world, y from 85.05 degrees
 * north down to 85.05 south. A place's code interleaves the bits of both (y above x), so that the
 * places of one tile, of whatever size, are neighbours in the order of codes. */
#ifndef TELLTALE_LIVE_GEO_H
#define TELLTALE_LIVE_GEO_H

#include "base/base.h"
#include "base/err.h"

/* The finest level of tiles in use: 2^24 a side, some 2 m. */
#define GEO_LEVEL_MAX 24u
/* Zoom that a client may ask for; tiles there are 40 m wide and have 256 pixels. */
#define GEO_ZOOM_MAX 22u
/* Tiles a side of a box: a screen of any size, and a quarter more, has some dozens. */
#define GEO_BOX_TILES 64u

struct geo_place {
    uint32_t x, y;
};

/* lat and lng in degrees, finite; lng of any turn of the world, lat beyond the map's edge lies on
 * it. */
struct geo_place geo_place_of(double lat, double lng);
double geo_lat(double y); /* y and x as fractions of 1 */
double geo_lng(double x);

uint64_t geo_code(struct geo_place p);
struct geo_place geo_place_of_code(uint64_t code);

/* What a viewport covers, rounded out to tiles. */
struct geo_box {
    uint32_t level; /* 1 .. GEO_LEVEL_MAX */
    uint32_t x, y;  /* first tile; the box may go over the date line */
    uint32_t nx, ny;
};

struct geo_bounds {
    double south, west, north, east; /* degrees; east < west, or east beyond 180, goes over the
                                        date line, and a full turn is the whole world */
};

/* The box of tiles of `zoom`, or of larger ones where more than GEO_BOX_TILES a side would be
 * needed. Errors: ERR_INVALID for what is not finite, out of range, or upside down. */
MUST_CHECK enum err geo_box_of(const struct geo_bounds *b, uint32_t zoom, struct geo_box *box);
struct geo_bounds geo_box_bounds(const struct geo_box *box);

/* The same box, or one that covers it, of tiles of at most `level`. */
struct geo_box geo_box_coarser(const struct geo_box *box, uint32_t level);
bool geo_box_has(const struct geo_box *box, struct geo_place p);

/* Codes first .. last, both included. */
struct geo_range {
    uint64_t first, last;
};

#define GEO_RANGES_MAX 16u

/* Ranges that hold all codes of the box, and some beside it; rising, and apart from each other.
 * Returns how many. */
size_t geo_box_ranges(const struct geo_box *box, struct geo_range out[GEO_RANGES_MAX]);

#endif
