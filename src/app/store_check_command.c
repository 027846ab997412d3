/* SPDX-License-Identifier: Apache-2.0 */
/* `telltale store check`: reads everything that the store holds and says what is damaged. */
#include "app/commands.h"
#include "app/history.h"

#include "sys/progress.h"

#include <getopt.h>

#define STEP_NS UINT64_C(100000000)

/* Damaged blocks that are told one by one. */
#define TOLD_MAX 20

static const char help[] =
    "usage: telltale store check [--data DIR]\n"
    "\n"
    "Reads the whole store: SQLite's own check of the file, the journal, and every block: its\n"
    "checksum, every value decoded, its statistics. Nothing is changed. A server may run; what it\n"
    "checks by itself, a little at a time, is in its metrics as "
    "telltale_store_blocks_checked_total\n"
    "and telltale_store_blocks_damaged_total. Exit code 1 when anything is damaged.\n"
    "\n"
    "      --data DIR   where the history is (default ./telltale-data)\n"
    "  -h, --help       this text\n";

static bool walk(struct history *h, struct store_check *c)
{
    struct progress progress;
    progress_start(&progress, "telltale store check");
    while (!c->done) {
        struct store_failure why = {{0}};
        enum err e = store_check_step(h->reader, c, STEP_NS, &why);
        if (e != OK && c->damaged <= TOLD_MAX) {
            (void)history_fail(h->word, "%s", why.text);
        }
        if (e != OK && e != ERR_CORRUPT) {
            return false;
        }
        if (progress_due(&progress)) {
            progress_line(&progress, "%llu blocks, %llu readings, %llu damaged",
                          (unsigned long long)c->blocks, (unsigned long long)c->readings,
                          (unsigned long long)c->damaged);
        }
    }
    return c->damaged == 0;
}

static int check(const char *dir)
{
    static struct history h;
    struct store_check c = {0};
    struct store_failure why = {{0}};
    if (!history_open(&h, "store check", dir)) {
        return 1;
    }
    bool pages = store_check_pages(h.reader, &why) == OK;
    if (!pages) {
        (void)history_fail(h.word, "%s", why.text);
    }
    bool blocks = walk(&h, &c);
    (void)printf("%llu blocks with %llu readings in %llu bytes, %llu rollups, %llu damaged; the"
                 " file is %s\n",
                 (unsigned long long)c.blocks, (unsigned long long)c.readings,
                 (unsigned long long)c.bytes, (unsigned long long)c.rollups,
                 (unsigned long long)c.damaged, pages ? "sound" : "damaged");
    history_close(&h);
    return pages && blocks ? 0 : 1;
}

static int wrong(const char *what)
{
    (void)history_fail("store", "%s; `telltale store --help` says how", what);
    return 2;
}

int command_store(int argc, char **argv)
{
    static const struct option flags[] = {
        {"data", required_argument, NULL, 'd'}, {"help", no_argument, NULL, 'h'}, {0}};
    const char *dir = "./telltale-data";
    int flag;
    while ((flag = getopt_long(argc, argv, "h", flags, NULL)) != -1) {
        if (flag == 'h') {
            (void)fputs(help, stdout);
            return 0;
        }
        if (flag != 'd') {
            return wrong("that option is not known");
        }
        dir = optarg;
    }
    if (optind != argc - 1 || strcmp(argv[optind], "check") != 0) {
        return wrong("check is what it can do");
    }
    return check(dir);
}
