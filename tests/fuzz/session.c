/* SPDX-License-Identifier: Apache-2.0 */
/* Engine.IO and Socket.IO sessions, event streams and what the world does, in any order. The input
 * is a program: each step is a byte that names what happens and one that chooses among what is
 * valid there: a handshake by polling or WebSocket, GET and POST of a session, an upgrade, packets,
 * fragments, connections that end, batches. Whatever the order, the server answers in well-formed
 * messages, what waits for a session stays under its cap, nothing leaks, and in the end all
 * closes. */
#include "serve/session.h"

#include "model/limits.h"
#include "serve/assets.h"

#include <sys/socket.h>
#include <unistd.h>

#define PEERS        4
#define ANSWER_BYTES 262144u
#define CLIENTS_MAX  6
#define TEXT_BYTES   512

/* There is no page here. */
const struct serve_asset serve_assets[] = {{0}};
const size_t serve_asset_count = 0;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct stage {
    struct loop loop;
    struct serve *serve;
    struct metrics metrics;
    struct registry *decider;
    int peers[PEERS];
    char sid[PEERS][SERVE_SID_BYTES + 1]; /* told last to each peer */
    char pid[SERVE_SID_BYTES + 1];
    char offset[48]; /* the number of the last position seen */
    uint64_t seq;
};

static enum err no_command(void *ctx, struct command *take_c)
{
    (void)ctx;
    (void)take_c;
    return ERR_FULL;
}

static enum err no_query(void *ctx, struct serve_query *take_q)
{
    (void)ctx;
    (void)take_q;
    return ERR_FULL;
}

static enum err no_question(void *ctx, struct serve_question *take_q)
{
    (void)ctx;
    (void)take_q;
    return ERR_FULL;
}

static const struct serve_events events = {
    .command = no_command, .query = no_query, .question = no_question};

static void turn(struct stage *s)
{
    for (int i = 0; i < 3; i++) {
        (void)uv_run(&s->loop.uv, UV_RUN_NOWAIT);
    }
}

static void open_peer(struct stage *s, size_t i)
{
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair)) {
        base_assert_failed(__FILE__, __LINE__, "socketpair");
    }
    s->peers[i] = pair[0];
    const struct peer_address peer = {"127.0.0.1"};
    serve_peer_accepted(s->serve, pair[1], &peer, SERVE_BY_NETWORK);
}

/* Copies what stands behind `mark` in an answer up to a quote, if it is there and fits. */
static void learn(struct bytes in, const char *mark, char *out, size_t cap)
{
    const uint8_t *at = memmem(in.ptr, in.len, mark, strlen(mark));
    if (!at) {
        return;
    }
    struct bytes rest = bytes_skip(in, (size_t)(at - in.ptr) + strlen(mark));
    size_t len = bytes_index(rest, '"');
    if (len < cap && len < rest.len) {
        memcpy(out, rest.ptr, len);
        out[len] = '\0';
    }
}

static void listen_to(struct stage *s, size_t i)
{
    static uint8_t answer[ANSWER_BYTES];
    ssize_t n;
    while ((n = recv(s->peers[i], answer, sizeof answer, 0)) > 0) {
        struct bytes in = bytes_of(answer, (size_t)n);
        learn(in, "\"sid\":\"", s->sid[i], sizeof s->sid[i]);
        learn(in, "\"pid\":\"", s->pid, sizeof s->pid);
        learn(in, "},\"1000.", s->offset, sizeof s->offset);
    }
}

static void say(struct stage *s, size_t i, const char *head, struct bytes body)
{
    (void)!send(s->peers[i], head, strlen(head), MSG_NOSIGNAL);
    (void)!send(s->peers[i], body.ptr, body.len, MSG_NOSIGNAL);
}

/* ---- what a client may say ---- */

static const char *const packets[] = {
    "40",
    "41",
    "3",
    "6",
    "1",
    "2probe",
    "5",
    "40/custom,",
    "420[\"subscribe-device\",\"a\",{\"interval\":0}]",
    "421[\"subscribe-device\",\"b\",{\"interval\":1000,\"sensors\":[\"x\"],\"format\":\"batch\"}]",
    "422[\"unsubscribe-device\",\"a\"]",
    "423[\"subscribe-fleet\",\"none\"]",
    "424[\"subscribe-fleet\",{\"interval\":0,\"dashboard\":true}]",
    "42[\"subscribe-fleet\",{\"format\":\"batch\",\"since\":\"1000.65537\"}]",
    "425[\"watch\",{\"series\":[[\"a\",\"x\"],[\"b\",\"y\"]],\"interval\":0}]",
    "426[\"watch\",{\"series\":[]}]",
    "427[\"subscribe-area\",{\"south\":-90,\"west\":-180,\"north\":90,\"east\":180,\"zoom\":2,"
    "\"ceiling\":100}]",
    "428[\"unsubscribe-area\"]",
    "429[\"no such event\",{\"a\":[1,2,{\"b\":null}]}]",
    "431[\"an ack\"]",
    "451-[\"message\",{\"_placeholder\":true,\"num\":0}]",
    "461-9[{\"_placeholder\":true,\"num\":0}]",
};

