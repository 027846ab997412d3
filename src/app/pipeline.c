/* SPDX-License-Identifier: Apache-2.0 */
#include "app/pipeline.h"

#include "app/documents.h"
#include "app/earlier.h"
#include "app/mappings_used.h"
#include "app/rule_replay.h"
#include "app/shares.h"
#include "app/silences.h"
#include "app/world.h"
#include "model/account.h"
#include "model/credential.h"
#include "model/limits.h"

#include "base/mem.h"

/* Logins that ended by themselves are looked for this often. */
#define LOGINS_EVERY_MS 10000

#define SILENCES_EVERY_MS (24 * 3600 * 1000)

struct pipeline {
    wall_ms silences_at; /* when those that recur were worked out */
    struct decoder *decoder;
    struct mappings *file_mappings; /* NULL: none */
    struct registry *registry;
    struct alert_engine *alerts;
    struct token_table tokens;
    struct account_table accounts;
    bool claimed;      /* there is, or was, a token or an account */
    wall_ms logins_at; /* when logins were looked through */
    struct credential_table credentials;
    struct document_table documents;
    struct text_id_source document_ids;
    struct text_id_source token_ids;
    struct text_id_source login_ids;
    struct metrics *metrics;
    struct batch_pool *pool;
    struct batch *batch; /* under construction, or NULL */
    uint64_t last_seq;   /* of the newest batch that was opened */
    enum pipeline_storing storing;
    void (*closed)(void *ctx, struct batch *take_b);
    void (*request)(void *ctx, unsigned source, struct bytes topic, struct bytes payload);
    void *ctx;
};

/* ---- the batch under construction ---- */

static struct batch *open_batch(struct pipeline *p, wall_ms now)
{
    if (!p->batch) {
        p->batch = batch_pool_take(p->pool);
        p->batch->seq = ++p->last_seq;
        p->batch->now = now;
    }
    return p->batch;
}

void pipeline_close_batch(struct pipeline *p)
{
    struct batch *b = p->batch;
    p->batch = NULL;
    if (b && batch_empty(b)) {
        p->last_seq--;
        batch_release(b);
    } else if (b) {
        p->closed(p->ctx, b);
    }
}

/* ---- one message ---- */

/* Counts that something of a message is not taken, and tells people why. */
static void refuse(struct pipeline *p, const struct pipeline_message *m, enum drop why)
{
    metrics_drop(p->metrics, why, 1);
    if (m->topic.len > 0) { /* what a program writes has none */
        decoder_refused(p->decoder, why);
    }
}

static uint32_t reading_flags(const struct pipeline *p, const struct pipeline_message *m,
                              const struct decode_record *r)
{
    uint32_t flags = 0;
    if (m->retained) {
        bool last_known = r->time == WALL_NONE && !(r->flags & DECODE_OF_NOW);
        flags |= last_known ? READING_LAST_KNOWN : READING_RETAINED;
    }
    if (r->flags & DECODE_HISTORICAL) {
        flags |= READING_HISTORICAL;
    }
    if (r->flags & DECODE_TRANSIENT) {
        flags |= READING_NOT_STORED;
    }
    if (p->storing == PIPELINE_STORES_NOTHING ||
        (p->storing == PIPELINE_STORES_ACKNOWLEDGED && m->qos == 0)) {
        flags |= READING_NOT_STORED;
        metrics_drop(p->metrics, DROP_DEGRADED, 1);
    }
    return flags;
}

/* When the newest reading of the batch was taken: its own time, but not in the future. */
static wall_ms event_time(const struct batch *b)
{
    wall_ms time = b->readings[b->reading_count - 1].time;
    return time < b->now ? time : b->now;
}

