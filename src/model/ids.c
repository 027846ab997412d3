/* SPDX-License-Identifier: Apache-2.0 */
#include "model/ids.h"

#include "model/limits.h"

#include "base/utf8.h"

#include <inttypes.h>
#include <stdio.h>

struct text_id text_id_next(struct text_id_source *s)
{
    struct text_id id;
    s->last++;
    (void)snprintf(id.text, sizeof id.text, "%" PRIx64 "-%" PRIu64, (uint64_t)s->epoch_ms, s->last);
    return id;
}

/* C0, DEL and, in their two bytes, C1. `text` is UTF-8. */
static bool has_control(struct bytes text)
{
    for (size_t i = 0; i < text.len; i++) {
        uint8_t c = text.ptr[i];
        if (c < 0x20 || c == 0x7f || (c == 0xc2 && text.ptr[i + 1] < 0xa0)) {
            return true;
        }
    }
    return false;
}

bool text_is_printable(struct bytes text)
{
    return utf8_valid(text) && !has_control(text);
}

bool name_id_valid(struct bytes text)
{
    return text.len > 0 && text.len <= LIMIT_ID_BYTES && text_is_printable(text) &&
           !bytes_equal(text, BYTES(".")) && !bytes_equal(text, BYTES(".."));
}
