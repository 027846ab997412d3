/* SPDX-License-Identifier: Apache-2.0 */
/* Nodes, subscriptions and subscribers are numbered and live in arrays; a removed one's number goes
 * on a free list. A node's literal children are found by one map of all nodes, whose key is the
 * parent's number and the level's text; its `+` and `#` children are members. A share is a node
 * too, a child of the one where its filter ends, whose level is a zero byte and the group: no topic
 * leads there. */
#include "ingest/subs.h"

#include "base/mem.h"
#include "model/limits.h"
#include "proto/mqtt/mqtt.h"

#define NONE UINT32_MAX
#define ROOT 0u

struct node {
    uint8_t *key; /* parent's number, then the level's text; NULL when free */
    uint32_t key_len;
    uint32_t parent;
    uint32_t plus;
    uint32_t hash;
    uint32_t children;  /* literal, plus, hash and shares */
    uint32_t first_sub; /* subscriptions that end here */
    uint32_t first_share;
    uint32_t next_share; /* of the same parent */
    uint32_t turn;       /* of a share: the member that is next, or NONE for the first */
    uint32_t next_free;
};

struct sub {
    uint32_t node;
    uint32_t subscriber;
    uint32_t next_at_node; /* or the next free one */
    uint32_t previous_at_node;
    uint32_t next_of_subscriber;
    uint32_t previous_of_subscriber;
    struct subs_options options;
};

struct subscriber {
    uint32_t first_sub;
    uint32_t count;
    uint64_t seen_in; /* number of the search that found it last */
    size_t hit;       /* and where in its hits */
    bool absent;
};

/* A subscription identifier of a hit. */
struct hit_id {
    uint32_t id;
    uint32_t next; /* 0: the last */
};

struct subs {
    struct node *nodes;
    size_t nodes_count, nodes_cap;
    struct sub *subs;
    size_t subs_count, subs_cap;
    struct subscriber *subscribers;
    size_t subscribers_cap;
    uint32_t free_node, free_sub;
    size_t live; /* subscriptions */
    struct strmap by_level;
    /* One search's state, kept for its memory. */
    struct subs_hit *hits;
    size_t hits_count, hits_cap;
    struct hit_id *ids; /* from 1 on */
    size_t ids_count, ids_cap;
    uint32_t *active, *reached;
    size_t active_count, active_cap, reached_count, reached_cap;
    uint64_t search;
    uint32_t publisher;
    uint8_t key[sizeof(uint32_t) + LIMIT_TOPIC_BYTES + LIMIT_ID_BYTES];
};

/* ---- levels ---- */

/* Cuts the first level off `rest`; `rest` then has a NULL ptr after the last one. */
static struct bytes cut_level(struct bytes *rest)
{
    size_t n = bytes_index(*rest, '/');
    struct bytes level = bytes_of(rest->ptr, n);
    *rest = n == rest->len ? bytes_of(NULL, 0) : bytes_skip(*rest, n + 1);
    return level;
}

static bool is_char(struct bytes level, uint8_t c)
{
    return level.len == 1 && level.ptr[0] == c;
}

/* ---- nodes ---- */

static struct bytes key_of(const void *owner, uint32_t n)
{
    const struct subs *s = owner;
    return bytes_of(s->nodes[n].key, s->nodes[n].key_len);
}

static struct bytes make_key(struct subs *s, uint32_t parent, struct bytes level)
{
    le32_store(s->key, parent);
    if (level.len) {
        memcpy(s->key + sizeof parent, level.ptr, level.len);
    }
    return bytes_of(s->key, sizeof parent + level.len);
}

static uint32_t find_child(struct subs *s, uint32_t parent, struct bytes level)
{
    const struct node *p = &s->nodes[parent];
    if (is_char(level, '+')) {
        return p->plus;
    }
    if (is_char(level, '#')) {
        return p->hash;
    }
    return strmap_find(&s->by_level, make_key(s, parent, level));
}

static uint32_t new_node(struct subs *s, uint32_t parent)
{
    uint32_t n = s->free_node;
    if (n != NONE) {
        s->free_node = s->nodes[n].next_free;
    } else {
        s->nodes = mem_grow(s->nodes, s->nodes_count, &s->nodes_cap, sizeof *s->nodes);
        n = (uint32_t)s->nodes_count++;
    }
    s->nodes[n] = (struct node){.parent = parent,
                                .plus = NONE,
                                .hash = NONE,
                                .first_sub = NONE,
                                .first_share = NONE,
                                .next_share = NONE,
                                .turn = NONE};
    return n;
}

