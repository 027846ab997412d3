/* SPDX-License-Identifier: Apache-2.0 */
/* The store: history on disk, one SQLite file in a folder. docs/store-format.md and the opening
 * comments of journal.c and block.c specify the bytes.
 *
 * One storage thread owns `struct store`: it appends batches, commits, packs readings into device
 * blocks, trims the journal, expires. Query threads own a `struct store_reader` each. A query asks
 * the storage thread for the tail first (readings that are not yet in blocks) and reads blocks
 * second, so that nothing is missed between the two; what comes twice is dropped by time.
 *
 * What is appended is durable after the next store_commit that returns OK: synchronous=FULL. */
#ifndef TELLTALE_STORE_STORE_H
#define TELLTALE_STORE_STORE_H

#include "model/batch.h"
#include "model/metrics.h"
#include "model/outbox.h"

#include "base/config.h"
#include "base/err.h"

struct store;
struct store_reader;

struct store_config {
    const char *dir;      /* made with mode 0700 when missing; files 0600 */
    wall_ms retention_ms; /* readings older than this are deleted; 0: never */
    /* "device:ID 7d", "tag:NAME 30d": for some devices instead of that. See lifetime.c. */
    struct config_list retention_of;
    wall_ms retention_minutes_ms; /* the same for rollups of minutes, hours and days */
    wall_ms retention_hours_ms;
    wall_ms retention_days_ms;
    uint64_t budget_bytes;  /* the oldest is deleted when the files take more; 0: no budget */
    size_t journal_bytes;   /* changed groups become blocks when the journal passes this; 16 MB */
    wall_ms journal_age_ms; /* ... or when its oldest row is older than this; 10 min */
};

extern const struct store_config store_defaults;

/* Whether `text` is a rule of retention_of. */
bool store_retention_valid(const char *text);

/* The longest that any device's readings are kept; 0: for ever. */
wall_ms store_retention_longest(const struct store_config *config);

/* One clear line for a person: what failed, on which file, and what to do. */
struct store_failure {
    char text[512];
};

/* Opens or makes the store in config->dir and replays its journal.
 *
 * Errors: ERR_BUSY another process has it;  ERR_IO can't be read or written;  ERR_CORRUPT is
 * damaged or not a store;  ERR_UNSUPPORTED written by a newer version. Each with `why` filled.
 *         Nothing is ever recreated or repaired away. */
MUST_CHECK enum err store_open(const struct store_config *config, struct metrics *metrics,
                               struct store **store, struct store_failure *why);

/* Opens for reading what another process holds: the tables and the journal as they are at this
 * moment. Only store_load, store_tail and store_close may follow, and store_reader_open.
 * Errors: as store_open. */
MUST_CHECK enum err store_open_beside(const char *dir, struct metrics *metrics,
                                      struct store **store, struct store_failure *why);

/* Commits what waits if it can, checkpoints, closes. NULL is fine. */
void store_close(struct store *s);

/* Fills a BATCH_SNAPSHOT with devices, series with their latest, rules, open alerts and tokens; its
 * seq is the highest seq that the store has ever held. Call it once, after store_open. */
MUST_CHECK enum err store_load(struct store *s, struct batch *snapshot);

/* Takes a batch for the next commit: encodes it, so the caller may release it after the call. */
void store_append(struct store *s, const struct batch *b);

/* Whether anything that waits for a commit is urgent. */
bool store_pending_urgent(const struct store *s);

/* Makes everything appended durable and raises store_durable_seq. What was appended goes to the
 * open columns too, whatever the result, so the tail is complete.
 *
 * Errors: ERR_IO the disk refused (full, failed). Nothing was acknowledged and nothing is lost: the
 *         same rows go with the next commit. After a failed fsync the database is reopened first,
 *         never retried on the same handle. `why` says it in words. */
MUST_CHECK enum err store_commit(struct store *s, wall_ms now, struct store_failure *why);

/* ---- notifications; the storage thread, or before it starts ---- */

/* Takes rows of the outbox for the next commit. Borrowed until a commit returned OK. */
void store_outbox_append(struct store *s, const struct outbox_write *w);

/* Forgets what was taken and not committed: its owner frees it. */
void store_outbox_forget(struct store *s);

/* Rows that wait, and those of open alerts. Ownership: the caller's, a list. Errors: of the disk.
 */
MUST_CHECK enum err store_outbox_load(struct store *s, struct outbox_row **rows);

/* Appends the alerts that changed and for which no write of the outbox was planned, as they are
 * now; out->seq tells up to which batch. Errors: of the disk. */
MUST_CHECK enum err store_unplanned(struct store *s, struct batch *out);

/* As store_unplanned, with all that who is told depends on: devices, rules and documents. */
MUST_CHECK enum err store_news(struct store *s, struct batch *out);

/* 32 bytes that stay the same for the life of the store: `fresh` when there were none of that name.
 * Errors: of the disk. */
#define STORE_SECRET_BYTES 32
MUST_CHECK enum err store_secret(struct store *s, const char *name,
                                 const uint8_t fresh[STORE_SECRET_BYTES],
                                 uint8_t out[STORE_SECRET_BYTES]);

