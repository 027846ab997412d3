/* SPDX-License-Identifier: Apache-2.0 */
/* `telltale token`: opens the store itself when nobody holds it, else asks the running server. */
#include "app/commands.h"

#include "app/config.h"
#include "app/control.h"
#include "app/offline.h"
#include "app/printed.h"
#include "proto/json/json.h"
#include "sys/secret.h"

#include <getopt.h>

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
    char made[SECRET_TOKEN_BYTES]; /* shown once it is durable */
};

static int fail(const char *what)
{
    (void)fprintf(stderr, "telltale token: %s\n", what);
    return 1;
}

static void print_row(const char *id, const char *role, wall_ms created)
{
    char when[PRINTED_TIME_BYTES];
    printed_time(created, when);
    (void)printf("%-32s  %-8s  %s\n", id, role, when);
}

/* ---- the running server does it ---- */

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
        printed_member(answer, "token", token, sizeof token);
        (void)printf("%s\n", token);
    } else if (strcmp(q->verb, "list") == 0) {
        printed_list(answer, "tokens", print_listed);
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

static void create_here(struct request *q, struct batch *change)
{
    struct text_id_source ids = {.epoch_ms = change->now};
    struct token t = {.id = text_id_next(&ids), .role = q->role, .created = change->now};
    secret_token(q->made);
    secret_hash(bytes_of_text(q->made), t.hash);
    *batch_add_token(change) = t;
}

static int do_here(void *ctx, const struct batch *loaded, struct batch *change)
{
    struct request *q = ctx;
    if (strcmp(q->verb, "create") == 0) {
        create_here(q, change);
        return 0;
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
    struct token *gone = batch_add_token(change);
    *gone = *found;
    gone->revoked = true;
    return 0;
}

static int open_and_do(struct request *q)
{
    bool makes = strcmp(q->verb, "create") == 0;
    int code = makes ? offline_run("token", q->dir, do_here, q)
                     : offline_look("token", q->dir, do_here, q);
    if (code == 0 && *q->made) {
        (void)printf("%s\n", q->made);
    }
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
