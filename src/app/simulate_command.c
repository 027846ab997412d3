/* SPDX-License-Identifier: Apache-2.0 */
#include "app/commands.h"

#include "simulate/simulate.h"

#include "base/base.h"
#include "base/bytes.h"

#include <getopt.h>

static const char help[] =
    "usage: telltale simulate [--mqtt HOST:PORT] [--token TOKEN] [--devices N] [--seed N]\n"
    "                         [--interval TIME] [--history TIME] [--history-interval TIME]\n"
    "                         [--state FILE] [--for TIME]\n"
    "       telltale simulate --describe [--devices N] [--seed N]\n"
    "\n"
    "Publishes a made-up fleet over MQTT: N devices with 5 sensors each, two of which misbehave.\n"
    "\n"
    "      --mqtt HOST:PORT   where to publish (default localhost:1883)\n"
    "      --token TOKEN      sent as MQTT password\n"
    "      --devices N        1 to 100000 (default 50)\n"
    "      --seed N           the same seed tells the same values at the same times (default 1)\n"
    "      --interval TIME    between two messages of a device (default 2s)\n"
    "      --history TIME     publish this much of the past first, such as 1d (default none)\n"
    "      --history-interval TIME   between two messages of the past (default 10s)\n"
    "      --state FILE       remember what was acknowledged, so that the next run fills only the "
    "gap\n"
    "      --for TIME         end after that long (default: when told to)\n"
    "      --describe         print names, places, units and rules of the fleet as JSON\n"
    "  -h, --help             this text\n"
    "\n"
    "A TIME is a number with ms, s, m, h or d.\n";

enum {
    FLAG_MQTT = 256,
    FLAG_TOKEN,
    FLAG_DEVICES,
    FLAG_SEED,
    FLAG_INTERVAL,
    FLAG_HISTORY,
    FLAG_HISTORY_INTERVAL,
    FLAG_STATE,
    FLAG_FOR,
    FLAG_DESCRIBE,
};

static const struct option flags[] = {
    {"mqtt", required_argument, NULL, FLAG_MQTT},
    {"token", required_argument, NULL, FLAG_TOKEN},
    {"devices", required_argument, NULL, FLAG_DEVICES},
    {"seed", required_argument, NULL, FLAG_SEED},
    {"interval", required_argument, NULL, FLAG_INTERVAL},
    {"history", required_argument, NULL, FLAG_HISTORY},
    {"history-interval", required_argument, NULL, FLAG_HISTORY_INTERVAL},
    {"state", required_argument, NULL, FLAG_STATE},
    {"for", required_argument, NULL, FLAG_FOR},
    {"describe", no_argument, NULL, FLAG_DESCRIBE},
    {"help", no_argument, NULL, 'h'},
    {0},
};

static enum err set_devices(struct simulate_options *o, const char *text)
{
    uint64_t n;
    enum err e = bytes_to_u64(bytes_of_text(text), SIMULATE_DEVICES_MAX, &n);
    if (e != OK || n == 0) {
        return ERR_INVALID;
    }
    o->devices = (unsigned)n;
    return OK;
}

/* A duration that may not be nothing. */
static enum err set_interval(int64_t *ms, const char *text)
{
    enum err e = simulate_duration_parse(text, ms);
    return e == OK && *ms < 1 ? ERR_INVALID : e;
}

static enum err apply(struct simulate_options *o, int flag, char *room, size_t cap)
{
    switch (flag) {
    case FLAG_MQTT:
        return simulate_target_parse(optarg, room, cap, &o->target);
    case FLAG_TOKEN:
        o->target.token = optarg;
        return OK;
    case FLAG_DEVICES:
        return set_devices(o, optarg);
    case FLAG_SEED:
        return bytes_to_u64(bytes_of_text(optarg), UINT64_MAX, &o->seed);
    case FLAG_INTERVAL:
        return set_interval(&o->interval_ms, optarg);
    case FLAG_HISTORY:
        return simulate_duration_parse(optarg, &o->history_ms);
    case FLAG_HISTORY_INTERVAL:
        return set_interval(&o->history_interval_ms, optarg);
    case FLAG_STATE:
        o->state_path = optarg;
        return OK;
    case FLAG_FOR:
        return simulate_duration_parse(optarg, &o->run_ms);
    default:
        return ERR_UNSUPPORTED;
    }
}

int command_simulate(int argc, char **argv)
{
    struct simulate_options options = simulate_defaults;
    char host[256];
    bool describe = false;
    int flag;
    while ((flag = getopt_long(argc, argv, "h", flags, NULL)) != -1) {
        if (flag == 'h') {
            (void)fputs(help, stdout);
            return 0;
        }
        if (flag == FLAG_DESCRIBE) {
            describe = true;
            continue;
        }
        enum err e = apply(&options, flag, host, sizeof host);
        if (e != OK) {
            (void)fprintf(stderr, "telltale simulate: %s is not valid here; see --help\n",
                          e == ERR_INVALID ? optarg : "that option");
            return 2;
        }
    }
    if (optind < argc) {
        (void)fprintf(stderr, "telltale simulate: what is '%s'? see --help\n", argv[optind]);
        return 2;
    }
    return describe ? simulate_describe(&options) : simulate_run(&options);
}
