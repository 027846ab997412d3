/* SPDX-License-Identifier: Apache-2.0 */
#include "app/program.h"

#include "app/certificates.h"
#include "app/health.h"
#include "app/ingest_thread.h"
#include "app/links.h"
#include "app/listeners.h"
#include "app/mail.h"
#include "app/notify_thread.h"
#include "app/query_thread.h"
#include "app/serve_thread.h"
#include "app/storage_thread.h"
#include "app/thread.h"
#include "app/version.h"
#include "base/base64.h"
#include "base/mem.h"
#include "model/limits.h"
#include "sys/clock.h"
#include "sys/secret.h"

#include <signal.h>
#include <stdatomic.h>
#include <sys/resource.h>

#define QUERY_THREADS 2

struct program {
    struct config *config;
    struct metrics metrics;
    struct store_state state;
    int64_t epoch_ms;
    struct hash_key key;
    struct listeners listeners;
    struct certificates certificates;
    struct links links;
    int control_fd;
    struct store *store;
    struct batch *loaded; /* the world as the store held it at start */
    struct ingest_thread ingest;
    struct serve_thread serve;
    struct storage_thread storage;
    struct query_thread query[QUERY_THREADS];
    struct notify_thread notify;
    uint8_t vapid[PUSH_PRIVATE_BYTES];
    uint8_t link_key[NOTIFY_LINK_KEY_BYTES];
    struct buf push_key; /* the public half of `vapid`, as text */
    struct health health;
};

/* ---- what must be true before anything starts ---- */

static int refuse(const char *line)
{
    (void)fprintf(stderr, "telltale: %s\n", line);
    return 1;
}

/* Whether somebody can log in. */
static bool has_somebody(const struct batch *loaded)
{
    return loaded->token_count + loaded->account_count > 0;
}

/* Errors: ERR_DENIED, with the sentence that says what to do. */
static enum err check_exposure(const struct program *p, struct config_error *why)
{
    const char *sentence = NULL;
    if (listeners_all_loopback(&p->listeners)) {
        return OK;
    }
    if (!p->config->auth) {
        sentence =
            "--no-auth is accepted only when every listener is on loopback: remove it and make "
            "a user with `telltale user add NAME --role admin`, or listen on localhost";
    } else if (!has_somebody(p->loaded)) {
        sentence =
            "a listener beyond loopback needs a user or token first: make one with `telltale user "
            "add NAME --role admin --data DIR` or `telltale token create --role admin --data DIR`";
    }
    if (!sentence) {
        return OK;
    }
    (void)snprintf(why->text, sizeof why->text, "%s", sentence);
    return ERR_DENIED;
}

static enum err open_store(struct program *p, struct config_error *why)
{
    struct store_config config = p->config->store;
    struct store_failure failure = {{0}};
    config.dir = p->config->data;
    enum err e = store_open(&config, &p->metrics, &p->store, &failure);
    if (e == OK) {
        p->loaded = batch_new(BATCH_SNAPSHOT);
        e = store_load(p->store, p->loaded);
        if (e != OK) {
            (void)snprintf(failure.text, sizeof failure.text, "the store in %s can't be read: %s",
                           config.dir, err_text(e));
        }
    }
    if (e != OK) {
        (void)snprintf(why->text, sizeof why->text, "%.255s", failure.text);
    }
    return e;
}

static enum err open_control(struct program *p, struct config_error *why)
{
    char path[512];
    (void)snprintf(path, sizeof path, "%s/control.sock", p->config->data);
    enum err e = net_listen_unix(path, &p->control_fd);
    if (e != OK) {
        (void)snprintf(why->text, sizeof why->text, "can't make %.200s: %s", path, err_text(e));
    }
    return e;
}

/* Every connection is a descriptor: the soft limit goes up to the hard one. */
static void raise_descriptor_limit(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
        limit.rlim_cur = limit.rlim_max;
        (void)setrlimit(RLIMIT_NOFILE, &limit);
    }
}

/* Below so many connections of a kind, the limit of the system is worth a word at each start. */
#define FEW_CONNECTIONS 4096

