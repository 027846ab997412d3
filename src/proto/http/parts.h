/* SPDX-License-Identifier: Apache-2.0 */
/* Between the files of this folder: the steps of the reader. */
#ifndef TELLTALE_PROTO_HTTP_PARTS_H
#define TELLTALE_PROTO_HTTP_PARTS_H

#include "proto/http/http.h"

/* Sets phase, status and reason; returns `e`. */
enum err http_fail(struct http_reader *r, enum err e, unsigned status, const char *reason);

/* Reads the complete head in r->head into r->request. Errors: as http_read, through http_fail. */
MUST_CHECK enum err http_head_parse(struct http_reader *r);

/* Feeds bytes of a chunked body. OK: the last chunk and its empty line have been read.
 * Errors: as http_read. */
MUST_CHECK enum err http_chunked_read(struct http_reader *r, struct bytes in, size_t *used);

/* Whether `c` may stand in a method or a field's name: `tchar` of RFC 9110. */
bool http_is_token_char(uint8_t c);

/* Takes the next member off the front of a comma-separated list, trimmed. False at the end. */
bool http_list_next(struct bytes *list, struct bytes *member);

#endif
