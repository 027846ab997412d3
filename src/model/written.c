/* SPDX-License-Identifier: Apache-2.0 */
#include "model/written.h"

#include "base/mem.h"

struct written *written_new(void)
{
    return mem_zalloc(1, sizeof(struct written));
}

void written_free(struct written *w)
{
    if (w) {
        buf_fini(&w->text);
        free(w->readings);
        free(w);
    }
}

struct written_text written_put_text(struct written *w, struct bytes text, struct written_text last)
{
    if (bytes_equal(text, written_text(w, last))) {
        return last;
    }
    struct written_text t = {(uint32_t)w->text.len, (uint32_t)text.len};
    buf_put_bytes(&w->text, text);
    ASSERT(w->text.len < UINT32_MAX);
    return t;
}

void written_add(struct written *w, struct written_reading r)
{
    w->readings = mem_grow(w->readings, w->count, &w->cap, sizeof *w->readings);
    w->readings[w->count++] = r;
}

size_t written_bytes(const struct written *w)
{
    return sizeof *w + w->text.cap + w->cap * sizeof *w->readings;
}
