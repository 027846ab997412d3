/* SPDX-License-Identifier: Apache-2.0 */
/* One message on its way: rows become words, words a request, and the answer a result. */
#include "app/mail.h"
#include "app/notify_thread.h"
#include "app/thread.h"
#include "base/base64.h"
#include "base/mem.h"
#include "model/limits.h"
#include "proto/mail/mail.h"
#include "sys/clock.h"
#include "sys/secret.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#define HEADERS_MAX    80
#define DEFAULT_TOPIC  "telltale/alerts"
#define VAPID_LIFE_S   (12 * 3600)
#define PUSH_TTL_S     86400
#define PUSH_PLAIN_MIN 512

/* ---- results ---- */

static struct notify_result refuse(const char *why)
{
    struct notify_result r = {.outcome = OUTCOME_REFUSED};
    (void)snprintf(r.error, sizeof r.error, "%s", why);
    return r;
}

static const struct notify_result sent = {.outcome = OUTCOME_SENT};

static void finish(struct notify_sending *s, const struct notify_result *r);

/* What a status means, of HTTP and SMTP alike where they agree. */
static enum notify_outcome judge(const struct notify_sending *s, const struct deliver_answer *a)
{
    if (a->denied) {
        return OUTCOME_REFUSED;
    }
    if (s->type == CHANNEL_EMAIL) {
        return a->ended ? OUTCOME_SENT : a->status >= 500 ? OUTCOME_REFUSED : OUTCOME_RETRY;
    }
    if (!a->ended) {
        return OUTCOME_RETRY;
    }
    if (a->status >= 200 && a->status < 300) {
        return OUTCOME_SENT;
    }
    return a->status == 408 || a->status == 429 || a->status >= 500 ? OUTCOME_RETRY
                                                                    : OUTCOME_REFUSED;
}

/* A push service says more than others: who is gone, and what is too long. */
static void judge_push(struct notify_sending *s, const struct deliver_answer *a,
                       struct notify_result *r)
{
    if (a->status == 404 || a->status == 410) {
        r->gone = true;
    } else if (a->status == 413 && s->t->push_max > PUSH_PLAIN_MIN) {
        s->t->push_max /= 2;
        r->outcome = OUTCOME_RETRY;
    }
}

static void explain(const struct notify_sending *s, const struct deliver_answer *a,
                    struct notify_result *r)
{
    if (a->error[0]) {
        (void)snprintf(r->error, sizeof r->error, "%.140s", a->error);
    } else if (a->status >= 300 && a->status < 400) {
        (void)snprintf(r->error, sizeof r->error, "answered %u; redirects are not followed",
                       a->status);
    } else if (s->type == CHANNEL_PUSH && (a->status == 401 || a->status == 403)) {
        (void)snprintf(r->error, sizeof r->error,
                       "answered %u: the push service refuses our VAPID key", a->status);
    } else {
        (void)snprintf(r->error, sizeof r->error, "answered %u", a->status);
    }
}

static void forget_subscription(struct notify_thread *t, const char *id);

static void answered(void *ctx, const struct deliver_answer *a)
{
    struct notify_sending *s = ctx;
    struct notify_result r = {.outcome = judge(s, a), .told_ms = a->retry_after_ms};
    if (s->type == CHANNEL_PUSH) {
        judge_push(s, a, &r);
    }
    if (r.outcome != OUTCOME_SENT) {
        explain(s, a, &r);
    }
    if (r.gone) {
        forget_subscription(s->t, s->target);
    }
    finish(s, &r);
}

static void hand_over(struct notify_sending *s, const struct deliver_job *job)
{
    if (deliver_send(s->t->deliver, job, answered, s) != OK) {
        struct notify_result r = refuse("libcurl is not installed (libcurl4)");
        r.outcome = OUTCOME_RETRY;
        finish(s, &r);
    }
}

/* ---- e-mail ---- */

static void put_message_id(const struct notify_sending *s, struct buf *out)
{
    char random[SECRET_TOKEN_BYTES];
    secret_token(random);
    /* The characters of a token are those of an atom. */
    buf_printf(out, "%.22s.%llx", random, (unsigned long long)s->t->start_wall);
}

