/* SPDX-License-Identifier: Apache-2.0 */
/* Both ends of a TLS connection on one loop, and the test as the network between them: it carries
 * what one end sent to the other in the pieces it likes. */
#include "certificates.h"
#include "expect.h"
#include "loop/tls_internal.h"

#include <openssl/err.h>
#include <poll.h>
#include <sys/socket.h>

struct end {
    struct conn conn;
    struct tls_context *context;
    int network; /* the test's end of its socket */
    struct buf got;
    unsigned opened;
    unsigned resumed;
    unsigned failed[TLS_FAULT_COUNT];
    unsigned closed;
    enum err why;
    enum tls_fault fault;
    char trouble[128];
    bool heard_end;
    bool keeps_network; /* what it sent is not carried */
};

struct world {
    struct authority authority;
    struct loop loop;
    struct end listener;
    struct end dialler;
    uint64_t random;
};

static struct world w;

static struct end *end_of(struct conn *c)
{
    return CONTAINER_OF(c, struct end, conn);
}

static void on_received(struct conn *c, struct bytes in)
{
    assert_true(in.ptr >= c->loop->receive &&
                in.ptr + in.len <= c->loop->receive + LOOP_RECEIVE_BYTES);
    buf_put_bytes(&end_of(c)->got, in);
}

static void on_closed(struct conn *c, enum err why)
{
    struct end *e = end_of(c);
    const char *trouble = conn_tls_trouble(c);
    e->closed++;
    e->heard_end = SSL_get_shutdown(c->tls->ssl) & SSL_RECEIVED_SHUTDOWN;
    e->why = why;
    e->fault = conn_tls_fault(c);
    (void)snprintf(e->trouble, sizeof e->trouble, "%s", trouble ? trouble : "");
}

static const struct conn_handler handler = {.received = on_received, .closed = on_closed};

static void on_opened(void *ctx, bool resumed)
{
    struct end *e = ctx;
    e->opened++;
    e->resumed += resumed;
}

static void on_failed(void *ctx, enum tls_fault why)
{
    struct end *e = ctx;
    e->failed[why]++;
}

/* ---- the world ---- */

static int group_setup(void **state)
{
    (void)state;
    authority_init(&w.authority);
    authority_sign(&w.authority, "server", "DNS:localhost,IP:127.0.0.1", 3600);
    authority_sign(&w.authority, "device-7", "URI:urn:device:7", 3600);
    authority_sign(&w.authority, "expired", "DNS:localhost", -60);
    return 0;
}

static int group_teardown(void **state)
{
    static const char *const files[] = {
        "ca.pem",       "server.pem",  "server.key",  "device-7.pem",
        "device-7.key", "expired.pem", "expired.key", NULL};
    (void)state;
    authority_fini(&w.authority, files);
    return 0;
}

static void make_context(struct end *e, const struct tls_files *names)
{
    char certificate[CERTIFICATES_PATH_MAX], key[CERTIFICATES_PATH_MAX], ca[CERTIFICATES_PATH_MAX];
    char why[TLS_WHY_MAX] = "";
    struct tls_files files = *names;
    const struct tls_watch watch = {on_opened, on_failed, e};
    if (names->certificate) {
        files.certificate = certificates_path(&w.authority, names->certificate, certificate);
        files.key = certificates_path(&w.authority, names->key, key);
    }
    if (names->ca) {
        files.ca = certificates_path(&w.authority, names->ca, ca);
    }
    if (tls_context_new(&files, &e->context, why) != OK) {
        fail_msg("%s", why);
    }
    tls_context_watch(e->context, &watch);
}

static const struct tls_files server_files = {
    .side = TLS_LISTENS, .certificate = "server.pem", .key = "server.key"};
static const struct tls_files strict_files = {.side = TLS_LISTENS,
                                              .certificate = "server.pem",
                                              .key = "server.key",
                                              .ca = "ca.pem",
                                              .clients = TLS_CLIENTS_REQUIRED};
static const struct tls_files client_files = {.side = TLS_DIALS, .ca = "ca.pem"};
static const struct tls_files device_files = {
    .side = TLS_DIALS, .certificate = "device-7.pem", .key = "device-7.key", .ca = "ca.pem"};

