/* SPDX-License-Identifier: Apache-2.0 */
/* A VFS below SQLite that knows what a power cut could leave, for tests of the store.
 *
 * It stands in front of the real one and notes every write, truncation and sync of the database,
 * its write-ahead log and its rollback journal. A machine that loses its power keeps what was
 * synced; of what was written since, any part may be there, in any order, cut at any sector.
 * fault_image builds one such state of one file at one moment.
 *
 * Faults on demand: a sync that fails (what was written before it may be lost then, whatever a
 * later sync says, as Linux has it), and a sync that says it is done and did nothing: the planted
 * bug that a checker must find. Nothing is really synced, which makes it quick.
 *
 * One per process, one thread. */
#ifndef TELLTALE_TESTS_FAULT_VFS_H
#define TELLTALE_TESTS_FAULT_VFS_H

#include "base/base.h"
#include "base/mem.h"

#include <sqlite3.h>

#define FAULT_SECTOR 512

enum fault_name {
    FAULT_DATABASE,
    FAULT_LOG,
    FAULT_JOURNAL,
    FAULT_NAMES, /* what is beside these is passed on and not noted */
};

static const char *const fault_suffix[FAULT_NAMES] = {"telltale.db", "telltale.db-wal",
                                                      "telltale.db-journal"};

enum fault_op {
    FAULT_WRITE,
    FAULT_TRUNCATE,
    FAULT_SYNC,
    FAULT_SYNC_FAILED,
    FAULT_MARK, /* the test noted something */
};

struct fault_entry {
    enum fault_op op;
    enum fault_name name;
    uint64_t at; /* offset, or the new size */
    size_t len;
    uint8_t *data;
    bool fresh;        /* of telltale.db.new and what is beside it */
    uint64_t promised; /* what the test had been promised, and had asked for, by then */
    uint64_t asked;
};

/* Bytes of a file. */
struct fault_image {
    uint8_t *bytes;
    size_t len;
    size_t cap;
};

static struct {
    bool recording;
    bool watch_fresh; /* telltale.db.new is noted like the database that it becomes */
    struct fault_entry *log;
    size_t count, cap;
    uint64_t promised, asked;
    uint64_t syncs[FAULT_NAMES];
    uint64_t skip_sync[FAULT_NAMES]; /* the n-th since the recording began does nothing */
    uint64_t fail_after;             /* so many more syncs succeed, then one fails; 0: none fails */
    uint64_t failed;                 /* syncs that did */
    uint64_t used_after_failure;     /* writes and syncs on a handle whose sync had failed */
    sqlite3_vfs *real;
    sqlite3_vfs vfs;
} fault;

struct fault_file {
    sqlite3_file base;
    enum fault_name name;
    bool fresh;
    bool failed;
    sqlite3_file *real; /* behind this struct */
};

static inline struct fault_file *fault_file(sqlite3_file *f)
{
    return (struct fault_file *)(void *)f;
}

static inline struct fault_entry *fault_note(enum fault_op op, enum fault_name name, bool fresh)
{
    fault.log = mem_grow(fault.log, fault.count, &fault.cap, sizeof *fault.log);
    struct fault_entry *e = &fault.log[fault.count++];
    *e = (struct fault_entry){
        .op = op, .name = name, .fresh = fresh, .promised = fault.promised, .asked = fault.asked};
    return e;
}

static inline bool fault_is_noted(const struct fault_file *f)
{
    return fault.recording && f->name < FAULT_NAMES;
}

/* ---- the methods of a file ---- */

static inline int fault_close(sqlite3_file *f)
{
    return fault_file(f)->real->pMethods->xClose(fault_file(f)->real);
}

static inline int fault_read(sqlite3_file *f, void *p, int n, sqlite3_int64 at)
{
    return fault_file(f)->real->pMethods->xRead(fault_file(f)->real, p, n, at);
}

static inline int fault_write(sqlite3_file *file, const void *p, int n, sqlite3_int64 at)
{
    struct fault_file *f = fault_file(file);
    fault.used_after_failure += f->failed;
    int rc = f->real->pMethods->xWrite(f->real, p, n, at);
    if (rc == SQLITE_OK && fault_is_noted(f)) {
        struct fault_entry *e = fault_note(FAULT_WRITE, f->name, f->fresh);
        e->at = (uint64_t)at;
        e->len = (size_t)n;
        e->data = mem_alloc(e->len);
        memcpy(e->data, p, e->len);
    }
    return rc;
}

