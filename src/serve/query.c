/* SPDX-License-Identifier: Apache-2.0 */
#include "serve/request.h"

/* Longer integers are none. */
#define INTEGER_MAX_BYTES 24

static enum err parse_integer(struct bytes b, int64_t *value)
{
    bool negative = b.len && b.ptr[0] == '-';
    uint64_t n;
    enum err e = bytes_to_u64(negative ? bytes_skip(b, 1) : b, INT64_MAX, &n);
    if (e == OK) {
        *value = negative ? -(int64_t)n : (int64_t)n;
    }
    return e;
}

bool serve_query_integer(struct serve_peer *p, const char *name, int64_t min, int64_t max,
                         int64_t *value)
{
    uint8_t memory[INTEGER_MAX_BYTES];
    struct bytes text;
    int64_t n = 0;
    enum err e = http_query_find(serve_request(p)->query, name, memory, sizeof memory, &text);
    if (e == ERR_NOT_FOUND) {
        return true;
    }
    e = e == OK ? parse_integer(text, &n) : e;
    if (e != OK || n < min || n > max) {
        char message[96];
        (void)snprintf(message, sizeof message, "an integer from %lld to %lld is expected",
                       (long long)min, (long long)max);
        serve_answer_bad_field(p, bytes_of_text(name), message);
        return false;
    }
    *value = n;
    return true;
}

bool serve_query_text(struct serve_peer *p, const char *name, uint8_t *memory, size_t cap,
                      struct bytes *value)
{
    enum err e = http_query_find(serve_request(p)->query, name, memory, cap, value);
    if (e == ERR_NOT_FOUND) {
        *value = (struct bytes){0};
        return true;
    }
    if (e != OK) {
        serve_answer_bad_field(p, bytes_of_text(name),
                               e == ERR_TOO_LARGE ? "too long" : "not percent-encoded UTF-8");
        return false;
    }
    return true;
}
