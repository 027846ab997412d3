/* SPDX-License-Identifier: Apache-2.0 */
/* Making and revoking credentials: what is accepted, and what is said when it is not. */
#include "model/credential.h"

#include "model/limits.h"
#include "model/topic_rule.h"

/* ---- fingerprints as people write them ---- */

void fingerprint_text(const uint8_t fingerprint[TOKEN_HASH_BYTES], char out[FINGERPRINT_TEXT_BYTES])
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < TOKEN_HASH_BYTES; i++) {
        out[2 * i] = digits[fingerprint[i] >> 4];
        out[2 * i + 1] = digits[fingerprint[i] & 15];
    }
    out[FINGERPRINT_TEXT_BYTES - 1] = '\0';
}

/* 0..15, or 16 for what is no digit. */
static uint8_t digit_of(uint8_t c)
{
    if (c >= '0' && c <= '9') {
        return (uint8_t)(c - '0');
    }
    uint8_t lower = c | 0x20;
    return lower >= 'a' && lower <= 'f' ? (uint8_t)(lower - 'a' + 10) : 16;
}

enum err fingerprint_parse(struct bytes text, uint8_t fingerprint[TOKEN_HASH_BYTES])
{
    uint8_t out[TOKEN_HASH_BYTES] = {0};
    size_t digits = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == ':') {
            continue;
        }
        uint8_t digit = digit_of(text.ptr[i]);
        if (digit > 15 || digits == 2 * sizeof out) {
            return ERR_INVALID;
        }
        out[digits / 2] = (uint8_t)(out[digits / 2] << 4 | digit);
        digits++;
    }
    if (digits != 2 * sizeof out) {
        return ERR_INVALID;
    }
    memcpy(fingerprint, out, sizeof out);
    return OK;
}

/* ---- commands ---- */

#define UNKNOWN_PLACEHOLDER "only %u (the id) and %c (the client id) stand for something after %"

static void refuse(struct command *c, enum err e, const char *field, const char *message)
{
    c->result = e;
    c->field = field;
    c->message = message;
}

/* The id is a user name, stands for a level in topics and is the default pattern of devices, so it
 * holds nothing that means more than itself in any of them. */
static bool id_is_plain(struct bytes id)
{
    static const char special[] = "+#/*%";
    for (size_t i = 0; i < sizeof special - 1; i++) {
        if (bytes_index(id, (uint8_t)special[i]) < id.len) {
            return false;
        }
    }
    return name_id_valid(id);
}

static bool list_is_valid(const struct buf *list, bool (*valid)(struct bytes pattern))
{
    struct bytes rest = buf_bytes(list), pattern;
    while (rule_list_next(&rest, &pattern)) {
        if (!valid(pattern)) {
            return false;
        }
    }
    return list->len <= LIMIT_CREDENTIAL_RULES_BYTES;
}

/* What a new rule may say is less than what a stored one means: `$` topics are a server's own. */
static bool may_say(struct bytes pattern, struct bytes own)
{
    bool private = bytes_start_with(pattern, BYTES("$"));
    return topic_rule_valid(pattern) && (!private || (own.len && bytes_start_with(pattern, own)));
}

static bool publish_rule_valid(struct bytes pattern)
{
    return may_say(pattern, BYTES(""));
}

static bool subscribe_rule_valid(struct bytes pattern)
{
    return may_say(pattern, BYTES("$SYS/"));
}

static void check_rules(struct command *c)
{
    const struct credential_request *q = &c->credential;
    if (!list_is_valid(&q->publish, topic_rule_placeholders_known)) {
        refuse(c, ERR_INVALID, "publish", UNKNOWN_PLACEHOLDER);
    } else if (!list_is_valid(&q->subscribe, topic_rule_placeholders_known)) {
        refuse(c, ERR_INVALID, "subscribe", UNKNOWN_PLACEHOLDER);
    } else if (!list_is_valid(&q->publish, publish_rule_valid)) {
        refuse(c, ERR_INVALID, "publish",
               "topic filters are expected, with %u and %c, that do not begin with $");
    } else if (!list_is_valid(&q->subscribe, subscribe_rule_valid)) {
        refuse(c, ERR_INVALID, "subscribe",
               "topic filters are expected, with %u and %c, that do not begin with $ unless with "
               "$SYS/; a shared subscription needs the rule of its filter");
    }
}

static void check_certificate_names(struct command *c)
{
    struct bytes common_name = bytes_of_text(c->credential.common_name);
    bool fits = common_name.len > 0 && common_name.len <= LIMIT_NAME_BYTES;
    if (!(c->fields & FIELD_COMMON_NAME)) {
        return;
    }
    if (!fits || !text_is_printable(common_name)) {
        refuse(c, ERR_INVALID, "commonName", "1 to 256 bytes of text are expected");
    } else if (c->fields & FIELD_FINGERPRINT) {
        refuse(c, ERR_INVALID, "commonName",
               "a certificate is known by its fingerprint or by its common name, not by both");
    }
}

/* The first thing that is wrong with the request, or nothing. */
static void check_request(struct command *c)
{
    const struct credential_request *q = &c->credential;
    struct bytes name = bytes_of_text(c->name);
    c->result = OK;
    if (!id_is_plain(bytes_of_text(c->device))) {
        refuse(c, ERR_INVALID, "id",
               "1 to 256 bytes without control characters and + # / * % are expected");
    } else if (name.len > LIMIT_NAME_BYTES || !text_is_printable(name)) {
        refuse(c, ERR_INVALID, "name", "at most 256 bytes without control characters are expected");
    } else if (!list_is_valid(&q->speaks_for, device_rule_valid)) {
        refuse(c, ERR_INVALID, "speaksFor", "device ids are expected, * for any run of characters");
    } else {
        check_rules(c);
        if (c->result == OK) {
            check_certificate_names(c);
        }
    }
}

