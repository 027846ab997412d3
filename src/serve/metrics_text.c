/* SPDX-License-Identifier: Apache-2.0 */
/* /metrics in Prometheus' text format, version 0.0.4: every counter of model/metrics.h. */
#include "serve/request.h"

/* Of a bucket's bound in the histograms, in order; the last bucket is +Inf. */
#define FIRST_BOUND_S 0.0001

static const struct {
    const char *name, *type, *help;
} rows[METRIC_COUNT] = {
#define ROW(id, name, type, help) [id] = {name, type, help},
    METRIC_LIST(ROW)
#undef ROW
};

static const struct {
    const char *name, *help;
} drops[DROP_COUNT] = {
#define ROW(id, name, help) [id] = {name, help},
    DROP_LIST(ROW)
#undef ROW
};

static const char *const decoders[DECODER_COUNT] = {
#define ROW(id, name) [id] = name,
    DECODER_LIST(ROW)
#undef ROW
};

static const struct {
    const char *name, *help;
} tier_figures[TIER_FIGURE_COUNT] = {
#define ROW(id, name, help) [id] = {name, help},
    TIER_FIGURE_LIST(ROW)
#undef ROW
};

static const char *const tiers[STORE_TIERS] = {"raw", "minutes", "hours", "days"};

static const char *const corrections[CORRECTION_COUNT] = {
#define ROW(id, name, help) [id] = name,
    CORRECTION_LIST(ROW)
#undef ROW
};

static const struct {
    const char *name, *help;
} histograms[HISTOGRAM_COUNT] = {
#define ROW(id, name, help) [id] = {name, help},
    HISTOGRAM_LIST(ROW)
#undef ROW
};

static void put_head(struct buf *out, const char *name, const char *type, const char *help)
{
    buf_printf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void put_values(struct buf *out, const struct metrics *m)
{
    for (size_t i = 0; i < METRIC_COUNT; i++) {
        put_head(out, rows[i].name, rows[i].type, rows[i].help);
        buf_printf(out, "%s %llu\n", rows[i].name,
                   (unsigned long long)metrics_get(m, (enum metric)i));
    }
}

static void put_drops(struct buf *out, const struct metrics *m)
{
    put_head(out, "telltale_dropped_total", "counter", "What was not taken, by reason.");
    for (size_t i = 0; i < DROP_COUNT; i++) {
        uint64_t n = atomic_load_explicit(&m->dropped[i], memory_order_relaxed);
        buf_printf(out, "telltale_dropped_total{reason=\"%s\"} %llu\n", drops[i].name,
                   (unsigned long long)n);
    }
    put_head(out, "telltale_corrected_total", "counter", "Readings whose time was corrected.");
    for (size_t i = 0; i < CORRECTION_COUNT; i++) {
        uint64_t n = atomic_load_explicit(&m->corrected[i], memory_order_relaxed);
        buf_printf(out, "telltale_corrected_total{reason=\"%s\"} %llu\n", corrections[i],
                   (unsigned long long)n);
    }
}

static unsigned long long load(const _Atomic uint64_t *counter)
{
    return (unsigned long long)atomic_load_explicit(counter, memory_order_relaxed);
}

/* By decoder, without the rows that are zero: most decoders of the table see no message. */
static void put_decoders(struct buf *out, const struct metrics *m)
{
    put_head(out, "telltale_decoded_total", "counter", "Messages taken, by decoder.");
    for (size_t i = 0; i < DECODER_COUNT; i++) {
        if (load(&m->decoded[i]) > 0) {
            buf_printf(out, "telltale_decoded_total{decoder=\"%s\"} %llu\n", decoders[i],
                       load(&m->decoded[i]));
        }
    }
    put_head(out, "telltale_undecoded_total", "counter",
             "What a decoder did not take out of its messages, by decoder and reason.");
    for (size_t i = 0; i < DECODER_COUNT * DROP_COUNT; i++) {
        const _Atomic uint64_t *n = &m->undecoded[i / DROP_COUNT][i % DROP_COUNT];
        if (load(n) > 0) {
            buf_printf(out, "telltale_undecoded_total{decoder=\"%s\",reason=\"%s\"} %llu\n",
                       decoders[i / DROP_COUNT], drops[i % DROP_COUNT].name, load(n));
        }
    }
}

static void put_tiers(struct buf *out, const struct metrics *m)
{
    for (size_t i = 0; i < TIER_FIGURE_COUNT; i++) {
        put_head(out, tier_figures[i].name, "gauge", tier_figures[i].help);
        for (size_t t = 0; t < STORE_TIERS; t++) {
            buf_printf(out, "%s{tier=\"%s\"} %llu\n", tier_figures[i].name, tiers[t],
                       load(&m->tier[i][t]));
        }
    }
}

static void put_histogram(struct buf *out, const struct metrics *m, size_t i)
{
    uint64_t total = 0;
    put_head(out, histograms[i].name, "histogram", histograms[i].help);
    for (size_t b = 0; b < HISTOGRAM_BUCKETS; b++) {
        total += atomic_load_explicit(&m->histogram[i].bucket[b], memory_order_relaxed);
        if (b + 1 < HISTOGRAM_BUCKETS) {
            buf_printf(out, "%s_bucket{le=\"%.4f\"} %llu\n", histograms[i].name,
                       FIRST_BOUND_S * (double)(1u << b), (unsigned long long)total);
        } else {
            buf_printf(out, "%s_bucket{le=\"+Inf\"} %llu\n", histograms[i].name,
                       (unsigned long long)total);
        }
    }
    uint64_t sum = atomic_load_explicit(&m->histogram[i].sum_ns, memory_order_relaxed);
    buf_printf(out, "%s_sum %.9f\n%s_count %llu\n", histograms[i].name, (double)sum / 1e9,
               histograms[i].name, (unsigned long long)total);
}

void serve_get_metrics(struct serve_peer *p)
{
    const struct metrics *m = p->serve->config.metrics;
    struct buf body = {0};
    put_head(&body, "telltale_build_info", "gauge", "1, with the version as a label.");
    buf_printf(&body, "telltale_build_info{version=\"%s\"} 1\n", p->serve->config.version);
    put_values(&body, m);
    serve_put_link_metrics(p->serve, &body);
    put_tiers(&body, m);
    put_drops(&body, m);
    put_decoders(&body, m);
    for (size_t i = 0; i < HISTOGRAM_COUNT; i++) {
        put_histogram(&body, m, i);
    }
    serve_answer_send(p, &(struct serve_answer){.status = 200,
                                                .type = "text/plain; version=0.0.4; charset=utf-8",
                                                .body = buf_bytes(&body)});
    buf_fini(&body);
}
