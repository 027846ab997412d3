/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/ws/ws.h"

size_t ws_put_head(enum ws_opcode opcode, uint64_t payload_len, uint8_t out[WS_HEAD_MAX])
{
    out[0] = (uint8_t)(0x80u | (unsigned)opcode);
    if (payload_len < 126) {
        out[1] = (uint8_t)payload_len;
        return 2;
    }
    if (payload_len <= UINT16_MAX) {
        out[1] = 126;
        be16_store(out + 2, (uint16_t)payload_len);
        return 4;
    }
    out[1] = 127;
    be64_store(out + 2, payload_len);
    return 10;
}

struct frame *ws_frame(enum ws_opcode opcode, struct bytes payload)
{
    uint8_t head[WS_HEAD_MAX];
    size_t n = ws_put_head(opcode, payload.len, head);
    return frame_of(bytes_of(head, n), payload);
}

struct frame *ws_close_frame(uint16_t code, struct bytes reason)
{
    uint8_t payload[WS_CONTROL_MAX];
    if (code == WS_CLOSE_NO_STATUS) {
        return ws_frame(WS_CLOSE, (struct bytes){0});
    }
    reason = utf8_clip(reason, WS_CONTROL_MAX - 2);
    be16_store(payload, code);
    if (reason.len) {
        memcpy(payload + 2, reason.ptr, reason.len);
    }
    return ws_frame(WS_CLOSE, bytes_of(payload, 2 + reason.len));
}

bool ws_close_code_valid(uint16_t code)
{
    if (code >= 3000) {
        return code <= 4999;
    }
    return code >= 1000 && code <= 1014 && code != 1004 && code != 1005 && code != 1006;
}
