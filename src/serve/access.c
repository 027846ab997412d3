/* SPDX-License-Identifier: Apache-2.0 */
/* Who is asking, and from where. The host rule keeps foreign names that point here (DNS rebinding)
 * out, the origin rule foreign pages; both hold whatever the credential. */
#include "serve/request.h"

#include "proto/sio/sio.h"
#include "sys/net.h"
#include "sys/secret.h"

#define COOKIE "telltale"

/* A user, a token and their base64. */
#define BASIC_MAX 1024

static bool equals_text(struct bytes b, const char *text)
{
    return bytes_equal_nocase(b, bytes_of_text(text));
}

/* Errors: ERR_INVALID not a numeric address. */
static enum err parse_numeric(struct bytes host, struct net_address *a)
{
    char text[INET6_ADDRSTRLEN];
    if (host.len >= sizeof text) {
        return ERR_INVALID;
    }
    memcpy(text, host.ptr, host.len);
    text[host.len] = '\0';
    return net_address_parse(text, 0, a);
}

static bool is_loopback(struct bytes host)
{
    struct net_address a;
    return equals_text(host, "localhost") || (parse_numeric(host, &a) == OK && net_is_loopback(&a));
}

bool serve_host_allowed(const struct serve *s, struct bytes host)
{
    struct http_authority a;
    struct net_address numeric;
    if (http_authority_parse(host, &a) != OK) {
        return false;
    }
    if (is_loopback(a.host)) {
        return true;
    }
    for (size_t i = 0; i < s->listener_count; i++) {
        if (s->listen_hosts[i] && equals_text(a.host, s->listen_hosts[i])) {
            return true;
        }
    }
    for (size_t i = 0; i < s->config.host_count; i++) {
        if (equals_text(a.host, s->config.hosts[i])) {
            return true;
        }
    }
    return s->listens_everywhere && parse_numeric(a.host, &numeric) == OK && net_is_ours(&numeric);
}

/* Whether a page's origin is the very host that it asks, whichever of the two schemes: a proxy may
 * have taken TLS off. */
static bool is_same(const struct http_authority *from, bool https, struct bytes host)
{
    struct http_authority to;
    if (http_authority_parse(host, &to) != OK) {
        return false;
    }
    uint16_t port = to.port ? to.port : https ? 443 : 80;
    return bytes_equal_nocase(from->host, to.host) && from->port == port;
}

static bool is_configured(const struct serve *s, const struct http_authority *from, bool https)
{
    for (size_t i = 0; i < s->config.origin_count; i++) {
        struct http_authority a;
        bool secure;
        if (http_origin_parse(bytes_of_text(s->config.origins[i]), &a, &secure) == OK &&
            secure == https && a.port == from->port && bytes_equal_nocase(a.host, from->host)) {
            return true;
        }
    }
    return false;
}

bool serve_origin_allowed(const struct serve *s, struct bytes origin, struct bytes host)
{
    struct http_authority from;
    bool https;
    if (http_origin_parse(origin, &from, &https) != OK) {
        return false;
    }
    return is_same(&from, https, host) ||
           (s->config.all_loopback && !https && is_loopback(from.host)) ||
           is_configured(s, &from, https);
}

enum err serve_authenticate(const struct serve *s, struct bytes token, struct principal *who)
{
    uint8_t hash[TOKEN_HASH_BYTES];
    if (token.len != TOKEN_TEXT_BYTES) {
        return ERR_DENIED;
    }
    secret_hash(token, hash);
    return token_table_authenticate(&s->tokens, hash, who);
}

/* A cookie holds a token, or the secret of a login. */
static enum err authenticate_cookie(const struct serve *s, struct bytes cookie,
                                    struct principal *who)
{
    uint8_t hash[TOKEN_HASH_BYTES];
    if (cookie.len != TOKEN_TEXT_BYTES) {
        return ERR_DENIED;
    }
    secret_hash(cookie, hash);
    enum err e = token_table_authenticate(&s->tokens, hash, who);
    return e == OK ? e : account_authenticate(&s->accounts, hash, s->loop->wall_ms, who);
}

/* A token that is the password of any user: clients that know no other way. */
static enum err authenticate_basic(const struct serve *s, struct bytes authorization,
                                   struct principal *who)
{
    const struct bytes scheme = BYTES("basic ");
    struct buf text = {0};
    enum err e = ERR_DENIED;
    if (authorization.len > scheme.len && authorization.len < BASIC_MAX &&
        bytes_equal_nocase(bytes_of(authorization.ptr, scheme.len), scheme)) {
        e = eio_base64_decode(bytes_trim(bytes_skip(authorization, scheme.len)), &text);
    }
    struct bytes password = buf_bytes(&text);
    size_t user = bytes_index(password, ':');
    password = bytes_skip(password, user < password.len ? user + 1 : user);
    e = e == OK ? serve_authenticate(s, password, who) : ERR_DENIED;
    buf_fini(&text);
    return e;
}

enum err serve_principal_of(struct serve_peer *p, struct principal *who)
{
    const struct http_request *q = serve_request(p);
    struct bytes token;
    if (p->control || p->serve->config.no_auth) {
        *who = (struct principal){.role = ROLE_ADMIN};
        return OK;
    }
    if (q->authorization.ptr) {
        return http_bearer(q->authorization, &token) == OK
                   ? serve_authenticate(p->serve, token, who)
                   : authenticate_basic(p->serve, q->authorization, who);
    }
    if (http_cookie_find(q->cookie, COOKIE, &token) == OK) {
        return authenticate_cookie(p->serve, token, who);
    }
    return ERR_NOT_FOUND;
}

bool serve_was_forwarded(struct serve_peer *p)
{
    const struct http_request *q = serve_request(p);
    return http_request_header(q, "forwarded").ptr || http_request_header(q, "x-forwarded-for").ptr;
}

bool serve_peer_is_loopback(const struct serve_peer *p)
{
    return !p->control && is_loopback(bytes_of_text(p->http->from.text));
}
