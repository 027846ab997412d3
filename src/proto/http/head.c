/* SPDX-License-Identifier: Apache-2.0 */
/* From the bytes of a whole head to a request.
 *
 * Two looks at the same bytes. The first is ours and strict: the shape of every line, so that
 * obs-fold, space before a colon, an absolute target or another version never reach the second.
 * The second is http-parser's: the method, Content-Length and Transfer-Encoding with the rules
 * about both, and whether the connection stays. What it hands out is then kept as slices of the
 * head. */
#include "proto/http/parts.h"

#include "base/mem.h"

#include <http_parser.h>
#include <limits.h>

_Static_assert(HTTP_HEAD_MAX <= UINT16_MAX, "fields are kept as 16-bit offsets");

static const char *const verb_texts[HTTP_VERB_COUNT] = {
    "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS",
};

bool http_is_token_char(uint8_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c != 0 && memchr("!#$%&'*+-.^_`|~", c, 15) != NULL);
}

static bool is_token(struct bytes b)
{
    for (size_t i = 0; i < b.len; i++) {
        if (!http_is_token_char(b.ptr[i])) {
            return false;
        }
    }
    return b.len > 0;
}

/* ---- our look ---- */

/* Takes the next line, without its CRLF, off a head in which every line has one. */
static struct bytes take_line(struct bytes *head)
{
    size_t n = bytes_index(*head, '\r');
    struct bytes line = bytes_of(head->ptr, n);
    *head = bytes_skip(*head, n + 2);
    return line;
}

static enum err check_target(struct http_reader *r, struct bytes target)
{
    if (target.len == 0 || target.ptr[0] != '/') {
        return http_fail(r, ERR_INVALID, 400, "the target must be a path");
    }
    for (size_t i = 0; i < target.len; i++) {
        uint8_t c = target.ptr[i];
        if (c <= 0x20 || c >= 0x7f || c == '#') {
            return http_fail(r, ERR_INVALID, 400,
                             "the target holds a character that must be encoded");
        }
    }
    size_t path = bytes_index(target, '?');
    r->request.target = target;
    r->request.path = bytes_of(target.ptr, path);
    r->request.query = path < target.len ? bytes_skip(target, path + 1) : (struct bytes){0};
    return OK;
}

static enum err check_version(struct http_reader *r, struct bytes version)
{
    bool shaped = version.len == 8 && bytes_start_with(version, BYTES("HTTP/")) &&
                  version.ptr[5] >= '0' && version.ptr[5] <= '9' && version.ptr[6] == '.' &&
                  version.ptr[7] >= '0' && version.ptr[7] <= '9';
    if (!shaped) {
        return http_fail(r, ERR_INVALID, 400, "not an HTTP/1.1 request line");
    }
    if (version.ptr[5] != '1' || version.ptr[7] > '1') {
        return http_fail(r, ERR_UNSUPPORTED, 505, "only HTTP/1.0 and HTTP/1.1 are spoken");
    }
    r->request.minor = version.ptr[7] - (unsigned)'0';
    return OK;
}

static enum err check_verb(struct http_reader *r, struct bytes verb)
{
    for (size_t i = 0; i < HTTP_VERB_COUNT; i++) {
        if (bytes_equal(verb, bytes_of_text(verb_texts[i]))) {
            r->request.verb = (enum http_verb)i;
            return OK;
        }
    }
    if (!is_token(verb) || bytes_equal(verb, BYTES("CONNECT"))) {
        return http_fail(r, ERR_INVALID, 400, "not a request line that a server takes");
    }
    return http_fail(r, ERR_UNSUPPORTED, 501, "this method is not known here");
}

/* method SP target SP version, each exactly one space apart. */
static enum err check_request_line(struct http_reader *r, struct bytes line)
{
    size_t verb = bytes_index(line, ' ');
    struct bytes rest = verb < line.len ? bytes_skip(line, verb + 1) : (struct bytes){0};
    size_t target = bytes_index(rest, ' ');
    if (target >= rest.len) {
        return http_fail(r, ERR_INVALID, 400, "not an HTTP/1.1 request line");
    }
    enum err e = check_version(r, bytes_skip(rest, target + 1));
    if (e == OK) {
        e = check_verb(r, bytes_of(line.ptr, verb));
    }
    return e == OK ? check_target(r, bytes_of(rest.ptr, target)) : e;
}

