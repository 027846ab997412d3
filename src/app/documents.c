/* SPDX-License-Identifier: Apache-2.0 */
#include "app/documents.h"

#include "app/mappings_used.h"
#include "app/plans.h"
#include "app/silences.h"
#include "notify/notify.h"
#include "proto/json/json.h"

/* Judges the whole body, an object that was checked to be JSON. Errors: ERR_INVALID, explained in
 * `fault`. */
typedef enum err document_check(struct bytes body, struct document_fault *fault);

static enum err check_channel(struct bytes body, struct document_fault *fault)
{
    return notify_check(DOCUMENT_CHANNEL, body, fault);
}

static enum err check_route(struct bytes body, struct document_fault *fault)
{
    return notify_check(DOCUMENT_ROUTE, body, fault);
}

static enum err check_person(struct bytes body, struct document_fault *fault)
{
    return notify_check(DOCUMENT_PERSON, body, fault);
}

static enum err check_subscription(struct bytes body, struct document_fault *fault)
{
    return notify_check(DOCUMENT_SUBSCRIPTION, body, fault);
}

/* A kind without one takes any object: its reader copes with whatever stands in it. */
static document_check *const checks[DOCUMENT_KIND_COUNT] = {
    [DOCUMENT_DASHBOARD] = NULL,        [DOCUMENT_PLAN] = plan_check,
    [DOCUMENT_CHANNEL] = check_channel, [DOCUMENT_ROUTE] = check_route,
    [DOCUMENT_PERSON] = check_person,   [DOCUMENT_SUBSCRIPTION] = check_subscription,
    [DOCUMENT_SILENCE] = silence_check, [DOCUMENT_MAPPING] = mapping_document_check,
};

/* Finds a member of an object. */
static bool find_member(struct bytes object, struct bytes name, struct bytes *raw)
{
    struct json_reader r;
    struct json_text key;
    json_reader_init(&r, object);
    (void)json_read_object(&r);
    while (json_read_key(&r, &key)) {
        if (json_text_equal(key, name)) {
            return json_read_raw(&r, raw);
        }
    }
    return false;
}

static bool is_null(struct bytes raw)
{
    return bytes_equal(raw, BYTES("null"));
}

/* Copies the members of `body` but for secrets that are taken away, then the secrets of `old` that
 * it does not speak of. */
static void keep_secrets(enum document_kind kind, struct bytes body, struct bytes old,
                         struct buf *kept)
{
    struct json_reader r;
    struct json_text key;
    struct json_writer w;
    struct bytes raw, name, given;
    uint8_t memory[DOCUMENT_ID_MAX];
    json_writer_init(&w, kept);
    json_write_object(&w);
    json_reader_init(&r, body);
    (void)json_read_object(&r);
    while (json_read_key(&r, &key) && json_read_raw(&r, &raw)) {
        bool secret = json_text_get(key, memory, sizeof memory, &name) == OK &&
                      document_member_is_secret(kind, name);
        if (!secret || !is_null(raw)) {
            json_write_read_key(&w, key);
            json_write_raw(&w, raw);
        }
    }
    json_reader_init(&r, old);
    (void)json_read_object(&r);
    while (json_read_key(&r, &key) && json_read_raw(&r, &raw)) {
        if (json_text_get(key, memory, sizeof memory, &name) == OK &&
            document_member_is_secret(kind, name) && !find_member(body, name, &given)) {
            json_write_read_key(&w, key);
            json_write_raw(&w, raw);
        }
    }
    json_write_object_end(&w);
}

bool document_body_accepted(struct command *c, const struct document *old)
{
    struct document_request *q = &c->document;
    struct buf kept = {0};
    keep_secrets((enum document_kind)q->kind, buf_bytes(&q->body), old ? old->body : BYTES("{}"),
                 &kept);
    buf_fini(&q->body);
    q->body = kept;
    document_check *check = checks[q->kind];
    if (check && check(buf_bytes(&q->body), &q->fault) != OK) {
        c->result = ERR_INVALID;
        c->field = q->fault.field;
        c->message = q->fault.message;
        return false;
    }
    return true;
}
