/* SPDX-License-Identifier: Apache-2.0 */
#include "app/settings.h"

#include "app/address.h"

#include "model/limits.h"
#include "proto/http/http.h"
#include "proto/mail/mail.h"
#include "proto/mqtt/mqtt.h"

/* ---- what texts must be ---- */

static bool valid_address(const char *text)
{
    struct addresses a;
    return addresses_parse(text, &a) == OK;
}

static bool valid_host(const char *text)
{
    struct http_authority a;
    return http_authority_parse(bytes_of_text(text), &a) == OK && a.port == 0;
}

static bool valid_origin(const char *text)
{
    struct http_authority a;
    bool https;
    return http_origin_parse(bytes_of_text(text), &a, &https) == OK;
}

static bool valid_filter(const char *text)
{
    struct bytes group, rest;
    return mqtt_filter_valid(bytes_of_text(text)) &&
           mqtt_share_split(bytes_of_text(text), &group, &rest) == OK;
}

static bool valid_topic(const char *text)
{
    return mqtt_topic_valid(bytes_of_text(text)) && text[strlen(text) - 1] != '/';
}

static const char address_expected[] = "ADDR:PORT, such as localhost:3000, 0.0.0.0:3000 or "
                                       "[::1]:3000";

/* ---- the program's own ---- */

#define SECONDS  1000ull
#define MINUTES  60000ull
#define HOURS    3600000ull
#define DAYS     86400000ull
#define FOREVER  (100 * 365 * DAYS)
#define MEGABYTE (1ull << 20)

#define SETTING(member, kind) .type = kind, CONFIG_MEMBER(struct config, member)

/* In the order of enum log_level. */
static const char *const log_levels[] = {"error", "warn", "info", "debug", NULL};

/* In the order of enum loop_sends. */
static const char *const sends[] = {"send", "auto", "io_uring", NULL};

static const struct config_field top[] = {
    {.name = "data",
     SETTING(data, CONFIG_STRING),
     .expected = "a folder",
     .help = "Where the history, rules, alerts, users and tokens are kept. One process at a time."},
    {.name = "auth",
     SETTING(auth, CONFIG_BOOL),
     .help = "false: everybody may do everything. Accepted only while every listener is on\n"
             "loopback. Make a first user on the page, at /setup, or by `telltale user add`."},
    {.name = "log",
     SETTING(log_level, CONFIG_WORD),
     .words = log_levels,
     .help = "What is written to standard error."},
    {.name = "sends",
     SETTING(sends, CONFIG_WORD),
     .words = sends,
     .help = "How what many connections wait for reaches the kernel. auto: in batches by io_uring\n"
             "where the system permits it and there are enough of them; send: a system call each;\n"
             "io_uring: every send in a batch, also a single one."},
};

static const struct config_field http[] = {
    {.name = "listen",
     SETTING(http_listen, CONFIG_LIST),
     .valid = valid_address,
     .expected = address_expected,
     .help = "Addresses of the page, REST and Socket.IO. localhost is 127.0.0.1 and, where it\n"
             "exists, [::1]; port 0 takes a free one."},
    {.name = "listen_tls",
     SETTING(https_listen, CONFIG_LIST),
     .valid = valid_address,
     .expected = address_expected,
     .help = "The same over TLS (https), such as 0.0.0.0:3443. Needs a certificate, see `tls`."},
    {.name = "hosts",
     SETTING(http_hosts, CONFIG_LIST),
     .valid = valid_host,
     .expected = "host names without a port, such as telltale.example.org",
     .help = "Names by which browsers reach this server, besides loopback names and the\n"
             "addresses above. A request for any other name is refused."},
    {.name = "origins",
     SETTING(http_origins, CONFIG_LIST),
     .valid = valid_origin,
     .expected = "origins, such as https://panel.example.org",
     .help = "Other sites whose pages may use this server."},
};

