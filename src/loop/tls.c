/* SPDX-License-Identifier: Apache-2.0 */
/* TLS between the output queue and the socket.
 *
 * OpenSSL reads from what one recv brought and writes to memory, by a BIO that holds nothing
 * itself. What is sealed in one go is sent by one send; only what the kernel refuses is kept with
 * the connection, and nothing more is sealed before that is gone: at most about 64 kB of ciphertext
 * wait. The frames are the plaintext: large ones are sealed where they lie, small ones of one turn
 * share a record. */
#include "loop/tls_internal.h"

#include "base/mem.h"
#include "base/utf8.h"

#include <netinet/in.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <pthread.h>

/* A handshake is two round trips and some arithmetic. Together with a check this ends before the
 * 10 s that the owner of a connection gives a newcomer, so that it is told apart from one that says
 * nothing over TLS. */
#define HANDSHAKE_NS      9000000000u
#define DEADLINE_CHECK_MS 500
/* Handshakes at once: each costs about 20 kB and some 200 us of CPU; more come only from a storm.
 */
#define HANDSHAKES_MAX 2048
/* Plaintext of one send. */
#define SEAL_BYTES (64u << 10)
/* Frames from here on have records of their own. */
#define OWN_RECORD_BYTES 4096u
/* Answers to a peer's key updates and the like that may wait for it to read. */
#define ANSWERS_MAX (64u << 10)

/* ---- the BIO: memory that is somebody else's ---- */

static int bio_read(BIO *b, char *out, int len)
{
    struct tls *t = BIO_get_data(b);
    size_t n = size_min(t->in.len, (size_t)len);
    BIO_clear_retry_flags(b);
    if (n == 0) {
        BIO_set_retry_read(b);
        return -1;
    }
    memcpy(out, t->in.ptr, n);
    t->in = bytes_skip(t->in, n);
    return (int)n;
}

static int bio_write(BIO *b, const char *in, int len)
{
    struct tls *t = BIO_get_data(b);
    BIO_clear_retry_flags(b);
    buf_put(t->to, in, (size_t)len);
    return len;
}

static long bio_control(BIO *b, int command, long number, void *pointer)
{
    (void)b;
    (void)number;
    (void)pointer;
    return command == BIO_CTRL_FLUSH ? 1 : 0;
}

static int bio_create(BIO *b)
{
    BIO_set_init(b, 1);
    return 1;
}

static BIO_METHOD *method;

static void make_method(void)
{
    method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "telltale");
    if (!method || BIO_meth_set_read(method, bio_read) != 1 ||
        BIO_meth_set_write(method, bio_write) != 1 || BIO_meth_set_ctrl(method, bio_control) != 1 ||
        BIO_meth_set_create(method, bio_create) != 1) {
        base_assert_failed(__FILE__, __LINE__, "a BIO method");
    }
}

static BIO *new_bio(struct tls *t)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    (void)pthread_once(&once, make_method);
    BIO *b = BIO_new(method);
    if (!b) {
        base_assert_failed(__FILE__, __LINE__, "a BIO");
    }
    BIO_set_data(b, t);
    return b;
}

/* ---- handshakes under way ---- */

/* The list is gone when the loop is: then nobody looks at it any more. */
static void leave_handshakes(struct tls *t)
{
    if (!t->shaking) {
        return;
    }
    t->shaking = false;
    struct loop_tls *all = t->conn->loop->tls;
    if (!all) {
        return;
    }
    all->shaking--;
    *(t->earlier ? &t->earlier->later : &all->first) = t->later;
    *(t->later ? &t->later->earlier : &all->last) = t->earlier;
}

static void fail(struct tls *t, enum tls_fault why, const char *trouble)
{
    if (t->fault == TLS_FAULT_NONE) {
        t->fault = why;
        t->trouble = trouble;
        t->conn->why = ERR_IO;
        leave_handshakes(t);
        if (t->context->watch.failed) {
            t->context->watch.failed(t->context->watch.ctx, why);
        }
    }
}

static void check_deadlines(void *ctx)
{
    struct loop *l = ctx;
    struct loop_tls *all = l->tls;
    while (all->first && l->mono_ns - all->first->began_ns > HANDSHAKE_NS) {
        struct tls *t = all->first;
        fail(t, TLS_FAULT_TIMEOUT, "the TLS handshake did not end in time");
        conn_close(t->conn);
    }
    if (all->first) {
        loop_timer_start(l, &all->deadline, DEADLINE_CHECK_MS, 0, check_deadlines, l);
    }
}

