/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/line/parts.h"

#include "base/utf8.h"

const uint8_t line_class[256] = {
    [','] = CLASS_COMMA, [' '] = CLASS_SPACE, ['='] = CLASS_EQUALS, ['\\'] = CLASS_BACKSLASH,
    ['\n'] = CLASS_END,  ['\r'] = CLASS_END,  ['"'] = CLASS_QUOTE,  [0] = CLASS_NONE,
};

/* Reads a name up to the first byte of a class in `stop`, all of CLASS_END included. */
static bool scan_name(struct scan *s, unsigned stop, const char *empty, struct line_text *out)
{
    const uint8_t *begin = s->at;
    bool escaped = false;
    stop |= CLASS_END | CLASS_NONE;
    for (;;) {
        unsigned class = scan_class(s);
        if (class & stop) {
            break;
        }
        s->at++;
        if (class == CLASS_BACKSLASH &&
            scan_class(s) & (CLASS_COMMA | CLASS_SPACE | CLASS_EQUALS)) {
            escaped = true;
            s->at++;
        }
    }
    *out = (struct line_text){bytes_of(begin, (size_t)(s->at - begin)), escaped};
    return out->raw.len > 0 || scan_fail(s, empty);
}

static bool scan_key(struct scan *s, const char *empty, const char *bare, struct line_text *key)
{
    if (!scan_name(s, CLASS_EQUALS | CLASS_COMMA | CLASS_SPACE, empty, key)) {
        return false;
    }
    if (scan_class(s) != CLASS_EQUALS) {
        return scan_fail(s, bare);
    }
    s->at++;
    return true;
}

static bool scan_tags(struct scan *s, struct line *out)
{
    out->tag_count = 0;
    while (scan_class(s) == CLASS_COMMA) {
        if (out->tag_count == LINE_TAGS_MAX) {
            return scan_fail(s, "more than 64 tags");
        }
        s->at++;
        struct line_tag *t = &out->tags[out->tag_count++];
        if (!scan_key(s, "tag without a name", "tag without a value", &t->key) ||
            !scan_name(s, CLASS_EQUALS | CLASS_COMMA | CLASS_SPACE, "tag without a value",
                       &t->value)) {
            return false;
        }
        if (scan_class(s) == CLASS_EQUALS) {
            return scan_fail(s, "equals sign in a tag's value wants a backslash");
        }
    }
    return true;
}

static bool skip_spaces(struct scan *s)
{
    const uint8_t *begin = s->at;
    while (scan_class(s) == CLASS_SPACE) {
        s->at++;
    }
    return s->at > begin;
}

static bool scan_fields(struct scan *s, struct line *out)
{
    out->field_count = 0;
    for (;;) {
        if (out->field_count == LINE_FIELDS_MAX) {
            return scan_fail(s, "more than 256 fields");
        }
        struct line_field *f = &out->fields[out->field_count++];
        if (!scan_key(s, "field without a name", "field without a value", &f->key) ||
            !line_scan_value(s, f)) {
            return false;
        }
        if (scan_class(s) != CLASS_COMMA) {
            return true;
        }
        s->at++;
    }
}

static bool scan_time(struct scan *s, struct line *out)
{
    const uint8_t *begin = s->at;
    while (!(scan_class(s) & (CLASS_SPACE | CLASS_END))) {
        s->at++;
    }
    struct bytes text = bytes_of(begin, (size_t)(s->at - begin));
    out->has_time = text.len > 0;
    if (out->has_time && !line_integer(text, &out->time)) {
        s->at = s->at == s->end ? s->at : begin; /* at the end it may go on in the next part */
        return scan_fail(s, "timestamp is not a whole number of 64 bits");
    }
    return true;
}

/* Passes the end of the line: a line feed, with or without a carriage return before it, or the end
 * of the text. */