/* One of them, or one with what was learnt. */
static struct bytes packet(const struct stage *s, uint8_t choice, char out[TEXT_BYTES])
{
    size_t n = choice % (ARRAY_LEN(packets) + 2);
    if (n < ARRAY_LEN(packets)) {
        (void)snprintf(out, TEXT_BYTES, "%s", packets[n]);
    } else if (n == ARRAY_LEN(packets)) {
        (void)snprintf(out, TEXT_BYTES, "40{\"pid\":\"%s\",\"offset\":\"1000.%s\"}", s->pid,
                       s->offset);
    } else {
        (void)snprintf(
            out, TEXT_BYTES,
            "427[\"subscribe-device\",\"a\",{\"interval\":0,\"since\":\"1000.%s\",\"last\":1}]",
            s->offset);
    }
    return bytes_of_text(out);
}

static void request(struct stage *s, size_t i, const char *path, const char *more)
{
    char head[3 * TEXT_BYTES];
    (void)snprintf(head, sizeof head, "GET %s HTTP/1.1\r\nHost: localhost\r\n%s\r\n", path, more);
    say(s, i, head, (struct bytes){0});
}

#define UPGRADE                                                                                    \
    "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"                   \
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"

static void engine(struct stage *s, size_t i, const char *transport, uint8_t choice)
{
    char path[TEXT_BYTES];
    const char *sid = s->sid[choice % PEERS];
    bool known = choice & 128 && sid[0];
    (void)snprintf(path, sizeof path, "/socket.io/?EIO=4&transport=%s%s%s", transport,
                   known ? "&sid=" : "", known ? sid : "");
    request(s, i, path, strcmp(transport, "websocket") == 0 ? UPGRADE : "");
}

static void post(struct stage *s, size_t i, uint8_t choice)
{
    char head[TEXT_BYTES], text[TEXT_BYTES];
    struct bytes body = packet(s, choice, text);
    (void)snprintf(head, sizeof head,
                   "POST /socket.io/?EIO=4&transport=polling&sid=%s HTTP/1.1\r\nHost: localhost\r\n"
                   "Content-Length: %zu\r\n\r\n",
                   s->sid[choice / 64], body.len);
    say(s, i, head, body);
}

/* A masked frame; a key of zeros leaves the payload as it is. */
static void frame(struct stage *s, size_t i, uint8_t first, struct bytes payload)
{
    uint8_t head[8] = {first, (uint8_t)(0x80 | (payload.len < 126 ? payload.len : 126))};
    size_t len = 2;
    if (payload.len >= 126) {
        head[len++] = (uint8_t)(payload.len >> 8);
        head[len++] = (uint8_t)payload.len;
    }
    (void)!send(s->peers[i], head, len, MSG_NOSIGNAL);
    (void)!send(s->peers[i], "\0\0\0\0", 4, MSG_NOSIGNAL);
    (void)!send(s->peers[i], payload.ptr, payload.len, MSG_NOSIGNAL);
}

static void fragments(struct stage *s, size_t i, uint8_t choice)
{
    char text[TEXT_BYTES];
    struct bytes whole = packet(s, choice, text);
    size_t half = whole.len / 2;
    frame(s, i, 0x01, bytes_of(whole.ptr, half));
    frame(s, i, 0x89, BYTES("ping"));
    frame(s, i, 0x80, bytes_skip(whole, half));
}

/* ---- what the world does ---- */

static void batch(struct stage *s, uint8_t choice)
{
    static const char *const names[] = {"a", "b", "c"};
    struct batch *b = batch_new(BATCH_CHANGES);
    wall_ms now = s->loop.wall_ms;
    b->seq = ++s->seq;
    b->now = now;
    for (unsigned n = choice % 16; n > 0; n--) {
        struct registry_origin o = {.device = bytes_of_text(names[n % 3]),
                                    .sensor = choice & 16 ? BYTES("x") : BYTES("y"),
                                    .carrier = CARRIER_NONE};
        struct series_id series;
        bool created;
        if (registry_resolve(s->decider, &o, now, b, &series, &created) == DROP_NONE) {
            struct reading in = {series.n, 0, now - (choice & 32 ? n : 0), n};
            (void)registry_reading(s->decider, in, now, b);
        }
    }
    serve_batch(s->serve, b);
    batch_release(b);
}

