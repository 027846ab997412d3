/* SPDX-License-Identifier: Apache-2.0 */
#include "app/commands.h"
#include "app/config.h"

#include "proto/mqtt/mqtt.h"
#include "simulate/simulate.h"

#include <getopt.h>

static const char help[] =
    "usage: telltale record [--mqtt HOST:PORT] [--token TOKEN] [--broker URL] --filter FILTER...\n"
    "                       [--count N] [--seconds N] > FILE.jsonl\n"
    "\n"
    "Writes what is published to standard output, a JSON object a line, until a signal comes:\n"
    "  {\"id\": 1, \"topic\": \"...\", \"payload\": \"...\" or \"payload_b64\": \"...\",\n"
    "   \"retain\": true, \"t\": arrival in ms}\n"
    "`telltale replay` publishes such a file, `telltale decode` says what would come of it.\n"
    "\n"
    "      --mqtt HOST:PORT   where to listen (default localhost:1883)\n"
    "      --token TOKEN      sent as MQTT password\n"
    "      --broker URL       instead of both: mqtt://[user[:password]@]host[:port]\n"
    "      --filter FILTER    a topic, + and # allowed; may be given more than once\n"
    "      --count N          end after N messages\n"
    "      --seconds N        end after N seconds\n"
    "  -h, --help             this text\n";

enum {
    FLAG_MQTT = 256,
    FLAG_TOKEN,
    FLAG_BROKER,
    FLAG_FILTER,
    FLAG_COUNT,
    FLAG_SECONDS,
};

static const struct option flags[] = {
    {"mqtt", required_argument, NULL, FLAG_MQTT},
    {"token", required_argument, NULL, FLAG_TOKEN},
    {"broker", required_argument, NULL, FLAG_BROKER},
    {"filter", required_argument, NULL, FLAG_FILTER},
    {"count", required_argument, NULL, FLAG_COUNT},
    {"seconds", required_argument, NULL, FLAG_SECONDS},
    {"help", no_argument, NULL, 'h'},
    {0},
};

/* What the options say, and what their texts point into. */
struct arguments {
    struct record_options options;
    struct config config; /* holds the broker of a URL */
    const char *filters[RECORD_FILTERS_MAX];
    char host[256];
};

MUST_CHECK static enum err set_broker(struct arguments *a, const char *url)
{
    struct config_error why;
    if (config_add_broker(&a->config, url, &why) != OK) {
        (void)fprintf(stderr, "telltale record: %s\n", why.text);
        return ERR_INVALID;
    }
    const struct config_broker *b = &a->config.brokers[a->config.broker_count - 1];
    a->options.target = (struct simulate_target){
        .host = b->host, .port = b->port, .user = b->user, .token = b->password};
    return OK;
}

MUST_CHECK static enum err add_filter(struct arguments *a, const char *text)
{
    if (a->options.filter_count == RECORD_FILTERS_MAX || !mqtt_filter_valid(bytes_of_text(text))) {
        return ERR_INVALID;
    }
    a->filters[a->options.filter_count++] = text;
    return OK;
}

MUST_CHECK static enum err apply(struct arguments *a, int flag)
{
    uint64_t n = 0;
    enum err e = OK;
    switch (flag) {
    case FLAG_MQTT:
        return simulate_target_parse(optarg, a->host, sizeof a->host, &a->options.target);
    case FLAG_TOKEN:
        a->options.target.token = optarg;
        return OK;
    case FLAG_BROKER:
        return set_broker(a, optarg);
    case FLAG_FILTER:
        return add_filter(a, optarg);
    case FLAG_COUNT:
        return bytes_to_u64(bytes_of_text(optarg), UINT64_MAX, &a->options.count);
    case FLAG_SECONDS:
        e = bytes_to_u64(bytes_of_text(optarg), 366u * 86400u, &n);
        a->options.run_ms = (int64_t)n * 1000;
        return e;
    default:
        return ERR_UNSUPPORTED;
    }
}

static int run(struct arguments *a, int argc, char **argv)
{
    int flag;
    while ((flag = getopt_long(argc, argv, "h", flags, NULL)) != -1) {
        if (flag == 'h') {
            (void)fputs(help, stdout);
            return 0;
        }
        enum err e = apply(a, flag);
        if (e != OK) {
            (void)fprintf(stderr, "telltale record: %s is not valid here; see --help\n",
                          e == ERR_INVALID ? "the text of an option" : "that option");
            return 2;
        }
    }
    if (optind < argc || a->options.filter_count == 0) {
        (void)fprintf(stderr, "telltale record: a --filter, please; see --help\n");
        return 2;
    }
    a->options.filters = a->filters;
    return record_run(&a->options);
}

int command_record(int argc, char **argv)
{
    struct arguments a = {.options = {.target = {.host = "localhost", .port = 1883}}};
    optind = 1;
    config_init_defaults(&a.config);
    int code = run(&a, argc, argv);
    config_fini(&a.config);
    return code;
}
