/* SPDX-License-Identifier: Apache-2.0 */
/* Mappings as people write them, checked and cut into pieces. */
#include "decode/mapping_parts.h"

#include "base/mem.h"
#include "base/utf8.h"

#include <stdarg.h>

const struct mapping_key_info mapping_keys[MAPPING_KEY_COUNT] = {
#define MAPPING_ROW(id, name, many, help) [id] = {name, many, help},
    MAPPING_KEY_LIST(MAPPING_ROW)
#undef MAPPING_ROW
};

/* ---- life ---- */

struct mapping *mapping_new(void)
{
    struct mapping *m = mem_zalloc(1, sizeof *m);
    m->scale = 1;
    return m;
}

static void free_text(struct mapping_text *t)
{
    free(t->owned);
}

void mapping_free(struct mapping *m)
{
    if (!m) {
        return;
    }
    struct mapping_text *const texts[] = {&m->device, &m->name,  &m->model, &m->location,
                                          &m->sensor, &m->value, &m->unit,  &m->time};
    struct config_list *const lists[] = {&m->include, &m->exclude, &m->on,
                                         &m->off,     &m->online,  &m->offline};
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        free_text(texts[i]);
    }
    for (size_t i = 0; i < ARRAY_LEN(lists); i++) {
        config_list_clear(lists[i]);
    }
    free(m->topic);
    buf_fini(&m->told);
    free(m);
}

struct mappings *mappings_new(void)
{
    return mem_zalloc(1, sizeof(struct mappings));
}

void mappings_free(struct mappings *all)
{
    if (all) {
        for (size_t i = 0; i < all->count; i++) {
            mapping_free(all->all[i]);
        }
        free(all->all);
        free(all);
    }
}

enum err mappings_add(struct mappings *all, struct mapping *take_m)
{
    if (all->count >= LIMIT_MAPPINGS + LIMIT_SAVED_MAPPINGS) {
        return ERR_FULL;
    }
    all->all = mem_grow(all->all, all->count, &all->cap, sizeof *all->all);
    all->all[all->count++] = take_m;
    take_m->number = all->count;
    return OK;
}

size_t mappings_count(const struct mappings *all)
{
    return all ? all->count : 0;
}

/* ---- refusing ---- */

__attribute__((format(printf, 2, 3))) static enum err refuse(char why[CONFIG_WHY_MAX],
                                                             const char *format, ...)
{
    va_list args;
    va_start(args, format);
    (void)vsnprintf(why, CONFIG_WHY_MAX, format, args);
    va_end(args);
    return ERR_INVALID;
}

/* ---- words ---- */

/* Finds `text` among `words`. Errors: ERR_INVALID, with all of them and the nearest. */
MUST_CHECK static enum err word_of(const char *key, struct bytes text, const char *const *words,
                                   size_t count, size_t *index, char why[CONFIG_WHY_MAX])
{
    char all[160] = "";
    size_t len = 0;
    for (size_t i = 0; i < count; i++) {
        if (bytes_equal(text, bytes_of_text(words[i]))) {
            *index = i;
            return OK;
        }
        if (len < sizeof all) {
            len += (size_t)snprintf(all + len, sizeof all - len, "%s%s", i ? ", " : "", words[i]);
        }
    }
    const char *nearest = config_nearest(text, words, count);
    return refuse(why, "%s: expected one of %s%s%s%s", key, all, nearest ? "; did you mean '" : "",
                  nearest ? nearest : "", nearest ? "'?" : "");
}

static const char *const own_decoders[] = {"auto",  "json",   "number", "text",
                                           "senml", "influx", "ignore"};

static const char *const native_decoders[] = {
#define DECODER_ROW(id, name) [id] = name,
    DECODER_LIST(DECODER_ROW)
#undef DECODER_ROW
};

MUST_CHECK static enum err set_decoder(struct mapping *m, struct bytes text,
                                       char why[CONFIG_WHY_MAX])
{
    size_t index;
    for (size_t i = DECODER_PLAIN; i < ARRAY_LEN(native_decoders); i++) {
        if (i != DECODER_SENML && bytes_equal(text, bytes_of_text(native_decoders[i]))) {
            m->decoder = MAPPED_NATIVE;
            m->native = (enum decoder_id)i;
            return OK;
        }
    }
    if (word_of("decoder", text, own_decoders, ARRAY_LEN(own_decoders), &index, why) != OK) {
        const char *nearest = config_nearest(text, native_decoders + DECODER_PLAIN,
                                             ARRAY_LEN(native_decoders) - DECODER_PLAIN);
        return nearest ? refuse(why, "decoder: did you mean '%s'?", nearest) : ERR_INVALID;
    }
    m->decoder = (enum mapping_decoder)index;
    return OK;
}

