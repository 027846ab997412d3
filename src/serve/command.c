/* SPDX-License-Identifier: Apache-2.0 */
/* Answers that another thread owes: a ticket links the request that waits with the message that is
 * under way. When the peer goes first, the ticket stays behind without it; a message that comes
 * back to nobody is freed. */
#include "serve/session.h"

#include "base/mem.h"
#include "model/limits.h"

struct serve_ticket *serve_ticket_issue(struct serve_peer *p)
{
    struct serve_ticket *t = mem_zalloc(1, sizeof *t);
    t->serve = p->serve;
    t->peer = p;
    p->http->ticket = t;
    p->serve->tickets++;
    serve_deadline_set(&p->serve->deadlines, &p->deadline, SERVE_DEADLINE_ANSWER,
                       p->serve->loop->mono_ns);
    return t;
}

/* Ends a ticket; returns the peer that waits, or NULL. */
struct serve_peer *serve_ticket_redeem(struct serve_ticket *t)
{
    struct serve_peer *p = t->peer;
    t->serve->tickets--;
    t->serve->shares.queries -= t->share;
    if (p) {
        p->http->ticket = NULL;
        serve_deadline_clear(&p->deadline);
    }
    free(t);
    return p;
}

void serve_ticket_detach(struct serve_peer *p)
{
    if (p->http->ticket) {
        p->http->ticket->peer = NULL;
        p->http->ticket = NULL;
    }
}

void serve_answer_full(struct serve_peer *p)
{
    serve_answer_error(p, 503, "busy", "too many requests wait: try again in a moment");
}

void serve_command_send(struct serve_peer *p, struct command *take_c, const char *token)
{
    struct serve_ticket *t = serve_ticket_issue(p);
    (void)snprintf(t->token, sizeof t->token, "%s", token ? token : "");
    take_c->owner = t;
    take_c->by = p->http->who.token;
    size_t bytes = take_c->write ? written_bytes(take_c->write) : 0;
    if (p->serve->config.events->command(p->serve->config.ctx, take_c) == OK) {
        p->serve->write_bytes += bytes;
    } else {
        command_free(take_c);
        (void)serve_ticket_redeem(t);
        serve_answer_full(p);
    }
}

void serve_link_command_send(struct serve_peer *p, struct command *take_c, const char *person)
{
    struct serve_ticket *t = serve_ticket_issue(p);
    t->link = true;
    take_c->owner = t;
    (void)snprintf(take_c->by.text, sizeof take_c->by.text, "%.31s", *person ? person : "link");
    if (p->serve->config.events->command(p->serve->config.ctx, take_c) != OK) {
        command_free(take_c);
        (void)serve_ticket_redeem(t);
        serve_answer_link(p, ERR_BUSY);
    }
}

static void send_query(struct serve_peer *p, struct serve_ticket *t, struct serve_query *take_q)
{
    take_q->owner = t;
    if (p->serve->config.events->query(p->serve->config.ctx, take_q) != OK) {
        serve_query_free(take_q);
        (void)serve_ticket_redeem(t);
        serve_answer_full(p);
    }
}

void serve_query_send(struct serve_peer *p, struct serve_query *take_q)
{
    send_query(p, serve_ticket_issue(p), take_q);
}

void serve_share_query_send(struct serve_peer *p, struct serve_query *take_q)
{
    if (p->serve->shares.queries >= LIMIT_SHARE_QUERIES) {
        serve_query_free(take_q);
        serve_answer_full(p);
        return;
    }
    struct serve_ticket *t = serve_ticket_issue(p);
    t->share = true;
    p->serve->shares.queries++;
    send_query(p, t, take_q);
}

void serve_question_send(struct serve_peer *p, struct serve_question *take_q)
{
    struct serve_ticket *t = serve_ticket_issue(p);
    take_q->owner = t;
    if (p->serve->config.events->question(p->serve->config.ctx, take_q) != OK) {
        serve_question_free(take_q);
        (void)serve_ticket_redeem(t);
        serve_answer_full(p);
    }
}

