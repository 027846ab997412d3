/* SPDX-License-Identifier: Apache-2.0 */
#include "decode/lorawan.h"

#include <math.h>

#define NOT_TOLD ((double)NAN)

/* How one gateway heard an uplink. */
struct heard {
    double rssi, snr;
};

static struct heard read_gateway(struct bytes json, const char *const *snr_keys, size_t snr_count)
{
    struct heard h = {NOT_TOLD, NOT_TOLD};
    (void)decode_find_number(json, "rssi", &h.rssi);
    for (size_t i = 0; i < snr_count && isnan(h.snr); i++) {
        (void)decode_find_number(json, snr_keys[i], &h.snr);
    }
    return h;
}

static bool is_stronger(struct heard a, struct heard b)
{
    return !isnan(a.rssi) && (isnan(b.rssi) || a.rssi > b.rssi);
}

void lorawan_add_radio(struct decoder *d, const struct lorawan_device *of, struct bytes gateways,
                       const char *const *snr_keys, size_t snr_count)
{
    struct json_reader r;
    struct heard best = {NOT_TOLD, NOT_TOLD};
    json_reader_init(&r, gateways);
    if (!json_read_array(&r)) {
        return;
    }
    for (bool first = true; json_read_item(&r); first = false) {
        struct bytes raw;
        if (json_peek(&r) != JSON_OBJECT || !json_read_raw(&r, &raw)) {
            continue;
        }
        struct heard h = read_gateway(raw, snr_keys, snr_count);
        if (first || is_stronger(h, best)) {
            best = h;
        }
    }
    if (!isnan(best.rssi)) {
        decode_add_number(d, of->id, BYTES("lorawan.rssi"), best.rssi, "dBm", of->time);
    }
    if (!isnan(best.snr)) {
        decode_add_number(d, of->id, BYTES("lorawan.snr"), best.snr, "dB", of->time);
    }
}

void lorawan_add_position(struct decoder *d, const struct lorawan_device *of, struct bytes json)
{
    static const struct {
        const char *key, *sensor, *unit;
    } members[] = {
        {"latitude", "location.latitude", "\xc2\xb0"},
        {"longitude", "location.longitude", "\xc2\xb0"},
        {"altitude", "location.altitude", "m"},
        {"accuracy", "location.accuracy", "m"},
    };
    for (size_t i = 0; i < ARRAY_LEN(members); i++) {
        double v;
        if (decode_find_number(json, members[i].key, &v)) {
            decode_add_number(d, of->id, bytes_of_text(members[i].sensor), v, members[i].unit,
                              of->time);
        }
    }
}

void lorawan_locate(struct decode_meta *m, struct bytes json)
{
    double lat = 0;
    double lng = 0;
    bool has_lat = decode_find_number(json, "latitude", &lat);
    bool has_lng = decode_find_number(json, "longitude", &lng);
    if ((has_lat || has_lng) && fabs(lat) <= 90 && fabs(lng) <= 180) {
        m->located = true;
        m->lat = lat;
        m->lng = lng;
    }
}

void lorawan_describe(struct decoder *d, struct bytes *member, struct bytes json, const char *path)
{
    struct bytes text;
    if (decode_find_text(d, json, path, LIMIT_NAME_BYTES, &text)) {
        decode_describe(d, member, text);
    }
}