static const struct config_field mqtt[] = {
    {.name = "listen",
     SETTING(mqtt_listen, CONFIG_LIST),
     .valid = valid_address,
     .expected = address_expected,
     .help = "Addresses where devices connect. An empty list takes messages of brokers alone."},
    {.name = "listen_tls",
     SETTING(mqtts_listen, CONFIG_LIST),
     .valid = valid_address,
     .expected = address_expected,
     .help = "The same over TLS (mqtts), such as 0.0.0.0:8883. Needs a certificate, see `tls`."},
    {.name = "max_connections",
     SETTING(max_mqtt_connections, CONFIG_INTEGER),
     .min = 1,
     .max = 1000000,
     .help = "Connections of devices at once; fewer where the system allows fewer open files."},
    {.name = "grace",
     SETTING(mqtt_limits.grace_ms, CONFIG_DURATION),
     .min = 100,
     .max = HOURS,
     .help = "A device whose connection was lost is offline when no new one came within this."},
    {.name = "max_packet",
     SETTING(mqtt_limits.packet_bytes, CONFIG_BYTES),
     .min = 1024,
     .max = 16 * MEGABYTE,
     .help = "Largest packet that a client may send."},
    {.name = "max_inflight",
     SETTING(mqtt_limits.inflight, CONFIG_INTEGER),
     .min = 1,
     .max = 65535,
     .help = "Messages of one client that may wait for their acknowledgement; more are not read."},
    {.name = "device_rate",
     SETTING(mqtt_limits.device_rate, CONFIG_INTEGER),
     .max = 10000000,
     .help =
         "Messages a second of a connection that logged in with a device's credential; one that\n"
         "sends faster is read more slowly. 0: no limit."},
    {.name = "device_connections",
     SETTING(mqtt_limits.device_connections, CONFIG_INTEGER),
     .min = 1,
     .max = 1000000,
     .help = "Connections that one device's credential may have."},
    {.name = "brokers",
     SETTING(brokers, CONFIG_ITEMS),
     .expected = "URLs, or mappings with url, filters and more",
     .help = "Existing brokers to subscribe to."},
};

/* In the order of enum tls_clients. */
static const char *const client_certificates[] = {"none", "optional", "required", NULL};

static const struct config_field tls[] = {
    {.name = "certificate",
     SETTING(certificate, CONFIG_STRING),
     .expected = "a file in PEM",
     .help = "The certificate of the addresses under `listen_tls`, with its chain. SIGHUP has the\n"
             "files read again; connections that are open go on."},
    {.name = "key",
     SETTING(key, CONFIG_STRING),
     .expected = "a file in PEM",
     .help = "Its private key, without a passphrase."},
    {.name = "client_ca",
     SETTING(client_ca, CONFIG_STRING),
     .expected = "a file in PEM",
     .help = "Whose signature makes the certificate of a device a good one."},
    {.name = "client_certificates",
     SETTING(client_certificates, CONFIG_WORD),
     .words = client_certificates,
     .help = "Whether devices show a certificate when they connect by mqtts."},
};

static const struct config_field live[] = {
    {.name = "max_clients",
     SETTING(max_clients, CONFIG_INTEGER),
     .min = 1,
     .max = 1000000,
     .help = "Live clients at once; fewer where the system allows fewer open files."},
    {.name = "ping_interval",
     SETTING(ping_interval_ms, CONFIG_DURATION),
     .min = 100,
     .max = HOURS,
     .help = "How often a live client is asked whether it is still there."},
    {.name = "ping_timeout",
     SETTING(ping_timeout_ms, CONFIG_DURATION),
     .min = 100,
     .max = HOURS,
     .help = "How long it may take to answer before it is closed."},
    {.name = "connect_timeout",
     SETTING(connect_timeout_ms, CONFIG_DURATION),
     .min = 100,
     .max = HOURS,
     .help = "How long a new client may take to say who it is."},
    {.name = "max_payload",
     SETTING(max_payload, CONFIG_BYTES),
     .min = 1024,
     .max = 16 * MEGABYTE,
     .help = "Largest message that a live client may send."},
};

#define DECODE_SETTING(member, kind) .type = kind, CONFIG_MEMBER(struct config, decode.member)

