/* SPDX-License-Identifier: Apache-2.0 */
/* Line protocol, read whole and in two parts: both must tell the same lines and the same errors,
 * and nothing that comes out may lie outside what went in. The first byte says where to cut. */
#include "proto/line/line.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct line line;
static uint8_t room[LINE_BYTES_MAX];

static uint64_t mix(uint64_t sum, struct bytes b)
{
    for (size_t i = 0; i < b.len; i++) {
        sum = (sum ^ b.ptr[i]) * 1099511628211u;
    }
    return (sum ^ b.len) * 1099511628211u;
}

static uint64_t mix_line(uint64_t sum, const struct line *l)
{
    ASSERT(l->field_count >= 1 && l->field_count <= LINE_FIELDS_MAX);
    ASSERT(l->tag_count <= LINE_TAGS_MAX);
    sum = mix(sum, line_name(l->measurement, room));
    for (size_t i = 0; i < l->tag_count; i++) {
        ASSERT(l->tags[i].key.raw.len && l->tags[i].value.raw.len);
        struct bytes key = line_name(l->tags[i].key, room);
        ASSERT(line_name_is(l->tags[i].key, key));
        ASSERT(line_tag_find(l, key) != NULL);
        sum = mix(mix(sum, key), l->tags[i].value.raw);
    }
    for (size_t i = 0; i < l->field_count; i++) {
        const struct line_field *f = &l->fields[i];
        ASSERT(f->number - f->number == 0); /* finite */
        sum = mix(mix(sum, line_name(f->key, room)), bytes_of(&f->number, sizeof f->number));
        sum = mix(sum, line_string(f->text, room));
    }
    return mix(sum, bytes_of(&l->time, l->has_time ? sizeof l->time : 0));
}

/* Reads what the part lets be read; the digest of it. */
static uint64_t read_part(struct line_reader *r, uint64_t sum)
{
    enum err e;
    while ((e = line_next(r, &line)) == OK || e == ERR_INVALID) {
        uint64_t number = e == OK ? line.number : r->error.line;
        sum = mix(sum, bytes_of(&number, sizeof number));
        sum = e == OK ? mix_line(sum, &line) : mix(sum, bytes_of_text(r->error.reason));
    }
    ASSERT(e == (r->last ? ERR_CLOSED : ERR_AGAIN));
    return sum;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2) {
        return 0;
    }
    size_t cut = data[0] % size;
    struct bytes text = bytes_of(data + 1, size - 1);
    struct line_reader whole = {0};
    line_feed(&whole, text, LINE_LAST_PART);
    uint64_t expected = read_part(&whole, 1);

    struct line_reader parts = {0};
    line_feed(&parts, bytes_of(text.ptr, cut), LINE_MORE_FOLLOWS);
    uint64_t sum = read_part(&parts, 1);
    size_t from = cut - line_rest(&parts).len;
    line_feed(&parts, bytes_skip(text, from), LINE_LAST_PART);
    ASSERT(read_part(&parts, sum) == expected);
    return 0;
}
