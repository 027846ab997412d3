/* SPDX-License-Identifier: Apache-2.0 */
/* A polling body: Engine.IO packets and the Socket.IO packets in them. */
#include "proto/sio/sio.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void use_packet(struct bytes text)
{
    struct sio_packet p;
    if (sio_packet_read(text, &p) != OK) {
        return;
    }
    if (p.attachments > SIO_ATTACHMENTS_MAX || p.nsp.len == 0 || p.nsp.ptr[0] != '/') {
        abort();
    }
    bool listed = p.type == SIO_EVENT || p.type == SIO_BINARY_EVENT || p.type == SIO_ACK ||
                  p.type == SIO_BINARY_ACK;
    if (!listed) {
        return;
    }
    struct sio_args args = sio_args_of(&p);
    struct bytes json;
    while (sio_args_next(&args, &json) == OK) {
        if (json.len == 0 || json.ptr < text.ptr || json.ptr + json.len > text.ptr + text.len) {
            abort();
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes rest = bytes_of(data, size);
    struct eio_packet p;
    struct buf binary = {0};
    while (eio_payload_next(&rest, &p) == OK) {
        if (p.binary) {
            (void)(eio_base64_decode(p.data, &binary) == OK);
        } else if (p.type == EIO_MESSAGE) {
            use_packet(p.data);
        }
        if (!rest.ptr) {
            break;
        }
    }
    buf_fini(&binary);
    return 0;
}
