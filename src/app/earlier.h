/* SPDX-License-Identifier: Apache-2.0 */
/* Earlier versions of dashboards, kept as one document a dashboard: {"versions": [{version,
 * updatedAt, updatedBy, body}, ...]}, the newest first, at most LIMIT_EARLIER of them and
 * LIMIT_EARLIER_BYTES together. */
#ifndef TELLTALE_APP_EARLIER_H
#define TELLTALE_APP_EARLIER_H

#include "model/document.h"

/* The dashboard `old` is about to be replaced. Where there is no room for its earlier versions they
 * are lost, and the change is not. */
void earlier_keep(struct document_table *t, const struct document *old, struct text_id_source *ids,
                  wall_ms now, struct batch *out);

/* The dashboard was deleted. */
void earlier_forget(struct document_table *t, struct bytes id, struct text_id_source *ids,
                    wall_ms now, struct batch *out);

#endif
