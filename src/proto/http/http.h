/* SPDX-License-Identifier: Apache-2.0 */
/* HTTP/1.0 and 1.1 for a server, sans-I/O: bytes in, one request at a time out, and the head of an
 * answer.
 *
 * Workload: small requests, most of them from browsers and scripts on a keep-alive connection, now
 * and then a hostile one. Heads are gathered whole (at most HTTP_HEAD_MAX), checked strictly by us,
 * and then parsed by http-parser; what two parsers could read in two ways is refused.
 *
 * The reader stops consuming at the end of a request, so that the answer can leave before the next
 * request is looked at. It does not know routes, and HTTP/2 belongs to a proxy in front. */
#ifndef TELLTALE_PROTO_HTTP_HTTP_H
#define TELLTALE_PROTO_HTTP_HTTP_H

#include "base/buf.h"
#include "base/bytes.h"

/* A head: request line and fields with their line ends. Fits u16 offsets. */
#define HTTP_HEAD_MAX    (16u << 10)
#define HTTP_HEADERS_MAX 100

enum http_verb {
    HTTP_VERB_GET,
    HTTP_VERB_HEAD,
    HTTP_VERB_POST,
    HTTP_VERB_PUT,
    HTTP_VERB_PATCH,
    HTTP_VERB_DELETE,
    HTTP_VERB_OPTIONS,
    HTTP_VERB_COUNT
};

/* One field, as offsets into the head; read it with http_request_header. */
struct http_header {
    uint16_t name, name_len;
    uint16_t value, value_len;
};

/* A request whose head has been read. All slices are borrowed from the reader and live until
 * http_reader_next or http_reader_fini; absent fields are empty slices with ptr NULL. */
struct http_request {
    enum http_verb verb;
    unsigned minor;      /* 0 or 1: HTTP/1.minor */
    struct bytes target; /* as it was sent, begins with '/', printable ASCII */
    struct bytes path;   /* before '?', still percent-encoded */
    struct bytes query;  /* after '?', still percent-encoded, maybe empty */
    struct bytes host;
    struct bytes origin;
    struct bytes content_type;
    struct bytes authorization;
    struct bytes cookie;
    struct bytes ws_key;     /* Sec-WebSocket-Key, when upgrade is set */
    uint64_t content_length; /* 0 when chunked or without a body */
    bool chunked;
    bool keep_alive;      /* the peer wants the connection to stay */
    bool expect_continue; /* it waits for "100 Continue" before it sends the body */
    bool upgrade;         /* a valid WebSocket GET, RFC 6455 section 4.2.1 */
    struct bytes body;    /* whole once http_read returned OK */
    /* Private to this folder; go through http_request_header. */
    const uint8_t *head;
    const struct http_header *headers;
    size_t header_count;
};

enum http_phase {
    HTTP_PHASE_HEAD, /* waiting for the end of a head, or for its first byte */
    HTTP_PHASE_BODY, /* request's fields are readable, its body is not complete */
    HTTP_PHASE_DONE, /* the request is complete; http_reader_next goes on */
    HTTP_PHASE_FAILED
};

/* Reads one connection. Fields other than `phase`, `status`, `reason` and `request` are private. */
struct http_reader {
    enum http_phase phase;
    unsigned status;    /* after a failure: what to answer, 400, 413, 431, 501 or 505 */
    const char *reason; /* and why, static storage */
    struct http_request request;
    size_t body_max;
    struct buf head;
    struct buf body;
    struct http_header *headers;
    uint64_t left; /* bytes of body or chunk still to come */
    uint32_t chunk_line;
    uint8_t chunk_state;
    uint8_t line_state;
    bool empty_line; /* the one before the request line has been passed over */
};

/* Takes bodies of at most `body_max` bytes. Allocates nothing before the first byte. */
void http_reader_init(struct http_reader *r, size_t body_max);
void http_reader_fini(struct http_reader *r);

/* Reads on from `in`; `*used` says how many bytes were taken, never any beyond the end of a
 * request. Call again with the rest.
 *
 * Errors:    ERR_AGAIN  not complete, all of `in` was taken; `phase` tells head from body;
 *            ERR_INVALID, ERR_TOO_LARGE, ERR_UNSUPPORTED  the peer broke the protocol or a limit:
 *            answer `status`, then close; the reader is of no further use.
 * OK means that r->request is complete, its body included. */
MUST_CHECK enum err http_read(struct http_reader *r, struct bytes in, size_t *used);