static inline int fault_truncate(sqlite3_file *file, sqlite3_int64 size)
{
    struct fault_file *f = fault_file(file);
    int rc = f->real->pMethods->xTruncate(f->real, size);
    if (rc == SQLITE_OK && fault_is_noted(f)) {
        fault_note(FAULT_TRUNCATE, f->name, f->fresh)->at = (uint64_t)size;
    }
    return rc;
}

static inline int fault_sync(sqlite3_file *file, int flags)
{
    struct fault_file *f = fault_file(file);
    (void)flags;
    fault.used_after_failure += f->failed;
    if (f->name >= FAULT_NAMES) {
        return SQLITE_OK;
    }
    uint64_t n = fault.recording ? ++fault.syncs[f->name] : 0;
    if (fault.fail_after > 0 && --fault.fail_after == 0) {
        f->failed = true;
        fault.failed++;
        if (fault_is_noted(f)) {
            (void)fault_note(FAULT_SYNC_FAILED, f->name, f->fresh);
        }
        return SQLITE_IOERR_FSYNC;
    }
    if (fault_is_noted(f) && n != fault.skip_sync[f->name]) {
        (void)fault_note(FAULT_SYNC, f->name, f->fresh);
    }
    return SQLITE_OK;
}

static inline int fault_size(sqlite3_file *f, sqlite3_int64 *size)
{
    return fault_file(f)->real->pMethods->xFileSize(fault_file(f)->real, size);
}

static inline int fault_lock(sqlite3_file *f, int level)
{
    return fault_file(f)->real->pMethods->xLock(fault_file(f)->real, level);
}

static inline int fault_unlock(sqlite3_file *f, int level)
{
    return fault_file(f)->real->pMethods->xUnlock(fault_file(f)->real, level);
}

static inline int fault_check_lock(sqlite3_file *f, int *out)
{
    return fault_file(f)->real->pMethods->xCheckReservedLock(fault_file(f)->real, out);
}

static inline int fault_control(sqlite3_file *f, int op, void *argument)
{
    return fault_file(f)->real->pMethods->xFileControl(fault_file(f)->real, op, argument);
}

static inline int fault_sector(sqlite3_file *f)
{
    return fault_file(f)->real->pMethods->xSectorSize(fault_file(f)->real);
}

static inline int fault_traits(sqlite3_file *f)
{
    return fault_file(f)->real->pMethods->xDeviceCharacteristics(fault_file(f)->real);
}

static inline int fault_shm_map(sqlite3_file *f, int page, int size, int extend, void volatile **p)
{
    return fault_file(f)->real->pMethods->xShmMap(fault_file(f)->real, page, size, extend, p);
}

static inline int fault_shm_lock(sqlite3_file *f, int offset, int n, int flags)
{
    return fault_file(f)->real->pMethods->xShmLock(fault_file(f)->real, offset, n, flags);
}

static inline void fault_shm_barrier(sqlite3_file *f)
{
    fault_file(f)->real->pMethods->xShmBarrier(fault_file(f)->real);
}

static inline int fault_shm_unmap(sqlite3_file *f, int del)
{
    return fault_file(f)->real->pMethods->xShmUnmap(fault_file(f)->real, del);
}

/* Without xFetch and xUnfetch: no page is changed behind our back. */
static const sqlite3_io_methods fault_methods = {
    .iVersion = 2,
    .xClose = fault_close,
    .xRead = fault_read,
    .xWrite = fault_write,
    .xTruncate = fault_truncate,
    .xSync = fault_sync,
    .xFileSize = fault_size,
    .xLock = fault_lock,
    .xUnlock = fault_unlock,
    .xCheckReservedLock = fault_check_lock,
    .xFileControl = fault_control,
    .xSectorSize = fault_sector,
    .xDeviceCharacteristics = fault_traits,
    .xShmMap = fault_shm_map,
    .xShmLock = fault_shm_lock,
    .xShmBarrier = fault_shm_barrier,
    .xShmUnmap = fault_shm_unmap,
};

static inline enum fault_name fault_name_of(const char *path, bool *fresh)
{
    static const char begin[] = "telltale.db";
    const char *slash = path ? strrchr(path, '/') : NULL;
    *fresh = false;
    if (!slash || strncmp(slash + 1, begin, sizeof begin - 1) != 0) {
        return FAULT_NAMES;
    }
    const char *rest = slash + sizeof begin;
    *fresh = fault.watch_fresh && strncmp(rest, ".new", 4) == 0;
    rest += *fresh ? 4 : 0;
    for (enum fault_name n = FAULT_DATABASE; n < FAULT_NAMES; n++) {
        if (strcmp(rest, fault_suffix[n] + sizeof begin - 1) == 0) {
            return n;
        }
    }
    return FAULT_NAMES;
}

