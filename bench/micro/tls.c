/* SPDX-License-Identifier: Apache-2.0 */
/* What TLS costs a connection of loop/, beside the same without: CPU of this process for a frame to
 * each of many, for bytes that come in, for a handshake, and memory of one that idles. A child is
 * the other end of all connections; its own work is not counted.
 *
 * usage: tls [--clients K] [--bytes B] [--rounds R] [--megabytes M] */
#include "loop/tls.h"

#include "base/mem.h"
#include "sys/net.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CLIENTS_MAX = 4000 };

struct end {
    struct conn conn;
    bool closed;
};

struct side {
    struct loop loop;
    struct tls_context *context; /* NULL: plain */
    struct end ends[CLIENTS_MAX];
    size_t count;
    size_t opened;
    uint64_t received;
};

static struct side side;
static char pem[] = "/tmp/telltale-bench-XXXXXX";

static void on_received(struct conn *c, struct bytes in)
{
    (void)c;
    side.received += in.len;
}

static void on_closed(struct conn *c, enum err why)
{
    (void)why;
    CONTAINER_OF(c, struct end, conn)->closed = true;
}

static const struct conn_handler handler = {.received = on_received, .closed = on_closed};

static void on_opened(void *ctx, bool resumed)
{
    struct side *s = ctx;
    (void)resumed;
    s->opened++;
}

static void check(bool fine, const char *what)
{
    if (!fine) {
        (void)fprintf(stderr, "tls: %s failed\n", what);
        exit(1);
    }
}

/* ---- a certificate, its own CA ---- */

static void make_certificate(void)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *x = X509_new();
    X509_NAME *name = X509_get_subject_name(x);
    int fd = mkstemp(pem);
    FILE *f = fd >= 0 ? fdopen(fd, "w") : NULL;
    check(f && key && x, "making a certificate");
    (void)X509_set_version(x, 2);
    (void)ASN1_INTEGER_set(X509_get_serialNumber(x), 1);
    (void)X509_gmtime_adj(X509_getm_notBefore(x), -60);
    (void)X509_gmtime_adj(X509_getm_notAfter(x), 3600);
    (void)X509_set_pubkey(x, key);
    (void)X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const unsigned char *)"localhost",
                                     -1, -1, 0);
    (void)X509_set_issuer_name(x, name);
    check(X509_sign(x, key, EVP_sha256()) > 0, "signing");
    check(PEM_write_X509(f, x) == 1 && PEM_write_PrivateKey(f, key, NULL, NULL, 0, NULL, NULL) == 1,
          "writing the certificate");
    (void)fclose(f);
    X509_free(x);
    EVP_PKEY_free(key);
}

static struct tls_context *context_of(enum tls_side which)
{
    struct tls_files files = {.side = which};
    const struct tls_watch watch = {.opened = on_opened, .ctx = &side};
    struct tls_context *t = NULL;
    char why[TLS_WHY_MAX] = "";
    if (which == TLS_LISTENS) {
        files.certificate = pem;
        files.key = pem;
    } else {
        files.ca = pem;
    }
    check(tls_context_new(&files, &t, why) == OK, why);
    tls_context_watch(t, &watch);
    return t;
}

/* ---- connections ---- */

/* `server_name`: whom it dials; NULL when it was accepted. */
static void start(size_t i, int fd, const char *server_name)
{
    struct conn *c = &side.ends[i].conn;
    if (side.context) {
        conn_start_tls(c, &side.loop, fd, &handler, side.context, server_name);
    } else {
        conn_start(c, &side.loop, fd, &handler);
    }
}

static void turn(void)
{
    (void)uv_run(&side.loop.uv, UV_RUN_NOWAIT);
}