MUST_CHECK static enum err set_time_unit(struct mapping *m, struct bytes text,
                                         char why[CONFIG_WHY_MAX])
{
    static const char *const words[] = {"auto", "s", "ms", "us", "ns", "iso"};
    size_t index = 0;
    enum err e = word_of("time_unit", text, words, ARRAY_LEN(words), &index, why);
    m->time_unit = (enum mapping_time)index;
    return e;
}

MUST_CHECK static enum err set_retained(struct mapping *m, struct bytes text,
                                        char why[CONFIG_WHY_MAX])
{
    size_t index = 0;
    enum err e =
        word_of("retained", text, decode_retained_words, DECODE_RETAINED_WORDS, &index, why);
    m->retained = (enum decode_retained)index;
    m->has_retained = true;
    return e;
}

MUST_CHECK static enum err set_factor(struct mapping *m, enum mapping_key key, struct bytes text,
                                      char why[CONFIG_WHY_MAX])
{
    double v;
    if (number_parse(text, &v) != OK) {
        return refuse(why, "%s: expected a number such as 0.1", mapping_keys[key].name);
    }
    if (key == MAPPING_SCALE) {
        m->scale = v;
    } else {
        m->offset = v;
    }
    m->scaled = true;
    return OK;
}

/* ---- the topic ---- */

static bool capture_name_valid(struct bytes name)
{
    for (size_t i = 0; i < name.len; i++) {
        uint8_t c = name.ptr[i];
        bool word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                    c == '_' || c == '-';
        if (!word) {
            return false;
        }
    }
    return name.len > 0;
}

static bool has_any(struct bytes text, const char *any)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] != 0 && strchr(any, text.ptr[i])) {
            return true;
        }
    }
    return false;
}

static int capture_of(const struct mapping *m, struct bytes name)
{
    for (size_t i = 0; i < m->capture_count; i++) {
        if (bytes_equal(m->captures[i], name)) {
            return (int)i;
        }
    }
    return -1;
}

/* {name} or {name...}, without the braces' content checked by anybody else. */
MUST_CHECK static enum err set_capture(struct mapping *m, struct mapping_level *level,
                                       struct bytes text, char why[CONFIG_WHY_MAX])
{
    struct bytes name = bytes_of(text.ptr + 1, text.len - 2);
    level->kind = LEVEL_ANY;
    if (name.len > 3 && memcmp(name.ptr + name.len - 3, "...", 3) == 0) {
        name.len -= 3;
        level->kind = LEVEL_REST;
    }
    if (!capture_name_valid(name)) {
        return refuse(why, "topic: expected a name of letters, digits, _ and - in the braces");
    }
    if (capture_of(m, name) >= 0) {
        return refuse(why, "topic: the name in the braces is there twice");
    }
    if (m->capture_count == MAPPING_CAPTURES_MAX) {
        return refuse(why, "topic: expected at most %d names in braces", MAPPING_CAPTURES_MAX);
    }
    m->captures[m->capture_count++] = name;
    level->capture = name;
    return OK;
}

MUST_CHECK static enum err set_level(struct mapping *m, struct bytes text, char why[CONFIG_WHY_MAX])
{
    if (m->level_count == LIMIT_TOPIC_LEVELS) {
        return refuse(why, "topic: expected at most %d levels", LIMIT_TOPIC_LEVELS);
    }
    if (m->level_count > 0 && m->levels[m->level_count - 1].kind == LEVEL_REST) {
        return refuse(why, "topic: expected nothing behind # or {name...}");
    }
    struct mapping_level *level = &m->levels[m->level_count++];
    *level = (struct mapping_level){.kind = LEVEL_TEXT, .text = text};
    if (text.len >= 2 && text.ptr[0] == '{' && text.ptr[text.len - 1] == '}') {
        return set_capture(m, level, text, why);
    }
    if (bytes_equal(text, BYTES("+")) || bytes_equal(text, BYTES("#"))) {
        level->kind = text.ptr[0] == '+' ? LEVEL_ANY : LEVEL_REST;
        return OK;
    }
    return has_any(text, "{}+#")
               ? refuse(why, "topic: expected +, # and {name} as whole levels between slashes")
               : OK;
}

MUST_CHECK static enum err set_topic(struct mapping *m, struct bytes text, char why[CONFIG_WHY_MAX])
{
    if (text.len == 0 || text.len > LIMIT_TOPIC_BYTES || !utf8_valid(text)) {
        return refuse(why, "topic: expected 1 to %d bytes of UTF-8", LIMIT_TOPIC_BYTES);
    }
    if (bytes_start_with(text, BYTES("$share/"))) {
        return refuse(why, "topic: expected a topic; $share/ is a way to subscribe to one");
    }
    m->topic = mem_text(text.ptr, text.len);
    struct bytes rest = bytes_of(m->topic, text.len);
    for (;;) {
        size_t len = bytes_index(rest, '/');
        enum err e = set_level(m, bytes_of(rest.ptr, len), why);
        if (e != OK || len == rest.len) {
            return e;
        }
        rest = bytes_skip(rest, len + 1);
    }
}