/* False: it was dropped, and counted. */
static bool take_reading(struct pipeline *p, const struct pipeline_message *m,
                         const struct registry_origin *origin, const struct decode_record *r)
{
    struct batch *b = p->batch;
    struct series_id series;
    bool created;
    enum drop drop = registry_resolve(p->registry, origin, b->now, b, &series, &created);
    if (drop != DROP_NONE) {
        refuse(p, m, drop);
        return false;
    }
    struct reading in = {series.n, reading_flags(p, m, r), r->time, r->value};
    enum registry_order order = registry_reading(p->registry, in, b->now, b);
    alert_observe(p->alerts, b);
    switch (order) {
    case REGISTRY_NEWEST:
        alert_evaluate(p->alerts, series, r->value, event_time(b), b);
        break;
    case REGISTRY_LATE:
        alert_evaluate_late(p->alerts, series, r->value, event_time(b), b);
        break;
    case REGISTRY_LAST_KNOWN:
        break;
    case REGISTRY_REFUSED:
        refuse(p, m, DROP_TOO_OLD);
        return false;
    }
    metrics_own(&p->metrics->value[METRIC_READINGS], 1);
    return true;
}

static enum status_cause cause_of(const struct pipeline_message *m)
{
    if (m->will) {
        return CAUSE_WILL;
    }
    return m->retained ? CAUSE_NONE : CAUSE_REPORTED;
}

static void take_status(struct pipeline *p, const struct pipeline_message *m,
                        const struct registry_origin *origin, const struct decode_record *r)
{
    enum drop drop =
        registry_status(p->registry, origin, r->status, cause_of(m), p->batch->now, p->batch);
    if (drop != DROP_NONE) {
        refuse(p, m, drop);
    }
    alert_observe(p->alerts, p->batch);
}

/* Whether the sender may speak for the device that was decoded, whatever the topic claimed. */
static bool may_speak(struct pipeline *p, const struct pipeline_message *m, struct bytes device)
{
    bool may = !m->by || authorize(m->by, ACTION_PUBLISH, device);
    if (!may) {
        refuse(p, m, DROP_NOT_ITS_DEVICE);
    }
    return may;
}

static void take_record(struct pipeline *p, const struct pipeline_message *m,
                        const struct decode_record *r)
{
    if (!may_speak(p, m, r->device)) {
        return;
    }
    struct registry_origin origin = {
        .device = r->device,
        .sensor = r->sensor,
        .unit = r->unit,
        .topic = m->topic,
        .kind = r->value_kind,
        .carrier = m->will ? CARRIER_NONE : m->carrier,
        .source = m->source,
    };
    if (r->kind == DECODE_STATUS) {
        take_status(p, m, &origin, r);
    } else {
        (void)take_reading(p, m, &origin, r);
    }
}

static void take_meta(struct pipeline *p, const struct pipeline_message *m,
                      const struct decode_meta *meta)
{
    struct registry_description told = {
        .device = meta->device,
        .parent = meta->parent,
        .name = meta->name,
        .model = meta->model,
        .manufacturer = meta->manufacturer,
        .place = meta->place,
        .located = meta->located,
        .lat = meta->lat,
        .lng = meta->lng,
    };
    if (!may_speak(p, m, meta->device)) {
        return;
    }
    /* A bridge that is not the sender's to speak for is none of its making. */
    if (told.parent.len > 0 && !may_speak(p, m, told.parent)) {
        told.parent = BYTES("");
    }
    enum drop drop = registry_describe(p->registry, &told, p->batch->now, p->batch);
    if (drop != DROP_NONE) {
        refuse(p, m, drop);
    }
    alert_observe(p->alerts, p->batch);
}

static void pass_on_requests(const struct pipeline *p, const struct decoded *out)
{
    for (size_t i = 0; i < out->request_count; i++) {
        const struct decode_request *r = &out->requests[i];
        p->request(p->ctx, r->source, r->topic, r->payload);
    }
}

/* The seq that the message's acknowledgement waits for. */
static uint64_t waits_for(struct pipeline *p, const struct pipeline_message *m)
{
    if (m->qos == 0 || batch_empty(p->batch)) {
        return 0;
    }
    if (p->storing == PIPELINE_STORES_NOTHING) {
        return PIPELINE_NEVER;
    }
    p->batch->urgent = true;
    return p->batch->seq;
}