static int plug_in(struct end *e)
{
    int fds[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds), 0);
    e->network = fds[1];
    return fds[0];
}

static void start_listener(void)
{
    conn_start_tls(&w.listener.conn, &w.loop, plug_in(&w.listener), &handler, w.listener.context,
                   NULL);
}

static void start_dialler(const char *host)
{
    conn_start_tls(&w.dialler.conn, &w.loop, plug_in(&w.dialler), &handler, w.dialler.context,
                   host);
}

static void start_both(void)
{
    start_listener();
    start_dialler("localhost");
}

static int setup(void **state)
{
    (void)state;
    memset(&w.listener, 0, sizeof w.listener);
    memset(&w.dialler, 0, sizeof w.dialler);
    w.random = expect_seed();
    w.listener.network = w.dialler.network = -1;
    expect_ok(loop_init(&w.loop));
    return 0;
}

static int setup_usual(void **state)
{
    (void)setup(state);
    make_context(&w.listener, &server_files);
    make_context(&w.dialler, &client_files);
    return 0;
}

static void turn(void)
{
    (void)uv_run(&w.loop.uv, UV_RUN_NOWAIT);
}

static void hang_up(struct end *e)
{
    if (e->conn.loop && !e->closed) {
        conn_close(&e->conn);
    }
    while (e->conn.loop && !e->closed) {
        turn();
    }
    if (e->network >= 0) {
        close(e->network);
    }
    tls_context_free(e->context);
    buf_fini(&e->got);
}

static int teardown(void **state)
{
    (void)state;
    hang_up(&w.listener);
    hang_up(&w.dialler);
    loop_fini(&w.loop);
    return 0;
}

/* ---- the network ---- */

static size_t carry(struct end *from, struct end *to, size_t most)
{
    static uint8_t bytes[65536];
    if (from->keeps_network) {
        return 0;
    }
    ssize_t n = recv(from->network, bytes, size_min(most, sizeof bytes), 0);
    if (n <= 0) {
        return 0;
    }
    for (size_t sent = 0; sent < (size_t)n;) {
        ssize_t m = send(to->network, bytes + sent, (size_t)n - sent, MSG_NOSIGNAL);
        if (m < 0 && to->closed) {
            return (size_t)n;
        }
        sent += m > 0 ? (size_t)m : 0;
        turn();
    }
    return (size_t)n;
}

/* Turns until nothing moves any more. Each piece has up to `most` bytes; 0: a random number. */
static void settle(size_t most)
{
    for (unsigned quiet = 0; quiet < 4;) {
        turn();
        size_t a = most ? most : 1 + expect_random(&w.random) % 5000;
        size_t b = most ? most : 1 + expect_random(&w.random) % 5000;
        size_t moved = carry(&w.dialler, &w.listener, a) + carry(&w.listener, &w.dialler, b);
        quiet = moved ? 0 : quiet + 1;
    }
}

static struct frame *text_frame(const char *text)
{
    return frame_of(BYTES(""), bytes_of_text(text));
}

static struct frame *pattern_frame(size_t len, size_t from)
{
    struct frame *f = frame_new((uint32_t)len);
    for (size_t i = 0; i < len; i++) {
        f->data[i] = (uint8_t)((from + i) * 31 >> 3);
    }
    return f;
}

static void expect_pattern(struct end *e, size_t len)
{
    assert_int_equal(e->got.len, len);
    for (size_t i = 0; i < len; i++) {
        assert_int_equal(e->got.ptr[i], (uint8_t)(i * 31 >> 3));
    }
}

/* ---- it works ---- */

static void say_something_in_pieces_of(size_t most)
{
    start_both();
    conn_send(&w.dialler.conn, text_frame("queued before the handshake"));
    settle(most);
    expect_bytes(buf_bytes(&w.listener.got), "queued before the handshake");
    conn_send(&w.listener.conn, text_frame("an "));
    conn_send(&w.listener.conn, text_frame("answer"));
    conn_send_first(&w.listener.conn, text_frame("first: "));
    settle(most);
    expect_bytes(buf_bytes(&w.dialler.got), "first: an answer");
    assert_int_equal(w.listener.opened, 1);
    assert_int_equal(w.dialler.opened, 1);
    assert_int_equal(w.loop.tls->shaking, 0);
    assert_int_equal(conn_queued(&w.listener.conn), 0);
    assert_true(conn_is_tls(&w.listener.conn));
}