/* ---- texts ---- */

/* Adds the piece that `*rest` begins with: up to the next brace, or what stands in braces, whose
 * capture is looked for when all keys are known. */
MUST_CHECK static enum err add_piece(struct mapping_text *t, const char *key, struct bytes *rest,
                                     char why[CONFIG_WHY_MAX])
{
    if (t->count == MAPPING_PIECES_MAX) {
        return refuse(why, "%s: expected at most %d pieces", key, MAPPING_PIECES_MAX);
    }
    bool capture = rest->ptr[0] == '{';
    size_t len = bytes_index(*rest, capture ? '}' : '{');
    if (capture && (len == rest->len || !capture_name_valid(bytes_of(rest->ptr + 1, len - 1)))) {
        return refuse(why, "%s: expected a name in braces that the topic has, such as {device}",
                      key);
    }
    t->pieces[t->count++] = (struct mapping_piece){
        .capture = -1, .text = capture ? bytes_of(rest->ptr, len + 1) : bytes_of(rest->ptr, len)};
    *rest = bytes_skip(*rest, capture ? len + 1 : len);
    return OK;
}

/* Whether a path has no empty step, and no index in brackets. */
static bool path_valid(struct bytes path)
{
    uint8_t before = '.';
    for (size_t i = 0; i < path.len; i++) {
        uint8_t c = path.ptr[i];
        if (c == 0 || c == '[' || (c == '.' && before == '.')) {
            return false;
        }
        before = c;
    }
    return before != '.';
}

MUST_CHECK static enum err set_text(struct mapping_text *t, enum mapping_key key, struct bytes text,
                                    char why[CONFIG_WHY_MAX])
{
    const char *name = mapping_keys[key].name;
    bool only_path = key == MAPPING_VALUE || key == MAPPING_TIME;
    if (text.len == 0 || text.len > CONFIG_TEXT_MAX || !utf8_valid(text)) {
        return refuse(why, "%s: expected a text", name);
    }
    t->given = true;
    t->owned = mem_text(text.ptr, text.len);
    if (text.len > 2 && bytes_start_with(text, BYTES("$."))) {
        t->path = t->owned + 2;
        return path_valid(bytes_skip(text, 2))
                   ? OK
                   : refuse(why, "%s: expected keys and indices joined by dots, such as $.list.0",
                            name);
    }
    if (only_path || text.ptr[0] == '$') {
        return refuse(why, "%s: expected a path into the payload, such as $.data.%s", name, name);
    }
    enum err e = OK;
    struct bytes rest = bytes_of(t->owned, text.len);
    while (e == OK && rest.len > 0) {
        e = add_piece(t, name, &rest, why);
    }
    return e;
}

static struct mapping_text *text_member(struct mapping *m, enum mapping_key key)
{
    struct mapping_text *const members[MAPPING_KEY_COUNT] = {
        [MAPPING_DEVICE] = &m->device, [MAPPING_NAME] = &m->name,
        [MAPPING_MODEL] = &m->model,   [MAPPING_LOCATION] = &m->location,
        [MAPPING_SENSOR] = &m->sensor, [MAPPING_VALUE] = &m->value,
        [MAPPING_UNIT] = &m->unit,     [MAPPING_TIME] = &m->time,
    };
    return members[key];
}

static struct config_list *list_member(struct mapping *m, enum mapping_key key)
{
    struct config_list *const members[MAPPING_KEY_COUNT] = {
        [MAPPING_INCLUDE] = &m->include,
        [MAPPING_EXCLUDE] = &m->exclude,
        [MAPPING_TRUE] = &m->on,
        [MAPPING_FALSE] = &m->off,
        [MAPPING_STATUS_ONLINE] = &m->online,
        [MAPPING_STATUS_OFFLINE] = &m->offline,
    };
    return members[key];
}

MUST_CHECK static enum err add_word(struct mapping *m, enum mapping_key key, struct bytes text,
                                    char why[CONFIG_WHY_MAX])
{
    const struct config_field f = {
        .name = mapping_keys[key].name, .type = CONFIG_LIST, .size = sizeof(struct config_list)};
    return config_set(&f, list_member(m, key), text, why);
}