/* Newest seq that is durable. */
uint64_t store_durable_seq(const struct store *s);

/* Newest seq that was appended: a tail holds everything up to it. */
uint64_t store_appended_seq(const struct store *s);

/* Does one step (at most about 10 ms) of what is due: open blocks, journal trim, sealing,
 * retention, checkpoint, giving pages back. Sets *more when another step is due at once. A step
 * that writes blocks commits what waits along with them, so look at store_durable_seq after this
 * call too. Errors: ERR_IO. */
MUST_CHECK enum err store_work(struct store *s, wall_ms now, bool *more, struct store_failure *why);

/* ---- bulk: history that comes in at once, past the journal ----
 *
 * For whoever has the store to himself: no batch with readings is appended between begin and end.
 * New devices and series come by store_append and store_commit first, as ever. Readings come in
 * columns, best device by device or in order of time; of two with one time the later put wins.
 * Memory stays below some 128 MB. */

struct store_bulk;

/* Commits what waits, writes the open rows as blocks, trims the journal. Errors: ERR_IO. */
MUST_CHECK enum err store_bulk_begin(struct store *s, wall_ms now, struct store_bulk **bulk,
                                     struct store_failure *why);

/* Takes n readings of a series; any order, best rising. Some calls write (a transaction of some
 * million readings). Errors: ERR_NOT_FOUND no such series;  ERR_IO nothing was lost but what is
 * not written: go on later, or give up with store_bulk_free. */
MUST_CHECK enum err store_bulk_put(struct store_bulk *b, struct series_id series,
                                   const wall_ms *times, const double *values, size_t n,
                                   struct store_failure *why);

/* Readings that are durable. */
uint64_t store_bulk_written(const struct store_bulk *b);

/* Writes the rest, makes the rollups, gives every free page back. Frees `b`, also when it fails.
 * Errors: ERR_IO. */
MUST_CHECK enum err store_bulk_end(struct store_bulk *b, wall_ms now, struct store_failure *why);

/* Gives up what is not written yet. NULL is fine. */
void store_bulk_free(struct store_bulk *b);

/* ---- checking: a walk over every block, a little at a time ---- */

/* Where the walk is, and what it has seen. Zeroed before the first step; the first damaged block is
 * described in `why` of the step that met it, and the walk goes on behind it. */
struct store_check {
    int64_t block;  /* row of the table `block` looked at last */
    int64_t rollup; /* row of the table `rollup` looked at last; blocks come first */
    bool done;
    uint64_t blocks;
    uint64_t rollups;
    uint64_t readings;
    uint64_t bytes;
    uint64_t damaged;
};

/* Reads blocks for about `budget_ns` in one read transaction: checksum, every value decoded, times
 * in order, and the row's own columns compared with what the block holds.
 * Errors: ERR_CORRUPT a block is damaged (named in `why`; call again to go on);  ERR_IO. */
MUST_CHECK enum err store_check_step(struct store_reader *r, struct store_check *c,
                                     uint64_t budget_ns, struct store_failure *why);

/* ---- measuring: what each tier takes, a little at a time ---- */

struct store_tier_size {
    uint64_t rows;
    uint64_t bytes;     /* of blocks, without what SQLite adds */
    uint64_t day_bytes; /* the part of them that is of the day before `now` */
    wall_ms oldest;     /* when rows is not 0 */
};

/* Where the walk is, and what it has seen. Zeroed but for `now` before the first step. */
struct store_measure {
    wall_ms now;
    int64_t block; /* row of the table `block` looked at last; blocks come first */
    int64_t rollup;
    bool done;
    struct store_tier_size tiers[STORE_TIERS];
};

/* Looks at rows for about `budget_ns` in one read transaction. Errors: ERR_IO. */
MUST_CHECK enum err store_measure_step(struct store_reader *r, struct store_measure *m,
                                       uint64_t budget_ns);

/* SQLite's own check of the file. Errors: ERR_CORRUPT, with `why`. */
MUST_CHECK enum err store_check_pages(struct store_reader *r, struct store_failure *why);

/* Both checks of a file that nobody writes, such as a backup.
 * Errors: as store_open of what is not a store;  ERR_CORRUPT;  ERR_IO. */
MUST_CHECK enum err store_verify_file(const char *path, struct store_check *seen,
                                      struct store_failure *why);

/* ---- backup: a copy, made in steps between commits; the storage thread ---- */

struct store_backup {
    uint64_t pages; /* in all, and still to be copied */
    uint64_t left;
    bool done;
};

/* Begins a copy in the new file `path`.
 * Errors: ERR_EXISTS there is such a file;  ERR_BUSY a backup is under way;  ERR_IO. */
MUST_CHECK enum err store_backup_begin(struct store *s, const char *path,
                                       struct store_failure *why);

/* Copies for about `budget_ns`. What is committed meanwhile is in the copy too. When it is done the
 * file is whole and not synced. Errors: ERR_IO the copy ended, and the file is worth nothing. */