static void it_carries_bytes_both_ways(void **state)
{
    (void)state;
    say_something_in_pieces_of(65536);
    assert_string_equal(SSL_get_version(w.listener.conn.tls->ssl), "TLSv1.3");
}

static void it_does_so_byte_by_byte(void **state)
{
    (void)state;
    say_something_in_pieces_of(1);
}

static void it_does_so_with_tls_1_2(void **state)
{
    (void)state;
    assert_int_equal(SSL_CTX_set_max_proto_version(w.dialler.context->ssl, TLS1_2_VERSION), 1);
    say_something_in_pieces_of(7);
    assert_string_equal(SSL_get_version(w.listener.conn.tls->ssl), "TLSv1.2");
}

static void it_refuses_tls_1_1(void **state)
{
    (void)state;
    SSL_CTX *c = w.dialler.context->ssl;
    SSL_CTX_set_security_level(c, 0);
    assert_int_equal(SSL_CTX_set_min_proto_version(c, TLS1_VERSION), 1);
    assert_int_equal(SSL_CTX_set_max_proto_version(c, TLS1_1_VERSION), 1);
    start_both();
    settle(65536);
    assert_int_equal(w.listener.fault, TLS_FAULT_HANDSHAKE);
    assert_int_equal(w.dialler.fault, TLS_FAULT_REFUSED);
    assert_int_equal(w.listener.failed[TLS_FAULT_HANDSHAKE], 1);
}

static void frames_of_all_sizes_arrive_whole_in_random_pieces(void **state)
{
    (void)state;
    size_t total = 0;
    start_both();
    for (unsigned i = 0; i < 200; i++) {
        size_t len = 1 + expect_random(&w.random) % (i % 10 == 0 ? 60000 : 300);
        conn_send(&w.listener.conn, pattern_frame(len, total));
        total += len;
        if (i % 7 == 0) {
            settle(0);
        }
    }
    settle(0);
    expect_pattern(&w.dialler, total);
}

static void frames_of_one_turn_share_a_record(void **state)
{
    (void)state;
    uint8_t record[256];
    start_both();
    settle(65536);
    for (unsigned i = 0; i < 20; i++) {
        conn_send(&w.listener.conn, text_frame("small"));
    }
    turn();
    ssize_t n = recv(w.listener.network, record, sizeof record, 0);
    assert_true(n > 100);
    assert_int_equal(n, 5 + record[3] * 256 + record[4]);
}

static void a_slow_peer_is_felt_and_ciphertext_stays_bounded(void **state)
{
    (void)state;
    size_t total = 4u << 20;
    start_both();
    settle(65536);
    w.listener.keeps_network = true;
    for (size_t at = 0; at < total; at += 65536) {
        conn_send(&w.listener.conn, pattern_frame(65536, at));
    }
    settle(65536);
    assert_true(conn_blocked(&w.listener.conn));
    assert_in_range(conn_queued(&w.listener.conn), total / 2, total + (128u << 10));
    assert_in_range(w.listener.conn.sealed_bytes, 1, 96u << 10);
    /* What the peer says meanwhile is heard, and is no flood. */
    conn_send(&w.dialler.conn, text_frame("hello?"));
    settle(65536);
    expect_bytes(buf_bytes(&w.listener.got), "hello?");
    w.listener.keeps_network = false;
    settle(65536);
    expect_pattern(&w.dialler, total);
    assert_int_equal(w.listener.conn.sealed_bytes, 0);
    assert_null(w.listener.conn.tls->out.ptr);
}

/* ---- certificates ---- */

static void a_certificate_of_the_client_tells_who_it_is(void **state)
{
    (void)state;
    struct tls_peer peer;
    make_context(&w.listener, &strict_files);
    make_context(&w.dialler, &device_files);
    start_both();
    settle(65536);
    assert_true(conn_peer_certificate(&w.listener.conn, &peer));
    assert_string_equal(peer.common_name, "device-7");
    assert_string_equal(peer.alternative_name, "urn:device:7");
    X509 *x = SSL_get0_peer_certificate(w.listener.conn.tls->ssl);
    uint8_t digest[TLS_FINGERPRINT_BYTES];
    assert_int_equal(X509_digest(x, EVP_sha256(), digest, NULL), 1);
    assert_memory_equal(digest, peer.fingerprint, sizeof digest);
    assert_true(conn_peer_certificate(&w.dialler.conn, &peer));
    assert_string_equal(peer.common_name, "server");
    assert_string_equal(peer.alternative_name, "localhost");
}

