/* SPDX-License-Identifier: Apache-2.0 */
/* A request on its way through the router to a handler, and the ways to answer it. */
#ifndef TELLTALE_SERVE_REQUEST_H
#define TELLTALE_SERVE_REQUEST_H

#include "proto/json/json.h"
#include "serve/peer.h"

/* Who may call a route. */
enum serve_guard {
    SERVE_GUARD_ACTION, /* a credential, and authorize() for the route's action */
    SERVE_GUARD_OWN,    /* everybody: it is public, or checks for itself (Socket.IO) */
};

struct serve_route {
    enum http_verb verb;
    const char *pattern; /* "/api/v1/devices/{}": `{}` is one segment */
    enum serve_guard guard;
    enum action action;
    int device; /* segment that is a device's id, or -1 */
    void (*handle)(struct serve_peer *p);
};

static inline const struct http_request *serve_request(const struct serve_peer *p)
{
    return &p->http->reader.request;
}

/* ---- router.c ---- */

/* Looks at a complete head: host, origin, route, credential. Fills p->http. */
void serve_admit(struct serve_peer *p);

/* Serves the admitted request, whose body is complete. */
void serve_dispatch(struct serve_peer *p);

/* The largest body that the admitted request may have. */
size_t serve_body_max(struct serve_peer *p);

/* ---- access.c ---- */

/* Whether `host` may be spoken to here. */
bool serve_host_allowed(const struct serve *s, struct bytes host);

/* Whether a page from `origin` may use us; `host` is that of the request. */
bool serve_origin_allowed(const struct serve *s, struct bytes origin, struct bytes host);

/* Who the request's cookie or Authorization says. Errors: ERR_NOT_FOUND it has neither;
 * ERR_DENIED a wrong one. */
MUST_CHECK enum err serve_principal_of(struct serve_peer *p, struct principal *who);

/* Who the bearer of a token is. Errors: ERR_DENIED. */
MUST_CHECK enum err serve_authenticate(const struct serve *s, struct bytes token,
                                       struct principal *who);

/* Whether it says that a proxy passed it on. */
bool serve_was_forwarded(struct serve_peer *p);

/* Whether its connection comes from this machine, a proxy on it included. */
bool serve_peer_is_loopback(const struct serve_peer *p);

/* ---- passwords.c ---- */

/* The same words whether there is nobody of that name or the password is wrong. */
#define SERVE_WRONG_LOGIN   "wrong name or password"
#define SERVE_WRONG_PRESENT "that is not the present password"
#define SERVE_SETUP_CLOSED  "this server was set up already: log in"

/* Checks and hashes the passwords in `take_c`, away from the loop, then hands it on as
 * serve_command_send does. Whoever was wrong too often, or comes while too many wait, is told. */
void serve_password_send(struct serve_peer *p, struct command *take_c);

/* Nobody is told any more; after the loop has ended. */
void serve_passwords_drop(struct serve *s);

/* ---- answer.c ---- */

#define SERVE_JSON "application/json; charset=utf-8"
#define SERVE_TEXT "text/plain; charset=utf-8"
#define SERVE_HTML "text/html; charset=utf-8"

/* An answer. Zero members are left out. */
struct serve_answer {
    unsigned status;
    const char *type; /* of the body */
    struct bytes body;
    const char *cache;    /* Cache-Control; NULL: no-store */
    const char *etag;     /* quoted */
    const char *encoding; /* Content-Encoding; sets Vary too */
    const char *cookie;   /* Set-Cookie, whole value */
    unsigned retry_s;     /* Retry-After; 0: none, or 1 with 503 */
    bool influx;          /* says which InfluxDB's clients may write as they are */
};

/* Sends it; the request is over when this returns. */
void serve_answer_send(struct serve_peer *p, const struct serve_answer *a);

/* The parts of an answer that has several: its head, with status and type; a part, which must not
 * be empty; the end, when the request is over. A peer of HTTP/1.0 is told the end by closing. */
void serve_answer_begin(struct serve_peer *p, const struct serve_answer *a);
void serve_answer_part(struct serve_peer *p, struct bytes part);
void serve_answer_end(struct serve_peer *p);

