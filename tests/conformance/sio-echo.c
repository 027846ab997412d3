/* SPDX-License-Identifier: Apache-2.0 */
/* sio-echo: messages of Engine.IO sessions under /engine.io/ come back; under /socket.io/ are two
 * namespaces that tell what CONNECT carried, send `message` back as `message-back`, and acknowledge
 * `message-with-ack` with its arguments. */
#include "program.h"

#include "base/mem.h"
#include "proto/sio/sio.h"

/* The array of arguments behind the event's name, without its brackets. */
static struct bytes arguments(const struct serve_event *e)
{
    struct json_reader r;
    struct json_text name;
    json_reader_init(&r, e->args);
    if (!json_read_array(&r) || !json_read_item(&r) || !json_read_text(&r, &name) ||
        !json_read_item(&r)) {
        return (struct bytes){0};
    }
    size_t begin = json_offset(&r);
    struct bytes rest = bytes_trim(bytes_skip(e->args, begin));
    return bytes_of(rest.ptr, rest.len - 1);
}

static void send_packet(struct serve_session *ss, const struct buf *packet,
                        const struct serve_event *e)
{
    serve_session_send_text(ss, buf_bytes(packet));
    for (uint32_t i = 0; i < e->attachment_count; i++) {
        serve_session_send_binary(ss, e->attachments[i]);
    }
}

static void echo(struct serve_session *ss, const char *nsp, const struct serve_event *e,
                 const char *answer)
{
    struct buf packet = {0};
    struct bytes args = arguments(e);
    struct sio_head head = {.type = answer ? SIO_EVENT : SIO_ACK,
                            .attachments = e->attachment_count,
                            .nsp = bytes_of_text(nsp),
                            .has_id = !answer,
                            .id = e->ack};
    sio_put_head(&packet, &head);
    buf_put_text(&packet, "[");
    if (answer) {
        buf_put_text(&packet, "\"");
        buf_put_text(&packet, answer);
        buf_put_text(&packet, args.len > 0 ? "\"," : "\"");
    }
    buf_put_bytes(&packet, args);
    buf_put_text(&packet, "]");
    send_packet(ss, &packet, e);
    buf_fini(&packet);
}

static void take_event(struct serve_session *ss, const char *nsp, const struct serve_event *e)
{
    if (bytes_equal(e->name, BYTES("message"))) {
        echo(ss, nsp, e, "message-back");
    } else if (bytes_equal(e->name, BYTES("message-with-ack")) && e->wants_ack) {
        echo(ss, nsp, e, NULL);
    }
}

/* What is still to be told to those who joined. The suites wait for one message after the other and
 * miss a second one that comes along with the first, so it comes a moment later. */
struct greeting {
    struct greeting *next;
    struct serve_session *ss;
    const char *nsp;
    struct buf args;
};

#define GREETING_MS 5

static struct greeting *greetings;
static struct loop_timer greeting_timer;

static void free_greeting(struct greeting *g)
{
    buf_fini(&g->args);
    free(g);
}

static void greet(void *ctx)
{
    (void)ctx;
    while (greetings) {
        struct greeting *g = greetings;
        struct serve_event e = {.args = buf_bytes(&g->args)};
        greetings = g->next;
        echo(g->ss, g->nsp, &e, "auth");
        free_greeting(g);
    }
}

static void tell_auth(struct serve_session *ss, const char *nsp, struct bytes payload)
{
    struct greeting *g = mem_zalloc(1, sizeof *g);
    g->ss = ss;
    g->nsp = nsp;
    g->next = greetings;
    buf_put_text(&g->args, "[\"auth\",");
    buf_put_bytes(&g->args, payload.len > 0 ? payload : BYTES("{}"));
    buf_put_text(&g->args, "]");
    greetings = g;
    loop_timer_start(conformance_loop(), &greeting_timer, GREETING_MS, 0, greet, NULL);
}

/* Whoever left is not greeted any more, in whichever namespace. */
static void left(struct serve_session *ss)
{
    for (struct greeting **at = &greetings; *at;) {
        struct greeting *g = *at;
        if (g->ss == ss) {
            *at = g->next;
            free_greeting(g);
        } else {
            at = &g->next;
        }
    }
}

static void main_joined(struct serve_session *ss, struct bytes payload)
{
    tell_auth(ss, "/", payload);
}

static void main_event(struct serve_session *ss, const struct serve_event *e)
{
    take_event(ss, "/", e);
}

static void custom_joined(struct serve_session *ss, struct bytes payload)
{
    tell_auth(ss, "/custom", payload);
}

static void custom_event(struct serve_session *ss, const struct serve_event *e)
{
    take_event(ss, "/custom", e);
}

static void engine(struct serve_session *ss, enum serve_data kind, struct bytes data)
{
    struct buf packet = {0};
    if (kind == SERVE_DATA_BINARY) {
        serve_session_send_binary(ss, data);
        return;
    }
    buf_put_text(&packet, "4");
    buf_put_bytes(&packet, data);
    serve_session_send_text(ss, buf_bytes(&packet));
    buf_fini(&packet);
}

int main(int argc, char **argv)
{
    static const struct serve_namespace namespaces[] = {
        {"/", true, NULL, main_joined, main_event, left, NULL, false},
        {"/custom", true, NULL, custom_joined, custom_event, left, NULL, false},
    };
    static const struct serve_sockets sockets = {
        .namespaces = namespaces,
        .namespace_count = ARRAY_LEN(namespaces),
        .engine = engine,
    };
    return conformance_run(argc, argv, &sockets);
}
