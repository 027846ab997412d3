/* SPDX-License-Identifier: Apache-2.0 */
#include "store/sequence.h"

#include "store/compressible.h"

#include <threads.h>
#include <zstd.h>

enum kind {
    KIND_PACKED,
    KIND_BYTES,
    KIND_PAIRS,
};

/* Shorter sequences don't repay the frame and its table. */
#define VALUES_LEAST 192
#define BYTES_LEAST  48

/* Raw bytes of a sequence: pairs, or bytes with at most half as much behind them. */
#define RAW_MAX ((size_t)SEQUENCE_MAX * 2)

/* Matches shorter than this only get in the way of counting which numbers are frequent. */
#define LEVEL       1
#define MATCH_LEAST 7

static const uint8_t magic[] = {0x28, 0xb5, 0x2f, 0xfd};

size_t sequence_bound(size_t n)
{
    return 1 + bitpack_bound(n);
}

void sequence_scratch_fini(struct sequence_scratch *s)
{
    (void)ZSTD_freeCCtx(s->compressor);
    buf_fini(&s->raw);
    buf_fini(&s->frame);
    *s = (struct sequence_scratch){0};
}

/* ---- compressing ---- */

/* Values at a time in a loop that the compiler turns into vectors. */
#define CHUNK 16

/* Values below 128 are the bytes themselves. */
#define SMALL_BITS 7

static void put_small(const uint64_t *values, size_t n, struct buf *raw)
{
    size_t i = 0;
    for (; i + CHUNK <= n; i += CHUNK) {
        for (size_t k = i; k < i + CHUNK; k++) {
            raw->ptr[k] = (uint8_t)values[k];
        }
    }
    for (; i < n; i++) {
        raw->ptr[i] = (uint8_t)values[i];
    }
    raw->len = n;
}

/* False when too many values are large for a byte. */
static bool put_bytes(const uint64_t *values, size_t n, struct buf *raw)
{
    uint8_t *p = raw->ptr;
    uint8_t *rest = p + n;
    const uint8_t *end = rest + n / 2;
    for (size_t i = 0; i < n; i++) {
        p[i] = (uint8_t)(values[i] < 255 ? values[i] : 255);
        if (values[i] >= 255) {
            if (rest >= end) {
                return false;
            }
            rest = varint_put(rest, values[i] - 255);
        }
    }
    raw->len = (size_t)(rest - p);
    return raw->len <= RAW_MAX;
}

static void put_pairs(const uint64_t *values, size_t n, struct buf *raw)
{
    uint8_t *p = raw->ptr;
    for (size_t i = 0; i < n; i++) {
        p[i] = (uint8_t)values[i];
        p[n + i] = (uint8_t)(values[i] >> 8);
    }
    raw->len = 2 * n;
}

/* Writes the values as the bytes that a kind compresses; KIND_PACKED: none suits. */
static enum kind put_raw(const uint64_t *values, size_t n, unsigned longest, struct buf *raw)
{
    buf_clear(raw);
    (void)buf_reserve(raw, 2 * n + VARINT_MAX_BYTES);
    if (longest <= SMALL_BITS) {
        put_small(values, n, raw);
        return KIND_BYTES;
    }
    if (put_bytes(values, n, raw)) {
        return KIND_BYTES;
    }
    if (longest > 16) {
        return KIND_PACKED;
    }
    put_pairs(values, n, raw);
    return KIND_PAIRS;
}

static bool make_compressor(struct sequence_scratch *s)
{
    ZSTD_CCtx *c = ZSTD_createCCtx();
    bool good = c && !ZSTD_isError(ZSTD_CCtx_setParameter(c, ZSTD_c_compressionLevel, LEVEL)) &&
                !ZSTD_isError(ZSTD_CCtx_setParameter(c, ZSTD_c_strategy, ZSTD_fast)) &&
                !ZSTD_isError(ZSTD_CCtx_setParameter(c, ZSTD_c_minMatch, MATCH_LEAST)) &&
                !ZSTD_isError(ZSTD_CCtx_setParameter(c, ZSTD_c_contentSizeFlag, 0));
    s->compressor = c;
    return good;
}

