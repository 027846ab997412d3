/* SPDX-License-Identifier: Apache-2.0 */
#include "app/earlier.h"

#include "model/limits.h"
#include "proto/json/json.h"

static void put_version(struct json_writer *w, const struct document *d)
{
    json_write_object(w);
    json_put_u64(w, "version", d->version);
    json_put_i64(w, "updatedAt", d->updated);
    json_put_text(w, "updatedBy", d->by.len ? d->by : BYTES("local"));
    json_put_raw(w, "body", d->body);
    json_write_object_end(w);
}

/* Copies what was kept as far as there is room, the newest first. */
static void put_kept(struct json_writer *w, const struct buf *out, struct bytes kept)
{
    struct json_reader r;
    struct json_text key;
    struct bytes raw;
    size_t count = 1;
    json_reader_init(&r, kept);
    (void)json_read_object(&r);
    while (json_read_key(&r, &key)) {
        if (!json_text_is(key, "versions") || json_peek(&r) != JSON_ARRAY || !json_read_array(&r)) {
            continue;
        }
        while (json_read_item(&r) && json_read_raw(&r, &raw)) {
            if (count++ < LIMIT_EARLIER && out->len + raw.len < LIMIT_EARLIER_BYTES) {
                json_write_raw(w, raw);
            }
        }
    }
}

static void apply(struct document_table *t, struct command *take_c, struct text_id_source *ids,
                  wall_ms now, struct batch *out)
{
    document_command(t, take_c, ids, now, out);
    command_free(take_c);
}

static struct command *command_about(enum command_kind kind, struct bytes id)
{
    struct command *c = command_new(kind);
    c->document.kind = DOCUMENT_EARLIER;
    buf_put_bytes(&c->document.id, id);
    return c;
}

void earlier_keep(struct document_table *t, const struct document *old, struct text_id_source *ids,
                  wall_ms now, struct batch *out)
{
    const struct document *kept = document_find(t, DOCUMENT_EARLIER, old->id);
    struct command *c = command_about(COMMAND_PUT_DOCUMENT, old->id);
    struct json_writer w;
    json_writer_init(&w, &c->document.body);
    json_write_object(&w);
    json_write_key(&w, "versions");
    json_write_array(&w);
    put_version(&w, old);
    put_kept(&w, &c->document.body, kept ? kept->body : BYTES("{}"));
    json_write_array_end(&w);
    json_write_object_end(&w);
    apply(t, c, ids, now, out);
}

void earlier_forget(struct document_table *t, struct bytes id, struct text_id_source *ids,
                    wall_ms now, struct batch *out)
{
    if (document_find(t, DOCUMENT_EARLIER, id)) {
        apply(t, command_about(COMMAND_DELETE_DOCUMENT, id), ids, now, out);
    }
}
