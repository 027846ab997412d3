/* SPDX-License-Identifier: Apache-2.0 */
/* A whole message, in the order that mail programs show it. */
#include "proto/mail/parts.h"

#include "base/civil.h"

static struct bytes domain_of(struct bytes address)
{
    return bytes_skip(address, bytes_index(address, '@') + 1);
}

static void put_from(const struct mail_message *m, struct buf *out)
{
    buf_put_text(out, "From: ");
    if (m->from_name.len) {
        /* Always as encoded words: a plain name would need quotes for half of its characters. */
        struct buf words = {0};
        mail_put_words(&words, m->from_name, 100);
        buf_put_bytes(out, buf_bytes(&words));
        buf_put_text(out, "\r\n ");
        buf_fini(&words);
    }
    buf_put_byte(out, '<');
    buf_put_bytes(out, m->from);
    buf_put_text(out, ">\r\n");
}

static void put_to(const struct mail_message *m, struct buf *out)
{
    buf_put_text(out, "To: ");
    for (size_t i = 0; i < m->to_count; i++) {
        buf_put_text(out, i ? ",\r\n <" : "<");
        buf_put_bytes(out, m->to[i]);
        buf_put_byte(out, '>');
    }
    buf_put_text(out, "\r\n");
}

static void put_id(struct buf *out, const char *name, const struct mail_message *m,
                   struct bytes left)
{
    buf_printf(out, "%s: <", name);
    buf_put_bytes(out, left);
    buf_put_byte(out, '@');
    buf_put_bytes(out, domain_of(m->from));
    buf_put_text(out, ">\r\n");
}

/* Nothing quoted-printable holds `=_`, so no body can end its part. */
static void put_boundary(struct buf *out, struct bytes id)
{
    buf_put_text(out, "=_");
    buf_put_bytes(out, id);
}

static void put_part(const struct mail_message *m, const char *type, struct bytes body,
                     struct buf *out)
{
    buf_put_text(out, "\r\n--");
    put_boundary(out, m->id);
    buf_printf(out,
               "\r\nContent-Type: %s; charset=utf-8\r\n"
               "Content-Transfer-Encoding: quoted-printable\r\n\r\n",
               type);
    mail_put_quoted(out, body);
}

static void put_head(const struct mail_message *m, struct buf *out)
{
    buf_put_text(out, "Date: ");
    civil_put_mail(out, m->date_ms);
    buf_put_text(out, "\r\n");
    put_from(m, out);
    put_to(m, out);
    buf_put_text(out, "Subject: ");
    mail_put_words(out, m->subject, strlen("Subject: "));
    buf_put_text(out, "\r\n");
    put_id(out, "Message-ID", m, m->id);
    if (m->thread.len && !bytes_equal(m->thread, m->id)) {
        put_id(out, "In-Reply-To", m, m->thread);
        put_id(out, "References", m, m->thread);
    }
    buf_put_text(out, "Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n"
                      "Content-Type: multipart/alternative;\r\n boundary=\"");
    put_boundary(out, m->id);
    buf_put_text(out, "\"\r\n");
}

void mail_write(const struct mail_message *m, struct buf *out)
{
    ASSERT(mail_address_valid(m->from) && m->to_count > 0 && m->id.len > 0);
    put_head(m, out);
    put_part(m, "text/plain", m->text, out);
    put_part(m, "text/html", m->html, out);
    buf_put_text(out, "\r\n--");
    put_boundary(out, m->id);
    buf_put_text(out, "--\r\n");
}
