/* SPDX-License-Identifier: Apache-2.0 */
/* The first byte chooses how the rest is split; whatever one feeding says, feeding whole must too.
 */
#include "proto/http/http.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define BODY_MAX 4096

/* Everything a caller may ask of a request that was read. */
static void use_request(const struct http_request *q)
{
    uint8_t memory[HTTP_HEAD_MAX];
    struct bytes segments[8];
    struct bytes value;
    size_t count;
    (void)(http_path_split(q->path, memory, segments, 8, &count) == OK);
    (void)(http_query_find(q->query, "a", memory, 64, &value) == OK);
    (void)(http_cookie_find(q->cookie, "telltale", &value) == OK);
    (void)(http_bearer(q->authorization, &value) == OK);
    (void)http_accepts_encoding(http_request_header(q, "accept-encoding"), "br");
    struct http_authority a;
    bool https;
    (void)(http_origin_parse(q->origin, &a, &https) == OK);
    struct buf out = {0};
    (void)(http_put_field(&out, "X", q->origin) == OK);
    buf_fini(&out);
}

/* Reads all requests; returns their number and how the last one ended. */
static size_t read_all(const uint8_t *data, size_t size, size_t step, unsigned *status)
{
    struct http_reader r;
    http_reader_init(&r, BODY_MAX);
    size_t requests = 0;
    enum err e = ERR_AGAIN;
    size_t at = 0;
    while (at < size && (e == OK || e == ERR_AGAIN)) {
        size_t used;
        size_t n = size_min(step, size - at);
        e = http_read(&r, bytes_of(data + at, n), &used);
        if (used > n || (e == ERR_AGAIN && used != n)) {
            abort();
        }
        at += used;
        if (e == OK) {
            use_request(&r.request);
            requests++;
            http_reader_next(&r);
        }
    }
    *status = r.status;
    http_reader_fini(&r);
    return requests;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0) {
        return 0;
    }
    unsigned whole, split;
    size_t a = read_all(data + 1, size - 1, SIZE_MAX, &whole);
    size_t b = read_all(data + 1, size - 1, 1 + data[0] % 32u, &split);
    if (a != b || whole != split) {
        abort();
    }
    return 0;
}
