/* SPDX-License-Identifier: Apache-2.0 */
/* What people write on the command line, as numbers. */
#include "simulate/simulate.h"

#include "base/number.h"

#define SECOND ((int64_t)1000)
#define DAY    (86400 * SECOND)

const struct simulate_options simulate_defaults = {
    .target = {.host = "localhost", .port = 1883},
    .devices = 50,
    .seed = 1,
    .interval_ms = 2 * SECOND,
    .history_ms = 0,
    .history_interval_ms = 10 * SECOND,
};

const struct replay_options replay_defaults = {
    .target = {.host = "localhost", .port = 1883},
    .speed = 1,
    .times = REPLAY_TIMES_OWN,
};

/* Cuts "host:port" at its last colon, or "[host]:port" behind the bracket. */
static enum err split_target(struct bytes b, struct bytes *host, struct bytes *port)
{
    *port = BYTES("1883");
    if (b.len > 0 && b.ptr[0] == '[') {
        size_t end = bytes_index(b, ']');
        if (end == b.len) {
            return ERR_INVALID;
        }
        *host = bytes_of(b.ptr + 1, end - 1);
        struct bytes rest = bytes_skip(b, end + 1);
        if (rest.len > 0) {
            *port = bytes_skip(rest, 1);
        }
        return rest.len == 0 || rest.ptr[0] == ':' ? OK : ERR_INVALID;
    }
    size_t colon = bytes_index(b, ':');
    *host = bytes_of(b.ptr, colon);
    if (colon < b.len) {
        *port = bytes_skip(b, colon + 1);
    }
    return OK;
}

enum err simulate_target_parse(const char *text, char *room, size_t cap,
                               struct simulate_target *target)
{
    struct bytes host;
    struct bytes port;
    uint64_t number;
    if (split_target(bytes_of_text(text), &host, &port) != OK || host.len == 0 || host.len >= cap ||
        bytes_to_u64(port, UINT16_MAX, &number) != OK || number == 0) {
        return ERR_INVALID;
    }
    memcpy(room, host.ptr, host.len);
    room[host.len] = '\0';
    target->host = room;
    target->port = (uint16_t)number;
    return OK;
}

enum err simulate_duration_parse(const char *text, int64_t *ms)
{
    static const struct {
        const char *unit;
        int64_t ms;
    } units[] = {{"ms", 1},  {"s", SECOND}, {"m", 60 * SECOND}, {"h", 3600 * SECOND},
                 {"d", DAY}, {"w", 7 * DAY}};
    double v;
    size_t used;
    struct bytes b = bytes_of_text(text);
    if (number_parse_prefix(b, &v, &used) != OK || v < 0) {
        return ERR_INVALID;
    }
    struct bytes unit = bytes_trim(bytes_skip(b, used));
    if (v == 0 && unit.len == 0) {
        *ms = 0;
        return OK;
    }
    for (size_t i = 0; i < ARRAY_LEN(units); i++) {
        if (bytes_equal(unit, bytes_of_text(units[i].unit))) {
            double total = v * (double)units[i].ms;
            if (total > 3660.0 * (double)DAY) {
                return ERR_INVALID;
            }
            *ms = (int64_t)total;
            return OK;
        }
    }
    return ERR_INVALID;
}

enum err replay_speed_parse(const char *text, double *speed)
{
    struct bytes b = bytes_of_text(text);
    double v;
    size_t used;
    if (bytes_equal(b, BYTES("max"))) {
        *speed = 0;
        return OK;
    }
    if (number_parse_prefix(b, &v, &used) != OK || !(v > 0 && v <= 1e9)) {
        return ERR_INVALID;
    }
    struct bytes unit = bytes_skip(b, used);
    if (unit.len > 0 && !bytes_equal(unit, BYTES("x"))) {
        return ERR_INVALID;
    }
    *speed = v;
    return OK;
}