static void stream(struct stage *s, size_t i, uint8_t choice)
{
    static const char *const paths[] = {"?device=a&interval=0",
                                        "?device=b&sensor=x&format=batch",
                                        "",
                                        "?dashboard=true&fleet=false",
                                        "?device=..",
                                        "?since=1.1"};
    char path[TEXT_BYTES], more[TEXT_BYTES] = "";
    (void)snprintf(path, sizeof path, "/api/v1/stream%s", paths[choice % ARRAY_LEN(paths)]);
    if (choice & 128) {
        (void)snprintf(more, sizeof more, "Last-Event-ID: 1000.%s\r\n", s->offset);
    }
    request(s, i, path, more);
}

static void act(struct stage *s, size_t i, uint8_t what, uint8_t choice)
{
    char text[TEXT_BYTES];
    switch (what % 10) {
    case 0:
        engine(s, i, "polling", choice);
        break;
    case 1:
        engine(s, i, "websocket", choice);
        break;
    case 2:
        post(s, i, choice);
        break;
    case 3:
    case 4:
        frame(s, i, 0x81, packet(s, choice, text));
        break;
    case 5:
        frame(s, i, 0x82, bytes_of(text, 0));
        break;
    case 6:
        fragments(s, i, choice);
        break;
    case 7:
        close(s->peers[i]);
        open_peer(s, i);
        break;
    case 8:
        batch(s, choice);
        break;
    default:
        stream(s, i, choice);
        break;
    }
}

/* What waits is bounded, whatever came: one message may lie beyond the mark. */
static void check_caps(const struct stage *s)
{
    uint32_t here = 0;
    for (size_t i = 0; i < s->serve->session_slots; i++) {
        const struct serve_session *ss = s->serve->sessions[i];
        here += ss && ss->transport != SERVE_AWAY;
        if (ss) {
            uint32_t waits = ss->ws ? conn_queued(&ss->ws->conn) : ss->queue_bytes;
            ASSERT(waits <= SERVE_SESSION_QUEUE_MAX + LIMIT_SNAPSHOT_BYTES);
        }
    }
    ASSERT(here <= CLIENTS_MAX && s->serve->away_count <= LIMIT_AWAY);
    ASSERT(here + s->serve->away_count == s->serve->session_count);
    ASSERT(metrics_get(&s->metrics, METRIC_LIVE_RING_BYTES) <= LIMIT_LIVE_RING_BYTES);
}

static void play(struct stage *s, struct bytes in)
{
    for (; in.len >= 2; in = bytes_skip(in, 2)) {
        act(s, in.ptr[0] / 16 % PEERS, in.ptr[0] % 16, in.ptr[1]);
        turn(s);
        for (size_t i = 0; i < PEERS; i++) {
            listen_to(s, i);
        }
        check_caps(s);
    }
}

static void finish(struct stage *s)
{
    serve_drain(s->serve);
    for (size_t i = 0; i < PEERS; i++) {
        close(s->peers[i]);
    }
    while (!serve_idle(s->serve)) {
        turn(s);
    }
    loop_fini(&s->loop);
    serve_free(s->serve);
    registry_free(s->decider);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct stage s;
    s = (struct stage){0};
    const struct serve_config config = {
        .no_auth = true,
        .all_loopback = true,
        .max_clients = CLIENTS_MAX,
        .ping_interval_ms = 25000,
        .ping_timeout_ms = 20000,
        .connect_timeout_ms = 45000,
        .max_payload = 1000000,
        .epoch_ms = 1000, /* see listen_to */
        .version = "0",
        .registry = registry_defaults,
        .alert = alert_defaults,
        .key = {1, 2},
        .metrics = &s.metrics,
        .events = &events,
        .ctx = &s,
    };
    log_set_level(LOG_ERROR);
    if (loop_init(&s.loop)) {
        base_assert_failed(__FILE__, __LINE__, "loop_init");
    }
    s.serve = serve_new(&s.loop, &config);
    s.decider = registry_new(&registry_defaults, (struct hash_key){3, 4}, &s.metrics);
    for (size_t i = 0; i < PEERS; i++) {
        open_peer(&s, i);
    }
    turn(&s);
    play(&s, bytes_of(data, size));
    finish(&s);
    return 0;
}
