/* SPDX-License-Identifier: Apache-2.0 */
/* libcurl's multi interface on our loop: it says which sockets to watch and when to wake it. */
#include "deliver/deliver.h"

#include "base/mem.h"
#include "deliver/curl.h"
#include "model/limits.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

struct watch {
    uv_poll_t poll;
    struct deliver *d;
    curl_socket_t fd;
};

struct transfer {
    struct deliver *d;
    CURL *easy;
    struct curl_slist *headers, *recipients;
    struct buf body;
    size_t sent;
    size_t answered; /* bytes of the answer */
    enum deliver_guard guard;
    char denied[INET6_ADDRSTRLEN]; /* the address that was not allowed */
    char error[CURL_ERROR_SIZE];
    void (*done)(void *ctx, const struct deliver_answer *a);
    void *ctx;
    struct transfer *next, **at;
};

struct deliver {
    struct loop *loop;
    struct deliver_config config;
    struct curl curl;
    CURLM *multi; /* NULL until the first message */
    struct loop_timer timer;
    struct transfer *first;
};

/* ---- transfers that ended ---- */

static void unlink_transfer(struct transfer *t)
{
    *t->at = t->next;
    if (t->next) {
        t->next->at = t->at;
    }
}

static void free_transfer(struct transfer *t)
{
    struct curl *c = &t->d->curl;
    (void)c->multi_remove(t->d->multi, t->easy);
    c->easy_done(t->easy);
    c->list_free(t->headers);
    c->list_free(t->recipients);
    buf_fini(&t->body);
    free(t);
}

static void describe(struct transfer *t, CURLcode code, struct deliver_answer *a)
{
    struct curl *c = &t->d->curl;
    long status = 0;
    curl_off_t retry_after = 0;
    (void)c->easy_info(t->easy, CURLINFO_RESPONSE_CODE, &status);
    (void)c->easy_info(t->easy, CURLINFO_RETRY_AFTER, &retry_after);
    a->status = status > 0 && status < 1000 ? (unsigned)status : 0;
    /* An answer that is too long was cut by us: its status counts all the same. */
    a->ended = code == CURLE_OK || (code == CURLE_WRITE_ERROR && a->status);
    a->denied = t->denied[0] || code == CURLE_URL_MALFORMAT || code == CURLE_UNSUPPORTED_PROTOCOL;
    if (retry_after > 0) {
        a->retry_after_ms = (uint64_t)retry_after * 1000;
    }
    if (t->denied[0]) {
        (void)snprintf(a->error, sizeof a->error,
                       "%s is an address inside; notify.allow in the settings permits it",
                       t->denied);
    } else if (!a->ended) {
        (void)snprintf(a->error, sizeof a->error, "%.150s",
                       t->error[0] ? t->error : c->error_text(code));
    }
}

static void collect(struct deliver *d)
{
    int left;
    CURLMsg *m;
    while ((m = d->curl.multi_read(d->multi, &left))) {
        struct deliver_answer a = {0};
        struct transfer *t = NULL;
        if (m->msg != CURLMSG_DONE) {
            continue;
        }
        (void)d->curl.easy_info(m->easy_handle, CURLINFO_PRIVATE, (char **)(void *)&t);
        describe(t, m->data.result, &a);
        void (*done)(void *ctx, const struct deliver_answer *a) = t->done;
        void *ctx = t->ctx;
        unlink_transfer(t);
        free_transfer(t);
        done(ctx, &a);
    }
}

/* ---- sockets and time ---- */

static void act(struct deliver *d, curl_socket_t fd, int events)
{
    int running;
    (void)d->curl.multi_act(d->multi, fd, events, &running);
    collect(d);
}

static void ready(uv_poll_t *poll, int status, int events)
{
    struct watch *w = CONTAINER_OF(poll, struct watch, poll);
    int flags = status < 0 ? CURL_CSELECT_ERR : 0;
    flags |= events & UV_READABLE ? CURL_CSELECT_IN : 0;
    flags |= events & UV_WRITABLE ? CURL_CSELECT_OUT : 0;
    act(w->d, w->fd, flags);
}

static void watch_closed(uv_handle_t *handle)
{
    free(CONTAINER_OF((uv_poll_t *)(void *)handle, struct watch, poll));
}

