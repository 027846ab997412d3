/* SPDX-License-Identifier: Apache-2.0 */
/* `telltale backup` and `telltale restore`. The copy is made by the store's own writer, ours or the
 * running server's; here it is synced while it grows, verified as a whole, and given its name. */
#include "app/commands.h"
#include "app/control.h"
#include "app/history.h"
#include "app/printed.h"
#include "proto/json/json.h"

#include "base/mem.h"
#include "sys/folder.h"
#include "sys/progress.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <limits.h>
#include <signal.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define STEP_NS        UINT64_C(100000000)
#define POLL_MS        100
#define PATH_MAX_BYTES 500
#define COPY_BYTES     (1u << 20)

static const char backup_help[] =
    "usage: telltale backup FILE [--data DIR]\n"
    "\n"
    "Copies the store into one new file while it runs, or while no server does. The copy holds "
    "all\n"
    "that was durable when it ended. It is verified, every block of it, before it gets its name;\n"
    "until then it is FILE.part.\n"
    "\n"
    "      --data DIR   where the history is (default ./telltale-data)\n"
    "  -h, --help       this text\n";

static const char restore_help[] =
    "usage: telltale restore FILE --data DIR\n"
    "\n"
    "Makes a data folder from a backup. FILE is verified first, every block of it; DIR must be "
    "empty\n"
    "or not exist, so that nothing is lost. Then start the server with --data DIR.\n"
    "\n"
    "      --data DIR   where the history is to be\n"
    "  -h, --help       this text\n";

struct copy {
    const char *word;
    const char *dir;
    const char *file;
    char part[PATH_MAX_BYTES + 8]; /* from the root */
    struct progress progress;
};

static void show(struct copy *c, uint64_t pages, uint64_t left)
{
    if (progress_due(&c->progress)) {
        progress_line(&c->progress, "%llu of %llu MB", (unsigned long long)((pages - left) >> 8),
                      (unsigned long long)(pages >> 8));
    }
}

/* Has the disk take what was written so far, so that it is not all left for the end. */
static bool sync_part(struct copy *c)
{
    int fd = open(c->part, O_RDONLY | O_CLOEXEC);
    bool good = fd >= 0 && fdatasync(fd) == 0;
    if (fd >= 0) {
        (void)close(fd);
    }
    return good;
}

/* ---- by the running server ---- */

static uint64_t number_of(struct bytes answer, const char *name)
{
    struct json_reader r;
    struct json_text key;
    int64_t n = 0;
    json_reader_init(&r, answer);
    if (!json_read_object(&r)) {
        return 0;
    }
    while (json_read_key(&r, &key)) {
        if (json_text_is(key, name) && json_read_i64(&r, &n)) {
            return (uint64_t)n;
        }
    }
    return 0;
}

static void put_percent(struct buf *b, const char *text)
{
    for (const char *p = text; *p; p++) {
        buf_printf(b, "%%%02X", (unsigned)(unsigned char)*p);
    }
    buf_put_byte(b, '\0');
}

static enum err ask(struct copy *c, const char *method, const char *path, char state[16])
{
    struct buf answer = {0};
    char message[400];
    int status = 0;
    enum err e = control_request(c->dir, method, path, "", &status, &answer);
    struct bytes body = buf_bytes(&answer);
    state[0] = '\0';
    if (e == OK && status == 200) {
        printed_member(body, "state", state, 16);
        printed_member(body, "message", message, sizeof message);
        show(c, number_of(body, "pages"), number_of(body, "left"));
    } else if (e == OK) {
        (void)snprintf(message, sizeof message, "%.*s", (int)size_min(body.len, 300),
                       (const char *)body.ptr);
    }
    if (e == OK && strcmp(state, "running") != 0 && strcmp(state, "done") != 0) {
        (void)history_fail(c->word, "the running server: %s", message);
        e = ERR_INVALID;
    } else if (e != OK && e != ERR_NOT_FOUND) {
        (void)history_fail(c->word, "the running server did not answer on its control socket");
    }
    buf_fini(&answer);
    return e;
}

