/* SPDX-License-Identifier: Apache-2.0 */
/* Import into the store of a running server: its readings are sent in line protocol over the
 * control socket, each part answered when it is durable. */
#include "app/import.h"

#include "app/control.h"
#include "base/number.h"
#include "model/limits.h"

#include "base/mem.h"

#include <time.h>

/* Sent at this size; a body may have LIMIT_HTTP_BODY_BYTES. */
#define PART_BYTES (512u << 10)

/* A server that is behind says so; it is asked again this often, ms apart. */
#define TRIES    120
#define AGAIN_MS 500

struct there {
    char *dir;
    struct buf part;
    bool broken;
};

static void put_name(struct buf *out, struct bytes name, const char *special)
{
    for (size_t i = 0; i < name.len; i++) {
        if (strchr(special, name.ptr[i])) {
            buf_put_byte(out, '\\');
        }
        buf_put_byte(out, name.ptr[i]);
    }
}

/* The sensor is the measurement of a field `value`, which comes back as the same sensor. */
static void put_reading(struct buf *out, const struct import_reading *r)
{
    char text[NUMBER_TEXT_MAX];
    put_name(out, r->sensor, ", ");
    buf_put_text(out, ",device=");
    put_name(out, r->device, ", =");
    buf_put_text(out, " value=");
    if (r->kind == KIND_BOOLEAN) {
        buf_put_text(out, r->value != 0 ? "t" : "f");
    } else {
        buf_put(out, text, number_print(r->value, text));
    }
    buf_put_byte(out, ' ');
    buf_put(out, text, number_print_i64(r->time, text));
    buf_put_byte(out, '\n');
}

static bool fail(struct there *t, const char *what, struct bytes answer)
{
    import_fail("%s %.*s", what, (int)size_min(answer.len, 300), (const char *)answer.ptr);
    t->broken = true;
    return false;
}

static bool send_part(struct there *t)
{
    struct buf answer = {0};
    int status = 0;
    enum err e = OK;
    buf_put_byte(&t->part, '\0');
    for (int i = 0; i < TRIES && e == OK && (i == 0 || status == 503); i++) {
        if (i > 0) {
            (void)nanosleep(&(struct timespec){0, AGAIN_MS * 1000000L}, NULL);
        }
        buf_clear(&answer);
        e = control_request(t->dir, "POST", "/api/v1/write?precision=ms", (const char *)t->part.ptr,
                            &status, &answer);
    }
    bool good = e == OK && status == 204;
    if (!good) {
        (void)fail(t,
                   e == OK ? "the running server refused a part:"
                           : "the running server did not answer on its control socket;",
                   buf_bytes(&answer));
    }
    buf_clear(&t->part);
    buf_fini(&answer);
    return good;
}

static const char *there_take(void *ctx, const struct import_reading *r, bool *broken)
{
    struct there *t = ctx;
    if (!name_id_valid(r->device) || !name_id_valid(r->sensor)) {
        return "a name can't be one (256 bytes of UTF-8, no control characters)";
    }
    put_reading(&t->part, r);
    *broken = t->part.len >= PART_BYTES && !send_part(t);
    return NULL;
}

static bool there_end(void *ctx)
{
    struct there *t = ctx;
    return !t->broken && (t->part.len == 0 || send_part(t));
}

static void there_fini(void *ctx)
{
    struct there *t = ctx;
    buf_fini(&t->part);
    free(t->dir);
    free(t);
}

void import_there(const char *dir, struct import_sink *sink)
{
    struct there *t = mem_zalloc(1, sizeof *t);
    t->dir = mem_text(dir, strlen(dir));
    *sink = (struct import_sink){there_take, there_end, there_fini, t};
}
