/* SPDX-License-Identifier: Apache-2.0 */
/* Tasmota's own discovery: tasmota/discovery/<mac>/config, a retained object with short keys
 * (Tasmota's MQTT documentation). `ft` is the FullTopic, where %prefix% stands for one of the three
 * `tp`, %topic% for `t`, %hostname% for `hn` and %id% for `mac`. */
#include "decode/tasmota.h"

/* A word for online, offline, on or off. */
#define WORD_BYTES 32

static struct memo_key key_of(unsigned source, struct bytes base)
{
    struct memo_key key;
    memo_key_begin(&key, source);
    memo_key_put(&key, base);
    return key;
}

const struct tasmota_topic *tasmota_topic_find(struct decoder *d, const struct decode_input *in,
                                               struct bytes base)
{
    struct memo *m = &d->memory.tasmota;
    if (!m->newest) {
        return NULL;
    }
    struct memo_key key = key_of(in->source, base);
    struct memo_item *item = memo_find(m, memo_key_bytes(&key));
    if (item) {
        memo_touch(m, item, in->now);
    }
    return (const struct tasmota_topic *)item;
}

/* Copies a text to `*at`, which moves on behind it. */
static void move_text(uint8_t **at, struct bytes *text)
{
    if (text->len > 0) {
        memcpy(*at, text->ptr, text->len);
    }
    text->ptr = *at;
    *at += text->len;
}

static void remember(struct decoder *d, const struct decode_input *in, struct bytes base,
                     const struct tasmota_topic *topic)
{
    struct memo *m = &d->memory.tasmota;
    struct memo_key key = key_of(in->source, base);
    struct memo_item *item = memo_find(m, memo_key_bytes(&key));
    size_t texts =
        topic->device.len + topic->online.len + topic->offline.len + topic->on.len + topic->off.len;
    if (item) {
        memo_remove(m, item);
    }
    item = memo_add(m, NULL, memo_key_bytes(&key), sizeof *topic + texts, in->now);
    if (!item) {
        decode_lose(d, DROP_TOO_MANY_VALUES);
        return;
    }
    struct tasmota_topic *t = (struct tasmota_topic *)item;
    uint8_t *at = (uint8_t *)(t + 1);
    struct memo_item own = t->item;
    *t = *topic;
    t->item = own;
    move_text(&at, &t->device);
    move_text(&at, &t->online);
    move_text(&at, &t->offline);
    move_text(&at, &t->on);
    move_text(&at, &t->off);
    d->memory.tasmota_has_words |= topic->on.len > 0 || topic->off.len > 0;
}

/* ---- the FullTopic ---- */

/* What stands for the tokens of a FullTopic. */
struct tokens {
    struct bytes prefix, topic, hostname, mac;
};

/* Takes a token off the front of `rest`, or one byte that stands for itself. */
static struct bytes next_piece(struct bytes *rest, const struct tokens *with)
{
    const struct {
        struct bytes token, stands_for;
    } pieces[] = {
        {BYTES("%prefix%"), with->prefix},
        {BYTES("%topic%"), with->topic},
        {BYTES("%hostname%"), with->hostname},
        {BYTES("%id%"), with->mac},
    };
    for (size_t i = 0; i < ARRAY_LEN(pieces); i++) {
        if (bytes_start_with(*rest, pieces[i].token)) {
            *rest = bytes_skip(*rest, pieces[i].token.len);
            return pieces[i].stands_for;
        }
    }
    struct bytes one = bytes_of(rest->ptr, 1);
    *rest = bytes_skip(*rest, 1);
    return one;
}

/* The FullTopic with its tokens replaced, without empty levels. False: too long, or empty. */
static bool resolve(struct decoder *d, struct bytes full, const struct tokens *with,
                    struct bytes *resolved)
{
    uint8_t text[LIMIT_ID_BYTES];
    size_t len = 0;
    while (full.len > 0) {
        struct bytes piece = next_piece(&full, with);
        bool slash = bytes_equal(piece, BYTES("/"));
        if (piece.len == 0 || (slash && (len == 0 || text[len - 1] == '/'))) {
            continue;
        }
        if (piece.len > sizeof text - len) {
            return false;
        }
        memcpy(text + len, piece.ptr, piece.len);
        len += piece.len;
    }
    len -= len > 0 && text[len - 1] == '/';
    return len > 0 && decode_keep(d, bytes_of(text, len), resolved);
}

/* A word of the configuration unless it is the usual one. */
static struct bytes word_at(struct decoder *d, struct bytes json, const char *path,
                            struct bytes usual)
{
    struct bytes word;
    if (!decode_find_text(d, json, path, WORD_BYTES, &word) || bytes_equal_nocase(word, usual)) {
        return BYTES("");
    }
    return word;
}

static void learn_words(struct decoder *d, struct bytes json, struct tasmota_topic *topic)
{
    topic->online = word_at(d, json, "onln", BYTES("online"));
    topic->offline = word_at(d, json, "ofln", BYTES("offline"));
    if (topic->online.len == 0) {
        topic->online = word_at(d, json, "on", BYTES("online"));
    }
    if (topic->offline.len == 0) {
        topic->offline = word_at(d, json, "of", BYTES("offline"));
    }
    topic->off = word_at(d, json, "state.0", BYTES("off"));
    topic->on = word_at(d, json, "state.1", BYTES("on"));
}

static void describe(struct decoder *d, struct bytes json, struct bytes device)
{
    struct bytes text;
    struct decode_meta *m = decode_id_valid(device) ? decode_add_meta(d, device) : NULL;
    if (!m) {
        return;
    }
    if (decode_find_text(d, json, "dn", LIMIT_NAME_BYTES, &text) ||
        decode_find_text(d, json, "fn.0", LIMIT_NAME_BYTES, &text)) {
        decode_describe(d, &m->name, text);
    }
    if (decode_find_text(d, json, "md", LIMIT_NAME_BYTES, &text)) {
        decode_describe(d, &m->model, text);
    }
}

enum drop tasmota_learn(struct decoder *d, const struct decode_input *in)
{
    static const char *const paths[] = {"tp.0", "tp.1", "tp.2"};
    static const char *const usual[] = {"cmnd", "stat", "tele"};
    struct tokens with = {.prefix = BYTES(""), .hostname = BYTES(""), .mac = BYTES("")};
    struct tasmota_topic topic = {.prefix = TASMOTA_COMMAND};
    struct bytes full, base;
    enum drop refused = decode_json_check(in->payload);
    if (refused != DROP_NONE) {
        return refused;
    }
    if (!decode_find_id(d, in->payload, "t", &with.topic)) {
        return DROP_WRONG_TYPE;
    }
    if (!decode_find_text(d, in->payload, "ft", LIMIT_ID_BYTES, &full)) {
        full = BYTES("%prefix%/%topic%/");
    }
    (void)decode_find_text(d, in->payload, "hn", LIMIT_ID_BYTES, &with.hostname);
    (void)decode_find_text(d, in->payload, "mac", LIMIT_ID_BYTES, &with.mac);
    if (!resolve(d, full, &with, &topic.device)) {
        return DROP_BAD_DEVICE_ID;
    }
    learn_words(d, in->payload, &topic);
    for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
        topic.prefix = (enum tasmota_prefix)i;
        if (!decode_find_text(d, in->payload, paths[i], LIMIT_ID_BYTES, &with.prefix)) {
            with.prefix = bytes_of_text(usual[i]);
        }
        if (resolve(d, full, &with, &base)) {
            remember(d, in, base, &topic);
        }
    }
    describe(d, in->payload, topic.device);
    return DROP_NONE;
}
