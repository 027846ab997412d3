/* SPDX-License-Identifier: Apache-2.0 */
/* `telltale decode`: messages in, one JSON line each; what the server would make of them out. */
#include "app/commands.h"

#include "app/config.h"
#include "app/decoded_json.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "sys/clock.h"
#include "sys/secret.h"

#include <getopt.h>
#include <sodium.h>
#include <unistd.h>

static const char help[] =
    "usage: telltale decode [-c FILE] < MESSAGES\n"
    "\n"
    "Reads MQTT messages from standard input, one JSON object a line:\n"
    "  {\"id\": ..., \"topic\": \"...\", \"payload\": \"...\" or \"payload_b64\": \"...\",\n"
    "   \"retain\": true}\n"
    "and says for each, in order and with one decoder for all, what the server would record:\n"
    "  {\"id\": ..., \"records\": [{device, sensor, value, unit, timestamp_ms} or\n"
    "   {device, status, timestamp_ms}], \"meta\": [...], \"decoder\": ..., \"dropped\": reason}\n"
    "timestamp_ms is null where the time of arrival would be taken. Nothing is published or kept.\n"
    "\n"
    "  -c, --config FILE   settings with mappings (default ./telltale.yaml if it is there)\n"
    "  -h, --help          this text\n"
    "\n"
    "Exit code 1: a line was not such an object; it is named, and the rest is read all the same.\n";

static const struct option flags[] = {
    {"config", required_argument, NULL, 'c'},
    {"help", no_argument, NULL, 'h'},
    {0},
};

/* A line of the input. Slices are borrowed from the line or from `room`. */
struct line {
    struct bytes id; /* JSON as it stood; "null" when there was none */
    struct bytes topic;
    struct bytes payload;
    bool retained;
    const char *wrong; /* what is wrong with it, or NULL */
};

/* The unescaped text, in `room`, which has space for the whole line. */
static struct bytes take_text(struct json_reader *r, struct buf *room)
{
    struct json_text text;
    size_t at = room->len;
    if (!json_read_text(r, &text)) {
        return BYTES("");
    }
    json_text_append(text, room);
    return bytes_of(room->ptr + at, room->len - at);
}

static void take_base64(struct json_reader *r, struct buf *room, struct line *line)
{
    struct bytes text = take_text(r, room);
    uint8_t *to = buf_reserve(room, text.len);
    size_t len;
    if (sodium_base642bin(to, text.len, (const char *)text.ptr, text.len, NULL, &len, NULL,
                          sodium_base64_VARIANT_ORIGINAL) != 0) {
        line->wrong = "payload_b64 is not base64";
        return;
    }
    line->payload = bytes_of(to, len);
    room->len += len;
}

static void take_member(struct json_reader *r, struct json_text key, struct buf *room,
                        struct line *line)
{
    if (json_text_is(key, "id")) {
        (void)json_read_raw(r, &line->id);
    } else if (json_text_is(key, "topic")) {
        line->topic = take_text(r, room);
    } else if (json_text_is(key, "payload")) {
        line->payload = take_text(r, room);
    } else if (json_text_is(key, "payload_b64")) {
        take_base64(r, room, line);
    } else if (json_text_is(key, "retain")) {
        (void)json_read_bool(r, &line->retained);
    }
}

/* Whether a broker would carry a message to this topic. */
static bool topic_valid(struct bytes topic)
{
    return topic.len > 0 && topic.len <= LIMIT_TOPIC_BYTES && utf8_valid(topic) &&
           bytes_index(topic, '+') == topic.len && bytes_index(topic, '#') == topic.len &&
           bytes_index(topic, 0) == topic.len;
}

/* `room` is reserved beforehand, so that it does not move under the slices. */
static void parse(struct bytes text, struct buf *room, struct line *line)
{
    struct json_reader r;
    struct json_text key;
    *line = (struct line){.id = BYTES("null"), .payload = BYTES("")};
    buf_clear(room);
    (void)buf_reserve(room, 2 * text.len + 1);
    json_reader_init(&r, text);
    if (json_read_object(&r)) {
        while (json_read_key(&r, &key)) {
            take_member(&r, key, room, line);
        }
    }
    if (!json_finish(&r)) {
        line->wrong = json_error_text(r.error);
    } else if (!line->wrong && !topic_valid(line->topic)) {
        line->wrong = "no topic that a message can be published to";
    }
}

static void answer(const struct line *line, struct decoder *d, struct buf *out)
{
    struct json_writer w;
    struct decoded decoded = {.drop = DROP_NONE};
    wall_ms now = clock_wall_ms();
    json_writer_init(&w, out);
    json_write_object(&w);
    json_write_key(&w, "id");
    json_write_raw(&w, line->id);
    if (line->wrong) {
        json_put_string(&w, "error", line->wrong);
    } else {
        struct decode_input in = {.topic = line->topic,
                                  .payload = line->payload,
                                  .flags = line->retained ? DECODE_RETAINED : 0,
                                  .now = now};
        decode_message(d, &in, &decoded);
    }
    decoded_put_json(&w, &decoded, now);
    json_write_object_end(&w);
    buf_put_byte(out, '\n');
}

static bool print(struct buf *out)
{
    bool written = fwrite(out->ptr, 1, out->len, stdout) == out->len;
    buf_clear(out);
    return written;
}

/* Answers every line. Returns the exit code. */
static int decode_all(struct decoder *d)
{
    struct buf room = {0}, out = {0};
    struct line line;
    char *text = NULL;
    size_t cap = 0;
    ssize_t len;
    int code = 0;
    for (size_t number = 1; (len = getline(&text, &cap, stdin)) >= 0; number++) {
        struct bytes trimmed = bytes_trim(bytes_of(text, (size_t)len));
        if (trimmed.len == 0) {
            continue;
        }
        parse(trimmed, &room, &line);
        if (line.wrong) {
            (void)fprintf(stderr, "telltale decode: line %zu: %s\n", number, line.wrong);
            code = 1;
        }
        answer(&line, d, &out);
        if (!print(&out)) {
            code = 1;
            break;
        }
    }
    free(text);
    buf_fini(&room);
    buf_fini(&out);
    return fflush(stdout) == 0 ? code : 1;
}

static int run(const char *path)
{
    struct config config;
    struct config_error why;
    struct hash_key key;
    config_init_defaults(&config);
    enum err e = path ? config_load(path, &config, &why) : OK;
    if (e != OK) {
        config_report(path, &why);
        config_fini(&config);
        return 2;
    }
    secret_start();
    secret_random(&key, sizeof key);
    struct decoder *d = decoder_new(&config.decode, key, NULL);
    decoder_set_mappings(d, config.mappings);
    config.mappings = NULL;
    int code = decode_all(d);
    decoder_free(d);
    config_fini(&config);
    return code;
}

int command_decode(int argc, char **argv)
{
    const char *path = access("telltale.yaml", R_OK) == 0 ? "telltale.yaml" : NULL;
    int flag;
    optind = 1;
    while ((flag = getopt_long(argc, argv, "c:h", flags, NULL)) != -1) {
        switch (flag) {
        case 'c':
            path = optarg;
            break;
        case 'h':
            (void)fputs(help, stdout);
            return 0;
        default:
            (void)fprintf(stderr, "try `telltale decode --help`\n");
            return 2;
        }
    }
    if (optind < argc) {
        (void)fprintf(stderr, "telltale decode: what is '%s'? try --help\n", argv[optind]);
        return 2;
    }
    return run(path);
}
