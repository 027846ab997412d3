/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a settings file: taken, or refused with a place inside the text and printable words.
 */
#include "app/config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_refusal(const struct config_error *why, struct bytes text)
{
    int lines = 1;
    for (size_t i = 0; i < text.len; i++) {
        lines += text.ptr[i] == '\n' || text.ptr[i] == '\r' || text.ptr[i] >= 0x80;
    }
    ASSERT(why->line >= 1 && why->line <= lines + 1 && why->column >= 1);
    ASSERT(why->text[0]);
    for (const char *c = why->text; *c; c++) {
        ASSERT(*c >= 0x20 && *c < 0x7f);
    }
}

static void check_taken(const struct config *c)
{
    ASSERT(c->data && *c->data);
    ASSERT(c->http_listen.count <= CONFIG_LIST_MAX && c->broker_count <= CONFIG_LIST_MAX);
    ASSERT(c->registry.max_devices > 0 && c->store.retention_ms >= 0);
    for (size_t i = 0; i < c->broker_count; i++) {
        const struct config_broker *b = &c->brokers[i];
        ASSERT(b->url && b->host && *b->host && b->port > 0 && b->filters.count > 0);
        ASSERT(!b->password || b->user);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct config c;
    struct config_error why;
    struct bytes text = bytes_of(data, size);
    config_init_defaults(&c);
    if (config_read(text, &c, &why) == OK) {
        check_taken(&c);
    } else {
        check_refusal(&why, text);
    }
    config_fini(&c);
    return 0;
}
