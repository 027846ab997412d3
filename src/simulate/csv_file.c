/* SPDX-License-Identifier: Apache-2.0 */
#include "simulate/csv_file.h"

#include <errno.h>
#include <sys/types.h>

enum err csv_open(struct csv *c, const char *path, char separator)
{
    *c = (struct csv){.separator = separator, .file = fopen(path, "re")};
    if (!c->file) {
        return errno == ENOENT ? ERR_NOT_FOUND : ERR_IO;
    }
    return OK;
}

void csv_rewind(struct csv *c)
{
    rewind(c->file);
    c->number = 0;
}

void csv_close(struct csv *c)
{
    if (c->file) {
        (void)fclose(c->file);
        c->file = NULL;
    }
    free(c->line);
    c->line = NULL;
}

/* Reads a line without its end and without a byte order mark at the start of the file. */
static enum err read_line(struct csv *c, struct bytes *line)
{
    ssize_t n = getline(&c->line, &c->cap, c->file);
    if (n < 0) {
        return ferror(c->file) ? ERR_IO : ERR_CLOSED;
    }
    c->number++;
    struct bytes b = bytes_of(c->line, (size_t)n);
    if (c->number == 1 && bytes_start_with(b, BYTES("\xef\xbb\xbf"))) {
        b = bytes_skip(b, 3);
    }
    while (b.len > 0 && (b.ptr[b.len - 1] == '\n' || b.ptr[b.len - 1] == '\r')) {
        b.len--;
    }
    *line = b;
    return b.len > CSV_LINE_MAX ? ERR_TOO_LARGE : OK;
}

char csv_guess_separator(struct csv *c)
{
    struct bytes line = {NULL, 0};
    char best = ',';
    if (read_line(c, &line) == OK) {
        best = csv_guess(line);
    }
    csv_rewind(c);
    return best;
}

enum err csv_next(struct csv *c)
{
    struct bytes rest;
    do {
        enum err e = read_line(c, &rest);
        if (e != OK) {
            return e;
        }
    } while (bytes_trim(rest).len == 0);
    uint8_t *line = (uint8_t *)c->line + (rest.ptr - (uint8_t *)c->line);
    return csv_split(line, rest.len, c->separator, &c->row);
}
