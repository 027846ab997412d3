/* SPDX-License-Identifier: Apache-2.0 */
/* What is taken for a picture says a size that a browser may unfold. */
#include "model/picture.h"
#include "model/limits.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct picture p;
    if (picture_read(bytes_of(data, size), &p) == OK) {
        ASSERT(p.width >= 1 && p.width <= LIMIT_PICTURE_SIDE);
        ASSERT(p.height >= 1 && p.height <= LIMIT_PICTURE_SIDE);
        ASSERT(picture_type_text(p.type)[0] == 'i');
    }
    return 0;
}
