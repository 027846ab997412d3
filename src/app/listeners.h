/* SPDX-License-Identifier: Apache-2.0 */
/* The listening sockets of the program: opened before anything else starts, so that a port in use
 * is found while nothing has been touched, and announced once everything runs. */
#ifndef TELLTALE_APP_LISTENERS_H
#define TELLTALE_APP_LISTENERS_H

#include "app/config.h"
#include "sys/net.h"

struct open_listener {
    const char *what; /* "http", "https", "mqtt" or "mqtts" */
    int fd;
    struct net_name name;
    bool loopback;
    bool tls;
};

#define LISTENERS_MAX 32

struct listeners {
    struct open_listener at[LISTENERS_MAX];
    size_t count;
};

/* Opens every listener of the configuration. Errors: any, with one line in `why`. */
MUST_CHECK enum err listeners_open(struct listeners *ls, const struct config *config,
                                   struct config_error *why);

/* Whether one of them wants TLS. */
bool listeners_any_tls(const struct listeners *ls);

/* Whether every one of them is on loopback. */
bool listeners_all_loopback(const struct listeners *ls);

/* The port of the first MQTT listener, or 0. */
uint16_t listeners_mqtt_port(const struct listeners *ls);

/* The address of the page, "http://127.0.0.1:3000". False: it is served nowhere. */
bool listeners_url(const struct listeners *ls, char *out, size_t size);

/* Writes "http listening on 127.0.0.1:3000" and so on to standard output, each line by one
 * write(2). */
void listeners_announce(const struct listeners *ls);

void listeners_close(struct listeners *ls);

#endif
