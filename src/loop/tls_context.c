/* SPDX-License-Identifier: Apache-2.0 */
/* A TLS context from files, and sentences about files that are wrong. */
#include "loop/tls_internal.h"

#include "base/mem.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdarg.h>
#include <stdio.h>

/* P-256 first: every device has it, and its signatures are the cheapest here. */
#define GROUPS "P-256:X25519:P-384"

__attribute__((format(printf, 2, 3))) static void say(char why[TLS_WHY_MAX], const char *format,
                                                      ...)
{
    va_list args;
    va_start(args, format);
    (void)vsnprintf(why, TLS_WHY_MAX, format, args);
    va_end(args);
}

/* ---- files ---- */

/* Whether a file can be read at all, which is told in other words than what is wrong in it. */
MUST_CHECK static enum err check_readable(const char *what, const char *path, char why[TLS_WHY_MAX])
{
    FILE *f = fopen(path, "re");
    int e = errno;
    if (f) {
        (void)fclose(f);
        return OK;
    }
    say(why, "%s %.128s: %s", what, path,
        e == ENOENT   ? "no such file; check the path"
        : e == EACCES ? "not permitted; let the user that runs telltale read it"
                      : "can't be read");
    return e == ENOENT ? ERR_NOT_FOUND : e == EACCES ? ERR_DENIED : ERR_IO;
}

/* A key with a passphrase: nobody is there to type it. */
static int no_passphrase(char *out, int size, int writing, void *asked)
{
    (void)out;
    (void)size;
    (void)writing;
    *(bool *)asked = true;
    return 0;
}

MUST_CHECK static enum err use_certificate(SSL_CTX *c, const char *path, char why[TLS_WHY_MAX])
{
    enum err e = check_readable("certificate", path, why);
    if (e == OK && SSL_CTX_use_certificate_chain_file(c, path) != 1) {
        say(why, "certificate %.128s: expected certificates in PEM (-----BEGIN CERTIFICATE-----)",
            path);
        e = ERR_INVALID;
    }
    return e;
}

MUST_CHECK static enum err use_key(SSL_CTX *c, const struct tls_files *f, char why[TLS_WHY_MAX])
{
    bool asked = false;
    if (!f->key) {
        say(why, "certificate %.128s: its key is missing; set `key` to the file that holds it",
            f->certificate);
        return ERR_INVALID;
    }
    enum err e = check_readable("key", f->key, why);
    if (e != OK) {
        return e;
    }
    SSL_CTX_set_default_passwd_cb(c, no_passphrase);
    SSL_CTX_set_default_passwd_cb_userdata(c, &asked);
    bool used = SSL_CTX_use_PrivateKey_file(c, f->key, SSL_FILETYPE_PEM) == 1;
    SSL_CTX_set_default_passwd_cb_userdata(c, NULL);
    if (asked) {
        say(why,
            "key %.100s: has a passphrase; write it without one: openssl pkey -in KEY -out NEW",
            f->key);
        return ERR_INVALID;
    }
    if (!used && ERR_GET_REASON(ERR_peek_last_error()) != X509_R_KEY_VALUES_MISMATCH) {
        say(why, "key %.128s: expected a private key in PEM (-----BEGIN PRIVATE KEY-----)", f->key);
        return ERR_INVALID;
    }
    if (!used || SSL_CTX_check_private_key(c) != 1) {
        say(why, "key %.100s: does not belong to certificate %.100s", f->key, f->certificate);
        return ERR_INVALID;
    }
    return OK;
}

MUST_CHECK static enum err trust(SSL_CTX *c, const struct tls_files *f, char why[TLS_WHY_MAX])
{
    if (!f->ca) {
        return f->side == TLS_LISTENS || SSL_CTX_set_default_verify_paths(c) == 1 ? OK : ERR_IO;
    }
    enum err e = check_readable("ca", f->ca, why);
    if (e != OK) {
        return e;
    }
    STACK_OF(X509_NAME) *names =
        f->side == TLS_LISTENS ? SSL_load_client_CA_file(f->ca) : sk_X509_NAME_new_null();
    if (!names || SSL_CTX_load_verify_file(c, f->ca) != 1) {
        sk_X509_NAME_pop_free(names, X509_NAME_free);
        say(why, "ca %.128s: expected certificates in PEM (-----BEGIN CERTIFICATE-----)", f->ca);
        return ERR_INVALID;
    }
    if (f->side == TLS_LISTENS) {
        SSL_CTX_set_client_CA_list(c, names);
    } else {
        sk_X509_NAME_free(names);
    }
    return OK;
}

