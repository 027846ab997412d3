/* SPDX-License-Identifier: Apache-2.0 */
/* Links to dashboards that are of no more use are taken away, so that they never fill the
 * documents. */
#ifndef TELLTALE_APP_SHARES_H
#define TELLTALE_APP_SHARES_H

#include "model/document.h"

/* Deletes shares whose dashboard is gone, and those that expired a week ago. To call after a
 * dashboard was deleted or a share made. */
void shares_sweep(struct document_table *t, struct text_id_source *ids, wall_ms now,
                  struct batch *out);

#endif
