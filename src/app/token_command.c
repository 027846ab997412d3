/* SPDX-License-Identifier: Apache-2.0 */
/* `telltale token`: opens the store itself when nobody holds it, else asks the running server. */
#include "app/commands.h"

#include "app/config.h"
#include "app/control.h"
#include "proto/json/json.h"
#include "sys/clock.h"
#include "sys/secret.h"

#include <getopt.h>
#include <time.h>

static const char help[] =
    "usage: telltale token create --role viewer|operator|admin [--data DIR]\n"
    "       telltale token list [--data DIR]\n"
    "       telltale token revoke ID [--data DIR]\n"
    "\n"
    "A token lets a person log in on the page, a program use REST and the live stream\n"
    "(Authorization: Bearer TOKEN), and a device publish (as MQTT password, any user name).\n"
    "viewer reads; operator also acknowledges, changes rules and devices, publishes; admin also\n"
    "manages tokens. A token is shown once, when it is made; only its hash is kept.\n"
    "\n"
    "      --data DIR   where the server keeps its history (default ./telltale-data); the server "
    "may\n"
    "                   run or not\n"
    "      --role ROLE  what the new token may do\n"
    "  -h, --help       this text\n";

struct request {
    const char *verb;
    const char *dir;
    const char *id;
    enum role role;
};

static int fail(const char *what)
{
    (void)fprintf(stderr, "telltale token: %s\n", what);
    return 1;
}

static void print_row(const char *id, const char *role, wall_ms created)
{
    char when[32] = "";
    struct tm utc;
    time_t seconds = (time_t)(created / 1000);
    if (gmtime_r(&seconds, &utc)) {
        (void)strftime(when, sizeof when, "%Y-%m-%dT%H:%M:%SZ", &utc);
    }
    (void)printf("%-32s  %-8s  %s\n", id, role, when);
}

/* ---- the running server does it ---- */

/* The text member `name` of a JSON object, cut to fit `out`; "" when it is not there. */
static void member(struct bytes json, const char *name, char *out, size_t size)
{
    struct json_reader r;
    struct json_text key, value;
    out[0] = '\0';
    json_reader_init(&r, json);
    if (!json_read_object(&r)) {
        return;
    }
    while (json_read_key(&r, &key)) {
        if (json_text_is(key, name) && json_peek(&r) == JSON_STRING && json_read_text(&r, &value)) {
            (void)snprintf(out, size, "%.*s", (int)value.raw.len, (const char *)value.raw.ptr);
        }
    }
}

static void print_listed(struct json_reader *r)
{
    struct json_text key, text;
    char id[TEXT_ID_MAX] = "", role[16] = "";
    int64_t created = 0;
    if (!json_read_object(r)) {
        return;
    }
    while (json_read_key(r, &key)) {
        if (json_text_is(key, "id") && json_read_text(r, &text)) {
            (void)snprintf(id, sizeof id, "%.*s", (int)text.raw.len, (const char *)text.raw.ptr);
        } else if (json_text_is(key, "role") && json_read_text(r, &text)) {
            (void)snprintf(role, sizeof role, "%.*s", (int)text.raw.len,
                           (const char *)text.raw.ptr);
        } else if (json_text_is(key, "createdAt")) {
            (void)json_read_i64(r, &created);
        }
    }
    print_row(id, role, created);
}

static void print_list(struct bytes json)
{
    struct json_reader r;
    struct json_text key;
    json_reader_init(&r, json);
    if (!json_read_object(&r)) {
        return;
    }
    while (json_read_key(&r, &key)) {
        if (json_text_is(key, "tokens") && json_read_array(&r)) {
            while (json_read_item(&r)) {
                print_listed(&r);
            }
        }
    }
}

static enum err ask_server(const struct request *q, int *status, struct buf *answer)
{
    char body[64] = "";
    char path[128] = "/api/v1/tokens";
    const char *method = "GET";
    if (strcmp(q->verb, "create") == 0) {
        method = "POST";
        (void)snprintf(body, sizeof body, "{\"role\":\"%s\"}", role_text(q->role));
    } else if (strcmp(q->verb, "revoke") == 0) {
        method = "DELETE";
        (void)snprintf(path, sizeof path, "/api/v1/tokens/%.64s", q->id);
    }
    return control_request(q->dir, method, path, body, status, answer);
}

static int show_answer(const struct request *q, int status, struct bytes answer)
{
    char token[SECRET_TOKEN_BYTES];
    if (status == 404) {
        return fail("no token has that id; `telltale token list` shows them");
    }
    if (status < 200 || status > 299) {
        return fail("the running server refused; its log says why");
    }
    if (strcmp(q->verb, "create") == 0) {
        member(answer, "token", token, sizeof token);
        (void)printf("%s\n", token);
    } else if (strcmp(q->verb, "list") == 0) {
        print_list(answer);
    }
    return 0;
}

