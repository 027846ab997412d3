/* SPDX-License-Identifier: Apache-2.0 */
#include "app/commands.h"
#include "app/version.h"

#include "base/base.h"

static const struct {
    const char *word;
    int (*run)(int argc, char **argv);
    const char *help;
} commands[] = {
    {"serve", command_serve, "take readings, keep them, show them"},
    {"simulate", command_simulate, "publish a made-up fleet over MQTT"},
    {"record", command_record, "write messages of a broker to a file"},
    {"replay", command_replay, "publish recorded messages or a CSV file over MQTT"},
    {"decode", command_decode, "say what the server would make of recorded messages"},
    {"check-config", command_check_config, "read a settings file and say what is wrong in it"},
    {"import", command_import, "take history from files in line protocol or CSV"},
    {"export", command_export, "write history as CSV or line protocol"},
    {"backup", command_backup, "copy the store into one file, while it runs"},
    {"restore", command_restore, "make a data folder from a backup"},
    {"store", command_store, "check everything that the store holds"},
    {"token", command_token, "make, list and revoke access tokens"},
    {"user", command_user, "add and remove people, their roles and passwords"},
    {"device", command_device, "make, list and revoke credentials of devices"},
    {"version", command_version, "print the version"},
};

static void print_help(FILE *out)
{
    (void)fprintf(out, "usage: telltale COMMAND [OPTION...]\n\n"
                       "Live visibility into fleets of devices and their sensors.\n\ncommands:\n");
    for (size_t i = 0; i < ARRAY_LEN(commands); i++) {
        (void)fprintf(out, "  %-14s %s\n", commands[i].word, commands[i].help);
    }
    (void)fprintf(out, "\n`telltale COMMAND --help` tells more.\n");
}

int command_version(int argc, char **argv)
{
    if (argc > 1 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)) {
        (void)printf("usage: telltale version\n\nPrints `telltale VERSION`.\n");
        return 0;
    }
    (void)printf("telltale %s\n", TELLTALE_VERSION);
    return 0;
}

int main(int argc, char **argv)
{
    const char *word = argc > 1 ? argv[1] : "";
    for (size_t i = 0; i < ARRAY_LEN(commands); i++) {
        if (strcmp(word, commands[i].word) == 0) {
            return commands[i].run(argc - 1, argv + 1);
        }
    }
    if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0 || strcmp(word, "help") == 0) {
        print_help(stdout);
        return 0;
    }
    if (strcmp(word, "--version") == 0) {
        return command_version(1, argv);
    }
    if (*word) {
        (void)fprintf(stderr, "telltale: no command '%s'\n\n", word);
    }
    print_help(stderr);
    return 2;
}