static uint32_t add_child(struct subs *s, uint32_t parent, struct bytes level)
{
    uint32_t n = new_node(s, parent);
    s->nodes[parent].children++;
    if (is_char(level, '+')) {
        s->nodes[parent].plus = n;
    } else if (is_char(level, '#')) {
        s->nodes[parent].hash = n;
    } else {
        struct bytes key = make_key(s, parent, level);
        s->nodes[n].key = (uint8_t *)mem_text(key.ptr, key.len);
        s->nodes[n].key_len = (uint32_t)key.len;
        strmap_put(&s->by_level, n);
    }
    return n;
}

static void unlink_share(struct subs *s, uint32_t n)
{
    uint32_t *at = &s->nodes[s->nodes[n].parent].first_share;
    while (*at != NONE && *at != n) {
        at = &s->nodes[*at].next_share;
    }
    if (*at == n) {
        *at = s->nodes[n].next_share;
    }
}

static void free_node(struct subs *s, uint32_t n)
{
    struct node *x = &s->nodes[n];
    struct node *parent = &s->nodes[x->parent];
    if (parent->plus == n) {
        parent->plus = NONE;
    } else if (parent->hash == n) {
        parent->hash = NONE;
    } else {
        unlink_share(s, n);
        strmap_remove(&s->by_level, key_of(s, n));
        free(x->key);
        x->key = NULL;
    }
    parent->children--;
    x->next_free = s->free_node;
    s->free_node = n;
}

/* Frees `n` and its ancestors as far as nothing needs them. */
static void prune(struct subs *s, uint32_t n)
{
    while (n != ROOT && s->nodes[n].children == 0 && s->nodes[n].first_sub == NONE) {
        uint32_t parent = s->nodes[n].parent;
        free_node(s, n);
        n = parent;
    }
}

/* A filter as the trie has it. */
struct place {
    struct bytes filter; /* without the share */
    struct bytes group;  /* empty: it is not shared */
    uint8_t level[1 + LIMIT_ID_BYTES];
};

static struct bytes share_level(struct place *p)
{
    p->level[0] = 0;
    memcpy(p->level + 1, p->group.ptr, p->group.len);
    return bytes_of(p->level, 1 + p->group.len);
}

static uint32_t find_node(struct subs *s, struct place *p)
{
    uint32_t n = ROOT;
    struct bytes rest = p->filter;
    while (rest.ptr && n != NONE) {
        n = find_child(s, n, cut_level(&rest));
    }
    return n != NONE && p->group.len ? find_child(s, n, share_level(p)) : n;
}

static uint32_t make_share(struct subs *s, uint32_t parent, struct place *p)
{
    uint32_t n = find_child(s, parent, share_level(p));
    if (n == NONE) {
        n = add_child(s, parent, share_level(p));
        s->nodes[n].next_share = s->nodes[parent].first_share;
        s->nodes[parent].first_share = n;
    }
    return n;
}

static uint32_t make_node(struct subs *s, struct place *p)
{
    uint32_t n = ROOT;
    struct bytes rest = p->filter;
    while (rest.ptr) {
        struct bytes level = cut_level(&rest);
        uint32_t child = find_child(s, n, level);
        n = child == NONE ? add_child(s, n, level) : child;
    }
    return p->group.len ? make_share(s, n, p) : n;
}

/* ---- subscriptions ---- */

static void know_subscriber(struct subs *s, uint32_t subscriber)
{
    size_t old = s->subscribers_cap;
    if (subscriber < old) {
        return;
    }
    s->subscribers_cap = size_max(old * 2, (size_t)subscriber + 8);
    s->subscribers = mem_resize(s->subscribers, s->subscribers_cap, sizeof *s->subscribers);
    for (size_t i = old; i < s->subscribers_cap; i++) {
        s->subscribers[i] = (struct subscriber){.first_sub = NONE};
    }
}

/* Walks the subscriber's filters, which are few, not the node's subscribers, who may be many. */
static uint32_t find_sub(const struct subs *s, uint32_t node, uint32_t subscriber)
{
    uint32_t i = s->subscribers[subscriber].first_sub;
    while (i != NONE && s->subs[i].node != node) {
        i = s->subs[i].next_of_subscriber;
    }
    return i;
}

static uint32_t new_sub(struct subs *s)
{
    uint32_t i = s->free_sub;
    if (i != NONE) {
        s->free_sub = s->subs[i].next_at_node;
        return i;
    }
    s->subs = mem_grow(s->subs, s->subs_count, &s->subs_cap, sizeof *s->subs);
    return (uint32_t)s->subs_count++;
}

static void link_sub(struct subs *s, uint32_t i)
{
    struct sub *x = &s->subs[i];
    struct node *n = &s->nodes[x->node];
    struct subscriber *who = &s->subscribers[x->subscriber];
    x->next_at_node = n->first_sub;
    x->previous_at_node = NONE;
    x->next_of_subscriber = who->first_sub;
    x->previous_of_subscriber = NONE;
    if (n->first_sub != NONE) {
        s->subs[n->first_sub].previous_at_node = i;
    }
    if (who->first_sub != NONE) {
        s->subs[who->first_sub].previous_of_subscriber = i;
    }
    n->first_sub = i;
    who->first_sub = i;
    who->count++;
    s->live++;
}

