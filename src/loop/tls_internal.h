/* SPDX-License-Identifier: Apache-2.0 */
/* What the TLS files of loop/ share with each other, and with conn.c. */
#ifndef TELLTALE_LOOP_TLS_INTERNAL_H
#define TELLTALE_LOOP_TLS_INTERNAL_H

#include "base/buf.h"
#include "loop/internal.h"
#include "loop/tls.h"

#include <openssl/ssl.h>

struct tls_context {
    SSL_CTX *ssl;
    SSL_SESSION *session; /* of TLS_DIALS: to resume */
    struct tls_watch watch;
    enum tls_side side;
};

/* A connection's TLS. */
struct tls {
    SSL *ssl;
    struct tls_context *context;
    struct conn *conn;
    struct bytes in;     /* what came and OpenSSL has not looked at; only within a call */
    struct buf out;      /* sealed, and not taken by the kernel */
    size_t out_sent;     /* bytes of it that are out */
    size_t answered;     /* bytes of it that reading made */
    struct buf *to;      /* where OpenSSL writes now: `out`, or the loop's */
    struct tls *earlier; /* among those in their handshake */
    struct tls *later;
    uint64_t began_ns;
    const char *trouble; /* static text */
    enum tls_fault fault;
    bool shaking;  /* listed as in its handshake */
    bool open;     /* the handshake is over */
    bool said_end; /* close_notify is sealed */
};

/* What all TLS connections of a loop share; made with the first of them. */
struct loop_tls {
    uint8_t *in;       /* TLS_INPUT_BYTES, of one recv */
    struct buf sealed; /* of one send */
    uint8_t *plain;    /* TLS_RECORD_BYTES: small frames that share a record */
    struct tls *first; /* in their handshake, oldest first */
    struct tls *last;
    size_t shaking;
    struct loop_timer deadline;
};

/* Plaintext of the largest record. */
#define TLS_RECORD_BYTES (16u << 10)
/* One recv. What it decrypts to, and the record that an earlier one began, fit the loop's buffer.
 */
#define TLS_INPUT_BYTES (LOOP_RECEIVE_BYTES - 2 * TLS_RECORD_BYTES)

/* ---- tls.c, for conn.c ---- */

/* Where one recv of a connection with TLS goes, TLS_INPUT_BYTES. */
uint8_t *tls_input(struct conn *c);

enum tls_progress { TLS_GOES_ON, TLS_ENDED, TLS_FAILED };

/* Takes `len` bytes of tls_input; plaintext goes to the loop's buffer, *got bytes of it. */
enum tls_progress tls_receive(struct conn *c, size_t len, size_t *got);

/* Bytes that are sealed and wait. */
struct bytes tls_unsent(const struct tls *t);

/* Whether tls_seal would give something. */
bool tls_has_words(const struct conn *c);

/* Seals what is queued, up to about 64 kB, and the end if it is due; what to send now. */
struct bytes tls_seal(struct conn *c);

/* The first `sent` bytes of what tls_seal or tls_unsent gave are out. */
void tls_sent(struct conn *c, struct bytes given, size_t sent);

/* The connection is closing: seals a last word where one can be said; what to send now. From here
 * on the struct conn is not looked at, which its owner may free before tls_free. */
struct bytes tls_seal_end(struct conn *c);

/* It is `c`'s now, which is on a loop that may be another one. Its handshake is over. */
void tls_move(struct tls *t, struct conn *c);

void tls_free(struct tls *t);
void loop_tls_free(struct loop *l);

/* ---- conn.c, for tls.c ---- */

/* What has not left of the first frame. */
struct bytes conn_first(struct conn *c);
/* Its first `bytes` are taken; a frame that is taken whole goes. */
void conn_took(struct conn *c, size_t bytes);

#endif