/* Connections of a kind where each may have half of the descriptors; UINT32_MAX: no limit. */
static uint32_t connections_room(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur / 2 >= UINT32_MAX) {
        return UINT32_MAX;
    }
    return limit.rlim_cur > 128 ? (uint32_t)(limit.rlim_cur - 128) / 2 : 16;
}

static uint32_t cap_connections(uint32_t wanted)
{
    uint32_t room = connections_room();
    return wanted < room ? wanted : room;
}

/* Who asked for a number in the settings is told when it can't be, others when it is small. */
static void tell_caps(const struct config *config)
{
    uint32_t room = connections_room();
    bool asked = (config->max_mqtt_connections != LIMIT_MQTT_CONNECTIONS &&
                  config->max_mqtt_connections > room) ||
                 (config->max_clients != LIMIT_CLIENTS && config->max_clients > room);
    if (asked || room < FEW_CONNECTIONS) {
        log_line(LOG_WARN,
                 "at most %u MQTT connections and as many live clients: the system lets this "
                 "process open too few files for more (ulimit -n)",
                 (unsigned)room);
    }
}

/* ---- the threads, wired ---- */

static enum err make_ingest(struct program *p)
{
    struct ingest_thread_config c = {
        .pipeline = {.decode = p->config->decode,
                     .registry = p->config->registry,
                     .alert = p->config->alert,
                     .key = p->key,
                     .epoch_ms = p->epoch_ms,
                     .metrics = &p->metrics},
        .max_connections = cap_connections(p->config->max_mqtt_connections),
        .limits = p->config->mqtt_limits,
        .no_auth = !p->config->auth,
        .tls = p->certificates.mqtts,
        .loaded = p->loaded,
        .state = &p->state,
    };
    c.pipeline.registry.retention_ms = store_retention_longest(&p->config->store);
    return ingest_thread_init(&p->ingest, &c);
}

static enum err make_serve(struct program *p)
{
    struct serve_config c = {
        .no_auth = !p->config->auth,
        .all_loopback = listeners_all_loopback(&p->listeners),
        .hosts = (const char *const *)p->config->http_hosts.items,
        .host_count = p->config->http_hosts.count,
        .origins = (const char *const *)p->config->http_origins.items,
        .origin_count = p->config->http_origins.count,
        .max_clients = cap_connections(p->config->max_clients),
        .ping_interval_ms = p->config->ping_interval_ms,
        .ping_timeout_ms = p->config->ping_timeout_ms,
        .connect_timeout_ms = p->config->connect_timeout_ms,
        .max_payload = p->config->max_payload,
        .epoch_ms = p->epoch_ms,
        .version = TELLTALE_VERSION,
        .tls = p->certificates.https,
        .push_key = (const char *)p->push_key.ptr,
        .link_key = p->link_key,
        .mqtt_port = listeners_mqtt_port(&p->listeners),
        .registry = p->config->registry,
        .alert = p->config->alert,
        .key = {p->key.k0, p->key.k1},
        .metrics = &p->metrics,
    };
    return serve_thread_init(&p->serve, &c, health_check, &p->health);
}

/* Said in the log, since it depends on the machine. */
static void choose_sends(struct program *p)
{
    const char *trouble = NULL;
    enum loop_sends how = p->config->sends;
    struct loop_sends_counters counters = {&p->metrics.value[METRIC_SENDS_BATCHED],
                                           &p->metrics.value[METRIC_SEND_BATCHES]};
    if (how != LOOP_SENDS_EACH) {
        trouble = loop_batch_trouble();
    }
    if (trouble) {
        log_line(how == LOOP_SENDS_AUTO ? LOG_INFO : LOG_WARN,
                 "sends: a system call a connection (io_uring: %s)", trouble);
        how = LOOP_SENDS_EACH;
    } else if (how != LOOP_SENDS_EACH) {
        log_line(LOG_INFO, "sends: in batches by io_uring");
    }
    loop_send_by(&p->ingest.loop, how, counters);
    loop_send_by(&p->serve.loop, how, counters);
}