void serve_notice_send(struct serve_peer *p, struct serve_notice *take_n)
{
    struct serve_ticket *t = serve_ticket_issue(p);
    take_n->owner = t;
    if (!p->serve->config.events->notice ||
        p->serve->config.events->notice(p->serve->config.ctx, take_n) != OK) {
        serve_notice_free(take_n);
        (void)serve_ticket_redeem(t);
        serve_answer_full(p);
    }
}

void serve_notice_free(struct serve_notice *n)
{
    if (n) {
        buf_fini(&n->body);
        free(n);
    }
}

void serve_noticed(struct serve *s, struct serve_notice *take_n)
{
    struct serve_peer *p = serve_ticket_redeem(take_n->owner);
    (void)s;
    if (p && take_n->result == OK) {
        serve_answer_json(p, 200, &take_n->body);
    } else if (p && take_n->result == ERR_NOT_FOUND) {
        serve_answer_error(p, 404, "not_found", "there is none with that id");
    } else if (p) {
        serve_answer_error(p, 409, "not_alone", "test the browsers of this channel one by one");
    }
    serve_notice_free(take_n);
}

void serve_question_free(struct serve_question *q)
{
    if (!q) {
        return;
    }
    buf_fini(&q->subject);
    buf_fini(&q->after);
    buf_fini(&q->mapping);
    buf_fini(&q->payload);
    buf_fini(&q->body);
    free(q);
}

void serve_explained(struct serve *s, struct serve_question *take_q)
{
    struct serve_peer *p = serve_ticket_redeem(take_q->owner);
    (void)s;
    if (p && take_q->result == OK) {
        serve_answer_json(p, 200, &take_q->body);
    } else if (p) {
        const char *field = take_q->field[0] ? take_q->field : "mapping";
        serve_answer_bad_field(p, bytes_of_text(field), take_q->why);
    }
    serve_question_free(take_q);
}

/* ---- answers of commands ---- */

/* What was right when a password was checked, or nobody had access, is so no more. */
static void answer_denied(struct serve_peer *p, const struct command *c)
{
    if (c->kind == COMMAND_LOG_IN) {
        serve_answer_error(p, 401, "unauthorized", SERVE_WRONG_LOGIN);
    } else if (c->kind == COMMAND_PATCH_ACCOUNT) {
        serve_answer_bad_field(p, BYTES("present"), SERVE_WRONG_PRESENT);
    } else {
        serve_answer_error(p, 403, "forbidden", SERVE_SETUP_CLOSED);
    }
}

static void answer_refused(struct serve_peer *p, const struct command *c)
{
    const char *message = c->message ? c->message : err_text(c->result);
    if (c->result == ERR_NOT_FOUND) {
        serve_answer_error(p, 404, "not_found", c->message ? c->message : "there is no such thing");
    } else if (c->result == ERR_FULL) {
        serve_answer_error(p, 409, "limit", message);
    } else if (c->result == ERR_UNSUPPORTED) {
        serve_answer_error(p, 409, "last_admin", message);
    } else if (c->result == ERR_DENIED) {
        answer_denied(p, c);
    } else if (c->result == ERR_EXISTS) {
        serve_answer_error(p, 409, "exists", message);
    } else if (c->result == ERR_INVALID || c->result == ERR_TOO_LARGE) {
        serve_answer_bad_field(p, bytes_of_text(c->field), message);
    } else {
        serve_answer_error(p, 503, "not_stored", message);
    }
}

static void answer_device(struct serve_peer *p, const struct command *c, struct json_writer *w)
{
    const struct serve *s = p->serve;
    const struct registry_device *d = registry_find_device(s->registry, bytes_of_text(c->device));
    if (d) {
        serve_put_device(w, s, d);
    }
}

static void answer_rule(struct serve_peer *p, const struct text_id *id, struct json_writer *w)
{
    const struct alert_rule *r = alert_find_rule(p->serve->alerts, bytes_of_text(id->text));
    if (r) {
        serve_put_rule(w, r);
    }
}