static size_t recipients(const struct notify_sending *s, struct bytes *to)
{
    if (s->target[0]) {
        to[0] = bytes_of_text(s->target);
        return 1;
    }
    for (size_t i = 0; i < s->channel->to.count; i++) {
        to[i] = bytes_of_text(s->channel->to.items[i]);
    }
    return s->channel->to.count;
}

static void write_mail(struct notify_sending *s, const struct notify_message *m,
                       struct deliver_job *job, struct buf *out)
{
    struct buf id = {0}, thread = {0}, subject = {0}, text = {0}, html = {0};
    put_message_id(s, &id);
    buf_put_text(&thread, "alert-");
    buf_put_bytes(&thread, m->alerts[0].id);
    notify_put_title(m, &subject);
    notify_put_text(m, &text);
    notify_put_html(m, &html);
    struct mail_message mail = {
        .from = bytes_of_text(job->from),
        .from_name = BYTES("Telltale"),
        .to = job->to,
        .to_count = job->to_count,
        .subject = buf_bytes(&subject),
        .text = buf_bytes(&text),
        .html = buf_bytes(&html),
        .id = buf_bytes(&id),
        .thread = m->test ? (struct bytes){0} : buf_bytes(&thread),
        .date_ms = m->now,
    };
    mail_write(&mail, out);
    buf_fini(&id);
    buf_fini(&thread);
    buf_fini(&subject);
    buf_fini(&text);
    buf_fini(&html);
}

static const enum deliver_security securities[] = {[SECURITY_STARTTLS] = DELIVER_STARTTLS,
                                                   [SECURITY_TLS] = DELIVER_TLS,
                                                   [SECURITY_NONE] = DELIVER_PLAIN};

static uint16_t port_of(enum deliver_security security, uint32_t port)
{
    uint16_t usual = security == DELIVER_TLS ? 465 : 587;
    return port ? (uint16_t)port : usual;
}

/* The server of the channel, or that of the settings file, which is trusted. False: neither. */
static bool choose_server(const struct notify_sending *s, struct deliver_job *job)
{
    const struct notify_channel *c = s->channel;
    const struct notify_settings *own = s->t->settings;
    job->from = c->from ? c->from : own->mail_from;
    if (c->server) {
        job->guard = DELIVER_GUARDED;
        job->server = c->server;
        job->security = securities[c->security];
        job->port = port_of(job->security, c->port);
        job->user = c->user;
        job->password = c->password;
    } else {
        job->guard = DELIVER_TRUSTED;
        job->server = own->smtp_server;
        job->security = own->smtp_security;
        job->port = port_of(job->security, own->smtp_port);
        job->user = own->smtp_user;
        job->password = own->smtp_password;
    }
    return job->server && job->from;
}

static void send_mail(struct notify_sending *s, const struct notify_message *m)
{
    struct bytes to[CONFIG_LIST_MAX];
    struct buf body = {0};
    struct deliver_job job = {.to = to, .to_count = recipients(s, to)};
    if (!choose_server(s, &job)) {
        struct notify_result r =
            refuse("no mail server: give the channel one, or notify.smtp_server and mail_from");
        finish(s, &r);
        return;
    }
    write_mail(s, m, &job, &body);
    job.body = buf_bytes(&body);
    hand_over(s, &job);
    buf_fini(&body);
}

/* ---- webhooks ---- */

struct headers {
    const char *at[HEADERS_MAX];
    size_t count;
};

static void put_header(struct headers *h, const char *name, struct bytes value)
{
    struct buf line = {0};
    ASSERT(h->count < HEADERS_MAX);
    buf_printf(&line, "%s: ", name);
    buf_put_bytes(&line, value);
    h->at[h->count++] = mem_text(line.ptr, line.len);
    buf_fini(&line);
}

static void free_headers(struct headers *h)
{
    for (size_t i = 0; i < h->count; i++) {
        free((void *)(uintptr_t)h->at[i]);
    }
}

/* Sends `body` to where a channel or browser is told; the headers are used up. */
static void post(struct notify_sending *s, const char *url, struct headers *h, struct bytes body)
{
    struct deliver_job job = {.guard = DELIVER_GUARDED,
                              .url = url,
                              .headers = h->at,
                              .header_count = h->count,
                              .body = body};
    hand_over(s, &job);
    free_headers(h);
}

