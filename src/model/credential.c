/* SPDX-License-Identifier: Apache-2.0 */
#include "model/credential.h"

#include "base/mem.h"
#include "model/limits.h"
#include "model/topic_rule.h"

/* ---- the table ---- */

static struct bytes id_of(const void *owner, uint32_t slot)
{
    return ((const struct credential_table *)owner)->rows[slot]->id;
}

static struct bytes fingerprint_of(const void *owner, uint32_t slot)
{
    return bytes_of(((const struct credential_table *)owner)->rows[slot]->fingerprint,
                    TOKEN_HASH_BYTES);
}

static struct bytes common_name_of(const void *owner, uint32_t slot)
{
    return ((const struct credential_table *)owner)->rows[slot]->common_name;
}

void credential_table_init(struct credential_table *t, struct hash_key key)
{
    *t = (struct credential_table){0};
    strmap_init(&t->by_id, key, id_of, t);
    strmap_init(&t->by_fingerprint, key, fingerprint_of, t);
    strmap_init(&t->by_common_name, key, common_name_of, t);
}

void credential_table_fini(struct credential_table *t)
{
    for (size_t i = 0; i < t->count; i++) {
        buf_fini(&t->rows[i]->text);
        free(t->rows[i]);
    }
    free(t->rows);
    strmap_fini(&t->by_id);
    strmap_fini(&t->by_fingerprint);
    strmap_fini(&t->by_common_name);
}

static struct credential *row_of(const struct credential_table *t, struct bytes id)
{
    uint32_t slot = strmap_find(&t->by_id, id);
    return slot == STRMAP_NONE ? NULL : t->rows[slot];
}

const struct credential *credential_find(const struct credential_table *t, struct bytes id)
{
    return row_of(t, id);
}

/* Rows are made by admins, one by one: a free one is found by looking, when there are any. */
static struct credential *take_row(struct credential_table *t)
{
    for (size_t i = 0; t->used < t->count && i < t->count; i++) {
        if (t->rows[i]->id.len == 0) {
            t->used++;
            return t->rows[i];
        }
    }
    struct credential *row = mem_zalloc(1, sizeof *row);
    t->rows = mem_grow(t->rows, t->count, &t->cap, sizeof *t->rows);
    row->slot = (uint32_t)t->count;
    t->rows[t->count++] = row;
    t->used++;
    return row;
}

static void unbind_certificate(struct credential_table *t, const struct credential *row)
{
    if (row->revoked != WALL_NONE) {
        return;
    }
    if (row->has_fingerprint) {
        strmap_remove(&t->by_fingerprint, bytes_of(row->fingerprint, sizeof row->fingerprint));
    }
    if (row->common_name.len) {
        strmap_remove(&t->by_common_name, row->common_name);
    }
}

static void bind_certificate(struct credential_table *t, const struct credential *row)
{
    if (row->revoked != WALL_NONE) {
        return;
    }
    if (row->has_fingerprint) {
        strmap_put(&t->by_fingerprint, row->slot);
    }
    if (row->common_name.len) {
        strmap_put(&t->by_common_name, row->slot);
    }
}

/* Takes the row out of every index and drops its text. */
static void empty_row(struct credential_table *t, struct credential *row)
{
    unbind_certificate(t, row);
    strmap_remove(&t->by_id, row->id);
    t->bytes -= row->text.len;
    row->generation++;
    row->id = (struct bytes){0};
    buf_fini(&row->text);
}

static void forget(struct credential_table *t, struct bytes id)
{
    struct credential *row = row_of(t, id);
    if (row) {
        empty_row(t, row);
        t->used--;
    }
}

/* Copies the texts behind each other. The memory may move while it grows, so the slices are made of
 * lengths at the end. */
static void set_texts(struct credential *row, const struct batch *b,
                      const struct credential_change *c)
{
    const struct text_ref from[] = {c->id,         c->name,    c->common_name,
                                    c->speaks_for, c->publish, c->subscribe};
    struct bytes *const to[] = {&row->id,         &row->name,    &row->common_name,
                                &row->speaks_for, &row->publish, &row->subscribe};
    for (size_t i = 0; i < ARRAY_LEN(from); i++) {
        buf_put_bytes(&row->text, batch_text(b, from[i]));
    }
    size_t at = 0;
    for (size_t i = 0; i < ARRAY_LEN(to); i++) {
        *to[i] = bytes_of(row->text.ptr + at, from[i].len);
        at += from[i].len;
    }
}

/* A use alone does not make it another one. */
static bool is_the_same(const struct credential *row, const struct credential_change *c)
{
    return row->created == c->created && row->revoked == c->revoked &&
           hash_difference(row->hash, c->hash) == 0;
}

