/* SPDX-License-Identifier: Apache-2.0 */
/* A change that a person or program asked for. It goes to its owner, the ingest thread, is
 * validated there, rides in a batch through the store's commit, and is answered after it: success
 * means durable.
 *
 * Ownership moves with the message: serve makes it, ingest does it, storage waits for its commit,
 * serve answers and frees it. Text is owned by the command (heap, NUL-terminated, may be NULL). */
#ifndef TELLTALE_MODEL_COMMAND_H
#define TELLTALE_MODEL_COMMAND_H

#include "model/access.h"
#include "model/rule.h"
#include "model/written.h"

#include "base/buf.h"
#include "base/err.h"

enum command_kind {
    COMMAND_PATCH_DEVICE,
    COMMAND_DELETE_DEVICE,
    COMMAND_PATCH_SENSOR,
    COMMAND_CREATE_RULE,
    COMMAND_PATCH_RULE,
    COMMAND_DELETE_RULE,
    COMMAND_ACKNOWLEDGE,
    COMMAND_RELEASE, /* takes an acknowledgement back */
    COMMAND_CREATE_TOKEN,
    COMMAND_REVOKE_TOKEN,
    COMMAND_CREATE_ACCOUNT,
    COMMAND_PATCH_ACCOUNT, /* its role, its password, or both */
    COMMAND_DELETE_ACCOUNT,
    COMMAND_LOG_IN,
    COMMAND_LOG_OUT,
    COMMAND_CREATE_CREDENTIAL,
    COMMAND_REVOKE_CREDENTIAL,
    COMMAND_WRITE,        /* readings */
    COMMAND_PUT_DOCUMENT, /* made, or replaced */
    COMMAND_DELETE_DOCUMENT,
};

/* Which members of a command were given; the others keep what they were. */
enum command_field {
    FIELD_NAME = 1 << 0,
    FIELD_MODEL = 1 << 1,
    FIELD_PLACE = 1 << 2,
    FIELD_LOCATION = 1 << 3, /* with `located` false: taken off the map */
    FIELD_TAGS = 1 << 4,
    FIELD_ATTRIBUTES = 1 << 5,
    FIELD_UNIT = 1 << 6,
    FIELD_RANGE = 1 << 7, /* min and max together; with `ranged` false: unset */
    FIELD_DECIMALS = 1 << 8,
    FIELD_DEVICE = 1 << 9,
    FIELD_SENSOR = 1 << 10,
    FIELD_ROLE = 1 << 11,
    FIELD_PASSWORD = 1 << 12,
    FIELD_PRESENT = 1 << 13, /* the password until now */
    FIELD_TOKEN = 1 << 14,
    FIELD_SPEAKS_FOR = 1 << 15,
    FIELD_PUBLISH = 1 << 16,
    FIELD_SUBSCRIBE = 1 << 17,
    FIELD_FINGERPRINT = 1 << 18,
    FIELD_COMMON_NAME = 1 << 19,
    FIELD_VERSION = 1 << 20, /* of the document that the change began from */
    FIELD_NOTE = 1 << 21,
    FIELD_FIRST = 1 << 22, /* COMMAND_CREATE_ACCOUNT: only while nobody ever had access */
    FIELD_LOGIN = 1 << 23, /* COMMAND_CREATE_ACCOUNT: and logged in at once */
};

/* What COMMAND_CREATE_CREDENTIAL asks for besides `device` (its id), `name` and `token.hash` (of
 * the secret; not given with a certificate). The lists are as in model/topic_rule.h. */
struct credential_request {
    struct buf speaks_for; /* default: the device of the same id */
    struct buf publish;    /* default: CREDENTIAL_DEFAULT_RULES */
    struct buf subscribe;  /* likewise */
    char *common_name;     /* of the client certificate; NULL: not given */
    uint8_t fingerprint[TOKEN_HASH_BYTES];
};

/* What the commands about accounts ask for besides `name`, the account's. Passwords are hashed
 * before a command leaves, and never travel. */
struct account_request {
    enum role role;
    char *password; /* NULL once it is hashed */
    char *present;  /* NULL once it is checked */
    char hash[ACCOUNT_HASH_BYTES];
    char checked[ACCOUNT_HASH_BYTES]; /* the hash that was right: refused when it is another by now;
                                         empty: it does not matter */
    struct text_id login; /* COMMAND_LOG_OUT; COMMAND_PATCH_ACCOUNT: the one that outlives it */
    uint8_t login_hash[TOKEN_HASH_BYTES]; /* COMMAND_LOG_IN, FIELD_LOGIN: of the new one's secret */
};

/* What is wrong with a document: the path of a member, and why it can't be kept. */
struct document_fault {
    char field[64];
    char message[192];
};

#define DOCUMENT_ID_MAX 63

/* What COMMAND_PUT_DOCUMENT and COMMAND_DELETE_DOCUMENT ask for; see model/document.h. */
struct document_request {
    uint32_t kind;    /* enum document_kind */
    uint32_t version; /* with FIELD_VERSION; 0: there is none yet */
    struct buf id;    /* empty: make one */
    struct buf body;  /* a JSON object */
    struct document_fault fault;
};

struct command {
    enum command_kind kind;
    uint32_t fields;   /* enum command_field */
    struct text_id id; /* of the rule, alert or token that is meant */
    char *device;      /* device id */
    char *sensor;      /* sensor id */
    char *name;
    char *model;
    char *place;
    char *unit;
    char *tags; /* each followed by a NUL byte, tags_len in all */
    size_t tags_len;
    char *attributes;      /* JSON object */
    char *note;            /* COMMAND_ACKNOWLEDGE */
    struct buf definition; /* COMMAND_CREATE_RULE, _PATCH_RULE: a JSON object, as it came */
    bool located;
    bool ranged;
    double lat, lng;
    double min, max;
    int decimals;       /* -1: unset */
    struct token token; /* COMMAND_CREATE_TOKEN: role and hash are given */
    struct account_request account;
    struct credential_request credential;
    struct document_request document;
    struct written *write; /* COMMAND_WRITE; owned */
    struct text_id by;     /* the principal's token; empty under --no-auth */

    /* The answer. */
    enum err result;
    /* Static, or in document.fault. */
    const char *field;   /* the member that was wrong, or NULL */
    const char *message; /* what was wrong with it, or NULL */
    struct text_id made; /* id of the rule or token that was created */
    uint64_t seq; /* the batch that holds the change; the reader's model must have reached it */

    void *owner;          /* serve's: the request that waits */
    struct command *next; /* list of those in a batch */
};

/* A zeroed command. */
struct command *command_new(enum command_kind kind);

/* Wipes and frees what was typed as passwords. */
void command_forget_passwords(struct command *c);

/* Frees it and its text; NULL is fine. */
void command_free(struct command *c);

#endif