static void unlink_sub(struct subs *s, uint32_t i)
{
    const struct sub *x = &s->subs[i];
    struct subscriber *who = &s->subscribers[x->subscriber];
    if (s->nodes[x->node].turn == i) {
        s->nodes[x->node].turn = x->next_at_node;
    }
    if (x->previous_at_node == NONE) {
        s->nodes[x->node].first_sub = x->next_at_node;
    } else {
        s->subs[x->previous_at_node].next_at_node = x->next_at_node;
    }
    if (x->next_at_node != NONE) {
        s->subs[x->next_at_node].previous_at_node = x->previous_at_node;
    }
    if (x->previous_of_subscriber == NONE) {
        who->first_sub = x->next_of_subscriber;
    } else {
        s->subs[x->previous_of_subscriber].next_of_subscriber = x->next_of_subscriber;
    }
    if (x->next_of_subscriber != NONE) {
        s->subs[x->next_of_subscriber].previous_of_subscriber = x->previous_of_subscriber;
    }
    who->count--;
    s->live--;
}

static void drop_sub(struct subs *s, uint32_t i)
{
    uint32_t node = s->subs[i].node;
    unlink_sub(s, i);
    s->subs[i].next_at_node = s->free_sub;
    s->free_sub = i;
    prune(s, node);
}

static enum err place_of(struct bytes filter, struct place *p)
{
    enum err e = mqtt_share_split(filter, &p->group, &p->filter);
    if (e) {
        return e;
    }
    if (p->filter.len > LIMIT_TOPIC_BYTES || p->group.len > LIMIT_ID_BYTES) {
        return ERR_TOO_LARGE;
    }
    size_t levels = 0;
    struct bytes rest = p->filter;
    while (rest.ptr) {
        (void)cut_level(&rest);
        levels++;
    }
    return levels > LIMIT_TOPIC_LEVELS ? ERR_TOO_DEEP : OK;
}

enum err subs_add(struct subs *s, uint32_t subscriber, struct bytes filter,
                  const struct subs_options *options, bool *is_new)
{
    struct place place;
    enum err e = place_of(filter, &place);
    if (e) {
        return e;
    }
    know_subscriber(s, subscriber);
    uint32_t node = find_node(s, &place);
    uint32_t i = node == NONE ? NONE : find_sub(s, node, subscriber);
    *is_new = i == NONE;
    if (i != NONE) {
        s->subs[i].options = *options;
        return OK;
    }
    if (s->live >= LIMIT_SUBSCRIPTIONS ||
        s->subscribers[subscriber].count >= LIMIT_SUBSCRIPTIONS_PER_SESSION) {
        return ERR_FULL;
    }
    node = make_node(s, &place);
    i = new_sub(s);
    s->subs[i] = (struct sub){.node = node, .subscriber = subscriber, .options = *options};
    link_sub(s, i);
    return OK;
}

bool subs_remove(struct subs *s, uint32_t subscriber, struct bytes filter)
{
    struct place place;
    if (subscriber >= s->subscribers_cap || place_of(filter, &place)) {
        return false;
    }
    uint32_t node = find_node(s, &place);
    uint32_t i = node == NONE ? NONE : find_sub(s, node, subscriber);
    if (i != NONE) {
        drop_sub(s, i);
    }
    return i != NONE;
}

void subs_remove_all(struct subs *s, uint32_t subscriber)
{
    while (subscriber < s->subscribers_cap && s->subscribers[subscriber].first_sub != NONE) {
        drop_sub(s, s->subscribers[subscriber].first_sub);
    }
}

void subs_set_live(struct subs *s, uint32_t subscriber, bool live)
{
    if (subscriber < s->subscribers_cap) {
        s->subscribers[subscriber].absent = !live;
    }
}

/* ---- search ---- */

static void add_id(struct subs *s, struct subs_hit *h, uint32_t id)
{
    if (id) {
        s->ids = mem_grow(s->ids, s->ids_count, &s->ids_cap, sizeof *s->ids);
        s->ids[s->ids_count] = (struct hit_id){id, h->ids};
        h->ids = (uint32_t)s->ids_count++;
    }
}

static struct subs_hit *new_hit(struct subs *s, const struct sub *x)
{
    s->hits = mem_grow(s->hits, s->hits_count, &s->hits_cap, sizeof *s->hits);
    struct subs_hit *h = &s->hits[s->hits_count++];
    *h = (struct subs_hit){.subscriber = x->subscriber};
    return h;
}