static double cpu_s(void)
{
    struct rusage u;
    (void)getrusage(RUSAGE_SELF, &u);
    return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
           (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

static long memory_kb(void)
{
    char line[256];
    long kb = 0;
    FILE *f = fopen("/proc/self/status", "re");
    while (f && fgets(line, sizeof line, f)) {
        (void)sscanf(line, "RssAnon: %ld", &kb);
    }
    if (f) {
        (void)fclose(f);
    }
    return kb;
}

/* ---- the other end, a process of its own ---- */

static void dial_all(uint16_t port)
{
    struct net_address a;
    check(net_address_parse("127.0.0.1", port, &a) == OK, "an address");
    for (size_t i = 0; i < side.count; i++) {
        int fd;
        check(net_connect(&a, &fd) == OK, "dialling");
        start(i, fd, "localhost");
        turn();
    }
}

/* Sends when the first byte comes on the first connection: `send` bytes over four of them. */
static void other_end(uint16_t port, uint64_t send)
{
    check(loop_init(&side.loop) == OK, "a loop");
    dial_all(port);
    uint64_t sent = 0;
    bool asked = false;
    while (!side.ends[0].closed) {
        asked = asked || (send && side.received == 1);
        for (size_t i = 0; asked && i < 4 && i < side.count; i++) {
            struct conn *c = &side.ends[i].conn;
            while (sent < send && conn_queued(c) < 1u << 20) {
                struct frame *f = frame_new(65536);
                memset(f->data, 'x', f->len);
                conn_send(c, f);
                sent += f->len;
            }
        }
        (void)uv_run(&side.loop.uv, asked && sent < send ? UV_RUN_NOWAIT : UV_RUN_ONCE);
    }
    exit(0);
}

/* ---- measuring ---- */

struct cost {
    double handshake_us, delivery_us, megabyte_ms;
    double idle_bytes;
};

static void take_in(size_t count)
{
    while (side.count < count || (side.context && side.opened < count)) {
        (void)uv_run(&side.loop.uv, UV_RUN_ONCE);
    }
}

static void on_accepted(void *ctx, int fd, const struct peer_address *peer)
{
    (void)ctx;
    (void)peer;
    start(side.count, fd, NULL);
    side.count++;
}

/* A frame to each, `rounds` times; nobody is given more than it takes. */
static double fan_out(size_t len, size_t rounds)
{
    double before = cpu_s();
    for (size_t r = 0; r < rounds; r++) {
        struct frame *f = frame_new((uint32_t)len);
        memset(f->data, 'y', len);
        for (size_t i = 0; i < side.count; i++) {
            conn_send(&side.ends[i].conn, frame_hold(f));
        }
        frame_release(f);
        turn();
        for (size_t i = 0; i < side.count; i++) {
            while (conn_queued(&side.ends[i].conn)) {
                (void)uv_run(&side.loop.uv, UV_RUN_ONCE);
            }
        }
    }
    return (cpu_s() - before) * 1e6 / (double)(rounds * side.count);
}

static double take_bytes(uint64_t bytes)
{
    struct frame *f = frame_new(1);
    f->data[0] = '!';
    conn_send(&side.ends[0].conn, f);
    double before = cpu_s();
    while (side.received < bytes) {
        (void)uv_run(&side.loop.uv, UV_RUN_ONCE);
    }
    return (cpu_s() - before) * 1e3 / ((double)bytes / 1048576);
}

struct plan {
    size_t clients, len, rounds;
    uint64_t bytes;
};

enum transport { PLAIN, TLS };

static struct cost measure(enum transport transport, const struct plan *p)
{
    struct net_address a;
    struct net_name name;
    struct listener li;
    struct cost cost;
    int fd;
    memset(&side, 0, sizeof side);
    check(net_address_parse("127.0.0.1", 0, &a) == OK && net_listen(&a, &fd, &name) == OK,
          "listening");
    pid_t child = fork();
    side.context = transport == TLS ? context_of(child ? TLS_LISTENS : TLS_DIALS) : NULL;
    if (child == 0) {
        side.count = p->clients;
        other_end(name.port, p->bytes);
    }
    check(loop_init(&side.loop) == OK, "a loop");
    listener_start(&li, &side.loop, fd, on_accepted, NULL);
    long memory = memory_kb();
    double cpu = cpu_s();
    take_in(p->clients);
    for (int i = 0; i < 50; i++) {
        turn();
    }
    cost.handshake_us = (cpu_s() - cpu) * 1e6 / (double)p->clients;
    cost.idle_bytes = (double)(memory_kb() - memory) * 1024 / (double)p->clients;
    cost.megabyte_ms = take_bytes(p->bytes);
    cost.delivery_us = fan_out(p->len, p->rounds);
    (void)kill(child, SIGKILL);
    (void)waitpid(child, NULL, 0);
    loop_fini(&side.loop);
    for (size_t i = 0; i < side.count; i++) {
        if (!side.ends[i].closed) {
            conn_discard(&side.ends[i].conn);
        }
    }
    tls_context_free(side.context);
    return cost;
}

static uint64_t argument(int argc, char **argv, const char *name, uint64_t otherwise)
{
    for (int i = 1; i + 1 < argc; i++) {
        if (strcmp(argv[i], name) == 0) {
            return strtoull(argv[i + 1], NULL, 10);
        }
    }
    return otherwise;
}

static void row(const char *what, double plain, double tls)
{
    (void)printf("%-44s %10.2f %10.2f %8.2f\n", what, plain, tls, tls / plain);
}

int main(int argc, char **argv)
{
    const struct plan p = {
        .clients = size_min((size_t)argument(argc, argv, "--clients", 1000), CLIENTS_MAX),
        .len = (size_t)argument(argc, argv, "--bytes", 150),
        .rounds = (size_t)argument(argc, argv, "--rounds", 200),
        .bytes = argument(argc, argv, "--megabytes", 1024) << 20,
    };
    (void)signal(SIGPIPE, SIG_IGN);
    make_certificate();
    struct cost plain = measure(PLAIN, &p);
    struct cost tls = measure(TLS, &p);
    (void)unlink(pem);
    (void)printf("%-44s %10s %10s %8s\n", "what", "plain", "TLS", "ratio");
    row("a connection taken, CPU us (TLS: handshake)", plain.handshake_us, tls.handshake_us);
    row("a frame to one of many, CPU us", plain.delivery_us, tls.delivery_us);
    row("a megabyte received, CPU ms", plain.megabyte_ms, tls.megabyte_ms);
    row("an idle connection, bytes of memory", plain.idle_bytes, tls.idle_bytes);
    return 0;
}