static const struct config_field decode[] = {
    {.name = "retained",
     DECODE_SETTING(retained, CONFIG_WORD),
     .words = decode_retained_words,
     .help =
         "What the last value that a broker kept is, when it says no time of its own: last, shown\n"
         "until something newer comes; store, a reading of the moment it arrives; ignore."},
    {.name = "zigbee2mqtt",
     DECODE_SETTING(zigbee2mqtt, CONFIG_LIST),
     .valid = valid_topic,
     .expected = "topics without wildcards, such as home/zigbee",
     .help = "Base topics of Zigbee2MQTT besides zigbee2mqtt."},
    {.name = "homeassistant",
     DECODE_SETTING(home_assistant, CONFIG_LIST),
     .valid = valid_topic,
     .expected = "topics without wildcards",
     .help = "Discovery prefixes of Home Assistant besides homeassistant."},
    {.name = "homie",
     DECODE_SETTING(homie, CONFIG_LIST),
     .valid = valid_topic,
     .expected = "topics without wildcards",
     .help = "Base topics of Homie besides homie."},
    {.name = "telegraf",
     DECODE_SETTING(telegraf, CONFIG_LIST),
     .valid = valid_topic,
     .expected = "topics without wildcards",
     .help = "What comes before the host in topics of Telegraf, besides telegraf."},
    {.name = "mappings",
     SETTING(mappings, CONFIG_ITEMS),
     .expected = "mappings, see below",
     .help = "What topics mean that no decoder reads as you mean them. Asked before all decoders,\n"
             "the first whose topic matches has the message. SIGHUP has them read again."},
};

static const struct config_field publish[] = {
    {.name = "sparkplug_rebirth",
     DECODE_SETTING(sparkplug_rebirth, CONFIG_BOOL),
     .help = "Ask a Sparkplug node for its births when something of it is not known."},
    {.name = "victron_keepalive",
     DECODE_SETTING(victron_keepalive, CONFIG_BOOL),
     .help = "Ask a Victron portal to go on publishing, every 50 s; it is mute otherwise."},
    {.name = "shelly_announce",
     DECODE_SETTING(shelly_announce, CONFIG_BOOL),
     .help = "Ask Shelly devices of the first generation who they are, once after start."},
};

static const struct config_field store[] = {
    {.name = "retention",
     .type = CONFIG_DURATION,
     CONFIG_MEMBER(struct store_config, retention_ms),
     .max = FOREVER,
     .help = "Readings older than this are deleted, and refused when they come. 0 keeps all. What\n"
             "is kept of them by the minute, hour and day has ages of its own, below."},
    {.name = "retention_of",
     .type = CONFIG_LIST,
     CONFIG_MEMBER(struct store_config, retention_of),
     .valid = store_retention_valid,
     .expected = "\"device:ID AGE\" or \"tag:NAME AGE\", such as \"tag:lab 7d\"",
     .help = "Other ages for some devices: that of the device, else the shortest of its tags."},
    {.name = "retention_minutes",
     .type = CONFIG_DURATION,
     CONFIG_MEMBER(struct store_config, retention_minutes_ms),
     .max = FOREVER,
     .help = "How long minutes are kept (count, least, greatest, mean). 0 keeps all."},
    {.name = "retention_hours",
     .type = CONFIG_DURATION,
     CONFIG_MEMBER(struct store_config, retention_hours_ms),
     .max = FOREVER,
     .help = "How long hours are."},
    {.name = "retention_days",
     .type = CONFIG_DURATION,
     CONFIG_MEMBER(struct store_config, retention_days_ms),
     .max = FOREVER,
     .help = "How long days are."},
    {.name = "budget",
     .type = CONFIG_BYTES,
     CONFIG_MEMBER(struct store_config, budget_bytes),
     .max = 1024ull * 1024 * 1024 * MEGABYTE,
     .help = "What the store's files may take, such as 20GB. Above it the oldest readings are\n"
             "deleted, then minutes, hours, days. From nine tenths on it warns. 0: no budget."},
    {.name = "journal_bytes",
     .type = CONFIG_BYTES,
     CONFIG_MEMBER(struct store_config, journal_bytes),
     .min = MEGABYTE,
     .max = 1024 * MEGABYTE,
     .help = "The journal is packed into blocks when it passes this size ..."},
    {.name = "journal_age",
     .type = CONFIG_DURATION,
     CONFIG_MEMBER(struct store_config, journal_age_ms),
     .min = 10 * SECONDS,
     .max = DAYS,
     .help = "... or when its oldest part passes this age."},
};

