/* SPDX-License-Identifier: Apache-2.0 */
/* Readings that a program wrote over HTTP, on their way to the ingest thread: text read by whoever
 * took the request, so that ingest has only to look names up. Goes with a command and is owned by
 * it. */
#ifndef TELLTALE_MODEL_WRITTEN_H
#define TELLTALE_MODEL_WRITTEN_H

#include "model/time.h"

#include "base/buf.h"

struct written_text {
    uint32_t at;
    uint32_t len;
};

struct written_reading {
    struct written_text device;
    struct written_text sensor;
    bool boolean;
    wall_ms time; /* WALL_NONE: when it arrives */
    double value;
};

struct written {
    struct buf text;
    struct written_reading *readings;
    size_t count, cap;
    size_t bad;      /* lines that could not be read */
    size_t refused;  /* readings that ingest could not take, see its counters */
    char first[160]; /* what was wrong with the first bad line; "" none */
};

struct written *written_new(void);
void written_free(struct written *w);

static inline struct bytes written_text(const struct written *w, struct written_text t)
{
    return bytes_of(w->text.ptr + t.at, t.len);
}

/* A copy of `text`, or of the copy made last when it says the same. */
struct written_text written_put_text(struct written *w, struct bytes text,
                                     struct written_text last);

/* Appends a reading. */
void written_add(struct written *w, struct written_reading r);

/* Bytes that it holds. */
size_t written_bytes(const struct written *w);

#endif
