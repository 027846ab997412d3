/* SPDX-License-Identifier: Apache-2.0 */
/* What the store refuses to open, with one clear line and the file untouched. */
#include "fixture.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>

static void path_in(const struct fixture *f, const char *name, char out[256])
{
    (void)snprintf(out, 256, "%s/%s", f->dir, name);
}

/* The whole file. Ownership: the caller's, free(). */
static struct bytes read_file(const struct fixture *f)
{
    char path[256];
    path_in(f, "telltale.db", path);
    int fd = open(path, O_RDONLY);
    assert_true(fd >= 0);
    struct stat st;
    assert_int_equal(fstat(fd, &st), 0);
    uint8_t *p = mem_alloc((size_t)st.st_size);
    assert_int_equal(read(fd, p, (size_t)st.st_size), st.st_size);
    (void)close(fd);
    return bytes_of(p, (size_t)st.st_size);
}

static void write_file(const struct fixture *f, struct bytes b)
{
    char path[256];
    path_in(f, "telltale.db", path);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, b.ptr, b.len), b.len);
    (void)close(fd);
}

static void assert_refused(struct fixture *f, enum err expected, const char *word)
{
    struct bytes before = read_file(f);
    struct store_failure why = {{0}};
    struct store *s = NULL;
    assert_int_equal(store_open(&f->config, &f->metrics, &s, &why), expected);
    assert_null(s);
    assert_null(strchr(why.text, '\n'));
    if (!strstr(why.text, word) || !strstr(why.text, f->dir)) {
        print_message("%s\n", why.text);
        fail();
    }
    struct bytes after = read_file(f);
    assert_true(bytes_equal(before, after));
    free((void *)(uintptr_t)before.ptr);
    free((void *)(uintptr_t)after.ptr);
}

/* A store with some readings in blocks and some in the journal, closed. */
static void make_store(struct fixture *f)
{
    f->config.journal_age_ms = 1000;
    fx_open(f);
    fx_fleet(f, 2, 2);
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < 500; i++) {
            struct batch *b = fx_batch(f);
            fx_add_reading(b, 0, T0 + round * 500 + i, i);
            fx_append(f, b);
        }
        fx_commit(f);
        f->now += 2000;
        if (round == 0) {
            fx_work(f);
        }
    }
    fx_close(f);
}

static void f10_an_empty_file_is_refused(void **state)
{
    struct fixture *f = *state;
    write_file(f, bytes_of("", 0));
    assert_refused(f, ERR_CORRUPT, "empty");
}

static void a_file_of_something_else_is_refused(void **state)
{
    struct fixture *f = *state;
    static uint8_t text[5000];
    memset(text, 'x', sizeof text);
    write_file(f, bytes_of(text, sizeof text));
    assert_refused(f, ERR_CORRUPT, "not a Telltale store");
    write_file(f, bytes_of(text, 10));
    assert_refused(f, ERR_CORRUPT, "not a Telltale store");
}

static void a_database_of_another_program_is_refused(void **state)
{
    struct fixture *f = *state;
    make_store(f);
    struct bytes b = read_file(f);
    uint8_t *p = (uint8_t *)(uintptr_t)b.ptr;
    p[68] ^= 1;
    write_file(f, b);
    assert_refused(f, ERR_CORRUPT, "not a Telltale store");
    free(p);
}

static void f11_a_store_of_a_newer_version_is_refused(void **state)
{
    struct fixture *f = *state;
    make_store(f);
    struct bytes b = read_file(f);
    uint8_t *p = (uint8_t *)(uintptr_t)b.ptr;
    p[63] = 200;
    write_file(f, b);
    assert_refused(f, ERR_UNSUPPORTED, "newer version");
    free(p);
}

static void f10_a_store_that_was_cut_short_is_refused(void **state)
{
    struct fixture *f = *state;
    make_store(f);
    struct bytes b = read_file(f);
    write_file(f, bytes_of(b.ptr, b.len - 4096));
    assert_refused(f, ERR_CORRUPT, "cut short");
    free((void *)(uintptr_t)b.ptr);
}