static enum err check_field_line(struct http_reader *r, struct bytes line)
{
    if (line.ptr[0] == ' ' || line.ptr[0] == '\t') {
        return http_fail(r, ERR_INVALID, 400, "a folded header");
    }
    size_t colon = bytes_index(line, ':');
    if (colon == line.len || !is_token(bytes_of(line.ptr, colon))) {
        return http_fail(r, ERR_INVALID, 400, "a header without a proper name");
    }
    for (size_t i = colon + 1; i < line.len; i++) {
        uint8_t c = line.ptr[i];
        if ((c < 0x20 && c != '\t') || c == 0x7f) {
            return http_fail(r, ERR_INVALID, 400, "a control character in a header");
        }
    }
    return OK;
}

static enum err check_lines(struct http_reader *r)
{
    struct bytes head = buf_bytes(&r->head);
    enum err e = check_request_line(r, take_line(&head));
    size_t fields = 0;
    while (e == OK) {
        struct bytes line = take_line(&head);
        if (line.len == 0) {
            ASSERT(head.len == 0);
            break;
        }
        if (++fields > HTTP_HEADERS_MAX) {
            return http_fail(r, ERR_TOO_LARGE, 431, "too many headers");
        }
        e = check_field_line(r, line);
    }
    return e;
}

/* ---- http-parser's look ---- */

static struct http_header *field_at(struct http_reader *r, size_t i)
{
    ASSERT(i < HTTP_HEADERS_MAX);
    return &r->headers[i];
}

static int on_name(http_parser *p, const char *at, size_t len)
{
    struct http_reader *r = p->data;
    struct http_header *h = field_at(r, r->request.header_count++);
    h->name = (uint16_t)((const uint8_t *)at - r->head.ptr);
    h->name_len = (uint16_t)len;
    h->value = h->name;
    h->value_len = 0;
    return 0;
}

static int on_value(http_parser *p, const char *at, size_t len)
{
    struct http_reader *r = p->data;
    ASSERT(r->request.header_count > 0);
    struct http_header *h = field_at(r, r->request.header_count - 1);
    struct bytes value = bytes_trim(bytes_of(at, len));
    h->value = (uint16_t)(value.ptr - r->head.ptr);
    h->value_len = (uint16_t)value.len;
    return 0;
}

/* The library would leave the body of any upgrade to the caller; here only a WebSocket GET
 * upgrades, and it has no body, so framing is always taken from the two length fields. */
static int on_head_complete(http_parser *p)
{
    struct http_reader *r = p->data;
    r->request.keep_alive = http_should_keep_alive(p) != 0;
    r->request.chunked = (p->flags & F_CHUNKED) != 0;
    r->request.content_length = p->content_length == ULLONG_MAX ? 0 : p->content_length;
    p->upgrade = 0;
    http_parser_pause(p, 1);
    return 0;
}

static enum err engine_failure(struct http_reader *r, enum http_errno e)
{
    if (e == HPE_INVALID_TRANSFER_ENCODING) {
        return http_fail(r, ERR_UNSUPPORTED, 501, "this transfer coding is not known here");
    }
    if (e == HPE_HEADER_OVERFLOW) {
        return http_fail(r, ERR_TOO_LARGE, 431, "the head is too large");
    }
    return http_fail(r, ERR_INVALID, 400, http_errno_description(e));
}

static enum err run_engine(struct http_reader *r)
{
    static const http_parser_settings settings = {
        .on_header_field = on_name,
        .on_header_value = on_value,
        .on_headers_complete = on_head_complete,
    };
    http_parser p;
    http_parser_init(&p, HTTP_REQUEST);
    p.data = r;
    (void)http_parser_execute(&p, &settings, (const char *)r->head.ptr, r->head.len);
    enum http_errno e = HTTP_PARSER_ERRNO(&p);
    return e == HPE_PAUSED ? OK : engine_failure(r, e);
}

/* ---- what the fields say ---- */

static struct bytes name_of(const struct http_request *q, size_t i)
{
    return bytes_of(q->head + q->headers[i].name, q->headers[i].name_len);
}

static struct bytes value_of(const struct http_request *q, size_t i)
{
    return bytes_of(q->head + q->headers[i].value, q->headers[i].value_len);
}

struct bytes http_request_header(const struct http_request *q, const char *name)
{
    struct bytes wanted = bytes_of_text(name);
    for (size_t i = 0; i < q->header_count; i++) {
        if (bytes_equal_nocase(name_of(q, i), wanted)) {
            return value_of(q, i);
        }
    }
    return (struct bytes){0};
}

