/* SPDX-License-Identifier: Apache-2.0 */
/* Engine.IO v4: one character of type, then data. Polling joins packets with a record separator. */
#include "proto/sio/sio.h"

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

enum err eio_packet_read(struct bytes text, struct eio_packet *p)
{
    if (text.len == 0 || text.ptr[0] < '0' || text.ptr[0] > '6') {
        return ERR_INVALID;
    }
    *p = (struct eio_packet){.type = (enum eio_type)(text.ptr[0] - '0'),
                             .data = bytes_skip(text, 1)};
    return OK;
}

enum err eio_payload_next(struct bytes *rest, struct eio_packet *p)
{
    size_t n = bytes_index(*rest, EIO_SEPARATOR);
    struct bytes part = bytes_of(rest->ptr, n);
    struct bytes after = n < rest->len ? bytes_skip(*rest, n + 1) : (struct bytes){0};
    if (n < rest->len && after.len == 0) {
        return ERR_INVALID;
    }
    if (part.len && part.ptr[0] == 'b') {
        *p = (struct eio_packet){EIO_MESSAGE, true, bytes_skip(part, 1)};
    } else {
        enum err e = eio_packet_read(part, p);
        if (e != OK) {
            return e;
        }
    }
    *rest = after;
    return OK;
}

static int base64_value(uint8_t c)
{
    if (c >= 'A' && c <= 'Z') {
        return c - 'A';
    }
    if (c >= 'a' && c <= 'z') {
        return c - 'a' + 26;
    }
    if (c >= '0' && c <= '9') {
        return c - '0' + 52;
    }
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* Decodes four characters of which the last `pads` are '='; returns false when they are not base64
 * or leave bits over. */
static bool decode_group(const uint8_t in[4], size_t pads, uint8_t out[3])
{
    uint32_t v = 0;
    for (size_t i = 0; i < 4; i++) {
        int digit = i < 4 - pads ? base64_value(in[i]) : 0;
        if (digit < 0) {
            return false;
        }
        v = v << 6 | (uint32_t)digit;
    }
    out[0] = (uint8_t)(v >> 16);
    out[1] = (uint8_t)(v >> 8);
    out[2] = (uint8_t)v;
    return pads == 0 || (pads == 1 ? out[2] == 0 : out[1] == 0 && out[2] == 0);
}

enum err eio_base64_decode(struct bytes text, struct buf *out)
{
    if (text.len % 4 != 0) {
        return ERR_INVALID;
    }
    size_t before = out->len;
    for (size_t i = 0; i < text.len; i += 4) {
        const uint8_t *group = text.ptr + i;
        size_t pads = 0;
        if (i + 4 == text.len && group[3] == '=') {
            pads = group[2] == '=' ? 2 : 1;
        }
        uint8_t bytes[3];
        if (!decode_group(group, pads, bytes)) {
            out->len = before;
            return ERR_INVALID;
        }
        buf_put(out, bytes, 3 - pads);
    }
    return OK;
}

void eio_put_binary(struct buf *out, struct bytes data)
{
    buf_put_byte(out, 'b');
    for (size_t i = 0; i < data.len; i += 3) {
        size_t n = size_min(3, data.len - i);
        uint8_t in[3] = {0};
        memcpy(in, data.ptr + i, n);
        uint32_t v = (uint32_t)in[0] << 16 | (uint32_t)in[1] << 8 | in[2];
        buf_put_byte(out, (uint8_t)alphabet[v >> 18]);
        buf_put_byte(out, (uint8_t)alphabet[(v >> 12) & 63]);
        buf_put_byte(out, n > 1 ? (uint8_t)alphabet[(v >> 6) & 63] : '=');
        buf_put_byte(out, n > 2 ? (uint8_t)alphabet[v & 63] : '=');
    }
}

void eio_put_open(struct buf *out, const struct eio_open *o)
{
    buf_put_text(out, "0{\"sid\":\"");
    buf_put_bytes(out, o->sid);
    buf_printf(out,
               "\",\"upgrades\":[%s],\"pingInterval\":%u,\"pingTimeout\":%u,\"maxPayload\":%u}",
               o->may_upgrade ? "\"websocket\"" : "", o->ping_interval_ms, o->ping_timeout_ms,
               o->max_payload);
}
