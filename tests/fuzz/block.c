/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes that claim to be a block without its checksum: they are refused, or what they hold goes
 * through the encoder and comes back the same. */
#include "store/block.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_round_trip(const struct columns *in, struct columns *out)
{
    struct block_scratch scratch = {0};
    struct buf bytes = {0};
    struct block_view view;
    block_encode(in, 0, in->rows, &scratch, &bytes);
    enum err e = block_open(buf_bytes(&bytes), &view);
    e = e == OK ? block_decode(&view, out) : e;
    ASSERT(e == OK && out->rows == in->rows && columns_cells(out) == columns_cells(in));
    ASSERT(memcmp(in->times, out->times, in->rows * sizeof *in->times) == 0);
    block_scratch_fini(&scratch);
    buf_fini(&bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct columns in = {0};
    struct columns out = {0};
    struct block_view view;
    if (block_parse(bytes_of(data, size), &view) == OK && block_decode(&view, &in) == OK) {
        check_round_trip(&in, &out);
    }
    columns_fini(&in);
    columns_fini(&out);
    return 0;
}