_Static_assert(DECODE_QOS_1 == 1 << 1 && DECODE_QOS_2 == 2 << 1, "a QoS is two of the flags");

uint64_t pipeline_message(struct pipeline *p, const struct pipeline_message *m, wall_ms now)
{
    struct decode_input in = {
        .topic = m->topic,
        .payload = m->payload,
        .flags = (m->retained ? DECODE_RETAINED : 0u) | m->qos << 1,
        .source = m->source,
        .now = now,
    };
    struct decoded out;
    decode_message(p->decoder, &in, &out);
    pass_on_requests(p, &out);
    if (out.count == 0 && out.meta_count == 0) {
        return 0;
    }
    (void)open_batch(p, now);
    for (size_t i = 0; i < out.meta_count; i++) {
        take_meta(p, m, &out.meta[i]);
    }
    for (size_t i = 0; i < out.count; i++) {
        take_record(p, m, &out.records[i]);
    }
    uint64_t seq = waits_for(p, m);
    if (p->batch->reading_count >= LIMIT_BATCH_READINGS) {
        pipeline_close_batch(p);
    }
    return seq;
}

/* ---- commands ---- */

static void create_token(struct pipeline *p, struct command *c, struct batch *b)
{
    c->token.id = text_id_next(&p->token_ids);
    c->token.created = b->now;
    c->token.revoked = false;
    c->made = c->token.id;
    c->result = OK;
    p->claimed = true;
    *batch_add_token(b) = c->token;
    token_table_apply(&p->tokens, &c->token);
}

static void revoke_token(struct pipeline *p, struct command *c, struct batch *b)
{
    const struct token *t = token_table_find_id(&p->tokens, &c->id);
    if (!t) {
        c->result = ERR_NOT_FOUND;
        return;
    }
    struct token gone = *t;
    gone.revoked = true;
    c->result = OK;
    *batch_add_token(b) = gone;
    token_table_apply(&p->tokens, &gone);
}

static void change_account(struct pipeline *p, struct command *c, struct batch *b)
{
    if ((c->fields & FIELD_FIRST) && p->claimed) {
        c->result = ERR_DENIED;
        return;
    }
    account_command(&p->accounts, &p->tokens, c, &p->login_ids, b);
    p->claimed = p->claimed || p->accounts.account_count > 0;
}

/* Readings of a program, the way of those that came by MQTT. More than a batch holds go into
 * several; the command is answered with the last. */
static void take_write(struct pipeline *p, struct command *c)
{
    static const struct pipeline_message written = {.qos = 1, .carrier = CARRIER_NONE};
    struct written *w = c->write;
    wall_ms now = p->batch->now;
    for (size_t i = 0; i < w->count; i++) {
        const struct written_reading *r = &w->readings[i];
        struct registry_origin origin = {
            .device = written_text(w, r->device),
            .sensor = written_text(w, r->sensor),
            .kind = r->boolean ? KIND_BOOLEAN : KIND_NUMBER,
            .carrier = CARRIER_NONE,
        };
        struct decode_record record = {.time = r->time, .value = r->value};
        w->refused += !take_reading(p, &written, &origin, &record);
        if (p->batch->reading_count >= LIMIT_BATCH_READINGS) {
            pipeline_close_batch(p);
            (void)open_batch(p, now);
        }
    }
    c->result = OK;
}

static void use_mappings(struct pipeline *p)
{
    decoder_set_mappings(p->decoder, mappings_used(p->file_mappings, &p->documents, NULL));
}

static void follow_silence(struct pipeline *p, struct batch *b)
{
    const struct document_change *d = &b->documents[b->document_count - 1];
    struct bytes id = batch_text(b, d->id);
    if (d->deleted) {
        alert_drop_silence(p->alerts, id, b->now, b);
        return;
    }
    const struct document *kept = document_find(&p->documents, DOCUMENT_SILENCE, id);
    ASSERT(kept);
    silence_put(p->alerts, kept->id, kept->body, b->now, b);
}