static void enter_handshakes(struct tls *t)
{
    struct loop *l = t->conn->loop;
    struct loop_tls *all = l->tls;
    if (!all->first) {
        loop_timer_start(l, &all->deadline, DEADLINE_CHECK_MS, 0, check_deadlines, l);
    }
    t->shaking = true;
    t->began_ns = l->mono_ns;
    t->earlier = all->last;
    *(all->last ? &all->last->later : &all->first) = t;
    all->last = t;
    all->shaking++;
}

static void opened(struct tls *t)
{
    t->open = true;
    leave_handshakes(t);
    if (t->context->watch.opened) {
        t->context->watch.opened(t->context->watch.ctx, SSL_session_reused(t->ssl) == 1);
    }
}

/* ---- why it failed ---- */

static enum tls_fault fault_of_alert(const struct tls *t, int reason, const char **trouble)
{
    int alert = reason - SSL_AD_REASON_OFFSET;
    *trouble = SSL_alert_desc_string_long(alert);
    if (alert == SSL_AD_CERTIFICATE_REQUIRED || alert == SSL_AD_UNKNOWN_CA ||
        alert == SSL_AD_BAD_CERTIFICATE) {
        *trouble = t->context->side == TLS_DIALS
                       ? "it does not accept our certificate, or wants one"
                       : "it does not trust our certificate";
    }
    return TLS_FAULT_REFUSED;
}

static enum tls_fault fault_of_reason(const struct tls *t, int reason, const char **trouble)
{
    long verified = SSL_get_verify_result(t->ssl);
    switch (reason) {
    case SSL_R_CERTIFICATE_VERIFY_FAILED:
        *trouble = X509_verify_cert_error_string(verified);
        return TLS_FAULT_CERTIFICATE;
    case SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE:
        *trouble = "it showed no certificate";
        return TLS_FAULT_CERTIFICATE;
    case SSL_R_HTTP_REQUEST:
    case SSL_R_HTTPS_PROXY_REQUEST:
    case SSL_R_WRONG_VERSION_NUMBER:
        *trouble = "it does not speak TLS on this port";
        return t->open ? TLS_FAULT_RECORD : TLS_FAULT_PLAIN;
    default:
        return t->open ? TLS_FAULT_RECORD : TLS_FAULT_HANDSHAKE;
    }
}

static void fail_by_error_queue(struct tls *t)
{
    unsigned long e = ERR_peek_error();
    int reason = ERR_GET_REASON(e);
    const char *trouble = ERR_reason_error_string(e);
    enum tls_fault why = reason > SSL_AD_REASON_OFFSET ? fault_of_alert(t, reason, &trouble)
                                                       : fault_of_reason(t, reason, &trouble);
    fail(t, why, trouble ? trouble : "TLS failed");
    ERR_clear_error();
}

/* ---- in ---- */

uint8_t *tls_input(struct conn *c)
{
    return c->loop->tls->in;
}

/* What OpenSSL said of a read that gave nothing. */
static enum tls_progress after_read(struct tls *t, int result)
{
    switch (SSL_get_error(t->ssl, result)) {
    case SSL_ERROR_WANT_READ:
        return TLS_GOES_ON;
    case SSL_ERROR_ZERO_RETURN:
        return TLS_ENDED;
    default:
        fail_by_error_queue(t);
        return TLS_FAILED;
    }
}

static enum tls_progress open_records(struct tls *t, size_t *got)
{
    struct loop *l = t->conn->loop;
    for (;;) {
        ASSERT(*got < LOOP_RECEIVE_BYTES);
        size_t room = size_min(LOOP_RECEIVE_BYTES - *got, TLS_RECORD_BYTES);
        ERR_clear_error();
        int n = SSL_read(t->ssl, l->receive + *got, (int)room);
        if (!t->open && SSL_is_init_finished(t->ssl)) {
            opened(t);
        }
        if (n <= 0) {
            return after_read(t, n);
        }
        *got += (size_t)n;
    }
}

/* OpenSSL may answer while it reads; what it says then leaves with the turn. */
enum tls_progress tls_receive(struct conn *c, size_t len, size_t *got)
{
    struct tls *t = c->tls;
    size_t before = t->out.len;
    t->in = bytes_of(c->loop->tls->in, len);
    *got = 0;
    enum tls_progress p = open_records(t, got);
    t->in = bytes_of(NULL, 0);
    t->answered += t->out.len - before;
    if (p == TLS_GOES_ON && t->answered > ANSWERS_MAX) {
        fail(t, TLS_FAULT_FLOOD, "it asks on without reading the answers");
        p = TLS_FAILED;
    }
    c->sealed_bytes = (uint32_t)tls_unsent(t).len;
    return p;
}

/* ---- out ---- */

struct bytes tls_unsent(const struct tls *t)
{
    return bytes_of(t->out.ptr + t->out_sent, t->out.len - t->out_sent);
}

