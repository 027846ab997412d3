/* SPDX-License-Identifier: Apache-2.0 */
/* Every SQL statement that the storage thread runs again and again. Text comes in by parameters
 * only. Constraints that an input could break are left out of the schema on purpose: one such row
 * would stop all commits. */
#ifndef TELLTALE_STORE_STATEMENTS_H
#define TELLTALE_STORE_STATEMENTS_H

#define STATEMENT_LIST(X)                                                                          \
    X(SQL_BEGIN, "BEGIN IMMEDIATE")                                                                \
    X(SQL_COMMIT, "COMMIT")                                                                        \
    X(SQL_ROLLBACK, "ROLLBACK")                                                                    \
    X(SQL_META_PUT, "INSERT OR REPLACE INTO meta(key, value) VALUES(?1, ?2)")                      \
    X(SQL_META_GET, "SELECT value FROM meta WHERE key = ?1")                                       \
    X(SQL_JOURNAL_PUT, "INSERT OR REPLACE INTO journal(seq, data) VALUES(?1, ?2)")                 \
    X(SQL_JOURNAL_ALL, "SELECT seq, data FROM journal ORDER BY seq")                               \
    X(SQL_JOURNAL_TRIM,                                                                            \
      "DELETE FROM journal WHERE seq IN"                                                           \
      " (SELECT seq FROM journal WHERE seq <= ?1 ORDER BY seq LIMIT ?2) RETURNING length(data)")   \
    X(SQL_DEVICE_PUT, "INSERT OR REPLACE INTO device(n, id, name, model, place, lat, lng, tags,"   \
                      " attributes, status, cause, since, last_seen, manufacturer, pinned)"        \
                      " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)") \
    X(SQL_DEVICE_STATUS,                                                                           \
      "UPDATE device SET status = ?2, cause = ?3, since = ?4, last_seen = ?5 WHERE n = ?1")        \
    X(SQL_DEVICE_DELETE, "DELETE FROM device WHERE n = ?1")                                        \
    X(SQL_DEVICE_ALL, "SELECT n, id, name, model, place, lat, lng, tags, attributes, status,"      \
                      " cause, since, last_seen, manufacturer, pinned FROM device ORDER BY n")     \
    X(SQL_SERIES_PUT, "INSERT OR REPLACE INTO series(n, device, grp, sensor, name, unit, topic,"   \
                      " kind, low, high, decimals, unit_pinned)"                                   \
                      " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)")                \
    X(SQL_SERIES_MOVE, "UPDATE series SET grp = ?2 WHERE n = ?1")                                  \
    X(SQL_SERIES_DELETE, "DELETE FROM series WHERE device = ?1")                                   \
    X(SQL_SERIES_ALL, "SELECT n, device, grp, sensor, name, unit, topic, kind, low, high,"         \
                      " decimals, unit_pinned FROM series ORDER BY n")                             \
    X(SQL_GROUP_PUT,                                                                               \
      "INSERT OR REPLACE INTO grp(id, device, dead, flushed, sealed, open_block, patches,"         \
      " next_number, span, heard, latest, origin, origin_until, minutes, hours, days, stale_from," \
      " stale_to) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16,"   \
      " ?17, ?18)")                                                                                \
    X(SQL_GROUP_ALL, "SELECT id, device, dead, flushed, sealed, open_block, patches,"              \
                     " next_number, span, heard, latest, origin, origin_until, minutes, hours,"    \
                     " days, stale_from, stale_to FROM grp ORDER BY id")                           \
    X(SQL_GROUP_KILL, "UPDATE grp SET dead = 1 WHERE id = ?1")                                     \
    X(SQL_GROUP_DELETE, "DELETE FROM grp WHERE id = ?1")                                           \
    X(SQL_BLOCK_PUT,                                                                               \
      "INSERT INTO block(grp, first, number, last, cells, data) VALUES(?1, ?2, ?3, ?4, ?5, ?6)")   \
    X(SQL_BLOCK_REPLACE,                                                                           \
      "UPDATE block SET first = ?2, last = ?3, cells = ?4, data = ?5 WHERE id = ?1")               \
    X(SQL_BLOCK_GET, "SELECT cells, data FROM block WHERE id = ?1")                                \
    X(SQL_BLOCK_DELETE, "DELETE FROM block WHERE id = ?1")                                         \
    X(SQL_BLOCKS_EXPIRED,                                                                          \
      "SELECT id, grp, cells, number, last FROM block WHERE last < ?1 ORDER BY last LIMIT ?2")     \
    X(SQL_BLOCKS_OF_GROUP_EXPIRED, "SELECT id, grp, cells, number, last FROM block WHERE grp = ?1" \
                                   " AND first < ?2 AND last < ?2 ORDER BY first LIMIT ?3")        \
    X(SQL_BLOCKS_OF_GROUP,                                                                         \
      "SELECT id, grp, cells, number, last FROM block WHERE grp = ?1 LIMIT ?2")                    \
    X(SQL_PATCHES_OF_GROUP, "SELECT id, first, last FROM block"                                    \
                            " WHERE grp = ?1 AND number > 0 ORDER BY first LIMIT ?2")              \
    X(SQL_BLOCK_BEFORE, "SELECT id, first, last, cells FROM block"                                 \
                        " WHERE grp = ?1 AND first <= ?2 AND number = 0"                           \
                        " ORDER BY first DESC LIMIT 1")                                            \
    X(SQL_BLOCK_AFTER, "SELECT first FROM block WHERE grp = ?1 AND first > ?2 AND number = 0"      \
                       " ORDER BY first LIMIT 1")                                                  \
    X(SQL_PATCHES_WITHIN, "SELECT id, number FROM block"                                           \
                          " WHERE grp = ?1 AND first < ?2 AND number > 0 ORDER BY number, first")  \
    X(SQL_BLOCKS_FROM, "SELECT first, data FROM block WHERE grp = ?1 AND number = 0"               \
                       " AND first > ?2 AND first < ?3 AND last >= ?4 ORDER BY first LIMIT ?5")    \
    X(SQL_BLOCK_FIRST, "SELECT first FROM block WHERE grp = ?1 AND number = 0"                     \
                       " ORDER BY first LIMIT 1")                                                  \
    X(SQL_ROLLUP_BEFORE, "SELECT id, data FROM rollup WHERE grp = ?1 AND tier = ?2 AND first < ?3" \
                         " ORDER BY first DESC LIMIT 1")                                           \
    X(SQL_ROLLUPS_WITHIN, "SELECT id, data FROM rollup WHERE grp = ?1 AND tier = ?2"               \
                          " AND first >= ?3 AND first < ?4 ORDER BY first")                        \
    X(SQL_ROLLUP_PUT, "INSERT OR REPLACE INTO rollup(id, grp, tier, first, last, data)"            \
                      " VALUES(?1, ?2, ?3, ?4, ?5, ?6)")                                           \
    X(SQL_ROLLUP_DELETE, "DELETE FROM rollup WHERE id = ?1")                                       \
    X(SQL_ROLLUPS_OF_GROUP, "DELETE FROM rollup WHERE id IN"                                       \
                            " (SELECT id FROM rollup WHERE grp = ?1 LIMIT ?2)")                    \
    X(SQL_ROLLUPS_EXPIRED, "DELETE FROM rollup WHERE id IN (SELECT id FROM rollup"                 \
                           " WHERE tier = ?1 AND last < ?2 ORDER BY last LIMIT ?3)")               \
    X(SQL_EVENT_PUT, "INSERT INTO event(device, time, status, cause) VALUES(?1, ?2, ?3, ?4)")      \
    X(SQL_EVENTS_PRUNE, "DELETE FROM event WHERE device = ?1 AND n <= (SELECT n FROM event"        \
                        " WHERE device = ?1 ORDER BY n DESC LIMIT 1 OFFSET ?2)")                   \
    X(SQL_EVENTS_DELETE, "DELETE FROM event WHERE device = ?1")                                    \
    X(SQL_RULE_PUT, "INSERT OR REPLACE INTO rule(id, name, definition, enabled, created, updated)" \
                    " VALUES(?1, ?2, ?3, ?4, ?5, ?6)")                                             \
    X(SQL_RULE_DELETE, "DELETE FROM rule WHERE id = ?1")                                           \
    X(SQL_RULE_ALL, "SELECT id, name, definition, enabled, created, updated FROM rule"             \
                    " ORDER BY created, id")                                                       \
    X(SQL_ALERT_PUT,                                                                               \
      "INSERT INTO alert(id, rule, series, device, sensor, condition, severity, threshold, value," \
      " message, acknowledged_by, acknowledged_at, created, updated, resolved, rule_name, note,"   \
      " since, fired, cause, raised, late, muted, muted_until, muted_by)"                          \
      " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18,"   \
      " ?19, ?20, ?21, ?22, ?23, ?24, ?25)"                                                        \
      " ON CONFLICT(id) DO UPDATE SET series = excluded.series, severity = excluded.severity,"     \
      " acknowledged_by = excluded.acknowledged_by, acknowledged_at = excluded.acknowledged_at,"   \
      " created = excluded.created, updated = excluded.updated, resolved = excluded.resolved,"     \
      " value = excluded.value, message = excluded.message, note = excluded.note,"                 \
      " since = excluded.since, fired = excluded.fired, cause = excluded.cause,"                   \
      " raised = excluded.raised, late = excluded.late, muted = excluded.muted,"                   \
      " muted_until = excluded.muted_until, muted_by = excluded.muted_by")                         \
    X(SQL_ALERT_DELETE, "DELETE FROM alert WHERE id = ?1")                                         \
    X(SQL_ALERT_OPEN, "SELECT " ALERT_COLUMNS " FROM alert WHERE resolved IS NULL ORDER BY n")     \
    X(SQL_TOKEN_PUT,                                                                               \
      "INSERT OR REPLACE INTO token(id, role, hash, created) VALUES(?1, ?2, ?3, ?4)")              \
    X(SQL_TOKEN_DELETE, "DELETE FROM token WHERE id = ?1")                                         \
    X(SQL_TOKEN_ALL, "SELECT id, role, hash, created FROM token ORDER BY created, id")             \
    X(SQL_ACCOUNT_PUT, "INSERT OR REPLACE INTO account(name, role, hash, created, changed)"        \
                       " VALUES(?1, ?2, ?3, ?4, ?5)")                                              \
    X(SQL_ACCOUNT_DELETE, "DELETE FROM account WHERE name = ?1")                                   \
    X(SQL_ACCOUNT_ALL,                                                                             \
      "SELECT name, role, hash, created, changed FROM account ORDER BY created, name")             \
    X(SQL_LOGIN_PUT, "INSERT OR REPLACE INTO login(id, account, hash, created, until)"             \
                     " VALUES(?1, ?2, ?3, ?4, ?5)")                                                \
    X(SQL_LOGIN_DELETE, "DELETE FROM login WHERE id = ?1")                                         \
    X(SQL_LOGIN_ALL, "SELECT id, account, hash, created, until FROM login ORDER BY created, id")   \
    X(SQL_CREDENTIAL_PUT,                                                                          \
      "INSERT OR REPLACE INTO credential(id, name, hash, fingerprint, common_name, speaks_for,"    \
      " publish, subscribe, created, revoked, last_used)"                                          \
      " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)")                                     \
    X(SQL_CREDENTIAL_DELETE, "DELETE FROM credential WHERE id = ?1")                               \
    X(SQL_CREDENTIAL_ALL, "SELECT id, name, hash, fingerprint, common_name, speaks_for, publish,"  \
                          " subscribe, created, revoked, last_used FROM credential"                \
                          " ORDER BY created, id")                                                 \
    X(SQL_DOCUMENT_PUT,                                                                            \
      "INSERT OR REPLACE INTO document(kind, id, version, body, changed_by, created, updated)"     \
      " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)")                                                       \
    X(SQL_DOCUMENT_DELETE, "DELETE FROM document WHERE kind = ?1 AND id = ?2")                     \
    X(SQL_DOCUMENT_ALL, "SELECT kind, id, version, body, changed_by, created, updated"             \
                        " FROM document ORDER BY created, kind, id")                               \
    X(SQL_UNPLANNED_PUT, "INSERT OR IGNORE INTO unplanned(seq, alert) VALUES(?1, ?2)")             \
    X(SQL_UNPLANNED_DONE, "DELETE FROM unplanned WHERE seq <= ?1")                                 \
    X(SQL_UNPLANNED_ALL, "SELECT " ALERT_COLUMNS " FROM alert WHERE id IN"                         \
                         " (SELECT alert FROM unplanned) ORDER BY n")                              \
    X(SQL_OUTBOX_ADD,                                                                              \
      "INSERT OR IGNORE INTO outbox(key, alert, channel, target, event, grp, step, state,"         \
      " attempts, due, created, updated, error, payload, hushed, repeat)"                          \
      " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)")            \
    X(SQL_OUTBOX_CHANGE, "UPDATE outbox SET state = ?2, attempts = ?3, due = ?4, updated = ?5,"    \
                         " error = ?6, payload = ?7, hushed = ?8 WHERE key = ?1")                  \
    X(SQL_OUTBOX_PRUNE, "DELETE FROM outbox WHERE n <= (SELECT max(n) FROM outbox) - ?1"           \
                        " AND state <> 'waiting'"                                                  \
                        " AND (instr(key, '|again@') OR"                                           \
                        " alert NOT IN (SELECT id FROM alert WHERE resolved IS NULL))")            \
    X(SQL_OUTBOX_OPEN, "SELECT " OUTBOX_COLUMNS " FROM outbox WHERE state = 'waiting' OR"          \
                       " alert IN (SELECT id FROM alert WHERE resolved IS NULL) OR"                \
                       " alert IN (SELECT alert FROM unplanned) ORDER BY n")                       \
    X(SQL_SECRET_PUT, "INSERT OR IGNORE INTO secret(name, value) VALUES(?1, ?2)")                  \
    X(SQL_SECRET_GET, "SELECT value FROM secret WHERE name = ?1")                                  \
    X(SQL_VACUUM, "PRAGMA incremental_vacuum(128)")                                                \
    X(SQL_PAGES_FREE, "PRAGMA freelist_count")                                                     \
    X(SQL_PAGES_ALL, "PRAGMA page_count")

/* In the order in which outbox_table.c reads them. */
#define OUTBOX_COLUMNS                                                                             \
    "key, alert, channel, target, event, grp, step, state, attempts, due, created, updated,"       \
    " error, payload, alert IN (SELECT id FROM alert WHERE resolved IS NULL) OR"                   \
    " alert IN (SELECT alert FROM unplanned), n, hushed, repeat"

/* In the order in which alerts_table.c reads them. */
#define ALERT_COLUMNS                                                                              \
    "id, rule, series, device, sensor, condition, severity, threshold, value, message,"            \
    " acknowledged_by, acknowledged_at, created, updated, resolved, rule_name, note, since, "      \
    "fired,"                                                                                       \
    " cause, raised, late, muted, muted_until, muted_by"

enum statement {
#define STATEMENT_ENUM(id, sql) id,
    STATEMENT_LIST(STATEMENT_ENUM)
#undef STATEMENT_ENUM
        STATEMENT_COUNT
};

#endif