/* Errors: ERR_NOT_FOUND no server runs;  others were said. */
static enum err copy_there(struct copy *c)
{
    char state[16];
    struct buf path = {0};
    buf_put_text(&path, "/api/v1/backup?path=");
    put_percent(&path, c->part);
    enum err e = ask(c, "POST", (const char *)path.ptr, state);
    buf_fini(&path);
    while (e == OK && strcmp(state, "running") == 0) {
        (void)nanosleep(&(struct timespec){0, POLL_MS * 1000000L}, NULL);
        if (!sync_part(c)) {
            (void)history_fail(c->word, "%s can't be synced", c->part);
            return ERR_IO;
        }
        e = ask(c, "GET", "/api/v1/backup", state);
    }
    return e;
}

/* ---- by ourselves ---- */

static enum err copy_here(struct copy *c)
{
    static struct metrics metrics;
    struct store_config config = store_defaults;
    struct store_failure why = {{0}};
    struct store_backup progress = {0};
    struct store *s = NULL;
    config.dir = c->dir;
    enum err e = store_open(&config, &metrics, &s, &why);
    e = e == OK ? store_backup_begin(s, c->part, &why) : e;
    while (e == OK && !progress.done) {
        e = store_backup_step(s, STEP_NS, &progress, &why);
        show(c, progress.pages, progress.left);
    }
    store_close(s);
    if (e != OK) {
        (void)history_fail(c->word, "%s", why.text);
    }
    return e;
}

/* ---- what follows ---- */

static bool verify(const struct copy *c, const char *file)
{
    struct store_check seen = {0};
    struct store_failure why = {{0}};
    if (store_verify_file(file, &seen, &why) != OK) {
        (void)history_fail(c->word, "%s", why.text);
        return false;
    }
    return true;
}

static char *folder_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash == path ? mem_text("/", 1)
           : slash       ? mem_text(path, (size_t)(slash - path))
                         : mem_text(".", 1);
}

static bool give_name(const struct copy *c)
{
    char *folder = folder_of(c->file);
    enum err e = file_rename(c->part, c->file);
    e = e == OK ? folder_sync(folder) : e;
    free(folder);
    if (e != OK) {
        (void)history_fail(c->word, "%s: %s", c->file, err_text(e));
    }
    return e == OK;
}

/* FILE.part from the root: the server has a working folder of its own. */
static bool name_part(struct copy *c)
{
    char *folder = folder_of(c->file);
    char root[PATH_MAX];
    const char *slash = strrchr(c->file, '/');
    const char *name = slash ? slash + 1 : c->file;
    bool good = realpath(folder, root) != NULL;
    free(folder);
    int n = good ? snprintf(c->part, sizeof c->part, "%s/%s.part", root, name) : -1;
    return n > 0 && (size_t)n < PATH_MAX_BYTES;
}

/* Half a copy is of no use to anybody. */
static void throw_away(const struct copy *c)
{
    if (file_remove(c->part) != OK) {
        (void)history_fail(c->word, "%s is left behind", c->part);
    }
}

static int backup(struct copy *c)
{
    char path[512];
    uint64_t bytes = 0;
    if (file_size(c->file, &bytes) != ERR_NOT_FOUND) {
        return history_fail(c->word, "%s is there already", c->file);
    }
    if (!history_path(c->word, c->dir, path)) {
        return 1;
    }
    if (!name_part(c)) {
        return history_fail(c->word, "the folder of %s is not there, or its name is too long",
                            c->file);
    }
    if (file_size(c->part, &bytes) != ERR_NOT_FOUND) {
        return history_fail(c->word, "%s is there already: another backup?", c->part);
    }
    (void)signal(SIGXFSZ, SIG_IGN); /* a file limit is a full disk */
    progress_start(&c->progress, "telltale backup");
    enum err e = copy_there(c);
    e = e == ERR_NOT_FOUND ? copy_here(c) : e;
    bool kept = e == OK && sync_part(c) && verify(c, c->part) && give_name(c);
    if (!kept) {
        throw_away(c);
        return 1;
    }
    e = file_size(c->file, &bytes);
    progress_end(&c->progress, "%s, %llu bytes, verified", c->file, (unsigned long long)bytes);
    return e == OK ? 0 : 1;
}