/* In the order of enum deliver_security. */
static const char *const smtp_securities[] = {"starttls", "tls", "none", NULL};

static bool valid_mail(const char *text)
{
    return mail_address_valid(bytes_of_text(text));
}

static const struct config_field notify[] = {
    {.name = "public_url",
     SETTING(notify.public_url, CONFIG_STRING),
     .valid = valid_origin,
     .expected = "an origin, such as https://telltale.example.org",
     .help = "Where people reach the page. Without it messages hold no links, and nobody can\n"
             "acknowledge from them."},
    {.name = "smtp_server",
     SETTING(notify.smtp_server, CONFIG_STRING),
     .valid = valid_host,
     .expected = "a host name or address",
     .help = "The mail server of e-mail channels that name none of their own. It may be inside."},
    {.name = "smtp_port",
     SETTING(notify.smtp_port, CONFIG_INTEGER),
     .min = 1,
     .max = 65535,
     .help = "Its port."},
    {.name = "smtp_security",
     SETTING(notify.smtp_security, CONFIG_WORD),
     .words = smtp_securities,
     .help = "starttls: nothing is sent before TLS began; tls: from the first byte on, port 465\n"
             "mostly; none: for a server on this machine."},
    {.name = "smtp_user", SETTING(notify.smtp_user, CONFIG_STRING), .help = "To log in with."},
    {.name = "smtp_password",
     SETTING(notify.smtp_password, CONFIG_STRING),
     .help = "Of the user; or else:"},
    {.name = "smtp_password_file",
     SETTING(notify.smtp_password_file, CONFIG_STRING),
     .expected = "a file",
     .help = "A file whose first line is the password."},
    {.name = "mail_from",
     SETTING(notify.mail_from, CONFIG_STRING),
     .valid = valid_mail,
     .expected = "an e-mail address",
     .help = "Whom mails are from. Push services are told it too, as whom to write to."},
    {.name = "allow",
     SETTING(notify.allow, CONFIG_LIST),
     .valid = deliver_range_valid,
     .expected = "ranges of addresses, such as 10.0.0.0/8 or 127.0.0.1",
     .help = "Addresses inside that webhooks, push endpoints and the mail servers of channels may\n"
             "have. Without this none on this machine or in a private network is connected to."},
    {.name = "ca",
     SETTING(notify.ca, CONFIG_STRING),
     .expected = "a file in PEM",
     .help = "Whom to trust instead of the system's authorities."},
    {.name = "timeout",
     SETTING(notify.timeout_ms, CONFIG_DURATION),
     .min = 100,
     .max = 5 * MINUTES,
     .help = "How long a webhook may take; a mail may take three times as long."},
    {.name = "retry",
     SETTING(notify.retry_ms, CONFIG_DURATION),
     .min = 10,
     .max = HOURS,
     .help = "The first pause after a message was not taken; it doubles up to an hour, for a day."},
};

/* In the order of enum config_version. */
static const char *const versions[] = {"auto", "5", "3.1.1", NULL};

/* What a name may be made of: it is a label of /metrics and part of a client id. */
static bool valid_name(const char *text)
{
    size_t len = strlen(text);
    return len >= 1 && len <= 64 &&
           strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") == len;
}

#define BROKER(member, kind) .type = kind, CONFIG_MEMBER(struct config_broker, member)

