/* SPDX-License-Identifier: Apache-2.0 */
/* `telltale device`: opens the store itself when nobody holds it, else asks the running server. */
#include "app/commands.h"

#include "app/control.h"
#include "app/offline.h"
#include "app/printed.h"
#include "base/mem.h"
#include "model/credential.h"
#include "model/topic_rule.h"
#include "proto/json/json.h"
#include "sys/secret.h"

#include <getopt.h>

static const char help[] =
    "usage: telltale device add ID [--publish PATTERN]... [--subscribe PATTERN]...\n"
    "                       [--speaks-for PATTERN]... [--name NAME] [--data DIR]\n"
    "                       [--fingerprint SHA256 | --common-name NAME]\n"
    "       telltale device list [--data DIR]\n"
    "       telltale device revoke ID [--data DIR]\n"
    "\n"
    "Gives a device a credential of its own for MQTT: the user name is ID, the password is shown\n"
    "once, when it is made; only its hash is kept. A device may use the topics of its rules only,\n"
    "and what it sends counts for the devices that it may speak for only.\n"
    "\n"
    "      --publish PATTERN     a topic filter that it may publish to; %u stands for ID, %c for\n"
    "                            the client id (default %u/# and +/%u/#)\n"
    "      --subscribe PATTERN   a topic filter that it may subscribe to (the same default)\n"
    "      --speaks-for PATTERN  a device id whose readings it may send, * for any run of\n"
    "                            characters (default ID)\n"
    "      --name NAME           what people call it\n"
    "      --fingerprint SHA256  log in by the client certificate with this SHA-256 instead of a\n"
    "                            password\n"
    "      --common-name NAME    log in by a client certificate with this common name\n"
    "      --data DIR            where the server keeps its history (default ./telltale-data); "
    "the\n"
    "                            server may run or not\n"
    "  -h, --help                this text\n";

#define NOT_FOUND "no credential has that id; `telltale device list` shows them"

struct request {
    const char *verb;
    const char *dir;
    struct command *command; /* what is asked for: add or revoke */
    char secret[SECRET_TOKEN_BYTES];
};

static int fail(const char *what)
{
    (void)fprintf(stderr, "telltale device: %s\n", what);
    return 1;
}

static bool is_verb(const struct request *q, const char *verb)
{
    return strcmp(q->verb, verb) == 0;
}

static bool has_certificate(const struct command *c)
{
    return (c->fields & (FIELD_FINGERPRINT | FIELD_COMMON_NAME)) != 0;
}

static void print_row(const char *id, wall_ms created, wall_ms used, wall_ms revoked)
{
    char made[PRINTED_TIME_BYTES], last[PRINTED_TIME_BYTES], gone[PRINTED_TIME_BYTES];
    printed_time(created, made);
    printed_time(used, last);
    printed_time(revoked, gone);
    (void)printf("%-32s  made %s  used %-20s  %s%s\n", id, made, last,
                 revoked == WALL_NONE ? "" : "revoked ", revoked == WALL_NONE ? "" : gone);
}

/* ---- the running server does it ---- */

static void put_list(struct json_writer *w, const char *key, const struct buf *list)
{
    struct bytes rest = buf_bytes(list), pattern;
    if (list->len == 0) {
        return;
    }
    json_write_key(w, key);
    json_write_array(w);
    while (rule_list_next(&rest, &pattern)) {
        json_write_text(w, pattern);
    }
    json_write_array_end(w);
}

static void put_request(const struct command *c, struct buf *body)
{
    struct json_writer w;
    char hex[FINGERPRINT_TEXT_BYTES];
    json_writer_init(&w, body);
    json_write_object(&w);
    json_put_string(&w, "id", c->device);
    if (c->fields & FIELD_NAME) {
        json_put_string(&w, "name", c->name);
    }
    put_list(&w, "speaksFor", &c->credential.speaks_for);
    put_list(&w, "publish", &c->credential.publish);
    put_list(&w, "subscribe", &c->credential.subscribe);
    if (c->fields & FIELD_FINGERPRINT) {
        fingerprint_text(c->credential.fingerprint, hex);
        json_put_string(&w, "fingerprint", hex);
    }
    if (c->fields & FIELD_COMMON_NAME) {
        json_put_string(&w, "commonName", c->credential.common_name);
    }
    json_write_object_end(&w);
    buf_put_byte(body, 0);
}