/* Makes ready for the next request after OK and gives large buffers back. */
void http_reader_next(struct http_reader *r);

/* Whether a byte of the next request has come. */
static inline bool http_reader_started(const struct http_reader *r)
{
    return r->phase != HTTP_PHASE_HEAD || r->head.len > 0;
}

/* The first field of that name, case ignored; empty with ptr NULL when there is none. */
struct bytes http_request_header(const struct http_request *q, const char *name);

/* ---- parts of a target ---- */

/* Splits a path at '/' and percent-decodes each segment once. "/" gives one empty segment. Decoded
 * bytes are written to `memory`, which has room for path.len bytes, and `segments` point there.
 *
 * Errors: ERR_INVALID  no leading '/', a bad escape, NUL, invalid UTF-8, or a segment that is `.`
 *         or `..` after decoding;  ERR_FULL  more than `max` segments. */
MUST_CHECK enum err http_path_split(struct bytes path, uint8_t *memory, struct bytes *segments,
                                    size_t max, size_t *count);

/* The first value of `name` in a query string, with %XX and '+' decoded into `memory` (room for
 * `cap` bytes).
 *
 * Errors: ERR_NOT_FOUND;  ERR_INVALID  bad escape, NUL or invalid UTF-8;  ERR_TOO_LARGE. */
MUST_CHECK enum err http_query_find(struct bytes query, const char *name, uint8_t *memory,
                                    size_t cap, struct bytes *value);

/* Takes the next parameter off a query string: its name as it stands there, its value decoded as
 * above. Errors: ERR_NOT_FOUND at the end;  ERR_INVALID;  ERR_TOO_LARGE. */
MUST_CHECK enum err http_query_next(struct bytes *query, uint8_t *memory, size_t cap,
                                    struct bytes *name, struct bytes *value);

/* Appends `b` percent-encoded so that it is one path segment or query value. */
void http_put_encoded(struct buf *out, struct bytes b);

/* ---- values of fields ---- */

/* The value of cookie `name` in a Cookie field. Errors: ERR_NOT_FOUND. */
MUST_CHECK enum err http_cookie_find(struct bytes cookie, const char *name, struct bytes *value);

/* The token of an `Authorization: Bearer` field, case of the scheme ignored. Errors: ERR_NOT_FOUND
 * another scheme or none. */
MUST_CHECK enum err http_bearer(struct bytes authorization, struct bytes *token);

/* Whether a Content-Type is `type` ("application/json"), parameters and case ignored. */
bool http_content_type_is(struct bytes content_type, const char *type);

/* Whether Accept names exactly `type` with a weight above 0; wildcards do not count. */
bool http_accepts_type(struct bytes accept, const char *type);

/* Whether Accept-Encoding allows `coding` by name ("br", "gzip") with a weight above 0. */
bool http_accepts_encoding(struct bytes accept_encoding, const char *coding);

/* Whether a field that is a list (If-None-Match, Connection) has this member, case ignored. */
bool http_list_has(struct bytes list, const char *member);

/* Where a request says it goes or comes from. The host is without brackets. */
struct http_authority {
    struct bytes host;
    uint16_t port; /* 0 when not given */
};

/* Reads `name`, `name:port`, `1.2.3.4:port` or `[v6]:port`. Errors: ERR_INVALID. */
MUST_CHECK enum err http_authority_parse(struct bytes text, struct http_authority *a);

/* Reads an Origin, `http://host[:port]` or https; a missing port becomes 80 or 443.
 * Errors: ERR_INVALID for anything else, "null" included. */
MUST_CHECK enum err http_origin_parse(struct bytes origin, struct http_authority *a, bool *https);

/* ---- the head of an answer ---- */

/* "Not Found" and so on; "Unknown" for a number that we never send. Static storage. */
const char *http_status_text(unsigned status);

/* Writes the status line of HTTP/1.1. */
void http_put_status(struct buf *out, unsigned status);

/* Writes one field. A value may be built from what a peer sent: with a CR, LF, NUL or another
 * control character it is refused and nothing is written. Errors: ERR_INVALID. */
MUST_CHECK enum err http_put_field(struct buf *out, const char *name, struct bytes value);

/* Writes one field whose value is ours: a literal of this program. A bug if it is not printable. */
void http_put_own_field(struct buf *out, const char *name, const char *value);

/* Writes Content-Length and the empty line. */
void http_put_end(struct buf *out, uint64_t content_length);

/* Writes the empty line alone, for answers that never have a body (101, 204, 304). */
void http_put_end_bodyless(struct buf *out);

#endif