MUST_CHECK enum err store_backup_step(struct store *s, uint64_t budget_ns,
                                      struct store_backup *progress, struct store_failure *why);

/* Gives up the copy under way, if any; the file stays. */
void store_backup_stop(struct store *s);

/* ---- the tail: storage thread fills, query thread reads ---- */

struct store_points {
    wall_ms *times;
    double *values;
    size_t count;
    size_t cap;
};

/* Appends copies of the readings of `series` in [from, to) that are appended but not yet in blocks
 * on disk, by time, one a time. Those of the commit under way are included. */
void store_tail(const struct store *s, struct series_id series, wall_ms from, wall_ms to,
                struct store_points *out);

void store_points_fini(struct store_points *p);

/* ---- queries: any thread, one reader each ---- */

/* A read-only connection to the store in `dir`, which must be open in this process.
 * Errors: ERR_IO, with `why`. */
MUST_CHECK enum err store_reader_open(const char *dir, struct store_reader **reader,
                                      struct store_failure *why);
void store_reader_close(struct store_reader *r);

struct store_query {
    struct series_id series;
    wall_ms from;  /* inclusive */
    wall_ms to;    /* exclusive */
    size_t points; /* at most so many rows, 1..LIMIT_SAMPLE_POINTS */
    wall_ms step;  /* buckets of this width, whatever there is; 0: what suits */
    mono_ns until; /* gives up then; 0: never */
};

/* ---- reading all of a series ---- */

struct store_walk;

/* Readings of a series in a range (q->points means nothing), the tail (borrowed until the end)
 * included. Read transactions last 250 ms at most. A walk that begins while another one of the same
 * reader goes on opens a connection of its own. Errors: ERR_IO, ERR_CORRUPT, with `why`. */
MUST_CHECK enum err store_walk_begin(struct store_reader *r, const struct store_query *q,
                                     const struct store_points *tail, struct store_walk **walk,
                                     struct store_failure *why);

/* The next readings by time, borrowed until the next call; *count 0 at the end. */
MUST_CHECK enum err store_walk_next(struct store_walk *w, const wall_ms **times,
                                    const double **values, size_t *count,
                                    struct store_failure *why);

/* NULL is fine. */
void store_walk_end(struct store_walk *w);

enum store_tier {
    STORE_RAW,    /* every reading: times and values */
    STORE_BUCKETS /* one row a bucket that holds something */
};

/* Rows of an answer. Raw: time, mean (= the value), n = 1. Buckets: all members; time is the
 * bucket's begin, a multiple of the step counted from `from` rounded down to the step. */
struct store_row {
    wall_ms time;
    double min, max, mean;
    uint64_t n;
};

struct store_samples {
    enum store_tier tier;
    wall_ms step; /* of a bucket; 0 for raw */
    wall_ms
        source; /* width of the rollups that buckets were made of, where there are any; 0: raw */
    struct store_row *rows;
    size_t count;
    size_t cap;
};

/* Answers a query from the tail (of this series and range, taken before the call), the blocks and
 * the rollups. A series in a range that holds at most `points` readings gives all of them; more
 * gives buckets, and so does a range whose raw readings have expired while rollups are left. A read
 * transaction lasts at most 250 ms, then goes on after its last key.
 * Errors: ERR_CORRUPT a block that fails its checksum (named in `why`); ERR_FULL it took longer
 * than q->until; ERR_IO. */
MUST_CHECK enum err store_query(struct store_reader *r, const struct store_query *q,
                                const struct store_points *tail, struct store_samples *out,
                                struct store_failure *why);

void store_samples_fini(struct store_samples *s);

/* What a device became, and when. */
struct store_event {
    wall_ms time;
    enum device_status status;
    enum status_cause cause;
};

struct store_events {
    struct store_event *items;
    size_t count, cap;
};

/* Appends the changes of status of a device in [from, to) by time, behind the last one before. Of a
 * device that changes often only the newest are remembered. Errors: ERR_IO. */
MUST_CHECK enum err store_events(struct store_reader *r, struct device_id device, wall_ms from,
                                 wall_ms to, struct store_events *out, struct store_failure *why);

/* Alerts of the past and present, newest first: fills `out` (a BATCH_SNAPSHOT) with at most `limit`
 * alerts created before the one with id `after` ("" for the newest), with transition ALERT_RESOLVED
 * for those that are over. Errors: ERR_IO. */
MUST_CHECK enum err store_alerts(struct store_reader *r, size_t limit, struct text_id after,
                                 struct batch *out, struct store_failure *why);

/* At most `limit` rows of the outbox before the one with `number` (0: the newest), newest first.
 * Ownership: the caller's, a list. Errors: ERR_IO. */
MUST_CHECK enum err store_outbox_page(struct store_reader *r, size_t limit, uint64_t number,
                                      struct outbox_row **rows, struct store_failure *why);

/* The newest `limit` alerts of a device that were open at some time in [from, to), as above.
 * Errors: ERR_IO. */
MUST_CHECK enum err store_device_alerts(struct store_reader *r, struct bytes device,
                                        const struct store_query *range, size_t limit,
                                        struct batch *out, struct store_failure *why);

#endif