/* Fields of which a second one would let two readers disagree. */
static enum err take_single_fields(struct http_reader *r)
{
    struct http_request *q = &r->request;
    struct {
        const char *name;
        struct bytes *value;
    } const singles[] = {
        {"host", &q->host},
        {"origin", &q->origin},
        {"content-type", &q->content_type},
        {"authorization", &q->authorization},
        {"cookie", &q->cookie},
        {"sec-websocket-key", &q->ws_key},
    };
    for (size_t i = 0; i < q->header_count; i++) {
        for (size_t s = 0; s < ARRAY_LEN(singles); s++) {
            if (!bytes_equal_nocase(name_of(q, i), bytes_of_text(singles[s].name))) {
                continue;
            }
            if (singles[s].value->ptr) {
                return http_fail(r, ERR_INVALID, 400, "a header that may come once came twice");
            }
            *singles[s].value = value_of(q, i);
        }
    }
    return OK;
}

/* Counts fields of that name. */
static size_t field_count(const struct http_request *q, struct bytes name)
{
    size_t n = 0;
    for (size_t i = 0; i < q->header_count; i++) {
        n += bytes_equal_nocase(name_of(q, i), name);
    }
    return n;
}

/* Refuses every framing that is not plainly one length or plainly chunked. */
static enum err check_framing(struct http_reader *r)
{
    const struct http_request *q = &r->request;
    size_t lengths = field_count(q, BYTES("content-length"));
    size_t codings = field_count(q, BYTES("transfer-encoding"));
    if (lengths > 1 || codings > 1 || (lengths && codings)) {
        return http_fail(r, ERR_INVALID, 400, "two lengths for one body");
    }
    if (codings && q->minor == 0) {
        return http_fail(r, ERR_INVALID, 400, "a transfer coding in HTTP/1.0");
    }
    if (codings &&
        !bytes_equal_nocase(http_request_header(q, "transfer-encoding"), BYTES("chunked"))) {
        return http_fail(r, ERR_UNSUPPORTED, 501, "this transfer coding is not known here");
    }
    return OK;
}

static enum err check_host(struct http_reader *r)
{
    struct bytes host = r->request.host;
    if (!host.ptr && r->request.minor > 0) {
        return http_fail(r, ERR_INVALID, 400, "a request without a host");
    }
    struct http_authority a;
    if (host.len && http_authority_parse(host, &a) != OK) {
        return http_fail(r, ERR_INVALID, 400, "a host that is not one");
    }
    return OK;
}

/* 16 bytes in base64: 22 characters and two pads. */
static bool is_websocket_key(struct bytes key)
{
    if (key.len != 24 || key.ptr[22] != '=' || key.ptr[23] != '=') {
        return false;
    }
    for (size_t i = 0; i < 22; i++) {
        uint8_t c = key.ptr[i];
        bool digit = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                     c == '+' || c == '/';
        if (!digit) {
            return false;
        }
    }
    return true;
}

static bool is_websocket(const struct http_request *q)
{
    return q->verb == HTTP_VERB_GET && q->minor == 1 && q->content_length == 0 && !q->chunked &&
           http_list_has(http_request_header(q, "upgrade"), "websocket") &&
           http_list_has(http_request_header(q, "connection"), "upgrade") &&
           bytes_equal(http_request_header(q, "sec-websocket-version"), BYTES("13")) &&
           is_websocket_key(q->ws_key);
}

enum err http_head_parse(struct http_reader *r)
{
    enum err e = check_lines(r);
    if (e != OK) {
        return e;
    }
    if (!r->headers) {
        r->headers = mem_zalloc(HTTP_HEADERS_MAX, sizeof *r->headers);
    }
    struct http_request *q = &r->request;
    q->head = r->head.ptr;
    q->headers = r->headers;
    q->header_count = 0;
    e = run_engine(r);
    e = e == OK ? check_framing(r) : e;
    e = e == OK ? take_single_fields(r) : e;
    e = e == OK ? check_host(r) : e;
    if (e == OK) {
        q->expect_continue = q->minor == 1 && (q->content_length > 0 || q->chunked) &&
                             http_list_has(http_request_header(q, "expect"), "100-continue");
        q->upgrade = is_websocket(q);
    }
    return e;
}
