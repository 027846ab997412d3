/* SPDX-License-Identifier: Apache-2.0 */
/* Formats 3, 5, C5, 6 and E1 of Ruuvi's advertisements, big-endian, found in the manufacturer's
 * data of company 0x0499 (Ruuvi documentation: Bluetooth advertisements). Names, units and the
 * choice of g, V and Pa are those of the gateway's own decoding. */
#include "decode/ruuvi.h"

#include <math.h>

/* ---- units ---- */

static const struct {
    const char *sensor, *unit;
} units[] = {
    {"temperature", "\xc2\xb0"
                    "C"},
    {"humidity", "%"},
    {"pressure", "Pa"},
    {"accelX", "g"},
    {"accelY", "g"},
    {"accelZ", "g"},
    {"voltage", "V"},
    {"txPower", "dBm"},
    {"rssi", "dBm"},
    {"PM1.0", "\xc2\xb5g/m\xc2\xb3"},
    {"PM2.5", "\xc2\xb5g/m\xc2\xb3"},
    {"PM4.0", "\xc2\xb5g/m\xc2\xb3"},
    {"PM10.0", "\xc2\xb5g/m\xc2\xb3"},
    {"CO2", "ppm"},
    {"luminosity", "lx"},
};

const char *ruuvi_unit(struct bytes sensor)
{
    for (size_t i = 0; i < ARRAY_LEN(units); i++) {
        if (bytes_equal(sensor, bytes_of_text(units[i].sensor))) {
            return units[i].unit;
        }
    }
    return NULL;
}

/* ---- fields ---- */

enum encoding {
    SIGNED_16,  /* 0x8000: not available */
    UNSIGNED_8, /* all ones: not available, here and below */
    UNSIGNED_16,
    UNSIGNED_24,
    UPPER_11, /* of 16 bits */
    LOWER_5,  /* of 16 bits */
    PLAIN_8,  /* every value counts, here and below */
    PLAIN_16,
    PLAIN_SIGNED_16,
    SIGN_AND_HUNDREDTHS, /* a sign and 7 bits, then hundredths */
    INDEX_VOC,           /* 9 bits, the lowest of which is bit 6 of the flags */
    INDEX_NOX,           /* the same with bit 7 */
    LOGARITHMIC_8,       /* in hundredths, which is as precise as it is */
};

struct field {
    const char *sensor;
    uint8_t offset;
    uint8_t flags; /* where the flags are, for an index */
    enum encoding encoding;
    double divisor;
    double plus; /* before the division */
};

static const struct field format_3[] = {
    {"temperature", 2, 0, SIGN_AND_HUNDREDTHS, 1, 0},
    {"humidity", 1, 0, PLAIN_8, 2, 0},
    {"pressure", 4, 0, PLAIN_16, 1, 50000},
    {"accelX", 6, 0, PLAIN_SIGNED_16, 1000, 0},
    {"accelY", 8, 0, PLAIN_SIGNED_16, 1000, 0},
    {"accelZ", 10, 0, PLAIN_SIGNED_16, 1000, 0},
    {"voltage", 12, 0, PLAIN_16, 1000, 0},
};

static const struct field format_5[] = {
    {"temperature", 1, 0, SIGNED_16, 200, 0},
    {"humidity", 3, 0, UNSIGNED_16, 400, 0},
    {"pressure", 5, 0, UNSIGNED_16, 1, 50000},
    {"accelX", 7, 0, SIGNED_16, 1000, 0},
    {"accelY", 9, 0, SIGNED_16, 1000, 0},
    {"accelZ", 11, 0, SIGNED_16, 1000, 0},
    {"voltage", 13, 0, UPPER_11, 1000, 1600},
    {"txPower", 13, 0, LOWER_5, 0.5, -20},
    {"movementCounter", 15, 0, UNSIGNED_8, 1, 0},
    {"measurementSequenceNumber", 16, 0, UNSIGNED_16, 1, 0},
};

static const struct field format_c5[] = {
    {"temperature", 1, 0, SIGNED_16, 200, 0},
    {"humidity", 3, 0, UNSIGNED_16, 400, 0},
    {"pressure", 5, 0, UNSIGNED_16, 1, 50000},
    {"voltage", 7, 0, UPPER_11, 1000, 1600},
    {"txPower", 7, 0, LOWER_5, 0.5, -20},
    {"movementCounter", 9, 0, UNSIGNED_8, 1, 0},
    {"measurementSequenceNumber", 10, 0, UNSIGNED_16, 1, 0},
};

static const struct field format_6[] = {
    {"temperature", 1, 0, SIGNED_16, 200, 0},
    {"humidity", 3, 0, UNSIGNED_16, 400, 0},
    {"pressure", 5, 0, UNSIGNED_16, 1, 50000},
    {"PM2.5", 7, 0, UNSIGNED_16, 10, 0},
    {"CO2", 9, 0, UNSIGNED_16, 1, 0},
    {"VOC", 11, 16, INDEX_VOC, 1, 0},
    {"NOx", 12, 16, INDEX_NOX, 1, 0},
    {"luminosity", 13, 0, LOGARITHMIC_8, 100, 0},
    {"measurementSequenceNumber", 15, 0, PLAIN_8, 1, 0},
};

