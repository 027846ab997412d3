/* SPDX-License-Identifier: Apache-2.0 */
/* ws-echo: every message of a WebSocket at /echo comes back as it was, up to 16 MiB. */
#include "program.h"

int main(int argc, char **argv)
{
    static const struct serve_sockets sockets = {.websocket = serve_peer_send,
                                                 .websocket_max = 16u << 20};
    return conformance_run(argc, argv, &sockets);
}
