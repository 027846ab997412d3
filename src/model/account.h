/* SPDX-License-Identifier: Apache-2.0 */
/* Accounts of people, and their logins: who a person is, by a name and a password, and the browsers
 * that he is logged in with.
 *
 * A password is kept as its argon2id hash (sys/password.h). A login is 256 random bits in a cookie,
 * kept as their BLAKE2b hash; it ends by itself after LIMIT_LOGIN_MS, and when its person logs out,
 * gets another password, or has no account any more. Names are told apart without regard to the
 * case of ASCII letters, since phones capitalise.
 *
 * Each thread that needs them holds a table of its own, fed by batches. Pure. */
#ifndef TELLTALE_MODEL_ACCOUNT_H
#define TELLTALE_MODEL_ACCOUNT_H

#include "model/access.h"
#include "model/batch.h"
#include "model/command.h"

struct account_table {
    struct account *accounts;
    size_t account_count, account_cap;
    struct login *logins;
    size_t login_count, login_cap;
};

/* Whether a person may be called so: at most ACCOUNT_NAME_MAX bytes of printable UTF-8, no space at
 * the ends, and nothing that names somebody else: "local", "link", or what looks like the id of a
 * token. */
bool account_name_valid(struct bytes name);

/* Whether a password may be taken for `name`. NULL: it may; else what is wrong with it. */
const char *account_password_problem(struct bytes password, struct bytes name);

/* Applies the accounts and logins of a batch; a snapshot replaces everything. */
void account_table_apply(struct account_table *t, const struct batch *b);

/* Writes all of them, for a snapshot. */
void account_table_put(const struct account_table *t, struct batch *out);

void account_table_fini(struct account_table *t);

/* NULL: there is none. Ownership: borrowed until the next change. */
const struct account *account_find(const struct account_table *t, struct bytes name);
const struct login *login_find(const struct account_table *t, const struct text_id *id);

/* Logins of an account that have not ended by `now`. */
size_t account_logins(const struct account_table *t, const struct account *a, wall_ms now);

/* Who is logged in by the secret with this hash. The time does not tell where the hash differs.
 * Errors: ERR_DENIED nobody, or it ended by itself. */
MUST_CHECK enum err account_authenticate(const struct account_table *t,
                                         const uint8_t hash[TOKEN_HASH_BYTES], wall_ms now,
                                         struct principal *who);

/* Does one of the commands about accounts and logins: writes the changes to `out`, at whose time
 * they happen, and applies them. The last admin stays one while `tokens` hold no admin either.
 * Sets c->result, and c->field and c->message when it was refused. `ids` are of logins. */
void account_command(struct account_table *t, const struct token_table *tokens, struct command *c,
                     struct text_id_source *ids, struct batch *out);

/* Ends the logins whose time is over by out->now. */
void account_sweep(struct account_table *t, struct batch *out);

/* Whether account_sweep would end one. */
bool account_sweep_due(const struct account_table *t, wall_ms now);

#endif
