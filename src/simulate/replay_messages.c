/* SPDX-License-Identifier: Apache-2.0 */
#include "simulate/replay_messages.h"

#include "simulate/publisher.h"
#include "sys/clock.h"
#include "sys/progress.h"

#define FIRST_WAIT MONO_MS(10000)
#define LOST_WAIT  MONO_MS(60000)
#define GOODBYE    MONO_MS(3000)
#define FOREVER    (UINT64_MAX / 2)

struct playing {
    const struct replay_options *options;
    FILE *file;
    char *line;
    size_t cap;
    uint64_t number; /* of the line, from 1 */
    struct buf room;
    struct publisher *publisher;
    struct progress progress;
    wall_ms first; /* time of the first message that has one */
    mono_ns start;
    uint64_t messages;
    uint64_t wrong;
};

bool replay_holds_messages(const char *path)
{
    FILE *file = fopen(path, "rb");
    int c = EOF;
    if (file) {
        do {
            c = getc(file);
        } while (c == ' ' || c == '\n' || c == '\r' || c == '\t');
        (void)fclose(file);
    }
    return c == '{';
}

/* Waits until a message is due. One without a time follows at once. */
static enum err wait_due(struct playing *p, wall_ms time)
{
    double speed = p->options->speed;
    if (speed <= 0 || time == WALL_NONE) {
        return OK;
    }
    p->first = p->first == WALL_NONE ? time : p->first;
    double ms = (double)(time - p->first) / speed;
    mono_ns due = p->start + (ms > 0 ? (mono_ns)(ms * 1e6) : 0);
    return due > clock_mono_ns() ? publisher_wait(p->publisher, due) : OK;
}

static enum err play(struct playing *p, struct bytes line)
{
    struct recorded m;
    recorded_parse(line, &p->room, &m);
    if (m.wrong) {
        p->wrong++;
        (void)fprintf(stderr, "replay: %s: line %llu: %s\n", p->options->path,
                      (unsigned long long)p->number, m.wrong);
        return OK;
    }
    enum err e = wait_due(p, m.time);
    if (e == OK) {
        e = publisher_publish(p->publisher, m.topic, m.payload,
                              m.retained ? PUBLISHER_RETAIN : PUBLISHER_PASSING);
    }
    p->messages += e == OK;
    return e;
}

static enum err play_all(struct playing *p)
{
    ssize_t len;
    p->start = clock_mono_ns();
    while ((len = getline(&p->line, &p->cap, p->file)) >= 0) {
        p->number++;
        struct bytes line = bytes_trim(bytes_of(p->line, (size_t)len));
        enum err e = line.len > 0 ? play(p, line) : OK;
        if (e != OK) {
            return e;
        }
        if (progress_due(&p->progress)) {
            progress_line(&p->progress, "%llu messages, %llu acknowledged",
                          (unsigned long long)p->messages,
                          (unsigned long long)publisher_acknowledged(p->publisher));
        }
    }
    return publisher_flush(p->publisher, FOREVER);
}

int replay_messages(const struct replay_options *options)
{
    struct playing p = {.options = options, .first = WALL_NONE};
    struct publisher_options target = {options->target, "replay", FIRST_WAIT, LOST_WAIT};
    p.file = fopen(options->path, "rb");
    if (!p.file) {
        (void)fprintf(stderr, "replay: can't read %s\n", options->path);
        return 1;
    }
    enum err e = publisher_open(&target, &p.publisher);
    if (e == OK) {
        progress_start(&p.progress, "replay");
        e = play_all(&p);
        if (e == ERR_CLOSED) {
            (void)!publisher_flush(p.publisher, clock_mono_ns() + GOODBYE);
        }
        progress_end(&p.progress, "%llu of %llu messages acknowledged, %llu lines left out",
                     (unsigned long long)publisher_acknowledged(p.publisher),
                     (unsigned long long)p.messages, (unsigned long long)p.wrong);
    }
    publisher_close(p.publisher);
    buf_fini(&p.room);
    free(p.line);
    (void)fclose(p.file);
    return (e == OK || e == ERR_CLOSED) && p.wrong == 0 ? 0 : 1;
}