/* Made once, with the store: a browser's subscription is worth nothing without the key that it was
 * made for. */
static enum err make_keys(struct program *p, struct config_error *why)
{
    uint8_t fresh[STORE_SECRET_BYTES], point[PUSH_POINT_BYTES];
    do {
        secret_random(fresh, sizeof fresh);
    } while (push_public(fresh, point) != OK);
    enum err e = store_secret(p->store, "vapid", fresh, p->vapid);
    e = e == OK ? push_public(p->vapid, point) : e;
    secret_random(fresh, sizeof fresh);
    e = e == OK ? store_secret(p->store, "links", fresh, p->link_key) : e;
    if (e != OK) {
        (void)snprintf(why->text, sizeof why->text, "the keys of the store can't be read: %s",
                       err_text(e));
        return e;
    }
    base64url_append(&p->push_key, bytes_of(point, sizeof point));
    buf_put_byte(&p->push_key, 0);
    return OK;
}

/* A password in a file takes the place of one in the settings. */
static enum err read_smtp_password(struct config *c, struct config_error *why)
{
    char line[CONFIG_TEXT_MAX + 1];
    if (!c->notify.smtp_password_file) {
        return OK;
    }
    enum err e = config_first_line(c->notify.smtp_password_file, line);
    if (e != OK) {
        (void)snprintf(why->text, sizeof why->text, "notify.smtp_password_file %.128s: %s",
                       c->notify.smtp_password_file, err_text(e));
        return e;
    }
    free(c->notify.smtp_password);
    c->notify.smtp_password = mem_text(line, strlen(line));
    return OK;
}

static enum err make_notify(struct program *p)
{
    struct notify_thread_config c = {.settings = &p->config->notify,
                                     .metrics = &p->metrics,
                                     .key = p->key,
                                     .loaded = p->loaded,
                                     .unplanned = batch_new(BATCH_CHANGES)};
    memcpy(c.vapid, p->vapid, sizeof c.vapid);
    memcpy(c.link_key, p->link_key, sizeof c.link_key);
    enum err e = store_outbox_load(p->store, &c.rows);
    e = e == OK ? store_unplanned(p->store, c.unplanned) : e;
    return e == OK ? notify_thread_init(&p->notify, &c) : e;
}

static enum err make_threads(struct program *p, struct config_error *why)
{
    struct store_failure failure = {"the event loop could not be made"};
    enum err e = storage_thread_init(&p->storage, p->store, &p->state, &p->metrics);
    e = e == OK ? make_ingest(p) : e;
    e = e == OK ? make_serve(p) : e;
    e = e == OK ? make_notify(p) : e;
    for (size_t i = 0; e == OK && i < QUERY_THREADS; i++) {
        e = query_thread_init(&p->query[i], p->config->data, &failure);
    }
    if (e != OK) {
        (void)snprintf(why->text, sizeof why->text, "%.255s", failure.text);
    }
    return e;
}

static void wire(struct program *p)
{
    p->ingest.to_storage = p->storage.mailbox;
    p->ingest.to_serve = p->serve.batches;
    p->ingest.to_answers = p->serve.answers;
    p->storage.to_ingest = p->ingest.mailbox;
    p->storage.to_serve = p->serve.answers;
    p->storage.to_notify = p->notify.batches;
    p->storage.to_notify_answers = p->notify.answers;
    p->storage.query = p->query;
    p->storage.query_count = QUERY_THREADS;
    p->serve.to_ingest = p->ingest.mailbox;
    p->serve.links = p->ingest.ingest;
    p->serve.to_ingest_connections = p->ingest.connections;
    p->serve.to_storage = p->storage.mailbox;
    p->serve.to_notify = p->notify.answers;
    p->notify.to_storage = p->storage.mailbox;
    p->notify.to_ingest = p->ingest.mailbox;
    p->notify.to_serve = p->serve.answers;
    for (size_t i = 0; i < QUERY_THREADS; i++) {
        p->query[i].to_serve = p->serve.answers;
    }
    p->health = (struct health){
        .loops = {&p->ingest.loop, &p->storage.loop, &p->serve.loop, &p->notify.loop},
        .names = {"ingest", "storage", "serve", "notify"},
        .state = &p->state,
        .metrics = &p->metrics,
    };
}

