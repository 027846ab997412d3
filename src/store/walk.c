/* SPDX-License-Identifier: Apache-2.0 */
/* All readings of a series, run by run: what export writes and rules are tried on. */
#include "store/scan.h"

#include "base/mem.h"

struct store_walk {
    struct scan scan;
    struct store_reader *own; /* of a walk beside another one; else NULL */
};

static enum err explain(struct store_reader *r, enum err e, struct store_failure *why)
{
    if (e == OK) {
        return OK;
    }
    db_explain(&r->db, r->path, why);
    return e == ERR_CORRUPT ? ERR_CORRUPT : ERR_IO;
}

enum err store_walk_begin(struct store_reader *r, const struct store_query *q,
                          const struct store_points *tail, struct store_walk **walk,
                          struct store_failure *why)
{
    struct store_walk *w = mem_zalloc(1, sizeof *w);
    if (reader_is_busy(r)) {
        if (reader_beside(r, &w->own, why) != OK) {
            free(w);
            return ERR_IO;
        }
        r = w->own;
    }
    enum err e = scan_begin(&w->scan, r, q, tail);
    if (e != OK) {
        e = explain(r, e, why);
        store_walk_end(w);
        return e;
    }
    *walk = w;
    return OK;
}

enum err store_walk_next(struct store_walk *w, const wall_ms **times, const double **values,
                         size_t *count, struct store_failure *why)
{
    return explain(w->scan.reader, scan_next(&w->scan, times, values, count), why);
}

void store_walk_end(struct store_walk *w)
{
    if (w) {
        scan_end(&w->scan);
        store_reader_close(w->own);
        free(w);
    }
}