static const struct field format_e1[] = {
    {"temperature", 1, 0, SIGNED_16, 200, 0},
    {"humidity", 3, 0, UNSIGNED_16, 400, 0},
    {"pressure", 5, 0, UNSIGNED_16, 1, 50000},
    {"PM1.0", 7, 0, UNSIGNED_16, 10, 0},
    {"PM2.5", 9, 0, UNSIGNED_16, 10, 0},
    {"PM4.0", 11, 0, UNSIGNED_16, 10, 0},
    {"PM10.0", 13, 0, UNSIGNED_16, 10, 0},
    {"CO2", 15, 0, UNSIGNED_16, 1, 0},
    {"VOC", 17, 28, INDEX_VOC, 1, 0},
    {"NOx", 18, 28, INDEX_NOX, 1, 0},
    {"luminosity", 19, 0, UNSIGNED_24, 100, 0},
    {"measurementSequenceNumber", 25, 0, UNSIGNED_24, 1, 0},
};

static const struct format {
    uint8_t id;
    uint8_t bytes; /* with the id */
    const struct field *fields;
    size_t count;
} formats[] = {
    {3, 14, format_3, ARRAY_LEN(format_3)},      {5, 24, format_5, ARRAY_LEN(format_5)},
    {6, 20, format_6, ARRAY_LEN(format_6)},      {0xc5, 18, format_c5, ARRAY_LEN(format_c5)},
    {0xe1, 40, format_e1, ARRAY_LEN(format_e1)},
};

static double unless(unsigned raw, unsigned not_available)
{
    return raw == not_available ? (double)NAN : (double)raw;
}

static double index_of(const uint8_t *data, const struct field *f, unsigned bit)
{
    unsigned raw = (unsigned)data[f->offset] << 1 | ((data[f->flags] >> bit) & 1u);
    return unless(raw, 0x1ff);
}

/* A field before its divisor; NAN: not available. */
static double raw_of(const uint8_t *data, const struct field *f)
{
    const uint8_t *at = data + f->offset;
    unsigned wide = f->encoding == UNSIGNED_24 ? (unsigned)at[0] << 16 | be16_load(at + 1) : 0;
    switch (f->encoding) {
    case SIGNED_16:
        return be16_load(at) == 0x8000 ? (double)NAN : (int16_t)be16_load(at);
    case UNSIGNED_8:
        return unless(at[0], 0xff);
    case UNSIGNED_16:
        return unless(be16_load(at), 0xffff);
    case UNSIGNED_24:
        return unless(wide, 0xffffff);
    case UPPER_11:
        return unless(be16_load(at) >> 5, 0x7ff);
    case LOWER_5:
        return unless(be16_load(at) & 0x1f, 0x1f);
    case PLAIN_8:
        return at[0];
    case PLAIN_16:
        return be16_load(at);
    case PLAIN_SIGNED_16:
        return (int16_t)be16_load(at);
    case SIGN_AND_HUNDREDTHS:
        return (at[0] & 0x80 ? -1.0 : 1.0) * ((at[0] & 0x7f) + at[1] / 100.0);
    case INDEX_VOC:
        return index_of(data, f, 6);
    case INDEX_NOX:
        return index_of(data, f, 7);
    case LOGARITHMIC_8:
        return at[0] == 0xff ? (double)NAN : round((exp(at[0] * log(65536) / 254) - 1) * 100);
    }
    return (double)NAN;
}

static bool add_fields(struct decoder *d, struct bytes data)
{
    for (size_t i = 0; i < ARRAY_LEN(formats); i++) {
        const struct format *f = &formats[i];
        if (data.len < f->bytes || data.ptr[0] != f->id) {
            continue;
        }
        for (size_t k = 0; k < f->count; k++) {
            double v = (raw_of(data.ptr, &f->fields[k]) + f->fields[k].plus) / f->fields[k].divisor;
            struct bytes sensor = bytes_of_text(f->fields[k].sensor);
            if (!isnan(v)) {
                decode_add_number(d, (struct bytes){NULL, 0}, sensor, v, ruuvi_unit(sensor),
                                  WALL_NONE);
            }
        }
        return true;
    }
    return false;
}

/* ---- advertisements ---- */

static int digit(uint8_t c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

size_t ruuvi_read_hex(struct bytes hex, uint8_t *out, size_t cap)
{
    size_t len = hex.len / 2;
    if (hex.len % 2 != 0 || len > cap) {
        return 0;
    }
    for (size_t i = 0; i < len; i++) {
        int high = digit(hex.ptr[2 * i]);
        int low = digit(hex.ptr[2 * i + 1]);
        if (high < 0 || low < 0) {
            return 0;
        }
        out[i] = (uint8_t)(high << 4 | low);
    }
    return len;
}

bool ruuvi_add_advert(struct decoder *d, struct bytes advert)
{
    while (advert.len >= 2) {
        size_t len = advert.ptr[0]; /* of type and data */
        if (len == 0 || len + 1 > advert.len) {
            return false;
        }
        if (len >= 4 && advert.ptr[1] == 0xff && advert.ptr[2] == 0x99 && advert.ptr[3] == 0x04) {
            return add_fields(d, bytes_of(advert.ptr + 4, len - 3));
        }
        advert = bytes_skip(advert, len + 1);
    }
    return false;
}
