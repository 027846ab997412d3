/* SPDX-License-Identifier: Apache-2.0 */
/* The head of an answer. Everything that goes into a field passes one function, so that no value of
 * a peer can end a line. */
#include "proto/http/parts.h"

static const struct {
    uint16_t status;
    const char *text;
} statuses[] = {
    {100, "Continue"},
    {101, "Switching Protocols"},
    {200, "OK"},
    {201, "Created"},
    {204, "No Content"},
    {304, "Not Modified"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {406, "Not Acceptable"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {413, "Content Too Large"},
    {415, "Unsupported Media Type"},
    {421, "Misdirected Request"},
    {422, "Unprocessable Content"},
    {426, "Upgrade Required"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {503, "Service Unavailable"},
    {505, "HTTP Version Not Supported"},
    {507, "Insufficient Storage"},
};

const char *http_status_text(unsigned status)
{
    for (size_t i = 0; i < ARRAY_LEN(statuses); i++) {
        if (statuses[i].status == status) {
            return statuses[i].text;
        }
    }
    return "Unknown";
}

void http_put_status(struct buf *out, unsigned status)
{
    ASSERT(status >= 100 && status <= 599);
    buf_printf(out, "HTTP/1.1 %u %s\r\n", status, http_status_text(status));
}

enum err http_put_field(struct buf *out, const char *name, struct bytes value)
{
    for (size_t i = 0; i < value.len; i++) {
        uint8_t c = value.ptr[i];
        if ((c < 0x20 && c != '\t') || c == 0x7f) {
            return ERR_INVALID;
        }
    }
    buf_put_text(out, name);
    buf_put(out, ": ", 2);
    buf_put_bytes(out, value);
    buf_put(out, "\r\n", 2);
    return OK;
}

void http_put_own_field(struct buf *out, const char *name, const char *value)
{
    enum err e = http_put_field(out, name, bytes_of_text(value));
    ASSERT(e == OK);
}

void http_put_end(struct buf *out, uint64_t content_length)
{
    buf_printf(out, "Content-Length: %llu\r\n\r\n", (unsigned long long)content_length);
}

void http_put_end_bodyless(struct buf *out)
{
    buf_put(out, "\r\n", 2);
}
