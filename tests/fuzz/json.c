/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes through the reader: it must end, stay inside them, and what it accepts must come out
 * of the writer as something that it accepts again and that reads the same. */
#include "proto/json/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Copies all of what `r` reads to `w`, containers by a walk of their own. False: not JSON. */
static bool copy_all(struct json_reader *r, struct json_writer *w)
{
    char closes[JSON_DEPTH_MAX + 1];
    int depth = 0;
    do {
        bool object = depth > 0 && closes[depth - 1] == '}';
        struct json_text key;
        if (depth > 0 && !(object ? json_read_key(r, &key) : json_read_item(r))) {
            if (r->error != JSON_OK) {
                return false;
            }
            (object ? json_write_object_end : json_write_array_end)(w);
            depth--;
            continue;
        }
        if (object) {
            struct buf plain = {0};
            json_text_append(key, &plain);
            json_write_key_bytes(w, buf_bytes(&plain));
            buf_fini(&plain);
        }
        enum json_kind kind = json_peek(r);
        struct json_text text;
        struct bytes raw;
        double number;
        if (kind == JSON_OBJECT || kind == JSON_ARRAY) {
            if (!(kind == JSON_OBJECT ? json_read_object(r) : json_read_array(r))) {
                return false;
            }
            (kind == JSON_OBJECT ? json_write_object : json_write_array)(w);
            closes[depth++] = kind == JSON_OBJECT ? '}' : ']';
        } else if (kind == JSON_STRING) {
            if (!json_read_text(r, &text)) {
                return false;
            }
            struct buf plain = {0};
            json_text_append(text, &plain);
            ASSERT(json_text_equal(text, buf_bytes(&plain)));
            json_write_text(w, buf_bytes(&plain));
            buf_fini(&plain);
        } else if (kind == JSON_NUMBER) {
            if (!json_read_number(r, &number)) {
                return false;
            }
            json_write_number(w, number);
        } else if (json_read_raw(r, &raw)) {
            json_write_raw(w, raw);
        } else {
            return false;
        }
    } while (depth > 0);
    return json_finish(r);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct buf first = {0};
    struct buf second = {0};
    struct json_reader r;
    struct json_writer w;
    struct json_reader skipper;
    json_reader_init(&skipper, bytes_of(data, size));
    bool skipped = json_finish(&skipper);
    ASSERT(json_offset(&skipper) <= size);
    json_reader_init(&r, bytes_of(data, size));
    json_writer_init(&w, &first);
    if (copy_all(&r, &w)) {
        ASSERT(skipped);
        json_reader_init(&r, buf_bytes(&first));
        json_writer_init(&w, &second);
        ASSERT(copy_all(&r, &w));
        ASSERT(bytes_equal(buf_bytes(&first), buf_bytes(&second)));
    } else {
        ASSERT(json_offset(&r) <= size && (!skipped || r.error == JSON_ERROR_RANGE));
    }
    buf_fini(&first);
    buf_fini(&second);
    return 0;
}