/* The head of an answer without an end, by which the peer ceases to be HTTP. */
void serve_answer_event_stream(struct serve_peer *p);

/* A JSON body, to which it appends a newline: people read it in terminals. */
void serve_answer_json(struct serve_peer *p, unsigned status, struct buf *body);

/* {"error":{"code","field"?,"message"}}. `field` may come from a peer; NULL leaves it out. */
void serve_answer_error(struct serve_peer *p, unsigned status, const char *code,
                        const char *message);
void serve_answer_bad_field(struct serve_peer *p, struct bytes field, const char *message);

/* The answer to bytes that were no request; then lingers. */
void serve_answer_malformed(struct serve_peer *p, unsigned status, const char *message);

/* ---- samples.c: a history question under construction ---- */

struct serve_query *serve_query_new(const struct serve *s, enum serve_query_format format);

/* Adds a series. False: it has LIMIT_HISTORY_SERIES. */
MUST_CHECK bool serve_query_add(struct serve_query *q, const char *device,
                                const struct registry_series *s);

/* The question's series by the names in the query string; NULL: answered. Series outside `scope`
 * are not there; NULL: there is no scope. What it returns goes to serve_ask_history or to
 * serve_ask_learned; `send` is serve_query_send or the like. */
struct share_scope;
typedef void serve_query_sender(struct serve_peer *p, struct serve_query *take_q);
struct serve_query *serve_named_query(struct serve_peer *p, const struct share_scope *scope);
void serve_ask_history(struct serve_peer *p, struct serve_query *take_q, serve_query_sender *send);
void serve_ask_learned(struct serve_peer *p, struct serve_query *take_q, serve_query_sender *send);

/* ---- query.c: the query string ---- */

/* The integer parameter `name`, or `missing` when it is not given. False: the error is answered. */
MUST_CHECK bool serve_query_integer(struct serve_peer *p, const char *name, int64_t min,
                                    int64_t max, int64_t *value);

/* The text parameter `name` into `memory`; empty when it is not given. False: answered. */
MUST_CHECK bool serve_query_text(struct serve_peer *p, const char *name, uint8_t *memory,
                                 size_t cap, struct bytes *value);

/* ---- body.c: the JSON body of a change ---- */

enum serve_member_type {
    SERVE_MEMBER_TEXT,           /* a string */
    SERVE_MEMBER_TEXT_OR_NULL,   /* null gives "" */
    SERVE_MEMBER_NUMBER,         /* finite */
    SERVE_MEMBER_NUMBER_OR_NULL, /* null gives NaN */
    SERVE_MEMBER_BOOLEAN,
    SERVE_MEMBER_OTHER, /* `read` takes it */
};

/* One member that a body may have. */
struct serve_member {
    const char *name;
    enum serve_member_type type;
    uint32_t field; /* enum command_field that it gives */
    size_t offset;  /* of char *, double or bool in struct command */
    /* For SERVE_MEMBER_OTHER. NULL when it took the value, else what was expected. */
    const char *(*read)(struct json_reader *r, struct command *c);
};

/* Enters the object that the body must be; what follows it, and whether all of it was JSON, is
 * asked at the end. False: the error is answered. */
MUST_CHECK bool serve_body_begin(struct serve_peer *p, struct json_reader *r);
MUST_CHECK bool serve_body_end(struct serve_peer *p, struct json_reader *r);

/* Reads the request's body into `c`. False: the error is answered. */
MUST_CHECK bool serve_body_read(struct serve_peer *p, const struct serve_member *members,
                                size_t count, struct command *c);

/* ---- searches.c: a window of the devices that fit, in an order ---- */

void serve_search_devices(struct serve_peer *p);
/* Goes on with what is under way, for LIMIT_SEARCH_TURN_US. */
void serve_searches_turn(struct serve *s);
/* When there is something to do; UINT64_MAX: nothing. */
mono_ns serve_searches_due(const struct serve *s);
void serve_searches_fini(struct serve_searches *all);

/* ---- command.c: what waits for an answer from another thread ---- */

