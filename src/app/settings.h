/* SPDX-License-Identifier: Apache-2.0 */
/* Every key of the settings file: the tables of the modules, put together. Private to the files
 * that read a settings file or print the example of one. */
#ifndef TELLTALE_APP_SETTINGS_H
#define TELLTALE_APP_SETTINGS_H

#include "app/config.h"

#include "base/config.h"

/* A mapping of the file, or, with a NULL name, the keys that stand at its top. */
struct settings_section {
    const char *name;
    const char *help;
    const struct config_field *fields;
    const size_t *count;
    size_t offset; /* of the struct that the fields are members of, in struct config */
};

extern const struct settings_section settings_sections[];
extern const size_t settings_section_count;

/* The one field of type CONFIG_ITEMS: brokers, each a URL (the first of these) or a mapping. */
extern const struct config_field settings_broker[];
extern const size_t settings_broker_count;

/* Reads the URL of the newest broker of `c` into its other members, and gives it a name and filters
 * when it has none. Errors: ERR_INVALID, with `why`; the URL may hold a password, which `why` does
 * not tell. */
MUST_CHECK enum err settings_finish_broker(const struct config *c, struct config_broker *broker,
                                           char why[CONFIG_WHY_MAX]);

/* Appends a broker with the defaults. */
struct config_broker *settings_add_broker(struct config *c);

#endif
