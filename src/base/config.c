/* SPDX-License-Identifier: Apache-2.0 */
#include "base/config.h"

#include "base/mem.h"

#include <inttypes.h>

/* ---- lists ---- */

void config_list_add(struct config_list *list, const char *item)
{
    list->items = mem_grow(list->items, list->count, &list->cap, sizeof *list->items);
    list->items[list->count++] = mem_text(item, strlen(item));
}

void config_list_clear(struct config_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        free(list->items[i]);
    }
    free(list->items);
    *list = (struct config_list){0};
}

/* ---- members ---- */

static void *member(const struct config_field *f, void *base)
{
    return (char *)base + f->offset;
}

static const void *member_of(const struct config_field *f, const void *base)
{
    return (const char *)base + f->offset;
}

static void store_number(const struct config_field *f, void *base, uint64_t v)
{
    ASSERT(f->size == 4 || f->size == 8);
    ASSERT(f->size == 8 || v <= UINT32_MAX);
    memcpy(member(f, base), &v, f->size); /* little-endian: the low bytes come first */
}

static uint64_t load_number(const struct config_field *f, const void *base)
{
    uint64_t v = 0;
    memcpy(&v, member_of(f, base), f->size);
    return v;
}

/* ---- numbers with units ---- */

struct unit {
    const char *name;
    uint64_t factor;
};

/* From large to small, so that printing takes the largest that divides. */
static const struct unit byte_units[] = {
    {"GB", 1u << 30}, {"MB", 1u << 20}, {"kB", 1u << 10}, {"B", 1}, {"", 1}};
static const struct unit time_units[] = {
    {"d", 86400000}, {"h", 3600000}, {"m", 60000}, {"s", 1000}, {"ms", 1}};
static const struct unit no_units[] = {{"", 1}};

static const struct unit *units_of(enum config_type type, size_t *count)
{
    if (type == CONFIG_BYTES) {
        *count = ARRAY_LEN(byte_units);
        return byte_units;
    }
    if (type == CONFIG_DURATION) {
        *count = ARRAY_LEN(time_units);
        return time_units;
    }
    *count = ARRAY_LEN(no_units);
    return no_units;
}

static size_t digits_at_start(struct bytes text)
{
    size_t n = 0;
    while (n < text.len && text.ptr[n] >= '0' && text.ptr[n] <= '9') {
        n++;
    }
    return n;
}

/* Errors: ERR_INVALID not a number with a unit of this type. */
MUST_CHECK static enum err parse_number(enum config_type type, struct bytes text, uint64_t *value)
{
    size_t count;
    const struct unit *units = units_of(type, &count);
    size_t digits = digits_at_start(text);
    struct bytes name = bytes_skip(text, digits);
    uint64_t number;
    if (bytes_to_u64(bytes_of(text.ptr, digits), UINT64_MAX, &number) != OK) {
        return ERR_INVALID;
    }
    if (number == 0 && name.len == 0) {
        *value = 0;
        return OK;
    }
    for (size_t i = 0; i < count; i++) {
        if (bytes_equal(name, bytes_of_text(units[i].name)) &&
            number <= UINT64_MAX / units[i].factor) {
            *value = number * units[i].factor;
            return OK;
        }
    }
    return ERR_INVALID;
}

static void print_number(enum config_type type, uint64_t v, struct buf *out)
{
    size_t count;
    const struct unit *units = units_of(type, &count);
    size_t i = 0;
    while (v != 0 && v % units[i].factor != 0) {
        i++;
    }
    /* Nothing is nothing in any unit; bare bytes are the plainest. */
    bool bare = v == 0 || units[i].factor == 1;
    const char *unit = bare && type != CONFIG_DURATION ? "" : units[i].name;
    buf_printf(out, "%" PRIu64 "%s", v / (v ? units[i].factor : 1), v ? unit : "");
}

/* ---- what is expected ---- */

static void print_words(const struct config_field *f, struct buf *out)
{
    for (size_t i = 0; f->words[i]; i++) {
        const char *between = i == 0 ? "" : f->words[i + 1] ? ", " : " or ";
        buf_printf(out, "%s%s", between, f->words[i]);
    }
}