static bool scan_end(struct scan *s)
{
    (void)skip_spaces(s);
    if (s->at < s->end && *s->at == '\r') {
        s->at++;
    }
    if (s->at == s->end) {
        return true;
    }
    return *s->at == '\n' ? (s->at++, true) : scan_fail(s, "unexpected text after the fields");
}

static bool scan_line(struct scan *s, struct line *out)
{
    if (!scan_name(s, CLASS_COMMA | CLASS_SPACE, "line without a measurement", &out->measurement) ||
        !scan_tags(s, out)) {
        return false;
    }
    if (!skip_spaces(s)) {
        return scan_fail(s, "line without a field");
    }
    if (!scan_fields(s, out)) {
        return false;
    }
    if (!skip_spaces(s)) {
        out->has_time = false;
        return scan_end(s);
    }
    return scan_time(s, out) && scan_end(s);
}

void line_feed(struct line_reader *r, struct bytes part, enum line_part which)
{
    ASSERT(!r->last);
    r->at = part.ptr;
    r->end = part.ptr + part.len;
    r->last = which == LINE_LAST_PART;
}

/* Passes everything up to and with the next line feed. False when the part ends before it. */
static bool pass_line(struct line_reader *r)
{
    struct bytes rest = line_rest(r);
    size_t end = bytes_index(rest, '\n');
    if (end == rest.len) {
        if (!r->last) {
            return false;
        }
        r->at = r->end;
        return true;
    }
    r->at += end + 1;
    r->lines++;
    return true;
}

/* Passes empty lines, comments, and the rest of a line that was too long. */
static enum err find_line(struct line_reader *r)
{
    for (;;) {
        if (r->skipping) {
            r->skipping = !pass_line(r);
            if (r->skipping) {
                r->at = r->end;
                return ERR_AGAIN;
            }
        }
        while (r->at < r->end && (*r->at == ' ' || *r->at == '\n' || *r->at == '\r')) {
            r->lines += *r->at++ == '\n';
        }
        if (r->at == r->end) {
            return r->last ? ERR_CLOSED : ERR_AGAIN;
        }
        if (*r->at != '#') {
            return OK;
        }
        r->skipping = true;
    }
}

static enum err refuse(struct line_reader *r, const uint8_t *where, const char *reason)
{
    ASSERT(where >= r->at && where <= r->end);
    r->error = (struct line_error){r->lines + 1, (size_t)(where - r->at) + 1, reason};
    if (!pass_line(r)) {
        r->skipping = true;
        r->at = r->end;
    }
    return ERR_INVALID;
}

/* Line feeds within strings count as lines. */
static void pass(struct line_reader *r, const uint8_t *to)
{
    ASSERT(to > r->at);
    struct bytes line = bytes_of(r->at, (size_t)(to - r->at));
    for (size_t at = bytes_index(line, '\n'); at < line.len; at = bytes_index(line, '\n')) {
        r->lines++;
        line = bytes_skip(line, at + 1);
    }
    r->at = to;
}

enum err line_next(struct line_reader *r, struct line *out)
{
    enum err e = find_line(r);
    if (e != OK) {
        return e;
    }
    struct scan s = {r->at, r->end, NULL};
    out->number = r->lines + 1;
    bool good = scan_line(&s, out);
    size_t length = (size_t)(s.at - r->at);
    if (length > LINE_BYTES_MAX) {
        return refuse(r, r->at + LINE_BYTES_MAX, "line of more than 256 kB");
    }
    /* What the scan met at the end of a part may go on, and so may be right. */
    bool cut = s.at == s.end && (length == 0 || s.at[-1] != '\n' || !good);
    if (cut && !r->last) {
        return ERR_AGAIN;
    }
    if (!good) {
        return refuse(r, s.at, s.reason);
    }
    if (!utf8_valid(bytes_of(r->at, length))) {
        return refuse(r, r->at, "not UTF-8");
    }
    pass(r, s.at);
    return OK;
}
