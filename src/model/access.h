/* SPDX-License-Identifier: Apache-2.0 */
/* Who may do what: the one authorize() of the program, and the tokens that tell who somebody is.
 *
 * A token is 256 random bits, shown once as 43 characters of base64url and kept as its BLAKE2b
 * hash. Each thread that checks tokens holds a table of its own, fed by batches. */
#ifndef TELLTALE_MODEL_ACCESS_H
#define TELLTALE_MODEL_ACCESS_H

#include "model/ids.h"
#include "model/time.h"

#include "base/bytes.h"
#include "base/err.h"

#define ROLE_LIST(X)                                                                               \
    X(ROLE_NONE, "none")                                                                           \
    X(ROLE_VIEWER, "viewer")                                                                       \
    X(ROLE_OPERATOR, "operator")                                                                   \
    X(ROLE_ADMIN, "admin")

/* Each role may do what the ones before it may. */
enum role {
#define ROLE_ENUM(name, text) name,
    ROLE_LIST(ROLE_ENUM)
#undef ROLE_ENUM
        ROLE_COUNT
};

enum action {
    ACTION_READ,          /* devices, history, alerts, rules, metrics, the live stream */
    ACTION_ACKNOWLEDGE,   /* alerts */
    ACTION_CHANGE,        /* rules, devices, sensors */
    ACTION_PUBLISH,       /* MQTT, both directions: operators' devices and tools */
    ACTION_MANAGE_TOKENS, /* make and revoke, accounts and credentials of devices included */
};

struct credential;

/* Somebody as we know him after his credential was checked. A person or program has a role, a
 * device has a credential of its own (model/credential.h) and no role. */
struct principal {
    enum role role;
    struct text_id token; /* its id, or the name of an account; empty under --no-auth */
    struct text_id login; /* of an account; empty: none */
    /* Borrowed from its table, whose rows stay; NULL unless it is a device. Once the credential is
     * revoked the generation does not fit any more, and nothing is permitted. */
    const struct credential *credential;
    uint32_t generation;
};

/* Whether `p` may do `action` to the device `device` (its id; empty when no single device is
 * meant). Roles cover the whole fleet; a device may publish, for those that it may speak for. Which
 * topics it may use is asked of credential_may_publish and credential_may_subscribe. */
bool authorize(const struct principal *p, enum action action, struct bytes device);

/* Whether both are the same token, or the same login of the same account. */
bool principal_is(const struct principal *a, const struct principal *b);

const char *role_text(enum role r);

/* Errors: ERR_INVALID unless viewer, operator or admin. */
MUST_CHECK enum err role_parse(struct bytes text, enum role *role);

#define TOKEN_HASH_BYTES 32
#define TOKEN_TEXT_BYTES 43

/* 0 exactly when both are equal; the time does not depend on where they differ. */
unsigned hash_difference(const uint8_t a[TOKEN_HASH_BYTES], const uint8_t b[TOKEN_HASH_BYTES]);

struct token {
    struct text_id id;
    enum role role;
    uint8_t hash[TOKEN_HASH_BYTES];
    wall_ms created;
    bool revoked;
};

struct token_table {
    struct token *tokens;
    size_t count;
    size_t cap;
};

/* Adds, replaces or (when `t->revoked`) removes the token with t->id. */
void token_table_apply(struct token_table *table, const struct token *t);

/* The token with this hash, or NULL. Compares all of them in constant time.
 * Ownership: borrowed until the next apply. */
const struct token *token_table_find(const struct token_table *table,
                                     const uint8_t hash[TOKEN_HASH_BYTES]);

/* The token with this id, or NULL. Ownership: as token_table_find. */
const struct token *token_table_find_id(const struct token_table *table, const struct text_id *id);

/* Who the bearer of the token with this hash is. Errors: ERR_DENIED no such token. */
MUST_CHECK enum err token_table_authenticate(const struct token_table *table,
                                             const uint8_t hash[TOKEN_HASH_BYTES],
                                             struct principal *principal);

/* Whether one of them is an admin's. */
bool token_table_has_admin(const struct token_table *table);

/* Frees the memory. */
void token_table_fini(struct token_table *table);

/* ---- people; see model/account.h ---- */

#define ACCOUNT_NAME_MAX (TEXT_ID_MAX - 1)
/* An argon2id hash as text, NUL-terminated, with its parameters and salt. */
#define ACCOUNT_HASH_BYTES 128

struct account {
    struct text_id name;
    enum role role;
    bool removed; /* only the name is valid then */
    char hash[ACCOUNT_HASH_BYTES];
    wall_ms created;
    wall_ms changed; /* its role or password */
};

/* A browser that somebody is logged in with. */
struct login {
    struct text_id id;
    struct text_id account;
    bool ended; /* only the id is valid then */
    uint8_t hash[TOKEN_HASH_BYTES];
    wall_ms created;
    wall_ms until;
};

#endif
