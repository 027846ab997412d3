/* SPDX-License-Identifier: Apache-2.0 */
/* The registry as the alert engine sees it. */
#ifndef TELLTALE_APP_WORLD_H
#define TELLTALE_APP_WORLD_H

#include "alert/alert.h"
#include "registry/registry.h"

/* Ownership: the registry is borrowed for the life of whoever is handed this. */
struct alert_world world_of(const struct registry *r);

#endif
