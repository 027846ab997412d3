/* SPDX-License-Identifier: Apache-2.0 */
/* Plans of buildings, and pictures of dashboards, as documents:
 *
 *     {"name": "Ground floor", "image": "data:image/webp;base64,…",
 *      "corners": [[48.2101, 16.3702], [48.2093, 16.3721]]}
 *
 * `image` is a PNG, JPEG or WebP by its own bytes, as its type says. `corners` are where its upper
 * left and lower right corner lie, [lat, lng] in degrees; both together say how it is turned. A
 * picture without them is on no map. */
#ifndef TELLTALE_APP_PLANS_H
#define TELLTALE_APP_PLANS_H

#include "model/command.h"

/* Errors: ERR_INVALID, explained in `why`. */
MUST_CHECK enum err plan_check(struct bytes body, struct document_fault *why);

#endif