static int on_socket(CURL *easy, curl_socket_t fd, int what, void *ctx, void *assigned)
{
    struct deliver *d = ctx;
    struct watch *w = assigned;
    (void)easy;
    if (what == CURL_POLL_REMOVE) {
        if (w) {
            (void)d->curl.multi_assign(d->multi, fd, NULL);
            (void)uv_poll_stop(&w->poll);
            uv_close((uv_handle_t *)&w->poll, watch_closed);
        }
        return 0;
    }
    if (!w) {
        w = mem_zalloc(1, sizeof *w);
        w->d = d;
        w->fd = fd;
        if (uv_poll_init(&d->loop->uv, &w->poll, fd) != 0) {
            free(w);
            return -1;
        }
        (void)d->curl.multi_assign(d->multi, fd, w);
    }
    int events = what == CURL_POLL_IN    ? UV_READABLE
                 : what == CURL_POLL_OUT ? UV_WRITABLE
                                         : UV_READABLE | UV_WRITABLE;
    return uv_poll_start(&w->poll, events, ready);
}

static void on_time(void *ctx)
{
    act(ctx, CURL_SOCKET_TIMEOUT, 0);
}

/* libcurl must not be entered from here: even what is due at once waits for the loop. */
static int on_timer(CURLM *multi, long wait_ms, void *ctx)
{
    struct deliver *d = ctx;
    (void)multi;
    uint64_t never = 3600000;
    loop_timer_start(d->loop, &d->timer, wait_ms < 0 ? never : (uint64_t)wait_ms, 0, on_time, d);
    return 0;
}

/* ---- what libcurl asks of a transfer ---- */

/* The address is the one that will be connected to, and nothing resolves it again. */
static curl_socket_t on_open(void *ctx, curlsocktype purpose, struct curl_sockaddr *a)
{
    struct transfer *t = ctx;
    (void)purpose;
    if (t->guard == DELIVER_GUARDED && deliver_blocked(&a->addr, t->d->config.allow)) {
        const void *at = a->family == AF_INET
                             ? (const void *)&((struct sockaddr_in *)(void *)&a->addr)->sin_addr
                             : (const void *)&((struct sockaddr_in6 *)(void *)&a->addr)->sin6_addr;
        if (!inet_ntop(a->family, at, t->denied, sizeof t->denied)) {
            (void)snprintf(t->denied, sizeof t->denied, "this");
        }
        return CURL_SOCKET_BAD;
    }
    return socket(a->family, a->socktype | SOCK_CLOEXEC, a->protocol);
}

/* Nobody reads what a hook answers; 64 kB are enough for whatever it means to say. */
static size_t on_answer(char *in, size_t size, size_t count, void *ctx)
{
    struct transfer *t = ctx;
    (void)in;
    t->answered += size * count;
    return t->answered > LIMIT_DELIVERY_ANSWER_BYTES ? 0 : size * count;
}

static size_t on_body(char *out, size_t size, size_t count, void *ctx)
{
    struct transfer *t = ctx;
    size_t n = size_min(size * count, t->body.len - t->sent);
    memcpy(out, t->body.ptr + t->sent, n);
    t->sent += n;
    return n;
}

