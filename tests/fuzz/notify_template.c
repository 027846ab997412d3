/* SPDX-License-Identifier: Apache-2.0 */
/* A template that was taken makes JSON of whatever a device is called. The input is a template, a
 * NUL byte, and a name. */
#include "base/utf8.h"
#include "notify/notify.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes all = bytes_of(data, size);
    struct bytes text = bytes_of(data, bytes_index(all, 0));
    struct bytes name = bytes_skip(all, size_min(text.len + 1, size));
    struct utf8_check check = {0};
    if (!utf8_feed(&check, name) || !utf8_complete(&check) ||
        notify_template_check(text, (struct bytes){0}, NULL) != OK) {
        return 0;
    }
    struct notify_alert alerts[2] = {
        {.id = BYTES("1-1"), .device = name, .message = name, .ended = WALL_NONE},
        {.id = BYTES("1-2"), .device = name, .state = ALERT_STATE_RESOLVED, .ended = 1}};
    struct notify_message m = {.alerts = alerts, .count = 2};
    struct buf out = {0};
    struct json_reader r;
    notify_template_render(text, BYTES("{\"a\":\"b\"}"), &m, &out);
    json_reader_init(&r, buf_bytes(&out));
    ASSERT(json_finish(&r));
    buf_fini(&out);
    return 0;
}