static void a_required_certificate_that_is_missing_ends_the_handshake(void **state)
{
    (void)state;
    make_context(&w.listener, &strict_files);
    make_context(&w.dialler, &client_files);
    start_both();
    conn_send(&w.dialler.conn, text_frame("must not be heard"));
    settle(65536);
    assert_int_equal(w.listener.fault, TLS_FAULT_CERTIFICATE);
    assert_int_equal(w.listener.got.len, 0);
    assert_int_equal(w.dialler.fault, TLS_FAULT_REFUSED);
    assert_non_null(strstr(w.dialler.trouble, "our certificate"));
}

static void an_optional_certificate_may_be_missing(void **state)
{
    (void)state;
    struct tls_peer peer;
    struct tls_files files = strict_files;
    files.clients = TLS_CLIENTS_OPTIONAL;
    make_context(&w.listener, &files);
    make_context(&w.dialler, &client_files);
    start_both();
    settle(65536);
    assert_int_equal(w.listener.opened, 1);
    assert_false(conn_peer_certificate(&w.listener.conn, &peer));
}

static void a_server_of_another_name_is_not_believed(void **state)
{
    (void)state;
    start_listener();
    start_dialler("elsewhere.example");
    settle(65536);
    assert_int_equal(w.dialler.fault, TLS_FAULT_CERTIFICATE);
    assert_int_equal(w.dialler.why, ERR_IO);
    assert_non_null(strstr(w.dialler.trouble, "ostname mismatch"));
    assert_int_equal(w.listener.fault, TLS_FAULT_REFUSED);
}

static void a_server_by_its_address_is_believed_when_the_certificate_says_so(void **state)
{
    (void)state;
    start_listener();
    start_dialler("127.0.0.1");
    settle(65536);
    assert_int_equal(w.dialler.opened, 1);
}

static void an_expired_certificate_is_not_believed(void **state)
{
    (void)state;
    const struct tls_files expired = {
        .side = TLS_LISTENS, .certificate = "expired.pem", .key = "expired.key"};
    make_context(&w.listener, &expired);
    make_context(&w.dialler, &client_files);
    start_both();
    settle(65536);
    assert_int_equal(w.dialler.fault, TLS_FAULT_CERTIFICATE);
    assert_non_null(strstr(w.dialler.trouble, "expired"));
    assert_true(tls_context_expires(w.listener.context) > 1600000000000);
}

static void the_second_connection_resumes_the_session_of_the_first(void **state)
{
    (void)state;
    say_something_in_pieces_of(65536);
    assert_false(conn_tls_resumed(&w.dialler.conn));
    conn_finish(&w.dialler.conn);
    settle(65536);
    assert_true(w.listener.closed && w.dialler.closed);
    w.listener.closed = w.dialler.closed = 0;
    close(w.listener.network);
    close(w.dialler.network);
    start_both();
    settle(65536);
    assert_true(conn_tls_resumed(&w.dialler.conn));
    assert_int_equal(w.listener.resumed, 1);
}

/* ---- it fails as it should ---- */

static void a_peer_that_speaks_no_tls_is_told_apart(void **state)
{
    (void)state;
    static const char *const openings[] = {"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
                                           "\x10\x0d\x00\x04MQTT\x04\x02\x00\x00\x00\x01?"};
    size_t lengths[] = {strlen(openings[0]), 15};
    for (size_t i = 0; i < ARRAY_LEN(openings); i++) {
        w.listener.closed = 0;
        start_listener();
        assert_int_equal(send(w.listener.network, openings[i], lengths[i], 0), lengths[i]);
        while (!w.listener.closed) {
            turn();
        }
        assert_int_equal(w.listener.fault, TLS_FAULT_PLAIN);
        close(w.listener.network);
        w.listener.network = -1;
    }
    assert_int_equal(w.listener.failed[TLS_FAULT_PLAIN], 2);
}

