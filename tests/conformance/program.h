/* SPDX-License-Identifier: Apache-2.0 */
/* A server of the product's own `serve`, with other things than the live stream behind its sockets:
 * what public conformance suites of the three protocols want to talk to. */
#ifndef TELLTALE_TESTS_CONFORMANCE_PROGRAM_H
#define TELLTALE_TESTS_CONFORMANCE_PROGRAM_H

#include "serve/serve.h"

/* Reads the flags, listens, prints `http listening on ADDR:PORT`, and serves until SIGTERM or
 * SIGINT. Returns the exit code of the program. */
int conformance_run(int argc, char **argv, const struct serve_sockets *sockets);

/* The loop that it serves on. */
struct loop *conformance_loop(void);

#endif
