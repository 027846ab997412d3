/* SPDX-License-Identifier: Apache-2.0 */
/* The example of a settings file: every key with its help, what it takes, and its default as the
 * value. It is made from the tables and a default configuration, so it can't differ from either. */
#include "app/config.h"

#include "app/settings.h"

/* Help as comment lines, each begun by `begin`. */
static void print_comment(const char *help, const char *begin, struct buf *out)
{
    struct bytes rest = bytes_of_text(help);
    while (rest.len) {
        size_t end = bytes_index(rest, '\n');
        buf_printf(out, "%s%.*s\n", begin, (int)end, (const char *)rest.ptr);
        rest = bytes_skip(rest, size_min(end + 1, rest.len));
    }
}

/* A text without a default stands there as a comment: the key with nothing is no setting. */
static bool is_unset(const struct config_field *f, const void *base)
{
    const char *text = base;
    if (f->type != CONFIG_STRING) {
        return false;
    }
    memcpy(&text, (const char *)base + f->offset, sizeof text);
    return text == NULL;
}

static void print_field(const struct config_field *f, const void *base, int indent, struct buf *out)
{
    print_comment(f->help, indent ? "  # " : "# ", out);
    buf_printf(out, "%*s# (", indent, "");
    config_print_type(f, out);
    buf_printf(out, ")\n%*s%s%s: ", indent, "", is_unset(f, base) ? "# " : "", f->name);
    if (f->type == CONFIG_ITEMS) {
        buf_put_text(out, "[]");
    } else {
        config_print(f, base, out);
    }
    out->len -= out->ptr[out->len - 1] == ' ';
    buf_put_byte(out, '\n');
}

/* What a broker may have, as a comment below the empty list. */
static void print_broker(struct buf *out)
{
    buf_put_text(out, "  # brokers:\n"
                      "  #   - mqtt://broker.example.org\n"
                      "  #   - name: plant\n"
                      "  #     url: mqtts://telltale@broker.example.org\n"
                      "  #     password_file: /etc/telltale/plant.password\n"
                      "  #     ca: /etc/telltale/plant-ca.pem\n"
                      "  #     filters: [\"sensors/#\", \"devices/+/status\"]\n");
    for (size_t i = 0; i < settings_broker_count; i++) {
        const struct config_field *f = &settings_broker[i];
        buf_printf(out, "  # %s: ", f->name);
        config_print_type(f, out);
        buf_put_byte(out, '\n');
        print_comment(f->help, "  #   ", out);
    }
}

/* What a mapping may have, likewise. */
static void print_mappings(struct buf *out)
{
    buf_put_text(
        out,
        "  # mappings:\n"
        "  #   - topic: factory/{site}/{device}/{sensor}\n"
        "  #     location: \"{site}\"\n"
        "  #     unit: °C\n"
        "  #   - topic: meters/{device}/raw\n"
        "  #     decoder: json\n"
        "  #     include: [\"p.*\", \"u.*\"]\n"
        "  #     scale: 0.1\n"
        "  #     time: $.t\n"
        "  #   - {topic: \"doors/{device}\", sensor: open, \"true\": [OPEN], \"false\": [CLOSED]}\n"
        "  #   - {topic: \"actuators/#\", decoder: ignore}\n"
        "  # A text may hold names in braces that the topic has; one that begins with $. is a\n"
        "  # path into the payload ($.data.0.id). A device, sensor or value that is not in the\n"
        "  # payload loses the reading, not the message.\n");
    for (size_t i = 0; i < MAPPING_KEY_COUNT; i++) {
        buf_printf(out, "  # %s: %s\n", mapping_keys[i].name,
                   mapping_keys[i].many ? "text or list of texts" : "text");
        print_comment(mapping_keys[i].help, "  #   ", out);
    }
}

static void print_section(const struct settings_section *s, const struct config *defaults,
                          struct buf *out)
{
    const void *base = (const char *)defaults + s->offset;
    int indent = s->name ? 2 : 0;
    if (s->name) {
        buf_printf(out, "\n# %s\n%s:\n", s->help, s->name);
    }
    for (size_t i = 0; i < *s->count; i++) {
        const struct config_field *f = &s->fields[i];
        if (i > 0 || !s->name) {
            buf_put_byte(out, '\n');
        }
        print_field(f, base, indent, out);
        if (f->type == CONFIG_ITEMS && f->offset == offsetof(struct config, mappings)) {
            print_mappings(out);
        } else if (f->type == CONFIG_ITEMS) {
            print_broker(out);
        }
    }
}

void config_print_example(struct buf *out)
{
    struct config defaults;
    config_init_defaults(&defaults);
    buf_put_text(
        out,
        "# Settings of Telltale. Each key is here with its default; leave out what you\n"
        "# don't change. Read from the file that `-c FILE` names, else ./telltale.yaml.\n"
        "# `telltale check-config` tells whether a file is right. Changes are taken at\n"
        "# the next start; mappings and certificates also on SIGHUP. Sizes: kB, MB and GB are\n"
        "# powers of 1024.\n");
    for (size_t i = 0; i < settings_section_count; i++) {
        print_section(&settings_sections[i], &defaults, out);
    }
    config_fini(&defaults);
}