/* Those of the channel; they were checked when it was saved. */
static void put_custom_headers(struct headers *h, const char *json)
{
    struct json_reader r;
    struct json_text key, text;
    json_reader_init(&r, bytes_of_text(json));
    if (!json || !json_read_object(&r)) {
        return;
    }
    while (h->count < HEADERS_MAX - 8 && json_read_key(&r, &key) && json_read_text(&r, &text)) {
        char name[72];
        struct buf value = {0};
        (void)snprintf(name, sizeof name, "%.*s", (int)size_min(key.raw.len, 64),
                       (const char *)key.raw.ptr);
        json_text_append(text, &value);
        put_header(h, name, buf_bytes(&value));
        buf_fini(&value);
    }
}

/* t=<seconds>,v1=<HMAC-SHA-256 of "seconds.body", in hexadecimal>: a body that is played back later
 * has an old time, and can't be given another. */
static void put_signature(struct headers *h, const char *secret, struct bytes body, wall_ms now)
{
    struct buf text = {0}, value = {0};
    uint8_t tag[32];
    unsigned len = sizeof tag;
    buf_printf(&text, "%lld.", (long long)(now / 1000));
    buf_put_bytes(&text, body);
    const uint8_t *made =
        HMAC(EVP_sha256(), secret, (int)strlen(secret), text.ptr, text.len, tag, &len);
    ASSERT(made && len == sizeof tag);
    buf_printf(&value, "t=%lld,v1=", (long long)(now / 1000));
    for (size_t i = 0; i < sizeof tag; i++) {
        buf_printf(&value, "%02x", tag[i]);
    }
    put_header(h, "X-Telltale-Signature", buf_bytes(&value));
    buf_fini(&text);
    buf_fini(&value);
}

static void send_webhook(struct notify_sending *s, const struct notify_message *m)
{
    const struct notify_channel *c = s->channel;
    struct headers h = {0};
    struct buf body = {0};
    notify_template_render(notify_channel_template(c), bytes_of_text(c->params ? c->params : "{}"),
                           m, &body);
    put_header(&h, "Content-Type", BYTES("application/json"));
    put_header(&h, "X-Telltale-Delivery", bytes_of_text(s->key));
    if (c->secret) {
        put_signature(&h, c->secret, buf_bytes(&body), m->now);
    }
    put_custom_headers(&h, c->headers);
    post(s, c->url, &h, buf_bytes(&body));
    buf_fini(&body);
}

/* ---- push ---- */

static void forget_subscription(struct notify_thread *t, const char *id)
{
    struct command *c = command_new(COMMAND_DELETE_DOCUMENT);
    c->document.kind = DOCUMENT_SUBSCRIPTION;
    buf_put_text(&c->document.id, id);
    if (mailbox_post(t->to_ingest, (struct mail){.kind = MAIL_COMMAND, .body = c}) != OK) {
        command_free(c); /* the next message to it finds it gone again */
    }
}

/* Whom a push service may write to when we misbehave. */
static void put_contact(const struct notify_settings *s, struct buf *out)
{
    if (s->mail_from) {
        buf_printf(out, "mailto:%s", s->mail_from);
    } else if (s->public_url && strncmp(s->public_url, "https:", 6) == 0) {
        buf_put_text(out, s->public_url);
    } else {
        buf_put_text(out, "mailto:telltale@example.org");
    }
}

static enum err authorize_push(const struct notify_thread *t, const char *endpoint, struct buf *out)
{
    struct buf contact = {0};
    size_t origin = strlen("https://") + strcspn(endpoint + strlen("https://"), "/?");
    put_contact(t->settings, &contact);
    enum err e = push_authorization(t->vapid, bytes_of(endpoint, origin), buf_bytes(&contact),
                                    clock_wall_ms() / 1000 + VAPID_LIFE_S, out);
    buf_fini(&contact);
    return e;
}

