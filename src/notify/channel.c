/* SPDX-License-Identifier: Apache-2.0 */
/* Channels: one table of what each type may hold, and what it must. */
#include "notify/parts.h"

#include "base/mem.h"
#include "model/limits.h"
#include "proto/mail/mail.h"

#define MEMBER(member, kind) .type = kind, CONFIG_MEMBER(struct notify_channel, member)

static const char *const types[] = {"email", "webhook", "mqtt", "push", NULL};
static const char *const securities[] = {"starttls", "tls", "none", NULL};

static bool valid_address(const char *text)
{
    return mail_address_valid(bytes_of_text(text));
}

static bool valid_host(const char *text)
{
    size_t len = strlen(text);
    return len <= 253 && strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                      "0123456789.-:") == len;
}

/* http or https with a host, no user, no fragment, no white space. */
static bool valid_url(const char *text)
{
    const char *host = strncmp(text, "https://", 8) == 0  ? text + 8
                       : strncmp(text, "http://", 7) == 0 ? text + 7
                                                          : NULL;
    if (!host || strpbrk(text, " \t#\\<>\"") || *host == 0 || *host == '/' || *host == ':') {
        return false;
    }
    size_t authority = strcspn(host, "/?");
    return !memchr(host, '@', authority);
}

static bool valid_topic(const char *text)
{
    return !strpbrk(text, "+#") && *text != '/' && *text != '$' && text[strlen(text) - 1] != '/';
}

static bool valid_preset(const char *text)
{
    return notify_preset(text).len > 0;
}

static const char address_expected[] = "an e-mail address, such as ops@example.org";

static const struct config_field fields[] = {
    {.name = "name", MEMBER(name, CONFIG_STRING)},
    {.name = "type", MEMBER(type, CONFIG_WORD), .words = types},
    {.name = "enabled", MEMBER(enabled, CONFIG_BOOL)},
    {.name = "resolved", MEMBER(resolved, CONFIG_BOOL)},
    {.name = "acknowledged", MEMBER(acknowledged, CONFIG_BOOL)},
    {.name = "budget", MEMBER(budget, CONFIG_INTEGER), .min = 1, .max = NOTIFY_BUDGET_MAX},
    {.name = "to", MEMBER(to, CONFIG_LIST), .valid = valid_address, .expected = address_expected},
    {.name = "from",
     MEMBER(from, CONFIG_STRING),
     .valid = valid_address,
     .expected = address_expected},
    {.name = "server",
     MEMBER(server, CONFIG_STRING),
     .valid = valid_host,
     .expected = "a host name or address"},
    {.name = "port", MEMBER(port, CONFIG_INTEGER), .min = 1, .max = 65535},
    {.name = "security", MEMBER(security, CONFIG_WORD), .words = securities},
    {.name = "user", MEMBER(user, CONFIG_STRING), .expected = "a text"},
    {.name = "password", MEMBER(password, CONFIG_STRING), .expected = "a text"},
    {.name = "url",
     MEMBER(url, CONFIG_STRING),
     .valid = valid_url,
     .expected = "a URL that begins with https:// or http://, without user and fragment"},
    {.name = "preset",
     MEMBER(preset, CONFIG_STRING),
     .valid = valid_preset,
     .expected = "one of generic, slack, mattermost, discord, telegram, ntfy, gotify, pagerduty, "
                 "alertmanager"},
    {.name = "template", MEMBER(template_text, CONFIG_ITEMS)},
    {.name = "params", MEMBER(params, CONFIG_ITEMS)},
    {.name = "headers", MEMBER(headers, CONFIG_ITEMS)},
    {.name = "secret", MEMBER(secret, CONFIG_STRING), .expected = "a text"},
    {.name = "single", MEMBER(single, CONFIG_BOOL)},
    {.name = "topic",
     MEMBER(topic, CONFIG_STRING),
     .valid = valid_topic,
     .expected = "a topic without wildcards"},
    {.name = "links", MEMBER(links, CONFIG_BOOL)},
};

/* ---- members that are JSON ---- */