static void put(struct credential_table *t, const struct batch *b,
                const struct credential_change *c)
{
    struct credential *row = row_of(t, batch_text(b, c->id));
    if (row && is_the_same(row, c)) {
        row->last_used = c->last_used;
        return;
    }
    if (row) {
        empty_row(t, row);
    } else {
        row = take_row(t);
    }
    row->generation++;
    row->has_secret = c->has_secret;
    row->has_fingerprint = c->has_fingerprint;
    memcpy(row->hash, c->hash, sizeof row->hash);
    memcpy(row->fingerprint, c->fingerprint, sizeof row->fingerprint);
    row->created = c->created;
    row->revoked = c->revoked;
    row->last_used = c->last_used;
    set_texts(row, b, c);
    t->bytes += row->text.len;
    strmap_put(&t->by_id, row->slot);
    bind_certificate(t, row);
}

void credential_apply(struct credential_table *t, const struct batch *b,
                      const struct credential_change *c)
{
    if (c->forgotten) {
        forget(t, batch_text(b, c->id));
    } else {
        put(t, b, c);
    }
}

void credential_table_apply(struct credential_table *t, const struct batch *b)
{
    for (size_t i = 0; b->kind == BATCH_SNAPSHOT && i < t->count; i++) {
        if (t->rows[i]->id.len) {
            forget(t, t->rows[i]->id);
        }
    }
    for (size_t i = 0; i < b->credential_count; i++) {
        credential_apply(t, b, &b->credentials[i]);
    }
}

struct credential_change *credential_write(const struct credential *row, struct batch *out)
{
    struct credential_change *c = batch_add_credential(out);
    c->has_secret = row->has_secret;
    c->has_fingerprint = row->has_fingerprint;
    memcpy(c->hash, row->hash, sizeof c->hash);
    memcpy(c->fingerprint, row->fingerprint, sizeof c->fingerprint);
    c->id = batch_put_text(out, row->id);
    c->name = batch_put_text(out, row->name);
    c->common_name = batch_put_text(out, row->common_name);
    c->speaks_for = batch_put_text(out, row->speaks_for);
    c->publish = batch_put_text(out, row->publish);
    c->subscribe = batch_put_text(out, row->subscribe);
    c->created = row->created;
    c->revoked = row->revoked;
    c->last_used = row->last_used;
    return c;
}

void credential_table_put(const struct credential_table *t, struct batch *out)
{
    for (size_t i = 0; i < t->count; i++) {
        if (t->rows[i]->id.len) {
            (void)credential_write(t->rows[i], out);
        }
    }
}

/* ---- who somebody is, and what he may do ---- */

static struct principal principal_of(const struct credential *c)
{
    return (struct principal){.credential = c, .generation = c->generation};
}

enum err credential_authenticate(const struct credential_table *t, struct bytes user,
                                 const uint8_t hash[TOKEN_HASH_BYTES], struct principal *principal)
{
    const struct credential *c = row_of(t, user);
    if (!c || !c->has_secret || c->revoked != WALL_NONE || hash_difference(c->hash, hash) != 0) {
        return ERR_DENIED;
    }
    *principal = principal_of(c);
    return OK;
}

enum err credential_authenticate_certificate(const struct credential_table *t,
                                             const uint8_t fingerprint[TOKEN_HASH_BYTES],
                                             struct bytes common_name, struct principal *principal)
{
    uint32_t slot = strmap_find(&t->by_fingerprint, bytes_of(fingerprint, TOKEN_HASH_BYTES));
    if (slot == STRMAP_NONE && common_name.len) {
        slot = strmap_find(&t->by_common_name, common_name);
    }
    if (slot == STRMAP_NONE) {
        return ERR_DENIED;
    }
    *principal = principal_of(t->rows[slot]);
    return OK;
}

bool credential_is_valid(const struct credential *c, uint32_t generation)
{
    return c->generation == generation && c->revoked == WALL_NONE;
}

bool credential_speaks_for(const struct credential *c, struct bytes device)
{
    return device_rules_permit(c->speaks_for, device);
}

static bool may_use(const struct principal *p, struct bytes list, struct bytes client_id,
                    struct bytes filter)
{
    const struct topic_names names = {.user = p->credential->id, .client = client_id};
    return credential_is_valid(p->credential, p->generation) &&
           topic_rules_permit(list, &names, filter);
}

bool principal_may_publish(const struct principal *p, struct bytes client_id, struct bytes topic)
{
    return !p->credential || may_use(p, p->credential->publish, client_id, topic);
}

bool principal_may_subscribe(const struct principal *p, struct bytes client_id, struct bytes filter)
{
    return !p->credential || may_use(p, p->credential->subscribe, client_id, filter);
}

bool credential_use_is_news(const struct principal *p, wall_ms now)
{
    const struct credential *c = p->credential;
    return c && (c->last_used == WALL_NONE || now - c->last_used >= LIMIT_CREDENTIAL_USED_MS);
}

void credential_used(struct credential_table *t, const struct principal *p, wall_ms now,
                     struct batch *out)
{
    if (credential_use_is_news(p, now)) {
        struct credential *row = t->rows[p->credential->slot];
        row->last_used = now;
        (void)credential_write(row, out);
    }
}