static void attach_listeners(struct program *p)
{
    for (size_t i = 0; i < p->listeners.count; i++) {
        struct open_listener *l = &p->listeners.at[i];
        if (strcmp(l->what, "http") == 0) {
            serve_listen(p->serve.serve, l->fd, l->name.host, l->name.port);
        } else if (strcmp(l->what, "https") == 0) {
            serve_listen_tls(p->serve.serve, l->fd, l->name.host, l->name.port);
        } else {
            ingest_listen(p->ingest.ingest, l->fd, l->tls ? p->certificates.mqtts : NULL);
        }
    }
    serve_listen_control(p->serve.serve, p->control_fd);
}

static void attach_brokers(struct program *p)
{
    for (size_t i = 0; i < p->links.count; i++) {
        ingest_dial(p->ingest.ingest, &p->links.at[i]);
    }
}

/* Whoever starts the program for the first time is told where to begin. */
static void tell_setup(const struct program *p)
{
    char url[128];
    if (!p->config->auth || p->loaded->claimed) {
        return;
    }
    if (listeners_url(&p->listeners, url, sizeof url)) {
        log_line(LOG_INFO, "nobody has an account yet: open %s/setup in a browser on this machine",
                 url);
    } else {
        log_line(LOG_INFO, "nobody has an account yet: `telltale user add NAME --role admin`");
    }
}

static void start_threads(struct program *p)
{
    pipeline_replay_rules(p->ingest.pipeline, p->store, p->query[0].reader);
    serve_batch(p->serve.serve, p->loaded);
    batch_release(p->loaded);
    p->loaded = NULL;
    storage_thread_start(&p->storage);
    query_thread_check(&p->query[0], &p->metrics);
    for (size_t i = 0; i < QUERY_THREADS; i++) {
        query_thread_start(&p->query[i]);
    }
    serve_thread_start(&p->serve);
    notify_thread_start(&p->notify);
    ingest_thread_start(&p->ingest);
}

/* ---- life ---- */

/* A terminal that goes takes the program with it, unless SIGHUP has a meaning here. */
static void block_signals(sigset_t *ours, const struct config *config)
{
    sigemptyset(ours);
    sigaddset(ours, SIGTERM);
    sigaddset(ours, SIGINT);
    if (config->certificate || config->path) {
        sigaddset(ours, SIGHUP);
    }
    (void)pthread_sigmask(SIG_BLOCK, ours, NULL);
    (void)signal(SIGPIPE, SIG_IGN);
    (void)signal(SIGXFSZ, SIG_IGN); /* a file limit is a full disk, not a reason to die */
}

/* New files are used when they are right, and those in use kept when they are not. */
static void reload_certificates(struct program *p)
{
    struct config_error why = {0};
    struct certificates fresh;
    if (!p->certificates.https) {
        return;
    }
    if (certificates_load(p->config, &p->metrics, &fresh, &why) != OK) {
        log_line(LOG_WARN, "the certificate in use stays: %s", why.text);
        return;
    }
    post_or_die(p->serve.answers, (struct mail){.kind = MAIL_CERTIFICATE, .body = fresh.https});
    post_or_die(p->ingest.mailbox, (struct mail){.kind = MAIL_CERTIFICATE, .body = fresh.mqtts});
    log_line(LOG_INFO, "certificate %s was read again", p->config->certificate);
}

