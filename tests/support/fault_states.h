/* SPDX-License-Identifier: Apache-2.0 */
/* The states of the noted files (fault_vfs.h) that a power cut could leave, built entry by entry.
 */
#ifndef TELLTALE_TESTS_FAULT_STATES_H
#define TELLTALE_TESTS_FAULT_STATES_H

#include "expect.h"
#include "fault_vfs.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

struct fault_states {
    struct fault_image durable[FAULT_NAMES];
    struct fault_image built[FAULT_NAMES];
    size_t *waiting[FAULT_NAMES]; /* entries since the last sync of the file */
    size_t waiting_count[FAULT_NAMES], waiting_cap[FAULT_NAMES];
    uint64_t random;
};

static inline void fault_states_fini(struct fault_states *s)
{
    for (size_t n = 0; n < FAULT_NAMES; n++) {
        free(s->durable[n].bytes);
        free(s->built[n].bytes);
        free(s->waiting[n]);
    }
}

static inline void fault_settle(struct fault_states *s, enum fault_name name, enum fault_cut cut)
{
    for (size_t k = 0; k < s->waiting_count[name]; k++) {
        fault_survive(&s->durable[name], &fault.log[s->waiting[name][k]], cut, &s->random);
    }
    s->waiting_count[name] = 0;
}

/* Takes entry `i` into the state that is built from. */
static inline void fault_advance(struct fault_states *s, size_t i)
{
    const struct fault_entry *e = &fault.log[i];
    if (e->op == FAULT_SYNC) {
        fault_settle(s, e->name, FAULT_KEEP);
    } else if (e->op == FAULT_SYNC_FAILED) {
        fault_settle(s, e->name, FAULT_MIX);
    } else if (e->op != FAULT_MARK) {
        s->waiting[e->name] = mem_grow(s->waiting[e->name], s->waiting_count[e->name],
                                       &s->waiting_cap[e->name], sizeof *s->waiting[e->name]);
        s->waiting[e->name][s->waiting_count[e->name]++] = i;
    }
}

static inline bool fault_nothing_waits(const struct fault_states *s)
{
    size_t n = 0;
    for (size_t i = 0; i < FAULT_NAMES; i++) {
        n += s->waiting_count[i];
    }
    return n == 0;
}

/* Fills s->built with one state; the files of one cut need not share a fate. */
static inline void fault_build(struct fault_states *s, enum fault_cut cut)
{
    for (size_t n = 0; n < FAULT_NAMES; n++) {
        fault_copy(&s->built[n], &s->durable[n]);
        enum fault_cut fate = cut == FAULT_MIX ? fault_random(&s->random) % FAULT_CUTS : cut;
        for (size_t k = 0; k < s->waiting_count[n]; k++) {
            fault_survive(&s->built[n], &fault.log[s->waiting[n][k]], fate, &s->random);
        }
    }
}

/* An empty image is no file. */
static inline void fault_write_image(const char *dir, const char *name,
                                     const struct fault_image *image)
{
    char path[300];
    (void)snprintf(path, sizeof path, "%s/%s", dir, name);
    (void)unlink(path);
    if (image->len == 0) {
        return;
    }
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, image->bytes, image->len), image->len);
    (void)close(fd);
}

static inline void fault_read_image(const char *dir, const char *name, struct fault_image *image)
{
    char path[300];
    (void)snprintf(path, sizeof path, "%s/%s", dir, name);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    assert_true(fd >= 0);
    struct stat st;
    assert_int_equal(fstat(fd, &st), 0);
    image->len = image->cap = (size_t)st.st_size;
    image->bytes = mem_alloc(image->len);
    assert_int_equal(read(fd, image->bytes, image->len), image->len);
    (void)close(fd);
}

#endif
