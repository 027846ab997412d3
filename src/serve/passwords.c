/* SPDX-License-Identifier: Apache-2.0 */
/* Passwords are checked and hashed on a thread of libuv's pool, one at a time: each takes a
 * processor and 19 MiB for some 30 ms. Those that wait are few, and who was wrong too often, from
 * an address or for an account, has to let time pass before the next is looked at.
 *
 * A try counts as failed until it is known to be right, so that many at once are no way around. */
#include "serve/request.h"

#include "base/mem.h"
#include "sys/password.h"
#include "sys/secret.h"

_Static_assert(ACCOUNT_HASH_BYTES == PASSWORD_HASH_BYTES, "a hash is kept whole");

struct serve_password {
    struct loop_work work;
    struct serve_password *next;
    struct serve *serve;
    struct serve_ticket *ticket;
    struct command *command;
    struct peer_address address; /* empty: of everybody behind a proxy, and not counted */
    char account[2 * ACCOUNT_NAME_MAX];
    enum err result;
};

static void free_job(struct serve_password *j)
{
    command_free(j->command);
    free(j);
}

/* ---- who was wrong too often ---- */

/* Behind a proxy on this machine all have one address: nobody may lock all the others out. */
static bool is_counted(struct serve_peer *p)
{
    return !serve_peer_is_loopback(p) || !serve_was_forwarded(p);
}

static mono_ns held_for(const struct serve_password *j, mono_ns now)
{
    const struct serve_passwords *w = &j->serve->passwords;
    mono_ns address = *j->address.text ? guard_held(&w->by_address, j->address.text, now) : 0;
    mono_ns account = guard_held(&w->by_account, j->account, now);
    return address > account ? address : account;
}

static void note_try(struct serve_password *j, mono_ns now)
{
    struct serve_passwords *w = &j->serve->passwords;
    if (*j->address.text) {
        (void)guard_failed(&w->by_address, j->address.text, now);
    }
    (void)guard_failed(&w->by_account, j->account, now);
}

static void forgive_try(struct serve_password *j)
{
    struct serve_passwords *w = &j->serve->passwords;
    if (*j->address.text) {
        guard_forgive(&w->by_address, j->address.text);
    }
    guard_forgive(&w->by_account, j->account);
}

static void answer_held(struct serve_peer *p, mono_ns wait)
{
    struct buf body = {0};
    struct json_writer w;
    json_writer_init(&w, &body);
    json_write_object(&w);
    json_write_key(&w, "error");
    json_write_object(&w);
    json_put_string(&w, "code", "held");
    json_put_string(&w, "message", "too many wrong passwords: wait a little, then try again");
    json_write_object_end(&w);
    json_write_object_end(&w);
    buf_put_byte(&body, '\n');
    metrics_add(p->serve->config.metrics, METRIC_LOGINS_HELD, 1);
    serve_answer_send(p, &(struct serve_answer){.status = 429,
                                                .type = SERVE_JSON,
                                                .body = buf_bytes(&body),
                                                .retry_s = (unsigned)(wait / 1000000000u) + 1});
    buf_fini(&body);
}

/* ---- one after the other ---- */

static void look_at(void *ctx)
{
    struct serve_password *j = ctx;
    struct account_request *a = &j->command->account;
    j->result = OK;
    if (a->present) {
        j->result = password_check(a->checked, bytes_of_text(a->present));
    }
    if (j->result == OK && a->password) {
        j->result = password_hash(bytes_of_text(a->password), a->hash);
    }
    command_forget_passwords(j->command);
}

static void answer_wrong(struct serve_peer *p, const struct serve_password *j)
{
    if (j->result != ERR_DENIED) {
        serve_answer_error(p, 503, "busy", "the password could not be looked at: try again");
    } else if (j->command->kind == COMMAND_LOG_IN) {
        serve_answer_error(p, 401, "unauthorized", SERVE_WRONG_LOGIN);
    } else {
        serve_answer_bad_field(p, BYTES("present"), SERVE_WRONG_PRESENT);
    }
}

/* Hands the command on, with the secret of the login that it makes, if it makes one. */
static void go_on(struct serve_peer *p, struct serve_password *j)
{
    struct command *c = j->command;
    char secret[SECRET_TOKEN_BYTES] = "";
    j->command = NULL;
    if (c->kind == COMMAND_LOG_IN || (c->fields & FIELD_LOGIN)) {
        secret_token(secret);
        secret_hash(bytes_of_text(secret), c->account.login_hash);
    }
    serve_command_send(p, c, secret);
}

static void start_next(struct serve *s);

static void looked_at(void *ctx, enum loop_work_end end)
{
    struct serve_password *j = ctx;
    struct serve *s = j->serve;
    bool tried = (j->command->fields & FIELD_PRESENT) != 0;
    struct serve_peer *p = serve_ticket_redeem(j->ticket);
    s->passwords.running = NULL;
    if (tried && j->result == OK) {
        forgive_try(j);
    } else if (tried && j->result == ERR_DENIED) {
        metrics_add(s->config.metrics, METRIC_LOGINS_WRONG, 1);
    }
    if (end == LOOP_WORK_DONE) {
        start_next(s);
        if (p && j->result == OK) {
            go_on(p, j);
        } else if (p) {
            answer_wrong(p, j);
        }
    }
    free_job(j);
}

static void start_next(struct serve *s)
{
    struct serve_passwords *w = &s->passwords;
    struct serve_password *j = w->first;
    if (w->running || !j) {
        return;
    }
    w->first = j->next;
    w->last = w->first ? w->last : NULL;
    w->waiting--;
    w->running = j;
    loop_work_start(s->loop, &j->work, look_at, looked_at, j);
}

static void enqueue(struct serve_passwords *w, struct serve_password *j)
{
    if (w->last) {
        w->last->next = j;
    } else {
        w->first = j;
    }
    w->last = j;
    w->waiting++;
}

static struct serve_password *new_job(struct serve_peer *p, struct command *take_c)
{
    struct serve_password *j = mem_zalloc(1, sizeof *j);
    j->serve = p->serve;
    j->command = take_c;
    if (is_counted(p)) {
        j->address = p->http->from;
    }
    (void)snprintf(j->account, sizeof j->account, "%s", take_c->name);
    for (char *c = j->account; *c; c++) {
        *c = (char)(*c >= 'A' && *c <= 'Z' ? *c | 0x20 : *c);
    }
    return j;
}

void serve_password_send(struct serve_peer *p, struct command *take_c)
{
    struct serve_passwords *w = &p->serve->passwords;
    mono_ns now = p->serve->loop->mono_ns;
    struct serve_password *j = new_job(p, take_c);
    mono_ns wait = take_c->account.present ? held_for(j, now) : 0;
    if (wait) {
        free_job(j);
        answer_held(p, wait);
        return;
    }
    if (w->waiting >= LIMIT_PASSWORDS_WAITING) {
        free_job(j);
        metrics_add(p->serve->config.metrics, METRIC_LOGINS_BUSY, 1);
        serve_answer_full(p);
        return;
    }
    if (take_c->account.present) {
        note_try(j, now);
    }
    j->ticket = serve_ticket_issue(p);
    enqueue(w, j);
    start_next(p->serve);
}

void serve_passwords_drop(struct serve *s)
{
    struct serve_passwords *w = &s->passwords;
    ASSERT(!w->running);
    while (w->first) {
        struct serve_password *j = w->first;
        w->first = j->next;
        (void)serve_ticket_redeem(j->ticket);
        free_job(j);
    }
    w->last = NULL;
}