static void take_options(struct subs *s, struct subs_hit *h, const struct subs_options *o)
{
    h->qos = o->qos > h->qos ? o->qos : h->qos;
    h->retain_as_published |= o->retain_as_published;
    add_id(s, h, o->id);
}

static void hit(struct subs *s, const struct sub *x)
{
    struct subscriber *who = &s->subscribers[x->subscriber];
    if (x->options.no_local && x->subscriber == s->publisher) {
        return;
    }
    if (who->seen_in != s->search) {
        who->seen_in = s->search;
        who->hit = s->hits_count;
        (void)new_hit(s, x);
    }
    take_options(s, &s->hits[who->hit], &x->options);
}

static uint32_t next_member(const struct subs *s, uint32_t share, uint32_t i)
{
    uint32_t next = i == NONE ? NONE : s->subs[i].next_at_node;
    return next == NONE ? s->nodes[share].first_sub : next;
}

/* The member whose turn it is, or the next one that has a connection. */
static void hit_share(struct subs *s, uint32_t share)
{
    struct node *n = &s->nodes[share];
    uint32_t begin = n->turn == NONE ? n->first_sub : n->turn;
    uint32_t i = begin;
    while (s->subscribers[s->subs[i].subscriber].absent) {
        i = next_member(s, share, i);
        if (i == begin) {
            break;
        }
    }
    n->turn = next_member(s, share, i);
    take_options(s, new_hit(s, &s->subs[i]), &s->subs[i].options);
}

static void hit_all_at(struct subs *s, uint32_t node)
{
    if (node == NONE) {
        return;
    }
    for (uint32_t i = s->nodes[node].first_sub; i != NONE; i = s->subs[i].next_at_node) {
        hit(s, &s->subs[i]);
    }
    for (uint32_t i = s->nodes[node].first_share; i != NONE; i = s->nodes[i].next_share) {
        hit_share(s, i);
    }
}

static void reach(struct subs *s, uint32_t node)
{
    if (node != NONE) {
        s->reached = mem_grow(s->reached, s->reached_count, &s->reached_cap, sizeof *s->reached);
        s->reached[s->reached_count++] = node;
    }
}

/* What was reached becomes active. */
static void advance(struct subs *s)
{
    uint32_t *nodes = s->active;
    size_t cap = s->active_cap;
    s->active = s->reached;
    s->active_cap = s->reached_cap;
    s->active_count = s->reached_count;
    s->reached = nodes;
    s->reached_cap = cap;
    s->reached_count = 0;
}

static void search_level(struct subs *s, struct bytes level)
{
    for (size_t i = 0; i < s->active_count; i++) {
        uint32_t n = s->active[i];
        hit_all_at(s, s->nodes[n].hash);
        reach(s, s->nodes[n].plus);
        reach(s, strmap_find(&s->by_level, make_key(s, n, level)));
    }
    advance(s);
}

size_t subs_match(struct subs *s, struct bytes topic, uint32_t publisher,
                  const struct subs_hit **hits)
{
    ASSERT(topic.len > 0 && topic.len <= LIMIT_TOPIC_BYTES);
    s->search++;
    s->publisher = publisher;
    s->hits_count = 0;
    s->ids_count = 1;
    s->reached_count = 0;
    if (topic.ptr[0] == '$') {
        /* Wildcards in first place do not see these topics. */
        reach(s, strmap_find(&s->by_level, make_key(s, ROOT, cut_level(&topic))));
    } else {
        reach(s, ROOT);
    }
    advance(s);
    while (topic.ptr && s->active_count) {
        search_level(s, cut_level(&topic));
    }
    for (size_t i = 0; i < s->active_count; i++) {
        hit_all_at(s, s->nodes[s->active[i]].hash);
        hit_all_at(s, s->active[i]);
    }
    *hits = s->hits;
    return s->hits_count;
}

bool subs_next_id(const struct subs *s, uint32_t *at, uint32_t *id)
{
    if (*at == 0) {
        return false;
    }
    *id = s->ids[*at].id;
    *at = s->ids[*at].next;
    return true;
}

/* ---- life ---- */

struct subs *subs_new(struct hash_key key)
{
    struct subs *s = mem_zalloc(1, sizeof *s);
    s->free_node = NONE;
    s->free_sub = NONE;
    s->ids_count = 1;
    strmap_init(&s->by_level, key, key_of, s);
    (void)new_node(s, ROOT);
    return s;
}

void subs_free(struct subs *s)
{
    if (!s) {
        return;
    }
    for (size_t i = 0; i < s->nodes_count; i++) {
        free(s->nodes[i].key);
    }
    strmap_fini(&s->by_level);
    free(s->nodes);
    free(s->subs);
    free(s->subscribers);
    free(s->hits);
    free(s->ids);
    free(s->active);
    free(s->reached);
    free(s);
}

size_t subs_count(const struct subs *s)
{
    return s->live;
}