/* Whether a certificate is bound already, which would make it two devices at once. */
static void check_certificate(const struct credential_table *t, struct command *c)
{
    const struct credential_request *q = &c->credential;
    struct bytes fingerprint = bytes_of(q->fingerprint, sizeof q->fingerprint);
    if ((c->fields & FIELD_FINGERPRINT) &&
        strmap_find(&t->by_fingerprint, fingerprint) != STRMAP_NONE) {
        refuse(c, ERR_EXISTS, "fingerprint", "another credential is bound to that certificate");
    } else if ((c->fields & FIELD_COMMON_NAME) &&
               strmap_find(&t->by_common_name, bytes_of_text(q->common_name)) != STRMAP_NONE) {
        refuse(c, ERR_EXISTS, "commonName", "another credential is bound to that common name");
    }
}

static const struct credential *oldest_revoked(const struct credential_table *t)
{
    const struct credential *oldest = NULL;
    for (size_t i = 0; i < t->count; i++) {
        const struct credential *x = t->rows[i];
        if (x->id.len && x->revoked != WALL_NONE && (!oldest || x->revoked < oldest->revoked)) {
            oldest = x;
        }
    }
    return oldest;
}

static bool is_full(const struct credential_table *t, struct bytes id)
{
    return (t->used >= LIMIT_CREDENTIALS && !credential_find(t, id)) ||
           t->bytes >= LIMIT_CREDENTIALS_BYTES;
}

/* What was written before was applied when it was. */
static void apply_last(struct credential_table *t, const struct batch *out)
{
    credential_apply(t, out, &out->credentials[out->credential_count - 1]);
}

/* A full table makes room by forgetting what was revoked first. False: nothing is left to forget.
 */
static bool make_room(struct credential_table *t, struct bytes id, struct batch *out)
{
    while (is_full(t, id)) {
        const struct credential *old = oldest_revoked(t);
        if (!old) {
            return false;
        }
        struct credential_change *gone = batch_add_credential(out);
        gone->forgotten = true;
        gone->id = batch_put_text(out, old->id);
        apply_last(t, out);
    }
    return true;
}

static struct bytes or_default(const struct command *c, enum command_field given,
                               const struct buf *list, struct bytes otherwise)
{
    return c->fields & (uint32_t)given ? buf_bytes(list) : otherwise;
}

static void write_new(const struct command *c, wall_ms now, struct batch *out)
{
    const struct credential_request *q = &c->credential;
    struct credential_change *n = batch_add_credential(out);
    struct bytes id = bytes_of_text(c->device);
    /* With the NUL that ends it, the id is a list of one pattern. */
    struct bytes itself = bytes_of(id.ptr, id.len + 1);
    n->has_fingerprint = (c->fields & FIELD_FINGERPRINT) != 0;
    n->has_secret = (c->fields & (FIELD_FINGERPRINT | FIELD_COMMON_NAME)) == 0;
    memcpy(n->hash, c->token.hash, sizeof n->hash);
    memcpy(n->fingerprint, q->fingerprint, sizeof n->fingerprint);
    n->id = batch_put_text(out, id);
    n->name = batch_put_text(out, bytes_of_text(c->name));
    n->common_name = batch_put_text(out, bytes_of_text(q->common_name));
    n->speaks_for = batch_put_text(out, or_default(c, FIELD_SPEAKS_FOR, &q->speaks_for, itself));
    n->publish = batch_put_text(
        out, or_default(c, FIELD_PUBLISH, &q->publish, BYTES(CREDENTIAL_DEFAULT_RULES)));
    n->subscribe = batch_put_text(
        out, or_default(c, FIELD_SUBSCRIBE, &q->subscribe, BYTES(CREDENTIAL_DEFAULT_RULES)));
    n->created = now;
    n->revoked = WALL_NONE;
    n->last_used = WALL_NONE;
}

static void create(struct credential_table *t, struct command *c, wall_ms now, struct batch *out)
{
    struct bytes id = bytes_of_text(c->device);
    check_request(c);
    if (c->result == OK) {
        const struct credential *old = credential_find(t, id);
        if (old && old->revoked == WALL_NONE) {
            refuse(c, ERR_EXISTS, "id", "a credential of that id exists: revoke it first");
        }
    }
    if (c->result == OK) {
        check_certificate(t, c);
    }
    if (c->result == OK && !make_room(t, id, out)) {
        refuse(c, ERR_FULL, NULL, "there are too many credentials: revoke some");
    }
    if (c->result == OK) {
        write_new(c, now, out);
        apply_last(t, out);
    }
}

static void revoke(struct credential_table *t, struct command *c, wall_ms now, struct batch *out)
{
    const struct credential *x = credential_find(t, bytes_of_text(c->device));
    if (!x || x->revoked != WALL_NONE) {
        refuse(c, ERR_NOT_FOUND, "id", "no credential has that id");
        return;
    }
    c->result = OK;
    credential_write(x, out)->revoked = now;
    apply_last(t, out);
}

void credential_command(struct credential_table *t, struct command *c, wall_ms now,
                        struct batch *out)
{
    if (c->kind == COMMAND_CREATE_CREDENTIAL) {
        create(t, c, now, out);
    } else {
        ASSERT(c->kind == COMMAND_REVOKE_CREDENTIAL);
        revoke(t, c, now, out);
    }
}
