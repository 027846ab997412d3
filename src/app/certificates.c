/* SPDX-License-Identifier: Apache-2.0 */
#include "app/certificates.h"

#include "sys/clock.h"
#include "sys/log.h"

#define DAY_MS        86400000
#define WARN_AHEAD_MS (14 * (int64_t)DAY_MS)

static void opened(void *ctx, bool resumed)
{
    metrics_add(ctx, METRIC_TLS_HANDSHAKES, 1);
    if (resumed) {
        metrics_add(ctx, METRIC_TLS_RESUMED, 1);
    }
}

static void failed(void *ctx, enum tls_fault why)
{
    static const enum drop drops[TLS_FAULT_COUNT] = {
        [TLS_FAULT_NONE] = DROP_TLS_HANDSHAKE,  [TLS_FAULT_HANDSHAKE] = DROP_TLS_HANDSHAKE,
        [TLS_FAULT_PLAIN] = DROP_TLS_PLAIN,     [TLS_FAULT_CERTIFICATE] = DROP_TLS_CERTIFICATE,
        [TLS_FAULT_REFUSED] = DROP_TLS_REFUSED, [TLS_FAULT_TIMEOUT] = DROP_TLS_TIMEOUT,
        [TLS_FAULT_LIMIT] = DROP_TLS_LIMIT,     [TLS_FAULT_RECORD] = DROP_TLS_RECORD,
        [TLS_FAULT_FLOOD] = DROP_TLS_FLOOD,
    };
    metrics_drop(ctx, drops[why], 1);
}

static enum err load_one(const struct tls_files *files, struct metrics *metrics,
                         struct tls_context **out, struct config_error *why)
{
    const struct tls_watch watch = {opened, failed, metrics};
    char text[TLS_WHY_MAX];
    enum err e = tls_context_new(files, out, text);
    if (e != OK) {
        (void)snprintf(why->text, sizeof why->text, "tls: %.240s", text);
        return e;
    }
    tls_context_watch(*out, &watch);
    return OK;
}

/* A certificate that ends soon is told while there is time to get another. */
static void tell_expiry(const struct config *config, const struct tls_context *t,
                        struct metrics *metrics)
{
    int64_t expires = tls_context_expires(t);
    int64_t left = expires - clock_wall_ms();
    metrics_set(metrics, METRIC_TLS_EXPIRES, expires > 0 ? (uint64_t)expires / 1000 : 0);
    if (left < 0) {
        log_line(LOG_WARN, "certificate %s has expired: clients will refuse it",
                 config->certificate);
    } else if (left < WARN_AHEAD_MS) {
        log_line(LOG_WARN, "certificate %s expires in %d days", config->certificate,
                 (int)(left / DAY_MS));
    }
}

enum err certificates_load(const struct config *config, struct metrics *metrics,
                           struct certificates *out, struct config_error *why)
{
    struct certificates c = {NULL, NULL};
    struct tls_files files = {
        .side = TLS_LISTENS, .certificate = config->certificate, .key = config->key};
    enum err e = load_one(&files, metrics, &c.https, why);
    files.ca = config->client_ca;
    files.clients = config->client_certificates;
    e = e == OK ? load_one(&files, metrics, &c.mqtts, why) : e;
    if (e != OK) {
        certificates_free(&c);
        return e;
    }
    tell_expiry(config, c.https, metrics);
    *out = c;
    return OK;
}

void certificates_free(struct certificates *c)
{
    tls_context_free(c->https);
    tls_context_free(c->mqtts);
    *c = (struct certificates){NULL, NULL};
}