static void bytes_that_are_no_record_end_an_open_connection(void **state)
{
    (void)state;
    start_both();
    settle(65536);
    uint8_t junk[64] = {0x17, 3, 3, 0, 40};
    assert_int_equal(send(w.listener.network, junk, 45, 0), 45);
    settle(65536);
    assert_int_equal(w.listener.fault, TLS_FAULT_RECORD);
    assert_int_equal(w.listener.why, ERR_IO);
    assert_true(w.dialler.closed);
}

static void noise_never_does_more_than_end_the_handshake(void **state)
{
    (void)state;
    uint8_t noise[512];
    for (unsigned round = 0; round < 300; round++) {
        w.listener.closed = 0;
        start_listener();
        for (size_t i = 0; i < sizeof noise; i++) {
            noise[i] = (uint8_t)expect_random(&w.random);
        }
        if (round % 2) {
            memcpy(noise, "\x16\x03\x01\x01\xf0\x01\x00\x01\xec\x03\x03", 11);
        }
        (void)send(w.listener.network, noise, 1 + expect_random(&w.random) % sizeof noise, 0);
        turn();
        shutdown(w.listener.network, SHUT_WR);
        while (!w.listener.closed) {
            turn();
        }
        close(w.listener.network);
        w.listener.network = -1;
        buf_clear(&w.listener.got);
    }
    assert_int_equal(w.listener.opened, 0);
    assert_int_equal(w.loop.tls->shaking, 0);
}

static void a_handshake_that_stalls_is_ended(void **state)
{
    (void)state;
    start_listener();
    assert_int_equal(send(w.listener.network, "\x16\x03\x01", 3, 0), 3);
    turn();
    assert_int_equal(w.loop.tls->shaking, 1);
    w.loop.tls->first->began_ns -= 10100000000u;
    while (!w.listener.closed) {
        (void)uv_run(&w.loop.uv, UV_RUN_ONCE);
    }
    assert_int_equal(w.listener.fault, TLS_FAULT_TIMEOUT);
    assert_int_equal(w.loop.tls->shaking, 0);
}

static void on_closed_and_gone(struct conn *c, enum err why)
{
    (void)why;
    w.listener.closed = 1;
    free(c);
}

/* The owner of a connection frees it when it is closed, in its handshake or after. */
static void a_connection_may_go_with_its_owner(void **state)
{
    static const struct conn_handler owner = {.received = on_received,
                                              .closed = on_closed_and_gone};
    (void)state;
    for (unsigned round = 0; round < 2; round++) {
        struct conn *c = calloc(1, sizeof *c);
        w.listener.closed = w.dialler.closed = 0;
        conn_start_tls(c, &w.loop, plug_in(&w.listener), &owner, w.listener.context, NULL);
        start_dialler("localhost");
        if (round == 0) {
            turn();
        } else {
            (void)carry(&w.dialler, &w.listener, 100);
        }
        conn_close(c);
        conn_close(&w.dialler.conn);
        while (!w.listener.closed || !w.dialler.closed) {
            turn();
        }
        close(w.listener.network);
        close(w.dialler.network);
    }
    assert_int_equal(w.loop.tls->shaking, 0);
    w.listener.network = w.dialler.network = -1;
}

static void one_that_the_loop_closed_in_its_handshake_is_discarded_too(void **state)
{
    (void)state;
    start_both();
    turn();
    loop_fini(&w.loop);
    conn_discard(&w.listener.conn);
    conn_discard(&w.dialler.conn);
    w.listener.closed = w.dialler.closed = 1;
    expect_ok(loop_init(&w.loop));
}

static void handshakes_beyond_the_limit_are_refused(void **state)
{
    (void)state;
    start_both();
    w.loop.tls->shaking += 2048;
    struct end one_more = {.context = w.listener.context};
    conn_start_tls(&one_more.conn, &w.loop, plug_in(&one_more), &handler, one_more.context, NULL);
    w.loop.tls->shaking -= 2048;
    settle(65536);
    assert_int_equal(one_more.closed, 1);
    assert_int_equal(one_more.fault, TLS_FAULT_LIMIT);
    assert_int_equal(w.listener.failed[TLS_FAULT_LIMIT], 1);
    assert_int_equal(w.listener.opened, 1);
    close(one_more.network);
}

