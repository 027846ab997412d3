/* SPDX-License-Identifier: Apache-2.0 */
#include "sys/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

static enum err translate(int code)
{
    switch (code) {
    case ENOENT:
    case ENOTDIR:
        return ERR_NOT_FOUND;
    case EACCES:
    case EPERM:
    case EROFS:
        return ERR_DENIED;
    case ENOSPC:
    case EDQUOT:
        return ERR_FULL;
    default:
        return ERR_IO;
    }
}

enum err folder_make(const char *path)
{
    struct stat st;
    if (mkdir(path, 0700) == 0) {
        return OK;
    }
    if (errno != EEXIST) {
        return translate(errno);
    }
    if (stat(path, &st) != 0) {
        return translate(errno);
    }
    return S_ISDIR(st.st_mode) ? OK : ERR_EXISTS;
}

static long read_holder(int fd)
{
    char text[32] = {0};
    ssize_t n = pread(fd, text, sizeof text - 1, 0);
    return n > 0 ? strtol(text, NULL, 10) : 0;
}

static enum err write_holder(int fd)
{
    char text[32];
    int len = snprintf(text, sizeof text, "%ld\n", (long)getpid());
    if (ftruncate(fd, 0) != 0 || pwrite(fd, text, (size_t)len, 0) != len) {
        return translate(errno);
    }
    return OK;
}

enum err folder_lock(const char *path, int *fd, long *holder)
{
    int f = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (f < 0) {
        return translate(errno);
    }
    if (flock(f, LOCK_EX | LOCK_NB) != 0) {
        enum err e = errno == EWOULDBLOCK ? ERR_BUSY : translate(errno);
        *holder = read_holder(f);
        (void)close(f);
        return e;
    }
    enum err e = write_holder(f);
    if (e != OK) {
        (void)close(f);
        return e;
    }
    *fd = f;
    return OK;
}

void folder_unlock(int fd)
{
    if (fd >= 0) {
        (void)close(fd);
    }
}

enum err folder_sync(const char *path)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) {
        return translate(errno);
    }
    enum err e = fsync(fd) == 0 ? OK : translate(errno);
    (void)close(fd);
    return e;
}

enum err file_size(const char *path, uint64_t *bytes)
{
    struct stat st;
    if (stat(path, &st) != 0) {
        return translate(errno);
    }
    if (!S_ISREG(st.st_mode)) {
        return ERR_INVALID;
    }
    *bytes = (uint64_t)st.st_size;
    return OK;
}

enum err file_room(const char *path, uint64_t *bytes)
{
    struct statvfs fs;
    if (statvfs(path, &fs) != 0) {
        return translate(errno);
    }
    *bytes = (uint64_t)fs.f_bavail * fs.f_frsize;
    return OK;
}

enum err file_head(const char *path, uint8_t *out, size_t len, size_t *got)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return translate(errno);
    }
    ssize_t n = pread(fd, out, len, 0);
    enum err e = n >= 0 ? OK : translate(errno);
    (void)close(fd);
    if (e == OK) {
        *got = (size_t)n;
    }
    return e;
}

static enum err write_all(int fd, struct bytes content)
{
    while (content.len) {
        ssize_t n = write(fd, content.ptr, content.len);
        if (n < 0) {
            return translate(errno);
        }
        content = bytes_skip(content, (size_t)n);
    }
    return fsync(fd) == 0 ? OK : translate(errno);
}

enum err file_write(const char *path, struct bytes content)
{
    int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0) {
        return translate(errno);
    }
    enum err e = write_all(fd, content);
    return close(fd) == 0 || e != OK ? e : translate(errno);
}

enum err file_make(const char *path)
{
    int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0) {
        return translate(errno);
    }
    return close(fd) == 0 ? OK : translate(errno);
}

enum err file_rename(const char *from, const char *to)
{
    return rename(from, to) == 0 ? OK : translate(errno);
}

enum err file_link(const char *path, const char *other)
{
    if (link(path, other) == 0) {
        return OK;
    }
    struct stat a, b;
    enum err e = errno == EEXIST ? ERR_EXISTS : translate(errno);
    bool same =
        stat(path, &a) == 0 && stat(other, &b) == 0 && a.st_dev == b.st_dev && a.st_ino == b.st_ino;
    return same ? OK : e;
}

enum err file_remove(const char *path)
{
    return unlink(path) == 0 || errno == ENOENT ? OK : translate(errno);
}