static bool write_record(struct tls *t, struct bytes plain)
{
    ERR_clear_error();
    if (SSL_write(t->ssl, plain.ptr, (int)plain.len) == (int)plain.len) {
        return true;
    }
    fail_by_error_queue(t);
    return false;
}

/* Small frames that stand in front of the queue, copied together into one record. */
static struct bytes gather_small(struct conn *c)
{
    uint8_t *plain = c->loop->tls->plain;
    size_t len = 0;
    while (c->count) {
        struct bytes b = conn_first(c);
        if (b.len >= OWN_RECORD_BYTES || b.len > TLS_RECORD_BYTES - len) {
            break;
        }
        memcpy(plain + len, b.ptr, b.len);
        len += b.len;
        conn_took(c, b.len);
    }
    return bytes_of(plain, len);
}

static bool seal_next(struct conn *c)
{
    struct bytes first = conn_first(c);
    if (c->count > 1 && first.len < OWN_RECORD_BYTES) {
        return write_record(c->tls, gather_small(c));
    }
    first.len = size_min(first.len, TLS_RECORD_BYTES);
    bool written = write_record(c->tls, first);
    conn_took(c, first.len);
    return written;
}

static void say_end(struct tls *t)
{
    if (t->open && !t->said_end && t->fault == TLS_FAULT_NONE) {
        t->said_end = true;
        ERR_clear_error();
        (void)SSL_shutdown(t->ssl);
    }
}

static bool end_is_due(const struct conn *c)
{
    return c->count == 0 && (c->finishing || c->ending) && c->tls->open && !c->tls->said_end;
}

bool tls_has_words(const struct conn *c)
{
    return tls_unsent(c->tls).len > 0 || (c->tls->open && c->count > 0) || end_is_due(c);
}

struct bytes tls_seal(struct conn *c)
{
    struct tls *t = c->tls;
    struct buf *sealed = &c->loop->tls->sealed;
    if (tls_unsent(t).len) {
        return tls_unsent(t);
    }
    buf_clear(sealed);
    t->to = sealed;
    while (t->open && c->count && sealed->len < SEAL_BYTES) {
        if (!seal_next(c)) {
            break;
        }
    }
    if (end_is_due(c)) {
        say_end(t);
    }
    t->to = &t->out;
    return buf_bytes(sealed);
}

void tls_sent(struct conn *c, struct bytes given, size_t sent)
{
    struct tls *t = c->tls;
    bool is_kept = tls_unsent(t).len > 0;
    if (is_kept) {
        t->out_sent += sent;
    } else if (sent < given.len) {
        buf_put_bytes(&t->out, bytes_skip(given, sent));
    }
    if (tls_unsent(t).len == 0) {
        buf_fini(&t->out);
        t->out_sent = 0;
        t->answered = 0;
    }
    c->sealed_bytes = (uint32_t)tls_unsent(t).len;
}

struct bytes tls_seal_end(struct conn *c)
{
    leave_handshakes(c->tls);
    if (c->count == 0) {
        say_end(c->tls);
    }
    return tls_unsent(c->tls);
}

/* ---- life ---- */

static void prepare_loop(struct loop *l)
{
    if (!l->tls) {
        l->tls = mem_zalloc(1, sizeof *l->tls);
        l->tls->in = mem_alloc(TLS_INPUT_BYTES);
        l->tls->plain = mem_alloc(TLS_RECORD_BYTES);
    }
}

void loop_tls_free(struct loop *l)
{
    if (l->tls) {
        free(l->tls->in);
        free(l->tls->plain);
        buf_fini(&l->tls->sealed);
        free(l->tls);
        l->tls = NULL;
    }
}

