/* SPDX-License-Identifier: Apache-2.0 */
/* How text is made fit for a header or a body. */
#ifndef TELLTALE_PROTO_MAIL_PARTS_H
#define TELLTALE_PROTO_MAIL_PARTS_H

#include "proto/mail/mail.h"

/* Appends `text` for a header whose name and colon take `column` bytes of its line. */
void mail_put_words(struct buf *out, struct bytes text, size_t column);

/* Appends `text` as quoted-printable lines. Line ends of any kind become CR LF. */
void mail_put_quoted(struct buf *out, struct bytes text);

#endif