/* The compressed length; 0 when it fails, or is longer than `most`. */
static size_t compress(struct sequence_scratch *s, size_t most)
{
    if (!s->compressor && !make_compressor(s)) {
        return 0;
    }
    size_t room = ZSTD_compressBound(s->raw.len);
    buf_clear(&s->frame);
    uint8_t *out = buf_reserve(&s->frame, room);
    size_t length = ZSTD_compress2(s->compressor, out, room, s->raw.ptr, s->raw.len);
    bool good = !ZSTD_isError(length) && length > sizeof magic &&
                memcmp(out, magic, sizeof magic) == 0 && length - sizeof magic <= most;
    return good ? length - sizeof magic : 0;
}

uint8_t *sequence_put(const uint64_t *values, size_t n, const struct bitpack_plan *plan,
                      struct sequence_scratch *s, uint8_t *out)
{
    if (n >= VALUES_LEAST && plan->bytes >= BYTES_LEAST) {
        size_t most = plan->bytes - plan->bytes / 10 - 5;
        enum kind kind = put_raw(values, n, plan->longest, &s->raw);
        bool tried = kind != KIND_PACKED && compressible(s->raw.ptr, s->raw.len, most);
        size_t length = tried ? compress(s, most) : 0;
        if (length > 0) {
            *out++ = (uint8_t)kind;
            out = varint_put(out, s->raw.len);
            out = varint_put(out, length);
            memcpy(out, s->frame.ptr + sizeof magic, length);
            return out + length;
        }
    }
    *out++ = KIND_PACKED;
    return bitpack_put(values, n, plan, out);
}

/* ---- decompressing ---- */

/* One context a thread, freed with the thread: making one costs more than using it. */
static tss_t context_key;
static once_flag context_once = ONCE_FLAG_INIT;

static void free_context(void *context)
{
    (void)ZSTD_freeDCtx(context);
}

static void make_key(void)
{
    int rc = tss_create(&context_key, free_context);
    ASSERT(rc == thrd_success);
}

static ZSTD_DCtx *thread_context(void)
{
    call_once(&context_once, make_key);
    ZSTD_DCtx *context = tss_get(context_key);
    if (!context) {
        context = ZSTD_createDCtx();
        ASSERT(context && tss_set(context_key, context) == thrd_success);
    }
    return context;
}

static bool decompress(struct reader *r, uint8_t *raw, size_t *raw_len)
{
    uint8_t framed[RAW_MAX + sizeof magic];
    uint64_t len = read_varint(r);
    uint64_t frame_len = read_varint(r);
    if (len > RAW_MAX || frame_len > RAW_MAX) {
        return false;
    }
    const uint8_t *frame = read_span(r, (size_t)frame_len);
    if (!frame) {
        return false;
    }
    memcpy(framed, magic, sizeof magic);
    memcpy(framed + sizeof magic, frame, (size_t)frame_len);
    size_t got = ZSTD_decompressDCtx(thread_context(), raw, RAW_MAX, framed,
                                     sizeof magic + (size_t)frame_len);
    *raw_len = (size_t)len;
    return !ZSTD_isError(got) && got == len;
}

static bool get_bytes(const uint8_t *raw, size_t raw_len, size_t n, uint64_t *values)
{
    if (raw_len < n) {
        return false;
    }
    struct reader rest = reader_of(bytes_of(raw + n, raw_len - n));
    for (size_t i = 0; i < n; i++) {
        values[i] = raw[i];
    }
    for (size_t i = 0; i < n && reader_left(&rest) > 0; i++) {
        if (raw[i] == 255) {
            values[i] = 255 + read_varint(&rest);
        }
    }
    return !rest.failed && reader_left(&rest) == 0;
}

static bool get_pairs(const uint8_t *raw, size_t raw_len, size_t n, uint64_t *values)
{
    if (raw_len != 2 * n) {
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        values[i] = (uint64_t)raw[i] | (uint64_t)raw[n + i] << 8;
    }
    return true;
}

bool sequence_get(struct reader *r, size_t n, uint64_t *values)
{
    uint8_t raw[RAW_MAX];
    size_t raw_len;
    uint8_t kind = read_byte(r);
    if (r->failed || n > SEQUENCE_MAX) {
        return false;
    }
    switch (kind) {
    case KIND_PACKED:
        return bitpack_get(r, n, BITPACK_IN_LANES, values);
    case KIND_BYTES:
        return decompress(r, raw, &raw_len) && get_bytes(raw, raw_len, n, values);
    case KIND_PAIRS:
        return decompress(r, raw, &raw_len) && get_pairs(raw, raw_len, n, values);
    default:
        return false;
    }
}
