/* SPDX-License-Identifier: Apache-2.0 */
/* `telltale decode`: messages in, one JSON line each; what the server would make of them out. */
#include "app/commands.h"

#include "app/config.h"
#include "app/decoded_json.h"
#include "proto/json/json.h"
#include "simulate/simulate.h"
#include "sys/clock.h"
#include "sys/secret.h"

#include <getopt.h>
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

static void answer(const struct recorded *line, struct decoder *d, struct buf *out)
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
    struct recorded line;
    char *text = NULL;
    size_t cap = 0;
    ssize_t len;
    int code = 0;
    for (size_t number = 1; (len = getline(&text, &cap, stdin)) >= 0; number++) {
        struct bytes trimmed = bytes_trim(bytes_of(text, (size_t)len));
        if (trimmed.len == 0) {
            continue;
        }
        recorded_parse(trimmed, &room, &line);
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