const struct config_field settings_broker[] = {
    {.name = "url",
     BROKER(url, CONFIG_STRING),
     .expected = "mqtt[s]://[user[:password]@]host[:port]",
     .help = "mqtts is with TLS. Port 1883, or 8883 with TLS, unless given. In user and password,\n"
             "%40 stands for @ and so on."},
    {.name = "name",
     BROKER(name, CONFIG_STRING),
     .valid = valid_name,
     .expected = "1 to 64 letters, digits, dots, hyphens and underscores",
     .help = "What it is called in REST, /metrics and the log; host:port when not given."},
    {.name = "user",
     BROKER(user, CONFIG_STRING),
     .help = "Here or in the URL; so is the password, which may also be the first line of a file."},
    {.name = "password", BROKER(password, CONFIG_STRING), .help = "Of the user."},
    {.name = "password_file",
     BROKER(password_file, CONFIG_STRING),
     .expected = "a file",
     .help = "A file whose first line is the password."},
    {.name = "ca",
     BROKER(ca, CONFIG_STRING),
     .expected = "a file in PEM",
     .help =
         "Whom to trust with mqtts, or the broker's own certificate; the system's when not given."},
    {.name = "certificate",
     BROKER(certificate, CONFIG_STRING),
     .expected = "a file in PEM",
     .help = "Our certificate, for a broker that wants one."},
    {.name = "key",
     BROKER(key, CONFIG_STRING),
     .expected = "a file in PEM",
     .help = "Its private key, without a passphrase."},
    {.name = "filters",
     BROKER(filters, CONFIG_LIST),
     .valid = valid_filter,
     .expected = "MQTT topic filters, such as sensors/#",
     .help = "What to subscribe to; $share/GROUP/FILTER shares it with others of the group."},
    {.name = "topics",
     BROKER(filters, CONFIG_LIST),
     .valid = valid_filter,
     .expected = "MQTT topic filters, such as sensors/#",
     .help = "The former name of filters."},
    {.name = "qos",
     BROKER(qos, CONFIG_INTEGER),
     .max = 2,
     .help = "The best quality of service to ask for (default 2)."},
    {.name = "version",
     BROKER(version, CONFIG_WORD),
     .words = versions,
     .help = "Of MQTT; auto tries 5 first."},
    {.name = "client_id",
     BROKER(client_id, CONFIG_STRING),
     .help = "One that stays the same is made and kept in the data folder when not given; two\n"
             "clients of one broker never share one."},
    {.name = "clean",
     BROKER(clean, CONFIG_BOOL),
     .help = "true: the broker keeps nothing for us while we are away."},
    {.name = "session_expiry",
     BROKER(session_expiry_ms, CONFIG_DURATION),
     .max = FOREVER,
     .help = "How long it keeps what comes while we are away (default 24h); MQTT 5 only."},
    {.name = "keep_alive",
     BROKER(keep_alive_ms, CONFIG_DURATION),
     .min = SECONDS,
     .max = 65535 * SECONDS,
     .help = "A broker that is silent for this long is dialled anew (default 30s)."},
};

const size_t settings_broker_count = ARRAY_LEN(settings_broker);

/* ---- all of it ---- */

static const size_t top_count = ARRAY_LEN(top);
static const size_t http_count = ARRAY_LEN(http);
static const size_t mqtt_count = ARRAY_LEN(mqtt);
static const size_t tls_count = ARRAY_LEN(tls);
static const size_t live_count = ARRAY_LEN(live);
static const size_t store_count = ARRAY_LEN(store);
static const size_t decode_count = ARRAY_LEN(decode);
static const size_t publish_count = ARRAY_LEN(publish);
static const size_t notify_count = ARRAY_LEN(notify);

const struct settings_section settings_sections[] = {
    {NULL, NULL, top, &top_count, 0},
    {"http", "Browsers and programs.", http, &http_count, 0},
    {"mqtt", "Devices.", mqtt, &mqtt_count, 0},
    {"tls", "Encrypted connections of browsers and devices.", tls, &tls_count, 0},
    {"live", "The live stream to browsers and programs (Socket.IO).", live, &live_count, 0},
    {"decode", "What messages mean.", decode, &decode_count, 0},
    {"publish", "What may be published to other people's systems, unasked: nothing by default.",
     publish, &publish_count, 0},
    {"notify",
     "Telling people: mails, pushes and webhooks. Channels themselves are made on the page.",
     notify, &notify_count, 0},
    {"store", "The history.", store, &store_count, offsetof(struct config, store)},
    {"fleet", "Limits on what devices may make of us.", registry_settings, &registry_setting_count,
     offsetof(struct config, registry)},
    {"alerts", "Rules and alerts.", alert_settings, &alert_setting_count,
     offsetof(struct config, alert)},
};

const size_t settings_section_count = ARRAY_LEN(settings_sections);