/* ---- restore ---- */

/* Copies the whole file and syncs it. */
static bool copy_file(const char *from, const char *to)
{
    int in = open(from, O_RDONLY | O_CLOEXEC);
    int out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    uint8_t *room = mem_alloc(COPY_BYTES);
    ssize_t n = 1;
    while (in >= 0 && out >= 0 && n > 0) {
        n = read(in, room, COPY_BYTES);
        for (ssize_t done = 0; n > 0 && done < n;) {
            ssize_t w = write(out, room + done, (size_t)(n - done));
            if (w <= 0) {
                n = -1;
                break;
            }
            done += w;
        }
    }
    bool good = in >= 0 && out >= 0 && n == 0 && fsync(out) == 0;
    free(room);
    if (in >= 0) {
        (void)close(in);
    }
    if (out >= 0) {
        good = close(out) == 0 && good;
    }
    return good;
}

/* Makes the folder; one that is there must be empty. */
static bool take_empty_folder(const struct copy *c)
{
    enum err e = folder_make(c->dir);
    if (e != OK) {
        (void)history_fail(c->word, "folder %s: %s", c->dir, err_text(e));
    } else if (rmdir(c->dir) != 0 || folder_make(c->dir) != OK) {
        /* Only an empty folder can be taken away. */
        (void)history_fail(c->word, "folder %s is not empty; choose another", c->dir);
        e = ERR_EXISTS;
    }
    return e == OK;
}

static int restore(struct copy *c)
{
    char part[512];
    char path[512];
    uint64_t bytes = 0;
    if (file_size(c->file, &bytes) != OK) {
        return history_fail(c->word, "%s can't be read", c->file);
    }
    if (!verify(c, c->file) || !take_empty_folder(c)) {
        return 1;
    }
    int n = snprintf(part, sizeof part, "%s/telltale.db.restored", c->dir);
    int m = snprintf(path, sizeof path, "%s/telltale.db", c->dir);
    if (n >= (int)sizeof part || m >= (int)sizeof path || !copy_file(c->file, part) ||
        file_rename(part, path) != OK || folder_sync(c->dir) != OK) {
        return history_fail(c->word, "%s can't be copied to %s", c->file, c->dir);
    }
    if (!verify(c, path)) {
        return 1;
    }
    (void)fprintf(stderr, "telltale restore: %s holds it, verified; start with --data %s\n", c->dir,
                  c->dir);
    return 0;
}

/* ---- arguments ---- */

static int parse(struct copy *c, int argc, char **argv, const char *help)
{
    static const struct option flags[] = {
        {"data", required_argument, NULL, 'd'}, {"help", no_argument, NULL, 'h'}, {0}};
    int flag;
    while ((flag = getopt_long(argc, argv, "h", flags, NULL)) != -1) {
        if (flag == 'h') {
            (void)fputs(help, stdout);
            return -1;
        }
        if (flag != 'd') {
            (void)history_fail(c->word, "that option is not known; --help says more");
            return 2;
        }
        c->dir = optarg;
    }
    if (optind != argc - 1) {
        (void)history_fail(c->word, "which file? --help says more");
        return 2;
    }
    c->file = argv[optind];
    return 0;
}

int command_backup(int argc, char **argv)
{
    static struct copy c;
    c = (struct copy){.word = "backup", .dir = "./telltale-data"};
    int code = parse(&c, argc, argv, backup_help);
    return code < 0 ? 0 : code > 0 ? code : backup(&c);
}

int command_restore(int argc, char **argv)
{
    static struct copy c;
    c = (struct copy){.word = "restore"};
    int code = parse(&c, argc, argv, restore_help);
    if (code == 0 && !c.dir) {
        (void)history_fail(c.word, "--data says where it is to be");
        code = 2;
    }
    return code < 0 ? 0 : code > 0 ? code : restore(&c);
}