/* Flips bytes all over the file: the store opens or refuses, and an answer that comes is right. */
static void f10_damage_anywhere_is_refused_or_found_by_the_query(void **state)
{
    struct fixture *f = *state;
    make_store(f);
    struct bytes b = read_file(f);
    uint8_t *p = (uint8_t *)(uintptr_t)b.ptr;
    int refused = 0;
    int found = 0;
    for (int i = 0; i < 60; i++) {
        size_t at = 100 + fx_below(f, b.len - 100);
        p[at] ^= 0x55;
        write_file(f, b);
        struct store_failure why = {{0}};
        enum err e = store_open(&f->config, &f->metrics, &f->store, &why);
        if (e != OK) {
            assert_true(e == ERR_CORRUPT || e == ERR_IO);
            assert_true(why.text[0] != '\0');
            f->store = NULL;
            refused++;
        } else {
            assert_int_equal(store_reader_open(f->dir, &f->reader, &why), OK);
            struct store_points tail = {0};
            struct store_samples out = {0};
            struct store_query q = {.from = INT64_MIN, .to = INT64_MAX, .points = 2000};
            store_tail(f->store, q.series, q.from, q.to, &tail);
            e = store_query(f->reader, &q, &tail, &out, &why);
            found += e != OK;
            for (size_t k = 0; k < out.count; k++) {
                assert_true(out.rows[k].mean == (double)((out.rows[k].time - T0) % 500));
            }
            store_points_fini(&tail);
            store_samples_fini(&out);
            fx_close(f);
        }
        p[at] ^= 0x55;
    }
    print_message("60 changed bytes: %d refused at the start, %d by a query\n", refused, found);
    assert_true(refused + found > 0);
    free(p);
}

static void f8_a_second_process_gets_one_clear_line(void **state)
{
    struct fixture *f = *state;
    fx_open(f);
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        struct store_failure why = {{0}};
        struct store *s = NULL;
        enum err e = store_open(&f->config, &f->metrics, &s, &why);
        char holder[32];
        (void)snprintf(holder, sizeof holder, "process %ld", (long)getppid());
        _exit(e == ERR_BUSY && strstr(why.text, "in use") && strstr(why.text, holder) ? 0 : 1);
    }
    int status = -1;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

static void a_folder_that_cannot_be_made_or_written_is_told_so(void **state)
{
    struct fixture *f = *state;
    char path[300];
    (void)snprintf(path, sizeof path, "%s/missing/deeper", f->dir);
    f->config.dir = path;
    struct store_failure why = {{0}};
    struct store *s = NULL;
    assert_int_equal(store_open(&f->config, &f->metrics, &s, &why), ERR_IO);
    assert_non_null(strstr(why.text, "does not exist"));

    (void)snprintf(path, sizeof path, "%s/file", f->dir);
    int fd = open(path, O_CREAT | O_WRONLY, 0600);
    assert_true(fd >= 0);
    (void)close(fd);
    assert_int_equal(store_open(&f->config, &f->metrics, &s, &why), ERR_IO);
    assert_non_null(strstr(why.text, "not a folder"));

    if (geteuid() != 0) {
        assert_int_equal(chmod(f->dir, 0500), 0);
        f->config.dir = f->dir;
        assert_int_equal(store_open(&f->config, &f->metrics, &s, &why), ERR_IO);
        assert_non_null(strstr(why.text, "can't be written"));
        assert_int_equal(chmod(f->dir, 0700), 0);
    }
}

static void folder_and_files_belong_to_the_user_alone(void **state)
{
    struct fixture *f = *state;
    char path[300];
    (void)snprintf(path, sizeof path, "%s/data", f->dir);
    f->config.dir = path;
    mode_t old = umask(0);
    struct store_failure why = {{0}};
    assert_int_equal(store_open(&f->config, &f->metrics, &f->store, &why), OK);
    struct batch *b = fx_batch(f);
    fx_add_device(b, 0, "a");
    fx_append(f, b);
    fx_commit(f);
    (void)umask(old);
    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0700);
    static const char *const names[] = {"telltale.db", "telltale.db-wal", "telltale.db-shm",
                                        "lock"};
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        char file[400];
        (void)snprintf(file, sizeof file, "%s/%s", path, names[i]);
        assert_int_equal(stat(file, &st), 0);
        assert_int_equal(st.st_mode & 0777, 0600);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define STORE_TEST(name) cmocka_unit_test_setup_teardown(name, fx_setup, fx_teardown)
        STORE_TEST(f10_an_empty_file_is_refused),
        STORE_TEST(a_file_of_something_else_is_refused),
        STORE_TEST(a_database_of_another_program_is_refused),
        STORE_TEST(f11_a_store_of_a_newer_version_is_refused),
        STORE_TEST(f10_a_store_that_was_cut_short_is_refused),
        STORE_TEST(f10_damage_anywhere_is_refused_or_found_by_the_query),
        STORE_TEST(f8_a_second_process_gets_one_clear_line),
        STORE_TEST(a_folder_that_cannot_be_made_or_written_is_told_so),
        STORE_TEST(folder_and_files_belong_to_the_user_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