static void print_range(const struct config_field *f, const char *what, struct buf *out)
{
    buf_put_text(out, what);
    print_number(f->type, f->min, out);
    buf_put_text(out, " to ");
    print_number(f->type, f->max, out);
}

void config_print_type(const struct config_field *f, struct buf *out)
{
    switch (f->type) {
    case CONFIG_BOOL:
        buf_put_text(out, "true or false");
        break;
    case CONFIG_INTEGER:
        print_range(f, "integer, ", out);
        break;
    case CONFIG_BYTES:
        print_range(f, "bytes, ", out);
        break;
    case CONFIG_DURATION:
        print_range(f, "duration, ", out);
        break;
    case CONFIG_WORD:
        print_words(f, out);
        break;
    case CONFIG_STRING:
        buf_put_text(out, f->expected ? f->expected : "text");
        break;
    case CONFIG_LIST:
    case CONFIG_ITEMS:
        buf_printf(out, "list of %s", f->expected ? f->expected : "texts");
        break;
    }
}

static const char *expected_text(const struct config_field *f)
{
    return f->expected ? f->expected : "text without control characters";
}

void config_print_expected(const struct config_field *f, struct buf *out)
{
    switch (f->type) {
    case CONFIG_INTEGER:
        print_range(f, "an integer from ", out);
        break;
    case CONFIG_BYTES:
        print_range(f, "a size such as 64kB or 16MB, from ", out);
        break;
    case CONFIG_DURATION:
        print_range(f, "a duration such as 500ms, 10m or 30d, from ", out);
        break;
    case CONFIG_STRING:
        buf_put_text(out, expected_text(f));
        break;
    case CONFIG_LIST:
    case CONFIG_ITEMS:
        buf_printf(out, "a list of %s", expected_text(f));
        break;
    case CONFIG_BOOL:
    case CONFIG_WORD:
        config_print_type(f, out);
        break;
    }
}

/* Refuses one value; for a list, that is one item. */
static enum err refuse(const struct config_field *f, char why[CONFIG_WHY_MAX])
{
    struct buf text = {0};
    buf_printf(&text, "%s: expected ", f->name);
    if (f->type == CONFIG_LIST) {
        buf_put_text(&text, expected_text(f));
    } else {
        config_print_expected(f, &text);
    }
    buf_put_byte(&text, 0);
    (void)snprintf(why, CONFIG_WHY_MAX, "%s", (const char *)text.ptr);
    buf_fini(&text);
    return ERR_INVALID;
}

/* ---- reading ---- */

static enum err set_bool(const struct config_field *f, void *base, struct bytes text,
                         char why[CONFIG_WHY_MAX])
{
    bool yes = bytes_equal(text, BYTES("true"));
    if (!yes && !bytes_equal(text, BYTES("false"))) {
        return refuse(f, why);
    }
    memcpy(member(f, base), &yes, sizeof yes);
    return OK;
}

static enum err set_number(const struct config_field *f, void *base, struct bytes text,
                           char why[CONFIG_WHY_MAX])
{
    uint64_t v;
    if (parse_number(f->type, text, &v) != OK || v < f->min || v > f->max) {
        return refuse(f, why);
    }
    store_number(f, base, v);
    return OK;
}

static enum err set_word(const struct config_field *f, void *base, struct bytes text,
                         char why[CONFIG_WHY_MAX])
{
    for (size_t i = 0; f->words[i]; i++) {
        if (bytes_equal(text, bytes_of_text(f->words[i]))) {
            store_number(f, base, i);
            return OK;
        }
    }
    return refuse(f, why);
}

/* A copy of a text that the field takes, or NULL. Ownership: the caller's, free(). */
static char *take_text(const struct config_field *f, struct bytes text)
{
    if (text.len == 0 || text.len > CONFIG_TEXT_MAX) {
        return NULL;
    }
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] < 0x20 || text.ptr[i] == 0x7f) {
            return NULL;
        }
    }
    char *copy = mem_text(text.ptr, text.len);
    if (f->valid && !f->valid(copy)) {
        free(copy);
        return NULL;
    }
    return copy;
}

static enum err set_string(const struct config_field *f, void *base, struct bytes text,
                           char why[CONFIG_WHY_MAX])
{
    char **place = member(f, base);
    char *copy = take_text(f, text);
    if (!copy) {
        return refuse(f, why);
    }
    free(*place);
    *place = copy;
    return OK;
}

