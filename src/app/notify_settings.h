/* SPDX-License-Identifier: Apache-2.0 */
/* What the settings file says of notifications. */
#ifndef TELLTALE_APP_NOTIFY_SETTINGS_H
#define TELLTALE_APP_NOTIFY_SETTINGS_H

#include "base/config.h"
#include "deliver/deliver.h"

/* Texts are owned by the configuration. */
struct notify_settings {
    char *public_url;         /* of the page, for links; NULL: messages hold none */
    struct config_list allow; /* ranges inside that webhooks may reach */
    char *ca;                 /* PEM file to trust; NULL: the system's */
    uint64_t timeout_ms;
    uint64_t retry_ms;
    char *smtp_server;
    uint32_t smtp_port;
    enum deliver_security smtp_security;
    char *smtp_user;
    char *smtp_password;
    char *smtp_password_file;
    char *mail_from;
};

#endif
