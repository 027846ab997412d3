/* SPDX-License-Identifier: Apache-2.0 */
/* What the storage thread knows: the connection, the numbers of devices, series and groups, the
 * rows that are in no block yet, and what waits for its commit. Private to src/store.
 *
 * A reading goes three ways at once: encoded into the pending journal row, into the open rows of
 * its group, and into the latest value of its series. When a group is written out, its open rows
 * are merged with its newest block in the file and forgotten here, so memory holds no more than the
 * journal does.
 *
 * A group is the sensors of one device that share times (group.h). Numbers of devices, series and
 * groups are dense, so tables here are arrays. */
#ifndef TELLTALE_STORE_STATE_H
#define TELLTALE_STORE_STATE_H

#include "store/block.h"
#include "store/db.h"
#include "store/group.h"
#include "store/store.h"

#include "aggregate/aggregate.h"

#define GROUP_NONE UINT32_MAX

/* Rows [from, to) of some columns. */
struct row_range {
    const struct columns *c;
    size_t from;
    size_t to;
};

struct series_state {
    uint32_t group; /* GROUP_NONE: no such series */
    uint32_t column;
    wall_ms time; /* of its newest reading; WALL_NONE before the first */
    double value;
    unsigned exponent; /* decimals that its last value had: where the journal tries first */
};

struct device_state {
    bool known;
    bool dirty;          /* status differs from the row */
    wall_ms kept_ms;     /* how long its readings are; 0: for ever */
    uint32_t main_group; /* where a new sensor begins; GROUP_NONE before the first */
    enum device_status status;
    enum status_cause cause;
    wall_ms since;
    wall_ms last_seen;
};

/* One row of the journal that waits for its commit: bytes [at, at + len) of pending.rows. */
struct pending_row {
    uint64_t seq; /* of the last batch in it: its key */
    size_t at;
    size_t len;
};

/* A device became something else. */
struct pending_event {
    uint32_t device;
    enum device_status status;
    enum status_cause cause;
    wall_ms time;
};

/* What was appended since the last commit that succeeded. */
struct pending {
    struct pending_event *events;
    size_t event_count, event_cap;
    struct buf rows;
    struct pending_row *row;
    size_t row_count, row_cap;
    bool row_open; /* the last row takes more records */
    struct batch **changes;
    size_t change_count, change_cap;
    uint32_t *devices; /* with a new status */
    size_t device_count, device_cap;
    const struct outbox_write **outbox; /* the storage thread's */
    size_t outbox_count, outbox_cap;
    bool urgent;
    bool any; /* a batch of any kind, an empty one too */
};

/* A short list of groups. */
struct id_list {
    uint32_t *ids;
    size_t count, cap;
};

/* What a transaction changed in memory, in case it fails. */
struct undo {
    uint32_t group;
    struct group_file file;
};

struct undo_list {
    struct undo *items;
    size_t count, cap;
};

enum budget_state {
    BUDGET_FREE,
    BUDGET_NEAR,     /* somebody should know */
    BUDGET_DELETING, /* the oldest goes */
};

enum trim_phase {
    TRIM_IDLE,
    TRIM_GROUPS, /* groups that hold readings of old rows are written as blocks */
    TRIM_ROWS,   /* the old rows are deleted */
};

/* A series of the group whose rollups are being made, and the bucket that it is in. */
struct rolling_sum {
    uint32_t series;
    uint32_t column; /* of its first member in rolling.rows; UINT32_MAX: none yet */
    wall_ms bucket;
    struct aggregate sum;
};

/* A tier of a group that is being made, over some steps. */
struct rolling {
    bool active;
    bool again; /* a stretch that late readings changed */
    uint32_t group;
    unsigned tier;
    wall_ms from; /* of the buckets */
    wall_ms to;
    wall_ms read; /* first time of the raw block read last */
    struct rolling_sum *sums;
    size_t count, cap;
    struct columns raw;  /* a block */
    struct columns rows; /* buckets that are made */
};

/* What store_work does and where it stands. */
struct work {
    enum trim_phase phase;
    uint64_t trim_seq;   /* rows up to this one go */
    uint32_t next_group; /* to be looked at in TRIM_GROUPS */
    wall_ms trim_began;
    wall_ms journal_since; /* no row is older; WALL_NONE while there is none */
    wall_ms expired_at;    /* when retention last began; WALL_NONE: never */
    bool expiring;
    uint32_t expiring_group; /* the next one, while devices differ */
    enum budget_state budget;
    int budget_tier; /* what is deleted for room: -1 raw, then tiers */
    wall_ms now;     /* of the step under way */
    bool vacuuming;
    struct id_list full;     /* groups with many open rows, to be written soon */
    struct id_list patched;  /* groups whose patches are to be merged */
    struct id_list dead;     /* groups of deleted devices whose blocks go */
    struct id_list flushed;  /* groups of the transaction under way */
    struct id_list unrolled; /* groups whose rollups are to be made */
    struct rolling rolling;
    mono_ns step_ns;     /* how long a transaction takes one thing more */
    uint64_t wal_pages;  /* in the log after the last commit */
    uint64_t wal_tried;  /* ... when it was last copied into the database */
    uint64_t wal_waited; /* ... when readers were last waited for */
    wall_ms measured_at; /* when the files were last measured */
};