static inline int fault_open(sqlite3_vfs *vfs, sqlite3_filename path, sqlite3_file *file, int flags,
                             int *out)
{
    (void)vfs;
    struct fault_file *f = fault_file(file);
    f->real = (sqlite3_file *)(void *)(f + 1);
    f->name = fault_name_of(path, &f->fresh);
    f->failed = false;
    int rc = fault.real->xOpen(fault.real, path, f->real, flags, out);
    f->base.pMethods = rc == SQLITE_OK ? &fault_methods : NULL;
    return rc;
}

/* The removal of a file is a truncation here, which is what its contents see of it. */
static inline int fault_delete(sqlite3_vfs *vfs, const char *path, int sync)
{
    (void)vfs;
    bool fresh;
    enum fault_name name = fault_name_of(path, &fresh);
    int rc = fault.real->xDelete(fault.real, path, 0);
    if (rc == SQLITE_OK && fault.recording && name < FAULT_NAMES) {
        (void)fault_note(FAULT_TRUNCATE, name, fresh);
        if (sync) {
            (void)fault_note(FAULT_SYNC, name, fresh);
        }
    }
    return rc;
}

/* ---- for tests ---- */

/* Makes this the VFS that SQLite takes. */
static inline void fault_install(void)
{
    memset(&fault, 0, sizeof fault);
    fault.real = sqlite3_vfs_find(NULL);
    fault.vfs = *fault.real;
    fault.vfs.zName = "fault";
    fault.vfs.szOsFile = (int)sizeof(struct fault_file) + fault.real->szOsFile;
    fault.vfs.xOpen = fault_open;
    fault.vfs.xDelete = fault_delete;
    ASSERT(sqlite3_vfs_register(&fault.vfs, 1) == SQLITE_OK);
}

static inline void fault_remove(void)
{
    ASSERT(sqlite3_vfs_unregister(&fault.vfs) == SQLITE_OK);
    for (size_t i = 0; i < fault.count; i++) {
        free(fault.log[i].data);
    }
    free(fault.log);
    fault.log = NULL;
}

/* What stands in a noted entry: what was promised and asked for. */
static inline void fault_promise(uint64_t promised)
{
    fault.promised = promised;
    (void)fault_note(FAULT_MARK, FAULT_NAMES, false);
}

/* Does what the entry says to the image: bytes [from, to) of a write. */
static inline void fault_apply(struct fault_image *image, const struct fault_entry *e, size_t from,
                               size_t to)
{
    size_t end = e->op == FAULT_TRUNCATE ? e->at : size_max(image->len, e->at + to);
    if (end > image->cap) {
        image->cap = end * 2;
        image->bytes = mem_resize(image->bytes, image->cap, 1);
    }
    if (end > image->len) {
        memset(image->bytes + image->len, 0, end - image->len);
    }
    image->len = end;
    if (e->op == FAULT_WRITE && to > from) {
        memcpy(image->bytes + e->at + from, e->data + from, to - from);
    }
}

static inline void fault_copy(struct fault_image *to, const struct fault_image *from)
{
    if (to->cap < from->len) {
        to->cap = from->len;
        to->bytes = mem_resize(to->bytes, to->cap, 1);
    }
    if (from->len) {
        memcpy(to->bytes, from->bytes, from->len);
    }
    to->len = from->len;
}

/* What a cut does to that which was not synced. */
enum fault_cut {
    FAULT_LOSE, /* all of it is lost */
    FAULT_KEEP, /* all of it is there */
    FAULT_MIX,  /* of each write by chance nothing, all, or some sectors */
    FAULT_CUTS,
};

static inline uint64_t fault_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

/* Applies an entry as a cut leaves it. */
static inline void fault_survive(struct fault_image *image, const struct fault_entry *e,
                                 enum fault_cut cut, uint64_t *random)
{
    if (cut == FAULT_LOSE) {
        return;
    }
    unsigned chance = cut == FAULT_KEEP ? 1 : (unsigned)(fault_random(random) % 4);
    if (chance == 0) {
        return;
    }
    if (chance < 3 || e->op == FAULT_TRUNCATE) {
        fault_apply(image, e, 0, e->len);
        return;
    }
    for (size_t from = 0; from < e->len;) {
        size_t sector_end = ((e->at + from) / FAULT_SECTOR + 1) * FAULT_SECTOR - e->at;
        size_t to = size_min(sector_end, e->len);
        if (fault_random(random) & 1) {
            fault_apply(image, e, from, to);
        }
        from = to;
    }
}

#endif
