/* SPDX-License-Identifier: Apache-2.0 */
/* Entities hang on two strings: that of the config which told them, by which they are taken away
 * again, and that of the topic they listen to, by which a message finds them. A topic without
 * entities is not remembered. */
#include "decode/home_assistant.h"

#include "base/mem.h"

/* Topics are never pushed out: they go with their last entity. */
#define ALWAYS_NEW INT64_MAX

static void leave_topic(struct memo *topics, struct ha_entity *e)
{
    struct ha_topic *topic = e->topic;
    struct ha_entity **at = &topic->first;
    while (*at != e) {
        at = &(*at)->next_of_topic;
    }
    *at = e->next_of_topic;
    topic->count--;
    if (!topic->first) {
        memo_remove(topics, &topic->memo);
    }
}

void ha_forget_config(struct memo_item *item)
{
    struct ha_config *config = CONTAINER_OF(item, struct ha_config, memo);
    struct ha_entity *next;
    for (struct ha_entity *e = config->first; e; e = next) {
        next = e->next_of_config;
        leave_topic(config->topics, e);
        free(e);
    }
}

void ha_remove_component(struct decoder *d, struct ha_config *config, struct bytes component)
{
    struct ha_entity **at = &config->first;
    while (*at) {
        struct ha_entity *e = *at;
        if (!bytes_equal(e->text[HA_COMPONENT], component)) {
            at = &e->next_of_config;
            continue;
        }
        *at = e->next_of_config;
        leave_topic(config->topics, e);
        memo_refund(&d->memory.ha_configs, &config->memo, e->bytes);
        free(e);
    }
}

/* ---- finding ---- */

static struct memo_item *find(const struct memo *m, unsigned source, struct bytes topic)
{
    struct memo_key key;
    memo_key_begin(&key, source);
    memo_key_put(&key, topic);
    return memo_find(m, memo_key_bytes(&key));
}

struct ha_topic *ha_find_topic(struct decoder *d, const struct decode_input *in)
{
    if (!d->memory.ha_topics.newest) {
        return NULL;
    }
    struct memo_item *item = find(&d->memory.ha_topics, in->source, in->topic);
    return item ? CONTAINER_OF(item, struct ha_topic, memo) : NULL;
}

struct ha_config *ha_find_config(struct decoder *d, const struct decode_input *in)
{
    struct memo_item *item = find(&d->memory.ha_configs, in->source, in->topic);
    return item ? CONTAINER_OF(item, struct ha_config, memo) : NULL;
}

static struct memo_item *add(struct decoder *d, struct memo *m, unsigned source, struct bytes topic,
                             size_t size, wall_ms now)
{
    struct memo_key key;
    memo_key_begin(&key, source);
    memo_key_put(&key, topic);
    struct memo_item *item = memo_add(m, NULL, memo_key_bytes(&key), size, now);
    if (!item) {
        decode_lose(d, DROP_MEMORY_FULL);
    }
    return item;
}

struct ha_config *ha_learn_config(struct decoder *d, const struct decode_input *in)
{
    struct ha_config *config = ha_find_config(d, in);
    if (!config) {
        struct memo_item *item =
            add(d, &d->memory.ha_configs, in->source, in->topic, sizeof(struct ha_config), in->now);
        if (!item) {
            return NULL;
        }
        config = CONTAINER_OF(item, struct ha_config, memo);
        config->topics = &d->memory.ha_topics;
    }
    memo_touch(&d->memory.ha_configs, &config->memo, in->now);
    return config;
}

static struct ha_topic *learn_topic(struct decoder *d, unsigned source, struct bytes topic)
{
    struct memo_item *item = find(&d->memory.ha_topics, source, topic);
    if (!item) {
        item = add(d, &d->memory.ha_topics, source, topic, sizeof(struct ha_topic), ALWAYS_NEW);
    }
    return item ? CONTAINER_OF(item, struct ha_topic, memo) : NULL;
}

/* ---- adding ---- */

static struct ha_entity *copy(const struct ha_entity *e, size_t bytes)
{
    struct ha_entity *c = mem_alloc(bytes);
    uint8_t *text = (uint8_t *)(c + 1);
    *c = *e;
    c->bytes = bytes;
    for (size_t i = 0; i < HA_TEXTS; i++) {
        c->text[i] = memo_copy(&text, e->text[i]);
    }
    ha_template_read(c->text[HA_TEMPLATE], &c->template);
    return c;
}

void ha_add_entity(struct decoder *d, const struct decode_input *in, struct ha_config *config,
                   const struct ha_entity *e, struct bytes topic_text)
{
    size_t bytes = sizeof *e;
    for (size_t i = 0; i < HA_TEXTS; i++) {
        bytes += e->text[i].len;
    }
    struct ha_topic *topic = learn_topic(d, in->source, topic_text);
    if (!topic) {
        return;
    }
    if (topic->count >= LIMIT_ENTITIES_PER_TOPIC ||
        !memo_charge(&d->memory.ha_configs, &config->memo, bytes, in->now)) {
        decode_lose(d, DROP_MEMORY_FULL);
        if (!topic->first) {
            memo_remove(&d->memory.ha_topics, &topic->memo);
        }
        return;
    }
    struct ha_entity *kept = copy(e, bytes);
    kept->config = config;
    kept->topic = topic;
    kept->next_of_config = config->first;
    config->first = kept;
    /* At the end, so that the records come in the order of the configs. */
    struct ha_entity **at = &topic->first;
    while (*at) {
        at = &(*at)->next_of_topic;
    }
    kept->next_of_topic = NULL;
    *at = kept;
    topic->count++;
}