/* A document that the pipeline itself follows was changed. */
static void follow_document(struct pipeline *p, const struct command *c, struct batch *b)
{
    if (c->result == OK && c->document.kind == DOCUMENT_SILENCE) {
        follow_silence(p, b);
    } else if (c->result == OK && c->document.kind == DOCUMENT_MAPPING) {
        use_mappings(p);
    }
}

/* False: refused. */
static bool has_room(const struct pipeline *p, struct command *c, const struct document *old)
{
    if (c->document.kind == DOCUMENT_MAPPING && !old && mapping_documents_full(&p->documents)) {
        c->result = ERR_FULL;
        c->message = "there are too many mappings: delete some";
        return false;
    }
    return true;
}

/* What recurs is worked out for two months: once a day anew. */
static void renew_silences(struct pipeline *p, wall_ms now)
{
    if (now - p->silences_at < SILENCES_EVERY_MS && now >= p->silences_at) {
        return;
    }
    p->silences_at = now;
    for (size_t i = 0; i < p->documents.count; i++) {
        const struct document *d = p->documents.rows[i];
        if (d && d->id.len > 0 && d->kind == DOCUMENT_SILENCE && silence_recurs(d->body)) {
            silence_put(p->alerts, d->id, d->body, now, p->batch);
        }
    }
}

static void take_silences(struct pipeline *p, const struct batch *loaded, wall_ms now)
{
    p->silences_at = now;
    for (size_t i = 0; i < loaded->document_count; i++) {
        const struct document_change *d = &loaded->documents[i];
        if (d->kind == DOCUMENT_SILENCE) {
            silence_put(p->alerts, batch_text(loaded, d->id), batch_text(loaded, d->body), now,
                        NULL);
        }
    }
}

/* What goes with a dashboard: its earlier versions, and links to it. `old` is a copy of the
 * dashboard that was replaced or deleted, or NULL. */
static void follow_dashboard(struct pipeline *p, const struct command *c,
                             const struct document *old, struct batch *b)
{
    struct document_table *t = &p->documents;
    bool deleted = c->kind == COMMAND_DELETE_DOCUMENT;
    if (c->result != OK) {
        return;
    }
    if (old && deleted) {
        earlier_forget(t, old->id, &p->document_ids, b->now, b);
    } else if (old) {
        earlier_keep(t, old, &p->document_ids, b->now, b);
    }
    if ((old && deleted) || c->document.kind == DOCUMENT_SHARE) {
        shares_sweep(t, &p->document_ids, b->now, b);
    }
}

static void change_document(struct pipeline *p, struct command *c, struct batch *b)
{
    const struct document_request *q = &c->document;
    const struct document *old =
        document_find(&p->documents, (enum document_kind)q->kind, buf_bytes(&q->id));
    if (c->kind == COMMAND_PUT_DOCUMENT &&
        !(document_body_accepted(c, old) && has_room(p, c, old))) {
        return;
    }
    struct buf text = {0};
    struct document before = {0};
    if (old && old->kind == DOCUMENT_DASHBOARD) {
        before = document_copy(old, &text);
    }
    document_command(&p->documents, c, &p->document_ids, b->now, b);
    follow_document(p, c, b);
    follow_dashboard(p, c, before.id.len ? &before : NULL, b);
    buf_fini(&text);
}

static void do_command(struct pipeline *p, struct command *c, struct batch *b)
{
    switch (c->kind) {
    case COMMAND_PATCH_DEVICE:
    case COMMAND_PATCH_SENSOR:
    case COMMAND_DELETE_DEVICE:
        registry_command(p->registry, c, b);
        alert_observe(p->alerts, b);
        break;
    case COMMAND_CREATE_RULE:
    case COMMAND_PATCH_RULE:
    case COMMAND_DELETE_RULE:
    case COMMAND_ACKNOWLEDGE:
    case COMMAND_RELEASE:
        alert_command(p->alerts, c, b->now, b);
        break;
    case COMMAND_CREATE_TOKEN:
        create_token(p, c, b);
        break;
    case COMMAND_REVOKE_TOKEN:
        revoke_token(p, c, b);
        break;
    case COMMAND_CREATE_ACCOUNT:
    case COMMAND_PATCH_ACCOUNT:
    case COMMAND_DELETE_ACCOUNT:
    case COMMAND_LOG_IN:
    case COMMAND_LOG_OUT:
        change_account(p, c, b);
        break;
    case COMMAND_WRITE:
        take_write(p, c);
        break;
    case COMMAND_CREATE_CREDENTIAL:
    case COMMAND_REVOKE_CREDENTIAL:
        credential_command(&p->credentials, c, b->now, b);
        break;
    case COMMAND_PUT_DOCUMENT:
    case COMMAND_DELETE_DOCUMENT:
        change_document(p, c, b);
        break;
    }
}