/* A field name of HTTP that is not ours to set, and a value without control bytes. */
static enum err check_header(struct json_text name, struct bytes value,
                             struct document_fault *fault)
{
    static const char *const ours[] = {"content-length", "transfer-encoding", "host",
                                       "connection",     "content-type",      "expect",
                                       "upgrade"};
    bool good = name.raw.len > 0 && name.raw.len <= 64 && !name.escaped;
    for (size_t i = 0; good && i < name.raw.len; i++) {
        uint8_t c = name.raw.ptr[i];
        good = (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c == '-' ||
               c == '_';
    }
    for (size_t i = 0; good && i < ARRAY_LEN(ours); i++) {
        good = !bytes_equal_nocase(name.raw, bytes_of_text(ours[i]));
    }
    for (size_t i = 0; good && i < value.len; i++) {
        good = value.ptr[i] >= 0x20 && value.ptr[i] < 0x7f;
    }
    return good ? OK
                : fault_set(fault, "headers", "%.*s is no header that can be set",
                            (int)size_min(name.raw.len, 64), (const char *)name.raw.ptr);
}

/* An object of texts, kept as it stands. */
static enum err read_texts(struct json_reader *r, const char *name, char **out,
                           struct document_fault *fault)
{
    struct json_reader inner;
    struct json_text key, text;
    struct bytes raw;
    if (json_peek(r) != JSON_OBJECT || !json_read_raw(r, &raw) || raw.len > CONFIG_TEXT_MAX * 4) {
        return fault_set(fault, name, "an object of texts is expected");
    }
    json_reader_init(&inner, raw);
    (void)json_read_object(&inner);
    enum err e = OK;
    while (e == OK && json_read_key(&inner, &key)) {
        struct buf value = {0};
        if (json_peek(&inner) != JSON_STRING || !json_read_text(&inner, &text)) {
            return fault_set(fault, name, "each of them must be a text");
        }
        json_text_append(text, &value);
        e = strcmp(name, "headers") == 0 ? check_header(key, buf_bytes(&value), fault) : OK;
        buf_fini(&value);
    }
    if (e == OK) {
        free(*out);
        *out = mem_text(raw.ptr, raw.len);
    }
    return e;
}

static enum err read_items(void *base, const char *name, struct json_reader *r,
                           struct document_fault *fault)
{
    struct notify_channel *c = base;
    struct bytes raw;
    if (strcmp(name, "params") == 0) {
        return read_texts(r, name, &c->params, fault);
    }
    if (strcmp(name, "headers") == 0) {
        return read_texts(r, name, &c->headers, fault);
    }
    if (!json_read_raw(r, &raw)) {
        return fault_set(fault, name, "JSON is expected");
    }
    free(c->template_text);
    c->template_text = mem_text(raw.ptr, raw.len);
    return OK;
}

/* ---- what a type must have ---- */

static enum err require(const char *value, const char *name, const char *of,
                        struct document_fault *fault)
{
    return value ? OK : fault_set(fault, name, "%s needs it", of);
}

struct bytes notify_channel_template(const struct notify_channel *c)
{
    return c->template_text ? bytes_of_text(c->template_text)
                            : notify_preset(c->preset ? c->preset : "generic");
}

static enum err check_webhook(const struct notify_channel *c, struct document_fault *fault)
{
    struct bytes params = c->params ? bytes_of_text(c->params) : BYTES("{}");
    enum err e = require(c->url, "url", "a webhook", fault);
    return e == OK ? notify_template_check(notify_channel_template(c), params, fault) : e;
}

static enum err check_type(const struct notify_channel *c, struct document_fault *fault)
{
    switch (c->type) {
    case CHANNEL_EMAIL:
        if (c->password && c->security == SECURITY_NONE) {
            return fault_set(fault, "security", "a password is never sent without TLS");
        }
        if (c->server && !c->from) {
            return require(NULL, "from", "a channel with a server of its own", fault);
        }
        return c->to.count ? OK : require(NULL, "to", "an e-mail channel", fault);
    case CHANNEL_WEBHOOK:
        if (c->preset && c->template_text) {
            return fault_set(fault, "template", "either a preset or a template is expected");
        }
        return check_webhook(c, fault);
    case CHANNEL_MQTT:
    case CHANNEL_PUSH:
        return OK;
    case CHANNEL_TYPE_COUNT:
        break;
    }
    UNREACHABLE();
}

/* Those presets whose services know one alert a request, by a key of its own. */
static bool preset_is_single(const char *preset)
{
    return preset && strcmp(preset, "pagerduty") == 0;
}

struct notify_channel *channel_read(struct bytes id, struct bytes body,
                                    struct document_fault *fault)
{
    struct notify_channel *c = mem_zalloc(1, sizeof *c);
    const struct fields f = {fields, ARRAY_LEN(fields), c, read_items, fault};
    c->id = mem_text(id.ptr, id.len);
    c->enabled = true;
    c->resolved = true;
    c->type = CHANNEL_TYPE_COUNT;
    enum err e = fields_read_all(&f, body);
    if (e == OK && c->type == CHANNEL_TYPE_COUNT) {
        e = fault_set(fault, "type", "one of email, webhook, mqtt, push is expected");
    }
    e = e == OK ? check_type(c, fault) : e;
    if (e != OK) {
        channel_free(c);
        return NULL;
    }
    c->single = c->single || preset_is_single(c->preset);
    return c;
}

void channel_free(struct notify_channel *c)
{
    if (c) {
        char *const texts[] = {
            c->id,     c->name,   c->from,    c->server,        c->user,   c->password, c->url,
            c->preset, c->params, c->headers, c->template_text, c->secret, c->topic};
        for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
            free(texts[i]);
        }
        config_list_clear(&c->to);
        free(c);
    }
}
