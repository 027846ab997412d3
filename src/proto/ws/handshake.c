/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/ws/ws.h"

#include "proto/ws/sha1.h"

/* RFC 6455, section 1.3: what the key is joined with. */
#define GUID "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

/* 20 bytes make 27 characters and one pad. */
static void base64_digest(const uint8_t digest[WS_SHA1_LEN], char out[WS_ACCEPT_LEN])
{
    static const char alphabet[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    uint8_t in[21] = {0};
    memcpy(in, digest, WS_SHA1_LEN);
    for (size_t i = 0; i < 7; i++) {
        uint32_t v = ((uint32_t)in[3 * i] << 16) | ((uint32_t)in[3 * i + 1] << 8) | in[3 * i + 2];
        out[4 * i] = alphabet[v >> 18];
        out[4 * i + 1] = alphabet[(v >> 12) & 63];
        out[4 * i + 2] = alphabet[(v >> 6) & 63];
        out[4 * i + 3] = alphabet[v & 63];
    }
    out[WS_ACCEPT_LEN - 1] = '=';
}

void ws_accept(struct bytes key, char out[WS_ACCEPT_LEN])
{
    uint8_t joined[WS_SHA1_MAX];
    const size_t guid = sizeof GUID - 1;
    ASSERT(key.len <= WS_SHA1_MAX - guid);
    if (key.len) {
        memcpy(joined, key.ptr, key.len);
    }
    memcpy(joined + key.len, GUID, guid);
    uint8_t digest[WS_SHA1_LEN];
    ws_sha1(bytes_of(joined, key.len + guid), digest);
    base64_digest(digest, out);
}
