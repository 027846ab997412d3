/* SPDX-License-Identifier: Apache-2.0 */
/* Settings described by tables. A module lists the members of its configuration struct with type,
 * range and help; whoever reads a file walks the table and never knows the module. Numbers are kept
 * in the unit that their member names (ms, bytes), and written by people with one.
 *
 * Texts of a settings file are bounded by its reader; what is refused here says what was expected.
 */
#ifndef TELLTALE_BASE_CONFIG_H
#define TELLTALE_BASE_CONFIG_H

#include "base/buf.h"
#include "base/err.h"

enum config_type {
    CONFIG_BOOL,     /* true or false; a bool */
    CONFIG_INTEGER,  /* digits; 4 or 8 bytes, unsigned or never negative */
    CONFIG_BYTES,    /* 1000000, 64kB, 16MB, 2GB (of 1024 each); as an integer */
    CONFIG_DURATION, /* 500ms, 25s, 10m, 24h, 30d, or 0; milliseconds, as an integer */
    CONFIG_WORD,     /* one of `words`; an enum that counts from 0 in their order */
    CONFIG_STRING,   /* text; a char pointer that owns its text and may be NULL */
    CONFIG_LIST,     /* texts; a struct config_list */
    CONFIG_ITEMS,    /* a list of structs, for its reader to know */
};

struct config_field {
    const char *name;
    enum config_type type;
    size_t offset; /* of the member in its struct */
    size_t size;   /* of the member */
    uint64_t min;  /* of a number, both included */
    uint64_t max;
    const char *const *words;        /* CONFIG_WORD: NULL-terminated */
    bool (*valid)(const char *text); /* strings and items of lists; NULL: any text */
    const char *expected;            /* what such a text is, "ADDR:PORT, such as localhost:3000" */
    const char *help;                /* sentences for a person */
};

/* The place of `member` in `type`, for the initializer of a field. */
#define CONFIG_MEMBER(type, member)                                                                \
    .offset = offsetof(type, member), .size = sizeof(((type *)0)->member)

/* A list of owned strings. */
struct config_list {
    char **items;
    size_t count;
    size_t cap;
};

/* Most items of a list, and longest text of one: nobody writes more by hand. */
#define CONFIG_LIST_MAX 64
#define CONFIG_TEXT_MAX 1024

/* Appends a copy of `item`. */
void config_list_add(struct config_list *list, const char *item);

/* Empties the list and gives its memory back. */
void config_list_clear(struct config_list *list);

/* Longest message of a refusal, with its NUL. */
#define CONFIG_WHY_MAX 192

/* Reads `text` into the member of `base` that `f` describes; an item is appended to a CONFIG_LIST.
 * Requires a type other than CONFIG_ITEMS. Errors: ERR_INVALID, with what was expected in `why`. */
MUST_CHECK enum err config_set(const struct config_field *f, void *base, struct bytes text,
                               char why[CONFIG_WHY_MAX]);

/* Appends the value of the member as it is written in a file; a list in brackets, a string that is
 * NULL as nothing. Requires a type other than CONFIG_ITEMS. */
void config_print(const struct config_field *f, const void *base, struct buf *out);

/* Appends what the field takes, for its documentation: "duration, 1s to 24h". */
void config_print_type(const struct config_field *f, struct buf *out);

/* Appends the same for a refusal: "a duration such as 500ms, 10m or 30d, from 1s to 24h". */
void config_print_expected(const struct config_field *f, struct buf *out);

/* The one of `names` that `word` is probably a slip for, or NULL. */
const char *config_nearest(struct bytes word, const char *const *names, size_t count);

#endif