MUST_CHECK static enum err set_clients(SSL_CTX *c, const struct tls_files *f, char why[TLS_WHY_MAX])
{
    int mode = SSL_VERIFY_PEER;
    if (f->clients == TLS_CLIENTS_NONE) {
        return OK;
    }
    if (!f->ca) {
        say(why, "client_certificates: set `client_ca` to the file of whom to trust");
        return ERR_INVALID;
    }
    if (f->clients == TLS_CLIENTS_REQUIRED) {
        mode |= SSL_VERIFY_FAIL_IF_NO_PEER_CERT;
    }
    SSL_CTX_set_verify(c, mode, NULL);
    return OK;
}

/* ---- the two sides ---- */

/* The newest ticket of the other side spares the next handshake most of its work. */
static int keep_session(SSL *ssl, SSL_SESSION *session)
{
    struct tls_context *t = SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl));
    if (!t) {
        return 0;
    }
    SSL_SESSION_free(t->session);
    t->session = session;
    return 1;
}

static bool set_common(SSL_CTX *c)
{
    char groups[] = GROUPS; /* the macro below wants what it could write to */
    SSL_CTX_set_mode(c, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_options(c, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                               SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_IGNORE_UNEXPECTED_EOF);
    return SSL_CTX_set_min_proto_version(c, TLS1_2_VERSION) == 1 &&
           SSL_CTX_set1_groups_list(c, groups) == 1;
}

/* Tickets hold a session's state at the client, so that a listener keeps none. */
MUST_CHECK static enum err set_up_listener(SSL_CTX *c, const struct tls_files *f,
                                           char why[TLS_WHY_MAX])
{
    static const unsigned char context[] = "telltale";
    (void)SSL_CTX_set_session_cache_mode(c, SSL_SESS_CACHE_OFF);
    (void)SSL_CTX_set_session_id_context(c, context, sizeof context - 1);
    (void)SSL_CTX_set_num_tickets(c, 1);
    if (!f->certificate) {
        say(why, "certificate: set it to the PEM file of the listener's certificate");
        return ERR_INVALID;
    }
    return set_clients(c, f, why);
}

/* A certificate of the broker itself may stand in `ca`, whoever signed it. */
static void set_up_dialler(SSL_CTX *c)
{
    (void)SSL_CTX_set_session_cache_mode(c, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_sess_set_new_cb(c, keep_session);
    SSL_CTX_set_verify(c, SSL_VERIFY_PEER, NULL);
    (void)X509_STORE_set_flags(SSL_CTX_get_cert_store(c), X509_V_FLAG_PARTIAL_CHAIN);
}

MUST_CHECK static enum err set_up(SSL_CTX *c, const struct tls_files *f, char why[TLS_WHY_MAX])
{
    enum err e = OK;
    if (!set_common(c)) {
        say(why, "TLS: this OpenSSL can't do what is needed (TLS 1.2, P-256)");
        return ERR_UNSUPPORTED;
    }
    if (f->side == TLS_LISTENS) {
        e = set_up_listener(c, f, why);
    } else {
        set_up_dialler(c);
    }
    e = e == OK && f->certificate ? use_certificate(c, f->certificate, why) : e;
    e = e == OK && f->certificate ? use_key(c, f, why) : e;
    return e == OK ? trust(c, f, why) : e;
}

enum err tls_context_new(const struct tls_files *files, struct tls_context **out,
                         char why[TLS_WHY_MAX])
{
    SSL_CTX *c =
        SSL_CTX_new(files->side == TLS_LISTENS ? TLS_server_method() : TLS_client_method());
    if (!c) {
        say(why, "TLS: this OpenSSL can't be used");
        return ERR_UNSUPPORTED;
    }
    enum err e = set_up(c, files, why);
    ERR_clear_error();
    if (e != OK) {
        SSL_CTX_free(c);
        return e;
    }
    struct tls_context *t = mem_zalloc(1, sizeof *t);
    t->ssl = c;
    t->side = files->side;
    (void)SSL_CTX_set_app_data(c, t);
    *out = t;
    return OK;
}

void tls_context_free(struct tls_context *t)
{
    if (t) {
        (void)SSL_CTX_set_app_data(t->ssl, NULL);
        SSL_SESSION_free(t->session);
        SSL_CTX_free(t->ssl);
        free(t);
    }
}

void tls_context_watch(struct tls_context *t, const struct tls_watch *watch)
{
    t->watch = *watch;
}

void tls_context_replace(struct tls_context *t, struct tls_context *take_from)
{
    SSL_CTX *old = t->ssl;
    ASSERT(t->side == take_from->side);
    (void)SSL_CTX_set_app_data(old, NULL);
    t->ssl = take_from->ssl;
    (void)SSL_CTX_set_app_data(t->ssl, t);
    take_from->ssl = old;
    tls_context_free(take_from);
}

int64_t tls_context_expires(const struct tls_context *t)
{
    struct tm until;
    const X509 *x = SSL_CTX_get0_certificate(t->ssl);
    if (!x || ASN1_TIME_to_tm(X509_get0_notAfter(x), &until) != 1) {
        return 0;
    }
    return (int64_t)timegm(&until) * 1000;
}
