/* SPDX-License-Identifier: Apache-2.0 */
#include "model/account.h"

#include "base/mem.h"
#include "base/utf8.h"
#include "model/limits.h"

/* ---- names and passwords ---- */

static bool is_hex(uint8_t c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

/* "<hexadecimal>-<decimal>". */
static bool looks_like_token(struct bytes name)
{
    size_t dash = bytes_index(name, '-');
    bool all = dash > 0 && dash + 1 < name.len;
    for (size_t i = 0; i < name.len && all; i++) {
        uint8_t c = name.ptr[i];
        all = i == dash || (i < dash ? is_hex(c) : c >= '0' && c <= '9');
    }
    return all;
}

bool account_name_valid(struct bytes name)
{
    return name.len <= ACCOUNT_NAME_MAX && name_id_valid(name) &&
           bytes_equal(bytes_trim(name), name) && !bytes_equal_nocase(name, BYTES("local")) &&
           !bytes_equal_nocase(name, BYTES("link")) && !looks_like_token(name);
}

const char *account_password_problem(struct bytes password, struct bytes name)
{
    if (password.len < LIMIT_PASSWORD_MIN) {
        return "at least 10 characters are expected";
    }
    if (password.len > LIMIT_PASSWORD_MAX) {
        return "at most 256 bytes are expected";
    }
    if (!text_is_printable(password)) {
        return "text without control characters is expected";
    }
    return bytes_equal_nocase(password, name) ? "it must not be the name" : NULL;
}

/* ---- tables ---- */

static struct account *find_account(const struct account_table *t, struct bytes name)
{
    for (size_t i = 0; i < t->account_count; i++) {
        if (bytes_equal_nocase(bytes_of_text(t->accounts[i].name.text), name)) {
            return &t->accounts[i];
        }
    }
    return NULL;
}

const struct account *account_find(const struct account_table *t, struct bytes name)
{
    return find_account(t, name);
}

static struct login *find_login(const struct account_table *t, const struct text_id *id)
{
    for (size_t i = 0; i < t->login_count; i++) {
        if (strcmp(t->logins[i].id.text, id->text) == 0) {
            return &t->logins[i];
        }
    }
    return NULL;
}

const struct login *login_find(const struct account_table *t, const struct text_id *id)
{
    return find_login(t, id);
}

static void apply_account(struct account_table *t, const struct account *a)
{
    struct account *old = find_account(t, bytes_of_text(a->name.text));
    if (a->removed) {
        if (old) {
            *old = t->accounts[--t->account_count];
        }
        return;
    }
    if (!old) {
        t->accounts = mem_grow(t->accounts, t->account_count, &t->account_cap, sizeof *t->accounts);
        old = &t->accounts[t->account_count++];
    }
    *old = *a;
}

static void apply_login(struct account_table *t, const struct login *l)
{
    struct login *old = find_login(t, &l->id);
    if (l->ended) {
        if (old) {
            *old = t->logins[--t->login_count];
        }
        return;
    }
    if (!old) {
        t->logins = mem_grow(t->logins, t->login_count, &t->login_cap, sizeof *t->logins);
        old = &t->logins[t->login_count++];
    }
    *old = *l;
}

void account_table_apply(struct account_table *t, const struct batch *b)
{
    if (b->kind == BATCH_SNAPSHOT) {
        t->account_count = t->login_count = 0;
    }
    for (size_t i = 0; i < b->account_count; i++) {
        apply_account(t, &b->accounts[i]);
    }
    for (size_t i = 0; i < b->login_count; i++) {
        apply_login(t, &b->logins[i]);
    }
}

void account_table_put(const struct account_table *t, struct batch *out)
{
    for (size_t i = 0; i < t->account_count; i++) {
        *batch_add_account(out) = t->accounts[i];
    }
    for (size_t i = 0; i < t->login_count; i++) {
        *batch_add_login(out) = t->logins[i];
    }
}

void account_table_fini(struct account_table *t)
{
    free(t->accounts);
    free(t->logins);
    *t = (struct account_table){0};
}

static bool is_of(const struct login *l, const struct account *a)
{
    return strcmp(l->account.text, a->name.text) == 0;
}

size_t account_logins(const struct account_table *t, const struct account *a, wall_ms now)
{
    size_t count = 0;
    for (size_t i = 0; i < t->login_count; i++) {
        count += is_of(&t->logins[i], a) && t->logins[i].until > now;
    }
    return count;
}

enum err account_authenticate(const struct account_table *t, const uint8_t hash[TOKEN_HASH_BYTES],
                              wall_ms now, struct principal *who)
{
    const struct login *found = NULL;
    for (size_t i = 0; i < t->login_count; i++) {
        if (hash_difference(t->logins[i].hash, hash) == 0) {
            found = &t->logins[i];
        }
    }
    const struct account *a = found ? account_find(t, bytes_of_text(found->account.text)) : NULL;
    if (!a || found->until <= now) {
        return ERR_DENIED;
    }
    *who = (struct principal){.role = a->role, .token = a->name, .login = found->id};
    return OK;
}

/* ---- logins that end ---- */

static void end_login(struct account_table *t, struct text_id id, struct batch *out)
{
    struct login *gone = batch_add_login(out);
    gone->id = id;
    gone->ended = true;
    apply_login(t, gone);
}

/* All of an account but `keep`, which may be empty. */
static void end_logins(struct account_table *t, const struct account *a, const struct text_id *keep,
                       struct batch *out)
{
    for (size_t i = t->login_count; i-- > 0;) {
        const struct login *l = &t->logins[i];
        if (is_of(l, a) && strcmp(l->id.text, keep->text) != 0) {
            end_login(t, l->id, out);
        }
    }
}

bool account_sweep_due(const struct account_table *t, wall_ms now)
{
    bool due = false;
    for (size_t i = 0; i < t->login_count; i++) {
        due = due || t->logins[i].until <= now;
    }
    return due;
}

void account_sweep(struct account_table *t, struct batch *out)
{
    for (size_t i = t->login_count; i-- > 0;) {
        if (t->logins[i].until <= out->now) {
            end_login(t, t->logins[i].id, out);
        }
    }
}

/* A new login of an account that has as many as it may takes the place of the oldest. */
static void make_room(struct account_table *t, const struct account *a, struct batch *out)
{
    const struct login *oldest = NULL;
    size_t count = 0;
    for (size_t i = 0; i < t->login_count; i++) {
        const struct login *l = &t->logins[i];
        if (is_of(l, a)) {
            count++;
            oldest = !oldest || l->created < oldest->created ? l : oldest;
        }
    }
    if (count >= LIMIT_ACCOUNT_LOGINS) {
        end_login(t, oldest->id, out);
    }
}

/* ---- commands ---- */

static void refuse(struct command *c, enum err e, const char *field, const char *message)
{
    c->result = e;
    c->field = field;
    c->message = message;
}

/* Whether somebody else than `but` can manage tokens and accounts. */
static bool another_admin(const struct account_table *t, const struct token_table *tokens,
                          const struct account *but)
{
    bool found = token_table_has_admin(tokens);
    for (size_t i = 0; i < t->account_count; i++) {
        found = found || (&t->accounts[i] != but && t->accounts[i].role == ROLE_ADMIN);
    }
    return found;
}

static void write_account(struct account_table *t, const struct account *a, struct batch *out)
{
    *batch_add_account(out) = *a;
    apply_account(t, a);
}

static void log_in(struct account_table *t, struct command *c, struct text_id_source *ids,
                   struct batch *out)
{
    const struct account *a = account_find(t, bytes_of_text(c->name));
    if (!a || (c->account.checked[0] && strcmp(a->hash, c->account.checked) != 0)) {
        refuse(c, ERR_DENIED, NULL, NULL);
        return;
    }
    account_sweep(t, out);
    make_room(t, a, out);
    struct login *l = batch_add_login(out);
    l->id = text_id_next(ids);
    l->account = a->name;
    memcpy(l->hash, c->account.login_hash, sizeof l->hash);
    l->created = out->now;
    l->until = out->now + LIMIT_LOGIN_MS;
    apply_login(t, l);
    c->made = l->id;
    c->result = OK;
}

static void create(struct account_table *t, struct command *c, struct text_id_source *ids,
                   struct batch *out)
{
    struct bytes name = bytes_of_text(c->name);
    if (!account_name_valid(name)) {
        refuse(c, ERR_INVALID, "name",
               "1 to 31 bytes without control characters and spaces at the ends are expected; "
               "\"local\", \"link\" and what looks like a token's id are taken");
        return;
    }
    if (account_find(t, name)) {
        refuse(c, ERR_EXISTS, "name", "somebody has that name");
        return;
    }
    if (t->account_count >= LIMIT_ACCOUNTS) {
        refuse(c, ERR_FULL, NULL, "there are too many users: remove some");
        return;
    }
    struct account a = {.role = c->account.role, .created = out->now, .changed = out->now};
    memcpy(a.name.text, name.ptr, name.len);
    memcpy(a.hash, c->account.hash, sizeof a.hash);
    write_account(t, &a, out);
    c->result = OK;
    if (c->fields & FIELD_LOGIN) {
        log_in(t, c, ids, out);
    }
}

static struct account *named(struct account_table *t, struct command *c)
{
    struct account *a = find_account(t, bytes_of_text(c->name));
    if (!a) {
        refuse(c, ERR_NOT_FOUND, "name", "nobody has that name");
    }
    return a;
}

#define LAST_ADMIN "nobody else could manage users and tokens then: make another admin first"

static void patch(struct account_table *t, const struct token_table *tokens, struct command *c,
                  struct batch *out)
{
    const struct account *old = named(t, c);
    if (!old) {
        return;
    }
    if (c->account.checked[0] && strcmp(old->hash, c->account.checked) != 0) {
        refuse(c, ERR_DENIED, NULL, NULL);
        return;
    }
    struct account a = *old;
    if (c->fields & FIELD_ROLE) {
        a.role = c->account.role;
    }
    if (old->role == ROLE_ADMIN && a.role != ROLE_ADMIN && !another_admin(t, tokens, old)) {
        refuse(c, ERR_UNSUPPORTED, "role", LAST_ADMIN);
        return;
    }
    if (c->fields & FIELD_PASSWORD) {
        memcpy(a.hash, c->account.hash, sizeof a.hash);
        end_logins(t, old, &c->account.login, out);
    }
    a.changed = out->now;
    write_account(t, &a, out);
    c->result = OK;
}

static void remove_account(struct account_table *t, const struct token_table *tokens,
                           struct command *c, struct batch *out)
{
    static const struct text_id nobody;
    const struct account *old = named(t, c);
    if (!old) {
        return;
    }
    if (old->role == ROLE_ADMIN && !another_admin(t, tokens, old)) {
        refuse(c, ERR_UNSUPPORTED, NULL, LAST_ADMIN);
        return;
    }
    end_logins(t, old, &nobody, out);
    struct account gone = {.name = old->name, .removed = true};
    write_account(t, &gone, out);
    c->result = OK;
}

static void log_out(struct account_table *t, struct command *c, struct batch *out)
{
    if (login_find(t, &c->account.login)) {
        end_login(t, c->account.login, out);
    }
    c->result = OK;
}

void account_command(struct account_table *t, const struct token_table *tokens, struct command *c,
                     struct text_id_source *ids, struct batch *out)
{
    if (c->kind == COMMAND_CREATE_ACCOUNT) {
        create(t, c, ids, out);
    } else if (c->kind == COMMAND_PATCH_ACCOUNT) {
        patch(t, tokens, c, out);
    } else if (c->kind == COMMAND_DELETE_ACCOUNT) {
        remove_account(t, tokens, c, out);
    } else if (c->kind == COMMAND_LOG_IN) {
        log_in(t, c, ids, out);
    } else {
        ASSERT(c->kind == COMMAND_LOG_OUT);
        log_out(t, c, out);
    }
}
