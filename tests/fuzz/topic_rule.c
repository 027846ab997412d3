/* SPDX-License-Identifier: Apache-2.0 */
/* Five lines: a pattern, the user and client ids, a filter, a topic. What a rule permits is checked
 * against the plain meaning: the pattern with its names put in, matched as MQTT matches filters. */
#include "model/topic_rule.h"
#include "base/buf.h"
#include "proto/mqtt/mqtt.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct bytes next_line(struct bytes *rest)
{
    size_t n = bytes_index(*rest, '\n');
    struct bytes line = bytes_of(rest->ptr, n);
    *rest = n < rest->len ? bytes_skip(*rest, n + 1) : bytes_of(rest->ptr + n, 0);
    return line;
}

static bool is_plain(struct bytes name)
{
    for (size_t i = 0; i < name.len; i++) {
        if (name.ptr[i] == '+' || name.ptr[i] == '#' || name.ptr[i] == '/' || name.ptr[i] == 0) {
            return false;
        }
    }
    return name.len > 0 && name.ptr[0] != '$';
}

/* Puts the names into the pattern; false when one of them may not stand there. */
static bool expand(struct bytes pattern, const struct topic_names *names, struct buf *out)
{
    for (size_t i = 0; i < pattern.len; i++) {
        bool named = pattern.ptr[i] == '%' && i + 1 < pattern.len &&
                     (pattern.ptr[i + 1] == 'u' || pattern.ptr[i + 1] == 'c');
        if (!named) {
            buf_put_byte(out, pattern.ptr[i]);
            continue;
        }
        struct bytes name = pattern.ptr[++i] == 'u' ? names->user : names->client;
        if (!is_plain(name)) {
            return false;
        }
        buf_put_bytes(out, name);
    }
    return true;
}

static void check(struct bytes pattern, const struct topic_names *names, struct bytes filter,
                  struct bytes topic)
{
    struct buf list = {0}, expanded = {0};
    buf_put_bytes(&list, pattern);
    buf_put_byte(&list, 0);
    bool topic_permitted = topic_rules_permit(buf_bytes(&list), names, topic);
    bool filter_permitted = topic_rules_permit(buf_bytes(&list), names, filter);
    bool means = expand(pattern, names, &expanded) && mqtt_filter_valid(buf_bytes(&expanded)) &&
                 mqtt_match(buf_bytes(&expanded), topic);
    if (topic_permitted != means) {
        abort();
    }
    if (filter_permitted && mqtt_match(filter, topic) && !topic_permitted) {
        abort();
    }
    buf_fini(&list);
    buf_fini(&expanded);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint8_t nothing;
    struct bytes rest = bytes_of(size ? data : &nothing, size);
    struct bytes pattern = next_line(&rest);
    struct topic_names names;
    names.user = next_line(&rest);
    names.client = next_line(&rest);
    struct bytes filter = next_line(&rest);
    struct bytes topic = next_line(&rest);
    if (device_rule_valid(pattern)) {
        struct buf list = {0};
        buf_put_bytes(&list, pattern);
        buf_put_byte(&list, 0);
        (void)device_rules_permit(buf_bytes(&list), topic);
        buf_fini(&list);
    }
    if (topic_rule_valid(pattern) && mqtt_filter_valid(filter) && mqtt_topic_valid(topic) &&
        mqtt_string_valid(names.user) && mqtt_string_valid(names.client)) {
        check(pattern, &names, filter, topic);
    }
    return 0;
}