static enum err ask(const struct request *q, const char *query, int *status, struct buf *answer)
{
    struct buf path = {0}, body = {0};
    const char *method = "GET";
    buf_put_text(&path, "/api/v1/credentials");
    if (is_verb(q, "add")) {
        method = "POST";
        put_request(q->command, &body);
    } else if (is_verb(q, "revoke")) {
        method = "DELETE";
        buf_put_byte(&path, '/');
        control_put_segment(&path, q->command->device);
    } else {
        buf_put_text(&path, query);
    }
    buf_put_byte(&path, 0);
    enum err e = control_request(q->dir, method, (const char *)path.ptr,
                                 body.len ? (const char *)body.ptr : "", status, answer);
    buf_fini(&path);
    buf_fini(&body);
    return e;
}

static void read_time(struct json_reader *r, wall_ms *time)
{
    if (json_peek(r) == JSON_NUMBER) {
        (void)json_read_i64(r, time);
    }
}

static void print_listed(struct json_reader *r)
{
    struct json_text key, text;
    struct buf id = {0};
    wall_ms created = WALL_NONE, revoked = WALL_NONE, used = WALL_NONE;
    if (!json_read_object(r)) {
        return;
    }
    while (json_read_key(r, &key)) {
        if (json_text_is(key, "id") && json_read_text(r, &text)) {
            json_text_append(text, &id);
        } else if (json_text_is(key, "createdAt")) {
            read_time(r, &created);
        } else if (json_text_is(key, "revokedAt")) {
            read_time(r, &revoked);
        } else if (json_text_is(key, "lastUsedAt")) {
            read_time(r, &used);
        }
    }
    buf_put_byte(&id, 0);
    print_row((const char *)id.ptr, created, used, revoked);
    buf_fini(&id);
}

static int show_answer(struct request *q, int status, struct bytes answer)
{
    char message[256];
    if (status == 404) {
        return fail(NOT_FOUND);
    }
    if (status < 200 || status > 299) {
        printed_error(answer, message, sizeof message);
        return fail(*message ? message : "the running server refused; its log says why");
    }
    if (is_verb(q, "add")) {
        printed_member(answer, "secret", q->secret, sizeof q->secret);
    } else if (is_verb(q, "list")) {
        printed_list(answer, "credentials", print_listed);
    }
    return 0;
}

/* Errors: as control_request. */
static enum err ask_server(struct request *q, int *code)
{
    struct buf answer = {0};
    char query[64] = "?limit=1000";
    char next[24] = "";
    enum err e;
    do {
        int status = 0;
        buf_clear(&answer);
        e = ask(q, query, &status, &answer);
        if (e != OK) {
            break;
        }
        *code = show_answer(q, status, buf_bytes(&answer));
        printed_member(buf_bytes(&answer), "next", next, sizeof next);
        (void)snprintf(query, sizeof query, "?limit=1000&after=%s", next);
    } while (*code == 0 && is_verb(q, "list") && *next);
    buf_fini(&answer);
    return e;
}

/* ---- nobody holds the store: we do it ---- */

static void print_all(const struct batch *loaded)
{
    for (size_t i = 0; i < loaded->credential_count; i++) {
        const struct credential_change *c = &loaded->credentials[i];
        struct bytes text = batch_text(loaded, c->id);
        char *id = mem_text(text.ptr, text.len);
        print_row(id, c->created, c->last_used, c->revoked);
        free(id);
    }
}

static int do_here(void *ctx, const struct batch *loaded, struct batch *change)
{
    struct request *q = ctx;
    struct credential_table table;
    struct hash_key key;
    if (is_verb(q, "list")) {
        print_all(loaded);
        return 0;
    }
    secret_random(&key, sizeof key);
    credential_table_init(&table, key);
    credential_table_apply(&table, loaded);
    credential_command(&table, q->command, change->now, change);
    credential_table_fini(&table);
    if (q->command->result == ERR_NOT_FOUND) {
        return fail(NOT_FOUND);
    }
    return q->command->result == OK ? 0 : fail(q->command->message);
}

static int open_and_do(struct request *q)
{
    struct command *c = q->command;
    if (is_verb(q, "add") && !has_certificate(c)) {
        secret_token(q->secret);
        secret_hash(bytes_of_text(q->secret), c->token.hash);
    }
    return is_verb(q, "add") ? offline_run("device", q->dir, do_here, q)
                             : offline_look("device", q->dir, do_here, q);
}

/* ---- arguments ---- */

static int wrong(const char *what)
{
    (void)fprintf(stderr, "telltale device: %s\n%s", what, help);
    return 2;
}