struct serve_ticket {
    struct serve *serve;
    struct serve_peer *peer; /* NULL: it is gone */
    bool link;               /* of a signed link: answered as a page */
    bool share;              /* counted in the shares' queries */
    char token[48];          /* the secret of what was created: shown once */
};

/* Links the request with a message that goes to another thread, and ends that: the peer that waits,
 * or NULL when it is gone. */
struct serve_ticket *serve_ticket_issue(struct serve_peer *p);
struct serve_peer *serve_ticket_redeem(struct serve_ticket *t);

/* Answers 503: too many wait. */
void serve_answer_full(struct serve_peer *p);

/* Hands `take_c` over; its answer is the request's. */
void serve_command_send(struct serve_peer *p, struct command *take_c, const char *token);
/* Likewise for somebody who followed a signed link: `person` did it, and the answer is a page. */
void serve_link_command_send(struct serve_peer *p, struct command *take_c, const char *person);
void serve_answer_link(struct serve_peer *p, enum err result);
void serve_query_send(struct serve_peer *p, struct serve_query *take_q);
/* Likewise for somebody who follows a link to a dashboard: few of them at a time. */
void serve_share_query_send(struct serve_peer *p, struct serve_query *take_q);

/* The content type of its answer. */
const char *serve_query_type(const struct serve_query *q);
void serve_question_send(struct serve_peer *p, struct serve_question *take_q);
void serve_notice_send(struct serve_peer *p, struct serve_notice *take_n);

/* ---- stream.c: answers of several parts ---- */

/* A query came back with the first part, or another part, of its answer. */
void serve_stream_result(struct serve_peer *p, struct serve_query *take_q);

/* The peer took what it was sent. */
void serve_stream_drained(struct serve_peer *p);

/* Frees a query, which may be an answer under way. */
void serve_stream_drop(struct serve *s, struct serve_query *take_q);

/* Answers the commands whose batch the follower has reached. */
void serve_commands_reached(struct serve *s);

/* The peer that waits is gone, or waited long enough. */
void serve_ticket_detach(struct serve_peer *p);

/* ---- handlers and what they share ---- */

/* Segment `i` as the name of something, or answers 404 and returns false. */
const struct registry_device *serve_device_of(struct serve_peer *p, struct bytes id);

void serve_get_devices(struct serve_peer *p);
void serve_get_device(struct serve_peer *p);
void serve_find_device(struct serve_peer *p);
void serve_patch_device(struct serve_peer *p);
void serve_delete_device(struct serve_peer *p);
void serve_patch_sensor(struct serve_peer *p);
void serve_get_samples(struct serve_peer *p);
void serve_find_samples(struct serve_peer *p);
void serve_get_history(struct serve_peer *p);
void serve_get_learned(struct serve_peer *p);
void serve_get_rules(struct serve_peer *p);
void serve_get_rule(struct serve_peer *p);
void serve_post_rule(struct serve_peer *p);
void serve_post_rule_test(struct serve_peer *p);
void serve_patch_rule(struct serve_peer *p);
void serve_delete_rule(struct serve_peer *p);
void serve_get_alerts(struct serve_peer *p);
void serve_acknowledge(struct serve_peer *p);
void serve_release(struct serve_peer *p);
void serve_get_tokens(struct serve_peer *p);
void serve_get_links(struct serve_peer *p);
void serve_post_token(struct serve_peer *p);
void serve_delete_token(struct serve_peer *p);
void serve_get_credentials(struct serve_peer *p);
void serve_post_credential(struct serve_peer *p);
void serve_delete_credential(struct serve_peer *p);
void serve_get_documents(struct serve_peer *p);
void serve_get_document(struct serve_peer *p);
void serve_post_document(struct serve_peer *p);
void serve_put_document(struct serve_peer *p);
void serve_delete_document(struct serve_peer *p);
/* Keeps the body as a document of a kind; an empty id makes one. */
void serve_keep_document(struct serve_peer *p, enum document_kind kind, struct bytes id);
void serve_drop_document(struct serve_peer *p, enum document_kind kind, struct bytes id);
void serve_get_versions(struct serve_peer *p);
void serve_get_shares(struct serve_peer *p);
void serve_post_share(struct serve_peer *p);
void serve_delete_share(struct serve_peer *p);
/* A share without its hash; `token` is its secret when it was just made, else empty. */
void serve_put_share(struct json_writer *w, const struct serve *s, const struct document *d,
                     const char *token);