static enum err add_item(const struct config_field *f, void *base, struct bytes text,
                         char why[CONFIG_WHY_MAX])
{
    struct config_list *list = member(f, base);
    if (list->count >= CONFIG_LIST_MAX) {
        (void)snprintf(why, CONFIG_WHY_MAX, "%s: expected at most %d items", f->name,
                       CONFIG_LIST_MAX);
        return ERR_INVALID;
    }
    char *copy = take_text(f, text);
    if (!copy) {
        return refuse(f, why);
    }
    config_list_add(list, copy);
    free(copy);
    return OK;
}

enum err config_set(const struct config_field *f, void *base, struct bytes text,
                    char why[CONFIG_WHY_MAX])
{
    switch (f->type) {
    case CONFIG_BOOL:
        return set_bool(f, base, text, why);
    case CONFIG_INTEGER:
    case CONFIG_BYTES:
    case CONFIG_DURATION:
        return set_number(f, base, text, why);
    case CONFIG_WORD:
        return set_word(f, base, text, why);
    case CONFIG_STRING:
        return set_string(f, base, text, why);
    case CONFIG_LIST:
        return add_item(f, base, text, why);
    case CONFIG_ITEMS:
        break;
    }
    UNREACHABLE();
}

/* ---- printing ---- */

static void print_list(const struct config_list *list, struct buf *out)
{
    buf_put_byte(out, '[');
    for (size_t i = 0; i < list->count; i++) {
        buf_printf(out, "%s\"%s\"", i ? ", " : "", list->items[i]);
    }
    buf_put_byte(out, ']');
}

void config_print(const struct config_field *f, const void *base, struct buf *out)
{
    const void *at = member_of(f, base);
    const char *text;
    switch (f->type) {
    case CONFIG_BOOL:
        buf_put_text(out, *(const bool *)at ? "true" : "false");
        return;
    case CONFIG_INTEGER:
    case CONFIG_BYTES:
    case CONFIG_DURATION:
        print_number(f->type, load_number(f, base), out);
        return;
    case CONFIG_WORD:
        buf_put_text(out, f->words[load_number(f, base)]);
        return;
    case CONFIG_STRING:
        text = *(char *const *)at;
        buf_put_text(out, text ? text : "");
        return;
    case CONFIG_LIST:
        print_list(at, out);
        return;
    case CONFIG_ITEMS:
        break;
    }
    UNREACHABLE();
}

/* ---- did you mean ---- */

/* Longer words are nobody's slip of the keyboard. */
#define SLIP_MAX 48

/* How many letters must be added, dropped, changed, or swapped with their neighbour. */
static size_t edit_distance(struct bytes a, struct bytes b)
{
    size_t rows[3][SLIP_MAX + 1];
    size_t *before = rows[0];
    size_t *last = rows[1];
    size_t *row = rows[2];
    for (size_t k = 0; k <= b.len; k++) {
        last[k] = k;
    }
    for (size_t i = 1; i <= a.len; i++) {
        row[0] = i;
        for (size_t k = 1; k <= b.len; k++) {
            size_t change = last[k - 1] + (a.ptr[i - 1] != b.ptr[k - 1]);
            row[k] = size_min(change, size_min(last[k], row[k - 1]) + 1);
            if (i > 1 && k > 1 && a.ptr[i - 1] == b.ptr[k - 2] && a.ptr[i - 2] == b.ptr[k - 1]) {
                row[k] = size_min(row[k], before[k - 2] + 1);
            }
        }
        size_t *free_row = before;
        before = last;
        last = row;
        row = free_row;
    }
    return last[b.len];
}

const char *config_nearest(struct bytes word, const char *const *names, size_t count)
{
    const char *nearest = NULL;
    size_t best = SIZE_MAX;
    if (word.len == 0 || word.len > SLIP_MAX) {
        return NULL;
    }
    for (size_t i = 0; i < count; i++) {
        struct bytes name = bytes_of_text(names[i]);
        if (name.len > SLIP_MAX) {
            continue;
        }
        size_t distance = edit_distance(word, name);
        if (distance < best && distance <= 1 + size_max(word.len, name.len) / 4) {
            best = distance;
            nearest = names[i];
        }
    }
    return nearest;
}
