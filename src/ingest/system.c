/* SPDX-License-Identifier: Apache-2.0 */
/* What we tell about ourselves under $SYS/broker, as brokers do: each topic as if it were retained
 * to who subscribes, and every ten seconds while anybody does. */
#include "ingest/internal.h"

#define PERIOD_NS MONO_MS(10000)

static uint64_t metric(const struct ingest *in, enum metric id)
{
    return metrics_get(in->config.metrics, id);
}

static uint64_t dropped(const struct ingest *in, enum drop id)
{
    return atomic_load_explicit(&in->config.metrics->dropped[id], memory_order_relaxed);
}

/* What subscribers did not get. */
static uint64_t undelivered(const struct ingest *in)
{
    return dropped(in, DROP_SUBSCRIBER_SLOW) + dropped(in, DROP_SESSION_FULL) +
           dropped(in, DROP_MESSAGE_EXPIRED) + dropped(in, DROP_MESSAGE_TOO_LARGE);
}

static uint64_t uptime_s(const struct ingest *in)
{
    return (in->loop->mono_ns - in->started) / MONO_MS(1000);
}

/* topic, value */
#define NUMBERS(X)                                                                                 \
    X("$SYS/broker/uptime", uptime_s(in))                                                          \
    X("$SYS/broker/clients/connected", metric(in, METRIC_MQTT_CONNECTIONS))                        \
    X("$SYS/broker/clients/total", in->sessions.live)                                              \
    X("$SYS/broker/messages/received", metric(in, METRIC_MESSAGES))                                \
    X("$SYS/broker/messages/sent", metric(in, METRIC_MQTT_DELIVERED))                              \
    X("$SYS/broker/publish/messages/dropped", undelivered(in))                                     \
    X("$SYS/broker/bytes/received", metric(in, METRIC_MQTT_BYTES_IN))                              \
    X("$SYS/broker/bytes/sent", metric(in, METRIC_MQTT_BYTES_OUT))                                 \
    X("$SYS/broker/retained messages/count", in->retained.count)                                   \
    X("$SYS/broker/subscriptions/count", subs_count(in->subs))

#define VERSION_TOPIC "$SYS/broker/version"

/* Calls `each` for all of them. */
static void for_topics(struct ingest *in, struct bytes filter,
                       void (*each)(void *ctx, const struct message_parts *parts), void *ctx)
{
    const struct {
        struct bytes topic;
        uint64_t value;
    } rows[] = {
#define ROW(topic, value) {BYTES(topic), value},
        NUMBERS(ROW)
#undef ROW
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        char text[24];
        int len = snprintf(text, sizeof text, "%llu", (unsigned long long)rows[i].value);
        struct message_parts parts = {
            .topic = rows[i].topic, .payload = bytes_of(text, (size_t)len), .retain = true};
        if (mqtt_match(filter, parts.topic)) {
            each(ctx, &parts);
        }
    }
    struct message_parts version = {.topic = BYTES(VERSION_TOPIC),
                                    .payload = bytes_of_text(in->config.version),
                                    .retain = true};
    if (mqtt_match(filter, version.topic)) {
        each(ctx, &version);
    }
}

static void publish(void *ctx, const struct message_parts *parts)
{
    struct ingest *in = ctx;
    struct message_parts now = *parts;
    now.retain = false;
    (void)deliver_to_subscribers(in, &now, SUBS_NOBODY);
}

void system_tick(struct ingest *in, mono_ns now)
{
    if (now - in->told >= PERIOD_NS) {
        in->told = now;
        if (subs_count(in->subs)) {
            for_topics(in, BYTES("$SYS/#"), publish, in);
        }
    }
}

void system_retained(struct ingest *in, struct bytes filter,
                     void (*each)(void *ctx, const struct message_parts *parts), void *ctx)
{
    if (system_owns(filter)) {
        for_topics(in, filter, each, ctx);
    }
}

static bool is_at_or_below(struct bytes topic, struct bytes root)
{
    return bytes_start_with(topic, root) && (topic.len == root.len || topic.ptr[root.len] == '/');
}

bool system_owns(struct bytes topic)
{
    return is_at_or_below(topic, BYTES("$SYS"));
}

bool system_reserves(struct bytes topic)
{
    return system_owns(topic) || is_at_or_below(topic, BYTES("$share"));
}
