/* SPDX-License-Identifier: Apache-2.0 */
/* Cells lie within the line that they are of, in order, and none holds its separator unquoted. The
 * first byte is the separator. */
#include "proto/csv/csv.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct csv_row row;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1) {
        return 0;
    }
    uint8_t *line = malloc(size);
    memcpy(line, data + 1, size - 1);
    if (csv_split(line, size - 1, (char)data[0], &row) == OK) {
        const uint8_t *at = line;
        ASSERT(row.count >= 1 && row.count <= CSV_COLUMNS_MAX);
        for (size_t i = 0; i < row.count; i++) {
            ASSERT(row.cells[i].ptr >= at && row.cells[i].ptr + row.cells[i].len <= line + size);
            at = row.cells[i].ptr + row.cells[i].len;
        }
    }
    free(line);
    return 0;
}
