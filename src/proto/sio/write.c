/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/sio/sio.h"

void sio_put_event(struct buf *out, const char *name)
{
    buf_put_text(out, "42[\"");
    buf_put_text(out, name);
    buf_put(out, "\",", 2);
}

void sio_put_position(struct buf *out, struct bytes position)
{
    buf_put(out, ",\"", 2);
    buf_put_bytes(out, position);
    buf_put(out, "\"]", 2);
}

void sio_put_end(struct buf *out)
{
    buf_put_byte(out, ']');
}

void sio_put_ack(struct buf *out, uint64_t id)
{
    buf_printf(out, "43%llu[", (unsigned long long)id);
}

/* The namespace as packets carry it: none for "/". */
static void put_namespace(struct buf *out, struct bytes nsp)
{
    if (!bytes_equal(nsp, BYTES("/"))) {
        buf_put_bytes(out, nsp);
        buf_put_byte(out, ',');
    }
}

static enum sio_type wire_type(const struct sio_head *h)
{
    if (h->attachments == 0) {
        return h->type;
    }
    ASSERT(h->type == SIO_EVENT || h->type == SIO_ACK);
    return h->type == SIO_EVENT ? SIO_BINARY_EVENT : SIO_BINARY_ACK;
}

void sio_put_head(struct buf *out, const struct sio_head *h)
{
    buf_printf(out, "4%d", (int)wire_type(h));
    if (h->attachments > 0) {
        buf_printf(out, "%u-", (unsigned)h->attachments);
    }
    put_namespace(out, h->nsp);
    if (h->has_id) {
        buf_printf(out, "%llu", (unsigned long long)h->id);
    }
}

void sio_put_connected(struct buf *out, struct bytes nsp, struct bytes sid, struct bytes pid)
{
    buf_put(out, "40", 2);
    put_namespace(out, nsp);
    buf_put_text(out, "{\"sid\":\"");
    buf_put_bytes(out, sid);
    if (pid.len) {
        buf_put_text(out, "\",\"pid\":\"");
        buf_put_bytes(out, pid);
    }
    buf_put(out, "\"}", 2);
}

void sio_put_connect_error(struct buf *out, struct bytes nsp, const char *message)
{
    buf_put(out, "44", 2);
    put_namespace(out, nsp);
    buf_put_text(out, "{\"message\":\"");
    buf_put_text(out, message);
    buf_put(out, "\"}", 2);
}

void sio_put_disconnect(struct buf *out, struct bytes nsp)
{
    buf_put(out, "41", 2);
    put_namespace(out, nsp);
}
