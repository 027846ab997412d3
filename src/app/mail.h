/* SPDX-License-Identifier: Apache-2.0 */
/* The messages between threads, who sends them, and what moves with them. */
#ifndef TELLTALE_APP_MAIL_H
#define TELLTALE_APP_MAIL_H

enum mail_kind {
    /* ingest → storage, ingest → serve, storage → notify; body: a reference to a struct batch. */
    MAIL_BATCH,
    /* serve → ingest, body: a struct command to do; ingest or storage → serve, the same one
       answered. */
    MAIL_COMMAND,
    /* serve → ingest → serve; body: a struct serve_question, answered on its way back. */
    MAIL_QUESTION,
    /* serve → ingest, body: a struct conn_parcel, a connection to go on with. */
    MAIL_CONNECTION,
    /* serve → storage → query → serve; body: a struct serve_query, further on its way. */
    MAIL_QUERY,
    /* storage → ingest: durable_seq was raised, or the store failed or recovered. */
    MAIL_STORE_STATE,
    /* main → ingest → storage → ingest, main → serve, main → notify: finish what is under way. */
    MAIL_DRAIN,
    /* main → ingest, main → serve; body: a struct tls_context whose certificate is to be used from
       now on. */
    MAIL_CERTIFICATE,
    /* notify → storage → notify; body: a struct outbox_write, on its way back durable. */
    MAIL_OUTBOX,
    /* serve → notify → serve; body: a struct serve_notice, answered on its way back. */
    MAIL_NOTICE,
    /* notify → ingest; body: a struct notify_publication. */
    MAIL_PUBLICATION,
    /* main → ingest; body: struct mappings to decode by from now on. */
    MAIL_MAPPINGS,
};

#endif
