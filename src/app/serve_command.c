/* SPDX-License-Identifier: Apache-2.0 */
#include "app/address.h"
#include "app/commands.h"
#include "app/program.h"

#include "base/mem.h"

#include <getopt.h>
#include <unistd.h>

static const char help[] =
    "usage: telltale serve [-c FILE] [--data DIR] [--http ADDR:PORT]... [--mqtt ADDR:PORT]...\n"
    "                      [--https ADDR:PORT]... [--mqtts ADDR:PORT]...\n"
    "                      [--certificate FILE --key FILE] [--broker URL]... [--no-auth]\n"
    "\n"
    "Takes readings over MQTT, keeps them, raises alerts, and shows all of it live.\n"
    "\n"
    "  -c, --config FILE   settings; else ./telltale.yaml if it is there, else the defaults\n"
    "      --data DIR      where the history is kept (default ./telltale-data)\n"
    "      --http ADDR:PORT  page, REST and Socket.IO (default localhost:3000); may be repeated\n"
    "      --mqtt ADDR:PORT  where devices connect (default localhost:1883); may be repeated\n"
    "      --https ADDR:PORT, --mqtts ADDR:PORT  the same over TLS; may be repeated\n"
    "      --certificate FILE, --key FILE  what they show, in PEM; SIGHUP reads the files again\n"
    "      --broker URL    also take what an existing broker has: "
    "mqtt[s]://[user:password@]host[:port]\n"
    "      --no-auth       everybody may do everything; only with every listener on loopback\n"
    "  -h, --help          this text\n"
    "\n"
    "Port 0 takes a free one; each address is printed when it is ready.\n";

enum {
    FLAG_DATA = 256,
    FLAG_HTTP,
    FLAG_MQTT,
    FLAG_HTTPS,
    FLAG_MQTTS,
    FLAG_CERTIFICATE,
    FLAG_KEY,
    FLAG_BROKER,
    FLAG_NO_AUTH,
};

static const struct option flags[] = {
    {"config", required_argument, NULL, 'c'},
    {"data", required_argument, NULL, FLAG_DATA},
    {"http", required_argument, NULL, FLAG_HTTP},
    {"mqtt", required_argument, NULL, FLAG_MQTT},
    {"https", required_argument, NULL, FLAG_HTTPS},
    {"mqtts", required_argument, NULL, FLAG_MQTTS},
    {"certificate", required_argument, NULL, FLAG_CERTIFICATE},
    {"key", required_argument, NULL, FLAG_KEY},
    {"broker", required_argument, NULL, FLAG_BROKER},
    {"no-auth", no_argument, NULL, FLAG_NO_AUTH},
    {"help", no_argument, NULL, 'h'},
    {0},
};

/* Flags given so far: the first one of a repeated flag replaces what the file says. */
struct overrides {
    bool http;
    bool https;
    bool mqtt;
    bool mqtts;
};

/* Errors: ERR_INVALID not an address, said already. */
static enum err override_list(struct config_list *list, bool *given, const char *item)
{
    struct addresses a;
    if (addresses_parse(item, &a) != OK) {
        (void)fprintf(stderr,
                      "telltale serve: %s: expected ADDR:PORT, such as localhost:3000, "
                      "0.0.0.0:3000 or [::1]:3000\n",
                      item);
        return ERR_INVALID;
    }
    if (!*given) {
        config_list_clear(list);
        *given = true;
    }
    config_list_add(list, item);
    return OK;
}

static enum err override_text(char **text, const char *with)
{
    free(*text);
    *text = mem_text(with, strlen(with));
    return OK;
}

/* Errors: ERR_INVALID called wrongly, said already. */
static enum err apply_flag(struct config *c, struct overrides *given, int flag)
{
    struct config_error why;
    switch (flag) {
    case 'c':
        return OK; /* read before all others */
    case FLAG_DATA:
        return override_text(&c->data, optarg);
    case FLAG_CERTIFICATE:
        return override_text(&c->certificate, optarg);
    case FLAG_KEY:
        return override_text(&c->key, optarg);
    case FLAG_HTTP:
        return override_list(&c->http_listen, &given->http, optarg);
    case FLAG_MQTT:
        return override_list(&c->mqtt_listen, &given->mqtt, optarg);
    case FLAG_HTTPS:
        return override_list(&c->https_listen, &given->https, optarg);
    case FLAG_MQTTS:
        return override_list(&c->mqtts_listen, &given->mqtts, optarg);
    case FLAG_NO_AUTH:
        c->auth = false;
        return OK;
    case FLAG_BROKER:
        if (config_add_broker(c, optarg, &why) == OK) {
            return OK;
        }
        (void)fprintf(stderr, "telltale serve: --broker %s: %s\n", optarg, why.text);
        return ERR_INVALID;
    default:
        (void)fprintf(stderr, "try `telltale serve --help`\n");
        return ERR_INVALID;
    }
}

static enum err apply_flags(struct config *c, int argc, char **argv)
{
    struct overrides given = {0};
    enum err e = OK;
    int flag;
    optind = 1;
    while (e == OK && (flag = getopt_long(argc, argv, "c:h", flags, NULL)) != -1) {
        e = apply_flag(c, &given, flag);
    }
    if (e == OK && optind < argc) {
        (void)fprintf(stderr, "telltale serve: what is '%s'? try --help\n", argv[optind]);
        e = ERR_INVALID;
    }
    return e;
}

/* The file that -c names, or the one that is simply there, or NULL. True when help was asked for.
 */
static bool find_file(int argc, char **argv, const char **file)
{
    int flag;
    optind = 1;
    opterr = 0; /* said when the flags are applied */
    *file = access("telltale.yaml", F_OK) == 0 ? "telltale.yaml" : NULL;
    while ((flag = getopt_long(argc, argv, "c:h", flags, NULL)) != -1) {
        if (flag == 'h') {
            return true;
        }
        if (flag == 'c') {
            *file = optarg;
        }
    }
    opterr = 1;
    return false;
}

static int load_file(struct config *c, const char *file)
{
    struct config_error why = {0};
    if (!file || config_load(file, c, &why) == OK) {
        return 0;
    }
    config_report(file, &why);
    return 2;
}

int command_serve(int argc, char **argv)
{
    struct config config;
    const char *file;
    if (find_file(argc, argv, &file)) {
        (void)fputs(help, stdout);
        return 0;
    }
    config_init_defaults(&config);
    int code = load_file(&config, file);
    if (code == 0 && apply_flags(&config, argc, argv) != OK) {
        code = 2;
    }
    if (code == 0) {
        code = program_run(&config);
    }
    config_fini(&config);
    return code;
}
