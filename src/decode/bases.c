/* SPDX-License-Identifier: Apache-2.0 */
#include "decode/bases.h"

#include "base/mem.h"

static void add_all(struct decode_bases *b, const struct config_list *others, const char *usual)
{
    for (size_t i = 0; i < others->count; i++) {
        b->all = mem_grow(b->all, b->count, &b->cap, sizeof *b->all);
        b->all[b->count++] =
            (struct base){mem_text(others->items[i], strlen(others->items[i])), usual};
    }
}

void decode_bases_init(struct decode_bases *b, const struct decode_config *config)
{
    *b = (struct decode_bases){0};
    add_all(b, &config->zigbee2mqtt, "zigbee2mqtt");
    add_all(b, &config->home_assistant, "homeassistant");
    add_all(b, &config->homie, "homie");
    add_all(b, &config->telegraf, "telegraf");
}

void decode_bases_fini(struct decode_bases *b)
{
    for (size_t i = 0; i < b->count; i++) {
        free(b->all[i].other);
    }
    free(b->all);
}

static bool is_below(struct bytes topic, struct bytes base)
{
    return topic.len > base.len && topic.ptr[base.len] == '/' && bytes_start_with(topic, base);
}

const struct decode_topic *decode_bases_rename(struct decoder *d, const struct decode_topic *t,
                                               struct decode_topic *room)
{
    const struct decode_bases *b = &d->bases;
    for (size_t i = 0; i < b->count; i++) {
        struct bytes other = bytes_of_text(b->all[i].other);
        if (is_below(t->text, other)) {
            struct bytes text;
            struct bytes parts[] = {bytes_of_text(b->all[i].usual), bytes_skip(t->text, other.len)};
            bool fits =
                decode_join(d, parts, ARRAY_LEN(parts), BYTES(""), LIMIT_TOPIC_BYTES, &text) &&
                decode_topic_split(text, room);
            return fits ? room : NULL;
        }
    }
    return t;
}
