/* SPDX-License-Identifier: Apache-2.0 */
#include "app/commands.h"
#include "app/config.h"

#include <getopt.h>
#include <unistd.h>

static const char help[] =
    "usage: telltale check-config [-c FILE]\n"
    "       telltale check-config --example\n"
    "\n"
    "Reads a settings file and says what is wrong in it, by line and column.\n"
    "\n"
    "  -c, --config FILE   the file (default ./telltale.yaml)\n"
    "      --example       print every setting with its help and default, and stop\n"
    "  -h, --help          this text\n"
    "\n"
    "Exit code 0: the file is right. 2: it is not.\n";

static const struct option flags[] = {
    {"config", required_argument, NULL, 'c'},
    {"example", no_argument, NULL, 'e'},
    {"help", no_argument, NULL, 'h'},
    {0},
};

static int print_example(void)
{
    struct buf text = {0};
    config_print_example(&text);
    size_t written = fwrite(text.ptr, 1, text.len, stdout);
    int code = written == text.len && fflush(stdout) == 0 ? 0 : 1;
    buf_fini(&text);
    return code;
}

static int check(const char *path)
{
    struct config config;
    struct config_error why;
    config_init_defaults(&config);
    enum err e = config_load(path, &config, &why);
    config_fini(&config);
    if (e != OK) {
        config_report(path, &why);
        return 2;
    }
    (void)printf("%s: ok\n", path);
    return 0;
}

int command_check_config(int argc, char **argv)
{
    const char *path = "telltale.yaml";
    int flag;
    optind = 1;
    while ((flag = getopt_long(argc, argv, "c:h", flags, NULL)) != -1) {
        switch (flag) {
        case 'c':
            path = optarg;
            break;
        case 'e':
            return print_example();
        case 'h':
            (void)fputs(help, stdout);
            return 0;
        default:
            (void)fprintf(stderr, "try `telltale check-config --help`\n");
            return 2;
        }
    }
    if (optind < argc) {
        (void)fprintf(stderr, "telltale check-config: what is '%s'? try --help\n", argv[optind]);
        return 2;
    }
    return check(path);
}