bool pipeline_command(struct pipeline *p, struct command *c, wall_ms now)
{
    struct batch *b = open_batch(p, now);
    if (c->kind == COMMAND_WRITE && p->storing != PIPELINE_STORES_ALL) {
        c->result = ERR_BUSY;
        c->message = "the store is behind or failing: try again in a moment";
        return false;
    }
    do_command(p, c, b);
    b = p->batch; /* a write may have filled some */
    c->seq = b->seq;
    if (c->result != OK) {
        return false;
    }
    c->next = b->commands;
    b->commands = c;
    b->urgent = true;
    return true;
}

/* ---- connections and time ---- */

void pipeline_carrier_lost(struct pipeline *p, uint32_t carrier, wall_ms now)
{
    registry_carrier_lost(p->registry, carrier, now, open_batch(p, now));
    alert_observe(p->alerts, p->batch);
}

void pipeline_carrier_closed(struct pipeline *p, uint32_t carrier)
{
    registry_carrier_closed(p->registry, carrier);
}

void pipeline_link(struct pipeline *p, unsigned n, enum registry_link link, wall_ms now)
{
    if (registry_source(p->registry, n, link, now)) {
        alert_renew_mutes(p->alerts, now, open_batch(p, now));
    }
}

/* Who is still connected by such a login is told, and let go. */
static void end_logins(struct pipeline *p, wall_ms now)
{
    if (now - p->logins_at < LOGINS_EVERY_MS && now >= p->logins_at) {
        return;
    }
    p->logins_at = now;
    account_sweep(&p->accounts, p->batch);
}

void pipeline_tick(struct pipeline *p, wall_ms now)
{
    struct decoded asked;
    decode_tick(p->decoder, now, &asked);
    pass_on_requests(p, &asked);
    registry_tick(p->registry, now, open_batch(p, now));
    alert_observe(p->alerts, p->batch);
    renew_silences(p, now);
    end_logins(p, now);
    alert_tick(p->alerts, now, p->batch);
    metrics_set(p->metrics, METRIC_DEVICES, registry_device_count(p->registry));
    metrics_set(p->metrics, METRIC_SERIES, registry_series_count(p->registry));
}

void pipeline_set_mappings(struct pipeline *p, struct mappings *take_mappings)
{
    mappings_free(p->file_mappings);
    p->file_mappings = take_mappings;
    use_mappings(p);
}

struct mappings *pipeline_mappings(const struct pipeline *p, struct mapping_candidate *candidate)
{
    return mappings_used(p->file_mappings, &p->documents, candidate);
}

void pipeline_put_mappings(const struct pipeline *p, struct json_writer *w)
{
    mappings_used_put(w, p->file_mappings, &p->documents);
}

void pipeline_set_storing(struct pipeline *p, enum pipeline_storing storing)
{
    p->storing = storing;
}

static enum err find_principal(const struct pipeline *p, const struct pipeline_login *login,
                               struct principal *principal)
{
    enum err e = ERR_DENIED;
    if (login->fingerprint) {
        e = credential_authenticate_certificate(&p->credentials, login->fingerprint,
                                                login->common_name, principal);
    }
    if (e != OK && !login->hash) {
        return ERR_UNAUTHORIZED;
    }
    if (e != OK) {
        e = token_table_authenticate(&p->tokens, login->hash, principal);
    }
    if (e != OK) {
        e = credential_authenticate(&p->credentials, login->user, login->hash, principal);
    }
    return e;
}