void serve_get_shared(struct serve_peer *p);
void serve_get_shared_history(struct serve_peer *p);
void serve_get_shared_learned(struct serve_peer *p);
void serve_get_shared_rules(struct serve_peer *p);
void serve_get_shared_plan(struct serve_peer *p);
void serve_get_notifications(struct serve_peer *p);
void serve_post_channel_test(struct serve_peer *p);
void serve_get_push_key(struct serve_peer *p);
void serve_get_subscriptions(struct serve_peer *p);
void serve_post_subscription(struct serve_peer *p);
void serve_delete_subscription(struct serve_peer *p);
void serve_post_subscription_test(struct serve_peer *p);
void serve_get_link_page(struct serve_peer *p);
void serve_post_link_page(struct serve_peer *p);
void serve_get_topics(struct serve_peer *p);
void serve_get_messages(struct serve_peer *p);
void serve_get_mappings_in_use(struct serve_peer *p);
void serve_post_mapping_test(struct serve_peer *p);
void serve_post_mapping_try(struct serve_peer *p);
void serve_get_session(struct serve_peer *p);
void serve_post_session(struct serve_peer *p);
void serve_delete_session(struct serve_peer *p);
void serve_put_own_password(struct serve_peer *p);
void serve_get_setup(struct serve_peer *p);
void serve_post_setup(struct serve_peer *p);
/* Somebody is logged in by `secret` from now on. */
void serve_answer_login(struct serve_peer *p, unsigned status, const struct command *c,
                        const char *secret);
void serve_answer_logged_out(struct serve_peer *p);
void serve_get_users(struct serve_peer *p);
void serve_post_user(struct serve_peer *p);
void serve_patch_user(struct serve_peer *p);
void serve_delete_user(struct serve_peer *p);
void serve_put_user(struct json_writer *w, const struct serve *s, const struct account *a);
/* Reads a role into c->account. */
const char *serve_read_role(struct json_reader *r, struct command *c);
/* Whether a new password may be taken; else the error is answered. */
MUST_CHECK bool serve_password_taken(struct serve_peer *p, const struct command *c);
void serve_post_write(struct serve_peer *p);
void serve_answer_write(struct serve_peer *p, const struct written *w);
void serve_get_ping(struct serve_peer *p);
void serve_get_influx_health(struct serve_peer *p);
void serve_influx_query(struct serve_peer *p);
void serve_get_backup(struct serve_peer *p);
void serve_post_backup(struct serve_peer *p);
void serve_get_health(struct serve_peer *p);
/* How each link to a dialled broker is, for /healthz and /metrics. */
void serve_put_link_states(const struct serve *s, struct json_writer *w);
void serve_put_link_metrics(const struct serve *s, struct buf *out);
bool serve_link(const struct serve *s, unsigned number, struct link_view *out);
void serve_get_metrics(struct serve_peer *p);
void serve_get_asset(struct serve_peer *p);
void serve_get_mqtt(struct serve_peer *p);
void serve_get_stream(struct serve_peer *p);
void serve_engine(struct serve_peer *p);

/* /echo: a WebSocket with nothing on it, where the program has something to say there. */
void serve_plain_websocket(struct serve_peer *p);

/* What the body of a polling request may have: depends on whose session it is. */
size_t serve_engine_body_max(struct serve_peer *p);

void serve_put_device(struct json_writer *w, const struct serve *s,
                      const struct registry_device *d);
void serve_put_rule(struct json_writer *w, const struct alert_rule *r);
void serve_put_token(struct json_writer *w, const struct token *t);
void serve_put_credential(struct json_writer *w, const struct credential *c);
void serve_write_document(struct json_writer *w, const struct document *d);
void serve_answer_document(struct serve_peer *p, const struct document *d);

#endif
