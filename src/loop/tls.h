/* SPDX-License-Identifier: Apache-2.0 */
/* TLS for connections: what a listener or a dialled link needs, made from files, and what is known
 * of a connection that has it. A connection with TLS has the handler interface of a plain one.
 *
 * TLS 1.2 and 1.3, P-256 first, session tickets, no renegotiation, no compression. OpenSSL works on
 * memory alone: it is given what one recv brought, and what it makes leaves in one send a turn.
 *
 * Thread: a context belongs to the loop whose connections use it; tls_context_new may run anywhere
 * before. A connection that was handed over (conn_unpack) keeps its context, of which it only calls
 * the watch: that must bear two threads. */
#ifndef TELLTALE_LOOP_TLS_H
#define TELLTALE_LOOP_TLS_H

#include "loop/loop.h"

/* Why a connection with TLS failed. id, name, help */
#define TLS_FAULT_LIST(X)                                                                          \
    X(TLS_FAULT_NONE, "none", "nothing failed")                                                    \
    X(TLS_FAULT_HANDSHAKE, "handshake", "no agreement on how to speak TLS")                        \
    X(TLS_FAULT_PLAIN, "plain", "the other side does not speak TLS")                               \
    X(TLS_FAULT_CERTIFICATE, "certificate", "no certificate, or one that is not trusted")          \
    X(TLS_FAULT_REFUSED, "refused", "the other side refused")                                      \
    X(TLS_FAULT_TIMEOUT, "timeout", "the handshake did not end in time")                           \
    X(TLS_FAULT_LIMIT, "limit", "too many handshakes at once")                                     \
    X(TLS_FAULT_RECORD, "record", "bytes that are no TLS record of this connection")               \
    X(TLS_FAULT_FLOOD, "flood", "the other side asks on without reading")

enum tls_fault {
#define TLS_FAULT_ENUM(id, name, help) id,
    TLS_FAULT_LIST(TLS_FAULT_ENUM)
#undef TLS_FAULT_ENUM
        TLS_FAULT_COUNT
};

struct tls_context;

/* Who is told of handshakes and failures, to count them. Members may be NULL. */
struct tls_watch {
    /* A handshake ended well; `resumed` tells whether an earlier session spared most of it. */
    void (*opened)(void *ctx, bool resumed);
    void (*failed)(void *ctx, enum tls_fault why);
    void *ctx;
};

/* Whether a listener wants to see a certificate of its clients. */
enum tls_clients { TLS_CLIENTS_NONE, TLS_CLIENTS_OPTIONAL, TLS_CLIENTS_REQUIRED };

enum tls_side { TLS_LISTENS, TLS_DIALS };

/* PEM files; NULL where there is none. */
struct tls_files {
    enum tls_side side;
    const char *certificate; /* with its chain; required for TLS_LISTENS */
    const char *key;
    const char *ca;           /* whom to trust; NULL for TLS_DIALS: the system's */
    enum tls_clients clients; /* of TLS_LISTENS; optional and required want a `ca` */
};

#define TLS_WHY_MAX 256

/* Reads the files. Errors, each with a sentence in `why` that names the file and says what to do:
 * ERR_NOT_FOUND, ERR_DENIED, ERR_IO a file can't be read;  ERR_INVALID it is not what it should be.
 */
MUST_CHECK enum err tls_context_new(const struct tls_files *files, struct tls_context **out,
                                    char why[TLS_WHY_MAX]);

/* NULL is fine. Connections that are open keep what they need. */
void tls_context_free(struct tls_context *t);

void tls_context_watch(struct tls_context *t, const struct tls_watch *watch);

/* New connections use the files of `take_from`, which is gone then; those that are open go on. */
void tls_context_replace(struct tls_context *t, struct tls_context *take_from);

/* When the certificate of the context ends to be valid, ms since 1970; 0 when it has none. */
int64_t tls_context_expires(const struct tls_context *t);

/* As conn_start, with TLS. The handshake must end within 10 s. Frames that are queued before its
 * end wait for it. `server_name` is the host that was dialled, whose certificate must say so; NULL
 * on the listening side. `t` is borrowed for the connection's life. */
void conn_start_tls(struct conn *c, struct loop *l, int fd, const struct conn_handler *on,
                    struct tls_context *t, const char *server_name);

static inline bool conn_is_tls(const struct conn *c)
{
    return c->tls != NULL;
}

/* Why it failed, and in words; valid until `closed` returned. NULL words: nothing failed. */
enum tls_fault conn_tls_fault(const struct conn *c);
const char *conn_tls_trouble(const struct conn *c);

/* Whether the handshake is over and an earlier session spared most of it. */
bool conn_tls_resumed(const struct conn *c);

#define TLS_FINGERPRINT_BYTES 32
#define TLS_NAME_BYTES        256

/* A certificate that the peer showed and our CA vouches for. */
struct tls_peer {
    uint8_t fingerprint[TLS_FINGERPRINT_BYTES]; /* SHA-256 of the certificate as DER */
    char common_name[TLS_NAME_BYTES];           /* of its subject; valid UTF-8, "" when none */
    char alternative_name[TLS_NAME_BYTES]; /* first DNS name, URI or e-mail of its SAN, or "" */
};

/* False for a connection without TLS, before its handshake ended, and when the peer showed none. */
MUST_CHECK bool conn_peer_certificate(const struct conn *c, struct tls_peer *out);

#endif
