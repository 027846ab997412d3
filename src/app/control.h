/* SPDX-License-Identifier: Apache-2.0 */
/* Asking the running server, over DIR/control.sock, to do what a command on the same machine wants.
 * It speaks the same REST as port 3000; whoever can open the socket is admin. */
#ifndef TELLTALE_APP_CONTROL_H
#define TELLTALE_APP_CONTROL_H

#include "base/buf.h"
#include "base/err.h"

/* Sends one request (`body` may be empty) and reads the whole answer: its status code and body.
 * Errors: ERR_NOT_FOUND no server runs on `dir`;  ERR_IO the conversation broke;  ERR_CORRUPT the
 * answer is not HTTP. */
MUST_CHECK enum err control_request(const char *dir, const char *method, const char *path,
                                    const char *body, int *status, struct buf *answer);

/* Appends a path segment: everything but letters, digits and a few marks is percent-encoded. */
void control_put_segment(struct buf *path, const char *id);

#endif