static void key_updates_are_answered_until_nobody_reads_the_answers(void **state)
{
    (void)state;
    SSL *ssl;
    start_both();
    settle(65536);
    ssl = w.dialler.conn.tls->ssl;
    for (unsigned i = 0; i < 50; i++) {
        assert_int_equal(SSL_key_update(ssl, SSL_KEY_UPDATE_REQUESTED), 1);
        conn_send(&w.dialler.conn, text_frame("x"));
        settle(65536);
    }
    assert_int_equal(w.listener.got.len, 50);
    assert_int_equal(w.listener.closed, 0);
    /* Now the answers can't leave. */
    w.listener.conn.blocked = true;
    for (unsigned i = 0; i < 20000 && !w.listener.closed; i++) {
        assert_int_equal(SSL_key_update(ssl, SSL_KEY_UPDATE_REQUESTED), 1);
        conn_send(&w.dialler.conn, text_frame("x"));
        turn();
        (void)carry(&w.dialler, &w.listener, 65536);
        turn();
    }
    assert_int_equal(w.listener.fault, TLS_FAULT_FLOOD);
}

static void a_renegotiation_is_refused(void **state)
{
    (void)state;
    assert_int_equal(SSL_CTX_set_max_proto_version(w.dialler.context->ssl, TLS1_2_VERSION), 1);
    SSL_CTX_clear_options(w.dialler.context->ssl, SSL_OP_NO_RENEGOTIATION);
    start_both();
    settle(65536);
    assert_int_equal(SSL_renegotiate(w.dialler.conn.tls->ssl), 1);
    (void)SSL_do_handshake(w.dialler.conn.tls->ssl);
    conn_want_flush(&w.dialler.conn);
    settle(65536);
    /* OpenSSL's client gives up when it is told no. */
    assert_int_equal(w.listener.opened, 1);
    assert_int_equal(w.listener.fault, TLS_FAULT_REFUSED);
    assert_true(w.dialler.closed);
}

/* ---- the end ---- */

static void finishing_sends_all_and_says_the_end(void **state)
{
    (void)state;
    start_both();
    settle(65536);
    for (size_t at = 0; at < 1u << 20; at += 65536) {
        conn_send(&w.listener.conn, pattern_frame(65536, at));
    }
    conn_finish(&w.listener.conn);
    settle(65536);
    expect_pattern(&w.dialler, 1u << 20);
    assert_int_equal(w.dialler.closed, 1);
    assert_int_equal(w.dialler.why, ERR_CLOSED);
    assert_true(w.dialler.heard_end);
}

static void an_end_leaves_the_other_way_open(void **state)
{
    (void)state;
    start_both();
    settle(65536);
    conn_send(&w.listener.conn, text_frame("bye"));
    conn_end(&w.listener.conn);
    turn();
    uint8_t record[512];
    ssize_t n = recv(w.listener.network, record, sizeof record, 0);
    /* The text's record, an alert's record, and FIN. */
    assert_true(n > 5 && record[3] * 256 + record[4] + 5 < n);
    assert_int_equal(recv(w.listener.network, record, sizeof record, 0), 0);
    conn_send(&w.dialler.conn, text_frame("heard"));
    turn();
    (void)carry(&w.dialler, &w.listener, 65536);
    turn();
    expect_bytes(buf_bytes(&w.listener.got), "heard");
    assert_int_equal(w.listener.closed, 0);
}

static void a_connection_that_the_loop_closed_is_discarded_whole(void **state)
{
    (void)state;
    start_both();
    settle(65536);
    w.listener.keeps_network = true;
    conn_send(&w.listener.conn, pattern_frame(4u << 20, 0));
    settle(65536);
    loop_fini(&w.loop);
    conn_discard(&w.listener.conn);
    conn_discard(&w.dialler.conn);
    w.listener.closed = w.dialler.closed = 1;
    expect_ok(loop_init(&w.loop));
}

/* ---- files ---- */

static void expect_why(const struct tls_files *f, enum err code, const char *words)
{
    char why[TLS_WHY_MAX] = "";
    struct tls_context *t = NULL;
    enum err e = tls_context_new(f, &t, why);
    assert_string_equal(err_name(e), err_name(code));
    assert_null(t);
    if (!strstr(why, words)) {
        fail_msg("'%s' is not in '%s'", words, why);
    }
}

