/* SPDX-License-Identifier: Apache-2.0 */
/* The live stream as the main namespace of Telltale's sockets. */
#include "serve/shares.h"

static void joined(struct serve_session *ss, struct bytes payload)
{
    struct serve *s = ss->serve;
    (void)payload;
    serve_catch_up(s);
    s->live_touched = true;
    ss->client = live_join(s->live, ss, &ss->who, serve_now(s));
}

static void event(struct serve_session *ss, const struct serve_event *e)
{
    struct serve *s = ss->serve;
    serve_catch_up(s);
    s->live_touched = true;
    live_event(s->live, ss->client, e->name, e->args, e->wants_ack ? (int64_t)e->ack : LIVE_NO_ACK,
               serve_now(s));
}

static void left(struct serve_session *ss)
{
    live_leave(ss->serve->live, ss->client);
    ss->client = NULL;
}

/* The event of a moment is made once for all who are pinged in it. */
static void pinged(struct serve_session *ss)
{
    struct serve *s = ss->serve;
    serve_session_send(ss, live_server_time(s->live, serve_now(s)));
}

static const struct serve_namespace namespaces[] = {
    {.name = "/",
     .joined = joined,
     .event = event,
     .left = left,
     .pinged = pinged,
     .recovers = true},
    {.name = LIVE_SHARED_NAMESPACE,
     .enter = serve_share_enter,
     .joined = serve_share_joined,
     .event = serve_share_event,
     .left = serve_share_left},
};

const struct serve_sockets serve_live_sockets = {
    .namespaces = namespaces,
    .namespace_count = ARRAY_LEN(namespaces),
};
