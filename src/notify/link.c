/* SPDX-License-Identifier: Apache-2.0 */
/* Signed links. A token is base64url of
 *
 *     version(1) = 1, action(1), expires in s(8, big endian), length of the alert's id(1), id,
 *     person (the rest), then the first 16 bytes of HMAC-SHA-256 over all before
 *
 * Whoever has it may do this one thing to this one alert until it ends, and nothing else. */
#include "notify/parts.h"

#include "base/base64.h"

#include <openssl/crypto.h>
#include <openssl/hmac.h>

#define VERSION      1
#define HEAD         11
#define TAG_BYTES    16
#define EXPIRY_MAX_S 1000000000000u

static void tag_of(const uint8_t *key, struct bytes text, uint8_t tag[32])
{
    unsigned len = 32;
    const uint8_t *made =
        HMAC(EVP_sha256(), key, NOTIFY_LINK_KEY_BYTES, text.ptr, text.len, tag, &len);
    ASSERT(made && len == 32);
}

void notify_link_put(const uint8_t key[NOTIFY_LINK_KEY_BYTES], const struct notify_link *l,
                     struct buf *out)
{
    struct buf raw = {0};
    uint8_t expires[8], tag[32];
    size_t id = strlen(l->alert.text);
    be64_store(expires, (uint64_t)(l->expires / 1000));
    buf_put_byte(&raw, VERSION);
    buf_put_byte(&raw, (uint8_t)l->action);
    buf_put(&raw, expires, sizeof expires);
    buf_put_byte(&raw, (uint8_t)id);
    buf_put(&raw, l->alert.text, id);
    buf_put_text(&raw, l->person);
    tag_of(key, buf_bytes(&raw), tag);
    buf_put(&raw, tag, TAG_BYTES);
    base64url_append(out, buf_bytes(&raw));
    buf_fini(&raw);
}

/* Reads what was signed. */
static enum err read_signed(struct bytes raw, struct notify_link *l)
{
    struct notify_link read = {0};
    size_t id = raw.len >= HEAD ? raw.ptr[HEAD - 1] : 0;
    if (raw.len < HEAD || raw.ptr[0] != VERSION || raw.ptr[1] >= NOTIFY_ACTION_COUNT || id == 0 ||
        id >= TEXT_ID_MAX || raw.len < HEAD + id || raw.len - HEAD - id > DOCUMENT_ID_MAX) {
        return ERR_INVALID;
    }
    read.action = (enum notify_action)raw.ptr[1];
    read.expires = (wall_ms)(be64_load(raw.ptr + 2) % EXPIRY_MAX_S) * 1000;
    memcpy(read.alert.text, raw.ptr + HEAD, id);
    memcpy(read.person, raw.ptr + HEAD + id, raw.len - HEAD - id);
    *l = read;
    return OK;
}

enum err notify_link_read(const uint8_t key[NOTIFY_LINK_KEY_BYTES], struct bytes token, wall_ms now,
                          struct notify_link *l)
{
    struct buf raw = {0};
    uint8_t tag[32];
    struct notify_link read;
    enum err e = token.len <= NOTIFY_LINK_MAX ? base64url_decode(token, &raw) : ERR_INVALID;
    if (e == OK && raw.len > TAG_BYTES) {
        struct bytes text = bytes_of(raw.ptr, raw.len - TAG_BYTES);
        tag_of(key, text, tag);
        e = CRYPTO_memcmp(tag, raw.ptr + text.len, TAG_BYTES) == 0 ? read_signed(text, &read)
                                                                   : ERR_INVALID;
    } else {
        e = ERR_INVALID;
    }
    buf_fini(&raw);
    if (e == OK && now >= read.expires) {
        e = ERR_CLOSED;
    }
    if (e == OK) {
        *l = read;
    }
    return e;
}