static void files_that_are_wrong_are_named_with_what_to_do(void **state)
{
    (void)state;
    char pem[CERTIFICATES_PATH_MAX], key[CERTIFICATES_PATH_MAX], other[CERTIFICATES_PATH_MAX];
    struct tls_files f = {.side = TLS_LISTENS};
    expect_why(&f, ERR_INVALID, "certificate: set it");
    f.certificate = "/nonexistent/x.pem";
    expect_why(&f, ERR_NOT_FOUND, "/nonexistent/x.pem: no such file");
    f.certificate = certificates_path(&w.authority, "server.key", pem);
    expect_why(&f, ERR_INVALID, "expected certificates in PEM");
    f.certificate = certificates_path(&w.authority, "server.pem", pem);
    expect_why(&f, ERR_INVALID, "its key is missing");
    f.key = f.certificate;
    expect_why(&f, ERR_INVALID, "expected a private key in PEM");
    f.key = certificates_path(&w.authority, "device-7.key", other);
    expect_why(&f, ERR_INVALID, "does not belong to certificate");
    f.key = certificates_path(&w.authority, "server.key", key);
    f.clients = TLS_CLIENTS_REQUIRED;
    expect_why(&f, ERR_INVALID, "client_ca");
    f.ca = key;
    expect_why(&f, ERR_INVALID, "ca ");
}

static void new_files_serve_new_connections_and_old_ones_go_on(void **state)
{
    (void)state;
    struct end fresh = {0};
    start_both();
    settle(65536);
    make_context(&fresh, &strict_files);
    tls_context_replace(w.listener.context, fresh.context);
    conn_send(&w.dialler.conn, text_frame("still served"));
    settle(65536);
    expect_bytes(buf_bytes(&w.listener.got), "still served");
    conn_finish(&w.dialler.conn);
    settle(65536);
    w.listener.closed = w.dialler.closed = 0;
    close(w.listener.network);
    close(w.dialler.network);
    start_both();
    settle(65536);
    assert_int_equal(w.listener.fault, TLS_FAULT_CERTIFICATE);
}

#define TEST(test)  cmocka_unit_test_setup_teardown(test, setup, teardown)
#define USUAL(test) cmocka_unit_test_setup_teardown(test, setup_usual, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        USUAL(it_carries_bytes_both_ways),
        USUAL(it_does_so_byte_by_byte),
        USUAL(it_does_so_with_tls_1_2),
        USUAL(it_refuses_tls_1_1),
        USUAL(frames_of_all_sizes_arrive_whole_in_random_pieces),
        USUAL(frames_of_one_turn_share_a_record),
        USUAL(a_slow_peer_is_felt_and_ciphertext_stays_bounded),
        TEST(a_certificate_of_the_client_tells_who_it_is),
        TEST(a_required_certificate_that_is_missing_ends_the_handshake),
        TEST(an_optional_certificate_may_be_missing),
        USUAL(a_server_of_another_name_is_not_believed),
        USUAL(a_server_by_its_address_is_believed_when_the_certificate_says_so),
        TEST(an_expired_certificate_is_not_believed),
        USUAL(the_second_connection_resumes_the_session_of_the_first),
        USUAL(a_peer_that_speaks_no_tls_is_told_apart),
        USUAL(bytes_that_are_no_record_end_an_open_connection),
        USUAL(noise_never_does_more_than_end_the_handshake),
        USUAL(a_handshake_that_stalls_is_ended),
        USUAL(a_connection_may_go_with_its_owner),
        USUAL(one_that_the_loop_closed_in_its_handshake_is_discarded_too),
        USUAL(handshakes_beyond_the_limit_are_refused),
        USUAL(key_updates_are_answered_until_nobody_reads_the_answers),
        USUAL(a_renegotiation_is_refused),
        USUAL(finishing_sends_all_and_says_the_end),
        USUAL(an_end_leaves_the_other_way_open),
        USUAL(a_connection_that_the_loop_closed_is_discarded_whole),
        TEST(files_that_are_wrong_are_named_with_what_to_do),
        USUAL(new_files_serve_new_connections_and_old_ones_go_on),
    };
    return cmocka_run_group_tests(tests, group_setup, group_teardown);
}
