/* SPDX-License-Identifier: Apache-2.0 */
/* The readings of a series that are in no block yet. */
#include "store/state.h"

#include "base/mem.h"

static void add_point(struct store_points *p, wall_ms time, double value)
{
    if (p->count == p->cap) {
        p->cap = size_max(p->cap * 2, 64);
        p->times = mem_resize(p->times, p->cap, sizeof *p->times);
        p->values = mem_resize(p->values, p->cap, sizeof *p->values);
    }
    p->times[p->count] = time;
    p->values[p->count++] = value;
}

void store_tail(const struct store *s, struct series_id series, wall_ms from, wall_ms to,
                struct store_points *out)
{
    if (series.n >= s->series_count || s->series[series.n].group == GROUP_NONE) {
        return;
    }
    const struct series_state *state = &s->series[series.n];
    struct columns rows = {0};
    struct columns spare = {0};
    group_rows_of(&s->groups[state->group], state->column, &rows);
    columns_sort(&rows, &spare);
    for (size_t row = columns_lower_bound(&rows, from); row < rows.rows && rows.times[row] < to;
         row++) {
        add_point(out, rows.times[row], rows.cols[0].values[row]);
    }
    columns_fini(&rows);
    columns_fini(&spare);
}

void store_points_fini(struct store_points *p)
{
    free(p->times);
    free(p->values);
    *p = (struct store_points){0};
}
