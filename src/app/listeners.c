/* SPDX-License-Identifier: Apache-2.0 */
#include "app/listeners.h"

#include "app/address.h"

#include <unistd.h>

static enum err explain(struct config_error *why, const char *what, const char *text, enum err e)
{
    const char *hint = "";
    switch ((int)e) {
    case ERR_BUSY:
        hint = ": the port is in use; stop what has it or choose another (port 0 takes a free one)";
        break;
    case ERR_DENIED:
        hint = ": not permitted; ports below 1024 need privileges";
        break;
    case ERR_NOT_FOUND:
        hint = ": this machine has no such address";
        break;
    case ERR_INVALID:
        hint = ": expected ADDR:PORT, such as localhost:3000, 0.0.0.0:3000 or [::1]:3000";
        break;
    default:
        break;
    }
    (void)snprintf(why->text, sizeof why->text, "can't listen for %s on %s%s", what, text, hint);
    return e;
}

/* localhost with port 0 takes one free port for both of its addresses. */
static void share_port(struct addresses *a, size_t i, uint16_t port)
{
    struct sockaddr_in6 v6;
    if (i + 1 < a->count && a->second_optional) {
        memcpy(&v6, &a->at[i + 1].socket, sizeof v6);
        v6.sin6_port = htons(port);
        memcpy(&a->at[i + 1].socket, &v6, sizeof v6);
    }
}

static enum err open_one(struct listeners *ls, const char *what, const char *text,
                         struct config_error *why)
{
    struct addresses a;
    enum err e = addresses_parse(text, &a);
    for (size_t i = 0; e == OK && i < a.count; i++) {
        if (ls->count == LISTENERS_MAX) {
            return explain(why, what, text, ERR_FULL);
        }
        struct open_listener *l = &ls->at[ls->count];
        e = net_listen(&a.at[i], &l->fd, &l->name);
        if (e == OK) {
            l->what = what;
            l->tls = what[strlen(what) - 1] == 's';
            l->loopback = net_is_loopback(&a.at[i]);
            ls->count++;
            share_port(&a, i, l->name.port);
        } else if (i == 1 && a.second_optional && e != ERR_BUSY) {
            e = OK;
        }
    }
    return e == OK ? OK : explain(why, what, text, e);
}

static enum err open_list(struct listeners *ls, const char *what, const struct config_list *list,
                          struct config_error *why)
{
    enum err e = OK;
    for (size_t i = 0; e == OK && i < list->count; i++) {
        e = open_one(ls, what, list->items[i], why);
    }
    return e;
}

enum err listeners_open(struct listeners *ls, const struct config *config, struct config_error *why)
{
    *ls = (struct listeners){0};
    enum err e = open_list(ls, "http", &config->http_listen, why);
    e = e == OK ? open_list(ls, "https", &config->https_listen, why) : e;
    e = e == OK ? open_list(ls, "mqtt", &config->mqtt_listen, why) : e;
    e = e == OK ? open_list(ls, "mqtts", &config->mqtts_listen, why) : e;
    if (e != OK) {
        listeners_close(ls);
    }
    return e;
}

bool listeners_any_tls(const struct listeners *ls)
{
    for (size_t i = 0; i < ls->count; i++) {
        if (ls->at[i].tls) {
            return true;
        }
    }
    return false;
}

bool listeners_all_loopback(const struct listeners *ls)
{
    for (size_t i = 0; i < ls->count; i++) {
        if (!ls->at[i].loopback) {
            return false;
        }
    }
    return true;
}

uint16_t listeners_mqtt_port(const struct listeners *ls)
{
    for (size_t i = 0; i < ls->count; i++) {
        if (strcmp(ls->at[i].what, "mqtt") == 0) {
            return ls->at[i].name.port;
        }
    }
    return 0;
}

bool listeners_url(const struct listeners *ls, char *out, size_t size)
{
    for (size_t i = 0; i < ls->count; i++) {
        const struct open_listener *l = &ls->at[i];
        if (strcmp(l->what, "http") == 0 || strcmp(l->what, "https") == 0) {
            bool v6 = strchr(l->name.host, ':') != NULL;
            (void)snprintf(out, size, "%s://%s%s%s:%u", l->what, v6 ? "[" : "", l->name.host,
                           v6 ? "]" : "", (unsigned)l->name.port);
            return true;
        }
    }
    return false;
}

void listeners_announce(const struct listeners *ls)
{
    for (size_t i = 0; i < ls->count; i++) {
        const struct open_listener *l = &ls->at[i];
        bool v6 = strchr(l->name.host, ':') != NULL;
        char line[128];
        int len = snprintf(line, sizeof line, "%s listening on %s%s%s:%u\n", l->what, v6 ? "[" : "",
                           l->name.host, v6 ? "]" : "", (unsigned)l->name.port);
        ssize_t written = write(STDOUT_FILENO, line, (size_t)len);
        (void)written; /* nobody reads it: that is theirs to know */
    }
}

void listeners_close(struct listeners *ls)
{
    for (size_t i = 0; i < ls->count; i++) {
        close(ls->at[i].fd);
    }
    ls->count = 0;
}
