/* SPDX-License-Identifier: Apache-2.0 */
/* Recording: a subscriber that writes what it gets, line by line. A message is acknowledged when
 * its line was handed to the output. */
#include "base/mem.h"
#include "simulate/link.h"
#include "sys/clock.h"

#include <errno.h>
#include <poll.h>

#define FIRST_WAIT MONO_MS(10000)
#define LOST_WAIT  MONO_MS(60000)
#define FOREVER    (UINT64_MAX / 2)

struct recorder {
    const struct record_options *options;
    struct link link;
    struct buf line;
    struct buf acks;
    uint64_t messages;
    bool subscribed; /* the broker answered SUBSCRIBE */
    bool failed;     /* it refused, or the output did: trying again is of no use */
};

/* ---- packets --------------------------------------------------------------------------------- */

static bool fail(struct recorder *r, const char *what)
{
    (void)fprintf(stderr, "record: %s\n", what);
    r->failed = true;
    return false;
}

static bool is_enough(const struct recorder *r)
{
    return r->options->count > 0 && r->messages >= r->options->count;
}

static bool write_line(struct recorder *r, const struct mqtt_publish *m)
{
    char id[32];
    size_t len = (size_t)snprintf(id, sizeof id, "%llu", (unsigned long long)r->messages + 1);
    struct recorded line = {.id = bytes_of(id, len),
                            .topic = m->topic,
                            .payload = m->payload,
                            .retained = m->retain,
                            .time = clock_wall_ms()};
    buf_clear(&r->line);
    recorded_print(&line, &r->line);
    return fwrite(r->line.ptr, 1, r->line.len, stdout) == r->line.len;
}

static bool take_publish(struct recorder *r, struct mqtt_frame f)
{
    struct mqtt_publish m = {0};
    if (mqtt_decode_publish(f, &m) != OK || m.qos > 1) {
        return false;
    }
    if (is_enough(r)) {
        return true;
    }
    if (!write_line(r, &m)) {
        return fail(r, "the output can't be written");
    }
    r->messages++;
    if (m.qos == 1) {
        mqtt_encode_ack(&r->acks, &(struct mqtt_ack){.type = MQTT_PUBACK, .id = m.id});
    }
    return true;
}

static bool take_suback(struct recorder *r, struct mqtt_frame f)
{
    struct mqtt_suback s = {0};
    if (mqtt_decode_suback(f, &s) != OK) {
        return false;
    }
    for (size_t i = 0; i < s.codes.len; i++) {
        if (s.codes.ptr[i] >= MQTT_SUBACK_FAILURE) {
            return fail(r, "the broker refused a filter");
        }
    }
    if (!r->subscribed) {
        link_say(&r->link, "recording from");
    }
    r->subscribed = true;
    return true;
}

static bool take_packet(void *ctx, struct mqtt_frame f)
{
    struct recorder *r = ctx;
    return f.type == MQTT_PUBLISH  ? take_publish(r, f)
           : f.type == MQTT_SUBACK ? take_suback(r, f)
                                   : false;
}

/* ---- the connection -------------------------------------------------------------------------- */

static bool subscribe(struct recorder *r)
{
    struct mqtt_filter filters[RECORD_FILTERS_MAX] = {0};
    struct buf packet = {0};
    for (size_t i = 0; i < r->options->filter_count; i++) {
        filters[i].text = bytes_of_text(r->options->filters[i]);
        filters[i].qos = 1;
    }
    mqtt_encode_filters(&packet, &(struct mqtt_filters){.type = MQTT_SUBSCRIBE, .id = 1}, filters,
                        r->options->filter_count);
    bool ok = link_send_all(&r->link, buf_bytes(&packet), clock_mono_ns() + MONO_MS(10000));
    buf_fini(&packet);
    return ok;
}

/* The output is flushed before the acknowledgements leave. */
static bool acknowledge(struct recorder *r)
{
    if (fflush(stdout) != 0) {
        return fail(r, "the output can't be written");
    }
    bool ok = link_send_all(&r->link, buf_bytes(&r->acks), clock_mono_ns() + MONO_MS(10000));
    buf_clear(&r->acks);
    return ok;
}

/* Waits for what comes, at most until `until`. False: the connection ended. */
static bool turn(struct recorder *r, mono_ns until)
{
    mono_ns soon = clock_mono_ns() + MONO_MS(1000);
    if (!link_wait_ready(&r->link, POLLIN, until < soon ? until : soon)) {
        return link_keep_alive(&r->link);
    }
    return link_receive(&r->link) && link_take_packets(&r->link, take_packet, r) &&
           acknowledge(r) && link_keep_alive(&r->link);
}

static bool goes_on(const struct recorder *r, mono_ns until)
{
    return !r->link.stopped && !r->failed && !is_enough(r) && clock_mono_ns() < until;
}

static enum err record(struct recorder *r)
{
    enum err e = link_connect(&r->link, FIRST_WAIT);
    mono_ns until =
        r->options->run_ms > 0 ? clock_mono_ns() + (mono_ns)r->options->run_ms * 1000000u : FOREVER;
    bool open = e == OK && subscribe(r);
    while (e == OK && goes_on(r, until)) {
        if (open) {
            open = turn(r, until);
        } else {
            link_say(&r->link, "lost the connection, trying again:");
            link_disconnect(&r->link);
            buf_clear(&r->acks);
            e = link_connect(&r->link, LOST_WAIT);
            open = e == OK && subscribe(r);
        }
    }
    return e;
}

int record_run(const struct record_options *options)
{
    ASSERT(options->filter_count > 0 && options->filter_count <= RECORD_FILTERS_MAX);
    struct recorder r = {.options = options};
    enum err e = link_init(&r.link, &options->target, "record");
    if (e == OK) {
        e = record(&r);
    }
    (void)fprintf(stderr, "record: %llu messages\n", (unsigned long long)r.messages);
    if (r.link.fd >= 0) {
        link_goodbye(&r.link);
    }
    link_fini(&r.link);
    buf_fini(&r.line);
    buf_fini(&r.acks);
    return (e == OK || e == ERR_CLOSED) && !r.failed ? 0 : 1;
}
