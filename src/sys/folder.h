/* SPDX-License-Identifier: Apache-2.0 */
/* A folder of ours and its files: private to the user, held by one process. Files are made with
 * mode 0600 and closed on exec. Paths are those of the data folder, never made from a peer's text.
 *
 * Errors everywhere, unless said otherwise: ERR_NOT_FOUND not there;  ERR_DENIED not permitted, or
 * the file system is read-only;  ERR_FULL no space;  ERR_IO anything else. */
#ifndef TELLTALE_SYS_FOLDER_H
#define TELLTALE_SYS_FOLDER_H

#include "base/bytes.h"
#include "base/err.h"

/* Makes the folder with mode 0700 unless there is one. Errors: ERR_EXISTS it is not a folder. */
MUST_CHECK enum err folder_make(const char *path);

/* Takes the lock file at `path` for as long as *fd stays open, also over a crash of ours. Writes
 * our process id into it. Errors: ERR_BUSY another process holds it; its id is in *holder then, or
 * 0 when unknown. */
MUST_CHECK enum err folder_lock(const char *path, int *fd, long *holder);
void folder_unlock(int fd);

/* Makes what was renamed in the folder durable. */
MUST_CHECK enum err folder_sync(const char *path);

/* Size of a regular file in bytes. Errors: ERR_INVALID it is something else. */
MUST_CHECK enum err file_size(const char *path, uint64_t *bytes);

/* Bytes that a process without privileges may still write beside `path`. */
MUST_CHECK enum err file_room(const char *path, uint64_t *bytes);

/* Reads up to `len` first bytes; *got tells how many there were. */
MUST_CHECK enum err file_head(const char *path, uint8_t *out, size_t len, size_t *got);

/* Writes a file whole and durably, replacing what is there; its folder is not synced. */
MUST_CHECK enum err file_write(const char *path, struct bytes content);

/* Makes an empty file, replacing what is there. */
MUST_CHECK enum err file_make(const char *path);

MUST_CHECK enum err file_rename(const char *from, const char *to);

/* A second name for a file; fine when it has that name already. Errors: ERR_EXISTS another file has
 * it. */
MUST_CHECK enum err file_link(const char *path, const char *other);

/* Removes a file; fine when there is none. */
MUST_CHECK enum err file_remove(const char *path);

#endif
