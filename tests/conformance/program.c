/* SPDX-License-Identifier: Apache-2.0 */
#include "program.h"

#include "app/address.h"
#include "model/limits.h"
#include "sys/clock.h"
#include "sys/net.h"
#include "sys/secret.h"

#include <getopt.h>
#include <signal.h>

struct options {
    const char *http;
    uint64_t ping_interval_ms;
    uint64_t ping_timeout_ms;
    uint64_t connect_timeout_ms;
    uint32_t max_payload;
};

static const struct option flags[] = {
    {"http", required_argument, NULL, 'a'},
    {"ping-interval", required_argument, NULL, 'i'},
    {"ping-timeout", required_argument, NULL, 't'},
    {"connect-timeout", required_argument, NULL, 'c'},
    {"max-payload", required_argument, NULL, 'm'},
    {"help", no_argument, NULL, 'h'},
    {0},
};

static int usage(FILE *out, const char *name, int code)
{
    (void)fprintf(out,
                  "usage: %s --http ADDR:PORT [--ping-interval MS] [--ping-timeout MS]\n"
                  "       [--max-payload BYTES] [--connect-timeout MS]\n",
                  name);
    return code;
}

static uint64_t number(const char *text)
{
    uint64_t n = 0;
    return bytes_to_u64(bytes_of_text(text), UINT32_MAX, &n) == OK ? n : 0;
}

/* Returns 0, or the exit code and 1 more. */
static int read_options(int argc, char **argv, struct options *o)
{
    int flag;
    while ((flag = getopt_long(argc, argv, "h", flags, NULL)) != -1) {
        switch (flag) {
        case 'a':
            o->http = optarg;
            break;
        case 'i':
            o->ping_interval_ms = number(optarg);
            break;
        case 't':
            o->ping_timeout_ms = number(optarg);
            break;
        case 'c':
            o->connect_timeout_ms = number(optarg);
            break;
        case 'm':
            o->max_payload = (uint32_t)number(optarg);
            break;
        case 'h':
            return 1 + usage(stdout, argv[0], 0);
        default:
            return 1 + usage(stderr, argv[0], 2);
        }
    }
    bool fine = o->http && o->ping_interval_ms && o->ping_timeout_ms && o->connect_timeout_ms &&
                o->max_payload;
    return fine ? 0 : 1 + usage(stderr, argv[0], 2);
}

static bool healthy(void *ctx, struct buf *reasons)
{
    (void)ctx;
    (void)reasons;
    return true;
}

static enum err no_command(void *ctx, struct command *take_c)
{
    (void)ctx;
    (void)take_c;
    return ERR_FULL;
}

static enum err no_query(void *ctx, struct serve_query *take_q)
{
    (void)ctx;
    (void)take_q;
    return ERR_FULL;
}

static enum err no_question(void *ctx, struct serve_question *take_q)
{
    (void)ctx;
    (void)take_q;
    return ERR_FULL;
}

static enum err no_mqtt(void *ctx, struct conn_parcel *take_p)
{
    (void)ctx;
    (void)take_p;
    return ERR_FULL;
}

static struct serve *serve_with(struct loop *l, const struct options *o,
                                const struct serve_sockets *sockets, struct metrics *metrics)
{
    static const struct serve_events events = {
        .command = no_command,
        .query = no_query,
        .question = no_question,
        .mqtt = no_mqtt,
        .healthy = healthy,
    };
    struct serve_config config = {
        .no_auth = true,
        .all_loopback = true,
        .max_clients = LIMIT_CLIENTS,
        .ping_interval_ms = o->ping_interval_ms,
        .ping_timeout_ms = o->ping_timeout_ms,
        .connect_timeout_ms = o->connect_timeout_ms,
        .max_payload = o->max_payload,
        .epoch_ms = clock_wall_ms(),
        .version = "conformance",
        .registry = registry_defaults,
        .alert = alert_defaults,
        .metrics = metrics,
        .sockets = sockets,
        .events = &events,
    };
    secret_random(config.key, sizeof config.key);
    return serve_new(l, &config);
}

static bool listen_on(struct serve *s, const char *text)
{
    struct addresses addresses;
    struct net_name name;
    int fd;
    if (addresses_parse(text, &addresses) != OK) {
        return false;
    }
    for (size_t i = 0; i < addresses.count; i++) {
        if (net_listen(&addresses.at[i], &fd, &name) != OK) {
            return i > 0 && addresses.second_optional;
        }
        (void)printf(strchr(name.host, ':') ? "http listening on [%s]:%u\n"
                                            : "http listening on %s:%u\n",
                     name.host, (unsigned)name.port);
        serve_listen(s, fd, name.host, name.port);
    }
    return fflush(stdout) == 0;
}

static struct loop loop;

struct loop *conformance_loop(void)
{
    return &loop;
}

static void on_signal(int number)
{
    (void)number;
    loop_stop_from_any(&loop);
}

int conformance_run(int argc, char **argv, const struct serve_sockets *sockets)
{
    static struct metrics metrics;
    struct options o = {.ping_interval_ms = 25000,
                        .ping_timeout_ms = 20000,
                        .connect_timeout_ms = 45000,
                        .max_payload = 1000000};
    int code = read_options(argc, argv, &o);
    if (code > 0) {
        return code - 1;
    }
    secret_start();
    if (loop_init(&loop) != OK) {
        return 1;
    }
    struct serve *s = serve_with(&loop, &o, sockets, &metrics);
    if (!listen_on(s, o.http)) {
        (void)fprintf(stderr, "%s: can't listen on %s\n", argv[0], o.http);
        return 1;
    }
    (void)signal(SIGPIPE, SIG_IGN);
    (void)signal(SIGTERM, on_signal);
    (void)signal(SIGINT, on_signal);
    loop_run(&loop);
    loop_fini(&loop);
    serve_free(s);
    return 0;
}
