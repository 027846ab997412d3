/* SPDX-License-Identifier: Apache-2.0 */
/* Preloaded into the program by tests: a disk that is slow, fails, or writes short. TELLTALE_DISK
 * names a file that says which, read again whenever it is due, so that a test can change it while
 * the program runs: one line, `WORD [NUMBER]`.
 *
 *     slow MS     each fsync and fdatasync takes so much longer
 *     fail        each of them fails with EIO
 *     short       writes at an offset take 100 bytes, and each seventh is interrupted */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define SHORT_BYTES 100

static _Atomic unsigned writes;

/* The word that the file says now; its number in *number. */
static void look(char word[16], long *number)
{
    const char *path = getenv("TELLTALE_DISK");
    char text[64] = "";
    word[0] = '\0';
    *number = 0;
    int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    if (fd >= 0) {
        ssize_t n = read(fd, text, sizeof text - 1);
        text[n > 0 ? n : 0] = '\0';
        (void)close(fd);
        (void)sscanf(text, "%15s %ld", word, number);
    }
}

static int sync_by(const char *name, int fd)
{
    char word[16];
    long number;
    int (*real)(int) = 0;
    look(word, &number);
    if (strcmp(word, "fail") == 0) {
        errno = EIO;
        return -1;
    }
    if (strcmp(word, "slow") == 0) {
        struct timespec t = {number / 1000, number % 1000 * 1000000};
        (void)nanosleep(&t, NULL);
    }
    void *symbol = dlsym(RTLD_NEXT, name);
    memcpy(&real, &symbol, sizeof real);
    return real(fd);
}

int fsync(int fd)
{
    return sync_by("fsync", fd);
}

int fdatasync(int fd)
{
    return sync_by("fdatasync", fd);
}

static ssize_t write_by(const char *name, int fd, const void *p, size_t n, off64_t at)
{
    char word[16];
    long number;
    ssize_t (*real)(int, const void *, size_t, off64_t) = 0;
    look(word, &number);
    if (strcmp(word, "short") == 0) {
        if (atomic_fetch_add(&writes, 1) % 7 == 6) {
            errno = EINTR;
            return -1;
        }
        n = n > SHORT_BYTES ? SHORT_BYTES : n;
    }
    void *symbol = dlsym(RTLD_NEXT, name);
    memcpy(&real, &symbol, sizeof real);
    return real(fd, p, n, at);
}

ssize_t pwrite(int fd, const void *p, size_t n, off_t at)
{
    return write_by("pwrite", fd, p, n, at);
}

ssize_t pwrite64(int fd, const void *p, size_t n, off64_t at)
{
    return write_by("pwrite64", fd, p, n, at);
}
