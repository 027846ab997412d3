/* SPDX-License-Identifier: Apache-2.0 */
#include "app/plans.h"

#include "base/base64.h"
#include "model/limits.h"
#include "model/picture.h"
#include "proto/json/json.h"

#include <math.h>

static bool wrong(struct document_fault *why, const char *field, const char *message)
{
    (void)snprintf(why->field, sizeof why->field, "%s", field);
    (void)snprintf(why->message, sizeof why->message, "%s", message);
    return false;
}

/* ---- the picture ---- */

/* The usual alphabet of Base64 in place of that of URLs. */
static bool decode(struct bytes text, struct buf *out)
{
    struct buf url = {0};
    bool ok = true;
    for (size_t i = 0; i < text.len && ok; i++) {
        uint8_t c = text.ptr[i];
        ok = c != '-' && c != '_';
        buf_put_byte(&url, c == '+' ? '-' : c == '/' ? '_' : c);
    }
    ok = ok && base64url_decode(buf_bytes(&url), out) == OK;
    buf_fini(&url);
    return ok;
}

/* Cuts "data:TYPE;base64," off. */
static bool split_url(struct bytes url, struct bytes *type, struct bytes *data)
{
    static const char begin[] = "data:", middle[] = ";base64,";
    if (url.len < sizeof begin - 1 || memcmp(url.ptr, begin, sizeof begin - 1) != 0) {
        return false;
    }
    url = bytes_skip(url, sizeof begin - 1);
    size_t n = bytes_index(url, ';');
    struct bytes rest = bytes_skip(url, n);
    if (rest.len < sizeof middle - 1 || memcmp(rest.ptr, middle, sizeof middle - 1) != 0) {
        return false;
    }
    *type = bytes_of(url.ptr, n);
    *data = bytes_skip(rest, sizeof middle - 1);
    return true;
}

static bool check_bytes(struct bytes type, struct bytes picture, struct document_fault *why)
{
    struct picture p;
    enum err e = picture_read(picture, &p);
    if (e == ERR_TOO_LARGE) {
        return wrong(why, "image", "more than 8,192 pixels a side");
    }
    if (e != OK) {
        return wrong(why, "image", "a PNG, JPEG or WebP is expected");
    }
    return bytes_equal(type, bytes_of_text(picture_type_text(p.type))) ||
           wrong(why, "image", "its bytes are of another kind than its type says");
}

static bool check_url(struct bytes url, struct document_fault *why)
{
    struct bytes type, data;
    struct buf picture = {0};
    if (!split_url(url, &type, &data)) {
        return wrong(why, "image", "data:image/png;base64,... is expected, or jpeg, or webp");
    }
    bool ok = decode(data, &picture) || wrong(why, "image", "it is not Base64");
    ok = ok && check_bytes(type, buf_bytes(&picture), why);
    buf_fini(&picture);
    return ok;
}

static bool check_image(struct json_reader *r, struct document_fault *why)
{
    struct json_text text;
    struct buf url = {0};
    if (json_peek(r) != JSON_STRING || !json_read_text(r, &text)) {
        return wrong(why, "image", "data:image/png;base64,... is expected, or jpeg, or webp");
    }
    json_text_append(text, &url);
    bool ok = check_url(buf_bytes(&url), why);
    buf_fini(&url);
    return ok;
}

/* ---- its place ---- */

/* [lat, lng] */
static bool read_corner(struct json_reader *r, double corner[2])
{
    size_t n = 0;
    if (json_peek(r) != JSON_ARRAY || !json_read_array(r)) {
        return false;
    }
    while (json_read_item(r)) {
        if (n == 2 || json_peek(r) != JSON_NUMBER || !json_read_number(r, &corner[n])) {
            return false;
        }
        n++;
    }
    return n == 2 && fabs(corner[0]) <= 85 && fabs(corner[1]) <= 180;
}

static bool check_corners(struct json_reader *r, struct document_fault *why)
{
    double corners[2][2] = {{0}};
    size_t n = 0;
    bool ok = json_peek(r) == JSON_ARRAY && json_read_array(r);
    while (ok && json_read_item(r)) {
        ok = n < 2 && read_corner(r, corners[n]);
        n++;
    }
    if (!ok || n != 2) {
        return wrong(why, "corners", "[[lat, lng], [lat, lng]] is expected, upper left first");
    }
    bool apart = fabs(corners[0][0] - corners[1][0]) + fabs(corners[0][1] - corners[1][1]) > 1e-7;
    return apart || wrong(why, "corners", "both are the same point");
}

enum err plan_check(struct bytes body, struct document_fault *why)
{
    struct json_reader r;
    struct json_text key;
    bool ok = true, image = false;
    json_reader_init(&r, body);
    (void)json_read_object(&r);
    while (ok && json_read_key(&r, &key)) {
        if (json_text_is(key, "image")) {
            image = true;
            ok = check_image(&r, why);
        } else if (json_text_is(key, "corners") && json_peek(&r) != JSON_NULL) {
            ok = check_corners(&r, why);
        } else {
            ok = json_skip(&r);
        }
    }
    if (ok && !image) {
        ok = wrong(why, "image", "is missing");
    }
    return ok ? OK : ERR_INVALID;
}