struct store {
    struct store_config config;
    char *dir;
    char *path;     /* of the database */
    char *wal_path; /* of its write-ahead log */
    struct metrics *metrics;
    int lock;
    struct db db;

    struct group *groups;
    size_t group_count, group_cap;
    size_t groups_stored; /* groups below this number have a row */
    struct series_state *series;
    size_t series_count, series_cap;
    struct device_state *devices;
    size_t device_count, device_cap;

    struct batch_pool *copies; /* of changes that wait */
    struct pending pending;
    uint64_t appended_seq;
    uint64_t durable_seq;
    size_t journal_bytes; /* committed and not trimmed */

    wall_ms budget_cut; /* raw blocks that ended before were deleted for room; WALL_NONE: none */

    uint64_t block_cells;      /* readings in blocks */
    uint64_t block_cells_next; /* ... once the transaction under way is committed */
    uint64_t open_cells;       /* readings in open rows */
    uint64_t pending_cells;    /* ... of which not committed yet */

    struct work work;
    struct packer packer;
    struct undo_list undo;
    bool hold_rest;    /* rows that fill no block are not written, if none of their group are yet */
    wall_ms held_from; /* ... and begin here; WALL_NONE: none were held */
    struct columns fresh;     /* open rows of a group on their way to a block */
    struct columns merged;    /* ... with those of the block that they join */
    struct columns spare;     /* for sorting */
    struct buf blob;          /* a block */
    struct row_range encoded; /* ... of these rows, when it was made to be measured */
    struct buf latest;        /* of a row of grp */
};

/* ---- schema.c ---- */

/* Makes or opens the database in s->dir and takes its lock. Fills s->lock and s->db. */
MUST_CHECK enum err schema_open(struct store *s, struct store_failure *why);

/* Makes the tables of this version in an empty database and leaves it checkpointed. */
MUST_CHECK enum err schema_create(struct db *db);

/* Removes what SQLite keeps beside a database that is closed and checkpointed. */
void schema_remove_sides(const char *path);

/* `path` with a suffix. Ownership: the caller's, free(). */
char *schema_path_of(const char *path, const char *suffix);

/* ---- upgrade.c ---- */

/* Replaces the closed file of an older format by one of this format; the older one stays beside it
 * under another name. Errors: ERR_IO, ERR_CORRUPT; the file holds what it held. */
MUST_CHECK enum err upgrade_file(struct store *s, uint32_t format, struct store_failure *why);

/* Whether the file at `path` can be a store of ours, by its head. Errors: as store_open. */
MUST_CHECK enum err schema_look(const char *path, struct store_failure *why);

/* ---- journal.c ---- */

/* Encodes the readings of a batch that are to be stored and puts them into the open rows. */
void journal_take(struct store *s, const struct batch *b);

/* Ends the row that is being filled. */
void journal_close_row(struct store *s);

/* Reads one row back into the open rows. False when its bytes are damaged. */
bool journal_replay(struct store *s, struct bytes row);

/* ---- changes.c ---- */

/* Applies everything but readings to the tables here and keeps a copy for the commit. */
void changes_take(struct store *s, const struct batch *b);

/* Writes what waits, inside a transaction. */
MUST_CHECK enum err changes_write(struct store *s);

/* The state of a device or series, made when it is new. */
struct device_state *device_at(struct store *s, uint32_t n);
struct series_state *series_at(struct store *s, uint32_t n);

/* ---- accounts_table.c ---- */

/* Appends the accounts and logins of `b` to another batch. */
void accounts_copy(struct batch *into, const struct batch *b);
/* Writes them, and that somebody has, or had, access: by them or by a token of `b`. */
MUST_CHECK enum err accounts_write(struct store *s, const struct batch *b);
/* Read a row into `out`. False: it is damaged. */
bool accounts_read(sqlite3_stmt *st, struct batch *out);
bool logins_read(sqlite3_stmt *st, struct batch *out);

/* ---- credentials_table.c ---- */

