/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/csv/csv.h"

/* A line being split. */
struct split {
    uint8_t *at;
    uint8_t *end;
};

/* Takes the quoted cell that begins here; its quotes are undone in place. */
static struct bytes take_quoted(struct split *s)
{
    uint8_t *out = s->at;
    uint8_t *begin = out;
    uint8_t *p = s->at + 1;
    while (p < s->end) {
        if (*p == '"') {
            if (p + 1 >= s->end || p[1] != '"') {
                break;
            }
            p++;
        }
        *out++ = *p++;
    }
    s->at = p < s->end ? p + 1 : p;
    return bytes_of(begin, (size_t)(out - begin));
}

/* Takes the next cell and the separator behind it. False: it was the last. */
static bool take_cell(struct split *s, char separator, struct bytes *cell)
{
    bool quoted = s->at < s->end && *s->at == '"';
    struct bytes value = quoted ? take_quoted(s) : bytes_of(s->at, 0);
    size_t left = (size_t)(s->end - s->at);
    size_t length = bytes_index(bytes_of(s->at, left), (uint8_t)separator);
    *cell = quoted ? value : bytes_trim(bytes_of(s->at, length));
    s->at += length;
    if (length == left) {
        return false;
    }
    s->at++;
    return true;
}

enum err csv_split(uint8_t *line, size_t len, char separator, struct csv_row *row)
{
    if (len > CSV_LINE_MAX) {
        return ERR_TOO_LARGE;
    }
    while (len > 0 && (line[len - 1] == '\n' || line[len - 1] == '\r')) {
        len--;
    }
    struct split s = {line, line + len};
    bool more = true;
    row->count = 0;
    while (more) {
        if (row->count == CSV_COLUMNS_MAX) {
            return ERR_TOO_LARGE;
        }
        more = take_cell(&s, separator, &row->cells[row->count]);
        row->count++;
    }
    ASSERT(s.at == s.end);
    return OK;
}

char csv_guess(struct bytes line)
{
    static const char candidates[] = {';', ',', '\t', '|'};
    char best = ',';
    size_t most = 0;
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
    return best;
}