static enum err encrypt(const struct notify_thread *t, const struct notify_message *m,
                        const struct notify_subscription *to, struct buf *body)
{
    struct buf plain = {0};
    uint8_t sender[PUSH_PRIVATE_BYTES], salt[PUSH_SALT_BYTES];
    secret_random(sender, sizeof sender);
    secret_random(salt, sizeof salt);
    notify_put_push(m, to, t->push_max, &plain);
    enum err e = push_encrypt(&to->keys, sender, salt, buf_bytes(&plain), body);
    buf_fini(&plain);
    return e;
}

static void send_push(struct notify_sending *s, const struct notify_message *m)
{
    static const char *const urgencies[] = {"low", "normal", "high"};
    const struct notify_subscription *to =
        notify_book_subscription(&s->t->book, bytes_of_text(s->target));
    struct headers h = {0};
    struct buf body = {0}, authorization = {0};
    if (!to || encrypt(s->t, m, to, &body) != OK ||
        authorize_push(s->t, to->endpoint, &authorization) != OK) {
        struct notify_result r = refuse("this browser is no longer subscribed");
        r.gone = true;
        finish(s, &r);
        buf_fini(&body);
        buf_fini(&authorization);
        return;
    }
    put_header(&h, "Authorization", buf_bytes(&authorization));
    put_header(&h, "Content-Encoding", BYTES("aes128gcm"));
    put_header(&h, "Content-Type", BYTES("application/octet-stream"));
    put_header(&h, "TTL", BYTES("86400"));
    put_header(&h, "Urgency", bytes_of_text(urgencies[m->alerts[0].severity]));
    put_header(&h, "Topic", m->alerts[0].id);
    post(s, to->endpoint, &h, buf_bytes(&body));
    buf_fini(&body);
    buf_fini(&authorization);
}

/* ---- MQTT ---- */

void notify_publication_free(struct notify_publication *p)
{
    if (p) {
        buf_fini(&p->topic);
        buf_fini(&p->payload);
        free(p);
    }
}

/* A level of a topic: what would end it or mean something else is replaced. */
static void put_level(struct buf *out, struct bytes text)
{
    buf_put_byte(out, '/');
    for (size_t i = 0; i < text.len; i++) {
        uint8_t c = text.ptr[i];
        buf_put_byte(out, c == '/' || c == '+' || c == '#' || c == 0 ? '_' : c);
    }
}

/* Retained: whoever comes later, a lamp after a power cut, sees how things are. */
static void send_publication(struct notify_sending *s, const struct notify_message *m)
{
    const struct notify_channel *c = s->channel;
    const struct notify_alert *a = &m->alerts[0];
    struct notify_publication *p = mem_zalloc(1, sizeof *p);
    struct notify_result r = sent;
    p->links = c->links;
    buf_put_text(&p->topic, c->topic ? c->topic : DEFAULT_TOPIC);
    put_level(&p->topic, a->device);
    put_level(&p->topic, a->rule);
    notify_alert_write(a, &p->payload);
    if (p->topic.len > LIMIT_TOPIC_BYTES) {
        r = refuse("the names of device and rule are too long for a topic");
        notify_publication_free(p);
    } else if (mailbox_post(s->t->to_ingest, (struct mail){.kind = MAIL_PUBLICATION, .body = p}) !=
               OK) {
        r = refuse("too much waits to be published");
        r.outcome = OUTCOME_RETRY;
        notify_publication_free(p);
    }
    finish(s, &r);
}

/* ---- all of them ---- */

typedef void (*sender)(struct notify_sending *s, const struct notify_message *m);

static const sender senders[CHANNEL_TYPE_COUNT] = {
    [CHANNEL_EMAIL] = send_mail,
    [CHANNEL_WEBHOOK] = send_webhook,
    [CHANNEL_MQTT] = send_publication,
    [CHANNEL_PUSH] = send_push,
};

static const char *person_of(const struct notify_thread *t, const struct notify_sending *s)
{
    const struct notify_subscription *sub =
        s->type == CHANNEL_PUSH ? notify_book_subscription(&t->book, bytes_of_text(s->target))
                                : NULL;
    if (sub) {
        return sub->person ? sub->person : "";
    }
    for (size_t i = 0; s->target[0] && i < t->book.person_count; i++) {
        const struct notify_person *p = t->book.people[i];
        if (p->email && strcmp(p->email, s->target) == 0) {
            return p->id;
        }
    }
    return "";
}