/* The mappings of the settings file as it is now, if all of it is right; else those in use stay. */
static void reload_mappings(struct program *p)
{
    const char *path = p->config->path;
    struct config fresh;
    struct config_error why;
    if (!path) {
        return;
    }
    config_init_defaults(&fresh);
    if (config_load(path, &fresh, &why) != OK) {
        log_line(LOG_WARN, "the mappings in use stay: %s:%d:%d: %s", path, why.line, why.column,
                 why.text);
    } else {
        struct mappings *mappings = fresh.mappings ? fresh.mappings : mappings_new();
        fresh.mappings = NULL;
        log_line(LOG_INFO, "%zu mappings were read from %s", mappings_count(mappings), path);
        post_or_die(p->ingest.mailbox, (struct mail){.kind = MAIL_MAPPINGS, .body = mappings});
    }
    config_fini(&fresh);
}

/* Waits for the first signal to end; the second one ends the process at once, by its default. */
static void wait_for_signal(struct program *p, const sigset_t *ours)
{
    int which = 0;
    while (sigwait(ours, &which) == 0 && which == SIGHUP) {
        reload_certificates(p);
        reload_mappings(p);
    }
    log_line(LOG_INFO, "stopping: writing what is under way");
    (void)pthread_sigmask(SIG_UNBLOCK, ours, NULL);
}

/* In the order of the data: ingest stops reading, storage writes, the last acknowledgements leave,
 * the browsers are told, the queries end, the store closes. */
static void shut_down(struct program *p)
{
    post_or_die(p->ingest.mailbox, (struct mail){.kind = MAIL_DRAIN});
    ingest_thread_join(&p->ingest);
    post_or_die(p->serve.answers, (struct mail){.kind = MAIL_DRAIN});
    serve_thread_join(&p->serve);
    post_or_die(p->notify.answers, (struct mail){.kind = MAIL_DRAIN});
    notify_thread_join(&p->notify);
    storage_thread_join(&p->storage);
    for (size_t i = 0; i < QUERY_THREADS; i++) {
        query_thread_join(&p->query[i]);
    }
}

static void free_threads(struct program *p)
{
    storage_thread_fini(&p->storage);
    for (size_t i = 0; i < QUERY_THREADS; i++) {
        query_thread_fini(&p->query[i]);
    }
    notify_thread_fini(&p->notify);
    serve_thread_fini(&p->serve);
    ingest_thread_fini(&p->ingest); /* the others gave its batches back */
    certificates_free(&p->certificates);
    links_free(&p->links);
    store_close(p->store);
    buf_fini(&p->push_key);
}

static enum err prepare(struct program *p, struct config_error *why)
{
    enum err e = listeners_open(&p->listeners, p->config, why);
    if (e == OK && listeners_any_tls(&p->listeners)) {
        e = certificates_load(p->config, &p->metrics, &p->certificates, why);
    }
    e = e == OK ? open_store(p, why) : e;
    e = e == OK ? check_exposure(p, why) : e;
    e = e == OK ? make_keys(p, why) : e;
    e = e == OK ? read_smtp_password(p->config, why) : e;
    e = e == OK ? links_load(p->config, &p->links, why) : e;
    e = e == OK ? open_control(p, why) : e;
    return e == OK ? make_threads(p, why) : e;
}

int program_run(struct config *config)
{
    static struct program program; /* lives as long as the process; too large for a stack */
    struct program *p = &program;
    struct config_error why = {0};
    sigset_t signals;

    *p = (struct program){.config = config, .epoch_ms = clock_wall_ms(), .control_fd = -1};
    secret_start();
    secret_random(&p->key, sizeof p->key);
    log_set_level(config->log_level);
    block_signals(&signals, config);
    raise_descriptor_limit();
    tell_caps(p->config);
    if (prepare(p, &why) != OK) {
        listeners_close(&p->listeners);
        certificates_free(&p->certificates);
        links_free(&p->links);
        store_close(p->store);
        return refuse(why.text);
    }
    wire(p);
    choose_sends(p);
    attach_listeners(p);
    attach_brokers(p);
    pipeline_set_mappings(p->ingest.pipeline, config->mappings);
    config->mappings = NULL;
    tell_setup(p);
    start_threads(p);
    listeners_announce(&p->listeners);
    wait_for_signal(p, &signals);
    shut_down(p);
    free_threads(p);
    return 0;
}