/* Appends the credentials of `b` to another batch. */
void credentials_copy(struct batch *into, const struct batch *b);

MUST_CHECK enum err credentials_write(struct db *db, const struct batch *b,
                                      const struct credential_change *c);

/* The row of SQL_CREDENTIAL_ALL that `st` stands on. False: it is damaged. */
bool credentials_read(sqlite3_stmt *st, struct batch *out);

/* ---- outbox_table.c ---- */

/* Notes that nobody has planned yet whom to tell of a transition. */
MUST_CHECK enum err unplanned_write(struct db *db, uint64_t seq, const struct alert_change *a);

MUST_CHECK enum err outbox_write_pending(struct store *s);

/* ---- documents_table.c ---- */

/* Appends the documents of `b` to another batch. */
void documents_copy(struct batch *into, const struct batch *b);

MUST_CHECK enum err documents_write(struct db *db, const struct batch *b,
                                    const struct document_change *c);

/* Appends the document of a row of SQL_DOCUMENT_ALL. False: it is damaged. */
bool documents_read(sqlite3_stmt *st, struct batch *out);

/* ---- events_table.c ---- */

/* Writes one event; of a device that has very many, the oldest go. Inside a transaction. */
MUST_CHECK enum err events_write(struct db *db, const struct pending_event *event);

/* ---- alerts_table.c ---- */

MUST_CHECK enum err alerts_write(struct db *db, const struct batch *b,
                                 const struct alert_change *a);

/* Adds the alert of the current row, columns as in ALERT_COLUMNS. */
void alerts_read(sqlite3_stmt *st, struct batch *out);

/* ---- groups.c ---- */

/* A new group of `device`; its row is written by the next commit. */
uint32_t groups_add(struct store *s, uint32_t device);

/* Makes `series` a column of the group. */
void groups_join(struct store *s, uint32_t group, uint32_t series);

/* Forgets a group whose device is gone; its blocks are deleted by and by. */
void groups_kill(struct store *s, uint32_t group);

/* Takes `series` out of its group, which has no open rows. */
void groups_leave(struct store *s, uint32_t group, uint32_t series);

/* What the file holds of a group, to be changed inside a transaction. */
struct group_file *groups_change(struct store *s, uint32_t group);
void groups_undo(struct store *s);

void id_list_add(struct id_list *list, uint32_t id);
void id_list_remove(struct id_list *list, uint32_t id);

MUST_CHECK enum err groups_write(struct store *s, uint32_t group);
MUST_CHECK enum err groups_load(struct store *s);

/* ---- commit.c ---- */

/* Writes what waits together with what `body` does (NULL: nothing) in one transaction. On failure
 * nothing of it happened; after a failed write or fsync the database is reopened. */
typedef enum err (*transaction_body)(struct store *s, void *argument);
MUST_CHECK enum err commit_with(struct store *s, transaction_body body, void *argument,
                                struct store_failure *why);

/* Writes a number of the table meta; inside a transaction. */
MUST_CHECK enum err commit_write_meta(struct store *s, const char *key, uint64_t value);

/* Publishes how many readings there are. */
void commit_publish(struct store *s);

/* ---- blocks.c: inside a transaction, counting readings in s->block_cells_next ---- */

/* Most rows of a block of so many sensors. */
size_t blocks_rows(size_t columns);

/* Fewest rows of a block that is cut to fill pages: raw blocks, which are read one after the other,
 * and rollups, which are rewritten when the next bucket comes. */
#define BLOCKS_RAW_ROWS    512
#define BLOCKS_ROLLUP_ROWS 32

/* End of the block that begins at rows.from and is to fill pages; *whole tells whether it does, or
 * can't take more. Otherwise all rows up to rows.to fit and more may come. */
size_t blocks_fill(struct store *s, struct row_range rows, size_t least, bool *whole);

/* The rows as a block, without counting them. Valid until the next block is made. */
struct bytes blocks_encoded(struct store *s, struct row_range rows);

/* In how many blocks the rows are best written. */
size_t blocks_parts(struct store *s, struct row_range rows);

/* Writes rows as a new block; *id (may be NULL) is its row. */
MUST_CHECK enum err blocks_put(struct store *s, uint32_t group, struct row_range rows,
                               uint32_t number, int64_t *id);

/* Writes them in the place of the block `id`, whose readings were already counted off. */
MUST_CHECK enum err blocks_replace(struct store *s, uint32_t group, struct row_range rows,
                                   int64_t id);

/* Appends the rows of block `id` to `c` and counts its readings off. Errors: ERR_CORRUPT. */
MUST_CHECK enum err blocks_take(struct store *s, int64_t id, struct columns *c);

