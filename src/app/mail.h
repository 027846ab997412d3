/* SPDX-License-Identifier: Apache-2.0 */
/* The messages between threads, who sends them, and what moves with them. */
#ifndef TELLTALE_APP_MAIL_H
#define TELLTALE_APP_MAIL_H

enum mail_kind {
    /* ingest → storage, ingest → serve; body: a reference to a struct batch. */
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
    /* main → ingest → storage → ingest, main → serve: finish what is under way. */
    MAIL_DRAIN,
    /* main → ingest, main → serve; body: a struct tls_context whose certificate is to be used from
       now on. */
    MAIL_CERTIFICATE,
    /* main → ingest; body: struct mappings to decode by from now on. */
    MAIL_MAPPINGS,
};

#endif