/* ---- nobody holds the store: we do it ---- */

static const struct token *find_loaded(const struct batch *loaded, const char *id)
{
    for (size_t i = 0; i < loaded->token_count; i++) {
        if (strcmp(loaded->tokens[i].id.text, id) == 0) {
            return &loaded->tokens[i];
        }
    }
    return NULL;
}

static int write_token(struct store *s, const struct batch *loaded, const struct token *t)
{
    struct store_failure why = {{0}};
    struct batch *b = batch_new(BATCH_CHANGES);
    b->seq = loaded->seq + 1;
    b->now = clock_wall_ms();
    *batch_add_token(b) = *t;
    store_append(s, b);
    batch_release(b);
    return store_commit(s, clock_wall_ms(), &why) == OK ? 0 : fail(why.text);
}

static int create_here(const struct request *q, struct store *s, const struct batch *loaded)
{
    char text[SECRET_TOKEN_BYTES];
    struct text_id_source ids = {.epoch_ms = clock_wall_ms()};
    struct token t = {.id = text_id_next(&ids), .role = q->role, .created = ids.epoch_ms};
    secret_token(text);
    secret_hash(bytes_of_text(text), t.hash);
    int code = write_token(s, loaded, &t);
    if (code == 0) {
        (void)printf("%s\n", text);
    }
    return code;
}

static int do_here(const struct request *q, struct store *s, const struct batch *loaded)
{
    if (strcmp(q->verb, "create") == 0) {
        return create_here(q, s, loaded);
    }
    if (strcmp(q->verb, "list") == 0) {
        for (size_t i = 0; i < loaded->token_count; i++) {
            const struct token *t = &loaded->tokens[i];
            print_row(t->id.text, role_text(t->role), t->created);
        }
        return 0;
    }
    const struct token *found = find_loaded(loaded, q->id);
    if (!found) {
        return fail("no token has that id; `telltale token list` shows them");
    }
    struct token gone = *found;
    gone.revoked = true;
    return write_token(s, loaded, &gone);
}

static int open_and_do(const struct request *q)
{
    static struct metrics metrics;
    struct store_config config = store_defaults;
    struct store_failure why = {{0}};
    struct store *s = NULL;
    config.dir = q->dir;
    if (store_open(&config, &metrics, &s, &why) != OK) {
        return fail(why.text);
    }
    struct batch *loaded = batch_new(BATCH_SNAPSHOT);
    int code =
        store_load(s, loaded) == OK ? do_here(q, s, loaded) : fail("the store can't be read");
    batch_release(loaded);
    store_close(s);
    return code;
}

/* ---- arguments ---- */

static int wrong(const char *what)
{
    (void)fprintf(stderr, "telltale token: %s\n%s", what, help);
    return 2;
}

static int check(const struct request *q, int operands)
{
    if (strcmp(q->verb, "create") == 0) {
        return q->role == ROLE_NONE ? wrong("--role viewer, operator or admin is needed") : 0;
    }
    if (strcmp(q->verb, "list") == 0) {
        return operands ? wrong("list takes no more words") : 0;
    }
    if (strcmp(q->verb, "revoke") == 0) {
        return operands == 1 ? 0 : wrong("which one? `telltale token revoke ID`");
    }
    return wrong("create, list or revoke?");
}

static int parse(struct request *q, int argc, char **argv)
{
    static const struct option flags[] = {{"data", required_argument, NULL, 'd'},
                                          {"role", required_argument, NULL, 'r'},
                                          {"help", no_argument, NULL, 'h'},
                                          {0}};
    int flag;
    while ((flag = getopt_long(argc, argv, "h", flags, NULL)) != -1) {
        if (flag == 'd') {
            q->dir = optarg;
        } else if (flag == 'r') {
            if (role_parse(bytes_of_text(optarg), &q->role) != OK) {
                return wrong("a role is viewer, operator or admin");
            }
        } else {
            return flag == 'h' ? -1 : wrong("that option is not known");
        }
    }
    if (optind >= argc) {
        return wrong("create, list or revoke?");
    }
    q->verb = argv[optind++];
    q->id = optind < argc ? argv[optind] : "";
    return check(q, argc - optind);
}

int command_token(int argc, char **argv)
{
    struct request q = {.dir = "./telltale-data", .role = ROLE_NONE};
    struct buf answer = {0};
    int status = 0;
    int code = parse(&q, argc, argv);
    if (code < 0) {
        (void)fputs(help, stdout);
        return 0;
    }
    if (code > 0) {
        return code;
    }
    secret_start();
    enum err e = ask_server(&q, &status, &answer);
    if (e == ERR_NOT_FOUND) {
        code = open_and_do(&q);
    } else if (e == OK) {
        code = show_answer(&q, status, buf_bytes(&answer));
    } else {
        code = fail("the running server did not answer on its control socket");
    }
    buf_fini(&answer);
    return code;
}
