/* SPDX-License-Identifier: Apache-2.0 */
/* A broker from its URL: mqtt[s]://[user[:password]@]host[:port]. A message about a bad URL never
 * repeats it, since it may hold a password. */
#include "app/settings.h"

#include "base/mem.h"
#include "base/utf8.h"

#define DEFAULT_PORT     1883
#define DEFAULT_PORT_TLS 8883
/* Longest host name that DNS allows. */
#define HOST_MAX 253

static enum err refuse(const char *message, char why[CONFIG_WHY_MAX])
{
    (void)snprintf(why, CONFIG_WHY_MAX, "%s", message);
    return ERR_INVALID;
}

static int hex_digit(uint8_t c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* `text` with its %XX decoded, or NULL when that is not valid UTF-8 without control characters.
 * Ownership: the caller's, free(). */
static char *decode_percent(struct bytes text)
{
    char *out = mem_alloc(text.len + 1);
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++) {
        int c = text.ptr[i];
        if (c == '%') {
            int high = i + 2 < text.len ? hex_digit(text.ptr[i + 1]) : -1;
            int low = i + 2 < text.len ? hex_digit(text.ptr[i + 2]) : -1;
            c = high < 0 || low < 0 ? 0 : high * 16 + low;
            i += 2;
        }
        if (c < 0x20 || c == 0x7f) {
            free(out);
            return NULL;
        }
        out[len++] = (char)c;
    }
    out[len] = '\0';
    if (!utf8_valid(bytes_of(out, len))) {
        free(out);
        return NULL;
    }
    return out;
}

static bool valid_host(struct bytes host, bool bracketed)
{
    if (host.len == 0 || host.len > HOST_MAX) {
        return false;
    }
    for (size_t i = 0; i < host.len; i++) {
        uint8_t c = host.ptr[i];
        uint8_t letter = c | 0x20;
        bool plain = (letter >= 'a' && letter <= 'z') || (c >= '0' && c <= '9') || c == '.';
        if (!plain && !(bracketed ? c == ':' : c == '-' || c == '_')) {
            return false;
        }
    }
    return true;
}

static enum err read_user(struct config_broker *b, struct bytes text, char why[CONFIG_WHY_MAX])
{
    size_t colon = bytes_index(text, ':');
    if (b->user || (colon < text.len && (b->password || b->password_file))) {
        return refuse("user, password: expected in the url or as keys of their own, not both", why);
    }
    b->user = decode_percent(bytes_of(text.ptr, colon));
    if (colon < text.len) {
        b->password = decode_percent(bytes_skip(text, colon + 1));
    }
    if (!b->user || !*b->user || (colon < text.len && !b->password)) {
        return refuse("url: expected user or user:password before the @, other signs as %XX", why);
    }
    return OK;
}

static enum err read_host(struct config_broker *b, struct bytes text, char why[CONFIG_WHY_MAX])
{
    bool bracketed = text.len > 0 && text.ptr[0] == '[';
    size_t end = bytes_index(text, bracketed ? ']' : ':');
    struct bytes host = bytes_of(text.ptr, end);
    struct bytes rest = bytes_skip(text, end);
    if (bracketed && end < text.len) {
        host = bytes_skip(host, 1);
        rest = bytes_skip(rest, 1);
    }
    uint64_t port = b->tls ? DEFAULT_PORT_TLS : DEFAULT_PORT;
    if (rest.len > 0 && (rest.ptr[0] != ':' ||
                         bytes_to_u64(bytes_skip(rest, 1), UINT16_MAX, &port) != OK || port == 0)) {
        return refuse("url: expected a port from 1 to 65535 after the host", why);
    }
    if (!valid_host(host, bracketed)) {
        return refuse("url: expected a host name or address; IPv6 in brackets", why);
    }
    b->host = mem_text(host.ptr, host.len);
    b->port = (uint16_t)port;
    return OK;
}

static enum err read_url(struct config_broker *b, char why[CONFIG_WHY_MAX])
{
    struct bytes url = bytes_of_text(b->url);
    b->tls = bytes_start_with(url, BYTES("mqtts://"));
    if (!b->tls && !bytes_start_with(url, BYTES("mqtt://"))) {
        return refuse("url: expected mqtt://[user[:password]@]host[:port] or mqtts://...", why);
    }
    url = bytes_skip(url, b->tls ? 8 : 7);
    if (url.len && url.ptr[url.len - 1] == '/') {
        url.len--;
    }
    size_t at = bytes_index(url, '@');
    if (at < url.len) {
        enum err e = read_user(b, bytes_of(url.ptr, at), why);
        if (e != OK) {
            return e;
        }
        url = bytes_skip(url, at + 1);
    }
    return read_host(b, url, why);
}

/* What only makes sense together. */
static enum err check_together(const struct config_broker *b, char why[CONFIG_WHY_MAX])
{
    if (!b->tls && (b->ca || b->certificate || b->key)) {
        return refuse("ca, certificate, key: expected only with an mqtts:// url", why);
    }
    if (!b->certificate != !b->key) {
        return refuse("certificate, key: expected both or neither", why);
    }
    if (b->password && b->password_file) {
        return refuse("password, password_file: expected one of them", why);
    }
    if ((b->password || b->password_file) && !b->user) {
        return refuse("password: expected a user with it", why);
    }
    return OK;
}

/* Errors: ERR_INVALID another broker has the name. */
static enum err give_name(const struct config *c, struct config_broker *b, char why[CONFIG_WHY_MAX])
{
    char made[HOST_MAX + 8];
    if (!b->name) {
        int len = snprintf(made, sizeof made, "%s:%u", b->host, (unsigned)b->port);
        b->name = mem_text(made, (size_t)len);
    }
    for (size_t i = 0; i < c->broker_count; i++) {
        const struct config_broker *other = &c->brokers[i];
        if (other != b && strcmp(other->name, b->name) == 0) {
            return refuse("name: another broker is called so, or has the same host and port", why);
        }
    }
    return OK;
}

enum err settings_finish_broker(const struct config *c, struct config_broker *b,
                                char why[CONFIG_WHY_MAX])
{
    if (!b->url) {
        return refuse("expected a url, such as mqtt://broker.example.org", why);
    }
    if (b->filters.count == 0) {
        config_list_add(&b->filters, "sensors/#");
        config_list_add(&b->filters, "devices/+/status");
    }
    enum err e = read_url(b, why);
    e = e == OK ? check_together(b, why) : e;
    return e == OK ? give_name(c, b, why) : e;
}