MUST_CHECK enum err blocks_delete(struct store *s, int64_t id);

/* ---- flush.c ---- */

/* Writes the open rows of the first groups in work.flushed, as many as fit a step, and forgets them
 * once that is committed. On success the list is shortened to those groups. */
MUST_CHECK enum err flush_groups(struct store *s, struct store_failure *why);

/* Writes rows, which are sorted, into the blocks of a group, and its own row; inside a
 * transaction. */
MUST_CHECK enum err flush_columns(struct store *s, uint32_t group, const struct columns *rows);

/* The same, but rows at the end that fill no block may be left out: *rest is the first time of
 * those, WALL_NONE when there are none. */
MUST_CHECK enum err flush_whole(struct store *s, uint32_t group, const struct columns *rows,
                                wall_ms *rest);

/* Lists what is to be done for a group whose rows were written, once that is committed. */
void flush_noted(struct store *s, uint32_t group);

/* Lists the sensors of these rows that should leave their group; at least one stays. */
void flush_find_loners(const struct columns *c, struct id_list *series);

/* Gives each listed sensor a group of its own. The groups they leave have no open rows now. */
MUST_CHECK enum err flush_move_out(struct store *s, const struct id_list *series,
                                   struct store_failure *why);

/* ---- patch.c ---- */

/* Merges some patches of a group into its blocks; takes it off the list when none is left. */
MUST_CHECK enum err patch_merge(struct store *s, uint32_t group, struct store_failure *why);

/* ---- rollup.c ---- */

/* Rows of rollups: the time of the bucket, and six columns a series, numbered
 * series * ROLLUP_MEMBERS + member. Columns of one row are there all or none. */
enum rollup_member {
    ROLLUP_N,
    ROLLUP_MIN,
    ROLLUP_MAX,
    ROLLUP_SUM,
    ROLLUP_FIRST,
    ROLLUP_LAST,
    ROLLUP_MEMBERS,
};

/* Buckets with fewer readings have no rollup: raw is about as quick. */
#define ROLLUP_READINGS_LEAST 30

/* Width of a tier's buckets. */
wall_ms rollup_width(unsigned tier);

/* Lists the group when something is to be made for it. */
void rollup_note(struct store *s, uint32_t group);

/* Late readings came into [from, to) of the group's regular blocks; inside a transaction, after
 * groups_change. */
void rollup_stale(struct store *s, uint32_t group, wall_ms from, wall_ms to);

/* Makes rollups for about a step's time. Errors: of db_err. */
MUST_CHECK enum err rollup_step(struct store *s, struct store_failure *why);

void rollup_fini(struct rolling *r);

/* ---- lifetime.c ---- */

/* How long readings of a device with this id and these tags (as in struct device_change) are kept;
 * 0: for ever. */
wall_ms lifetime_of(const struct store_config *config, struct bytes id, struct bytes tags);
wall_ms lifetime_of_group(const struct store *s, uint32_t group);

/* ---- budget.c ---- */

/* Looks whether the files, which take so many bytes, are near or above the budget. */
void budget_measure(struct store *s, uint64_t bytes);

/* Deletes some of the oldest while work.budget says so. Errors: of db_err. */
MUST_CHECK enum err budget_step(struct store *s, wall_ms now, struct store_failure *why);

/* ---- retention.c ---- */

/* Blocks that a step deletes at most. */
#define RETENTION_BLOCKS 32

/* Deletes the oldest raw blocks of all that end before `before`; *until is past the end of the
 * newest of them. Inside a transaction. */
MUST_CHECK enum err retention_delete(struct store *s, wall_ms before, size_t *count,
                                     wall_ms *until);

/* Each does one step and sets *more when another is due. */
MUST_CHECK enum err retention_step(struct store *s, wall_ms now, bool *more,
                                   struct store_failure *why);
MUST_CHECK enum err retention_bury(struct store *s, bool *more, struct store_failure *why);
MUST_CHECK enum err retention_shrink(struct store *s, bool *more, struct store_failure *why);

/* ---- work.c ---- */

/* Begins to watch the log of the connection; after each opening. */
void work_watch(struct store *s);

/* Copies the log into the database if it has grown enough. Errors: ERR_IO. */
MUST_CHECK enum err work_copy_log(struct store *s, struct store_failure *why);

/* Makes the journal's trim due, however little there is. */
void work_trim_now(struct store *s, wall_ms now);

/* ---- load.c ---- */

/* The words of tables; what is no word of ours is unknown. */
enum device_status load_status(struct bytes word);
enum status_cause load_cause(struct bytes word);

MUST_CHECK enum err load_tables(struct store *s, struct store_failure *why);

#endif
