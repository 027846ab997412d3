/* SPDX-License-Identifier: Apache-2.0 */
/* Sets of series and devices that a client missed. A client that watches a few series of a large
 * fleet pays for the pages that those lie in and nothing else. */
#include "live/state.h"

#include "base/mem.h"

#define PAGE_BITS  4096u
#define PAGE_WORDS (PAGE_BITS / 64)

static uint64_t *word_of(const struct live_bits *b, uint32_t n)
{
    uint32_t page = n / PAGE_BITS;
    if (page >= b->page_count || !b->pages[page]) {
        return NULL;
    }
    return &b->pages[page][n % PAGE_BITS / 64];
}

static uint64_t bit_of(uint32_t n)
{
    return (uint64_t)1 << (n % 64);
}

bool live_bits_has(const struct live_bits *b, uint32_t n)
{
    const uint64_t *word = word_of(b, n);
    return word && (*word & bit_of(n));
}

static uint64_t *make_word(struct live_bits *b, uint32_t n)
{
    uint32_t page = n / PAGE_BITS;
    if (page >= b->page_count) {
        b->pages = mem_resize(b->pages, page + 1, sizeof *b->pages);
        for (; b->page_count <= page; b->page_count++) {
            b->pages[b->page_count] = NULL;
        }
    }
    if (!b->pages[page]) {
        b->pages[page] = mem_zalloc(PAGE_WORDS, sizeof **b->pages);
    }
    return &b->pages[page][n % PAGE_BITS / 64];
}

bool live_bits_set(struct live_bits *b, uint32_t n)
{
    uint64_t *word = make_word(b, n);
    if (*word & bit_of(n)) {
        return false;
    }
    *word |= bit_of(n);
    b->count++;
    return true;
}

bool live_bits_clear(struct live_bits *b, uint32_t n)
{
    uint64_t *word = word_of(b, n);
    if (!word || !(*word & bit_of(n))) {
        return false;
    }
    *word &= ~bit_of(n);
    b->count--;
    return true;
}

static void each_of_word(uint64_t word, uint32_t first, void (*each)(void *ctx, uint32_t n),
                         void *ctx)
{
    while (word) {
        each(ctx, first + (uint32_t)__builtin_ctzll(word));
        word &= word - 1;
    }
}

void live_bits_each(const struct live_bits *b, void (*each)(void *ctx, uint32_t n), void *ctx)
{
    for (uint32_t page = 0; page < b->page_count; page++) {
        for (uint32_t w = 0; b->pages[page] && w < PAGE_WORDS; w++) {
            each_of_word(b->pages[page][w], page * PAGE_BITS + w * 64, each, ctx);
        }
    }
}

void live_bits_fini(struct live_bits *b)
{
    for (uint32_t page = 0; page < b->page_count; page++) {
        free(b->pages[page]);
    }
    free(b->pages);
    *b = (struct live_bits){0};
}
