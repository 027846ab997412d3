/* SPDX-License-Identifier: Apache-2.0 */
/* How a link to a broker that we dial is: what REST, /healthz and /metrics tell of it. */
#ifndef TELLTALE_MODEL_LINK_H
#define TELLTALE_MODEL_LINK_H

#include "model/time.h"

/* id, name. A link is down while nobody answers, refused while somebody answers no. */
#define LINK_STATE_LIST(X)                                                                         \
    X(LINK_DOWN, "down")                                                                           \
    X(LINK_REFUSED, "refused")                                                                     \
    X(LINK_CONNECTING, "connecting")                                                               \
    X(LINK_CONNECTED, "connected")                                                                 \
    X(LINK_SUBSCRIBE_REFUSED, "subscribe refused")                                                 \
    X(LINK_STOPPED, "stopped")

enum link_state {
#define LINK_STATE_ENUM(id, name) id,
    LINK_STATE_LIST(LINK_STATE_ENUM)
#undef LINK_STATE_ENUM
};

#define LINK_PROBLEM_BYTES 256

/* A copy, taken at a moment; texts live as long as the program. */
struct link_view {
    const char *name;
    const char *host;
    uint16_t port;
    bool tls;
    enum link_state state;
    bool connected;
    wall_ms since;        /* of being connected, or of not being so */
    unsigned version;     /* of MQTT: 5, or 4 for 3.1.1; 0 before the first answer */
    bool session_present; /* the broker had kept our session */
    uint64_t reconnects;  /* attempts after the first connection or failure */
    uint64_t messages;
    char problem[LINK_PROBLEM_BYTES]; /* what failed last, "" when nothing has */
    wall_ms problem_at;               /* 0: never */
};

/* The name of a state, static storage. */
const char *link_state_name(enum link_state s);

#endif
