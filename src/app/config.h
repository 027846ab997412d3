/* SPDX-License-Identifier: Apache-2.0 */
/* The settings of the program: one YAML file, read against tables that each module gives, into one
 * struct. A key that is not in a table, a value out of range or of the wrong type is an error with
 * its line and column. */
#ifndef TELLTALE_APP_CONFIG_H
#define TELLTALE_APP_CONFIG_H

#include "alert/alert.h"
#include "app/notify_settings.h"
#include "decode/decode.h"
#include "ingest/ingest.h"
#include "loop/tls.h"
#include "registry/registry.h"
#include "store/store.h"
#include "sys/log.h"

#include "base/buf.h"
#include "base/config.h"
#include "base/err.h"

/* In the order of the words of the settings file. */
enum config_version { CONFIG_VERSION_AUTO, CONFIG_VERSION_5, CONFIG_VERSION_311 };

/* An existing broker to dial. Strings are owned; NULL when not given. */
struct config_broker {
    char *name; /* default host:port */
    char *url;  /* mqtt[s]://[user[:password]@]host[:port] */
    char *host;
    uint16_t port; /* default 1883, with TLS 8883 */
    bool tls;
    char *client_id;
    char *user;
    char *password;
    char *password_file;
    char *ca;
    char *certificate;
    char *key;
    struct config_list filters; /* default sensors/# and devices/+/status */
    uint32_t qos;               /* default 2 */
    enum config_version version;
    bool clean;
    uint64_t session_expiry_ms; /* default a day */
    uint64_t keep_alive_ms;     /* default 30 s */
};

struct config {
    char *path;                      /* of the file it was read from; NULL: none */
    char *data;                      /* folder, default ./telltale-data */
    struct config_list http_listen;  /* "ADDR:PORT", default localhost:3000 */
    struct config_list https_listen; /* default none */
    struct config_list http_hosts;
    struct config_list http_origins;
    struct config_list mqtt_listen;  /* default localhost:1883 */
    struct config_list mqtts_listen; /* default none */
    char *certificate;               /* of https and mqtts; files in PEM, NULL when not given */
    char *key;
    char *client_ca;
    enum tls_clients client_certificates; /* of mqtts */
    struct config_broker *brokers;
    size_t broker_count;
    bool auth; /* default true; --no-auth clears it */
    uint32_t max_mqtt_connections;
    struct ingest_limits mqtt_limits;
    uint32_t max_clients;
    uint64_t ping_interval_ms;
    uint64_t ping_timeout_ms;
    uint64_t connect_timeout_ms;
    uint32_t max_payload;
    struct registry_config registry;
    struct alert_config alert;
    struct decode_config decode;
    struct mappings *mappings; /* NULL: none */
    struct notify_settings notify;
    struct store_config store; /* `dir` is taken from `data` */
    enum log_level log_level;
    enum loop_sends sends;
};

/* Where a file is wrong and what was expected there. */
struct config_error {
    int line; /* from 1; 0 when no place is known */
    int column;
    char text[256];
};

void config_init_defaults(struct config *c);
void config_fini(struct config *c);

/* Largest settings file, bytes: what a person writes fits many times. */
#define CONFIG_FILE_MAX (1u << 20)

/* Reads the YAML file `path` over what `c` holds; a list in it replaces the one that is there.
 * After a failure `c` is fit for config_fini only.
 * Errors, each with `why`: ERR_NOT_FOUND no such file;  ERR_DENIED, ERR_IO can't be read;
 * ERR_TOO_LARGE above CONFIG_FILE_MAX;  ERR_INVALID not YAML, or not our settings. */
MUST_CHECK enum err config_load(const char *path, struct config *c, struct config_error *why);

/* As config_load for the text of a file. Errors: ERR_INVALID. */
MUST_CHECK enum err config_read(struct bytes text, struct config *c, struct config_error *why);

/* The first line of a file, which holds a password. Errors: ERR_INVALID it is empty or no text;  of
 * file_head. */
MUST_CHECK enum err config_first_line(const char *path, char line[CONFIG_TEXT_MAX + 1]);

/* Prints "FILE:LINE:COLUMN: what was expected" (or without a place) to standard error. */
void config_report(const char *path, const struct config_error *why);

/* Adds a broker by its URL with the default topics. Errors: ERR_INVALID, with `why`. */
MUST_CHECK enum err config_add_broker(struct config *c, const char *url, struct config_error *why);

/* The commented example that documents every key, made from the tables. */
void config_print_example(struct buf *out);

#endif
