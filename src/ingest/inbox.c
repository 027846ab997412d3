/* SPDX-License-Identifier: Apache-2.0 */
#include "ingest/inbox.h"

#include "base/mem.h"

#define CHUNK_IDS   1024u
#define CHUNK_WORDS (CHUNK_IDS / 64)

static uint64_t bit_of(uint16_t id)
{
    return 1ull << (id % 64);
}

static unsigned word_of(uint16_t id)
{
    return id % CHUNK_IDS / 64;
}

void inbox_forget_ids(struct inbox *b)
{
    for (unsigned i = 0; b->chunks && i < INBOX_ID_CHUNKS; i++) {
        free(b->chunks[i]);
    }
    free(b->chunks);
    b->chunks = NULL;
    b->ids = 0;
}

void inbox_fini(struct inbox *b)
{
    inbox_forget_ids(b);
    free(b->recent);
    *b = (struct inbox){0};
}

bool inbox_has(const struct inbox *b, uint16_t id)
{
    const uint64_t *chunk = b->chunks ? b->chunks[id / CHUNK_IDS] : NULL;
    return chunk && (chunk[word_of(id)] & bit_of(id));
}

bool inbox_receive(struct inbox *b, uint16_t id)
{
    if (inbox_has(b, id)) {
        return false;
    }
    if (!b->chunks) {
        b->chunks = mem_zalloc(INBOX_ID_CHUNKS, sizeof *b->chunks);
    }
    uint64_t **chunk = &b->chunks[id / CHUNK_IDS];
    if (!*chunk) {
        *chunk = mem_zalloc(CHUNK_WORDS, sizeof **chunk);
    }
    (*chunk)[word_of(id)] |= bit_of(id);
    b->ids++;
    return true;
}

bool inbox_release(struct inbox *b, uint16_t id)
{
    if (!inbox_has(b, id)) {
        return false;
    }
    b->chunks[id / CHUNK_IDS][word_of(id)] &= ~bit_of(id);
    b->ids--;
    return true;
}

/* Multiplies and folds, eight bytes at a time; the last eight overlap what was taken. */
static uint64_t mix(uint64_t h, uint64_t word)
{
    unsigned __int128 product = (unsigned __int128)(h ^ word) * 0x9e3779b97f4a7c15u;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static uint64_t mix_bytes(uint64_t h, struct bytes b)
{
    h = mix(h, b.len + 1);
    size_t i = 0;
    for (; i + 8 <= b.len; i += 8) {
        h = mix(h, le64_load(b.ptr + i));
    }
    uint64_t rest = 0;
    if (b.len >= 8) {
        rest = le64_load(b.ptr + b.len - 8);
    } else if (b.len) {
        memcpy(&rest, b.ptr, b.len);
    }
    return mix(h, rest);
}

uint64_t inbox_hash(uint16_t id, struct bytes topic, struct bytes payload)
{
    return mix_bytes(mix_bytes(0x2545f4914f6cdd1du + id, topic), payload);
}

/* 0 stands for an empty place. */
static uint64_t never_zero(uint64_t hash)
{
    return hash ? hash : 1;
}

bool inbox_is_recent(const struct inbox *b, uint64_t hash)
{
    for (unsigned i = 0; b->recent && i < INBOX_RECENT; i++) {
        if (b->recent[i] == never_zero(hash)) {
            return true;
        }
    }
    return false;
}

void inbox_remember(struct inbox *b, uint64_t hash)
{
    if (!b->recent) {
        b->recent = mem_zalloc(INBOX_RECENT, sizeof *b->recent);
    }
    b->recent[b->next_recent] = never_zero(hash);
    b->next_recent = (b->next_recent + 1) % INBOX_RECENT;
}
