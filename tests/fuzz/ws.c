/* SPDX-License-Identifier: Apache-2.0 */
/* The first byte chooses how the rest is split; the events must not depend on it. With its highest
 * bit the reader streams, and what is compared is the data and the control frames between. */
#include "proto/ws/ws.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MESSAGE_MAX 4096

/* What came, as text; opcodes, close codes, payloads and the end. */
static struct buf transcribe(const uint8_t *data, size_t size, size_t step, bool stream)
{
    struct buf log = {0};
    uint8_t *copy = malloc(size + 1);
    if (!copy) {
        abort();
    }
    if (size) {
        memcpy(copy, data, size);
    }
    struct ws_reader r;
    if (stream) {
        ws_reader_init_stream(&r);
    } else {
        ws_reader_init(&r, MESSAGE_MAX);
    }
    size_t at = 0;
    enum err e = ERR_AGAIN;
    while (at < size && (e == OK || e == ERR_AGAIN)) {
        struct ws_event ev;
        size_t used;
        size_t n = size_min(step, size - at);
        e = ws_read(&r, copy + at, n, &used, &ev);
        if (used > n || (e == ERR_AGAIN && used != n)) {
            abort();
        }
        at += used;
        if (e == OK) {
            if (!stream && ev.payload.len > MESSAGE_MAX) {
                abort();
            }
            if (stream && ev.opcode <= WS_BINARY) {
                buf_put_bytes(&log, ev.payload);
                continue;
            }
            buf_printf(&log, "%d:%u:", (int)ev.opcode, ev.close_code);
            buf_put_bytes(&log, ev.payload);
        }
    }
    if (r.pending.cap > 4 * MESSAGE_MAX) {
        abort();
    }
    buf_printf(&log, "%d:%u", e == OK || e == ERR_AGAIN ? 0 : (int)e, r.close_code);
    ws_reader_fini(&r);
    free(copy);
    return log;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0) {
        return 0;
    }
    struct buf whole = transcribe(data + 1, size - 1, SIZE_MAX, data[0] & 0x80);
    struct buf split = transcribe(data + 1, size - 1, 1 + data[0] % 32u, data[0] & 0x80);
    if (!bytes_equal(buf_bytes(&whole), buf_bytes(&split))) {
        abort();
    }
    buf_fini(&whole);
    buf_fini(&split);
    return 0;
}
