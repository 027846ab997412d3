/* SPDX-License-Identifier: Apache-2.0 */
#include "simulate/csv.h"

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
    static const char candidates[] = {';', ',', '\t', '|'};
    struct bytes line = {NULL, 0};
    char best = ',';
    size_t most = 0;
    if (read_line(c, &line) == OK) {
        for (size_t k = 0; k < sizeof candidates; k++) {
            size_t n = 0;
            for (size_t i = 0; i < line.len; i++) {
                n += line.ptr[i] == (uint8_t)candidates[k];
            }
            if (n > most) {
                most = n;
                best = candidates[k];
            }
        }
    }
    csv_rewind(c);
    return best;
}

/* Takes a quoted cell off `rest`, which begins with the quote; its quotes are undone in place. */
static struct bytes take_quoted(struct csv *c, struct bytes *rest)
{
    char *out = c->line + (rest->ptr - (uint8_t *)c->line);
    char *begin = out;
    size_t i = 1;
    while (i < rest->len) {
        if (rest->ptr[i] == '"') {
            if (i + 1 >= rest->len || rest->ptr[i + 1] != '"') {
                break;
            }
            i++;
        }
        *out++ = (char)rest->ptr[i++];
    }
    *rest = bytes_skip(*rest, size_min(i + 1, rest->len));
    return bytes_of(begin, (size_t)(out - begin));
}

/* Takes the next cell and the separator behind it. False: it was the last. */
static bool take_cell(struct csv *c, struct bytes *rest, struct bytes *cell)
{
    if (rest->len > 0 && rest->ptr[0] == '"') {
        *cell = take_quoted(c, rest);
        *rest = bytes_skip(*rest, bytes_index(*rest, (uint8_t)c->separator));
    } else {
        size_t end = bytes_index(*rest, (uint8_t)c->separator);
        *cell = bytes_trim(bytes_of(rest->ptr, end));
        *rest = bytes_skip(*rest, end);
    }
    if (rest->len == 0) {
        return false;
    }
    *rest = bytes_skip(*rest, 1);
    return true;
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
    c->count = 0;
    bool more = true;
    while (more) {
        if (c->count == CSV_COLUMNS_MAX) {
            return ERR_TOO_LARGE;
        }
        more = take_cell(c, &rest, &c->cells[c->count++]);
    }
    return OK;
}
