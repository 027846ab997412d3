/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes that claim to be a row of the journal: given a right checksum, they are refused or replayed
 * into a fleet of a few sensors. */
#include "store/crc32c.h"
#include "store/state.h"

#include "base/mem.h"

#define SERIES 6

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void make_fleet(struct store *s)
{
    for (uint32_t i = 0; i < SERIES; i++) {
        (void)device_at(s, i / 3);
        (void)series_at(s, i);
        uint32_t group = i % 3 == 0 ? groups_add(s, i / 3) : (uint32_t)s->group_count - 1;
        groups_join(s, group, i);
    }
}

static void free_fleet(struct store *s)
{
    for (size_t i = 0; i < s->group_count; i++) {
        group_fini(&s->groups[i]);
    }
    free(s->groups);
    free(s->series);
    free(s->devices);
    free(s->work.full.ids);
    packer_fini(&s->packer);
    free(s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct store *s = mem_zalloc(1, sizeof *s);
    struct buf row = {0};
    make_fleet(s);
    buf_put(&row, data, size);
    uint32_t crc = crc32c(buf_bytes(&row));
    buf_put(&row, &crc, sizeof crc);
    (void)journal_replay(s, buf_bytes(&row));
    uint64_t cells = 0;
    for (size_t i = 0; i < s->group_count; i++) {
        cells += s->groups[i].cells;
    }
    ASSERT(cells == s->open_cells);
    buf_fini(&row);
    free_fleet(s);
    return 0;
}