static void answer_alert(struct serve_peer *p, const struct command *c, struct json_writer *w)
{
    const struct alert *a = alert_find_open(p->serve->alerts, bytes_of_text(c->id.text));
    if (a) {
        live_put_alert(w, a);
    }
}

static void answer_token(struct serve_peer *p, const struct command *c, const char *text,
                         struct json_writer *w)
{
    const struct token *t = token_table_find_id(&p->serve->tokens, &c->made);
    if (t) {
        json_write_object(w);
        serve_put_token(w, t);
        json_put_string(w, "token", text);
        json_write_object_end(w);
    }
}

static void answer_user(struct serve_peer *p, const struct command *c, struct json_writer *w)
{
    const struct account *a = account_find(&p->serve->accounts, bytes_of_text(c->name));
    /* One's own password was changed: there is nothing to see. */
    if (a && !(c->fields & FIELD_PRESENT)) {
        serve_put_user(w, p->serve, a);
    }
}

static void answer_credential(struct serve_peer *p, const struct command *c, const char *secret,
                              struct json_writer *w)
{
    const struct credential *made =
        credential_find(&p->serve->credentials, bytes_of_text(c->device));
    if (made) {
        json_write_object(w);
        serve_put_credential(w, made);
        json_put_string(w, "secret", *secret ? secret : NULL);
        json_write_object_end(w);
    }
}

/* Returns the status: 201 when it was made. */
static unsigned answer_document(struct serve_peer *p, const struct command *c, const char *token,
                                struct json_writer *w)
{
    const struct document_request *q = &c->document;
    const struct document *d =
        document_find(&p->serve->documents, (enum document_kind)q->kind, buf_bytes(&q->id));
    if (d && d->kind == DOCUMENT_SHARE) {
        serve_put_share(w, p->serve, d, token);
    } else if (d) {
        serve_write_document(w, d);
    }
    return d && d->version == 1 ? 201 : 200;
}

/* What the change made, as the follower has it now; nothing when a later change took it away. */
static void answer_done(struct serve_peer *p, const struct command *c, const char *token)
{
    struct buf body = {0};
    struct json_writer w;
    unsigned status = 200;
    json_writer_init(&w, &body);
    switch (c->kind) {
    case COMMAND_PATCH_DEVICE:
    case COMMAND_PATCH_SENSOR:
        answer_device(p, c, &w);
        break;
    case COMMAND_CREATE_RULE:
        status = 201;
        answer_rule(p, &c->made, &w);
        break;
    case COMMAND_PATCH_RULE:
        answer_rule(p, &c->id, &w);
        break;
    case COMMAND_ACKNOWLEDGE:
    case COMMAND_RELEASE:
        answer_alert(p, c, &w);
        break;
    case COMMAND_CREATE_TOKEN:
        status = 201;
        answer_token(p, c, token, &w);
        break;
    case COMMAND_CREATE_ACCOUNT:
        if (c->fields & FIELD_LOGIN) {
            serve_answer_login(p, 201, c, token);
            return;
        }
        status = 201;
        answer_user(p, c, &w);
        break;
    case COMMAND_PATCH_ACCOUNT:
        answer_user(p, c, &w);
        break;
    case COMMAND_LOG_IN:
        metrics_add(p->serve->config.metrics, METRIC_LOGINS, 1);
        serve_answer_login(p, 200, c, token);
        return;
    case COMMAND_LOG_OUT:
        serve_answer_logged_out(p);
        return;
    case COMMAND_CREATE_CREDENTIAL:
        status = 201;
        answer_credential(p, c, token, &w);
        break;
    case COMMAND_PUT_DOCUMENT:
        status = answer_document(p, c, token, &w);
        break;
    case COMMAND_WRITE:
        serve_answer_write(p, c->write);
        return;
    case COMMAND_DELETE_DEVICE:
    case COMMAND_DELETE_RULE:
    case COMMAND_REVOKE_TOKEN:
    case COMMAND_REVOKE_CREDENTIAL:
    case COMMAND_DELETE_ACCOUNT:
    case COMMAND_DELETE_DOCUMENT:
        break;
    }
    if (body.len) {
        serve_answer_json(p, status, &body);
    } else {
        serve_answer_send(p, &(struct serve_answer){.status = 204});
    }
    buf_fini(&body);
}

