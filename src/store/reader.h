/* SPDX-License-Identifier: Apache-2.0 */
/* A read-only connection of a query thread. */
#ifndef TELLTALE_STORE_READER_H
#define TELLTALE_STORE_READER_H

#include "store/block.h"
#include "store/db.h"

#define READER_LIST(X)                                                                             \
    X(READ_BEGIN, "BEGIN")                                                                         \
    X(READ_END, "COMMIT")                                                                          \
    X(READ_GROUPS, "WITH own(g) AS (SELECT grp FROM series WHERE n = ?1)"                          \
                   " SELECT id, span FROM grp WHERE id IN"                                         \
                   " (SELECT g FROM own UNION SELECT origin FROM grp JOIN own ON id = g)")         \
    X(READ_BLOCKS, "SELECT first, number, data FROM block WHERE grp = ?1 AND first >= ?2"          \
                   " AND first < ?3 AND last >= ?4 ORDER BY first, number")                        \
    X(READ_NEWEST, "SELECT max(last) FROM (SELECT last FROM block WHERE grp = ?1"                  \
                   " ORDER BY first DESC LIMIT 16)")                                               \
    X(READ_GROUP_OF, "SELECT id, origin, origin_until, stale_from, stale_to FROM grp WHERE id ="   \
                     " (SELECT grp FROM series WHERE n = ?1)")                                     \
    X(READ_GROUP, "SELECT id, NULL, NULL, stale_from, stale_to FROM grp WHERE id = ?1")            \
    X(READ_PATCHES, "SELECT first, last FROM block WHERE grp = ?1 AND number > 0"                  \
                    " AND first < ?3 AND last >= ?2 ORDER BY first")                               \
    X(READ_FIRST, "SELECT first FROM block WHERE grp = ?1 ORDER BY first LIMIT 1")                 \
    X(READ_ROLLUP_FIRST, "SELECT first FROM rollup WHERE grp = ?1 AND tier = ?2"                   \
                         " ORDER BY first LIMIT 1")                                                \
    X(READ_ROLLUP_LAST, "SELECT last FROM rollup WHERE grp = ?1 AND tier = ?2"                     \
                        " ORDER BY first DESC LIMIT 1")                                            \
    X(READ_ROLLUPS,                                                                                \
      "SELECT data FROM rollup WHERE grp = ?1 AND tier = ?2 AND first >= ifnull("                  \
      "(SELECT max(first) FROM rollup WHERE grp = ?1 AND tier = ?2 AND first <= ?3),"              \
      " ?3) AND first < ?4 ORDER BY first")                                                        \
    X(READ_EVENTS, "SELECT time, status, cause FROM event WHERE device = ?1 AND time < ?3"         \
                   " AND time >= ifnull((SELECT max(time) FROM event WHERE device = ?1"            \
                   " AND time <= ?2), ?2) ORDER BY time, n LIMIT ?4")                              \
    X(READ_ALERTS, "SELECT " ALERT_COLUMNS " FROM alert WHERE n < CASE WHEN ?1 = ''"               \
                   " THEN 9223372036854775807 ELSE ifnull((SELECT n FROM alert WHERE id = ?1), 0)" \
                   " END ORDER BY n DESC LIMIT ?2")                                                \
    X(READ_DEVICE_ALERTS, "SELECT " ALERT_COLUMNS " FROM alert WHERE device = ?1"                  \
                          " AND created < ?3 AND (resolved IS NULL OR resolved >= ?2)"             \
                          " ORDER BY n DESC LIMIT ?4")                                             \
    X(READ_OUTBOX, "SELECT " OUTBOX_COLUMNS " FROM outbox WHERE n < ?1 ORDER BY n DESC LIMIT ?2")

enum reader_statement {
#define READER_ENUM(id, sql) id,
    READER_LIST(READER_ENUM)
#undef READER_ENUM
        READER_STATEMENT_COUNT
};

struct store_reader {
    struct db db; /* its statement table is not used */
    char *path;
    sqlite3_stmt *statements[READER_STATEMENT_COUNT];
};

/* Another connection to the same file: a reader has one transaction, and one cursor a statement.
 * Errors: ERR_IO. */
MUST_CHECK enum err reader_beside(const struct store_reader *r, struct store_reader **reader,
                                  struct store_failure *why);

/* Whether it is within a transaction. */
bool reader_is_busy(const struct store_reader *r);

/* A fresh statement of this reader, reset; NULL with db.code set on failure. */
sqlite3_stmt *reader_statement(struct store_reader *r, enum reader_statement id);

#endif