static void set_common(struct transfer *t)
{
    struct curl *c = &t->d->curl;
    const struct deliver_config *config = &t->d->config;
    (void)c->easy_set(t->easy, CURLOPT_PRIVATE, t);
    (void)c->easy_set(t->easy, CURLOPT_NOSIGNAL, 1L);
    (void)c->easy_set(t->easy, CURLOPT_QUICK_EXIT, 1L); /* a slow name server holds up nobody */
    (void)c->easy_set(t->easy, CURLOPT_PROXY, "");
    (void)c->easy_set(t->easy, CURLOPT_FOLLOWLOCATION, 0L);
    (void)c->easy_set(t->easy, CURLOPT_ERRORBUFFER, t->error);
    (void)c->easy_set(t->easy, CURLOPT_OPENSOCKETFUNCTION, on_open);
    (void)c->easy_set(t->easy, CURLOPT_OPENSOCKETDATA, t);
    (void)c->easy_set(t->easy, CURLOPT_WRITEFUNCTION, on_answer);
    (void)c->easy_set(t->easy, CURLOPT_WRITEDATA, t);
    (void)c->easy_set(t->easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    if (config->ca) {
        (void)c->easy_set(t->easy, CURLOPT_CAINFO, config->ca);
    }
}

static void set_request(struct transfer *t, const struct deliver_job *job)
{
    struct curl *c = &t->d->curl;
    for (size_t i = 0; i < job->header_count; i++) {
        t->headers = c->list_add(t->headers, job->headers[i]);
    }
    t->headers = c->list_add(t->headers, "Expect:");
    (void)c->easy_set(t->easy, CURLOPT_URL, job->url);
    (void)c->easy_set(t->easy, CURLOPT_PROTOCOLS_STR, "http,https");
    (void)c->easy_set(t->easy, CURLOPT_USERAGENT, "Telltale");
    (void)c->easy_set(t->easy, CURLOPT_HTTPHEADER, t->headers);
    (void)c->easy_set(t->easy, CURLOPT_POST, 1L);
    (void)c->easy_set(t->easy, CURLOPT_POSTFIELDS, t->body.ptr ? (char *)t->body.ptr : "");
    (void)c->easy_set(t->easy, CURLOPT_POSTFIELDSIZE, (long)t->body.len);
    (void)c->easy_set(t->easy, CURLOPT_TIMEOUT_MS, (long)t->d->config.timeout_ms);
}

static void set_mail(struct transfer *t, const struct deliver_job *job)
{
    struct curl *c = &t->d->curl;
    struct buf text = {0};
    bool v6 = strchr(job->server, ':') != NULL;
    buf_printf(&text, "%s://%s%s%s:%u", job->security == DELIVER_TLS ? "smtps" : "smtp",
               v6 ? "[" : "", job->server, v6 ? "]" : "", job->port);
    buf_put_byte(&text, 0);
    (void)c->easy_set(t->easy, CURLOPT_URL, (char *)text.ptr);
    (void)c->easy_set(t->easy, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    long tls = job->security == DELIVER_PLAIN ? CURLUSESSL_NONE : CURLUSESSL_ALL;
    (void)c->easy_set(t->easy, CURLOPT_USE_SSL, tls);
    if (job->user) {
        (void)c->easy_set(t->easy, CURLOPT_USERNAME, job->user);
        (void)c->easy_set(t->easy, CURLOPT_PASSWORD, job->password ? job->password : "");
    }
    (void)c->easy_set(t->easy, CURLOPT_MAIL_FROM, job->from);
    for (size_t i = 0; i < job->to_count; i++) {
        buf_clear(&text);
        buf_put_bytes(&text, job->to[i]);
        buf_put_byte(&text, 0);
        t->recipients = c->list_add(t->recipients, (char *)text.ptr);
    }
    (void)c->easy_set(t->easy, CURLOPT_MAIL_RCPT, t->recipients);
    /* One address that is no more does not keep the others from hearing. */
    (void)c->easy_set(t->easy, CURLOPT_MAIL_RCPT_ALLLOWFAILS, 1L);
    (void)c->easy_set(t->easy, CURLOPT_READFUNCTION, on_body);
    (void)c->easy_set(t->easy, CURLOPT_READDATA, t);
    (void)c->easy_set(t->easy, CURLOPT_UPLOAD, 1L);
    (void)c->easy_set(t->easy, CURLOPT_TIMEOUT_MS, (long)t->d->config.timeout_ms * 3);
    buf_fini(&text);
}

/* ---- life ---- */

static enum err start_curl(struct deliver *d)
{
    enum err e = d->multi ? OK : curl_load(&d->curl);
    if (e != OK || d->multi) {
        return e;
    }
    d->multi = d->curl.multi_init();
    if (!d->multi) {
        return ERR_UNSUPPORTED;
    }
    (void)d->curl.multi_set(d->multi, CURLMOPT_SOCKETFUNCTION, on_socket);
    (void)d->curl.multi_set(d->multi, CURLMOPT_SOCKETDATA, d);
    (void)d->curl.multi_set(d->multi, CURLMOPT_TIMERFUNCTION, on_timer);
    (void)d->curl.multi_set(d->multi, CURLMOPT_TIMERDATA, d);
    (void)d->curl.multi_set(d->multi, CURLMOPT_MAXCONNECTS, (long)LIMIT_DELIVERIES);
    return OK;
}

enum err deliver_send(struct deliver *d, const struct deliver_job *job,
                      void (*done)(void *ctx, const struct deliver_answer *a), void *ctx)
{
    enum err e = start_curl(d);
    CURL *easy = e == OK ? d->curl.easy_init() : NULL;
    if (!easy) {
        return ERR_UNSUPPORTED;
    }
    struct transfer *t = mem_zalloc(1, sizeof *t);
    *t = (struct transfer){.d = d, .easy = easy, .guard = job->guard, .done = done, .ctx = ctx};
    t->next = d->first;
    t->at = &d->first;
    if (t->next) {
        t->next->at = &t->next;
    }
    d->first = t;
    buf_put_bytes(&t->body, job->body);
    set_common(t);
    if (job->url) {
        set_request(t, job);
    } else {
        set_mail(t, job);
    }
    (void)d->curl.multi_add(d->multi, easy);
    return OK;
}

struct deliver *deliver_new(struct loop *loop, const struct deliver_config *config)
{
    struct deliver *d = mem_zalloc(1, sizeof *d);
    d->loop = loop;
    d->config = *config;
    return d;
}

void deliver_free(struct deliver *d)
{
    struct transfer *t = d->first;
    while (t) {
        struct transfer *next = t->next;
        free_transfer(t);
        t = next;
    }
    if (d->multi) {
        (void)d->curl.multi_done(d->multi);
    }
    d->timer.ctx = d;
    loop_timer_close(&d->timer, free);
}
