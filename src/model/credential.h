/* SPDX-License-Identifier: Apache-2.0 */
/* Credentials of devices: who may connect over MQTT, speak for which devices, and use which topics.
 *
 * A credential has an id, which is the MQTT user name, and a secret: 256 random bits shown once and
 * kept as their BLAKE2b hash; or it is bound to a client certificate by the SHA-256 of it or by its
 * common name. It never changes but to be revoked; one that was revoked stays on the list until one
 * of the same id is made, or the list is full.
 *
 * Each thread that needs them holds a table of its own, fed by batches. Rows keep their place for
 * the table's life and are used again, so a pointer to one stays good, and the generation tells
 * whether it still is what it was. Pure. */
#ifndef TELLTALE_MODEL_CREDENTIAL_H
#define TELLTALE_MODEL_CREDENTIAL_H

#include "model/access.h"
#include "model/batch.h"
#include "model/command.h"

#include "base/strmap.h"

struct credential {
    uint32_t slot;       /* its place in the table */
    uint32_t generation; /* raised when it is made, revoked or forgotten */
    bool has_secret;
    bool has_fingerprint;
    uint8_t hash[TOKEN_HASH_BYTES];
    uint8_t fingerprint[TOKEN_HASH_BYTES];
    struct buf text; /* what the slices below are of */
    struct bytes id; /* empty: the row is free */
    struct bytes name;
    struct bytes common_name;
    struct bytes speaks_for; /* lists of patterns, see model/topic_rule.h */
    struct bytes publish;
    struct bytes subscribe;
    wall_ms created;
    wall_ms revoked;   /* WALL_NONE while it is good */
    wall_ms last_used; /* WALL_NONE: never; exact to LIMIT_CREDENTIAL_USED_MS */
};

struct credential_table {
    struct credential **rows;
    size_t count, cap; /* rows ever used */
    size_t used;       /* rows that are not free */
    size_t bytes;      /* of their text */
    struct strmap by_id;
    struct strmap by_fingerprint; /* of those that are good */
    struct strmap by_common_name;
};

/* The topics that a device may use when nothing else is said: its own, as the protocols that are in
 * use place its id. Each followed by NUL. */
#define CREDENTIAL_DEFAULT_RULES "%u/#\0+/%u/#\0"

/* Ownership: the table must not move. */
void credential_table_init(struct credential_table *t, struct hash_key key);
void credential_table_fini(struct credential_table *t);

/* Applies the credentials of a batch; a snapshot replaces everything. */
void credential_table_apply(struct credential_table *t, const struct batch *b);

/* Applies one of them. */
void credential_apply(struct credential_table *t, const struct batch *b,
                      const struct credential_change *c);

/* Writes one as it is now; the caller changes what has to change. Valid until the next. */
struct credential_change *credential_write(const struct credential *row, struct batch *out);

/* Writes all of them, for a snapshot. */
void credential_table_put(const struct credential_table *t, struct batch *out);

/* By id, revoked ones too; NULL when there is none. */
const struct credential *credential_find(const struct credential_table *t, struct bytes id);

/* Who logs in with a user name and the hash of a password. The time does not tell where the hash
 * differs. Errors: ERR_DENIED. */
MUST_CHECK enum err credential_authenticate(const struct credential_table *t, struct bytes user,
                                            const uint8_t hash[TOKEN_HASH_BYTES],
                                            struct principal *principal);

/* Who presented a client certificate that was verified: its SHA-256 and its common name (may be
 * empty). One that is bound by its fingerprint wins. Errors: ERR_DENIED. */
MUST_CHECK enum err credential_authenticate_certificate(const struct credential_table *t,
                                                        const uint8_t fingerprint[TOKEN_HASH_BYTES],
                                                        struct bytes common_name,
                                                        struct principal *principal);

/* Whether it still is the one that `generation` was taken of, and not revoked. */
bool credential_is_valid(const struct credential *c, uint32_t generation);

bool credential_speaks_for(const struct credential *c, struct bytes device);

/* Whether it may publish to a topic, or subscribe to a filter, over a connection with this client
 * id. Always true for somebody who is no device. */
bool principal_may_publish(const struct principal *p, struct bytes client_id, struct bytes topic);
bool principal_may_subscribe(const struct principal *p, struct bytes client_id,
                             struct bytes filter);

/* Does COMMAND_CREATE_CREDENTIAL or COMMAND_REVOKE_CREDENTIAL: writes the change to `out` and
 * applies it. Sets c->result, and c->field and c->message when it was refused.
 * `now` is the time of the change. */
void credential_command(struct credential_table *t, struct command *c, wall_ms now,
                        struct batch *out);

/* The SHA-256 of a certificate as 64 hexadecimal digits, and back; colons between are passed over.
 * Errors: ERR_INVALID. */
#define FINGERPRINT_TEXT_BYTES (2 * TOKEN_HASH_BYTES + 1)
void fingerprint_text(const uint8_t fingerprint[TOKEN_HASH_BYTES],
                      char out[FINGERPRINT_TEXT_BYTES]);
MUST_CHECK enum err fingerprint_parse(struct bytes text, uint8_t fingerprint[TOKEN_HASH_BYTES]);

/* Notes that it was used, in `out` too when it was long enough ago. */
void credential_used(struct credential_table *t, const struct principal *p, wall_ms now,
                     struct batch *out);

/* Whether credential_used would write. */
bool credential_use_is_news(const struct principal *p, wall_ms now);

#endif
