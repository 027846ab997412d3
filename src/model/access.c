/* SPDX-License-Identifier: Apache-2.0 */
#include "model/access.h"

#include "base/mem.h"
#include "model/credential.h"

static const char *const roles[ROLE_COUNT] = {
#define ROLE_ROW(name, text) [name] = text,
    ROLE_LIST(ROLE_ROW)
#undef ROLE_ROW
};

static enum role least_role(enum action action)
{
    switch (action) {
    case ACTION_READ:
        return ROLE_VIEWER;
    case ACTION_ACKNOWLEDGE:
    case ACTION_CHANGE:
    case ACTION_PUBLISH:
        return ROLE_OPERATOR;
    case ACTION_MANAGE_TOKENS:
        return ROLE_ADMIN;
    }
    UNREACHABLE();
}

bool authorize(const struct principal *p, enum action action, struct bytes device)
{
    if (p->credential) {
        return action == ACTION_PUBLISH && credential_is_valid(p->credential, p->generation) &&
               (device.len == 0 || credential_speaks_for(p->credential, device));
    }
    return p->role >= least_role(action);
}

bool principal_is(const struct principal *a, const struct principal *b)
{
    return strcmp(a->token.text, b->token.text) == 0 && strcmp(a->login.text, b->login.text) == 0;
}

const char *role_text(enum role r)
{
    ASSERT(r < ROLE_COUNT);
    return roles[r];
}

enum err role_parse(struct bytes text, enum role *role)
{
    for (unsigned r = ROLE_VIEWER; r < ROLE_COUNT; r++) {
        if (bytes_equal(text, bytes_of_text(roles[r]))) {
            *role = (enum role)r;
            return OK;
        }
    }
    return ERR_INVALID;
}

static struct token *find_id(const struct token_table *table, const struct text_id *id)
{
    for (size_t i = 0; i < table->count; i++) {
        if (strcmp(table->tokens[i].id.text, id->text) == 0) {
            return &table->tokens[i];
        }
    }
    return NULL;
}

void token_table_apply(struct token_table *table, const struct token *t)
{
    struct token *old = find_id(table, &t->id);
    if (t->revoked) {
        if (old) {
            *old = table->tokens[--table->count];
        }
        return;
    }
    if (!old) {
        table->tokens = mem_grow(table->tokens, table->count, &table->cap, sizeof *table->tokens);
        old = &table->tokens[table->count++];
    }
    *old = *t;
}

unsigned hash_difference(const uint8_t a[TOKEN_HASH_BYTES], const uint8_t b[TOKEN_HASH_BYTES])
{
    unsigned difference = 0;
    for (size_t i = 0; i < TOKEN_HASH_BYTES; i++) {
        difference |= (unsigned)(a[i] ^ b[i]);
    }
    return difference;
}

const struct token *token_table_find(const struct token_table *table,
                                     const uint8_t hash[TOKEN_HASH_BYTES])
{
    const struct token *found = NULL;
    for (size_t i = 0; i < table->count; i++) {
        if (hash_difference(table->tokens[i].hash, hash) == 0) {
            found = &table->tokens[i];
        }
    }
    return found;
}

const struct token *token_table_find_id(const struct token_table *table, const struct text_id *id)
{
    return find_id(table, id);
}

enum err token_table_authenticate(const struct token_table *table,
                                  const uint8_t hash[TOKEN_HASH_BYTES], struct principal *principal)
{
    const struct token *t = token_table_find(table, hash);
    if (!t) {
        return ERR_DENIED;
    }
    *principal = (struct principal){.role = t->role, .token = t->id};
    return OK;
}

bool token_table_has_admin(const struct token_table *table)
{
    bool found = false;
    for (size_t i = 0; i < table->count; i++) {
        found = found || table->tokens[i].role == ROLE_ADMIN;
    }
    return found;
}

void token_table_fini(struct token_table *table)
{
    free(table->tokens);
    *table = (struct token_table){0};
}