enum err pipeline_authenticate(struct pipeline *p, const struct pipeline_login *login, wall_ms now,
                               struct principal *principal)
{
    enum err e = find_principal(p, login, principal);
    if (e == OK && credential_use_is_news(principal, now)) {
        credential_used(&p->credentials, principal, now, open_batch(p, now));
    }
    return e;
}

bool pipeline_knows(const struct pipeline *p, const struct principal *principal)
{
    if (principal->credential) {
        return credential_is_valid(principal->credential, principal->generation);
    }
    return principal->token.text[0] == '\0' ||
           token_table_find_id(&p->tokens, &principal->token) != NULL;
}

void pipeline_watch(struct pipeline *p, struct bytes device, wall_ms until)
{
    decoder_watch(p->decoder, device, until);
}

const struct decoder *pipeline_decoder(const struct pipeline *p)
{
    return p->decoder;
}

const struct alert_engine *pipeline_alerts(const struct pipeline *p)
{
    return p->alerts;
}

/* ---- life ---- */

static void put_tokens(const struct token_table *tokens, struct batch *out)
{
    for (size_t i = 0; i < tokens->count; i++) {
        *batch_add_token(out) = tokens->tokens[i];
    }
}

struct batch *pipeline_snapshot(const struct pipeline *p)
{
    ASSERT(!p->batch);
    struct batch *all = batch_new(BATCH_SNAPSHOT);
    all->seq = p->last_seq;
    registry_snapshot(p->registry, all);
    alert_snapshot(p->alerts, all);
    all->claimed = p->claimed;
    put_tokens(&p->tokens, all);
    account_table_put(&p->accounts, all);
    credential_table_put(&p->credentials, all);
    document_table_put(&p->documents, all);
    return all;
}

struct pipeline *pipeline_new(const struct pipeline_config *config, const struct batch *loaded)
{
    struct pipeline *p = mem_zalloc(1, sizeof *p);
    p->decoder = decoder_new(&config->decode, config->key, config->metrics);
    decoder_keep_messages(p->decoder);
    p->registry = registry_new(&config->registry, config->key, config->metrics);
    struct alert_world world = world_of(p->registry);
    p->alerts = alert_new(&config->alert, config->key, config->epoch_ms, &world, config->metrics);
    p->token_ids.epoch_ms = config->epoch_ms;
    p->login_ids.epoch_ms = config->epoch_ms;
    p->document_ids.epoch_ms = config->epoch_ms;
    p->metrics = config->metrics;
    p->pool = batch_pool_new();
    p->last_seq = loaded->seq;
    p->closed = config->closed;
    p->request = config->request;
    p->ctx = config->ctx;
    registry_apply(p->registry, loaded);
    alert_apply(p->alerts, loaded);
    for (size_t i = 0; i < loaded->token_count; i++) {
        token_table_apply(&p->tokens, &loaded->tokens[i]);
    }
    p->claimed = loaded->claimed;
    account_table_apply(&p->accounts, loaded);
    credential_table_init(&p->credentials, config->key);
    credential_table_apply(&p->credentials, loaded);
    document_table_init(&p->documents, config->key);
    document_table_apply(&p->documents, loaded);
    take_silences(p, loaded, config->epoch_ms);
    use_mappings(p);
    return p;
}

void pipeline_replay_rules(struct pipeline *p, const struct store *store,
                           struct store_reader *reader)
{
    struct alert_world world = world_of(p->registry);
    rule_replay(p->alerts, &world, store, reader, p->metrics);
}

void pipeline_free(struct pipeline *p)
{
    if (p) {
        decoder_free(p->decoder);
        mappings_free(p->file_mappings);
        registry_free(p->registry);
        alert_free(p->alerts);
        token_table_fini(&p->tokens);
        account_table_fini(&p->accounts);
        credential_table_fini(&p->credentials);
        document_table_fini(&p->documents);
        batch_release(p->batch);
        batch_pool_free(p->pool);
        free(p);
    }
}
