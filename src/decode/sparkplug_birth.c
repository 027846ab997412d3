/* SPDX-License-Identifier: Apache-2.0 */
/* What births tell: the names, datatypes and units of metrics, by alias and by name. A birth is
 * kept in one piece, made when it comes and given back whole. */
#include "decode/sparkplug.h"

#include "base/mem.h"
#include "base/utf8.h"

struct sparkplug_birth {
    uint32_t count;
    uint32_t bits;     /* of the tables' size */
    uint32_t *aliases; /* tables of places in `metrics`, each one more; 0: free */
    uint32_t *names;
    struct sparkplug_known metrics[];
};

void sparkplug_forget(struct memo_item *item)
{
    struct sparkplug_node *n = CONTAINER_OF(item, struct sparkplug_node, memo);
    free(n->birth);
}

struct sparkplug_node *sparkplug_find(struct decoder *d, unsigned source, struct bytes id)
{
    struct memo_key key;
    memo_key_begin(&key, source);
    memo_key_put(&key, id);
    struct memo_item *item = memo_find(&d->memory.sparkplug, memo_key_bytes(&key));
    return item ? CONTAINER_OF(item, struct sparkplug_node, memo) : NULL;
}

struct sparkplug_node *sparkplug_learn(struct decoder *d, const struct decode_input *in,
                                       struct sparkplug_node *parent, struct bytes id)
{
    struct sparkplug_node *n = sparkplug_find(d, in->source, id);
    struct memo_key key;
    if (n) {
        return n;
    }
    memo_key_begin(&key, in->source);
    memo_key_put(&key, id);
    struct memo_item *item = memo_add(&d->memory.sparkplug, parent ? &parent->memo : NULL,
                                      memo_key_bytes(&key), sizeof *n, in->now);
    if (!item) {
        decode_lose(d, DROP_MEMORY_FULL);
        return NULL;
    }
    return CONTAINER_OF(item, struct sparkplug_node, memo);
}

void sparkplug_unborn(struct decoder *d, struct sparkplug_node *n)
{
    memo_refund(&d->memory.sparkplug, &n->memo, n->birth_bytes);
    free(n->birth);
    n->birth = NULL;
    n->birth_bytes = 0;
}

/* ---- the tables ---- */

/* Multiplication by a random odd number spreads what a peer may have aimed at one place. */
static uint32_t place_of_alias(const struct decoder *d, const struct sparkplug_birth *b,
                               uint64_t alias)
{
    return (uint32_t)(alias * (d->memory.key.k0 | 1) >> (64 - b->bits));
}

static uint32_t place_of_name(const struct decoder *d, const struct sparkplug_birth *b,
                              struct bytes name)
{
    return (uint32_t)(hash_bytes(d->memory.key, name) >> (64 - b->bits));
}

static void put(uint32_t *table, const struct sparkplug_birth *b, uint32_t place, uint32_t metric)
{
    uint32_t mask = (1u << b->bits) - 1;
    while (table[place] != 0) {
        place = (place + 1) & mask;
    }
    table[place] = metric + 1;
}

const struct sparkplug_known *sparkplug_by_alias(const struct decoder *d,
                                                 const struct sparkplug_node *n, uint64_t alias)
{
    const struct sparkplug_birth *b = n ? n->birth : NULL;
    if (!b) {
        return NULL;
    }
    uint32_t mask = (1u << b->bits) - 1;
    for (uint32_t i = place_of_alias(d, b, alias); b->aliases[i] != 0; i = (i + 1) & mask) {
        const struct sparkplug_known *k = &b->metrics[b->aliases[i] - 1];
        if (k->alias == alias) {
            return k;
        }
    }
    return NULL;
}

const struct sparkplug_known *sparkplug_by_name(const struct decoder *d,
                                                const struct sparkplug_node *n, struct bytes name)
{
    const struct sparkplug_birth *b = n ? n->birth : NULL;
    if (!b || name.len == 0) {
        return NULL;
    }
    uint32_t mask = (1u << b->bits) - 1;
    for (uint32_t i = place_of_name(d, b, name); b->names[i] != 0; i = (i + 1) & mask) {
        const struct sparkplug_known *k = &b->metrics[b->names[i] - 1];
        if (bytes_equal(k->name, name)) {
            return k;
        }
    }
    return NULL;
}

/* ---- a birth ---- */

static struct bytes name_of(const struct sparkplug_metric *m)
{
    bool named = utf8_valid(m->name) && decode_id_valid(m->name);
    return named ? m->name : (struct bytes){NULL, 0};
}

/* Bytes of the names and units in a payload. */
static size_t text_bytes(const struct sparkplug_payload *p)
{
    struct protobuf_reader r = protobuf_reader_of(p->bytes);
    struct sparkplug_metric m;
    size_t len = 0;
    while (sparkplug_next(&r, &m)) {
        len += name_of(&m).len + sparkplug_unit(&m).len;
    }
    return len;
}

/* Fills a birth from its payload; the first of equal aliases or names counts. */
static void fill(const struct decoder *d, struct sparkplug_node *n,
                 const struct sparkplug_payload *p, uint8_t *text)
{
    struct sparkplug_birth *b = n->birth;
    struct protobuf_reader r = protobuf_reader_of(p->bytes);
    struct sparkplug_metric m;
    while (b->count < p->metrics && sparkplug_next(&r, &m)) {
        struct sparkplug_known *k = &b->metrics[b->count];
        bool new_name = !sparkplug_by_name(d, n, m.name);
        *k = (struct sparkplug_known){.name = memo_copy(&text, name_of(&m)),
                                      .unit = memo_copy(&text, sparkplug_unit(&m)),
                                      .alias = m.alias,
                                      .datatype = m.datatype};
        k->aliased = m.aliased && !sparkplug_by_alias(d, n, m.alias);
        if (k->aliased) {
            put(b->aliases, b, place_of_alias(d, b, m.alias), b->count);
        }
        if (k->name.len > 0 && new_name) {
            put(b->names, b, place_of_name(d, b, k->name), b->count);
        }
        b->count++;
    }
}

void sparkplug_remember(struct decoder *d, const struct decode_input *in, struct sparkplug_node *n,
                        const struct sparkplug_payload *p)
{
    sparkplug_unborn(d, n);
    if (p->metrics == 0) {
        return;
    }
    uint32_t bits = 1;
    while ((size_t)1 << bits < p->metrics * 2) {
        bits++;
    }
    size_t table = (size_t)1 << bits;
    size_t head = sizeof(struct sparkplug_birth) + p->metrics * sizeof(struct sparkplug_known);
    size_t bytes = head + 2 * table * sizeof(uint32_t) + text_bytes(p);
    if (!memo_charge(&d->memory.sparkplug, &n->memo, bytes, in->now)) {
        decode_lose(d, DROP_MEMORY_FULL);
        return;
    }
    n->birth = mem_zalloc(1, bytes);
    n->birth_bytes = bytes;
    n->birth->bits = bits;
    n->birth->aliases = (uint32_t *)(void *)((uint8_t *)n->birth + head);
    n->birth->names = n->birth->aliases + table;
    fill(d, n, p, (uint8_t *)(n->birth->names + table));
}
