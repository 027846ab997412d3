/* SPDX-License-Identifier: Apache-2.0 */
/* Messages on their way out: HTTP requests and mails, by libcurl, which is loaded when the first
 * one is to be sent, so that a server without channels pays nothing.
 *
 * Every connection to an address that a person or a browser may have chosen is checked at the
 * moment it is made: the very address that the socket connects to, whatever the name resolved to
 * before. No redirects, no proxies, an answer of 64 kB at most, and a deadline for all of it.
 *
 * Thread: the loop's. */
#ifndef TELLTALE_DELIVER_DELIVER_H
#define TELLTALE_DELIVER_DELIVER_H

#include "base/buf.h"
#include "base/config.h"
#include "loop/loop.h"

struct deliver;

struct deliver_config {
    const struct config_list *allow; /* ranges that are not blocked, "10.0.0.0/8" */
    const char *ca;      /* PEM file of those whom we trust besides; NULL: the system's */
    uint64_t timeout_ms; /* of a request; a mail gets three times as long */
};

enum deliver_guard {
    DELIVER_GUARDED, /* blocked ranges are refused */
    DELIVER_TRUSTED  /* the settings file names the host */
};

enum deliver_security { DELIVER_STARTTLS, DELIVER_TLS, DELIVER_PLAIN };

/* What is to be sent. All of it is copied where it must last. */
struct deliver_job {
    enum deliver_guard guard;
    /* HTTP, when `url` is given: a POST of `body`. */
    const char *url;
    const char *const *headers;
    size_t header_count;
    struct bytes body;
    /* A mail otherwise; `body` is the message. */
    const char *server;
    uint16_t port;
    enum deliver_security security;
    const char *user; /* NULL: no log-in */
    const char *password;
    const char *from;
    const struct bytes *to;
    size_t to_count;
};

struct deliver_answer {
    bool ended;      /* the peer's last word is in `status`; false: there was none, see `error` */
    bool denied;     /* the address, or the URL, is none that we connect to */
    unsigned status; /* of HTTP or SMTP; 0: none came */
    uint64_t retry_after_ms; /* 0: not said */
    char error[160];
};

/* Ownership: `config` and what it points to are borrowed. */
struct deliver *deliver_new(struct loop *loop, const struct deliver_config *config);
/* Gives up what is under way, without a word. */
void deliver_free(struct deliver *d);

/* Sends; `done` is called once, in a later turn. Errors: ERR_UNSUPPORTED libcurl can't be loaded;
 * then `done` is not called. */
MUST_CHECK enum err deliver_send(struct deliver *d, const struct deliver_job *job,
                                 void (*done)(void *ctx, const struct deliver_answer *a),
                                 void *ctx);

/* ---- ranges.c ---- */

/* Whether `text` is a range, such as 10.0.0.0/8, fd00::/8 or 127.0.0.1. */
bool deliver_range_valid(const char *text);

/* Whether an address is one of those inside: loopback, link-local, private, shared, reserved, and
 * IPv6 addresses that stand for such ones. */
bool deliver_blocked(const struct sockaddr *a, const struct config_list *allow);

#endif
