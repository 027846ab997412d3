/* SPDX-License-Identifier: Apache-2.0 */
#include "app/printed.h"

#include <stdio.h>
#include <time.h>

void printed_time(wall_ms time, char out[PRINTED_TIME_BYTES])
{
    struct tm utc;
    time_t seconds = (time_t)(time / 1000);
    (void)snprintf(out, PRINTED_TIME_BYTES, "-");
    if (time != WALL_NONE && gmtime_r(&seconds, &utc)) {
        (void)strftime(out, PRINTED_TIME_BYTES, "%Y-%m-%dT%H:%M:%SZ", &utc);
    }
}

void printed_member(struct bytes json, const char *name, char *out, size_t size)
{
    struct json_reader r;
    struct json_text key, value;
    struct buf text = {0};
    json_reader_init(&r, json);
    if (json_read_object(&r)) {
        while (json_read_key(&r, &key)) {
            if (json_text_is(key, name) && json_peek(&r) == JSON_STRING &&
                json_read_text(&r, &value)) {
                buf_clear(&text);
                json_text_append(value, &text);
            }
        }
    }
    (void)snprintf(out, size, "%.*s", (int)text.len, text.len ? (const char *)text.ptr : "");
    buf_fini(&text);
}

void printed_list(struct bytes json, const char *name, void (*each)(struct json_reader *r))
{
    struct json_reader r;
    struct json_text key;
    json_reader_init(&r, json);
    if (!json_read_object(&r)) {
        return;
    }
    while (json_read_key(&r, &key)) {
        if (json_text_is(key, name) && json_read_array(&r)) {
            while (json_read_item(&r)) {
                each(&r);
            }
        }
    }
}

void printed_error(struct bytes json, char *out, size_t size)
{
    struct json_reader r;
    struct json_text key;
    struct bytes error = {0};
    json_reader_init(&r, json);
    if (json_read_object(&r)) {
        while (json_read_key(&r, &key)) {
            if (json_text_is(key, "error")) {
                (void)json_read_raw(&r, &error);
            }
        }
    }
    printed_member(error, "message", out, size);
}
