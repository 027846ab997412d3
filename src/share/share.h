/* SPDX-License-Identifier: Apache-2.0 */
/* A link to one dashboard: what it is, and what it lets see.
 *
 * A share is a document of its own kind. Its secret is 256 random bits, shown once and kept as its
 * hash. It is bound to one dashboard as it was made: another one that later gets the same id is not
 * shared. What it lets see is its scope: the series that stand in the widgets, and for `$device`
 * those of the devices that were named when the link was made. Nothing else of the fleet is in it,
 * so a widget about the whole fleet shows no more than these devices. The scope follows the
 * dashboard: what is taken off it is not seen any more. docs/adr/0043 has the reasons.
 *
 * Pure. */
#ifndef TELLTALE_SHARE_SHARE_H
#define TELLTALE_SHARE_SHARE_H

#include "model/access.h"
#include "model/document.h"
#include "model/limits.h"
#include "proto/json/json.h"

struct share {
    char dashboard[DOCUMENT_ID_MAX + 1];
    uint8_t hash[TOKEN_HASH_BYTES];
    wall_ms made; /* when the dashboard was made */
    wall_ms expires;
    struct bytes devices; /* what variables may stand for: a JSON array of ids; borrowed */
    struct bytes name;    /* what people call the link: a JSON string; borrowed */
};

/* Reads the body of a share as share_put wrote it. Errors: ERR_INVALID.
 * Ownership: `out` borrows from `body`. */
MUST_CHECK enum err share_read(struct bytes body, struct share *out);

/* Appends the body. */
void share_put(struct buf *out, const struct share *s);

/* Whether this is a share of the dashboard, as long as both last. */
bool share_is_of(const struct share *s, const struct document *dashboard);

/* ---- scope.c ---- */

struct share_series {
    char *device;
    char *sensor;
};

struct share_scope {
    struct share_series *series; /* by device, then sensor, each once */
    size_t count, cap;
    char **devices; /* by id, each once; those of `series` included */
    size_t device_count, device_cap;
    char **plans; /* ids of pictures that widgets show */
    size_t plan_count, plan_cap;
    bool places;    /* a widget is a map: where devices are is part of it */
    bool truncated; /* more than LIMIT_SHARE_SERIES were named: the rest is not seen */
};

/* What a share lets see of a dashboard with this body. Ownership: end it with share_scope_fini. */
void share_scope_init(struct share_scope *scope, struct bytes body, struct bytes devices);
void share_scope_fini(struct share_scope *scope);

bool share_scope_has(const struct share_scope *scope, struct bytes device, struct bytes sensor);
bool share_scope_has_device(const struct share_scope *scope, struct bytes device);
bool share_scope_has_plan(const struct share_scope *scope, struct bytes plan);

#endif
