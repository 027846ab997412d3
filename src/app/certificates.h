/* SPDX-License-Identifier: Apache-2.0 */
/* The certificate of our own TLS listeners: read at start and again on SIGHUP, by the main thread.
 * Each loop has a context of its own, since a context belongs to one thread. */
#ifndef TELLTALE_APP_CERTIFICATES_H
#define TELLTALE_APP_CERTIFICATES_H

#include "app/config.h"
#include "loop/tls.h"
#include "model/metrics.h"

struct certificates {
    struct tls_context *https; /* NULL: no TLS */
    struct tls_context *mqtts;
};

/* Reads the files that the configuration names; handshakes and failures of what uses them are
 * counted in `metrics`, and so is when the certificate ends. Errors: any, with one line in `why`.
 */
MUST_CHECK enum err certificates_load(const struct config *config, struct metrics *metrics,
                                      struct certificates *out, struct config_error *why);

void certificates_free(struct certificates *c);

#endif
