/* SPDX-License-Identifier: Apache-2.0 */
/* `telltale user`: opens the store itself when nobody holds it, else asks the running server. */
#include "app/commands.h"

#include "app/control.h"
#include "app/offline.h"
#include "app/printed.h"
#include "model/account.h"
#include "model/limits.h"
#include "proto/json/json.h"
#include "sys/password.h"
#include "sys/secret.h"
#include "sys/terminal.h"

#include "base/mem.h"

#include <getopt.h>

static const char help[] =
    "usage: telltale user add NAME --role viewer|operator|admin [--data DIR]\n"
    "       telltale user list [--data DIR]\n"
    "       telltale user passwd NAME [--data DIR]\n"
    "       telltale user role NAME viewer|operator|admin [--data DIR]\n"
    "       telltale user remove NAME [--data DIR]\n"
    "\n"
    "People log in on the page by a name and a password. The password is asked for on the\n"
    "terminal, or is one line of standard input: at least 10 characters. Only its argon2id hash\n"
    "is kept. viewer reads; operator also acknowledges, changes rules and devices; admin also\n"
    "manages users and tokens. A new password, or none any more, logs a person out everywhere.\n"
    "\n"
    "      --data DIR   where the server keeps its history (default ./telltale-data); the server "
    "may\n"
    "                   run or not\n"
    "      --role ROLE  what the new user may do\n"
    "  -h, --help       this text\n";

struct request {
    const char *verb;
    const char *dir;
    const char *role; /* as it was typed, NULL: not given */
    struct command *command;
};

static int fail(const char *what)
{
    (void)fprintf(stderr, "telltale user: %s\n", what);
    return 1;
}

static bool is_verb(const struct request *q, const char *verb)
{
    return strcmp(q->verb, verb) == 0;
}

static void print_row(const char *name, const char *role, wall_ms created, int64_t sessions)
{
    char when[PRINTED_TIME_BYTES];
    printed_time(created, when);
    (void)printf("%-32s  %-8s  made %s  logged in %lld\n", name, role, when, (long long)sessions);
}

/* ---- the running server does it ---- */

static void put_request(const struct request *q, struct buf *body)
{
    const struct command *c = q->command;
    struct json_writer w;
    json_writer_init(&w, body);
    json_write_object(&w);
    if (is_verb(q, "add")) {
        json_put_string(&w, "name", c->name);
    }
    if (c->fields & FIELD_ROLE) {
        json_put_string(&w, "role", role_text(c->account.role));
    }
    if (c->account.password) {
        json_put_string(&w, "password", c->account.password);
    }
    json_write_object_end(&w);
    buf_put_byte(body, 0);
}

static enum err ask_server(const struct request *q, int *status, struct buf *answer)
{
    struct buf path = {0}, body = {0};
    const char *method = is_verb(q, "list")     ? "GET"
                         : is_verb(q, "add")    ? "POST"
                         : is_verb(q, "remove") ? "DELETE"
                                                : "PATCH";
    buf_put_text(&path, "/api/v1/users");
    if (!is_verb(q, "list") && !is_verb(q, "add")) {
        buf_put_byte(&path, '/');
        control_put_segment(&path, q->command->name);
    }
    buf_put_byte(&path, 0);
    if (method[0] == 'P') {
        put_request(q, &body);
    }
    enum err e = control_request(q->dir, method, (const char *)path.ptr,
                                 body.len ? (const char *)body.ptr : "", status, answer);
    if (body.len) {
        explicit_bzero(body.ptr, body.len);
    }
    buf_fini(&path);
    buf_fini(&body);
    return e;
}

static void print_listed(struct json_reader *r)
{
    struct json_text key, text;
    struct buf name = {0};
    char role[16] = "";
    int64_t created = 0, sessions = 0;
    if (!json_read_object(r)) {
        return;
    }
    while (json_read_key(r, &key)) {
        if (json_text_is(key, "name") && json_read_text(r, &text)) {
            json_text_append(text, &name);
        } else if (json_text_is(key, "role") && json_read_text(r, &text)) {
            (void)snprintf(role, sizeof role, "%.*s", (int)text.raw.len,
                           (const char *)text.raw.ptr);
        } else if (json_text_is(key, "createdAt")) {
            (void)json_read_i64(r, &created);
        } else if (json_text_is(key, "sessions")) {
            (void)json_read_i64(r, &sessions);
        }
    }
    buf_put_byte(&name, 0);
    print_row((const char *)name.ptr, role, created, sessions);
    buf_fini(&name);
}

static int show_answer(const struct request *q, int status, struct bytes answer)
{
    char message[256];
    if (status < 200 || status > 299) {
        printed_error(answer, message, sizeof message);
        return fail(*message ? message : "the running server refused; its log says why");
    }
    if (is_verb(q, "list")) {
        printed_list(answer, "users", print_listed);
    }
    return 0;
}

/* ---- nobody holds the store: we do it ---- */

static void list_here(const struct account_table *t, wall_ms now)
{
    for (size_t i = 0; i < t->account_count; i++) {
        const struct account *a = &t->accounts[i];
        print_row(a->name.text, role_text(a->role), a->created, (int64_t)account_logins(t, a, now));
    }
}

