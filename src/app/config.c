/* SPDX-License-Identifier: Apache-2.0 */
#include "app/config.h"

#include "app/settings.h"

#include "model/limits.h"
#include "sys/folder.h"

#include "base/mem.h"
#include "base/utf8.h"

void config_init_defaults(struct config *c)
{
    *c = (struct config){
        .data = mem_text("./telltale-data", strlen("./telltale-data")),
        .auth = true,
        .max_mqtt_connections = LIMIT_MQTT_CONNECTIONS,
        .mqtt_limits = {.grace_ms = 10000,
                        .packet_bytes = LIMIT_MQTT_PACKET_BYTES,
                        .inflight = LIMIT_MQTT_INFLIGHT,
                        .device_rate = LIMIT_DEVICE_MESSAGES_PER_SECOND,
                        .device_connections = LIMIT_DEVICE_CONNECTIONS},
        .max_clients = LIMIT_CLIENTS,
        .ping_interval_ms = 25000,
        .ping_timeout_ms = 20000,
        .connect_timeout_ms = 45000,
        .max_payload = 1000000,
        .registry = registry_defaults,
        .alert = alert_defaults,
        .store = store_defaults,
        .notify = {.timeout_ms = 10000, .retry_ms = 5000, .smtp_port = 587},
        .log_level = LOG_INFO,
        .sends = LOOP_SENDS_AUTO,
    };
    config_list_add(&c->http_listen, "localhost:3000");
    config_list_add(&c->mqtt_listen, "localhost:1883");
}

static void free_broker(struct config_broker *b)
{
    free(b->name);
    free(b->url);
    free(b->host);
    free(b->client_id);
    free(b->user);
    free(b->password);
    free(b->password_file);
    free(b->ca);
    free(b->certificate);
    free(b->key);
    config_list_clear(&b->filters);
}

void config_fini(struct config *c)
{
    free(c->path);
    free(c->data);
    config_list_clear(&c->http_listen);
    config_list_clear(&c->https_listen);
    config_list_clear(&c->http_hosts);
    config_list_clear(&c->http_origins);
    config_list_clear(&c->mqtt_listen);
    config_list_clear(&c->mqtts_listen);
    config_list_clear(&c->store.retention_of);
    free(c->certificate);
    free(c->key);
    free(c->client_ca);
    free(c->notify.public_url);
    config_list_clear(&c->notify.allow);
    free(c->notify.ca);
    free(c->notify.smtp_server);
    free(c->notify.smtp_user);
    free(c->notify.smtp_password);
    free(c->notify.smtp_password_file);
    free(c->notify.mail_from);
    for (size_t i = 0; i < c->broker_count; i++) {
        free_broker(&c->brokers[i]);
    }
    free(c->brokers);
    mappings_free(c->mappings);
    config_list_clear(&c->decode.zigbee2mqtt);
    config_list_clear(&c->decode.home_assistant);
    config_list_clear(&c->decode.homie);
    config_list_clear(&c->decode.telegraf);
    *c = (struct config){0};
}

struct config_broker *settings_add_broker(struct config *c)
{
    c->brokers = mem_resize(c->brokers, c->broker_count + 1, sizeof *c->brokers);
    struct config_broker *b = &c->brokers[c->broker_count++];
    *b = (struct config_broker){
        .qos = 2, .session_expiry_ms = 24 * 3600 * 1000, .keep_alive_ms = 30 * 1000};
    return b;
}

enum err config_add_broker(struct config *c, const char *url, struct config_error *why)
{
    char text[CONFIG_WHY_MAX];
    struct config_broker *b = settings_add_broker(c);
    b->url = mem_text(url, strlen(url));
    enum err e = settings_finish_broker(c, b, text);
    if (e != OK) {
        *why = (struct config_error){0};
        (void)snprintf(why->text, sizeof why->text, "%s", text);
        free_broker(b);
        c->broker_count--;
    }
    return e;
}

enum err config_load(const char *path, struct config *c, struct config_error *why)
{
    uint8_t *text = mem_alloc(CONFIG_FILE_MAX + 1);
    size_t len = 0;
    *why = (struct config_error){0};
    enum err e = file_head(path, text, CONFIG_FILE_MAX + 1, &len);
    if (e == OK && len > CONFIG_FILE_MAX) {
        e = ERR_TOO_LARGE;
    }
    if (e == OK) {
        free(c->path);
        c->path = mem_text(path, strlen(path));
        e = config_read(bytes_of(text, len), c, why);
    } else {
        (void)snprintf(why->text, sizeof why->text, "can't read this file: %s", err_text(e));
    }
    free(text);
    return e;
}

enum err config_first_line(const char *path, char line[CONFIG_TEXT_MAX + 1])
{
    uint8_t text[CONFIG_TEXT_MAX];
    size_t len = 0;
    enum err e = file_head(path, text, sizeof text, &len);
    if (e != OK) {
        return e;
    }
    len = bytes_index(bytes_of(text, len), '\n');
    len -= len > 0 && text[len - 1] == '\r';
    if (len == 0 || memchr(text, 0, len) || !utf8_valid(bytes_of(text, len))) {
        return ERR_INVALID;
    }
    memcpy(line, text, len);
    line[len] = '\0';
    return OK;
}

void config_report(const char *path, const struct config_error *why)
{
    if (why->line > 0) {
        (void)fprintf(stderr, "%s:%d:%d: %s\n", path, why->line, why->column, why->text);
    } else {
        (void)fprintf(stderr, "%s: %s\n", path, why->text);
    }
}