static void answer_command(struct command *take_c)
{
    struct serve_ticket *t = take_c->owner;
    char token[sizeof t->token];
    memcpy(token, t->token, sizeof token);
    t->serve->write_bytes -= take_c->write ? written_bytes(take_c->write) : 0;
    bool link = t->link;
    struct serve_peer *p = serve_ticket_redeem(t);
    if (p && link) {
        serve_answer_link(p, take_c->result);
    } else if (p && take_c->result == OK) {
        answer_done(p, take_c, token);
    } else if (p) {
        answer_refused(p, take_c);
    }
    command_free(take_c);
}

void serve_answer(struct serve *s, struct command *take_c)
{
    if (take_c->result != OK || take_c->seq <= registry_seq(s->registry)) {
        answer_command(take_c);
        return;
    }
    take_c->next = s->waiting;
    s->waiting = take_c;
}

static struct command *take_reached(struct serve *s)
{
    for (struct command **at = &s->waiting; *at; at = &(*at)->next) {
        struct command *c = *at;
        if (c->seq <= registry_seq(s->registry)) {
            *at = c->next;
            c->next = NULL;
            return c;
        }
    }
    return NULL;
}

/* An answer may be followed by a request that asks for what gathers, which comes here again. */
void serve_commands_reached(struct serve *s)
{
    struct command *c;
    while ((c = take_reached(s))) {
        answer_command(c);
    }
}

/* ---- answers of queries ---- */

const char *serve_query_type(const struct serve_query *q)
{
    static const char *const types[] = {
        [SERVE_FORMAT_JSON] = SERVE_JSON,
        [SERVE_FORMAT_CSV] = "text/csv; charset=utf-8",
        [SERVE_FORMAT_COLUMNS] = "application/vnd.telltale.columns",
        [SERVE_FORMAT_LEARNED] = SERVE_JSON,
    };
    return types[q->format];
}

/* A range that ended long ago hardly ever changes: a late reading may still come. */
#define CLOSED_CACHE "private, max-age=60"

static void answer_query(struct serve_peer *p, const struct serve_query *q)
{
    if (q->result != OK) {
        serve_answer_error(p, q->result == ERR_FULL ? 503 : 500, "store", q->why.text);
        return;
    }
    char etag[24];
    struct serve_answer a = {
        .status = 200, .type = serve_query_type(q), .body = buf_bytes(&q->body)};
    if (q->kind == SERVE_QUERY_SAMPLES && q->closed) {
        (void)snprintf(etag, sizeof etag, "\"%016llx\"", (unsigned long long)q->tag);
        a.etag = etag;
        a.cache = CLOSED_CACHE;
        if (http_list_has(http_request_header(serve_request(p), "if-none-match"), etag)) {
            a.status = 304;
            a.type = NULL;
            a.body = (struct bytes){0};
        }
    }
    serve_answer_send(p, &a);
}

void serve_result(struct serve *s, struct serve_query *take_q)
{
    struct serve_peer *p = take_q->owner ? serve_ticket_redeem(take_q->owner) : NULL;
    if (p && (take_q->streaming || (take_q->result == OK && take_q->more))) {
        serve_stream_result(p, take_q);
        return;
    }
    if (take_q->resync) {
        serve_resync_answer(s, take_q);
    } else if (p) {
        answer_query(p, take_q);
    }
    serve_stream_drop(s, take_q);
}

static void free_series(struct serve_series *s)
{
    free(s->device);
    free(s->sensor);
    free(s->unit);
    store_points_fini(&s->tail);
    store_samples_fini(&s->samples);
    free(s->events.items);
    batch_release(s->alerts);
}

void serve_query_free(struct serve_query *q)
{
    if (q) {
        for (size_t i = 0; i < q->series_count; i++) {
            free_series(&q->series[i]);
        }
        free(q->series);
        serve_trial_free(q->trial);
        serve_encoder_free(q->encoder);
        free(q->resync);
        buf_fini(&q->body);
        free(q);
    }
}
