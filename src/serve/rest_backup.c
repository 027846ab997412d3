/* SPDX-License-Identifier: Apache-2.0 */
/* What `telltale backup` asks for, on the control socket alone: it names a file of this machine. */
#include "serve/request.h"

#include "base/mem.h"

static bool is_local(struct serve_peer *p)
{
    if (!p->control) {
        serve_answer_error(p, 403, "forbidden", "backups are made by `telltale backup` here");
    }
    return p->control;
}

static void ask(struct serve_peer *p, struct bytes path)
{
    struct serve_query *q = mem_zalloc(1, sizeof *q);
    q->kind = SERVE_QUERY_BACKUP;
    ASSERT(path.len < sizeof q->backup.path);
    if (path.len) {
        memcpy(q->backup.path, path.ptr, path.len);
    }
    serve_query_send(p, q);
}

void serve_get_backup(struct serve_peer *p)
{
    if (is_local(p)) {
        ask(p, (struct bytes){0});
    }
}

void serve_post_backup(struct serve_peer *p)
{
    uint8_t memory[SERVE_PATH_BYTES - 1];
    struct bytes path;
    if (!is_local(p) || !serve_query_text(p, "path", memory, sizeof memory, &path)) {
        return;
    }
    if (path.len == 0 || path.ptr[0] != '/' || memchr(path.ptr, 0, path.len)) {
        serve_answer_bad_field(p, BYTES("path"), "a path from the root is expected");
        return;
    }
    ask(p, path);
}

void serve_encode_backup(struct serve_query *q)
{
    static const char *const words[] = {"none", "running", "done", "failed"};
    const struct serve_backup *b = &q->backup;
    struct json_writer w;
    json_writer_init(&w, &q->body);
    json_write_object(&w);
    json_put_string(&w, "state", words[b->state]);
    json_put_i64(&w, "pages", (int64_t)b->progress.pages);
    json_put_i64(&w, "left", (int64_t)b->progress.left);
    json_put_i64(&w, "slowestStepUs", (int64_t)(b->slowest_step_ns / 1000));
    json_put_i64(&w, "longestWorkUs", (int64_t)(b->longest_work_ns / 1000));
    json_put_string(&w, "message", *b->why.text ? b->why.text : NULL);
    json_write_object_end(&w);
    buf_put_byte(&q->body, '\n');
}
