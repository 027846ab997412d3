/* SPDX-License-Identifier: Apache-2.0 */
/* Which device and sensor of ours a line speaks of. */
#include "proto/line/parts.h"

const struct line_text *line_device(const struct line *l)
{
    const struct line_text *device = line_tag_find(l, BYTES("device"));
    return device ? device : line_tag_find(l, BYTES("host"));
}

enum err line_sensor(struct line_text measurement, struct line_text field,
                     uint8_t room[LINE_SENSOR_MAX], struct bytes *sensor)
{
    if (measurement.raw.len + field.raw.len + 1 > LINE_SENSOR_MAX) {
        return ERR_TOO_LARGE;
    }
    struct bytes first = line_name(measurement, room);
    if (line_name_is(field, BYTES("value"))) {
        *sensor = first;
        return OK;
    }
    if (first.ptr != room) {
        memcpy(room, first.ptr, first.len);
    }
    room[first.len] = '.';
    uint8_t *behind = room + first.len + 1;
    struct bytes second = line_name(field, behind);
    if (second.ptr != behind) {
        memcpy(behind, second.ptr, second.len);
    }
    *sensor = bytes_of(room, first.len + 1 + second.len);
    return OK;
}
