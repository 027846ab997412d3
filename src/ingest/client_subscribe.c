/* SPDX-License-Identifier: Apache-2.0 */
/* SUBSCRIBE and UNSUBSCRIBE: a code for each filter, then what is retained for the new ones. */
#include "ingest/client.h"

#include "model/limits.h"

/* Filters in one packet. A packet of the largest size could name so many that looking at them would
 * hold up everybody else. */
#define FILTERS_MAX ((size_t)4 * LIMIT_SUBSCRIPTIONS_PER_SESSION)

static enum mqtt_reason reason_of(enum err e)
{
    return e == ERR_FULL ? MQTT_QUOTA_EXCEEDED : MQTT_FILTER_INVALID;
}

static uint8_t failure(const struct client *c, enum mqtt_reason reason)
{
    return client_speaks_5(c) ? (uint8_t)reason : MQTT_SUBACK_FAILURE;
}

static bool wants_retained(const struct mqtt_filter *f, bool is_new)
{
    bool shared = bytes_start_with(f->text, BYTES("$share/"));
    return !shared && (f->retain_handling == MQTT_RETAIN_SEND ||
                       (f->retain_handling == MQTT_RETAIN_SEND_IF_NEW && is_new));
}

/* The code of one filter; `retained` tells whether what is retained follows. */
static uint8_t grant(struct client *c, const struct mqtt_filter *f, uint32_t id, bool *retained)
{
    struct ingest *in = c->wire.in;
    struct permit permit = client_permit(c);
    const struct subs_options options = {id, f->qos, f->no_local, f->retain_as_published};
    bool is_new;
    *retained = false;
    if (!permit_subscribe(&permit, f->text)) {
        return failure(c, MQTT_NOT_AUTHORIZED);
    }
    enum err e = subs_add(in->subs, c->session->number, f->text, &options, &is_new);
    if (e) {
        metrics_drop(in->config.metrics, DROP_MQTT_SUBSCRIPTION, 1);
        return failure(c, reason_of(e));
    }
    *retained = wants_retained(f, is_new);
    return f->qos;
}

static void say_codes(struct client *c, const struct mqtt_filters *filters)
{
    struct ingest *in = c->wire.in;
    const struct mqtt_suback answer = {
        .type = filters->type == MQTT_SUBSCRIBE ? MQTT_SUBACK : MQTT_UNSUBACK,
        .id = filters->id,
        .version = c->wire.version,
        .codes = buf_bytes(&in->codes),
    };
    mqtt_encode_suback(&in->answer, &answer);
    wire_answer(&c->wire);
}

/* The answer goes first: a message before it would belong to nothing yet. */
static void on_subscribe(struct client *c, struct mqtt_filters *filters)
{
    struct ingest *in = c->wire.in;
    const struct mqtt_filters all = *filters;
    struct mqtt_filter f;
    bool wanted[FILTERS_MAX] = {false};
    uint32_t id = mqtt_property_number(filters->properties, MQTT_SUBSCRIPTION_ID, 0);
    buf_clear(&in->codes);
    while (mqtt_next_filter(filters, &f)) {
        uint8_t code = grant(c, &f, id, &wanted[in->codes.len]);
        buf_put_byte(&in->codes, code);
    }
    say_codes(c, &all);
    struct mqtt_filters again = all;
    for (size_t i = 0; mqtt_next_filter(&again, &f); i++) {
        if (wanted[i]) {
            const struct subs_options o = {id, f.qos, false, true};
            client_begin_backlog(c, f.text, &o);
        }
    }
}

static void on_unsubscribe(struct client *c, struct mqtt_filters *filters)
{
    struct ingest *in = c->wire.in;
    const struct mqtt_filters all = *filters;
    struct mqtt_filter f;
    buf_clear(&in->codes);
    while (mqtt_next_filter(filters, &f)) {
        bool was_there = subs_remove(in->subs, c->session->number, f.text);
        if (client_speaks_5(c)) {
            buf_put_byte(&in->codes, was_there ? MQTT_SUCCESS : MQTT_NO_SUBSCRIPTION);
        }
    }
    say_codes(c, &all);
}

void client_on_filters(struct client *c, const struct mqtt_frame *f)
{
    struct mqtt_filters filters;
    enum err e = mqtt_decode_filters(*f, &filters);
    if (e) {
        client_refuse_packet(c, e);
    } else if (filters.count > FILTERS_MAX) {
        client_refuse(c, DROP_MQTT_SUBSCRIPTION, MQTT_QUOTA_EXCEEDED);
    } else if (f->type == MQTT_SUBSCRIBE) {
        on_subscribe(c, &filters);
    } else {
        on_unsubscribe(c, &filters);
    }
}
