/* SPDX-License-Identifier: Apache-2.0 */
#include "app/commands.h"

#include "simulate/simulate.h"

#include "base/base.h"

#include <getopt.h>

static const char help[] =
    "usage: telltale replay FILE.jsonl [--mqtt HOST:PORT] [--token TOKEN] [--speed 1x|60x|max]\n"
    "       telltale replay FILE.csv [--mqtt HOST:PORT] [--token TOKEN] [--speed 1x|60x|max]\n"
    "                       [--times own|now] [--device ID] [--separator CHAR] [--time COLUMN]\n"
    "                       [--time-format FORMAT] [--columns A,B,C] [--sensor-prefix TEXT]\n"
    "                       [--topic TOPIC]\n"
    "\n"
    "Publishes messages that `telltale record` wrote, as they were and at their pace, or a CSV "
    "file,\n"
    "a message a row, a sensor a column. Of a CSV file, what is not told is found in it: its\n"
    "separator, the column of times, the columns of numbers.\n"
    "\n"
    "      --mqtt HOST:PORT     where to publish (default localhost:1883)\n"
    "      --token TOKEN        sent as MQTT password\n"
    "      --speed SPEED        1x as recorded, 60x a minute in a second, max (default 1x)\n"
    "      --times own|now      the recorded times, or moved to now (default own)\n"
    "      --device ID          (default: the file's name)\n"
    "      --separator CHAR     , ; | or \\t\n"
    "      --time COLUMN        the column that holds the time\n"
    "      --time-format FORMAT as of strptime, UTC, such as '%Y-%m-%d %H:%M:%S'\n"
    "      --columns A,B,C      only these columns\n"
    "      --sensor-prefix TEXT put in front of each column's name\n"
    "      --topic TOPIC        (default sensors/ID)\n"
    "  -h, --help               this text\n";

enum {
    FLAG_MQTT = 256,
    FLAG_TOKEN,
    FLAG_SPEED,
    FLAG_TIMES,
    FLAG_DEVICE,
    FLAG_SEPARATOR,
    FLAG_TIME,
    FLAG_TIME_FORMAT,
    FLAG_COLUMNS,
    FLAG_SENSOR_PREFIX,
    FLAG_TOPIC,
};

static const struct option flags[] = {
    {"mqtt", required_argument, NULL, FLAG_MQTT},
    {"token", required_argument, NULL, FLAG_TOKEN},
    {"speed", required_argument, NULL, FLAG_SPEED},
    {"times", required_argument, NULL, FLAG_TIMES},
    {"device", required_argument, NULL, FLAG_DEVICE},
    {"separator", required_argument, NULL, FLAG_SEPARATOR},
    {"time", required_argument, NULL, FLAG_TIME},
    {"time-format", required_argument, NULL, FLAG_TIME_FORMAT},
    {"columns", required_argument, NULL, FLAG_COLUMNS},
    {"sensor-prefix", required_argument, NULL, FLAG_SENSOR_PREFIX},
    {"topic", required_argument, NULL, FLAG_TOPIC},
    {"help", no_argument, NULL, 'h'},
    {0},
};

static enum err set_times(struct replay_options *o, const char *text)
{
    if (strcmp(text, "own") == 0) {
        o->times = REPLAY_TIMES_OWN;
    } else if (strcmp(text, "now") == 0) {
        o->times = REPLAY_TIMES_NOW;
    } else {
        return ERR_INVALID;
    }
    return OK;
}

static enum err set_separator(struct replay_options *o, const char *text)
{
    if (strcmp(text, "\\t") == 0) {
        o->separator = '\t';
        return OK;
    }
    o->separator = text[0];
    return text[0] && !text[1] ? OK : ERR_INVALID;
}

/* Where the text of a flag goes as it is; NULL for flags that are read. */
static const char **text_member(struct replay_options *o, int flag)
{
    switch (flag) {
    case FLAG_TOKEN:
        return &o->target.token;
    case FLAG_DEVICE:
        return &o->device;
    case FLAG_TIME:
        return &o->time_column;
    case FLAG_TIME_FORMAT:
        return &o->time_format;
    case FLAG_COLUMNS:
        return &o->columns;
    case FLAG_SENSOR_PREFIX:
        return &o->sensor_prefix;
    case FLAG_TOPIC:
        return &o->topic;
    default:
        return NULL;
    }
}

static enum err apply(struct replay_options *o, int flag, char *room, size_t cap)
{
    const char **text = text_member(o, flag);
    if (text) {
        *text = optarg;
        return OK;
    }
    switch (flag) {
    case FLAG_MQTT:
        return simulate_target_parse(optarg, room, cap, &o->target);
    case FLAG_SPEED:
        return replay_speed_parse(optarg, &o->speed);
    case FLAG_TIMES:
        return set_times(o, optarg);
    case FLAG_SEPARATOR:
        return set_separator(o, optarg);
    default:
        return ERR_UNSUPPORTED;
    }
}

int command_replay(int argc, char **argv)
{
    struct replay_options options = replay_defaults;
    char host[256];
    int flag;
    while ((flag = getopt_long(argc, argv, "h", flags, NULL)) != -1) {
        if (flag == 'h') {
            (void)fputs(help, stdout);
            return 0;
        }
        enum err e = apply(&options, flag, host, sizeof host);
        if (e != OK) {
            (void)fprintf(stderr, "telltale replay: %s is not valid here; see --help\n",
                          e == ERR_INVALID ? optarg : "that option");
            return 2;
        }
    }
    if (argc - optind != 1) {
        (void)fprintf(stderr, "telltale replay: one file, please; see --help\n");
        return 2;
    }
    options.path = argv[optind];
    return replay_run(&options);
}
