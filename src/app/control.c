/* SPDX-License-Identifier: Apache-2.0 */
#include "app/control.h"

#include "sys/net.h"

#include <unistd.h>

/* No answer on this socket is longer. */
#define ANSWER_MAX (4u << 20)

static enum err write_all(int fd, struct bytes b)
{
    while (b.len) {
        ssize_t n = write(fd, b.ptr, b.len);
        if (n <= 0) {
            return ERR_IO;
        }
        b = bytes_skip(b, (size_t)n);
    }
    return OK;
}

static enum err read_all(int fd, struct buf *out)
{
    for (;;) {
        ssize_t n = read(fd, buf_reserve(out, 4096), 4096);
        if (n == 0) {
            return OK;
        }
        if (n < 0 || out->len + (size_t)n > ANSWER_MAX) {
            return ERR_IO;
        }
        out->len += (size_t)n;
    }
}

/* Splits "HTTP/1.1 201 Created ... \r\n\r\nbody". */
static enum err split(const struct buf *raw, int *status, struct buf *answer)
{
    static const char blank[] = "\r\n\r\n";
    const uint8_t *end = raw->len ? memmem(raw->ptr, raw->len, blank, sizeof blank - 1) : NULL;
    uint64_t code;
    if (!end || raw->len < 12 || memcmp(raw->ptr, "HTTP/1.1 ", 9) != 0 ||
        bytes_to_u64(bytes_of(raw->ptr + 9, 3), 999, &code) != OK) {
        return ERR_CORRUPT;
    }
    end += sizeof blank - 1;
    *status = (int)code;
    buf_put(answer, end, raw->len - (size_t)(end - raw->ptr));
    return OK;
}

void control_put_segment(struct buf *path, const char *id)
{
    for (; *id; id++) {
        uint8_t c = (uint8_t)*id;
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                     c == '-' || c == '_' || c == '.';
        if (plain) {
            buf_put_byte(path, c);
        } else {
            buf_printf(path, "%%%02X", c);
        }
    }
}

enum err control_request(const char *dir, const char *method, const char *path, const char *body,
                         int *status, struct buf *answer)
{
    char socket_path[512];
    struct buf raw = {0};
    int fd;
    (void)snprintf(socket_path, sizeof socket_path, "%s/control.sock", dir);
    enum err e = net_connect_unix(socket_path, &fd);
    if (e != OK) {
        return e;
    }
    buf_printf(&raw,
               "%s %s HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
               "Content-Length: %zu\r\nConnection: close\r\n\r\n%s",
               method, path, strlen(body), body);
    e = write_all(fd, buf_bytes(&raw));
    buf_clear(&raw);
    e = e == OK ? read_all(fd, &raw) : e;
    e = e == OK ? split(&raw, status, answer) : e;
    close(fd);
    buf_fini(&raw);
    return e;
}