enum {
    FLAG_DATA = 256,
    FLAG_NAME,
    FLAG_PUBLISH,
    FLAG_SUBSCRIBE,
    FLAG_SPEAKS_FOR,
    FLAG_FINGERPRINT,
    FLAG_COMMON_NAME,
};

static void give(struct command *c, enum command_field field, char **text)
{
    free(*text);
    *text = mem_text(optarg, strlen(optarg));
    c->fields |= (uint32_t)field;
}

static void append(struct command *c, enum command_field field, struct buf *list)
{
    buf_put(list, optarg, strlen(optarg) + 1);
    c->fields |= (uint32_t)field;
}

static int take_flag(struct request *q, int flag)
{
    struct command *c = q->command;
    switch (flag) {
    case FLAG_DATA:
        q->dir = optarg;
        return 0;
    case FLAG_NAME:
        give(c, FIELD_NAME, &c->name);
        return 0;
    case FLAG_PUBLISH:
        append(c, FIELD_PUBLISH, &c->credential.publish);
        return 0;
    case FLAG_SUBSCRIBE:
        append(c, FIELD_SUBSCRIBE, &c->credential.subscribe);
        return 0;
    case FLAG_SPEAKS_FOR:
        append(c, FIELD_SPEAKS_FOR, &c->credential.speaks_for);
        return 0;
    case FLAG_COMMON_NAME:
        give(c, FIELD_COMMON_NAME, &c->credential.common_name);
        return 0;
    case FLAG_FINGERPRINT:
        c->fields |= FIELD_FINGERPRINT;
        return fingerprint_parse(bytes_of_text(optarg), c->credential.fingerprint) == OK
                   ? 0
                   : wrong("a fingerprint is the SHA-256 of a certificate, 64 hexadecimal digits");
    default:
        return flag == 'h' ? -1 : wrong("that option is not known");
    }
}

static int check(struct request *q, int operands)
{
    if (is_verb(q, "list")) {
        return operands ? wrong("list takes no more words") : 0;
    }
    if (!is_verb(q, "add") && !is_verb(q, "revoke")) {
        return wrong("add, list or revoke?");
    }
    if (operands != 1) {
        return wrong(is_verb(q, "add") ? "which one? `telltale device add ID`"
                                       : "which one? `telltale device revoke ID`");
    }
    q->command->kind = is_verb(q, "add") ? COMMAND_CREATE_CREDENTIAL : COMMAND_REVOKE_CREDENTIAL;
    return 0;
}

static int parse(struct request *q, int argc, char **argv)
{
    static const struct option flags[] = {
        {"data", required_argument, NULL, FLAG_DATA},
        {"name", required_argument, NULL, FLAG_NAME},
        {"publish", required_argument, NULL, FLAG_PUBLISH},
        {"subscribe", required_argument, NULL, FLAG_SUBSCRIBE},
        {"speaks-for", required_argument, NULL, FLAG_SPEAKS_FOR},
        {"fingerprint", required_argument, NULL, FLAG_FINGERPRINT},
        {"common-name", required_argument, NULL, FLAG_COMMON_NAME},
        {"help", no_argument, NULL, 'h'},
        {0}};
    int flag;
    while ((flag = getopt_long(argc, argv, "h", flags, NULL)) != -1) {
        int code = take_flag(q, flag);
        if (code) {
            return code;
        }
    }
    if (optind >= argc) {
        return wrong("add, list or revoke?");
    }
    q->verb = argv[optind++];
    if (optind < argc) {
        q->command->device = mem_text(argv[optind], strlen(argv[optind]));
    }
    return check(q, argc - optind);
}

static int run(struct request *q)
{
    int code = 0;
    secret_start();
    enum err e = ask_server(q, &code);
    if (e == ERR_NOT_FOUND) {
        code = open_and_do(q);
    } else if (e != OK) {
        code = fail("the running server did not answer on its control socket");
    }
    if (code == 0 && *q->secret) {
        (void)printf("%s\n", q->secret);
    }
    return code;
}

int command_device(int argc, char **argv)
{
    struct request q = {.dir = "./telltale-data",
                        .command = command_new(COMMAND_CREATE_CREDENTIAL)};
    int code = parse(&q, argc, argv);
    if (code < 0) {
        (void)fputs(help, stdout);
        code = 0;
    } else if (code == 0) {
        code = run(&q);
    }
    command_free(q.command);
    return code;
}