static int do_here(void *ctx, const struct batch *loaded, struct batch *change)
{
    struct request *q = ctx;
    struct command *c = q->command;
    struct account_table accounts = {0};
    struct token_table tokens = {0};
    struct text_id_source ids = {.epoch_ms = change->now};
    account_table_apply(&accounts, loaded);
    for (size_t i = 0; i < loaded->token_count; i++) {
        token_table_apply(&tokens, &loaded->tokens[i]);
    }
    if (is_verb(q, "list")) {
        list_here(&accounts, change->now);
    } else {
        account_command(&accounts, &tokens, c, &ids, change);
    }
    account_table_fini(&accounts);
    token_table_fini(&tokens);
    return c->result == OK ? 0 : fail(c->message ? c->message : err_text(c->result));
}

static int open_and_do(struct request *q)
{
    struct account_request *a = &q->command->account;
    if (a->password && password_hash(bytes_of_text(a->password), a->hash) != OK) {
        return fail("there is not enough memory to hash a password");
    }
    return is_verb(q, "add") ? offline_run("user", q->dir, do_here, q)
                             : offline_look("user", q->dir, do_here, q);
}

/* ---- arguments ---- */

static int wrong(const char *what)
{
    (void)fprintf(stderr, "telltale user: %s\n%s", what, help);
    return 2;
}

static const struct {
    const char *word;
    enum command_kind kind;
    int operands;
    uint32_t fields; /* that it sets */
} verbs[] = {
    {"add", COMMAND_CREATE_ACCOUNT, 1, FIELD_ROLE | FIELD_PASSWORD},
    {"list", COMMAND_LOG_OUT, 0, 0}, /* nobody does it */
    {"passwd", COMMAND_PATCH_ACCOUNT, 1, FIELD_PASSWORD},
    {"role", COMMAND_PATCH_ACCOUNT, 2, FIELD_ROLE},
    {"remove", COMMAND_DELETE_ACCOUNT, 1, 0},
};

static int take_words(struct request *q, char **words, int count)
{
    struct command *c = q->command;
    for (size_t i = 0; i < ARRAY_LEN(verbs); i++) {
        if (!is_verb(q, verbs[i].word)) {
            continue;
        }
        if (count != verbs[i].operands) {
            return wrong("too few or too many words");
        }
        c->kind = verbs[i].kind;
        c->fields = verbs[i].fields;
        c->name = count > 0 ? mem_text(words[0], strlen(words[0])) : NULL;
        q->role = count > 1 ? words[1] : q->role;
        if ((c->fields & FIELD_ROLE) &&
            (!q->role || role_parse(bytes_of_text(q->role), &c->account.role) != OK)) {
            return wrong("a role is needed: viewer, operator or admin");
        }
        return 0;
    }
    return wrong("add, list, passwd, role or remove?");
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
            q->role = optarg;
        } else {
            return flag == 'h' ? -1 : wrong("that option is not known");
        }
    }
    if (optind >= argc) {
        return wrong("add, list, passwd, role or remove?");
    }
    q->verb = argv[optind++];
    return take_words(q, argv + optind, argc - optind);
}

/* ---- the password ---- */

/* Typed twice where it can't be seen. */
static const char *read_password(struct command *c)
{
    char once[LIMIT_PASSWORD_MAX + 2] = "", again[LIMIT_PASSWORD_MAX + 2] = "";
    const char *problem = NULL;
    if (terminal_secret("password: ", once, sizeof once) != OK) {
        problem = "the password is one line of standard input, at most 256 bytes";
    } else if (terminal_is_there() && terminal_secret("again: ", again, sizeof again) != OK) {
        problem = "the password was not typed again";
    } else if (terminal_is_there() && strcmp(once, again) != 0) {
        problem = "these were two different passwords";
    } else {
        problem = account_password_problem(bytes_of_text(once), bytes_of_text(c->name));
    }
    if (!problem) {
        c->account.password = mem_text(once, strlen(once));
    }
    explicit_bzero(once, sizeof once);
    explicit_bzero(again, sizeof again);
    return problem;
}

static int run(struct request *q)
{
    struct buf answer = {0};
    int status = 0;
    if (q->command->fields & FIELD_PASSWORD) {
        const char *problem = read_password(q->command);
        if (problem) {
            return fail(problem);
        }
    }
    enum err e = ask_server(q, &status, &answer);
    int code = e == ERR_NOT_FOUND ? open_and_do(q)
               : e == OK          ? show_answer(q, status, buf_bytes(&answer))
                                  : fail("the running server did not answer on its control socket");
    buf_fini(&answer);
    return code;
}

int command_user(int argc, char **argv)
{
    struct request q = {.dir = "./telltale-data", .command = command_new(COMMAND_CREATE_ACCOUNT)};
    int code = parse(&q, argc, argv);
    if (code < 0) {
        (void)fputs(help, stdout);
        code = 0;
    } else if (code == 0) {
        secret_start();
        code = run(&q);
    }
    command_free(q.command);
    return code;
}