/* The certificate must be the host's, and the host is told which one is wanted. */
static bool expect_name(SSL *ssl, const char *name)
{
    X509_VERIFY_PARAM *p = SSL_get0_param(ssl);
    X509_VERIFY_PARAM_set_hostflags(p, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    if (X509_VERIFY_PARAM_set1_ip_asc(p, name) == 1) {
        return true;
    }
    ERR_clear_error();
    char copy[TLS_NAME_BYTES]; /* the macro below wants one that it could write to */
    if (snprintf(copy, sizeof copy, "%s", name) >= (int)sizeof copy) {
        return false;
    }
    return SSL_set1_host(ssl, name) == 1 && SSL_set_tlsext_host_name(ssl, copy) == 1;
}

static void greet(struct tls *t, const char *server_name)
{
    if (t->context->side == TLS_LISTENS) {
        SSL_set_accept_state(t->ssl);
        return;
    }
    SSL_set_connect_state(t->ssl);
    if (!expect_name(t->ssl, server_name)) {
        fail(t, TLS_FAULT_CERTIFICATE, "no certificate can be for this host name");
        return;
    }
    if (t->context->session) {
        (void)SSL_set_session(t->ssl, t->context->session);
    }
    (void)SSL_do_handshake(t->ssl);
}

static struct tls *new_tls(struct conn *c, struct tls_context *context)
{
    struct tls *t = mem_zalloc(1, sizeof *t);
    t->conn = c;
    t->context = context;
    t->to = &t->out;
    t->ssl = SSL_new(context->ssl);
    if (!t->ssl) {
        base_assert_failed(__FILE__, __LINE__, "SSL_new");
    }
    BIO *b = new_bio(t);
    SSL_set_bio(t->ssl, b, b);
    return t;
}

void conn_start_tls(struct conn *c, struct loop *l, int fd, const struct conn_handler *on,
                    struct tls_context *t, const char *server_name)
{
    ASSERT((server_name != NULL) == (t->side == TLS_DIALS));
    prepare_loop(l);
    conn_start(c, l, fd, on);
    c->tls = new_tls(c, t);
    if (l->tls->shaking >= HANDSHAKES_MAX) {
        fail(c->tls, TLS_FAULT_LIMIT, "too many TLS handshakes at once");
        conn_close(c);
        return;
    }
    enter_handshakes(c->tls);
    greet(c->tls, server_name);
    if (c->tls->fault != TLS_FAULT_NONE) {
        conn_close(c);
    } else if (tls_unsent(c->tls).len) {
        c->sealed_bytes = (uint32_t)tls_unsent(c->tls).len;
        conn_want_flush(c);
    }
}

void tls_move(struct tls *t, struct conn *c)
{
    ASSERT(t->open && !t->shaking && t->in.len == 0 && tls_unsent(t).len == 0);
    prepare_loop(c->loop);
    t->conn = c;
    c->tls = t;
}

void tls_free(struct tls *t)
{
    if (t) {
        leave_handshakes(t);
        SSL_free(t->ssl);
        buf_fini(&t->out);
        free(t);
    }
}

/* ---- what is known of a connection ---- */

enum tls_fault conn_tls_fault(const struct conn *c)
{
    return c->tls ? c->tls->fault : TLS_FAULT_NONE;
}

const char *conn_tls_trouble(const struct conn *c)
{
    return c->tls ? c->tls->trouble : NULL;
}

bool conn_tls_resumed(const struct conn *c)
{
    return c->tls && c->tls->open && SSL_session_reused(c->tls->ssl) == 1;
}

/* Text of a certificate; nothing when it would not be read as it is meant. */
static void put_name(char out[TLS_NAME_BYTES], const unsigned char *text, int len)
{
    out[0] = '\0';
    if (len > 0 && len < TLS_NAME_BYTES && !memchr(text, 0, (size_t)len) &&
        utf8_valid(bytes_of(text, (size_t)len))) {
        memcpy(out, text, (size_t)len);
        out[len] = '\0';
    }
}

static void read_common_name(const X509 *x, char out[TLS_NAME_BYTES])
{
    const X509_NAME *subject = X509_get_subject_name(x);
    unsigned char *text = NULL;
    int at = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
    int len = 0;
    if (at >= 0) {
        const X509_NAME_ENTRY *entry = X509_NAME_get_entry(subject, at);
        len = ASN1_STRING_to_UTF8(&text, X509_NAME_ENTRY_get_data(entry));
    }
    put_name(out, text, len);
    OPENSSL_free(text);
}

static void read_alternative_name(const X509 *x, char out[TLS_NAME_BYTES])
{
    GENERAL_NAMES *names = X509_get_ext_d2i(x, NID_subject_alt_name, NULL, NULL);
    out[0] = '\0';
    for (int i = 0; i < sk_GENERAL_NAME_num(names) && !out[0]; i++) {
        const GENERAL_NAME *n = sk_GENERAL_NAME_value(names, i);
        if (n->type == GEN_DNS || n->type == GEN_URI || n->type == GEN_EMAIL) {
            const ASN1_STRING *text = n->d.ia5;
            put_name(out, ASN1_STRING_get0_data(text), ASN1_STRING_length(text));
        }
    }
    GENERAL_NAMES_free(names);
}

bool conn_peer_certificate(const struct conn *c, struct tls_peer *out)
{
    unsigned len = TLS_FINGERPRINT_BYTES;
    X509 *x = c->tls && c->tls->open ? SSL_get0_peer_certificate(c->tls->ssl) : NULL;
    if (!x || SSL_get_verify_result(c->tls->ssl) != X509_V_OK ||
        X509_digest(x, EVP_sha256(), out->fingerprint, &len) != 1) {
        ERR_clear_error();
        return false;
    }
    read_common_name(x, out->common_name);
    read_alternative_name(x, out->alternative_name);
    ERR_clear_error();
    return true;
}
