/* SPDX-License-Identifier: Apache-2.0 */
/* What each kind of document must be before it is kept, asked on the ingest thread. */
#ifndef TELLTALE_APP_DOCUMENTS_H
#define TELLTALE_APP_DOCUMENTS_H

#include "model/document.h"

/* Looks at the body of a COMMAND_PUT_DOCUMENT. Members that are secret and not given keep what
 * `old` (NULL: none) has; null takes them away. False: c->result, c->field and c->message say why
 * it can't be kept. */
MUST_CHECK bool document_body_accepted(struct command *c, const struct document *old);

#endif