static struct notify_sending *begin(struct notify_thread *t, const struct notify_channel *channel,
                                    const char *target)
{
    struct notify_sending *s = mem_zalloc(1, sizeof *s);
    s->t = t;
    s->channel = channel;
    s->type = channel ? channel->type : CHANNEL_PUSH;
    s->begin_ns = clock_mono_ns();
    (void)snprintf(s->target, sizeof s->target, "%s", target);
    return s;
}

static void dispatch(struct notify_sending *s, struct notify_message *m)
{
    struct notify_thread *t = s->t;
    m->public_url = t->settings->public_url;
    m->link_key = t->link_key;
    m->now = clock_wall_ms();
    m->person = bytes_of_text(person_of(t, s));
    senders[s->type](s, m);
}

void notify_send(struct notify_thread *t, const struct notify_due *due)
{
    struct notify_alert alerts[NOTIFY_ALERTS_MAX];
    struct notify_message m = {.alerts = alerts, .left_out = due->left_out, .digest = due->digest};
    struct notify_sending *s = begin(t, due->channel, due->target);
    s->number = due->number;
    (void)snprintf(s->key, sizeof s->key, "%.*s", (int)sizeof s->key - 1, due->rows[0]->key);
    for (size_t i = 0; i < due->count; i++) {
        if (notify_alert_read(bytes_of_text(due->rows[i]->payload), &alerts[m.count]) == OK) {
            m.count++;
        }
    }
    bool lost = !due->channel && strcmp(due->channel_id, NOTIFY_PUSH) != 0;
    if (m.count == 0 || lost || (due->channel && !due->channel->enabled)) {
        struct notify_result r =
            refuse(m.count ? "the channel is gone or switched off" : "the row is damaged");
        r.gone = true;
        finish(s, &r);
    } else {
        dispatch(s, &m);
    }
    for (size_t i = 0; i < m.count; i++) {
        notify_alert_fini(&alerts[i]);
    }
}

/* ---- tests ---- */

static void answer_test(struct notify_sending *s, const struct notify_result *r)
{
    struct serve_notice *n = s->notice;
    struct json_writer w;
    json_writer_init(&w, &n->body);
    json_write_object(&w);
    json_put_bool(&w, "ok", r->outcome == OUTCOME_SENT);
    json_put_string(&w, "error", r->outcome == OUTCOME_SENT ? NULL : r->error);
    json_put_number(&w, "ms", (double)(clock_mono_ns() - s->begin_ns) / 1e6);
    json_write_object_end(&w);
    post_or_die(s->t->to_serve, (struct mail){.kind = MAIL_NOTICE, .body = n});
    free(s);
}

static void finish(struct notify_sending *s, const struct notify_result *r)
{
    if (s->notice) {
        answer_test(s, r);
    } else {
        notify_ended(s, r);
    }
}

void notify_test(struct notify_thread *t, struct serve_notice *take_notice)
{
    struct serve_notice *n = take_notice;
    struct notify_alert a = {
        .id = BYTES("test"),
        .rule = BYTES("test"),
        .rule_name = BYTES("Test"),
        .device = BYTES("telltale"),
        .sensor = BYTES("test"),
        .message = BYTES("this is a test, nothing is wrong"),
        .severity = SEVERITY_INFO,
        .state = ALERT_STATE_FIRING,
        .started = clock_wall_ms(),
        .ended = WALL_NONE,
    };
    struct notify_message m = {.alerts = &a, .count = 1, .test = true};
    bool push = n->target[0] != 0;
    const struct notify_channel *c =
        push ? NULL : notify_book_channel(&t->book, bytes_of_text(n->channel));
    bool there =
        push ? notify_book_subscription(&t->book, bytes_of_text(n->target)) != NULL : c != NULL;
    if (!there || (c && c->type == CHANNEL_PUSH)) {
        n->result = there ? ERR_UNSUPPORTED : ERR_NOT_FOUND;
        post_or_die(t->to_serve, (struct mail){.kind = MAIL_NOTICE, .body = n});
        return;
    }
    struct notify_sending *s = begin(t, c, n->target);
    s->notice = n;
    (void)snprintf(s->key, sizeof s->key, "test");
    dispatch(s, &m);
}