MUST_CHECK static enum err set(struct mapping *m, enum mapping_key key, struct bytes text,
                               char why[CONFIG_WHY_MAX])
{
    if (text_member(m, key)) {
        return set_text(text_member(m, key), key, text, why);
    }
    if (list_member(m, key)) {
        return add_word(m, key, text, why);
    }
    switch ((int)key) {
    case MAPPING_TOPIC:
        return set_topic(m, text, why);
    case MAPPING_DECODER:
    case MAPPING_FORMAT:
        return set_decoder(m, text, why);
    case MAPPING_TIME_UNIT:
        return set_time_unit(m, text, why);
    case MAPPING_RETAINED:
        return set_retained(m, text, why);
    default:
        return set_factor(m, key, text, why);
    }
}

enum err mapping_set(struct mapping *m, enum mapping_key key, struct bytes text,
                     char why[CONFIG_WHY_MAX])
{
    enum err e = set(m, key, text, why);
    if (e == OK) {
        mapping_note_told(m, key, text);
    }
    return e;
}

/* ---- the whole ---- */

/* Finds the captures that a text names. A key that is not given takes the capture of its name. */
MUST_CHECK static enum err bind(struct mapping *m, enum mapping_key key, char why[CONFIG_WHY_MAX])
{
    struct mapping_text *t = text_member(m, key);
    int own = capture_of(m, bytes_of_text(mapping_keys[key].name));
    if (!t->given && own >= 0 && key != MAPPING_VALUE && key != MAPPING_TIME) {
        t->given = true;
        t->pieces[t->count++] = (struct mapping_piece){.capture = own};
        return OK;
    }
    for (size_t i = 0; i < t->count; i++) {
        struct mapping_piece *p = &t->pieces[i];
        if (p->text.len > 0 && p->text.ptr[0] == '{') {
            p->capture = capture_of(m, bytes_of(p->text.ptr + 1, p->text.len - 2));
            if (p->capture < 0) {
                return refuse(why, "%s: the topic has no %.*s", mapping_keys[key].name,
                              (int)size_min(p->text.len, 64), (const char *)p->text.ptr);
            }
        }
    }
    return OK;
}

/* Refuses a word that stands for both of two things. */
MUST_CHECK static enum err tell_apart(const struct config_list *a, const struct config_list *b,
                                      enum mapping_key key, char why[CONFIG_WHY_MAX])
{
    for (size_t i = 0; i < a->count; i++) {
        for (size_t j = 0; j < b->count; j++) {
            if (strcmp(a->items[i], b->items[j]) == 0) {
                return refuse(why, "%s: the word '%.64s' stands for the opposite already",
                              mapping_keys[key].name, b->items[j]);
            }
        }
    }
    return OK;
}

enum err mapping_finish(struct mapping *m, enum mapping_key *key, char why[CONFIG_WHY_MAX])
{
    *key = MAPPING_TOPIC;
    if (m->level_count == 0) {
        return refuse(why, "expected the key 'topic' in a mapping");
    }
    for (size_t i = 0; i < MAPPING_KEY_COUNT; i++) {
        *key = (enum mapping_key)i;
        if (text_member(m, *key) && bind(m, *key, why) != OK) {
            return ERR_INVALID;
        }
    }
    *key = MAPPING_FALSE;
    if (tell_apart(&m->on, &m->off, *key, why) != OK) {
        return ERR_INVALID;
    }
    *key = MAPPING_STATUS_OFFLINE;
    if (tell_apart(&m->online, &m->offline, *key, why) != OK) {
        return ERR_INVALID;
    }
    *key = MAPPING_TIME_UNIT;
    return m->time_unit != TIME_AUTO && !m->time.given
               ? refuse(why, "time_unit: expected the key 'time' beside it")
               : OK;
}

/* ---- matching ---- */

bool mapping_match(const struct mapping *m, const struct decode_topic *t, struct captured *c)
{
    size_t captured = 0;
    bool hidden = t->level[0].len > 0 && t->level[0].ptr[0] == '$';
    for (size_t i = 0; i < m->level_count; i++) {
        const struct mapping_level *level = &m->levels[i];
        /* As in MQTT, a/# is for a too, and a wildcard at the begin does not reach $SYS. */
        if (i >= t->count) {
            return level->kind == LEVEL_REST && level->capture.len == 0 && i == t->count;
        }
        if (level->kind == LEVEL_TEXT ? !bytes_equal(level->text, t->level[i]) : hidden && i == 0) {
            return false;
        }
        size_t end = level->kind == LEVEL_REST ? t->count : i + 1;
        if (level->capture.len > 0) {
            c->text[captured++] = decode_levels(t, i, end);
        }
        if (level->kind == LEVEL_REST) {
            return true;
        }
    }
    return t->count == m->level_count;
}

const struct mapping *mappings_find(const struct mappings *all, const struct decode_topic *t)
{
    struct captured c;
    for (size_t i = 0; i < mappings_count(all); i++) {
        if (mapping_match(all->all[i], t, &c)) {
            return all->all[i];
        }
    }
    return NULL;
}
