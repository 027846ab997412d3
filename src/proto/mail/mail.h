/* SPDX-License-Identifier: Apache-2.0 */
/* An e-mail as bytes: headers, and a text beside its HTML (RFC 5322, 2045, 2046, 2047). What it
 * says comes from devices and people, so nothing of it can end a header: names and subjects are
 * encoded words whenever they are not plain, bodies are quoted-printable, addresses follow a strict
 * grammar. Lone dots and the end of the message are the business of whoever sends it. */
#ifndef TELLTALE_PROTO_MAIL_MAIL_H
#define TELLTALE_PROTO_MAIL_MAIL_H

#include "base/buf.h"

/* Longest address that SMTP carries (RFC 5321, 4.5.3.1.3, less its brackets). */
#define MAIL_ADDRESS_MAX 254

/* Whether `text` is local@domain of RFC 5321 without quotes, comments and addresses in brackets:
 * letters, digits and the marks of an atom, dots between; host names, at most 64 bytes before the
 * @. UTF-8 is refused, which not every server takes. */
bool mail_address_valid(struct bytes text);

/* Texts are valid UTF-8. All is borrowed. */
struct mail_message {
    struct bytes from; /* a valid address */
    struct bytes from_name;
    const struct bytes *to; /* valid addresses */
    size_t to_count;
    struct bytes subject;
    struct bytes text;
    struct bytes html;
    struct bytes id;     /* of the message, left of its @; an atom */
    struct bytes thread; /* likewise, of the first message that this one belongs to; may be empty */
    int64_t date_ms;
};

/* Appends the message; every line ends with CR LF, and none but one with an address has more
 * than 85 bytes. */
void mail_write(const struct mail_message *m, struct buf *out);

#endif
